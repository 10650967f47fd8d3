
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A subscriber of sim.h: keeps what it got and asks for what it did not.
 */


#ifndef SIM_SUBSCRIBER_H_INCLUDED
#define SIM_SUBSCRIBER_H_INCLUDED


#include "sim_types.h"


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
    got->hash = sim_hash(payload.data + vp8.len, payload.len - vp8.len);
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
        n = rtc_nack_due(&sub->nack, sim->now,
                         2 * (sim->delay + sim->jitter), seqs, 200);

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


#endif /* SIM_SUBSCRIBER_H_INCLUDED */
