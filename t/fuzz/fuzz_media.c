
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The first byte chooses the codec, the second the length of the dependency
 * descriptor that comes before the payload.
 */


#include <stdlib.h>

#include "rtc_media.h"


int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);


int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
    uint8_t      copy[RTC_VP8_MAX_DESCRIPTOR];
    rtc_str_t    dd, payload;
    rtc_vp8_t    vp8;
    rtc_media_t  media;

    if (len < 2) {
        return 0;
    }

    dd.data = p + 2;
    dd.len = rtc_min(p[1], len - 2);
    payload.data = dd.data + dd.len;
    payload.len = len - 2 - dd.len;

    (void) rtc_media_parse(&media, p[0] % RTC_CODEC_MAX, payload, dd);

    if (rtc_vp8_parse(&vp8, payload) == RTC_OK) {
        if (vp8.len > sizeof(copy)) {
            abort();
        }

        rtc_vp8_write(copy, &vp8);

        /* all but the reserved bits of the flags */

        if (copy[0] != payload.data[0]
            || (vp8.len > 2 && copy[2] != payload.data[2]))
        {
            abort();
        }
    }

    return 0;
}
