
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_seqmap.h"
#include "tap.h"


static rtc_seqmap_t   map;
static rtc_offsets_t  none;


/* the output of a number, 0 if it has none */

static uint64_t
out(uint32_t source, uint64_t seq)
{
    const rtc_segment_t  *s;

    s = rtc_seqmap_find(&map, source, seq);

    return s ? seq - s->offset : 0;
}


static uint64_t
reverse(uint64_t seq)
{
    uint64_t  original;

    return rtc_seqmap_reverse(&map, seq, &original) ? original : 0;
}


int
main(void)
{
    unsigned  i, bad;
    uint64_t  seq;

    rtc_seqmap_init(&map);

    ok(rtc_seqmap_last(&map) == NULL, "empty");
    is_int(rtc_seqmap_next(&map, 77), 77, "begins where the caller wants");
    is_int(out(1, 5), 0, "nothing has a place");

    rtc_seqmap_switch(&map, 1, 1000, 10, &none);
    is_int(out(1, 1000), 10, "first number");
    is_int(out(1, 999), 0, "not what was before");
    is_int(out(2, 1000), 0, "nor another source");

    rtc_seqmap_advance(&map, 1010);
    is_int(rtc_seqmap_next(&map, 0), 21, "next output");
    is_int(out(1, 1005), 15, "a gap keeps its place");
    is_int(reverse(15), 1005, "and back");
    is_int(reverse(21), 0, "not what was not seen");

    rtc_seqmap_drop(&map, 1011);
    rtc_seqmap_drop(&map, 1012);
    rtc_seqmap_advance(&map, 1013);
    is_int(out(1, 1013), 21, "two left out: those behind move up");
    is_int(out(1, 1011), 0, "the first has no place");
    is_int(out(1, 1012), 0, "nor the second");
    is_int(out(1, 1009), 19, "a late one gets its own offset");
    is_int(reverse(21), 1013, "and back");
    is_int(reverse(20), 1010, "and back");
    rtc_seqmap_drop(&map, 1005);
    is_int(out(1, 1005), 15, "a late number is not left out");

    rtc_seqmap_advance(&map, 1300);
    rtc_seqmap_switch(&map, 2, 50, rtc_seqmap_next(&map, 0), &none);
    is_int(out(2, 50), 309, "another source goes on");
    is_int(out(1, 1299), 307, "late ones of the one before");
    is_int(out(1, 1301), 0, "not what it goes on with");
    is_int(out(1, 1150), 0, "nor what is too old");
    is_int(reverse(160), 1152, "which may be repeated though");

    rtc_seqmap_advance(&map, 60);
    rtc_seqmap_close(&map);
    is_int(out(2, 60), 319, "closed: what was seen");
    is_int(out(2, 61), 0, "and nothing else");
    rtc_seqmap_switch(&map, 2, 90, rtc_seqmap_next(&map, 0), &none);
    is_int(out(2, 90), 320, "the same source after a pause");
    is_int(out(2, 70), 0, "not what was in between");
    is_int(out(2, 58), 317, "but what was before");

    /* more segments than there are places for */

    bad = 0;

    for (i = 0; i < 3 * RTC_SEQMAP_SEGMENTS; i++) {
        rtc_seqmap_advance(&map, 1000 + i * 10 + 8);
        rtc_seqmap_drop(&map, 1000 + i * 10 + 9);
        bad += (out(2, 1000 + i * 10 + 8) == 0);
    }

    is_int(bad, 0, "many left out");
    is_int(out(2, 90), 0, "the oldest are forgotten");
    is_int(reverse(320), 0, "in both directions");

    /* other sources may have the same names */

    rtc_seqmap_forget(&map);
    i = (unsigned) rtc_seqmap_next(&map, 0);
    is_int(out(2, map.highest), 0, "forgotten: no late one has a place");
    rtc_seqmap_switch(&map, 2, map.highest - 5, i, &none);
    is_int(out(2, map.highest), i, "the numbers go on");
    is_int(rtc_seqmap_reverse(&map, i - 1, &seq)->source, 0,
           "what was given away is nobody's");

    return done();
}
