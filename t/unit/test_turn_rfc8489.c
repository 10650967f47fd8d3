
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What RFC 8489 says that a server MUST or MUST NOT do, as far as TURN uses
 * it, in its order.  Tests begin with the number of a section.
 */


#include "turn_checks.h"


/* the code of the answer; the allocation that was made ends */

static int
try(stun_msg_t *m)
{
    int  code;

    turn_input(m->data, m->len);
    code = turn_code();

    if (code == 0) {
        rtc_turn_server_end(turn, turn_alloc());
    }

    return code;
}


static void
test_5(void)
{
    stun_msg_t  m;

    turn_start(8);
    turn_begin(&m, RTC_STUN_BINDING);

    m.data[0] |= 0x80;
    is_int(turn_input(m.data, m.len), RTC_TURN_NOTHING, "5: the first bits");
    m.data[0] = 0;

    m.data[7] ^= 1;
    is_int(turn_input(m.data, m.len), RTC_TURN_NOTHING, "5: the cookie");
    m.data[7] ^= 1;

    m.data[3] = 4;
    is_int(turn_input(m.data, m.len), RTC_TURN_NOTHING, "5: the length");
    m.data[3] = 0;

    is_int(turn_input(m.data, m.len), RTC_TURN_ANSWER, "5: and a right one");

    turn_stop();
}


static void
test_6_3(void)
{
    int         i, n;
    rtc_str_t   value;
    stun_msg_t  m;

    static const uint16_t  methods[] = {
        0x002, RTC_TURN_SEND, RTC_TURN_DATA, 0x00d, 0x07f
    };

    turn_start(8);
    n = 0;

    for (i = 0; i < (int) rtc_nelts(methods); i++) {
        turn_begin(&m, methods[i]);
        n += turn_input(m.data, m.len) == RTC_TURN_NOTHING;

        turn_begin(&m, methods[i]);
        turn_sign(&m, TURN_USER, TURN_PASS);
        n += turn_input(m.data, m.len) == RTC_TURN_NOTHING;
    }

    is_int(n, 2 * i, "6.3: requests of unsupported methods are discarded");

    n = 0;

    for (i = 1; i < 0x10; i++) {

        if (i != RTC_TURN_SEND) {
            stun_msg_init(&m, (uint16_t) (0x0010 | i));
            turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
            stun_msg_attr(&m, RTC_TURN_A_DATA, "x", 1);
            n += turn_input(m.data, m.len) != RTC_TURN_NOTHING;
        }

        stun_msg_init(&m, (uint16_t) (0x0100 | i));
        n += turn_input(m.data, m.len) != RTC_TURN_NOTHING;
        stun_msg_init(&m, (uint16_t) (0x0110 | i));
        n += turn_input(m.data, m.len) != RTC_TURN_NOTHING;
    }

    is_int(n, 0, "6.3: so are indications and responses nobody waits for");

    turn_begin_allocate(&m);
    stun_msg_attr32(&m, 0x7001, 1);
    stun_msg_attr32(&m, 0xf001, 1);
    stun_msg_attr32(&m, 0x0002, 1);
    is_int(turn_ask(&m), 420, "6.3.1: attributes that must be understood");
    ok(turn_answer(RTC_STUN_UNKNOWN_ATTRIBUTES, &value) && value.len == 4
       && memcmp(value.data, "\x70\x01\0\2", 4) == 0,
       "6.3.1: ... are listed, and no others");

    turn_begin_allocate(&m);
    stun_msg_attr32(&m, 0xf001, 1);
    turn_sign(&m, TURN_USER, TURN_PASS);
    is_int(try(&m), 0, "6.3.1: others are ignored");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, 0x7001, 1);
    is_int(try(&m), 401, "9.2.4: authentication comes before them");

    turn_allocate();
    turn_permit(PEER);
    stun_msg_init(&m, 0x0016);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
    stun_msg_attr32(&m, 0x7001, 1);
    stun_msg_attr(&m, RTC_TURN_A_DATA, "x", 1);
    is_int(turn_input(m.data, m.len), RTC_TURN_NOTHING,
           "6.3.2: an indication with one is discarded");

    turn_stop();
}


static void
test_7_3(void)
{
    rtc_str_t       value;
    rtc_addr_t      a;
    stun_msg_t      m;
    rtc_stun_msg_t  parsed;

    turn_start(8);
    turn_io.tuple.remote = addr("2a00:1::2", 7777);
    turn_begin(&m, RTC_STUN_BINDING);
    turn_input(m.data, m.len);

    ok(rtc_stun_parse(&parsed, turn_out, turn_io.out_len) == RTC_OK
       && rtc_stun_find(&parsed, RTC_STUN_XOR_MAPPED_ADDRESS, &value)
          == RTC_OK
       && rtc_turn_read_addr(&parsed, value, &a) == RTC_OK
       && a.port == 7777
       && memcmp(a.addr, turn_io.tuple.remote.addr, 16) == 0,
       "7.3.1: Binding tells the address it came from");

    turn_stop();
}


static void
test_9_2_4_challenge(void)
{
    int         i;
    uint8_t     nonce[RTC_TURN_NONCE_LEN], mac[20], key[RTC_SHA256_LEN];
    size_t      key_len;
    rtc_str_t   value;
    stun_msg_t  m;

    turn_start(8);

    turn_begin_allocate(&m);
    turn_input(m.data, m.len);
    is_int(turn_code(), 401, "9.2.4: no integrity");
    ok(turn_answer(RTC_TURN_A_REALM, &value)
       && turn_answer(RTC_TURN_A_NONCE, &value)
       && memcmp(value.data, "obMatJos2", 9) == 0
       && turn_answer(RTC_TURN_A_ALGORITHMS, &value) && value.len == 8,
       "9.2.4: ... REALM, NONCE, PASSWORD-ALGORITHMS");
    ok(!turn_answer(RTC_STUN_USERNAME, &value)
       && !turn_answer(RTC_TURN_A_USERHASH, &value)
       && !turn_answer(RTC_STUN_INTEGRITY, &value)
       && !turn_answer(RTC_STUN_INTEGRITY_SHA256, &value),
       "9.2.4: ... and nothing that is signed");

    /* the nonce that was told is good */

    ok(turn_answer(RTC_TURN_A_NONCE, &value), "9.2.4: that NONCE");
    memcpy(nonce, value.data, RTC_TURN_NONCE_LEN);
    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_STUN_USERNAME, TURN_USER, strlen(TURN_USER));
    stun_msg_attr(&m, RTC_TURN_A_REALM, TURN_REALM, strlen(TURN_REALM));
    stun_msg_attr(&m, RTC_TURN_A_NONCE, nonce, RTC_TURN_NONCE_LEN);
    key_len = turn_key(key, 0);
    turn_integrity(&m, key, key_len, RTC_SHA1_LEN);
    is_int(try(&m), 0, "9.2.4: ... is taken");

    turn_now += 3601 * 1000;
    turn_input(m.data, m.len);
    is_int(turn_code(), 438, "9.2.4: ... for an hour");
    ok(turn_answer(RTC_TURN_A_REALM, &value)
       && turn_answer(RTC_TURN_A_ALGORITHMS, &value)
       && turn_answer(RTC_TURN_A_NONCE, &value)
       && memcmp(value.data, nonce, RTC_TURN_NONCE_LEN) != 0,
       "9.2.4: 438 has a new one");
    ok(!turn_answer(RTC_STUN_INTEGRITY, &value), "9.2.4: ... not signed");

    /* one of three is missing */

    for (i = 0; i < 3; i++) {
        turn_begin_allocate(&m);
        turn_nonce(nonce);

        if (i != 0) {
            stun_msg_attr(&m, RTC_STUN_USERNAME, TURN_USER, 5);
        }

        if (i != 1) {
            stun_msg_attr(&m, RTC_TURN_A_REALM, TURN_REALM, 4);
        }

        if (i != 2) {
            stun_msg_attr(&m, RTC_TURN_A_NONCE, nonce, RTC_TURN_NONCE_LEN);
        }

        turn_integrity(&m, key, key_len, RTC_SHA1_LEN);
        is_int(try(&m), 400, "9.2.4: no USERNAME, no REALM, no NONCE");
        ok(!turn_answer(RTC_TURN_A_NONCE, &value)
           && !turn_answer(RTC_STUN_INTEGRITY, &value),
           "9.2.4: ... is neither challenged nor signed");
    }

    /* the cookie of the nonce: features that are taken away, or made up */

    for (i = 9; i < 13; i++) {
        turn_begin_allocate(&m);
        turn_nonce(nonce);
        nonce[i] = nonce[i] == 'A' ? 'B' : 'A';
        stun_msg_attr(&m, RTC_STUN_USERNAME, TURN_USER, 5);
        stun_msg_attr(&m, RTC_TURN_A_REALM, TURN_REALM, 4);
        stun_msg_attr(&m, RTC_TURN_A_NONCE, nonce, RTC_TURN_NONCE_LEN);
        turn_integrity(&m, key, key_len, RTC_SHA1_LEN);
        is_int(try(&m), 438, "9.2: features of the NONCE are not changed");
    }

    turn_begin_allocate(&m);
    turn_nonce(nonce);
    stun_msg_attr(&m, RTC_STUN_USERNAME, TURN_USER, 5);
    stun_msg_attr(&m, RTC_TURN_A_REALM, "else", 4);
    stun_msg_attr(&m, RTC_TURN_A_NONCE, nonce, RTC_TURN_NONCE_LEN);
    rtc_md5(key, TURN_USER ":else:" TURN_PASS,
            sizeof(TURN_USER ":else:" TURN_PASS) - 1);
    turn_integrity(&m, key, RTC_MD5_LEN, RTC_SHA1_LEN);
    is_int(try(&m), 401, "9.2.4: another realm");

    memset(mac, 0, sizeof(mac));
    turn_begin_allocate(&m);
    turn_identify(&m, 1, TURN_LIST, 8, TURN_SHA256);
    stun_msg_attr(&m, RTC_STUN_INTEGRITY, mac, sizeof(mac));
    is_int(try(&m), 401, "9.2.4: a wrong integrity");
    ok(turn_answer(RTC_TURN_A_NONCE, &value), "9.2.4: ... is challenged");

    turn_stop();
}


static void
test_9_2_4_algorithms(void)
{
    size_t      i, key_len;
    uint8_t     key[RTC_SHA256_LEN];
    stun_msg_t  m;

    static const struct {
        const char  *list;
        size_t       list_len;
        const char  *one;
        int          sha256;        /* the key */
        int          code;
        const char  *name;
    } cases[] = {
        { NULL, 0, NULL, 0, 0,
          "9.2.4: neither: MD5" },
        { NULL, 0, NULL, 1, 401,
          "9.2.4: neither: not SHA-256" },
        { TURN_LIST, 8, TURN_MD5, 0, 0,
          "9.2.4: MD5 of the list" },
        { TURN_LIST, 8, TURN_SHA256, 1, 0,
          "9.2.4: SHA-256 of the list" },
        { TURN_LIST, 8, TURN_SHA256, 0, 401,
          "9.2.4: SHA-256, but a key by MD5" },
        { TURN_LIST, 8, TURN_MD5, 1, 401,
          "9.2.4: MD5, but a key by SHA-256" },
        { TURN_LIST, 8, NULL, 0, 400,
          "9.2.4: PASSWORD-ALGORITHMS alone" },
        { NULL, 0, TURN_MD5, 0, 400,
          "9.2.4: PASSWORD-ALGORITHM alone" },
        { TURN_MD5, 4, TURN_MD5, 0, 400,
          "9.2.4: bid-down: MD5 alone" },
        { TURN_SHA256, 4, TURN_SHA256, 1, 400,
          "9.2.4: a shorter list" },
        { "\0\1\0\0\0\2\0\0", 8, TURN_MD5, 0, 400,
          "9.2.4: another order" },
        { TURN_LIST "\0\3\0\0", 12, TURN_MD5, 0, 400,
          "9.2.4: a longer list" },
        { "", 0, TURN_MD5, 0, 400,
          "9.2.4: an empty list" },
        { TURN_LIST, 8, "\0\3\0\0", 0, 400,
          "9.2.4: one that is not in the list" },
        { TURN_LIST, 8, "\0\2\0\4", 1, 400,
          "9.2.4: parameters that it has not" }
    };

    turn_start(8);

    for (i = 0; i < rtc_nelts(cases); i++) {
        turn_begin_allocate(&m);
        turn_identify(&m, 0, cases[i].list, cases[i].list_len, cases[i].one);
        key_len = turn_key(key, cases[i].sha256);
        turn_integrity(&m, key, key_len, RTC_SHA1_LEN);
        is_int(try(&m), cases[i].code, cases[i].name);
    }

    turn_stop();
}


static void
test_9_2_4_answer(void)
{
    int             both;
    size_t          key_len;
    uint8_t         key[RTC_SHA256_LEN];
    rtc_str_t       value;
    stun_msg_t      m;
    rtc_stun_msg_t  parsed;

    turn_start(8);

    turn_begin_allocate(&m);
    turn_identify(&m, 0, NULL, 0, NULL);
    key_len = turn_key(key, 0);
    turn_integrity(&m, key, key_len, RTC_SHA1_LEN);
    is_int(try(&m), 0, "9.2.4: MESSAGE-INTEGRITY");
    ok(rtc_stun_parse(&parsed, turn_out, turn_io.out_len) == RTC_OK
       && rtc_turn_verify(&parsed, key, key_len, 0) == RTC_OK
       && parsed.integrity_sha256 == NULL, "9.2.4: ... is in the answer");

    for (both = 0; both < 2; both++) {
        turn_begin_allocate(&m);
        turn_identify(&m, both, TURN_LIST, 8, TURN_SHA256);
        key_len = turn_key(key, 1);

        if (both) {
            turn_integrity(&m, key, key_len, RTC_SHA1_LEN);
        }

        turn_integrity(&m, key, key_len, RTC_SHA256_LEN);
        is_int(try(&m), 0, both ? "9.2.4: both integrities"
                                : "9.2.4: MESSAGE-INTEGRITY-SHA256");
        ok(rtc_stun_parse(&parsed, turn_out, turn_io.out_len) == RTC_OK
           && rtc_turn_verify(&parsed, key, key_len, 1) == RTC_OK,
           "9.2.4: ... the answer has MESSAGE-INTEGRITY-SHA256");
        ok(parsed.integrity == NULL, "9.2.4: ... and not the other");
        ok(!turn_answer(RTC_STUN_USERNAME, &value)
           && !turn_answer(RTC_TURN_A_USERHASH, &value)
           && !turn_answer(RTC_TURN_A_REALM, &value)
           && !turn_answer(RTC_TURN_A_NONCE, &value),
           "9.2.4: ... no USERNAME, USERHASH, REALM, NONCE");
    }

    /* the stronger one counts */

    m.data[m.len - 1] ^= 1;
    is_int(try(&m), 401, "9.2.4: of both the second one is wrong");

    turn_begin_allocate(&m);
    turn_identify(&m, 0, NULL, 0, NULL);
    key_len = turn_key(key, 0);
    turn_integrity(&m, key, key_len, RTC_SHA256_LEN);
    is_int(try(&m), 0, "9.2.4: a key by MD5, MESSAGE-INTEGRITY-SHA256");

    turn_begin(&m, RTC_TURN_REFRESH);
    turn_sign_sha256(&m);
    turn_input(m.data, m.len);
    key_len = turn_key(key, 1);
    ok(turn_code() == 437
       && rtc_stun_parse(&parsed, turn_out, turn_io.out_len) == RTC_OK
       && rtc_turn_verify(&parsed, key, key_len, 1) == RTC_OK,
       "9.2.4: an error behind the authentication is signed");

    turn_stop();
}


static void
test_9_2_userhash(void)
{
    size_t      i, key_len;
    uint8_t     key[RTC_SHA256_LEN], nonce[RTC_TURN_NONCE_LEN];
    stun_msg_t  m;

    turn_start(8);
    key_len = turn_key(key, 1);

    turn_begin_allocate(&m);
    turn_sign_sha256(&m);
    is_int(try(&m), 0, "9.2.3: USERHASH");

    /* of somebody else, of nobody, of another length */

    for (i = 0; i < 3; i++) {
        uint8_t  hash[40];

        memset(hash, 0, sizeof(hash));
        memcpy(hash, turn_users[i ? 0 : 1].hash, RTC_SHA256_LEN);
        hash[0] ^= i == 1;

        turn_begin_allocate(&m);
        turn_nonce(nonce);
        stun_msg_attr(&m, RTC_TURN_A_USERHASH, hash,
                      i == 2 ? 31 : RTC_SHA256_LEN);
        stun_msg_attr(&m, RTC_TURN_A_REALM, TURN_REALM, 4);
        stun_msg_attr(&m, RTC_TURN_A_NONCE, nonce, RTC_TURN_NONCE_LEN);
        stun_msg_attr(&m, RTC_TURN_A_ALGORITHMS, TURN_LIST, 8);
        stun_msg_attr(&m, RTC_TURN_A_ALGORITHM, TURN_SHA256, 4);
        turn_integrity(&m, key, key_len, RTC_SHA256_LEN);
        is_int(try(&m), 401, "9.2.4: a USERHASH that is not the key's");
    }

    /* who came by his hash and goes on by his name is the same */

    turn_begin_allocate(&m);
    turn_sign_sha256(&m);
    turn_input(m.data, m.len);
    is_int(turn_code(), 0, "an allocation by USERHASH");
    is_int(turn_refresh(600), 0, "RFC 8656, 5: its user by USERNAME");
    turn_begin(&m, RTC_TURN_REFRESH);
    turn_sign(&m, "bob", "builder");
    turn_input(m.data, m.len);
    is_int(turn_code(), 441, "RFC 8656, 5: and another one");

    turn_stop();
}


static void
test_14(void)
{
    size_t      n, key_len, bad;
    uint8_t     key[RTC_SHA256_LEN];
    char        name[512];
    stun_msg_t  m;

    turn_start(8);

    /* EVEN-PORT comes first: three bytes of padding */

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\0", 1);
    memcpy(m.data + RTC_STUN_HEADER + 5, "\xff\xff\xff", 3);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    turn_sign(&m, TURN_USER, TURN_PASS);
    is_int(try(&m), 0, "14: padding may be anything");

    memset(name, 'x', sizeof(name));
    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_STUN_USERNAME, name, 508);
    turn_sign(&m, TURN_USER, TURN_PASS);
    is_int(try(&m), 401, "14.3: USERNAME of 508 bytes; the first one counts");

    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_STUN_USERNAME, name, 509);
    turn_sign(&m, TURN_USER, TURN_PASS);
    is_int(try(&m), -1, "14.3: of 509 bytes");

    /* 14.6: truncated ones are for usages that say so, TURN does not */

    key_len = turn_key(key, 1);
    bad = 0;

    for (n = 0; n <= 32; n++) {

        if (n == RTC_SHA256_LEN || n == RTC_SHA1_LEN) {
            continue;
        }

        turn_begin_allocate(&m);
        turn_identify(&m, 0, TURN_LIST, 8, TURN_SHA256);
        turn_integrity(&m, key, key_len, n);
        bad += try(&m) == 0;
    }

    is_int(bad, 0, "14.6: no truncated MESSAGE-INTEGRITY-SHA256");

    bad = 0;

    for (n = 0; n <= 32; n++) {

        if (n == RTC_SHA1_LEN) {
            continue;
        }

        turn_begin_allocate(&m);
        turn_identify(&m, 0, NULL, 0, NULL);
        stun_msg_attr(&m, RTC_STUN_INTEGRITY, name, n);
        bad += try(&m) != -1;
    }

    is_int(bad, 0, "14.5: MESSAGE-INTEGRITY has 20 bytes");

    turn_begin_allocate(&m);
    turn_sign(&m, TURN_USER, TURN_PASS);
    stun_msg_fingerprint(&m);
    is_int(try(&m), 0, "14.7: FINGERPRINT");
    m.data[m.len - 1] ^= 1;
    is_int(try(&m), -1, "14.7: a wrong one");
    m.data[m.len - 1] ^= 1;
    stun_msg_attr32(&m, 0x8022, 0);
    is_int(try(&m), -1, "14.7: nothing is behind it");

    turn_stop();
}


int
main(void)
{
    test_5();
    test_6_3();
    test_7_3();
    test_9_2_4_challenge();
    test_9_2_4_algorithms();
    test_9_2_4_answer();
    test_9_2_userhash();
    test_14();

    return done();
}
