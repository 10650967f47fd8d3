
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Messages of TURN, and messages in a stream: parsed, verified, read.
 */


#include <stdlib.h>
#include "rtc_turn_frame.h"
#include "rtc_turn_msg.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t           len, total;
    uint8_t         *copy;
    uint16_t         type;
    uint32_t         n;
    rtc_str_t        value;
    rtc_addr_t       addr;
    rtc_stun_msg_t   m;
    const uint8_t   *p;

    /* no byte behind it, for AddressSanitizer to see */

    copy = malloc(size ? size : 1);
    memcpy(copy, data, size);

    if (rtc_turn_frame(copy, size, &len, &total) == RTC_OK
        && (len > total || total > size))
    {
        abort();
    }

    if (rtc_stun_parse(&m, copy, size) == RTC_OK) {
        (void) rtc_turn_verify_fingerprint(&m);
        (void) rtc_turn_verify(&m, (const uint8_t *) "key", 3, 0);
        (void) rtc_turn_verify(&m, (const uint8_t *) "key", 3, 1);

        p = NULL;

        while ((p = rtc_stun_next(&m, p, &type, &value)) != NULL) {
            (void) rtc_turn_read_addr(&m, value, &addr);
            (void) rtc_turn_find_u32(&m, type, &n);
        }
    }

    free(copy);

    return 0;
}
