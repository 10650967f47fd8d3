
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One subscription: a track as one subscriber gets it.  The subscriber sees
 * one stream of its own SSRC, whose sequence numbers, timestamps and VP8
 * picture ids are continuous whatever layer they come from.  Layers change
 * at keyframes only.  Losses of the publisher stay gaps until they are
 * repaired, then the repaired packet is sent in its place.  The track may be
 * another one later, likewise at a keyframe (rtc_forward_source.c).
 */


#ifndef RTC_FORWARD_H_INCLUDED
#define RTC_FORWARD_H_INCLUDED


#include "rtc_downlink.h"
#include "rtc_track.h"


#define RTC_FORWARD_MAX_CNAME  64


typedef struct rtc_forward_s  rtc_forward_t;


/* from the section as it was negotiated; strings are copied */

typedef struct {
    void             *owner;            /* the caller's */

    uint32_t          ssrc;             /* never used before here, not 0 */
    uint32_t          rtx_ssrc;         /* 0: none */
    int               sender;           /* goes into rtc_rtp_out_t */
    int               rtx_sender;

    uint8_t           pt;
    uint8_t           rtx_pt;           /* 0: none */
    uint8_t           red_pt;           /* 0: RED is stripped to its primary */
    unsigned          nack:1;

    rtc_ext_map_t     exts;             /* others are not sent */
    rtc_str_t         mid;
    rtc_str_t         cname;            /* the same for all of a publisher */

    uint32_t          seed;             /* random: first numbers */
    unsigned          max_layer;        /* as rtc_forward_set_max_layer() */
    unsigned          paused:1;
    unsigned          local_clock:1;    /* sender reports have our time, not
                                           the publisher's: tracks of several
                                           are played in turn */
} rtc_forward_conf_t;


typedef struct {
    uint64_t          packets;
    uint64_t          bytes;            /* payload */
    uint64_t          switches;
    uint8_t           loss;             /* as reported, of 256 */
    uint32_t          jitter;           /* as reported, RTP ticks */
} rtc_forward_stats_t;


/* NULL: no memory, an SSRC that is in use, too many, or conf is unusable */
rtc_forward_t *rtc_forward_create(rtc_downlink_t *down, rtc_track_t *track,
    const rtc_forward_conf_t *conf, uint64_t now_us);
void rtc_forward_destroy(rtc_forward_t *f);

/*
 * Another track of the same kind follows, in these payload types (rtx_pt is
 * used if the subscription has an SSRC for it).  The track that is sent goes
 * on until the other one has a keyframe, which is asked for; sound changes
 * with the next packet.  The track itself: what was to follow is cancelled.
 */
void rtc_forward_set_track(rtc_forward_t *f, rtc_track_t *track, unsigned pt,
    unsigned rtx_pt, uint64_t now_us);

/*
 * The highest layer to be sent; layers beyond those of the track mean the
 * highest one.  If no layer up to it is active, the lowest active one is
 * sent.
 */
void rtc_forward_set_max_layer(rtc_forward_t *f, unsigned layer,
    uint64_t now_us);

/* nothing is sent while paused; video goes on with a keyframe */
void rtc_forward_set_paused(rtc_forward_t *f, int paused, uint64_t now_us);

/* the layer that is sent now, or RTC_DECLINED */
int rtc_forward_layer(const rtc_forward_t *f);

/* NULL when the track has gone */
rtc_track_t *rtc_forward_track(const rtc_forward_t *f);
void *rtc_forward_owner(const rtc_forward_t *f);
void rtc_forward_stats(const rtc_forward_t *f, rtc_forward_stats_t *stats);


#endif /* RTC_FORWARD_H_INCLUDED */
