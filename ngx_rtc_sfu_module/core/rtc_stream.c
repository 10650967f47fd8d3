
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_bytes.h"
#include "rtc_out.h"
#include "rtc_stream.h"


#define RTC_STREAM_VIDEO_SLOTS  1024
#define RTC_STREAM_AUDIO_SLOTS  256
#define RTC_STREAM_AUDIO_BYTES  (32 * 1024)

#define RTC_STREAM_RATE         1000000     /* us */


/* about a second of a layer at its usual rate; the last is the highest */

static const uint32_t  rtc_stream_video_bytes[] = {
    256 * 1024, 512 * 1024, 1024 * 1024
};


static void rtc_stream_rate(rtc_stream_t *s, uint64_t now_us);


void
rtc_stream_init(rtc_stream_t *s, unsigned index, uint32_t clock)
{
    memset(s, 0, sizeof(rtc_stream_t));

    s->index = index;
    rtc_recv_init(&s->recv, clock);
}


void
rtc_stream_done(rtc_stream_t *s)
{
    free(s->cache);
    free(s->nack);

    s->cache = NULL;
    s->nack = NULL;
}


int
rtc_stream_alloc(rtc_stream_t *s, int video, unsigned nlayers, int nack)
{
    void      *mem;
    size_t     i;
    uint32_t   slots, bytes;

    if (s->cache) {
        return RTC_OK;
    }

    slots = video ? RTC_STREAM_VIDEO_SLOTS : RTC_STREAM_AUDIO_SLOTS;
    bytes = RTC_STREAM_AUDIO_BYTES;

    if (video) {
        i = rtc_nelts(rtc_stream_video_bytes) - nlayers + s->index;
        bytes = rtc_stream_video_bytes[i];
    }

    if (nack && s->nack == NULL) {
        s->nack = malloc(sizeof(rtc_nack_t));
        if (s->nack == NULL) {
            return RTC_ERROR;
        }

        rtc_nack_init(s->nack);
    }

    mem = malloc(rtc_cache_size(slots, bytes));
    if (mem == NULL) {
        return RTC_ERROR;
    }

    s->cache = rtc_cache_init(mem, slots, bytes);

    return RTC_OK;
}


void
rtc_stream_restart(rtc_stream_t *s, uint32_t epoch)
{
    s->epoch = epoch;
    s->sr_us = 0;
    s->in_flight = 0;
    s->reported = s->packets;

    if (s->cache) {
        rtc_cache_reset(s->cache);
    }

    if (s->nack) {
        rtc_nack_init(s->nack);
    }
}


int
rtc_stream_store(rtc_stream_t *s, uint64_t seq, const rtc_rtp_t *rtp,
    const uint8_t *header, size_t hlen, rtc_str_t payload, uint64_t now_us)
{
    uint8_t  *p;

    p = rtc_cache_add(s->cache, seq, hlen + payload.len, now_us);
    if (p == NULL) {
        return RTC_DECLINED;
    }

    if (payload.len == 0) {
        return RTC_OK;
    }

    (void) rtc_write_bytes(rtc_write_bytes(p, header, hlen), payload.data,
                           payload.len);

    p[0] &= (uint8_t) ~0x20;                        /* no padding */
    p[1] = (uint8_t) (rtp->marker << 7 | rtp->pt);
    (void) rtc_write_u16(p + 2, (uint16_t) seq);
    (void) rtc_write_u32(p + 8, rtp->ssrc);

    return RTC_OK;
}


void
rtc_stream_count(rtc_stream_t *s, const rtc_packet_t *pkt, uint64_t now_us)
{
    s->packets++;
    s->bytes += pkt->rtp.payload.len;
    s->rate_bytes += pkt->rtp.payload.len;

    s->last_us = now_us;
    s->last_ts = pkt->rtp.ts;
    s->other_frames = 0;

    if (pkt->media.keyframe) {
        s->keyframes++;
        s->wants_keyframe = 0;
        s->in_flight = 0;
    }

    rtc_stream_rate(s, now_us);
}


static void
rtc_stream_rate(rtc_stream_t *s, uint64_t now_us)
{
    uint64_t  elapsed;

    elapsed = now_us - s->rate_us;

    if (elapsed < RTC_STREAM_RATE) {
        return;
    }

    s->bitrate = s->rate_bytes * 8 * 1000000 / elapsed;
    s->rate_bytes = 0;
    s->rate_us = now_us;
}


void
rtc_stream_sr(rtc_stream_t *s, const rtc_rtcp_sr_t *sr, uint64_t now_us)
{
    s->sr_ntp = sr->ntp;
    s->sr_rtp = sr->rtp;
    s->sr_us = now_us;
}


int
rtc_stream_ntp_us(const rtc_stream_t *s, uint32_t ts, uint64_t *us)
{
    int64_t  ticks;

    if (s->sr_us == 0) {
        return RTC_DECLINED;
    }

    ticks = rtc_ts_diff(ts, s->sr_rtp);

    *us = rtc_ntp_to_us(s->sr_ntp)
          + (uint64_t) (ticks * 1000000 / (int64_t) s->recv.clock);

    return RTC_OK;
}


uint64_t
rtc_stream_pli_due(const rtc_stream_t *s)
{
    uint64_t  interval;

    /* nobody answers for a stream that is unknown or has stopped */

    if (!s->wants_keyframe || !s->active || s->ssrc == 0) {
        return RTC_NEVER;
    }

    if (s->pli_us == 0) {
        return 0;
    }

    interval = (s->index == 0 && !s->in_flight) ? RTC_STREAM_PLI_LOW
                                                : RTC_STREAM_PLI;
    return s->pli_us + interval;
}
