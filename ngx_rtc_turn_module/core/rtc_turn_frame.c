
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_turn_frame.h"


int
rtc_turn_frame(const uint8_t *p, size_t avail, size_t *len, size_t *size)
{
    if (avail < RTC_TURN_CHANNEL_HEADER) {

        /* the first byte tells enough of what is neither */

        if (avail && (p[0] & 0x80)) {
            return RTC_ERROR;
        }

        return RTC_AGAIN;
    }

    if (rtc_turn_is_channel(p)) {
        *len = RTC_TURN_CHANNEL_HEADER + rtc_get_u16(p + 2);
        *size = (*len + 3) & ~(size_t) 3;

    } else if ((p[0] & 0xc0) == 0) {
        *len = RTC_STUN_HEADER + rtc_get_u16(p + 2);
        *size = *len;

        /* RFC 8489, 5: the last two bits of the length are zero */

        if (*len & 3) {
            return RTC_ERROR;
        }

    } else {
        return RTC_ERROR;
    }

    if (*size > RTC_TURN_FRAME_MAX) {
        return RTC_ERROR;
    }

    if ((p[0] & 0xc0) == 0
        && avail >= 8 && rtc_get_u32(p + 4) != RTC_STUN_MAGIC)
    {
        return RTC_ERROR;
    }

    return avail < *size ? RTC_AGAIN : RTC_OK;
}
