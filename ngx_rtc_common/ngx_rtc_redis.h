
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A worker's Redis client: commands, Lua scripts and subscriptions on nginx's
 * event loop.  Nothing here blocks, nothing waits for an absent server: what
 * cannot be sent now is refused now, what is not answered in time is answered
 * by the client itself with NGX_AGAIN.
 *
 * There are two connections: commands, kept open from create on, and pub/sub,
 * opened by the first subscription.  Both reconnect by themselves.
 *
 * The client may be used from inside any of its callbacks, except that
 * ngx_rtc_redis_destroy() is called from none of them.
 */


#ifndef NGX_RTC_REDIS_H_INCLUDED
#define NGX_RTC_REDIS_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "rtc_histogram.h"


#define NGX_RTC_REDIS_TIMEOUT      1500    /* ms, from a command to its end */
#define NGX_RTC_REDIS_MAX_PENDING  4096    /* commands without an answer */
#define NGX_RTC_REDIS_MAX_ARGS     64      /* words; a script's, and three */


typedef struct ngx_rtc_redis_s        ngx_rtc_redis_t;
typedef struct ngx_rtc_redis_conf_s   ngx_rtc_redis_conf_t;
typedef struct ngx_rtc_redis_call_s   ngx_rtc_redis_call_t;
typedef struct ngx_rtc_redis_sub_s    ngx_rtc_redis_sub_t;
typedef struct ngx_rtc_redis_reply_s  ngx_rtc_redis_reply_t;


/*
 * The slot of a directive with one argument, for a command with
 * NGX_CONF_TAKE1; cmd->offset is that of an ngx_rtc_redis_conf_t pointer,
 * NGX_CONF_UNSET_PTR before.  Names are resolved here, once.
 *
 *   redis://[[user]:password@]host[:port][/db]
 *   unix:/path[?db=N&user=NAME&password=PASSWORD]
 *   sentinel://[[user]:password@]host[:port][,host[:port] ...]/name[/db]
 *       [?sentinel_password=PASSWORD]
 *
 * User and password are percent-decoded; those of a Sentinel URL are the
 * primary's.
 */

char *ngx_rtc_redis_set_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


/*
 * For init_process; returns NULL only without memory.  The first connection
 * is attempted at once, an absent server is no error.  The configuration and
 * the log outlive the client.
 */

ngx_rtc_redis_t *ngx_rtc_redis_create(ngx_rtc_redis_conf_t *conf,
    ngx_log_t *log);

/*
 * For exit_process: writes out what the socket takes and closes.  Pending
 * commands get their NGX_AGAIN before it returns.
 */

void ngx_rtc_redis_destroy(ngx_rtc_redis_t *redis);


/* whether a command sent now would reach the server */

ngx_uint_t ngx_rtc_redis_is_up(ngx_rtc_redis_t *redis);


/* is called when commands become possible (up 1), and impossible (0) */

typedef void (*ngx_rtc_redis_state_pt)(void *data, ngx_uint_t up);

void ngx_rtc_redis_set_state_handler(ngx_rtc_redis_t *redis,
    ngx_rtc_redis_state_pt handler, void *data);


/*
 * Is called exactly once for every call that was not cancelled, never before
 * the function that made the call has returned.  The reply lives until the
 * handler returns.
 *
 *   NGX_OK     reply is the answer
 *   NGX_ERROR  reply is an error of the server
 *   NGX_AGAIN  no answer in time, connection lost, or the server cannot serve
 *              now (loading, no primary, no memory); reply may be NULL.
 *              Unless there is a reply, the command may have been executed.
 */

typedef void (*ngx_rtc_redis_handler_pt)(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);

/*
 * Both return NULL if the call is refused: server away, too many pending
 * calls, no memory; the handler is not called then.  Arguments are copied,
 * any byte may be in them.  Calls are executed in the order they were made; a
 * script that the server did not know yet comes behind those made meanwhile.
 */

ngx_rtc_redis_call_t *ngx_rtc_redis_command(ngx_rtc_redis_t *redis,
    ngx_uint_t argc, const ngx_str_t *argv, ngx_rtc_redis_handler_pt handler,
    void *data);


/*
 * A Lua script; one object serves all clients of a process.  It is sent by its
 * SHA-1, and in full when the server does not know it.  argv holds nkeys keys,
 * then the other arguments.
 */

typedef struct {
    ngx_str_t                  source;
    u_char                     sha[40];         /* hexadecimal */
} ngx_rtc_redis_script_t;

void ngx_rtc_redis_script_init(ngx_rtc_redis_script_t *script,
    const ngx_str_t *source);

ngx_rtc_redis_call_t *ngx_rtc_redis_script(ngx_rtc_redis_t *redis,
    const ngx_rtc_redis_script_t *script, ngx_uint_t nkeys, ngx_uint_t argc,
    const ngx_str_t *argv, ngx_rtc_redis_handler_pt handler, void *data);


/*
 * What has to be so before a write is acknowledged, right after create: each
 * replica that may be the next primary has it, and these are "least" or more;
 * one that has left is missing for ten seconds.  NGX_CONF_UNSET: as many as
 * there are, if a Sentinel tells of them.  0: nothing has to.
 */

void ngx_rtc_redis_set_replicas(ngx_rtc_redis_t *redis, ngx_int_t least);

/* whether something has to */

ngx_uint_t ngx_rtc_redis_may_hold(const ngx_rtc_redis_conf_t *conf,
    ngx_int_t least);
ngx_uint_t ngx_rtc_redis_holds(ngx_rtc_redis_t *redis);

/*
 * Waits for that, for all that was written on this connection.  The handler is
 * called once, perhaps before hold() returns, unless unhold() is:
 *
 *   NGX_OK        a failover cannot lose it
 *   NGX_DECLINED  not so within half a second, or a replica is missing
 *   NGX_AGAIN     the connection is lost
 */

typedef struct {
    void                     (*handler)(void *data, ngx_int_t rc);
    void                      *data;

    ngx_queue_t                queue;
    unsigned                   waits:1;         /* 0 before */
} ngx_rtc_redis_hold_t;

void ngx_rtc_redis_hold(ngx_rtc_redis_t *redis, ngx_rtc_redis_hold_t *hold);
void ngx_rtc_redis_unhold(ngx_rtc_redis_hold_t *hold);

/* another number: another connection, which cannot wait for former writes */

ngx_uint_t ngx_rtc_redis_session(ngx_rtc_redis_t *redis);


/*
 * The handler will not be called; the command may be executed nevertheless.
 * Not to be used once the handler has been called.
 */

void ngx_rtc_redis_cancel(ngx_rtc_redis_call_t *call);


/*
 * Replies.  Each function returns NGX_ERROR, 0 or NULL when the reply is NULL
 * or of another type.  A status ("OK") and an error count as strings; strings
 * point into the reply.  An integer may also come as a decimal string, as hash
 * fields do.
 */

ngx_int_t ngx_rtc_redis_reply_string(const ngx_rtc_redis_reply_t *reply,
    ngx_str_t *value);
ngx_int_t ngx_rtc_redis_reply_integer(const ngx_rtc_redis_reply_t *reply,
    int64_t *value);
ngx_uint_t ngx_rtc_redis_reply_is_nil(const ngx_rtc_redis_reply_t *reply);
ngx_uint_t ngx_rtc_redis_reply_is_array(const ngx_rtc_redis_reply_t *reply);
ngx_uint_t ngx_rtc_redis_reply_nelts(const ngx_rtc_redis_reply_t *reply);
const ngx_rtc_redis_reply_t *ngx_rtc_redis_reply_elt(
    const ngx_rtc_redis_reply_t *reply, ngx_uint_t n);


/*
 * Subscriptions.  A channel has one subscription per client.  "confirmed" is
 * called when the server has confirmed it, and again after every reconnect:
 * what was published in between is lost, so the owner reads its state again.
 * Both may be called until unsubscribe.
 */

typedef struct {
    void                     (*message)(void *data, const ngx_str_t *payload);
    void                     (*confirmed)(void *data);
} ngx_rtc_redis_sub_handlers_t;

/* NULL: no memory, or the channel has a subscription */

ngx_rtc_redis_sub_t *ngx_rtc_redis_subscribe(ngx_rtc_redis_t *redis,
    const ngx_str_t *channel, const ngx_rtc_redis_sub_handlers_t *handlers,
    void *data);

void ngx_rtc_redis_unsubscribe(ngx_rtc_redis_sub_t *sub);


/* counters since create, "pending" is a gauge */

typedef struct {
    uint64_t                   commands;
    uint64_t                   errors;          /* error replies */
    uint64_t                   timeouts;
    uint64_t                   refused;
    uint64_t                   connects;
    uint64_t                   messages;        /* of subscriptions */
    rtc_histogram_t            latency;         /* of answers */
    ngx_uint_t                 pending;
} ngx_rtc_redis_stat_t;

const ngx_rtc_redis_stat_t *ngx_rtc_redis_stat(ngx_rtc_redis_t *redis);


#endif /* NGX_RTC_REDIS_H_INCLUDED */
