
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_answer.h"
#include "ngx_rtc_sfu_carry.h"
#include "ngx_rtc_sfu_client.h"
#include "ngx_rtc_sfu_drain.h"
#include "ngx_rtc_sfu_early.h"
#include "ngx_rtc_sfu_handshake.h"
#include "ngx_rtc_sfu_id.h"
#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_join_internal.h"
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_refusal.h"
#include "ngx_rtc_sfu_resume.h"
#include "ngx_rtc_sfu_ticket.h"
#include "ngx_rtc_sfu_worker.h"


/* longer than the registry takes */

#define NGX_RTC_SFU_JOIN_DEADLINE    5000       /* ms */


typedef struct {
    ngx_str_t                    name;
    ngx_int_t                  (*handler)(ngx_http_request_t *r,
                                     ngx_rtc_sfu_worker_t *worker,
                                     ngx_uint_t single);
    ngx_uint_t                   single;
} ngx_rtc_sfu_join_route_t;


static ngx_int_t ngx_rtc_sfu_join_connect(ngx_http_request_t *r,
    ngx_rtc_sfu_worker_t *worker, ngx_uint_t single);
static ngx_int_t ngx_rtc_sfu_join_validate(ngx_http_request_t *r,
    ngx_rtc_sfu_worker_t *worker, ngx_uint_t single);
static ngx_rtc_sfu_join_t *ngx_rtc_sfu_join_create(ngx_http_request_t *r,
    ngx_rtc_sfu_worker_t *worker);
static ngx_int_t ngx_rtc_sfu_join_deny(ngx_http_request_t *r,
    ngx_uint_t status, const char *reason);
static ngx_int_t ngx_rtc_sfu_join_begin(ngx_rtc_sfu_join_t *join);
static void ngx_rtc_sfu_join_gone(void *data);
static void ngx_rtc_sfu_join_timer_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_join_cancel(ngx_rtc_sfu_join_t *join);
static ngx_int_t ngx_rtc_sfu_join_start(ngx_rtc_sfu_join_t *join);
static void ngx_rtc_sfu_join_done(void *data, ngx_int_t rc);
static void ngx_rtc_sfu_join_accept(ngx_rtc_sfu_join_t *join,
    ngx_http_request_t *r);
static void ngx_rtc_sfu_join_validated(void *data, ngx_int_t rc);


/* what follows the location's name, without slashes around it */

static const ngx_rtc_sfu_join_route_t  ngx_rtc_sfu_join_routes[] = {
    { ngx_null_string, ngx_rtc_sfu_join_connect, 0 },
    { ngx_string("validate"), ngx_rtc_sfu_join_validate, 0 },
    { ngx_string("v1"), ngx_rtc_sfu_join_connect, 1 },
    { ngx_string("v1/validate"), ngx_rtc_sfu_join_validate, 1 }
};


static ngx_str_t  ngx_rtc_sfu_join_success = ngx_string("success");
static ngx_str_t  ngx_rtc_sfu_join_nothing = ngx_null_string;


ngx_int_t
ngx_rtc_sfu_join_handler(ngx_http_request_t *r)
{
    size_t                           len;
    u_char                          *p;
    ngx_int_t                        rc;
    ngx_uint_t                       i;
    ngx_rtc_sfu_main_conf_t         *smcf;
    ngx_http_core_loc_conf_t        *clcf;
    const ngx_rtc_sfu_join_route_t  *route;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    smcf = ngx_http_get_module_main_conf(r, ngx_rtc_sfu_module);

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_rtc_sfu_early(r, smcf->worker);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    p = r->uri.data + ngx_min(clcf->name.len, r->uri.len);
    len = r->uri.data + r->uri.len - p;

    while (len && p[0] == '/') {
        p++;
        len--;
    }

    while (len && p[len - 1] == '/') {
        len--;
    }

    for (i = 0; i < rtc_nelts(ngx_rtc_sfu_join_routes); i++) {
        route = &ngx_rtc_sfu_join_routes[i];

        if (len == route->name.len
            && (len == 0 || ngx_strncmp(p, route->name.data, len) == 0))
        {
            return route->handler(r, smcf->worker, route->single);
        }
    }

    return ngx_rtc_sfu_answer(r, NGX_HTTP_NOT_FOUND,
                              &ngx_rtc_sfu_join_nothing);
}


static ngx_int_t
ngx_rtc_sfu_join_connect(ngx_http_request_t *r, ngx_rtc_sfu_worker_t *worker,
    ngx_uint_t single)
{
    ngx_int_t            rc;
    ngx_uint_t           status;
    const char          *reason;
    ngx_rtc_sfu_join_t  *join;

    rc = ngx_rtc_sfu_handshake_check(r);

    if (rc != NGX_OK) {
        ngx_rtc_sfu_metrics_join(worker->metrics, r,
                                 NGX_RTC_SFU_JOIN_IS_REQUEST);
        return ngx_rtc_sfu_answer(r, rc, &ngx_rtc_sfu_join_nothing);
    }

    join = ngx_rtc_sfu_join_create(r, worker);
    if (join == NULL) {
        ngx_rtc_sfu_metrics_join(worker->metrics, r,
                                 NGX_RTC_SFU_JOIN_IS_ERROR);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    join->client.single = single ? 1 : 0;

    reason = ngx_rtc_sfu_join_authorize(r, join, &status);

    if (reason) {
        ngx_rtc_sfu_metrics_join(worker->metrics, r,
                                 status == NGX_HTTP_UNAUTHORIZED
                                 ? NGX_RTC_SFU_JOIN_IS_TOKEN
                                 : NGX_RTC_SFU_JOIN_IS_REQUEST);

        return ngx_rtc_sfu_join_deny(r, status, reason);
    }

    if (join->client.reconnect) {
        return ngx_rtc_sfu_resume(join);
    }

    return ngx_rtc_sfu_join_begin(join);
}


ngx_int_t
ngx_rtc_sfu_join_resource(ngx_http_request_t *r,
    ngx_rtc_sfu_worker_t *worker, const ngx_str_t *room, ngx_uint_t view,
    ngx_rtc_sfu_join_accept_pt accept, void *data)
{
    ngx_uint_t           status;
    const char          *reason;
    ngx_rtc_sfu_join_t  *join;

    join = ngx_rtc_sfu_join_create(r, worker);
    if (join == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    join->accept = accept;
    join->data = data;
    join->view = view ? 1 : 0;

    reason = ngx_rtc_sfu_join_authorize(r, join, &status);

    if (reason == NULL) {
        status = NGX_HTTP_FORBIDDEN;

        if (join->grant->room.len != room->len
            || ngx_memcmp(join->grant->room.data, room->data, room->len) != 0)
        {
            reason = "The token is for another room.";

        } else if (view && !join->grant->can_subscribe) {
            reason = "The token does not allow watching.";

        } else if (!view && !join->grant->can_publish) {
            reason = "The token does not allow publishing.";
        }
    }

    if (reason) {
        ngx_rtc_sfu_metrics_join(worker->metrics, r,
                                 NGX_RTC_SFU_JOIN_IS_TOKEN);

        return ngx_rtc_sfu_join_deny(r, status, reason);
    }

    join->client.auto_subscribe = 0;
    join->client.auto_subscribe_data = 0;
    join->client.reconnect = 0;

    return ngx_rtc_sfu_join_begin(join);
}


static ngx_int_t
ngx_rtc_sfu_join_validate(ngx_http_request_t *r, ngx_rtc_sfu_worker_t *worker,
    ngx_uint_t single)
{
    ngx_str_t                     room, identity;
    ngx_uint_t                    status;
    const char                   *reason;
    ngx_rtc_sfu_join_t           *join;
    const ngx_rtc_sfu_refusal_t  *refusal;

    join = ngx_rtc_sfu_join_create(r, worker);
    if (join == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    join->client.single = single ? 1 : 0;

    reason = ngx_rtc_sfu_join_authorize(r, join, &status);

    if (reason) {
        return ngx_rtc_sfu_join_deny(r, status, reason);
    }

    ngx_rtc_sfu_join_names(join, &room, &identity);

    if (room.len > NGX_RTC_SFU_MAX_ROOM_ID) {
        refusal = ngx_rtc_sfu_refusal(NGX_RTC_SFU_JOIN_NOT_FOUND);
        return ngx_rtc_sfu_answer(r, refusal->status, &refusal->text);
    }

    if (ngx_rtc_sfu_worker_ready(worker)
        && !ngx_rtc_sfu_drain_is_on(worker->drain))
    {
        join->lookup = ngx_rtc_sfu_registry_lookup(worker->registry, &room,
                                                   &identity,
                                                   &ngx_rtc_sfu_join_nothing,
                                                   &join->ticket,
                                                   ngx_rtc_sfu_join_validated,
                                                   join);
    }

    if (join->lookup == NULL) {
        refusal = ngx_rtc_sfu_refusal(NGX_AGAIN);
        return ngx_rtc_sfu_answer(r, refusal->status, &refusal->text);
    }

    return ngx_rtc_sfu_join_wait(join);
}


static ngx_int_t
ngx_rtc_sfu_join_deny(ngx_http_request_t *r, ngx_uint_t status,
    const char *reason)
{
    ngx_str_t  text;

    text.data = (u_char *) reason;
    text.len = ngx_strlen(reason);

    return ngx_rtc_sfu_answer(r, status, &text);
}


static ngx_int_t
ngx_rtc_sfu_join_begin(ngx_rtc_sfu_join_t *join)
{
    ngx_int_t                     rc;
    ngx_http_request_t           *r;
    const ngx_rtc_sfu_refusal_t  *refusal;

    rc = ngx_rtc_sfu_join_start(join);

    if (rc == NGX_OK) {
        return ngx_rtc_sfu_join_wait(join);
    }

    r = join->request;
    refusal = ngx_rtc_sfu_refusal(rc);

    ngx_rtc_sfu_metrics_join(join->worker->metrics, r, refusal->result);

    return ngx_rtc_sfu_answer(r, refusal->status, &refusal->text);
}


/* suspends the request; its client's going is noticed */

ngx_int_t
ngx_rtc_sfu_join_wait(ngx_rtc_sfu_join_t *join)
{
    ngx_http_request_t  *r;

    r = join->request;

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    if (ngx_handle_read_event(r->connection->read, 0) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->main->count++;

    ngx_queue_insert_tail(&join->worker->joins, &join->queue);
    ngx_add_timer(&join->timer, NGX_RTC_SFU_JOIN_DEADLINE);

    return NGX_DONE;
}


static ngx_rtc_sfu_join_t *
ngx_rtc_sfu_join_create(ngx_http_request_t *r, ngx_rtc_sfu_worker_t *worker)
{
    ngx_pool_t          *pool;
    ngx_rtc_sfu_join_t  *join;
    ngx_http_cleanup_t  *cln;

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NULL;
    }

    join = ngx_calloc(sizeof(ngx_rtc_sfu_join_t), r->connection->log);
    if (join == NULL) {
        return NULL;
    }

    pool = ngx_create_pool(4096, worker->log);
    if (pool == NULL) {
        ngx_free(join);
        return NULL;
    }

    join->request = r;
    join->worker = worker;
    join->pool = pool;

    ngx_queue_init(&join->queue);
    ngx_rtc_ident_init(&join->ident, join);

    join->timer.handler = ngx_rtc_sfu_join_timer_handler;
    join->timer.data = &join->ident;
    join->timer.log = worker->log;

    cln->handler = ngx_rtc_sfu_join_gone;
    cln->data = join;

    join->cleanup = cln;

    return join;
}


/* the request is finished, or its client has gone while we waited */

static void
ngx_rtc_sfu_join_gone(void *data)
{
    ngx_rtc_sfu_join_t  *join = data;

    if (join->participant && !ngx_queue_empty(&join->queue)) {
        ngx_rtc_sfu_metrics_join(join->worker->metrics, NULL,
                                 NGX_RTC_SFU_JOIN_IS_GONE);
    }

    join->request = NULL;

    ngx_rtc_sfu_join_cancel(join);
    ngx_rtc_sfu_join_free(join);
}


static void
ngx_rtc_sfu_join_timer_handler(ngx_event_t *ev)
{
    ngx_http_request_t           *r;
    ngx_rtc_sfu_join_t           *join = ngx_rtc_ident_data(ev);
    const ngx_rtc_sfu_refusal_t  *refusal;

    r = ngx_rtc_sfu_join_take(join);
    refusal = ngx_rtc_sfu_refusal(NGX_AGAIN);

    if (join->participant) {
        ngx_rtc_sfu_metrics_join(join->worker->metrics, r, refusal->result);
    }

    ngx_rtc_sfu_join_cancel(join);
    ngx_rtc_sfu_join_free(join);

    ngx_rtc_sfu_join_finish(r, refusal->status, &refusal->text);
}


void
ngx_rtc_sfu_join_close_all(ngx_rtc_sfu_worker_t *worker)
{
    ngx_queue_t         *q;
    ngx_connection_t    *c;
    ngx_rtc_sfu_join_t  *join;

    while (!ngx_queue_empty(&worker->joins)) {
        q = ngx_queue_head(&worker->joins);
        join = ngx_queue_data(q, ngx_rtc_sfu_join_t, queue);
        c = join->request->connection;

        /* its cleanup ends the join */

        ngx_http_finalize_request(join->request, NGX_ERROR);
        ngx_http_run_posted_requests(c);
    }
}


static void
ngx_rtc_sfu_join_cancel(ngx_rtc_sfu_join_t *join)
{
    if (join->lookup) {
        ngx_rtc_sfu_registry_lookup_cancel(join->lookup);
        join->lookup = NULL;
    }

    if (join->carry) {
        ngx_rtc_sfu_carry_cancel(join->carry);
    }

    if (join->participant && join->participant->entry) {
        ngx_rtc_sfu_registry_leave(join->participant->entry,
                                LIVEKIT__DISCONNECT_REASON__CLIENT_INITIATED);
        join->participant->entry = NULL;
    }
}


void
ngx_rtc_sfu_join_free(ngx_rtc_sfu_join_t *join)
{
    ngx_queue_remove(&join->queue);

    if (join->timer.timer_set) {
        ngx_del_timer(&join->timer);
    }

    if (join->event.posted) {
        ngx_delete_posted_event(&join->event);
    }

    /* the pools are the participant's, once there is one */

    ngx_rtc_sfu_client_free(&join->client);

    if (join->participant) {
        ngx_rtc_sfu_participant_discard(join->participant);

    } else if (join->pool) {
        ngx_destroy_pool(join->pool);
    }

    if (join->room) {
        ngx_rtc_sfu_room_release(join->room);
    }

    ngx_free(join);
}


/* NGX_OK: the registry will answer; else what to answer now */

static ngx_int_t
ngx_rtc_sfu_join_start(ngx_rtc_sfu_join_t *join)
{
    ngx_int_t                   rc;
    ngx_str_t                   id, sid, info, payload;
    ngx_pool_t                 *pool;
    Livekit__ParticipantInfo   *from;
    ngx_rtc_sfu_participant_t  *p;

    if (!ngx_rtc_sfu_worker_ready(join->worker)
        || ngx_rtc_sfu_drain_is_on(join->worker->drain))
    {
        return NGX_AGAIN;
    }

    id.data = (u_char *) join->grant->room.data;
    id.len = join->grant->room.len;

    if (id.len > NGX_RTC_SFU_MAX_ROOM_ID) {
        return NGX_RTC_SFU_JOIN_NOT_FOUND;
    }

    if (ngx_rtc_sfu_id_participant(join->pool,
                          ngx_rtc_sfu_registry_wid(join->worker->registry),
                          &sid)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    join->room = ngx_rtc_sfu_room_hold(join->worker, &id);
    if (join->room == NULL) {
        return NGX_ERROR;
    }

    pool = join->pool;
    join->pool = NULL;

    p = ngx_rtc_sfu_participant_create(join->room, pool, &sid, join->grant,
                                       &join->client);
    if (p == NULL) {
        return NGX_ERROR;
    }

    /* the request is the participant's, too */

    join->client.request = NULL;
    join->client.pool = NULL;

    join->participant = p;
    p->hidden |= join->view;

    pool = ngx_create_pool(2048, join->worker->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;

    from = ngx_rtc_sfu_info_participant(p, pool);

    if (from
        && ngx_rtc_sfu_signal_pack(pool, &from->base, &info) == NGX_OK
        && ngx_rtc_sfu_signal_pack_member(pool, &info, p->hidden,
                                          &payload)
           == NGX_OK)
    {
        p->entry = ngx_rtc_sfu_registry_join(join->room->registry, &p->sid,
                                             &p->identity, &payload,
                                             &join->ticket, 1,
                                             ngx_rtc_sfu_join_done, join);
        rc = p->entry ? NGX_OK : NGX_AGAIN;
    }

    ngx_destroy_pool(pool);

    return rc;
}


static void
ngx_rtc_sfu_join_done(void *data, ngx_int_t rc)
{
    ngx_rtc_sfu_join_t  *join = data;

    ngx_http_request_t           *r;
    ngx_rtc_sfu_ws_t             *ws;
    ngx_rtc_sfu_participant_t    *p;
    const ngx_rtc_sfu_refusal_t  *refusal;

    p = join->participant;

    if (rc != NGX_OK) {
        p->entry = NULL;
    }

    if (rc == NGX_OK) {
        p->protocol = ngx_rtc_sfu_registry_protocol(p->entry);
    }

    r = ngx_rtc_sfu_join_take(join);

    if (rc == NGX_OK && join->accept) {
        ngx_rtc_sfu_join_accept(join, r);
        return;
    }

    if (rc == NGX_OK) {
        ws = ngx_rtc_sfu_ws_accept(&join->worker->sockets, r,
                                   &ngx_rtc_sfu_participant_ws_handlers, p);
        if (ws) {
            ngx_rtc_sfu_metrics_join(join->worker->metrics, r,
                                     NGX_RTC_SFU_JOIN_IS_OK);
            ngx_rtc_sfu_variable_set(r, NGX_RTC_SFU_VAR_PARTICIPANT, &p->sid);

            /* the participant has its own hold of the room now */

            join->participant = NULL;
            join->room = NULL;
            ngx_rtc_sfu_join_free(join);

            ngx_rtc_sfu_participant_start(p, ws);
            return;
        }

        ngx_rtc_sfu_registry_leave(p->entry,
                                   LIVEKIT__DISCONNECT_REASON__JOIN_FAILURE);
        p->entry = NULL;
        rc = NGX_ERROR;
    }

    refusal = ngx_rtc_sfu_refusal(rc);
    ngx_rtc_sfu_metrics_join(join->worker->metrics, r, refusal->result);

    ngx_rtc_sfu_join_free(join);
    ngx_rtc_sfu_join_finish(r, refusal->status, &refusal->text);
}


static void
ngx_rtc_sfu_join_accept(ngx_rtc_sfu_join_t *join, ngx_http_request_t *r)
{
    void                        *data;
    ngx_int_t                    rc;
    ngx_connection_t            *c;
    ngx_rtc_sfu_participant_t   *p;
    ngx_rtc_sfu_join_accept_pt   accept;

    c = r->connection;
    p = join->participant;
    accept = join->accept;
    data = join->data;

    ngx_rtc_sfu_metrics_join(join->worker->metrics, r,
                             NGX_RTC_SFU_JOIN_IS_OK);
    ngx_rtc_sfu_variable_set(r, NGX_RTC_SFU_VAR_PARTICIPANT, &p->sid);

    join->participant = NULL;
    join->room = NULL;
    ngx_rtc_sfu_join_free(join);

    rc = accept(r, p, data);

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}


static void
ngx_rtc_sfu_join_validated(void *data, ngx_int_t rc)
{
    ngx_rtc_sfu_join_t  *join = data;

    ngx_http_request_t           *r;
    const ngx_rtc_sfu_refusal_t  *refusal;

    r = ngx_rtc_sfu_join_take(join);

    join->lookup = NULL;
    ngx_rtc_sfu_join_free(join);

    if (rc == NGX_OK) {
        ngx_rtc_sfu_join_finish(r, NGX_HTTP_OK, &ngx_rtc_sfu_join_success);
        return;
    }

    refusal = ngx_rtc_sfu_refusal(rc);
    ngx_rtc_sfu_join_finish(r, refusal->status, &refusal->text);
}


/* takes the request back: from now on its end does not concern the join */

ngx_http_request_t *
ngx_rtc_sfu_join_take(ngx_rtc_sfu_join_t *join)
{
    ngx_http_request_t  *r;

    r = join->request;

    join->cleanup->handler = NULL;
    join->request = NULL;

    return r;
}


/*
 * Ends a request that was suspended, from outside of its events.  One whose
 * connection broke over the 101 has its header already.
 */

void
ngx_rtc_sfu_join_finish(ngx_http_request_t *r, ngx_uint_t status,
    const ngx_str_t *text)
{
    ngx_int_t          rc;
    ngx_connection_t  *c;

    c = r->connection;

    rc = r->header_sent ? NGX_ERROR
                        : ngx_rtc_sfu_answer(r, status, text);

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}
