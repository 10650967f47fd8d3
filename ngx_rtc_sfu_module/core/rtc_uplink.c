
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_bytes.h"
#include "rtc_track_internal.h"


#define RTC_UPLINK_REPORT  1000000      /* us between receiver reports */
#define RTC_UPLINK_TWCC    100000       /* us to feedback */
#define RTC_UPLINK_TICK    100000       /* us between looks at the layers */

/* us between two SSRCs of a stream: what comes faster is an attack */
#define RTC_UPLINK_RELEARN  100000


static void rtc_uplink_start_timers(rtc_uplink_t *up,
    const rtc_track_t *track, uint64_t now_us);
static void rtc_uplink_arrival(rtc_uplink_t *up, const rtc_rtp_t *rtp,
    uint64_t now_us);
static rtc_stream_t *rtc_uplink_learn(rtc_uplink_t *up, const rtc_rtp_t *rtp,
    int *rtx, uint64_t now_us);
static rtc_track_t *rtc_uplink_find_track(rtc_uplink_t *up,
    const rtc_rtp_t *rtp);
static rtc_stream_t *rtc_uplink_find_layer(rtc_uplink_t *up,
    rtc_track_t *track, const rtc_rtp_t *rtp, int *rtx);
static int rtc_uplink_rebind(rtc_uplink_t *up, rtc_stream_t *s,
    uint32_t ssrc, int rtx, uint64_t now_us);
static uint64_t rtc_uplink_track_timer(rtc_uplink_t *up, rtc_track_t *track,
    uint64_t now_us);


rtc_uplink_t *
rtc_uplink_create(const rtc_uplink_conf_t *conf)
{
    rtc_uplink_t  *up;

    if (conf->cname.len > RTC_FORWARD_MAX_CNAME) {
        return NULL;
    }

    up = calloc(1, sizeof(rtc_uplink_t));
    if (up == NULL) {
        return NULL;
    }

    if (rtc_ssrc_init(&up->ssrcs, RTC_UPLINK_MAX_SSRCS) != RTC_OK) {
        free(up);
        return NULL;
    }

    up->ssrc = conf->ssrc;
    up->out = conf->out;
    up->ctx = conf->ctx;
    up->xr = conf->xr;
    up->relay = conf->relay;
    up->cname_len = rtc_keep_str(up->cname, conf->cname);

    up->deadline = RTC_NEVER;
    up->report_us = RTC_NEVER;
    up->tick_us = RTC_NEVER;
    up->twcc_us = RTC_NEVER;

    rtc_twcc_init(&up->twcc);

    return up;
}


void
rtc_uplink_destroy(rtc_uplink_t *up)
{
    while (up->tracks) {
        rtc_track_destroy(up->tracks);
    }

    rtc_ssrc_done(&up->ssrcs);
    free(up);
}


void
rtc_uplink_set_exts(rtc_uplink_t *up, const rtc_ext_map_t *exts)
{
    up->exts = *exts;
}


void
rtc_uplink_set_rtt(rtc_uplink_t *up, uint64_t rtt_us)
{
    up->rtt_us = rtt_us;
}


const rtc_uplink_stats_t *
rtc_uplink_stats(const rtc_uplink_t *up)
{
    return &up->stats;
}


uint64_t
rtc_uplink_next_deadline(const rtc_uplink_t *up)
{
    return up->deadline;
}


void
rtc_uplink_wake(rtc_uplink_t *up, uint64_t at_us)
{
    if (at_us < up->deadline) {
        up->deadline = at_us;
        up->out->wake(up->ctx);
    }
}


void
rtc_uplink_rtp(rtc_uplink_t *up, const uint8_t *p, size_t len,
    uint64_t now_us)
{
    int                      rtx;
    rtc_rtp_t                rtp;
    rtc_track_t             *track;
    rtc_stream_t            *s;
    const rtc_ssrc_entry_t  *e;

    up->stats.packets++;
    up->stats.bytes += len;

    if (len > RTC_RTP_MAX || rtc_rtp_parse(&rtp, p, len) != RTC_OK) {
        up->stats.malformed++;
        return;
    }

    rtc_uplink_arrival(up, &rtp, now_us);

    e = rtc_ssrc_find(&up->ssrcs, rtp.ssrc);

    if (e) {
        s = e->data;
        rtx = e->rtx;

    } else {
        s = rtc_uplink_learn(up, &rtp, &rtx, now_us);
        if (s == NULL) {
            up->stats.unknown_ssrc++;
            return;
        }
    }

    track = rtc_stream_track(s);

    rtc_uplink_start_timers(up, track, now_us);

    if (rtx) {
        rtc_track_rtx(track, s, &rtp, p, now_us);

    } else {
        rtc_track_rtp(track, s, &rtp, p, now_us);
    }
}


void
rtc_uplink_wait(rtc_uplink_t *up)
{
    if (up->waiting) {
        return;
    }

    up->waiting = 1;

    if (up->out->wait) {
        up->out->wait(up->ctx);
    }
}


void
rtc_uplink_flush(rtc_uplink_t *up, uint64_t now_us)
{
    rtc_track_t  *track;

    up->waiting = 0;

    for (track = up->tracks; track; track = track->next) {
        rtc_track_flush(track, now_us);
    }
}


/* layers are looked at only where there are several */

static void
rtc_uplink_start_timers(rtc_uplink_t *up, const rtc_track_t *track,
    uint64_t now_us)
{
    if (up->report_us == RTC_NEVER) {
        up->report_us = now_us + RTC_UPLINK_REPORT;
        rtc_uplink_wake(up, up->report_us);
    }

    if (up->tick_us == RTC_NEVER && track->nlayers > 1) {
        up->tick_us = now_us + RTC_UPLINK_TICK;
        rtc_uplink_wake(up, up->tick_us);
    }
}


/* every packet of the transport counts, whatever it is */

static void
rtc_uplink_arrival(rtc_uplink_t *up, const rtc_rtp_t *rtp, uint64_t now_us)
{
    rtc_str_t  value;

    up->media_ssrc = rtp->ssrc;

    if (rtc_rtp_ext_find(rtp, up->exts.id[RTC_EXT_TRANSPORT_CC], &value)
        != RTC_OK
        || value.len < 2)
    {
        return;
    }

    rtc_twcc_add(&up->twcc, rtc_get_u16(value.data), now_us);

    if (up->twcc_us == RTC_NEVER) {
        up->twcc_us = now_us + RTC_UPLINK_TWCC;
        rtc_uplink_wake(up, up->twcc_us);
    }
}


/* RFC 8843, section 9.2: by mid, within a section by rid */

static rtc_stream_t *
rtc_uplink_learn(rtc_uplink_t *up, const rtc_rtp_t *rtp, int *rtx,
    uint64_t now_us)
{
    rtc_track_t   *track;
    rtc_stream_t  *s;

    if (rtp->ssrc == 0) {
        return NULL;                                /* libwebrtc's probes */
    }

    track = rtc_uplink_find_track(up, rtp);
    if (track == NULL) {
        return NULL;
    }

    s = rtc_uplink_find_layer(up, track, rtp, rtx);
    if (s == NULL) {
        return NULL;
    }

    if (rtc_uplink_rebind(up, s, rtp->ssrc, *rtx, now_us) != RTC_OK) {
        return NULL;
    }

    return s;
}


static rtc_track_t *
rtc_uplink_find_track(rtc_uplink_t *up, const rtc_rtp_t *rtp)
{
    rtc_str_t     mid;
    rtc_track_t  *track, *found;

    if (rtc_rtp_ext_find(rtp, up->exts.id[RTC_EXT_MID], &mid) == RTC_OK) {

        for (track = up->tracks; track; track = track->next) {
            if (track->mid_len == mid.len
                && memcmp(track->mid, mid.data, mid.len) == 0)
            {
                return track;
            }
        }

        return NULL;
    }

    /* without mid, a payload type of one section only will do */

    found = NULL;

    for (track = up->tracks; track; track = track->next) {

        if (rtp->pt != track->pt
            && (track->rtx_pt == 0 || rtp->pt != track->rtx_pt)
            && (track->red_pt == 0 || rtp->pt != track->red_pt))
        {
            continue;
        }

        if (found) {
            return NULL;
        }

        found = track;
    }

    return found;
}


static rtc_stream_t *
rtc_uplink_find_layer(rtc_uplink_t *up, rtc_track_t *track,
    const rtc_rtp_t *rtp, int *rtx)
{
    unsigned   i;
    rtc_str_t  rid;

    *rtx = (track->rtx_pt && rtp->pt == track->rtx_pt);

    if (track->nlayers == 1 && track->rid_len[0] == 0) {
        return &track->layers[0];
    }

    i = *rtx ? RTC_EXT_RRID : RTC_EXT_RID;

    if (rtc_rtp_ext_find(rtp, up->exts.id[i], &rid) != RTC_OK) {
        return NULL;
    }

    for (i = 0; i < track->nlayers; i++) {
        if (track->rid_len[i] == rid.len
            && memcmp(track->rid[i], rid.data, rid.len) == 0)
        {
            return &track->layers[i];
        }
    }

    return NULL;
}


static int
rtc_uplink_rebind(rtc_uplink_t *up, rtc_stream_t *s, uint32_t ssrc, int rtx,
    uint64_t now_us)
{
    uint32_t  *known;
    uint64_t  *bound_us;

    known = rtx ? &s->rtx_ssrc : &s->ssrc;
    bound_us = rtx ? &s->rtx_bound_us : &s->bound_us;

    if (*known) {
        if (now_us - *bound_us < RTC_UPLINK_RELEARN) {
            return RTC_DECLINED;
        }

        rtc_ssrc_remove(&up->ssrcs, *known);
        *known = 0;

        if (!rtx) {
            rtc_recv_init(&s->recv, s->recv.clock);
            s->recv.jumps = up->relay;
            rtc_track_restart(rtc_stream_track(s), s, now_us);
        }
    }

    if (rtc_ssrc_add(&up->ssrcs, ssrc, s, rtx) != RTC_OK) {
        return RTC_DECLINED;
    }

    *known = ssrc;
    *bound_us = now_us;

    return RTC_OK;
}


int
rtc_track_set_ssrc(rtc_track_t *track, unsigned layer, uint32_t ssrc,
    uint64_t now_us)
{
    rtc_stream_t  *s;

    if (layer >= track->nlayers
        || rtc_ssrc_find(&track->uplink->ssrcs, ssrc))
    {
        return RTC_DECLINED;
    }

    s = &track->layers[layer];
    s->bound_us = 0;

    if (rtc_uplink_rebind(track->uplink, s, ssrc, 0, now_us) != RTC_OK) {
        return RTC_DECLINED;
    }

    /* it has an SSRC again that can be asked */

    if (rtc_track_is_wanted(track)) {
        rtc_track_request_keyframe(track, s, now_us);
    }

    return RTC_OK;
}


void
rtc_uplink_timer(rtc_uplink_t *up, uint64_t now_us)
{
    int           tick;
    uint64_t      next;
    rtc_track_t  *track;

    if (now_us >= up->twcc_us) {
        rtc_uplink_twcc(up);
        up->twcc_us = RTC_NEVER;
    }

    if (now_us >= up->report_us) {
        rtc_uplink_report(up, now_us);
        up->report_us = now_us + RTC_UPLINK_REPORT;
    }

    tick = (now_us >= up->tick_us);

    if (tick) {
        up->tick_us = RTC_NEVER;
    }

    next = rtc_min(up->twcc_us, up->report_us);

    for (track = up->tracks; track; track = track->next) {

        if (tick && track->nlayers > 1) {
            rtc_track_tick(track, now_us);
            up->tick_us = now_us + RTC_UPLINK_TICK;
        }

        next = rtc_min(next, rtc_uplink_track_timer(up, track, now_us));
    }

    up->deadline = rtc_min(next, up->tick_us);
}


static uint64_t
rtc_uplink_track_timer(rtc_uplink_t *up, rtc_track_t *track, uint64_t now_us)
{
    unsigned       i;
    uint64_t       next;
    rtc_stream_t  *s;

    next = RTC_NEVER;

    for (i = 0; i < track->nlayers; i++) {
        s = &track->layers[i];

        if (s->nack && s->nack->next_deadline <= now_us) {
            rtc_uplink_nack(up, s, now_us);
        }

        if (!rtc_track_is_wanted(track) || track->muted) {
            s->wants_keyframe = 0;
        }

        if (rtc_stream_pli_due(s) <= now_us) {
            rtc_uplink_pli(up, track, s, now_us);
        }

        next = rtc_min(next, rtc_stream_pli_due(s));

        if (s->nack) {
            next = rtc_min(next, s->nack->next_deadline);
        }
    }

    return next;
}
