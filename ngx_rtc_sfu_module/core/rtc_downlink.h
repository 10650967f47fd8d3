
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One subscriber's transport: its subscriptions (rtc_forward.h), the RTCP
 * that it sends about them, and the sender reports it gets.
 *
 * A downlink owns its subscriptions.  Its timer is used as an uplink's.
 */


#ifndef RTC_DOWNLINK_H_INCLUDED
#define RTC_DOWNLINK_H_INCLUDED


#include "rtc_out.h"
#include "rtc_rtp.h"


#define RTC_DOWNLINK_MAX_FORWARDS  1000


typedef struct rtc_downlink_s  rtc_downlink_t;


typedef struct {
    uint32_t          ssrc;             /* of RTCP that is of no forward */
    const rtc_out_t  *out;
    void             *ctx;
} rtc_downlink_conf_t;


typedef struct {
    uint64_t          packets;          /* sent, RTX included */
    uint64_t          bytes;
    uint64_t          resends;
    uint64_t          padding;          /* empty packets, to fill gaps */
    uint64_t          dropped;          /* late packets without a place */

    uint64_t          nacks;            /* sequence numbers asked for */
    uint64_t          nacks_repeated;   /* ignored: within one RTT */
    uint64_t          nacks_missed;     /* not in the cache any more */
    uint64_t          nacks_limited;    /* refused: too many */
    uint64_t          plis;             /* FIR included */
    uint64_t          rtcp;
    uint64_t          rtcp_malformed;

    /* the newest that the peer said */
    uint64_t          rtt_us;           /* 0: unknown */
    uint64_t          remb;             /* bits per second, 0: none yet */
    uint8_t           loss;             /* the worst forward's, of 256 */

    /* of transport-wide feedback */
    uint64_t          twcc_received;
    uint64_t          twcc_lost;
} rtc_downlink_stats_t;


/* NULL: no memory */
rtc_downlink_t *rtc_downlink_create(const rtc_downlink_conf_t *conf,
    uint64_t now_us);
void rtc_downlink_destroy(rtc_downlink_t *down);

/*
 * Whether packets can be sent, which is assumed at first.  While they cannot,
 * nothing is forwarded; then video begins with a keyframe that is asked for.
 * To be set to 0 after the creation if the transport is not connected yet, or
 * the first keyframe is lost.
 */
void rtc_downlink_set_writable(rtc_downlink_t *down, int writable,
    uint64_t now_us);

/* an authentic packet of any content */
void rtc_downlink_rtcp(rtc_downlink_t *down, const uint8_t *p, size_t len,
    uint64_t now_us);

void rtc_downlink_timer(rtc_downlink_t *down, uint64_t now_us);
uint64_t rtc_downlink_next_deadline(const rtc_downlink_t *down);

const rtc_downlink_stats_t *rtc_downlink_stats(const rtc_downlink_t *down);


#endif /* RTC_DOWNLINK_H_INCLUDED */
