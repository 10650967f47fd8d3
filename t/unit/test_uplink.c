
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Streams that an uplink learns, and packets that it must survive.
 */


#include "cut.h"
#include "rtc_bytes.h"
#include "rtc_downlink.h"
#include "rtc_forward.h"
#include "rtc_rtcp.h"
#include "rtc_track.h"
#include "tap.h"


static uint64_t               now = 5000000;
static rtc_uplink_t          *up;
static rtc_track_t           *audio, *video, *declared;
static unsigned               rtps, rtcps, plis, wakes;
static rtc_rtcp_dlrr_t        dlrr;


static void
on_rtp(void *ctx, const rtc_rtp_out_t *out)
{
    (void) ctx;

    rtps += (out->header_len >= RTC_RTP_HEADER);
}


static void
on_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    rtc_rtcp_t      part;
    const uint8_t  *end;

    (void) ctx;

    rtcps++;
    end = p + len;

    while (rtc_rtcp_next(&p, end, &part) == RTC_OK) {
        plis += (part.type == RTC_RTCP_PSFB);
        (void) rtc_rtcp_parse_dlrr(&part, 42, &dlrr);
    }
}


static void
on_wake(void *ctx)
{
    (void) ctx;

    wakes++;
}


static const rtc_out_t  handlers = { on_rtp, on_rtcp, on_wake, NULL };


static rtc_str_t
str(const char *s)
{
    rtc_str_t  str;

    str.data = (const uint8_t *) s;
    str.len = strlen(s);

    return str;
}


static void
setup(void)
{
    rtc_track_conf_t   tc;
    rtc_uplink_conf_t  uc;

    memset(&uc, 0, sizeof(uc));
    uc.ssrc = 1;
    uc.cname = str("sfu");
    uc.out = &handlers;
    uc.xr = 1;
    up = rtc_uplink_create(&uc);

    memset(&tc, 0, sizeof(tc));
    tc.codec = RTC_CODEC_OPUS;
    tc.clock = 48000;
    tc.pt = 111;
    tc.mid = str("0");
    tc.nlayers = 1;
    tc.exts.id[RTC_EXT_MID] = 4;
    tc.exts.id[RTC_EXT_RID] = 10;
    tc.exts.id[RTC_EXT_RRID] = 11;
    tc.exts.id[RTC_EXT_TRANSPORT_CC] = 3;
    rtc_uplink_set_exts(up, &tc.exts);
    audio = rtc_track_create(up, &tc);

    tc.codec = RTC_CODEC_VP8;
    tc.clock = 90000;
    tc.pt = 96;
    tc.rtx_pt = 97;
    tc.mid = str("1");
    tc.nack = 1;
    tc.fir = 1;
    tc.nlayers = 2;
    tc.layers[0].rid = str("q");
    tc.layers[1].rid = str("h");
    video = rtc_track_create(up, &tc);

    tc.mid = str("2");
    tc.nlayers = 1;
    tc.layers[0].rid.len = 0;
    tc.layers[0].ssrc = 1000;
    tc.layers[0].rtx_ssrc = 1001;
    declared = rtc_track_create(up, &tc);
}


/* mid and rid may be NULL; returns the length */

static size_t
build(uint8_t *buf, uint8_t pt, uint32_t ssrc, uint16_t seq, const char *mid,
    const char *rid)
{
    size_t          len;
    rtc_rtp_t       rtp;
    rtc_rtp_ext_t   exts[2];

    memset(&rtp, 0, sizeof(rtp));
    memset(exts, 0, sizeof(exts));
    rtp.pt = pt;
    rtp.seq = seq;
    rtp.ts = seq * 960u;
    rtp.ssrc = ssrc;

    if (mid) {
        exts[0].id = 4;
        exts[0].len = (uint8_t) strlen(mid);
        exts[0].data = (const uint8_t *) mid;
    }

    if (rid) {
        exts[1].id = pt == 97 ? 11 : 10;
        exts[1].len = (uint8_t) strlen(rid);
        exts[1].data = (const uint8_t *) rid;
    }

    len = rtc_rtp_build(buf, 1000, &rtp, exts, 2);

    memcpy(buf + len, "\x10\x10\x10\x10", 4);

    return len + 4;
}


static void
packet(uint8_t pt, uint32_t ssrc, uint16_t seq, const char *mid,
    const char *rid)
{
    uint8_t  buf[1000];

    now += 1000;
    rtc_uplink_rtp(up, buf, build(buf, pt, ssrc, seq, mid, rid), now);
    rtc_uplink_flush(up, now);
}


static uint32_t
ssrc_of(rtc_track_t *track, unsigned layer)
{
    rtc_track_layer_stats_t  stats;

    rtc_track_layer_stats(track, layer, &stats);

    return stats.packets ? stats.ssrc : 0;
}


static void
test_learning(void)
{
    const rtc_uplink_stats_t  *stats;

    stats = rtc_uplink_stats(up);

    packet(111, 10, 1, "0", NULL);
    is_int(ssrc_of(audio, 0), 10, "audio by mid");
    packet(96, 20, 1, "1", "h");
    is_int(ssrc_of(video, 1), 20, "a layer by mid and rid");
    packet(96, 21, 1, "1", "q");
    is_int(ssrc_of(video, 0), 21, "the other one");
    packet(96, 1000, 1, NULL, NULL);
    is_int(ssrc_of(declared, 0), 1000, "a declared SSRC");
    is_int(stats->unknown_ssrc, 0, "all are known");

    packet(96, 22, 1, "1", "x");
    packet(96, 22, 1, "1", NULL);
    packet(96, 22, 1, "9", "q");
    packet(96, 22, 1, NULL, "q");
    packet(96, 0, 1, "1", "q");
    is_int(stats->unknown_ssrc, 5, "what says too little is not taken");

    now += 1000000;
    packet(111, 12, 5, NULL, NULL);
    is_int(ssrc_of(audio, 0), 12, "by a payload type of one track only");

    packet(97, 31, 7, "1", "h");
    is_int(stats->unknown_ssrc, 5, "RTX by rrid");
    packet(97, 31, 8, NULL, NULL);
    is_int(stats->old + stats->duplicate, 2, "of packets that never were");

    packet(13, 12, 6, NULL, NULL);
    is_int(stats->unknown_pt, 1, "a payload type of no track");
    ok(wakes > 0 && rtc_uplink_next_deadline(up) <= now + 1000000,
       "a timer is wanted");
}


static void
test_floods(void)
{
    unsigned                   i;
    const rtc_uplink_stats_t  *stats;

    stats = rtc_uplink_stats(up);
    now += 1000000;

    for (i = 0; i < 10000; i++) {
        now -= 999;
        packet(96, 100000 + i, (uint16_t) i, "1", "q");
    }

    ok(stats->unknown_ssrc > 9990, "an SSRC per packet is not followed");

    for (i = 0; i < 1000; i++) {
        now -= 999;
        packet(111, 12, (uint16_t) (i * 7919), NULL, NULL);
    }

    ok(1, "sequence numbers at random");

    now += 200000;
    packet(96, 77, 1, "1", "q");
    is_int(ssrc_of(video, 0), 77, "a new one after that is");
}


static void
feed(const uint8_t *p, size_t len)
{
    rtc_uplink_rtp(up, p, len, ++now);
}


static void
feed_rtcp(const uint8_t *p, size_t len)
{
    rtc_uplink_rtcp(up, p, len, ++now);
}


static void
test_hostile(void)
{
    size_t                     len;
    uint8_t                    buf[2000], *p;
    uint64_t                   before;
    const rtc_uplink_stats_t  *stats;
    rtc_rtcp_sr_t              sr = { 12, 1, 2, 3, 4 };
    rtc_rtcp_dlrr_t            ours = { 1, 0, 0 };

    stats = rtc_uplink_stats(up);

    len = build(buf, 96, 1000, 500, "2", "q");
    cut_every_byte(feed, buf, len);
    len = build(buf, 97, 1001, 500, "2", "q");
    cut_every_byte(feed, buf, len);
    ok(stats->malformed > 0, "RTP cut at every byte");

    memset(buf, 0, sizeof(buf));
    before = stats->malformed;
    len = build(buf, 96, 1000, 501, NULL, NULL);
    feed(buf, RTC_RTP_MAX + 1);
    is_int(stats->malformed, before + 1, "a packet that is too long");

    now += 100000000;
    ours.lrr = rtc_ntp_short(rtc_ntp_from_us(now - 700000));
    ours.dlrr = 0x8000;

    p = rtc_rtcp_build_sr(buf, buf + sizeof(buf), &sr);
    p = rtc_rtcp_build_sdes(p, buf + sizeof(buf), 12, str("someone"));
    p = rtc_rtcp_build_rrtr(p, buf + sizeof(buf), 42, 9ULL << 32);
    p = rtc_rtcp_build_dlrr(p, buf + sizeof(buf), 42, &ours);
    p = rtc_rtcp_build_bye(p, buf + sizeof(buf), 12);
    p = rtc_rtcp_build_bye(p, buf + sizeof(buf), 4711);
    cut_every_byte(feed_rtcp, buf, (size_t) (p - buf));
    ok(stats->rtcp_malformed > 0, "RTCP cut at every byte");

    packet(111, 12, 7000, NULL, NULL);
    packet(111, 12, 7001, NULL, NULL);
    now += 1000000;
    rtcps = 0;
    rtc_uplink_timer(up, now);
    ok(rtcps >= 1, "a report after all");
    is_int(dlrr.lrr, 9 << 16, "with the answer to the reference time");
}


static void
test_bounds(void)
{
    unsigned           i;
    rtc_track_conf_t   tc;

    memset(&tc, 0, sizeof(tc));
    tc.codec = RTC_CODEC_VP8;
    tc.pt = 96;
    tc.nlayers = 1;
    tc.mid = str("x");

    ok(rtc_track_create(up, &tc) == NULL, "no clock rate");
    tc.clock = 90000;
    tc.nlayers = 4;
    ok(rtc_track_create(up, &tc) == NULL, "too many layers");
    tc.nlayers = 0;
    ok(rtc_track_create(up, &tc) == NULL, "no layer");
    tc.nlayers = 1;
    tc.layers[0].ssrc = 1000;
    ok(rtc_track_create(up, &tc) == NULL, "an SSRC of another track");
    tc.layers[0].ssrc = 0;
    tc.mid = str("0123456789012345678901234567890123456789");
    ok(rtc_track_create(up, &tc) == NULL, "mid too long");
    tc.mid = str("x");

    for (i = 3; i < RTC_UPLINK_MAX_TRACKS; i++) {
        tc.layers[0].ssrc = 2000 + i;

        if (rtc_track_create(up, &tc) == NULL) {
            break;
        }
    }

    is_int(i, RTC_UPLINK_MAX_TRACKS, "32 tracks");
    tc.layers[0].ssrc = 0;
    ok(rtc_track_create(up, &tc) == NULL, "no more");

    rtc_track_destroy(declared);
    tc.layers[0].ssrc = 1000;
    ok(rtc_track_create(up, &tc) != NULL, "its place and SSRC are free");
}


int
main(void)
{
    setup();
    test_learning();
    test_floods();
    test_hostile();
    test_bounds();
    rtc_uplink_destroy(up);

    return done();
}
