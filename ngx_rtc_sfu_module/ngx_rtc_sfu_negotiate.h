
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Offers to a subscriber: its subscriptions become sections of its SDP, and
 * flow once the client has answered.
 */


#ifndef NGX_RTC_SFU_NEGOTIATE_H_INCLUDED
#define NGX_RTC_SFU_NEGOTIATE_H_INCLUDED


#include "ngx_rtc_sfu_subscribe.h"


ngx_int_t ngx_rtc_sfu_negotiate_init(ngx_rtc_sfu_participant_t *p);
void ngx_rtc_sfu_negotiate_stop(ngx_rtc_sfu_participant_t *p);

/*
 * The client is back by another connection: ICE starts anew, and what it may
 * not have heard is offered once more.
 */

void ngx_rtc_sfu_negotiate_restart(ngx_rtc_sfu_participant_t *p);

/* the subscription ends: its section becomes inactive with the next offer */

void ngx_rtc_sfu_negotiate_release(ngx_rtc_sfu_subscription_t *s);


#endif /* NGX_RTC_SFU_NEGOTIATE_H_INCLUDED */
