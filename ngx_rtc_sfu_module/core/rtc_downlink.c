
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_downlink_internal.h"
#include "rtc_track_internal.h"
#include "rtc_twcc.h"


#define RTC_DOWNLINK_REPORT      1000000    /* us between sender reports */
#define RTC_DOWNLINK_MIN_REPORT  100000

#define RTC_DOWNLINK_MAX_RTT     10000000   /* us, more is nonsense */


static void rtc_downlink_wake(rtc_downlink_t *down, uint64_t at_us);
static uint8_t *rtc_downlink_report(rtc_downlink_t *down, uint8_t *buf,
    uint8_t *p, uint8_t *end, rtc_forward_t *f, uint64_t now_us);
static void rtc_downlink_flush(rtc_downlink_t *down, uint8_t *buf,
    uint8_t *p);
static uint8_t *rtc_downlink_dlrr(rtc_downlink_t *down, uint8_t *p,
    uint8_t *end, uint64_t now_us);
static rtc_forward_t *rtc_downlink_find(rtc_downlink_t *down, uint32_t ssrc);
static void rtc_downlink_blocks(rtc_downlink_t *down, const rtc_rtcp_t *part,
    uint64_t now_us);
static void rtc_downlink_feedback(rtc_downlink_t *down,
    const rtc_rtcp_t *part, uint64_t now_us);
static void rtc_downlink_nack(rtc_downlink_t *down, const rtc_rtcp_fb_t *fb,
    uint64_t now_us);
static void rtc_downlink_fir(rtc_downlink_t *down, const rtc_rtcp_fb_t *fb,
    uint64_t now_us);
static void rtc_downlink_twcc(rtc_downlink_t *down, const rtc_rtcp_fb_t *fb);


rtc_downlink_t *
rtc_downlink_create(const rtc_downlink_conf_t *conf, uint64_t now_us)
{
    rtc_downlink_t  *down;

    down = calloc(1, sizeof(rtc_downlink_t));
    if (down == NULL) {
        return NULL;
    }

    if (rtc_ssrc_init(&down->ssrcs, RTC_DOWNLINK_MAX_FORWARDS * 2)
        != RTC_OK)
    {
        free(down);
        return NULL;
    }

    down->ssrc = conf->ssrc;
    down->out = conf->out;
    down->ctx = conf->ctx;
    down->deadline = RTC_NEVER;
    down->report_us = RTC_NEVER;
    down->reported_us = now_us;
    down->writable = 1;

    return down;
}


void
rtc_downlink_destroy(rtc_downlink_t *down)
{
    while (down->forwards) {
        rtc_forward_destroy(down->forwards);
    }

    rtc_ssrc_done(&down->ssrcs);
    free(down);
}


void
rtc_downlink_set_writable(rtc_downlink_t *down, int writable,
    uint64_t now_us)
{
    rtc_forward_t  *f;

    writable = (writable != 0);

    if ((int) down->writable == writable) {
        return;
    }

    down->writable = (unsigned) writable;

    for (f = down->forwards; f; f = f->down_next) {
        rtc_forward_resync(f, now_us);
    }
}


const rtc_downlink_stats_t *
rtc_downlink_stats(const rtc_downlink_t *down)
{
    return &down->stats;
}


uint64_t
rtc_downlink_next_deadline(const rtc_downlink_t *down)
{
    return down->deadline;
}


static void
rtc_downlink_wake(rtc_downlink_t *down, uint64_t at_us)
{
    if (at_us < down->deadline) {
        down->deadline = at_us;
        down->out->wake(down->ctx);
    }
}


void
rtc_downlink_report_soon(rtc_downlink_t *down, uint64_t now_us)
{
    uint64_t  at;

    at = rtc_max(now_us, down->reported_us + RTC_DOWNLINK_MIN_REPORT);

    down->report_us = rtc_min(down->report_us, at);

    rtc_downlink_wake(down, down->report_us);
}


void
rtc_downlink_timer(rtc_downlink_t *down, uint64_t now_us)
{
    uint8_t        *p, *end, buf[RTC_RTCP_MTU];
    rtc_forward_t  *f;

    if (now_us < down->report_us) {
        down->deadline = down->report_us;
        return;
    }

    p = buf;
    end = buf + sizeof(buf);

    for (f = down->forwards; f; f = f->down_next) {
        p = rtc_downlink_report(down, buf, p, end, f, now_us);
    }

    p = rtc_downlink_dlrr(down, p, end, now_us);

    rtc_downlink_flush(down, buf, p);

    down->reported_us = now_us;
    down->report_us = down->forwards ? now_us + RTC_DOWNLINK_REPORT
                                     : RTC_NEVER;
    down->deadline = down->report_us;
}


/* a sender report and the CNAME to it; both go into one packet */

static uint8_t *
rtc_downlink_report(rtc_downlink_t *down, uint8_t *buf, uint8_t *p,
    uint8_t *end, rtc_forward_t *f, uint64_t now_us)
{
    uint8_t        *last;
    rtc_str_t       cname;
    rtc_rtcp_sr_t   sr;

    if (rtc_forward_sr(f, &sr, now_us) != RTC_OK) {
        return p;
    }

    cname.data = f->cname;
    cname.len = f->cname_len;

    last = rtc_rtcp_build_sr(p, end, &sr);
    last = rtc_rtcp_build_sdes(last, end, f->ssrc, cname);

    if (last) {
        return last;
    }

    rtc_downlink_flush(down, buf, p);

    p = rtc_rtcp_build_sr(buf, end, &sr);

    return rtc_rtcp_build_sdes(p, end, f->ssrc, cname);
}


static void
rtc_downlink_flush(rtc_downlink_t *down, uint8_t *buf, uint8_t *p)
{
    if (p != buf) {
        down->out->send_rtcp(down->ctx, buf, (size_t) (p - buf));
    }
}


/* RFC 3611, section 4.5: answers the last receiver reference time */

static uint8_t *
rtc_downlink_dlrr(rtc_downlink_t *down, uint8_t *p, uint8_t *end,
    uint64_t now_us)
{
    uint8_t          *last;
    rtc_rtcp_dlrr_t   dlrr;

    if (down->rrtr_us == 0) {
        return p;
    }

    dlrr.ssrc = down->rrtr_ssrc;
    dlrr.lrr = down->rrtr_ntp;
    dlrr.dlrr = rtc_ntp_short(rtc_ntp_from_us(now_us - down->rrtr_us));

    last = rtc_rtcp_build_dlrr(p, end, down->ssrc, &dlrr);
    if (last == NULL) {
        return p;                                   /* in the next report */
    }

    down->rrtr_us = 0;

    return last;
}


void
rtc_downlink_rtcp(rtc_downlink_t *down, const uint8_t *p, size_t len,
    uint64_t now_us)
{
    int             rc;
    uint32_t        ssrc;
    uint64_t        ntp;
    rtc_rtcp_t      part;
    const uint8_t  *end;

    end = p + len;
    down->stats.rtcp++;

    while ((rc = rtc_rtcp_next(&p, end, &part)) == RTC_OK) {

        switch (part.type) {

        case RTC_RTCP_SR:
        case RTC_RTCP_RR:
            rtc_downlink_blocks(down, &part, now_us);
            break;

        case RTC_RTCP_RTPFB:
        case RTC_RTCP_PSFB:
            rtc_downlink_feedback(down, &part, now_us);
            break;

        case RTC_RTCP_XR:
            if (rtc_rtcp_parse_rrtr(&part, &ssrc, &ntp) == RTC_OK) {
                down->rrtr_us = now_us;
                down->rrtr_ssrc = ssrc;
                down->rrtr_ntp = rtc_ntp_short(ntp);

                rtc_downlink_report_soon(down, now_us);
            }

            break;

        default:
            break;
        }
    }

    if (rc == RTC_ERROR) {
        down->stats.rtcp_malformed++;
    }
}


static rtc_forward_t *
rtc_downlink_find(rtc_downlink_t *down, uint32_t ssrc)
{
    const rtc_ssrc_entry_t  *e;

    e = rtc_ssrc_find(&down->ssrcs, ssrc);

    return (e && !e->rtx) ? e->data : NULL;
}


static void
rtc_downlink_blocks(rtc_downlink_t *down, const rtc_rtcp_t *part,
    uint64_t now_us)
{
    unsigned           i, j;
    uint64_t           rtt;
    rtc_forward_t     *f;
    rtc_rtcp_block_t   block;

    down->stats.loss = part->count ? 0 : down->stats.loss;

    for (i = 0; rtc_rtcp_parse_block(part, i, &block) == RTC_OK; i++) {

        f = rtc_downlink_find(down, block.ssrc);
        if (f == NULL) {
            continue;
        }

        f->loss = block.fraction;
        f->jitter = block.jitter;
        f->rr_us = now_us;

        down->stats.loss = rtc_max(down->stats.loss, block.fraction);

        /* RFC 3550, section 6.4.1, on our own clock */

        for (j = 0; j < 2; j++) {
            if (f->sr_us[j] == 0 || f->sr_lsr[j] != block.lsr) {
                continue;
            }

            rtt = now_us - f->sr_us[j]
                  - rtc_ntp_to_us((uint64_t) block.dlsr << 16);

            if (rtt < RTC_DOWNLINK_MAX_RTT) {
                down->stats.rtt_us = rtt;
            }

            break;
        }
    }
}


static void
rtc_downlink_feedback(rtc_downlink_t *down, const rtc_rtcp_t *part,
    uint64_t now_us)
{
    uint64_t        bps;
    rtc_rtcp_fb_t   fb;
    rtc_forward_t  *f;

    if (rtc_rtcp_parse_fb(part, &fb) != RTC_OK) {
        down->stats.rtcp_malformed++;
        return;
    }

    switch (part->type << 8 | part->count) {

    case RTC_RTCP_RTPFB << 8 | RTC_RTPFB_NACK:
        rtc_downlink_nack(down, &fb, now_us);
        break;

    case RTC_RTCP_RTPFB << 8 | RTC_RTPFB_TWCC:
        rtc_downlink_twcc(down, &fb);
        break;

    case RTC_RTCP_PSFB << 8 | RTC_PSFB_PLI:
        down->stats.plis++;
        f = rtc_downlink_find(down, fb.media);

        if (f) {
            rtc_forward_request_keyframe(f, now_us);
        }

        break;

    case RTC_RTCP_PSFB << 8 | RTC_PSFB_FIR:
        rtc_downlink_fir(down, &fb, now_us);
        break;

    case RTC_RTCP_PSFB << 8 | RTC_PSFB_AFB:
        if (rtc_rtcp_parse_remb(&fb, &bps) == RTC_OK) {
            down->stats.remb = bps;
        }

        break;

    default:
        break;
    }
}


static void
rtc_downlink_nack(rtc_downlink_t *down, const rtc_rtcp_fb_t *fb,
    uint64_t now_us)
{
    uint16_t        pid, blp;
    unsigned        i, j;
    rtc_forward_t  *f;

    f = rtc_downlink_find(down, fb->media);
    if (f == NULL) {
        return;
    }

    for (i = 0; rtc_rtcp_parse_nack(fb, i, &pid, &blp) == RTC_OK; i++) {

        rtc_forward_resend(f, pid, now_us);

        for (j = 0; j < 16; j++) {
            if (blp & (1 << j)) {
                rtc_forward_resend(f, (uint16_t) (pid + 1 + j), now_us);
            }
        }
    }
}


/* RFC 5104, section 4.3.1.2: a repeated number is the same command */

static void
rtc_downlink_fir(rtc_downlink_t *down, const rtc_rtcp_fb_t *fb,
    uint64_t now_us)
{
    uint8_t         seq;
    uint32_t        ssrc;
    unsigned        i;
    rtc_forward_t  *f;

    for (i = 0; rtc_rtcp_parse_fir(fb, i, &ssrc, &seq) == RTC_OK; i++) {

        down->stats.plis++;
        f = rtc_downlink_find(down, ssrc);

        if (f == NULL || (f->has_fir && f->fir_seq == seq)) {
            continue;
        }

        f->has_fir = 1;
        f->fir_seq = seq;

        rtc_forward_request_keyframe(f, now_us);
    }
}


static void
rtc_downlink_twcc(rtc_downlink_t *down, const rtc_rtcp_fb_t *fb)
{
    int64_t              us;
    uint16_t             seq;
    unsigned             received;
    rtc_twcc_feedback_t  f;

    if (rtc_twcc_parse(&f, fb) != RTC_OK) {
        down->stats.rtcp_malformed++;
        return;
    }

    while (rtc_twcc_next(&f, &seq, &received, &us) == RTC_OK) {
        if (received) {
            down->stats.twcc_received++;

        } else {
            down->stats.twcc_lost++;
        }
    }
}
