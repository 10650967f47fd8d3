
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Offers to a subscriber: its subscriptions become sections of its SDP, and
 * flow once the client has answered.
 */


#ifndef NGX_RTC_SFU_NEGOTIATE_H_INCLUDED
#define NGX_RTC_SFU_NEGOTIATE_H_INCLUDED


#include "ngx_rtc_sfu_subscribe.h"
#include "rtc_sdp.h"


ngx_int_t ngx_rtc_sfu_negotiate_init(ngx_rtc_sfu_participant_t *p);
void ngx_rtc_sfu_negotiate_stop(ngx_rtc_sfu_participant_t *p);

/*
 * The client is back by another connection: ICE starts anew, and what it may
 * not have heard is offered once more.
 */

void ngx_rtc_sfu_negotiate_restart(ngx_rtc_sfu_participant_t *p);

/* the subscription ends: its section becomes inactive with the next offer */

void ngx_rtc_sfu_negotiate_release(ngx_rtc_sfu_subscription_t *s);


/* how the track is called in a description; the strings live in the pool */

ngx_int_t ngx_rtc_sfu_negotiate_name(ngx_rtc_sfu_subscription_t *s,
    ngx_pool_t *pool, rtc_str_t *stream, rtc_str_t *track, rtc_str_t *cname);

/* the answer to its section is known: it flows, or the client cannot */

void ngx_rtc_sfu_negotiate_start(ngx_rtc_sfu_subscription_t *s, rtc_str_t mid,
    const rtc_sdp_t *answer);
void ngx_rtc_sfu_negotiate_unsupported(ngx_rtc_sfu_subscription_t *s);


#endif /* NGX_RTC_SFU_NEGOTIATE_H_INCLUDED */
