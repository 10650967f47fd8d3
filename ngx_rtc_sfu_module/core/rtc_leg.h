
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A track on its way to another worker.  To the track it is one subscription
 * more, which takes every layer up to a highest one and switches nothing:
 * timestamps are the publisher's, sequence numbers are shifted by what they
 * began with, padding has its place.  The other worker's NACK is answered
 * with the same packet once more, its PLI becomes one of ours.
 */


#ifndef RTC_LEG_H_INCLUDED
#define RTC_LEG_H_INCLUDED


#include "rtc_relay.h"
#include "rtc_track.h"


typedef struct rtc_leg_s  rtc_leg_t;


typedef struct {
    void             *owner;            /* the caller's */
    uint32_t          ssrcs[RTC_TRACK_MAX_LAYERS];  /* chosen by the other */
    int               max_layer;        /* -1: nothing is sent yet */
} rtc_leg_conf_t;


/* NULL: no memory, or an SSRC that is 0 or in use */
rtc_leg_t *rtc_leg_create(rtc_relay_t *relay, rtc_track_t *track,
    const rtc_leg_conf_t *conf, uint64_t now_us);
void rtc_leg_destroy(rtc_leg_t *leg);

/*
 * The highest layer that is sent; if no layer up to it is active, the lowest
 * active one is.  Asks for a keyframe of it.
 */
void rtc_leg_set_max_layer(rtc_leg_t *leg, int layer, uint64_t now_us);

/* NULL when the track has gone */
rtc_track_t *rtc_leg_track(const rtc_leg_t *leg);
void *rtc_leg_owner(const rtc_leg_t *leg);


#endif /* RTC_LEG_H_INCLUDED */
