
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

/*
 * The member came or changed.  except is left out if it is told at once, and
 * may be NULL.
 */

void ngx_rtc_sfu_update_member(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, ngx_rtc_sfu_participant_t *except);

/* it left, and is going to be removed; with a DisconnectReason */

void ngx_rtc_sfu_update_left(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, ngx_uint_t reason);


#endif /* NGX_RTC_SFU_UPDATE_H_INCLUDED */
