
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * How many challenges an address gets: a direct-mapped table of buckets in
 * memory that processes share, changed by single atomic operations.
 */


#ifndef RTC_TURN_BUDGET_H_INCLUDED
#define RTC_TURN_BUDGET_H_INCLUDED


#include "rtc_core.h"


#define RTC_TURN_BUDGET_BUCKETS  4096
#define RTC_TURN_BUDGET_BURST    10000      /* ms worth of challenges */


/* zeroed before its first use; a cell is the time when it is empty again */

typedef struct {
    uint64_t        cells[RTC_TURN_BUDGET_BUCKETS];
} rtc_turn_budget_t;


/*
 * Takes one: RTC_OK or RTC_DECLINED.  The port does not count.  Seed is a
 * number that the sources do not know.
 */
int rtc_turn_budget_take(rtc_turn_budget_t *budget, const rtc_addr_t *source,
    uint64_t seed, unsigned per_second, uint64_t now_ms);


#endif /* RTC_TURN_BUDGET_H_INCLUDED */
