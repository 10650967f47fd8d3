
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_recv.h"
#include "rtc_rtp.h"


#define rtc_recv_word(ext)  ((ext) % RTC_RECV_WINDOW / 64)
#define rtc_recv_bit(ext)   (1ULL << (ext) % 64)


static void rtc_recv_start(rtc_recv_t *r, uint16_t seq);
static void rtc_recv_advance(rtc_recv_t *r, uint64_t ext);
static void rtc_recv_jitter(rtc_recv_t *r, uint32_t ts, uint64_t now_us);


void
rtc_recv_init(rtc_recv_t *r, uint32_t clock)
{
    memset(r, 0, sizeof(rtc_recv_t));

    r->clock = clock;
}


static void
rtc_recv_start(rtc_recv_t *r, uint16_t seq)
{
    uint32_t  clock;
    unsigned  jumps;

    clock = r->clock;
    jumps = r->jumps;
    rtc_recv_init(r, clock);

    r->started = 1;
    r->jumps = jumps & 1;
    r->base = (1ULL << 32) + seq;
    r->max = r->base;
    r->seen[rtc_recv_word(r->max)] |= rtc_recv_bit(r->max);
    r->received = 1;
}


rtc_recv_e
rtc_recv_packet(rtc_recv_t *r, uint16_t seq, uint32_t ts, uint64_t now_us,
    uint64_t *ext)
{
    int16_t     diff;
    rtc_recv_e  result;

    if (!r->started) {
        rtc_recv_start(r, seq);
        rtc_recv_jitter(r, ts, now_us);
        *ext = r->max;
        return RTC_RECV_NEW;
    }

    diff = rtc_seq_diff(seq, (uint16_t) r->max);
    *ext = r->max + (uint64_t) (int64_t) diff;

    if (diff > RTC_RECV_DROPOUT || diff <= -RTC_RECV_WINDOW) {

        /* RFC 3550, A.1: two in sequence make it a restart */

        if (r->jumps ? diff > 0 : (r->has_stray && seq == r->stray)) {
            rtc_recv_start(r, seq);
            rtc_recv_jitter(r, ts, now_us);
            *ext = r->max;
            return RTC_RECV_RESTART;
        }

        r->has_stray = 1;
        r->stray = (uint16_t) (seq + 1);

        return diff < 0 ? RTC_RECV_OLD : RTC_RECV_STRAY;
    }

    r->has_stray = 0;

    if (diff > 0) {
        rtc_recv_advance(r, *ext);
        result = RTC_RECV_NEW;

    } else if (r->seen[rtc_recv_word(*ext)] & rtc_recv_bit(*ext)) {
        return RTC_RECV_DUPLICATE;

    } else {
        r->base = rtc_min(r->base, *ext);
        result = RTC_RECV_LATE;
    }

    r->seen[rtc_recv_word(*ext)] |= rtc_recv_bit(*ext);
    r->received++;

    rtc_recv_jitter(r, ts, now_us);

    return result;
}


/* the places between the old and the new highest number become free */

static void
rtc_recv_advance(rtc_recv_t *r, uint64_t ext)
{
    uint64_t  i;

    if (ext - r->max >= RTC_RECV_WINDOW) {
        memset(r->seen, 0, sizeof(r->seen));

    } else {
        for (i = r->max + 1; i <= ext; i++) {
            r->seen[rtc_recv_word(i)] &= ~rtc_recv_bit(i);
        }
    }

    r->max = ext;
}


/* RFC 3550, section A.8 */

static void
rtc_recv_jitter(rtc_recv_t *r, uint32_t ts, uint64_t now_us)
{
    int32_t   d;
    uint32_t  transit;

    transit = (uint32_t) (now_us / 1000000 * r->clock
                          + now_us % 1000000 * r->clock / 1000000) - ts;

    if (r->received > 1) {
        d = rtc_ts_diff(transit, r->transit);

        if (d == INT32_MIN) {
            d = INT32_MAX;
        }

        d = d < 0 ? -d : d;
        r->jitter += (uint32_t) d - ((r->jitter + 8) >> 4);
    }

    r->transit = transit;
}


rtc_recv_e
rtc_recv_repaired(rtc_recv_t *r, uint16_t seq, uint64_t *ext)
{
    int16_t  diff;

    if (!r->started) {
        return RTC_RECV_STRAY;
    }

    diff = rtc_seq_diff(seq, (uint16_t) r->max);
    *ext = r->max + (uint64_t) (int64_t) diff;

    if (diff <= -RTC_RECV_WINDOW || *ext < r->base) {
        return RTC_RECV_OLD;
    }

    /* a retransmission that overtakes: the original is still to come */

    if (diff > 0) {
        return RTC_RECV_STRAY;
    }

    if (r->seen[rtc_recv_word(*ext)] & rtc_recv_bit(*ext)) {
        return RTC_RECV_DUPLICATE;
    }

    r->seen[rtc_recv_word(*ext)] |= rtc_recv_bit(*ext);

    return RTC_RECV_LATE;
}


int64_t
rtc_recv_lost(const rtc_recv_t *r)
{
    if (!r->started) {
        return 0;
    }

    return (int64_t) (r->max - r->base + 1) - (int64_t) r->received;
}


void
rtc_recv_report(rtc_recv_t *r, rtc_rtcp_block_t *block)
{
    int64_t   lost;
    uint64_t  expected;

    /* RFC 3550, section A.3 */

    lost = rtc_recv_lost(r);
    lost = rtc_min(lost, 0x7fffff);
    block->lost = (int32_t) rtc_max(lost, -0x800000);

    expected = r->max - r->base + 1;

    lost = (int64_t) (expected - r->expected_prior)
           - (int64_t) (r->received - r->received_prior);

    if (lost <= 0 || expected == r->expected_prior) {
        block->fraction = 0;

    } else {
        lost = lost * 256 / (int64_t) (expected - r->expected_prior);
        block->fraction = (uint8_t) rtc_min(lost, 255);
    }

    r->expected_prior = expected;
    r->received_prior = r->received;

    block->highest = (uint32_t) r->max;
    block->jitter = r->jitter >> 4;
}
