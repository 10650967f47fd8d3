
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_dcep.h"


#define RTC_DCEP_UNORDERED  0x80


int
rtc_dcep_parse(rtc_dcep_open_t *open, const uint8_t *p, size_t len)
{
    uint8_t         type, channel;
    uint16_t        label, protocol;
    const uint8_t  *end;

    end = p + len;

    p = rtc_read_u8(p, end, &type);
    if (p == NULL) {
        return RTC_ERROR;
    }

    if (type == RTC_DCEP_ACK) {
        return RTC_DCEP_ACK;
    }

    if (type != RTC_DCEP_OPEN) {
        return RTC_ERROR;
    }

    p = rtc_read_u8(p, end, &channel);
    p = rtc_read_u16(p, end, &open->priority);
    p = rtc_read_u32(p, end, &open->limit);
    p = rtc_read_u16(p, end, &label);
    p = rtc_read_u16(p, end, &protocol);

    if (p == NULL) {
        return RTC_ERROR;
    }

    p = rtc_read_bytes(p, end, label, &open->label.data);
    p = rtc_read_bytes(p, end, protocol, &open->protocol.data);

    if (p == NULL) {
        return RTC_ERROR;
    }

    open->label.len = label;
    open->protocol.len = protocol;
    open->ordered = (channel & RTC_DCEP_UNORDERED) == 0;

    switch (channel & ~RTC_DCEP_UNORDERED) {

    case RTC_DCEP_RELIABLE:
        open->reliability = RTC_DCEP_RELIABLE;
        open->limit = 0;
        break;

    case RTC_DCEP_RETRANSMITS:
        open->reliability = RTC_DCEP_RETRANSMITS;
        break;

    case RTC_DCEP_LIFETIME:
        open->reliability = RTC_DCEP_LIFETIME;
        break;

    default:
        return RTC_ERROR;
    }

    return RTC_DCEP_OPEN;
}


size_t
rtc_dcep_write_open(const rtc_dcep_open_t *open, uint8_t *p, size_t size)
{
    uint8_t  *start;

    if (open->label.len > UINT16_MAX || open->protocol.len > UINT16_MAX
        || size < RTC_DCEP_OPEN_LEN + open->label.len + open->protocol.len)
    {
        return 0;
    }

    start = p;

    p = rtc_write_u8(p, RTC_DCEP_OPEN);
    p = rtc_write_u8(p, (uint8_t) (open->reliability
                                   | (open->ordered ? 0 : RTC_DCEP_UNORDERED)));
    p = rtc_write_u16(p, open->priority);
    p = rtc_write_u32(p, open->limit);
    p = rtc_write_u16(p, (uint16_t) open->label.len);
    p = rtc_write_u16(p, (uint16_t) open->protocol.len);

    if (open->label.len) {
        p = rtc_write_bytes(p, open->label.data, open->label.len);
    }

    if (open->protocol.len) {
        p = rtc_write_bytes(p, open->protocol.data, open->protocol.len);
    }

    return (size_t) (p - start);
}


size_t
rtc_dcep_write_ack(uint8_t *p, size_t size)
{
    if (size < 1) {
        return 0;
    }

    *p = RTC_DCEP_ACK;

    return 1;
}
