
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Who is in a room, as Redis last said.  Only answers and events of Redis
 * change it, so that it holds still while the owner's callbacks run.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_sfu_registry_internal.h"


static void ngx_rtc_sfu_replica_free(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e);
static ngx_int_t ngx_rtc_sfu_replica_take(ngx_rtc_sfu_registry_room_t *room,
    const ngx_rtc_redis_reply_t *members);
static ngx_uint_t ngx_rtc_sfu_replica_keep(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e);
static void ngx_rtc_sfu_replica_compare(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e);


void
ngx_rtc_sfu_replica_init(ngx_rtc_sfu_registry_room_t *room)
{
    ngx_queue_init(&room->entries);
    ngx_rbtree_init(&room->sids, &room->sids_sentinel,
                    ngx_str_rbtree_insert_value);
}


void
ngx_rtc_sfu_replica_clear(ngx_rtc_sfu_registry_room_t *room)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&room->entries)) {
        q = ngx_queue_head(&room->entries);
        ngx_rtc_sfu_replica_free(room,
                             ngx_queue_data(q, ngx_rtc_sfu_replica_t, queue));
    }
}


static void
ngx_rtc_sfu_replica_free(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e)
{
    ngx_queue_remove(&e->queue);
    ngx_rbtree_delete(&room->sids, &e->node.node);
    ngx_free(e->payload.data);
    ngx_free(e);
}


ngx_rtc_sfu_replica_t *
ngx_rtc_sfu_replica_find(ngx_rtc_sfu_registry_room_t *room,
    const ngx_str_t *sid)
{
    ngx_str_t  key;

    key = *sid;

    return (ngx_rtc_sfu_replica_t *)
               ngx_str_rbtree_lookup(&room->sids, &key,
                                     ngx_crc32_short(key.data, key.len));
}


ngx_rtc_sfu_replica_t *
ngx_rtc_sfu_replica_put(ngx_rtc_sfu_registry_room_t *room,
    const ngx_str_t *sid, const ngx_str_t *wid, const ngx_str_t *payload)
{
    ngx_log_t              *log;
    ngx_str_t               copy;
    ngx_rtc_sfu_replica_t  *e;

    e = ngx_rtc_sfu_replica_find(room, sid);

    if (e && ngx_rtc_sfu_str_eq(&e->wid, wid)
        && ngx_rtc_sfu_str_eq(&e->payload, payload))
    {
        return e;
    }

    log = room->registry->log;

    copy = ngx_rtc_sfu_str_copy(payload, log);
    if (copy.data == NULL) {
        return NULL;
    }

    if (e == NULL) {
        e = ngx_calloc(sizeof(ngx_rtc_sfu_replica_t) + sid->len
                       + RTC_EVENT_MAX_WORD, log);
        if (e == NULL) {
            ngx_free(copy.data);
            return NULL;
        }

        e->wid.data = (u_char *) (e + 1);
        e->node.str.data = e->wid.data + RTC_EVENT_MAX_WORD;
        e->node.str.len = sid->len;
        ngx_memcpy(e->node.str.data, sid->data, sid->len);
        e->node.node.key = ngx_crc32_short(sid->data, sid->len);

        ngx_rbtree_insert(&room->sids, &e->node.node);
        ngx_queue_insert_tail(&room->entries, &e->queue);

    } else {
        ngx_free(e->payload.data);
    }

    e->payload = copy;
    e->wid.len = ngx_min(wid->len, RTC_EVENT_MAX_WORD);
    ngx_memcpy(e->wid.data, wid->data, e->wid.len);
    e->changed = 1;

    return e;
}


void
ngx_rtc_sfu_replica_report(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e)
{
    ngx_rtc_sfu_entry_t  entry;

    e->changed = 0;

    if (room->handlers == NULL) {
        return;
    }

    entry.sid = e->node.str;
    entry.wid = e->wid;
    entry.payload = e->payload;
    entry.own = ngx_rtc_sfu_replica_is_own(room, e);

    room->handlers->member(room->data, &entry);
}


void
ngx_rtc_sfu_replica_remove(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e, ngx_uint_t reason)
{
    ngx_rtc_sfu_entry_t  entry;

    ngx_queue_remove(&e->queue);
    ngx_rbtree_delete(&room->sids, &e->node.node);

    if (room->handlers) {
        entry.sid = e->node.str;
        entry.wid = e->wid;
        ngx_str_null(&entry.payload);
        entry.own = ngx_rtc_sfu_replica_is_own(room, e);

        room->handlers->left(room->data, &entry, reason);
    }

    ngx_free(e->payload.data);
    ngx_free(e);
}


ngx_uint_t
ngx_rtc_sfu_replica_is_own(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e)
{
    return ngx_rtc_sfu_str_eq(&e->wid, &room->registry->wid);
}


ngx_int_t
ngx_rtc_sfu_replica_adopt(ngx_rtc_sfu_registry_room_t *room,
    const ngx_rtc_redis_reply_t *members)
{
    ngx_queue_t            *q, *next;
    ngx_rtc_sfu_replica_t  *e;

    if (ngx_rtc_sfu_replica_take(room, members) != NGX_OK) {
        return NGX_ERROR;
    }

    for (q = ngx_queue_head(&room->entries);
         q != ngx_queue_sentinel(&room->entries);
         q = next)
    {
        next = ngx_queue_next(q);
        e = ngx_queue_data(q, ngx_rtc_sfu_replica_t, queue);

        if (!e->seen && !ngx_rtc_sfu_replica_keep(room, e)) {
            ngx_rtc_sfu_replica_remove(room, e, NGX_RTC_SFU_REASON_UNKNOWN);
        }
    }

    for (q = ngx_queue_head(&room->entries);
         q != ngx_queue_sentinel(&room->entries);
         q = ngx_queue_next(q))
    {
        e = ngx_queue_data(q, ngx_rtc_sfu_replica_t, queue);

        if (e->seen) {
            ngx_rtc_sfu_replica_compare(room, e);
        }

        if (e->changed) {
            ngx_rtc_sfu_replica_report(room, e);
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_replica_take(ngx_rtc_sfu_registry_room_t *room,
    const ngx_rtc_redis_reply_t *members)
{
    rtc_str_t               w, p;
    ngx_str_t               sid, value, wid, payload;
    ngx_uint_t              i, n;
    ngx_queue_t            *q;
    ngx_rtc_sfu_replica_t  *e;

    for (q = ngx_queue_head(&room->entries);
         q != ngx_queue_sentinel(&room->entries);
         q = ngx_queue_next(q))
    {
        e = ngx_queue_data(q, ngx_rtc_sfu_replica_t, queue);
        e->seen = 0;
    }

    n = ngx_rtc_redis_reply_nelts(members);

    for (i = 0; i + 1 < n; i += 2) {

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(members, i),
                                       &sid)
            != NGX_OK
            || ngx_rtc_redis_reply_string(
                   ngx_rtc_redis_reply_elt(members, i + 1), &value)
               != NGX_OK
            || sid.len == 0 || sid.len > NGX_RTC_SFU_MAX_SID
            || rtc_event_parse_member(&w, &p, value.data, value.len)
               != RTC_OK)
        {
            ngx_log_error(NGX_LOG_ERR, room->registry->log, 0,
                          "sfu: odd member in Redis, room:%V",
                          &room->node.str);
            continue;
        }

        wid.data = (u_char *) w.data;
        wid.len = w.len;
        payload.data = (u_char *) p.data;
        payload.len = p.len;

        e = ngx_rtc_sfu_replica_put(room, &sid, &wid, &payload);
        if (e == NULL) {
            return NGX_ERROR;
        }

        e->seen = 1;
    }

    return NGX_OK;
}


/*
 * A member that the snapshot does not have.  A local one is written again; if
 * Redis has lost something, the others' workers get the time to do the same.
 */

static ngx_uint_t
ngx_rtc_sfu_replica_keep(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e)
{
    ngx_rtc_sfu_registry_member_t  *m;

    if (!ngx_rtc_sfu_replica_is_own(room, e)) {
        return room->regressed
               && !ngx_rtc_sfu_registry_may_prune(room->registry);
    }

    m = ngx_rtc_sfu_member_find(room, &e->node.str);

    if (m == NULL || m->state != NGX_RTC_SFU_MEMBER_JOINED) {
        return 0;
    }

    ngx_rtc_sfu_member_lost(m);

    return 1;
}


static void
ngx_rtc_sfu_replica_compare(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e)
{
    ngx_rtc_sfu_registry_member_t  *m;

    if (!ngx_rtc_sfu_replica_is_own(room, e)) {
        return;
    }

    m = ngx_rtc_sfu_member_find(room, &e->node.str);

    if (m == NULL) {
        ngx_rtc_sfu_member_orphan(room, &e->node.str);
        return;
    }

    if (m->state == NGX_RTC_SFU_MEMBER_JOINED
        && !ngx_rtc_sfu_str_eq(&m->payload, &e->payload))
    {
        m->dirty = 1;
    }
}
