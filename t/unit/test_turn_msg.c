
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The codec of TURN: RFC 5769, 2.4, RFC 8489, B.1, built messages, frames.
 */


#include "turn_client.h"
#include "rtc_turn_frame.h"
#include "tap.h"


#define USER  "\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf"  \
              "\xe3\x82\xb9"


static const uint8_t  rfc5769[] =
    "\x00\x01\x00\x60\x21\x12\xa4\x42\x78\xad\x34\x33\xc6\xad\x72\xc0"
    "\x29\xda\x41\x2e"
    "\x00\x06\x00\x12" USER "\x00\x00"
    "\x00\x15\x00\x1c" "f//499k954d6OL34oL9FSTvy64sA"
    "\x00\x14\x00\x0b" "example.org\x00"
    "\x00\x08\x00\x14\xf6\x70\x24\x65\x6d\xd6\x4a\x3e\x02\xb8\xe0\x71"
    "\x2e\x85\xc9\xa2\x8c\xa8\x96\x66";

/* with the corrections of its errata: PASSWORD-ALGORITHM, length and digest */

static const uint8_t  rfc8489[] =
    "\x00\x01\x00\x90\x21\x12\xa4\x42\x78\xad\x34\x33\xc6\xad\x72\xc0"
    "\x29\xda\x41\x2e"
    "\x00\x1e\x00\x20\x4a\x3c\xf3\x8f\xef\x69\x92\xbd\xa9\x52\xc6\x78"
    "\x04\x17\xda\x0f\x24\x81\x94\x15\x56\x9e\x60\xb2\x05\xc4\x6e\x41"
    "\x40\x7f\x17\x04"
    "\x00\x15\x00\x29" "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA\x00\x00\x00"
    "\x00\x14\x00\x0b" "example.org\x00"
    "\x00\x1d\x00\x04\x00\x02\x00\x00"
    "\x00\x1c\x00\x20\xb5\xc7\xbf\x00\x5b\x6c\x52\xa2\x1c\x51\xc5\xe8"
    "\x92\xf8\x19\x24\x13\x62\x96\xcb\x92\x7c\x43\x14\x93\x09\x27\x8c"
    "\xc6\x51\x8e\x65";


static void
test_vectors(void)
{
    uint8_t         key[RTC_SHA256_LEN];
    rtc_stun_msg_t  m;

    static const char  text[] = USER ":example.org:TheMatrIX";

    ok(rtc_stun_parse(&m, rfc5769, sizeof(rfc5769) - 1) == RTC_OK,
       "RFC 5769, 2.4 is parsed");

    rtc_md5(key, text, sizeof(text) - 1);

    ok(rtc_turn_verify(&m, key, RTC_MD5_LEN, 0) == RTC_OK,
       "RFC 5769, 2.4: its integrity is right");

    key[0] ^= 1;
    ok(rtc_turn_verify(&m, key, RTC_MD5_LEN, 0) != RTC_OK,
       "with another key it is not");
    ok(rtc_turn_verify(&m, key, RTC_MD5_LEN, 1) != RTC_OK,
       "there is no SHA-256 in it");

    ok(rtc_stun_parse(&m, rfc8489, sizeof(rfc8489) - 1) == RTC_OK,
       "RFC 8489, B.1 is parsed");

    rtc_sha256(key, text, sizeof(text) - 1);

    ok(rtc_turn_verify(&m, key, RTC_SHA256_LEN, 1) == RTC_OK,
       "RFC 8489, B.1: its integrity is right");
}


static void
test_userhash(void)
{
    ssize_t          n;
    rtc_str_t        realm = rtc_string("example.org");
    rtc_turn_user_t  user;

    static const uint8_t  line[] = USER ":TheMatrIX\n";

    n = rtc_turn_parse_users(&user, realm, line, sizeof(line) - 1);

    is_int(n, 1, "a user of a list");
    is_mem(user.hash, rfc8489 + 24, RTC_SHA256_LEN,
           "RFC 8489, B.1: its USERHASH");

    n = rtc_turn_parse_users(NULL, realm, (const uint8_t *) "a:b\n#c:d\n\nx:y",
                             13);
    is_int(n, 2, "comments and blank lines are no users");
    is_int(rtc_turn_parse_users(NULL, realm, (const uint8_t *) "nothing", 7),
           RTC_ERROR, "a line without a colon is an error");
}


/* truncated anywhere, in memory of exactly that size */

static void
test_truncated(void)
{
    size_t           n, refused;
    uint8_t         *p;
    rtc_stun_msg_t   m;

    refused = 0;

    for (n = 0; n < sizeof(rfc8489) - 1; n++) {
        p = malloc(n ? n : 1);
        memcpy(p, rfc8489, n);
        refused += rtc_stun_parse(&m, p, n) != RTC_OK;
        free(p);
    }

    is_int(refused, sizeof(rfc8489) - 1, "every truncation is refused");
}


static void
test_build(void)
{
    uint8_t          buf[256], tid[16];
    rtc_str_t        value;
    rtc_addr_t       peer, got;
    rtc_turn_msg_t   b;
    rtc_stun_msg_t   m;

    memset(buf, 0xaa, sizeof(buf));
    rtc_write_u32(tid, RTC_STUN_MAGIC);
    memcpy(tid + 4, "transaction.", 12);
    peer = addr("2001:db8::1", 9);

    rtc_turn_msg_init(&b, buf, sizeof(buf), RTC_STUN_SUCCESS,
                      RTC_TURN_ALLOCATE, tid);
    rtc_turn_msg_addr(&b, RTC_TURN_A_XOR_RELAYED, &peer);
    rtc_turn_msg_bytes(&b, RTC_TURN_A_REALM, "odd", 3);
    rtc_turn_msg_sign(&b, (const uint8_t *) "key", 3, 1);
    rtc_turn_msg_fingerprint(&b);

    ok(!b.failed && rtc_stun_parse(&m, buf, b.len) == RTC_OK,
       "what is built is parsed");
    is_int(m.method, RTC_TURN_ALLOCATE, "the method");
    ok(rtc_turn_verify(&m, (const uint8_t *) "key", 3, 1) == RTC_OK
       && rtc_turn_verify_fingerprint(&m) == RTC_OK,
       "integrity and fingerprint");
    ok(rtc_stun_find(&m, RTC_TURN_A_XOR_RELAYED, &value) == RTC_OK
       && rtc_turn_read_addr(&m, value, &got) == RTC_OK
       && memcmp(&got, &peer, sizeof(peer)) == 0, "the address");
    ok(rtc_stun_find(&m, RTC_TURN_A_REALM, &value) == RTC_OK
       && value.data[3] == 0, "CVE-2020-4067: padding is zero");

    buf[30] ^= 1;
    ok(rtc_stun_parse(&m, buf, b.len) == RTC_OK
       && rtc_turn_verify_fingerprint(&m) != RTC_OK, "a wrong fingerprint");

    rtc_turn_msg_init(&b, buf, 40, RTC_STUN_SUCCESS, RTC_TURN_ALLOCATE, tid);
    rtc_turn_msg_addr(&b, RTC_TURN_A_XOR_RELAYED, &peer);
    rtc_turn_msg_addr(&b, RTC_TURN_A_XOR_RELAYED, &peer);
    ok(b.failed, "no room is a failure");
}


static void
test_addr(void)
{
    uint8_t         v[20];
    rtc_str_t       value;
    rtc_addr_t      got;
    rtc_stun_msg_t  m;

    rtc_stun_parse(&m, rfc5769, sizeof(rfc5769) - 1);

    memset(v, 0, sizeof(v));
    value.data = v;
    value.len = 8;

    ok(rtc_turn_read_addr(&m, value, &got) != RTC_OK, "an unknown family");

    v[1] = 2;
    ok(rtc_turn_read_addr(&m, value, &got) != RTC_OK, "IPv6 of 4 bytes");

    v[1] = 1;
    value.len = 20;
    ok(rtc_turn_read_addr(&m, value, &got) != RTC_OK, "IPv4 of 16 bytes");

    value.len = 0;
    ok(rtc_turn_read_addr(&m, value, &got) != RTC_OK, "an empty one");
}


static void
test_frame(void)
{
    size_t   len, size, n, again;

    static const uint8_t  chan[] = "\x40\x01\x00\x05hello\0\0\0";

    is_int(rtc_turn_frame(chan, 12, &len, &size), RTC_OK, "ChannelData");
    is_int(len, 9, "its length is without padding");
    is_int(size, 12, "its size with it");

    again = 0;

    for (n = 0; n < 12; n++) {
        again += rtc_turn_frame(chan, n, &len, &size) == RTC_AGAIN;
    }

    is_int(again, 12, "a part of it is not enough");
    is_int(rtc_turn_frame(rfc5769, sizeof(rfc5769) - 1, &len, &size), RTC_OK,
           "a STUN message");
    is_int(len, sizeof(rfc5769) - 1, "all of it");
    is_int(rtc_turn_frame((const uint8_t *) "GET / HTTP/1.1", 14, &len,
                          &size), RTC_ERROR,
           "text that begins as a channel does is too long for one");
    is_int(rtc_turn_frame((const uint8_t *) "\x16\x03\x01\x00", 4, &len,
                          &size), RTC_AGAIN, "four bytes of a TLS hello");
    is_int(rtc_turn_frame((const uint8_t *) "\x16\x03\x01\x00\x11\1\1\1", 8,
                          &len, &size), RTC_ERROR, "eight of them");
    is_int(rtc_turn_frame((const uint8_t *) "\x80", 1, &len, &size),
           RTC_ERROR, "0x80 - 0xff begins nothing");
    is_int(rtc_turn_frame((const uint8_t *) "\x40\x00\xff\xff", 4, &len,
                          &size), RTC_ERROR, "too long");
    is_int(rtc_turn_frame((const uint8_t *) "\0\1\0\3", 4, &len, &size),
           RTC_ERROR, "a length that is no multiple of 4");
}


static void
test_indication(void)
{
    size_t          total;
    uint8_t         buf[RTC_TURN_HEADROOM + 8], *p;
    rtc_str_t       value;
    rtc_addr_t      peer, got;
    rtc_stun_msg_t  m;

    memset(buf, 0xaa, sizeof(buf));
    memcpy(buf + RTC_TURN_HEADROOM, "hello", 5);
    peer = addr("2001:db8::5", 7);

    p = rtc_turn_data_indication(buf + RTC_TURN_HEADROOM, 5, &peer,
                                 (const uint8_t *) "transaction.", &total);

    ok(p == buf, "IPv6 takes all of the headroom");
    ok(rtc_stun_parse(&m, p, total) == RTC_OK && m.method == RTC_TURN_DATA
       && m.class == RTC_STUN_INDICATION, "a Data indication");
    ok(rtc_stun_find(&m, RTC_TURN_A_DATA, &value) == RTC_OK && value.len == 5
       && memcmp(value.data, "hello\0\0\0", 8) == 0,
       "the data, padded with zero");
    ok(rtc_stun_find(&m, RTC_TURN_A_XOR_PEER_ADDRESS, &value) == RTC_OK
       && rtc_turn_read_addr(&m, value, &got) == RTC_OK
       && memcmp(&got, &peer, sizeof(peer)) == 0, "the peer");
}


int
main(void)
{
    (void) glue_ops;

    test_vectors();
    test_userhash();
    test_truncated();
    test_build();
    test_addr();
    test_frame();
    test_indication();

    return done();
}
