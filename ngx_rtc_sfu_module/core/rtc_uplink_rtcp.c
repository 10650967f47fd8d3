
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The RTCP of an uplink, both ways.
 */


#include "rtc_downlink_internal.h"
#include "rtc_track_internal.h"


#define RTC_UPLINK_MAX_RTT    10000000  /* us, more is nonsense */
#define RTC_UPLINK_RR_FRESH   5000000   /* us a subscriber's loss is valid */

/* what fits beside the other parts of a report */
#define RTC_UPLINK_MAX_BLOCKS  RTC_RTCP_MAX_BLOCKS


static void rtc_uplink_sr(rtc_uplink_t *up, const rtc_rtcp_t *part,
    uint64_t now_us);
static void rtc_uplink_bye(rtc_uplink_t *up, const rtc_rtcp_t *part,
    uint64_t now_us);
static void rtc_uplink_xr(rtc_uplink_t *up, const rtc_rtcp_t *part,
    uint64_t now_us);
static void rtc_uplink_block(rtc_uplink_t *up, rtc_track_t *track,
    rtc_stream_t *s, rtc_rtcp_block_t *block, uint64_t now_us);
static uint8_t rtc_uplink_worst_loss(const rtc_track_t *track,
    uint64_t now_us);
static void rtc_uplink_send_report(rtc_uplink_t *up,
    const rtc_rtcp_block_t *blocks, unsigned n, uint64_t now_us);


void
rtc_uplink_rtcp(rtc_uplink_t *up, const uint8_t *p, size_t len,
    uint64_t now_us)
{
    int             rc;
    rtc_rtcp_t      part;
    const uint8_t  *end;

    end = p + len;
    up->stats.rtcp++;

    while ((rc = rtc_rtcp_next(&p, end, &part)) == RTC_OK) {

        switch (part.type) {

        case RTC_RTCP_SR:
            rtc_uplink_sr(up, &part, now_us);
            break;

        case RTC_RTCP_BYE:
            rtc_uplink_bye(up, &part, now_us);
            break;

        case RTC_RTCP_XR:
            rtc_uplink_xr(up, &part, now_us);
            break;

        default:
            break;
        }
    }

    if (rc == RTC_ERROR) {
        up->stats.rtcp_malformed++;
    }
}


static void
rtc_uplink_sr(rtc_uplink_t *up, const rtc_rtcp_t *part, uint64_t now_us)
{
    rtc_leg_t               *leg;
    rtc_track_t             *track;
    rtc_forward_t           *f;
    rtc_rtcp_sr_t            sr;
    const rtc_ssrc_entry_t  *e;

    if (rtc_rtcp_parse_sr(part, &sr) != RTC_OK) {
        up->stats.rtcp_malformed++;
        return;
    }

    e = rtc_ssrc_find(&up->ssrcs, sr.ssrc);

    if (e == NULL || e->rtx) {
        return;
    }

    rtc_stream_sr(e->data, &sr, now_us);

    track = rtc_stream_track(e->data);

    /* subscribers synchronise sound and picture from their first one on */

    for (f = track->forwards; f; f = f->track_next) {
        if (f->started && !f->reported) {
            rtc_downlink_report_soon(f->down, now_us);
        }
    }

    for (leg = track->legs; leg; leg = leg->track_next) {
        rtc_leg_sr(leg, e->data, now_us);
    }
}


static void
rtc_uplink_bye(rtc_uplink_t *up, const rtc_rtcp_t *part, uint64_t now_us)
{
    uint32_t                 ssrc;
    unsigned                 i;
    rtc_track_t             *track;
    rtc_stream_t            *s;
    const rtc_ssrc_entry_t  *e;

    for (i = 0; rtc_rtcp_parse_bye(part, i, &ssrc) == RTC_OK; i++) {

        e = rtc_ssrc_find(&up->ssrcs, ssrc);

        if (e == NULL || e->rtx) {
            continue;
        }

        s = e->data;
        s->active = 0;
        s->stable = 0;

        track = rtc_stream_track(s);

        rtc_track_choose(track);
        rtc_track_request_waiting(track, now_us);
    }
}


static void
rtc_uplink_xr(rtc_uplink_t *up, const rtc_rtcp_t *part, uint64_t now_us)
{
    uint32_t         ssrc, now;
    uint64_t         ntp, rtt;
    rtc_rtcp_dlrr_t  dlrr;

    if (rtc_rtcp_parse_rrtr(part, &ssrc, &ntp) == RTC_OK) {
        up->rrtr_us = now_us;
        up->rrtr_ssrc = ssrc;
        up->rrtr_ntp = rtc_ntp_short(ntp);
    }

    if (rtc_rtcp_parse_dlrr(part, up->ssrc, &dlrr) == RTC_OK && dlrr.lrr) {

        now = rtc_ntp_short(rtc_ntp_from_us(now_us));
        rtt = rtc_ntp_to_us((uint64_t) (uint32_t) (now - dlrr.lrr - dlrr.dlrr)
                            << 16);

        if (rtt < RTC_UPLINK_MAX_RTT) {
            up->rtt_us = rtt;
        }
    }
}


void
rtc_uplink_report(rtc_uplink_t *up, uint64_t now_us)
{
    unsigned           i, n;
    rtc_track_t       *track;
    rtc_stream_t      *s;
    rtc_rtcp_block_t   blocks[RTC_UPLINK_MAX_BLOCKS];

    n = 0;

    for (track = up->tracks; track; track = track->next) {

        for (i = 0; i < track->nlayers; i++) {
            s = &track->layers[i];

            /* RFC 3550, section 6.4: who sent since the last report */

            if (!s->recv.started || s->packets == s->reported) {
                continue;
            }

            s->reported = s->packets;

            if (n == RTC_UPLINK_MAX_BLOCKS) {
                rtc_uplink_send_report(up, blocks, n, now_us);
                n = 0;
            }

            rtc_uplink_block(up, track, s, &blocks[n++], now_us);
        }
    }

    rtc_uplink_send_report(up, blocks, n, now_us);
}


static void
rtc_uplink_block(rtc_uplink_t *up, rtc_track_t *track, rtc_stream_t *s,
    rtc_rtcp_block_t *block, uint64_t now_us)
{
    uint8_t  worst;

    block->ssrc = s->ssrc;
    rtc_recv_report(&s->recv, block);

    /*
     * An Opus encoder adds redundancy by the loss it is told of: what the
     * worst subscriber loses counts, too.
     */

    if (!track->video) {
        worst = rtc_uplink_worst_loss(track, now_us);
        block->fraction = up->relay ? worst
                                    : rtc_max(block->fraction, worst);
    }

    block->lsr = 0;
    block->dlsr = 0;

    if (s->sr_us) {
        block->lsr = rtc_ntp_short(s->sr_ntp);
        block->dlsr = rtc_ntp_short(rtc_ntp_from_us(now_us - s->sr_us));
    }
}


static uint8_t
rtc_uplink_worst_loss(const rtc_track_t *track, uint64_t now_us)
{
    uint8_t               worst;
    const rtc_leg_t      *leg;
    const rtc_forward_t  *f;

    worst = 0;

    for (f = track->forwards; f; f = f->track_next) {
        if (f->rr_us && now_us - f->rr_us < RTC_UPLINK_RR_FRESH) {
            worst = rtc_max(worst, f->loss);
        }
    }

    for (leg = track->legs; leg; leg = leg->track_next) {
        if (leg->rr_us && now_us - leg->rr_us < RTC_UPLINK_RR_FRESH) {
            worst = rtc_max(worst, leg->loss);
        }
    }

    return worst;
}


static void
rtc_uplink_send_report(rtc_uplink_t *up, const rtc_rtcp_block_t *blocks,
    unsigned n, uint64_t now_us)
{
    uint8_t          *p, *end, buf[RTC_RTCP_MTU];
    rtc_str_t         cname;
    rtc_rtcp_dlrr_t   dlrr;

    end = buf + sizeof(buf);

    cname.data = up->cname;
    cname.len = up->cname_len;

    p = rtc_rtcp_build_rr(buf, end, up->ssrc, blocks, n);
    p = rtc_rtcp_build_sdes(p, end, up->ssrc, cname);

    if (up->xr) {
        p = rtc_rtcp_build_rrtr(p, end, up->ssrc, rtc_ntp_from_us(now_us));
    }

    if (up->rrtr_us) {
        dlrr.ssrc = up->rrtr_ssrc;
        dlrr.lrr = up->rrtr_ntp;
        dlrr.dlrr = rtc_ntp_short(rtc_ntp_from_us(now_us - up->rrtr_us));

        p = rtc_rtcp_build_dlrr(p, end, up->ssrc, &dlrr);
        up->rrtr_us = 0;
    }

    if (p) {
        up->out->send_rtcp(up->ctx, buf, (size_t) (p - buf));
    }
}


void
rtc_uplink_twcc(rtc_uplink_t *up)
{
    uint8_t  *p, buf[RTC_RTCP_MTU];

    for ( ;; ) {
        p = rtc_twcc_build(&up->twcc, buf, buf + sizeof(buf), up->ssrc,
                           up->media_ssrc);

        if (p == NULL || p == buf) {
            return;
        }

        up->out->send_rtcp(up->ctx, buf, (size_t) (p - buf));
    }
}


void
rtc_uplink_nack(rtc_uplink_t *up, rtc_stream_t *s, uint64_t now_us)
{
    uint8_t   *p, buf[RTC_RTCP_MTU];
    uint16_t   seqs[RTC_NACK_LIST];
    unsigned   i, n, count;

    count = rtc_nack_due(s->nack, now_us, up->rtt_us, seqs, RTC_NACK_LIST);

    up->stats.nacks += count;

    for (i = 0; i < count; i += n) {
        n = count - i;

        p = rtc_rtcp_build_nack(buf, buf + sizeof(buf), up->ssrc, s->ssrc,
                                seqs + i, &n);
        if (p == NULL) {
            return;
        }

        up->out->send_rtcp(up->ctx, buf, (size_t) (p - buf));
    }
}


void
rtc_uplink_pli(rtc_uplink_t *up, rtc_track_t *track, rtc_stream_t *s,
    uint64_t now_us)
{
    uint8_t  *p, buf[32];

    if (track->pli) {
        p = rtc_rtcp_build_pli(buf, buf + sizeof(buf), up->ssrc, s->ssrc);

    } else if (track->fir) {
        p = rtc_rtcp_build_fir(buf, buf + sizeof(buf), up->ssrc, s->ssrc,
                               s->fir_seq++);

    } else {
        s->wants_keyframe = 0;
        return;
    }

    s->pli_us = now_us;
    s->in_flight = 1;
    s->plis++;
    up->stats.plis++;

    up->out->send_rtcp(up->ctx, buf, (size_t) (p - buf));

    rtc_uplink_wake(up, rtc_stream_pli_due(s));
}
