
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_data_frame.h"


#define RTC_DATA_FRAME_VERSION(first)  ((first) >> 5)
#define RTC_DATA_FRAME_MARKER(first)   ((first) >> 3 & 3)
#define RTC_DATA_FRAME_EXTS            0x04

#define RTC_DATA_FRAME_HANDLE          2        /* where it is */


int
rtc_data_frame_parse(rtc_data_frame_t *frame, const uint8_t *p, size_t len)
{
    uint8_t         first, reserved;
    uint16_t        words;
    const uint8_t  *end, *start;

    start = p;
    end = p + len;

    p = rtc_read_u8(p, end, &first);
    p = rtc_read_u8(p, end, &reserved);
    p = rtc_read_u16(p, end, &frame->handle);
    p = rtc_read_u16(p, end, &frame->sequence);
    p = rtc_read_u16(p, end, &frame->frame);
    p = rtc_read_u32(p, end, &frame->timestamp);

    if (p == NULL
        || RTC_DATA_FRAME_VERSION(first) != 0
        || frame->handle == 0)
    {
        return RTC_ERROR;
    }

    frame->marker = RTC_DATA_FRAME_MARKER(first);

    if (first & RTC_DATA_FRAME_EXTS) {

        /* the two bytes of the length are part of the first word */

        p = rtc_read_u16(p, end, &words);

        if (p != NULL) {
            p = rtc_skip_bytes(p, end, (size_t) words * 4 + 2);
        }

        if (p == NULL) {
            return RTC_ERROR;
        }
    }

    frame->header_len = (size_t) (p - start);

    return RTC_OK;
}


void
rtc_data_frame_set_handle(uint8_t *p, uint16_t handle)
{
    (void) rtc_write_u16(p + RTC_DATA_FRAME_HANDLE, handle);
}
