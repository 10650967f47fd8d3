
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The bytes as an address and as stored webhooks; what is accepted has one
 * host, and nothing that another program could take for something else.
 */


#include <stdlib.h>

#include "rtc_webhooks.h"


static void
check_url(rtc_str_t text)
{
    size_t  i;

    if (!rtc_url_is_web(text)) {
        return;
    }

    if (text.len > RTC_URL_MAX || memcmp(text.data, "http", 4) != 0) {
        abort();
    }

    for (i = 0; i < text.len; i++) {
        if (text.data[i] <= ' ' || text.data[i] >= 0x7f
            || strchr("\"<>\\^`{|}#", text.data[i]))
        {
            abort();
        }
    }

    /* a user comes before a path */

    for (i = 8; i < text.len && text.data[i] != '/' && text.data[i] != '?';
         i++)
    {
        if (text.data[i] == '@') {
            abort();
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t     *webhooks;
    rtc_str_t   text;

    text.data = data;
    text.len = size;

    check_url(text);

    webhooks = rtc_webhooks_parse(text);

    if (webhooks && !rtc_webhooks_is(webhooks)) {
        abort();
    }

    json_decref(webhooks);

    return 0;
}
