
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Two workers with a relay in both directions, each with a publisher of one
 * stream, a leg of it, the track of the other's, and a subscriber of each.
 */


#ifndef RELAY_PAIR_H_INCLUDED
#define RELAY_PAIR_H_INCLUDED


#include "rtc_bytes.h"
#include "rtc_downlink.h"
#include "rtc_forward.h"
#include "rtc_leg.h"
#include "rtc_rtcp.h"
#include "tap.h"


#define RING  8192


typedef struct {
    size_t           len;
    uint8_t          p[RTC_RTP_MAX];
} datagram_t;


typedef struct {
    rtc_downlink_t  *down;
    rtc_forward_t   *forward;
    unsigned         n;
    size_t           len;
    rtc_rtp_t        rtp;
    uint8_t          p[RTC_RTP_MAX];
} sub_t;


typedef struct worker_s  worker_t;

struct worker_s {
    worker_t        *peer;
    rtc_relay_t     *relay;
    rtc_uplink_t    *up;                /* of its own publisher */
    rtc_track_t     *track;
    rtc_leg_t       *leg;
    rtc_uplink_t    *relayed;           /* of the other's */
    rtc_track_t     *relayed_track;
    uint32_t         relayed_ssrc;
    sub_t            local;
    sub_t            remote;            /* of the relayed track */

    uint16_t         seq;
    unsigned         full:1;
    unsigned         lost;              /* every n-th is, 0: none */
    unsigned         count;
    unsigned         plis;              /* at its publisher */
    uint8_t          fraction;          /* in its publisher's last report */

    uint8_t          buf[RTC_RTP_MAX];
    unsigned         queued;
    datagram_t       queue[64];
    datagram_t       ring[RING];        /* as they were sent, by number */
    unsigned         reused;
    unsigned         again;
};


static uint64_t   now;
static worker_t  *a, *b;


static const uint8_t  keys[2][RTC_RELAY_KEY] = {
    "from a to b, 28 bytes of it", "from b to a, 28 bytes of it"
};


static uint8_t *
on_reserve(void *ctx, size_t size)
{
    worker_t  *w = ctx;

    return (w->full || size > sizeof(w->buf)) ? NULL : w->buf;
}


static void
on_commit(void *ctx, size_t len)
{
    worker_t    *w = ctx;
    datagram_t  *d;

    d = &w->ring[rtc_get_u16(w->buf + 2) % RING];

    if (d->len && memcmp(d->p + 2, w->buf + 2, 2) == 0
        && memcmp(d->p + 8, w->buf + 8, 4) == 0)
    {
        w->again++;
        w->reused += (d->len != len || memcmp(d->p, w->buf, len) != 0);
    }

    d->len = len;
    memcpy(d->p, w->buf, len);

    d = &w->queue[w->queued++ % rtc_nelts(w->queue)];
    d->len = len;
    memcpy(d->p, w->buf, len);
}


static void
on_relay_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    worker_t  *w = ctx;

    if (w->peer->relay) {
        rtc_relay_rtcp(w->peer->relay, p, len, now);
    }
}


static void
on_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    worker_t         *w = ctx;
    rtc_rtcp_t        part;
    const uint8_t    *end;
    rtc_rtcp_block_t  block;

    end = p + len;

    while (rtc_rtcp_next(&p, end, &part) == RTC_OK) {
        w->plis += (part.type == RTC_RTCP_PSFB);

        if (rtc_rtcp_parse_block(&part, 0, &block) == RTC_OK) {
            w->fraction = block.fraction;
        }
    }
}


static void
on_sub_rtp(void *ctx, const rtc_rtp_out_t *out)
{
    sub_t    *s = ctx;
    uint8_t  *p;

    p = rtc_write_bytes(s->p, out->header, out->header_len);
    p = rtc_write_bytes(p, out->prefix, out->prefix_len);
    p = rtc_write_bytes(p, out->payload, out->payload_len);

    s->n++;
    s->len = (size_t) (p - s->p);
    (void) rtc_rtp_parse(&s->rtp, s->p, s->len);
}


static void
on_sub_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    (void) ctx;
    (void) p;
    (void) len;
}


static void
on_wake(void *ctx)
{
    (void) ctx;
}


static const rtc_relay_handlers_t  relay_handlers = {
    on_reserve, on_commit, on_relay_rtcp
};

static const rtc_out_t  up_handlers = { NULL, on_rtcp, on_wake, NULL };
static const rtc_out_t  relayed_handlers = {
    NULL, on_relay_rtcp, on_wake, NULL
};
static const rtc_out_t  sub_handlers = {
    on_sub_rtp, on_sub_rtcp, on_wake, NULL
};


/* everything that was sent arrives, but for every n-th */

static void
flush(worker_t *w)
{
    unsigned    i;
    datagram_t  d;

    for (i = 0; i < rtc_min(w->queued, rtc_nelts(w->queue)); i++) {
        d = w->queue[i];

        if (w->lost == 0 || ++w->count % w->lost) {
            (void) rtc_relay_input(w->peer->relay, d.p, d.len, now);
        }
    }

    w->queued = 0;

    rtc_uplink_flush(w->peer->relayed, now);
}


static void
subscribe(sub_t *s, rtc_track_t *track, int video)
{
    rtc_forward_conf_t   fc;
    rtc_downlink_conf_t  dc;

    memset(&dc, 0, sizeof(dc));
    dc.ssrc = 1;
    dc.out = &sub_handlers;
    dc.ctx = s;
    s->down = rtc_downlink_create(&dc, now);

    memset(&fc, 0, sizeof(fc));
    fc.ssrc = 100;
    fc.pt = 120;
    fc.red_pt = video ? 0 : 121;
    fc.seed = 5;
    fc.exts.id[RTC_EXT_AUDIO_LEVEL] = 7;
    s->forward = rtc_forward_create(s->down, track, &fc, now);
}


static void
publish_track(worker_t *w, int video)
{
    rtc_track_conf_t   tc;
    rtc_uplink_conf_t  uc;

    memset(&uc, 0, sizeof(uc));
    uc.ssrc = 2;
    uc.out = &up_handlers;
    uc.ctx = w;
    w->up = rtc_uplink_create(&uc);

    memset(&tc, 0, sizeof(tc));
    tc.codec = video ? RTC_CODEC_VP8 : RTC_CODEC_OPUS;
    tc.clock = video ? 90000 : 48000;
    tc.pt = 111;
    tc.red_pt = video ? 0 : 63;
    tc.nack = (video != 0);
    tc.pli = (video != 0);
    tc.exts.id[RTC_EXT_AUDIO_LEVEL] = 9;
    tc.nlayers = 1;
    tc.layers[0].ssrc = 11;
    w->track = rtc_track_create(w->up, &tc);

    uc.out = &relayed_handlers;
    uc.relay = 1;
    w->relayed = rtc_uplink_create(&uc);
    w->relayed_ssrc = rtc_relay_ssrc(w->relay);

    tc.pt = RTC_RELAY_PT;
    tc.red_pt = video ? 0 : RTC_RELAY_PT_RED;
    tc.nack = 1;
    tc.exts = rtc_relay_exts;
    tc.layers[0].ssrc = w->relayed_ssrc;
    w->relayed_track = rtc_track_create(w->relayed, &tc);

    (void) rtc_relay_add_source(w->relay, w->relayed_ssrc, w->relayed);
}


static worker_t *
worker(const uint8_t *tx, const uint8_t *rx)
{
    worker_t  *w;

    w = calloc(1, sizeof(worker_t));
    if (w == NULL) {
        abort();
    }

    w->relay = rtc_relay_create(tx, rx, &relay_handlers, w);
    w->seq = 65500;

    return w;
}


static rtc_leg_t *
lead(worker_t *w, uint32_t ssrc)
{
    rtc_leg_conf_t  lc;

    memset(&lc, 0, sizeof(lc));
    lc.owner = w;
    lc.ssrcs[0] = ssrc;

    return rtc_leg_create(w->relay, w->track, &lc, now);
}


static void
begin(int video)
{
    now = 1000000000;

    a = worker(keys[0], keys[1]);
    b = worker(keys[1], keys[0]);
    a->peer = b;
    b->peer = a;

    publish_track(a, video);
    publish_track(b, video);
    a->leg = lead(a, b->relayed_ssrc);
    b->leg = lead(b, a->relayed_ssrc);

    subscribe(&a->local, a->track, video);
    subscribe(&b->remote, b->relayed_track, video);
    subscribe(&b->local, b->track, video);
    subscribe(&a->remote, a->relayed_track, video);
}


static void
end(void)
{
    unsigned   i;
    worker_t  *w;

    is_int(a->reused + b->reused, 0,
           "an index never has two ciphertexts");

    for (i = 0; i < 2; i++) {
        w = i ? b : a;

        if (w->leg) {
            rtc_leg_destroy(w->leg);
        }

        rtc_relay_destroy(w->relay);
        rtc_uplink_destroy(w->up);
        rtc_uplink_destroy(w->relayed);
        rtc_downlink_destroy(w->local.down);
        rtc_downlink_destroy(w->remote.down);
    }

    free(a);
    free(b);
}


static void
publish(worker_t *w, uint8_t pt, const char *payload, size_t payload_len)
{
    size_t         len;
    uint8_t        buf[RTC_RTP_MAX], level;
    rtc_rtp_t      rtp;
    rtc_rtp_ext_t  ext;

    memset(&rtp, 0, sizeof(rtp));
    rtp.pt = pt;
    rtp.marker = 1;
    rtp.seq = w->seq++;
    rtp.ts = rtp.seq * 960u;
    rtp.ssrc = 11;

    level = (uint8_t) (rtp.seq & 0x7f);
    ext.id = 9;
    ext.len = 1;
    ext.data = &level;

    len = rtc_rtp_build(buf, sizeof(buf), &rtp, &ext, 1);
    memcpy(buf + len, payload, payload_len);

    now += 20000;
    rtc_uplink_rtp(w->up, buf, len + payload_len, now);
    rtc_uplink_flush(w->up, now);
}


#endif /* RELAY_PAIR_H_INCLUDED */
