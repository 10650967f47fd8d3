
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * HTTP requests of ours to other servers: libcurl on nginx events.  Names are
 * resolved by libcurl's threads, certificates are checked against the system's
 * authorities, redirects are not followed.
 */


#ifndef NGX_RTC_SFU_FETCH_H_INCLUDED
#define NGX_RTC_SFU_FETCH_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


typedef struct ngx_rtc_sfu_fetch_s       ngx_rtc_sfu_fetch_t;
typedef struct ngx_rtc_sfu_fetch_call_s  ngx_rtc_sfu_fetch_call_t;


typedef struct {
    const char          *url;           /* http:// or https:// */
    const char *const   *headers;       /* "Name: value", ends with NULL */
    const ngx_str_t     *body;
    ngx_msec_t           timeout;       /* of everything */
    unsigned             abroad:1;      /* to public addresses only */
} ngx_rtc_sfu_fetch_request_t;


/*
 * The call is over, from an event and never from within a function of this
 * header: status is that of HTTP, or 0 if there is no answer and error says
 * why.
 */

typedef void (*ngx_rtc_sfu_fetch_handler_pt)(void *data, ngx_uint_t status,
    const char *error);


/*
 * In init_process; NULL: logged.  hosts: how many may stand still, each with
 * 16 connections, before calls to others wait, which their timeout counts.
 */

ngx_rtc_sfu_fetch_t *ngx_rtc_sfu_fetch_create(ngx_log_t *log,
    ngx_uint_t hosts);

/* in exit_process: ends all calls, no handler runs */

void ngx_rtc_sfu_fetch_destroy(ngx_rtc_sfu_fetch_t *fetch);


/*
 * Sends a POST; everything is copied.  NULL: no memory, or no such URL.  A
 * worker that was told to quit stays until it is over.
 */

ngx_rtc_sfu_fetch_call_t *ngx_rtc_sfu_fetch_post(ngx_rtc_sfu_fetch_t *fetch,
    const ngx_rtc_sfu_fetch_request_t *request,
    ngx_rtc_sfu_fetch_handler_pt handler, void *data);

/* its handler is not called any more */

void ngx_rtc_sfu_fetch_cancel(ngx_rtc_sfu_fetch_call_t *call);


#endif /* NGX_RTC_SFU_FETCH_H_INCLUDED */
