
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Packets that arrive together: each subscriber gets all of them before the
 * next one gets any, and in sizes that can be sent as one.
 */


#include "rtc_bytes.h"
#include "rtc_downlink.h"
#include "rtc_forward.h"
#include "rtc_rtcp.h"
#include "rtc_track.h"
#include "tap.h"


#define SSRC     11
#define SUBS     2
#define RECORDS  64


typedef struct {
    unsigned        sub;
    size_t          len;
    uint8_t         pad;
    uint8_t         first;              /* of the payload */
    rtc_rtp_t       rtp;
    uint8_t         p[RTC_RTP_MAX];
} record_t;


static uint64_t         now = 5000000;
static uint16_t         seq = 100;
static rtc_uplink_t    *up;
static rtc_track_t     *track;
static rtc_downlink_t  *downs[SUBS];
static rtc_forward_t   *forwards[SUBS];
static unsigned         numbers[SUBS] = { 0, 1 };
static record_t         records[RECORDS];
static unsigned         nrecords, waits;


static void
on_rtp(void *ctx, const rtc_rtp_out_t *out)
{
    uint8_t         *p;
    record_t        *r;
    const unsigned  *sub = ctx;

    r = &records[nrecords++];

    p = rtc_write_bytes(r->p, out->header, out->header_len);
    p = rtc_write_bytes(p, out->prefix, out->prefix_len);
    p = rtc_write_bytes(p, out->payload, out->payload_len);

    if (out->pad) {
        memset(p, 0, out->pad);
        p[out->pad - 1] = out->pad;
        p += out->pad;
    }

    r->sub = *sub;
    r->len = (size_t) (p - r->p);
    r->pad = out->pad;

    if (rtc_rtp_parse(&r->rtp, r->p, r->len) != RTC_OK) {
        r->len = 0;
        return;
    }

    r->first = r->rtp.payload.len ? r->rtp.payload.data[0] : 0;
}


static void
on_rtcp(void *ctx, const uint8_t *p, size_t len)
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


static void
on_wait(void *ctx)
{
    (void) ctx;
    waits++;
}


static const rtc_out_t  handlers = { on_rtp, on_rtcp, on_wake, on_wait };


static rtc_str_t
str(const char *s)
{
    rtc_str_t  str;

    str.data = (const uint8_t *) s;
    str.len = strlen(s);

    return str;
}


/* a packet of H264 with so many bytes; IDR slices are keyframes */

static void
arrive(uint16_t number, size_t size)
{
    size_t     len;
    uint8_t    buf[RTC_RTP_MAX];
    rtc_rtp_t  rtp;

    memset(&rtp, 0, sizeof(rtp));
    rtp.pt = 96;
    rtp.seq = number;
    rtp.ts = 90000;
    rtp.ssrc = SSRC;

    len = rtc_rtp_build(buf, sizeof(buf), &rtp, NULL, 0);
    memset(buf + len, (uint8_t) number, size);
    buf[len] = 0x65;
    buf[len + 1] = (uint8_t) number;

    rtc_uplink_rtp(up, buf, len + size, ++now);
}


static void
create(void)
{
    unsigned             i;
    rtc_track_conf_t     tc;
    rtc_uplink_conf_t    uc;
    rtc_forward_conf_t   fc;
    rtc_downlink_conf_t  dc;

    memset(&uc, 0, sizeof(uc));
    uc.ssrc = 1;
    uc.out = &handlers;
    up = rtc_uplink_create(&uc);

    memset(&tc, 0, sizeof(tc));
    tc.codec = RTC_CODEC_H264;
    tc.clock = 90000;
    tc.pt = 96;
    tc.nlayers = 1;
    tc.layers[0].ssrc = SSRC;
    track = rtc_track_create(up, &tc);

    for (i = 0; i < SUBS; i++) {
        memset(&dc, 0, sizeof(dc));
        dc.ssrc = 2 + i;
        dc.out = &handlers;
        dc.ctx = &numbers[i];
        downs[i] = rtc_downlink_create(&dc, now);

        memset(&fc, 0, sizeof(fc));
        fc.ssrc = 1000 + i;
        fc.pt = 102;
        fc.nack = 1;
        fc.cname = str("c");
        forwards[i] = rtc_forward_create(downs[i], track, &fc, now);
    }

    /* the first packet of a stream goes at once */

    arrive(seq++, 50);
    nrecords = 0;
    waits = 0;
}


static void
destroy(void)
{
    unsigned  i;

    rtc_uplink_destroy(up);

    for (i = 0; i < SUBS; i++) {
        rtc_downlink_destroy(downs[i]);
    }
}


static void
test_order(void)
{
    unsigned       i, bad;
    static size_t  sizes[] = { 1000, 1000, 1001, 1001, 900, 300, 305 };
    static uint8_t pads[] = { 1, 1, 0, 0, 0, 5, 0 };

    create();

    for (i = 0; i < rtc_nelts(sizes); i++) {
        arrive((uint16_t) (seq + i), sizes[i]);
    }

    is_int(nrecords, 0, "nothing goes while more may come");
    is_int(waits, 1, "and the caller is told so, once");

    rtc_uplink_flush(up, now);

    is_int(nrecords, SUBS * rtc_nelts(sizes), "everything for everybody");

    bad = 0;

    for (i = 1; i < nrecords; i++) {
        bad += records[i].sub != records[0].sub && i < rtc_nelts(sizes);
        bad += records[i].sub == records[0].sub && i >= rtc_nelts(sizes);
    }

    is_int(bad, 0, "all for one, then all for the next");

    bad = 0;

    for (i = 0; i < nrecords; i++) {
        bad += records[i].pad != pads[i % rtc_nelts(sizes)]
               || records[i].rtp.payload.len != sizes[i % rtc_nelts(sizes)]
               || records[i].rtp.payload.data[1]
                  != (uint8_t) (seq + i % rtc_nelts(sizes));
    }

    is_int(bad, 0, "almost equal sizes are made equal, payloads stay");
    is_int(records[0].len, records[3].len, "equal on the wire");

    seq = (uint16_t) (seq + rtc_nelts(sizes));
    destroy();
}


static void
test_resend(void)
{
    record_t         first;
    uint8_t         *p, nack[RTC_RTCP_MTU];

    create();

    arrive(seq++, 200);
    arrive(seq++, 201);
    rtc_uplink_flush(up, now);

    first = records[0];
    is_int(first.pad, 1, "a padded packet");

    /* RFC 4585, 6.2.1 */

    p = rtc_write_u32(nack, 0x81cd0003);
    p = rtc_write_u32(p, 77);
    p = rtc_write_u32(p, first.rtp.ssrc);
    p = rtc_write_u16(p, first.rtp.seq);
    p = rtc_write_u16(p, 0);

    nrecords = 0;
    now += 1000000;
    rtc_downlink_rtcp(downs[first.sub], nack, (size_t) (p - nack), now);

    is_int(nrecords, 1, "it is asked for again");
    ok(records[0].len == first.len
       && memcmp(records[0].p, first.p, first.len) == 0,
       "and comes bit-identical, padding included");

    destroy();
}


static void
test_limits(void)
{
    unsigned  i;

    create();

    for (i = 0; i < 20; i++) {
        arrive(seq++, 100);
    }

    is_int(nrecords, SUBS * 16, "a full batch goes by itself");

    rtc_uplink_flush(up, now);
    is_int(nrecords, SUBS * 20, "and the rest with the flush");

    nrecords = 0;
    arrive((uint16_t) (seq + 1), 100);
    is_int(nrecords, 0, "behind a gap: it waits");

    arrive(seq, 100);
    is_int(nrecords, SUBS * 2, "what fills the gap goes at once");
    ok(records[0].first == 0x65
       && records[0].rtp.seq == (uint16_t) (records[SUBS].rtp.seq + 1),
       "behind what came before it");

    seq = (uint16_t) (seq + 2);
    nrecords = 0;

    arrive(seq++, 100);
    rtc_track_set_muted(track, 1, now);
    is_int(nrecords, SUBS, "what came before it was muted is sent");

    arrive(seq++, 100);
    rtc_uplink_flush(up, now);
    is_int(nrecords, SUBS, "what comes then is not");

    destroy();

    create();
    arrive(seq++, 100);
    rtc_track_destroy(track);
    rtc_uplink_flush(up, now);
    is_int(nrecords, 0, "a track that ends takes its packets along");

    destroy();
}


int
main(void)
{
    test_order();
    test_resend();
    test_limits();

    return done();
}
