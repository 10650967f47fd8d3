
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <arpa/inet.h>

#include "rtc_url.h"


#define RTC_URL_ALNUM                                                         \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


static int rtc_url_label(rtc_str_t label);
static int rtc_url_port(rtc_str_t digits);
static int rtc_url_ipv4(rtc_str_t text);
static int rtc_url_ipv6(rtc_str_t text);
static int rtc_url_path(rtc_str_t text);
static int rtc_url_copy(rtc_str_t text, uint8_t *buf, size_t *len);


/*
 * Letters, digits and hyphens (RFC 952, RFC 1123, 2.1).  A last label of
 * digits alone would be an address: no certificate is issued for it.
 */

int
rtc_url_host(rtc_str_t text, uint8_t buf[RTC_URL_HOST], size_t *len)
{
    rtc_str_t       label;
    const uint8_t  *dot, *last;

    if (text.len > RTC_URL_HOST) {
        return RTC_ERROR;
    }

    last = text.data + text.len;
    label.data = text.data;

    for ( ;; ) {

        dot = memchr(label.data, '.', last - label.data);
        label.len = (dot ? dot : last) - label.data;

        if (rtc_url_label(label) != RTC_OK) {
            return RTC_ERROR;
        }

        if (dot == NULL) {
            break;
        }

        label.data = dot + 1;
    }

    if (rtc_url_made_of(label, "0123456789") == RTC_OK) {
        return RTC_ERROR;
    }

    return rtc_url_copy(text, buf, len);
}


static int
rtc_url_label(rtc_str_t label)
{
    if (label.len == 0
        || label.len > RTC_URL_LABEL
        || label.data[0] == '-'
        || label.data[label.len - 1] == '-')
    {
        return RTC_ERROR;
    }

    return rtc_url_made_of(label, RTC_URL_ALNUM "-");
}


/* HOST or HOST:PORT, where a host may be an IPv4 address */

int
rtc_url_authority(rtc_str_t text, uint8_t buf[RTC_URL_AUTHORITY],
    size_t *len)
{
    rtc_str_t       host;
    const uint8_t  *colon;

    host = text;
    colon = memchr(text.data, ':', text.len);

    if (colon) {
        host.len = colon - text.data;

        if (rtc_url_port(rtc_url_behind(text, host.len + 1)) != RTC_OK) {
            return RTC_ERROR;
        }
    }

    if (rtc_url_ipv4(host) != RTC_OK
        && rtc_url_host(host, buf, len) != RTC_OK)
    {
        return RTC_ERROR;
    }

    return rtc_url_copy(text, buf, len);
}


static int
rtc_url_port(rtc_str_t digits)
{
    size_t    i;
    unsigned  port;

    if (digits.len == 0 || digits.len > 5 || digits.data[0] == '0'
        || rtc_url_made_of(digits, "0123456789") != RTC_OK)
    {
        return RTC_ERROR;
    }

    for (port = 0, i = 0; i < digits.len; i++) {
        port = port * 10 + digits.data[i] - '0';
    }

    return port <= 65535 ? RTC_OK : RTC_ERROR;
}


static int
rtc_url_ipv4(rtc_str_t text)
{
    char            copy[INET_ADDRSTRLEN];
    struct in_addr  addr;

    if (text.len >= sizeof(copy)) {
        return RTC_ERROR;
    }

    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';

    return strlen(copy) == text.len && inet_pton(AF_INET, copy, &addr) == 1
           ? RTC_OK : RTC_ERROR;
}


int
rtc_url_is_web(rtc_str_t text)
{
    size_t     n, len;
    uint8_t    unused[RTC_URL_AUTHORITY];
    rtc_str_t  authority;

    if (text.len > RTC_URL_MAX) {
        return 0;
    }

    if (rtc_url_begins(text, "https://")) {
        text = rtc_url_behind(text, 8);

    } else if (rtc_url_begins(text, "http://")) {
        text = rtc_url_behind(text, 7);

    } else {
        return 0;
    }

    for (n = 0; n < text.len && text.data[n] != '/' && text.data[n] != '?';
         n++)
    {
        /* void */
    }

    authority.data = text.data;
    authority.len = n;

    if (rtc_url_authority(authority, unused, &len) != RTC_OK
        && rtc_url_ipv6(authority) != RTC_OK)
    {
        return 0;
    }

    return rtc_url_path(rtc_url_behind(text, n)) == RTC_OK;
}


/* [ADDRESS] or [ADDRESS]:PORT (RFC 3986, 3.2.2) */

static int
rtc_url_ipv6(rtc_str_t text)
{
    char             copy[INET6_ADDRSTRLEN];
    size_t           n;
    struct in6_addr  addr;
    const uint8_t   *end;

    end = memchr(text.data, ']', text.len);

    if (end == NULL || text.data[0] != '[') {
        return RTC_ERROR;
    }

    n = end - text.data - 1;

    if (n >= sizeof(copy)) {
        return RTC_ERROR;
    }

    memcpy(copy, text.data + 1, n);
    copy[n] = '\0';

    if (strlen(copy) != n || inet_pton(AF_INET6, copy, &addr) != 1) {
        return RTC_ERROR;
    }

    text = rtc_url_behind(text, n + 2);

    if (text.len == 0) {
        return RTC_OK;
    }

    return text.data[0] == ':' ? rtc_url_port(rtc_url_behind(text, 1))
                               : RTC_ERROR;
}


/* path and query (RFC 3986, 3.3 and 3.4) */

static int
rtc_url_path(rtc_str_t text)
{
    size_t     i;
    rtc_str_t  digits;

    if (rtc_url_made_of(text, RTC_URL_ALNUM "-._~!$&'()*+,;=:@/?%") != RTC_OK)
    {
        return RTC_ERROR;
    }

    for (i = 0; i < text.len; i++) {

        if (text.data[i] != '%') {
            continue;
        }

        digits.data = text.data + i + 1;
        digits.len = rtc_min(text.len - i - 1, 2);

        if (digits.len < 2
            || rtc_url_made_of(digits, "0123456789abcdefABCDEF") != RTC_OK)
        {
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


/* in lower case */

static int
rtc_url_copy(rtc_str_t text, uint8_t *buf, size_t *len)
{
    size_t   i;
    uint8_t  ch;

    for (i = 0; i < text.len; i++) {
        ch = text.data[i];
        buf[i] = ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch;
    }

    *len = text.len;

    return RTC_OK;
}


int
rtc_url_made_of(rtc_str_t text, const char *chars)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] == '\0' || strchr(chars, text.data[i]) == NULL) {
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


int
rtc_url_begins(rtc_str_t text, const char *begin)
{
    size_t  n;

    n = strlen(begin);

    return text.len >= n && memcmp(text.data, begin, n) == 0;
}


rtc_str_t
rtc_url_behind(rtc_str_t text, size_t n)
{
    text.data += n;
    text.len -= n;

    return text;
}
