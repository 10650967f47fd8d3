
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The registry of a worker: its own key, the keys of the other workers whose
 * members it sees, and what the scripts have in common.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "rtc_crypto.h"
#include "ngx_rtc_sfu_registry_internal.h"
#include "ngx_rtc_common_lua.h"
#include "ngx_rtc_sfu_lua.h"


struct ngx_rtc_sfu_registry_lookup_s {
    ngx_queue_t                 queue;
    ngx_rtc_sfu_registry_t     *registry;
    ngx_rtc_redis_call_t       *call;
    ngx_rtc_sfu_join_pt         handler;
    void                       *data;
};


static void ngx_rtc_sfu_registry_state_handler(void *data, ngx_uint_t up);
static void ngx_rtc_sfu_registry_heartbeat_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_registry_announce(ngx_rtc_sfu_registry_t *reg);
static void ngx_rtc_sfu_registry_goodbye(ngx_rtc_sfu_registry_t *reg);
static void ngx_rtc_sfu_registry_ask(ngx_rtc_sfu_registry_t *reg);
static void ngx_rtc_sfu_registry_collect(ngx_rtc_sfu_registry_t *reg);
static void ngx_rtc_sfu_registry_add_worker(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *wid);
static void ngx_rtc_sfu_registry_alive_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_registry_prune(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *wid);
static void ngx_rtc_sfu_registry_lookup_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);


#define NGX_RTC_SFU_LUA_BASE                                                  \
    NGX_RTC_COMMON_LUA_RECORD NGX_RTC_SFU_LUA_MEMBERS

/* in the order of ngx_rtc_sfu_script_e */

static const ngx_str_t  ngx_rtc_sfu_sources[NGX_RTC_SFU_SCRIPTS] = {
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_ROOMS
               NGX_RTC_SFU_LUA_JOIN),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_RESTORE),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_UPDATE),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_LEAVE),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_READ),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_PRUNE),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_ROOMS
               NGX_RTC_SFU_LUA_LOOKUP),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_ROOMS
               NGX_RTC_SFU_LUA_ROOM_CREATE),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_ROOMS
               NGX_RTC_SFU_LUA_ROOM_LIST),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_ROOMS
               NGX_RTC_SFU_LUA_ROOM_DELETE),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_ROOMS
               NGX_RTC_SFU_LUA_ROOM_METADATA),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_ROOM_MEMBERS),
    ngx_string(NGX_RTC_SFU_LUA_BASE NGX_RTC_SFU_LUA_ROOMS
               NGX_RTC_SFU_LUA_ROOM_EXPIRE)
};


static const struct {
    ngx_str_t   word;
    ngx_int_t   rc;
} ngx_rtc_sfu_answers[] = {

    { ngx_string("OK"), NGX_OK },
    { ngx_string("GONE"), NGX_DECLINED },
    { ngx_string("NOT_FOUND"), NGX_RTC_SFU_JOIN_NOT_FOUND },
    { ngx_string("CLOSED"), NGX_RTC_SFU_JOIN_CLOSED },
    { ngx_string("FULL"), NGX_RTC_SFU_JOIN_FULL },
    { ngx_string("TAKEN"), NGX_RTC_SFU_JOIN_TAKEN },
    { ngx_string("REVOKED"), NGX_RTC_SFU_JOIN_REVOKED },

    { ngx_null_string, 0 }
};


ngx_rtc_sfu_registry_t *
ngx_rtc_sfu_registry_create(ngx_rtc_redis_t *redis, ngx_rtc_redis_t *store,
    ngx_log_t *log)
{
    u_char                   id[NGX_RTC_SFU_WID_LEN / 2];
    ngx_uint_t               i;
    ngx_rtc_sfu_registry_t  *reg;

    if (rtc_random(id, sizeof(id)) != RTC_OK) {
        ngx_log_error(NGX_LOG_CRIT, log, 0, "sfu: no random bytes");
        return NULL;
    }

    reg = ngx_calloc(sizeof(ngx_rtc_sfu_registry_t), log);
    if (reg == NULL) {
        return NULL;
    }

    reg->redis = redis;
    reg->store = store;
    reg->log = log;

    reg->wid.data = reg->wid_text;
    reg->wid.len = NGX_RTC_SFU_WID_LEN;
    ngx_hex_dump(reg->wid_text, id, sizeof(id));

    for (i = 0; i < NGX_RTC_SFU_SCRIPTS; i++) {
        ngx_rtc_redis_script_init(&reg->scripts[i], &ngx_rtc_sfu_sources[i]);
    }

    ngx_queue_init(&reg->rooms);
    ngx_queue_init(&reg->lookups);
    ngx_rbtree_init(&reg->ids, &reg->sentinel, ngx_str_rbtree_insert_value);

    reg->dummy.fd = (ngx_socket_t) -1;
    reg->dummy.data = reg;
    reg->heartbeat.data = &reg->dummy;
    reg->heartbeat.handler = ngx_rtc_sfu_registry_heartbeat_handler;
    reg->heartbeat.log = log;
    reg->heartbeat.cancelable = 1;

    ngx_add_timer(&reg->heartbeat, NGX_RTC_SFU_HEARTBEAT);

    ngx_rtc_redis_set_state_handler(redis, ngx_rtc_sfu_registry_state_handler,
                                    reg);

    if (ngx_rtc_redis_is_up(redis)) {
        ngx_rtc_sfu_registry_state_handler(reg, 1);
    }

    return reg;
}


void
ngx_rtc_sfu_registry_destroy(ngx_rtc_sfu_registry_t *reg)
{
    ngx_queue_t                    *q;
    ngx_rtc_sfu_registry_room_t    *room;
    ngx_rtc_sfu_registry_lookup_t  *lookup;

    ngx_rtc_redis_set_state_handler(reg->redis, NULL, NULL);

    if (reg->heartbeat.timer_set) {
        ngx_del_timer(&reg->heartbeat);
    }

    while (!ngx_queue_empty(&reg->lookups)) {
        q = ngx_queue_head(&reg->lookups);
        lookup = ngx_queue_data(q, ngx_rtc_sfu_registry_lookup_t, queue);
        ngx_rtc_sfu_registry_lookup_cancel(lookup);
    }

    while (!ngx_queue_empty(&reg->rooms)) {
        q = ngx_queue_head(&reg->rooms);
        room = ngx_queue_data(q, ngx_rtc_sfu_registry_room_t, queue);
        ngx_rtc_sfu_registry_room_free(room);
    }

    if (reg->wishing) {
        ngx_rtc_redis_cancel(reg->wishing);
    }

    if (reg->asking) {
        ngx_rtc_redis_cancel(reg->asking);
    }

    ngx_rtc_sfu_registry_goodbye(reg);

    if (reg->addresses.data) {
        ngx_free(reg->addresses.data);
    }

    ngx_free(reg);
}


const ngx_str_t *
ngx_rtc_sfu_registry_wid(ngx_rtc_sfu_registry_t *reg)
{
    return &reg->wid;
}


ngx_int_t
ngx_rtc_sfu_registry_set_addresses(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *json)
{
    ngx_str_t  copy;

    copy = ngx_rtc_sfu_str_copy(json, reg->log);
    if (copy.data == NULL) {
        return NGX_ERROR;
    }

    if (reg->addresses.data) {
        ngx_free(reg->addresses.data);
    }

    reg->addresses = copy;

    ngx_rtc_sfu_registry_announce(reg);

    return NGX_OK;
}


/* pub/sub confirms its channels on its own, and has the rooms read then */

static void
ngx_rtc_sfu_registry_state_handler(void *data, ngx_uint_t up)
{
    ngx_rtc_sfu_registry_t *reg = data;

    ngx_queue_t                  *q;
    ngx_rtc_sfu_registry_room_t  *room;

    reg->up = up;

    if (!up) {
        return;
    }

    reg->up_since = ngx_current_msec;

    ngx_rtc_sfu_registry_announce(reg);

    for (q = ngx_queue_head(&reg->rooms);
         q != ngx_queue_sentinel(&reg->rooms);
         q = ngx_queue_next(q))
    {
        room = ngx_queue_data(q, ngx_rtc_sfu_registry_room_t, queue);
        ngx_rtc_sfu_registry_room_sync(room);
    }
}


static void
ngx_rtc_sfu_registry_heartbeat_handler(ngx_event_t *ev)
{
    ngx_queue_t                  *q;
    ngx_connection_t             *c;
    ngx_rtc_sfu_registry_t       *reg;
    ngx_rtc_sfu_registry_room_t  *room;

    c = ev->data;
    reg = c->data;

    ngx_add_timer(&reg->heartbeat, NGX_RTC_SFU_HEARTBEAT);

    if (!reg->up) {
        return;
    }

    ngx_rtc_sfu_registry_announce(reg);

    for (q = ngx_queue_head(&reg->rooms);
         q != ngx_queue_sentinel(&reg->rooms);
         q = ngx_queue_next(q))
    {
        room = ngx_queue_data(q, ngx_rtc_sfu_registry_room_t, queue);

        if (room->regressed && ngx_rtc_sfu_registry_may_prune(reg)) {

            /* whoever is not back by now, is not coming back */

            room->regressed = 0;
            ngx_rtc_sfu_registry_room_reread(room);
            continue;
        }

        ngx_rtc_sfu_registry_room_sync(room);
    }

    ngx_rtc_sfu_registry_ask(reg);
    ngx_rtc_sfu_registry_expire(reg);
}


static void
ngx_rtc_sfu_registry_announce(ngx_rtc_sfu_registry_t *reg)
{
    u_char     key[sizeof(RTC_KEY_WORKER) + NGX_RTC_SFU_WID_LEN];
    u_char     ttl[NGX_INT_T_LEN];
    ngx_str_t  args[5];

    if (!reg->up) {
        return;
    }

    ngx_str_set(&args[0], "SET");
    args[1].data = key;
    args[1].len = ngx_sprintf(key, RTC_KEY_WORKER "%V", &reg->wid) - key;
    args[2] = reg->addresses;
    ngx_str_set(&args[3], "PX");
    args[4].data = ttl;
    args[4].len = ngx_sprintf(ttl, "%d", NGX_RTC_SFU_WORKER_TTL) - ttl;

    (void) ngx_rtc_redis_command(reg->redis, 5, args,
                                 ngx_rtc_sfu_registry_ignore, reg);
}


static void
ngx_rtc_sfu_registry_goodbye(ngx_rtc_sfu_registry_t *reg)
{
    u_char                 key[sizeof(RTC_KEY_WORKER) + NGX_RTC_SFU_WID_LEN];
    ngx_str_t              args[2];
    ngx_rtc_redis_call_t  *call;

    ngx_str_set(&args[0], "DEL");
    args[1].data = key;
    args[1].len = ngx_sprintf(key, RTC_KEY_WORKER "%V", &reg->wid) - key;

    call = ngx_rtc_redis_command(reg->redis, 2, args,
                                 ngx_rtc_sfu_registry_ignore, NULL);
    if (call) {
        ngx_rtc_redis_cancel(call);
    }
}


void
ngx_rtc_sfu_registry_ignore(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    /* what it was for is repeated with the next heartbeat */
}


ngx_uint_t
ngx_rtc_sfu_registry_may_prune(ngx_rtc_sfu_registry_t *reg)
{
    return reg->up
           && (ngx_msec_int_t) (ngx_current_msec - reg->up_since)
              >= NGX_RTC_SFU_WORKER_TTL;
}


static void
ngx_rtc_sfu_registry_ask(ngx_rtc_sfu_registry_t *reg)
{
    u_char       keys[NGX_RTC_SFU_MAX_WORKERS]
                     [sizeof(RTC_KEY_WORKER) + RTC_EVENT_MAX_WORD];
    ngx_str_t    args[NGX_RTC_SFU_MAX_WORKERS + 1];
    ngx_uint_t   i;

    if (reg->asking || !ngx_rtc_sfu_registry_may_prune(reg)) {
        return;
    }

    ngx_rtc_sfu_registry_collect(reg);

    if (reg->nworkers == 0) {
        return;
    }

    ngx_str_set(&args[0], "MGET");

    for (i = 0; i < reg->nworkers; i++) {
        args[i + 1].data = keys[i];
        args[i + 1].len = ngx_sprintf(keys[i], RTC_KEY_WORKER "%*s",
                                      reg->workers[i].len,
                                      reg->workers[i].wid)
                          - keys[i];
    }

    reg->asking = ngx_rtc_redis_command(reg->redis, reg->nworkers + 1, args,
                                        ngx_rtc_sfu_registry_alive_handler,
                                        reg);
}


static void
ngx_rtc_sfu_registry_collect(ngx_rtc_sfu_registry_t *reg)
{
    ngx_queue_t                  *q, *e;
    ngx_rtc_sfu_replica_t        *entry;
    ngx_rtc_sfu_registry_room_t  *room;

    reg->nworkers = 0;

    for (q = ngx_queue_head(&reg->rooms);
         q != ngx_queue_sentinel(&reg->rooms);
         q = ngx_queue_next(q))
    {
        room = ngx_queue_data(q, ngx_rtc_sfu_registry_room_t, queue);

        for (e = ngx_queue_head(&room->entries);
             e != ngx_queue_sentinel(&room->entries);
             e = ngx_queue_next(e))
        {
            entry = ngx_queue_data(e, ngx_rtc_sfu_replica_t, queue);

            if (!ngx_rtc_sfu_str_eq(&entry->wid, &reg->wid)) {
                ngx_rtc_sfu_registry_add_worker(reg, &entry->wid);
            }
        }
    }
}


/* workers beyond the limit wait until the dead ones before them are gone */

static void
ngx_rtc_sfu_registry_add_worker(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *wid)
{
    ngx_uint_t                i;
    ngx_rtc_sfu_worker_id_t  *w;

    for (i = 0; i < reg->nworkers; i++) {
        w = &reg->workers[i];

        if (w->len == wid->len && ngx_memcmp(w->wid, wid->data, w->len) == 0) {
            return;
        }
    }

    if (reg->nworkers == NGX_RTC_SFU_MAX_WORKERS) {
        return;
    }

    w = &reg->workers[reg->nworkers++];
    w->len = wid->len;
    ngx_memcpy(w->wid, wid->data, wid->len);
}


static void
ngx_rtc_sfu_registry_alive_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_registry_t *reg = data;

    ngx_str_t   wid;
    ngx_uint_t  i;

    reg->asking = NULL;

    if (rc != NGX_OK || ngx_rtc_redis_reply_nelts(reply) != reg->nworkers) {
        return;
    }

    for (i = 0; i < reg->nworkers; i++) {
        if (ngx_rtc_redis_reply_is_nil(ngx_rtc_redis_reply_elt(reply, i))) {
            wid.data = reg->workers[i].wid;
            wid.len = reg->workers[i].len;

            ngx_rtc_sfu_registry_prune(reg, &wid);
        }
    }
}


ngx_rtc_redis_call_t *
ngx_rtc_sfu_registry_ask_worker(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *wid, ngx_rtc_redis_handler_pt handler, void *data)
{
    u_char     key[sizeof(RTC_KEY_WORKER) + RTC_EVENT_MAX_WORD];
    ngx_str_t  args[2];

    if (wid->len > RTC_EVENT_MAX_WORD) {
        return NULL;
    }

    ngx_str_set(&args[0], "GET");
    args[1].data = key;
    args[1].len = ngx_sprintf(key, RTC_KEY_WORKER "%V", wid) - key;

    return ngx_rtc_redis_command(reg->redis, 2, args, handler, data);
}


void
ngx_rtc_sfu_registry_worker_gone(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *wid)
{
    u_char                 key[sizeof(RTC_KEY_WORKER) + RTC_EVENT_MAX_WORD];
    ngx_str_t              args[2];
    ngx_rtc_redis_call_t  *call;

    if (!reg->up || wid->len > RTC_EVENT_MAX_WORD) {

        /* its key will have expired when Redis is back */

        return;
    }

    ngx_str_set(&args[0], "DEL");
    args[1].data = key;
    args[1].len = ngx_sprintf(key, RTC_KEY_WORKER "%V", wid) - key;

    call = ngx_rtc_redis_command(reg->redis, 2, args,
                                 ngx_rtc_sfu_registry_ignore, NULL);
    if (call) {
        ngx_rtc_redis_cancel(call);
    }

    ngx_rtc_sfu_registry_prune(reg, wid);
}


/* in each room with members of it; the script looks once more */

static void
ngx_rtc_sfu_registry_prune(ngx_rtc_sfu_registry_t *reg, const ngx_str_t *wid)
{
    ngx_queue_t                  *q, *e;
    ngx_rtc_redis_call_t         *call;
    ngx_rtc_sfu_replica_t        *entry;
    ngx_rtc_sfu_registry_room_t  *room;

    ngx_log_error(NGX_LOG_NOTICE, reg->log, 0,
                  "sfu: worker is gone, its members leave, wid:%V", wid);

    for (q = ngx_queue_head(&reg->rooms);
         q != ngx_queue_sentinel(&reg->rooms);
         q = ngx_queue_next(q))
    {
        room = ngx_queue_data(q, ngx_rtc_sfu_registry_room_t, queue);

        for (e = ngx_queue_head(&room->entries);
             e != ngx_queue_sentinel(&room->entries);
             e = ngx_queue_next(e))
        {
            entry = ngx_queue_data(e, ngx_rtc_sfu_replica_t, queue);

            if (!ngx_rtc_sfu_str_eq(&entry->wid, wid)) {
                continue;
            }

            call = ngx_rtc_sfu_registry_script(reg, NGX_RTC_SFU_SCRIPT_PRUNE,
                                               &room->keys, 1, &reg->wid,
                                               ngx_rtc_sfu_registry_ignore,
                                               NULL);
            if (call) {
                ngx_rtc_redis_cancel(call);
            }

            break;
        }
    }
}


ngx_rtc_sfu_registry_lookup_t *
ngx_rtc_sfu_registry_lookup(ngx_rtc_sfu_registry_t *reg, const ngx_str_t *id,
    const ngx_str_t *identity, const ngx_str_t *sid,
    const ngx_rtc_sfu_ticket_t *ticket, ngx_rtc_sfu_join_pt handler,
    void *data)
{
    u_char                          issued[NGX_INT64_LEN];
    ngx_str_t                       args[7];
    ngx_rtc_sfu_keys_t              keys;
    ngx_rtc_sfu_registry_lookup_t  *lookup;

    if (ngx_rtc_sfu_keys_create(&keys, id, reg->log) != NGX_OK) {
        return NULL;
    }

    lookup = ngx_calloc(sizeof(ngx_rtc_sfu_registry_lookup_t), reg->log);
    if (lookup == NULL) {
        goto done;
    }

    args[0] = reg->wid;
    args[1] = *identity;
    args[2] = ngx_rtc_sfu_registry_flag(ngx_rtc_sfu_registry_may_prune(reg));
    args[3].data = issued;
    args[3].len = ngx_sprintf(issued, "%uL", ticket->issued) - issued;
    args[4] = ngx_rtc_sfu_registry_flag(ticket->create);
    args[5] = *sid;
    args[6] = ticket->first;

    lookup->registry = reg;
    lookup->handler = handler;
    lookup->data = data;
    lookup->call = ngx_rtc_sfu_registry_script(reg, NGX_RTC_SFU_SCRIPT_LOOKUP,
                                           &keys, 7, args,
                                           ngx_rtc_sfu_registry_lookup_handler,
                                           lookup);
    if (lookup->call == NULL) {
        ngx_free(lookup);
        lookup = NULL;
        goto done;
    }

    ngx_queue_insert_tail(&reg->lookups, &lookup->queue);

done:

    ngx_free(keys.elts[0].data);

    return lookup;
}


void
ngx_rtc_sfu_registry_lookup_cancel(ngx_rtc_sfu_registry_lookup_t *lookup)
{
    ngx_rtc_redis_cancel(lookup->call);
    ngx_queue_remove(&lookup->queue);
    ngx_free(lookup);
}


static void
ngx_rtc_sfu_registry_lookup_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_registry_lookup_t *lookup = data;

    void                 *owner;
    ngx_rtc_sfu_join_pt   handler;

    rc = ngx_rtc_sfu_registry_answer(lookup->registry, rc, reply);

    handler = lookup->handler;
    owner = lookup->data;

    ngx_queue_remove(&lookup->queue);
    ngx_free(lookup);

    handler(owner, rc);
}


ngx_int_t
ngx_rtc_sfu_keys_create(ngx_rtc_sfu_keys_t *keys, const ngx_str_t *id,
    ngx_log_t *log)
{
    u_char      *p;
    ngx_uint_t   i, guard;

    static const ngx_str_t  suffixes[] = {
        ngx_string(""),
        ngx_string(RTC_KEY_ROOM_REV),
        ngx_string(RTC_KEY_ROOM_MEMBERS),
        ngx_string(RTC_KEY_ROOM_IDENTITIES),
        ngx_string(RTC_KEY_ROOM_REVOKED)
    };

    if (id->len == 0 || id->len > NGX_RTC_SFU_MAX_ROOM_ID) {
        return NGX_DECLINED;
    }

    p = ngx_alloc(rtc_nelts(suffixes)
                  * (sizeof(RTC_KEY_ROOM) + id->len
                     + sizeof(RTC_KEY_ROOM_IDENTITIES)),
                  log);
    if (p == NULL) {
        return NGX_ERROR;
    }

    guard = rtc_key_room_guard(id->data, id->len);

    for (i = 0; i < rtc_nelts(suffixes); i++) {
        keys->elts[i].data = p;

        p = ngx_cpymem(p, RTC_KEY_ROOM, sizeof(RTC_KEY_ROOM) - 1);
        p = ngx_cpymem(p, id->data, id->len);

        if (guard) {
            *p++ = ':';
        }

        p = ngx_cpymem(p, suffixes[i].data, suffixes[i].len);

        keys->elts[i].len = p - keys->elts[i].data;
    }

    ngx_str_set(&keys->elts[5], RTC_KEY_WORKER);
    ngx_str_set(&keys->elts[6], RTC_KEY_ROOMS);
    ngx_str_set(&keys->elts[7], RTC_KEY_ROOMS_SEQ);
    ngx_str_set(&keys->elts[8], RTC_KEY_ROOMS_ENDS);
    ngx_str_set(&keys->elts[9], RTC_KEY_SETTINGS);
    ngx_str_set(&keys->elts[10], RTC_KEY_WEBHOOKS);

    return NGX_OK;
}


ngx_rtc_redis_call_t *
ngx_rtc_sfu_registry_script(ngx_rtc_sfu_registry_t *reg,
    ngx_rtc_sfu_script_e script, const ngx_rtc_sfu_keys_t *keys,
    ngx_uint_t argc, const ngx_str_t *argv, ngx_rtc_redis_handler_pt handler,
    void *data)
{
    return ngx_rtc_sfu_registry_script_by(reg->redis, reg, script, keys, argc,
                                          argv, handler, data);
}


ngx_rtc_redis_call_t *
ngx_rtc_sfu_registry_script_by(ngx_rtc_redis_t *redis,
    ngx_rtc_sfu_registry_t *reg, ngx_rtc_sfu_script_e script,
    const ngx_rtc_sfu_keys_t *keys, ngx_uint_t argc, const ngx_str_t *argv,
    ngx_rtc_redis_handler_pt handler, void *data)
{
    ngx_str_t  args[NGX_RTC_SFU_SCRIPT_KEYS + NGX_RTC_SFU_SCRIPT_ARGS];

    ngx_memcpy(args, keys->elts, sizeof(keys->elts));

    if (argc) {
        ngx_memcpy(args + NGX_RTC_SFU_SCRIPT_KEYS, argv,
                   argc * sizeof(ngx_str_t));
    }

    return ngx_rtc_redis_script(redis, &reg->scripts[script],
                                NGX_RTC_SFU_SCRIPT_KEYS,
                                NGX_RTC_SFU_SCRIPT_KEYS + argc, args, handler,
                                data);
}


ngx_int_t
ngx_rtc_sfu_registry_answer(ngx_rtc_sfu_registry_t *reg, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t   word;
    ngx_uint_t  i;

    if (rc == NGX_AGAIN) {
        return rc;
    }

    if (rc == NGX_ERROR) {
        if (ngx_rtc_redis_reply_string(reply, &word) == NGX_OK) {
            ngx_log_error(NGX_LOG_ERR, reg->log, 0,
                          "sfu: script of the registry failed: %V", &word);
        }

        return rc;
    }

    if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 0), &word)
        == NGX_OK)
    {
        for (i = 0; ngx_rtc_sfu_answers[i].word.len; i++) {
            if (ngx_rtc_sfu_str_eq(&word, &ngx_rtc_sfu_answers[i].word)) {
                return ngx_rtc_sfu_answers[i].rc;
            }
        }
    }

    ngx_log_error(NGX_LOG_ERR, reg->log, 0,
                  "sfu: script of the registry answered something else");

    return NGX_ERROR;
}


ngx_str_t
ngx_rtc_sfu_registry_flag(ngx_uint_t flag)
{
    static const ngx_str_t  flags[] = { ngx_string("0"), ngx_string("1") };

    return flags[flag != 0];
}


ngx_uint_t
ngx_rtc_sfu_str_eq(const ngx_str_t *a, const ngx_str_t *b)
{
    return a->len == b->len
           && (a->len == 0 || ngx_memcmp(a->data, b->data, a->len) == 0);
}


ngx_str_t
ngx_rtc_sfu_str_copy(const ngx_str_t *s, ngx_log_t *log)
{
    ngx_str_t  copy;

    copy.len = s->len;
    copy.data = ngx_alloc(s->len ? s->len : 1, log);

    if (copy.data && s->len) {
        ngx_memcpy(copy.data, s->data, s->len);
    }

    return copy;
}
