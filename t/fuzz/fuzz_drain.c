
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What Redis says of a host that is being taken away.
 */


#include <stdlib.h>
#include "rtc_drain.h"


int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);


int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
    rtc_drain_t  drain;

    if (rtc_drain_parse(&drain, p, len) == RTC_OK
        && rtc_drain_due(&drain, 100, 2 * RTC_DRAIN_MAX * 1000)
           != (drain.moves ? 100 : 0))
    {
        abort();
    }

    return 0;
}
