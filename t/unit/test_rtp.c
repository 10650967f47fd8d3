
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "cut.h"
#include "rtc_bytes.h"
#include "rtc_rtp.h"
#include "tap.h"


static const uint8_t  one_byte[] = {
    0xb1, 0xe0, 0x12, 0x34, 0, 0, 0, 1, 0xca, 0xfe, 0xba, 0xbe,
    0, 0, 0, 9,                                     /* a CSRC */
    0xbe, 0xde, 0, 3,
    0x40, '7', 0x31, 0xab, 0xcd, 0, 0, 0xa1, 'h', 'i', 0, 0,
    'd', 'a', 't', 'a', 0, 0, 3
};

static const uint8_t  two_byte[] = {
    0x90, 0x60, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2,
    0x10, 0x00, 0, 2,
    0x14, 0x02, 'a', 'b', 0, 0x05, 0x00, 0x00,
    'x'
};


static void
parse_all(const uint8_t *p, size_t len)
{
    size_t         pos;
    rtc_rtp_t      rtp;
    rtc_rtp_ext_t  ext;
    volatile int   sum;

    if (rtc_rtp_parse(&rtp, p, len) != RTC_OK) {
        return;
    }

    pos = 0;
    sum = 0;

    while (rtc_rtp_ext_next(&rtp, &pos, &ext) == RTC_OK) {
        sum += ext.len ? ext.data[ext.len - 1] : 0;
    }

    sum += rtp.payload.len ? rtp.payload.data[rtp.payload.len - 1] : 0;
}


static void
test_parse(void)
{
    uint8_t    bad[sizeof(one_byte)];
    rtc_str_t  v;
    rtc_rtp_t  rtp;

    is_int(rtc_rtp_parse(&rtp, one_byte, sizeof(one_byte)), RTC_OK, "parse");
    is_int(rtp.marker, 1, "marker");
    is_int(rtp.pt, 96, "payload type");
    is_int(rtp.seq, 0x1234, "sequence number");
    is_int(rtp.ssrc, 0xcafebabe, "ssrc");
    is_int(rtp.ncsrc, 1, "one CSRC");
    is_int(rtp.padding, 3, "padding");
    is_int(rtp.payload.len, 4, "payload length");
    is_mem(rtp.payload.data, "data", 4, "payload");

    is_int(rtc_rtp_ext_find(&rtp, 4, &v), RTC_OK, "mid");
    ok(rtc_str_eq(v, "7"), "value of mid");
    is_int(rtc_rtp_ext_find(&rtp, 10, &v), RTC_OK, "behind padding");
    ok(rtc_str_eq(v, "hi"), "value of rid");
    is_int(rtc_rtp_ext_find(&rtp, 5, &v), RTC_DECLINED, "absent");
    is_int(rtc_rtp_ext_find(&rtp, 0, &v), RTC_DECLINED, "not negotiated");

    is_int(rtc_rtp_parse(&rtp, two_byte, sizeof(two_byte)), RTC_OK,
           "two-byte elements");
    is_int(rtc_rtp_ext_find(&rtp, 20, &v), RTC_OK, "id above 14");
    ok(rtc_str_eq(v, "ab"), "its value");
    is_int(rtc_rtp_ext_find(&rtp, 5, &v), RTC_OK, "empty element");
    is_int(v.len, 0, "of length 0");

    memcpy(bad, one_byte, sizeof(bad));
    bad[sizeof(bad) - 1] = 8;
    is_int(rtc_rtp_parse(&rtp, bad, sizeof(bad)), RTC_ERROR,
           "padding longer than the payload");
    bad[sizeof(bad) - 1] = 0;
    is_int(rtc_rtp_parse(&rtp, bad, sizeof(bad)), RTC_ERROR, "padding of 0");
    bad[sizeof(bad) - 1] = 7;
    is_int(rtc_rtp_parse(&rtp, bad, sizeof(bad)), RTC_OK, "padding only");
    is_int(rtp.payload.len, 0, "has no payload");
    bad[0] = 0x71;
    is_int(rtc_rtp_parse(&rtp, bad, sizeof(bad)), RTC_ERROR, "version 1");
    bad[0] = 0xbf;
    is_int(rtc_rtp_parse(&rtp, bad, sizeof(bad)), RTC_ERROR, "15 CSRCs");
    bad[0] = 0xb1;
    bad[19] = 200;
    is_int(rtc_rtp_parse(&rtp, bad, sizeof(bad)), RTC_ERROR,
           "extension beyond the packet");

    cut_every_byte(parse_all, one_byte, sizeof(one_byte));
    cut_every_byte(parse_all, two_byte, sizeof(two_byte));
    ok(1, "cut at every byte");
}


static void
test_build(void)
{
    size_t         len;
    uint8_t        buf[128], value[20];
    rtc_str_t      v;
    rtc_rtp_t      rtp, in;
    rtc_rtp_ext_t  exts[3];

    memset(&in, 0, sizeof(in));
    memset(value, 'v', sizeof(value));

    in.marker = 1;
    in.pt = 111;
    in.seq = 65535;
    in.ts = 0x01020304;
    in.ssrc = 0xffffffff;

    len = rtc_rtp_build(buf, sizeof(buf), &in, NULL, 0);
    is_int(len, 12, "bare header");

    exts[0].id = 4;
    exts[0].len = 1;
    exts[0].data = value;
    exts[1].id = 0;
    exts[1].len = 7;
    exts[1].data = value;
    exts[2].id = 14;
    exts[2].len = 16;
    exts[2].data = value;

    len = rtc_rtp_build(buf, sizeof(buf), &in, exts, 3);
    is_int(len, 12 + 4 + 20, "one-byte elements, padded");
    is_int(rtc_rtp_parse(&rtp, buf, len), RTC_OK, "parses");
    is_int(rtp.profile, RTC_RTP_ONE_BYTE, "profile");
    is_int(rtp.seq, 65535, "sequence number");
    is_int(rtp.pt, 111, "payload type");
    is_int(rtp.marker, 1, "marker");
    is_int(rtc_rtp_ext_find(&rtp, 14, &v), RTC_OK, "last element");
    is_int(v.len, 16, "its length");

    exts[2].len = 17;
    len = rtc_rtp_build(buf, sizeof(buf), &in, exts, 3);
    is_int(len, 12 + 4 + 24, "one longer element makes all two-byte");
    is_int(rtc_rtp_parse(&rtp, buf, len), RTC_OK, "parses");
    is_int(rtp.profile, RTC_RTP_TWO_BYTE, "profile");
    is_int(rtc_rtp_ext_find(&rtp, 14, &v), RTC_OK, "last element");
    is_int(v.len, 17, "its length");
    is_int(rtc_rtp_ext_find(&rtp, 4, &v), RTC_OK, "first element");

    is_int(rtc_rtp_build(buf, len - 1, &in, exts, 3), 0, "no room");
}


int
main(void)
{
    test_parse();
    test_build();

    is_int(rtc_seq_diff(3, 65533), 6, "distance over the wrap");
    is_int(rtc_seq_diff(65533, 3), -6, "and back");

    return done();
}
