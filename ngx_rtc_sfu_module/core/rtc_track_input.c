
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_downlink_internal.h"
#include "rtc_red.h"
#include "rtc_track_internal.h"


#define RTC_TRACK_RTT_WEIGHT  8

#define RTC_TRACK_MAX_PAD     8         /* bytes */


static void rtc_track_forward(rtc_track_t *track, rtc_stream_t *s,
    uint64_t seq, int late, uint64_t now_us);
static void rtc_track_level_sizes(rtc_track_t *track);
static int rtc_track_parse(rtc_track_t *track, rtc_packet_t *pkt);
static void rtc_track_missing(rtc_track_t *track, rtc_stream_t *s,
    uint64_t first, uint64_t last, uint64_t now_us);
static int rtc_track_activity(rtc_track_t *track, const rtc_packet_t *pkt,
    uint64_t now_us);
static void rtc_track_level(rtc_track_t *track, const rtc_packet_t *pkt,
    uint64_t now_us);


void
rtc_track_rtp(rtc_track_t *track, rtc_stream_t *s, const rtc_rtp_t *rtp,
    const uint8_t *p, uint64_t now_us)
{
    uint64_t             base, prior, seq;
    rtc_str_t            payload;
    rtc_recv_e           recv;
    rtc_uplink_stats_t  *stats;

    stats = &track->uplink->stats;

    if (rtc_stream_alloc(s, track->video, track->nlayers, track->nack)
        != RTC_OK)
    {
        stats->no_memory++;
        return;
    }

    base = s->recv.base;
    prior = s->recv.started ? s->recv.max : 0;

    recv = rtc_recv_packet(&s->recv, rtp->seq, rtp->ts, now_us, &seq);

    switch (recv) {

    case RTC_RECV_NEW:
        if (prior && seq > prior + 1) {
            rtc_track_missing(track, s, prior + 1, seq - 1, now_us);
        }

        break;

    case RTC_RECV_LATE:
        if (s->nack) {
            (void) rtc_nack_received(s->nack, seq, now_us);
        }

        /* the stream began earlier than it seemed */

        if (seq + 1 < base) {
            rtc_track_missing(track, s, seq + 1, base - 1, now_us);
        }

        break;

    case RTC_RECV_RESTART:
        rtc_track_restart(track, s, now_us);
        break;

    case RTC_RECV_DUPLICATE:
        stats->duplicate++;
        return;

    default:
        stats->old++;
        return;
    }

    payload = rtp->payload;

    if (payload.len == 0) {
        stats->padding++;

    } else if (rtp->pt != track->pt
               && (track->red_pt == 0 || rtp->pt != track->red_pt))
    {
        /* comfort noise and such: left out, but its number is used up */

        stats->unknown_pt++;
        payload.len = 0;
    }

    if (rtc_stream_store(s, seq, rtp, p,
                         payload.len ? (size_t) (payload.data - p) : 0,
                         payload, now_us)
        != RTC_OK)
    {
        stats->old++;
        return;
    }

    rtc_track_forward(track, s, seq, recv == RTC_RECV_LATE, now_us);
}


void
rtc_track_rtx(rtc_track_t *track, rtc_stream_t *s, const rtc_rtp_t *rtp,
    const uint8_t *p, uint64_t now_us)
{
    uint16_t             osn;
    uint64_t             rtt, seq;
    rtc_rtp_t            original;
    rtc_str_t            payload;
    rtc_uplink_t        *up;
    const uint8_t       *end;

    up = track->uplink;

    if (rtp->payload.len == 0) {
        up->stats.padding++;                        /* a probe */
        return;
    }

    if (rtp->pt != track->rtx_pt) {
        up->stats.unknown_pt++;
        return;
    }

    /* RFC 4588, section 4: the original number, then the original payload */

    end = rtp->payload.data + rtp->payload.len;

    payload.data = rtc_read_u16(rtp->payload.data, end, &osn);
    if (payload.data == NULL) {
        up->stats.malformed++;
        return;
    }

    payload.len = (size_t) (end - payload.data);

    if (s->cache == NULL || payload.len == 0) {
        up->stats.padding++;
        return;
    }

    switch (rtc_recv_repaired(&s->recv, osn, &seq)) {

    case RTC_RECV_LATE:
        break;

    case RTC_RECV_OLD:
        up->stats.old++;
        return;

    default:
        up->stats.duplicate++;
        return;
    }

    up->stats.rtx++;

    if (s->nack) {
        rtt = rtc_nack_received(s->nack, seq, now_us);

        if (rtt) {
            up->rtt_us = up->rtt_us ? up->rtt_us
                             - up->rtt_us / RTC_TRACK_RTT_WEIGHT
                             + rtt / RTC_TRACK_RTT_WEIGHT
                         : rtt;
        }
    }

    original = *rtp;
    original.pt = track->pt;
    original.ssrc = s->ssrc;

    if (rtc_stream_store(s, seq, &original, p,
                         (size_t) (rtp->payload.data - p), payload, now_us)
        != RTC_OK)
    {
        up->stats.old++;
        return;
    }

    rtc_track_forward(track, s, seq, 1, now_us);
}


/*
 * A packet that is in the cache now.  One in order waits in the batch; one
 * that may change what the others mean goes alone.
 */

static void
rtc_track_forward(rtc_track_t *track, rtc_stream_t *s, uint64_t seq, int late,
    uint64_t now_us)
{
    int            began;
    rtc_packet_t  *pkt;

    if (late || !s->active || track->nbatch == RTC_TRACK_BATCH) {
        rtc_track_flush(track, now_us);
    }

    pkt = &track->batch[track->nbatch];

    if (rtc_track_load(track, s, seq, pkt) != RTC_OK) {
        track->uplink->stats.malformed++;
        return;
    }

    pkt->late = (late != 0);

    began = 0;
    track->uplink->stats.malformed += pkt->malformed;

    if (!pkt->padding) {
        began = rtc_track_activity(track, pkt, now_us);
        rtc_track_level(track, pkt, now_us);
    }

    if (track->muted) {
        track->uplink->stats.muted++;
        return;
    }

    if (track->waiting) {
        rtc_forward_follow(track, pkt, now_us);
    }

    track->nbatch++;

    if (late || began) {
        rtc_track_flush(track, now_us);

    } else {
        rtc_uplink_wait(track->uplink);
    }

    /* not before: this packet may have begun the keyframe */

    if (began) {
        rtc_track_request_waiting(track, now_us);
    }
}


/* all packets for one, then for the next: they go as one, and find its state
   in the processor's cache */

void
rtc_track_flush(rtc_track_t *track, uint64_t now_us)
{
    rtc_leg_t      *leg;
    rtc_forward_t  *f;

    if (track->nbatch == 0) {
        return;
    }

    if (track->video) {
        rtc_track_level_sizes(track);
    }

    for (leg = track->legs; leg; leg = leg->track_next) {
        rtc_leg_packets(leg, track->batch, track->nbatch);
    }

    for (f = track->forwards; f; f = f->track_next) {
        rtc_forward_prefetch(f->track_next);
        rtc_forward_packets(f, track->batch, track->nbatch, now_us);
    }

    track->nbatch = 0;
}


/*
 * What is of one size is sent as one, only the last may be shorter.  libwebrtc
 * divides a frame evenly, so some of its packets lack a byte: RTP padding.
 */

static void
rtc_track_level_sizes(rtc_track_t *track)
{
    size_t         len, min, max;
    unsigned       i, last;
    rtc_packet_t  *batch;

    batch = track->batch;

    for (i = 0; i < track->nbatch; i = last) {

        min = batch[i].rtp.payload.len;
        max = min;

        for (last = i + 1; last < track->nbatch; last++) {
            len = batch[last].rtp.payload.len;

            if (rtc_max(max, len) - rtc_min(min, len) > RTC_TRACK_MAX_PAD
                || batch[last].padding)
            {
                break;
            }

            min = rtc_min(min, len);
            max = rtc_max(max, len);
        }

        for ( /* void */ ; i + 1 < last; i++) {
            batch[i].pad = (uint8_t) (max - batch[i].rtp.payload.len);
        }
    }
}


int
rtc_track_load(rtc_track_t *track, rtc_stream_t *s, uint64_t seq,
    rtc_packet_t *pkt)
{
    const rtc_cache_slot_t  *slot;

    slot = s->cache ? rtc_cache_find(s->cache, seq) : NULL;
    if (slot == NULL) {
        return RTC_DECLINED;
    }

    pkt->stream = s;
    pkt->seq = seq;
    pkt->us = slot->us;
    pkt->padding = (slot->len == 0);
    pkt->malformed = 0;
    pkt->late = 0;
    pkt->pad = 0;

    if (pkt->padding) {
        return RTC_OK;
    }

    if (rtc_rtp_parse(&pkt->rtp, rtc_cache_bytes(s->cache, slot), slot->len)
        != RTC_OK)
    {
        return RTC_ERROR;
    }

    /* what is no payload of the codec is left out, like padding */

    if (rtc_track_parse(track, pkt) != RTC_OK) {
        pkt->padding = 1;
        pkt->malformed = 1;
    }

    return RTC_OK;
}


static int
rtc_track_parse(rtc_track_t *track, rtc_packet_t *pkt)
{
    size_t         pos;
    uint8_t        pt;
    unsigned       e;
    rtc_rtp_ext_t  ext;

    memset(pkt->exts, 0, sizeof(pkt->exts));
    pos = 0;

    while (rtc_rtp_ext_next(&pkt->rtp, &pos, &ext) == RTC_OK) {
        e = track->exts[ext.id];

        if (e != RTC_EXT_NONE) {
            pkt->exts[e].data = ext.data;
            pkt->exts[e].len = ext.len;
        }
    }

    pkt->red = (track->red_pt && pkt->rtp.pt == track->red_pt);
    pkt->primary = pkt->rtp.payload;

    /* inside of RED a payload type is the publisher's, also on a relay */

    if (pkt->red
        && (rtc_red_primary(pkt->rtp.payload, &pt, &pkt->primary) != RTC_OK
            || (pt != track->pt && !track->uplink->relay)))
    {
        return RTC_ERROR;
    }

    if (rtc_media_parse(&pkt->media, track->codec, pkt->rtp.payload,
                        pkt->exts[RTC_EXT_DEPENDENCY])
        != RTC_OK)
    {
        return RTC_ERROR;
    }

    /* what is before it is missing: better begin there, when it is repaired */

    if (pkt->media.headless
        && rtc_cache_find(pkt->stream->cache, pkt->seq - 1) == NULL)
    {
        pkt->media.keyframe = 0;
    }

    return RTC_OK;
}


static void
rtc_track_missing(rtc_track_t *track, rtc_stream_t *s, uint64_t first,
    uint64_t last, uint64_t now_us)
{
    if (s->nack == NULL) {
        return;
    }

    if (rtc_nack_missing(s->nack, first, last, now_us) != RTC_OK) {

        if (rtc_track_is_wanted(track)) {
            rtc_track_request_keyframe(track, s, now_us);
        }

        return;
    }

    rtc_uplink_wake(track->uplink, s->nack->next_deadline);
}


/* whether the layer begins just now */

static int
rtc_track_activity(rtc_track_t *track, const rtc_packet_t *pkt,
    uint64_t now_us)
{
    int            began;
    unsigned       i;
    rtc_stream_t  *s;

    s = pkt->stream;

    if (s->packets == 0 || pkt->rtp.ts != s->last_ts) {
        for (i = 0; i < track->nlayers; i++) {
            track->layers[i].other_frames += (i != s->index);
        }
    }

    began = !s->active;

    rtc_stream_count(s, pkt, now_us);

    if (began) {
        s->active = 1;
        s->stable = (track->nlayers == 1 || track->uplink->relay);
        s->active_us = now_us;

        rtc_track_choose(track);
    }

    return began;
}


static void
rtc_track_level(rtc_track_t *track, const rtc_packet_t *pkt, uint64_t now_us)
{
    const rtc_str_t  *level;

    level = &pkt->exts[RTC_EXT_AUDIO_LEVEL];

    /* RFC 6464, section 3: the first bit tells of voice activity */

    if (level->len && !track->muted) {
        rtc_speaker_observe(&track->speaker, level->data[0] & 0x7f, now_us);
    }
}
