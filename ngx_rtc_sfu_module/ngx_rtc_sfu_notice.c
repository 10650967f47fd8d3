
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_notice.h"
#include "ngx_rtc_sfu_worker.h"


static void ngx_rtc_sfu_notice_event(ngx_event_t *ev);


void
ngx_rtc_sfu_notice_init(ngx_rtc_sfu_room_t *room)
{
    room->notice.handler = ngx_rtc_sfu_notice_event;
    room->notice.data = &room->ident;
    room->notice.log = room->worker->log;
    room->notice.cancelable = 1;
}


void
ngx_rtc_sfu_notice_stop(ngx_rtc_sfu_room_t *room)
{
    if (room->notice.timer_set) {
        ngx_del_timer(&room->notice);
    }
}


void
ngx_rtc_sfu_notice_later(ngx_rtc_sfu_room_t *room)
{
    if (!room->notice.timer_set && !ngx_queue_empty(&room->participants)) {
        ngx_add_timer(&room->notice, NGX_RTC_SFU_NOTICE_DELAY);
    }
}


static void
ngx_rtc_sfu_notice_event(ngx_event_t *ev)
{
    ngx_uint_t           n, publishers;
    ngx_rtc_sfu_room_t  *room = ngx_rtc_ident_data(ev);

    ngx_rtc_sfu_info_count(room, &n, &publishers);

    if (n != room->told || publishers != room->told_publishers) {
        ngx_rtc_sfu_notice_now(room);
    }
}


void
ngx_rtc_sfu_notice_now(ngx_rtc_sfu_room_t *room)
{
    ngx_str_t                packed;
    ngx_uint_t               n, publishers;
    ngx_pool_t              *pool;
    Livekit__RoomUpdate      update = LIVEKIT__ROOM_UPDATE__INIT;
    Livekit__SignalResponse  response = LIVEKIT__SIGNAL_RESPONSE__INIT;

    if (ngx_queue_empty(&room->participants)) {
        return;
    }

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, room->worker->log);
    if (pool == NULL) {
        return;
    }

    ngx_rtc_sfu_info_count(room, &n, &publishers);

    update.room = ngx_rtc_sfu_info_room(room, n, pool);

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_ROOM_UPDATE;
    response.room_update = &update;

    if (update.room
        && ngx_rtc_sfu_signal_pack(pool, &response.base, &packed) == NGX_OK)
    {
        room->told = n;
        room->told_publishers = publishers;

        ngx_rtc_sfu_room_broadcast(room, &packed, NULL);
    }

    ngx_destroy_pool(pool);
}
