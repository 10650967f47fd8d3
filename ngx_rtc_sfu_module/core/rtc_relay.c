
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_bytes.h"
#include "rtc_crypto.h"
#include "rtc_relay_internal.h"
#include "rtc_rtp.h"


typedef struct {
    rtc_uplink_t      *up;
    rtc_srtp_index_t   index;
} rtc_source_t;


static void rtc_relay_sr(rtc_relay_t *relay, const rtc_rtcp_t *part,
    const uint8_t *p, size_t len, uint64_t now_us);
static void rtc_relay_blocks(rtc_relay_t *relay, const rtc_rtcp_t *part,
    uint64_t now_us);
static void rtc_relay_feedback(rtc_relay_t *relay, const rtc_rtcp_t *part,
    uint64_t now_us);
static void rtc_relay_nack(rtc_leg_t *leg, const rtc_rtcp_fb_t *fb);
static void *rtc_relay_find(const rtc_ssrc_table_t *table, uint32_t ssrc);


/* both ends of a relay have it: numbers never change */

const rtc_ext_map_t  rtc_relay_exts = {
    .id = {
        [RTC_EXT_AUDIO_LEVEL] = 1,
        [RTC_EXT_DEPENDENCY] = 2,
        [RTC_EXT_ABS_CAPTURE_TIME] = 3,
        [RTC_EXT_PLAYOUT_DELAY] = 4,
        [RTC_EXT_ORIENTATION] = 5,
        [RTC_EXT_LAYERS_ALLOCATION] = 6
    }
};


rtc_relay_t *
rtc_relay_create(const uint8_t *tx, const uint8_t *rx,
    const rtc_relay_handlers_t *handlers, void *ctx)
{
    rtc_relay_t  *relay;

    relay = calloc(1, sizeof(rtc_relay_t));
    if (relay == NULL) {
        return NULL;
    }

    relay->handlers = handlers;
    relay->ctx = ctx;

    if (rtc_random(&relay->next_ssrc, sizeof(relay->next_ssrc)) != RTC_OK
        || rtc_ssrc_init(&relay->sources, RTC_RELAY_STREAMS) != RTC_OK
        || rtc_ssrc_init(&relay->legs, RTC_RELAY_STREAMS) != RTC_OK)
    {
        goto failed;
    }

    relay->tx = rtc_srtp_gcm_create(tx, tx + RTC_SRTP_KEY);
    relay->rx = rtc_srtp_gcm_create_receiver(rx, rx + RTC_SRTP_KEY);

    if (relay->tx && relay->rx) {
        return relay;
    }

failed:

    rtc_relay_destroy(relay);

    return NULL;
}


void
rtc_relay_destroy(rtc_relay_t *relay)
{
    uint32_t  i;

    if (relay->sources.entries) {
        for (i = 0; i <= relay->sources.mask; i++) {
            free(relay->sources.entries[i].data);
        }
    }

    rtc_ssrc_done(&relay->sources);
    rtc_ssrc_done(&relay->legs);
    rtc_srtp_gcm_destroy(relay->tx);
    rtc_srtp_gcm_destroy(relay->rx);
    free(relay);
}


const rtc_relay_stats_t *
rtc_relay_stats(const rtc_relay_t *relay)
{
    return &relay->stats;
}


uint32_t
rtc_relay_ssrc(rtc_relay_t *relay)
{
    if (++relay->next_ssrc == 0) {
        relay->next_ssrc++;
    }

    return relay->next_ssrc;
}


int
rtc_relay_add_source(rtc_relay_t *relay, uint32_t ssrc, rtc_uplink_t *up)
{
    rtc_source_t  *source;

    source = calloc(1, sizeof(rtc_source_t));
    if (source == NULL) {
        return RTC_ERROR;
    }

    source->up = up;

    if (rtc_ssrc_add(&relay->sources, ssrc, source, 0) != RTC_OK) {
        free(source);
        return RTC_ERROR;
    }

    return RTC_OK;
}


void
rtc_relay_remove_source(rtc_relay_t *relay, uint32_t ssrc)
{
    rtc_source_t  *source;

    source = rtc_relay_find(&relay->sources, ssrc);

    if (source) {
        rtc_ssrc_remove(&relay->sources, ssrc);
        free(source);
    }
}


int
rtc_relay_input(rtc_relay_t *relay, uint8_t *p, size_t len, uint64_t now_us)
{
    uint16_t       seq;
    uint64_t       index;
    rtc_source_t  *source;

    if (len < RTC_RTP_HEADER + RTC_SRTP_GCM_TAG) {
        relay->stats.unknown++;
        return RTC_DECLINED;
    }

    source = rtc_relay_find(&relay->sources, rtc_get_u32(p + 8));

    if (source == NULL) {
        relay->stats.unknown++;
        return RTC_DECLINED;
    }

    seq = rtc_get_u16(p + 2);

    if (rtc_srtp_index_fresh(&source->index, seq, &index) != RTC_OK) {
        relay->stats.replayed++;
        return RTC_DECLINED;
    }

    if (rtc_srtp_gcm_unprotect(relay->rx, rtc_get_u32(p + 8), index, p, &len)
        != RTC_OK)
    {
        relay->stats.forged++;
        return RTC_DECLINED;
    }

    (void) rtc_srtp_index_take(&source->index, seq, 0, &index);

    relay->stats.packets_in++;
    relay->stats.bytes_in += len;

    rtc_uplink_rtp(source->up, p, len, now_us);

    return RTC_OK;
}


void
rtc_relay_rtcp(rtc_relay_t *relay, const uint8_t *p, size_t len,
    uint64_t now_us)
{
    int             rc;
    rtc_rtcp_t      part;
    const uint8_t  *end, *start;

    end = p + len;
    start = p;

    while ((rc = rtc_rtcp_next(&p, end, &part)) == RTC_OK) {

        switch (part.type) {

        case RTC_RTCP_SR:
            rtc_relay_sr(relay, &part, start, (size_t) (p - start), now_us);
            break;

        case RTC_RTCP_RR:
            rtc_relay_blocks(relay, &part, now_us);
            break;

        case RTC_RTCP_RTPFB:
        case RTC_RTCP_PSFB:
            rtc_relay_feedback(relay, &part, now_us);
            break;

        default:
            break;
        }

        start = p;
    }

    if (rc == RTC_ERROR) {
        relay->stats.rtcp_malformed++;
    }
}


/* the uplink reads it by itself */

static void
rtc_relay_sr(rtc_relay_t *relay, const rtc_rtcp_t *part, const uint8_t *p,
    size_t len, uint64_t now_us)
{
    rtc_rtcp_sr_t  sr;
    rtc_source_t  *source;

    if (rtc_rtcp_parse_sr(part, &sr) != RTC_OK) {
        relay->stats.rtcp_malformed++;
        return;
    }

    source = rtc_relay_find(&relay->sources, sr.ssrc);

    if (source) {
        rtc_uplink_rtcp(source->up, p, len, now_us);
    }
}


static void
rtc_relay_blocks(rtc_relay_t *relay, const rtc_rtcp_t *part, uint64_t now_us)
{
    unsigned           i;
    rtc_leg_t         *leg;
    rtc_rtcp_block_t   block;

    for (i = 0; rtc_rtcp_parse_block(part, i, &block) == RTC_OK; i++) {

        leg = rtc_relay_find(&relay->legs, block.ssrc);

        if (leg) {
            rtc_leg_report(leg, block.fraction, now_us);
        }
    }
}


static void
rtc_relay_feedback(rtc_relay_t *relay, const rtc_rtcp_t *part,
    uint64_t now_us)
{
    rtc_leg_t      *leg;
    rtc_rtcp_fb_t   fb;

    if (rtc_rtcp_parse_fb(part, &fb) != RTC_OK) {
        relay->stats.rtcp_malformed++;
        return;
    }

    leg = rtc_relay_find(&relay->legs, fb.media);
    if (leg == NULL) {
        return;
    }

    switch (part->type << 8 | part->count) {

    case RTC_RTCP_RTPFB << 8 | RTC_RTPFB_NACK:
        rtc_relay_nack(leg, &fb);
        break;

    case RTC_RTCP_PSFB << 8 | RTC_PSFB_PLI:
        rtc_leg_pli(leg, fb.media, now_us);
        break;

    default:
        break;
    }
}


static void
rtc_relay_nack(rtc_leg_t *leg, const rtc_rtcp_fb_t *fb)
{
    uint16_t  pid, blp;
    unsigned  i, j;

    for (i = 0; rtc_rtcp_parse_nack(fb, i, &pid, &blp) == RTC_OK; i++) {

        rtc_leg_nack(leg, fb->media, pid);

        for (j = 0; j < 16; j++) {
            if (blp & (1 << j)) {
                rtc_leg_nack(leg, fb->media, (uint16_t) (pid + 1 + j));
            }
        }
    }
}


static void *
rtc_relay_find(const rtc_ssrc_table_t *table, uint32_t ssrc)
{
    const rtc_ssrc_entry_t  *e;

    e = rtc_ssrc_find(table, ssrc);

    return e ? e->data : NULL;
}
