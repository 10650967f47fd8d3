
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What comes first on a port that is shared.  More bytes never change an
 * answer that was given.
 */


#include <stdlib.h>
#include "rtc_turn_preread.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                  rc, before;
    size_t               n;
    uint8_t             *copy;
    rtc_turn_preread_t   pre, first;

    before = RTC_AGAIN;

    for (n = 0; n <= size && n <= 2 + RTC_TURN_PREREAD_MAX; n++) {

        /* no byte behind it, for AddressSanitizer to see */

        copy = malloc(n ? n : 1);
        memcpy(copy, data, n);

        rc = rtc_turn_preread(copy, n, &pre);

        free(copy);

        if (before == RTC_AGAIN) {
            before = rc;
            first = pre;

        } else if (rc != before || pre.protocol != first.protocol
                   || pre.port != first.port)
        {
            abort();
        }
    }

    if (n > 2 + RTC_TURN_PREREAD_MAX && before == RTC_AGAIN) {
        abort();
    }

    return 0;
}
