
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A room as one worker sees it: its settings and a replica of all its members,
 * kept current by the registry, and the participants that live in this worker.
 * A room is here while it has a participant here, or one that is joining.
 */


#ifndef NGX_RTC_SFU_ROOM_H_INCLUDED
#define NGX_RTC_SFU_ROOM_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_ident.h"
#include "ngx_rtc_sfu_registry.h"
#include "ngx_rtc_sfu_signal.h"


typedef struct ngx_rtc_sfu_worker_s       ngx_rtc_sfu_worker_t;
typedef struct ngx_rtc_sfu_room_s         ngx_rtc_sfu_room_t;
typedef struct ngx_rtc_sfu_member_s       ngx_rtc_sfu_member_t;
typedef struct ngx_rtc_sfu_participant_s  ngx_rtc_sfu_participant_t;
typedef struct ngx_rtc_sfu_track_s        ngx_rtc_sfu_track_t;
typedef struct ngx_rtc_sfu_branch_s       ngx_rtc_sfu_branch_t;
typedef struct ngx_rtc_sfu_remote_s       ngx_rtc_sfu_remote_t;
typedef struct ngx_rtc_sfu_viewer_s       ngx_rtc_sfu_viewer_t;


/* one line of the replica: a participant of any worker */

struct ngx_rtc_sfu_member_s {
    ngx_str_node_t               node;          /* key: sid */
    ngx_queue_t                  queue;         /* in the order they came */

    ngx_pool_t                  *pool;          /* of the strings below */
    ngx_str_t                    identity;
    ngx_str_t                    info;          /* packed ParticipantInfo */
    Livekit__SubscriptionPermission  *permission;  /* NULL: everybody may have
                                                   its tracks */

    ngx_rtc_sfu_participant_t   *participant;   /* NULL: another worker's */
    ngx_rtc_sfu_branch_t        *branch;        /* NULL: ours */
    ngx_rtc_sfu_remote_t        *remote;        /* its tracks, or NULL */

    ngx_queue_t                  by_change;     /* in room->changed */
    ngx_msec_t                   paid;          /* until then, by changes */
    unsigned                     changed:1;     /* others are not told yet */
    unsigned                     publishes:1;   /* has or had tracks */
    unsigned                     publisher:1;   /* as its info says */
    unsigned                     hidden:1;      /* not shown to others */
    unsigned                     streams:1;     /* has data tracks, elsewhere */
    unsigned                     restricted:1;  /* permission is applied */
};


/* what the API sets, and the server enforces */

typedef struct {
    ngx_uint_t                   max_participants;
    ngx_uint_t                   empty_timeout; /* s, as clients are told */
    ngx_uint_t                   departure_timeout;
    int64_t                      created;       /* Unix seconds */
    unsigned                     active:1;
    unsigned                     audio_only:1;
    unsigned                     allow_chat:1;
    unsigned                     allow_share_screen:1;
} ngx_rtc_sfu_settings_t;


struct ngx_rtc_sfu_room_s {
    ngx_str_node_t               node;          /* key: the room's id */
    ngx_rtc_sfu_worker_t        *worker;
    ngx_pool_t                  *pool;

    ngx_rtc_sfu_registry_room_t *registry;
    ngx_rtc_sfu_settings_t       settings;
    ngx_str_t                    sid;           /* RM_ and the room's epoch */
    ngx_str_t                    metadata;      /* terminated, or no data */

    ngx_rbtree_t                 members;
    ngx_rbtree_node_t            members_sentinel;
    ngx_queue_t                  members_queue;
    ngx_uint_t                   nmembers;
    ngx_queue_t                  branches;      /* ngx_rtc_sfu_branch_t */

    ngx_queue_t                  participants;  /* that live here */
    ngx_queue_t                  tracks;        /* that can be subscribed to */
    ngx_queue_t                  data_tracks;   /* ngx_rtc_sfu_data_track_t */
    u_char                      *nonces;        /* of data, NULL: none yet */
    ngx_uint_t                   nonce;         /* how many there were */
    ngx_uint_t                   holds;

    ngx_rtc_ident_t              ident;
    ngx_event_t                  speakers;      /* every 400 ms */
    ngx_uint_t                   ticks;         /* of it, since quality */

    ngx_event_t                  update;        /* when others are told of: */
    ngx_queue_t                  changed;       /* members */
    ngx_array_t                 *left;          /* packed infos of those who */
    ngx_pool_t                  *left_pool;     /* left; NULL: nobody */

    ngx_queue_t                  departed;      /* who left lately */
    ngx_uint_t                   ndeparted;
    ngx_msec_t                   forgot;        /* when one left that was */
    unsigned                     forgetful:1;   /* .. forgotten since */
    ngx_event_t                  notice;        /* when participants hear: */
    ngx_uint_t                   told;          /* how many are here */
    ngx_uint_t                   told_publishers;   /* and publish, last */

    ngx_rtc_sfu_track_t         *speaker;       /* microphone of who has the
                                                   floor; NULL: nobody yet */

    ngx_queue_t                  viewers;       /* ngx_rtc_sfu_viewer_t */
    ngx_event_t                  viewing;       /* posted: to choose tracks */
};


/*
 * Finds or makes the room and holds it; every hold is released once.  NULL:
 * no memory.
 */

ngx_rtc_sfu_room_t *ngx_rtc_sfu_room_hold(ngx_rtc_sfu_worker_t *worker,
    const ngx_str_t *id);
/* without a hold, or NULL */

ngx_rtc_sfu_room_t *ngx_rtc_sfu_room_find(ngx_rtc_sfu_worker_t *worker,
    const ngx_str_t *id);

void ngx_rtc_sfu_room_release(ngx_rtc_sfu_room_t *room);

/* the worker exits: ends all sessions of the room now */

void ngx_rtc_sfu_room_shutdown(ngx_rtc_sfu_room_t *room);

ngx_rtc_sfu_member_t *ngx_rtc_sfu_room_member(ngx_rtc_sfu_room_t *room,
    const ngx_str_t *sid);


/*
 * A participant of this worker was let in: it takes the line of the replica
 * that the registry has announced.  NGX_DECLINED: it has left again meanwhile.
 */

ngx_int_t ngx_rtc_sfu_room_enter(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_participant_t *p);

/* the packed infos of all that p may see, itself left out; in the pool */

ngx_int_t ngx_rtc_sfu_room_others(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool, ngx_str_t **infos,
    ngx_uint_t *n);

/*
 * Something that others see of a local participant changed: counts its version
 * up, tells the registry and all participants here.  "self" tells it too.
 */

void ngx_rtc_sfu_room_changed(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_participant_t *p, ngx_uint_t self);

/* the participant is gone: tells everybody, with a DisconnectReason */

void ngx_rtc_sfu_room_leave(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_participant_t *p, ngx_uint_t reason);

/* sends a packed SignalResponse to all participants here but one (or NULL) */

void ngx_rtc_sfu_room_broadcast(ngx_rtc_sfu_room_t *room,
    const ngx_str_t *packed, ngx_rtc_sfu_participant_t *except);


#endif /* NGX_RTC_SFU_ROOM_H_INCLUDED */
