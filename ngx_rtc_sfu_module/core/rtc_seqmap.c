
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_seqmap.h"


#define rtc_seqmap_segment(map, i)                                            \
    (&(map)->segments[(i) % RTC_SEQMAP_SEGMENTS])


static unsigned rtc_seqmap_oldest(const rtc_seqmap_t *map);


void
rtc_seqmap_init(rtc_seqmap_t *map)
{
    memset(map, 0, sizeof(rtc_seqmap_t));
}


static unsigned
rtc_seqmap_oldest(const rtc_seqmap_t *map)
{
    return map->n > RTC_SEQMAP_SEGMENTS ? map->n - RTC_SEQMAP_SEGMENTS : 0;
}


void
rtc_seqmap_switch(rtc_seqmap_t *map, uint32_t source, uint64_t seq,
    uint64_t out, const rtc_offsets_t *offsets)
{
    rtc_segment_t  *s;

    rtc_seqmap_close(map);

    s = rtc_seqmap_segment(map, map->n++);

    s->source = source;
    s->start = seq;
    s->end = UINT64_MAX;
    s->offset = seq - out;
    s->offsets = *offsets;

    map->highest = seq;
}


void
rtc_seqmap_advance(rtc_seqmap_t *map, uint64_t seq)
{
    map->highest = rtc_max(map->highest, seq);
}


void
rtc_seqmap_drop(rtc_seqmap_t *map, uint64_t seq)
{
    rtc_segment_t  *s, *old;

    if (map->n == 0 || seq <= map->highest) {
        return;
    }

    map->highest = seq;

    old = rtc_seqmap_segment(map, map->n - 1);

    /* nothing was sent since the last one that was left out */

    if (old->start == seq) {
        old->start++;
        old->offset++;
        return;
    }

    old->end = seq;

    s = rtc_seqmap_segment(map, map->n++);

    *s = *old;
    s->start = seq + 1;
    s->end = UINT64_MAX;
    s->offset++;
}


void
rtc_seqmap_close(rtc_seqmap_t *map)
{
    if (map->n) {
        rtc_seqmap_segment(map, map->n - 1)->end = map->highest + 1;
    }
}


void
rtc_seqmap_forget(rtc_seqmap_t *map)
{
    unsigned  i;

    rtc_seqmap_close(map);

    for (i = 0; i < RTC_SEQMAP_SEGMENTS; i++) {
        map->segments[i].source = 0;
    }
}


const rtc_segment_t *
rtc_seqmap_last(const rtc_seqmap_t *map)
{
    return map->n ? rtc_seqmap_segment(map, map->n - 1) : NULL;
}


uint64_t
rtc_seqmap_next(const rtc_seqmap_t *map, uint64_t first)
{
    const rtc_segment_t  *s;

    s = rtc_seqmap_last(map);

    return s ? map->highest - s->offset + 1 : first;
}


const rtc_segment_t *
rtc_seqmap_find(const rtc_seqmap_t *map, uint32_t source, uint64_t seq)
{
    unsigned              i;
    const rtc_segment_t  *s, *last;

    last = rtc_seqmap_last(map);

    for (i = map->n; i > rtc_seqmap_oldest(map); i--) {
        s = rtc_seqmap_segment(map, i - 1);

        if (s->source != source || seq < s->start || seq >= s->end) {
            continue;
        }

        if (source != last->source && seq + RTC_SEQMAP_LATE < s->end) {
            return NULL;
        }

        return s;
    }

    return NULL;
}


const rtc_segment_t *
rtc_seqmap_reverse(const rtc_seqmap_t *map, uint64_t out, uint64_t *seq)
{
    unsigned              i;
    const rtc_segment_t  *s;

    for (i = map->n; i > rtc_seqmap_oldest(map); i--) {
        s = rtc_seqmap_segment(map, i - 1);
        *seq = out + s->offset;

        if (*seq >= s->start && *seq < s->end
            && (s->end != UINT64_MAX || *seq <= map->highest))
        {
            return s;
        }
    }

    return NULL;
}
