
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_stun.h"
#include "rtc_ufrag.h"
#include "rtc_turn_preread.h"


typedef struct {
    uint8_t         mask;
    uint8_t         value;
} rtc_turn_byte_t;


static int rtc_turn_preread_match(const uint8_t *p, size_t len,
    const rtc_turn_byte_t *bytes, size_t n);
static int rtc_turn_preread_check(const uint8_t *p, size_t len,
    rtc_turn_preread_t *pre);


/* a request, and methods go up to 0x7f; a length; the cookie */

static const rtc_turn_byte_t  rtc_turn_preread_stun[] = {
    { 0xff, 0x00 }, { 0x10, 0x00 },
    { 0x00, 0x00 }, { 0x03, 0x00 },
    { 0xff, 0x21 }, { 0xff, 0x12 }, { 0xff, 0xa4 }, { 0xff, 0x42 }
};


/* the length of the frame, a Binding request in it */

static const rtc_turn_byte_t  rtc_turn_preread_ice[] = {
    { 0xf8, 0x00 }, { 0x03, 0x00 },
    { 0xff, 0x00 }, { 0xff, RTC_STUN_BINDING },
    { 0x00, 0x00 }, { 0x03, 0x00 },
    { 0xff, 0x21 }, { 0xff, 0x12 }, { 0xff, 0xa4 }, { 0xff, 0x42 }
};


int
rtc_turn_preread(const uint8_t *p, size_t len, rtc_turn_preread_t *pre)
{
    int  stun, ice;

    pre->protocol = 0;
    pre->port = 0;

    stun = rtc_turn_preread_match(p, len, rtc_turn_preread_stun,
                                  rtc_nelts(rtc_turn_preread_stun));

    if (stun == RTC_OK) {
        pre->protocol = RTC_TURN_PREREAD_STUN;
        return RTC_OK;
    }

    ice = rtc_turn_preread_match(p, len, rtc_turn_preread_ice,
                                 rtc_nelts(rtc_turn_preread_ice));

    if (ice == RTC_OK) {
        return rtc_turn_preread_check(p, len, pre);
    }

    return (stun == RTC_AGAIN || ice == RTC_AGAIN) ? RTC_AGAIN : RTC_DECLINED;
}


static int
rtc_turn_preread_match(const uint8_t *p, size_t len,
    const rtc_turn_byte_t *bytes, size_t n)
{
    size_t  i;

    for (i = 0; i < n && i < len; i++) {
        if ((p[i] & bytes[i].mask) != bytes[i].value) {
            return RTC_DECLINED;
        }
    }

    return i < n ? RTC_AGAIN : RTC_OK;
}


/* USERNAME may be anywhere in it */

static int
rtc_turn_preread_check(const uint8_t *p, size_t len, rtc_turn_preread_t *pre)
{
    size_t     size, avail;
    rtc_str_t  ufrag;

    size = rtc_get_u16(p);

    if (size > RTC_TURN_PREREAD_MAX
        || size != (size_t) RTC_STUN_HEADER + rtc_get_u16(p + 4))
    {
        return RTC_DECLINED;
    }

    avail = rtc_min(len - 2, size);

    if (rtc_stun_username(p + 2, avail, &ufrag) == RTC_OK) {
        pre->port = rtc_ufrag_port(ufrag);

    } else if (avail < size) {
        return RTC_AGAIN;
    }

    pre->protocol = RTC_TURN_PREREAD_ICE;

    return RTC_OK;
}
