
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Reads a header of a data track packet, gives it another handle, and expects
 * to read the same but that.
 */


#include <stdlib.h>
#include <string.h>

#include "rtc_data_frame.h"


int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);


int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
    uint8_t           *copy;
    rtc_data_frame_t   frame, again;

    if (rtc_data_frame_parse(&frame, p, len) != RTC_OK) {
        return 0;
    }

    copy = malloc(len);
    if (copy == NULL) {
        return 0;
    }

    memcpy(copy, p, len);
    rtc_data_frame_set_handle(copy, 0xffff);

    if (rtc_data_frame_parse(&again, copy, len) != RTC_OK
        || frame.header_len > len
        || again.handle != 0xffff
        || again.header_len != frame.header_len
        || again.marker != frame.marker
        || again.sequence != frame.sequence
        || again.frame != frame.frame
        || again.timestamp != frame.timestamp)
    {
        abort();
    }

    free(copy);

    return 0;
}
