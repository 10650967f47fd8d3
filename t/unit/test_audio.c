
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * An Opus track with RED: to a subscriber that takes RED, and to one that
 * does not and repairs without RTX.
 */


#include "rtc_bytes.h"
#include "rtc_downlink.h"
#include "rtc_forward.h"
#include "rtc_rtcp.h"
#include "rtc_track.h"
#include "tap.h"


typedef struct {
    unsigned        n;
    size_t          len;
    rtc_rtp_out_t   out;
    rtc_rtp_t       rtp;
    uint8_t         p[RTC_RTP_MAX];
    unsigned        rtcps;
    size_t          rtcp_len;
    uint8_t         rtcp[RTC_RTCP_MTU];
} output_t;


static uint64_t         now = 5000000;
static uint16_t         in_seq = 65534;
static rtc_uplink_t    *up;
static rtc_track_t     *track;
static output_t         up_out, red_out, opus_out;


static void
on_rtp(void *ctx, const rtc_rtp_out_t *out)
{
    uint8_t   *p;
    output_t  *o = ctx;

    p = rtc_write_bytes(o->p, out->header, out->header_len);
    p = rtc_write_bytes(p, out->prefix, out->prefix_len);
    p = rtc_write_bytes(p, out->payload, out->payload_len);

    o->n++;
    o->len = (size_t) (p - o->p);
    o->out = *out;

    (void) rtc_rtp_parse(&o->rtp, o->p, o->len);
}


static void
on_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    output_t  *o = ctx;

    o->rtcps++;
    o->rtcp_len = len;
    memcpy(o->rtcp, p, len);
}


static void
on_wake(void *ctx)
{
    (void) ctx;
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
publish(uint8_t pt, const char *payload, size_t payload_len, uint8_t level)
{
    size_t         len;
    uint8_t        buf[256];
    rtc_rtp_t      rtp;
    rtc_rtp_ext_t  exts[3];

    memset(&rtp, 0, sizeof(rtp));
    rtp.pt = pt;
    rtp.seq = in_seq++;
    rtp.ts = rtp.seq * 960u;
    rtp.ssrc = 11;

    exts[0].id = 3;
    exts[0].len = 2;
    exts[0].data = (const uint8_t *) "a1";
    exts[1].id = 1;
    exts[1].len = 1;
    exts[1].data = &level;
    exts[2].id = 9;
    exts[2].len = 4;
    exts[2].data = (const uint8_t *) "what";

    len = rtc_rtp_build(buf, sizeof(buf), &rtp, exts, 3);
    memcpy(buf + len, payload, payload_len);

    now += 20000;
    rtc_uplink_rtp(up, buf, len + payload_len, now);
    rtc_uplink_flush(up, now);
}


static void
nack(rtc_downlink_t *down, uint32_t ssrc, uint16_t seq)
{
    uint8_t   buf[64], *p;
    unsigned  n;

    n = 1;
    p = rtc_rtcp_build_nack(buf, buf + sizeof(buf), 1, ssrc, &seq, &n);
    rtc_downlink_rtcp(down, buf, (size_t) (p - buf), now);
}


static void
setup(void)
{
    rtc_track_conf_t   tc;
    rtc_uplink_conf_t  uc;

    memset(&uc, 0, sizeof(uc));
    uc.ssrc = 1;
    uc.out = &handlers;
    uc.ctx = &up_out;
    up = rtc_uplink_create(&uc);

    memset(&tc, 0, sizeof(tc));
    tc.codec = RTC_CODEC_OPUS;
    tc.clock = 48000;
    tc.pt = 111;
    tc.red_pt = 63;
    tc.mid = str("a1");
    tc.nlayers = 1;
    tc.exts.id[RTC_EXT_MID] = 3;
    tc.exts.id[RTC_EXT_AUDIO_LEVEL] = 1;
    rtc_uplink_set_exts(up, &tc.exts);
    track = rtc_track_create(up, &tc);
}


static void
test_forwarding(void)
{
    uint8_t               first[RTC_RTP_MAX];
    size_t                first_len;
    uint16_t              lost;
    rtc_str_t             v;
    rtc_downlink_t       *red, *opus;
    rtc_forward_t        *f;
    rtc_forward_conf_t    fc;
    rtc_downlink_conf_t   dc;

    memset(&dc, 0, sizeof(dc));
    dc.out = &handlers;
    dc.ctx = &red_out;
    red = rtc_downlink_create(&dc, now);
    dc.ctx = &opus_out;
    opus = rtc_downlink_create(&dc, now);

    memset(&fc, 0, sizeof(fc));
    fc.owner = &fc;
    fc.ssrc = 100;
    fc.sender = 42;
    fc.pt = 109;
    fc.red_pt = 64;
    fc.seed = 5;
    fc.cname = str("alice");
    fc.mid = str("0");
    fc.exts.id[RTC_EXT_MID] = 4;
    f = rtc_forward_create(red, track, &fc, now);
    ok(f && rtc_forward_owner(f) == &fc, "subscription with RED");
    ok(rtc_forward_create(red, track, &fc, now) == NULL, "SSRC is in use");

    fc.ssrc = 200;
    fc.red_pt = 0;
    fc.nack = 1;
    fc.exts.id[RTC_EXT_MID] = 0;
    fc.exts.id[RTC_EXT_AUDIO_LEVEL] = 7;
    fc.exts.id[RTC_EXT_TRANSPORT_CC] = 8;
    fc.exts.id[RTC_EXT_ABS_SEND_TIME] = 9;
    ok(rtc_forward_create(opus, track, &fc, now) != NULL, "and without");

    publish(63, "\xef\x00\x00\x03\x6foldnew", 11, 0x80 | 20);

    is_int(red_out.n, 1, "one packet");
    ok(red_out.rtp.pt == 64 && red_out.rtp.ssrc == 100, "of RED");
    is_int(red_out.out.sender, 42, "its sender");
    ok(red_out.rtp.payload.len == 11, "unchanged");
    is_int(rtc_rtp_ext_find(&red_out.rtp, 4, &v), RTC_OK, "with mid");
    ok(rtc_str_eq(v, "0"), "of the section");
    is_int(rtc_rtp_ext_find(&red_out.rtp, 1, &v), RTC_DECLINED, "no level");

    is_int(opus_out.n, 1, "one packet");
    ok(opus_out.rtp.pt == 109 && opus_out.rtp.seq == 5, "of Opus");
    ok(rtc_str_eq(opus_out.rtp.payload, "new"), "the primary");
    is_int(rtc_rtp_ext_find(&opus_out.rtp, 7, &v), RTC_OK, "level");
    is_int(v.data[0], 0x80 | 20, "its value");
    is_int(rtc_rtp_ext_find(&opus_out.rtp, 3, &v), RTC_DECLINED, "no mid");

    publish(111, "plain", 5, 127);
    ok(red_out.rtp.pt == 109 && opus_out.rtp.pt == 109, "plain Opus to both");
    ok(opus_out.rtp.seq == 6 && opus_out.rtp.ts == 65535 * 960u, "numbers");
    lost = opus_out.rtp.seq;
    first_len = opus_out.len;
    memcpy(first, opus_out.p, first_len);

    /* comfort noise and broken RED are left out without a gap */

    publish(13, "cn", 2, 127);
    publish(63, "\xef\x00\x00", 3, 127);
    publish(63, "\xef\x00\x00\x03\x6eoldnew", 11, 127);
    is_int(opus_out.n, 2, "nothing is sent");
    is_int(rtc_uplink_stats(up)->unknown_pt, 1, "an unknown payload type");
    is_int(rtc_uplink_stats(up)->malformed, 2, "two malformed packets");
    publish(111, "next", 4, 127);
    is_int(opus_out.rtp.seq, 7, "no gap");

    nack(opus, 200, lost);
    is_int(opus_out.n, 4, "repeated");
    is_int(opus_out.out.resend, 1, "as the same packet");
    is_int(opus_out.len, first_len, "of the same length");
    is_mem(opus_out.p, first, first_len, "bit by bit");
    nack(opus, 200, lost);
    is_int(opus_out.n, 4, "not again within a round trip");
    nack(opus, 200, 8);
    nack(opus, 200, 4);
    nack(opus, 999, 6);
    nack(red, 100, 6);
    is_int(opus_out.n + red_out.n, 7, "nor what was never sent");

    rtc_downlink_destroy(red);
    rtc_downlink_destroy(opus);
}


static void
test_reports(void)
{
    uint8_t               buf[64], *p;
    rtc_rtcp_t            part;
    rtc_rtcp_sr_t         sr, got;
    rtc_downlink_t       *down;
    const uint8_t        *in;
    rtc_rtcp_block_t      block;
    rtc_forward_conf_t    fc;
    rtc_downlink_conf_t   dc;

    memset(&dc, 0, sizeof(dc));
    dc.ssrc = 77;
    dc.out = &handlers;
    dc.ctx = &opus_out;
    down = rtc_downlink_create(&dc, now);

    memset(&fc, 0, sizeof(fc));
    fc.ssrc = 300;
    fc.pt = 109;
    fc.cname = str("alice");
    (void) rtc_forward_create(down, track, &fc, now);
    ok(rtc_downlink_next_deadline(down) == RTC_NEVER, "no timer yet");

    opus_out.rtcps = 0;
    publish(111, "one", 3, 127);
    ok(rtc_downlink_next_deadline(down) <= now + 100000, "a report is due");
    now = rtc_downlink_next_deadline(down);
    rtc_downlink_timer(down, now);
    is_int(opus_out.rtcps, 0, "but there is no clock yet");

    memset(&sr, 0, sizeof(sr));
    sr.ssrc = 11;
    sr.ntp = 1000ULL << 32;
    sr.rtp = 48000;
    p = rtc_rtcp_build_sr(buf, buf + sizeof(buf), &sr);
    now += 20000;
    rtc_uplink_rtcp(up, buf, (size_t) (p - buf), now);
    ok(rtc_downlink_next_deadline(down) <= now + 100000, "now there is");
    now += 500000;
    rtc_downlink_timer(down, now);

    in = opus_out.rtcp;
    is_int(rtc_rtcp_next(&in, opus_out.rtcp + opus_out.rtcp_len, &part),
           RTC_OK, "a report");
    is_int(rtc_rtcp_parse_sr(&part, &got), RTC_OK, "of a sender");
    ok(got.ssrc == 300 && got.packets == 1 && got.octets == 3, "our counts");
    ok(got.ntp == sr.ntp + rtc_ntp_from_us(500000), "the publisher's clock");
    is_int(got.rtp, 48000 + 24000, "and its time");
    is_int(rtc_downlink_next_deadline(down), now + 1000000, "each second");

    /* the worst subscriber's loss goes to the publisher */

    memset(&block, 0, sizeof(block));
    block.ssrc = 300;
    block.fraction = 99;
    block.lsr = rtc_ntp_short(got.ntp);
    block.dlsr = 0x4000;
    p = rtc_rtcp_build_rr(buf, buf + sizeof(buf), 1, &block, 1);
    now += 300000;
    rtc_downlink_rtcp(down, buf, (size_t) (p - buf), now);
    ok(rtc_downlink_stats(down)->rtt_us > 49900
       && rtc_downlink_stats(down)->rtt_us < 50100, "round trip of 50 ms");
    is_int(rtc_downlink_stats(down)->loss, 99, "its loss");

    publish(111, "two", 3, 127);
    now = rtc_max(now, rtc_uplink_next_deadline(up));
    rtc_uplink_timer(up, now);
    in = up_out.rtcp;
    (void) rtc_rtcp_next(&in, up_out.rtcp + up_out.rtcp_len, &part);
    is_int(rtc_rtcp_parse_block(&part, 0, &block), RTC_OK, "receiver report");
    is_int(block.fraction, 99, "with this loss");
    is_int(block.lsr, 1000 << 16, "and the last sender report");

    /* receiver reference time */

    p = rtc_rtcp_build_rrtr(buf, buf + sizeof(buf), 900, 5ULL << 32);
    rtc_downlink_rtcp(down, buf, (size_t) (p - buf), now);
    opus_out.rtcps = 0;
    now += 500000;
    rtc_downlink_timer(down, now);
    is_int(opus_out.rtcps, 1, "an answer to it");
    {
    rtc_rtcp_dlrr_t  dlrr;
    unsigned         found = 0;

    in = opus_out.rtcp;

    while (rtc_rtcp_next(&in, opus_out.rtcp + opus_out.rtcp_len, &part)
           == RTC_OK)
    {
        if (rtc_rtcp_parse_dlrr(&part, 900, &dlrr) == RTC_OK) {
            found = dlrr.lrr == 5 << 16 && dlrr.dlrr == 0x8000;
        }
    }

    ok(found, "with the delay");
    }

    rtc_downlink_destroy(down);
}


static void
test_speaker(void)
{
    unsigned               i;
    rtc_speaker_t         *s;
    rtc_speaker_change_t   change;

    s = rtc_track_speaker(track);
    (void) rtc_speaker_update(&s, 1, &change);

    for (i = 0; i < 20; i++) {
        publish(111, "loud", 4, 0x80 | 10);
    }

    is_int(rtc_speaker_update(&s, 1, &change), 1, "the track speaks");
    ok(change.active && change.level > 0.2, "its level");

    rtc_track_set_muted(track, 1, now);

    for (i = 0; i < 20; i++) {
        publish(111, "loud", 4, 0x80 | 10);
    }

    is_int(rtc_speaker_update(&s, 1, &change), 1, "muted");
    ok(!change.active, "it does not");
}


int
main(void)
{
    setup();
    test_forwarding();
    test_reports();
    test_speaker();
    rtc_uplink_destroy(up);

    return done();
}
