
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_turn_quota.h"


static size_t rtc_turn_quota_home(uint64_t key);
static rtc_turn_quota_cell_t *rtc_turn_quota_cell(rtc_turn_quota_t *q,
    uint64_t key);
static void rtc_turn_quota_free_cell(rtc_turn_quota_t *q,
    rtc_turn_quota_cell_t *cell);


int
rtc_turn_quota_take(rtc_turn_quota_t *q, uint64_t key, uint32_t owner,
    uint32_t max_of_user, uint32_t max, uint32_t *ticket)
{
    uint32_t                n;
    rtc_turn_quota_cell_t  *cell;

    if (q->total >= rtc_min(max, RTC_TURN_QUOTA_MAX)) {
        return RTC_DECLINED;
    }

    cell = rtc_turn_quota_cell(q, key);

    if (cell->count >= max_of_user) {
        return RTC_DECLINED;
    }

    if (q->free) {
        n = q->free - 1;
        q->free = q->tickets[n].next;

    } else {
        n = q->used++;
    }

    cell->key = key;
    cell->count++;
    q->total++;

    q->tickets[n].key = key;
    q->tickets[n].owner = owner;

    *ticket = n;

    return RTC_OK;
}


void
rtc_turn_quota_give(rtc_turn_quota_t *q, uint32_t ticket)
{
    rtc_turn_ticket_t      *t;
    rtc_turn_quota_cell_t  *cell;

    t = &q->tickets[ticket];

    if (t->owner == 0) {
        return;
    }

    t->owner = 0;
    t->next = q->free;
    q->free = ticket + 1;
    q->total--;

    cell = rtc_turn_quota_cell(q, t->key);

    if (cell->count && --cell->count == 0) {
        rtc_turn_quota_free_cell(q, cell);
    }
}


void
rtc_turn_quota_move(rtc_turn_quota_t *q, uint32_t ticket, uint32_t owner)
{
    if (q->tickets[ticket].owner) {
        q->tickets[ticket].owner = owner;
    }
}


void
rtc_turn_quota_reclaim(rtc_turn_quota_t *q, int (*lives)(uint32_t owner))
{
    uint32_t  i, owner, dead, alive;

    dead = 0;
    alive = 0;

    for (i = 0; i < q->used; i++) {
        owner = q->tickets[i].owner;

        if (owner == 0 || owner == alive) {
            continue;
        }

        if (owner != dead && lives(owner)) {
            alive = owner;
            continue;
        }

        dead = owner;
        rtc_turn_quota_give(q, i);
    }
}


static size_t
rtc_turn_quota_home(uint64_t key)
{
    return (size_t) ((key * 0x9e3779b97f4a7c15) >> 32) % RTC_TURN_QUOTA_CELLS;
}


/* the cell of the key or a free one; half of them are always free */

static rtc_turn_quota_cell_t *
rtc_turn_quota_cell(rtc_turn_quota_t *q, uint64_t key)
{
    size_t  i;

    i = rtc_turn_quota_home(key);

    while (q->cells[i].count && q->cells[i].key != key) {
        i = (i + 1) % RTC_TURN_QUOTA_CELLS;
    }

    return &q->cells[i];
}


/* those behind it move up, so that a search may stop at a free one */

static void
rtc_turn_quota_free_cell(rtc_turn_quota_t *q, rtc_turn_quota_cell_t *cell)
{
    size_t  i, j, home;

    i = (size_t) (cell - q->cells);
    j = i;

    for ( ;; ) {
        j = (j + 1) % RTC_TURN_QUOTA_CELLS;

        if (q->cells[j].count == 0) {
            break;
        }

        home = rtc_turn_quota_home(q->cells[j].key);

        /* whether home is outside of (i, j] */

        if (i <= j ? (home <= i || home > j) : (home <= i && home > j)) {
            q->cells[i] = q->cells[j];
            i = j;
        }
    }

    q->cells[i].count = 0;
}
