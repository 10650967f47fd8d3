
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_client.h"
#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_leave.h"
#include "ngx_rtc_sfu_life.h"
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_negotiate.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_profile.h"
#include "ngx_rtc_sfu_rpc.h"
#include "ngx_rtc_sfu_signer.h"
#include "ngx_rtc_sfu_single.h"
#include "ngx_rtc_sfu_subscribe.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_welcome.h"
#include "ngx_rtc_sfu_worker.h"


#define NGX_RTC_SFU_TOKEN_LIFE   600            /* s, of a refreshed token */


static ngx_int_t ngx_rtc_sfu_participant_connections(
    ngx_rtc_sfu_participant_t *p);
static void ngx_rtc_sfu_participant_send_leave(ngx_rtc_sfu_participant_t *p,
    ngx_uint_t action, ngx_uint_t reason);
static void ngx_rtc_sfu_participant_destroy_event(ngx_event_t *ev);
static u_char *ngx_rtc_sfu_participant_log_error(ngx_log_t *log, u_char *buf,
    size_t len);


ngx_rtc_sfu_participant_t *
ngx_rtc_sfu_participant_create(ngx_rtc_sfu_room_t *room, ngx_pool_t *pool,
    const ngx_str_t *sid, const rtc_grant_t *grant,
    const ngx_rtc_sfu_client_t *client)
{
    ngx_time_t                 *tp;
    ngx_rtc_sfu_participant_t  *p;

    p = ngx_pcalloc(pool, sizeof(ngx_rtc_sfu_participant_t));
    if (p == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    tp = ngx_timeofday();

    p->pool = pool;
    p->room = room;
    p->sid = *sid;
    p->identity.data = (u_char *) grant->identity.data;
    p->identity.len = grant->identity.len;
    p->grant = grant;
    p->hidden = grant->hidden;
    p->subscriber_primary = grant->can_subscribe;
    p->client = *client;
    p->version = 1;
    p->joined_at = (int64_t) tp->sec * 1000 + tp->msec;

    p->log = *room->worker->log;
    p->log.handler = ngx_rtc_sfu_participant_log_error;
    p->log.data = p;
    pool->log = &p->log;

    ngx_queue_init(&p->tracks);
    ngx_queue_init(&p->subscriptions);
    ngx_queue_init(&p->data_tracks);
    ngx_queue_init(&p->data_subs);
    ngx_queue_init(&p->rpcs);
    ngx_rtc_sfu_data_init(&p->backlog);
    ngx_rtc_sfu_pending_init(&p->pending);

    p->timer.handler = ngx_rtc_sfu_life_timer;
    p->timer.data = &p->ident;
    p->timer.log = &p->log;

    p->destroy.handler = ngx_rtc_sfu_participant_destroy_event;
    p->destroy.data = &p->ident;
    p->destroy.log = &p->log;

    p->handles.handler = ngx_rtc_sfu_data_sub_event;
    p->handles.data = &p->ident;
    p->handles.log = &p->log;

    ngx_rtc_ident_init(&p->ident, p);

    if (ngx_rtc_sfu_profile_init(p) != NGX_OK
        || ngx_rtc_sfu_profile_join(p) != NGX_OK)
    {
        /* the request stays the caller's */

        p->client.pool = NULL;

        ngx_rtc_sfu_participant_discard(p);
        return NULL;
    }

    if (!p->client.single) {
        ngx_rtc_sfu_client_free(&p->client);
    }

    return p;
}


void
ngx_rtc_sfu_participant_discard(ngx_rtc_sfu_participant_t *p)
{
    ngx_pool_t  *pool;

    if (p->profile.pool) {
        ngx_destroy_pool(p->profile.pool);
    }

    if (p->publish.pool) {
        ngx_destroy_pool(p->publish.pool);
    }

    ngx_rtc_sfu_pending_free(&p->pending);

    if (p->permission_pool) {
        ngx_destroy_pool(p->permission_pool);
    }

    ngx_rtc_sfu_client_free(&p->client);

    pool = p->pool;

    /* the log lives in the pool */

    pool->log = p->room->worker->log;
    ngx_destroy_pool(pool);
}


void
ngx_rtc_sfu_participant_start(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_ws_t *ws)
{
    p->line.ws = ws;
    p->state = NGX_RTC_SFU_JOINED;
    p->started = ngx_current_msec;
    p->lost = ngx_current_msec;
    p->heard = ngx_current_msec;
    p->reached = ngx_current_msec;

    p->room->worker->participants++;

    if (ngx_rtc_sfu_room_enter(p->room, p) != NGX_OK
        || (ws && ngx_rtc_sfu_welcome_join(p) != NGX_OK)
        || ngx_rtc_sfu_participant_connections(p) != NGX_OK)
    {
        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__DISCONNECT,
                                   LIVEKIT__DISCONNECT_REASON__JOIN_FAILURE);
        return;
    }

    ngx_log_error(NGX_LOG_INFO, &p->log, 0, "sfu: joined");

    ngx_rtc_sfu_participant_refresh_token(p);
    ngx_rtc_sfu_room_changed(p->room, p, 0);
    ngx_rtc_sfu_subscribe_all(p);
    ngx_rtc_sfu_data_sub_all(p);
    ngx_rtc_sfu_single_begin(p);
    ngx_rtc_sfu_subscribe_negotiate(p);

    ngx_rtc_sfu_participant_rearm(p);
}


static ngx_int_t
ngx_rtc_sfu_participant_connections(ngx_rtc_sfu_participant_t *p)
{
    if (p->viewer == NULL) {
        p->publisher = ngx_rtc_sfu_pc_create(p,
                                           LIVEKIT__SIGNAL_TARGET__PUBLISHER);
        if (p->publisher == NULL) {
            return NGX_ERROR;
        }

        if (p->resource) {
            return NGX_OK;
        }
    }

    if (p->client.single) {
        p->subscriber = p->publisher;

        return ngx_rtc_sfu_subscribe_downlink(p->subscriber) == NGX_OK
               ? ngx_rtc_sfu_single_init(p) : NGX_ERROR;
    }

    p->subscriber = ngx_rtc_sfu_pc_create(p,
                                          LIVEKIT__SIGNAL_TARGET__SUBSCRIBER);
    if (p->subscriber == NULL
        || ngx_rtc_sfu_subscribe_downlink(p->subscriber) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (p->viewer) {
        return NGX_OK;
    }

    return ngx_rtc_sfu_negotiate_init(p) == NGX_OK
           ? ngx_rtc_sfu_pc_open_channels(p->subscriber) : NGX_ERROR;
}


ngx_rtc_sfu_pc_t *
ngx_rtc_sfu_participant_primary(ngx_rtc_sfu_participant_t *p)
{
    if (p->publisher == NULL) {
        return p->subscriber;
    }

    return p->subscriber && p->subscriber_primary ? p->subscriber
                                                  : p->publisher;
}


void
ngx_rtc_sfu_participant_connected(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_pc_t *pc)
{
    ngx_rtc_sfu_participant_rearm(p);

    if (pc != ngx_rtc_sfu_participant_primary(p)
        || p->state != NGX_RTC_SFU_JOINED)
    {
        return;
    }

    p->state = NGX_RTC_SFU_ACTIVE;

    ngx_log_error(NGX_LOG_INFO, &p->log, 0, "sfu: active, %M ms after join",
                  ngx_current_msec - p->started);

    ngx_rtc_sfu_metrics_joined(p->room->worker->metrics,
                               ngx_current_msec - p->started);
    ngx_rtc_sfu_room_changed(p->room, p, 0);
}


void
ngx_rtc_sfu_participant_close(ngx_rtc_sfu_participant_t *p, ngx_int_t action,
    ngx_uint_t reason)
{
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    if (p->state == NGX_RTC_SFU_CLOSED) {
        return;
    }

    ngx_log_error(NGX_LOG_INFO, &p->log, 0, "sfu: leaves, reason:%ui", reason);

    if (ngx_rtc_sfu_line_is_open(&p->line) && action >= 0) {
        ngx_rtc_sfu_participant_send_leave(p, action, reason);
        p->told = 1;
    }

    ngx_rtc_sfu_line_close(&p->line, NGX_RTC_SFU_WS_NORMAL);

    p->state = NGX_RTC_SFU_CLOSED;

    if (p->timer.timer_set) {
        ngx_del_timer(&p->timer);
    }

    while (!ngx_queue_empty(&p->tracks)) {
        q = ngx_queue_head(&p->tracks);
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);
        ngx_rtc_sfu_track_remove(track);
    }

    if (p->viewer) {
        ngx_rtc_sfu_viewer_leave(p);
    }

    ngx_rtc_sfu_subscribe_none(p);
    ngx_rtc_sfu_data_track_leave(p);
    ngx_rtc_sfu_rpc_end_all(p);

    ngx_rtc_sfu_room_leave(p->room, p, reason);

    p->room->worker->participants--;

    /* we may be inside a callback of its transport */

    ngx_post_event(&p->destroy, &ngx_posted_events);
}


void
ngx_rtc_sfu_participant_hangup(ngx_rtc_sfu_participant_t *p)
{
    ngx_rtc_sfu_line_close(&p->line, NGX_RTC_SFU_WS_NORMAL);

    p->lost = ngx_current_msec;
}


void
ngx_rtc_sfu_participant_ask_resume(ngx_rtc_sfu_participant_t *p,
    ngx_uint_t reason)
{
    if (!ngx_rtc_sfu_line_is_open(&p->line)) {
        return;
    }

    ngx_rtc_sfu_participant_send_leave(p,
                                       LIVEKIT__LEAVE_REQUEST__ACTION__RESUME,
                                       reason);
    ngx_rtc_sfu_participant_hangup(p);
}


static void
ngx_rtc_sfu_participant_destroy_event(ngx_event_t *ev)
{
    ngx_rtc_sfu_participant_destroy(ngx_rtc_ident_data(ev));
}


void
ngx_rtc_sfu_participant_destroy(ngx_rtc_sfu_participant_t *p)
{
    ngx_rtc_sfu_room_t  *room;

    room = p->room;

    if (p->destroy.posted) {
        ngx_delete_posted_event(&p->destroy);
    }

    if (p->subscriber && p->subscriber != p->publisher) {
        ngx_rtc_sfu_pc_destroy(p->subscriber);
    }

    if (p->publisher) {
        ngx_rtc_sfu_pc_destroy(p->publisher);
    }

    ngx_rtc_sfu_data_free(&p->backlog);

    ngx_rtc_sfu_participant_discard(p);
    ngx_rtc_sfu_room_release(room);
}


void
ngx_rtc_sfu_participant_send(ngx_rtc_sfu_participant_t *p,
    const Livekit__SignalResponse *response)
{
    size_t   len;
    u_char  *buf, small[1024];

    if (!ngx_rtc_sfu_line_is_open(&p->line)) {
        return;
    }

    len = livekit__signal_response__get_packed_size(response);
    buf = small;

    if (len > sizeof(small)) {
        buf = ngx_alloc(len, &p->log);
        if (buf == NULL) {
            return;
        }
    }

    livekit__signal_response__pack(response, buf);

    ngx_rtc_sfu_line_send(&p->line, buf, len);

    if (buf != small) {
        ngx_free(buf);
    }
}


void
ngx_rtc_sfu_participant_send_packed(ngx_rtc_sfu_participant_t *p,
    const ngx_str_t *packed)
{
    ngx_rtc_sfu_line_send(&p->line, packed->data, packed->len);
}


static void
ngx_rtc_sfu_participant_send_leave(ngx_rtc_sfu_participant_t *p,
    ngx_uint_t action, ngx_uint_t reason)
{
    size_t  len;
    u_char  buf[NGX_RTC_SFU_LEAVE_SIZE];

    len = ngx_rtc_sfu_leave_pack(buf, action, reason);

    ngx_rtc_sfu_line_send(&p->line, buf, len);
}


void
ngx_rtc_sfu_participant_refresh_token(ngx_rtc_sfu_participant_t *p)
{
    size_t                   i;
    time_t                   now;
    ssize_t                  len;
    u_char                  *token;
    rtc_grant_t              grant;
    const rtc_jwt_key_t     *key;
    Livekit__SignalResponse  response = LIVEKIT__SIGNAL_RESPONSE__INIT;

    p->refreshed = ngx_current_msec;

    if (!ngx_rtc_sfu_line_is_open(&p->line)) {
        return;
    }

    key = ngx_rtc_sfu_signer_key(p->room->worker, p->grant->key);
    if (key == NULL) {
        return;
    }

    now = ngx_time();
    grant = *p->grant;

    grant.exp = ngx_max(grant.exp, (uint64_t) now + NGX_RTC_SFU_TOKEN_LIFE);
    grant.name.data = (uint8_t *) p->profile.name;
    grant.name.len = ngx_strlen(p->profile.name);
    grant.metadata.data = (uint8_t *) p->profile.metadata;
    grant.metadata.len = ngx_strlen(p->profile.metadata);
    grant.nattrs = p->profile.nattrs;

    for (i = 0; i < grant.nattrs; i++) {
        grant.attrs[i].name.data = (uint8_t *) p->profile.attrs[i]->key;
        grant.attrs[i].name.len = ngx_strlen(p->profile.attrs[i]->key);
        grant.attrs[i].value.data = (uint8_t *) p->profile.attrs[i]->value;
        grant.attrs[i].value.len = ngx_strlen(p->profile.attrs[i]->value);
    }

    token = ngx_alloc(RTC_JWT_MAX + 1, &p->log);
    if (token == NULL) {
        return;
    }

    len = rtc_jwt_sign_access(token, RTC_JWT_MAX, &grant, key, now);

    if (len > 0) {
        token[len] = '\0';

        response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_REFRESH_TOKEN;
        response.refresh_token = (char *) token;

        ngx_rtc_sfu_participant_send(p, &response);
    }

    ngx_free(token);
}


rtc_grant_t *
ngx_rtc_sfu_participant_own_grant(ngx_rtc_sfu_participant_t *p)
{
    if (p->own_grant == NULL) {
        p->own_grant = ngx_palloc(p->pool, sizeof(rtc_grant_t));

        if (p->own_grant) {
            *p->own_grant = *p->grant;
            p->grant = p->own_grant;
        }
    }

    return p->own_grant;
}


uint32_t
ngx_rtc_sfu_participant_sources(ngx_rtc_sfu_participant_t *p)
{
    uint32_t                       sources;
    const ngx_rtc_sfu_settings_t  *settings;

    if (!p->grant->can_publish) {
        return 0;
    }

    settings = &p->room->settings;
    sources = p->grant->sources;

    if (settings->audio_only) {
        sources &= ~(RTC_SOURCE_CAMERA | RTC_SOURCE_SCREEN_SHARE
                     | RTC_SOURCE_UNKNOWN);
    }

    if (!settings->allow_share_screen) {
        sources &= ~(RTC_SOURCE_SCREEN_SHARE | RTC_SOURCE_SCREEN_SHARE_AUDIO
                     | RTC_SOURCE_UNKNOWN);
    }

    return sources;
}


ngx_uint_t
ngx_rtc_sfu_participant_may_publish(ngx_rtc_sfu_participant_t *p,
    Livekit__TrackType type, Livekit__TrackSource source)
{
    if (type == LIVEKIT__TRACK_TYPE__VIDEO && p->room->settings.audio_only) {
        return 0;
    }

    if ((ngx_uint_t) source > LIVEKIT__TRACK_SOURCE__SCREEN_SHARE_AUDIO) {
        return 0;
    }

    return (ngx_rtc_sfu_participant_sources(p) >> source) & 1;
}


/* one who may neither publish nor chat has nothing to send at all */

ngx_uint_t
ngx_rtc_sfu_participant_may_send_data(ngx_rtc_sfu_participant_t *p)
{
    return p->grant->can_publish_data
           && (p->grant->can_publish || p->room->settings.allow_chat);
}


void
ngx_rtc_sfu_participant_enforce(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t          *q, *next;
    ngx_rtc_sfu_track_t  *track;

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = next)
    {
        next = ngx_queue_next(q);

        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (!ngx_rtc_sfu_participant_may_publish(p, track->info->type,
                                                 track->info->source))
        {
            ngx_rtc_sfu_track_revoke(track);
        }
    }

    ngx_rtc_sfu_room_changed(p->room, p, 1);
    ngx_rtc_sfu_participant_refresh_token(p);
}


static u_char *
ngx_rtc_sfu_participant_log_error(ngx_log_t *log, u_char *buf, size_t len)
{
    ngx_rtc_sfu_participant_t  *p = log->data;

    return ngx_snprintf(buf, len, ", room:%V participant:%V",
                        &p->room->node.str, &p->sid);
}
