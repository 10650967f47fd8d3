
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <sys/socket.h>
#include "rtc_turn_budget.h"


static size_t rtc_turn_budget_bucket(const rtc_addr_t *source, uint64_t seed);


int
rtc_turn_budget_take(rtc_turn_budget_t *budget, const rtc_addr_t *source,
    uint64_t seed, unsigned per_second, uint64_t now_ms)
{
    uint64_t  *cell, until, next;

    cell = &budget->cells[rtc_turn_budget_bucket(source, seed)];
    until = __atomic_load_n(cell, __ATOMIC_RELAXED);

    for ( ;; ) {
        next = rtc_max(until, now_ms) + 1000 / rtc_max(per_second, 1);

        if (next > now_ms + RTC_TURN_BUDGET_BURST) {
            return RTC_DECLINED;
        }

        if (__atomic_compare_exchange_n(cell, &until, next, 0,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        {
            return RTC_OK;
        }
    }
}


/* IPv6: a host has all of its /64 */

static size_t
rtc_turn_budget_bucket(const rtc_addr_t *source, uint64_t seed)
{
    size_t    i, n;
    uint64_t  hash;

    n = source->family == AF_INET ? 4 : 8;
    hash = seed ^ source->family;

    for (i = 0; i < n; i++) {
        hash = (hash ^ source->addr[i]) * 0x9e3779b97f4a7c15;
        hash ^= hash >> 29;
    }

    return (size_t) (hash >> 32) % RTC_TURN_BUDGET_BUCKETS;
}
