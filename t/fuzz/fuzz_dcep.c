
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Reads a message, writes it again, and expects to read the same.
 */


#include <stdlib.h>

#include "rtc_dcep.h"


int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);


int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
    size_t           n;
    uint8_t         *buf;
    rtc_dcep_open_t  open, again;

    if (rtc_dcep_parse(&open, p, len) != RTC_DCEP_OPEN) {
        return 0;
    }

    n = RTC_DCEP_OPEN_LEN + open.label.len + open.protocol.len;

    buf = malloc(n);
    if (buf == NULL) {
        return 0;
    }

    if (rtc_dcep_write_open(&open, buf, n - 1) != 0
        || rtc_dcep_write_open(&open, buf, n) != n
        || rtc_dcep_parse(&again, buf, n) != RTC_DCEP_OPEN
        || again.ordered != open.ordered || again.limit != open.limit
        || again.reliability != open.reliability
        || again.priority != open.priority
        || again.label.len != open.label.len
        || memcmp(again.label.data, open.label.data, open.label.len) != 0
        || again.protocol.len != open.protocol.len)
    {
        abort();
    }

    free(buf);

    return 0;
}
