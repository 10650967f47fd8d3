
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A player of WHEP gets one audio and one video, whose tracks the server
 * chooses, and changes while it plays: those of the active speaker, or of
 * whoever publishes; or only those that the player asks for.  It is a member
 * of its room of whom the others do not hear.
 */


#ifndef NGX_RTC_SFU_VIEWER_H_INCLUDED
#define NGX_RTC_SFU_VIEWER_H_INCLUDED


#include "ngx_rtc_sfu_room.h"
#include "ngx_rtc_sfu_subscribe.h"


#define NGX_RTC_SFU_FORMATS  4          /* of a section; codecs of video */


/* in which payload types the player takes a codec */

typedef struct {
    uint8_t                      codec;         /* rtc_codec_e */
    uint8_t                      pt;
    uint8_t                      rtx_pt;        /* 0: none */
} ngx_rtc_sfu_format_t;


/* a section of its SDP */

typedef struct {
    ngx_rtc_sfu_subscription_t  *subscription;  /* NULL: it has no such */
    rtc_sdp_kind_e               kind;
    u_char                       mid_data[RTC_TRACK_MAX_MID];
    rtc_str_t                    mid;
    rtc_ext_map_t                exts;
    ngx_rtc_sfu_format_t         formats[NGX_RTC_SFU_FORMATS];
    ngx_uint_t                   nformats;
    unsigned                     nack:1;
    unsigned                     shown:1;       /* the subscription's track is
                                                   forwarded, not awaited */
} ngx_rtc_sfu_feed_t;


struct ngx_rtc_sfu_viewer_s {
    ngx_queue_t                  queue;         /* in room->viewers */
    ngx_rtc_sfu_participant_t   *participant;
    ngx_str_t                    publisher;     /* identity, sid; empty: any */
    ngx_str_t                    track;         /* sid; empty: any */
    ngx_rtc_sfu_feed_t           feeds[2];      /* audio and video */
};


void ngx_rtc_sfu_viewer_init(ngx_rtc_sfu_room_t *room);
void ngx_rtc_sfu_viewer_stop(ngx_rtc_sfu_room_t *room);

/*
 * The answer to a player's offer as text in the pool, and the choice of its
 * tracks begins; NULL: the offer cannot be answered, logged.  Sections that
 * we do not serve are rejected, in the offer as well.
 */

char *ngx_rtc_sfu_viewer_answer(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, rtc_sdp_t *offer);

void ngx_rtc_sfu_viewer_leave(ngx_rtc_sfu_participant_t *p);

/*
 * Tracks came, went or were muted, or another one speaks: at the end of the
 * loop turn all viewers choose again.
 */

void ngx_rtc_sfu_viewer_update(ngx_rtc_sfu_room_t *room);


#endif /* NGX_RTC_SFU_VIEWER_H_INCLUDED */
