
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_bytes.h"
#include "rtc_relay_internal.h"
#include "rtc_track_internal.h"


/* RFC 3711, section 3.3.1: the first number is far from the roll-over, and
   late packets find a place below it */
#define RTC_LEG_FIRST    4096

/* what follows another source's last number, so that it is seen as a restart */
#define RTC_LEG_JUMP     4096

#define RTC_LEG_PADDING  4              /* bytes of an empty packet */

#define RTC_LEG_HEADER   (RTC_RTP_HEADER + 4 + RTC_EXT_MAX * (2 + 255) + 3)


static int rtc_leg_bind(rtc_leg_t *leg);
static void rtc_leg_unbind(rtc_leg_t *leg, unsigned n);
static int rtc_leg_takes(const rtc_leg_t *leg, const rtc_stream_t *s);
static void rtc_leg_packet(rtc_leg_t *leg, const rtc_packet_t *pkt);
static void rtc_leg_begin(rtc_leg_layer_t *l, const rtc_packet_t *pkt);
static void rtc_leg_send(rtc_leg_t *leg, rtc_leg_layer_t *l,
    const rtc_packet_t *pkt, uint64_t out, int resend);
static size_t rtc_leg_header(const rtc_leg_layer_t *l,
    const rtc_packet_t *pkt, uint64_t out, uint8_t *p, size_t size);
static rtc_leg_layer_t *rtc_leg_layer(rtc_leg_t *leg, uint32_t ssrc);


rtc_leg_t *
rtc_leg_create(rtc_relay_t *relay, rtc_track_t *track,
    const rtc_leg_conf_t *conf, uint64_t now_us)
{
    unsigned    i;
    rtc_leg_t  *leg;

    leg = calloc(1, sizeof(rtc_leg_t));
    if (leg == NULL) {
        return NULL;
    }

    leg->relay = relay;
    leg->owner = conf->owner;
    leg->nlayers = track->nlayers;
    leg->max_layer = -1;

    for (i = 0; i < leg->nlayers; i++) {
        leg->layers[i].ssrc = conf->ssrcs[i];
    }

    if (rtc_leg_bind(leg) != RTC_OK) {
        free(leg);
        return NULL;
    }

    leg->track = track;
    leg->track_next = track->legs;
    track->legs = leg;

    for (i = 0; i < leg->nlayers; i++) {
        if (track->layers[i].sr_us) {
            rtc_leg_sr(leg, &track->layers[i], now_us);
        }
    }

    rtc_leg_set_max_layer(leg, conf->max_layer, now_us);

    return leg;
}


static int
rtc_leg_bind(rtc_leg_t *leg)
{
    unsigned  i;

    for (i = 0; i < leg->nlayers; i++) {
        if (leg->layers[i].ssrc == 0
            || rtc_ssrc_add(&leg->relay->legs, leg->layers[i].ssrc, leg, 0)
               != RTC_OK)
        {
            rtc_leg_unbind(leg, i);
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


static void
rtc_leg_unbind(rtc_leg_t *leg, unsigned n)
{
    while (n) {
        rtc_ssrc_remove(&leg->relay->legs, leg->layers[--n].ssrc);
    }
}


void
rtc_leg_destroy(rtc_leg_t *leg)
{
    rtc_leg_detach(leg);
    rtc_leg_unbind(leg, leg->nlayers);
    free(leg);
}


void
rtc_leg_detach(rtc_leg_t *leg)
{
    rtc_leg_t  **p;

    if (leg->track == NULL) {
        return;
    }

    for (p = &leg->track->legs; *p != leg; p = &(*p)->track_next) {
        /* void */
    }

    *p = leg->track_next;

    leg->track = NULL;
    leg->track_next = NULL;
}


rtc_track_t *
rtc_leg_track(const rtc_leg_t *leg)
{
    return leg->track;
}


void *
rtc_leg_owner(const rtc_leg_t *leg)
{
    return leg->owner;
}


void
rtc_leg_set_max_layer(rtc_leg_t *leg, int layer, uint64_t now_us)
{
    int  old;

    old = leg->max_layer;
    layer = rtc_max(rtc_min(layer, (int) leg->nlayers - 1), -1);

    leg->max_layer = layer;

    if (leg->track && layer > old) {
        rtc_track_request_keyframe(leg->track, &leg->track->layers[layer],
                                   now_us);
    }
}


void
rtc_leg_resume(rtc_leg_t *leg)
{
    unsigned  i;

    for (i = 0; i < leg->nlayers; i++) {
        leg->layers[i].resumes = 1;
    }
}


void
rtc_leg_packets(rtc_leg_t *leg, const rtc_packet_t *pkts, unsigned n)
{
    unsigned  i;

    for (i = 0; i < n; i++) {
        rtc_leg_packet(leg, &pkts[i]);
    }
}


static void
rtc_leg_packet(rtc_leg_t *leg, const rtc_packet_t *pkt)
{
    uint64_t          out;
    rtc_leg_layer_t  *l;

    l = &leg->layers[pkt->stream->index];

    if (!rtc_leg_takes(leg, pkt->stream)) {
        l->resumes = 1;
        return;
    }

    if (pkt->stream->epoch != l->epoch || l->resumes) {
        if (pkt->late) {
            return;
        }

        rtc_leg_begin(l, pkt);
    }

    out = pkt->seq - l->offset;

    /* a number from before means another packet there */

    if (out < l->first) {
        return;
    }

    l->last = rtc_max(l->last, out);

    rtc_leg_send(leg, l, pkt, out, 0);
}


/* a higher one if there is no other, as rtc_forward_set_max_layer() says */

static int
rtc_leg_takes(const rtc_leg_t *leg, const rtc_stream_t *s)
{
    int  layer;

    layer = (int) s->index;

    if (layer <= leg->max_layer) {
        return 1;
    }

    return leg->max_layer >= 0
           && rtc_track_best_layer(leg->track, (unsigned) leg->max_layer,
                                   RTC_DECLINED)
              == layer;
}


static void
rtc_leg_begin(rtc_leg_layer_t *l, const rtc_packet_t *pkt)
{
    uint64_t  out;

    if (l->epoch == 0) {
        out = RTC_LEG_FIRST;

    } else {
        out = l->last + (pkt->stream->epoch == l->epoch ? 1 : RTC_LEG_JUMP);
    }

    /* a source that begins just now may have begun earlier than it seems */

    l->first = (pkt->seq == pkt->stream->recv.base) ? l->last + 1 : out;

    l->epoch = pkt->stream->epoch;
    l->offset = pkt->seq - out;
    l->last = out;
    l->resumes = 0;
}


static void
rtc_leg_send(rtc_leg_t *leg, rtc_leg_layer_t *l, const rtc_packet_t *pkt,
    uint64_t out, int resend)
{
    size_t             len;
    uint8_t           *p, header[RTC_LEG_HEADER];
    uint64_t           index;
    rtc_relay_t       *relay;
    rtc_srtp_packet_t  packet;

    static const uint8_t  padding[RTC_LEG_PADDING] = {
        0, 0, 0, RTC_LEG_PADDING
    };

    relay = leg->relay;

    packet.header = header;
    packet.header_len = rtc_leg_header(l, pkt, out, header, sizeof(header));
    packet.prefix_len = 0;
    packet.payload = padding;
    packet.payload_len = RTC_LEG_PADDING;
    packet.pad = 0;

    if (!pkt->padding) {
        packet.payload = pkt->rtp.payload.data;
        packet.payload_len = pkt->rtp.payload.len;
    }

    len = packet.header_len + packet.payload_len;

    if (packet.header_len == 0 || len > RTC_RTP_MAX) {
        relay->stats.dropped++;
        return;
    }

    if (rtc_srtp_index_take(&l->index, (uint16_t) out, resend, &index)
        != RTC_OK)
    {
        return;
    }

    p = relay->handlers->reserve(relay->ctx, len + RTC_SRTP_GCM_TAG);

    if (p == NULL
        || rtc_srtp_gcm_protect(relay->tx, l->ssrc, index, &packet, p, &len)
           != RTC_OK)
    {
        relay->stats.dropped++;
        return;
    }

    relay->handlers->commit(relay->ctx, len);

    relay->stats.packets_out++;
    relay->stats.bytes_out += len;
    relay->stats.resent += (resend != 0);
}


/* nothing in it depends on when it is built: a packet may be sent again */

static size_t
rtc_leg_header(const rtc_leg_layer_t *l, const rtc_packet_t *pkt,
    uint64_t out, uint8_t *p, size_t size)
{
    unsigned        i, n;
    rtc_rtp_t       rtp;
    rtc_rtp_ext_t   exts[RTC_EXT_MAX];

    memset(&rtp, 0, sizeof(rtc_rtp_t));

    rtp.seq = (uint16_t) out;
    rtp.ssrc = l->ssrc;
    rtp.pt = RTC_RELAY_PT;

    if (pkt->padding) {
        rtp.padding = RTC_LEG_PADDING;
        return rtc_rtp_build(p, size, &rtp, NULL, 0);
    }

    rtp.marker = pkt->rtp.marker;
    rtp.ts = pkt->rtp.ts;

    if (pkt->red) {
        rtp.pt = RTC_RELAY_PT_RED;
    }

    n = 0;

    for (i = 1; i < RTC_EXT_MAX; i++) {

        if (rtc_relay_exts.id[i] == 0 || pkt->exts[i].len == 0
            || pkt->exts[i].len > UINT8_MAX)
        {
            continue;
        }

        exts[n].id = rtc_relay_exts.id[i];
        exts[n].len = (uint8_t) pkt->exts[i].len;
        exts[n].data = pkt->exts[i].data;
        n++;
    }

    return rtc_rtp_build(p, size, &rtp, exts, n);
}


void
rtc_leg_sr(rtc_leg_t *leg, const rtc_stream_t *s, uint64_t now_us)
{
    uint8_t        *p, buf[64];
    uint64_t        elapsed;
    rtc_rtcp_sr_t   sr;

    /* the publisher's clock, carried on to now */

    elapsed = now_us - s->sr_us;

    sr.ssrc = leg->layers[s->index].ssrc;
    sr.ntp = s->sr_ntp + rtc_ntp_from_us(elapsed);
    sr.rtp = s->sr_rtp + (uint32_t) (elapsed * leg->track->clock / 1000000);
    sr.packets = (uint32_t) s->packets;
    sr.octets = (uint32_t) s->bytes;

    p = rtc_rtcp_build_sr(buf, buf + sizeof(buf), &sr);

    if (p) {
        leg->relay->handlers->send_rtcp(leg->relay->ctx, buf,
                                        (size_t) (p - buf));
    }
}


void
rtc_leg_nack(rtc_leg_t *leg, uint32_t ssrc, uint16_t seq)
{
    uint64_t          out;
    rtc_packet_t      pkt;
    rtc_stream_t     *s;
    rtc_leg_layer_t  *l;

    l = rtc_leg_layer(leg, ssrc);

    if (l == NULL || leg->track == NULL || l->epoch == 0) {
        return;
    }

    s = rtc_track_source(leg->track, l->epoch);
    out = l->last - (uint16_t) ((uint16_t) l->last - seq);

    if (s == NULL || out > l->last || out < l->first
        || rtc_track_load(leg->track, s, out + l->offset, &pkt) != RTC_OK)
    {
        return;
    }

    rtc_leg_send(leg, l, &pkt, out, 1);
}


void
rtc_leg_pli(rtc_leg_t *leg, uint32_t ssrc, uint64_t now_us)
{
    rtc_leg_layer_t  *l;

    l = rtc_leg_layer(leg, ssrc);

    if (l && leg->track) {
        rtc_track_request_keyframe(leg->track,
                                   &leg->track->layers[l - leg->layers],
                                   now_us);
    }
}


void
rtc_leg_report(rtc_leg_t *leg, uint8_t loss, uint64_t now_us)
{
    leg->loss = loss;
    leg->rr_us = now_us;
}


static rtc_leg_layer_t *
rtc_leg_layer(rtc_leg_t *leg, uint32_t ssrc)
{
    unsigned  i;

    for (i = 0; i < leg->nlayers; i++) {
        if (leg->layers[i].ssrc == ssrc) {
            return &leg->layers[i];
        }
    }

    return NULL;
}
