
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What holds for every answer of the TURN server, and requests that are signed
 * by SHA-256.
 */


#ifndef TURN_CHECKS_H_INCLUDED
#define TURN_CHECKS_H_INCLUDED


#include "turn_client.h"
#include "tap.h"


#define TURN_MD5     "\0\1\0\0"
#define TURN_SHA256  "\0\2\0\0"
#define TURN_LIST    "\0\2\0\0\0\1\0\0"

#define PEER         addr("8.8.8.8", 5000)
#define PEER6        addr("2001:4860::8", 5000)


static inline int
turn_answer(uint16_t type, rtc_str_t *value)
{
    rtc_stun_msg_t  m;

    return rtc_stun_parse(&m, turn_out, turn_io.out_len) == RTC_OK
           && rtc_stun_find(&m, type, value) == RTC_OK;
}


static inline void
turn_begin_allocate(stun_msg_t *m)
{
    turn_begin(m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(m, RTC_TURN_A_TRANSPORT, 17 << 24);
}


/* of both families */

static inline int
turn_allocate_dual(void)
{
    stun_msg_t  m;

    turn_begin_allocate(&m);
    stun_msg_attr32(&m, RTC_TURN_A_ADDITIONAL_FAMILY, 2u << 24);

    return turn_ask(&m);
}


/* the n-th relayed address of the answer, from 0 */

static inline int
turn_relayed(int n, rtc_addr_t *a)
{
    uint16_t        type;
    rtc_str_t       value;
    rtc_stun_msg_t  m;
    const uint8_t  *p;

    p = NULL;

    if (rtc_stun_parse(&m, turn_out, turn_io.out_len) != RTC_OK) {
        return 0;
    }

    while ((p = rtc_stun_next(&m, p, &type, &value)) != NULL) {

        if (type == RTC_TURN_A_XOR_RELAYED && n-- == 0) {
            return rtc_turn_read_addr(&m, value, a) == RTC_OK;
        }
    }

    return 0;
}


/* NULL, or what is wrong with a message of the server; in request's answer */

static inline const char *
turn_message_problem(const uint8_t *p, size_t len,
    const rtc_stun_msg_t *request)
{
    size_t          n, at;
    uint16_t        type;
    rtc_str_t       value;
    rtc_stun_msg_t  m;

    if (rtc_stun_parse(&m, p, len) != RTC_OK) {
        return "it is malformed";
    }

    type = 0;

    for (at = RTC_STUN_HEADER; at < len; at += 4 + ((n + 3) & ~(size_t) 3)) {

        if (type == RTC_STUN_FINGERPRINT) {
            return "FINGERPRINT is not the last one";
        }

        type = rtc_get_u16(p + at);
        n = rtc_get_u16(p + at + 2);

        while (n & 3) {
            if (p[at + 4 + n] != 0) {
                return "padding is not zero";
            }

            n++;
        }
    }

    if (m.class == RTC_STUN_ERROR
        && (rtc_stun_find(&m, RTC_STUN_ERROR_CODE, &value) != RTC_OK
            || value.len < 4 || rtc_get_u16(value.data) != 0
            || value.data[2] < 3 || value.data[2] > 6 || value.data[3] > 99))
    {
        return "an error without ERROR-CODE";
    }

    if (request == NULL) {
        return NULL;
    }

    if (m.method != request->method
        || memcmp(m.data + 4, request->data + 4, 16) != 0)
    {
        return "it answers something else";
    }

    if (!request->fingerprint != !m.fingerprint
        || rtc_turn_verify_fingerprint(&m) != RTC_OK)
    {
        return "FINGERPRINT is not what it should be";
    }

    return NULL;
}


/* the request is sent; NULL, or what is wrong with its answer */

static inline const char *
turn_problem(stun_msg_t *request)
{
    size_t          i;
    rtc_stun_msg_t  m;

    memset(turn_out, 0xaa, sizeof(turn_out));
    turn_input(request->data, request->len);

    if (turn_io.out_len == 0) {
        return "there is no answer";
    }

    for (i = turn_io.out_len; i < sizeof(turn_out); i++) {
        if (turn_out[i] != 0xaa) {
            return "something is written behind it";
        }
    }

    if (rtc_stun_parse(&m, request->data, request->len) != RTC_OK) {
        return "the request is malformed";
    }

    return turn_message_problem(turn_out, turn_io.out_len, &m);
}


static inline void
turn_nonce(uint8_t nonce[RTC_TURN_NONCE_LEN])
{
    rtc_turn_nonce_make(nonce, turn_nonce_key, 0xc00000,
                        &turn_io.tuple.remote, (uint32_t) (turn_now / 1000));
}


/* MESSAGE-INTEGRITY, or MESSAGE-INTEGRITY-SHA256 of mac_len bytes */

static inline void
turn_integrity(stun_msg_t *m, const uint8_t *key, size_t key_len,
    size_t mac_len)
{
    uint8_t  mac[32];

    stun_msg_fix_length(m, m->len + 4 + mac_len);

    if (mac_len == RTC_SHA1_LEN) {
        rtc_hmac_sha1(mac, key, key_len, m->data, m->len);
        stun_msg_attr(m, RTC_STUN_INTEGRITY, mac, mac_len);

    } else {
        rtc_hmac_sha256(mac, key, key_len, m->data, m->len);
        stun_msg_attr(m, RTC_STUN_INTEGRITY_SHA256, mac, mac_len);
    }
}


/* the key of TURN_USER: its length is that of the algorithm */

static inline size_t
turn_key(uint8_t key[RTC_SHA256_LEN], int sha256)
{
    static const char  text[] = TURN_USER ":" TURN_REALM ":" TURN_PASS;

    if (sha256) {
        rtc_sha256(key, text, sizeof(text) - 1);
        return RTC_SHA256_LEN;
    }

    rtc_md5(key, text, sizeof(text) - 1);

    return RTC_MD5_LEN;
}


/*
 * USERHASH or USERNAME, REALM, NONCE, and what there is of the algorithms
 * (NULL: none); not the integrity.
 */

static inline void
turn_identify(stun_msg_t *m, int hash, const char *list, size_t list_len,
    const char *algorithm)
{
    uint8_t  nonce[RTC_TURN_NONCE_LEN];

    turn_nonce(nonce);

    if (hash) {
        stun_msg_attr(m, RTC_TURN_A_USERHASH, turn_users[0].hash,
                      RTC_SHA256_LEN);

    } else {
        stun_msg_attr(m, RTC_STUN_USERNAME, TURN_USER, strlen(TURN_USER));
    }

    stun_msg_attr(m, RTC_TURN_A_REALM, TURN_REALM, strlen(TURN_REALM));
    stun_msg_attr(m, RTC_TURN_A_NONCE, nonce, RTC_TURN_NONCE_LEN);

    if (list) {
        stun_msg_attr(m, RTC_TURN_A_ALGORITHMS, list, list_len);
    }

    if (algorithm) {
        stun_msg_attr(m, RTC_TURN_A_ALGORITHM, algorithm, 4);
    }
}


/* all of RFC 8489: USERHASH, SHA-256 for the key and for the integrity */

static inline void
turn_sign_sha256(stun_msg_t *m)
{
    uint8_t  key[RTC_SHA256_LEN];

    turn_identify(m, 1, TURN_LIST, 8, TURN_SHA256);
    turn_integrity(m, key, turn_key(key, 1), RTC_SHA256_LEN);
}


#endif /* TURN_CHECKS_H_INCLUDED */
