
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the files of the Redis client share.  The only place that includes
 * hiredis.
 *
 *   ngx_rtc_redis_conf.c      the directive
 *   ngx_rtc_redis.c           the client, commands and scripts
 *   ngx_rtc_redis_reply.c     access to replies
 *   ngx_rtc_redis_pubsub.c    subscriptions
 *   ngx_rtc_redis_conn.c      the life of one connection
 *   ngx_rtc_redis_sentinel.c  where the primary is
 *   ngx_rtc_redis_replicas.c  who may be the next one, and has what was written
 *   ngx_rtc_redis_hold.c      who waits for that
 *   ngx_rtc_redis_adapter.c   hiredis on nginx events
 */


#ifndef NGX_RTC_REDIS_INTERNAL_H_INCLUDED
#define NGX_RTC_REDIS_INTERNAL_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>
#include <hiredis/async.h>
#include "ngx_rtc_redis.h"


#define NGX_RTC_REDIS_KEEPALIVE    2000    /* ms between two probes */
#define NGX_RTC_REDIS_BACKOFF_MIN  50      /* ms */
#define NGX_RTC_REDIS_BACKOFF_MAX  2000

#define NGX_RTC_REDIS_MAX_REPLICAS  16
#define NGX_RTC_REDIS_REPLICA_LEN   (NGX_UNIX_ADDRSTRLEN + 8)


/* an address as hiredis takes it; a path if the port is 0 */

typedef struct {
    char                       host[NGX_UNIX_ADDRSTRLEN];
    in_port_t                  port;
} ngx_rtc_redis_addr_t;


struct ngx_rtc_redis_conf_s {
    ngx_array_t                addrs;       /* ngx_rtc_redis_addr_t */
    ngx_str_t                  primary;     /* name; addrs are Sentinels */
    ngx_str_t                  user;
    ngx_str_t                  password;
    ngx_str_t                  sentinel_password;
    ngx_str_t                  db;          /* decimal, or empty */
};


typedef enum {
    NGX_RTC_REDIS_CLOSED = 0,   /* no context; the reconnect timer runs */
    NGX_RTC_REDIS_ASKING,       /* a Sentinel for the primary's address */
    NGX_RTC_REDIS_GREETING,     /* connects, AUTH, SELECT, PING or ROLE */
    NGX_RTC_REDIS_UP,
    NGX_RTC_REDIS_CLOSING       /* the context is about to be freed */
} ngx_rtc_redis_state_e;


typedef struct ngx_rtc_redis_conn_s  ngx_rtc_redis_conn_t;

struct ngx_rtc_redis_conn_s {
    ngx_rtc_redis_t           *redis;
    const char                *name;        /* in log messages */

    redisAsyncContext         *context;
    ngx_connection_t          *connection;
    ngx_rtc_redis_state_e      state;

    ngx_queue_t                calls;       /* without answer, oldest first */

    ngx_connection_t           dummy;       /* data of the events below */
    ngx_event_t                reconnect;
    ngx_event_t                deadline;    /* of the oldest call or probe */
    ngx_event_t                keepalive;
    ngx_event_t                drop;        /* posted, frees the context */

    ngx_msec_t                 backoff;
    ngx_uint_t                 next;        /* address to try, not reduced */
    ngx_rtc_redis_addr_t       primary;     /* what a Sentinel answered */

    void                     (*up)(ngx_rtc_redis_conn_t *conn);
    void                     (*down)(ngx_rtc_redis_conn_t *conn);
    void                     (*probe)(ngx_rtc_redis_conn_t *conn);

    unsigned                   watch:1;         /* of a Sentinel's news */
    unsigned                   primary_known:1;
    unsigned                   complained:1;    /* of this outage, in the log */
};


typedef struct {
    u_char                     name[NGX_RTC_REDIS_REPLICA_LEN];
    ngx_msec_t                 since;       /* not there, unless "seen" */
    unsigned                   present:1;   /* in the last ROLE */
    unsigned                   seen:1;      /* in that before, or this */
} ngx_rtc_redis_replica_t;


typedef struct {
    ngx_rtc_redis_addr_t       primary;     /* whose replicas they are */
    ngx_rtc_redis_addr_t       former;
    ngx_msec_t                 left;        /* the former one */

    ngx_rtc_redis_replica_t    elts[NGX_RTC_REDIS_MAX_REPLICAS];
    ngx_uint_t                 nelts;
    ngx_uint_t                 present;
    ngx_uint_t                 missing;
    ngx_uint_t                 least;       /* that have to be there */

    unsigned                   used:1;
    unsigned                   seeded:1;    /* a Sentinel has said who is */
} ngx_rtc_redis_replicas_t;


struct ngx_rtc_redis_s {
    ngx_rtc_redis_conf_t      *conf;
    ngx_log_t                 *log;

    ngx_rtc_redis_conn_t       commands;
    ngx_rtc_redis_conn_t       pubsub;
    ngx_rtc_redis_conn_t       watch;       /* if there are Sentinels */

    ngx_rtc_redis_state_pt     state_handler;
    void                      *state_data;

    ngx_queue_t                subs;
    ngx_rbtree_t               channels;    /* the same by name */
    ngx_rbtree_node_t          sentinel;

    ngx_rtc_redis_stat_t       stat;
    ngx_rtc_redis_replicas_t   replicas;
    ngx_queue_t                held;        /* ngx_rtc_redis_hold_t */
    ngx_queue_t                covered;     /* those that are waited for */
    ngx_uint_t                 session;

    unsigned                   waiting:1;   /* for the covered ones */
    unsigned                   announced:1; /* up, to the state handler */
    unsigned                   closing:1;
};


/* ngx_rtc_redis_conn.c */

void ngx_rtc_redis_conn_init(ngx_rtc_redis_conn_t *conn,
    ngx_rtc_redis_t *redis, const char *name);

/* connects from the event loop, not before this returns */
void ngx_rtc_redis_conn_start(ngx_rtc_redis_conn_t *conn);

/* writes out what is buffered, then closes for ever */
void ngx_rtc_redis_conn_destroy(ngx_rtc_redis_conn_t *conn);

/* closes from the event loop and connects again; safe in any callback */
void ngx_rtc_redis_conn_drop(ngx_rtc_redis_conn_t *conn, const char *reason);

/* the context has been freed; from the adapter only */
void ngx_rtc_redis_conn_closed(ngx_rtc_redis_conn_t *conn);

/* starts or clears the timer of what is waited for */
void ngx_rtc_redis_conn_expect(ngx_rtc_redis_conn_t *conn, ngx_msec_t timeout);

/* nothing, if there is no password */
ngx_int_t ngx_rtc_redis_conn_auth(ngx_rtc_redis_conn_t *conn,
    const ngx_str_t *user, const ngx_str_t *password);

/* a word of the greeting was answered with an error: logs and drops */
void ngx_rtc_redis_conn_refused(ngx_rtc_redis_conn_t *conn, const char *what,
    const ngx_rtc_redis_reply_t *reply);


/* ngx_rtc_redis_sentinel.c */

/* sends the question; the answer is followed by another connection */
ngx_int_t ngx_rtc_redis_sentinel_ask(ngx_rtc_redis_conn_t *conn);

void ngx_rtc_redis_sentinel_init(ngx_rtc_redis_t *redis);
ngx_int_t ngx_rtc_redis_sentinel_greet(ngx_rtc_redis_conn_t *conn,
    ngx_rtc_redis_handler_pt handler);


/* ngx_rtc_redis_replicas.c */

/*
 * Whether a failover can lose what was written on this connection, within
 * "timeout" ms; the handler is called as that of a command, without a reply,
 * and with NGX_OK or NGX_DECLINED if there is an answer.  NGX_DECLINED is
 * returned if the call is refused; it cannot be cancelled.
 */
ngx_int_t ngx_rtc_redis_wait(ngx_rtc_redis_t *redis, ngx_msec_t timeout,
    ngx_rtc_redis_handler_pt handler, void *data);

/* takes what ROLE has answered; NGX_DECLINED: not as a primary does */
ngx_int_t ngx_rtc_redis_replicas_update(ngx_rtc_redis_t *redis,
    const ngx_rtc_redis_reply_t *role);

/* the answer to SENTINEL REPLICAS */
void ngx_rtc_redis_replicas_seed_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);

/* another primary may be used; NGX_DECLINED: not so soon */
ngx_int_t ngx_rtc_redis_replicas_move(ngx_rtc_redis_t *redis,
    const ngx_rtc_redis_addr_t *to);


/* ngx_rtc_redis_hold.c */

void ngx_rtc_redis_hold_init(ngx_rtc_redis_t *redis);


/* ngx_rtc_redis.c */

ngx_rtc_redis_call_t *ngx_rtc_redis_conn_command(ngx_rtc_redis_conn_t *conn,
    ngx_uint_t argc, const ngx_str_t *argv, ngx_rtc_redis_handler_pt handler,
    void *data);

/* whether a call is over its time; sets the timer for the oldest otherwise */
ngx_uint_t ngx_rtc_redis_conn_overdue(ngx_rtc_redis_conn_t *conn);


/* ngx_rtc_redis_reply.c */

/* NGX_OK, NGX_ERROR or NGX_AGAIN as the handler of a call gets it */
ngx_int_t ngx_rtc_redis_reply_rc(const ngx_rtc_redis_reply_t *reply);

/* whether ROLE was answered with "master" */
ngx_uint_t ngx_rtc_redis_reply_is_primary(const ngx_rtc_redis_reply_t *reply);

/* whether this is an error reply with that first word */
ngx_uint_t ngx_rtc_redis_reply_is_error(const ngx_rtc_redis_reply_t *reply,
    const char *code);


/* ngx_rtc_redis_pubsub.c */

void ngx_rtc_redis_pubsub_init(ngx_rtc_redis_t *redis);
void ngx_rtc_redis_pubsub_destroy(ngx_rtc_redis_t *redis);


/* ngx_rtc_redis_adapter.c */

/* on error the context is not freed */
ngx_int_t ngx_rtc_redis_attach(ngx_rtc_redis_conn_t *conn,
    redisAsyncContext *ac);

/* hiredis's form of a command; NGX_DECLINED: the context takes none */
ngx_int_t ngx_rtc_redis_send(ngx_rtc_redis_conn_t *conn,
    redisCallbackFn *callback, void *data, ngx_uint_t argc,
    const ngx_str_t *argv);


#endif /* NGX_RTC_REDIS_INTERNAL_H_INCLUDED */
