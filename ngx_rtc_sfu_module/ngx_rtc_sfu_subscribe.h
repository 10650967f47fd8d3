
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The subscriber's peer connection: which tracks a participant gets, and the
 * offers that tell its client so.
 */


#ifndef NGX_RTC_SFU_SUBSCRIBE_H_INCLUDED
#define NGX_RTC_SFU_SUBSCRIBE_H_INCLUDED


#include "ngx_rtc_sfu_pc.h"
#include "ngx_rtc_sfu_room.h"
#include "rtc_forward.h"
#include "rtc_sdp_offer.h"


#define NGX_RTC_SFU_MAX_SECTIONS     480
#define NGX_RTC_SFU_MAX_SIDS         4096       /* of one message */
#define NGX_RTC_SFU_ANSWER_TIMEOUT   15000      /* ms */


typedef struct ngx_rtc_sfu_subscription_s  ngx_rtc_sfu_subscription_t;


/* a section of the subscriber's SDP; never removed, used again once idle */

typedef struct {
    rtc_sdp_kind_e               kind;
    u_char                       mid_data[RTC_TRACK_MAX_MID];
    rtc_str_t                    mid;
    ngx_rtc_sfu_subscription_t  *subscription;  /* NULL: sends nothing */
    unsigned                     clean:1;       /* offered without it, and
                                                   answered, since */

    /* of a single connection */
    unsigned                     usable:1;      /* the client receives here */
    unsigned                     used:1;        /* it has had a track */
} ngx_rtc_sfu_section_t;


/* one offer at a time; what changes meanwhile goes into the next */

typedef struct {
    ngx_array_t                 *sections;      /* ngx_rtc_sfu_section_t */
    uint32_t                     id;            /* of the last offer */
    ngx_pool_t                  *pool;          /* of the offer in flight */
    rtc_sdp_t                   *offer;         /* NULL: none in flight */
    ngx_msec_t                   offered;       /* or asked for an offer */
    ngx_event_t                  event;         /* posted: to offer, to ask */
    unsigned                     again:1;

    /* of a single connection, since the last answer */
    unsigned                     required:1;    /* an offer was asked for */
    ngx_uint_t                   asked[2];      /* .. with so many sections
                                                   more, audio and video */
} ngx_rtc_sfu_negotiation_t;


struct ngx_rtc_sfu_subscription_s {
    ngx_queue_t                  queue;         /* of its subscriber */
    ngx_queue_t                  by_track;      /* of its track */
    ngx_rtc_sfu_participant_t   *subscriber;
    ngx_rtc_sfu_track_t         *track;         /* NULL: a viewer's, that waits
                                                   for one */

    ngx_int_t                    section;       /* index, -1: none yet */
    uint32_t                     ssrc;
    uint32_t                     rtx_ssrc;      /* 0: audio */
    int                          sender;        /* of the transport, or -1 */
    int                          rtx_sender;
    rtc_forward_t               *forward;       /* NULL until answered */

    ngx_uint_t                   max_layer;     /* what the client wants */
    unsigned                     paused:1;
    unsigned                     refused:1;     /* its client cannot */
    unsigned                     unwanted:1;    /* .. or does not want to */
    unsigned                     denied:1;      /* its publisher forbids it */
    unsigned                     told:1;        /* .. as the client knows */
};


/* makes the subscribing end of a peer connection */

ngx_int_t ngx_rtc_sfu_subscribe_downlink(ngx_rtc_sfu_pc_t *pc);

/* makes one without a track; NULL: no memory, or it may not subscribe */

ngx_rtc_sfu_subscription_t *ngx_rtc_sfu_subscribe_create(
    ngx_rtc_sfu_participant_t *p);

/* the track that it is for, from now on; NULL: none */

void ngx_rtc_sfu_subscribe_assign(ngx_rtc_sfu_subscription_t *s,
    ngx_rtc_sfu_track_t *track);

/* a participant came: it gets what is published, if it wants that */

void ngx_rtc_sfu_subscribe_all(ngx_rtc_sfu_participant_t *p);

/* a track was published: the others get it; starts their negotiations */

void ngx_rtc_sfu_subscribe_track(ngx_rtc_sfu_track_t *track);

/* what its publisher permits changed: its subscriptions end, or return */

void ngx_rtc_sfu_subscribe_permit(ngx_rtc_sfu_track_t *track);

/* its section is gone: it stops, and waits for another */

void ngx_rtc_sfu_subscribe_move(ngx_rtc_sfu_subscription_t *s);

/* the track's media came from another worker: now it can be offered */

void ngx_rtc_sfu_subscribe_ready(ngx_rtc_sfu_track_t *track);

/* after a resume: which of its tracks the client may have */

void ngx_rtc_sfu_subscribe_repeat(ngx_rtc_sfu_participant_t *p);

/* a track ended, a subscriber left: their subscriptions end */

void ngx_rtc_sfu_subscribe_end(ngx_rtc_sfu_track_t *track);
void ngx_rtc_sfu_subscribe_none(ngx_rtc_sfu_participant_t *p);


/* whether it may subscribe has changed */

void ngx_rtc_sfu_subscribe_enforce(ngx_rtc_sfu_participant_t *p);


/* messages of the client */

void ngx_rtc_sfu_subscribe_update(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateSubscription *update);
void ngx_rtc_sfu_subscribe_settings(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateTrackSettings *settings);
void ngx_rtc_sfu_subscribe_disable(ngx_rtc_sfu_participant_t *p,
    const char *sid);
void ngx_rtc_sfu_subscribe_answer(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, const Livekit__SessionDescription *answer);


/* offers at the end of the loop turn, or after the answer that is awaited */

void ngx_rtc_sfu_subscribe_negotiate(ngx_rtc_sfu_participant_t *p);

/* whether the client owes an answer for too long */

ngx_uint_t ngx_rtc_sfu_subscribe_overdue(ngx_rtc_sfu_participant_t *p);

/* .. from now on: it cannot be reached */

void ngx_rtc_sfu_subscribe_excuse(ngx_rtc_sfu_participant_t *p);


#endif /* NGX_RTC_SFU_SUBSCRIBE_H_INCLUDED */
