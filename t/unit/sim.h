
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A publisher of VP8 simulcast and subscribers around uplink and downlinks,
 * with links that lose, delay and reorder, on a virtual clock.
 *
 * Each payload tells its layer, its frame (the same number in all layers),
 * and its place in the frame, so that a subscriber can check what it got.
 */


#ifndef SIM_H_INCLUDED
#define SIM_H_INCLUDED


#include <stdlib.h>

#include "rtc_bytes.h"
#include "rtc_downlink.h"
#include "rtc_forward.h"
#include "rtc_nack.h"
#include "rtc_recv.h"
#include "rtc_rtcp.h"
#include "rtc_twcc.h"
#include "rtc_uplink.h"
#include "rtc_vp8.h"


#define SIM_LAYERS     3
#define SIM_HISTORY    4096
#define SIM_GOT        32768
#define SIM_QUEUE      8192
#define SIM_SUBS       2

#define SIM_PT         96
#define SIM_RTX_PT     97
#define SIM_OUT_PT     120
#define SIM_OUT_RTX    121

#define SIM_SEED       0xfffffffe

#define SIM_EXT_MID    4
#define SIM_EXT_RID    10
#define SIM_EXT_RRID   11
#define SIM_EXT_TWCC   3

#define SIM_FRAME_US   33000
#define SIM_TICKS      2970             /* of 90 kHz in a frame */


enum { SIM_TO_UPLINK, SIM_TO_PUBLISHER, SIM_TO_DOWNLINK, SIM_TO_SUB };


typedef struct {
    uint64_t            at;
    uint8_t             to;
    uint8_t             index;
    uint16_t            len;
    uint8_t             p[RTC_RTP_MAX];
} sim_packet_t;


typedef struct {
    uint32_t            ssrc;
    uint32_t            rtx_ssrc;
    uint32_t            ts;
    uint16_t            seq;
    uint16_t            rtx_seq;
    uint16_t            picture_id;
    uint8_t             tl0;
    uint8_t             keyidx;
    unsigned            enabled:1;
    unsigned            key:1;          /* the next frame is a keyframe */
    unsigned            plis;
    unsigned            keyframes;
    uint32_t            packets;

    struct {
        uint16_t        len;
        uint8_t         p[256];
    } history[SIM_HISTORY];
} sim_layer_t;


typedef struct {
    uint8_t             valid;
    uint8_t             layer;
    uint8_t             index;
    uint8_t             count;
    uint8_t             key;
    uint8_t             padding;
    uint8_t             tl0;
    uint8_t             keyidx;
    uint16_t            picture_id;
    uint32_t            ts;
    uint32_t            frame;
} sim_got_t;


typedef struct sim_s  sim_t;

typedef struct {
    sim_t              *sim;
    unsigned            index;
    rtc_downlink_t     *down;
    rtc_forward_t      *forward;
    uint32_t            ssrc;
    uint32_t            rtx_ssrc;

    rtc_recv_t          recv;
    rtc_nack_t          nack;
    uint64_t            first;
    uint64_t            rr_us;
    uint32_t            sr_lsr;
    uint64_t            sr_us;
    sim_got_t           got[SIM_GOT];

    unsigned            packets;
    unsigned            repaired;
    unsigned            useless;        /* RTX of what was there */
    unsigned            bad;            /* not to be parsed, wrong PT */
    unsigned            srs;
    unsigned            cnames;
    rtc_rtcp_sr_t       sr;
    unsigned            twcc_gaps;
    uint16_t            twcc;
} sim_sub_t;


struct sim_s {
    uint64_t            now;
    uint32_t            random;
    unsigned            loss;           /* per mille, media and RTCP */
    uint64_t            delay;
    uint64_t            jitter;

    rtc_uplink_t       *up;
    rtc_track_t        *track;
    uint32_t            frame;
    uint64_t            frame_us;
    uint64_t            sr_us;
    uint16_t            twcc;
    sim_layer_t         layers[SIM_LAYERS];

    unsigned            rrs;
    unsigned            twccs;
    unsigned            nacks;
    rtc_rtcp_block_t    block;          /* the last one of layer 0 */

    sim_sub_t           subs[SIM_SUBS];

    unsigned            queued;
    sim_packet_t        queue[SIM_QUEUE];
};


static const char *const  sim_rids[SIM_LAYERS] = { "q", "h", "f" };


static inline uint32_t
sim_random(sim_t *sim)
{
    sim->random = sim->random * 1664525 + 1013904223;

    return sim->random >> 8;
}


static inline void
sim_queue(sim_t *sim, unsigned to, unsigned index, const uint8_t *p,
    size_t len)
{
    sim_packet_t  *pkt;

    if (sim_random(sim) % 1000 < sim->loss || sim->queued == SIM_QUEUE) {
        return;
    }

    pkt = &sim->queue[sim->queued++];
    pkt->at = sim->now + sim->delay
              + (sim->jitter ? sim_random(sim) % sim->jitter : 0);
    pkt->to = (uint8_t) to;
    pkt->index = (uint8_t) index;
    pkt->len = (uint16_t) len;
    memcpy(pkt->p, p, len);
}


/* the publisher */

static inline void
sim_send_rtx(sim_t *sim, sim_layer_t *l, uint16_t seq)
{
    uint8_t          buf[512], twcc[2];
    size_t           n;
    rtc_rtp_t        rtp;
    rtc_rtp_ext_t    exts[3];
    const uint8_t   *p;

    p = l->history[seq % SIM_HISTORY].p;

    if (rtc_rtp_parse(&rtp, p, l->history[seq % SIM_HISTORY].len) != RTC_OK
        || rtp.seq != seq || rtp.payload.len == 0)
    {
        return;
    }

    (void) rtc_write_u16(twcc, sim->twcc++);

    exts[0].id = SIM_EXT_MID;
    exts[0].len = 1;
    exts[0].data = (const uint8_t *) "1";
    exts[1].id = SIM_EXT_RRID;
    exts[1].len = 1;
    exts[1].data = (const uint8_t *) sim_rids[l - sim->layers];
    exts[2].id = SIM_EXT_TWCC;
    exts[2].len = 2;
    exts[2].data = twcc;

    rtp.pt = SIM_RTX_PT;
    rtp.ssrc = l->rtx_ssrc;
    rtp.seq = l->rtx_seq++;

    n = rtc_rtp_build(buf, sizeof(buf), &rtp, exts, 3);
    (void) rtc_write_u16(buf + n, seq);
    memcpy(buf + n + 2, rtp.payload.data, rtp.payload.len);

    sim_queue(sim, SIM_TO_UPLINK, 0, buf, n + 2 + rtp.payload.len);
}


static inline void
sim_send_packet(sim_t *sim, sim_layer_t *l, unsigned i, unsigned n, int key,
    int padding)
{
    uint8_t         *p, twcc[2], *buf;
    size_t           len;
    rtc_rtp_t        rtp;
    rtc_vp8_t        vp8;
    rtc_rtp_ext_t    exts[3];

    (void) rtc_write_u16(twcc, sim->twcc++);

    exts[0].id = SIM_EXT_MID;
    exts[0].len = 1;
    exts[0].data = (const uint8_t *) "1";
    exts[1].id = SIM_EXT_RID;
    exts[1].len = 1;
    exts[1].data = (const uint8_t *) sim_rids[l - sim->layers];
    exts[2].id = SIM_EXT_TWCC;
    exts[2].len = 2;
    exts[2].data = twcc;

    memset(&rtp, 0, sizeof(rtp));
    rtp.pt = SIM_PT;
    rtp.marker = (i == n - 1);
    rtp.seq = l->seq++;
    rtp.ts = l->ts;
    rtp.ssrc = l->ssrc;
    rtp.padding = (uint8_t) padding;

    buf = l->history[rtp.seq % SIM_HISTORY].p;
    len = rtc_rtp_build(buf, 256, &rtp, exts, 3);
    p = buf + len;

    if (padding) {
        memset(p, 0, padding);
        p += padding;
        p[-1] = (uint8_t) padding;

    } else {
        memset(&vp8, 0, sizeof(vp8));
        vp8.first = i == 0 ? 0x90 : 0x80;
        vp8.has_picture_id = vp8.wide = vp8.has_tl0 = 1;
        vp8.has_tid = vp8.has_keyidx = 1;
        vp8.picture_id = l->picture_id;
        vp8.tl0 = l->tl0;
        vp8.keyidx = l->keyidx;
        rtc_vp8_write(p, &vp8);

        p += RTC_VP8_MAX_DESCRIPTOR;
        p = rtc_write_u8(p, key ? 0x10 : 0x11);
        p = rtc_write_u8(p, (uint8_t) (l - sim->layers));
        p = rtc_write_u32(p, sim->frame);
        p = rtc_write_u8(p, (uint8_t) i);
        p = rtc_write_u8(p, (uint8_t) n);
        p = rtc_write_u8(p, (uint8_t) key);
        memset(p, 'x', 50);
        p += 50;
    }

    l->history[rtp.seq % SIM_HISTORY].len = (uint16_t) (p - buf);
    l->packets++;

    sim_queue(sim, SIM_TO_UPLINK, 0, buf, (size_t) (p - buf));
}


static inline void
sim_capture(sim_t *sim)
{
    int           key;
    unsigned      i, j, n;
    sim_layer_t  *l;

    for (i = 0; i < SIM_LAYERS; i++) {
        l = &sim->layers[i];
        l->ts += SIM_TICKS;

        if (!l->enabled) {
            continue;
        }

        key = l->key;
        l->key = 0;
        l->picture_id++;
        l->tl0++;
        l->keyidx += key;
        l->keyframes += key;

        n = (1 + i) * (key ? 3 : 1);

        for (j = 0; j < n; j++) {
            sim_send_packet(sim, l, j, n, key, 0);
        }
    }

    sim->frame++;
}


static inline void
sim_publisher_sr(sim_t *sim)
{
    uint8_t         buf[64], *p;
    unsigned        i, loss;
    rtc_rtcp_sr_t   sr;

    /* without a report timestamps are only as exact as arrivals are */

    loss = sim->loss;
    sim->loss = 0;

    for (i = 0; i < SIM_LAYERS; i++) {
        if (!sim->layers[i].enabled) {
            continue;
        }

        sr.ssrc = sim->layers[i].ssrc;
        sr.ntp = rtc_ntp_from_us(3900000000000000ULL + sim->frame_us);
        sr.rtp = sim->layers[i].ts;
        sr.packets = sim->layers[i].packets;
        sr.octets = 0;

        p = rtc_rtcp_build_sr(buf, buf + sizeof(buf), &sr);
        sim_queue(sim, SIM_TO_UPLINK, 0, buf, (size_t) (p - buf));
    }

    sim->loss = loss;
}


static inline sim_layer_t *
sim_layer(sim_t *sim, uint32_t ssrc)
{
    unsigned  i;

    for (i = 0; i < SIM_LAYERS; i++) {
        if (sim->layers[i].ssrc == ssrc) {
            return &sim->layers[i];
        }
    }

    return NULL;
}


static inline void
sim_publisher_rtcp(sim_t *sim, const uint8_t *p, size_t len)
{
    uint16_t          pid, blp;
    unsigned          i, j;
    rtc_rtcp_t        part;
    sim_layer_t      *l;
    rtc_rtcp_fb_t     fb;
    const uint8_t    *end;
    rtc_rtcp_block_t  block;

    end = p + len;

    while (rtc_rtcp_next(&p, end, &part) == RTC_OK) {

        for (i = 0; rtc_rtcp_parse_block(&part, i, &block) == RTC_OK; i++) {
            sim->rrs++;

            if (block.ssrc == sim->layers[0].ssrc) {
                sim->block = block;
            }
        }

        if (rtc_rtcp_parse_fb(&part, &fb) != RTC_OK) {
            continue;
        }

        if (part.type == RTC_RTCP_RTPFB && part.count == RTC_RTPFB_TWCC) {
            sim->twccs++;
            continue;
        }

        l = sim_layer(sim, fb.media);
        if (l == NULL) {
            continue;
        }

        if (part.type == RTC_RTCP_PSFB) {
            l->plis++;
            l->key = 1;
            continue;
        }

        for (i = 0; rtc_rtcp_parse_nack(&fb, i, &pid, &blp) == RTC_OK; i++) {
            sim->nacks++;
            sim_send_rtx(sim, l, pid);

            for (j = 0; j < 16; j++) {
                if (blp & (1 << j)) {
                    sim->nacks++;
                    sim_send_rtx(sim, l, (uint16_t) (pid + 1 + j));
                }
            }
        }
    }
}


/* the subscribers */

static inline void
sim_sub_store(sim_sub_t *sub, uint64_t seq, const rtc_rtp_t *rtp,
    rtc_str_t payload)
{
    rtc_vp8_t       vp8;
    sim_got_t      *got;
    const uint8_t  *p;

    if (seq < sub->first || seq - sub->first >= SIM_GOT) {
        sub->bad++;
        return;
    }

    got = &sub->got[seq - sub->first];
    got->valid = 1;
    got->ts = rtp->ts;

    if (payload.len == 0) {
        got->padding = 1;
        return;
    }

    if (rtc_vp8_parse(&vp8, payload) != RTC_OK || payload.len < 15) {
        sub->bad++;
        return;
    }

    p = payload.data + vp8.len + 1;

    got->picture_id = vp8.picture_id;
    got->tl0 = vp8.tl0;
    got->keyidx = vp8.keyidx;
    got->layer = p[0];
    got->frame = rtc_get_u32(p + 1);
    got->index = p[5];
    got->count = p[6];
    got->key = p[7];
}


static inline void
sim_sub_rtp(sim_sub_t *sub, const uint8_t *p, size_t len)
{
    uint64_t    ext;
    rtc_str_t   payload, value;
    rtc_rtp_t   rtp;
    rtc_recv_e  recv;

    if (rtc_rtp_parse(&rtp, p, len) != RTC_OK
        || rtc_rtp_ext_find(&rtp, 5, &value) != RTC_OK
        || !rtc_str_eq(value, "v"))
    {
        sub->bad++;
        return;
    }

    sub->packets++;
    payload = rtp.payload;

    if (rtp.ssrc == sub->rtx_ssrc && rtp.pt == SIM_OUT_RTX) {

        recv = rtc_recv_repaired(&sub->recv, rtc_get_u16(payload.data), &ext);
        if (recv != RTC_RECV_LATE) {
            sub->useless++;
            return;
        }

        payload.data += 2;
        payload.len -= 2;
        sub->repaired++;

        (void) rtc_nack_received(&sub->nack, ext, sub->sim->now);

    } else if (rtp.ssrc == sub->ssrc && rtp.pt == SIM_OUT_PT) {

        uint64_t  prior = sub->recv.started ? sub->recv.max : 0;

        recv = rtc_recv_packet(&sub->recv, rtp.seq, rtp.ts, sub->sim->now,
                               &ext);

        if (recv != RTC_RECV_NEW && recv != RTC_RECV_LATE) {
            sub->bad += (recv != RTC_RECV_DUPLICATE);
            return;
        }

        if (recv == RTC_RECV_NEW && prior && ext > prior + 1) {
            (void) rtc_nack_missing(&sub->nack, prior + 1, ext - 1,
                                    sub->sim->now);
        }

        if (recv == RTC_RECV_LATE) {
            (void) rtc_nack_received(&sub->nack, ext, sub->sim->now);
        }

    } else {
        sub->bad++;
        return;
    }

    sim_sub_store(sub, ext, &rtp, payload);
}


static inline void
sim_sub_rtcp(sim_sub_t *sub, const uint8_t *p, size_t len)
{
    uint32_t         ssrc;
    rtc_str_t        cname;
    rtc_rtcp_t       part;
    const uint8_t   *end;

    end = p + len;

    while (rtc_rtcp_next(&p, end, &part) == RTC_OK) {
        if (rtc_rtcp_parse_sr(&part, &sub->sr) == RTC_OK) {
            sub->srs++;
            sub->sr_lsr = rtc_ntp_short(sub->sr.ntp);
            sub->sr_us = sub->sim->now;
        }

        if (rtc_rtcp_parse_cname(&part, &ssrc, &cname) == RTC_OK) {
            sub->cnames += rtc_str_eq(cname, "alice");
        }
    }
}


static inline void
sim_sub_timer(sim_sub_t *sub)
{
    uint8_t           buf[RTC_RTCP_MTU], *p;
    uint16_t          seqs[RTC_NACK_LIST];
    unsigned          n;
    sim_t            *sim;
    rtc_rtcp_block_t  block;

    sim = sub->sim;

    if (sub->down == NULL) {
        return;
    }

    if (sub->nack.next_deadline <= sim->now) {
        n = rtc_nack_due(&sub->nack, sim->now, 60000, seqs, 200);

        if (n) {
            p = rtc_rtcp_build_nack(buf, buf + sizeof(buf), 1, sub->ssrc,
                                    seqs, &n);
            sim_queue(sim, SIM_TO_DOWNLINK, sub->index, buf,
                      (size_t) (p - buf));
        }
    }

    if (sub->recv.started && sim->now - sub->rr_us >= 1000000) {
        sub->rr_us = sim->now;
        memset(&block, 0, sizeof(block));
        block.ssrc = sub->ssrc;
        rtc_recv_report(&sub->recv, &block);

        if (sub->sr_us) {
            block.lsr = sub->sr_lsr;
            block.dlsr = rtc_ntp_short(rtc_ntp_from_us(sim->now
                                                       - sub->sr_us));
        }

        p = rtc_rtcp_build_rr(buf, buf + sizeof(buf), 1, &block, 1);
        sim_queue(sim, SIM_TO_DOWNLINK, sub->index, buf, (size_t) (p - buf));
    }
}


static inline void
sim_sub_pli(sim_sub_t *sub)
{
    uint8_t  buf[64], *p;

    p = rtc_rtcp_build_pli(buf, buf + sizeof(buf), 1, sub->ssrc);
    rtc_downlink_rtcp(sub->down, buf, (size_t) (p - buf), sub->sim->now);
}


/* handlers of the core */

static inline void
sim_wake(void *ctx)
{
    (void) ctx;                         /* deadlines are looked at each ms */
}


static inline void
sim_uplink_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    sim_queue(ctx, SIM_TO_PUBLISHER, 0, p, len);
}


static inline void
sim_downlink_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    sim_sub_t  *sub = ctx;

    sim_queue(sub->sim, SIM_TO_SUB, sub->index | 0x80, p, len);
}


static inline void
sim_downlink_rtp(void *ctx, const rtc_rtp_out_t *out)
{
    uint8_t    *p, buf[RTC_RTP_MAX];
    uint16_t    twcc;
    rtc_rtp_t   rtp;
    rtc_str_t   value;
    sim_sub_t  *sub = ctx;

    p = rtc_write_bytes(buf, out->header, out->header_len);
    p = rtc_write_bytes(p, out->prefix, out->prefix_len);
    p = rtc_write_bytes(p, out->payload, out->payload_len);

    if (rtc_rtp_parse(&rtp, buf, (size_t) (p - buf)) == RTC_OK
        && rtc_rtp_ext_find(&rtp, 7, &value) == RTC_OK)
    {
        twcc = rtc_get_u16(value.data);
        sub->twcc_gaps += (twcc != sub->twcc);
        sub->twcc = (uint16_t) (twcc + 1);
    }

    sim_queue(sub->sim, SIM_TO_SUB, sub->index, buf, (size_t) (p - buf));
}


static const rtc_out_t  sim_uplink_out = {
    NULL, sim_uplink_rtcp, sim_wake
};

static const rtc_out_t  sim_downlink_out = {
    sim_downlink_rtp, sim_downlink_rtcp, sim_wake
};


/* the whole */

static inline void
sim_deliver(sim_t *sim, const sim_packet_t *pkt)
{
    sim_sub_t  *sub;

    sub = &sim->subs[pkt->index & 0x7f];

    switch (pkt->to) {

    case SIM_TO_UPLINK:
        if (rtc_rtp_is_rtcp(pkt->p, pkt->len)) {
            rtc_uplink_rtcp(sim->up, pkt->p, pkt->len, sim->now);

        } else {
            rtc_uplink_rtp(sim->up, pkt->p, pkt->len, sim->now);
        }

        break;

    case SIM_TO_PUBLISHER:
        sim_publisher_rtcp(sim, pkt->p, pkt->len);
        break;

    case SIM_TO_DOWNLINK:
        rtc_downlink_rtcp(sub->down, pkt->p, pkt->len, sim->now);
        break;

    default:
        if (pkt->index & 0x80) {
            sim_sub_rtcp(sub, pkt->p, pkt->len);

        } else {
            sim_sub_rtp(sub, pkt->p, pkt->len);
        }

        break;
    }
}


static inline void
sim_run(sim_t *sim, uint64_t us)
{
    uint64_t       end;
    unsigned       i, first;
    sim_packet_t   pkt;

    for (end = sim->now + us; sim->now < end; sim->now += 1000) {

        for ( ;; ) {
            first = sim->queued;

            for (i = 0; i < sim->queued; i++) {
                if (sim->queue[i].at <= sim->now
                    && (first == sim->queued
                        || sim->queue[i].at < sim->queue[first].at))
                {
                    first = i;
                }
            }

            if (first == sim->queued) {
                break;
            }

            pkt = sim->queue[first];
            sim->queued--;
            memmove(&sim->queue[first], &sim->queue[first + 1],
                    (sim->queued - first) * sizeof(sim_packet_t));

            sim_deliver(sim, &pkt);
        }

        if (rtc_uplink_next_deadline(sim->up) <= sim->now) {
            rtc_uplink_timer(sim->up, sim->now);
        }

        for (i = 0; i < SIM_SUBS; i++) {
            if (sim->subs[i].down
                && rtc_downlink_next_deadline(sim->subs[i].down) <= sim->now)
            {
                rtc_downlink_timer(sim->subs[i].down, sim->now);
            }

            sim_sub_timer(&sim->subs[i]);
        }

        if (sim->now - sim->frame_us >= SIM_FRAME_US) {
            sim->frame_us = sim->now;
            sim_capture(sim);
        }

        if (sim->now - sim->sr_us >= 1000000) {
            sim->sr_us = sim->now;
            sim_publisher_sr(sim);
        }
    }
}


static inline rtc_str_t
sim_str(const char *s)
{
    rtc_str_t  str;

    str.data = (const uint8_t *) s;
    str.len = strlen(s);

    return str;
}


static inline void
sim_subscribe(sim_t *sim, unsigned index, unsigned max_layer)
{
    sim_sub_t            *sub;
    rtc_downlink_conf_t   dc;
    rtc_forward_conf_t    fc;

    sub = &sim->subs[index];
    sub->sim = sim;
    sub->index = index;
    sub->ssrc = 7000 + index;
    sub->rtx_ssrc = 8000 + index;
    rtc_recv_init(&sub->recv, 90000);
    rtc_nack_init(&sub->nack);

    /* it knows where the numbers begin: the first packet is repaired, too */

    (void) rtc_recv_packet(&sub->recv, (SIM_SEED & 0x7fff) - 1, 0, sim->now,
                           &sub->first);
    sub->first++;

    memset(&dc, 0, sizeof(dc));
    dc.ssrc = 6000 + index;
    dc.out = &sim_downlink_out;
    dc.ctx = sub;
    sub->down = rtc_downlink_create(&dc, sim->now);

    memset(&fc, 0, sizeof(fc));
    fc.ssrc = sub->ssrc;
    fc.rtx_ssrc = sub->rtx_ssrc;
    fc.pt = SIM_OUT_PT;
    fc.rtx_pt = SIM_OUT_RTX;
    fc.nack = 1;
    fc.mid = sim_str("v");
    fc.cname = sim_str("alice");
    fc.seed = SIM_SEED;
    fc.max_layer = max_layer;
    fc.exts.id[RTC_EXT_MID] = 5;
    fc.exts.id[RTC_EXT_TRANSPORT_CC] = 7;
    sub->forward = rtc_forward_create(sub->down, sim->track, &fc, sim->now);
}


static inline void
sim_unsubscribe(sim_t *sim, unsigned index)
{
    rtc_downlink_destroy(sim->subs[index].down);
    memset(&sim->subs[index], 0, sizeof(sim_sub_t));
}


static inline sim_t *
sim_create(unsigned loss, uint64_t delay, uint64_t jitter)
{
    sim_t              *sim;
    unsigned            i;
    rtc_track_conf_t    tc;
    rtc_uplink_conf_t   uc;

    sim = calloc(1, sizeof(sim_t));
    if (sim == NULL) {
        abort();
    }

    sim->now = 1000000000;
    sim->random = 12345;
    sim->loss = loss;
    sim->delay = delay;
    sim->jitter = jitter;

    for (i = 0; i < SIM_LAYERS; i++) {
        sim->layers[i].ssrc = 100 + i;
        sim->layers[i].rtx_ssrc = 200 + i;
        sim->layers[i].ts = 0xfffff000 + i * 77777;
        sim->layers[i].seq = (uint16_t) (65400 + i * 50);
        sim->layers[i].picture_id = (uint16_t) (0x7ff0 - i * 1000);
        sim->layers[i].tl0 = (uint8_t) (i * 100);
        sim->layers[i].keyidx = (uint8_t) (i * 10);
        sim->layers[i].enabled = 1;
        sim->layers[i].key = 1;
    }

    memset(&uc, 0, sizeof(uc));
    uc.ssrc = 5000;
    uc.cname = sim_str("sfu");
    uc.out = &sim_uplink_out;
    uc.ctx = sim;
    sim->up = rtc_uplink_create(&uc, sim->now);

    memset(&tc, 0, sizeof(tc));
    tc.codec = RTC_CODEC_VP8;
    tc.clock = 90000;
    tc.pt = SIM_PT;
    tc.rtx_pt = SIM_RTX_PT;
    tc.mid = sim_str("1");
    tc.nack = 1;
    tc.pli = 1;
    tc.exts.id[RTC_EXT_MID] = SIM_EXT_MID;
    tc.exts.id[RTC_EXT_RID] = SIM_EXT_RID;
    tc.exts.id[RTC_EXT_RRID] = SIM_EXT_RRID;
    tc.exts.id[RTC_EXT_TRANSPORT_CC] = SIM_EXT_TWCC;
    tc.nlayers = SIM_LAYERS;

    for (i = 0; i < SIM_LAYERS; i++) {
        tc.layers[i].rid = sim_str(sim_rids[i]);
    }

    rtc_uplink_set_exts(sim->up, &tc.exts);
    sim->track = rtc_track_create(sim->up, &tc);

    return sim;
}


static inline void
sim_destroy(sim_t *sim)
{
    unsigned  i;

    rtc_uplink_destroy(sim->up);

    for (i = 0; i < SIM_SUBS; i++) {
        if (sim->subs[i].down) {
            rtc_downlink_destroy(sim->subs[i].down);
        }
    }

    free(sim);
}


/* what a subscriber got up to the last margin numbers, in order */

typedef struct {
    unsigned            missing;
    unsigned            padding;
    unsigned            frames;
    unsigned            switches;
    unsigned            bad_switches;   /* not at the start of a keyframe */
    unsigned            bad_times;      /* not those of the frames */
    unsigned            back;           /* timestamps that go back */
    unsigned            bad_ids;        /* picture id, TL0PICIDX, KEYIDX */
    unsigned            bad_frames;     /* incomplete inside of a layer */
    unsigned            skipped;        /* frames of a layer left out */
    unsigned            layers;         /* seen, as bits */
} sim_check_t;


static inline void
sim_check_frame(sim_check_t *c, const sim_got_t *last, const sim_got_t *g)
{
    int32_t  ticks;

    c->frames++;
    c->back += rtc_ts_diff(g->ts, last->ts) <= 0;
    c->bad_ids += (g->picture_id != ((last->picture_id + 1) & 0x7fff));
    c->bad_ids += (g->tl0 != (uint8_t) (last->tl0 + 1));
    c->bad_ids += (g->keyidx != ((last->keyidx + g->key) & 0x1f));

    if (g->layer != last->layer) {
        c->switches++;
        c->bad_switches += !g->key;

    } else {
        c->bad_frames += (last->index != last->count - 1 && !g->key);

        if (g->frame != last->frame + 1) {
            c->skipped++;
            c->bad_switches += !g->key;
        }
    }

    /* another layer may begin with a frame that was sent already */

    ticks = (int32_t) (g->frame - last->frame) * SIM_TICKS;
    ticks = rtc_ts_diff(g->ts, last->ts) - rtc_max(ticks, 1);

    c->bad_times += (ticks < -1 || ticks > 1);
}


static inline sim_check_t
sim_check(const sim_sub_t *sub, unsigned margin)
{
    uint64_t          n;
    unsigned          i;
    sim_check_t       c;
    const sim_got_t  *g, *last;

    memset(&c, 0, sizeof(c));

    last = NULL;
    n = sub->recv.max - sub->first + 1;

    for (i = 0; i + margin < n; i++) {
        g = &sub->got[i];

        if (!g->valid) {
            c.missing++;
            continue;
        }

        if (g->padding) {
            c.padding++;
            continue;
        }

        c.layers |= 1U << g->layer;

        if (last == NULL) {
            c.bad_switches += (!g->key || g->index != 0);

        } else if (g->frame != last->frame || g->layer != last->layer) {
            c.bad_frames += (g->index != 0);
            sim_check_frame(&c, last, g);

        } else {
            c.bad_frames += (g->index != last->index + 1);
            c.bad_ids += (g->picture_id != last->picture_id);
            c.back += (g->ts != last->ts);
        }

        last = g;
    }

    return c;
}


#endif /* SIM_H_INCLUDED */
