
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The bytes as a sealed text, and sealed and opened again.
 */


#include <stdlib.h>

#include "rtc_seal.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssize_t         n, m;
    uint8_t        *text, *back;
    const uint8_t   key[RTC_SEAL_KEY] = { 1 };

    back = malloc(rtc_seal_open_len(rtc_seal_text_len(size)));
    text = malloc(rtc_seal_text_len(size));

    (void) rtc_seal_open(back, rtc_seal_open_len(size), key, "x", data, size);

    n = rtc_seal(text, rtc_seal_text_len(size), key, "x", data, size);

    if (n >= 0) {
        m = rtc_seal_open(back, rtc_seal_open_len(n), key, "x", text, n);

        if (m != (ssize_t) size || memcmp(back, data, size) != 0) {
            abort();
        }
    }

    free(text);
    free(back);

    return 0;
}
