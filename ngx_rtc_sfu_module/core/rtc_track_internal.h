
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Uplink and track as their files and rtc_forward see them.
 */


#ifndef RTC_TRACK_INTERNAL_H_INCLUDED
#define RTC_TRACK_INTERNAL_H_INCLUDED


#include "rtc_forward.h"
#include "rtc_relay_internal.h"
#include "rtc_rtcp.h"
#include "rtc_ssrc.h"
#include "rtc_stream.h"
#include "rtc_track.h"
#include "rtc_twcc.h"


/* the smallest cache holds so many packets at least */
#define RTC_TRACK_BATCH  16


struct rtc_track_s {
    rtc_uplink_t             *uplink;
    rtc_track_t              *next;         /* of the uplink */
    rtc_forward_t            *forwards;
    rtc_forward_t            *waiting;      /* they begin with a keyframe */
    rtc_leg_t                *legs;

    void                     *owner;
    rtc_codec_e               codec;
    uint32_t                  clock;
    uint32_t                  epochs;       /* given to streams so far */
    uint8_t                   pt;
    uint8_t                   rtx_pt;
    uint8_t                   red_pt;
    uint8_t                   nlayers;
    uint8_t                   mid_len;
    uint8_t                   rid_len[RTC_TRACK_MAX_LAYERS];
    uint8_t                   mid[RTC_TRACK_MAX_MID];
    uint8_t                   rid[RTC_TRACK_MAX_LAYERS][RTC_TRACK_MAX_RID];
    uint8_t                   exts[256];    /* rtc_ext_e by id */

    unsigned                  video:1;
    unsigned                  muted:1;
    unsigned                  nack:1;
    unsigned                  pli:1;
    unsigned                  fir:1;

    rtc_speaker_t             speaker;
    rtc_stream_t              layers[RTC_TRACK_MAX_LAYERS];

    /* new packets in order, until rtc_track_flush() */
    unsigned                  nbatch;
    rtc_packet_t              batch[RTC_TRACK_BATCH];
};


struct rtc_uplink_s {
    rtc_track_t              *tracks;
    unsigned                  ntracks;
    rtc_ssrc_table_t          ssrcs;        /* data: rtc_stream_t */

    uint32_t                  ssrc;
    uint32_t                  media_ssrc;   /* the last one that came */
    rtc_ext_map_t             exts;
    const rtc_out_t          *out;
    void                     *ctx;
    unsigned                  xr:1;
    unsigned                  relay:1;
    uint8_t                   cname_len;
    uint8_t                   cname[RTC_FORWARD_MAX_CNAME];

    uint64_t                  deadline;
    uint64_t                  report_us;
    uint64_t                  tick_us;      /* layers are looked at */
    uint64_t                  twcc_us;      /* RTC_NEVER: nothing arrived */
    uint64_t                  rtt_us;       /* 0: unknown */

    /* the peer's last receiver reference time */
    uint64_t                  rrtr_us;      /* its arrival, 0: none */
    uint32_t                  rrtr_ssrc;
    uint32_t                  rrtr_ntp;

    unsigned                  waiting:1;    /* tracks have packets to send */

    rtc_uplink_stats_t        stats;
    rtc_twcc_t                twcc;
};


/* rtc_uplink_rtcp.c */
void rtc_uplink_report(rtc_uplink_t *up, uint64_t now_us);
void rtc_uplink_twcc(rtc_uplink_t *up);
void rtc_uplink_nack(rtc_uplink_t *up, rtc_stream_t *s, uint64_t now_us);
void rtc_uplink_pli(rtc_uplink_t *up, rtc_track_t *track, rtc_stream_t *s,
    uint64_t now_us);

/* rtc_uplink.c */
void rtc_uplink_wake(rtc_uplink_t *up, uint64_t at_us);
void rtc_uplink_wait(rtc_uplink_t *up);

/* keeps a short string; an empty one may be NULL */

static inline uint8_t
rtc_keep_str(uint8_t *dst, rtc_str_t s)
{
    if (s.len) {
        memcpy(dst, s.data, s.len);
    }

    return (uint8_t) s.len;
}


/*
 * The stream's track: streams are members of it, each knows its index.
 */
static inline rtc_track_t *
rtc_stream_track(rtc_stream_t *s)
{
    return (rtc_track_t *) (void *) ((uint8_t *) (s - s->index)
                                     - offsetof(rtc_track_t, layers));
}


/* rtc_track_input.c: packets of a known stream; p is what rtp points into */
void rtc_track_rtp(rtc_track_t *track, rtc_stream_t *s, const rtc_rtp_t *rtp,
    const uint8_t *p, uint64_t now_us);
void rtc_track_rtx(rtc_track_t *track, rtc_stream_t *s, const rtc_rtp_t *rtp,
    const uint8_t *p, uint64_t now_us);

/*
 * The batch goes to the subscriptions, to each all of it.  What changes the
 * track or its streams for them comes before or behind, never in between.
 */
void rtc_track_flush(rtc_track_t *track, uint64_t now_us);

/* a packet out of the cache; RTC_DECLINED: it is not there */
int rtc_track_load(rtc_track_t *track, rtc_stream_t *s, uint64_t seq,
    rtc_packet_t *pkt);

/* rtc_track.c */

/* the stream has another source now, s->recv is set for it */
void rtc_track_restart(rtc_track_t *track, rtc_stream_t *s, uint64_t now_us);

/* the source of an epoch, NULL: it is gone */
rtc_stream_t *rtc_track_source(rtc_track_t *track, uint32_t epoch);

/* whether anybody gets it, or waits for it: keyframes are of use */

static inline int
rtc_track_is_wanted(const rtc_track_t *track)
{
    return track->forwards || track->waiting || track->legs;
}

/* asks for a keyframe, at once or when the throttle allows it */
void rtc_track_request_keyframe(rtc_track_t *track, rtc_stream_t *s,
    uint64_t now_us);

/* a layer came, stopped or became stable: the subscriptions choose again */
void rtc_track_choose(rtc_track_t *track);

/* asks for the keyframes that they wait for since */
void rtc_track_request_waiting(rtc_track_t *track, uint64_t now_us);

/* looks for layers that have stopped or became stable */
void rtc_track_tick(rtc_track_t *track, uint64_t now_us);

/* the highest layer up to max that is worth sending, or RTC_DECLINED */
int rtc_track_best_layer(const rtc_track_t *track, unsigned max,
    int current);


#endif /* RTC_TRACK_INTERNAL_H_INCLUDED */
