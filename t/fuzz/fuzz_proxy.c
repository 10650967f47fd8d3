
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Headers of the PROXY protocol.  More bytes never change an answer that was
 * given.
 */


#include <stdlib.h>
#include "rtc_proxy.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int           rc, before;
    size_t        n, len;
    uint8_t      *copy;
    rtc_tuple_t   tuple;

    before = RTC_AGAIN;

    for (n = 0; n <= size && n <= RTC_PROXY_MAX + 1; n++) {

        /* no byte behind it, for AddressSanitizer to see */

        copy = malloc(n ? n : 1);
        memcpy(copy, data, n);

        rc = rtc_proxy_read(copy, n, &tuple, &len);

        free(copy);

        if ((before != RTC_AGAIN && rc != before)
            || (rc == RTC_OK && (len > n || len > RTC_PROXY_MAX)))
        {
            abort();
        }

        before = rc;
    }

    if (n > RTC_PROXY_MAX && before == RTC_AGAIN) {
        abort();
    }

    return 0;
}
