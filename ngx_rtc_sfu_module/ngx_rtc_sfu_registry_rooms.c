
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "rtc_crypto.h"
#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_registry_internal.h"
#include "ngx_rtc_sfu_rooms.h"
#include "ngx_rtc_sfu_signal.h"


static ngx_rtc_redis_call_t *ngx_rtc_sfu_rooms_ask(
    ngx_rtc_sfu_registry_t *reg, ngx_rtc_sfu_script_e script,
    const ngx_str_t *id, ngx_uint_t argc, const ngx_str_t *argv,
    ngx_rtc_redis_handler_pt handler, void *data);


ngx_int_t
ngx_rtc_sfu_registry_room_args(const ngx_rtc_sfu_ticket_t *ticket,
    ngx_str_t *args, u_char *buf)
{
    u_char  random[8];

    if (rtc_random(random, sizeof(random)) != RTC_OK) {
        return NGX_ERROR;
    }

    args[0].data = buf;
    buf = ngx_hex_dump(buf, random, sizeof(random));
    args[0].len = buf - args[0].data;

    args[1] = ticket->metadata;

    args[2].data = buf;
    buf = ngx_sprintf(buf, "%uD", ticket->empty_timeout);
    args[2].len = buf - args[2].data;

    args[3].data = buf;
    buf = ngx_sprintf(buf, "%uD", ticket->departure_timeout);
    args[3].len = buf - args[3].data;

    args[4].data = buf;
    buf = ngx_sprintf(buf, "%uD", ticket->max_participants);
    args[4].len = buf - args[4].data;

    return NGX_OK;
}


ngx_rtc_redis_call_t *
ngx_rtc_sfu_rooms_create(ngx_rtc_sfu_registry_t *reg, const ngx_str_t *id,
    const ngx_rtc_sfu_ticket_t *ticket, ngx_rtc_redis_handler_pt handler,
    void *data)
{
    u_char     buf[NGX_RTC_SFU_ROOM_ARGS_LEN];
    ngx_str_t  args[NGX_RTC_SFU_ROOM_ARGS];

    if (ngx_rtc_sfu_registry_room_args(ticket, args, buf) != NGX_OK) {
        return NULL;
    }

    return ngx_rtc_sfu_rooms_ask(reg, NGX_RTC_SFU_SCRIPT_CREATE, id,
                                 NGX_RTC_SFU_ROOM_ARGS, args, handler, data);
}


ngx_rtc_redis_call_t *
ngx_rtc_sfu_rooms_delete(ngx_rtc_sfu_registry_t *reg, const ngx_str_t *id,
    ngx_rtc_redis_handler_pt handler, void *data)
{
    return ngx_rtc_sfu_rooms_ask(reg, NGX_RTC_SFU_SCRIPT_DELETE, id, 0, NULL,
                                 handler, data);
}


ngx_rtc_redis_call_t *
ngx_rtc_sfu_rooms_set_metadata(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *id, const ngx_str_t *metadata,
    ngx_rtc_redis_handler_pt handler, void *data)
{
    return ngx_rtc_sfu_rooms_ask(reg, NGX_RTC_SFU_SCRIPT_METADATA, id, 1,
                                 metadata, handler, data);
}


ngx_rtc_redis_call_t *
ngx_rtc_sfu_rooms_list(ngx_rtc_sfu_registry_t *reg, const ngx_str_t *names,
    const ngx_str_t *below, ngx_rtc_redis_handler_pt handler, void *data)
{
    u_char     count[NGX_INT_T_LEN], members[NGX_INT_T_LEN];
    ngx_str_t  args[4], any = ngx_string("-");

    args[0] = *names;
    args[1] = *below;
    args[2].data = count;
    args[2].len = ngx_sprintf(count, "%d", NGX_RTC_SFU_ROOMS_AT_ONCE) - count;

    args[3].data = members;
    args[3].len = ngx_sprintf(members, "%d", NGX_RTC_SFU_MEMBERS_AT_ONCE)
                  - members;

    /* the script finds its rooms by itself */

    return ngx_rtc_sfu_rooms_ask(reg, NGX_RTC_SFU_SCRIPT_LIST, &any, 4, args,
                                 handler, data);
}


ngx_rtc_redis_call_t *
ngx_rtc_sfu_rooms_members(ngx_rtc_sfu_registry_t *reg, const ngx_str_t *id,
    const ngx_str_t *identity, uint64_t valid,
    ngx_rtc_redis_handler_pt handler, void *data)
{
    u_char     time[NGX_INT64_LEN];
    ngx_str_t  args[4];

    args[0] = reg->wid;
    args[1] = ngx_rtc_sfu_registry_flag(ngx_rtc_sfu_registry_may_prune(reg));
    args[2] = *identity;
    args[3].data = time;
    args[3].len = ngx_sprintf(time, "%uL", valid) - time;

    return ngx_rtc_sfu_rooms_ask(reg, NGX_RTC_SFU_SCRIPT_MEMBERS, id, 4, args,
                                 handler, data);
}


void
ngx_rtc_sfu_registry_expire(ngx_rtc_sfu_registry_t *reg)
{
    ngx_str_t  args[2], any = ngx_string("-");

    args[0] = reg->wid;
    args[1] = ngx_rtc_sfu_registry_flag(ngx_rtc_sfu_registry_may_prune(reg));

    (void) ngx_rtc_sfu_rooms_ask(reg, NGX_RTC_SFU_SCRIPT_EXPIRE, &any, 2, args,
                                 ngx_rtc_sfu_registry_ignore, reg);
}


static ngx_rtc_redis_call_t *
ngx_rtc_sfu_rooms_ask(ngx_rtc_sfu_registry_t *reg,
    ngx_rtc_sfu_script_e script, const ngx_str_t *id, ngx_uint_t argc,
    const ngx_str_t *argv, ngx_rtc_redis_handler_pt handler, void *data)
{
    ngx_rtc_sfu_keys_t     keys;
    ngx_rtc_redis_call_t  *call;

    if (ngx_rtc_sfu_keys_create(&keys, id, reg->log) != NGX_OK) {
        return NULL;
    }

    call = ngx_rtc_sfu_registry_script_by(reg->store, reg, script, &keys, argc,
                                          argv, handler, data);
    ngx_free(keys.elts[0].data);

    return call;
}


ngx_int_t
ngx_rtc_sfu_rooms_answer(ngx_rtc_sfu_registry_t *reg, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    return ngx_rtc_sfu_registry_answer(reg, rc, reply);
}


Livekit__Room *
ngx_rtc_sfu_rooms_describe(ngx_pool_t *pool,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t                       n, publishers;
    ngx_str_t                     id;
    ngx_uint_t                    i;
    ngx_array_t                   list;
    ngx_keyval_t                 *field;
    ngx_rtc_sfu_hash_t            hash;
    const ngx_rtc_redis_reply_t  *fields;

    fields = ngx_rtc_redis_reply_elt(reply, 1);

    if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 0), &id)
        != NGX_OK
        || ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(reply, 2), &n)
           != NGX_OK
        || ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(reply, 3),
                                       &publishers)
           != NGX_OK
        || ngx_array_init(&list, pool, 24, sizeof(ngx_keyval_t)) != NGX_OK)
    {
        return NULL;
    }

    for (i = 0; i + 1 < ngx_rtc_redis_reply_nelts(fields); i += 2) {

        field = ngx_array_push(&list);

        if (field == NULL
            || ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(fields, i),
                                          &field->key)
               != NGX_OK
            || ngx_rtc_redis_reply_string(
                   ngx_rtc_redis_reply_elt(fields, i + 1), &field->value)
               != NGX_OK)
        {
            return NULL;
        }
    }

    hash.nelts = list.nelts;
    hash.elts = list.elts;

    return ngx_rtc_sfu_info_described(pool, &id, &hash, n, publishers);
}


ngx_str_t
ngx_rtc_sfu_rooms_next(const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t  next;

    if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 1), &next)
        != NGX_OK)
    {
        ngx_str_null(&next);
    }

    return next;
}


Livekit__Member *
ngx_rtc_sfu_rooms_member(ngx_pool_t *pool,
    const ngx_rtc_redis_reply_t *reply, ngx_str_t *wid)
{
    ngx_str_t         value;
    rtc_str_t         w, payload;
    Livekit__Member  *member;

    if (ngx_rtc_redis_reply_string(reply, &value) != NGX_OK
        || rtc_event_parse_member(&w, &payload, value.data, value.len)
           != RTC_OK)
    {
        return NULL;
    }

    wid->data = (u_char *) w.data;
    wid->len = w.len;

    member = ngx_rtc_sfu_signal_unpack_member(pool, payload.data, payload.len);

    return member && member->info ? member : NULL;
}
