
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Between rtc_addr_t and struct sockaddr.
 */


#ifndef _NGX_RTC_ADDR_H_INCLUDED_
#define _NGX_RTC_ADDR_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "rtc_core.h"


/* NGX_DECLINED: neither IPv4 nor IPv6 */
ngx_int_t ngx_rtc_addr_set(rtc_addr_t *addr, const struct sockaddr *sa,
    ngx_uint_t proto);

/* the length of what was written */
socklen_t ngx_rtc_addr_sockaddr(const rtc_addr_t *addr, ngx_sockaddr_t *sa);

ngx_uint_t ngx_rtc_addr_is_wildcard(const rtc_addr_t *addr);


#endif /* _NGX_RTC_ADDR_H_INCLUDED_ */
