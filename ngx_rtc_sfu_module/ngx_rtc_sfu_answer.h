
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A whole answer of signalling: a sentence for people, which any origin may
 * read; 503 says when to try again.
 */


#ifndef NGX_RTC_SFU_ANSWER_H_INCLUDED
#define NGX_RTC_SFU_ANSWER_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * The text lives as long as the request; what a content handler returns.  It
 * is text/plain unless the type is set already.
 */

ngx_int_t ngx_rtc_sfu_answer(ngx_http_request_t *r, ngx_uint_t status,
    const ngx_str_t *text);

/* a constant, or a string that lives as long as the request */

ngx_int_t ngx_rtc_sfu_answer_header(ngx_http_request_t *r, const char *name,
    const char *value);


#endif /* NGX_RTC_SFU_ANSWER_H_INCLUDED */
