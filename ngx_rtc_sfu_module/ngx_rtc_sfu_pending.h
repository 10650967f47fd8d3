
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a client asked for and cannot have yet: tracks that are not known
 * here, and tracks of its own whose cid another one still has.
 */


#ifndef NGX_RTC_SFU_PENDING_H_INCLUDED
#define NGX_RTC_SFU_PENDING_H_INCLUDED


#include "ngx_rtc_sfu_room.h"


#define NGX_RTC_SFU_MAX_WISHES     256          /* sids of one subscriber */
#define NGX_RTC_SFU_MAX_WISH       64           /* bytes of a sid */
#define NGX_RTC_SFU_WISH_TIMEOUT   5000         /* ms for it to appear */


typedef struct {
    ngx_queue_t                  wishes;        /* about sids, oldest first */
    ngx_uint_t                   nwishes;
    ngx_queue_t                  tracks;        /* AddTrackRequests */
    ngx_uint_t                   ntracks;
} ngx_rtc_sfu_pending_t;


void ngx_rtc_sfu_pending_init(ngx_rtc_sfu_pending_t *pending);
void ngx_rtc_sfu_pending_free(ngx_rtc_sfu_pending_t *pending);


/* a (un)subscription of a track that is not known; the last one counts */

void ngx_rtc_sfu_pending_wish(ngx_rtc_sfu_participant_t *p, const char *sid,
    ngx_uint_t subscribe);

/* the track has come: 1 or 0 as p wished, NGX_DECLINED if it did not */

ngx_int_t ngx_rtc_sfu_pending_take(ngx_rtc_sfu_participant_t *p,
    const ngx_str_t *sid);

/* tells p what has not come in time */

void ngx_rtc_sfu_pending_expire(ngx_rtc_sfu_participant_t *p);


/* keeps an AddTrackRequest until its cid is free; NGX_DECLINED: too many */

ngx_int_t ngx_rtc_sfu_pending_track(ngx_rtc_sfu_participant_t *p,
    const Livekit__AddTrackRequest *request);

/* tracks of p may have ended: adds those that waited for that */

void ngx_rtc_sfu_pending_retry(ngx_rtc_sfu_participant_t *p);


#endif /* NGX_RTC_SFU_PENDING_H_INCLUDED */
