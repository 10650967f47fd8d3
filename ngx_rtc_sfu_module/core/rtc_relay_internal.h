
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Relay and leg as their files and rtc_track see them.
 */


#ifndef RTC_RELAY_INTERNAL_H_INCLUDED
#define RTC_RELAY_INTERNAL_H_INCLUDED


#include "rtc_leg.h"
#include "rtc_rtcp.h"
#include "rtc_srtp_index.h"
#include "rtc_ssrc.h"
#include "rtc_stream.h"


struct rtc_relay_s {
    rtc_srtp_gcm_t              *tx;
    rtc_srtp_gcm_t              *rx;
    const rtc_relay_handlers_t  *handlers;
    void                        *ctx;

    rtc_ssrc_table_t             sources;   /* data: rtc_source_t */
    rtc_ssrc_table_t             legs;      /* data: rtc_leg_t */
    uint32_t                     next_ssrc;

    rtc_relay_stats_t            stats;
};


/* a layer of a leg, under one SSRC */

typedef struct {
    uint32_t                     ssrc;
    uint32_t                     epoch;     /* of its source, 0: none yet */
    uint64_t                     offset;    /* of numbers in to those out */
    uint64_t                     first;     /* out, with this offset */
    uint64_t                     last;
    rtc_srtp_index_t             index;
    unsigned                     resumes:1; /* what was not sent leaves no
                                               gap */
} rtc_leg_layer_t;


struct rtc_leg_s {
    rtc_relay_t                 *relay;
    rtc_track_t                 *track;     /* NULL: detached */
    rtc_leg_t                   *track_next;
    void                        *owner;

    int                          max_layer;
    uint8_t                      nlayers;
    uint8_t                      loss;      /* of the other's subscribers */
    uint64_t                     rr_us;     /* when it was reported, 0: never */
    rtc_leg_layer_t              layers[RTC_TRACK_MAX_LAYERS];
};


/* packets of the track: several only if they are new and in order */
void rtc_leg_packets(rtc_leg_t *leg, const rtc_packet_t *pkts, unsigned n);

/* the publisher's sender report of a stream */
void rtc_leg_sr(rtc_leg_t *leg, const rtc_stream_t *s, uint64_t now_us);

/* the track was not sent for a while, and is again */
void rtc_leg_resume(rtc_leg_t *leg);

/* the track goes */
void rtc_leg_detach(rtc_leg_t *leg);

/* what the other worker says about an SSRC of ours */
void rtc_leg_nack(rtc_leg_t *leg, uint32_t ssrc, uint16_t seq);
void rtc_leg_pli(rtc_leg_t *leg, uint32_t ssrc, uint64_t now_us);
void rtc_leg_report(rtc_leg_t *leg, uint8_t loss, uint64_t now_us);


#endif /* RTC_RELAY_INTERNAL_H_INCLUDED */
