
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "cut.h"
#include "rtc_bytes.h"
#include "rtc_twcc.h"
#include "tap.h"


static rtc_twcc_t  twcc;
static uint8_t     out[RTC_RTCP_MTU];


static void
parse_all(const uint8_t *p, size_t len)
{
    int64_t               us;
    uint16_t              seq;
    unsigned              received;
    rtc_rtcp_t            part;
    const uint8_t        *end;
    rtc_rtcp_fb_t         fb;
    rtc_twcc_feedback_t   f;

    end = p + len;

    if (rtc_rtcp_next(&p, end, &part) == RTC_OK
        && rtc_rtcp_parse_fb(&part, &fb) == RTC_OK
        && rtc_twcc_parse(&f, &fb) == RTC_OK)
    {
        while (rtc_twcc_next(&f, &seq, &received, &us) == RTC_OK) {
            /* void */
        }
    }
}


/* builds one message and begins to read it; 0 when nothing is due */

static size_t
report(rtc_twcc_feedback_t *f)
{
    uint8_t        *p;
    rtc_rtcp_t      part;
    const uint8_t  *in;
    rtc_rtcp_fb_t   fb;

    p = rtc_twcc_build(&twcc, out, out + sizeof(out), 1, 2);
    if (p == out) {
        return 0;
    }

    in = out;

    if (rtc_rtcp_next(&in, p, &part) != RTC_OK || in != p
        || rtc_rtcp_parse_fb(&part, &fb) != RTC_OK
        || rtc_twcc_parse(f, &fb) != RTC_OK)
    {
        return 0;
    }

    return (size_t) (p - out);
}


static void
test_statuses(void)
{
    size_t               len;
    int64_t              us;
    uint16_t             seq;
    unsigned             i, received, good;
    rtc_twcc_feedback_t  f;

    static const struct {
        uint16_t  seq;
        uint64_t  us;
    } in[] = {
        { 65530, 1000000 }, { 65531, 1000250 }, { 65533, 1100000 },
        { 0, 1099000 }, { 1, 1099500 }, { 30, 1200000 }
    };

    rtc_twcc_init(&twcc);

    is_int(report(&f), 0, "nothing arrived");

    for (i = 0; i < rtc_nelts(in); i++) {
        rtc_twcc_add(&twcc, in[i].seq, in[i].us);
    }

    len = report(&f);
    ok(len > 0, "feedback");
    is_int(f.base, 65530, "base");
    is_int(f.n, 37, "statuses");
    is_int(f.reference, 1000000 / 64000, "reference time");
    is_int(f.count, 0, "feedback count");

    i = 0;
    good = 0;

    while (rtc_twcc_next(&f, &seq, &received, &us) == RTC_OK) {
        if (received) {
            us += f.reference * 64000;
            good += (seq == in[i].seq && us / 250 == (int64_t) in[i].us / 250);
            i++;
        }
    }

    is_int(good, rtc_nelts(in), "all arrivals and times");
    is_int(report(&f), 0, "reported once");

    cut_every_byte(parse_all, out, len);
    ok(1, "cut at every byte");

    rtc_twcc_add(&twcc, 29, 1210000);
    rtc_twcc_add(&twcc, 31, 1220000);
    ok(report(&f) > 0, "second feedback");
    is_int(f.base, 29, "goes back to the late packet");
    is_int(f.n, 3, "and reports what is behind it again");
    is_int(f.count, 1, "feedback count");
}


static void
test_many(void)
{
    int64_t              us;
    uint16_t             seq;
    uint64_t             now;
    unsigned             i, received, total, messages;
    rtc_twcc_feedback_t  f;

    rtc_twcc_init(&twcc);

    now = 5000000;

    /* every other delta large: the worst case for the chunks */

    for (i = 0; i < 2000; i++) {
        now += (i & 1) ? 100 : 70000;
        rtc_twcc_add(&twcc, (uint16_t) (65000 + i), now);
    }

    total = 0;
    messages = 0;

    while (report(&f)) {
        messages++;

        while (rtc_twcc_next(&f, &seq, &received, &us) == RTC_OK) {
            total += received;
        }
    }

    is_int(total, 2000, "all packets in several messages");
    is_int(messages, 4, "of at most 500 statuses");

    rtc_twcc_add(&twcc, 65000 + 2000 - 65536, now + 60000000);
    rtc_twcc_add(&twcc, 65000 + 2001 - 65536, now + 160000000);
    ok(report(&f) > 0, "a packet after a pause");
    is_int(f.n, 1, "a delta too large begins another message");
    ok(report(&f) > 0, "which follows");

    rtc_twcc_add(&twcc, 65000 + 2001 + 30000 - 65536, now);
    ok(report(&f) > 0, "a jump");
    is_int(f.n, 1, "does not report the gap");
    is_int(report(&f), 0, "nothing left");
}


static void
test_hostile(void)
{
    rtc_rtcp_fb_t        fb;
    rtc_twcc_feedback_t  f;
    uint8_t              fci[] = {
        0, 0, 0xff, 0xff, 0, 0, 0, 0, 0x3f, 0xff, 0x3f, 0xff
    };

    fb.fci.data = fci;
    fb.fci.len = sizeof(fci);
    is_int(rtc_twcc_parse(&f, &fb), RTC_ERROR, "65535 statuses");

    fci[2] = 0;
    fci[3] = 9;
    fci[8] = 0;
    fci[9] = 0;
    is_int(rtc_twcc_parse(&f, &fb), RTC_ERROR, "a run of no length");
}


int
main(void)
{
    test_statuses();
    test_many();
    test_hostile();

    return done();
}
