
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_base64.h"


static const uint8_t  rtc_base64url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";


static int
rtc_base64url_value(uint8_t ch)
{
    if (ch >= 'A' && ch <= 'Z') {
        return ch - 'A';
    }

    if (ch >= 'a' && ch <= 'z') {
        return ch - 'a' + 26;
    }

    if (ch >= '0' && ch <= '9') {
        return ch - '0' + 52;
    }

    if (ch == '-') {
        return 62;
    }

    return ch == '_' ? 63 : -1;
}


uint8_t *
rtc_base64url_encode(uint8_t *dst, const uint8_t *src, size_t len)
{
    uint32_t        bits;
    unsigned        n;
    const uint8_t  *last;

    bits = 0;
    n = 0;

    for (last = src + len; src < last; src++) {
        bits = bits << 8 | *src;

        for (n += 8; n >= 6; n -= 6) {
            *dst++ = rtc_base64url_alphabet[bits >> (n - 6) & 0x3f];
        }
    }

    if (n != 0) {
        *dst++ = rtc_base64url_alphabet[bits << (6 - n) & 0x3f];
    }

    return dst;
}


uint8_t *
rtc_base64_encode(uint8_t *dst, const uint8_t *src, size_t len)
{
    uint8_t  *p, *last;

    last = rtc_base64url_encode(dst, src, len);

    for (p = dst; p < last; p++) {
        if (*p == '-') {
            *p = '+';

        } else if (*p == '_') {
            *p = '/';
        }
    }

    while ((last - dst) % 4 != 0) {
        *last++ = '=';
    }

    return last;
}


int
rtc_base64url_decode(uint8_t *dst, const uint8_t *src, size_t len)
{
    int             value;
    uint32_t        bits;
    unsigned        n;
    const uint8_t  *last;

    if (len % 4 == 1) {
        return RTC_ERROR;
    }

    bits = 0;
    n = 0;

    for (last = src + len; src < last; src++) {
        value = rtc_base64url_value(*src);
        if (value < 0) {
            return RTC_ERROR;
        }

        bits = bits << 6 | (uint32_t) value;
        n += 6;

        if (n >= 8) {
            n -= 8;
            *dst++ = (uint8_t) (bits >> n);
        }
    }

    /* RFC 4648, section 3.5: pad bits are zero */

    return (bits & ((1u << n) - 1)) == 0 ? RTC_OK : RTC_ERROR;
}
