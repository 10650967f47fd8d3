
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * How long things took, counted in buckets from 250 us to 10 s.  All of them
 * have the same bounds, so that they can be added to one another.
 */


#ifndef RTC_HISTOGRAM_H_INCLUDED
#define RTC_HISTOGRAM_H_INCLUDED


#include "rtc_core.h"


#define RTC_HISTOGRAM_BOUNDS  15


typedef struct {
    uint64_t    counts[RTC_HISTOGRAM_BOUNDS + 1];   /* each value in one */
    uint64_t    sum_us;
} rtc_histogram_t;


/* the last bucket has what is above the last bound */

extern const uint32_t  rtc_histogram_bounds_us[RTC_HISTOGRAM_BOUNDS];


void rtc_histogram_add(rtc_histogram_t *h, uint64_t us);


#endif /* RTC_HISTOGRAM_H_INCLUDED */
