
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The publisher's peer connection: the client offers, sections meet the tracks
 * that AddTrack has announced.
 */


#ifndef NGX_RTC_SFU_PUBLISH_H_INCLUDED
#define NGX_RTC_SFU_PUBLISH_H_INCLUDED


#include "ngx_rtc_sfu_room.h"


/* the last offer and our answer to it, while a section waits for its track */

typedef struct {
    ngx_pool_t                  *pool;
    char                        *offer;
    char                        *answer;
} ngx_rtc_sfu_publish_t;


/* answers the offer; one that cannot be answered ends the session */

void ngx_rtc_sfu_publish_offer(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    const Livekit__SessionDescription *offer);

/*
 * The same for one who signals by HTTP: the answer in the pool, or NULL, and
 * the session is the caller's to end.
 */

char *ngx_rtc_sfu_publish_exchange(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, char *offer);

/*
 * AddTrack came: if the section of the track was answered before, it is bound
 * now, since the client will not offer again.
 */

void ngx_rtc_sfu_publish_bind_late(ngx_rtc_sfu_participant_t *p);


#endif /* NGX_RTC_SFU_PUBLISH_H_INCLUDED */
