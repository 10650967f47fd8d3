
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_nack.h"
#include "tap.h"


static rtc_nack_t  n;
static uint16_t    seqs[RTC_NACK_LIST];


int
main(void)
{
    uint64_t  now;
    unsigned  tries, count;

    rtc_nack_init(&n);
    ok(n.next_deadline == UINT64_MAX, "nothing is missing");

    now = 1000000;

    is_int(rtc_nack_missing(&n, 65534, 65537, now), RTC_OK, "four missing");
    is_int(n.next_deadline, now + RTC_NACK_DELAY, "after the delay");
    is_int(rtc_nack_due(&n, now, 0, seqs, 10), 0, "not yet");
    is_int(rtc_nack_received(&n, 65535, now), 0, "one is only reordered");

    now += RTC_NACK_DELAY;
    is_int(rtc_nack_due(&n, now, 0, seqs, 10), 3, "three are asked for");
    ok(seqs[0] == 65534 && seqs[1] == 0 && seqs[2] == 1, "in order");
    is_int(n.next_deadline, now + RTC_NACK_INTERVAL, "again later");

    is_int(rtc_nack_received(&n, 65536, now + 30000), 30000,
           "a repair tells the round trip");
    is_int(rtc_nack_received(&n, 65536, now + 30000), 0, "once");
    is_int(rtc_nack_received(&n, 5, now), 0, "one that was not missing");
    is_int(rtc_nack_received(&n, 70000, now), 0, "nor this");

    now += RTC_NACK_INTERVAL;
    is_int(rtc_nack_due(&n, now, 100000, seqs, 10), 2, "two again");
    is_int(n.next_deadline, now + 100000, "after a longer round trip");
    is_int(rtc_nack_received(&n, 65534, now + 500), 0,
           "asked for twice tells nothing");

    tries = 2;

    while (n.next_deadline != UINT64_MAX) {
        now = n.next_deadline;
        tries += rtc_nack_due(&n, now, 0, seqs, 10);
    }

    is_int(tries, RTC_NACK_TRIES, "given up after ten");

    /* the deadline moves on when not all find room */

    is_int(rtc_nack_missing(&n, 100000, 100099, now), RTC_OK, "100 missing");
    now += RTC_NACK_DELAY;
    is_int(rtc_nack_due(&n, now, 0, seqs, 60), 60, "60 at once");
    ok(n.next_deadline <= now, "the others at once, too");
    is_int(rtc_nack_due(&n, now, 0, seqs, 60), 40, "here they are");

    is_int(rtc_nack_missing(&n, 100200, 101099, now), RTC_OK, "1000 in all");
    is_int(rtc_nack_missing(&n, 101200, 101200, now), RTC_DECLINED,
           "one too many");
    ok(n.next_deadline == UINT64_MAX, "the list is empty");

    /* a stream that began earlier than it seemed */

    is_int(rtc_nack_missing(&n, 5010, 5011, now), RTC_OK, "two");
    is_int(rtc_nack_missing(&n, 5003, 5005, now), RTC_OK, "three before");
    is_int(rtc_nack_missing(&n, 5020, 5020, now), RTC_OK, "one behind");
    (void) rtc_nack_received(&n, 5004, now);
    (void) rtc_nack_received(&n, 5011, now);
    is_int(rtc_nack_due(&n, now + RTC_NACK_DELAY, 0, seqs, 60), 4, "four");
    ok(seqs[0] == 5003 && seqs[1] == 5005 && seqs[2] == 5010
       && seqs[3] == 5020, "in order");
    rtc_nack_init(&n);

    /* the ring goes round */

    count = 0;

    for (tries = 0; tries < 5000; tries++) {
        count += rtc_nack_missing(&n, 200000 + tries * 2, 200000 + tries * 2,
                                  now) == RTC_OK;
        (void) rtc_nack_received(&n, 200000 + tries * 2, now);
    }

    is_int(count, 5000, "many one after the other");
    ok(n.next_deadline == UINT64_MAX, "none is missing");

    return done();
}
