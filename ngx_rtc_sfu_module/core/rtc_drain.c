
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_drain.h"


static const uint8_t *rtc_drain_seconds(const uint8_t *p, const uint8_t *end,
    uint64_t *ms);


int
rtc_drain_parse(rtc_drain_t *drain, const uint8_t *p, size_t len)
{
    const uint8_t  *end;

    end = p + len;

    memset(drain, 0, sizeof(rtc_drain_t));

    if (p < end && *p == '-') {
        p++;

    } else {
        drain->moves = 1;

        p = rtc_drain_seconds(p, end, &drain->after_ms);
        if (p == NULL) {
            return RTC_ERROR;
        }
    }

    if (p == end || *p != ' ') {
        return RTC_ERROR;
    }

    p = rtc_drain_seconds(p + 1, end, &drain->over_ms);

    return p == end ? RTC_OK : RTC_ERROR;
}


static const uint8_t *
rtc_drain_seconds(const uint8_t *p, const uint8_t *end, uint64_t *ms)
{
    uint64_t        value;
    const uint8_t  *begin;

    value = 0;

    for (begin = p; p < end && *p >= '0' && *p <= '9'; p++) {
        value = value * 10 + (uint64_t) (*p - '0');

        if (value > RTC_DRAIN_MAX) {
            return NULL;
        }
    }

    *ms = value * 1000;

    return p == begin ? NULL : p;
}


size_t
rtc_drain_due(const rtc_drain_t *drain, size_t n, uint64_t elapsed_ms)
{
    if (!drain->moves || elapsed_ms < drain->after_ms) {
        return 0;
    }

    elapsed_ms -= drain->after_ms;

    if (elapsed_ms >= drain->over_ms) {
        return n;
    }

    return (size_t) (n * elapsed_ms / drain->over_ms);
}
