
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_ssrc.h"


#define RTC_SSRC_MIN  16


static void rtc_ssrc_put(rtc_ssrc_table_t *t, const rtc_ssrc_entry_t *e);
static int rtc_ssrc_grow(rtc_ssrc_table_t *t);


/* SSRCs may be chosen by an attacker: mix all bits (MurmurHash3's mixer) */

static uint32_t
rtc_ssrc_hash(uint32_t h)
{
    h ^= h >> 16;
    h *= 0x85ebca6b;
    h ^= h >> 13;
    h *= 0xc2b2ae35;
    h ^= h >> 16;

    return h;
}


int
rtc_ssrc_init(rtc_ssrc_table_t *t, uint32_t max)
{
    t->entries = calloc(RTC_SSRC_MIN, sizeof(rtc_ssrc_entry_t));
    if (t->entries == NULL) {
        return RTC_ERROR;
    }

    t->mask = RTC_SSRC_MIN - 1;
    t->n = 0;
    t->max = max;

    return RTC_OK;
}


void
rtc_ssrc_done(rtc_ssrc_table_t *t)
{
    free(t->entries);
    t->entries = NULL;
}


int
rtc_ssrc_add(rtc_ssrc_table_t *t, uint32_t ssrc, void *data, int rtx)
{
    rtc_ssrc_entry_t  e;

    if (t->n == t->max || rtc_ssrc_find(t, ssrc)) {
        return RTC_DECLINED;
    }

    if ((t->n + 1) * 2 > t->mask + 1 && rtc_ssrc_grow(t) != RTC_OK) {
        return RTC_ERROR;
    }

    e.ssrc = ssrc;
    e.rtx = (uint8_t) rtx;
    e.data = data;

    rtc_ssrc_put(t, &e);
    t->n++;

    return RTC_OK;
}


static void
rtc_ssrc_put(rtc_ssrc_table_t *t, const rtc_ssrc_entry_t *e)
{
    uint32_t  i;

    i = rtc_ssrc_hash(e->ssrc) & t->mask;

    while (t->entries[i].data) {
        i = (i + 1) & t->mask;
    }

    t->entries[i] = *e;
}


static int
rtc_ssrc_grow(rtc_ssrc_table_t *t)
{
    uint32_t           i, old;
    rtc_ssrc_entry_t  *entries;

    old = t->mask + 1;
    entries = t->entries;

    t->entries = calloc(old * 2, sizeof(rtc_ssrc_entry_t));
    if (t->entries == NULL) {
        t->entries = entries;
        return RTC_ERROR;
    }

    t->mask = old * 2 - 1;

    for (i = 0; i < old; i++) {
        if (entries[i].data) {
            rtc_ssrc_put(t, &entries[i]);
        }
    }

    free(entries);

    return RTC_OK;
}


const rtc_ssrc_entry_t *
rtc_ssrc_find(const rtc_ssrc_table_t *t, uint32_t ssrc)
{
    uint32_t  i;

    i = rtc_ssrc_hash(ssrc) & t->mask;

    while (t->entries[i].data) {
        if (t->entries[i].ssrc == ssrc) {
            return &t->entries[i];
        }

        i = (i + 1) & t->mask;
    }

    return NULL;
}


void
rtc_ssrc_remove(rtc_ssrc_table_t *t, uint32_t ssrc)
{
    uint32_t                 i;
    rtc_ssrc_entry_t         e;
    const rtc_ssrc_entry_t  *found;

    found = rtc_ssrc_find(t, ssrc);
    if (found == NULL) {
        return;
    }

    i = (uint32_t) (found - t->entries);
    t->entries[i].data = NULL;
    t->n--;

    /* those behind it may have been put there because of it */

    for (i = (i + 1) & t->mask; t->entries[i].data; i = (i + 1) & t->mask) {
        e = t->entries[i];
        t->entries[i].data = NULL;
        rtc_ssrc_put(t, &e);
    }
}
