
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the modules that tests load share.  They put a part of the product
 * behind HTTP; words are percent-encoded arguments.
 */


#ifndef NGX_RTC_TEST_H_INCLUDED
#define NGX_RTC_TEST_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/* the number of words, 0 without memory too */

ngx_uint_t ngx_rtc_test_args(ngx_http_request_t *r, ngx_str_t *args,
    ngx_uint_t max);

ngx_int_t ngx_rtc_test_answer(ngx_http_request_t *r, ngx_uint_t status,
    const u_char *text, size_t len);

/* sets the handler of the location */

void ngx_rtc_test_set_handler(ngx_conf_t *cf, ngx_http_handler_pt handler);


#endif /* NGX_RTC_TEST_H_INCLUDED */
