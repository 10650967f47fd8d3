
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The bytes as a ring of keys, sealed and not; what seals opens again.
 */


#include <stdlib.h>

#include "rtc_ring.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t         *ring, *sealed, *opened;
    rtc_str_t       text;
    const uint8_t   seal[RTC_SEAL_KEY] = { 1 };

    text.data = data;
    text.len = size;

    ring = rtc_ring_parse(text);
    if (ring == NULL) {
        return 0;
    }

    json_decref(rtc_ring_open(ring, seal));

    sealed = rtc_ring_seal(ring, seal);

    if (sealed) {
        opened = rtc_ring_open(sealed, seal);

        if (json_object_size(opened) != json_object_size(ring)) {
            abort();
        }

        json_decref(opened);
    }

    json_decref(sealed);
    json_decref(ring);

    return 0;
}
