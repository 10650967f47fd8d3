
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_rtcp.h"


#define RTC_SDES_CNAME  1

#define RTC_XR_RRTR     4
#define RTC_XR_DLRR     5

#define RTC_REMB_NAME   0x52454d42      /* "REMB" */


static int rtc_rtcp_next_xr(const uint8_t **p, const uint8_t *end,
    uint8_t *type, rtc_str_t *body);


int
rtc_rtcp_next(const uint8_t **pp, const uint8_t *end, rtc_rtcp_t *part)
{
    uint8_t         first;
    uint16_t        words;
    const uint8_t  *p;

    if (*pp == end) {
        return RTC_DECLINED;
    }

    p = rtc_read_u8(*pp, end, &first);
    p = rtc_read_u8(p, end, &part->type);
    p = rtc_read_u16(p, end, &words);
    p = rtc_read_bytes(p, end, words * 4, &part->body.data);

    if (p == NULL || first >> 6 != 2) {
        return RTC_ERROR;
    }

    part->count = first & 0x1f;
    part->body.len = words * 4;

    if (first & 0x20) {
        if (words == 0 || p[-1] == 0 || p[-1] > part->body.len) {
            return RTC_ERROR;
        }

        part->body.len -= p[-1];
    }

    *pp = p;

    return RTC_OK;
}


int
rtc_rtcp_parse_sr(const rtc_rtcp_t *part, rtc_rtcp_sr_t *sr)
{
    const uint8_t  *p, *end;

    if (part->type != RTC_RTCP_SR) {
        return RTC_DECLINED;
    }

    p = part->body.data;
    end = p + part->body.len;

    p = rtc_read_u32(p, end, &sr->ssrc);
    p = rtc_read_u64(p, end, &sr->ntp);
    p = rtc_read_u32(p, end, &sr->rtp);
    p = rtc_read_u32(p, end, &sr->packets);
    p = rtc_read_u32(p, end, &sr->octets);

    return p ? RTC_OK : RTC_ERROR;
}


int
rtc_rtcp_parse_block(const rtc_rtcp_t *part, unsigned i,
    rtc_rtcp_block_t *block)
{
    size_t          skip;
    uint32_t        lost;
    const uint8_t  *p, *end;

    if (i >= part->count) {
        return RTC_DECLINED;
    }

    switch (part->type) {

    case RTC_RTCP_SR:
        skip = 24;
        break;

    case RTC_RTCP_RR:
        skip = 4;
        break;

    default:
        return RTC_DECLINED;
    }

    p = part->body.data;
    end = p + part->body.len;

    p = rtc_skip_bytes(p, end, skip + i * 24);
    p = rtc_read_u32(p, end, &block->ssrc);
    p = rtc_read_u8(p, end, &block->fraction);
    p = rtc_read_u24(p, end, &lost);
    p = rtc_read_u32(p, end, &block->highest);
    p = rtc_read_u32(p, end, &block->jitter);
    p = rtc_read_u32(p, end, &block->lsr);
    p = rtc_read_u32(p, end, &block->dlsr);

    if (p == NULL) {
        return RTC_ERROR;
    }

    block->lost = (int32_t) lost;

    if (lost & 0x800000) {
        block->lost -= 0x1000000;
    }

    return RTC_OK;
}


int
rtc_rtcp_parse_cname(const rtc_rtcp_t *part, uint32_t *ssrc,
    rtc_str_t *cname)
{
    uint8_t         type, len;
    unsigned        i;
    const uint8_t  *p, *end, *data, *items;

    if (part->type != RTC_RTCP_SDES) {
        return RTC_DECLINED;
    }

    p = part->body.data;
    end = p + part->body.len;

    for (i = 0; i < part->count; i++) {

        p = rtc_read_u32(p, end, ssrc);
        items = p;

        for ( ;; ) {
            p = rtc_read_u8(p, end, &type);
            if (p == NULL) {
                return RTC_ERROR;
            }

            if (type == 0) {
                break;
            }

            p = rtc_read_u8(p, end, &len);
            p = rtc_read_bytes(p, end, len, &data);

            if (p == NULL) {
                return RTC_ERROR;
            }

            if (type == RTC_SDES_CNAME) {
                cname->data = data;
                cname->len = len;
                return RTC_OK;
            }
        }

        /* RFC 3550, section 6.5: chunks begin on 32-bit boundaries */

        p = rtc_skip_bytes(p, end, (4 - (size_t) (p - items) % 4) % 4);
        if (p == NULL) {
            return RTC_ERROR;
        }
    }

    return RTC_DECLINED;
}


int
rtc_rtcp_parse_bye(const rtc_rtcp_t *part, unsigned i, uint32_t *ssrc)
{
    const uint8_t  *p, *end;

    if (part->type != RTC_RTCP_BYE || i >= part->count) {
        return RTC_DECLINED;
    }

    p = part->body.data;
    end = p + part->body.len;

    p = rtc_skip_bytes(p, end, i * 4);
    p = rtc_read_u32(p, end, ssrc);

    return p ? RTC_OK : RTC_ERROR;
}


int
rtc_rtcp_parse_fb(const rtc_rtcp_t *part, rtc_rtcp_fb_t *fb)
{
    const uint8_t  *p, *end;

    if (part->type != RTC_RTCP_RTPFB && part->type != RTC_RTCP_PSFB) {
        return RTC_DECLINED;
    }

    p = part->body.data;
    end = p + part->body.len;

    p = rtc_read_u32(p, end, &fb->sender);
    p = rtc_read_u32(p, end, &fb->media);

    if (p == NULL) {
        return RTC_ERROR;
    }

    fb->fci.data = p;
    fb->fci.len = (size_t) (end - p);

    return RTC_OK;
}


int
rtc_rtcp_parse_nack(const rtc_rtcp_fb_t *fb, unsigned i, uint16_t *pid,
    uint16_t *blp)
{
    const uint8_t  *p, *end;

    p = fb->fci.data;
    end = p + fb->fci.len;

    p = rtc_skip_bytes(p, end, (size_t) i * 4);
    p = rtc_read_u16(p, end, pid);
    p = rtc_read_u16(p, end, blp);

    return p ? RTC_OK : RTC_DECLINED;
}


int
rtc_rtcp_parse_fir(const rtc_rtcp_fb_t *fb, unsigned i, uint32_t *ssrc,
    uint8_t *seq)
{
    const uint8_t  *p, *end;

    p = fb->fci.data;
    end = p + fb->fci.len;

    p = rtc_skip_bytes(p, end, (size_t) i * 8);
    p = rtc_read_u32(p, end, ssrc);
    p = rtc_read_u8(p, end, seq);
    p = rtc_skip_bytes(p, end, 3);

    return p ? RTC_OK : RTC_DECLINED;
}


/* draft-alvestrand-rmcat-remb-03, section 2.2 */

int
rtc_rtcp_parse_remb(const rtc_rtcp_fb_t *fb, uint64_t *bps)
{
    uint8_t         n;
    uint32_t        name, value, exp;
    const uint8_t  *p, *end;

    p = fb->fci.data;
    end = p + fb->fci.len;

    p = rtc_read_u32(p, end, &name);
    if (p == NULL || name != RTC_REMB_NAME) {
        return RTC_DECLINED;
    }

    p = rtc_read_u8(p, end, &n);
    p = rtc_read_u24(p, end, &value);
    p = rtc_skip_bytes(p, end, n * 4);

    if (p == NULL) {
        return RTC_ERROR;
    }

    exp = value >> 18;
    value &= 0x3ffff;

    *bps = (exp > 45 && value) ? UINT64_MAX : (uint64_t) value << (exp & 63);

    return RTC_OK;
}


static int
rtc_rtcp_next_xr(const uint8_t **pp, const uint8_t *end, uint8_t *type,
    rtc_str_t *body)
{
    uint8_t         specific;
    uint16_t        words;
    const uint8_t  *p;

    p = rtc_read_u8(*pp, end, type);
    p = rtc_read_u8(p, end, &specific);
    p = rtc_read_u16(p, end, &words);
    p = rtc_read_bytes(p, end, words * 4, &body->data);

    if (p == NULL) {
        return RTC_DECLINED;
    }

    body->len = words * 4;
    *pp = p;

    return RTC_OK;
}


int
rtc_rtcp_parse_rrtr(const rtc_rtcp_t *part, uint32_t *ssrc, uint64_t *ntp)
{
    uint8_t         type;
    rtc_str_t       body;
    const uint8_t  *p, *end;

    if (part->type != RTC_RTCP_XR) {
        return RTC_DECLINED;
    }

    p = part->body.data;
    end = p + part->body.len;

    p = rtc_read_u32(p, end, ssrc);

    while (p && rtc_rtcp_next_xr(&p, end, &type, &body) == RTC_OK) {
        if (type == RTC_XR_RRTR && body.len >= 8) {
            *ntp = rtc_get_u64(body.data);
            return RTC_OK;
        }
    }

    return RTC_DECLINED;
}


int
rtc_rtcp_parse_dlrr(const rtc_rtcp_t *part, uint32_t ssrc,
    rtc_rtcp_dlrr_t *dlrr)
{
    size_t          i;
    uint8_t         type;
    uint32_t        sender;
    rtc_str_t       body;
    const uint8_t  *p, *end;

    if (part->type != RTC_RTCP_XR) {
        return RTC_DECLINED;
    }

    p = part->body.data;
    end = p + part->body.len;

    p = rtc_read_u32(p, end, &sender);

    while (p && rtc_rtcp_next_xr(&p, end, &type, &body) == RTC_OK) {

        if (type != RTC_XR_DLRR) {
            continue;
        }

        for (i = 0; i + 12 <= body.len; i += 12) {
            if (rtc_get_u32(body.data + i) == ssrc) {
                dlrr->ssrc = ssrc;
                dlrr->lrr = rtc_get_u32(body.data + i + 4);
                dlrr->dlrr = rtc_get_u32(body.data + i + 8);
                return RTC_OK;
            }
        }
    }

    return RTC_DECLINED;
}
