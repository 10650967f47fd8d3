
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Who speaks, by the audio levels that publishers send (RFC 6464).  In an
 * interval a track is active if it was louder than -35 dBov for 40 % of it;
 * its level is the loudest one, less the part of the interval it was silent.
 */


#ifndef RTC_SPEAKER_H_INCLUDED
#define RTC_SPEAKER_H_INCLUDED


#include "rtc_core.h"


#define RTC_SPEAKER_INTERVAL  400000    /* us between two updates */
#define RTC_SPEAKER_STEPS     8         /* levels are n / 8 */
#define RTC_SPEAKER_PAUSE     2         /* updates that keep the floor */


typedef struct {
    uint64_t          last_us;          /* of the last packet */
    uint64_t          loud_us;          /* in this interval */
    uint8_t           loudest;          /* -dBov, in this interval */

    unsigned          active:1;         /* as of the last update */
    uint8_t           step;             /* its level, of RTC_SPEAKER_STEPS */
    uint8_t           pause;            /* updates since it was active */
} rtc_speaker_t;


typedef struct {
    unsigned          index;            /* into speakers[] */
    unsigned          active:1;
    float             level;            /* 0 to 1, 0 if not active */
} rtc_speaker_change_t;


void rtc_speaker_init(rtc_speaker_t *s);

/* a packet's level: 0 is the loudest, 127 is silence */
void rtc_speaker_observe(rtc_speaker_t *s, uint8_t dbov, uint64_t now_us);

/*
 * Ends the interval of n tracks of a room, to be called every
 * RTC_SPEAKER_INTERVAL.  Writes those that changed to changes[n] and returns
 * their number; who stopped is among them with active 0 and level 0.
 * Entries of speakers[] may be NULL.
 */
unsigned rtc_speaker_update(rtc_speaker_t **speakers, unsigned n,
    rtc_speaker_change_t *changes);


/*
 * Who has the floor, as an index, or -1: nobody has spoken yet.  The current
 * one (or -1) keeps it while it speaks and for a short pause, also when it is
 * alone; then the loudest one gets it.
 */
int rtc_speaker_floor(rtc_speaker_t **speakers, unsigned n, int current);


#endif /* RTC_SPEAKER_H_INCLUDED */
