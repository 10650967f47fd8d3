
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the files of the registry share.
 *
 *   ngx_rtc_sfu_registry.c          the worker: heartbeat, the dead, lookups
 *   ngx_rtc_sfu_registry_room.c     a room: its life, its events
 *   ngx_rtc_sfu_registry_replica.c  who is in it, and what has changed
 *   ngx_rtc_sfu_registry_member.c   a local member and its writes
 *   ngx_rtc_sfu_registry_hash.c     a room's settings
 *   ngx_rtc_sfu_registry_rooms.c    rooms that are made and ended here
 *   ngx_rtc_sfu_registry_protocol.c what a session is to be offered
 *   lua/                            the scripts
 */


#ifndef NGX_RTC_SFU_REGISTRY_INTERNAL_H_INCLUDED
#define NGX_RTC_SFU_REGISTRY_INTERNAL_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "rtc_event.h"
#include "rtc_keys.h"
#include "ngx_rtc_sfu_registry.h"


#define NGX_RTC_SFU_WORKER_TTL      6000    /* ms */
#define NGX_RTC_SFU_HEARTBEAT       2000
#define NGX_RTC_SFU_JOIN_WAIT       1500    /* for the subscription */
#define NGX_RTC_SFU_EVENT_WAIT      1000    /* from an answer to its event */
#define NGX_RTC_SFU_MAX_EVENTS      1024    /* kept while a state is read */
#define NGX_RTC_SFU_MAX_EVENT_BYTES (4 * 1024 * 1024)
#define NGX_RTC_SFU_MAX_WORKERS     60      /* asked for in one heartbeat */

#define NGX_RTC_SFU_REASON_JOIN_FAILURE  7


typedef enum {
    NGX_RTC_SFU_SCRIPT_JOIN = 0,
    NGX_RTC_SFU_SCRIPT_RESTORE,
    NGX_RTC_SFU_SCRIPT_UPDATE,
    NGX_RTC_SFU_SCRIPT_LEAVE,
    NGX_RTC_SFU_SCRIPT_READ,
    NGX_RTC_SFU_SCRIPT_PRUNE,
    NGX_RTC_SFU_SCRIPT_LOOKUP,
    NGX_RTC_SFU_SCRIPT_CREATE,
    NGX_RTC_SFU_SCRIPT_LIST,
    NGX_RTC_SFU_SCRIPT_DELETE,
    NGX_RTC_SFU_SCRIPT_METADATA,
    NGX_RTC_SFU_SCRIPT_MEMBERS,
    NGX_RTC_SFU_SCRIPT_EXPIRE,
    NGX_RTC_SFU_SCRIPTS
} ngx_rtc_sfu_script_e;


#define NGX_RTC_SFU_SCRIPT_KEYS  11
#define NGX_RTC_SFU_SCRIPT_ARGS  14      /* at most */


/* the keys of a room, the first one holds the allocation of them all */

typedef struct {
    ngx_str_t                          elts[NGX_RTC_SFU_SCRIPT_KEYS];
} ngx_rtc_sfu_keys_t;


/* another worker that has members in a replica */

typedef struct {
    size_t                             len;
    u_char                             wid[RTC_EVENT_MAX_WORD];
} ngx_rtc_sfu_worker_id_t;


struct ngx_rtc_sfu_registry_s {
    ngx_rtc_redis_t                   *redis;
    ngx_rtc_redis_t                   *store;       /* of rooms themselves */
    ngx_log_t                         *log;

    ngx_str_t                          wid;
    u_char                             wid_text[NGX_RTC_SFU_WID_LEN];
    ngx_str_t                          addresses;
    ngx_rtc_redis_script_t             scripts[NGX_RTC_SFU_SCRIPTS];

    ngx_queue_t                        rooms;
    ngx_rbtree_t                       ids;         /* the same by id */
    ngx_rbtree_node_t                  sentinel;
    ngx_queue_t                        lookups;

    ngx_rtc_redis_call_t              *asking;      /* which workers live */
    ngx_rtc_redis_call_t              *wishing;     /* for a protocol */
    ngx_uint_t                         nworkers;
    ngx_rtc_sfu_worker_id_t            workers[NGX_RTC_SFU_MAX_WORKERS];

    ngx_connection_t                   dummy;       /* data of the timer */
    ngx_event_t                        heartbeat;

    ngx_msec_t                         up_since;

    unsigned                           up:1;
};


typedef enum {
    NGX_RTC_SFU_ROOM_EMPTY = 0,     /* no state yet: a join brings it */
    NGX_RTC_SFU_ROOM_STALE,         /* must be read, the read is not sent */
    NGX_RTC_SFU_ROOM_READING,
    NGX_RTC_SFU_ROOM_CURRENT
} ngx_rtc_sfu_room_e;


struct ngx_rtc_sfu_registry_room_s {
    ngx_str_node_t                     node;        /* key: id */
    ngx_queue_t                        queue;
    ngx_rtc_sfu_registry_t            *registry;

    const ngx_rtc_sfu_registry_handlers_t  *handlers;   /* NULL: closed */
    void                              *data;

    ngx_rtc_sfu_keys_t                 keys;
    ngx_rtc_redis_sub_t               *sub;
    ngx_rtc_redis_call_t              *reading;

    ngx_rtc_sfu_room_e                 state;
    uint64_t                           rev;
    size_t                             epoch_len;
    u_char                             epoch[RTC_EVENT_MAX_WORD];

    ngx_queue_t                        entries;     /* the replica */
    ngx_rbtree_t                       sids;        /* the same by sid */
    ngx_rbtree_node_t                  sids_sentinel;

    ngx_queue_t                        members;     /* the local ones */
    ngx_rbtree_t                       locals;      /* the same by sid */
    ngx_rbtree_node_t                  locals_sentinel;

    ngx_queue_t                        answers;     /* joins to be answered */

    ngx_queue_t                        events;      /* kept for later */
    ngx_uint_t                         nevents;
    size_t                             event_bytes;

    ngx_uint_t                         busy;        /* callbacks below us */

    unsigned                           confirmed:1; /* the subscription */
    unsigned                           overflow:1;  /* an event was lost */
    unsigned                           regressed:1; /* Redis has lost data */
};


/* a line of the replica */

typedef struct {
    ngx_str_node_t                     node;        /* key: sid */
    ngx_queue_t                        queue;
    ngx_str_t                          wid;
    ngx_str_t                          payload;

    unsigned                           seen:1;      /* in the new state */
    unsigned                           changed:1;   /* to be reported */
} ngx_rtc_sfu_replica_t;


typedef enum {
    NGX_RTC_SFU_MEMBER_WAITING = 0, /* for the subscription */
    NGX_RTC_SFU_MEMBER_JOINING,     /* the join or its event is on its way */
    NGX_RTC_SFU_MEMBER_JOINED,
    NGX_RTC_SFU_MEMBER_GONE,        /* others removed it; has a handle still */
    NGX_RTC_SFU_MEMBER_LEAVING      /* without handle */
} ngx_rtc_sfu_member_e;


struct ngx_rtc_sfu_registry_member_s {
    ngx_str_node_t                     node;        /* key: sid */
    ngx_queue_t                        queue;
    ngx_rtc_sfu_registry_room_t       *room;

    ngx_str_t                          identity;    /* empty: not known */
    ngx_str_t                          payload;
    ngx_rtc_sfu_ticket_t               ticket;      /* of the join */
    ngx_uint_t                         reason;      /* of the leave */

    ngx_rtc_sfu_member_e               state;
    ngx_rtc_redis_call_t              *call;        /* at most one */

    ngx_rtc_sfu_join_pt                handler;
    void                              *data;

    ngx_connection_t                   dummy;       /* data of the timer */
    ngx_event_t                        timer;       /* while it waits */

    ngx_queue_t                        answer;      /* of room->answers */
    uint64_t                           rev;         /* that answers it */

    ngx_msec_t                         lost_since;
    ngx_uint_t                         protocol;    /* it is to be offered */

    unsigned                           wanted:1;    /* the join's snapshot */
    unsigned                           replace:1;
    unsigned                           dirty:1;     /* payload to be written */
    unsigned                           lost:1;      /* to be restored */
    unsigned                           pruned:1;    /* .. by no failover */
    unsigned                           taken:1;     /* before the answer */
    unsigned                           answering:1; /* in room->answers */
};


/* ngx_rtc_sfu_registry.c */

/* keys of a room with elts[0].data allocated; NGX_DECLINED: no room's id */
ngx_int_t ngx_rtc_sfu_keys_create(ngx_rtc_sfu_keys_t *keys,
    const ngx_str_t *id, ngx_log_t *log);

ngx_rtc_redis_call_t *ngx_rtc_sfu_registry_script(ngx_rtc_sfu_registry_t *reg,
    ngx_rtc_sfu_script_e script, const ngx_rtc_sfu_keys_t *keys,
    ngx_uint_t argc, const ngx_str_t *argv, ngx_rtc_redis_handler_pt handler,
    void *data);

/* the same by another client than the registry's */
ngx_rtc_redis_call_t *ngx_rtc_sfu_registry_script_by(ngx_rtc_redis_t *redis,
    ngx_rtc_sfu_registry_t *reg, ngx_rtc_sfu_script_e script,
    const ngx_rtc_sfu_keys_t *keys, ngx_uint_t argc, const ngx_str_t *argv,
    ngx_rtc_redis_handler_pt handler, void *data);

/* the first word of a script's answer as NGX_OK or a refusal */
ngx_int_t ngx_rtc_sfu_registry_answer(ngx_rtc_sfu_registry_t *reg,
    ngx_int_t rc, const ngx_rtc_redis_reply_t *reply);

ngx_str_t ngx_rtc_sfu_registry_flag(ngx_uint_t flag);

/* the arguments of the script that makes a room, five of them, text in buf */

#define NGX_RTC_SFU_ROOM_ARGS      5
#define NGX_RTC_SFU_ROOM_ARGS_LEN  (16 + 3 * NGX_INT32_LEN)

ngx_int_t ngx_rtc_sfu_registry_room_args(const ngx_rtc_sfu_ticket_t *ticket,
    ngx_str_t *args, u_char *buf);

/* for what needs no answer */
void ngx_rtc_sfu_registry_ignore(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);

/* a copy on the heap; data is NULL without memory */
ngx_str_t ngx_rtc_sfu_str_copy(const ngx_str_t *s, ngx_log_t *log);


/* ngx_rtc_sfu_registry_rooms.c */

/* ends the rooms whose time has come; every worker does, now and then */
void ngx_rtc_sfu_registry_expire(ngx_rtc_sfu_registry_t *reg);


/* ngx_rtc_sfu_registry_room.c */

/* makes room and replica equal to a snapshot, and reports what changes */
void ngx_rtc_sfu_registry_room_adopt(ngx_rtc_sfu_registry_room_t *room,
    const ngx_rtc_redis_reply_t *reply);

/* reads the room again, as soon as Redis is there */
void ngx_rtc_sfu_registry_room_reread(ngx_rtc_sfu_registry_room_t *room);

/* sends what is to be sent; runs no callback */
void ngx_rtc_sfu_registry_room_sync(ngx_rtc_sfu_registry_room_t *room);

/* in between the room stays, whatever the callbacks do */
void ngx_rtc_sfu_registry_room_hold(ngx_rtc_sfu_registry_room_t *room);
void ngx_rtc_sfu_registry_room_release(ngx_rtc_sfu_registry_room_t *room);

/* with all that is in it; runs no callback */
void ngx_rtc_sfu_registry_room_free(ngx_rtc_sfu_registry_room_t *room);


/* ngx_rtc_sfu_registry_replica.c */

void ngx_rtc_sfu_replica_init(ngx_rtc_sfu_registry_room_t *room);
void ngx_rtc_sfu_replica_clear(ngx_rtc_sfu_registry_room_t *room);

ngx_rtc_sfu_replica_t *ngx_rtc_sfu_replica_find(
    ngx_rtc_sfu_registry_room_t *room, const ngx_str_t *sid);

/* NULL: no memory; "changed" says whether it is news */
ngx_rtc_sfu_replica_t *ngx_rtc_sfu_replica_put(
    ngx_rtc_sfu_registry_room_t *room, const ngx_str_t *sid,
    const ngx_str_t *wid, const ngx_str_t *payload);

void ngx_rtc_sfu_replica_report(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e);

/* takes it out and reports that */
void ngx_rtc_sfu_replica_remove(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e, ngx_uint_t reason);

/* makes the replica equal to the members of a snapshot, and reports */
ngx_int_t ngx_rtc_sfu_replica_adopt(ngx_rtc_sfu_registry_room_t *room,
    const ngx_rtc_redis_reply_t *members);

ngx_uint_t ngx_rtc_sfu_replica_is_own(ngx_rtc_sfu_registry_room_t *room,
    ngx_rtc_sfu_replica_t *e);


/* ngx_rtc_sfu_registry_member.c */

ngx_rtc_sfu_registry_member_t *ngx_rtc_sfu_member_find(
    ngx_rtc_sfu_registry_room_t *room, const ngx_str_t *sid);

/* the next write, if one is due and none is on its way; runs no callback */
void ngx_rtc_sfu_member_sync(ngx_rtc_sfu_registry_member_t *m);

/* Redis has this local member no more, and it is to be written again */
void ngx_rtc_sfu_member_lost(ngx_rtc_sfu_registry_member_t *m);

/* an event says that it left; NGX_DECLINED: it stays, and is lost */
ngx_int_t ngx_rtc_sfu_member_left(ngx_rtc_sfu_registry_member_t *m,
    ngx_uint_t reason);

/* answers the joins whose revision the room has; "all": any revision */
void ngx_rtc_sfu_member_answer(ngx_rtc_sfu_registry_room_t *room,
    ngx_uint_t all);

/* answers all of them with a refusal */
void ngx_rtc_sfu_member_refuse_all(ngx_rtc_sfu_registry_room_t *room,
    ngx_int_t rc);

/* a member under this worker that no session knows */
void ngx_rtc_sfu_member_orphan(ngx_rtc_sfu_registry_room_t *room,
    const ngx_str_t *sid);

/* for ever: writes the leave without waiting, and frees */
void ngx_rtc_sfu_member_abandon(ngx_rtc_sfu_registry_member_t *m);


/* ngx_rtc_sfu_registry_hash.c */

/* both report; NGX_ERROR: no hash, or no memory */
ngx_int_t ngx_rtc_sfu_hash_report_reply(ngx_rtc_sfu_registry_room_t *room,
    const ngx_rtc_redis_reply_t *reply);
ngx_int_t ngx_rtc_sfu_hash_report_json(ngx_rtc_sfu_registry_room_t *room,
    const rtc_str_t *json);


/* of the answer to a join, which begins with so many other elements */

ngx_uint_t ngx_rtc_sfu_registry_read_protocol(
    const ngx_rtc_redis_reply_t *reply, ngx_uint_t n);


#endif /* NGX_RTC_SFU_REGISTRY_INTERNAL_H_INCLUDED */
