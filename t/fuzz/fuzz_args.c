
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The first byte chooses the content type, the rest is body and query.
 */


#include "rtc_args.h"


static const rtc_str_t  types[] = {
    rtc_string(""),
    rtc_string("application/json"),
    rtc_string("application/x-www-form-urlencoded")
};

static const char *const  names[] = { "a", "b" };


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int         b;
    size_t      e, half;
    int64_t     n;
    uint8_t     id[RTC_ARGS_ID];
    rtc_str_t   s;
    rtc_args_t  args;

    if (size == 0 || size > 65536) {
        return 0;
    }

    rtc_args_init(&args);

    half = data[0] & 0x80 ? (size - 1) / 2 : size - 1;

    if (rtc_args_parse_body(&args, types[data[0] % 3], data + 1, half) == RTC_OK
        && rtc_args_parse_query(&args, data + 1 + half, size - 1 - half)
           == RTC_OK)
    {
        (void) rtc_args_string(&args, "name", 1, 200, &s);
        (void) rtc_args_integer(&args, "n", 1, 10000, &n);
        (void) rtc_args_bool(&args, "active", &b);
        (void) rtc_args_enum(&args, "type", names, 2, &e);
        (void) rtc_args_id(&args, id);
    }

    rtc_args_free(&args);

    return 0;
}
