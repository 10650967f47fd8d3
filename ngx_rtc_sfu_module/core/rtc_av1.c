
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_av1.h"


#define RTC_AV1_Z  0x80
#define RTC_AV1_N  0x08


int
rtc_av1_keyframe(rtc_str_t payload)
{
    /* Z: the payload continues an OBU of the packet before */

    return payload.len > 1
           && (payload.data[0] & (RTC_AV1_Z | RTC_AV1_N)) == RTC_AV1_N;
}


int
rtc_dd_parse(rtc_dd_t *dd, rtc_str_t ext)
{
    uint8_t         first, flags;
    const uint8_t  *p, *end;

    first = 0;
    flags = 0;

    p = ext.data;
    end = p + ext.len;

    p = rtc_read_u8(p, end, &first);
    p = rtc_read_u16(p, end, &dd->frame_number);

    if (p == NULL) {
        return RTC_ERROR;
    }

    (void) rtc_read_u8(p, end, &flags);

    dd->start = first >> 7;
    dd->end = first >> 6 & 1;
    dd->template_id = first & 0x3f;
    dd->structure = flags >> 7;

    return RTC_OK;
}


void
rtc_dd_set_frame_number(uint8_t *ext, uint16_t number)
{
    (void) rtc_write_u16(ext + 1, number);
}
