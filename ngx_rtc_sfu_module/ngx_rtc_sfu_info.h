
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What participants, tracks and rooms look like to others: ParticipantInfo,
 * TrackInfo and Room.
 */


#ifndef NGX_RTC_SFU_INFO_H_INCLUDED
#define NGX_RTC_SFU_INFO_H_INCLUDED


#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_track.h"


/*
 * The info of a participant as it is now; what it points to lives in the pool
 * or with the participant and its tracks.  NULL: no memory.
 */

Livekit__ParticipantInfo *ngx_rtc_sfu_info_participant(
    ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool);

/* the last info of one that left, from the packed one before */

ngx_int_t ngx_rtc_sfu_info_left(ngx_pool_t *pool, const ngx_str_t *info,
    ngx_uint_t reason, ngx_str_t *packed);

/*
 * The Room as it is now, with n participants; what it points to lives in the
 * pool or with the room.  NULL: no memory.
 */

Livekit__Room *ngx_rtc_sfu_info_room(ngx_rtc_sfu_room_t *room, ngx_uint_t n,
    ngx_pool_t *pool);

/* the Room as Redis has it, all of it in the pool */

Livekit__Room *ngx_rtc_sfu_info_described(ngx_pool_t *pool,
    const ngx_str_t *id, const ngx_rtc_sfu_hash_t *hash, ngx_uint_t n,
    ngx_uint_t publishers);

/* what the fields of a room mean */

void ngx_rtc_sfu_info_settings(ngx_rtc_sfu_settings_t *settings,
    const ngx_rtc_sfu_hash_t *hash);

/* who is shown to others in the room, and how many of them publish */

void ngx_rtc_sfu_info_count(ngx_rtc_sfu_room_t *room, ngx_uint_t *n,
    ngx_uint_t *publishers);

/*
 * The TrackInfo of a request, all of it in the pool.  "codec" is the name of
 * the primary codec without "video/", "" while it is not known.
 */

Livekit__TrackInfo *ngx_rtc_sfu_info_track(ngx_pool_t *pool,
    const Livekit__AddTrackRequest *request, char *sid);

/* "video/vp8" in the pool, "" for "" */

char *ngx_rtc_sfu_info_mime(ngx_pool_t *pool, Livekit__TrackType type,
    const char *codec);

/* RTC_CODEC_NONE: none of ours */

rtc_codec_e ngx_rtc_sfu_info_mime_codec(const char *mime);

/* sets the MIME type of a track once it is negotiated */

ngx_int_t ngx_rtc_sfu_info_set_mime(ngx_pool_t *pool,
    Livekit__TrackInfo *track, const char *codec);


#endif /* NGX_RTC_SFU_INFO_H_INCLUDED */
