
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The HTTP side of signalling: who may join, and the way from a request to a
 * participant.
 *
 *   GET LOCATION              upgrade to WebSocket: joins.  The token is in
 *                             "Authorization: Bearer" or in access_token
 *   GET LOCATION/validate     whether the join would be let in: 200 "success",
 *                             400, 401 (token), 403 (closed, full), 404 (no
 *                             such room), 503 (no Redis, no media port)
 *   GET LOCATION/v1[/...]     the same with a single peer connection; the
 *                             client says in join_request what it wants
 *
 * Answers are plain text, a sentence for people; any origin may read them.
 */


#ifndef NGX_RTC_SFU_JOIN_H_INCLUDED
#define NGX_RTC_SFU_JOIN_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_sfu_worker.h"


ngx_int_t ngx_rtc_sfu_join_handler(ngx_http_request_t *r);

/*
 * Lets in one who signals by HTTP.  Once it is in, accept() starts it, which
 * takes it in success and failure, and answers the request; what it returns
 * is for ngx_http_finalize_request().  The token has to be for this room and
 * to allow publishing, or for a view, which stays hidden, subscribing.
 * Whatever refuses it is answered here; returns what a content handler
 * returns.
 */

typedef ngx_int_t (*ngx_rtc_sfu_join_accept_pt)(ngx_http_request_t *r,
    ngx_rtc_sfu_participant_t *p, void *data);

ngx_int_t ngx_rtc_sfu_join_resource(ngx_http_request_t *r,
    ngx_rtc_sfu_worker_t *worker, const ngx_str_t *room, ngx_uint_t view,
    ngx_rtc_sfu_join_accept_pt accept, void *data);

/* the worker exits: ends all requests that wait */

void ngx_rtc_sfu_join_close_all(ngx_rtc_sfu_worker_t *worker);


#endif /* NGX_RTC_SFU_JOIN_H_INCLUDED */
