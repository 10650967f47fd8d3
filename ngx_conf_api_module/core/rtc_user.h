
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a user may be called, sign in with, and be.  Each function answers
 * RTC_OK, RTC_DECLINED if there is no such argument, or RTC_ERROR with
 * args->error; values live as long as args.
 */


#ifndef RTC_USER_H_INCLUDED
#define RTC_USER_H_INCLUDED


#include "rtc_args.h"


#define RTC_USER_NAME_MAX      100
#define RTC_USER_EMAIL_MAX     200
#define RTC_USER_PASSWORD_MIN  8
#define RTC_USER_PASSWORD_MAX  512      /* bytes, what crypt(3) takes */

/* of all users together, addresses included; as text for a script */

#define RTC_USER_NAMES_MAX       4000
#define RTC_USER_NAMES_MAX_TEXT  "4000"

/* what we make of passwords: yescrypt with its usual costs, see crypt(5) */

#define RTC_USER_HASH_PREFIX   "$y$"
#define RTC_USER_HASH_COSTS    "$y$j9T$"
#define RTC_USER_HASH_MAX      128


/* "name": visible characters of ASCII */

int rtc_user_name(rtc_args_t *args, rtc_str_t *value);

/* "email": an address, or empty */

int rtc_user_email(rtc_args_t *args, rtc_str_t *value);

/* "role": as text */

int rtc_user_role(rtc_args_t *args, rtc_str_t *value);

/* a new password */

int rtc_user_password(rtc_args_t *args, const char *name, rtc_str_t *value);

/* "password" of a backup: a hash of ours, so that its costs are known */

int rtc_user_hash(rtc_args_t *args, rtc_str_t *value);


#endif /* RTC_USER_H_INCLUDED */
