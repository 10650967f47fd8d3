
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * ParticipantUpdates: who in this worker is told of a member, and when.  What
 * changes about somebody who publishes nothing is collected, the longer the
 * more members there are: a message of a thousand joins is sent once to each
 * participant, not a thousand times.
 */


#ifndef NGX_RTC_SFU_UPDATE_H_INCLUDED
#define NGX_RTC_SFU_UPDATE_H_INCLUDED


#include "ngx_rtc_sfu_room.h"


void ngx_rtc_sfu_update_init(ngx_rtc_sfu_room_t *room);
void ngx_rtc_sfu_update_stop(ngx_rtc_sfu_room_t *room);

/* the member came or changed; one of this worker may hear of itself, too */

void ngx_rtc_sfu_update_member(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member);

/* whether a change would be told: not if there were too many before it */

ngx_uint_t ngx_rtc_sfu_update_is_due(const ngx_rtc_sfu_member_t *member);

/* one of this worker hears of itself, now */

void ngx_rtc_sfu_update_self(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member);

/* it left, and is going to be removed; with a DisconnectReason */

void ngx_rtc_sfu_update_left(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, ngx_uint_t reason);

/*
 * Sends packed infos, an array of ngx_str_t, in as many messages as it takes:
 * to all participants here, or to one.
 */

void ngx_rtc_sfu_update_all(ngx_rtc_sfu_room_t *room, ngx_pool_t *pool,
    const ngx_array_t *infos, ngx_rtc_sfu_participant_t *to);


#endif /* NGX_RTC_SFU_UPDATE_H_INCLUDED */
