
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A published track: one audio stream, or a video of up to three simulcast
 * layers.  Keeps the packets for repairs, asks for what is missing and for
 * keyframes, and hands packets to its subscriptions (rtc_forward.h).
 */


#ifndef RTC_TRACK_H_INCLUDED
#define RTC_TRACK_H_INCLUDED


#include "rtc_codec.h"
#include "rtc_speaker.h"
#include "rtc_uplink.h"


#define RTC_TRACK_MAX_LAYERS  3
#define RTC_TRACK_MAX_MID     32
#define RTC_TRACK_MAX_RID     16


typedef struct rtc_track_s  rtc_track_t;


typedef struct {
    rtc_str_t         rid;              /* empty without simulcast */
    uint32_t          ssrc;             /* 0: to be learned */
    uint32_t          rtx_ssrc;         /* 0: none, or to be learned */
} rtc_track_layer_conf_t;


/* from the section as it was answered; strings are copied */

typedef struct {
    void                    *owner;     /* the caller's, see below */
    rtc_codec_e              codec;
    uint32_t                 clock;
    uint8_t                  pt;
    uint8_t                  rtx_pt;    /* 0: none */
    uint8_t                  red_pt;    /* 0: none */
    rtc_str_t                mid;
    rtc_ext_map_t            exts;

    unsigned                 nack:1;
    unsigned                 pli:1;
    unsigned                 fir:1;     /* used if there is no pli */

    unsigned                 nlayers;   /* at least 1, from low to high */
    rtc_track_layer_conf_t   layers[RTC_TRACK_MAX_LAYERS];
} rtc_track_conf_t;


typedef struct {
    uint32_t          ssrc;             /* 0: not learned yet */
    uint32_t          rtx_ssrc;
    unsigned          active:1;
    uint64_t          packets;
    uint64_t          bytes;
    uint64_t          bitrate;          /* bits per second, payload */
    uint64_t          keyframes;
    uint64_t          plis;
    int64_t           lost;
    uint32_t          jitter;           /* RTP ticks */
} rtc_track_layer_stats_t;


/* NULL: no memory, too many tracks or SSRCs, or conf is unusable */
rtc_track_t *rtc_track_create(rtc_uplink_t *up, const rtc_track_conf_t *conf);

/*
 * Detaches the subscriptions: rtc_forward_track() of each is NULL then, they
 * send nothing and wait for being destroyed.
 */
void rtc_track_destroy(rtc_track_t *track);

/* a muted track is not forwarded, whatever its publisher sends */
void rtc_track_set_muted(rtc_track_t *track, int muted, uint64_t now_us);
int rtc_track_muted(const rtc_track_t *track);

/*
 * The highest layer that a subscription wants, or is sent until the keyframe
 * of a lower one comes; RTC_DECLINED if none wants any (for
 * SubscribedQualityUpdate, and for what comes over a relay).
 */
int rtc_track_wanted_layer(const rtc_track_t *track);

/*
 * The layer goes on under another SSRC, which is another source.  RTC_DECLINED:
 * the SSRC is in use, or there is no such layer.
 */
int rtc_track_set_ssrc(rtc_track_t *track, unsigned layer, uint32_t ssrc,
    uint64_t now_us);

unsigned rtc_track_layers(const rtc_track_t *track);
void rtc_track_layer_stats(const rtc_track_t *track, unsigned layer,
    rtc_track_layer_stats_t *stats);

uint32_t rtc_track_clock(const rtc_track_t *track);
void *rtc_track_owner(const rtc_track_t *track);
rtc_codec_e rtc_track_codec(const rtc_track_t *track);

/* the levels of an audio track with the extension of RFC 6464 */
rtc_speaker_t *rtc_track_speaker(rtc_track_t *track);


#endif /* RTC_TRACK_H_INCLUDED */
