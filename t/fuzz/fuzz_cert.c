
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The bytes as chain and key in one text, and as a record of Redis.
 */


#include <stdlib.h>

#include "rtc_cert.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char            error[RTC_CERT_ERROR];
    rtc_str_t       text = { data, size };
    rtc_cert_t      cert;
    const uint8_t   seal[RTC_SEAL_KEY] = { 1 };

    if (rtc_cert_read(&cert, text, text, NULL, 1800000000, error) == RTC_OK) {
        (void) rtc_cert_covers(&cert, text);
        free(rtc_cert_record(&cert, "x", 1, seal));
        rtc_cert_free(&cert);
    }

    if (rtc_cert_open(&cert, text, seal) == RTC_OK) {
        rtc_cert_free(&cert);
    }

    return 0;
}
