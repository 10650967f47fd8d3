
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the endpoint of WHIP and its sessions share.
 */


#ifndef NGX_RTC_SFU_WHIP_INTERNAL_H_INCLUDED
#define NGX_RTC_SFU_WHIP_INTERNAL_H_INCLUDED


#include "ngx_rtc_sfu_answer.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_whip.h"
#include "ngx_rtc_sfu_worker.h"


#define NGX_HTTP_WHIP_UNPROCESSABLE          422
#define NGX_HTTP_WHIP_PRECONDITION_REQUIRED  428


/* a request: what its path names, and its body */

typedef struct {
    ngx_rtc_sfu_worker_t        *worker;
    ngx_str_t                    room;
    ngx_str_t                    session;       /* empty: the endpoint */
    ngx_str_t                    body;          /* ends with a zero */
    rtc_sdp_t                   *offer;
} ngx_rtc_sfu_whip_t;


/* requests to a session; what a content handler returns */

ngx_int_t ngx_rtc_sfu_whip_delete(ngx_http_request_t *r,
    ngx_rtc_sfu_whip_t *w);
ngx_int_t ngx_rtc_sfu_whip_patch(ngx_http_request_t *r,
    ngx_rtc_sfu_whip_t *w);

/* of the session, in the request's pool, or NULL */

char *ngx_rtc_sfu_whip_etag(ngx_http_request_t *r,
    ngx_rtc_sfu_participant_t *p);

/* answers with a sentence, or what else is the body */

ngx_int_t ngx_rtc_sfu_whip_say(ngx_http_request_t *r,
    ngx_uint_t status, const char *text);


#endif /* NGX_RTC_SFU_WHIP_INTERNAL_H_INCLUDED */
