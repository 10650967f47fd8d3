
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The single peer connection of /rtc/v1: only the client offers.  What it gets
 * goes into sections of its offers, and if these do not suffice it is asked
 * for another offer, with so many sections more.
 *
 * p->publisher and p->subscriber are the same object then.
 */


#ifndef NGX_RTC_SFU_SINGLE_H_INCLUDED
#define NGX_RTC_SFU_SINGLE_H_INCLUDED


#include "ngx_rtc_sfu_subscribe.h"


ngx_int_t ngx_rtc_sfu_single_init(ngx_rtc_sfu_participant_t *p);

/* serves what the request for signalling brought: tracks, and an offer */

void ngx_rtc_sfu_single_begin(ngx_rtc_sfu_participant_t *p);


/*
 * The way of an offer.  Sections that take a track of the client have their
 * decision already; of the others those that the client would receive on get
 * subscriptions, as decisions in the pool.
 */

ngx_int_t ngx_rtc_sfu_single_decide(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, const rtc_sdp_t *offer, rtc_sdp_decision_t *decisions);

/* completes the answer: which track is sent in which section */

ngx_int_t ngx_rtc_sfu_single_map(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SessionDescription *answer);

/* the answer was sent: it flows, and what is left over is asked for */

void ngx_rtc_sfu_single_answered(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *answer);


#endif /* NGX_RTC_SFU_SINGLE_H_INCLUDED */
