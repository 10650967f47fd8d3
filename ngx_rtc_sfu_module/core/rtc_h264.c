
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_h264.h"


#define RTC_NAL_IDR     5
#define RTC_NAL_SPS     7
#define RTC_NAL_STAP_A  24
#define RTC_NAL_FU_A    28


static int
rtc_h264_key_nal(uint8_t byte)
{
    return (byte & 0x1f) == RTC_NAL_IDR || (byte & 0x1f) == RTC_NAL_SPS;
}


int
rtc_h264_keyframe(rtc_str_t payload)
{
    uint8_t         nal;
    uint16_t        len;
    const uint8_t  *p, *end, *unit;

    p = payload.data;
    end = p + payload.len;

    p = rtc_read_u8(p, end, &nal);
    if (p == NULL) {
        return 0;
    }

    switch (nal & 0x1f) {

    case RTC_NAL_STAP_A:

        for ( ;; ) {
            p = rtc_read_u16(p, end, &len);
            p = p ? rtc_read_bytes(p, end, len, &unit) : NULL;

            if (p == NULL) {
                return 0;
            }

            if (len && rtc_h264_key_nal(*unit)) {
                return 1;
            }
        }

    case RTC_NAL_FU_A:

        p = rtc_read_u8(p, end, &nal);

        /* the start bit: later fragments are no place to begin */

        return p && (nal & 0x80) && rtc_h264_key_nal(nal);

    default:

        return rtc_h264_key_nal(nal);
    }
}
