
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Which host this is: equal in two processes if they can reach each other's
 * abstract sockets, namely in one boot and network namespace.
 */


#ifndef NGX_RTC_HOST_H_INCLUDED
#define NGX_RTC_HOST_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_RTC_HOST_LEN  16            /* hexadecimal digits */


/* the length, 0 if the system does not tell */

size_t ngx_rtc_host(u_char host[NGX_RTC_HOST_LEN]);


#endif /* NGX_RTC_HOST_H_INCLUDED */
