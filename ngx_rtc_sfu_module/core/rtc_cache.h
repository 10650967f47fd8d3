
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The newest packets of a stream: a ring of places by sequence number and a
 * ring of bytes that they share.  A packet is lost when either was used anew.
 */


#ifndef RTC_CACHE_H_INCLUDED
#define RTC_CACHE_H_INCLUDED


#include "rtc_core.h"


typedef struct {
    uint64_t            seq;            /* extended, 0: the place is free */
    uint64_t            pos;            /* count of bytes before it */
    uint64_t            us;             /* arrival */
    uint16_t            len;            /* 0: a packet without payload */
} rtc_cache_slot_t;


typedef struct {
    uint64_t            pos;
    uint32_t            nslots;
    uint32_t            nbytes;
    uint8_t            *bytes;
    rtc_cache_slot_t    slots[];
} rtc_cache_t;


size_t rtc_cache_size(uint32_t nslots, uint32_t nbytes);
rtc_cache_t *rtc_cache_init(void *mem, uint32_t nslots, uint32_t nbytes);
void rtc_cache_reset(rtc_cache_t *c);

/*
 * Memory for a packet of len bytes, to be filled by the caller; NULL if it is
 * longer than the ring, or so late that a newer one has its place.
 */
uint8_t *rtc_cache_add(rtc_cache_t *c, uint64_t seq, size_t len,
    uint64_t now_us);

/* NULL: not there, or not any more */
const rtc_cache_slot_t *rtc_cache_find(const rtc_cache_t *c, uint64_t seq);
const uint8_t *rtc_cache_bytes(const rtc_cache_t *c,
    const rtc_cache_slot_t *slot);


#endif /* RTC_CACHE_H_INCLUDED */
