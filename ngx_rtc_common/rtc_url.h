
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Host names and addresses of the web that people give us: strict, since they
 * end in configurations, in headers and in other programs.
 */


#ifndef RTC_URL_H_INCLUDED
#define RTC_URL_H_INCLUDED


#include "rtc_core.h"


#define RTC_URL_MAX        2048         /* bytes of an address */
#define RTC_URL_LABEL      63           /* RFC 1035, 2.3.4 */
#define RTC_URL_HOST       253
#define RTC_URL_AUTHORITY  (RTC_URL_HOST + sizeof(":65535") - 1)


/* a host name, and HOST or HOST:PORT; buf has it in lower case */

int rtc_url_host(rtc_str_t text, uint8_t buf[RTC_URL_HOST], size_t *len);
int rtc_url_authority(rtc_str_t text, uint8_t buf[RTC_URL_AUTHORITY],
    size_t *len);

/*
 * http:// or https:// with a host and maybe a path and a query (RFC 3986);
 * neither a user nor a fragment.
 */

int rtc_url_is_web(rtc_str_t text);


/* RTC_OK if the text has no other characters */

int rtc_url_made_of(rtc_str_t text, const char *chars);

int rtc_url_begins(rtc_str_t text, const char *begin);

/* what follows the first n bytes */

rtc_str_t rtc_url_behind(rtc_str_t text, size_t n);


#endif /* RTC_URL_H_INCLUDED */
