
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The header of the PROXY protocol, versions 1 and 2, by which who passes a
 * connection on tells whose it is.
 */


#ifndef RTC_PROXY_H_INCLUDED
#define RTC_PROXY_H_INCLUDED


#include "rtc_core.h"


#define RTC_PROXY_MAX  536              /* the longest one that is taken */


/*
 * The header that bytes begin with: its size, and the client's connection;
 * remote.family is 0 if it tells of none.  RTC_AGAIN: it is not all here;
 * RTC_DECLINED: there is none; RTC_ERROR: it is malformed or too long.
 */
int rtc_proxy_read(const uint8_t *p, size_t len, rtc_tuple_t *tuple,
    size_t *size);


#endif /* RTC_PROXY_H_INCLUDED */
