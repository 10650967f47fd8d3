
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A local member and its writes.  At most one is on its way, so that they are
 * never reordered; what could not be written stays noted in the member, and is
 * sent when Redis is back.  A join without an answer is followed by a leave.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_sfu_registry_internal.h"


static ngx_rtc_sfu_registry_member_t *ngx_rtc_sfu_member_create(
    ngx_rtc_sfu_registry_room_t *room, const ngx_str_t *sid,
    const ngx_str_t *identity, const ngx_str_t *payload);
static void ngx_rtc_sfu_member_free(ngx_rtc_sfu_registry_member_t *m);
static void ngx_rtc_sfu_member_send_join(ngx_rtc_sfu_registry_member_t *m);
static void ngx_rtc_sfu_member_send_payload(ngx_rtc_sfu_registry_member_t *m);
static void ngx_rtc_sfu_member_send_leave(ngx_rtc_sfu_registry_member_t *m);
static void ngx_rtc_sfu_member_timer_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_member_join_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_member_join_answer(ngx_rtc_sfu_registry_member_t *m,
    ngx_int_t rc, const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_member_joined(ngx_rtc_sfu_registry_member_t *m);
static void ngx_rtc_sfu_member_unqueue(ngx_rtc_sfu_registry_member_t *m);
static void ngx_rtc_sfu_member_fail(ngx_rtc_sfu_registry_member_t *m,
    ngx_int_t rc);
static void ngx_rtc_sfu_member_refuse(ngx_rtc_sfu_registry_member_t *m,
    ngx_int_t rc);
static void ngx_rtc_sfu_member_payload_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_member_payload_answer(
    ngx_rtc_sfu_registry_member_t *m, ngx_int_t rc);
static void ngx_rtc_sfu_member_give_up(ngx_rtc_sfu_registry_member_t *m);
static void ngx_rtc_sfu_member_leave_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);


ngx_rtc_sfu_registry_member_t *
ngx_rtc_sfu_registry_join(ngx_rtc_sfu_registry_room_t *room,
    const ngx_str_t *sid, const ngx_str_t *identity, const ngx_str_t *payload,
    const ngx_rtc_sfu_ticket_t *ticket, ngx_uint_t replace,
    ngx_rtc_sfu_join_pt handler, void *data)
{
    ngx_rtc_sfu_registry_member_t  *m;

    if (!room->registry->up
        || sid->len == 0 || sid->len > NGX_RTC_SFU_MAX_SID
        || identity->len == 0 || identity->len > NGX_RTC_SFU_MAX_IDENTITY
        || payload->len > NGX_RTC_SFU_MAX_PAYLOAD
        || ngx_rtc_sfu_member_find(room, sid))
    {
        return NULL;
    }

    m = ngx_rtc_sfu_member_create(room, sid, identity, payload);
    if (m == NULL) {
        return NULL;
    }

    m->ticket = *ticket;
    m->ticket.metadata = ngx_rtc_sfu_str_copy(&ticket->metadata,
                                              room->registry->log);
    m->ticket.first = ngx_rtc_sfu_str_copy(&ticket->first,
                                           room->registry->log);

    if (m->ticket.metadata.data == NULL || m->ticket.first.data == NULL) {
        ngx_rtc_sfu_member_free(m);
        return NULL;
    }

    m->replace = replace != 0;
    m->handler = handler;
    m->data = data;

    ngx_add_timer(&m->timer, NGX_RTC_SFU_JOIN_WAIT);

    ngx_rtc_sfu_member_sync(m);

    return m;
}


ngx_int_t
ngx_rtc_sfu_registry_update(ngx_rtc_sfu_registry_member_t *m,
    const ngx_str_t *payload)
{
    ngx_str_t  copy;

    if (payload->len > NGX_RTC_SFU_MAX_PAYLOAD) {
        return NGX_ERROR;
    }

    copy = ngx_rtc_sfu_str_copy(payload, m->room->registry->log);
    if (copy.data == NULL) {
        return NGX_ERROR;
    }

    ngx_free(m->payload.data);
    m->payload = copy;

    /* a join that is not sent yet will carry it */

    m->dirty = m->state != NGX_RTC_SFU_MEMBER_WAITING;

    ngx_rtc_sfu_member_sync(m);

    return NGX_OK;
}


ngx_uint_t
ngx_rtc_sfu_registry_is_pruned(const ngx_rtc_sfu_registry_member_t *m)
{
    return m->state == NGX_RTC_SFU_MEMBER_JOINED && m->lost && m->pruned;
}


void
ngx_rtc_sfu_registry_leave(ngx_rtc_sfu_registry_member_t *m,
    ngx_uint_t reason)
{
    ngx_rtc_sfu_replica_t  *e;

    m->handler = NULL;
    m->reason = reason;

    if (m->state == NGX_RTC_SFU_MEMBER_GONE) {

        /* a failover may have brought it back */

        e = ngx_rtc_sfu_replica_find(m->room, &m->node.str);

        if (e == NULL) {
            ngx_rtc_sfu_member_free(m);
            return;
        }
    }

    if (m->state == NGX_RTC_SFU_MEMBER_WAITING) {
        ngx_rtc_sfu_member_free(m);
        return;
    }

    m->state = NGX_RTC_SFU_MEMBER_LEAVING;

    ngx_rtc_sfu_member_unqueue(m);
    ngx_rtc_sfu_member_sync(m);
}


void
ngx_rtc_sfu_member_orphan(ngx_rtc_sfu_registry_room_t *room,
    const ngx_str_t *sid)
{
    ngx_str_t                       none = ngx_null_string;
    ngx_rtc_sfu_registry_member_t  *m;

    m = ngx_rtc_sfu_member_create(room, sid, &none, &none);

    if (m) {
        m->state = NGX_RTC_SFU_MEMBER_LEAVING;
        m->reason = NGX_RTC_SFU_REASON_UNKNOWN;
        ngx_rtc_sfu_member_sync(m);
    }
}


void
ngx_rtc_sfu_member_abandon(ngx_rtc_sfu_registry_member_t *m)
{
    /* a join on its way is executed before the leave */

    if (m->call) {
        ngx_rtc_redis_cancel(m->call);
        m->call = NULL;
    }

    if (m->state != NGX_RTC_SFU_MEMBER_WAITING
        && m->state != NGX_RTC_SFU_MEMBER_GONE)
    {
        ngx_rtc_sfu_member_send_leave(m);
    }

    ngx_rtc_sfu_member_free(m);
}


static ngx_rtc_sfu_registry_member_t *
ngx_rtc_sfu_member_create(ngx_rtc_sfu_registry_room_t *room,
    const ngx_str_t *sid, const ngx_str_t *identity, const ngx_str_t *payload)
{
    u_char                         *p;
    ngx_log_t                      *log;
    ngx_rtc_sfu_registry_member_t  *m;

    log = room->registry->log;

    m = ngx_calloc(sizeof(ngx_rtc_sfu_registry_member_t) + sid->len
                   + identity->len, log);
    if (m == NULL) {
        return NULL;
    }

    m->payload = ngx_rtc_sfu_str_copy(payload, log);
    if (m->payload.data == NULL) {
        ngx_free(m);
        return NULL;
    }

    m->room = room;

    p = (u_char *) (m + 1);

    m->node.str.data = p;
    m->node.str.len = sid->len;
    p = ngx_cpymem(p, sid->data, sid->len);

    m->identity.data = p;
    m->identity.len = identity->len;

    if (identity->len) {
        ngx_memcpy(p, identity->data, identity->len);
    }

    m->dummy.fd = (ngx_socket_t) -1;
    m->dummy.data = m;
    m->timer.data = &m->dummy;
    m->timer.handler = ngx_rtc_sfu_member_timer_handler;
    m->timer.log = log;
    m->timer.cancelable = 1;

    m->node.node.key = ngx_crc32_short(sid->data, sid->len);

    ngx_rbtree_insert(&room->locals, &m->node.node);
    ngx_queue_insert_tail(&room->members, &m->queue);

    return m;
}


/* the room stays: whoever calls this holds it, or has it open */

static void
ngx_rtc_sfu_member_free(ngx_rtc_sfu_registry_member_t *m)
{
    if (m->call) {
        ngx_rtc_redis_cancel(m->call);
    }

    ngx_rtc_sfu_member_unqueue(m);

    ngx_rbtree_delete(&m->room->locals, &m->node.node);
    ngx_queue_remove(&m->queue);

    if (m->ticket.metadata.data) {
        ngx_free(m->ticket.metadata.data);
    }

    if (m->ticket.first.data) {
        ngx_free(m->ticket.first.data);
    }

    ngx_free(m->payload.data);
    ngx_free(m);
}


ngx_rtc_sfu_registry_member_t *
ngx_rtc_sfu_member_find(ngx_rtc_sfu_registry_room_t *room,
    const ngx_str_t *sid)
{
    ngx_str_t  key;

    key = *sid;

    return (ngx_rtc_sfu_registry_member_t *)
               ngx_str_rbtree_lookup(&room->locals, &key,
                                     ngx_crc32_short(key.data, key.len));
}


void
ngx_rtc_sfu_member_sync(ngx_rtc_sfu_registry_member_t *m)
{
    if (m->call || !m->room->registry->up) {
        return;
    }

    switch (m->state) {

    case NGX_RTC_SFU_MEMBER_WAITING:
        if (m->room->confirmed) {
            ngx_rtc_sfu_member_send_join(m);
        }

        return;

    case NGX_RTC_SFU_MEMBER_JOINED:
        if (m->lost || m->dirty) {
            ngx_rtc_sfu_member_send_payload(m);
        }

        return;

    case NGX_RTC_SFU_MEMBER_LEAVING:
        ngx_rtc_sfu_member_send_leave(m);
        return;

    default:
        return;
    }
}


static void
ngx_rtc_sfu_member_send_join(ngx_rtc_sfu_registry_member_t *m)
{
    u_char                   issued[NGX_INT64_LEN];
    u_char                   buf[NGX_RTC_SFU_ROOM_ARGS_LEN];
    ngx_str_t                args[9 + NGX_RTC_SFU_ROOM_ARGS];
    ngx_uint_t               n;
    ngx_rtc_sfu_registry_t  *reg;

    reg = m->room->registry;

    m->wanted = m->room->state == NGX_RTC_SFU_ROOM_EMPTY;

    args[0] = reg->wid;
    args[1] = m->node.str;
    args[2] = m->identity;
    args[3] = m->payload;
    args[4] = ngx_rtc_sfu_registry_flag(m->replace);
    args[5] = ngx_rtc_sfu_registry_flag(ngx_rtc_sfu_registry_may_prune(reg));
    args[6] = ngx_rtc_sfu_registry_flag(m->wanted);
    args[7].data = issued;
    args[7].len = ngx_sprintf(issued, "%uL", m->ticket.issued) - issued;

    args[8] = m->ticket.first;

    /* an epoch that is empty: no room is made */

    ngx_str_null(&args[9]);
    n = 10;

    if (m->ticket.create
        && ngx_rtc_sfu_registry_room_args(&m->ticket, &args[9], buf) == NGX_OK)
    {
        n = 9 + NGX_RTC_SFU_ROOM_ARGS;
    }

    m->call = ngx_rtc_sfu_registry_script(reg, NGX_RTC_SFU_SCRIPT_JOIN,
                                          &m->room->keys, n, args,
                                          ngx_rtc_sfu_member_join_handler, m);
    if (m->call) {
        m->state = NGX_RTC_SFU_MEMBER_JOINING;
        ngx_del_timer(&m->timer);
    }
}


/* an update, or the whole member if Redis has lost it */

static void
ngx_rtc_sfu_member_send_payload(ngx_rtc_sfu_registry_member_t *m)
{
    ngx_str_t   args[4];
    ngx_uint_t  n;

    n = 0;

    args[n++] = m->room->registry->wid;
    args[n++] = m->node.str;

    if (m->lost) {
        args[n++] = m->identity;
    }

    args[n++] = m->payload;

    m->call = ngx_rtc_sfu_registry_script(m->room->registry,
                                          m->lost ? NGX_RTC_SFU_SCRIPT_RESTORE
                                                  : NGX_RTC_SFU_SCRIPT_UPDATE,
                                          &m->room->keys, n, args,
                                          ngx_rtc_sfu_member_payload_handler,
                                          m);
    if (m->call) {
        m->dirty = 0;
    }
}


static void
ngx_rtc_sfu_member_send_leave(ngx_rtc_sfu_registry_member_t *m)
{
    u_char     reason[NGX_INT_T_LEN];
    ngx_str_t  args[4];

    args[0] = m->room->registry->wid;
    args[1] = m->node.str;
    args[2] = m->identity;
    args[3].data = reason;
    args[3].len = ngx_sprintf(reason, "%ui", m->reason) - reason;

    m->call = ngx_rtc_sfu_registry_script(m->room->registry,
                                          NGX_RTC_SFU_SCRIPT_LEAVE,
                                          &m->room->keys, 4, args,
                                          ngx_rtc_sfu_member_leave_handler,
                                          m);
}


/* pub/sub is away: neither a confirmation nor the join's event has come */

static void
ngx_rtc_sfu_member_timer_handler(ngx_event_t *ev)
{
    ngx_connection_t               *c;
    ngx_rtc_sfu_registry_room_t    *room;
    ngx_rtc_sfu_registry_member_t  *m;

    c = ev->data;
    m = c->data;
    room = m->room;

    ngx_rtc_sfu_registry_room_hold(room);

    if (m->state == NGX_RTC_SFU_MEMBER_WAITING) {
        ngx_rtc_sfu_member_refuse(m, NGX_AGAIN);

    } else {
        ngx_rtc_sfu_member_fail(m, NGX_AGAIN);
    }

    ngx_rtc_sfu_registry_room_release(room);
}


static void
ngx_rtc_sfu_member_join_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_registry_member_t *m = data;

    ngx_rtc_sfu_registry_room_t  *room;

    room = m->room;

    m->call = NULL;

    ngx_rtc_sfu_registry_room_hold(room);

    ngx_rtc_sfu_member_join_answer(m,
        ngx_rtc_sfu_registry_answer(room->registry, rc, reply), reply);

    ngx_rtc_sfu_registry_room_release(room);
}


static void
ngx_rtc_sfu_member_join_answer(ngx_rtc_sfu_registry_member_t *m,
    ngx_int_t rc, const ngx_rtc_redis_reply_t *reply)
{
    int64_t  rev;

    if (rc == NGX_AGAIN || rc == NGX_ERROR) {
        ngx_rtc_sfu_member_fail(m, rc);
        return;
    }

    if (rc != NGX_OK) {
        ngx_rtc_sfu_member_refuse(m, rc);
        return;
    }

    if (m->state == NGX_RTC_SFU_MEMBER_LEAVING) {
        ngx_rtc_sfu_member_sync(m);
        return;
    }

    if (ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(reply, 1), &rev)
        != NGX_OK
        || rev < 0)
    {
        ngx_rtc_sfu_member_fail(m, NGX_ERROR);
        return;
    }

    m->protocol = ngx_rtc_sfu_registry_read_protocol(reply, m->wanted ? 4 : 3);

    m->rev = rev;
    m->answering = 1;
    ngx_queue_insert_tail(&m->room->answers, &m->answer);
    ngx_add_timer(&m->timer, NGX_RTC_SFU_EVENT_WAIT);

    if (m->room->state == NGX_RTC_SFU_ROOM_EMPTY) {
        ngx_rtc_sfu_registry_room_adopt(m->room, reply);
    }

    ngx_rtc_sfu_member_answer(m->room, 0);
}


void
ngx_rtc_sfu_member_answer(ngx_rtc_sfu_registry_room_t *room, ngx_uint_t all)
{
    ngx_queue_t                    *q;
    ngx_rtc_sfu_registry_member_t  *m;

    /* revisions of answers ascend, as the scripts were executed in order */

    while (!ngx_queue_empty(&room->answers)
           && room->state == NGX_RTC_SFU_ROOM_CURRENT)
    {
        q = ngx_queue_head(&room->answers);
        m = ngx_queue_data(q, ngx_rtc_sfu_registry_member_t, answer);

        if (m->rev > room->rev && !all) {
            return;
        }

        ngx_rtc_sfu_member_joined(m);
    }
}


static void
ngx_rtc_sfu_member_joined(ngx_rtc_sfu_registry_member_t *m)
{
    ngx_rtc_sfu_member_unqueue(m);

    if (m->taken) {
        ngx_rtc_sfu_member_refuse(m, NGX_RTC_SFU_JOIN_TAKEN);
        return;
    }

    m->state = NGX_RTC_SFU_MEMBER_JOINED;

    if (ngx_rtc_sfu_replica_find(m->room, &m->node.str) == NULL) {
        ngx_rtc_sfu_member_lost(m);
    }

    ngx_rtc_sfu_member_sync(m);

    m->handler(m->data, NGX_OK);
}


void
ngx_rtc_sfu_member_refuse_all(ngx_rtc_sfu_registry_room_t *room, ngx_int_t rc)
{
    ngx_queue_t                    *q;
    ngx_rtc_sfu_registry_member_t  *m;

    while (!ngx_queue_empty(&room->answers)) {
        q = ngx_queue_head(&room->answers);
        m = ngx_queue_data(q, ngx_rtc_sfu_registry_member_t, answer);

        ngx_rtc_sfu_member_refuse(m, rc);
    }
}


static void
ngx_rtc_sfu_member_unqueue(ngx_rtc_sfu_registry_member_t *m)
{
    if (m->timer.timer_set) {
        ngx_del_timer(&m->timer);
    }

    if (m->answering) {
        m->answering = 0;
        ngx_queue_remove(&m->answer);
    }
}


/* the join may have been executed: a leave follows */

static void
ngx_rtc_sfu_member_fail(ngx_rtc_sfu_registry_member_t *m, ngx_int_t rc)
{
    void                 *data;
    ngx_rtc_sfu_join_pt   handler;

    handler = m->handler;
    data = m->data;

    if (handler) {
        m->handler = NULL;
        m->state = NGX_RTC_SFU_MEMBER_LEAVING;
        m->reason = NGX_RTC_SFU_REASON_JOIN_FAILURE;
    }

    ngx_rtc_sfu_member_unqueue(m);
    ngx_rtc_sfu_member_sync(m);

    if (handler) {
        handler(data, rc);
    }
}


/* Redis does not have it; the owner of a leaving one has been told */

static void
ngx_rtc_sfu_member_refuse(ngx_rtc_sfu_registry_member_t *m, ngx_int_t rc)
{
    void                 *data;
    ngx_rtc_sfu_join_pt   handler;

    handler = m->handler;
    data = m->data;

    ngx_rtc_sfu_member_free(m);

    if (handler) {
        handler(data, rc);
    }
}


static void
ngx_rtc_sfu_member_payload_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_registry_member_t *m = data;

    ngx_rtc_sfu_registry_room_t  *room;

    room = m->room;

    m->call = NULL;

    ngx_rtc_sfu_registry_room_hold(room);

    ngx_rtc_sfu_member_payload_answer(m,
        ngx_rtc_sfu_registry_answer(room->registry, rc, reply));

    ngx_rtc_sfu_registry_room_release(room);
}


static void
ngx_rtc_sfu_member_payload_answer(ngx_rtc_sfu_registry_member_t *m,
    ngx_int_t rc)
{
    if (m->state != NGX_RTC_SFU_MEMBER_JOINED) {
        ngx_rtc_sfu_member_sync(m);
        return;
    }

    switch (rc) {

    case NGX_OK:
        m->lost = 0;
        ngx_rtc_sfu_member_sync(m);
        return;

    case NGX_DECLINED:
    case NGX_RTC_SFU_JOIN_NOT_FOUND:
        m->dirty = 1;
        ngx_rtc_sfu_registry_room_reread(m->room);
        return;

    case NGX_RTC_SFU_JOIN_TAKEN:

        /* a member that a failover brought back is removed by its worker */

        if (m->pruned
            || (ngx_msec_int_t) (ngx_current_msec - m->lost_since)
               >= NGX_RTC_SFU_WORKER_TTL + NGX_RTC_SFU_HEARTBEAT)
        {
            ngx_rtc_sfu_member_give_up(m);
        }

        return;

    default: /* tried again with the next heartbeat, or when Redis is back */
        m->dirty = 1;
        return;
    }
}


/* another session has the identity now */

static void
ngx_rtc_sfu_member_give_up(ngx_rtc_sfu_registry_member_t *m)
{
    ngx_rtc_sfu_replica_t  *e;

    m->state = NGX_RTC_SFU_MEMBER_GONE;

    e = ngx_rtc_sfu_replica_find(m->room, &m->node.str);

    if (e) {
        ngx_rtc_sfu_replica_remove(m->room, e, NGX_RTC_SFU_REASON_DUPLICATE);
    }
}


static void
ngx_rtc_sfu_member_leave_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_registry_member_t *m = data;

    ngx_rtc_sfu_registry_room_t  *room;

    room = m->room;

    m->call = NULL;

    if (ngx_rtc_sfu_registry_answer(room->registry, rc, reply) == NGX_AGAIN) {
        return;
    }

    ngx_rtc_sfu_registry_room_hold(room);
    ngx_rtc_sfu_member_free(m);
    ngx_rtc_sfu_registry_room_release(room);
}


void
ngx_rtc_sfu_member_lost(ngx_rtc_sfu_registry_member_t *m)
{
    if (!m->lost) {
        m->lost = 1;
        m->pruned = !m->room->regressed;
        m->lost_since = ngx_current_msec;
    }
}


ngx_int_t
ngx_rtc_sfu_member_left(ngx_rtc_sfu_registry_member_t *m, ngx_uint_t reason)
{
    switch (m->state) {

    case NGX_RTC_SFU_MEMBER_JOINING:
        m->taken = 1;
        return NGX_OK;

    case NGX_RTC_SFU_MEMBER_JOINED:

        if (reason == NGX_RTC_SFU_REASON_UNKNOWN) {

            /* this worker was taken for dead */

            ngx_rtc_sfu_member_lost(m);
            ngx_rtc_sfu_member_sync(m);
            return NGX_DECLINED;
        }

        m->state = NGX_RTC_SFU_MEMBER_GONE;
        return NGX_OK;

    default:
        return NGX_OK;
    }
}
