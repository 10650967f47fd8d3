
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_cache.h"
#include "tap.h"


int
main(void)
{
    void                    *mem;
    uint8_t                 *p;
    uint64_t                 seq;
    unsigned                 bad;
    rtc_cache_t             *c;
    const rtc_cache_slot_t  *slot;

    mem = malloc(rtc_cache_size(16, 1000));
    c = rtc_cache_init(mem, 16, 1000);

    ok(rtc_cache_find(c, 0) == NULL, "empty");

    for (seq = 1; seq <= 8; seq++) {
        p = rtc_cache_add(c, seq, 100, seq * 10);
        memset(p, (int) seq, 100);
    }

    slot = rtc_cache_find(c, 1);
    ok(slot && slot->len == 100 && slot->us == 10, "the first");
    is_int(rtc_cache_bytes(c, slot)[99], 1, "its bytes");
    ok(rtc_cache_find(c, 9) == NULL, "not the next");

    /* 300 bytes do not fit behind 800: a new round over the oldest */

    p = rtc_cache_add(c, 9, 300, 90);
    memset(p, 9, 300);
    ok(rtc_cache_find(c, 1) == NULL && rtc_cache_find(c, 3) == NULL,
       "overwritten ones are gone");

    bad = 0;

    for (seq = 1; seq <= 9; seq++) {
        slot = rtc_cache_find(c, seq);

        if (slot && (rtc_cache_bytes(c, slot)[0] != seq
                     || rtc_cache_bytes(c, slot)[slot->len - 1] != seq))
        {
            bad++;
        }
    }

    is_int(bad, 0, "what is found is whole");
    ok(rtc_cache_find(c, 4) && rtc_cache_find(c, 8), "the others are there");

    ok(rtc_cache_add(c, 20, 0, 0) != NULL, "without payload");
    slot = rtc_cache_find(c, 20);
    ok(slot && slot->len == 0, "is known");
    ok(rtc_cache_find(c, 4) == NULL, "its place was taken");
    ok(rtc_cache_add(c, 4, 10, 0) == NULL, "a late one does not take it");
    ok(rtc_cache_add(c, 30, 1001, 0) == NULL, "longer than the ring");
    ok(rtc_cache_add(c, 30, 1000, 0) != NULL, "as long as the ring");
    ok(rtc_cache_find(c, 9) == NULL, "replaces all");

    rtc_cache_reset(c);
    ok(rtc_cache_find(c, 30) == NULL, "reset");
    ok(rtc_cache_add(c, 2, 10, 0) != NULL, "begins anew");

    free(mem);

    return done();
}
