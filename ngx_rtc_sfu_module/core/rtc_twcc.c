
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_rtp.h"
#include "rtc_twcc.h"


#define RTC_TWCC_LOST   0
#define RTC_TWCC_SMALL  1
#define RTC_TWCC_LARGE  2

#define RTC_TWCC_TICK       250         /* us */
#define RTC_TWCC_REFERENCE  64000       /* us */
#define RTC_TWCC_MAX_RUN    8191


/* one feedback message in the making */

typedef struct {
    unsigned        n;
    unsigned        ndeltas;
    uint8_t         status[RTC_TWCC_MAX_STATUS];
    int16_t         deltas[RTC_TWCC_MAX_STATUS];
} rtc_twcc_report_t;


static int rtc_twcc_received(const rtc_twcc_t *twcc, uint64_t seq,
    uint64_t *us);
static uint64_t rtc_twcc_collect(rtc_twcc_t *twcc, rtc_twcc_report_t *r);
static uint8_t *rtc_twcc_write_chunks(uint8_t *p, const rtc_twcc_report_t *r);
static uint8_t *rtc_twcc_write_deltas(uint8_t *p, const rtc_twcc_report_t *r);
static unsigned rtc_twcc_chunk_symbol(uint16_t chunk, unsigned i);
static unsigned rtc_twcc_chunk_len(uint16_t chunk);


void
rtc_twcc_init(rtc_twcc_t *twcc)
{
    memset(twcc, 0, sizeof(rtc_twcc_t));
}


void
rtc_twcc_add(rtc_twcc_t *twcc, uint16_t seq, uint64_t now_us)
{
    int16_t   diff;
    uint64_t  ext, place;

    if (!twcc->started) {
        twcc->started = 1;
        twcc->last = UINT16_MAX + 1ULL + seq;
        twcc->next = twcc->last;
    }

    diff = rtc_seq_diff(seq, (uint16_t) twcc->last);

    if (diff <= -RTC_TWCC_WINDOW) {
        return;
    }

    ext = twcc->last + (uint64_t) (int64_t) diff;
    place = ext % RTC_TWCC_WINDOW;

    if (twcc->arrivals[place].seq == ext) {
        return;                                     /* a duplicate */
    }

    twcc->arrivals[place].seq = ext;
    twcc->arrivals[place].us = now_us;
    twcc->received++;

    if (ext > twcc->last) {
        twcc->last = ext;
    }

    /* a late one is reported again with those behind it */

    if (ext < twcc->next) {
        twcc->next = ext;
    }

    if (twcc->last - twcc->next >= RTC_TWCC_WINDOW) {
        twcc->next = twcc->last - RTC_TWCC_WINDOW + 1;
    }
}


static int
rtc_twcc_received(const rtc_twcc_t *twcc, uint64_t seq, uint64_t *us)
{
    uint64_t  place;

    place = seq % RTC_TWCC_WINDOW;
    *us = twcc->arrivals[place].us;

    return twcc->arrivals[place].seq == seq;
}


uint8_t *
rtc_twcc_build(rtc_twcc_t *twcc, uint8_t *p, uint8_t *end, uint32_t sender,
    uint32_t media)
{
    uint8_t            *start;
    uint64_t            us, reference;
    unsigned            pad;
    rtc_twcc_report_t   r;

    if (p == NULL || end - p < RTC_RTCP_MTU) {
        return NULL;
    }

    if (twcc->received == 0) {
        return p;
    }

    /* the first status has to be a received packet: it fixes the time */

    while (twcc->next < twcc->last
           && !rtc_twcc_received(twcc, twcc->next, &us))
    {
        twcc->next++;
    }

    start = p;

    p = rtc_write_u32(p + 4, sender);
    p = rtc_write_u32(p, media);
    p = rtc_write_u16(p, (uint16_t) twcc->next);

    reference = rtc_twcc_collect(twcc, &r);

    p = rtc_write_u16(p, (uint16_t) r.n);
    p = rtc_write_u24(p, (uint32_t) reference & 0xffffff);
    p = rtc_write_u8(p, twcc->count++);
    p = rtc_twcc_write_chunks(p, &r);
    p = rtc_twcc_write_deltas(p, &r);

    pad = (4 - (unsigned) (p - start) % 4) % 4;

    if (pad) {
        memset(p, 0, pad);
        p[pad - 1] = (uint8_t) pad;
        p += pad;
    }

    start[0] = (uint8_t) (0x80 | (pad ? 0x20 : 0) | RTC_RTPFB_TWCC);
    start[1] = RTC_RTCP_RTPFB;
    (void) rtc_write_u16(start + 2, (uint16_t) ((p - start) / 4 - 1));

    return p;
}


/* takes statuses off the window; returns the reference time in 64 ms */

static uint64_t
rtc_twcc_collect(rtc_twcc_t *twcc, rtc_twcc_report_t *r)
{
    int64_t   delta;
    uint64_t  us, base, reference;

    (void) rtc_twcc_received(twcc, twcc->next, &us);

    reference = us / RTC_TWCC_REFERENCE;
    base = reference * RTC_TWCC_REFERENCE;

    r->n = 0;
    r->ndeltas = 0;

    while (twcc->next <= twcc->last && r->n < RTC_TWCC_MAX_STATUS) {

        if (!rtc_twcc_received(twcc, twcc->next, &us)) {
            r->status[r->n++] = RTC_TWCC_LOST;
            twcc->next++;
            continue;
        }

        delta = ((int64_t) us - (int64_t) base) / RTC_TWCC_TICK;

        if (delta < INT16_MIN || delta > INT16_MAX) {
            break;
        }

        /* the next delta is counted from the time as the reader has it */

        base += (uint64_t) (delta * RTC_TWCC_TICK);

        r->status[r->n++] = (delta >= 0 && delta <= UINT8_MAX)
                            ? RTC_TWCC_SMALL : RTC_TWCC_LARGE;
        r->deltas[r->ndeltas++] = (int16_t) delta;

        twcc->next++;
    }

    if (twcc->next > twcc->last) {
        twcc->received = 0;
    }

    return reference;
}


static uint8_t *
rtc_twcc_write_chunks(uint8_t *p, const rtc_twcc_report_t *r)
{
    uint16_t  chunk;
    unsigned  i, j, run, rest, one, len;

    for (i = 0; i < r->n; i += len) {

        rest = r->n - i;
        one = 1;

        for (run = 1; run < rest; run++) {
            if (r->status[i + run] != r->status[i]) {
                break;
            }
        }

        for (j = 0; j < rtc_min(rest, 14); j++) {
            if (r->status[i + j] == RTC_TWCC_LARGE) {
                one = 0;
                break;
            }
        }

        if (run == rest || run >= 14 || (!one && run >= 7)) {
            len = rtc_min(run, RTC_TWCC_MAX_RUN);
            chunk = (uint16_t) (r->status[i] << 13 | len);

        } else if (one) {
            len = rtc_min(rest, 14);
            chunk = 0x8000;

            for (j = 0; j < len; j++) {
                chunk |= (uint16_t) (r->status[i + j] << (13 - j));
            }

        } else {
            len = rtc_min(rest, 7);
            chunk = 0xc000;

            for (j = 0; j < len; j++) {
                chunk |= (uint16_t) (r->status[i + j] << (12 - 2 * j));
            }
        }

        p = rtc_write_u16(p, chunk);
    }

    return p;
}


static uint8_t *
rtc_twcc_write_deltas(uint8_t *p, const rtc_twcc_report_t *r)
{
    int16_t   delta;
    unsigned  i;

    for (i = 0; i < r->ndeltas; i++) {
        delta = r->deltas[i];

        if (delta >= 0 && delta <= UINT8_MAX) {
            p = rtc_write_u8(p, (uint8_t) delta);

        } else {
            p = rtc_write_u16(p, (uint16_t) delta);
        }
    }

    return p;
}


static unsigned
rtc_twcc_chunk_len(uint16_t chunk)
{
    if (!(chunk & 0x8000)) {
        return chunk & 0x1fff;
    }

    return (chunk & 0x4000) ? 7 : 14;
}


static unsigned
rtc_twcc_chunk_symbol(uint16_t chunk, unsigned i)
{
    if (!(chunk & 0x8000)) {
        return chunk >> 13 & 3;
    }

    if (chunk & 0x4000) {
        return chunk >> (12 - 2 * i) & 3;
    }

    return chunk >> (13 - i) & 1;
}


int
rtc_twcc_parse(rtc_twcc_feedback_t *f, const rtc_rtcp_fb_t *fb)
{
    uint16_t        chunk;
    unsigned        covered, len;
    const uint8_t  *p;

    p = fb->fci.data;
    f->end = p + fb->fci.len;

    p = rtc_read_u16(p, f->end, &f->base);
    p = rtc_read_u16(p, f->end, &f->n);
    p = rtc_read_u24(p, f->end, &f->reference);
    p = rtc_read_u8(p, f->end, &f->count);

    if (p == NULL || f->n == 0 || f->n > RTC_TWCC_MAX_PARSED) {
        return RTC_ERROR;
    }

    f->chunks = p;
    f->i = 0;
    f->in_chunk = 0;
    f->chunk = 0;
    f->ticks = 0;

    for (covered = 0; covered < f->n; covered += len) {
        p = rtc_read_u16(p, f->end, &chunk);
        if (p == NULL) {
            return RTC_ERROR;
        }

        len = rtc_twcc_chunk_len(chunk);
        if (len == 0) {
            return RTC_ERROR;
        }
    }

    f->deltas = p;

    return RTC_OK;
}


int
rtc_twcc_next(rtc_twcc_feedback_t *f, uint16_t *seq, unsigned *received,
    int64_t *us)
{
    uint8_t         small;
    uint16_t        large;
    const uint8_t  *p;

    if (f->i == f->n) {
        return RTC_DECLINED;
    }

    if (f->i == 0 || f->in_chunk == rtc_twcc_chunk_len(f->chunk)) {
        f->chunk = rtc_get_u16(f->chunks);
        f->chunks += 2;
        f->in_chunk = 0;
    }

    p = f->deltas;

    switch (rtc_twcc_chunk_symbol(f->chunk, f->in_chunk)) {

    case RTC_TWCC_SMALL:
        p = rtc_read_u8(p, f->end, &small);
        f->ticks += p ? small : 0;
        *received = 1;
        break;

    case RTC_TWCC_LARGE:
        p = rtc_read_u16(p, f->end, &large);
        f->ticks += p ? (int16_t) large : 0;
        *received = 1;
        break;

    default:
        *received = 0;
        break;
    }

    if (p == NULL) {
        return RTC_DECLINED;
    }

    f->deltas = p;
    f->in_chunk++;

    *seq = (uint16_t) (f->base + f->i++);
    *us = f->ticks * RTC_TWCC_TICK;

    return RTC_OK;
}
