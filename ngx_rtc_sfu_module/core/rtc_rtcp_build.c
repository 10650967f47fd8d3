
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_rtcp.h"


#define RTC_SDES_CNAME  1

#define RTC_XR_RRTR     4
#define RTC_XR_DLRR     5


/* writes the head of a part whose whole length is len, a multiple of 4 */

static uint8_t *
rtc_rtcp_build_head(uint8_t *p, uint8_t *end, uint8_t count, uint8_t type,
    size_t len)
{
    if (p == NULL || (size_t) (end - p) < len) {
        return NULL;
    }

    p = rtc_write_u8(p, 0x80 | count);
    p = rtc_write_u8(p, type);

    return rtc_write_u16(p, (uint16_t) (len / 4 - 1));
}


uint8_t *
rtc_rtcp_build_sr(uint8_t *p, uint8_t *end, const rtc_rtcp_sr_t *sr)
{
    p = rtc_rtcp_build_head(p, end, 0, RTC_RTCP_SR, 28);
    if (p == NULL) {
        return NULL;
    }

    p = rtc_write_u32(p, sr->ssrc);
    p = rtc_write_u64(p, sr->ntp);
    p = rtc_write_u32(p, sr->rtp);
    p = rtc_write_u32(p, sr->packets);

    return rtc_write_u32(p, sr->octets);
}


uint8_t *
rtc_rtcp_build_rr(uint8_t *p, uint8_t *end, uint32_t sender,
    const rtc_rtcp_block_t *blocks, unsigned n)
{
    unsigned  i;

    p = rtc_rtcp_build_head(p, end, (uint8_t) n, RTC_RTCP_RR, 8 + 24 * n);
    if (p == NULL) {
        return NULL;
    }

    p = rtc_write_u32(p, sender);

    for (i = 0; i < n; i++) {
        p = rtc_write_u32(p, blocks[i].ssrc);
        p = rtc_write_u8(p, blocks[i].fraction);
        p = rtc_write_u24(p, (uint32_t) blocks[i].lost & 0xffffff);
        p = rtc_write_u32(p, blocks[i].highest);
        p = rtc_write_u32(p, blocks[i].jitter);
        p = rtc_write_u32(p, blocks[i].lsr);
        p = rtc_write_u32(p, blocks[i].dlsr);
    }

    return p;
}


uint8_t *
rtc_rtcp_build_sdes(uint8_t *p, uint8_t *end, uint32_t ssrc, rtc_str_t cname)
{
    size_t    len, pad;
    uint8_t  *last;

    cname.len = rtc_min(cname.len, 255);

    /* at least one zero byte ends the chunk */

    pad = 4 - (cname.len + 2) % 4;
    len = 8 + 2 + cname.len + pad;

    p = rtc_rtcp_build_head(p, end, 1, RTC_RTCP_SDES, len);
    if (p == NULL) {
        return NULL;
    }

    p = rtc_write_u32(p, ssrc);
    p = rtc_write_u8(p, RTC_SDES_CNAME);
    p = rtc_write_u8(p, (uint8_t) cname.len);
    last = rtc_write_bytes(p, cname.data, cname.len);

    memset(last, 0, pad);

    return last + pad;
}


uint8_t *
rtc_rtcp_build_bye(uint8_t *p, uint8_t *end, uint32_t ssrc)
{
    p = rtc_rtcp_build_head(p, end, 1, RTC_RTCP_BYE, 8);

    return p ? rtc_write_u32(p, ssrc) : NULL;
}


uint8_t *
rtc_rtcp_build_nack(uint8_t *p, uint8_t *end, uint32_t sender,
    uint32_t media, const uint16_t *seqs, unsigned *n)
{
    uint8_t   *start;
    uint16_t   pid, blp, diff;
    unsigned   i;

    if (p == NULL || end - p < 16) {
        return NULL;
    }

    start = p;

    p = rtc_write_u32(p + 4, sender);
    p = rtc_write_u32(p, media);

    for (i = 0; i < *n && end - p >= 4; /* void */) {
        pid = seqs[i++];
        blp = 0;

        for ( /* void */ ; i < *n; i++) {
            diff = (uint16_t) (seqs[i] - pid);

            if (diff == 0 || diff > 16) {
                break;
            }

            blp |= (uint16_t) (1 << (diff - 1));
        }

        p = rtc_write_u16(p, pid);
        p = rtc_write_u16(p, blp);
    }

    *n = i;

    (void) rtc_rtcp_build_head(start, end, RTC_RTPFB_NACK, RTC_RTCP_RTPFB,
                               (size_t) (p - start));
    return p;
}


uint8_t *
rtc_rtcp_build_pli(uint8_t *p, uint8_t *end, uint32_t sender, uint32_t media)
{
    p = rtc_rtcp_build_head(p, end, RTC_PSFB_PLI, RTC_RTCP_PSFB, 12);
    if (p == NULL) {
        return NULL;
    }

    p = rtc_write_u32(p, sender);

    return rtc_write_u32(p, media);
}


uint8_t *
rtc_rtcp_build_fir(uint8_t *p, uint8_t *end, uint32_t sender, uint32_t media,
    uint8_t seq)
{
    p = rtc_rtcp_build_head(p, end, RTC_PSFB_FIR, RTC_RTCP_PSFB, 20);
    if (p == NULL) {
        return NULL;
    }

    /* RFC 5104, section 4.3.1.2: the media source of the head is 0 */

    p = rtc_write_u32(p, sender);
    p = rtc_write_u32(p, 0);
    p = rtc_write_u32(p, media);

    return rtc_write_u32(p, (uint32_t) seq << 24);
}


uint8_t *
rtc_rtcp_build_remb(uint8_t *p, uint8_t *end, uint32_t sender, uint64_t bps,
    const uint32_t *ssrcs, unsigned n)
{
    uint32_t  exp;
    unsigned  i;

    n = rtc_min(n, 255);

    p = rtc_rtcp_build_head(p, end, RTC_PSFB_AFB, RTC_RTCP_PSFB, 20 + 4 * n);
    if (p == NULL) {
        return NULL;
    }

    for (exp = 0; bps > 0x3ffff; exp++) {
        bps >>= 1;
    }

    p = rtc_write_u32(p, sender);
    p = rtc_write_u32(p, 0);
    p = rtc_write_bytes(p, "REMB", 4);
    p = rtc_write_u8(p, (uint8_t) n);
    p = rtc_write_u24(p, exp << 18 | (uint32_t) bps);

    for (i = 0; i < n; i++) {
        p = rtc_write_u32(p, ssrcs[i]);
    }

    return p;
}


uint8_t *
rtc_rtcp_build_rrtr(uint8_t *p, uint8_t *end, uint32_t sender, uint64_t ntp)
{
    p = rtc_rtcp_build_head(p, end, 0, RTC_RTCP_XR, 20);
    if (p == NULL) {
        return NULL;
    }

    p = rtc_write_u32(p, sender);
    p = rtc_write_u16(p, RTC_XR_RRTR << 8);
    p = rtc_write_u16(p, 2);

    return rtc_write_u64(p, ntp);
}


uint8_t *
rtc_rtcp_build_dlrr(uint8_t *p, uint8_t *end, uint32_t sender,
    const rtc_rtcp_dlrr_t *dlrr)
{
    p = rtc_rtcp_build_head(p, end, 0, RTC_RTCP_XR, 24);
    if (p == NULL) {
        return NULL;
    }

    p = rtc_write_u32(p, sender);
    p = rtc_write_u16(p, RTC_XR_DLRR << 8);
    p = rtc_write_u16(p, 3);
    p = rtc_write_u32(p, dlrr->ssrc);
    p = rtc_write_u32(p, dlrr->lrr);

    return rtc_write_u32(p, dlrr->dlrr);
}
