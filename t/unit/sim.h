
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


#include "sim_publisher.h"
#include "sim_subscriber.h"


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

    if (out->pad) {
        memset(p, out->pad, out->pad);
        p += out->pad;
    }

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
    NULL, sim_uplink_rtcp, sim_wake, NULL
};

static const rtc_out_t  sim_downlink_out = {
    sim_downlink_rtp, sim_downlink_rtcp, sim_wake, NULL
};


/* the whole */

static inline void
sim_deliver(sim_t *sim, const sim_packet_t *pkt)
{
    sim_sub_t  *sub;

    /* what goes to a stage may have other numbers */

    sub = &sim->subs[(pkt->index & 0x7f) % SIM_SUBS];

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

    case SIM_TO_STAGE:
        sim->stage->deliver(sim, pkt);
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

        rtc_uplink_flush(sim->up, sim->now);

        if (rtc_uplink_next_deadline(sim->up) <= sim->now) {
            rtc_uplink_timer(sim->up, sim->now);
        }

        if (sim->stage) {
            sim->stage->tick(sim);
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
sim_subscribe_to(sim_t *sim, unsigned index, rtc_track_t *track,
    unsigned max_layer)
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
    sub->forward = rtc_forward_create(sub->down, track, &fc, sim->now);
}


static inline void
sim_subscribe(sim_t *sim, unsigned index, unsigned max_layer)
{
    sim_subscribe_to(sim, index, sim->track, max_layer);
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
    sim->up = rtc_uplink_create(&uc);

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


#endif /* SIM_H_INCLUDED */
