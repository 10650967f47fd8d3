
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Video that is not VP8: where H264 begins, and frame numbers of dependency
 * descriptors over a pause.
 */


#include "rtc_av1.h"
#include "rtc_bytes.h"
#include "rtc_downlink.h"
#include "rtc_forward.h"
#include "rtc_track.h"
#include "tap.h"


static uint64_t          now;
static unsigned          sent;
static rtc_rtp_t         last;
static uint8_t           last_bytes[RTC_RTP_MAX];
static rtc_uplink_t     *up;
static rtc_downlink_t   *down;
static rtc_track_t      *track;
static rtc_forward_t    *f;


static void
on_rtp(void *ctx, const rtc_rtp_out_t *out)
{
    uint8_t  *p;

    (void) ctx;

    p = rtc_write_bytes(last_bytes, out->header, out->header_len);
    p = rtc_write_bytes(p, out->payload, out->payload_len);

    (void) rtc_rtp_parse(&last, last_bytes, (size_t) (p - last_bytes));
    sent++;
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


static const rtc_out_t  handlers = { on_rtp, on_rtcp, on_wake, NULL };


static void
setup(rtc_codec_e codec, unsigned nlayers)
{
    rtc_track_conf_t      tc;
    rtc_uplink_conf_t     uc;
    rtc_forward_conf_t    fc;
    rtc_downlink_conf_t   dc;

    now = 5000000;
    sent = 0;

    memset(&uc, 0, sizeof(uc));
    uc.ssrc = 1;
    uc.out = &handlers;
    up = rtc_uplink_create(&uc);

    memset(&tc, 0, sizeof(tc));
    tc.codec = codec;
    tc.clock = 90000;
    tc.pt = 96;
    tc.pli = 1;
    tc.nlayers = nlayers;
    tc.layers[0].ssrc = 10;
    tc.layers[1].ssrc = nlayers > 1 ? 11 : 0;
    tc.exts.id[RTC_EXT_DEPENDENCY] = 12;
    track = rtc_track_create(up, &tc);

    memset(&dc, 0, sizeof(dc));
    dc.ssrc = 2;
    dc.out = &handlers;
    down = rtc_downlink_create(&dc, now);

    memset(&fc, 0, sizeof(fc));
    fc.ssrc = 100;
    fc.pt = 45;
    fc.exts.id[RTC_EXT_DEPENDENCY] = 8;
    f = rtc_forward_create(down, track, &fc, now);
}


static void
teardown(void)
{
    rtc_downlink_destroy(down);
    rtc_uplink_destroy(up);
}


/* dd may be NULL */

static void
packet(uint32_t ssrc, uint16_t seq, const char *payload, const char *dd)
{
    size_t         len;
    uint8_t        buf[256];
    rtc_rtp_t      rtp;
    rtc_rtp_ext_t  ext;

    memset(&rtp, 0, sizeof(rtp));
    rtp.pt = 96;
    rtp.seq = seq;
    rtp.ts = seq * 3000u;
    rtp.ssrc = ssrc;

    ext.id = dd ? 12 : 0;
    ext.len = 4;
    ext.data = (const uint8_t *) dd;

    len = rtc_rtp_build(buf, sizeof(buf), &rtp, &ext, 1);
    memcpy(buf + len, payload, 3);

    now += 33000;
    rtc_uplink_rtp(up, buf, len + 3, now);
    rtc_uplink_flush(up, now);
}


static unsigned
frame_number(void)
{
    rtc_dd_t   dd;
    rtc_str_t  v;

    if (rtc_rtp_ext_find(&last, 8, &v) != RTC_OK
        || rtc_dd_parse(&dd, v) != RTC_OK)
    {
        return 0xffffffff;
    }

    return dd.frame_number;
}


static void
test_h264(void)
{
    setup(RTC_CODEC_H264, 1);

    packet(10, 1, "\x61\x88x", NULL);
    is_int(sent, 0, "a slice is no begin");
    packet(10, 3, "\x65\x88x", NULL);
    is_int(sent, 0, "nor a picture that misses what is before it");
    packet(10, 4, "\x61\x88x", NULL);
    packet(10, 2, "\x67\x88x", NULL);
    is_int(sent, 3, "the parameter set, though late, and what follows it");
    is_int(last.seq, 2, "in order");
    packet(10, 5, "\x61\x88x", NULL);
    is_int(sent, 4, "and so on");
    teardown();

    setup(RTC_CODEC_H264, 1);
    packet(10, 1, "\x61\x88x", NULL);
    packet(10, 2, "\x65\x88x", NULL);
    is_int(sent, 1, "a picture behind another one is a begin");
    teardown();
}


static void
test_frame_numbers(void)
{
    setup(RTC_CODEC_AV1, 1);

    packet(10, 1, "\x10\x0ax", "\x00\xff\xfd\x00");
    is_int(sent, 0, "no keyframe yet");
    packet(10, 2, "\x18\x0ax", "\x80\xff\xfe\x80");
    is_int(sent, 1, "a sequence begins");
    is_int(frame_number(), 0xfffe, "its number");
    packet(10, 3, "\x10\x0ax", "\x80\xff\xff\x00");
    is_int(frame_number(), 0xffff, "the next one");

    rtc_forward_set_paused(f, 1, now);
    packet(10, 4, "\x10\x0ax", "\x80\x00\x00\x00");
    rtc_forward_set_paused(f, 0, now);
    packet(10, 5, "\x10\x0ax", "\x80\x00\x01\x00");
    is_int(sent, 2, "paused");
    packet(10, 6, "\x10\x0ax", "\x80\x12\x34\x80");
    is_int(sent, 3, "a template structure is a begin, too");
    is_int(frame_number(), 0, "continuous over the wrap");
    is_int(last.seq, 2, "as the sequence numbers");
    packet(10, 7, "\x10\x0ax", "\x40\x12\x35\x00");
    is_int(frame_number(), 1, "and so on");

    teardown();
}


int
main(void)
{
    test_h264();
    test_frame_numbers();

    return done();
}
