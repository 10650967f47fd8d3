
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The missing packets of a stream and when to ask for them: first after a
 * delay for reordering, then at intervals, ten times at most.
 */


#ifndef RTC_NACK_H_INCLUDED
#define RTC_NACK_H_INCLUDED


#include "rtc_core.h"


#define RTC_NACK_LIST      1000
#define RTC_NACK_RING      1024
#define RTC_NACK_DELAY     10000        /* us */
#define RTC_NACK_INTERVAL  40000        /* us, at least */
#define RTC_NACK_TRIES     10


typedef struct {
    uint64_t            seq;
    uint64_t            due_us;
    uint64_t            sent_us;
    uint8_t             tries;
    uint8_t             done;           /* received or given up */
} rtc_nack_item_t;


/* items [head, tail) in the order of their numbers */

typedef struct {
    uint64_t            next_deadline;  /* UINT64_MAX: nothing is missing */
    uint32_t            head;
    uint32_t            tail;
    rtc_nack_item_t     items[RTC_NACK_RING];
} rtc_nack_t;


void rtc_nack_init(rtc_nack_t *n);

/*
 * The numbers first to last are missing, all of them higher, or all lower
 * than those in the list.  RTC_DECLINED: too many are missing; the list is
 * empty then, and only a keyframe helps.
 */
int rtc_nack_missing(rtc_nack_t *n, uint64_t first, uint64_t last,
    uint64_t now_us);

/*
 * The packet came after all.  Returns the time since it was asked for if that
 * was once, which is a round trip, else 0.
 */
uint64_t rtc_nack_received(rtc_nack_t *n, uint64_t seq, uint64_t now_us);

/* what is to be asked for now, in order, at most max; moves next_deadline */
unsigned rtc_nack_due(rtc_nack_t *n, uint64_t now_us, uint64_t rtt_us,
    uint16_t *seqs, unsigned max);


#endif /* RTC_NACK_H_INCLUDED */
