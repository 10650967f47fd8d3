
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_life.h"
#include "ngx_rtc_sfu_message.h"
#include "ngx_rtc_sfu_ping.h"
#include "ngx_rtc_sfu_scenario.h"
#include "ngx_rtc_sfu_subscribe.h"
#include "ngx_rtc_sfu_worker.h"


#define NGX_RTC_SFU_TIMER_MAX    1000           /* ms between looks at it */

/* ms from the last check until ICE is not connected any more */

#define NGX_RTC_SFU_LIFE_BLIND   10000


static void ngx_rtc_sfu_life_message(void *data, ngx_uint_t text, u_char *buf,
    size_t len);
static void ngx_rtc_sfu_life_socket_closed(void *data, ngx_uint_t clean,
    ngx_uint_t code);
static void ngx_rtc_sfu_life_going_away(void *data, ngx_uint_t now);
static void ngx_rtc_sfu_life_watch(ngx_rtc_sfu_participant_t *p);
static void ngx_rtc_sfu_life_note(ngx_rtc_sfu_participant_t *p);
static ngx_uint_t ngx_rtc_sfu_life_is_ghost(ngx_rtc_sfu_participant_t *p);
static ngx_uint_t ngx_rtc_sfu_life_has_failed(ngx_rtc_sfu_participant_t *p);
static ngx_uint_t ngx_rtc_sfu_life_outstays(ngx_rtc_sfu_participant_t *p);
static ngx_uint_t ngx_rtc_sfu_life_is(ngx_rtc_sfu_pc_t *pc,
    rtc_transport_ice_e state);


const ngx_rtc_sfu_ws_handlers_t  ngx_rtc_sfu_participant_ws_handlers = {
    ngx_rtc_sfu_life_message,
    ngx_rtc_sfu_life_socket_closed,
    ngx_rtc_sfu_life_going_away
};


/*
 * One way is enough for the client to come back by: it is asked to, and waited
 * for.  Who has no signalling cannot.
 */

void
ngx_rtc_sfu_participant_ice(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_pc_t *pc, rtc_transport_ice_e state)
{
    if (state != RTC_TRANSPORT_ICE_FAILED) {

        if (!ngx_rtc_sfu_life_is(p->publisher, RTC_TRANSPORT_ICE_FAILED)
            && !ngx_rtc_sfu_life_is(p->subscriber, RTC_TRANSPORT_ICE_FAILED))
        {
            p->failed = 0;
        }

        return;
    }

    ngx_log_error(NGX_LOG_INFO, &p->log, 0, "sfu: lost its network path");

    if (p->resource) {
        ngx_rtc_sfu_participant_close(p, -1,
                               LIVEKIT__DISCONNECT_REASON__CONNECTION_TIMEOUT);
        return;
    }

    if (p->failed == 0) {
        p->failed = ngx_max(ngx_current_msec, 1);
    }

    ngx_rtc_sfu_participant_ask_resume(p,
                               LIVEKIT__DISCONNECT_REASON__CONNECTION_TIMEOUT);
}


void
ngx_rtc_sfu_participant_pc_closed(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_pc_t *pc, rtc_transport_close_e why)
{
    ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                  "sfu: peer connection closed, target:%d why:%d", pc->target,
                  why);

    if (why == RTC_TRANSPORT_CLOSE_NOTIFY) {

        /* with its socket open the client will say what it wants */

        if (!ngx_rtc_sfu_line_is_open(&p->line)) {
            ngx_rtc_sfu_participant_close(p, -1,
                                    LIVEKIT__DISCONNECT_REASON__SIGNAL_CLOSE);
        }

        return;
    }

    ngx_rtc_sfu_participant_close(p,
                               LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                               LIVEKIT__DISCONNECT_REASON__MEDIA_FAILURE);
}


static void
ngx_rtc_sfu_life_message(void *data, ngx_uint_t text, u_char *buf, size_t len)
{
    ngx_rtc_sfu_participant_t  *p = data;

    p->heard = ngx_current_msec;

    if (text) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0, "sfu: text instead of binary");

        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__DISCONNECT,
                                   LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH);
        return;
    }

    ngx_rtc_sfu_message_handle(p, buf, len);
}


/* the session goes on without its socket while media shows it is alive */

static void
ngx_rtc_sfu_life_socket_closed(void *data, ngx_uint_t clean, ngx_uint_t code)
{
    ngx_rtc_sfu_participant_t  *p = data;

    ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                  "sfu: signalling closed, clean:%ui code:%ui", clean, code);

    ngx_memzero(&p->line, sizeof(ngx_rtc_sfu_line_t));
    p->lost = ngx_current_msec;

    if ((p->publisher == NULL || !p->publisher->connected)
        && (p->subscriber == NULL || !p->subscriber->connected))
    {
        ngx_rtc_sfu_participant_close(p, -1,
                                    LIVEKIT__DISCONNECT_REASON__SIGNAL_CLOSE);
    }
}


static void
ngx_rtc_sfu_life_going_away(void *data, ngx_uint_t now)
{
    ngx_rtc_sfu_participant_t  *p = data;

    if (now) {
        ngx_rtc_sfu_participant_close(p,
                                  LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                  LIVEKIT__DISCONNECT_REASON__SERVER_SHUTDOWN);
    }
}


/*
 * One ordinary timer for all deadlines of the session: while it is set a
 * worker that was told to quit stays.
 */

void
ngx_rtc_sfu_participant_rearm(ngx_rtc_sfu_participant_t *p)
{
    uint64_t  deadline, other;

    if (p->state == NGX_RTC_SFU_CLOSED
        || (!p->publisher && !p->viewer)
        || (!p->subscriber && !p->resource))
    {
        return;
    }

    deadline = RTC_NEVER;

    if (p->publisher) {
        deadline = ngx_rtc_sfu_pc_deadline(p->publisher);
    }

    if (p->subscriber && p->subscriber != p->publisher) {
        other = ngx_rtc_sfu_pc_deadline(p->subscriber);
        deadline = ngx_min(deadline, other);
    }

    ngx_rtc_sfu_media_arm(&p->timer, &p->deadline, deadline,
                          NGX_RTC_SFU_TIMER_MAX);
}


void
ngx_rtc_sfu_life_timer(ngx_event_t *ev)
{
    uint64_t                    now_us;
    ngx_rtc_sfu_participant_t  *p = ngx_rtc_ident_data(ev);

    now_us = ngx_rtc_sfu_media_now_us();

    if (p->publisher) {
        ngx_rtc_sfu_pc_timer(p->publisher, now_us);
    }

    if (p->subscriber && p->subscriber != p->publisher) {
        ngx_rtc_sfu_pc_timer(p->subscriber, now_us);
    }

    ngx_rtc_sfu_life_watch(p);
    ngx_rtc_sfu_participant_rearm(p);
}


/* what needs a look now and then, not to the millisecond */

static void
ngx_rtc_sfu_life_watch(ngx_rtc_sfu_participant_t *p)
{
    if (p->state == NGX_RTC_SFU_CLOSED) {
        return;
    }

    ngx_rtc_sfu_life_note(p);
    ngx_rtc_sfu_ping_beat(p);
    ngx_rtc_sfu_scenario_watch(p);

    if (p->state == NGX_RTC_SFU_JOINED
        && ngx_current_msec - p->started > NGX_RTC_SFU_JOIN_TIMEOUT)
    {
        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                   LIVEKIT__DISCONNECT_REASON__JOIN_FAILURE);
        return;
    }

    if (ngx_rtc_sfu_subscribe_overdue(p)) {
        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                   LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH);
        return;
    }

    if (ngx_rtc_sfu_life_is_ghost(p)) {
        ngx_rtc_sfu_participant_close(p, -1,
                               LIVEKIT__DISCONNECT_REASON__CONNECTION_TIMEOUT);
        return;
    }

    if (ngx_rtc_sfu_life_has_failed(p)) {
        ngx_rtc_sfu_participant_close(p,
                               LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                               LIVEKIT__DISCONNECT_REASON__CONNECTION_TIMEOUT);
        return;
    }

    if (ngx_rtc_sfu_life_outstays(p)) {
        ngx_rtc_sfu_participant_close(p,
                                  LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                  LIVEKIT__DISCONNECT_REASON__SERVER_SHUTDOWN);
        return;
    }

    ngx_rtc_sfu_pending_expire(p);

    if (ngx_current_msec - p->refreshed > NGX_RTC_SFU_REFRESH_INTERVAL) {
        ngx_rtc_sfu_participant_refresh_token(p);
    }
}


static void
ngx_rtc_sfu_life_note(ngx_rtc_sfu_participant_t *p)
{
    if (ngx_rtc_sfu_life_is(p->publisher, RTC_TRANSPORT_ICE_CONNECTED)
        || ngx_rtc_sfu_life_is(p->subscriber, RTC_TRANSPORT_ICE_CONNECTED))
    {
        p->reached = ngx_current_msec;
    }

    /* it can answer no offer while it is away */

    if (p->subscriber && p->subscriber->connected
        && (!ngx_rtc_sfu_line_is_open(&p->line)
            || !ngx_rtc_sfu_life_is(p->subscriber,
                                    RTC_TRANSPORT_ICE_CONNECTED)))
    {
        ngx_rtc_sfu_subscribe_excuse(p);
    }
}


/* DESIGN: a member without socket and without a valid ICE check for 20 s */

static ngx_uint_t
ngx_rtc_sfu_life_is_ghost(ngx_rtc_sfu_participant_t *p)
{
    return !ngx_rtc_sfu_line_is_open(&p->line)
           && ngx_current_msec - p->lost >= NGX_RTC_SFU_GHOST_TIMEOUT
           && ngx_current_msec - p->reached
              >= NGX_RTC_SFU_GHOST_TIMEOUT - NGX_RTC_SFU_LIFE_BLIND;
}


/* a resume has this long, and then ICE after it */

static ngx_uint_t
ngx_rtc_sfu_life_has_failed(ngx_rtc_sfu_participant_t *p)
{
    return p->failed
           && ngx_current_msec - p->failed >= NGX_RTC_SFU_RESUME_TIMEOUT
           && ngx_current_msec - p->resumed >= NGX_RTC_SFU_RESUME_TIMEOUT;
}


/*
 * worker_shutdown_timeout ends the sockets of this worker; who has none here
 * is ended here
 */

static ngx_uint_t
ngx_rtc_sfu_life_outstays(ngx_rtc_sfu_participant_t *p)
{
    ngx_core_conf_t  *ccf;

    if (!ngx_exiting || p->line.ws != NULL) {
        return 0;
    }

    if (p->exiting == 0) {
        p->exiting = ngx_max(ngx_current_msec, 1);
    }

    ccf = (ngx_core_conf_t *) ngx_get_conf(ngx_cycle->conf_ctx,
                                           ngx_core_module);

    return ccf->shutdown_timeout
           && ngx_current_msec - p->exiting >= ccf->shutdown_timeout;
}


static ngx_uint_t
ngx_rtc_sfu_life_is(ngx_rtc_sfu_pc_t *pc, rtc_transport_ice_e state)
{
    return pc && rtc_transport_ice(pc->transport) == state;
}
