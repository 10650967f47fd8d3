
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_branch.h"
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
    Livekit__ConnectionQualityInfo **infos, ngx_uint_t n, ngx_uint_t told);
static void ngx_rtc_sfu_quality_tell_branch(ngx_rtc_sfu_branch_t *branch,
    Livekit__ConnectionQualityInfo **infos, ngx_uint_t n);
static ngx_pool_t *ngx_rtc_sfu_quality_pack(ngx_rtc_sfu_room_t *room,
    Livekit__ConnectionQualityInfo **infos, ngx_uint_t n, ngx_str_t *packed);


void
ngx_rtc_sfu_quality_update(ngx_rtc_sfu_room_t *room)
{
    ngx_uint_t                      n, nchanged;
    ngx_queue_t                    *q;
    ngx_rtc_sfu_branch_t           *branch;
    ngx_rtc_sfu_participant_t      *p;
    Livekit__ConnectionQuality      quality;
    Livekit__ConnectionQualityInfo  infos[NGX_RTC_SFU_MAX_UPDATES];
    Livekit__ConnectionQualityInfo *all[NGX_RTC_SFU_MAX_UPDATES];
    Livekit__ConnectionQualityInfo *changed[NGX_RTC_SFU_MAX_UPDATES];

    n = 0;
    nchanged = 0;

    for (q = ngx_queue_head(&room->participants);
         q != ngx_queue_sentinel(&room->participants)
         && n < NGX_RTC_SFU_MAX_UPDATES;
         q = ngx_queue_next(q))
    {
        p = ngx_queue_data(q, ngx_rtc_sfu_participant_t, queue);

        if (p->state != NGX_RTC_SFU_ACTIVE || p->member->hidden) {
            continue;
        }

        quality = ngx_rtc_sfu_quality_of(p);

        livekit__connection_quality_info__init(&infos[n]);

        infos[n].participant_sid = (char *) p->sid.data;
        infos[n].quality = quality;

        all[n] = &infos[n];

        if (!p->quality.known || quality != p->quality.quality) {
            changed[nchanged++] = &infos[n];
        }

        p->quality.known = 1;
        p->quality.quality = quality;
        n++;
    }

    ngx_rtc_sfu_quality_tell(room, changed, nchanged, 1);
    ngx_rtc_sfu_quality_tell(room, all, n, 0);

    for (q = ngx_queue_head(&room->branches);
         q != ngx_queue_sentinel(&room->branches);
         q = ngx_queue_next(q))
    {
        branch = ngx_queue_data(q, ngx_rtc_sfu_branch_t, queue);

        ngx_rtc_sfu_quality_tell_branch(branch, branch->grown ? all : changed,
                                        branch->grown ? n : nchanged);
        branch->grown = 0;
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

    up = 0;
    down = 0;

    if (p->publisher->uplink) {
        us = rtc_uplink_stats(p->publisher->uplink);

        packets = us->packets - p->quality.packets;
        lost = us->lost > p->quality.lost ? us->lost - p->quality.lost : 0;

        p->quality.packets = us->packets;
        p->quality.lost = us->lost;

        up = packets + lost ? lost * 256 / (packets + lost) : 0;
    }

    if (p->subscriber) {
        ds = rtc_downlink_stats(p->subscriber->downlink);
        down = ds->loss;
    }

    return ngx_max(up, down);
}


/* to those who have been told before, or to those who have not */

static void
ngx_rtc_sfu_quality_tell(ngx_rtc_sfu_room_t *room,
    Livekit__ConnectionQualityInfo **infos, ngx_uint_t n, ngx_uint_t told)
{
    ngx_str_t                   packed;
    ngx_pool_t                 *pool;
    ngx_queue_t                *q;
    ngx_rtc_sfu_participant_t  *p;

    if (n == 0) {
        return;
    }

    pool = ngx_rtc_sfu_quality_pack(room, infos, n, &packed);
    if (pool == NULL) {
        return;
    }

    for (q = ngx_queue_head(&room->participants);
         q != ngx_queue_sentinel(&room->participants);
         q = ngx_queue_next(q))
    {
        p = ngx_queue_data(q, ngx_rtc_sfu_participant_t, queue);

        if (p->state == NGX_RTC_SFU_ACTIVE && p->quality.told == told) {
            p->quality.told = 1;
            ngx_rtc_sfu_participant_send_packed(p, &packed);
        }
    }

    ngx_destroy_pool(pool);
}


static void
ngx_rtc_sfu_quality_tell_branch(ngx_rtc_sfu_branch_t *branch,
    Livekit__ConnectionQualityInfo **infos, ngx_uint_t n)
{
    ngx_str_t    packed;
    ngx_pool_t  *pool;

    if (n == 0) {
        return;
    }

    pool = ngx_rtc_sfu_quality_pack(branch->room, infos, n, &packed);

    if (pool) {
        ngx_rtc_sfu_branch_send_signal(branch, &packed);
        ngx_destroy_pool(pool);
    }
}


/* a SignalResponse in a pool of its own; NULL: no memory */

static ngx_pool_t *
ngx_rtc_sfu_quality_pack(ngx_rtc_sfu_room_t *room,
    Livekit__ConnectionQualityInfo **infos, ngx_uint_t n, ngx_str_t *packed)
{
    ngx_pool_t                        *pool;
    Livekit__SignalResponse            response;
    Livekit__ConnectionQualityUpdate   update;

    livekit__signal_response__init(&response);
    livekit__connection_quality_update__init(&update);

    update.n_updates = n;
    update.updates = infos;

    response.message_case =
                          LIVEKIT__SIGNAL_RESPONSE__MESSAGE_CONNECTION_QUALITY;
    response.connection_quality = &update;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, room->worker->log);
    if (pool == NULL) {
        return NULL;
    }

    if (ngx_rtc_sfu_signal_pack(pool, &response.base, packed) != NGX_OK) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    return pool;
}
