
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_host.h"
#include "ngx_rtc_sfu_drain.h"
#include "ngx_rtc_sfu_participant.h"
#include "rtc_drain.h"
#include "rtc_keys.h"


#define NGX_RTC_SFU_DRAIN_TICK  200             /* ms */


struct ngx_rtc_sfu_drain_s {
    ngx_rtc_sfu_worker_t       *worker;
    ngx_rtc_watch_t            *watch;
    ngx_rtc_watch_conf_t        conf;
    u_char                      key[sizeof(RTC_KEY_DRAIN_HOST)
                                    + NGX_RTC_HOST_LEN];

    ngx_rtc_ident_t             ident;
    ngx_event_t                 tick;

    rtc_drain_t                 drain;
    ngx_msec_t                  begun;
    ngx_uint_t                  members;        /* when the first was moved */
    ngx_uint_t                  moved;
    unsigned                    on:1;
};


static void ngx_rtc_sfu_drain_changed(void *data,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_drain_tick_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_drain_move(ngx_rtc_sfu_worker_t *worker,
    ngx_uint_t n);


ngx_rtc_sfu_drain_t *
ngx_rtc_sfu_drain_create(ngx_rtc_sfu_worker_t *worker)
{
    u_char               *p;
    ngx_rtc_sfu_drain_t  *drain;

    drain = ngx_calloc(sizeof(ngx_rtc_sfu_drain_t), worker->log);
    if (drain == NULL) {
        return NULL;
    }

    drain->worker = worker;

    ngx_rtc_ident_init(&drain->ident, drain);

    drain->tick.data = &drain->ident;
    drain->tick.handler = ngx_rtc_sfu_drain_tick_handler;
    drain->tick.log = worker->log;
    drain->tick.cancelable = 1;

    p = ngx_cpymem(drain->key, RTC_KEY_DRAIN_HOST,
                   sizeof(RTC_KEY_DRAIN_HOST) - 1);

    /* nobody can say that a host is meant which has no id */

    if (ngx_rtc_host(p) == 0) {
        return drain;
    }

    ngx_str_set(&drain->conf.channel, RTC_KEY_DRAIN);
    drain->conf.argc = 2;
    ngx_str_set(&drain->conf.argv[0], "GET");
    drain->conf.argv[1].data = drain->key;
    drain->conf.argv[1].len = p + NGX_RTC_HOST_LEN - drain->key;
    drain->conf.changed = ngx_rtc_sfu_drain_changed;

    drain->watch = ngx_rtc_watch_create(worker->redis, worker->log,
                                        &drain->conf, drain);
    if (drain->watch == NULL) {
        ngx_free(drain);
        return NULL;
    }

    return drain;
}


void
ngx_rtc_sfu_drain_destroy(ngx_rtc_sfu_drain_t *drain)
{
    if (drain->watch) {
        ngx_rtc_watch_destroy(drain->watch);
    }

    if (drain->tick.timer_set) {
        ngx_del_timer(&drain->tick);
    }

    ngx_free(drain);
}


ngx_uint_t
ngx_rtc_sfu_drain_is_on(const ngx_rtc_sfu_drain_t *drain)
{
    return drain && drain->on;
}


static void
ngx_rtc_sfu_drain_changed(void *data, const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_drain_t *drain = data;

    ngx_str_t    text;
    rtc_drain_t  next;
    ngx_uint_t   on;

    on = (ngx_rtc_redis_reply_string(reply, &text) == NGX_OK
          && rtc_drain_parse(&next, text.data, text.len) == RTC_OK);

    if (!on) {
        ngx_memzero(&next, sizeof(rtc_drain_t));
    }

    if (drain->on == on && next.moves == drain->drain.moves
        && next.after_ms == drain->drain.after_ms
        && next.over_ms == drain->drain.over_ms)
    {
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, drain->worker->log, 0,
                  on ? "sfu: this host is being taken away, nobody is let in"
                     : "sfu: this host is not being taken away any more");

    drain->on = on ? 1 : 0;
    drain->drain = next;
    drain->begun = ngx_current_msec;
    drain->members = 0;
    drain->moved = 0;

    if (drain->tick.timer_set) {
        ngx_del_timer(&drain->tick);
    }

    if (next.moves) {
        ngx_add_timer(&drain->tick, 1);
    }
}


static void
ngx_rtc_sfu_drain_tick_handler(ngx_event_t *ev)
{
    ngx_rtc_sfu_drain_t *drain = ngx_rtc_ident_data(ev);

    ngx_msec_t   elapsed;
    ngx_uint_t   due;

    ngx_add_timer(&drain->tick, NGX_RTC_SFU_DRAIN_TICK);

    elapsed = ngx_current_msec - drain->begun;

    if (elapsed < drain->drain.after_ms) {
        return;
    }

    if (drain->members == 0) {
        drain->members = drain->worker->participants;
    }

    if (elapsed - drain->drain.after_ms >= drain->drain.over_ms) {

        /* those who were just being let in, too */

        ngx_rtc_sfu_drain_move(drain->worker, drain->worker->participants);
        return;
    }

    due = rtc_drain_due(&drain->drain, drain->members, elapsed);

    if (due > drain->moved) {
        ngx_rtc_sfu_drain_move(drain->worker, due - drain->moved);
        drain->moved = due;
    }
}


/* a room stays until its participants are freed, in a later event */

static void
ngx_rtc_sfu_drain_move(ngx_rtc_sfu_worker_t *worker, ngx_uint_t n)
{
    ngx_queue_t         *q;
    ngx_rbtree_node_t   *node;
    ngx_rtc_sfu_room_t  *room;

    if (worker->rooms.root == worker->rooms.sentinel) {
        return;
    }

    for (node = ngx_rbtree_min(worker->rooms.root, worker->rooms.sentinel);
         node && n;
         node = ngx_rbtree_next(&worker->rooms, node))
    {
        room = (ngx_rtc_sfu_room_t *) node;

        while (n && !ngx_queue_empty(&room->participants)) {
            q = ngx_queue_head(&room->participants);

            ngx_rtc_sfu_participant_close(
                              ngx_queue_data(q, ngx_rtc_sfu_participant_t,
                                             queue),
                              LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                              LIVEKIT__DISCONNECT_REASON__SERVER_SHUTDOWN);
            n--;
        }
    }
}
