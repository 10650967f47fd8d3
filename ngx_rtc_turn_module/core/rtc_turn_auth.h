
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The long-term credentials of RFC 8489, 9.2, with passwords by MD5 and by
 * SHA-256; users are those of time-limited credentials and of a list.
 */


#ifndef RTC_TURN_AUTH_H_INCLUDED
#define RTC_TURN_AUTH_H_INCLUDED


#include "rtc_crypto.h"
#include "rtc_turn_cred.h"
#include "rtc_turn_msg.h"
#include "rtc_turn_nonce.h"


#define RTC_TURN_REALM_MAX  64


typedef struct {
    rtc_str_t                name;
    rtc_str_t                password;
    uint8_t                  hash[RTC_SHA256_LEN];  /* USERHASH */
} rtc_turn_user_t;


typedef struct {
    rtc_str_t                realm;
    rtc_turn_secrets_t       secrets;

    const rtc_turn_user_t   *users;
    size_t                   nusers;

    const uint8_t           *nonce_key;     /* RTC_TURN_NONCE_KEY bytes */
} rtc_turn_auth_conf_t;


/* who a request is of, and how its answer is signed */

typedef struct {
    rtc_str_t                user;          /* the name, of a list or as sent */
    rtc_str_t                id;            /* without the expiry */
    uint64_t                 expires_s;     /* UINT64_MAX: never */

    uint8_t                  key[RTC_SHA256_LEN];
    size_t                   key_len;       /* 0: answers are not signed */
    unsigned                 sha256:1;      /* MESSAGE-INTEGRITY-SHA256 */
} rtc_turn_auth_t;


/*
 * A line "NAME:PASSWORD" each, blank ones and those that begin with "#" do not
 * count; points into text.  Answers the number of users, counted only if users
 * is NULL, or RTC_ERROR.  Hashes are of the realm.
 */
ssize_t rtc_turn_parse_users(rtc_turn_user_t *users, rtc_str_t realm,
    const uint8_t *text, size_t len);

/* 0, or the code of an error: 400, 401, 438 */
int rtc_turn_auth_check(const rtc_turn_auth_conf_t *conf,
    const rtc_stun_msg_t *m, const rtc_addr_t *source, uint32_t now_s,
    rtc_turn_auth_t *auth);

/* REALM, NONCE and PASSWORD-ALGORITHMS of a 401 or 438 */
void rtc_turn_auth_challenge(const rtc_turn_auth_conf_t *conf,
    const rtc_addr_t *source, uint32_t now_s, rtc_turn_msg_t *b);


#endif /* RTC_TURN_AUTH_H_INCLUDED */
