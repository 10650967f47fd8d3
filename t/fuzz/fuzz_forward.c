
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Uplink, tracks, subscriptions and downlinks under arbitrary packets.  The
 * input is a list of records: a command byte, a length byte, and that many
 * bytes.  What is sent has to be valid RTP and RTCP of the subscription.
 */


#include <stdlib.h>

#include "fuzz_out.h"
#include "rtc_bytes.h"
#include "rtc_downlink.h"
#include "rtc_forward.h"
#include "rtc_track.h"


#define FUZZ_SSRC  7000
#define FUZZ_RTX   8000


typedef struct {
    uint64_t           now;
    rtc_uplink_t      *up;
    rtc_downlink_t    *down;
    rtc_track_t       *audio;
    rtc_track_t       *video;
    rtc_track_t       *other;           /* of H264, follows video at times */
    rtc_forward_t     *forwards[2];
} fuzz_t;


int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);


static void
fuzz_send_rtp(void *ctx, const rtc_rtp_out_t *out)
{
    uint32_t  ssrc;

    (void) ctx;

    ssrc = fuzz_check_rtp(out);

    if (ssrc < FUZZ_SSRC || ssrc > FUZZ_RTX + 1) {
        abort();
    }
}


static void
fuzz_send_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    (void) ctx;

    fuzz_check_rtcp(p, len);
}


static void
fuzz_wake(void *ctx)
{
    (void) ctx;
}


static const rtc_out_t  fuzz_handlers = {
    fuzz_send_rtp, fuzz_send_rtcp, fuzz_wake, NULL
};


static void
fuzz_publish(fuzz_t *f)
{
    rtc_track_conf_t  tc;

    memset(&tc, 0, sizeof(tc));
    tc.codec = RTC_CODEC_OPUS;
    tc.clock = 48000;
    tc.pt = 111;
    tc.red_pt = 63;
    tc.mid = fuzz_str("0");
    tc.nlayers = 1;
    tc.layers[0].ssrc = 1;
    tc.exts.id[RTC_EXT_AUDIO_LEVEL] = 1;
    tc.exts.id[RTC_EXT_TRANSPORT_CC] = 3;
    tc.exts.id[RTC_EXT_MID] = 4;
    tc.exts.id[RTC_EXT_RID] = 10;
    tc.exts.id[RTC_EXT_RRID] = 11;
    tc.exts.id[RTC_EXT_DEPENDENCY] = 12;
    tc.exts.id[RTC_EXT_ABS_CAPTURE_TIME] = 13;
    rtc_uplink_set_exts(f->up, &tc.exts);
    f->audio = rtc_track_create(f->up, &tc);

    tc.codec = RTC_CODEC_VP8;
    tc.clock = 90000;
    tc.pt = 96;
    tc.rtx_pt = 97;
    tc.red_pt = 0;
    tc.mid = fuzz_str("1");
    tc.nack = 1;
    tc.pli = 1;
    tc.nlayers = 3;
    tc.layers[0].rid = fuzz_str("q");
    tc.layers[0].ssrc = 2;
    tc.layers[0].rtx_ssrc = 3;
    tc.layers[1].rid = fuzz_str("h");
    tc.layers[1].ssrc = 4;
    tc.layers[2].rid = fuzz_str("f");
    f->video = rtc_track_create(f->up, &tc);

    tc.codec = RTC_CODEC_H264;
    tc.pt = 102;
    tc.rtx_pt = 103;
    tc.mid = fuzz_str("2");
    tc.nlayers = 1;
    tc.layers[0].rid = fuzz_str("");
    tc.layers[0].ssrc = 5;
    tc.layers[0].rtx_ssrc = 0;
    f->other = rtc_track_create(f->up, &tc);
}


static void
fuzz_subscribe(fuzz_t *f, unsigned i)
{
    rtc_forward_conf_t  fc;

    if (f->forwards[i]) {
        rtc_forward_destroy(f->forwards[i]);
    }

    memset(&fc, 0, sizeof(fc));
    fc.ssrc = FUZZ_SSRC + i;
    fc.rtx_ssrc = i ? FUZZ_RTX + i : 0;
    fc.pt = 120;
    fc.rtx_pt = 121;
    fc.nack = 1;
    fc.mid = fuzz_str("0");
    fc.cname = fuzz_str("alice");
    fc.max_layer = 2;
    fc.exts.id[RTC_EXT_MID] = 4;
    fc.exts.id[RTC_EXT_TRANSPORT_CC] = 3;
    fc.exts.id[RTC_EXT_AUDIO_LEVEL] = 1;
    fc.exts.id[RTC_EXT_DEPENDENCY] = 12;
    fc.exts.id[RTC_EXT_ABS_CAPTURE_TIME] = 20;

    f->forwards[i] = rtc_forward_create(f->down, i ? f->video : f->audio,
                                        &fc, f->now);
}


static void
fuzz_command(fuzz_t *f, uint8_t command, const uint8_t *p, size_t len)
{
    rtc_forward_t  *forward;

    forward = f->forwards[1];
    f->now += 1 + (uint64_t) (command >> 4) * 20000;

    switch (command & 0x0f) {

    case 0:
    case 1:
        rtc_uplink_rtp(f->up, p, len, f->now);
        break;

    case 2:
        rtc_uplink_rtp(f->up, p, len, f->now);
        rtc_uplink_flush(f->up, f->now);
        break;

    case 3:
        rtc_uplink_rtcp(f->up, p, len, f->now);
        break;

    case 4:
    case 5:
        rtc_downlink_rtcp(f->down, p, len, f->now);
        break;

    case 6:
        rtc_uplink_timer(f->up, f->now);
        break;

    case 7:
        rtc_downlink_timer(f->down, f->now);
        break;

    case 8:
        rtc_forward_set_max_layer(forward, len, f->now);
        break;

    case 9:
        rtc_forward_set_paused(forward, len & 1, f->now);
        break;

    case 10:
        rtc_track_set_muted(f->video, len & 1, f->now);
        break;

    case 11:
        fuzz_subscribe(f, len & 1);
        break;

    case 12:
        rtc_uplink_flush(f->up, f->now);
        break;

    case 13:
        len &= f->other != NULL;
        rtc_forward_set_track(forward, len & 1 ? f->other : f->video,
                              120 + (len & 1) * 2, 121 + (len & 1) * 2,
                              f->now);
        break;

    case 14:
        if (f->other) {
            rtc_track_destroy(f->other);
            f->other = NULL;
        }

        break;

    default:
        rtc_uplink_timer(f->up, f->now);
        rtc_downlink_timer(f->down, f->now);
        break;
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
    fuzz_t                f;
    size_t                n;
    uint8_t               command;
    const uint8_t        *end;
    rtc_uplink_conf_t     uc;
    rtc_downlink_conf_t   dc;

    memset(&f, 0, sizeof(f));
    memset(&uc, 0, sizeof(uc));
    memset(&dc, 0, sizeof(dc));

    f.now = 1000000000;

    uc.ssrc = 5000;
    uc.cname = fuzz_str("sfu");
    uc.out = &fuzz_handlers;
    uc.xr = 1;
    f.up = rtc_uplink_create(&uc);

    dc.ssrc = 6000;
    dc.out = &fuzz_handlers;
    f.down = rtc_downlink_create(&dc, f.now);

    if (f.up == NULL || f.down == NULL) {
        abort();
    }

    fuzz_publish(&f);
    fuzz_subscribe(&f, 0);
    fuzz_subscribe(&f, 1);

    end = p + len;

    while (end - p >= 2) {
        command = p[0];
        n = rtc_min(p[1], (size_t) (end - p - 2));

        fuzz_command(&f, command, p + 2, n);

        p += 2 + n;
    }

    if (len & 1) {
        rtc_downlink_destroy(f.down);
        rtc_uplink_destroy(f.up);

    } else {
        rtc_uplink_destroy(f.up);
        rtc_downlink_timer(f.down, f.now);
        rtc_downlink_destroy(f.down);
    }

    return 0;
}
