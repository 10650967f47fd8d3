
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_base64.h"
#include "rtc_bytes.h"
#include "rtc_crypto.h"
#include "rtc_turn_cred.h"


#define RTC_TURN_ID_DIGEST  16          /* bytes of a digest that is the id */


static int rtc_turn_id_is_plain(rtc_str_t id);
static uint8_t *rtc_turn_id_digest(uint8_t *p, rtc_str_t identity);
static uint8_t *rtc_turn_write_number(uint8_t *p, uint64_t n);


int
rtc_turn_parse_secrets(rtc_turn_secrets_t *secrets, const uint8_t *text,
    size_t len)
{
    size_t          n;
    const uint8_t  *p, *end, *eol;

    secrets->nelts = 0;
    end = text + len;

    for (p = text; p < end; p = eol + 1) {

        eol = memchr(p, '\n', (size_t) (end - p));

        if (eol == NULL) {
            eol = end;
        }

        n = (size_t) (eol - p);

        while (n && (p[n - 1] == ' ' || p[n - 1] == '\r' || p[n - 1] == '\t')) {
            n--;
        }

        if (n == 0 || *p == '#') {
            continue;
        }

        if (n > RTC_TURN_SECRET_MAX || secrets->nelts == RTC_TURN_SECRETS) {
            return RTC_ERROR;
        }

        secrets->elts[secrets->nelts].data = p;
        secrets->elts[secrets->nelts].len = n;
        secrets->nelts++;
    }

    return secrets->nelts ? RTC_OK : RTC_ERROR;
}


int
rtc_turn_cred_make(rtc_turn_cred_t *cred, rtc_str_t secret,
    rtc_str_t identity, uint64_t expires_s)
{
    uint8_t    *p;
    rtc_str_t   user;

    p = rtc_turn_write_number(cred->user, expires_s);
    p = rtc_write_u8(p, ':');

    if (rtc_turn_id_is_plain(identity)) {
        p = rtc_write_bytes(p, identity.data, identity.len);

    } else {
        p = rtc_turn_id_digest(p, identity);

        if (p == NULL) {
            return RTC_ERROR;
        }
    }

    cred->user_len = (size_t) (p - cred->user);

    user.data = cred->user;
    user.len = cred->user_len;

    return rtc_turn_password(cred->password, secret, user);
}


/* what stands unquoted in headers, logs and URLs */

static int
rtc_turn_id_is_plain(rtc_str_t id)
{
    size_t   i;
    uint8_t  ch;

    if (id.len == 0 || id.len > RTC_TURN_ID_MAX) {
        return 0;
    }

    for (i = 0; i < id.len; i++) {
        ch = id.data[i];

        if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
              || (ch >= '0' && ch <= '9')
              || ch == '-' || ch == '_' || ch == '.'))
        {
            return 0;
        }
    }

    return 1;
}


static uint8_t *
rtc_turn_id_digest(uint8_t *p, rtc_str_t identity)
{
    size_t   i;
    uint8_t  digest[RTC_SHA256_LEN];

    static const char  hex[] = "0123456789abcdef";

    if (rtc_sha256(digest, identity.data, identity.len) != RTC_OK) {
        return NULL;
    }

    for (i = 0; i < RTC_TURN_ID_DIGEST; i++) {
        *p++ = (uint8_t) hex[digest[i] >> 4];
        *p++ = (uint8_t) hex[digest[i] & 0xf];
    }

    return p;
}


static uint8_t *
rtc_turn_write_number(uint8_t *p, uint64_t n)
{
    size_t   len;
    uint8_t  digits[20];

    len = 0;

    do {
        digits[len++] = (uint8_t) ('0' + n % 10);
        n /= 10;
    } while (n);

    while (len) {
        *p++ = digits[--len];
    }

    return p;
}


int
rtc_turn_password(uint8_t password[RTC_TURN_PASSWORD_LEN], rtc_str_t secret,
    rtc_str_t user)
{
    uint8_t  digest[RTC_SHA1_LEN];

    if (rtc_hmac_sha1(digest, secret.data, secret.len, user.data, user.len)
        != RTC_OK)
    {
        return RTC_ERROR;
    }

    rtc_base64_encode(password, digest, RTC_SHA1_LEN);

    return RTC_OK;
}


int
rtc_turn_user_parse(rtc_str_t user, uint64_t *expires_s, rtc_str_t *id)
{
    size_t    i;
    uint64_t  n;

    n = 0;

    /* 18 digits do not overflow */

    for (i = 0; i < user.len && i <= 18; i++) {

        if (user.data[i] == ':') {
            break;
        }

        if (user.data[i] < '0' || user.data[i] > '9') {
            return RTC_DECLINED;
        }

        n = n * 10 + (uint64_t) (user.data[i] - '0');
    }

    if (i == 0 || i > 18) {
        return RTC_DECLINED;
    }

    *expires_s = n;

    /* "EXPIRY" alone is a user without an id */

    id->data = user.data + i;
    id->len = user.len - i;

    if (id->len) {
        id->data++;
        id->len--;
    }

    return RTC_OK;
}
