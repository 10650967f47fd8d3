
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_backup.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t         i;
    json_t        *part;
    rtc_backup_t   backup;

    static const uint8_t  seal[RTC_SEAL_KEY];

    if (size > 65536) {
        return 0;
    }

    if (rtc_backup_read(&backup, data, size, seal) != RTC_OK) {

        /* there is a sentence, and an answer takes it */

        part = json_string(backup.error);

        if (part == NULL || backup.error[0] == '\0') {
            abort();
        }

        json_decref(part);
    }

    /* what a script reads */

    for (i = 0; i < backup.nparts; i++) {
        part = json_loads(backup.parts[i], JSON_REJECT_DUPLICATES, NULL);

        if (part == NULL) {
            abort();
        }

        json_decref(part);
    }

    rtc_backup_free(&backup);

    return 0;
}
