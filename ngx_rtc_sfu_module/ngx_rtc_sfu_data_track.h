
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Data tracks: named streams of lossy packets, of publishers here and in other
 * workers, and who gets them.  What cannot be sent at once is dropped.
 *
 *   ngx_rtc_sfu_data_track.c    this: what is published
 *   ngx_rtc_sfu_data_frame.c    its packets, to subscribers and other workers
 *   ngx_rtc_sfu_data_sub.c      subscriptions, and the handles of packets
 */


#ifndef NGX_RTC_SFU_DATA_TRACK_H_INCLUDED
#define NGX_RTC_SFU_DATA_TRACK_H_INCLUDED


#include "link.pb-c.h"
#include "ngx_rtc_ident.h"
#include "ngx_rtc_sfu_relay.h"
#include "ngx_rtc_sfu_room.h"


#define NGX_RTC_SFU_MAX_DATA_TRACKS   32        /* of one publisher */
#define NGX_RTC_SFU_MAX_DATA_NAME     256       /* bytes, encodings too */
#define NGX_RTC_SFU_MAX_DATA_SUBS     1024      /* of one subscriber */
#define NGX_RTC_SFU_MAX_DATA_DEMANDS  256       /* workers that want a track */

#define NGX_RTC_SFU_DATA_RENEW        4000      /* ms: says that it wants it */
#define NGX_RTC_SFU_DATA_LAPSE        12000     /* .. and is believed so long */


/* of a worker, since its start */

typedef struct {
    uint64_t                     in;            /* packets of publishers */
    uint64_t                     out;           /* to subscribers */
    uint64_t                     dropped;       /* there was no room */
    uint64_t                     refused;       /* malformed, of no track */
    uint64_t                     overflows;     /* DataPackets: too many wait */
} ngx_rtc_sfu_data_stat_t;


/* another worker that has subscribers */

typedef struct {
    ngx_rtc_sfu_relay_t         *relay;         /* compared, never used */
    ngx_msec_t                   since;
    unsigned                     wanted:1;
} ngx_rtc_sfu_data_demand_t;


typedef struct {
    ngx_queue_t                  queue;         /* in room->data_tracks */
    ngx_queue_t                  by_publisher;  /* .. and of a local one */
    ngx_rtc_sfu_room_t          *room;
    ngx_rtc_sfu_participant_t   *publisher;     /* NULL: in another worker */
    ngx_rtc_sfu_branch_t        *branch;        /* .. its; NULL: here */

    ngx_pool_t                  *pool;          /* of what follows */
    ngx_str_t                    publisher_sid;
    ngx_str_t                    identity;      /* of the publisher */
    ngx_str_t                    sid;
    Livekit__DataTrackInfo      *info;
    ngx_array_t                  demands;       /* of a local publisher's */

    ngx_queue_t                  subscriptions; /* ngx_rtc_sfu_data_sub_t */

    ngx_rtc_ident_t              ident;
    ngx_event_t                  renew;         /* of a remote publisher's */
    unsigned                     kept:1;        /* while infos are compared */
} ngx_rtc_sfu_data_track_t;


typedef struct {
    ngx_queue_t                  by_track;
    ngx_queue_t                  queue;         /* in p->data_subs */
    ngx_rtc_sfu_participant_t   *subscriber;
    ngx_rtc_sfu_data_track_t    *track;
    uint16_t                     handle;        /* in packets to it */
    ngx_msec_t                   interval;      /* ms of its frames, 0: any */
    ngx_msec_t                   sent;          /* the last one */
    unsigned                     skips:1;       /* the rest of a frame */
    unsigned                     denied:1;      /* the publisher forbids it */
} ngx_rtc_sfu_data_sub_t;


/* messages of the client */

void ngx_rtc_sfu_data_track_publish(ngx_rtc_sfu_participant_t *p,
    Livekit__PublishDataTrackRequest *request);
void ngx_rtc_sfu_data_track_unpublish(ngx_rtc_sfu_participant_t *p,
    Livekit__UnpublishDataTrackRequest *request);
void ngx_rtc_sfu_data_sub_update(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateDataSubscription *update);

/* answers that a client which resumed has not got */

void ngx_rtc_sfu_data_track_repeat(ngx_rtc_sfu_participant_t *p,
    const Livekit__SyncState *state);

/* those of a participant, in the info that others get */

ngx_int_t ngx_rtc_sfu_data_track_info(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__ParticipantInfo *info);

/* p leaves: its tracks and subscriptions end */

void ngx_rtc_sfu_data_track_leave(ngx_rtc_sfu_participant_t *p);


/* a member of another worker came, changed or left (info is NULL) */

void ngx_rtc_sfu_data_track_sync(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, const Livekit__ParticipantInfo *info);

/* of those that members are told of; NULL: there is none */

ngx_rtc_sfu_data_track_t *ngx_rtc_sfu_data_track_find(
    ngx_rtc_sfu_room_t *room, const char *sid);


/* who asked for all: a track came, a subscriber came */

void ngx_rtc_sfu_data_sub_track(ngx_rtc_sfu_data_track_t *track);
void ngx_rtc_sfu_data_sub_all(ngx_rtc_sfu_participant_t *p);

void ngx_rtc_sfu_data_sub_end(ngx_rtc_sfu_data_sub_t *s);

/* ends all of a participant; tells it the handles of all, after a resume */

void ngx_rtc_sfu_data_sub_none(ngx_rtc_sfu_participant_t *p);
void ngx_rtc_sfu_data_sub_repeat(ngx_rtc_sfu_participant_t *p);

/* of p->handles */

void ngx_rtc_sfu_data_sub_event(ngx_event_t *ev);

/* what publishers permit changed */

void ngx_rtc_sfu_data_sub_permit(ngx_rtc_sfu_room_t *room,
    const ngx_str_t *publisher);


/* a packet on the channel of a publisher */

void ngx_rtc_sfu_data_frame_receive(ngx_rtc_sfu_participant_t *p,
    const u_char *data, size_t len);

/* the track has subscribers here, or not any more; tells another worker */

void ngx_rtc_sfu_data_frame_demand(ngx_rtc_sfu_data_track_t *track);
void ngx_rtc_sfu_data_frame_renew(ngx_event_t *ev);


/* messages of another worker */

void ngx_rtc_sfu_data_frame_wanted(ngx_rtc_sfu_relay_t *relay,
    const Conference__DataDemand *message);
void ngx_rtc_sfu_data_frame_deliver(ngx_rtc_sfu_relay_t *relay,
    const Conference__DataFrame *message);


#endif /* NGX_RTC_SFU_DATA_TRACK_H_INCLUDED */
