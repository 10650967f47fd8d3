
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_rtcp.h"
#include "rtc_twcc.h"


int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);


static void
fuzz_feedback(const rtc_rtcp_t *part)
{
    int64_t              us;
    uint8_t              fir;
    uint16_t             seq, blp;
    uint32_t             ssrc;
    uint64_t             bps;
    unsigned             i, received;
    rtc_rtcp_fb_t        fb;
    rtc_twcc_feedback_t  f;

    if (rtc_rtcp_parse_fb(part, &fb) != RTC_OK) {
        return;
    }

    (void) rtc_rtcp_parse_remb(&fb, &bps);

    for (i = 0; rtc_rtcp_parse_nack(&fb, i, &seq, &blp) == RTC_OK; i++) {
        /* void */
    }

    for (i = 0; rtc_rtcp_parse_fir(&fb, i, &ssrc, &fir) == RTC_OK; i++) {
        /* void */
    }

    if (rtc_twcc_parse(&f, &fb) == RTC_OK) {
        while (rtc_twcc_next(&f, &seq, &received, &us) == RTC_OK) {
            /* void */
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
    uint32_t          ssrc;
    uint64_t          ntp;
    unsigned          i;
    rtc_str_t         cname;
    rtc_rtcp_t        part;
    const uint8_t    *end;
    rtc_rtcp_sr_t     sr;
    rtc_rtcp_dlrr_t   dlrr;
    rtc_rtcp_block_t  block;

    end = p + len;

    while (rtc_rtcp_next(&p, end, &part) == RTC_OK) {
        (void) rtc_rtcp_parse_sr(&part, &sr);
        (void) rtc_rtcp_parse_cname(&part, &ssrc, &cname);
        (void) rtc_rtcp_parse_rrtr(&part, &ssrc, &ntp);
        (void) rtc_rtcp_parse_dlrr(&part, 1, &dlrr);

        for (i = 0; i < 32; i++) {
            (void) rtc_rtcp_parse_block(&part, i, &block);
            (void) rtc_rtcp_parse_bye(&part, i, &ssrc);
        }

        fuzz_feedback(&part);
    }

    return 0;
}
