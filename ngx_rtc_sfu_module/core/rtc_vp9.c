
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_vp9.h"


#define RTC_VP9_I  0x80
#define RTC_VP9_P  0x40
#define RTC_VP9_L  0x20
#define RTC_VP9_F  0x10
#define RTC_VP9_B  0x08
#define RTC_VP9_E  0x04
#define RTC_VP9_V  0x02

#define RTC_VP9_MAX_REFS  3


static const uint8_t *rtc_vp9_skip_refs(const uint8_t *p,
    const uint8_t *end);
static const uint8_t *rtc_vp9_skip_structure(const uint8_t *p,
    const uint8_t *end);


int
rtc_vp9_parse(rtc_vp9_t *vp9, rtc_str_t payload)
{
    uint8_t         flags, byte;
    const uint8_t  *p, *end;

    memset(vp9, 0, sizeof(rtc_vp9_t));

    flags = 0;
    byte = 0;

    p = payload.data;
    end = p + payload.len;

    p = rtc_read_u8(p, end, &flags);

    vp9->inter = (flags & RTC_VP9_P) != 0;
    vp9->begin = (flags & RTC_VP9_B) != 0;
    vp9->end = (flags & RTC_VP9_E) != 0;

    if (flags & RTC_VP9_I) {
        p = rtc_read_u8(p, end, &byte);

        vp9->has_picture_id = 1;
        vp9->picture_id = byte & 0x7f;

        if (byte & 0x80) {
            p = rtc_read_u8(p, end, &byte);
            vp9->picture_id = (uint16_t) (vp9->picture_id << 8 | byte);
        }
    }

    if (flags & RTC_VP9_L) {
        p = rtc_read_u8(p, end, &byte);

        vp9->tid = byte >> 5;
        vp9->up = byte >> 4 & 1;
        vp9->sid = byte >> 1 & 7;
        vp9->dependent = byte & 1;

        if (!(flags & RTC_VP9_F)) {
            p = rtc_skip_bytes(p, end, 1);          /* TL0PICIDX */
        }
    }

    if ((flags & RTC_VP9_F) && (flags & RTC_VP9_P)) {
        p = rtc_vp9_skip_refs(p, end);
    }

    if (flags & RTC_VP9_V) {
        p = rtc_vp9_skip_structure(p, end);
    }

    if (p == NULL || p == end) {
        return RTC_ERROR;
    }

    vp9->len = (uint8_t) rtc_min(p - payload.data, 255);
    vp9->keyframe = vp9->begin && !vp9->inter && vp9->sid == 0
                    && !vp9->dependent;

    return RTC_OK;
}


/* P_DIFF, at most three, N tells of another */

static const uint8_t *
rtc_vp9_skip_refs(const uint8_t *p, const uint8_t *end)
{
    uint8_t   diff;
    unsigned  i;

    for (i = 0; i < RTC_VP9_MAX_REFS; i++) {
        p = rtc_read_u8(p, end, &diff);

        if (p == NULL || !(diff & 1)) {
            return p;
        }
    }

    return NULL;
}


/* RFC 9628, section 4.2.1 */

static const uint8_t *
rtc_vp9_skip_structure(const uint8_t *p, const uint8_t *end)
{
    uint8_t   head, n, byte;
    unsigned  i;

    p = rtc_read_u8(p, end, &head);
    if (p == NULL) {
        return NULL;
    }

    if (head & 0x10) {                              /* Y: sizes */
        p = rtc_skip_bytes(p, end, ((head >> 5) + 1) * 4);
    }

    if (head & 0x08) {                              /* G: the group */
        n = 0;
        p = rtc_read_u8(p, end, &n);

        for (i = 0; p && i < n; i++) {
            p = rtc_read_u8(p, end, &byte);
            p = p ? rtc_skip_bytes(p, end, byte >> 2 & 3) : NULL;
        }
    }

    return p;
}
