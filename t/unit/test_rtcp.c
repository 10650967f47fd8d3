
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "cut.h"
#include "rtc_bytes.h"
#include "rtc_rtcp.h"
#include "tap.h"


static void
parse_all(const uint8_t *p, size_t len)
{
    uint8_t           seq;
    uint16_t          pid, blp;
    uint32_t          ssrc;
    uint64_t          v;
    unsigned          i;
    rtc_str_t         cname;
    rtc_rtcp_t        part;
    const uint8_t    *end;
    rtc_rtcp_fb_t     fb;
    rtc_rtcp_sr_t     sr;
    rtc_rtcp_dlrr_t   dlrr;
    rtc_rtcp_block_t  block;

    end = p + len;

    while (rtc_rtcp_next(&p, end, &part) == RTC_OK) {

        (void) rtc_rtcp_parse_sr(&part, &sr);
        (void) rtc_rtcp_parse_cname(&part, &ssrc, &cname);
        (void) rtc_rtcp_parse_rrtr(&part, &ssrc, &v);
        (void) rtc_rtcp_parse_dlrr(&part, 1, &dlrr);

        for (i = 0; i < 32; i++) {
            (void) rtc_rtcp_parse_block(&part, i, &block);
            (void) rtc_rtcp_parse_bye(&part, i, &ssrc);
        }

        if (rtc_rtcp_parse_fb(&part, &fb) == RTC_OK) {
            (void) rtc_rtcp_parse_remb(&fb, &v);

            for (i = 0; rtc_rtcp_parse_nack(&fb, i, &pid, &blp) == RTC_OK; i++)
            {
                /* void */
            }

            for (i = 0; rtc_rtcp_parse_fir(&fb, i, &ssrc, &seq) == RTC_OK; i++)
            {
                /* void */
            }
        }
    }
}


static void
test_reports(void)
{
    uint8_t           buf[512], *p;
    uint32_t          ssrc;
    rtc_str_t         name = rtc_string("someone"), cname;
    rtc_rtcp_t        part;
    const uint8_t    *in;
    rtc_rtcp_sr_t     sr, got;
    rtc_rtcp_block_t  blocks[2], b;

    sr.ssrc = 0x11223344;
    sr.ntp = 0x0102030405060708;
    sr.rtp = 90000;
    sr.packets = 10;
    sr.octets = 1000;

    memset(blocks, 0, sizeof(blocks));
    blocks[1].ssrc = 7;
    blocks[1].fraction = 128;
    blocks[1].lost = -2;
    blocks[1].highest = 0x10002;
    blocks[1].jitter = 33;
    blocks[1].lsr = 44;
    blocks[1].dlsr = 55;

    p = rtc_rtcp_build_sr(buf, buf + sizeof(buf), &sr);
    p = rtc_rtcp_build_sdes(p, buf + sizeof(buf), sr.ssrc, name);
    p = rtc_rtcp_build_rr(p, buf + sizeof(buf), 5, blocks, 2);
    p = rtc_rtcp_build_bye(p, buf + sizeof(buf), 6);
    ok(p != NULL, "compound packet");

    in = buf;

    is_int(rtc_rtcp_next(&in, p, &part), RTC_OK, "first part");
    is_int(rtc_rtcp_parse_sr(&part, &got), RTC_OK, "is an SR");
    ok(got.ssrc == sr.ssrc && got.ntp == sr.ntp && got.rtp == sr.rtp
       && got.packets == 10 && got.octets == 1000, "with its values");

    is_int(rtc_rtcp_next(&in, p, &part), RTC_OK, "second part");
    is_int(rtc_rtcp_parse_cname(&part, &ssrc, &cname), RTC_OK, "is an SDES");
    ok(rtc_str_eq(cname, "someone") && ssrc == sr.ssrc, "with CNAME");

    is_int(rtc_rtcp_next(&in, p, &part), RTC_OK, "third part");
    is_int(rtc_rtcp_parse_block(&part, 1, &b), RTC_OK, "is an RR");
    ok(b.ssrc == 7 && b.fraction == 128 && b.highest == 0x10002
       && b.jitter == 33 && b.lsr == 44 && b.dlsr == 55, "with its values");
    is_int(b.lost, -2, "negative loss");
    is_int(rtc_rtcp_parse_block(&part, 2, &b), RTC_DECLINED, "two blocks");

    is_int(rtc_rtcp_next(&in, p, &part), RTC_OK, "fourth part");
    is_int(rtc_rtcp_parse_bye(&part, 0, &ssrc), RTC_OK, "is a BYE");
    is_int(ssrc, 6, "of the source");
    is_int(rtc_rtcp_next(&in, p, &part), RTC_DECLINED, "end");

    cut_every_byte(parse_all, buf, (size_t) (p - buf));
    ok(1, "cut at every byte");

    ok(rtc_rtcp_build_sr(buf, buf + 27, &sr) == NULL, "no room for an SR");
    ok(rtc_rtcp_build_sdes(buf, buf + 8, 1, name) == NULL, "nor an SDES");
}


static void
test_feedback(void)
{
    uint8_t           buf[512], *p, seq;
    uint16_t          pid, blp, seqs[5] = { 65530, 65531, 10, 11, 40 };
    uint32_t          ssrc, ssrcs[2] = { 1, 2 };
    uint64_t          v;
    unsigned          n;
    rtc_rtcp_t        part;
    const uint8_t    *in;
    rtc_rtcp_fb_t     fb;
    rtc_rtcp_dlrr_t   dlrr = { 9, 10, 11 }, got;

    n = 5;
    p = rtc_rtcp_build_nack(buf, buf + sizeof(buf), 1, 2, seqs, &n);
    is_int(n, 5, "all found room");
    p = rtc_rtcp_build_pli(p, buf + sizeof(buf), 1, 2);
    p = rtc_rtcp_build_fir(p, buf + sizeof(buf), 1, 2, 77);
    p = rtc_rtcp_build_remb(p, buf + sizeof(buf), 1, 1500000, ssrcs, 2);
    p = rtc_rtcp_build_rrtr(p, buf + sizeof(buf), 3, 0x0102030405060708);
    p = rtc_rtcp_build_dlrr(p, buf + sizeof(buf), 3, &dlrr);
    ok(p != NULL, "reduced-size compound");

    in = buf;

    is_int(rtc_rtcp_next(&in, p, &part), RTC_OK, "NACK");
    is_int(rtc_rtcp_parse_fb(&part, &fb), RTC_OK, "is feedback");
    ok(fb.sender == 1 && fb.media == 2, "from and about");
    is_int(rtc_rtcp_parse_nack(&fb, 0, &pid, &blp), RTC_OK, "first item");
    ok(pid == 65530 && blp == (1 | 1 << 15), "over the wrap");
    is_int(rtc_rtcp_parse_nack(&fb, 1, &pid, &blp), RTC_OK, "second item");
    ok(pid == 11 && blp == 0, "values");
    is_int(rtc_rtcp_parse_nack(&fb, 2, &pid, &blp), RTC_OK, "third item");
    ok(pid == 40 && blp == 0, "values");
    is_int(rtc_rtcp_parse_nack(&fb, 3, &pid, &blp), RTC_DECLINED, "no more");

    is_int(rtc_rtcp_next(&in, p, &part), RTC_OK, "PLI");
    ok(part.type == RTC_RTCP_PSFB && part.count == RTC_PSFB_PLI, "its type");

    is_int(rtc_rtcp_next(&in, p, &part), RTC_OK, "FIR");
    (void) rtc_rtcp_parse_fb(&part, &fb);
    is_int(rtc_rtcp_parse_fir(&fb, 0, &ssrc, &seq), RTC_OK, "an entry");
    ok(ssrc == 2 && seq == 77, "values");
    is_int(rtc_rtcp_parse_fir(&fb, 1, &ssrc, &seq), RTC_DECLINED, "one");

    is_int(rtc_rtcp_next(&in, p, &part), RTC_OK, "REMB");
    (void) rtc_rtcp_parse_fb(&part, &fb);
    is_int(rtc_rtcp_parse_remb(&fb, &v), RTC_OK, "is one");
    ok(v > 1499990 && v <= 1500000, "its rate");

    is_int(rtc_rtcp_next(&in, p, &part), RTC_OK, "RRTR");
    is_int(rtc_rtcp_parse_rrtr(&part, &ssrc, &v), RTC_OK, "is one");
    ok(ssrc == 3 && v == 0x0102030405060708, "its time");

    is_int(rtc_rtcp_next(&in, p, &part), RTC_OK, "DLRR");
    is_int(rtc_rtcp_parse_dlrr(&part, 9, &got), RTC_OK, "about us");
    ok(got.lrr == 10 && got.dlrr == 11, "its values");
    is_int(rtc_rtcp_parse_dlrr(&part, 8, &got), RTC_DECLINED, "not others");

    cut_every_byte(parse_all, buf, (size_t) (p - buf));
    ok(1, "cut at every byte");
}


static void
test_hostile(void)
{
    uint64_t       bps;
    rtc_rtcp_t     part;
    const uint8_t *in;
    rtc_rtcp_fb_t  fb;
    uint8_t        remb[] = {
        0x8f, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B',
        0, 0xff, 0xff, 0xff
    };
    uint8_t        padded[] = { 0xa1, 201, 0, 1, 0, 0, 0, 9 };

    in = remb;
    (void) rtc_rtcp_next(&in, remb + sizeof(remb), &part);
    (void) rtc_rtcp_parse_fb(&part, &fb);
    is_int(rtc_rtcp_parse_remb(&fb, &bps), RTC_OK, "the largest REMB");
    ok(bps == UINT64_MAX, "saturates");

    in = padded;
    is_int(rtc_rtcp_next(&in, padded + sizeof(padded), &part), RTC_ERROR,
           "padding longer than the part");
    padded[7] = 4;
    in = padded;
    is_int(rtc_rtcp_next(&in, padded + sizeof(padded), &part), RTC_OK,
           "padding of all of it");
    is_int(part.body.len, 0, "leaves nothing");
}


int
main(void)
{
    test_reports();
    test_feedback();
    test_hostile();

    is_int(rtc_ntp_from_us(1500000), 0x180000000, "NTP from microseconds");
    is_int(rtc_ntp_to_us(0x180000000), 1500000, "and back");

    return done();
}
