
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The rooms of the installation as Redis has them, whether or not this worker
 * has members there: for the server API.  Rooms that are made here end by
 * themselves; those of the REST API never do.
 *
 * Every question is one script.  The functions answer NULL and never call the
 * handler if Redis is away, there is no memory, or the id is no room's; the
 * handler turns what it gets into an answer with the functions below.
 */


#ifndef NGX_RTC_SFU_ROOMS_H_INCLUDED
#define NGX_RTC_SFU_ROOMS_H_INCLUDED


#include "livekit.pb-c.h"
#include "ngx_rtc_sfu_registry.h"


#define NGX_RTC_SFU_MAX_ROOM_METADATA  65536    /* bytes */
#define NGX_RTC_SFU_ROOMS_AT_ONCE      50       /* of one answer */
#define NGX_RTC_SFU_MEMBERS_AT_ONCE    2000     /* .. about: rooms are whole */


/* makes the room of the ticket, or changes what it says of one that exists */

ngx_rtc_redis_call_t *ngx_rtc_sfu_rooms_create(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *id, const ngx_rtc_sfu_ticket_t *ticket,
    ngx_rtc_redis_handler_pt handler, void *data);

/* ends it: its members are told that it was deleted */

ngx_rtc_redis_call_t *ngx_rtc_sfu_rooms_delete(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *id, ngx_rtc_redis_handler_pt handler, void *data);

ngx_rtc_redis_call_t *ngx_rtc_sfu_rooms_set_metadata(
    ngx_rtc_sfu_registry_t *reg, const ngx_str_t *id,
    const ngx_str_t *metadata, ngx_rtc_redis_handler_pt handler, void *data);

/*
 * The newest of those below a score ("+inf" at first), or those of names: a
 * JSON array of at most NGX_RTC_SFU_ROOMS_AT_ONCE.
 */

ngx_rtc_redis_call_t *ngx_rtc_sfu_rooms_list(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *names, const ngx_str_t *below,
    ngx_rtc_redis_handler_pt handler, void *data);

/*
 * The members of a room, or with an identity just that one.  "valid" revokes
 * its tokens that were issued before (Unix seconds), 0: none.
 */

ngx_rtc_redis_call_t *ngx_rtc_sfu_rooms_members(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *id, const ngx_str_t *identity, uint64_t valid,
    ngx_rtc_redis_handler_pt handler, void *data);


/* NGX_OK, NGX_RTC_SFU_JOIN_NOT_FOUND, NGX_AGAIN: Redis is away, NGX_ERROR */

ngx_int_t ngx_rtc_sfu_rooms_answer(ngx_rtc_sfu_registry_t *reg, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);

/* element 1 of create and set_metadata, elements from 2 on of list */

Livekit__Room *ngx_rtc_sfu_rooms_describe(ngx_pool_t *pool,
    const ngx_rtc_redis_reply_t *reply);

/*
 * Element 1 of list: below which score to go on, or how many of the names were
 * looked at; empty at the end
 */

ngx_str_t ngx_rtc_sfu_rooms_next(const ngx_rtc_redis_reply_t *reply);

/*
 * An element of members: from 1 on with all, 2 with one identity, whose sid is
 * element 1.  wid points into the reply.
 */

Livekit__Member *ngx_rtc_sfu_rooms_member(ngx_pool_t *pool,
    const ngx_rtc_redis_reply_t *reply, ngx_str_t *wid);


#endif /* NGX_RTC_SFU_ROOMS_H_INCLUDED */
