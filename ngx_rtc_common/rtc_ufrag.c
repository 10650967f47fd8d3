
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_ufrag.h"


void
rtc_ufrag_write_port(char *ufrag, uint16_t port)
{
    int  i;

    for (i = RTC_UFRAG_PORT - 1; i >= 0; i--) {
        ufrag[i] = (char) ('0' + port % 10);
        port /= 10;
    }
}


uint16_t
rtc_ufrag_port(rtc_str_t ufrag)
{
    int       i;
    uint32_t  port;

    if (ufrag.len != RTC_UFRAG_LEN) {
        return 0;
    }

    port = 0;

    for (i = 0; i < RTC_UFRAG_PORT; i++) {
        if (ufrag.data[i] < '0' || ufrag.data[i] > '9') {
            return 0;
        }

        port = port * 10 + (uint32_t) (ufrag.data[i] - '0');
    }

    return port <= 65535 ? (uint16_t) port : 0;
}
