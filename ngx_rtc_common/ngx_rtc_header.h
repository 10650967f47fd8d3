
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A header of an answer; not for those that nginx itself sends.
 */


#ifndef NGX_RTC_HEADER_H_INCLUDED
#define NGX_RTC_HEADER_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>


/* r is the request; name is a constant, value is valid as long as r */

#define ngx_rtc_header_add(r, name, value)                                   \
    ngx_rtc_header_push(&(r)->headers_out.headers, name, value)

ngx_int_t ngx_rtc_header_push(ngx_list_t *headers, const char *name,
    const ngx_str_t *value);


#endif /* NGX_RTC_HEADER_H_INCLUDED */
