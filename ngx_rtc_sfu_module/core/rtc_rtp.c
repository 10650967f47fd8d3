
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_rtp.h"


static int rtc_rtp_parse_ext_block(rtc_rtp_t *rtp, const uint8_t **pp,
    const uint8_t *end);


int
rtc_rtp_parse(rtc_rtp_t *rtp, const uint8_t *p, size_t len)
{
    uint8_t         first, second;
    const uint8_t  *end;

    end = p + len;

    p = rtc_read_u8(p, end, &first);
    p = rtc_read_u8(p, end, &second);
    p = rtc_read_u16(p, end, &rtp->seq);
    p = rtc_read_u32(p, end, &rtp->ts);
    p = rtc_read_u32(p, end, &rtp->ssrc);

    if (p == NULL || first >> 6 != 2) {
        return RTC_ERROR;
    }

    rtp->marker = second >> 7;
    rtp->pt = second & 0x7f;
    rtp->ncsrc = first & 0x0f;

    p = rtc_skip_bytes(p, end, rtp->ncsrc * 4);
    if (p == NULL) {
        return RTC_ERROR;
    }

    rtp->profile = 0;
    rtp->ext.data = p;
    rtp->ext.len = 0;

    if (first & 0x10) {
        if (rtc_rtp_parse_ext_block(rtp, &p, end) != RTC_OK) {
            return RTC_ERROR;
        }
    }

    rtp->padding = 0;

    if (first & 0x20) {
        if (p == end || end[-1] == 0 || end[-1] > end - p) {
            return RTC_ERROR;
        }

        rtp->padding = end[-1];
    }

    rtp->payload.data = p;
    rtp->payload.len = (size_t) (end - p) - rtp->padding;

    return RTC_OK;
}


static int
rtc_rtp_parse_ext_block(rtc_rtp_t *rtp, const uint8_t **pp, const uint8_t *end)
{
    uint16_t        words;
    const uint8_t  *p;

    words = 0;

    p = rtc_read_u16(*pp, end, &rtp->profile);
    p = rtc_read_u16(p, end, &words);

    rtp->ext.data = p;
    rtp->ext.len = words * 4;

    p = rtc_skip_bytes(p, end, rtp->ext.len);
    if (p == NULL) {
        return RTC_ERROR;
    }

    *pp = p;

    return RTC_OK;
}


int
rtc_rtp_ext_next(const rtc_rtp_t *rtp, size_t *pos, rtc_rtp_ext_t *ext)
{
    int             one;
    const uint8_t  *p, *end;

    one = (rtp->profile == RTC_RTP_ONE_BYTE);

    if (!one && (rtp->profile & 0xfff0) != RTC_RTP_TWO_BYTE) {
        return RTC_DECLINED;
    }

    p = rtp->ext.data + *pos;
    end = rtp->ext.data + rtp->ext.len;

    /* RFC 8285, section 4.1.2: padding bytes are zero */

    while (p < end && *p == 0) {
        p++;
    }

    if (one) {
        p = rtc_read_u8(p, end, &ext->id);
        if (p == NULL) {
            return RTC_DECLINED;
        }

        ext->len = (ext->id & 0x0f) + 1;
        ext->id >>= 4;

        /* RFC 8285, section 4.2: 15 ends the processing; 0 has no length */

        if (ext->id == 15 || ext->id == 0) {
            return RTC_DECLINED;
        }

    } else {
        p = rtc_read_u8(p, end, &ext->id);
        p = rtc_read_u8(p, end, &ext->len);
    }

    p = rtc_read_bytes(p, end, ext->len, &ext->data);
    if (p == NULL) {
        return RTC_DECLINED;
    }

    *pos = (size_t) (p - rtp->ext.data);

    return RTC_OK;
}


int
rtc_rtp_ext_find(const rtc_rtp_t *rtp, unsigned id, rtc_str_t *value)
{
    size_t         pos;
    rtc_rtp_ext_t  ext;

    if (id == 0) {
        return RTC_DECLINED;
    }

    pos = 0;

    while (rtc_rtp_ext_next(rtp, &pos, &ext) == RTC_OK) {
        if (ext.id == id) {
            value->data = ext.data;
            value->len = ext.len;
            return RTC_OK;
        }
    }

    return RTC_DECLINED;
}


size_t
rtc_rtp_build(uint8_t *p, size_t size, const rtc_rtp_t *rtp,
    const rtc_rtp_ext_t *exts, unsigned n)
{
    size_t    len, body;
    uint8_t  *start;
    unsigned  i, two;

    two = 0;
    body = 0;

    for (i = 0; i < n; i++) {
        if (exts[i].id == 0) {
            continue;
        }

        if (exts[i].id > 14 || exts[i].len == 0 || exts[i].len > 16) {
            two = 1;
        }

        body += 1 + exts[i].len;
    }

    if (two) {
        for (i = 0; i < n; i++) {
            body += (exts[i].id != 0);
        }
    }

    body = (body + 3) & ~(size_t) 3;
    len = RTC_RTP_HEADER + (body ? 4 + body : 0);

    if (len > size) {
        return 0;
    }

    start = p;

    p = rtc_write_u8(p, 0x80 | (rtp->padding ? 0x20 : 0) | (body ? 0x10 : 0));
    p = rtc_write_u8(p, (uint8_t) (rtp->marker << 7 | rtp->pt));
    p = rtc_write_u16(p, rtp->seq);
    p = rtc_write_u32(p, rtp->ts);
    p = rtc_write_u32(p, rtp->ssrc);

    if (body == 0) {
        return len;
    }

    p = rtc_write_u16(p, two ? RTC_RTP_TWO_BYTE : RTC_RTP_ONE_BYTE);
    p = rtc_write_u16(p, (uint16_t) (body / 4));

    for (i = 0; i < n; i++) {
        if (exts[i].id == 0) {
            continue;
        }

        if (two) {
            p = rtc_write_u8(p, exts[i].id);
            p = rtc_write_u8(p, exts[i].len);

        } else {
            p = rtc_write_u8(p, (uint8_t) (exts[i].id << 4
                                           | (exts[i].len - 1)));
        }

        p = rtc_write_bytes(p, exts[i].data, exts[i].len);
    }

    memset(p, 0, (size_t) (start + len - p));

    return len;
}
