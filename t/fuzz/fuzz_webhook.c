
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Two members before and after a change.  The first byte is the kind, the
 * second the length of the one before.
 */


#include <stdlib.h>

#include "rtc_webhook.h"


static int
fuzz_body(void *ctx, char *json)
{
    free(json);

    return RTC_OK;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                n;
    rtc_webhook_change_t  change = { 0 };

    if (size < 2) {
        return 0;
    }

    n = data[1] < size - 2 ? data[1] : size - 2;

    change.kind = (rtc_webhook_e) (data[0] & 3);
    change.id = (rtc_str_t) rtc_string("1-0");
    change.room = change.sid = change.metadata = "";
    change.before.data = (uint8_t *) data + 2;
    change.before.len = n;
    change.after.data = (uint8_t *) data + 2 + n;
    change.after.len = size - 2 - n;

    (void) rtc_webhook_events(&change, fuzz_body, NULL);

    return 0;
}
