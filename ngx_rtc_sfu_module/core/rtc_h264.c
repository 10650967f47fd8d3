
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_h264.h"


#define RTC_NAL_IDR     5
#define RTC_NAL_SPS     7
#define RTC_NAL_STAP_A  24
#define RTC_NAL_FU_A    28


static rtc_h264_e
rtc_h264_unit(uint8_t byte)
{
    switch (byte & 0x1f) {

    case RTC_NAL_SPS:
        return RTC_H264_SPS;

    case RTC_NAL_IDR:
        return RTC_H264_IDR;

    default:
        return RTC_H264_OTHER;
    }
}


rtc_h264_e
rtc_h264_parse(rtc_str_t payload)
{
    uint8_t         nal;
    uint16_t        len;
    rtc_h264_e      found;
    const uint8_t  *p, *end, *unit;

    p = payload.data;
    end = p + payload.len;

    p = rtc_read_u8(p, end, &nal);
    if (p == NULL) {
        return RTC_H264_OTHER;
    }

    switch (nal & 0x1f) {

    case RTC_NAL_STAP_A:

        found = RTC_H264_OTHER;

        for ( ;; ) {
            p = rtc_read_u16(p, end, &len);
            p = p ? rtc_read_bytes(p, end, len, &unit) : NULL;

            if (p == NULL) {
                return found;
            }

            if (len) {
                found = rtc_max(found, rtc_h264_unit(*unit));
            }
        }

    case RTC_NAL_FU_A:

        p = rtc_read_u8(p, end, &nal);

        /* the start bit: later fragments are no place to begin */

        return (p && (nal & 0x80)) ? rtc_h264_unit(nal) : RTC_H264_OTHER;

    default:

        return rtc_h264_unit(nal);
    }
}
