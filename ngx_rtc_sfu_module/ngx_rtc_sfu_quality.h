
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Tells participants how good their connections are: ConnectionQualityUpdate,
 * every 5 s what changed, and everything to those who are new.
 */


#ifndef NGX_RTC_SFU_QUALITY_H_INCLUDED
#define NGX_RTC_SFU_QUALITY_H_INCLUDED


#include "ngx_rtc_sfu_room.h"


#define NGX_RTC_SFU_QUALITY_INTERVAL  5000      /* ms */


/* of one participant: what the last look saw */

typedef struct {
    uint64_t                     packets;       /* of its uplink */
    uint64_t                     lost;
    Livekit__ConnectionQuality   quality;
    unsigned                     known:1;       /* quality is set */
    unsigned                     told:1;        /* it knows the others' */
} ngx_rtc_sfu_quality_t;


/* looks at all participants of the room */

void ngx_rtc_sfu_quality_update(ngx_rtc_sfu_room_t *room);


#endif /* NGX_RTC_SFU_QUALITY_H_INCLUDED */
