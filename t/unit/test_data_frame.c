
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Headers of data track packets.
 */


#include "cut.h"
#include "rtc_bytes.h"
#include "rtc_data_frame.h"
#include "tap.h"


static int       ok_count;
static size_t    shortest;


static void
parse(const uint8_t *p, size_t len)
{
    rtc_data_frame_t  frame;

    if (rtc_data_frame_parse(&frame, p, len) == RTC_OK) {
        ok_count++;

        if (ok_count == 1) {
            shortest = len;
        }
    }
}


int
main(void)
{
    uint8_t           copy[12];
    rtc_data_frame_t  frame;

    static const uint8_t  plain[] = {
        0x18, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
        'd', 'a', 't', 'a'
    };
    static const uint8_t  extended[] = {
        0x14, 0x00, 0x00, 0x01, 0x00, 0x02, 0x00, 0x03, 0x00, 0x00, 0x00, 0x04,
        0x00, 0x01, 0x01, 0x00, 0x02, 'a', 'b', 0x00, 'x'
    };

    is_int(rtc_data_frame_parse(&frame, plain, sizeof(plain)), RTC_OK,
           "a packet");
    is_int(frame.marker, RTC_DATA_FRAME_START | RTC_DATA_FRAME_FINAL,
           "of a frame of its own");
    is_int(frame.handle, 0x0102, "handle");
    is_int(frame.sequence, 0x0304, "sequence");
    is_int(frame.frame, 0x0506, "frame number");
    is_int(frame.timestamp, 0x0708090a, "timestamp");
    is_int(frame.header_len, RTC_DATA_FRAME_HEADER, "length of the header");

    is_int(rtc_data_frame_parse(&frame, extended, sizeof(extended)), RTC_OK,
           "with extensions");
    is_int(frame.header_len, sizeof(extended) - 1, "they are part of it");
    is_int(frame.marker, RTC_DATA_FRAME_START, "the first of its frame");

    memcpy(copy, plain, sizeof(copy));
    rtc_data_frame_set_handle(copy, 0xa1b2);
    is_mem(copy, "\x18\x00\xa1\xb2\x03\x04\x05\x06\x07\x08\x09\x0a", 12,
           "another handle");

    memcpy(copy, plain, sizeof(copy));
    rtc_data_frame_set_handle(copy, 0);
    is_int(rtc_data_frame_parse(&frame, copy, sizeof(copy)), RTC_ERROR,
           "no handle");

    memcpy(copy, plain, sizeof(copy));
    copy[0] |= 0x20;
    is_int(rtc_data_frame_parse(&frame, copy, sizeof(copy)), RTC_ERROR,
           "a version to come");

    cut_every_byte(parse, plain, sizeof(plain));
    is_int(shortest, RTC_DATA_FRAME_HEADER, "cut in the header");

    ok_count = 0;
    cut_every_byte(parse, extended, sizeof(extended));
    is_int(shortest, sizeof(extended) - 1, "cut in the extensions");

    return done();
}
