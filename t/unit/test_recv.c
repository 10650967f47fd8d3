
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_recv.h"
#include "tap.h"


#define BASE  (1ULL << 32)


static rtc_recv_t  r;
static uint64_t    ext;


static rtc_recv_e
packet(uint16_t seq)
{
    return rtc_recv_packet(&r, seq, 0, 1000000, &ext);
}


static void
test_numbers(void)
{
    rtc_recv_init(&r, 90000);

    is_int(packet(65534), RTC_RECV_NEW, "first packet");
    is_int(ext, BASE + 65534, "its number");
    is_int(packet(65535), RTC_RECV_NEW, "second");
    is_int(packet(1), RTC_RECV_NEW, "over the wrap, one missing");
    is_int(ext, BASE + 65537, "extended");
    is_int(packet(0), RTC_RECV_LATE, "late one");
    is_int(ext, BASE + 65536, "extended");
    is_int(packet(0), RTC_RECV_DUPLICATE, "again");
    is_int(packet(65533), RTC_RECV_LATE, "from before the first");
    is_int(rtc_recv_lost(&r), 0, "nothing is lost");

    is_int(packet(2000), RTC_RECV_NEW, "a gap");
    is_int(rtc_recv_lost(&r), 1998, "is loss");
    is_int(packet(1), RTC_RECV_DUPLICATE, "still known");
    is_int(packet(2100), RTC_RECV_NEW, "on");
    is_int(packet(40), RTC_RECV_OLD, "behind the window");

    is_int(packet(40000), RTC_RECV_OLD, "a jump back");
    is_int(packet(2101), RTC_RECV_NEW, "is forgotten");
    is_int(packet(20000), RTC_RECV_STRAY, "a jump ahead");
    is_int(packet(20001), RTC_RECV_RESTART, "confirmed");
    is_int(ext, BASE + 20001, "begins anew");
    is_int(packet(20000), RTC_RECV_LATE, "the unconfirmed one");
    is_int(rtc_recv_lost(&r), 0, "no loss");
}


static void
test_jumps(void)
{
    rtc_recv_init(&r, 90000);
    r.jumps = 1;

    (void) packet(65000);
    is_int(packet(4000), RTC_RECV_RESTART, "a jump of a trusted sender");
    is_int(ext, BASE + 4000, "begins anew");
    is_int(packet(3998), RTC_RECV_LATE, "earlier than it seemed");
    is_int(packet(65001), RTC_RECV_OLD, "from before the jump");
    is_int(packet(65002), RTC_RECV_OLD, "and another one");
    is_int(packet(4001), RTC_RECV_NEW, "change nothing");
    is_int(packet(9000), RTC_RECV_RESTART, "the next jump");
    is_int(rtc_recv_lost(&r), 0, "no loss");
}


static void
test_repairs(void)
{
    rtc_recv_init(&r, 90000);

    is_int(rtc_recv_repaired(&r, 5, &ext), RTC_RECV_STRAY, "before media");

    (void) packet(10);
    (void) packet(13);

    is_int(rtc_recv_repaired(&r, 11, &ext), RTC_RECV_LATE, "a repair");
    is_int(ext, BASE + 11, "its number");
    is_int(rtc_recv_repaired(&r, 11, &ext), RTC_RECV_DUPLICATE, "again");
    is_int(packet(11), RTC_RECV_DUPLICATE, "the original after it");
    is_int(rtc_recv_repaired(&r, 14, &ext), RTC_RECV_STRAY, "ahead");
    is_int(rtc_recv_repaired(&r, 9, &ext), RTC_RECV_OLD, "too early");
    is_int(rtc_recv_lost(&r), 2, "repairs are no reception");
}


static void
test_report(void)
{
    unsigned          i;
    rtc_rtcp_block_t  b;

    rtc_recv_init(&r, 90000);

    for (i = 0; i < 100; i++) {
        if (i % 4 != 3) {
            (void) rtc_recv_packet(&r, (uint16_t) (65500 + i), i * 900,
                                   1000000 + i * 10000, &ext);
        }
    }

    rtc_recv_report(&r, &b);
    is_int(b.fraction, 24 * 256 / 99, "fraction lost");
    is_int(b.lost, 24, "lost");
    is_int(b.highest, 65500 + 98, "highest");
    is_int(b.jitter, 0, "no jitter");

    (void) rtc_recv_packet(&r, 65500 + 99 - 65536, 99 * 900, 1991600, &ext);
    rtc_recv_report(&r, &b);
    is_int(b.fraction, 0, "the next interval");
    is_int(b.lost, 24, "all in all");
    is_int(b.jitter, 144 / 16, "1.6 ms late are 144 ticks");

    rtc_recv_report(&r, &b);
    is_int(b.fraction, 0, "an empty interval");
}


int
main(void)
{
    test_numbers();
    test_jumps();
    test_repairs();
    test_report();

    return done();
}
