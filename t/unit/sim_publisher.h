
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The publisher of sim.h: three layers of VP8, repairs and keyframes.
 */


#ifndef SIM_PUBLISHER_H_INCLUDED
#define SIM_PUBLISHER_H_INCLUDED


#include "sim_types.h"


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
        memset(p, (int) (sim->frame * 7 + i), 50);
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


#endif /* SIM_PUBLISHER_H_INCLUDED */
