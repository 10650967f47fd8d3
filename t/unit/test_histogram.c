
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_histogram.h"
#include "tap.h"


int
main(void)
{
    unsigned         i;
    rtc_histogram_t  h = { 0 };

    for (i = 1; i < RTC_HISTOGRAM_BOUNDS; i++) {
        ok(rtc_histogram_bounds_us[i] > rtc_histogram_bounds_us[i - 1],
           "the bounds rise");
    }

    rtc_histogram_add(&h, 0);
    rtc_histogram_add(&h, 250);
    is_int(h.counts[0], 2, "a bound is in its own bucket");

    rtc_histogram_add(&h, 251);
    is_int(h.counts[1], 1, "what is above it in the next");

    rtc_histogram_add(&h, 10000000);
    is_int(h.counts[RTC_HISTOGRAM_BOUNDS - 1], 1, "the last bound");

    rtc_histogram_add(&h, 10000001);
    rtc_histogram_add(&h, UINT32_MAX + 1ULL);
    is_int(h.counts[RTC_HISTOGRAM_BOUNDS], 2, "what is above all bounds");

    is_int(h.sum_us, 250 + 251 + 10000000 + 10000001 + (UINT32_MAX + 1ULL),
           "their sum");

    return done();
}
