
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_red.h"


int
rtc_red_primary(rtc_str_t payload, uint8_t *pt, rtc_str_t *primary)
{
    size_t          redundant;
    uint8_t         head;
    uint32_t        rest;
    const uint8_t  *p, *end;

    p = payload.data;
    end = p + payload.len;

    redundant = 0;

    for ( ;; ) {
        p = rtc_read_u8(p, end, &head);
        if (p == NULL) {
            return RTC_ERROR;
        }

        if (!(head & 0x80)) {
            break;
        }

        /* timestamp offset of 14 bits, block length of 10 bits */

        p = rtc_read_u24(p, end, &rest);
        if (p == NULL) {
            return RTC_ERROR;
        }

        redundant += rest & 0x3ff;
    }

    p = rtc_skip_bytes(p, end, redundant);
    if (p == NULL) {
        return RTC_ERROR;
    }

    *pt = head & 0x7f;
    primary->data = p;
    primary->len = (size_t) (end - p);

    return RTC_OK;
}
