
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * WISH, WebRTC signalling by HTTP: what WHIP (RFC 9725) and WHEP
 * (draft-ietf-wish-whep) have in common.
 *
 *   POST LOCATION/ROOM             an offer: 201, the answer, Location, ETag
 *   PATCH LOCATION/ROOM/SESSION    trickle: 204; If-Match "*", an ICE restart:
 *                                  200, the new credentials and ETag
 *   DELETE LOCATION/ROOM/SESSION   200, the participant leaves
 *   OPTIONS                        what there is, for browsers
 *
 * Each request carries "Authorization: Bearer TOKEN", an access token of the
 * room; a session obeys only the one that it began with.
 */


#ifndef NGX_RTC_SFU_WISH_H_INCLUDED
#define NGX_RTC_SFU_WISH_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_worker.h"


#define NGX_HTTP_WISH_UNPROCESSABLE          422
#define NGX_HTTP_WISH_PRECONDITION_REQUIRED  428


typedef struct ngx_rtc_sfu_wish_s  ngx_rtc_sfu_wish_t;


/* the two protocols */

typedef struct {
    ngx_uint_t                     view;        /* the client only receives */

    /* of an offer: NULL, or why it cannot be answered (422) */
    const char                  *(*check)(const rtc_sdp_t *offer);

    /* before the participant starts; NULL: nothing to be done */
    ngx_int_t                    (*prepare)(ngx_rtc_sfu_wish_t *w,
                                     ngx_rtc_sfu_participant_t *p);

    /* the answer in the request's pool; NULL, with status and reason set */
    char                        *(*answer)(ngx_rtc_sfu_wish_t *w,
                                     ngx_rtc_sfu_participant_t *p);
} ngx_rtc_sfu_wish_kind_t;


/* a request: what its path names, and its body */

struct ngx_rtc_sfu_wish_s {
    const ngx_rtc_sfu_wish_kind_t *kind;
    ngx_http_request_t            *request;
    ngx_rtc_sfu_worker_t          *worker;
    ngx_str_t                      room;
    ngx_str_t                      session;     /* empty: the endpoint */
    ngx_str_t                      path;        /* of both, as it came */
    ngx_str_t                      body;        /* ends with a zero */
    rtc_sdp_t                     *offer;

    ngx_uint_t                     status;      /* of a refusal */
    const char                    *reason;
};


/* a request to a session, which may come from another worker */

typedef struct {
    ngx_uint_t                     end;         /* DELETE, else PATCH */
    ngx_str_t                      room;
    ngx_str_t                      session;
    ngx_str_t                      token;
    ngx_str_t                      match;       /* If-Match; empty: none */
    ngx_str_t                      body;
} ngx_rtc_sfu_change_t;


typedef struct {
    ngx_uint_t                     status;
    const char                    *type;        /* "": text/plain */
    const char                    *etag;        /* "": none */
    const char                    *text;
} ngx_rtc_sfu_outcome_t;


/* content handler of a location */

ngx_int_t ngx_rtc_sfu_wish_handler(ngx_http_request_t *r,
    const ngx_rtc_sfu_wish_kind_t *kind);

/* a request to a session; what a content handler returns */

ngx_int_t ngx_rtc_sfu_wish_session(ngx_rtc_sfu_wish_t *w);

/* .. to one of this worker; the outcome's strings are in the pool */

void ngx_rtc_sfu_wish_change(ngx_rtc_sfu_worker_t *worker, ngx_pool_t *pool,
    const ngx_rtc_sfu_change_t *change, ngx_rtc_sfu_outcome_t *outcome);

/* one without type and tag */

void ngx_rtc_sfu_wish_outcome(ngx_rtc_sfu_outcome_t *outcome,
    ngx_uint_t status, const char *text);

/* answers with an outcome */

ngx_int_t ngx_rtc_sfu_wish_tell(ngx_http_request_t *r,
    const ngx_rtc_sfu_outcome_t *outcome);

/* makes a session's name and takes the token of the request */

ngx_rtc_sfu_resource_t *ngx_rtc_sfu_wish_resource(ngx_rtc_sfu_wish_t *w,
    ngx_rtc_sfu_participant_t *p);

/* of the session, in the pool, or NULL */

char *ngx_rtc_sfu_wish_etag(ngx_pool_t *pool, ngx_rtc_sfu_participant_t *p);

/* answers with a sentence, or what else is the body */

ngx_int_t ngx_rtc_sfu_wish_say(ngx_http_request_t *r, ngx_uint_t status,
    const char *text);


#endif /* NGX_RTC_SFU_WISH_H_INCLUDED */
