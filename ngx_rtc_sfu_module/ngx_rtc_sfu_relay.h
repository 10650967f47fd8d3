
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The other workers that have members of our rooms: to each a link for what
 * has to arrive, and beside it a relay for media, between the media ports.
 *
 *   ngx_rtc_sfu_relay.c     this: both, and whom a message is for
 *   ngx_rtc_sfu_branch.c    the members of a room in another worker
 *   ngx_rtc_sfu_leg.c       our tracks on their way there
 *   ngx_rtc_sfu_remote.c    their publishers and tracks
 *   ngx_rtc_sfu_remote_leg.c  .. on their way to our subscribers
 *   ngx_rtc_sfu_pass.c      requests to sessions of the other one
 *   ngx_rtc_sfu_data_frame.c  packets of data tracks, both ways
 *   ngx_rtc_sfu_carry.c     signalling accepted here of sessions there
 *   ngx_rtc_sfu_far.c       .. and accepted there of sessions here
 *   ngx_rtc_sfu_command.c   commands to members of the other one
 */


#ifndef NGX_RTC_SFU_RELAY_H_INCLUDED
#define NGX_RTC_SFU_RELAY_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "link.pb-c.h"
#include "ngx_rtc_sfu_link.h"
#include "ngx_rtc_sfu_media.h"
#include "ngx_rtc_sfu_room.h"
#include "rtc_relay.h"


/* types of messages of a link, see link.proto; RTCP is a compound packet */

#define NGX_RTC_SFU_LINK_HELLO        1
#define NGX_RTC_SFU_LINK_SUBSCRIBE    2
#define NGX_RTC_SFU_LINK_TRACK        3
#define NGX_RTC_SFU_LINK_LAYER        4
#define NGX_RTC_SFU_LINK_UNSUBSCRIBE  5
#define NGX_RTC_SFU_LINK_GONE         6
#define NGX_RTC_SFU_LINK_RTCP         7
#define NGX_RTC_SFU_LINK_DATA         8
#define NGX_RTC_SFU_LINK_SIGNAL       9
#define NGX_RTC_SFU_LINK_REQUEST      10
#define NGX_RTC_SFU_LINK_ANSWER       11

#define NGX_RTC_SFU_LINK_RESUME       20
#define NGX_RTC_SFU_LINK_RESUMED      21
#define NGX_RTC_SFU_LINK_UP           22        /* Piece */
#define NGX_RTC_SFU_LINK_DOWN         23
#define NGX_RTC_SFU_LINK_HANGUP_UP    24        /* Hangup */
#define NGX_RTC_SFU_LINK_HANGUP_DOWN  25

#define NGX_RTC_SFU_LINK_COMMAND      30
#define NGX_RTC_SFU_LINK_OUTCOME      31

#define NGX_RTC_SFU_LINK_DATA_DEMAND  50
#define NGX_RTC_SFU_LINK_DATA_FRAME   51

/* queued bytes above which what is not reliable is dropped */

#define NGX_RTC_SFU_LINK_BUSY         1048576


typedef struct ngx_rtc_sfu_relay_s  ngx_rtc_sfu_relay_t;

struct ngx_rtc_sfu_relay_s {
    ngx_queue_t                  queue;         /* in worker->relays */
    ngx_rtc_sfu_worker_t        *worker;
    ngx_rtc_sfu_link_t          *link;
    ngx_uint_t                   branches;      /* who need it: rooms, .. */

    rtc_relay_t                 *media;         /* NULL: not known where to */
    ngx_rtc_sfu_peer_t           peer;          /* in the media port */
    rtc_tuple_t                  tuple;

    ngx_rbtree_t                 legs;          /* ngx_rtc_sfu_leg_t by its */
    ngx_rbtree_node_t            legs_sentinel;             /* number there */
    ngx_queue_t                  remotes;       /* ngx_rtc_sfu_remote_t */
    ngx_rbtree_t                 asked;         /* their tracks by our */
    ngx_rbtree_node_t            asked_sentinel;    /* number of the leg */
    uint32_t                     leg;           /* the last number */

    ngx_queue_t                  passes;        /* requests that wait for it */

    ngx_rbtree_t                 carries;       /* ngx_rtc_sfu_carry_t, and */
    ngx_rbtree_node_t            carries_sentinel;
    ngx_rbtree_t                 fars;          /* ngx_rtc_sfu_far_t, by the */
    ngx_rbtree_node_t            fars_sentinel; /* accepting worker's number */

    time_t                       complained;    /* about a full queue */
    unsigned                     greeted:1;     /* Hello is sent */
};


/* handlers of the worker's links; data is the worker */

extern const ngx_rtc_sfu_link_handlers_t  ngx_rtc_sfu_relay_handlers;


/* the worker of this id; each hold is released once; NULL: no memory */

ngx_rtc_sfu_relay_t *ngx_rtc_sfu_relay_hold(ngx_rtc_sfu_worker_t *worker,
    const ngx_str_t *wid);
void ngx_rtc_sfu_relay_release(ngx_rtc_sfu_relay_t *relay);

/* in exit_process, after the rooms and before the links */

void ngx_rtc_sfu_relay_close_all(ngx_rtc_sfu_worker_t *worker);

/* there is a media port now: tells those that wait for it */

void ngx_rtc_sfu_relay_greet_all(ngx_rtc_sfu_worker_t *worker);


/* of relay->legs or relay->asked; NULL: nobody has the number */

ngx_rbtree_node_t *ngx_rtc_sfu_relay_find(const ngx_rbtree_t *tree,
    uint32_t number);

/* as ngx_rtc_sfu_link_send(), logged if it fails */

ngx_int_t ngx_rtc_sfu_relay_send(ngx_rtc_sfu_relay_t *relay, ngx_uint_t type,
    const ProtobufCMessage *message);

/* RTCP about sources or legs; dropped if the link is busy */

void ngx_rtc_sfu_relay_send_rtcp(ngx_rtc_sfu_relay_t *relay,
    const uint8_t *p, size_t len);


#endif /* NGX_RTC_SFU_RELAY_H_INCLUDED */
