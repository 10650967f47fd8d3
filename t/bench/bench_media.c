
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "bench_media.h"
#include "rtc_bytes.h"
#include "rtc_rtp.h"


#define BENCH_MAGIC      0x62656e63
#define BENCH_TRAILER    20

/* a keyframe per second: who comes late, or lost one, goes on by itself */
#define BENCH_WIDTH      640
#define BENCH_HEIGHT     360


static uint8_t *bench_media_vp8(bench_media_t *m, const bench_t *b, unsigned i);


void
bench_media_packet(bench_media_t *m, const bench_t *b, unsigned i,
    uint64_t now_us)
{
    uint8_t  *p, *last;

    p = m->header;
    p = rtc_write_u8(p, 0x90);
    p = rtc_write_u8(p, (uint8_t) (b->video ? BENCH_PT_VIDEO
                                              | (i + 1 == b->packets) << 7
                                            : BENCH_PT_AUDIO));
    p = rtc_write_u16(p, m->seq++);
    p = rtc_write_u32(p, m->ts);
    p = rtc_write_u32(p, BENCH_SSRC + m->section);
    p = rtc_write_u16(p, RTC_RTP_ONE_BYTE);
    p = rtc_write_u16(p, 1);
    p = rtc_write_u8(p, BENCH_EXT_MID << 4);
    p = rtc_write_u8(p, (uint8_t) ('0' + m->section));
    (void) rtc_write_u16(p, 0);

    p = m->payload;

    /* libwebrtc divides a frame evenly, what is left over goes to the last */
    m->size = b->size - (b->uneven && i < b->packets / 2);

    /* Opus: CELT, fullband, one frame of 20 ms */
    p = b->video ? bench_media_vp8(m, b, i) : rtc_write_u8(p, 0xf8);

    last = m->payload + m->size - BENCH_TRAILER;
    memset(p, 0x55, (size_t) (last - p));

    p = rtc_write_u32(last, BENCH_MAGIC);
    p = rtc_write_u32(p, m->who);
    p = rtc_write_u32(p, m->count++);
    (void) rtc_write_u64(p, now_us);
}


/* RFC 7741: a descriptor with a 15-bit PictureID, RFC 6386: a frame header */

static uint8_t *
bench_media_vp8(bench_media_t *m, const bench_t *b, unsigned i)
{
    int       key;
    uint8_t  *p;

    p = m->payload;
    p = rtc_write_u8(p, i ? 0x80 : 0x90);
    p = rtc_write_u8(p, 0x80);
    p = rtc_write_u16(p, (uint16_t) (0x8000 | (m->frame & 0x7fff)));

    if (i) {
        return p;
    }

    key = m->frame % b->frames == 0;

    /* shown, version 0; the size of the first partition in 19 bits */
    p = rtc_write_u8(p, key ? 0x10 : 0x11);
    p = rtc_write_u16(p, 0x0200);

    if (key) {
        p = rtc_write_u24(p, 0x9d012a);
        p = rtc_write_u8(p, BENCH_WIDTH & 0xff);
        p = rtc_write_u8(p, BENCH_WIDTH >> 8);
        p = rtc_write_u8(p, BENCH_HEIGHT & 0xff);
        p = rtc_write_u8(p, BENCH_HEIGHT >> 8);
    }

    return p;
}


void
bench_media_next(bench_media_t *m, const bench_t *b)
{
    m->frame++;
    m->ts += bench_media_step(b);
}


uint32_t
bench_media_step(const bench_t *b)
{
    return (b->video ? 90000 : 48000) / b->frames;
}


int
bench_media_mark(bench_mark_t *mark, const uint8_t *p, size_t len)
{
    rtc_rtp_t  rtp;

    if (rtc_rtp_parse(&rtp, p, len) != RTC_OK
        || rtp.payload.len < BENCH_TRAILER)
    {
        return RTC_ERROR;
    }

    p = rtp.payload.data + rtp.payload.len - BENCH_TRAILER;

    if (rtc_get_u32(p) != BENCH_MAGIC) {
        return RTC_ERROR;
    }

    mark->ssrc = rtp.ssrc;
    mark->seq = rtp.seq;
    mark->ts = rtp.ts;
    mark->who = rtc_get_u32(p + 4);
    mark->count = rtc_get_u32(p + 8);
    mark->sent_us = rtc_get_u64(p + 12);

    return RTC_OK;
}
