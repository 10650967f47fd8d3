
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_carry.h"
#include "ngx_rtc_sfu_client.h"
#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_far.h"
#include "ngx_rtc_sfu_id.h"
#include "ngx_rtc_sfu_leave.h"
#include "ngx_rtc_sfu_left.h"
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_negotiate.h"
#include "ngx_rtc_sfu_publish.h"
#include "ngx_rtc_sfu_resume.h"
#include "ngx_rtc_sfu_scenario.h"
#include "ngx_rtc_sfu_speaker.h"
#include "ngx_rtc_sfu_sync.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_welcome.h"
#include "ngx_rtc_sfu_worker.h"


static void ngx_rtc_sfu_resume_event(ngx_event_t *ev);
static void ngx_rtc_sfu_resume_known(void *data, ngx_int_t rc);
static void ngx_rtc_sfu_resume_end(ngx_rtc_sfu_join_t *join,
    ngx_uint_t replaced);
static size_t ngx_rtc_sfu_resume_pack(u_char *buf);
static ngx_rtc_sfu_participant_t *ngx_rtc_sfu_resume_find(
    ngx_rtc_sfu_worker_t *worker, const ngx_str_t *room, const ngx_str_t *sid,
    const ngx_str_t *identity);
static ngx_uint_t ngx_rtc_sfu_resume_is_over(const ngx_rtc_sfu_pc_t *pc);
static void ngx_rtc_sfu_resume_session(ngx_rtc_sfu_participant_t *p,
    const ngx_rtc_sfu_line_t *line, ngx_pool_t *pool,
    Livekit__JoinRequest *request);
static ngx_int_t ngx_rtc_sfu_resume_tell(ngx_rtc_sfu_participant_t *p);
static void ngx_rtc_sfu_resume_negotiate(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__JoinRequest *request);


static ngx_str_t  ngx_rtc_sfu_resume_nothing = ngx_null_string;


ngx_int_t
ngx_rtc_sfu_resume(ngx_rtc_sfu_join_t *join)
{
    ngx_str_t         wid;
    const ngx_str_t  *own;

    own = ngx_rtc_sfu_registry_wid(join->worker->registry);

    if (ngx_rtc_sfu_id_worker(&join->client.sid, &wid) == NGX_OK
        && (wid.len != own->len
            || ngx_memcmp(wid.data, own->data, own->len) != 0)
        && ngx_rtc_sfu_carry(join, &wid) == NGX_OK)
    {
        return ngx_rtc_sfu_join_wait(join);
    }

    /* a session of this worker, or of none */

    join->event.handler = ngx_rtc_sfu_resume_event;
    join->event.data = &join->ident;
    join->event.log = join->worker->log;

    ngx_post_event(&join->event, &ngx_posted_events);

    return ngx_rtc_sfu_join_wait(join);
}


static void
ngx_rtc_sfu_resume_event(ngx_event_t *ev)
{
    ngx_str_t                   room, identity;
    ngx_pool_t                 *pool;
    ngx_http_request_t         *r;
    ngx_rtc_sfu_line_t          line;
    ngx_rtc_sfu_join_t         *join = ngx_rtc_ident_data(ev);
    ngx_rtc_sfu_worker_t       *worker;
    ngx_rtc_sfu_client_t        client;
    ngx_rtc_sfu_participant_t  *p;

    worker = join->worker;

    ngx_rtc_sfu_join_names(join, &room, &identity);

    p = ngx_rtc_sfu_resume_find(worker, &room, &join->client.sid, &identity);

    if (p == NULL) {
        ngx_rtc_sfu_resume_refuse(join);
        return;
    }

    r = ngx_rtc_sfu_join_take(join);

    /* what the client said lives on until it is used */

    pool = join->pool;
    client = join->client;
    join->pool = NULL;
    join->client.pool = NULL;

    ngx_rtc_sfu_join_free(join);

    ngx_memzero(&line, sizeof(ngx_rtc_sfu_line_t));

    line.ws = ngx_rtc_sfu_ws_accept(&worker->sockets, r,
                                    &ngx_rtc_sfu_participant_ws_handlers, p);
    if (line.ws == NULL) {
        ngx_rtc_sfu_metrics_join(worker->metrics, r,
                                 NGX_RTC_SFU_JOIN_IS_ERROR);
        ngx_rtc_sfu_join_finish(r, NGX_HTTP_INTERNAL_SERVER_ERROR,
                                &ngx_rtc_sfu_resume_nothing);

    } else {
        ngx_rtc_sfu_metrics_join(worker->metrics, r,
                                 NGX_RTC_SFU_JOIN_IS_RESUMED);
        ngx_rtc_sfu_variable_set(r, NGX_RTC_SFU_VAR_PARTICIPANT, &p->sid);

        ngx_rtc_sfu_resume_session(p, &line, pool, client.request);
    }

    ngx_rtc_sfu_client_free(&client);
    ngx_destroy_pool(pool);
}


void
ngx_rtc_sfu_resume_refuse(ngx_rtc_sfu_join_t *join)
{
    ngx_str_t  room, identity;

    ngx_rtc_sfu_join_names(join, &room, &identity);

    if (room.len <= NGX_RTC_SFU_MAX_ROOM_ID) {
        join->lookup = ngx_rtc_sfu_registry_lookup(join->worker->registry,
                                                   &room, &identity,
                                                   &join->client.sid,
                                                   &join->ticket,
                                                   ngx_rtc_sfu_resume_known,
                                                   join);
    }

    if (join->lookup == NULL) {
        ngx_rtc_sfu_resume_end(join, 0);
    }
}


static void
ngx_rtc_sfu_resume_known(void *data, ngx_int_t rc)
{
    ngx_rtc_sfu_join_t  *join = data;

    join->lookup = NULL;

    ngx_rtc_sfu_resume_end(join, rc == NGX_RTC_SFU_JOIN_TAKEN);
}


static void
ngx_rtc_sfu_resume_end(ngx_rtc_sfu_join_t *join, ngx_uint_t replaced)
{
    size_t                 len;
    u_char                 buf[NGX_RTC_SFU_LEAVE_SIZE];
    ngx_rtc_sfu_ws_t      *ws;
    ngx_http_request_t    *r;
    ngx_rtc_sfu_worker_t  *worker;

    worker = join->worker;

    r = ngx_rtc_sfu_join_take(join);
    ngx_rtc_sfu_join_free(join);

    ngx_rtc_sfu_metrics_join(worker->metrics, r, NGX_RTC_SFU_JOIN_IS_RESUME);

    /* no handler is called after close */

    ws = ngx_rtc_sfu_ws_accept(&worker->sockets, r,
                               &ngx_rtc_sfu_participant_ws_handlers, NULL);
    if (ws == NULL) {
        ngx_rtc_sfu_join_finish(r, NGX_HTTP_INTERNAL_SERVER_ERROR,
                                &ngx_rtc_sfu_resume_nothing);
        return;
    }

    if (replaced) {
        len = ngx_rtc_sfu_resume_pack(buf);
        (void) ngx_rtc_sfu_ws_send(ws, 0, buf, len);

        len = ngx_rtc_sfu_leave_pack(buf,
                              LIVEKIT__LEAVE_REQUEST__ACTION__DISCONNECT,
                              LIVEKIT__DISCONNECT_REASON__DUPLICATE_IDENTITY);

    } else {
        len = ngx_rtc_sfu_leave_pack(buf,
                                LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH);
    }

    (void) ngx_rtc_sfu_ws_send(ws, 0, buf, len);
    ngx_rtc_sfu_ws_close(ws, NGX_RTC_SFU_WS_NORMAL);
}


/* SDKs join anew on a leave that is the first message: an empty one before */

static size_t
ngx_rtc_sfu_resume_pack(u_char *buf)
{
    Livekit__SignalResponse     response = LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__ReconnectResponse  reconnect = LIVEKIT__RECONNECT_RESPONSE__INIT;

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_RECONNECT;
    response.reconnect = &reconnect;

    return livekit__signal_response__pack(&response, buf);
}


void
ngx_rtc_sfu_resume_far(ngx_rtc_sfu_relay_t *relay,
    const Conference__Resume *message)
{
    ngx_str_t                   room, sid, identity;
    ngx_pool_t                 *pool;
    Conference__Resumed         answer = CONFERENCE__RESUMED__INIT;
    ngx_rtc_sfu_line_t          line;
    Livekit__JoinRequest       *request;
    ngx_rtc_sfu_participant_t  *p;

    room.data = message->room.data;
    room.len = message->room.len;
    sid.data = message->sid.data;
    sid.len = message->sid.len;
    identity.data = message->identity.data;
    identity.len = message->identity.len;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, relay->worker->log);
    if (pool == NULL) {
        return;
    }

    ngx_memzero(&line, sizeof(ngx_rtc_sfu_line_t));

    request = NULL;

    if (message->request.len) {
        request = ngx_rtc_sfu_signal_unpack_message(pool,
                                          &livekit__join_request__descriptor,
                                          message->request.data,
                                          message->request.len);
    }

    p = ngx_rtc_sfu_resume_find(relay->worker, &room, &sid, &identity);

    if (p && (request || message->request.len == 0)) {
        line.far = ngx_rtc_sfu_far_open(relay, message->number,
                                     &ngx_rtc_sfu_participant_ws_handlers, p);
    }

    answer.number = message->number;
    answer.accepted = line.far != NULL;

    if (ngx_rtc_sfu_relay_send(relay, NGX_RTC_SFU_LINK_RESUMED, &answer.base)
        != NGX_OK)
    {
        ngx_rtc_sfu_line_close(&line, NGX_RTC_SFU_WS_ERROR);

    } else if (line.far) {
        ngx_rtc_sfu_resume_session(p, &line, pool, request);
    }

    ngx_destroy_pool(pool);
}


/* nobody but the one the session is of, in the room it is of */

static ngx_rtc_sfu_participant_t *
ngx_rtc_sfu_resume_find(ngx_rtc_sfu_worker_t *worker, const ngx_str_t *room,
    const ngx_str_t *sid, const ngx_str_t *identity)
{
    ngx_rtc_sfu_room_t         *found;
    ngx_rtc_sfu_member_t       *member;
    ngx_rtc_sfu_participant_t  *p;

    found = ngx_rtc_sfu_room_find(worker, room);
    if (found == NULL) {
        return NULL;
    }

    member = ngx_rtc_sfu_room_member(found, sid);
    if (member == NULL || member->participant == NULL) {
        return NULL;
    }

    p = member->participant;

    if (!ngx_rtc_sfu_str_eq(&p->identity, identity)
        || p->resource
        || p->state == NGX_RTC_SFU_CLOSED
        || ngx_rtc_sfu_resume_is_over(p->publisher)
        || ngx_rtc_sfu_resume_is_over(p->subscriber))
    {
        return NULL;
    }

    return p;
}


/* its client ended the peer connection: it has nothing to go on with */

static ngx_uint_t
ngx_rtc_sfu_resume_is_over(const ngx_rtc_sfu_pc_t *pc)
{
    return pc && pc->closed;
}


static void
ngx_rtc_sfu_resume_session(ngx_rtc_sfu_participant_t *p,
    const ngx_rtc_sfu_line_t *line, ngx_pool_t *pool,
    Livekit__JoinRequest *request)
{
    ngx_log_error(NGX_LOG_INFO, &p->log, 0, "sfu: resumes, %s",
                  line->far ? "at another worker" : "here");

    /* nobody is there any more: nothing is said to it */

    ngx_rtc_sfu_line_close(&p->line, NGX_RTC_SFU_WS_NORMAL);

    p->line = *line;
    p->resumed = ngx_current_msec;

    if (ngx_rtc_sfu_scenario_resume(p, 0)) {
        return;
    }

    if (!ngx_rtc_sfu_left_is_complete(p->room, p->heard)
        || ngx_rtc_sfu_resume_tell(p) != NGX_OK)
    {
        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                   LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH);
        return;
    }

    p->heard = ngx_current_msec;

    if (ngx_rtc_sfu_scenario_resume(p, 1)) {
        return;
    }

    ngx_rtc_sfu_resume_negotiate(p, pool, request);
}


/* what the client may have missed, in the order it has to come */

static ngx_int_t
ngx_rtc_sfu_resume_tell(ngx_rtc_sfu_participant_t *p)
{
    if (ngx_rtc_sfu_welcome_reconnect(p) != NGX_OK) {
        return NGX_ERROR;
    }

    /* of its own info a client makes what it is itself: mutes come before */

    ngx_rtc_sfu_track_repeat_mutes(p);

    if (ngx_rtc_sfu_welcome_everybody(p) != NGX_OK
        || ngx_rtc_sfu_welcome_room(p) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_rtc_sfu_participant_refresh_token(p);
    ngx_rtc_sfu_track_repeat(p);
    ngx_rtc_sfu_speaker_repeat(p);
    ngx_rtc_sfu_subscribe_repeat(p);
    ngx_rtc_sfu_data_sub_repeat(p);

    return NGX_OK;
}


static void
ngx_rtc_sfu_resume_negotiate(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__JoinRequest *request)
{
    ngx_rtc_sfu_negotiate_restart(p);

    if (request && request->sync_state && p->state != NGX_RTC_SFU_CLOSED) {
        ngx_rtc_sfu_sync(p, request->sync_state);
    }

    if (request && request->publisher_offer
        && p->state != NGX_RTC_SFU_CLOSED)
    {
        ngx_rtc_sfu_publish_offer(p, pool, request->publisher_offer);
    }

    ngx_rtc_sfu_participant_rearm(p);
}
