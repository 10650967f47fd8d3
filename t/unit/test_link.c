
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Two ends of a link in memory: nobody gets through who does not know the
 * secret, or with a byte changed.
 */


#include <sys/socket.h>

#include "rtc_link.h"
#include "cut.h"
#include "tap.h"


#define SMALL  "0123456789abcdef"
#define LARGE  "f123456789abcdef"


typedef struct {
    rtc_link_handshake_t  connector;
    rtc_link_handshake_t  acceptor;
    uint8_t               steps[3][RTC_LINK_MAX_STEP];
    size_t                lens[3];
} pair_t;


static rtc_link_secret_t  ours, theirs;


static void
begin(pair_t *pair, const rtc_link_secret_t *connector,
    const rtc_link_secret_t *acceptor)
{
    uint8_t           nonce[RTC_LINK_NONCE_LEN];
    rtc_link_hello_t  hello;

    memset(pair, 0, sizeof(pair_t));

    memcpy(hello.from, SMALL, RTC_LINK_WID_LEN);
    memcpy(hello.to, LARGE, RTC_LINK_WID_LEN);
    hello.attempt = 1;
    hello.seen = 0;
    memset(hello.nonce, 'c', RTC_LINK_NONCE_LEN);
    memset(nonce, 'a', RTC_LINK_NONCE_LEN);

    rtc_link_connect(&pair->connector, connector, &hello, pair->steps[0]);
    rtc_link_accept(&pair->acceptor, acceptor, (const uint8_t *) LARGE, nonce);

    pair->lens[0] = RTC_LINK_HELLO_LEN;
}


/*
 * Runs to the end, or to the first refusal: the number of its step.  One byte
 * of one step is changed on its way.
 */

static int
run(pair_t *pair, int step, size_t byte, uint8_t mask)
{
    int                    i, rc;
    uint8_t                out[RTC_LINK_MAX_STEP];
    size_t                 len;
    const char            *reason;
    rtc_link_handshake_t  *hs;

    for (i = 0; i < 3; i++) {
        hs = (i == 1) ? &pair->connector : &pair->acceptor;

        if (i == step) {
            pair->steps[i][byte] ^= mask;
        }

        if (rtc_link_want(hs) != pair->lens[i]) {
            return i;
        }

        rc = rtc_link_input(hs, pair->steps[i], pair->lens[i], out, &len,
                            &reason);

        if (rc != (i == 0 ? RTC_AGAIN : RTC_OK)) {
            return i;
        }

        if (i < 2) {
            memcpy(pair->steps[i + 1], out, len);
            pair->lens[i + 1] = len;
        }
    }

    return 3;
}


static void
test_handshake(void)
{
    pair_t   pair, again;
    uint8_t  a[32], b[32], c[32], out[RTC_LINK_MAX_STEP];
    size_t   len;
    const char  *reason;

    begin(&pair, &ours, &ours);
    is_int(run(&pair, -1, 0, 0), 3, "both know the secret");
    is_int(pair.connector.state, RTC_LINK_DONE, "done");
    is_int(pair.acceptor.state, RTC_LINK_DONE, "at both ends");
    is_mem(pair.acceptor.hello.from, SMALL, RTC_LINK_WID_LEN, "who it is");
    is_int(rtc_link_want(&pair.acceptor), 0, "no more steps");
    is_int(rtc_link_input(&pair.acceptor, pair.steps[2], RTC_LINK_PROOF_LEN,
                          out, &len, &reason),
           RTC_ERROR, "a second proof");

    begin(&pair, &ours, &ours);
    (void) run(&pair, -1, 0, 0);
    is_int(rtc_link_key(&pair.connector, "x", 1, a, 32), RTC_OK, "a key");
    is_int(rtc_link_key(&pair.acceptor, "x", 1, b, 32), RTC_OK, "its twin");
    is_mem(a, b, 32, "they are equal");
    is_int(rtc_link_key(&pair.acceptor, "x", 0, c, 32), RTC_OK, "backwards");
    ok(memcmp(a, c, 32) != 0, "is another one");
    is_int(rtc_link_key(&pair.acceptor, "y", 1, c, 32), RTC_OK, "for others");
    ok(memcmp(a, c, 32) != 0, "is another one");

    begin(&again, &ours, &ours);
    again.acceptor.nonce[0] ^= 1;
    (void) run(&again, -1, 0, 0);
    is_int(rtc_link_key(&again.acceptor, "x", 1, c, 32), RTC_OK, "next time");
    ok(memcmp(a, c, 32) != 0, "is another one");

    begin(&pair, &ours, &theirs);
    is_int(rtc_link_key(&pair.connector, "x", 1, a, 32), RTC_ERROR,
           "no key before the end");
    is_int(run(&pair, -1, 0, 0), 1, "the one that accepts has no secret");

    begin(&pair, &theirs, &ours);
    is_int(run(&pair, -1, 0, 0), 1, "nor that one, for the other");
}


/* nothing of the three steps may be changed */

static void
test_changes(void)
{
    int      i, good;
    pair_t   pair;
    size_t   n, lens[] = { RTC_LINK_HELLO_LEN, RTC_LINK_ANSWER_LEN,
                           RTC_LINK_PROOF_LEN };

    for (i = 0; i < 3; i++) {
        good = 1;

        for (n = 0; n < lens[i]; n++) {
            begin(&pair, &ours, &ours);
            good &= (run(&pair, i, n, 1) < 3);
            begin(&pair, &ours, &ours);
            good &= (run(&pair, i, n, 0x80) < 3);
        }

        ok(good, "each byte of a step is protected");
    }
}


/* what somebody in the middle has heard helps him nowhere else */

static void
test_replays(void)
{
    pair_t       pair, other;
    uint8_t      out[RTC_LINK_MAX_STEP];
    size_t       len;
    const char  *reason;

    begin(&pair, &ours, &ours);
    (void) run(&pair, -1, 0, 0);

    begin(&other, &ours, &ours);
    other.acceptor.nonce[5] ^= 1;
    (void) rtc_link_input(&other.acceptor, pair.steps[0], RTC_LINK_HELLO_LEN,
                          out, &len, &reason);
    is_int(rtc_link_input(&other.acceptor, pair.steps[2], RTC_LINK_PROOF_LEN,
                          out, &len, &reason),
           RTC_ERROR, "a proof that was heard before");
    is_int(other.acceptor.state, RTC_LINK_FAILED, "is the end");

    begin(&other, &ours, &ours);
    (void) rtc_link_input(&other.acceptor, other.steps[0], RTC_LINK_HELLO_LEN,
                          out, &len, &reason);
    is_int(rtc_link_input(&other.acceptor,
                          out + RTC_LINK_WID_LEN + RTC_LINK_NONCE_LEN,
                          RTC_LINK_PROOF_LEN, out, &len, &reason),
           RTC_ERROR, "its own MAC as the proof");

    rtc_link_accept(&other.acceptor, &ours, (const uint8_t *) SMALL,
                    pair.acceptor.nonce);
    is_int(rtc_link_input(&other.acceptor, pair.steps[0], RTC_LINK_HELLO_LEN,
                          out, &len, &reason),
           RTC_ERROR, "a hello for somebody else");
}


/* a port may have got another worker: who says so has to know the secret */

static void
test_another(void)
{
    pair_t       pair;
    uint8_t      answer[RTC_LINK_MAX_STEP], out[RTC_LINK_MAX_STEP];
    size_t       len;
    const char  *reason;

    begin(&pair, &ours, &ours);
    memcpy(pair.acceptor.wid, "9999999999999999", RTC_LINK_WID_LEN);

    is_int(rtc_link_input(&pair.acceptor, pair.steps[0], RTC_LINK_HELLO_LEN,
                          answer, &len, &reason),
           RTC_ERROR, "a hello for another one");
    is_int(len, RTC_LINK_ANSWER_LEN, "is answered");
    is_int(rtc_link_input(&pair.connector, answer, len, out, &len, &reason),
           RTC_DECLINED, "by another worker");
    is_int(len, 0, "nothing more is said");

    begin(&pair, &ours, &ours);
    memcpy(answer, LARGE, RTC_LINK_WID_LEN);
    is_int(rtc_link_input(&pair.connector, answer, RTC_LINK_ANSWER_LEN, out,
                          &len, &reason),
           RTC_ERROR, "which cannot pass for the one that is meant");

    begin(&pair, &ours, &theirs);
    memcpy(pair.acceptor.wid, "9999999999999999", RTC_LINK_WID_LEN);
    (void) rtc_link_input(&pair.acceptor, pair.steps[0], RTC_LINK_HELLO_LEN,
                          answer, &len, &reason);
    is_int(rtc_link_input(&pair.connector, answer, len, out, &len, &reason),
           RTC_ERROR, "nor can who does not know the secret");
}


static int
address(const char *text)
{
    rtc_addr_t  addr;

    return rtc_link_parse_address(&addr, (const uint8_t *) text, strlen(text));
}


static void
cut_address(const uint8_t *p, size_t len)
{
    rtc_addr_t  addr;

    (void) rtc_link_parse_address(&addr, p, len);
    ok(addr.port <= 65535, "a cut address");
}


static void
test_address(void)
{
    rtc_addr_t   addr;
    const char  *v4 = "192.0.2.1:7946", *v6 = "[2001:db8::1]:65535";

    is_int(rtc_link_parse_address(&addr, (const uint8_t *) v4, strlen(v4)),
           RTC_OK, "IPv4");
    is_int(addr.family, AF_INET, "is it");
    is_int(addr.port, 7946, "its port");
    is_mem(addr.addr, "\xc0\0\2\1", 4, "its bytes");
    is_int(rtc_link_parse_address(&addr, (const uint8_t *) v6, strlen(v6)),
           RTC_OK, "IPv6");
    is_int(addr.family, AF_INET6, "is it");
    is_int(addr.port, 65535, "its port");
    is_mem(addr.addr, "\x20\1\x0d\xb8", 4, "its bytes");

    is_int(address("127.0.0.1"), RTC_ERROR, "no port");
    is_int(address("127.0.0.1:"), RTC_ERROR, "an empty one");
    is_int(address("127.0.0.1:0"), RTC_ERROR, "0");
    is_int(address("127.0.0.1:65536"), RTC_ERROR, "too large");
    is_int(address("127.0.0.1:99999999999"), RTC_ERROR, "much too large");
    is_int(address("127.0.0.1:+1"), RTC_ERROR, "a sign");
    is_int(address(":7946"), RTC_ERROR, "no address");
    is_int(address("[]:7946"), RTC_ERROR, "none in it");
    is_int(address("2001:db8::1:7946"), RTC_ERROR, "without brackets");
    is_int(address("[127.0.0.1]:7946"), RTC_ERROR, "IPv4 in them");
    is_int(address("host:7946"), RTC_ERROR, "a name");
    is_int(address("0123456789012345678901234567890123456789012345678901234"),
           RTC_ERROR, "too long");
    is_int(rtc_link_parse_address(&addr, (const uint8_t *) "1.1.1.1\0x:1", 11),
           RTC_ERROR, "a zero byte");

    cut_every_byte(cut_address, (const uint8_t *) v6, strlen(v6));
}


static void
cut_hello(const uint8_t *p, size_t len)
{
    pair_t       pair;
    uint8_t      out[RTC_LINK_MAX_STEP];
    size_t       n;
    const char  *reason;

    begin(&pair, &ours, &ours);
    is_int(rtc_link_input(&pair.acceptor, p, len, out, &n, &reason),
           len < RTC_LINK_HELLO_LEN ? RTC_ERROR : RTC_AGAIN, "a cut hello");
}


static void
cut_answer(const uint8_t *p, size_t len)
{
    pair_t       pair;
    uint8_t      out[RTC_LINK_MAX_STEP];
    size_t       n;
    const char  *reason;

    begin(&pair, &ours, &ours);
    is_int(rtc_link_input(&pair.connector, p, len, out, &n, &reason),
           len < RTC_LINK_ANSWER_LEN ? RTC_ERROR : RTC_OK, "a cut answer");
}


static void
cut_header(const uint8_t *p, size_t len)
{
    rtc_link_header_t  header;

    is_int(rtc_link_parse_header(&header, p, len),
           len < RTC_LINK_HEADER_LEN ? RTC_AGAIN : RTC_OK, "a cut header");
}


static int
header(uint8_t type, size_t len)
{
    uint8_t            buf[RTC_LINK_HEADER_LEN];
    rtc_link_header_t  h;

    (void) rtc_link_write_header(buf, type, len);

    return rtc_link_parse_header(&h, buf, sizeof(buf));
}


static void
test_cuts(void)
{
    pair_t   pair;
    uint8_t  buf[RTC_LINK_HEADER_LEN];

    begin(&pair, &ours, &ours);
    cut_every_byte(cut_hello, pair.steps[0], RTC_LINK_HELLO_LEN);
    (void) run(&pair, -1, 0, 0);
    cut_every_byte(cut_answer, pair.steps[1], RTC_LINK_ANSWER_LEN);

    (void) rtc_link_write_header(buf, 1, RTC_LINK_MAX_BODY);
    cut_every_byte(cut_header, buf, sizeof(buf));

    is_int(header(1, 0), RTC_OK, "an empty message");
    is_int(header(RTC_LINK_MAX_TYPE, 1), RTC_OK, "the last type");
    is_int(header(RTC_LINK_MAX_TYPE, RTC_LINK_MAX_BODY + 1), RTC_ERROR,
           "a message too long");
    is_int(header(1, 0xffffffff), RTC_ERROR, "far too long");
    is_int(header(RTC_LINK_PING, 1), RTC_OK, "a ping");
    is_int(header(RTC_LINK_PING, 0), RTC_ERROR, "without flags");
    is_int(header(RTC_LINK_ACCEPT, 2), RTC_ERROR, "too many flags");
    is_int(header(RTC_LINK_ACCEPT + 1, 1), RTC_ERROR, "a later type");

    ok(rtc_link_is_wid((const uint8_t *) SMALL, 16), "an id");
    ok(!rtc_link_is_wid((const uint8_t *) SMALL, 15), "too short");
    ok(!rtc_link_is_wid((const uint8_t *) "0123456789abcdeF", 16), "a capital");
    ok(!rtc_link_is_wid((const uint8_t *) "0123456789abcde/", 16), "a sign");
}


static int
takes(rtc_link_current_e current, uint64_t attempt, uint64_t seen,
    const char *from, uint64_t their_attempt, uint64_t their_seen)
{
    rtc_link_hello_t   hello;
    rtc_link_choice_t  choice = { current, attempt, seen };

    memset(&hello, 0, sizeof(hello));
    memcpy(hello.from, from, RTC_LINK_WID_LEN);
    memcpy(hello.to, from[0] == '0' ? LARGE : SMALL, RTC_LINK_WID_LEN);
    hello.attempt = their_attempt;
    hello.seen = their_seen;

    return rtc_link_takes(&choice, &hello);
}


static void
test_choice(void)
{
    ok(takes(RTC_LINK_NONE, 0, 0, LARGE, 1, 0), "the first one");
    ok(!takes(RTC_LINK_NONE, 0, 2, SMALL, 2, 0), "one that was taken before");
    ok(!takes(RTC_LINK_THEIRS, 0, 2, SMALL, 1, 0), "one that is older");
    ok(takes(RTC_LINK_THEIRS, 0, 2, LARGE, 3, 0), "one that replaces theirs");

    ok(takes(RTC_LINK_OURS_TRIED, 4, 0, SMALL, 1, 0), "at once: the smaller");
    ok(!takes(RTC_LINK_OURS_TRIED, 4, 0, LARGE, 1, 0), "not the larger");
    ok(!takes(RTC_LINK_OURS_TRIED, 4, 0, LARGE, 1, 3), "nor if it is older");
    ok(takes(RTC_LINK_OURS_TRIED, 4, 0, LARGE, 1, 4),
       "but if it took ours and gave it up");

    ok(!takes(RTC_LINK_OURS, 4, 0, SMALL, 1, 3), "begun before it took ours");
    ok(takes(RTC_LINK_OURS, 4, 0, SMALL, 1, 4), "and after it gave it up");
    ok(takes(RTC_LINK_OURS, 4, 0, LARGE, 1, 4), "whoever is smaller");
}


int
main(void)
{
    rtc_str_t  a = rtc_string("0123456789abcdef0123456789abcdef");
    rtc_str_t  b = rtc_string("0123456789abcdef0123456789abcdeF");

    is_int(rtc_link_secret_init(&ours, a), RTC_OK, "keys");
    is_int(rtc_link_secret_init(&theirs, b), RTC_OK, "of another secret");
    ok(memcmp(ours.mac, ours.keys, 32) != 0, "differ by use");
    ok(memcmp(ours.mac, theirs.mac, 32) != 0, "and by secret");

    test_handshake();
    test_changes();
    test_replays();
    test_another();
    test_address();
    test_cuts();
    test_choice();

    return done();
}
