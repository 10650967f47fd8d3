
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_left.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_update.h"
#include "ngx_rtc_sfu_worker.h"


/* ms that a change may wait: so many, and more for each member */

#define NGX_RTC_SFU_UPDATE_DELAY   100
#define NGX_RTC_SFU_UPDATE_GROWTH  3
#define NGX_RTC_SFU_UPDATE_MAX     3000

#define NGX_RTC_SFU_UPDATE_SIZE    65536        /* bytes of infos in one */

/*
 * A message of a few bytes tells everybody all of a member: bytes of its info
 * that may do so in a ms, and for how many ms at once.  What changes faster is
 * told later, and once.
 */

#define NGX_RTC_SFU_UPDATE_RATE    128
#define NGX_RTC_SFU_UPDATE_BURST   4000


static void ngx_rtc_sfu_update_pay(ngx_rtc_sfu_member_t *member);
static void ngx_rtc_sfu_update_later(ngx_rtc_sfu_room_t *room);
static void ngx_rtc_sfu_update_event(ngx_event_t *ev);
static void ngx_rtc_sfu_update_flush(ngx_rtc_sfu_room_t *room);
static ngx_int_t ngx_rtc_sfu_update_collect(ngx_rtc_sfu_room_t *room,
    ngx_array_t *infos);
static void ngx_rtc_sfu_update_send(ngx_rtc_sfu_room_t *room,
    ngx_pool_t *pool, const ngx_str_t *infos, ngx_uint_t n,
    ngx_rtc_sfu_participant_t *except);


void
ngx_rtc_sfu_update_init(ngx_rtc_sfu_room_t *room)
{
    ngx_queue_init(&room->changed);

    room->update.handler = ngx_rtc_sfu_update_event;
    room->update.data = &room->ident;
    room->update.log = room->worker->log;
    room->update.cancelable = 1;
}


void
ngx_rtc_sfu_update_stop(ngx_rtc_sfu_room_t *room)
{
    if (room->update.timer_set) {
        ngx_del_timer(&room->update);
    }

    if (room->left_pool) {
        ngx_destroy_pool(room->left_pool);
        room->left_pool = NULL;
    }
}


void
ngx_rtc_sfu_update_self(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member)
{
    ngx_str_t    packed;
    ngx_pool_t  *pool;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, room->worker->log);
    if (pool == NULL) {
        return;
    }

    if (ngx_rtc_sfu_signal_pack_update(pool, &member->info, 1, &packed)
        == NGX_OK)
    {
        ngx_rtc_sfu_participant_send_packed(member->participant, &packed);
    }

    ngx_destroy_pool(pool);
}


void
ngx_rtc_sfu_update_member(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member)
{
    ngx_pool_t  *pool;

    if (member->hidden || ngx_queue_empty(&room->participants)) {
        return;
    }

    if (!member->publishes || !ngx_rtc_sfu_update_is_due(member)) {

        if (!member->changed) {
            member->changed = 1;
            ngx_queue_insert_tail(&room->changed, &member->by_change);
        }

        ngx_rtc_sfu_update_later(room);
        return;
    }

    /* what waited is the same by now */

    if (member->changed) {
        member->changed = 0;
        ngx_queue_remove(&member->by_change);
    }

    ngx_rtc_sfu_update_pay(member);

    /* what happened before is told before */

    ngx_rtc_sfu_update_flush(room);

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, room->worker->log);
    if (pool == NULL) {
        return;
    }

    /* the publisher knows; an echo could be late and undo its next change */

    ngx_rtc_sfu_update_send(room, pool, &member->info, 1, member->participant);

    ngx_destroy_pool(pool);
}


ngx_uint_t
ngx_rtc_sfu_update_is_due(const ngx_rtc_sfu_member_t *member)
{
    return (ngx_msec_int_t) (member->paid - ngx_current_msec)
           < NGX_RTC_SFU_UPDATE_BURST;
}


static void
ngx_rtc_sfu_update_pay(ngx_rtc_sfu_member_t *member)
{
    if ((ngx_msec_int_t) (member->paid - ngx_current_msec) < 0) {
        member->paid = ngx_current_msec;
    }

    member->paid += 1 + member->info.len / NGX_RTC_SFU_UPDATE_RATE;
}


void
ngx_rtc_sfu_update_left(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, ngx_uint_t reason)
{
    ngx_str_t  *info;

    if (member->changed) {
        member->changed = 0;
        ngx_queue_remove(&member->by_change);
    }

    if (member->hidden || ngx_queue_empty(&room->participants)) {
        return;
    }

    ngx_rtc_sfu_left_add(room, member, reason);

    if (room->left_pool == NULL) {
        room->left_pool = ngx_create_pool(1024, room->worker->log);
        if (room->left_pool == NULL) {
            return;
        }

        room->left = ngx_array_create(room->left_pool, 8, sizeof(ngx_str_t));
        if (room->left == NULL) {
            goto failed;
        }
    }

    info = ngx_array_push(room->left);
    if (info == NULL) {
        return;
    }

    if (ngx_rtc_sfu_info_left(room->left_pool, &member->info, reason, info)
        != NGX_OK)
    {
        room->left->nelts--;
        return;
    }

    if (member->publishes) {
        ngx_rtc_sfu_update_flush(room);

    } else {
        ngx_rtc_sfu_update_later(room);
    }

    return;

failed:

    ngx_destroy_pool(room->left_pool);
    room->left_pool = NULL;
}


static void
ngx_rtc_sfu_update_later(ngx_rtc_sfu_room_t *room)
{
    ngx_msec_t  delay;

    if (room->update.timer_set) {
        return;
    }

    delay = NGX_RTC_SFU_UPDATE_DELAY
            + room->nmembers * NGX_RTC_SFU_UPDATE_GROWTH;

    ngx_add_timer(&room->update, ngx_min(delay, NGX_RTC_SFU_UPDATE_MAX));
}


static void
ngx_rtc_sfu_update_event(ngx_event_t *ev)
{
    ngx_rtc_sfu_update_flush(ngx_rtc_ident_data(ev));
}


/* who left comes first: it may have made place for who came */

static void
ngx_rtc_sfu_update_flush(ngx_rtc_sfu_room_t *room)
{
    ngx_pool_t   *pool;
    ngx_array_t   infos;

    if (room->update.timer_set) {
        ngx_del_timer(&room->update);
    }

    if (room->left_pool == NULL && ngx_queue_empty(&room->changed)) {
        return;
    }

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, room->worker->log);
    if (pool == NULL) {
        ngx_rtc_sfu_update_later(room);
        return;
    }

    if (ngx_array_init(&infos, pool, 16, sizeof(ngx_str_t)) == NGX_OK
        && ngx_rtc_sfu_update_collect(room, &infos) == NGX_OK)
    {
        ngx_rtc_sfu_update_all(room, pool, &infos, NULL);
    }

    if (room->left_pool) {
        ngx_destroy_pool(room->left_pool);
        room->left_pool = NULL;
    }

    ngx_destroy_pool(pool);

    if (!ngx_queue_empty(&room->changed)) {
        ngx_rtc_sfu_update_later(room);
    }
}


void
ngx_rtc_sfu_update_all(ngx_rtc_sfu_room_t *room, ngx_pool_t *pool,
    const ngx_array_t *infos, ngx_rtc_sfu_participant_t *to)
{
    size_t       size;
    ngx_str_t   *info, packed;
    ngx_uint_t   i, first;

    info = infos->elts;
    first = 0;
    size = 0;

    for (i = 0; i < infos->nelts; i++) {
        size += info[i].len;

        if (size <= NGX_RTC_SFU_UPDATE_SIZE && i < infos->nelts - 1) {
            continue;
        }

        if (to == NULL) {
            ngx_rtc_sfu_update_send(room, pool, &info[first], i + 1 - first,
                                    NULL);

        } else if (ngx_rtc_sfu_signal_pack_update(pool, &info[first],
                                                  i + 1 - first, &packed)
                   == NGX_OK)
        {
            ngx_rtc_sfu_participant_send_packed(to, &packed);
        }

        first = i + 1;
        size = 0;
    }
}


static ngx_int_t
ngx_rtc_sfu_update_collect(ngx_rtc_sfu_room_t *room, ngx_array_t *infos)
{
    ngx_str_t             *info;
    ngx_queue_t           *q, *next;
    ngx_rtc_sfu_member_t  *member;

    if (room->left_pool && room->left->nelts) {
        info = ngx_array_push_n(infos, room->left->nelts);
        if (info == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(info, room->left->elts,
                   room->left->nelts * sizeof(ngx_str_t));
    }

    for (q = ngx_queue_head(&room->changed);
         q != ngx_queue_sentinel(&room->changed);
         q = next)
    {
        next = ngx_queue_next(q);

        member = ngx_queue_data(q, ngx_rtc_sfu_member_t, by_change);

        if (!ngx_rtc_sfu_update_is_due(member)) {
            continue;
        }

        info = ngx_array_push(infos);
        if (info == NULL) {
            return NGX_ERROR;
        }

        *info = member->info;

        ngx_queue_remove(q);
        member->changed = 0;

        ngx_rtc_sfu_update_pay(member);
    }

    return NGX_OK;
}


static void
ngx_rtc_sfu_update_send(ngx_rtc_sfu_room_t *room, ngx_pool_t *pool,
    const ngx_str_t *infos, ngx_uint_t n, ngx_rtc_sfu_participant_t *except)
{
    ngx_str_t  packed;

    if (ngx_rtc_sfu_signal_pack_update(pool, infos, n, &packed) == NGX_OK) {
        ngx_rtc_sfu_room_broadcast(room, &packed, except);
    }
}
