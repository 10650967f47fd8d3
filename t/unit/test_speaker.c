
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_speaker.h"
#include "tap.h"


static uint64_t  now = 1000000;


/* an interval in packets of 20 ms, of which share percent are loud */

static void
speak(rtc_speaker_t *s, uint8_t dbov, unsigned share)
{
    unsigned  i;

    for (i = 0; i < 20; i++) {
        now += 20000;
        rtc_speaker_observe(s, i * 5 < share ? dbov : 127, now);
    }
}


int
main(void)
{
    unsigned               i;
    rtc_speaker_t          a, b, *all[3] = { &a, NULL, &b };
    rtc_speaker_change_t   c[3];

    rtc_speaker_init(&a);
    rtc_speaker_init(&b);

    is_int(rtc_speaker_update(all, 3, c), 0, "nobody speaks");

    speak(&b, 0, 100);
    is_int(rtc_speaker_update(all, 3, c), 1, "one begins");
    ok(c[0].index == 2 && c[0].active && c[0].level == 1, "at full level");

    speak(&b, 0, 100);
    is_int(rtc_speaker_update(all, 3, c), 0, "no change");

    speak(&a, 36, 100);
    speak(&b, 20, 100);
    is_int(rtc_speaker_update(all, 3, c), 1, "too low does not count");
    ok(c[0].index == 2 && c[0].level == 0.125, "a tenth is the first step");

    speak(&a, 35, 40);
    is_int(rtc_speaker_update(all, 3, c), 2, "loud enough, long enough");
    ok(c[0].index == 0 && c[0].active && c[0].level == 0.125, "begins");
    ok(c[1].index == 2 && !c[1].active && c[1].level == 0, "stopped");

    speak(&a, 10, 35);
    is_int(rtc_speaker_update(all, 3, c), 1, "not long enough");
    ok(c[0].index == 0 && !c[0].active, "is not active");

    now += 10000000;
    rtc_speaker_observe(&a, 0, now);
    is_int(rtc_speaker_update(all, 3, c), 0,
           "a packet does not stand for the pause before it");

    /* the floor */

    rtc_speaker_init(&a);
    rtc_speaker_init(&b);

    is_int(rtc_speaker_floor(all, 3, -1), -1, "nobody has the floor");

    speak(&b, 30, 100);
    (void) rtc_speaker_update(all, 3, c);
    is_int(rtc_speaker_floor(all, 3, -1), 2, "who speaks gets it");

    for (i = 0; i < RTC_SPEAKER_PAUSE; i++) {
        speak(&a, 0, 100);
        (void) rtc_speaker_update(all, 3, c);
        is_int(rtc_speaker_floor(all, 3, 2), 2, "a short pause keeps it");
    }

    speak(&a, 0, 100);
    speak(&b, 30, 100);
    (void) rtc_speaker_update(all, 3, c);
    is_int(rtc_speaker_floor(all, 3, 2), 2, "so does speaking, if lower");
    is_int(rtc_speaker_floor(all, 3, -1), 0, "without one the loudest has it");

    for (i = 0; i <= RTC_SPEAKER_PAUSE; i++) {
        speak(&a, 0, 100);
        (void) rtc_speaker_update(all, 3, c);
    }

    is_int(rtc_speaker_floor(all, 3, 2), 0, "a longer pause loses it");

    for (i = 0; i <= RTC_SPEAKER_PAUSE; i++) {
        (void) rtc_speaker_update(all, 3, c);
    }

    is_int(rtc_speaker_floor(all, 3, 0), 0, "in silence the last one keeps it");

    return done();
}
