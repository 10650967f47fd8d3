
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Parses a packet, writes it again with the same extensions, and expects to
 * read the same.
 */


#include <stdlib.h>

#include "rtc_red.h"
#include "rtc_rtp.h"


int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);


int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
    size_t         pos, n;
    uint8_t        buf[8192], pt;
    unsigned       i, nexts;
    rtc_rtp_t      rtp, again;
    rtc_str_t      value;
    rtc_rtp_ext_t  exts[RTC_RTP_MAX_EXTS];

    if (rtc_rtp_parse(&rtp, p, len) != RTC_OK) {
        return 0;
    }

    pos = 0;

    for (nexts = 0; nexts < RTC_RTP_MAX_EXTS; nexts++) {
        if (rtc_rtp_ext_next(&rtp, &pos, &exts[nexts]) != RTC_OK) {
            break;
        }
    }

    (void) rtc_red_primary(rtp.payload, &pt, &value);

    rtp.padding = 0;

    n = rtc_rtp_build(buf, sizeof(buf), &rtp, exts, nexts);

    if (n == 0 || rtc_rtp_parse(&again, buf, n) != RTC_OK
        || again.seq != rtp.seq || again.ts != rtp.ts
        || again.pt != rtp.pt || again.payload.len != 0)
    {
        abort();
    }

    for (i = 0; i < nexts; i++) {
        if (exts[i].id && rtc_rtp_ext_find(&again, exts[i].id, &value)
                          != RTC_OK)
        {
            abort();
        }
    }

    return 0;
}
