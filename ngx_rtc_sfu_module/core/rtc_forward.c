
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_downlink_internal.h"
#include "rtc_track_internal.h"


#define RTC_FORWARD_SENT_RTX    256
#define RTC_FORWARD_SENT_VIDEO  1024
#define RTC_FORWARD_SENT_AUDIO  256

/* a switch never moves the time further than that from the arrival, in us */
#define RTC_FORWARD_MAX_DRIFT   2000000


static int rtc_forward_check(const rtc_forward_conf_t *conf);
static int rtc_forward_bind(rtc_forward_t *f);
static void rtc_forward_unbind(rtc_forward_t *f);
static int rtc_forward_stopped(const rtc_forward_t *f);
static void rtc_forward_packet(rtc_forward_t *f, const rtc_packet_t *pkt,
    uint64_t now_us);
static void rtc_forward_late(rtc_forward_t *f, const rtc_packet_t *pkt,
    uint64_t now_us);
static void rtc_forward_switch(rtc_forward_t *f, const rtc_packet_t *pkt,
    uint64_t now_us);
static void rtc_forward_replay(rtc_forward_t *f, const rtc_packet_t *pkt,
    uint64_t now_us);
static uint32_t rtc_forward_align(const rtc_forward_t *f,
    const rtc_packet_t *pkt);


rtc_forward_t *
rtc_forward_create(rtc_downlink_t *down, rtc_track_t *track,
    const rtc_forward_conf_t *conf, uint64_t now_us)
{
    rtc_forward_t  *f;

    if (rtc_forward_check(conf) != RTC_OK) {
        return NULL;
    }

    f = calloc(1, sizeof(rtc_forward_t));
    if (f == NULL) {
        return NULL;
    }

    f->down = down;
    f->owner = conf->owner;
    f->ssrc = conf->ssrc;
    f->rtx_ssrc = conf->rtx_pt ? conf->rtx_ssrc : 0;
    f->sender = conf->sender;
    f->rtx_sender = conf->rtx_sender;
    f->pt = conf->pt;
    f->rtx_pt = conf->rtx_pt;
    f->red_pt = conf->red_pt;
    f->nack = conf->nack;
    f->exts = conf->exts;
    f->max_layer = conf->max_layer;
    f->paused = conf->paused;
    f->local_clock = conf->local_clock;
    f->layer = RTC_DECLINED;
    f->target = track->nlayers == 1 ? 0 : RTC_DECLINED;

    f->mid_len = rtc_keep_str(f->mid, conf->mid);
    f->cname_len = rtc_keep_str(f->cname, conf->cname);

    /* RFC 3711, section 3.3.1: the first number is far from the roll-over */

    f->out_seq = conf->seed & 0x7fff;
    f->rtx_seq = conf->seed >> 16 & 0x7fff;

    f->nsent = f->rtx_ssrc ? RTC_FORWARD_SENT_RTX
               : track->video ? RTC_FORWARD_SENT_VIDEO
               : RTC_FORWARD_SENT_AUDIO;

    if (conf->nack) {
        f->sent = calloc(f->nsent, sizeof(rtc_sent_t));
        if (f->sent == NULL) {
            free(f);
            return NULL;
        }
    }

    if (rtc_forward_bind(f) != RTC_OK) {
        free(f->sent);
        free(f);
        return NULL;
    }

    f->track = track;
    f->track_next = track->forwards;
    track->forwards = f;

    f->down_next = down->forwards;
    down->forwards = f;

    rtc_forward_choose(f);
    rtc_forward_request_waiting(f, now_us);

    return f;
}


static int
rtc_forward_check(const rtc_forward_conf_t *conf)
{
    if (conf->ssrc == 0
        || conf->ssrc == conf->rtx_ssrc
        || conf->mid.len > RTC_TRACK_MAX_MID
        || conf->cname.len > RTC_FORWARD_MAX_CNAME)
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}


static int
rtc_forward_bind(rtc_forward_t *f)
{
    rtc_ssrc_table_t  *ssrcs;

    ssrcs = &f->down->ssrcs;

    if (rtc_ssrc_add(ssrcs, f->ssrc, f, 0) != RTC_OK) {
        return RTC_ERROR;
    }

    if (f->rtx_ssrc && rtc_ssrc_add(ssrcs, f->rtx_ssrc, f, 1) != RTC_OK) {
        rtc_ssrc_remove(ssrcs, f->ssrc);
        return RTC_ERROR;
    }

    return RTC_OK;
}


static void
rtc_forward_unbind(rtc_forward_t *f)
{
    rtc_ssrc_remove(&f->down->ssrcs, f->ssrc);

    if (f->rtx_ssrc) {
        rtc_ssrc_remove(&f->down->ssrcs, f->rtx_ssrc);
    }
}


void
rtc_forward_destroy(rtc_forward_t *f)
{
    rtc_forward_t  **p;

    rtc_forward_unfollow(f);
    rtc_forward_detach(f);
    rtc_forward_unbind(f);

    for (p = &f->down->forwards; *p != f; p = &(*p)->down_next) {
        /* void */
    }

    *p = f->down_next;

    free(f->sent);
    free(f);
}


void
rtc_forward_detach(rtc_forward_t *f)
{
    rtc_forward_t  **p;

    if (f->track == NULL) {
        return;
    }

    for (p = &f->track->forwards; *p != f; p = &(*p)->track_next) {
        /* void */
    }

    *p = f->track_next;

    f->track = NULL;
    f->track_next = NULL;
    f->epoch = 0;
}


void
rtc_forward_resync(rtc_forward_t *f, uint64_t now_us)
{
    f->epoch = 0;
    f->layer = RTC_DECLINED;

    rtc_seqmap_close(&f->map);

    rtc_forward_choose(f);
    rtc_forward_request_waiting(f, now_us);
}


void
rtc_forward_set_max_layer(rtc_forward_t *f, unsigned layer, uint64_t now_us)
{
    f->max_layer = layer;

    rtc_forward_choose(f);
    rtc_forward_request_waiting(f, now_us);
}


void
rtc_forward_set_paused(rtc_forward_t *f, int paused, uint64_t now_us)
{
    paused = (paused != 0);

    if ((int) f->paused == paused) {
        return;
    }

    f->paused = (unsigned) paused;

    rtc_forward_resync(f, now_us);
}


int
rtc_forward_layer(const rtc_forward_t *f)
{
    return f->epoch ? f->layer : RTC_DECLINED;
}


rtc_track_t *
rtc_forward_track(const rtc_forward_t *f)
{
    return f->track;
}


void *
rtc_forward_owner(const rtc_forward_t *f)
{
    return f->owner;
}


void
rtc_forward_stats(const rtc_forward_t *f, rtc_forward_stats_t *stats)
{
    stats->packets = f->packets;
    stats->bytes = f->bytes;
    stats->switches = f->switches;
    stats->loss = f->loss;
    stats->jitter = f->jitter;
}


void
rtc_forward_choose(rtc_forward_t *f)
{
    int  best;

    if (f->track == NULL) {
        return;
    }

    best = rtc_track_best_layer(f->track, f->max_layer, f->target);

    if (best != RTC_DECLINED) {
        f->target = best;
    }
}


static int
rtc_forward_stopped(const rtc_forward_t *f)
{
    return f->track == NULL || f->paused || !f->down->writable;
}


void
rtc_forward_request_waiting(rtc_forward_t *f, uint64_t now_us)
{
    rtc_stream_t  *s;

    if (rtc_forward_stopped(f) || f->target == RTC_DECLINED) {
        return;
    }

    s = &f->track->layers[f->target];

    if (s->epoch != f->epoch) {
        rtc_track_request_keyframe(f->track, s, now_us);
    }
}


void
rtc_forward_request_keyframe(rtc_forward_t *f, uint64_t now_us)
{
    if (rtc_forward_stopped(f) || f->target == RTC_DECLINED) {
        return;
    }

    rtc_track_request_keyframe(f->track, &f->track->layers[f->target],
                               now_us);
}


void
rtc_forward_packets(rtc_forward_t *f, const rtc_packet_t *pkts, unsigned n,
    uint64_t now_us)
{
    unsigned  i;

    if (rtc_forward_stopped(f)) {
        return;
    }

    for (i = 0; i < n; i++) {
        rtc_forward_packet(f, &pkts[i], now_us);
    }
}


static void
rtc_forward_packet(rtc_forward_t *f, const rtc_packet_t *pkt, uint64_t now_us)
{
    rtc_stream_t  *s;

    s = pkt->stream;

    if (s->epoch == f->epoch) {

        if (pkt->late) {
            rtc_forward_late(f, pkt, now_us);

        } else if (pkt->padding) {
            rtc_seqmap_drop(&f->map, pkt->seq);

        } else {
            rtc_seqmap_advance(&f->map, pkt->seq);
            rtc_forward_send(f, pkt, rtc_seqmap_last(&f->map), now_us);
        }

        return;
    }

    if ((int) s->index == f->target && !pkt->padding
        && (pkt->media.keyframe || (!f->track->video && !pkt->late)))
    {
        rtc_forward_switch(f, pkt, now_us);
        return;
    }

    if (pkt->late) {
        rtc_forward_late(f, pkt, now_us);
    }
}


/* a packet from before: in its place, if it has one */

static void
rtc_forward_late(rtc_forward_t *f, const rtc_packet_t *pkt, uint64_t now_us)
{
    const rtc_segment_t  *segment;

    segment = rtc_seqmap_find(&f->map, pkt->stream->epoch, pkt->seq);

    if (segment == NULL) {
        f->down->stats.dropped++;
        return;
    }

    if (pkt->padding) {
        rtc_forward_send_padding(f, pkt->seq - segment->offset, now_us);
        return;
    }

    rtc_forward_send(f, pkt, segment, now_us);
}


static void
rtc_forward_switch(rtc_forward_t *f, const rtc_packet_t *pkt, uint64_t now_us)
{
    rtc_offsets_t     o;
    const rtc_dd_t   *dd;
    const rtc_vp8_t  *vp8;

    memset(&o, 0, sizeof(rtc_offsets_t));

    if (f->started) {
        o.ts = rtc_forward_align(f, pkt);

        if (f->track->codec == RTC_CODEC_VP8) {
            vp8 = &pkt->media.vp8;
            o.picture_id = vp8->picture_id - f->out_picture_id - 1;
            o.tl0 = vp8->tl0 - f->out_tl0 - 1;
            o.keyidx = vp8->keyidx - f->out_keyidx - 1;
        }

        if (pkt->media.has_dd) {
            dd = &pkt->media.dd;
            o.frame_number = dd->frame_number - f->out_frame_number - 1;
        }
    }

    f->epoch = pkt->stream->epoch;
    f->last_epoch = f->epoch;
    f->layer = (int) pkt->stream->index;
    f->switches++;

    rtc_seqmap_switch(&f->map, f->epoch, pkt->seq,
                      rtc_seqmap_next(&f->map, f->out_seq), &o);

    if (!f->started) {
        rtc_downlink_report_soon(f->down, now_us);
    }

    rtc_forward_send(f, pkt, rtc_seqmap_last(&f->map), now_us);

    if (pkt->late) {
        rtc_forward_replay(f, pkt, now_us);
    }
}


/* the first packet of a keyframe came late: what follows was not sent yet */

static void
rtc_forward_replay(rtc_forward_t *f, const rtc_packet_t *pkt, uint64_t now_us)
{
    uint64_t       seq;
    rtc_packet_t   next;
    rtc_stream_t  *s;

    s = pkt->stream;

    for (seq = pkt->seq + 1; seq <= s->recv.max; seq++) {

        if (rtc_track_load(f->track, s, seq, &next) != RTC_OK) {
            continue;
        }

        if (next.padding) {
            rtc_seqmap_drop(&f->map, seq);
            continue;
        }

        next.late = 0;

        rtc_seqmap_advance(&f->map, seq);
        rtc_forward_send(f, &next, rtc_seqmap_last(&f->map), now_us);
    }

    /* numbers that are still missing have their places, too */

    rtc_seqmap_advance(&f->map, s->recv.max);
}


/*
 * The offset of timestamps for a source that begins with this packet.  It has
 * the time of the publisher's clock behind what was sent last, if both layers
 * have sender reports, else that of its arrival; and it never goes back.
 */

static uint32_t
rtc_forward_align(const rtc_forward_t *f, const rtc_packet_t *pkt)
{
    int64_t               us, arrived;
    uint32_t              offset;
    uint64_t              was, is;
    rtc_stream_t         *last;
    const rtc_segment_t  *segment;

    segment = rtc_seqmap_last(&f->map);

    /* the same source goes on after a pause */

    if (f->last_epoch == pkt->stream->epoch) {
        offset = segment->offsets.ts;

        if (rtc_ts_diff(pkt->rtp.ts - offset, f->out_ts) > 0) {
            return offset;
        }
    }

    arrived = (int64_t) (pkt->us - f->out_us);
    us = arrived;

    last = rtc_track_source(f->track, f->last_epoch);

    if (last
        && rtc_stream_ntp_us(last, f->in_ts, &was) == RTC_OK
        && rtc_stream_ntp_us(pkt->stream, pkt->rtp.ts, &is) == RTC_OK)
    {
        us = (int64_t) (is - was);

        if (us > arrived + RTC_FORWARD_MAX_DRIFT
            || us < arrived - RTC_FORWARD_MAX_DRIFT)
        {
            us = arrived;
        }
    }

    us = us * f->track->clock / 1000000;

    return pkt->rtp.ts - f->out_ts - (uint32_t) rtc_max(us, 1);
}


int
rtc_forward_sr(rtc_forward_t *f, rtc_rtcp_sr_t *sr, uint64_t now_us)
{
    uint64_t       elapsed;
    rtc_stream_t  *s;

    if (f->track == NULL || f->epoch == 0 || !f->started) {
        return RTC_DECLINED;
    }

    s = rtc_track_source(f->track, f->epoch);

    if (s == NULL || s->sr_us == 0) {
        return RTC_DECLINED;
    }

    /* the publisher's clock, carried on to now */

    elapsed = now_us - s->sr_us;

    sr->ssrc = f->ssrc;
    sr->ntp = (f->local_clock ? rtc_ntp_from_us(s->sr_us) : s->sr_ntp)
              + rtc_ntp_from_us(elapsed);
    sr->rtp = s->sr_rtp - rtc_seqmap_last(&f->map)->offsets.ts
              + (uint32_t) (elapsed * f->track->clock / 1000000);
    sr->packets = (uint32_t) f->packets;
    sr->octets = (uint32_t) f->bytes;

    f->sr_lsr[1] = f->sr_lsr[0];
    f->sr_us[1] = f->sr_us[0];
    f->sr_lsr[0] = rtc_ntp_short(sr->ntp);
    f->sr_us[0] = now_us;
    f->reported = 1;

    return RTC_OK;
}
