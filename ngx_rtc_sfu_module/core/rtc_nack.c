
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_nack.h"


#define RTC_NACK_MAX_INTERVAL  500000   /* us, whatever the round trip */

#define rtc_nack_item(n, i)  (&(n)->items[(i) % RTC_NACK_RING])


static void rtc_nack_put(rtc_nack_item_t *item, uint64_t seq,
    uint64_t now_us);
static void rtc_nack_trim(rtc_nack_t *n);


void
rtc_nack_init(rtc_nack_t *n)
{
    n->head = 0;
    n->tail = 0;
    n->next_deadline = UINT64_MAX;
}


int
rtc_nack_missing(rtc_nack_t *n, uint64_t first, uint64_t last,
    uint64_t now_us)
{
    uint32_t  i, count, place;

    if (last - first + 1 + (n->tail - n->head) > RTC_NACK_LIST) {
        rtc_nack_init(n);
        return RTC_DECLINED;
    }

    count = (uint32_t) (last - first + 1);

    if (n->head != n->tail && last < rtc_nack_item(n, n->head)->seq) {
        n->head -= count;
        place = n->head;

    } else {
        place = n->tail;
        n->tail += count;
    }

    for (i = 0; i < count; i++) {
        rtc_nack_put(rtc_nack_item(n, place + i), first + i, now_us);
    }

    n->next_deadline = rtc_min(n->next_deadline, now_us + RTC_NACK_DELAY);

    return RTC_OK;
}


static void
rtc_nack_put(rtc_nack_item_t *item, uint64_t seq, uint64_t now_us)
{
    item->seq = seq;
    item->due_us = now_us + RTC_NACK_DELAY;
    item->sent_us = 0;
    item->tries = 0;
    item->done = 0;
}


uint64_t
rtc_nack_received(rtc_nack_t *n, uint64_t seq, uint64_t now_us)
{
    uint32_t          low, high, mid;
    rtc_nack_item_t  *item;

    low = 0;
    high = n->tail - n->head;

    while (low < high) {
        mid = low + (high - low) / 2;

        if (rtc_nack_item(n, n->head + mid)->seq < seq) {
            low = mid + 1;

        } else {
            high = mid;
        }
    }

    item = rtc_nack_item(n, n->head + low);

    if (low == n->tail - n->head || item->seq != seq || item->done) {
        return 0;
    }

    item->done = 1;
    rtc_nack_trim(n);

    return item->tries == 1 ? now_us - item->sent_us : 0;
}


static void
rtc_nack_trim(rtc_nack_t *n)
{
    while (n->head != n->tail && rtc_nack_item(n, n->head)->done) {
        n->head++;
    }

    if (n->head == n->tail) {
        n->next_deadline = UINT64_MAX;
    }
}


unsigned
rtc_nack_due(rtc_nack_t *n, uint64_t now_us, uint64_t rtt_us, uint16_t *seqs,
    unsigned max)
{
    uint32_t          i;
    uint64_t          next, interval;
    unsigned          count;
    rtc_nack_item_t  *item;

    interval = rtc_max(rtt_us, RTC_NACK_INTERVAL);
    interval = rtc_min(interval, RTC_NACK_MAX_INTERVAL);

    count = 0;
    next = UINT64_MAX;

    for (i = n->head; i != n->tail; i++) {
        item = rtc_nack_item(n, i);

        if (item->done) {
            continue;
        }

        if (item->due_us <= now_us && count < max) {

            if (item->tries == RTC_NACK_TRIES) {
                item->done = 1;
                continue;
            }

            seqs[count++] = (uint16_t) item->seq;

            item->tries++;
            item->sent_us = now_us;
            item->due_us = now_us + interval;
        }

        next = rtc_min(next, item->due_us);
    }

    n->next_deadline = next;
    rtc_nack_trim(n);

    return count;
}
