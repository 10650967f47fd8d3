
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * How many allocations there are, and how many a user has, in memory that
 * processes share; the caller holds its lock.  A ticket stands for each
 * allocation and names its process, so that what a dead one had is given back.
 */


#ifndef RTC_TURN_QUOTA_H_INCLUDED
#define RTC_TURN_QUOTA_H_INCLUDED


#include "rtc_core.h"


#define RTC_TURN_QUOTA_MAX    65536
#define RTC_TURN_QUOTA_CELLS  (2 * RTC_TURN_QUOTA_MAX)


typedef struct {
    uint64_t               key;
    uint32_t               owner;       /* 0: free */
    uint32_t               next;        /* the free one behind it */
} rtc_turn_ticket_t;


typedef struct {
    uint64_t               key;
    uint64_t               count;       /* 0: free */
} rtc_turn_quota_cell_t;


typedef struct {
    uint32_t               total;
    uint32_t               used;        /* tickets, ever */
    uint32_t               free;        /* the first one, from 1 on; 0: none */

    rtc_turn_ticket_t      tickets[RTC_TURN_QUOTA_MAX];
    rtc_turn_quota_cell_t  cells[RTC_TURN_QUOTA_CELLS];
} rtc_turn_quota_t;


/* zeroed before its first use; RTC_DECLINED: one of the limits is reached */
int rtc_turn_quota_take(rtc_turn_quota_t *q, uint64_t key, uint32_t owner,
    uint32_t max_of_user, uint32_t max, uint32_t *ticket);
void rtc_turn_quota_give(rtc_turn_quota_t *q, uint32_t ticket);

/* the allocation has gone to another process */
void rtc_turn_quota_move(rtc_turn_quota_t *q, uint32_t ticket,
    uint32_t owner);

/* gives back what those have that do not live */
void rtc_turn_quota_reclaim(rtc_turn_quota_t *q,
    int (*lives)(uint32_t owner));


#endif /* RTC_TURN_QUOTA_H_INCLUDED */
