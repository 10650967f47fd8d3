
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_downlink_internal.h"
#include "rtc_track_internal.h"


#define RTC_FORWARD_PADDING   4         /* bytes of an empty packet */

#define RTC_FORWARD_MIN_RTT   20000     /* us between answers to repeats */

/* repairs: 2 Mb/s on the average, and what a keyframe may need at once */
#define RTC_FORWARD_RATE      250000    /* bytes per second */
#define RTC_FORWARD_BURST     (192 * 1024)


/* a packet in the making */

typedef struct {
    rtc_rtp_t       rtp;
    rtc_str_t       payload;
    unsigned        nexts;
    size_t          prefix_len;
    uint8_t         twcc[2];
    uint8_t         send_time[3];
    uint8_t         dd[RTC_DD_MAX];
    uint8_t         prefix[2 + RTC_VP8_MAX_DESCRIPTOR];
    uint8_t         header[RTC_FORWARD_MAX_HEADER];
    rtc_rtp_ext_t   exts[RTC_EXT_MAX];
} rtc_outgoing_t;


static void rtc_forward_empty(rtc_forward_t *f, rtc_outgoing_t *o,
    uint64_t out);
static void rtc_forward_rewrite(rtc_forward_t *f, rtc_outgoing_t *o,
    const rtc_packet_t *pkt, const rtc_segment_t *segment);
static void rtc_forward_rewrite_vp8(rtc_outgoing_t *o, const rtc_packet_t *pkt,
    const rtc_offsets_t *offsets);
static void rtc_forward_add_ext(rtc_forward_t *f, rtc_outgoing_t *o,
    rtc_ext_e ext, const void *data, size_t len);
static void rtc_forward_add_exts(rtc_forward_t *f, rtc_outgoing_t *o,
    const rtc_packet_t *pkt, const rtc_offsets_t *offsets);
static void rtc_forward_add_times(rtc_forward_t *f, rtc_outgoing_t *o,
    rtc_sent_t *again, uint64_t now_us);
static int rtc_forward_output(rtc_forward_t *f, rtc_outgoing_t *o, int sender,
    int resend);
static void rtc_forward_remember(rtc_forward_t *f, rtc_outgoing_t *o,
    uint64_t out, uint64_t late_us);
static void rtc_forward_mark(rtc_forward_t *f, const rtc_packet_t *pkt,
    const rtc_segment_t *segment, uint64_t out);
static rtc_sent_t *rtc_forward_resend_allowed(rtc_forward_t *f, uint64_t out,
    uint64_t now_us);
static int rtc_forward_take_tokens(rtc_forward_t *f, size_t len,
    uint64_t now_us);


void
rtc_forward_send(rtc_forward_t *f, const rtc_packet_t *pkt,
    const rtc_segment_t *segment, uint64_t now_us)
{
    uint64_t        out;
    rtc_outgoing_t  o;

    out = pkt->seq - segment->offset;

    rtc_forward_rewrite(f, &o, pkt, segment);
    rtc_forward_add_times(f, &o, NULL, now_us);

    if (rtc_forward_output(f, &o, f->sender, 0) != RTC_OK) {
        return;
    }

    f->packets++;
    f->bytes += o.prefix_len + o.payload.len;

    rtc_forward_remember(f, &o, out, pkt->late ? now_us : 0);

    if (!f->started || out > f->out_seq) {
        rtc_forward_mark(f, pkt, segment, out);
    }
}


/* keeps the highest numbers, from which the next source goes on */

static void
rtc_forward_mark(rtc_forward_t *f, const rtc_packet_t *pkt,
    const rtc_segment_t *segment, uint64_t out)
{
    uint32_t              ts;
    const rtc_vp8_t      *vp8;
    const rtc_offsets_t  *offsets;

    offsets = &segment->offsets;
    ts = pkt->rtp.ts - offsets->ts;

    if (!f->started || rtc_ts_diff(ts, f->out_ts) > 0) {
        f->out_ts = ts;
        f->in_ts = pkt->rtp.ts;
        f->out_us = pkt->us;
    }

    f->started = 1;
    f->out_seq = out;

    if (f->track->codec == RTC_CODEC_VP8) {
        vp8 = &pkt->media.vp8;
        f->out_picture_id = vp8->picture_id - offsets->picture_id;
        f->out_tl0 = vp8->tl0 - offsets->tl0;
        f->out_keyidx = vp8->keyidx - offsets->keyidx;
    }

    if (pkt->media.has_dd) {
        f->out_frame_number = pkt->media.dd.frame_number
                              - offsets->frame_number;
    }
}


static void
rtc_forward_empty(rtc_forward_t *f, rtc_outgoing_t *o, uint64_t out)
{
    memset(&o->rtp, 0, sizeof(rtc_rtp_t));

    o->rtp.pt = f->pt;
    o->rtp.seq = (uint16_t) out;
    o->rtp.ts = f->out_ts;
    o->rtp.ssrc = f->ssrc;
    o->payload.data = o->prefix;
    o->payload.len = 0;
    o->prefix_len = 0;
    o->nexts = 0;

    rtc_forward_add_ext(f, o, RTC_EXT_MID, f->mid, f->mid_len);
}


void
rtc_forward_send_padding(rtc_forward_t *f, uint64_t out, uint64_t now_us)
{
    rtc_outgoing_t  o;

    rtc_forward_empty(f, &o, out);

    o.rtp.padding = RTC_FORWARD_PADDING;

    rtc_forward_add_times(f, &o, NULL, now_us);

    if (rtc_forward_output(f, &o, f->sender, 0) == RTC_OK) {
        f->packets++;
        f->down->stats.padding++;
    }
}


/* everything but what depends on the time of sending */

static void
rtc_forward_rewrite(rtc_forward_t *f, rtc_outgoing_t *o,
    const rtc_packet_t *pkt, const rtc_segment_t *segment)
{
    o->rtp = pkt->rtp;
    o->rtp.padding = pkt->pad;
    o->rtp.seq = (uint16_t) (pkt->seq - segment->offset);
    o->rtp.ts = pkt->rtp.ts - segment->offsets.ts;
    o->rtp.ssrc = f->ssrc;
    o->rtp.pt = f->pt;

    o->payload = pkt->primary;
    o->prefix_len = 0;
    o->nexts = 0;

    if (pkt->red && f->red_pt) {
        o->rtp.pt = f->red_pt;
        o->payload = pkt->rtp.payload;
    }

    if (f->track->codec == RTC_CODEC_VP8) {
        rtc_forward_rewrite_vp8(o, pkt, &segment->offsets);
    }

    rtc_forward_add_ext(f, o, RTC_EXT_MID, f->mid, f->mid_len);
    rtc_forward_add_exts(f, o, pkt, &segment->offsets);
}


static void
rtc_forward_rewrite_vp8(rtc_outgoing_t *o, const rtc_packet_t *pkt,
    const rtc_offsets_t *offsets)
{
    rtc_vp8_t  vp8;

    vp8 = pkt->media.vp8;
    vp8.picture_id -= offsets->picture_id;
    vp8.tl0 -= offsets->tl0;
    vp8.keyidx -= offsets->keyidx;

    rtc_vp8_write(o->prefix, &vp8);

    o->prefix_len = vp8.len;
    o->payload.data += vp8.len;
    o->payload.len -= vp8.len;
}


static void
rtc_forward_add_ext(rtc_forward_t *f, rtc_outgoing_t *o, rtc_ext_e ext,
    const void *data, size_t len)
{
    if (f->exts.id[ext] == 0 || len == 0 || len > UINT8_MAX) {
        return;
    }

    o->exts[o->nexts].id = f->exts.id[ext];
    o->exts[o->nexts].len = (uint8_t) len;
    o->exts[o->nexts].data = data;
    o->nexts++;
}


/* those of the publisher that make sense for the subscriber */

static void
rtc_forward_add_exts(rtc_forward_t *f, rtc_outgoing_t *o,
    const rtc_packet_t *pkt, const rtc_offsets_t *offsets)
{
    size_t            i;
    const rtc_str_t  *value;

    static const rtc_ext_e  passed[] = {
        RTC_EXT_AUDIO_LEVEL, RTC_EXT_ABS_CAPTURE_TIME,
        RTC_EXT_PLAYOUT_DELAY, RTC_EXT_ORIENTATION
    };

    for (i = 0; i < rtc_nelts(passed); i++) {
        value = &pkt->exts[passed[i]];

        rtc_forward_add_ext(f, o, passed[i], value->data, value->len);
    }

    value = &pkt->exts[RTC_EXT_DEPENDENCY];

    if (pkt->media.has_dd && f->exts.id[RTC_EXT_DEPENDENCY]
        && value->len <= sizeof(o->dd))
    {
        memcpy(o->dd, value->data, value->len);

        rtc_dd_set_frame_number(o->dd, pkt->media.dd.frame_number
                                       - offsets->frame_number);
        rtc_forward_add_ext(f, o, RTC_EXT_DEPENDENCY, o->dd, value->len);
    }
}


/* again: the values of the first time, for a bit-identical packet */

static void
rtc_forward_add_times(rtc_forward_t *f, rtc_outgoing_t *o, rtc_sent_t *again,
    uint64_t now_us)
{
    uint16_t  twcc;
    uint32_t  time;

    twcc = 0;

    if (f->exts.id[RTC_EXT_TRANSPORT_CC]) {
        twcc = again ? again->twcc : f->down->twcc_seq++;
    }

    /* 6.18 seconds */

    time = (uint32_t) (now_us % 64000000 * (1 << 18) / 1000000) & 0xffffff;

    if (again) {
        time = again->send_time;
    }

    (void) rtc_write_u16(o->twcc, twcc);
    (void) rtc_write_u24(o->send_time, time);

    rtc_forward_add_ext(f, o, RTC_EXT_TRANSPORT_CC, o->twcc, 2);
    rtc_forward_add_ext(f, o, RTC_EXT_ABS_SEND_TIME, o->send_time, 3);
}


static int
rtc_forward_output(rtc_forward_t *f, rtc_outgoing_t *o, int sender,
    int resend)
{
    size_t           len, size;
    rtc_rtp_out_t    out;
    rtc_downlink_t  *down;

    down = f->down;

    len = rtc_rtp_build(o->header, sizeof(o->header), &o->rtp, o->exts,
                        o->nexts);

    size = o->prefix_len + o->payload.len + o->rtp.padding;

    if (len == 0 || len + size > RTC_RTP_MAX) {
        down->stats.dropped++;
        return RTC_ERROR;
    }

    out.header = o->header;
    out.header_len = len;
    out.prefix = o->prefix;
    out.prefix_len = o->prefix_len;
    out.payload = o->payload.data;
    out.payload_len = o->payload.len;
    out.pad = o->rtp.padding;
    out.sender = sender;
    out.resend = (resend != 0);
    out.video = f->track->video;

    down->out->send_rtp(down->ctx, &out);

    down->stats.packets++;
    down->stats.bytes += len + size;

    return RTC_OK;
}


/*
 * A late packet counts as a repair: the subscriber may have asked for it
 * already.  Without RTX a packet in time is remembered, too.
 */

static void
rtc_forward_remember(rtc_forward_t *f, rtc_outgoing_t *o, uint64_t out,
    uint64_t late_us)
{
    rtc_sent_t  *sent;

    if (f->sent == NULL || (f->rtx_ssrc && late_us == 0)) {
        return;
    }

    sent = &f->sent[out % f->nsent];

    sent->out = out;
    sent->resent_us = late_us;
    sent->pad = o->rtp.padding;
    sent->twcc = rtc_get_u16(o->twcc);
    sent->send_time = rtc_get_u24(o->send_time);
}


void
rtc_forward_resend(rtc_forward_t *f, uint16_t seq, uint64_t now_us)
{
    int                    resend, sender;
    uint64_t               out, original;
    rtc_sent_t            *sent;
    rtc_packet_t           pkt;
    rtc_stream_t          *s;
    rtc_outgoing_t         o;
    rtc_downlink_stats_t  *stats;
    const rtc_segment_t   *segment;

    stats = &f->down->stats;
    stats->nacks++;

    if (f->sent == NULL || f->track == NULL || !f->started
        || rtc_seq_diff(seq, (uint16_t) f->out_seq) > 0)
    {
        stats->nacks_missed++;
        return;
    }

    out = f->out_seq - (uint16_t) (f->out_seq - seq);

    sent = rtc_forward_resend_allowed(f, out, now_us);
    if (sent == NULL) {
        return;
    }

    segment = rtc_seqmap_reverse(&f->map, out, &original);
    s = segment ? rtc_track_source(f->track, segment->source) : NULL;

    resend = (f->rtx_ssrc == 0);
    sender = f->sender;

    /* an empty packet has no second copy: it can be repaired by RTX only */

    if (s == NULL
        || rtc_track_load(f->track, s, original, &pkt) != RTC_OK
        || (pkt.padding && resend))
    {
        stats->nacks_missed++;
        return;
    }

    if (pkt.padding) {
        rtc_forward_empty(f, &o, out);

    } else {
        rtc_forward_rewrite(f, &o, &pkt, segment);
    }

    if (rtc_forward_take_tokens(f, RTC_RTP_HEADER + o.payload.len, now_us)
        != RTC_OK)
    {
        stats->nacks_limited++;
        return;
    }

    rtc_forward_add_times(f, &o, resend ? sent : NULL, now_us);

    if (resend) {
        o.rtp.padding = sent->pad;

    } else {

        /* RFC 4588, section 4: the number goes before the payload */

        memmove(o.prefix + 2, o.prefix, o.prefix_len);
        (void) rtc_write_u16(o.prefix, o.rtp.seq);
        o.prefix_len += 2;

        o.rtp.ssrc = f->rtx_ssrc;
        o.rtp.pt = f->rtx_pt;
        o.rtp.seq = f->rtx_seq++;
        sender = f->rtx_sender;
    }

    sent->out = out;
    sent->resent_us = now_us;

    if (rtc_forward_output(f, &o, sender, resend) == RTC_OK) {
        stats->resends++;
    }
}


/* the place of a number, or NULL: it was repeated within a round trip */

static rtc_sent_t *
rtc_forward_resend_allowed(rtc_forward_t *f, uint64_t out, uint64_t now_us)
{
    uint64_t     rtt;
    rtc_sent_t  *sent;

    sent = &f->sent[out % f->nsent];

    if (sent->out != out) {

        if (f->rtx_ssrc) {
            return sent;
        }

        f->down->stats.nacks_missed++;
        return NULL;
    }

    rtt = rtc_max(f->down->stats.rtt_us, RTC_FORWARD_MIN_RTT);

    if (sent->resent_us && now_us - sent->resent_us < rtt) {
        f->down->stats.nacks_repeated++;
        return NULL;
    }

    return sent;
}


static int
rtc_forward_take_tokens(rtc_forward_t *f, size_t len, uint64_t now_us)
{
    uint64_t  elapsed;

    elapsed = rtc_min(now_us - f->tokens_us, 1000000);

    f->tokens += elapsed * RTC_FORWARD_RATE;
    f->tokens = rtc_min(f->tokens, RTC_FORWARD_BURST * 1000000ULL);
    f->tokens_us = now_us;

    if (f->tokens < len * 1000000) {
        return RTC_DECLINED;
    }

    f->tokens -= len * 1000000;

    return RTC_OK;
}
