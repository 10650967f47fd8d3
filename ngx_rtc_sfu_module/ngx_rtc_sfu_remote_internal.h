
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the files of a remote publisher share: who it is (ngx_rtc_sfu_remote),
 * and the legs on which its tracks come (ngx_rtc_sfu_remote_leg).
 */


#ifndef NGX_RTC_SFU_REMOTE_INTERNAL_H_INCLUDED
#define NGX_RTC_SFU_REMOTE_INTERNAL_H_INCLUDED


#include "ngx_rtc_sfu_remote.h"


/* a track as the room has it, and its leg; the track comes first */

typedef struct {
    ngx_rtc_sfu_track_t          track;
    ngx_rtc_sfu_remote_t        *remote;

    ngx_rbtree_node_t            node;          /* in relay->asked, by leg */
    uint32_t                     ssrcs[RTC_TRACK_MAX_LAYERS];
    int                          layer;         /* that the other was told */

    ngx_rtc_ident_t              ident;
    ngx_event_t                  demand;        /* posted */
    ngx_event_t                  linger;        /* timer */

    unsigned                     asked:1;
    unsigned                     answered:1;
    unsigned                     gone:1;        /* the other does not have it */
    unsigned                     kept:1;        /* while infos are compared */
} ngx_rtc_sfu_remote_track_t;


/* ngx_rtc_sfu_remote_leg.c */

void ngx_rtc_sfu_remote_init_leg(ngx_rtc_sfu_remote_track_t *rt);

/* whether another layer is wanted than the other worker was told */

void ngx_rtc_sfu_remote_check(ngx_rtc_sfu_track_t *track);

/* the track ends: frees what the leg has */

void ngx_rtc_sfu_remote_end_leg(ngx_rtc_sfu_remote_track_t *rt);


/* ngx_rtc_sfu_remote.c */

/* makes the uplink of the publisher, once */

ngx_int_t ngx_rtc_sfu_remote_uplink(ngx_rtc_sfu_remote_t *remote);


#endif /* NGX_RTC_SFU_REMOTE_INTERNAL_H_INCLUDED */
