
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "cut.h"
#include "rtc_h264.h"
#include "rtc_media.h"
#include "rtc_red.h"
#include "rtc_vp9.h"
#include "tap.h"


static const uint8_t  vp8_key[] = {
    0x90, 0xf0, 0x92, 0x34, 0x55, 0x65, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a
};

static const uint8_t  vp9_key[] = {
    /* I L B V, picture id 7 bits, layer, TL0PICIDX, SS: N_S 1, Y, G */
    0xaa, 0x11, 0x00, 0x07,
    0x38, 1, 0, 1, 0, 2, 0, 2, 0, 0x01, 0x08, 8, 7, 'k'
};

static const uint8_t  h264_stap[] = {
    0x18, 0, 2, 0x06, 1, 0, 3, 0x67, 1, 2
};

static const uint8_t  red[] = {
    0xef, 0, 0, 3, 0x6f, 'o', 'l', 'd', 'n', 'e', 'w', '!'
};


static void
parse_all(const uint8_t *p, size_t len)
{
    int          codec;
    uint8_t      pt;
    rtc_str_t    s, primary;
    rtc_vp9_t    vp9;
    rtc_media_t  media;

    s.data = p;
    s.len = len;

    for (codec = RTC_CODEC_NONE; codec < RTC_CODEC_MAX; codec++) {
        (void) rtc_media_parse(&media, codec, s, s);
    }

    (void) rtc_vp9_parse(&vp9, s);
    (void) rtc_red_primary(s, &pt, &primary);
}


static rtc_str_t
str(const void *data, size_t len)
{
    rtc_str_t  s;

    s.data = data;
    s.len = len;

    return s;
}


static void
test_vp8(void)
{
    uint8_t    copy[RTC_VP8_MAX_DESCRIPTOR];
    rtc_vp8_t  v;

    is_int(rtc_vp8_parse(&v, str(vp8_key, sizeof(vp8_key))), RTC_OK, "VP8");
    ok(v.start && v.keyframe, "a keyframe begins");
    ok(v.len == 6 && v.wide && v.picture_id == 0x1234, "picture id");
    ok(v.has_tl0 && v.tl0 == 0x55, "TL0PICIDX");
    ok(v.tid == 1 && v.sync && v.keyidx == 5, "TID, Y and KEYIDX");

    rtc_vp8_write(copy, &v);
    is_mem(copy, vp8_key, 6, "writes what it has read");

    v.picture_id = 0x7fff;
    v.tl0 = 1;
    v.keyidx = 31;
    rtc_vp8_write(copy, &v);
    is_mem(copy, "\x90\xf0\xff\xff\x01\x7f", 6, "writes other values");

    is_int(rtc_vp8_parse(&v, str("\x80\x80\x05\x01", 4)), RTC_OK, "7 bits");
    ok(v.picture_id == 5 && !v.wide && !v.start && v.len == 3, "values");
    rtc_vp8_write(copy, &v);
    is_mem(copy, "\x80\x80\x05", 3, "written as 7 bits");

    is_int(rtc_vp8_parse(&v, str("\x10\x01", 2)), RTC_OK, "one byte");
    ok(v.start && !v.keyframe && v.len == 1, "a delta frame begins");

    is_int(rtc_vp8_parse(&v, str("\x10", 1)), RTC_ERROR, "no frame data");
}


static void
test_others(void)
{
    uint8_t      pt;
    rtc_str_t    primary, none = { NULL, 0 };
    rtc_vp9_t    v;
    rtc_media_t  m;

    is_int(rtc_vp9_parse(&v, str(vp9_key, sizeof(vp9_key))), RTC_OK, "VP9");
    ok(v.keyframe && v.len == 17 && v.picture_id == 0x11, "keyframe");
    is_int(rtc_vp9_parse(&v, str("\x18\x00", 2)), RTC_OK, "flexible mode");
    is_int(rtc_vp9_parse(&v, str("\x58\x03\x03\x03\x00", 5)), RTC_ERROR,
           "four references");
    is_int(rtc_vp9_parse(&v, str("\x68\x22\x00x", 4)), RTC_OK, "layers");
    ok(!v.keyframe && v.tid == 1 && v.sid == 1 && v.inter, "values");

    is_int(rtc_h264_parse(str(h264_stap, sizeof(h264_stap))), RTC_H264_SPS,
           "SPS in STAP-A");
    is_int(rtc_h264_parse(str("\x7c\x85", 2)), RTC_H264_IDR,
           "IDR begins in FU-A");
    is_int(rtc_h264_parse(str("\x7c\x05", 2)), RTC_H264_OTHER,
           "IDR goes on");
    is_int(rtc_h264_parse(str("\x65\x88", 2)), RTC_H264_IDR, "IDR alone");
    is_int(rtc_h264_parse(str("\x61\x88", 2)), RTC_H264_OTHER,
           "another slice");
    is_int(rtc_h264_parse(str("\x18\xff\xff\x67", 4)), RTC_H264_OTHER,
           "STAP-A too long");

    ok(rtc_av1_keyframe(str("\x18\x0a", 2)), "AV1 sequence begins");
    ok(!rtc_av1_keyframe(str("\x98\x0a", 2)), "AV1 continuation");

    is_int(rtc_media_parse(&m, RTC_CODEC_AV1, str("\x10\x0a", 2),
                           str("\xc1\x12\x34\x80", 4)),
           RTC_OK, "AV1 with a dependency descriptor");
    ok(m.has_dd && m.keyframe && m.dd.frame_number == 0x1234
       && m.dd.template_id == 1 && m.dd.end, "with a structure");
    is_int(rtc_media_parse(&m, RTC_CODEC_OPUS, none, none), RTC_OK, "Opus");

    is_int(rtc_red_primary(str(red, sizeof(red)), &pt, &primary), RTC_OK,
           "RED");
    ok(pt == 111 && rtc_str_eq(primary, "new!"), "primary block");
    is_int(rtc_red_primary(str(red, 7), &pt, &primary), RTC_ERROR,
           "redundant block beyond the packet");
    is_int(rtc_red_primary(str("\x6fx", 2), &pt, &primary), RTC_OK, "alone");
    ok(rtc_str_eq(primary, "x"), "its data");
}


int
main(void)
{
    test_vp8();
    test_others();

    cut_every_byte(parse_all, vp8_key, sizeof(vp8_key));
    cut_every_byte(parse_all, vp9_key, sizeof(vp9_key));
    cut_every_byte(parse_all, h264_stap, sizeof(h264_stap));
    cut_every_byte(parse_all, red, sizeof(red));
    ok(1, "cut at every byte");

    return done();
}
