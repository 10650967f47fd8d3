
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A publisher that lives in another worker.  Its tracks are known from the
 * replica; their media is asked for when somebody here subscribes, and given
 * up some seconds after the last one has gone.
 */


#ifndef NGX_RTC_SFU_REMOTE_H_INCLUDED
#define NGX_RTC_SFU_REMOTE_H_INCLUDED


#include "ngx_rtc_ident.h"
#include "ngx_rtc_sfu_relay.h"
#include "ngx_rtc_sfu_track.h"


#define NGX_RTC_SFU_REMOTE_LINGER  5000         /* ms without subscribers */


struct ngx_rtc_sfu_remote_s {
    ngx_queue_t                  queue;         /* in relay->remotes */
    ngx_rtc_sfu_room_t          *room;
    ngx_rtc_sfu_relay_t         *relay;
    ngx_str_t                    sid;
    int64_t                      joined_at;     /* Unix ms */

    ngx_pool_t                  *pool;          /* of the tracks' infos */
    ngx_queue_t                  tracks;        /* ngx_rtc_sfu_track_t */
    rtc_uplink_t                *uplink;        /* NULL: nothing came yet */

    ngx_rtc_ident_t              ident;
    ngx_event_t                  timer;         /* of the uplink */
    uint64_t                     deadline;      /* monotonic us, of timer */
    ngx_event_t                  forward;       /* posted: it has packets */
};


/*
 * The member came or changed: its tracks are now those of from, which lives in
 * the pool.  The pool is the remote's own if the answer is NGX_OK;
 * NGX_DECLINED: it has no tracks.
 */

ngx_int_t ngx_rtc_sfu_remote_update(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, ngx_pool_t *pool,
    const Livekit__Member *from);

/* the member left: its tracks end */

void ngx_rtc_sfu_remote_destroy(ngx_rtc_sfu_remote_t *remote);


/*
 * Somebody subscribed to the track, gave it up, or wants another layer, or it
 * has to be heard, or not any more: what
 * the other worker has to know of that is told at the end of the loop turn.
 * A local track is left alone.
 */

void ngx_rtc_sfu_remote_demand(ngx_rtc_sfu_track_t *track);


/* media can come from the other worker again, or not any more */

void ngx_rtc_sfu_remote_up(ngx_rtc_sfu_relay_t *relay);
void ngx_rtc_sfu_remote_down(ngx_rtc_sfu_relay_t *relay);


/* messages of the other worker */

void ngx_rtc_sfu_remote_track(ngx_rtc_sfu_relay_t *relay,
    const Conference__Track *message);
void ngx_rtc_sfu_remote_gone(ngx_rtc_sfu_relay_t *relay,
    const Conference__Gone *message);


#endif /* NGX_RTC_SFU_REMOTE_H_INCLUDED */
