
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A message of a room's channel, and a value of its members hash.
 */


#include <stdlib.h>
#include "rtc_event.h"


static void
fuzz_inside(rtc_str_t s, const uint8_t *data, size_t size)
{
    if (s.len && (s.data < data || s.data + s.len > data + size)) {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rtc_str_t    wid, payload;
    rtc_event_t  ev;

    if (rtc_event_parse(&ev, data, size) == RTC_OK) {
        fuzz_inside(ev.epoch, data, size);
        fuzz_inside(ev.sid, data, size);
        fuzz_inside(ev.wid, data, size);
        fuzz_inside(ev.payload, data, size);
    }

    if (rtc_event_parse_member(&wid, &payload, data, size) == RTC_OK) {
        fuzz_inside(wid, data, size);
        fuzz_inside(payload, data, size);
    }

    return 0;
}
