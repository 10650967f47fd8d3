
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The argument join_request of /rtc/v1: as text, and as what the text holds.
 */


#include <stdlib.h>
#include "rtc_base64.h"
#include "rtc_join_request.h"


static void
fuzz_text(const uint8_t *text, size_t len)
{
    uint8_t             *dst, *out;
    const char          *reason;
    rtc_join_request_t   request;

    dst = malloc(len ? len : 1);

    if (rtc_join_request_parse(&request, dst, text, len, &reason) == RTC_OK) {

        if (request.len
            && (request.data < dst || request.data + request.len > dst + len))
        {
            abort();
        }

        out = malloc(request.size ? request.size : 1);
        (void) rtc_join_request_inflate(&request, out);
        free(out);
    }

    free(dst);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t  *text, *last;

    fuzz_text(data, size);

    text = malloc(rtc_base64url_encoded_len(size) + 1);
    last = rtc_base64url_encode(text, data, size);
    fuzz_text(text, last - text);
    free(text);

    return 0;
}
