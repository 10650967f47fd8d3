
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * RoomUpdates: participants here are told of a room's metadata at once, of how
 * many are there and publish once in a while.
 */


#ifndef NGX_RTC_SFU_NOTICE_H_INCLUDED
#define NGX_RTC_SFU_NOTICE_H_INCLUDED


#include "ngx_rtc_sfu_room.h"


#define NGX_RTC_SFU_NOTICE_DELAY  2000          /* ms */


void ngx_rtc_sfu_notice_init(ngx_rtc_sfu_room_t *room);
void ngx_rtc_sfu_notice_stop(ngx_rtc_sfu_room_t *room);

/* numbers may have changed */

void ngx_rtc_sfu_notice_later(ngx_rtc_sfu_room_t *room);

void ngx_rtc_sfu_notice_now(ngx_rtc_sfu_room_t *room);


#endif /* NGX_RTC_SFU_NOTICE_H_INCLUDED */
