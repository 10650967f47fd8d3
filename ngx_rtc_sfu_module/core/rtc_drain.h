
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A host that is being taken away: how many of its members are to be moved by
 * now, one after another, so that they do not all come elsewhere at once.
 */


#ifndef RTC_DRAIN_H_INCLUDED
#define RTC_DRAIN_H_INCLUDED


#include "rtc_core.h"


#define RTC_DRAIN_MAX  86400            /* seconds */


typedef struct {
    int             moves;              /* 0: members stay as they are */
    uint64_t        after_ms;           /* until the first one is moved */
    uint64_t        over_ms;            /* from then on, until the last one */
} rtc_drain_t;


/* "AFTER OVER" in seconds; AFTER is "-" if nobody is moved */

int rtc_drain_parse(rtc_drain_t *drain, const uint8_t *p, size_t len);

/* of n members, so long after it began */

size_t rtc_drain_due(const rtc_drain_t *drain, size_t n, uint64_t elapsed_ms);


#endif /* RTC_DRAIN_H_INCLUDED */
