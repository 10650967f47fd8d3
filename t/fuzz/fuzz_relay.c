
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Two workers with a relay, legs and sources under arbitrary packets.  The
 * input is a list of records: a command byte, a length byte, and that many
 * bytes.  Bytes also come with a valid tag.  What is sent has to be authentic
 * for the other worker, and an index must not have two ciphertexts.
 */


#include <stdlib.h>

#include "fuzz_out.h"
#include "rtc_bytes.h"
#include "rtc_downlink.h"
#include "rtc_forward.h"
#include "rtc_leg.h"
#include "rtc_srtp_index.h"


#define FUZZ_LAYERS  2
#define FUZZ_RING    4096
#define FUZZ_QUEUE   64


typedef struct {
    uint16_t           len;
    uint8_t            p[RTC_RTP_MAX];
} fuzz_packet_t;


typedef struct {
    uint64_t           now;
    rtc_relay_t       *relays[2];       /* the publisher's worker is 0 */
    rtc_uplink_t      *up;
    rtc_track_t       *track;
    rtc_leg_t         *leg;
    rtc_uplink_t      *relayed;
    rtc_track_t       *relayed_track;
    rtc_downlink_t    *down;
    uint32_t           last_ssrc;       /* not random here */
    uint32_t           ssrcs[FUZZ_LAYERS];
    rtc_srtp_gcm_t    *sender;
    rtc_srtp_index_t   indexes[FUZZ_LAYERS];
    int                forging;
    int                full;

    unsigned           queued;
    uint8_t            buf[RTC_RTP_MAX];
    fuzz_packet_t      queue[FUZZ_QUEUE];
} fuzz_t;


int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);


static const uint8_t  keys[2][RTC_RELAY_KEY] = {
    "from 0 to 1, 28 bytes of it", "from 1 to 0, 28 bytes of it"
};

/* too much for each run's stack; the first entries of a run are its own */

static struct {
    unsigned           run;
    uint16_t           len;
    uint32_t           ssrc;
    uint16_t           seq;
    uint8_t            p[RTC_RTP_MAX];
} ring[FUZZ_RING];

static unsigned  run;


static uint8_t *
fuzz_reserve(void *ctx, size_t size)
{
    fuzz_t  *f = ctx;

    return (f->full || size > sizeof(f->buf)) ? NULL : f->buf;
}


static void
fuzz_commit(void *ctx, size_t len)
{
    fuzz_t    *f = ctx;
    unsigned   i;
    uint16_t   seq;
    uint32_t   ssrc;

    seq = rtc_get_u16(f->buf + 2);
    ssrc = rtc_get_u32(f->buf + 8);
    i = (ssrc * 2048 + seq) % FUZZ_RING;

    if (ring[i].run == run && ring[i].ssrc == ssrc && ring[i].seq == seq
        && (ring[i].len != len || memcmp(ring[i].p, f->buf, len) != 0))
    {
        abort();
    }

    ring[i].run = run;
    ring[i].len = (uint16_t) len;
    ring[i].ssrc = ssrc;
    ring[i].seq = seq;
    memcpy(ring[i].p, f->buf, len);

    if (f->queued < FUZZ_QUEUE) {
        f->queue[f->queued].len = (uint16_t) len;
        memcpy(f->queue[f->queued++].p, f->buf, len);
    }
}


/* of the leg, and of the uplink at the other end */

static void
fuzz_leg_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    fuzz_t  *f = ctx;

    fuzz_check_rtcp(p, len);
    rtc_relay_rtcp(f->relays[1], p, len, f->now);
}


static void
fuzz_relayed_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    fuzz_t  *f = ctx;

    fuzz_check_rtcp(p, len);
    rtc_relay_rtcp(f->relays[0], p, len, f->now);
}


static void
fuzz_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    (void) ctx;

    fuzz_check_rtcp(p, len);
}


static void
fuzz_rtp(void *ctx, const rtc_rtp_out_t *out)
{
    (void) ctx;

    (void) fuzz_check_rtp(out);
}


static void
fuzz_wake(void *ctx)
{
    (void) ctx;
}


static const rtc_relay_handlers_t  fuzz_relay_handlers = {
    fuzz_reserve, fuzz_commit, fuzz_leg_rtcp
};

static const rtc_out_t  fuzz_up_handlers = { NULL, fuzz_rtcp, fuzz_wake, NULL };
static const rtc_out_t  fuzz_relayed_handlers = {
    NULL, fuzz_relayed_rtcp, fuzz_wake, NULL
};
static const rtc_out_t  fuzz_down_handlers = {
    fuzz_rtp, fuzz_rtcp, fuzz_wake, NULL
};


static void
fuzz_publish(fuzz_t *f)
{
    unsigned            i;
    rtc_track_conf_t    tc;
    rtc_uplink_conf_t   uc;

    memset(&uc, 0, sizeof(uc));
    uc.ssrc = 5000;
    uc.ctx = f;
    uc.out = &fuzz_up_handlers;
    f->up = rtc_uplink_create(&uc);

    memset(&tc, 0, sizeof(tc));
    tc.codec = RTC_CODEC_VP8;
    tc.clock = 90000;
    tc.pt = 96;
    tc.rtx_pt = 97;
    tc.nack = 1;
    tc.pli = 1;
    tc.nlayers = FUZZ_LAYERS;
    tc.layers[0].rid = fuzz_str("q");
    tc.layers[0].ssrc = 1;
    tc.layers[0].rtx_ssrc = 2;
    tc.layers[1].rid = fuzz_str("h");
    tc.exts.id[RTC_EXT_RID] = 10;
    tc.exts.id[RTC_EXT_DEPENDENCY] = 12;
    tc.exts.id[RTC_EXT_PLAYOUT_DELAY] = 13;
    rtc_uplink_set_exts(f->up, &tc.exts);
    f->track = rtc_track_create(f->up, &tc);

    uc.out = &fuzz_relayed_handlers;
    uc.relay = 1;
    f->relayed = rtc_uplink_create(&uc);

    tc.pt = RTC_RELAY_PT;
    tc.rtx_pt = 0;
    tc.exts = rtc_relay_exts;

    for (i = 0; i < FUZZ_LAYERS; i++) {
        f->ssrcs[i] = ++f->last_ssrc;
        tc.layers[i].ssrc = f->ssrcs[i];
        tc.layers[i].rtx_ssrc = 0;

        (void) rtc_relay_add_source(f->relays[1], f->ssrcs[i], f->relayed);
    }

    f->relayed_track = rtc_track_create(f->relayed, &tc);
}


static void
fuzz_subscribe(fuzz_t *f)
{
    rtc_forward_conf_t   fc;
    rtc_downlink_conf_t  dc;

    memset(&dc, 0, sizeof(dc));
    dc.ssrc = 6000;
    dc.ctx = f;
    dc.out = &fuzz_down_handlers;
    f->down = rtc_downlink_create(&dc, f->now);

    memset(&fc, 0, sizeof(fc));
    fc.ssrc = 7000;
    fc.pt = 120;
    fc.nack = 1;
    fc.max_layer = 1;
    fc.exts.id[RTC_EXT_DEPENDENCY] = 12;

    if (rtc_forward_create(f->down, f->relayed_track, &fc, f->now) == NULL) {
        abort();
    }
}


static void
fuzz_lead(fuzz_t *f, int max_layer)
{
    unsigned        i;
    rtc_leg_conf_t  lc;

    memset(&lc, 0, sizeof(lc));
    lc.max_layer = max_layer;

    for (i = 0; i < FUZZ_LAYERS; i++) {
        lc.ssrcs[i] = f->ssrcs[i];
    }

    f->leg = rtc_leg_create(f->relays[0], f->track, &lc, f->now);
}


/* another leg, under other SSRCs */

static void
fuzz_lead_again(fuzz_t *f, int max_layer)
{
    unsigned  i;

    if (f->track == NULL) {
        return;
    }

    rtc_leg_destroy(f->leg);

    for (i = 0; i < FUZZ_LAYERS; i++) {
        rtc_relay_remove_source(f->relays[1], f->ssrcs[i]);
        f->ssrcs[i] = ++f->last_ssrc;

        if (rtc_track_set_ssrc(f->relayed_track, i, f->ssrcs[i], f->now)
            != RTC_OK
            || rtc_relay_add_source(f->relays[1], f->ssrcs[i], f->relayed)
               != RTC_OK)
        {
            abort();
        }
    }

    memset(f->indexes, 0, sizeof(f->indexes));
    f->forging = 0;

    fuzz_lead(f, max_layer);
}


/* bytes with a valid tag: what the other worker may say, and never does */

static void
fuzz_authentic(fuzz_t *f, const uint8_t *p, size_t len)
{
    size_t             n;
    uint8_t            plain[300], buf[RTC_RTP_MAX];
    uint64_t           index;
    unsigned           i;
    rtc_srtp_packet_t  pkt;

    if (len < RTC_RTP_HEADER) {
        return;
    }

    memcpy(plain, p, len);
    i = p[8] % FUZZ_LAYERS;
    (void) rtc_write_u32(plain + 8, f->ssrcs[i]);

    n = RTC_RTP_HEADER + 4 * (size_t) (p[0] & 0x0f);

    if ((p[0] & 0x10) && n + 4 <= len) {
        n += 4 + 4 * (size_t) rtc_get_u16(plain + n + 2);
    }

    if (n > len
        || rtc_srtp_index_take(&f->indexes[i], rtc_get_u16(plain + 2), 0,
                               &index)
           != RTC_OK)
    {
        return;
    }

    memset(&pkt, 0, sizeof(pkt));
    pkt.header = plain;
    pkt.header_len = n;
    pkt.payload = plain + n;
    pkt.payload_len = len - n;

    if (rtc_srtp_gcm_protect(f->sender, f->ssrcs[i], index, &pkt, buf, &n)
        != RTC_OK)
    {
        abort();
    }

    f->forging = 1;
    (void) rtc_relay_input(f->relays[1], buf, n, f->now);
}


static void
fuzz_flush(fuzz_t *f)
{
    unsigned  i;
    uint64_t  forged;

    rtc_uplink_flush(f->up, f->now);

    for (i = 0; i < f->queued; i++) {
        forged = rtc_relay_stats(f->relays[1])->forged;

        (void) rtc_relay_input(f->relays[1], f->queue[i].p, f->queue[i].len,
                               f->now);

        /* unless the indexes were confused on purpose */

        if (rtc_relay_stats(f->relays[1])->forged != forged && !f->forging) {
            abort();
        }
    }

    f->queued = 0;

    rtc_uplink_flush(f->relayed, f->now);
}


static void
fuzz_command(fuzz_t *f, uint8_t command, const uint8_t *p, size_t len)
{
    uint8_t  copy[256];

    f->now += 1 + (uint64_t) (command >> 4) * 20000;

    switch (command & 0x0f) {

    case 0:
        memcpy(copy, p, len);
        (void) rtc_relay_input(f->relays[1], copy, len, f->now);
        break;

    case 1:
        fuzz_authentic(f, p, len);
        break;

    case 2:
    case 3:
    case 4:
        rtc_uplink_rtp(f->up, p, len, f->now);
        break;

    case 5:
        rtc_uplink_rtcp(f->up, p, len, f->now);
        break;

    case 6:
    case 7:
        rtc_relay_rtcp(f->relays[command & 1], p, len, f->now);
        break;

    case 8:
        rtc_leg_set_max_layer(f->leg, len ? (int8_t) p[0] : -1, f->now);
        break;

    case 9:
        if (f->track) {
            rtc_track_set_muted(f->track, len & 1, f->now);
        }

        break;

    case 10:
        fuzz_lead_again(f, (int) len % 4 - 1);
        break;

    case 11:
        if (f->track && len == 0) {
            rtc_track_destroy(f->track);
            f->track = NULL;
        }

        break;

    case 12:
        rtc_downlink_rtcp(f->down, p, len, f->now);
        break;

    case 13:
        f->full = len & 1;
        break;

    case 14:
        f->queued = 0;                              /* lost on the way */
        break;

    default:
        rtc_uplink_timer(f->up, f->now);
        rtc_uplink_timer(f->relayed, f->now);
        rtc_downlink_timer(f->down, f->now);
        break;
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
    size_t          n;
    fuzz_t         *f;
    const uint8_t  *end;

    f = calloc(1, sizeof(fuzz_t));
    if (f == NULL) {
        abort();
    }

    run++;
    f->last_ssrc = 1000;
    f->now = 1000000000;
    f->relays[0] = rtc_relay_create(keys[0], keys[1], &fuzz_relay_handlers, f);
    f->relays[1] = rtc_relay_create(keys[1], keys[0], &fuzz_relay_handlers, f);
    f->sender = rtc_srtp_gcm_create(keys[0], keys[0] + RTC_SRTP_KEY);

    fuzz_publish(f);
    fuzz_subscribe(f);
    fuzz_lead(f, 1);

    end = p + len;

    while (end - p >= 2) {
        n = rtc_min(p[1], (size_t) (end - p - 2));

        fuzz_command(f, p[0], p + 2, n);

        if (end - p > 4 && (p[0] & 0x0f) < 14) {
            fuzz_flush(f);
        }

        p += 2 + n;
    }

    rtc_leg_destroy(f->leg);
    rtc_relay_destroy(f->relays[0]);
    rtc_relay_destroy(f->relays[1]);
    rtc_uplink_destroy(f->up);
    rtc_uplink_destroy(f->relayed);
    rtc_downlink_destroy(f->down);
    rtc_srtp_gcm_destroy(f->sender);
    free(f);

    return 0;
}
