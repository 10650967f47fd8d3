
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_vp8.h"


#define RTC_VP8_X    0x80
#define RTC_VP8_S    0x10
#define RTC_VP8_PID  0x07

#define RTC_VP8_I    0x80
#define RTC_VP8_L    0x40
#define RTC_VP8_T    0x20
#define RTC_VP8_K    0x10


int
rtc_vp8_parse(rtc_vp8_t *vp8, rtc_str_t payload)
{
    uint8_t         flags, byte;
    const uint8_t  *p, *end;

    memset(vp8, 0, sizeof(rtc_vp8_t));

    flags = 0;
    byte = 0;

    p = payload.data;
    end = p + payload.len;

    p = rtc_read_u8(p, end, &vp8->first);

    if (vp8->first & RTC_VP8_X) {
        p = rtc_read_u8(p, end, &flags);
    }

    if (flags & RTC_VP8_I) {
        p = rtc_read_u8(p, end, &byte);

        vp8->has_picture_id = 1;
        vp8->picture_id = byte & 0x7f;

        if (byte & 0x80) {
            p = rtc_read_u8(p, end, &byte);

            vp8->wide = 1;
            vp8->picture_id = (uint16_t) (vp8->picture_id << 8 | byte);
        }
    }

    if (flags & RTC_VP8_L) {
        p = rtc_read_u8(p, end, &vp8->tl0);

        vp8->has_tl0 = 1;
    }

    if (flags & (RTC_VP8_T | RTC_VP8_K)) {
        p = rtc_read_u8(p, end, &byte);

        vp8->has_tid = (flags & RTC_VP8_T) != 0;
        vp8->has_keyidx = (flags & RTC_VP8_K) != 0;
        vp8->tid = byte >> 6;
        vp8->sync = byte >> 5 & 1;
        vp8->keyidx = byte & 0x1f;
    }

    if (p == NULL || p == end) {
        return RTC_ERROR;
    }

    vp8->len = (uint8_t) (p - payload.data);
    vp8->start = (vp8->first & RTC_VP8_S) && !(vp8->first & RTC_VP8_PID);

    /* RFC 6386, section 9.1: bit 0 of the frame tag is 0 in keyframes */

    vp8->keyframe = vp8->start && !(*p & 1);

    return RTC_OK;
}


void
rtc_vp8_write(uint8_t *p, const rtc_vp8_t *vp8)
{
    uint8_t  flags;

    p = rtc_write_u8(p, vp8->first);

    if (!(vp8->first & RTC_VP8_X)) {
        return;
    }

    flags = (vp8->has_picture_id ? RTC_VP8_I : 0)
            | (vp8->has_tl0 ? RTC_VP8_L : 0)
            | (vp8->has_tid ? RTC_VP8_T : 0)
            | (vp8->has_keyidx ? RTC_VP8_K : 0);

    p = rtc_write_u8(p, flags);

    if (vp8->wide) {
        p = rtc_write_u16(p, 0x8000 | (vp8->picture_id & 0x7fff));

    } else if (vp8->has_picture_id) {
        p = rtc_write_u8(p, vp8->picture_id & 0x7f);
    }

    if (vp8->has_tl0) {
        p = rtc_write_u8(p, vp8->tl0);
    }

    if (vp8->has_tid || vp8->has_keyidx) {
        (void) rtc_write_u8(p, (uint8_t) (vp8->tid << 6 | vp8->sync << 5
                                          | (vp8->keyidx & 0x1f)));
    }
}
