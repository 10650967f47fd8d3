
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Time-limited credentials of TURN: the user is "EXPIRY:ID", EXPIRY in seconds
 * of Unix time, the password base64(HMAC-SHA1(secret, user)).  Who hands them
 * out and who checks them share nothing but a secret.
 */


#ifndef RTC_TURN_CRED_H_INCLUDED
#define RTC_TURN_CRED_H_INCLUDED


#include "rtc_core.h"


#define RTC_TURN_SECRETS       8        /* of a file, for rotation */
#define RTC_TURN_SECRET_MAX    256

#define RTC_TURN_PASSWORD_LEN  28
#define RTC_TURN_ID_MAX        64
#define RTC_TURN_USER_MAX      (20 + 1 + RTC_TURN_ID_MAX)


/* the first one signs */

typedef struct {
    rtc_str_t       elts[RTC_TURN_SECRETS];
    size_t          nelts;
} rtc_turn_secrets_t;


typedef struct {
    uint8_t         user[RTC_TURN_USER_MAX];
    size_t          user_len;
    uint8_t         password[RTC_TURN_PASSWORD_LEN];
} rtc_turn_cred_t;


/*
 * A line each, blank ones and those that begin with "#" do not count; points
 * into text.  RTC_ERROR: none, too many, or one that is too long.
 */
int rtc_turn_parse_secrets(rtc_turn_secrets_t *secrets, const uint8_t *text,
    size_t len);

/*
 * Credentials for an identity: it is the id if it is short and made of plain
 * characters, else a digest of it is.
 */
int rtc_turn_cred_make(rtc_turn_cred_t *cred, rtc_str_t secret,
    rtc_str_t identity, uint64_t expires_s);

int rtc_turn_password(uint8_t password[RTC_TURN_PASSWORD_LEN],
    rtc_str_t secret, rtc_str_t user);

/* RTC_DECLINED: the name has another form */
int rtc_turn_user_parse(rtc_str_t user, uint64_t *expires_s, rtc_str_t *id);


#endif /* RTC_TURN_CRED_H_INCLUDED */
