
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * How a client finds out that its signalling connection is dead: it pings, and
 * waits for a message, whatever it is.
 */


#ifndef NGX_RTC_SFU_PING_H_INCLUDED
#define NGX_RTC_SFU_PING_H_INCLUDED


#include "ngx_rtc_sfu_participant.h"


/* how often, and how long it waits */

void ngx_rtc_sfu_ping_set(const ngx_rtc_sfu_participant_t *p,
    Livekit__JoinResponse *join);

/*
 * To be called every second or so: what it waits for, before it pings, if it
 * does not wait long and its pings take their time.
 */

void ngx_rtc_sfu_ping_beat(ngx_rtc_sfu_participant_t *p);

/* the answer to its ping of the older kind */

void ngx_rtc_sfu_ping_pong(ngx_rtc_sfu_participant_t *p);

/* .. and of the newer kind */

void ngx_rtc_sfu_ping_answer(ngx_rtc_sfu_participant_t *p,
    const Livekit__Ping *ping);


#endif /* NGX_RTC_SFU_PING_H_INCLUDED */
