
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A track of a local publisher: announced by AddTrack, bound to a section of
 * the publisher's SDP, published when both have happened, forwarded to its
 * subscriptions.  Those of other workers are made in ngx_rtc_sfu_remote.c.
 */


#ifndef NGX_RTC_SFU_TRACK_H_INCLUDED
#define NGX_RTC_SFU_TRACK_H_INCLUDED


#include "ngx_rtc_sfu_participant.h"
#include "rtc_track.h"


struct ngx_rtc_sfu_track_s {
    ngx_queue_t                  queue;         /* in publisher->tracks */
    ngx_queue_t                  by_room;       /* in room->tracks, if listed */
    ngx_rtc_sfu_room_t          *room;
    ngx_rtc_sfu_participant_t   *publisher;     /* NULL: in another worker */
    ngx_str_t                    publisher_sid;
    int64_t                      joined_at;     /* the publisher, Unix ms */

    ngx_pool_t                  *pool;          /* of info and its strings */
    Livekit__TrackInfo          *info;
    Livekit__AudioTrackFeature  *features;      /* once they were changed */

    ngx_str_t                    sid;
    ngx_str_t                    cid;           /* the client's id for it */
    ngx_str_t                    sdp_cid;       /* .. in the SDP; Firefox has
                                                   another one there */
    ngx_str_t                    mid;           /* its section, "" at first */
    rtc_codec_e                  codec;         /* asked for, then agreed on */
    uint32_t                     h264_profile;
    ngx_uint_t                   red;           /* Opus comes in RED */

    rtc_track_t                 *media;         /* NULL while not bound, or
                                                   not come here yet */
    ngx_queue_t                  subscriptions; /* ngx_rtc_sfu_subscription_t */
    ngx_queue_t                  legs;          /* ngx_rtc_sfu_leg_t */

    unsigned                     listed:1;      /* others may subscribe */
    unsigned                     heard:1;       /* viewers here need to know
                                                   when it speaks */
    unsigned                     announced:1;   /* somebody subscribed */
};


/* among the tracks of the room that others may subscribe to */

ngx_rtc_sfu_track_t *ngx_rtc_sfu_track_find(ngx_rtc_sfu_room_t *room,
    const char *sid);

/* among the tracks of one publisher, published or not */

ngx_rtc_sfu_track_t *ngx_rtc_sfu_track_of(ngx_rtc_sfu_participant_t *p,
    const char *sid);


/* whether one of its tracks has the client's id */

ngx_uint_t ngx_rtc_sfu_track_has_cid(ngx_rtc_sfu_participant_t *p,
    const char *cid);

/*
 * AddTrack: checks permission and limits, answers the client with
 * TrackPublished or a RequestResponse, binds a section that came before.  One
 * whose cid is taken waits for the end of the track that has it.
 */

void ngx_rtc_sfu_track_add(ngx_rtc_sfu_participant_t *p,
    Livekit__AddTrackRequest *request);

/* repeats the answers about tracks that its client does not send yet */

void ngx_rtc_sfu_track_repeat(ngx_rtc_sfu_participant_t *p);

/* asks its client to mute one, or after a resume all that are muted */

void ngx_rtc_sfu_track_ask_mute(ngx_rtc_sfu_participant_t *p, char *sid,
    ngx_uint_t muted);
void ngx_rtc_sfu_track_repeat_mutes(ngx_rtc_sfu_participant_t *p);

/*
 * Mute by the publisher.  NGX_DECLINED: it has no such track.
 */

ngx_int_t ngx_rtc_sfu_track_mute(ngx_rtc_sfu_participant_t *p,
    const char *sid, ngx_uint_t muted);

/*
 * The features of an audio track, the size of a video.  NGX_DECLINED: it has
 * no such track; NGX_ABORT: too many features.
 */

ngx_int_t ngx_rtc_sfu_track_update_audio(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateLocalAudioTrack *update);
ngx_int_t ngx_rtc_sfu_track_update_video(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateLocalVideoTrack *update);

/*
 * The section that carries the track is negotiated: media may flow.  The
 * caller tells the room and subscribes.
 */

ngx_int_t ngx_rtc_sfu_track_bind(ngx_rtc_sfu_track_t *track,
    const rtc_track_conf_t *conf);

/* somebody gets it: its publisher learns that, once */

void ngx_rtc_sfu_track_subscribed(ngx_rtc_sfu_track_t *track);

/*
 * Ends a track.  Unless the whole participant leaves, the others are told by
 * ngx_rtc_sfu_room_changed(), which is the caller's to call.
 */

void ngx_rtc_sfu_track_remove(ngx_rtc_sfu_track_t *track);

/* the server ends it: tells the publisher as well */

void ngx_rtc_sfu_track_revoke(ngx_rtc_sfu_track_t *track);


#endif /* NGX_RTC_SFU_TRACK_H_INCLUDED */
