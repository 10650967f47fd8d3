
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What is read of a host's drain, and how many are moved by when.
 */


#include "rtc_drain.h"
#include "cut.h"
#include "tap.h"


static int
parse(rtc_drain_t *drain, const char *text)
{
    return rtc_drain_parse(drain, (const uint8_t *) text, strlen(text));
}


static void
cut(const uint8_t *p, size_t len)
{
    rtc_drain_t  drain;

    (void) rtc_drain_parse(&drain, p, len);
    ok(drain.after_ms <= RTC_DRAIN_MAX * 1000
       && drain.over_ms <= RTC_DRAIN_MAX * 1000, "a cut value");
}


static void
test_values(void)
{
    rtc_drain_t  drain;

    is_int(parse(&drain, "10 30"), RTC_OK, "both");
    ok(drain.moves, "members are moved");
    is_int(drain.after_ms, 10000, "after");
    is_int(drain.over_ms, 30000, "over");

    is_int(parse(&drain, "- 30"), RTC_OK, "only no new ones");
    ok(!drain.moves, "members stay");

    is_int(parse(&drain, "0 0"), RTC_OK, "at once");
    is_int(parse(&drain, "86400 86400"), RTC_OK, "a day");

    is_int(parse(&drain, ""), RTC_ERROR, "nothing");
    is_int(parse(&drain, "10"), RTC_ERROR, "one");
    is_int(parse(&drain, "10 "), RTC_ERROR, "one and a half");
    is_int(parse(&drain, " 30"), RTC_ERROR, "half a one");
    is_int(parse(&drain, "-1 30"), RTC_ERROR, "a sign");
    is_int(parse(&drain, "10 30 "), RTC_ERROR, "more");
    is_int(parse(&drain, "86401 0"), RTC_ERROR, "too long");
    is_int(parse(&drain, "99999999999999999999999 0"), RTC_ERROR,
           "much too long");

    cut_every_byte(cut, (const uint8_t *) "86400 86400", 11);
}


static void
test_due(void)
{
    rtc_drain_t  drain;

    (void) parse(&drain, "10 30");
    is_int(rtc_drain_due(&drain, 90, 0), 0, "nobody yet");
    is_int(rtc_drain_due(&drain, 90, 9999), 0, "nor now");
    is_int(rtc_drain_due(&drain, 90, 20000), 30, "a third");
    is_int(rtc_drain_due(&drain, 90, 39999), 89, "nearly all");
    is_int(rtc_drain_due(&drain, 90, 40000), 90, "all");

    (void) parse(&drain, "0 0");
    is_int(rtc_drain_due(&drain, 90, 0), 90, "all at once");

    (void) parse(&drain, "- 30");
    is_int(rtc_drain_due(&drain, 90, 1000000), 0, "never");
}


int
main(void)
{
    test_values();
    test_due();

    return done();
}
