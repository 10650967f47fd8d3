
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The rooms as Redis holds them: admission, who is in a room, and its changes
 * in order.  One registry per worker; it keeps a replica of each room that has
 * local members, repairs it after a gap, and writes the local members again
 * after Redis has lost them.
 *
 * No callback runs before the function that caused it has returned.  From
 * inside any callback, every function may be called, but
 * ngx_rtc_sfu_registry_destroy().  Strings given are copied, strings received
 * live until the callback returns.  Room ids and identities are any bytes.
 */


#ifndef NGX_RTC_SFU_REGISTRY_H_INCLUDED
#define NGX_RTC_SFU_REGISTRY_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_redis.h"


#define NGX_RTC_SFU_MAX_ROOM_ID      256
#define NGX_RTC_SFU_MAX_IDENTITY     256
#define NGX_RTC_SFU_MAX_SID          64
#define NGX_RTC_SFU_MAX_PAYLOAD      262144 /* metadata, attributes, tracks */

#define NGX_RTC_SFU_WID_LEN          16     /* hexadecimal digits */


/* answers of join and lookup beside NGX_OK, NGX_ERROR and NGX_AGAIN */

#define NGX_RTC_SFU_JOIN_NOT_FOUND   -20
#define NGX_RTC_SFU_JOIN_CLOSED      -21    /* active is not "1" */
#define NGX_RTC_SFU_JOIN_FULL        -22
#define NGX_RTC_SFU_JOIN_TAKEN       -23
#define NGX_RTC_SFU_JOIN_REVOKED     -24    /* the token, by an admin */


/* LiveKit's DisconnectReason, as far as the registry says it by itself */

#define NGX_RTC_SFU_REASON_UNKNOWN    0     /* its worker died */
#define NGX_RTC_SFU_REASON_DUPLICATE  2     /* its identity joined again */


typedef struct ngx_rtc_sfu_registry_s         ngx_rtc_sfu_registry_t;
typedef struct ngx_rtc_sfu_registry_room_s    ngx_rtc_sfu_registry_room_t;
typedef struct ngx_rtc_sfu_registry_member_s  ngx_rtc_sfu_registry_member_t;


/*
 * For init_process.  The client's state handler belongs to the registry from
 * then on.  "store" is for rooms that are made, changed and ended here: another
 * client if that waits for replicas, or the same.  Both outlive the registry.
 */

ngx_rtc_sfu_registry_t *ngx_rtc_sfu_registry_create(ngx_rtc_redis_t *redis,
    ngx_rtc_redis_t *store, ngx_log_t *log);

/*
 * For exit_process, before the client: sends the leaves of all members and
 * takes the worker's key back.  No callback runs.
 */

void ngx_rtc_sfu_registry_destroy(ngx_rtc_sfu_registry_t *reg);

/* this worker's id; lives as long as the registry */

const ngx_str_t *ngx_rtc_sfu_registry_wid(ngx_rtc_sfu_registry_t *reg);

/* where others find this worker, a JSON object; announced from now on */

ngx_int_t ngx_rtc_sfu_registry_set_addresses(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *json);

/*
 * What a worker has announced, as Redis has it: nil when it has not for 6 s.
 * NULL: Redis is away or no memory, the handler is not called.
 */

ngx_rtc_redis_call_t *ngx_rtc_sfu_registry_ask_worker(
    ngx_rtc_sfu_registry_t *reg, const ngx_str_t *wid,
    ngx_rtc_redis_handler_pt handler, void *data);

/* whether Redis has been there for long enough that what lives is in it */

ngx_uint_t ngx_rtc_sfu_registry_may_prune(ngx_rtc_sfu_registry_t *reg);


/* a member as the replica has it */

typedef struct {
    ngx_str_t       sid;
    ngx_str_t       wid;
    ngx_str_t       payload;            /* the packed Member message */
    unsigned        own:1;              /* of this worker */
} ngx_rtc_sfu_entry_t;


/* whether two strings are equal */

ngx_uint_t ngx_rtc_sfu_str_eq(const ngx_str_t *a, const ngx_str_t *b);


/* a room's settings; a missing one is an empty string */

typedef struct {
    ngx_uint_t      nelts;
    ngx_keyval_t   *elts;
} ngx_rtc_sfu_hash_t;

ngx_str_t ngx_rtc_sfu_hash_get(const ngx_rtc_sfu_hash_t *settings,
    const char *name);


/*
 * The room's changes in the order of their revisions.  Before a join is
 * answered with NGX_OK, settings and every member have been reported, the
 * joined one included.
 */

typedef struct {
    void  (*settings)(void *data, const ngx_rtc_sfu_hash_t *settings);

    /* came or changed; a local one too, with own set */
    void  (*member)(void *data, const ngx_rtc_sfu_entry_t *member);

    /*
     * payload is empty.  A local one whose handle still lives was replaced or
     * removed by others: its session ends, its owner calls leave as always.
     */
    void  (*left)(void *data, const ngx_rtc_sfu_entry_t *member,
                  ngx_uint_t reason);

    /* the room is gone */
    void  (*removed)(void *data);
} ngx_rtc_sfu_registry_handlers_t;


/* what a token says about itself, and about a room that is not there */

typedef struct {
    uint64_t        issued;             /* Unix seconds */
    ngx_str_t       first;              /* whose second connection it is, or
                                           empty */
    ngx_str_t       metadata;
    uint32_t        empty_timeout;      /* s; 0 of each: the default */
    uint32_t        departure_timeout;
    uint32_t        max_participants;
    unsigned        create:1;           /* make it */
} ngx_rtc_sfu_ticket_t;


/*
 * A room has one owner in a worker.  NULL: no memory, id too long or empty,
 * already open, or closed from inside a callback of it that has not returned.
 * Closing ends the callbacks and the handles of its members, which leave.
 */

ngx_rtc_sfu_registry_room_t *ngx_rtc_sfu_registry_room_open(
    ngx_rtc_sfu_registry_t *reg, const ngx_str_t *id,
    const ngx_rtc_sfu_registry_handlers_t *handlers, void *data);

void ngx_rtc_sfu_registry_room_close(ngx_rtc_sfu_registry_room_t *room);


/*
 * NGX_OK, NGX_RTC_SFU_JOIN_..., NGX_AGAIN (Redis is away: 503), NGX_ERROR.
 * Anything but NGX_OK ends the handle: it is not used afterwards.
 */

typedef void (*ngx_rtc_sfu_join_pt)(void *data, ngx_int_t rc);

/*
 * With replace, the identity's earlier member leaves with
 * NGX_RTC_SFU_REASON_DUPLICATE.  NULL: Redis is away, no memory, or a string is
 * too long; the handler is not called then.  It is called within 4 s.
 */

ngx_rtc_sfu_registry_member_t *ngx_rtc_sfu_registry_join(
    ngx_rtc_sfu_registry_room_t *room, const ngx_str_t *sid,
    const ngx_str_t *identity, const ngx_str_t *payload,
    const ngx_rtc_sfu_ticket_t *ticket, ngx_uint_t replace,
    ngx_rtc_sfu_join_pt handler, void *data);

/*
 * The last payload wins; while Redis is away it waits here.  NGX_ERROR: too
 * long, or no memory.
 */

ngx_int_t ngx_rtc_sfu_registry_update(ngx_rtc_sfu_registry_member_t *member,
    const ngx_str_t *payload);

/*
 * Whether its worker was taken for dead, and it is not written again yet: who
 * has its identity now has come after it.
 */

ngx_uint_t ngx_rtc_sfu_registry_is_pruned(
    const ngx_rtc_sfu_registry_member_t *member);

/*
 * What the identity's next session is to be offered: CandidateProtocol of
 * LiveKit, 0 for all of them.  A wish: it is forgotten after a minute, while
 * Redis is away, or while another one is on its way.
 */

void ngx_rtc_sfu_registry_ask_protocol(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *id, const ngx_str_t *identity, ngx_uint_t protocol);

/* what was asked for this one, once it has joined */

ngx_uint_t ngx_rtc_sfu_registry_protocol(
    const ngx_rtc_sfu_registry_member_t *member);

/*
 * Ends the handle at once, at any time from join on; its join handler is not
 * called any more.  The leave itself is written when Redis is there, with a
 * LiveKit DisconnectReason, and never touches a successor.
 */

void ngx_rtc_sfu_registry_leave(ngx_rtc_sfu_registry_member_t *member,
    ngx_uint_t reason);


/*
 * The worker is known to be gone: its members leave now, and not when its key
 * has expired.
 */

void ngx_rtc_sfu_registry_worker_gone(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *wid);


/*
 * Whether this identity could join now with replace: answers as join does.
 * With the sid of a session that has ended: NGX_RTC_SFU_JOIN_TAKEN if another
 * one has its identity.  NULL: Redis is away or no memory, the handler is not
 * called.
 */

typedef struct ngx_rtc_sfu_registry_lookup_s  ngx_rtc_sfu_registry_lookup_t;

ngx_rtc_sfu_registry_lookup_t *ngx_rtc_sfu_registry_lookup(
    ngx_rtc_sfu_registry_t *reg, const ngx_str_t *id,
    const ngx_str_t *identity, const ngx_str_t *sid,
    const ngx_rtc_sfu_ticket_t *ticket, ngx_rtc_sfu_join_pt handler,
    void *data);

/* the handler will not be called; not to be used once it was */

void ngx_rtc_sfu_registry_lookup_cancel(ngx_rtc_sfu_registry_lookup_t *lookup);


#endif /* NGX_RTC_SFU_REGISTRY_H_INCLUDED */
