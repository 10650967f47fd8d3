
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A header of an answer; not for those that nginx itself sends.
 */


#ifndef NGX_RTC_HEADER_H_INCLUDED
#define NGX_RTC_HEADER_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/* name is a constant, value is valid as long as the request */
ngx_int_t ngx_rtc_header_add(ngx_http_request_t *r, const char *name,
    const ngx_str_t *value);


#endif /* NGX_RTC_HEADER_H_INCLUDED */
