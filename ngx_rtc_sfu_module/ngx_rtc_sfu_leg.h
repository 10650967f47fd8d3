
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Tracks of local publishers on their way to other workers, which ask for
 * them.
 */


#ifndef NGX_RTC_SFU_LEG_H_INCLUDED
#define NGX_RTC_SFU_LEG_H_INCLUDED


#include "ngx_rtc_sfu_relay.h"
#include "rtc_leg.h"


typedef struct {
    ngx_rbtree_node_t            node;          /* in relay->legs, by number */
    ngx_queue_t                  by_track;
    ngx_rtc_sfu_relay_t         *relay;
    rtc_leg_t                   *media;
} ngx_rtc_sfu_leg_t;


/* messages of the other worker */

void ngx_rtc_sfu_leg_subscribe(ngx_rtc_sfu_relay_t *relay,
    const Conference__Subscribe *message);
void ngx_rtc_sfu_leg_layer(ngx_rtc_sfu_relay_t *relay,
    const Conference__Layer *message);
void ngx_rtc_sfu_leg_unsubscribe(ngx_rtc_sfu_relay_t *relay,
    const Conference__Unsubscribe *message);

/* the track ends: so do its legs, and the others are told */

void ngx_rtc_sfu_leg_end(ngx_rtc_sfu_track_t *track);

/* the relay ends */

void ngx_rtc_sfu_leg_close_all(ngx_rtc_sfu_relay_t *relay);


#endif /* NGX_RTC_SFU_LEG_H_INCLUDED */
