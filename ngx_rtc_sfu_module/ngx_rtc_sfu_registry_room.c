
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A room: its subscription, its state, and its events in order.
 *
 * Each event carries the revision it made.  The next one is applied, an
 * earlier one is in the state already, anything else means that something was
 * lost, and the room is read again.  Events that arrive while a state is on
 * its way are kept and then judged the same way.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_sfu_registry_internal.h"


typedef struct {
    ngx_queue_t    queue;
    size_t         len;
    u_char         data[1];
} ngx_rtc_sfu_kept_t;


static ngx_rtc_sfu_registry_room_t *ngx_rtc_sfu_room_create(
    ngx_rtc_sfu_registry_t *reg, const ngx_str_t *id);
static void ngx_rtc_sfu_room_reset(ngx_rtc_sfu_registry_room_t *room);
static void ngx_rtc_sfu_room_confirmed(void *data);
static void ngx_rtc_sfu_room_message(void *data, const ngx_str_t *payload);
static void ngx_rtc_sfu_room_keep_event(ngx_rtc_sfu_registry_room_t *room,
    const ngx_str_t *payload);
static void ngx_rtc_sfu_room_forget_events(ngx_rtc_sfu_registry_room_t *room);
static void ngx_rtc_sfu_room_drain_events(ngx_rtc_sfu_registry_room_t *room);
static void ngx_rtc_sfu_room_event(ngx_rtc_sfu_registry_room_t *room,
    const rtc_event_t *ev);
static void ngx_rtc_sfu_room_apply(ngx_rtc_sfu_registry_room_t *room,
    const rtc_event_t *ev);
static void ngx_rtc_sfu_room_member_event(ngx_rtc_sfu_registry_room_t *room,
    const rtc_event_t *ev);
static void ngx_rtc_sfu_room_left_event(ngx_rtc_sfu_registry_room_t *room,
    const rtc_event_t *ev);
static void ngx_rtc_sfu_room_removed(ngx_rtc_sfu_registry_room_t *room);
static void ngx_rtc_sfu_room_read_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_rtc_sfu_room_epoch(const ngx_rtc_redis_reply_t *hash,
    ngx_str_t *epoch);


static const ngx_rtc_redis_sub_handlers_t  ngx_rtc_sfu_room_sub_handlers = {
    ngx_rtc_sfu_room_message,
    ngx_rtc_sfu_room_confirmed
};


ngx_rtc_sfu_registry_room_t *
ngx_rtc_sfu_registry_room_open(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *id, const ngx_rtc_sfu_registry_handlers_t *handlers,
    void *data)
{
    ngx_str_t                     key;
    ngx_rtc_sfu_registry_room_t  *room;

    key = *id;

    room = (ngx_rtc_sfu_registry_room_t *)
               ngx_str_rbtree_lookup(&reg->ids, &key,
                                     ngx_crc32_short(key.data, key.len));

    if (room == NULL) {
        room = ngx_rtc_sfu_room_create(reg, id);
        if (room == NULL) {
            return NULL;
        }

    } else {
        if (room->handlers || room->busy) {
            return NULL;
        }

        /* earlier members are still leaving */

        ngx_rtc_sfu_room_reset(room);
    }

    room->handlers = handlers;
    room->data = data;

    return room;
}


static ngx_rtc_sfu_registry_room_t *
ngx_rtc_sfu_room_create(ngx_rtc_sfu_registry_t *reg, const ngx_str_t *id)
{
    ngx_rtc_sfu_registry_room_t  *room;

    room = ngx_calloc(sizeof(ngx_rtc_sfu_registry_room_t), reg->log);
    if (room == NULL) {
        return NULL;
    }

    if (ngx_rtc_sfu_keys_create(&room->keys, id, reg->log) != NGX_OK) {
        ngx_free(room);
        return NULL;
    }

    room->sub = ngx_rtc_redis_subscribe(reg->redis, &room->keys.elts[0],
                                        &ngx_rtc_sfu_room_sub_handlers, room);
    if (room->sub == NULL) {
        ngx_free(room->keys.elts[0].data);
        ngx_free(room);
        return NULL;
    }

    room->registry = reg;

    room->node.str.data = room->keys.elts[0].data + sizeof(RTC_KEY_ROOM) - 1;
    room->node.str.len = id->len;
    room->node.node.key = ngx_crc32_short(id->data, id->len);

    ngx_rtc_sfu_replica_init(room);
    ngx_queue_init(&room->members);
    ngx_rbtree_init(&room->locals, &room->locals_sentinel,
                    ngx_str_rbtree_insert_value);
    ngx_queue_init(&room->answers);
    ngx_queue_init(&room->events);

    ngx_rbtree_insert(&reg->ids, &room->node.node);
    ngx_queue_insert_tail(&reg->rooms, &room->queue);

    return room;
}


/* to the state that a join brings anew */

static void
ngx_rtc_sfu_room_reset(ngx_rtc_sfu_registry_room_t *room)
{
    if (room->reading) {
        ngx_rtc_redis_cancel(room->reading);
        room->reading = NULL;
    }

    ngx_rtc_sfu_replica_clear(room);
    ngx_rtc_sfu_room_forget_events(room);

    room->state = NGX_RTC_SFU_ROOM_EMPTY;
    room->rev = 0;
    room->epoch_len = 0;
    room->overflow = 0;
    room->regressed = 0;
}


void
ngx_rtc_sfu_registry_room_close(ngx_rtc_sfu_registry_room_t *room)
{
    ngx_queue_t                    *q, *next;
    ngx_rtc_sfu_registry_member_t  *m;

    room->handlers = NULL;
    room->data = NULL;

    ngx_rtc_sfu_registry_room_hold(room);

    for (q = ngx_queue_head(&room->members);
         q != ngx_queue_sentinel(&room->members);
         q = next)
    {
        next = ngx_queue_next(q);
        m = ngx_queue_data(q, ngx_rtc_sfu_registry_member_t, queue);

        if (m->state != NGX_RTC_SFU_MEMBER_LEAVING) {
            ngx_rtc_sfu_registry_leave(m, NGX_RTC_SFU_REASON_UNKNOWN);
        }
    }

    ngx_rtc_sfu_registry_room_release(room);
}


void
ngx_rtc_sfu_registry_room_hold(ngx_rtc_sfu_registry_room_t *room)
{
    room->busy++;
}


/* a closed room stays until its last leave is written */

void
ngx_rtc_sfu_registry_room_release(ngx_rtc_sfu_registry_room_t *room)
{
    room->busy--;

    if (room->busy == 0 && room->handlers == NULL
        && ngx_queue_empty(&room->members))
    {
        ngx_rtc_sfu_registry_room_free(room);
    }
}


void
ngx_rtc_sfu_registry_room_free(ngx_rtc_sfu_registry_room_t *room)
{
    ngx_queue_t  *q;

    room->handlers = NULL;

    while (!ngx_queue_empty(&room->members)) {
        q = ngx_queue_head(&room->members);
        ngx_rtc_sfu_member_abandon(ngx_queue_data(q,
                                       ngx_rtc_sfu_registry_member_t, queue));
    }

    ngx_rtc_sfu_room_reset(room);
    ngx_rtc_redis_unsubscribe(room->sub);

    ngx_rbtree_delete(&room->registry->ids, &room->node.node);
    ngx_queue_remove(&room->queue);

    ngx_free(room->keys.elts[0].data);
    ngx_free(room);
}


void
ngx_rtc_sfu_registry_room_reread(ngx_rtc_sfu_registry_room_t *room)
{
    if (room->reading) {
        ngx_rtc_redis_cancel(room->reading);
        room->reading = NULL;
    }

    /* the read will cover what has arrived until it is sent */

    ngx_rtc_sfu_room_forget_events(room);

    room->state = NGX_RTC_SFU_ROOM_STALE;
    room->overflow = 0;

    ngx_rtc_sfu_registry_room_sync(room);
}


void
ngx_rtc_sfu_registry_room_sync(ngx_rtc_sfu_registry_room_t *room)
{
    ngx_queue_t  *q;

    if (room->state == NGX_RTC_SFU_ROOM_STALE && room->handlers) {
        room->reading = ngx_rtc_sfu_registry_script(room->registry,
                                             NGX_RTC_SFU_SCRIPT_READ,
                                             &room->keys, 0, NULL,
                                             ngx_rtc_sfu_room_read_handler,
                                             room);
        if (room->reading) {
            room->state = NGX_RTC_SFU_ROOM_READING;
        }
    }

    for (q = ngx_queue_head(&room->members);
         q != ngx_queue_sentinel(&room->members);
         q = ngx_queue_next(q))
    {
        ngx_rtc_sfu_member_sync(ngx_queue_data(q,
                                       ngx_rtc_sfu_registry_member_t, queue));
    }
}


static void
ngx_rtc_sfu_room_read_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_registry_room_t *room = data;

    room->reading = NULL;
    room->state = NGX_RTC_SFU_ROOM_STALE;

    if (room->handlers == NULL) {
        return;
    }

    ngx_rtc_sfu_registry_room_hold(room);

    switch (ngx_rtc_sfu_registry_answer(room->registry, rc, reply)) {

    case NGX_OK:
        ngx_rtc_sfu_registry_room_adopt(room, reply);
        ngx_rtc_sfu_member_answer(room, 1);
        break;

    case NGX_RTC_SFU_JOIN_NOT_FOUND:

        /* a Redis that has just come back may be loading or failing over */

        if (ngx_rtc_sfu_registry_may_prune(room->registry)) {
            ngx_rtc_sfu_room_removed(room);
        }

        break;

    default: /* tried again with the next heartbeat */
        break;
    }

    ngx_rtc_sfu_registry_room_release(room);
}


void
ngx_rtc_sfu_registry_room_adopt(ngx_rtc_sfu_registry_room_t *room,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t                       rev;
    ngx_str_t                     epoch;
    const ngx_rtc_redis_reply_t  *settings;

    settings = ngx_rtc_redis_reply_elt(reply, 2);

    if (ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(reply, 1), &rev)
        != NGX_OK
        || rev < 0
        || ngx_rtc_sfu_room_epoch(settings, &epoch) != NGX_OK)
    {
        ngx_log_error(NGX_LOG_ERR, room->registry->log, 0,
                      "sfu: odd room in Redis, room:%V", &room->node.str);
        return;
    }

    ngx_rtc_sfu_registry_room_hold(room);

    if (room->epoch_len
        && ((uint64_t) rev < room->rev
            || epoch.len != room->epoch_len
            || ngx_memcmp(epoch.data, room->epoch, epoch.len) != 0))
    {
        room->regressed = 1;
    }

    room->state = NGX_RTC_SFU_ROOM_CURRENT;
    room->rev = rev;
    room->epoch_len = epoch.len;
    ngx_memcpy(room->epoch, epoch.data, epoch.len);

    if (ngx_rtc_sfu_hash_report_reply(room, settings) != NGX_OK
        || ngx_rtc_sfu_replica_adopt(room, ngx_rtc_redis_reply_elt(reply, 3))
           != NGX_OK)
    {
        room->state = NGX_RTC_SFU_ROOM_STALE;

    } else if (room->overflow) {
        ngx_rtc_sfu_registry_room_reread(room);

    } else {
        ngx_rtc_sfu_room_drain_events(room);
    }

    /* what was lost, and is not said to have left, is written again */

    if (room->state == NGX_RTC_SFU_ROOM_CURRENT) {
        ngx_rtc_sfu_registry_room_sync(room);
    }

    ngx_rtc_sfu_registry_room_release(room);
}


static ngx_int_t
ngx_rtc_sfu_room_epoch(const ngx_rtc_redis_reply_t *hash, ngx_str_t *epoch)
{
    ngx_str_t   name;
    ngx_uint_t  i, n;

    n = ngx_rtc_redis_reply_nelts(hash);

    for (i = 0; i + 1 < n; i += 2) {

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(hash, i), &name)
            == NGX_OK
            && name.len == 5 && ngx_strncmp(name.data, "epoch", 5) == 0)
        {
            if (ngx_rtc_redis_reply_string(
                    ngx_rtc_redis_reply_elt(hash, i + 1), epoch)
                != NGX_OK
                || epoch->len == 0 || epoch->len > RTC_EVENT_MAX_WORD)
            {
                return NGX_ERROR;
            }

            return NGX_OK;
        }
    }

    return NGX_ERROR;
}


static void
ngx_rtc_sfu_room_confirmed(void *data)
{
    ngx_rtc_sfu_registry_room_t *room = data;

    if (room->state != NGX_RTC_SFU_ROOM_EMPTY) {
        ngx_rtc_sfu_registry_room_reread(room);
        return;
    }

    /* a join that is on its way may bring a state whose events were lost */

    room->overflow = room->confirmed;
    room->confirmed = 1;

    ngx_rtc_sfu_registry_room_sync(room);
}


static void
ngx_rtc_sfu_room_message(void *data, const ngx_str_t *payload)
{
    ngx_rtc_sfu_registry_room_t *room = data;

    rtc_event_t  ev;

    if (room->handlers == NULL) {
        return;
    }

    if (rtc_event_parse(&ev, payload->data, payload->len) != RTC_OK) {
        ngx_log_error(NGX_LOG_ERR, room->registry->log, 0,
                      "sfu: odd event of a room, room:%V", &room->node.str);
        return;
    }

    switch (room->state) {

    case NGX_RTC_SFU_ROOM_CURRENT:
        ngx_rtc_sfu_registry_room_hold(room);
        ngx_rtc_sfu_room_event(room, &ev);
        ngx_rtc_sfu_member_answer(room, 0);
        ngx_rtc_sfu_registry_room_release(room);
        return;

    case NGX_RTC_SFU_ROOM_STALE:
        return;

    default:
        ngx_rtc_sfu_room_keep_event(room, payload);
        return;
    }
}


static void
ngx_rtc_sfu_room_keep_event(ngx_rtc_sfu_registry_room_t *room,
    const ngx_str_t *payload)
{
    ngx_rtc_sfu_kept_t  *kept;

    if (room->nevents == NGX_RTC_SFU_MAX_EVENTS
        || room->event_bytes + payload->len > NGX_RTC_SFU_MAX_EVENT_BYTES)
    {
        room->overflow = 1;
        return;
    }

    kept = ngx_alloc(offsetof(ngx_rtc_sfu_kept_t, data) + payload->len,
                     room->registry->log);
    if (kept == NULL) {
        room->overflow = 1;
        return;
    }

    kept->len = payload->len;
    ngx_memcpy(kept->data, payload->data, payload->len);

    ngx_queue_insert_tail(&room->events, &kept->queue);
    room->nevents++;
    room->event_bytes += payload->len;
}


static void
ngx_rtc_sfu_room_forget_events(ngx_rtc_sfu_registry_room_t *room)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&room->events)) {
        q = ngx_queue_head(&room->events);
        ngx_queue_remove(q);
        ngx_free(ngx_queue_data(q, ngx_rtc_sfu_kept_t, queue));
    }

    room->nevents = 0;
    room->event_bytes = 0;
}


static void
ngx_rtc_sfu_room_drain_events(ngx_rtc_sfu_registry_room_t *room)
{
    rtc_event_t          ev;
    ngx_queue_t         *q;
    ngx_rtc_sfu_kept_t  *kept;

    while (!ngx_queue_empty(&room->events) && room->handlers
           && room->state == NGX_RTC_SFU_ROOM_CURRENT)
    {
        q = ngx_queue_head(&room->events);
        kept = ngx_queue_data(q, ngx_rtc_sfu_kept_t, queue);

        ngx_queue_remove(q);
        room->nevents--;
        room->event_bytes -= kept->len;

        if (rtc_event_parse(&ev, kept->data, kept->len) == RTC_OK) {
            ngx_rtc_sfu_room_event(room, &ev);
        }

        ngx_free(kept);
    }
}


static void
ngx_rtc_sfu_room_event(ngx_rtc_sfu_registry_room_t *room,
    const rtc_event_t *ev)
{
    ngx_str_t  sid;

    if (ev->epoch.len != room->epoch_len
        || ngx_memcmp(ev->epoch.data, room->epoch, room->epoch_len) != 0
        || ev->rev > room->rev + 1)
    {
        ngx_log_error(NGX_LOG_INFO, room->registry->log, 0,
                      "sfu: events of a room were lost, room:%V rev:%uL,%uL",
                      &room->node.str, room->rev, ev->rev);

        ngx_rtc_sfu_registry_room_reread(room);
        return;
    }

    if (ev->rev == room->rev + 1) {
        room->rev = ev->rev;
        ngx_rtc_sfu_room_apply(room, ev);
        return;
    }

    /*
     * The state has it already, but only the event tells a local member why
     * it left; a sid is never used again.
     */

    sid.data = (u_char *) ev->sid.data;
    sid.len = ev->sid.len;

    if (ev->kind == RTC_EVENT_LEFT && ngx_rtc_sfu_member_find(room, &sid)) {
        ngx_rtc_sfu_room_left_event(room, ev);
    }
}


static void
ngx_rtc_sfu_room_apply(ngx_rtc_sfu_registry_room_t *room,
    const rtc_event_t *ev)
{
    switch (ev->kind) {

    case RTC_EVENT_MEMBER:
        ngx_rtc_sfu_room_member_event(room, ev);
        return;

    case RTC_EVENT_LEFT:
        ngx_rtc_sfu_room_left_event(room, ev);
        return;

    case RTC_EVENT_ROOM:
        if (ngx_rtc_sfu_hash_report_json(room, &ev->payload) != NGX_OK) {
            ngx_rtc_sfu_registry_room_reread(room);
        }

        return;

    case RTC_EVENT_REMOVED:
        ngx_rtc_sfu_room_removed(room);
        return;

    case RTC_EVENT_OTHER:
        return;
    }
}


static void
ngx_rtc_sfu_room_member_event(ngx_rtc_sfu_registry_room_t *room,
    const rtc_event_t *ev)
{
    ngx_str_t               sid, wid, payload;
    ngx_rtc_sfu_replica_t  *e;

    sid.data = (u_char *) ev->sid.data;
    sid.len = ev->sid.len;
    wid.data = (u_char *) ev->wid.data;
    wid.len = ev->wid.len;
    payload.data = (u_char *) ev->payload.data;
    payload.len = ev->payload.len;

    e = ngx_rtc_sfu_replica_put(room, &sid, &wid, &payload);

    if (e == NULL) {
        room->state = NGX_RTC_SFU_ROOM_STALE;
        return;
    }

    if (e->changed) {
        ngx_rtc_sfu_replica_report(room, e);
    }
}


static void
ngx_rtc_sfu_room_left_event(ngx_rtc_sfu_registry_room_t *room,
    const rtc_event_t *ev)
{
    ngx_str_t                       sid;
    ngx_rtc_sfu_replica_t          *e;
    ngx_rtc_sfu_registry_member_t  *m;

    sid.data = (u_char *) ev->sid.data;
    sid.len = ev->sid.len;

    m = ngx_rtc_sfu_member_find(room, &sid);

    if (m && ngx_rtc_sfu_member_left(m, ev->reason) == NGX_DECLINED) {
        return;
    }

    e = ngx_rtc_sfu_replica_find(room, &sid);

    if (e) {
        ngx_rtc_sfu_replica_remove(room, e, ev->reason);
    }
}


static void
ngx_rtc_sfu_room_removed(ngx_rtc_sfu_registry_room_t *room)
{
    ngx_queue_t                    *q;
    ngx_rtc_sfu_registry_member_t  *m;

    ngx_rtc_sfu_room_reset(room);

    for (q = ngx_queue_head(&room->members);
         q != ngx_queue_sentinel(&room->members);
         q = ngx_queue_next(q))
    {
        m = ngx_queue_data(q, ngx_rtc_sfu_registry_member_t, queue);

        if (m->state == NGX_RTC_SFU_MEMBER_JOINED) {
            m->state = NGX_RTC_SFU_MEMBER_GONE;
        }
    }

    ngx_rtc_sfu_member_refuse_all(room, NGX_RTC_SFU_JOIN_NOT_FOUND);

    if (room->handlers) {
        room->handlers->removed(room->data);
    }
}
