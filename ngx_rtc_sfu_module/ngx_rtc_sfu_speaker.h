
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

/* tells a participant who speaks and who does not, of all */

void ngx_rtc_sfu_speaker_repeat(ngx_rtc_sfu_participant_t *p);

/* tells all, in other workers too, that it speaks, or not any more */

void ngx_rtc_sfu_speaker_claim(ngx_rtc_sfu_participant_t *p,
    ngx_uint_t active, float level);


#endif /* NGX_RTC_SFU_SPEAKER_H_INCLUDED */
