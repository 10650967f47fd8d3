
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <math.h>

#include "rtc_speaker.h"


#define RTC_SPEAKER_LOUD     35         /* -dBov */
#define RTC_SPEAKER_SILENCE  127
#define RTC_SPEAKER_SHARE    40         /* percent of the interval */
#define RTC_SPEAKER_MAX_GAP  60000      /* us that one packet may stand for */


static unsigned rtc_speaker_end(rtc_speaker_t *s);


void
rtc_speaker_init(rtc_speaker_t *s)
{
    memset(s, 0, sizeof(rtc_speaker_t));

    s->loudest = RTC_SPEAKER_SILENCE;
}


void
rtc_speaker_observe(rtc_speaker_t *s, uint8_t dbov, uint64_t now_us)
{
    uint64_t  gap;

    gap = now_us - s->last_us;
    s->last_us = now_us;

    /* a packet stands for the time since the one before it */

    if (dbov <= RTC_SPEAKER_LOUD) {
        s->loud_us += rtc_min(gap, RTC_SPEAKER_MAX_GAP);
    }

    s->loudest = rtc_min(s->loudest, dbov);
}


/* returns the step of the interval's level, 0: not active */

static unsigned
rtc_speaker_end(rtc_speaker_t *s)
{
    double    db, level;
    uint64_t  loud;

    loud = rtc_min(s->loud_us, RTC_SPEAKER_INTERVAL);

    if (loud * 100 < (uint64_t) RTC_SPEAKER_INTERVAL * RTC_SPEAKER_SHARE) {
        return 0;
    }

    db = s->loudest - 20 * log10((double) loud / RTC_SPEAKER_INTERVAL);
    level = ceil(pow(10, -db / 20) * RTC_SPEAKER_STEPS);

    return (unsigned) rtc_min(level, RTC_SPEAKER_STEPS);
}


unsigned
rtc_speaker_update(rtc_speaker_t **speakers, unsigned n,
    rtc_speaker_change_t *changes)
{
    unsigned        i, step, count;
    rtc_speaker_t  *s;

    count = 0;

    for (i = 0; i < n; i++) {
        s = speakers[i];

        if (s == NULL) {
            continue;
        }

        step = rtc_speaker_end(s);

        s->loud_us = 0;
        s->loudest = RTC_SPEAKER_SILENCE;
        s->pause = (uint8_t) (step ? 0 : rtc_min(s->pause + 1, UINT8_MAX));

        if (step == s->step) {
            continue;
        }

        s->step = (uint8_t) step;
        s->active = (step != 0);

        changes[count].index = i;
        changes[count].active = s->active;
        changes[count].level = (float) step / RTC_SPEAKER_STEPS;
        count++;
    }

    return count;
}


int
rtc_speaker_floor(rtc_speaker_t **speakers, unsigned n, int current)
{
    int             loudest;
    unsigned        i;
    rtc_speaker_t  *s;

    if (current >= 0 && speakers[current]->pause <= RTC_SPEAKER_PAUSE) {
        return current;
    }

    loudest = -1;

    for (i = 0; i < n; i++) {
        s = speakers[i];

        if (s && s->active
            && (loudest < 0 || s->step > speakers[loudest]->step))
        {
            loudest = (int) i;
        }
    }

    return loudest < 0 ? current : loudest;
}
