
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Tells who speaks in a room: SpeakersChanged, every 400 ms if it changed.
 */


#ifndef NGX_RTC_SFU_SPEAKER_H_INCLUDED
#define NGX_RTC_SFU_SPEAKER_H_INCLUDED


#include "ngx_rtc_sfu_room.h"


void ngx_rtc_sfu_speaker_init(ngx_rtc_sfu_room_t *room);
void ngx_rtc_sfu_speaker_start(ngx_rtc_sfu_room_t *room);
void ngx_rtc_sfu_speaker_stop(ngx_rtc_sfu_room_t *room);


#endif /* NGX_RTC_SFU_SPEAKER_H_INCLUDED */
