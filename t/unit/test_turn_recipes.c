
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One recipe for each advisory on another TURN server, named after it; those
 * on addresses of peers are in test_turn_peers.c.
 */


#include "turn_checks.h"
#include "rtc_turn_frame.h"


/* CVE-2026-40613: run under UBSan, a message lies anywhere */

static void
test_misaligned(void)
{
    int         code[8];
    size_t      i, at, n;
    uint8_t     buf[STUN_MSG_MAX + 8], out[RTC_TURN_ANSWER_MAX];
    stun_msg_t  m;

    turn_start(20);
    n = 0;

    for (at = 0; at < 8; at++) {
        turn_io.tuple.remote.port++;

        turn_begin(&m, RTC_TURN_ALLOCATE);
        stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\0", 1);
        stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
        stun_msg_attr(&m, 0x8022, "odd", 3);
        stun_msg_attr32(&m, RTC_TURN_A_LIFETIME, 700);
        turn_sign(&m, TURN_USER, TURN_PASS);
        stun_msg_fingerprint(&m);

        memcpy(buf + at, m.data, m.len);

        turn_io.p = buf + at;
        turn_io.len = m.len;
        turn_io.now_ms = turn_now;
        turn_io.unix_s = turn_unix;
        turn_io.out = out;
        turn_io.out_len = 0;

        code[at] = rtc_turn_server_input(turn, &turn_io) == RTC_TURN_ANSWER
                   && rtc_get_u16(out) == 0x0103;
        n += (size_t) code[at];
    }

    is_int(n, 8, "CVE-2026-40613: a request at any address");

    /* lengths that are no multiple of 4, with and without their padding */

    n = 0;

    for (i = 0; i < 64; i++) {
        turn_begin(&m, RTC_TURN_CREATE_PERMISSION);
        stun_msg_attr(&m, 0x8022, buf, i);
        m.len -= i & 3;
        stun_msg_fix_length(&m, m.len);
        memset(m.data + m.len, 0, 64);
        turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
        n += turn_ask(&m) == 0;
    }

    is_int(n, 16, "... and attributes of any length: the padded ones are read");

    turn_stop();
}


/* coturn ab762f33: what is not signed was acted upon */

static void
test_behind(void)
{
    int         i;
    stun_msg_t  m;
    rtc_str_t   value;
    rtc_addr_t  other;

    static const char *const  names[] = {
        "ab762f33: behind MESSAGE-INTEGRITY",
        "ab762f33: behind MESSAGE-INTEGRITY-SHA256"
    };

    other = addr("9.9.9.8", 9);

    for (i = 0; i < 2; i++) {
        turn_start(4);

        turn_begin(&m, RTC_TURN_ALLOCATE);
        stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);

        if (i) {
            turn_sign_sha256(&m);

        } else {
            turn_sign(&m, TURN_USER, TURN_PASS);
        }

        stun_msg_attr32(&m, RTC_TURN_A_LIFETIME, 3000);
        stun_msg_attr(&m, 0x802f, "https://evil.example", 20);
        stun_msg_attr32(&m, 0x7001, 0);
        stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\x80", 1);
        turn_input(m.data, m.len);

        is_int(turn_code(), 0, names[i]);
        ok(turn_answer(RTC_TURN_A_LIFETIME, &value)
           && rtc_get_u32(value.data) == 600, "... LIFETIME of Allocate");
        ok(!turn_answer(RTC_TURN_A_RESERVATION_TOKEN, &value)
           && glue.open == 1, "... EVEN-PORT");

        turn_begin(&m, RTC_TURN_CREATE_PERMISSION);
        turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);

        if (i) {
            turn_sign_sha256(&m);

        } else {
            turn_sign(&m, TURN_USER, TURN_PASS);
        }

        turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, other);
        turn_input(m.data, m.len);

        is_int(turn_code(), 0, "... XOR-PEER-ADDRESS");
        is_int(turn_send(PEER, "x"), RTC_TURN_RELAY, "... the signed one");
        is_int(turn_send(other, "x"), RTC_TURN_NOTHING, "... not the other");

        turn_begin(&m, RTC_TURN_CHANNEL_BIND);
        turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, other);

        if (i) {
            turn_sign_sha256(&m);

        } else {
            turn_sign(&m, TURN_USER, TURN_PASS);
        }

        stun_msg_attr32(&m, RTC_TURN_A_CHANNEL_NUMBER, 0x40000000);
        turn_input(m.data, m.len);
        is_int(turn_code(), 400, "... CHANNEL-NUMBER");

        turn_begin(&m, RTC_TURN_REFRESH);

        if (i) {
            turn_sign_sha256(&m);

        } else {
            turn_sign(&m, TURN_USER, TURN_PASS);
        }

        stun_msg_attr32(&m, RTC_TURN_A_LIFETIME, 0);
        turn_input(m.data, m.len);
        is_int(turn_code(), 0, "... LIFETIME of Refresh");
        ok(turn_alloc() != NULL, "... ends nothing");

        turn_stop();
    }
}


/* coturn 4adbd82e: the sibling of an even port was never given back */

static void
test_even_port(void)
{
    int         i, before;
    stun_msg_t  m;

    turn_start(4);
    glue.ports = 4;
    before = glue.open;

    for (i = 0; i < 10000; i++) {
        turn_begin(&m, RTC_TURN_ALLOCATE);
        stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
        stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\0", 1);

        if (turn_ask(&m) != 0 || turn_refresh(0) != 0) {
            break;
        }
    }

    is_int(i, 10000, "4adbd82e: 10000 allocations with R=0, of four ports");
    is_int(glue.open, before, "... leave the pool as it was");

    for (i = 0; i < 100; i++) {
        turn_begin(&m, RTC_TURN_ALLOCATE);
        stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
        stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\x80", 1);

        if (turn_ask(&m) != 0 || turn_refresh(0) != 0) {
            break;
        }

        turn_now += 30001;
    }

    is_int(i, 100, "... and a hundred with R=1");

    turn_now += 30001;
    (void) rtc_turn_server_expire(turn, turn_now);
    is_int(glue.open, before, "... do, too");

    turn_stop();
}


/* a name is bytes: GHSA-4g7c-p5wg-j4hp */

static void
test_format(void)
{
    stun_msg_t  m;

    turn_start(4);

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    turn_sign(&m, "%n%s%n%1$*2$d\r\nSET x 1\r\n", TURN_PASS);
    turn_input(m.data, m.len);
    is_int(turn_code(), 401, "GHSA-4g7c-p5wg-j4hp: %n%s in USERNAME");

    turn_stop();
}


/* coturn #1838, #1844, #1964: lengths that were believed, or cut to 16 bits */

static void
test_lengths(void)
{
    int         code, bad;
    size_t      i, len, size, total;
    uint8_t     big[2000], *p;
    stun_msg_t  m;

    static uint8_t  huge[STUN_MSG_MAX + 65536];

    memset(big, 'x', sizeof(big));
    turn_start(4);
    bad = 0;

    for (i = 0; i <= 1500; i++) {
        if (i == 8) {
            continue;
        }

        turn_begin(&m, RTC_TURN_ALLOCATE);
        stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
        stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, big, i);
        bad += turn_ask(&m) != 400;
    }

    is_int(bad, 0, "coturn #1838: RESERVATION-TOKEN of 0 - 1500 bytes is 400");
    is_int(rtc_turn_server_allocations(turn), 0, "... and allocates nothing");

    for (i = 0; i <= 1500; i++) {
        turn_begin(&m, RTC_TURN_ALLOCATE);
        stun_msg_attr(&m, RTC_STUN_USERNAME, TURN_USER, strlen(TURN_USER));
        stun_msg_attr(&m, RTC_TURN_A_REALM, TURN_REALM, strlen(TURN_REALM));
        stun_msg_attr(&m, RTC_TURN_A_NONCE, big, i);
        stun_msg_sign(&m, "key");
        turn_input(m.data, m.len);
        bad += turn_code() != 438;
    }

    is_int(bad, 0, "coturn #1844: NONCE of 0 - 1500 bytes is 438");

    /* each attribute of a request says that it is longer than it is */

    for (i = 1; i <= 0xffff; i += 13) {
        turn_begin(&m, RTC_TURN_ALLOCATE);
        stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
        stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, big, 8);
        turn_sign(&m, TURN_USER, TURN_PASS);
        rtc_write_u16(m.data + RTC_STUN_HEADER + 8 + 2, (uint16_t) i);
        turn_input(m.data, m.len);
        code = turn_code();
        bad += code == 0 || code == 508;
    }

    is_int(bad, 0, "... and a length of 1 - 65535 that is not the real one");

    /* the length of the header, with bytes behind it */

    turn_begin(&m, RTC_TURN_ALLOCATE);
    turn_sign(&m, TURN_USER, TURN_PASS);

    for (i = 0; i <= 0xffff; i++) {
        if (i == m.len - RTC_STUN_HEADER) {
            continue;
        }

        rtc_write_u16(m.data + 2, (uint16_t) i);
        bad += turn_input(m.data, m.len) != RTC_TURN_NOTHING;
    }

    is_int(bad, 0, "coturn #1964: no other length than that of the datagram");

    memset(huge, 0, sizeof(huge));
    memcpy(huge, m.data, m.len);
    stun_msg_fix_length(&m, m.len);
    rtc_write_u16(huge + 2, (uint16_t) (m.len - RTC_STUN_HEADER));
    is_int(turn_input(huge, m.len + 65536), RTC_TURN_NOTHING,
           "... nor one that is right after 16 bits are left of it");

    for (i = 0xffec; i <= 0xffff; i++) {
        rtc_write_u16(huge + 2, (uint16_t) i);
        bad += rtc_turn_frame(huge, sizeof(huge), &len, &size) != RTC_ERROR;
    }

    is_int(bad, 0, "... over a stream 20 + 65516 is not 0");

    /* what a peer sends */

    turn_allocate();
    turn_permit(PEER);

    for (i = 65400; i <= 65536; i++) {
        rtc_addr_t  peer = PEER;

        p = rtc_turn_server_peer(turn, turn_alloc(), &peer,
                                 huge + RTC_TURN_HEADROOM, i, turn_now,
                                 &total);

        if (p && (size_t) rtc_get_u16(p + 2) + RTC_STUN_HEADER != total) {
            bad++;
        }
    }

    is_int(bad, 0, "... and a Data indication has the length it says");

    turn_stop();
}


/* coturn #1869: the first byte and the last one make no difference */

static void
test_compare(void)
{
    int         bad, bit;
    size_t      mac;
    stun_msg_t  m;

    turn_start(4);

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    turn_sign(&m, TURN_USER, TURN_PASS);

    mac = m.len - RTC_SHA1_LEN;
    bad = 0;

    for (bit = 0; bit < 8 * RTC_SHA1_LEN; bit++) {
        m.data[mac + (size_t) bit / 8] ^= (uint8_t) (1 << bit % 8);
        turn_input(m.data, m.len);
        bad += turn_code() != 401;
        m.data[mac + (size_t) bit / 8] ^= (uint8_t) (1 << bit % 8);
    }

    is_int(bad, 0, "coturn #1869: any wrong bit of MESSAGE-INTEGRITY is 401");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    turn_sign_sha256(&m);

    mac = m.len - RTC_SHA256_LEN;

    for (bit = 0; bit < 8 * RTC_SHA256_LEN; bit++) {
        m.data[mac + (size_t) bit / 8] ^= (uint8_t) (1 << bit % 8);
        turn_input(m.data, m.len);
        bad += turn_code() != 401;
        m.data[mac + (size_t) bit / 8] ^= (uint8_t) (1 << bit % 8);
    }

    is_int(bad, 0, "... or of MESSAGE-INTEGRITY-SHA256");
    is_int(rtc_turn_server_allocations(turn), 0, "... and nothing else");

    turn_stop();
}


/* coturn #1932: a client could have any number of permissions */

static void
test_cap(void)
{
    int         i, refused;
    char        text[32];
    stun_msg_t  m;

    turn_start(4);
    turn_allocate();
    refused = 0;

    for (i = 0; i < 1000; i++) {
        snprintf(text, sizeof(text), "9.0.%d.%d", i / 256, i % 256);
        refused += turn_permit(addr(text, 9)) == 508;
    }

    is_int(refused, 1000 - 4, "coturn #1932: permissions have an end");

    turn_now += 301 * 1000;
    turn_begin(&m, RTC_TURN_CREATE_PERMISSION);

    for (i = 0; i < 5; i++) {
        snprintf(text, sizeof(text), "9.0.0.%d", i);
        turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, addr(text, 9));
    }

    is_int(turn_ask(&m), 508, "... all of a request or none");
    is_int(turn_send(addr("9.0.0.0", 9), "x"), RTC_TURN_NOTHING, "... none");

    refused = 0;

    for (i = 0; i < 1000; i++) {
        refused += turn_bind(0x4000 + (uint32_t) i,
                             addr("9.0.0.1", (uint16_t) (1000 + i))) == 508;
    }

    is_int(refused, 1000 - 3, "... so do channels");

    turn_stop();
}


/* requests for every answer there is */

static int
make_request(stun_msg_t *m, int i)
{
    static const uint16_t  methods[] = {
        RTC_TURN_ALLOCATE, RTC_TURN_REFRESH, RTC_TURN_CREATE_PERMISSION,
        RTC_TURN_CHANNEL_BIND
    };

    if (i < 4) {
        turn_begin(m, methods[i]);
        stun_msg_sign(m, "key");

        return 400;
    }

    switch (i) {

    case 4:
        turn_begin(m, RTC_STUN_BINDING);
        return 0;

    case 5:
        turn_begin(m, RTC_STUN_BINDING);
        stun_msg_attr32(m, 0x7001, 0);
        return 420;

    case 6:
        turn_begin(m, RTC_TURN_ALLOCATE);
        return 401;

    case 7:
        turn_begin(m, RTC_TURN_ALLOCATE);
        turn_sign(m, "nobody", TURN_PASS);
        return 401;

    case 8:
        turn_begin(m, RTC_TURN_REFRESH);
        turn_sign(m, TURN_USER, TURN_PASS);
        m->data[m->len - 24 - 8] ^= 1;
        return 438;

    case 9:
        turn_begin(m, RTC_TURN_ALLOCATE);
        stun_msg_attr32(m, 0x7001, 0);
        stun_msg_attr32(m, 0x7002, 0);
        stun_msg_attr32(m, 0x7003, 0);
        turn_sign(m, TURN_USER, TURN_PASS);
        return 420;

    case 10:
        turn_begin(m, RTC_TURN_ALLOCATE);
        stun_msg_attr32(m, RTC_TURN_A_TRANSPORT, 9u << 24);
        turn_sign(m, TURN_USER, TURN_PASS);
        return 442;

    case 11:
        turn_begin(m, RTC_TURN_REFRESH);
        turn_sign(m, TURN_USER, TURN_PASS);
        return 437;

    case 12:
        turn_begin(m, RTC_TURN_ALLOCATE);
        stun_msg_attr32(m, RTC_TURN_A_TRANSPORT, 17 << 24);
        stun_msg_attr(m, RTC_TURN_A_EVEN_PORT, "\x80", 1);
        turn_sign_sha256(m);
        return 0;

    case 13:
        turn_begin(m, RTC_TURN_REFRESH);
        turn_sign(m, "bob", "builder");
        return 441;

    case 14:
        turn_begin(m, RTC_TURN_CREATE_PERMISSION);
        turn_addr_attr(m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER6);
        turn_sign(m, TURN_USER, TURN_PASS);
        return 443;

    case 15:
        turn_begin(m, RTC_TURN_CREATE_PERMISSION);
        turn_addr_attr(m, RTC_TURN_A_XOR_PEER_ADDRESS, addr("::1", 9));
        turn_addr_attr(m, RTC_TURN_A_XOR_PEER_ADDRESS, addr("10.0.0.1", 9));
        turn_sign(m, TURN_USER, TURN_PASS);
        return 443;

    case 16:
        turn_begin(m, RTC_TURN_CHANNEL_BIND);
        stun_msg_attr32(m, RTC_TURN_A_CHANNEL_NUMBER, 0x40000000);
        turn_addr_attr(m, RTC_TURN_A_XOR_PEER_ADDRESS, addr("10.0.0.1", 9));
        turn_sign_sha256(m);
        return 403;

    case 17:
        turn_begin(m, RTC_TURN_CHANNEL_BIND);
        stun_msg_attr32(m, RTC_TURN_A_CHANNEL_NUMBER, 0x40000000);
        turn_addr_attr(m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
        turn_sign(m, TURN_USER, TURN_PASS);
        return 0;

    case 18:
        turn_begin(m, RTC_TURN_CREATE_PERMISSION);
        turn_addr_attr(m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
        turn_sign_sha256(m);
        return 0;

    case 19:
        turn_begin(m, RTC_TURN_REFRESH);
        turn_sign_sha256(m);
        return 0;

    default:
        return -1;
    }
}


/* CVE-2020-4067 and pion #556: all answers, filled over old memory */

static void
test_answers(void)
{
    int          i, code, fingerprint;
    char         name[64];
    size_t       len;
    uint8_t     *p;
    const char  *problem;
    stun_msg_t   m;

    for (fingerprint = 0; fingerprint < 2; fingerprint++) {
        turn_start(4);

        for (i = 0; /* void */ ; i++) {

            code = make_request(&m, i);

            if (code == -1) {
                break;
            }

            if (fingerprint) {
                stun_msg_fingerprint(&m);
            }

            problem = turn_problem(&m);

            snprintf(name, sizeof(name), "CVE-2020-4067, pion #556: %d%s",
                     code, fingerprint ? " with FINGERPRINT" : "");

            is_int(turn_code(), code, name);
            ok(problem == NULL, problem ? problem : "... is well-formed");
        }

        /* and data of a peer */

        turn_permit(addr("8.8.4.4", 1));

        for (i = 0; i < 8; i++) {
            p = turn_peer(addr("8.8.4.4", 1), "secret secret" + i, &len);
            ok(p && turn_message_problem(p, len, NULL) == NULL,
               "... a Data indication");
        }

        turn_stop();
    }
}


/* pion #541: a number that is bound, of another peer or of another client */

static void
test_channel_reuse(void)
{
    turn_start(4);
    turn_allocate();

    is_int(turn_bind(0x4000, PEER), 0, "pion #541: a channel");
    is_int(turn_bind(0x4000, addr("8.8.8.8", 5001)), 400,
           "... not for another port");
    is_int(turn_bind(0x4000, addr("8.8.4.4", 5000)), 400,
           "... not for another address");
    is_int(turn_bind(0x4001, PEER), 400, "... nor another number for the peer");
    is_int(turn_send(addr("8.8.4.4", 5000), "x"), RTC_TURN_NOTHING,
           "... and what was refused is no permission");
    is_int(turn_channel(0x4000, "x"), RTC_TURN_RELAY, "... it is as it was");
    ok(turn_io.peer.port == 5000, "... to the same peer");

    turn_io.tuple.remote.port++;
    turn_allocate();
    is_int(turn_channel(0x4000, "x"), RTC_TURN_NOTHING,
           "... and nobody else's");
    is_int(turn_bind(0x4000, addr("8.8.4.4", 7)), 0,
           "... who may have the number, too");
    is_int(turn_refresh(0), 0, "he ends");
    turn_allocate();
    is_int(turn_channel(0x4000, "x"), RTC_TURN_NOTHING,
           "... and his next allocation has no channels");

    turn_stop();
}


int
main(void)
{
    test_misaligned();
    test_behind();
    test_even_port();
    test_format();
    test_lengths();
    test_compare();
    test_cap();
    test_answers();
    test_channel_reuse();

    return done();
}
