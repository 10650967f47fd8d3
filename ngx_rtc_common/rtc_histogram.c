
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_histogram.h"


const uint32_t  rtc_histogram_bounds_us[RTC_HISTOGRAM_BOUNDS] = {
    250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000,
    1000000, 2500000, 5000000, 10000000
};


void
rtc_histogram_add(rtc_histogram_t *h, uint64_t us)
{
    unsigned  i;

    for (i = 0; i < RTC_HISTOGRAM_BOUNDS; i++) {
        if (us <= rtc_histogram_bounds_us[i]) {
            break;
        }
    }

    h->counts[i]++;
    h->sum_us += us;
}
