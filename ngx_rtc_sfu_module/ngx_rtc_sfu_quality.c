
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_quality.h"
#include "ngx_rtc_sfu_worker.h"


/* loss of packets in either direction, of 256 */

#define NGX_RTC_SFU_LOSS_GOOD    5              /* 2 % */
#define NGX_RTC_SFU_LOSS_POOR    20             /* 8 % */

#define NGX_RTC_SFU_MAX_UPDATES  256


static Livekit__ConnectionQuality ngx_rtc_sfu_quality_of(
    ngx_rtc_sfu_participant_t *p);
static ngx_uint_t ngx_rtc_sfu_quality_loss(ngx_rtc_sfu_participant_t *p);
static void ngx_rtc_sfu_quality_tell(ngx_rtc_sfu_room_t *room,
    Livekit__ConnectionQualityInfo *infos, ngx_uint_t n);


void
ngx_rtc_sfu_quality_init(ngx_rtc_sfu_quality_t *quality)
{
    /* what clients assume until they are told */

    quality->quality = LIVEKIT__CONNECTION_QUALITY__EXCELLENT;
}


void
ngx_rtc_sfu_quality_update(ngx_rtc_sfu_room_t *room)
{
    ngx_uint_t                       n;
    ngx_queue_t                     *q;
    ngx_rtc_sfu_participant_t       *p;
    Livekit__ConnectionQuality       quality;
    Livekit__ConnectionQualityInfo   infos[NGX_RTC_SFU_MAX_UPDATES];

    n = 0;

    for (q = ngx_queue_head(&room->participants);
         q != ngx_queue_sentinel(&room->participants);
         q = ngx_queue_next(q))
    {
        p = ngx_queue_data(q, ngx_rtc_sfu_participant_t, queue);

        if (p->state != NGX_RTC_SFU_ACTIVE || p->member->hidden) {
            continue;
        }

        quality = ngx_rtc_sfu_quality_of(p);

        if (quality == p->quality.quality || n == NGX_RTC_SFU_MAX_UPDATES) {
            continue;
        }

        p->quality.quality = quality;

        livekit__connection_quality_info__init(&infos[n]);

        infos[n].participant_sid = (char *) p->sid.data;
        infos[n].quality = quality;
        n++;
    }

    if (n) {
        ngx_rtc_sfu_quality_tell(room, infos, n);
    }
}


static Livekit__ConnectionQuality
ngx_rtc_sfu_quality_of(ngx_rtc_sfu_participant_t *p)
{
    ngx_uint_t  loss;

    loss = ngx_rtc_sfu_quality_loss(p);

    if (loss >= NGX_RTC_SFU_LOSS_POOR) {
        return LIVEKIT__CONNECTION_QUALITY__POOR;
    }

    if (loss >= NGX_RTC_SFU_LOSS_GOOD) {
        return LIVEKIT__CONNECTION_QUALITY__GOOD;
    }

    return LIVEKIT__CONNECTION_QUALITY__EXCELLENT;
}


/* the worse of both directions; upstream it is that of the last interval */

static ngx_uint_t
ngx_rtc_sfu_quality_loss(ngx_rtc_sfu_participant_t *p)
{
    uint64_t                     packets, lost;
    ngx_uint_t                   up, down;
    const rtc_uplink_stats_t    *us;
    const rtc_downlink_stats_t  *ds;

    us = rtc_uplink_stats(p->publisher->uplink);
    ds = rtc_downlink_stats(p->subscriber->downlink);

    packets = us->packets - p->quality.packets;
    lost = us->lost > p->quality.lost ? us->lost - p->quality.lost : 0;

    p->quality.packets = us->packets;
    p->quality.lost = us->lost;

    up = packets + lost ? lost * 256 / (packets + lost) : 0;
    down = ds->loss;

    return ngx_max(up, down);
}


static void
ngx_rtc_sfu_quality_tell(ngx_rtc_sfu_room_t *room,
    Livekit__ConnectionQualityInfo *infos, ngx_uint_t n)
{
    ngx_str_t                         packed;
    ngx_uint_t                        i;
    ngx_pool_t                       *pool;
    Livekit__SignalResponse           response;
    Livekit__ConnectionQualityInfo   *list[NGX_RTC_SFU_MAX_UPDATES];
    Livekit__ConnectionQualityUpdate  update;

    livekit__signal_response__init(&response);
    livekit__connection_quality_update__init(&update);

    for (i = 0; i < n; i++) {
        list[i] = &infos[i];
    }

    update.n_updates = n;
    update.updates = list;

    response.message_case =
                          LIVEKIT__SIGNAL_RESPONSE__MESSAGE_CONNECTION_QUALITY;
    response.connection_quality = &update;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, room->worker->log);
    if (pool == NULL) {
        return;
    }

    if (ngx_rtc_sfu_signal_pack(pool, &response.base, &packed) == NGX_OK) {
        ngx_rtc_sfu_room_broadcast(room, &packed, NULL);
    }

    ngx_destroy_pool(pool);
}
