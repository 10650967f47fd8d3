
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_ssrc.h"
#include "tap.h"


int
main(void)
{
    int                      data[2];
    uint32_t                 i;
    unsigned                 bad;
    rtc_ssrc_table_t         t;
    const rtc_ssrc_entry_t  *e;

    is_int(rtc_ssrc_init(&t, 500), RTC_OK, "a table");
    ok(rtc_ssrc_find(&t, 0) == NULL, "is empty");

    bad = 0;

    for (i = 0; i < 500; i++) {
        bad += rtc_ssrc_add(&t, i * 16, &data[i & 1], i & 1) != RTC_OK;
    }

    is_int(bad, 0, "500 of them");
    is_int(rtc_ssrc_add(&t, 1, data, 0), RTC_DECLINED, "no more");
    rtc_ssrc_remove(&t, 0);
    is_int(rtc_ssrc_add(&t, 16, data, 0), RTC_DECLINED, "a known one");
    is_int(rtc_ssrc_add(&t, 0, data, 0), RTC_OK, "removed and added");

    for (i = 0; i < 500; i += 2) {
        rtc_ssrc_remove(&t, i * 16);
    }

    rtc_ssrc_remove(&t, 7);

    for (i = 0; i < 500; i++) {
        e = rtc_ssrc_find(&t, i * 16);

        if (i % 2 == 0) {
            bad += (e != NULL);

        } else {
            bad += (e == NULL || e->data != &data[1] || !e->rtx);
        }
    }

    is_int(bad, 0, "half of them removed, the others found");
    is_int(t.n, 250, "counted");

    rtc_ssrc_done(&t);

    return done();
}
