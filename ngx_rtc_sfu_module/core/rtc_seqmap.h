
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * From the sequence numbers of the sources of a subscription to its own and
 * back.  The map is a list of segments, each a run of one source's numbers
 * with one offset: a number that is left out, or another source, begins a new
 * one.  A late packet gets the offset that is valid at its place.
 */


#ifndef RTC_SEQMAP_H_INCLUDED
#define RTC_SEQMAP_H_INCLUDED


#include "rtc_core.h"


#define RTC_SEQMAP_SEGMENTS  32
#define RTC_SEQMAP_LATE      100        /* of a source that was left */


/* what is subtracted from the other numbers of a packet */

typedef struct {
    uint32_t            ts;
    uint16_t            picture_id;
    uint8_t             tl0;
    uint8_t             keyidx;
    uint16_t            frame_number;   /* of dependency descriptors */
} rtc_offsets_t;


typedef struct {
    uint32_t            source;         /* not 0 */
    uint64_t            start;
    uint64_t            end;            /* behind the last; UINT64_MAX while
                                           the source goes on */
    uint64_t            offset;         /* output is number - offset */
    rtc_offsets_t       offsets;
} rtc_segment_t;


typedef struct {
    uint64_t            highest;        /* of the newest segment's source */
    unsigned            n;              /* segments so far */
    rtc_segment_t       segments[RTC_SEQMAP_SEGMENTS];
} rtc_seqmap_t;


void rtc_seqmap_init(rtc_seqmap_t *map);

/* seq of a source becomes out, which is higher than any output before */
void rtc_seqmap_switch(rtc_seqmap_t *map, uint32_t source, uint64_t seq,
    uint64_t out, const rtc_offsets_t *offsets);

/* a number of the newest source was seen, higher than any before */
void rtc_seqmap_advance(rtc_seqmap_t *map, uint64_t seq);

/* likewise, but it is left out: those behind it move up */
void rtc_seqmap_drop(rtc_seqmap_t *map, uint64_t seq);

/* the newest source ends with what was seen of it */
void rtc_seqmap_close(rtc_seqmap_t *map);

/*
 * The sources are gone for good, and others may come under their names: what
 * was given away stays so, but is nobody's.
 */
void rtc_seqmap_forget(rtc_seqmap_t *map);

/* the newest segment, NULL in an empty map */
const rtc_segment_t *rtc_seqmap_last(const rtc_seqmap_t *map);

/* the output behind all that were given away; first in an empty map */
uint64_t rtc_seqmap_next(const rtc_seqmap_t *map, uint64_t first);

/* where a packet belongs; NULL: nowhere, drop it */
const rtc_segment_t *rtc_seqmap_find(const rtc_seqmap_t *map,
    uint32_t source, uint64_t seq);

/* which number an output was; NULL: unknown */
const rtc_segment_t *rtc_seqmap_reverse(const rtc_seqmap_t *map,
    uint64_t out, uint64_t *seq);


#endif /* RTC_SEQMAP_H_INCLUDED */
