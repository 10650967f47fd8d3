
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Who left a room lately: somebody whose client was away then has to hear of
 * it when it resumes.  Kept for a while, and at most so many.
 */


#ifndef NGX_RTC_SFU_LEFT_H_INCLUDED
#define NGX_RTC_SFU_LEFT_H_INCLUDED


#include "ngx_rtc_sfu_room.h"


#define NGX_RTC_SFU_LEFT_KEEP  120000           /* ms */
#define NGX_RTC_SFU_LEFT_MAX   512              /* of a room */

/* ms that a client may have been unreachable when it was heard last */

#define NGX_RTC_SFU_LEFT_BLIND  20000


void ngx_rtc_sfu_left_init(ngx_rtc_sfu_room_t *room);
void ngx_rtc_sfu_left_stop(ngx_rtc_sfu_room_t *room);

/* the member leaves, with a DisconnectReason */

void ngx_rtc_sfu_left_add(ngx_rtc_sfu_room_t *room,
    const ngx_rtc_sfu_member_t *member, ngx_uint_t reason);

/* whether all are known who left since a client was heard last */

ngx_uint_t ngx_rtc_sfu_left_is_complete(ngx_rtc_sfu_room_t *room,
    ngx_msec_t heard);

/*
 * Adds their last infos, packed, to an array of ngx_str_t.  An identity that
 * is in the room again is left out: its new sid says all, and SDKs would take
 * the end of the former session for that of the new one.
 */

ngx_int_t ngx_rtc_sfu_left_collect(ngx_rtc_sfu_room_t *room, ngx_pool_t *pool,
    ngx_array_t *infos);


#endif /* NGX_RTC_SFU_LEFT_H_INCLUDED */
