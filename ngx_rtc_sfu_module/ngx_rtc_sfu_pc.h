
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One peer connection of a participant: its transport in the worker's media
 * port, its RTP ends, and its data channels.  Who offers and what is in
 * the description is decided in ngx_rtc_sfu_publish.c and _subscribe.c.
 */


#ifndef NGX_RTC_SFU_PC_H_INCLUDED
#define NGX_RTC_SFU_PC_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_sfu_media.h"
#include "ngx_rtc_sfu_room.h"
#include "rtc_downlink.h"
#include "rtc_sdp_answer.h"
#include "rtc_transport.h"
#include "rtc_uplink.h"


#define NGX_RTC_SFU_CHANNELS  3                 /* reliable, lossy, tracks */


typedef struct {
    ngx_rtc_sfu_participant_t   *participant;
    Livekit__SignalTarget        target;        /* LiveKit's name of it */

    rtc_transport_t             *transport;
    ngx_rtc_sfu_peer_t           peer;          /* in the media port */
    rtc_ice_cred_t               cred;

    uint64_t                     session;       /* o= of its descriptions */
    uint64_t                     version;

    rtc_uplink_t                *uplink;        /* since the first track */
    rtc_ext_map_t                exts;          /* .. that it sends with */
    uint64_t                     strange;       /* RTP packets before it */
    ngx_event_t                  forward;       /* posted: it has packets */
    rtc_downlink_t              *downlink;      /* of the subscriber's */
    ngx_queue_t                  measured;      /* in the worker's metrics */

    /* streams of the channels by kind, -1: not open */
    int32_t                      in[NGX_RTC_SFU_CHANNELS];  /* of the client */
    int32_t                      out[NGX_RTC_SFU_CHANNELS]; /* we send on it */
    int32_t                      opening[NGX_RTC_SFU_CHANNELS]; /* we opened */

    unsigned                     connected:1;
    unsigned                     closed:1;
    unsigned                     trickled:1;    /* since the last restart */

    ngx_rtc_sfu_media_t         *media;         /* the worker's */
    uint64_t                     forward_us;    /* since when forward waits */
} ngx_rtc_sfu_pc_t;


ngx_rtc_sfu_pc_t *ngx_rtc_sfu_pc_create(ngx_rtc_sfu_participant_t *p,
    Livekit__SignalTarget target);
void ngx_rtc_sfu_pc_destroy(ngx_rtc_sfu_pc_t *pc);


/*
 * Our end for an answer or offer, with the next version of the description;
 * candidates has room for NGX_RTC_SFU_MEDIA_CANDIDATES.  What local points to
 * lives in the pool.
 */

ngx_int_t ngx_rtc_sfu_pc_local(ngx_rtc_sfu_pc_t *pc, ngx_pool_t *pool,
    rtc_sdp_local_t *local);

/* takes ICE, DTLS and SCTP parameters of the client's description */

ngx_int_t ngx_rtc_sfu_pc_set_remote(ngx_rtc_sfu_pc_t *pc,
    const rtc_sdp_t *remote);

/*
 * The answer to an offer, in the pool; an offer that restarts ICE is answered
 * by a restart.  NULL: there can be none, logged.
 */

rtc_sdp_t *ngx_rtc_sfu_pc_answer(ngx_rtc_sfu_pc_t *pc, ngx_pool_t *pool,
    const rtc_sdp_t *offer, const rtc_sdp_decision_t *decisions);

/*
 * ICE restart: new credentials of ours, and the client's.  NGX_DECLINED: the
 * client's are none, nothing changed.
 */

ngx_int_t ngx_rtc_sfu_pc_restart(ngx_rtc_sfu_pc_t *pc, rtc_str_t ufrag);

/* ours alone; the client's come with its answer, to an offer that has ours */

ngx_int_t ngx_rtc_sfu_pc_renew(ngx_rtc_sfu_pc_t *pc);

/* opens the channels on which a subscriber's connection gets data */

ngx_int_t ngx_rtc_sfu_pc_open_channels(ngx_rtc_sfu_pc_t *pc);

/* whether there is a channel for it */

ngx_uint_t ngx_rtc_sfu_pc_is_open(const ngx_rtc_sfu_pc_t *pc, ngx_uint_t kind);

/* RTC_OK, RTC_AGAIN: not open yet or full, RTC_ERROR */

int ngx_rtc_sfu_pc_send_message(ngx_rtc_sfu_pc_t *pc, ngx_uint_t kind,
    const u_char *data, size_t len);


/*
 * Runs what is due of the RTP ends; their next deadline in monotonic us, or
 * RTC_NEVER.  The media port runs the transport's.
 */

void ngx_rtc_sfu_pc_timer(ngx_rtc_sfu_pc_t *pc, uint64_t now_us);
uint64_t ngx_rtc_sfu_pc_deadline(ngx_rtc_sfu_pc_t *pc);


/* a description as text in the pool, or NULL; logs why */

char *ngx_rtc_sfu_pc_write(ngx_rtc_sfu_pc_t *pc, ngx_pool_t *pool,
    const rtc_sdp_t *sdp);

/* the client's description, in the pool; NULL: malformed, logged */

rtc_sdp_t *ngx_rtc_sfu_pc_parse(ngx_rtc_sfu_pc_t *pc, ngx_pool_t *pool,
    const char *text);


#endif /* NGX_RTC_SFU_PC_H_INCLUDED */
