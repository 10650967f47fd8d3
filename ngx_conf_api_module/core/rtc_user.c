
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdio.h>

#include "rtc_user.h"


#define RTC_USER_HASH_DIGITS                                                  \
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


static int rtc_user_is_visible(rtc_str_t text);
static int rtc_user_is_address(rtc_str_t text);
static int rtc_user_is_hash(rtc_str_t text);


static const char *const  rtc_user_roles[] = { "admin", "member" };


int
rtc_user_name(rtc_args_t *args, rtc_str_t *value)
{
    int  rc;

    rc = rtc_args_string(args, "name", 1, RTC_USER_NAME_MAX, value);

    if (rc == RTC_OK && !rtc_user_is_visible(*value)) {
        return rtc_args_refuse(args, "name must be visible characters of "
                               "ASCII without blanks.");
    }

    return rc;
}


int
rtc_user_email(rtc_args_t *args, rtc_str_t *value)
{
    int  rc;

    rc = rtc_args_string(args, "email", 0, RTC_USER_EMAIL_MAX, value);

    if (rc == RTC_OK && value->len != 0 && !rtc_user_is_address(*value)) {
        return rtc_args_refuse(args, "email must be an address as "
                               "ann@example.com, or empty.");
    }

    return rc;
}


int
rtc_user_role(rtc_args_t *args, rtc_str_t *value)
{
    int     rc;
    size_t  n;

    rc = rtc_args_enum(args, "role", rtc_user_roles, 2, &n);

    if (rc == RTC_OK) {
        value->data = (const uint8_t *) rtc_user_roles[n];
        value->len = strlen(rtc_user_roles[n]);
    }

    return rc;
}


int
rtc_user_password(rtc_args_t *args, const char *name, rtc_str_t *value)
{
    int  rc;

    rc = rtc_args_string(args, name, RTC_USER_PASSWORD_MIN,
                         RTC_USER_PASSWORD_MAX, value);

    if (rc == RTC_OK && value->len > RTC_USER_PASSWORD_MAX) {
        return rtc_args_too_long(args, name);
    }

    return rc;
}


int
rtc_user_hash(rtc_args_t *args, rtc_str_t *value)
{
    int  rc;

    rc = rtc_args_string(args, "password", 1, RTC_USER_HASH_MAX, value);

    if (rc == RTC_OK && !rtc_user_is_hash(*value)) {
        return rtc_args_refuse(args, "password must be a hash that this "
                               "server has made (yescrypt).");
    }

    return rc;
}


static int
rtc_user_is_visible(rtc_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] < '!' || text.data[i] > '~') {
            return 0;
        }
    }

    return 1;
}


static int
rtc_user_is_address(rtc_str_t text)
{
    const uint8_t  *at;

    if (!rtc_user_is_visible(text)) {
        return 0;
    }

    at = memchr(text.data, '@', text.len);

    return at != NULL && at != text.data
           && at != text.data + text.len - 1
           && memchr(at + 1, '@', text.data + text.len - at - 1) == NULL;
}


/* costs, salt, "$", 43 digits */

static int
rtc_user_is_hash(rtc_str_t text)
{
    size_t       n;
    const char  *p;

    n = sizeof(RTC_USER_HASH_COSTS) - 1;
    p = (const char *) text.data;

    if (text.len <= n || memcmp(p, RTC_USER_HASH_COSTS, n) != 0) {
        return 0;
    }

    p += n;
    n = strspn(p, RTC_USER_HASH_DIGITS);

    if (n == 0 || n > 86 || p[n] != '$') {
        return 0;
    }

    p += n + 1;

    return strspn(p, RTC_USER_HASH_DIGITS) == 43
           && p + 43 == (const char *) text.data + text.len;
}
