
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A participant: one session of one identity in one room, with its signalling
 * connection and its two peer connections.  It lives in the worker that
 * accepted its first WebSocket; after a resume the connection may be another
 * worker's.
 */


#ifndef NGX_RTC_SFU_PARTICIPANT_H_INCLUDED
#define NGX_RTC_SFU_PARTICIPANT_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_ident.h"
#include "ngx_rtc_sfu_data.h"
#include "ngx_rtc_sfu_line.h"
#include "ngx_rtc_sfu_pc.h"
#include "ngx_rtc_sfu_pending.h"
#include "ngx_rtc_sfu_publish.h"
#include "ngx_rtc_sfu_quality.h"
#include "ngx_rtc_sfu_room.h"
#include "ngx_rtc_sfu_subscribe.h"
#include "ngx_rtc_sfu_viewer.h"
#include "rtc_jwt.h"



#define NGX_RTC_SFU_JOIN_TIMEOUT       60000    /* ms from join to ACTIVE */
#define NGX_RTC_SFU_GHOST_TIMEOUT      20000    /* ms without socket and ICE */
#define NGX_RTC_SFU_RESUME_TIMEOUT     15000    /* ms for ICE to come back */
#define NGX_RTC_SFU_REFRESH_INTERVAL   300000   /* ms between fresh tokens */

#define NGX_RTC_SFU_MAX_METADATA       65536    /* bytes, attributes too */
#define NGX_RTC_SFU_MAX_NAME           1024     /* bytes */
#define NGX_RTC_SFU_MAX_TRACKS         20       /* of one publisher */


/* states of ParticipantInfo; a participant only moves forward */

typedef enum {
    NGX_RTC_SFU_JOINING = 0,                    /* no JoinResponse yet */
    NGX_RTC_SFU_JOINED,
    NGX_RTC_SFU_ACTIVE,                         /* primary connection is up */
    NGX_RTC_SFU_CLOSED                          /* left; memory goes soon */
} ngx_rtc_sfu_state_e;


/* where the next resume ends, if its client has asked for that */

typedef enum {
    NGX_RTC_SFU_CUT_NOT = 0,
    NGX_RTC_SFU_CUT_UNTOLD,                     /* before any message */
    NGX_RTC_SFU_CUT_TOLD                        /* after the first ones */
} ngx_rtc_sfu_cut_e;


/* what the client told about itself: the query of /rtc, join_request of v1 */

typedef struct {
    ngx_str_t                    sdk;
    ngx_str_t                    browser;
    ngx_int_t                    protocol;
    ngx_int_t                    client_protocol;
    uint32_t                     capabilities;  /* 1 << ClientInfo.Capability */
    ngx_str_t                    sid;           /* of the session to resume */
    ngx_str_t                    publish;       /* suffix of its identity */
    Livekit__JoinRequest        *request;       /* until it is served, or
                                                   NULL */
    ngx_pool_t                  *pool;          /* of request */
    unsigned                     single:1;      /* v1: one peer connection */
    unsigned                     safari:1;
    unsigned                     auto_subscribe:1;
    unsigned                     auto_subscribe_data:1;
    unsigned                     adaptive_stream:1;
    unsigned                     reconnect:1;   /* wants to resume */
} ngx_rtc_sfu_client_t;


/* what it may change about itself */

typedef struct {
    ngx_pool_t                  *pool;
    char                        *name;
    char                        *metadata;
    size_t                       nattrs;
    Livekit__ParticipantInfo__AttributesEntry  **attrs;
} ngx_rtc_sfu_profile_t;


/* of one who signals by HTTP: what names and proves its session */

typedef struct {
    ngx_str_t                    id;            /* random, ends its URL */
    ngx_str_t                    token;         /* that it began with */
} ngx_rtc_sfu_resource_t;


struct ngx_rtc_sfu_participant_s {
    ngx_queue_t                  queue;         /* in room->participants, once
                                                   it has entered */
    ngx_rtc_sfu_room_t          *room;
    ngx_rtc_sfu_member_t        *member;        /* its line in the replica */
    ngx_rtc_sfu_registry_member_t  *entry;      /* its handle in the registry */

    ngx_pool_t                  *pool;
    ngx_log_t                    log;

    ngx_rtc_sfu_state_e          state;
    ngx_str_t                    sid;
    ngx_str_t                    identity;
    uint32_t                     version;       /* of its ParticipantInfo */
    int64_t                      joined_at;     /* Unix ms */

    ngx_uint_t                   protocol;      /* it is to be offered only:
                                                   CandidateProtocol */
    const rtc_grant_t           *grant;         /* of its token, or: */
    rtc_grant_t                 *own_grant;     /* once that was changed */
    ngx_rtc_sfu_client_t         client;
    ngx_rtc_sfu_profile_t        profile;

    ngx_rtc_sfu_line_t           line;          /* not open: it was lost, or it
                                                   has a resource instead */
    ngx_rtc_sfu_resource_t      *resource;      /* NULL: it has a socket */
    ngx_rtc_sfu_viewer_t        *viewer;        /* NULL: no player of WHEP */
    ngx_rtc_sfu_pc_t            *publisher;     /* NULL: it is a viewer */
    ngx_rtc_sfu_pc_t            *subscriber;    /* the publisher too, if the
                                                   client has a single one;
                                                   NULL: it has a resource,
                                                   and is no viewer */

    ngx_rtc_sfu_backlog_t        backlog;       /* data that has to wait */
    uint32_t                     last_sequence; /* of its reliable data */
    ngx_queue_t                  rpcs;          /* of the server to it */
    ngx_uint_t                   nrpcs;

    ngx_rtc_sfu_publish_t        publish;       /* its last negotiation */
    ngx_queue_t                  tracks;        /* ngx_rtc_sfu_track_t */
    ngx_rtc_sfu_negotiation_t    negotiation;   /* of subscriber */
    ngx_queue_t                  subscriptions; /* ngx_rtc_sfu_subscription_t */

    ngx_queue_t                  data_tracks;   /* that it publishes */
    ngx_queue_t                  data_subs;     /* ngx_rtc_sfu_data_sub_t */
    ngx_uint_t                   ndata_subs;
    uint16_t                     data_handle;   /* the last one given */

    ngx_rtc_sfu_pending_t        pending;       /* what it waits for */

    ngx_pool_t                  *permission_pool;
    Livekit__SubscriptionPermission  *permission;  /* of its tracks, NULL:
                                                   for everybody */

    ngx_rtc_sfu_quality_t        quality;

    ngx_rtc_ident_t              ident;         /* of the events below */
    ngx_event_t                  timer;         /* the next deadline of all */
    ngx_event_t                  destroy;       /* posted by close */
    ngx_event_t                  handles;       /* posted: to be told */
    uint64_t                     deadline;      /* monotonic us, of timer */

    ngx_msec_t                   started;
    ngx_msec_t                   refreshed;     /* last token sent */
    ngx_msec_t                   heard;         /* a message came */
    ngx_msec_t                   lost;          /* line is not open since */
    ngx_msec_t                   resumed;       /* line is another one since */
    ngx_msec_t                   reached;       /* ICE was connected last */
    ngx_msec_t                   failed;        /* ICE is not since; 0: is */
    ngx_msec_t                   exiting;       /* seen first, without ws */

    ngx_rtc_sfu_cut_e            cut;
    ngx_msec_t                   speaks_until;  /* simulated */
    ngx_msec_t                   claimed;       /* when it was told last */

    unsigned                     claims:1;      /* told to speak */
    unsigned                     is_publisher:1;
    unsigned                     speaks:1;
    unsigned                     told:1;        /* by a LeaveRequest */
    unsigned                     hidden:1;      /* others never hear of it */
    unsigned                     subscriber_primary:1;  /* since its join */
};


/* of its signalling connection; data is the participant */

extern const ngx_rtc_sfu_ws_handlers_t  ngx_rtc_sfu_participant_ws_handlers;


/*
 * Makes a participant that is going to ask the registry to be let in.  All
 * arguments live in pool, which is the participant's own from now on, in
 * success and failure.  The client's request is its own only in success.
 */

ngx_rtc_sfu_participant_t *ngx_rtc_sfu_participant_create(
    ngx_rtc_sfu_room_t *room, ngx_pool_t *pool, const ngx_str_t *sid,
    const rtc_grant_t *grant, const ngx_rtc_sfu_client_t *client);

/* was not let in: frees it */

void ngx_rtc_sfu_participant_discard(ngx_rtc_sfu_participant_t *p);

/*
 * Was let in: takes the signalling connection, enters the room and sends the
 * first messages.  One with a resource has no connection: ws is NULL, it has
 * to be alive by its media, and ends with it.
 */

void ngx_rtc_sfu_participant_start(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_ws_t *ws);

/*
 * Ends the session: tells the client to leave if it has a socket and action is
 * not negative (LeaveRequest.Action), tells the others the reason
 * (DisconnectReason).  Memory is freed in a posted event, so it may be called
 * from any callback; calling it again does nothing.
 */

void ngx_rtc_sfu_participant_close(ngx_rtc_sfu_participant_t *p,
    ngx_int_t action, ngx_uint_t reason);


/* closes its signalling connection and waits for another one */

void ngx_rtc_sfu_participant_hangup(ngx_rtc_sfu_participant_t *p);

/* .. after telling the client so, once there is no way for media */

void ngx_rtc_sfu_participant_ask_resume(ngx_rtc_sfu_participant_t *p,
    ngx_uint_t reason);


/* frees one that is closed; only where no callback of its parts can be below */

void ngx_rtc_sfu_participant_destroy(ngx_rtc_sfu_participant_t *p);


/* packs and sends one message; a participant without a socket gets nothing */

void ngx_rtc_sfu_participant_send(ngx_rtc_sfu_participant_t *p,
    const Livekit__SignalResponse *response);
void ngx_rtc_sfu_participant_send_packed(ngx_rtc_sfu_participant_t *p,
    const ngx_str_t *packed);

/* a new access token with what the grant and the profile say now */

void ngx_rtc_sfu_participant_refresh_token(ngx_rtc_sfu_participant_t *p);

/* a deadline of one of its parts may have moved: arms the timer anew */

void ngx_rtc_sfu_participant_rearm(ngx_rtc_sfu_participant_t *p);


/* the connection on which the client gets data and becomes ACTIVE by */

ngx_rtc_sfu_pc_t *ngx_rtc_sfu_participant_primary(
    ngx_rtc_sfu_participant_t *p);


/* what the peer connections report */

void ngx_rtc_sfu_participant_connected(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_pc_t *pc);
void ngx_rtc_sfu_participant_ice(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_pc_t *pc, rtc_transport_ice_e state);
void ngx_rtc_sfu_participant_pc_closed(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_pc_t *pc, rtc_transport_close_e why);


/* its grant, to be changed; NULL: no memory */

rtc_grant_t *ngx_rtc_sfu_participant_own_grant(ngx_rtc_sfu_participant_t *p);

/* what the token grants and the room's settings allow; now, not at the join */

uint32_t ngx_rtc_sfu_participant_sources(ngx_rtc_sfu_participant_t *p);
ngx_uint_t ngx_rtc_sfu_participant_may_publish(ngx_rtc_sfu_participant_t *p,
    Livekit__TrackType type, Livekit__TrackSource source);
ngx_uint_t ngx_rtc_sfu_participant_may_send_data(ngx_rtc_sfu_participant_t *p);

/* sends a ParticipantUpdate after the room's settings changed what it may do,
 * and ends the tracks that it may publish no more */

void ngx_rtc_sfu_participant_enforce(ngx_rtc_sfu_participant_t *p);


#endif /* NGX_RTC_SFU_PARTICIPANT_H_INCLUDED */
