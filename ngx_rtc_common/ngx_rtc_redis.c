
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The Redis client of a worker: commands and scripts.
 *
 * All calls of a connection have the same time, so the queue of those without
 * an answer is in the order of their deadlines, which is also the order of the
 * answers; one timer watches its head.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_sha1.h>
#include "ngx_rtc_redis_internal.h"


struct ngx_rtc_redis_call_s {
    ngx_queue_t                    queue;
    ngx_rtc_redis_conn_t          *conn;
    ngx_msec_t                     deadline;
    uint64_t                       sent_us;     /* monotonic */

    ngx_rtc_redis_handler_pt       handler;     /* NULL: cancelled */
    void                          *data;

    /* of a script: what is sent again if the server does not know it */

    const ngx_rtc_redis_script_t  *script;
    ngx_uint_t                     argc;
    ngx_str_t                     *argv;
};


static void ngx_rtc_redis_up(ngx_rtc_redis_conn_t *conn);
static void ngx_rtc_redis_down(ngx_rtc_redis_conn_t *conn);
static void ngx_rtc_redis_probe(ngx_rtc_redis_conn_t *conn);
static void ngx_rtc_redis_probe_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static ngx_uint_t ngx_rtc_redis_refuse(ngx_rtc_redis_t *redis);
static ngx_rtc_redis_call_t *ngx_rtc_redis_call_create(
    ngx_rtc_redis_conn_t *conn, ngx_uint_t argc, const ngx_str_t *argv);
static void ngx_rtc_redis_call_enqueue(ngx_rtc_redis_call_t *call,
    ngx_rtc_redis_handler_pt handler, void *data);
static void ngx_rtc_redis_reply_handler(redisAsyncContext *ac, void *raw,
    void *data);
static ngx_int_t ngx_rtc_redis_eval(ngx_rtc_redis_call_t *call);
static uint64_t ngx_rtc_redis_now_us(void);


ngx_rtc_redis_t *
ngx_rtc_redis_create(ngx_rtc_redis_conf_t *conf, ngx_log_t *log)
{
    ngx_rtc_redis_t  *redis;

    redis = ngx_calloc(sizeof(ngx_rtc_redis_t), log);
    if (redis == NULL) {
        return NULL;
    }

    redis->conf = conf;
    redis->log = log;

    ngx_rtc_redis_conn_init(&redis->commands, redis, "commands");
    redis->commands.up = ngx_rtc_redis_up;
    redis->commands.down = ngx_rtc_redis_down;
    redis->commands.probe = ngx_rtc_redis_probe;

    ngx_rtc_redis_pubsub_init(redis);
    ngx_rtc_redis_sentinel_init(redis);
    ngx_rtc_redis_hold_init(redis);

    ngx_rtc_redis_conn_start(&redis->commands);

    if (conf->primary.len) {
        ngx_rtc_redis_conn_start(&redis->watch);
    }

    return redis;
}


void
ngx_rtc_redis_destroy(ngx_rtc_redis_t *redis)
{
    redis->closing = 1;

    ngx_rtc_redis_conn_destroy(&redis->commands);
    ngx_rtc_redis_pubsub_destroy(redis);
    ngx_rtc_redis_conn_destroy(&redis->watch);

    ngx_free(redis);
}


ngx_uint_t
ngx_rtc_redis_is_up(ngx_rtc_redis_t *redis)
{
    return redis->commands.state == NGX_RTC_REDIS_UP && !redis->closing;
}


void
ngx_rtc_redis_set_state_handler(ngx_rtc_redis_t *redis,
    ngx_rtc_redis_state_pt handler, void *data)
{
    redis->state_handler = handler;
    redis->state_data = data;
}


ngx_uint_t
ngx_rtc_redis_session(ngx_rtc_redis_t *redis)
{
    return redis->session;
}


const ngx_rtc_redis_stat_t *
ngx_rtc_redis_stat(ngx_rtc_redis_t *redis)
{
    return &redis->stat;
}


static void
ngx_rtc_redis_up(ngx_rtc_redis_conn_t *conn)
{
    ngx_rtc_redis_t       *redis;
    ngx_rtc_redis_conn_t  *pubsub;

    redis = conn->redis;
    pubsub = &redis->pubsub;

    redis->announced = 1;
    redis->session++;

    /* after a failover the old primary may go on as a replica */

    if (redis->conf->primary.len && pubsub->state == NGX_RTC_REDIS_UP
        && (conn->primary.port != pubsub->primary.port
            || ngx_strcmp(conn->primary.host, pubsub->primary.host) != 0))
    {
        ngx_rtc_redis_conn_drop(pubsub, "another server is the primary");
    }

    if (redis->state_handler) {
        redis->state_handler(redis->state_data, 1);
    }
}


static void
ngx_rtc_redis_down(ngx_rtc_redis_conn_t *conn)
{
    ngx_rtc_redis_t  *redis;

    redis = conn->redis;

    if (!redis->announced) {
        return;
    }

    redis->announced = 0;

    if (redis->state_handler) {
        redis->state_handler(redis->state_data, 0);
    }
}


/*
 * Finds out that a silent server is gone before a command has to, and who of
 * its replicas is.
 */

static void
ngx_rtc_redis_probe(ngx_rtc_redis_conn_t *conn)
{
    ngx_str_t  word = ngx_string("PING");

    if (conn->redis->replicas.used) {
        ngx_str_set(&word, "ROLE");
    }

    if (conn->redis->replicas.used || ngx_queue_empty(&conn->calls)) {
        (void) ngx_rtc_redis_conn_command(conn, 1, &word,
                                          ngx_rtc_redis_probe_handler, conn);
    }
}


static void
ngx_rtc_redis_probe_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_redis_conn_t *conn = data;

    /* an answer is an answer; its absence closes the connection */

    if (rc == NGX_OK && conn->redis->replicas.used
        && conn->state == NGX_RTC_REDIS_UP)
    {
        (void) ngx_rtc_redis_replicas_update(conn->redis, reply);
    }
}


ngx_rtc_redis_call_t *
ngx_rtc_redis_command(ngx_rtc_redis_t *redis, ngx_uint_t argc,
    const ngx_str_t *argv, ngx_rtc_redis_handler_pt handler, void *data)
{
    ngx_rtc_redis_call_t  *call;

    if (ngx_rtc_redis_refuse(redis)) {
        return NULL;
    }

    call = ngx_rtc_redis_conn_command(&redis->commands, argc, argv, handler,
                                      data);
    if (call == NULL) {
        redis->stat.refused++;
        return NULL;
    }

    redis->stat.commands++;

    return call;
}


void
ngx_rtc_redis_script_init(ngx_rtc_redis_script_t *script,
    const ngx_str_t *source)
{
    u_char      digest[20];
    ngx_sha1_t  sha1;

    script->source = *source;

    ngx_sha1_init(&sha1);
    ngx_sha1_update(&sha1, source->data, source->len);
    ngx_sha1_final(digest, &sha1);

    ngx_hex_dump(script->sha, digest, sizeof(digest));
}


ngx_rtc_redis_call_t *
ngx_rtc_redis_script(ngx_rtc_redis_t *redis,
    const ngx_rtc_redis_script_t *script, ngx_uint_t nkeys, ngx_uint_t argc,
    const ngx_str_t *argv, ngx_rtc_redis_handler_pt handler, void *data)
{
    u_char                 number[NGX_INT_T_LEN];
    ngx_uint_t             i;
    ngx_str_t              args[NGX_RTC_REDIS_MAX_ARGS];
    ngx_rtc_redis_call_t  *call;

    if (ngx_rtc_redis_refuse(redis)) {
        return NULL;
    }

    if (argc > NGX_RTC_REDIS_MAX_ARGS - 3 || nkeys > argc) {
        redis->stat.refused++;
        return NULL;
    }

    ngx_str_set(&args[0], "EVALSHA");
    args[1].data = (u_char *) script->sha;
    args[1].len = sizeof(script->sha);
    args[2].data = number;
    args[2].len = ngx_sprintf(number, "%ui", nkeys) - number;

    for (i = 0; i < argc; i++) {
        args[i + 3] = argv[i];
    }

    call = ngx_rtc_redis_call_create(&redis->commands, argc + 3, args);

    if (call == NULL
        || ngx_rtc_redis_send(&redis->commands, ngx_rtc_redis_reply_handler,
                              call, argc + 3, args)
           != NGX_OK)
    {
        if (call) {
            ngx_free(call);
        }

        redis->stat.refused++;
        return NULL;
    }

    call->script = script;

    ngx_rtc_redis_call_enqueue(call, handler, data);

    redis->stat.commands++;

    return call;
}


void
ngx_rtc_redis_cancel(ngx_rtc_redis_call_t *call)
{
    call->handler = NULL;
}


static ngx_uint_t
ngx_rtc_redis_refuse(ngx_rtc_redis_t *redis)
{
    if (ngx_rtc_redis_is_up(redis)
        && redis->stat.pending < NGX_RTC_REDIS_MAX_PENDING)
    {
        return 0;
    }

    redis->stat.refused++;

    return 1;
}


ngx_rtc_redis_call_t *
ngx_rtc_redis_conn_command(ngx_rtc_redis_conn_t *conn, ngx_uint_t argc,
    const ngx_str_t *argv, ngx_rtc_redis_handler_pt handler, void *data)
{
    ngx_rtc_redis_call_t  *call;

    call = ngx_rtc_redis_call_create(conn, 0, NULL);
    if (call == NULL) {
        return NULL;
    }

    if (ngx_rtc_redis_send(conn, ngx_rtc_redis_reply_handler, call, argc,
                           argv)
        != NGX_OK)
    {
        ngx_free(call);
        return NULL;
    }

    ngx_rtc_redis_call_enqueue(call, handler, data);

    return call;
}


/* with a copy of argv, if there is any */

static ngx_rtc_redis_call_t *
ngx_rtc_redis_call_create(ngx_rtc_redis_conn_t *conn, ngx_uint_t argc,
    const ngx_str_t *argv)
{
    size_t                 size;
    u_char                *p;
    ngx_uint_t             i;
    ngx_rtc_redis_call_t  *call;

    size = sizeof(ngx_rtc_redis_call_t) + argc * sizeof(ngx_str_t);

    for (i = 0; i < argc; i++) {
        size += argv[i].len;
    }

    call = ngx_alloc(size, conn->redis->log);
    if (call == NULL) {
        return NULL;
    }

    ngx_memzero(call, sizeof(ngx_rtc_redis_call_t));

    call->conn = conn;
    call->argc = argc;
    call->argv = (ngx_str_t *) (call + 1);

    p = (u_char *) (call->argv + argc);

    for (i = 0; i < argc; i++) {
        call->argv[i].data = p;
        call->argv[i].len = argv[i].len;

        if (argv[i].len) {
            p = ngx_cpymem(p, argv[i].data, argv[i].len);
        }
    }

    return call;
}


static void
ngx_rtc_redis_call_enqueue(ngx_rtc_redis_call_t *call,
    ngx_rtc_redis_handler_pt handler, void *data)
{
    ngx_rtc_redis_conn_t  *conn;

    conn = call->conn;

    call->handler = handler;
    call->data = data;
    call->deadline = ngx_current_msec + NGX_RTC_REDIS_TIMEOUT;
    call->sent_us = ngx_rtc_redis_now_us();

    if (ngx_queue_empty(&conn->calls)) {
        ngx_rtc_redis_conn_expect(conn, NGX_RTC_REDIS_TIMEOUT);
    }

    ngx_queue_insert_tail(&conn->calls, &call->queue);

    conn->redis->stat.pending++;
}


ngx_uint_t
ngx_rtc_redis_conn_overdue(ngx_rtc_redis_conn_t *conn)
{
    ngx_msec_int_t         left;
    ngx_queue_t           *q;
    ngx_rtc_redis_call_t  *call;

    q = ngx_queue_head(&conn->calls);
    call = ngx_queue_data(q, ngx_rtc_redis_call_t, queue);

    left = (ngx_msec_int_t) (call->deadline - ngx_current_msec);

    if (left <= 0) {
        return 1;
    }

    ngx_rtc_redis_conn_expect(conn, (ngx_msec_t) left);

    return 0;
}


static void
ngx_rtc_redis_reply_handler(redisAsyncContext *ac, void *raw, void *data)
{
    ngx_rtc_redis_call_t *call = data;

    void                         *owner;
    ngx_int_t                     rc;
    ngx_rtc_redis_conn_t         *conn;
    ngx_rtc_redis_handler_pt      handler;
    const ngx_rtc_redis_reply_t  *reply;

    conn = call->conn;
    reply = raw;

    ngx_queue_remove(&call->queue);

    if (reply == NULL) {
        conn->state = NGX_RTC_REDIS_CLOSING;

    } else if (ngx_queue_empty(&conn->calls)) {
        ngx_rtc_redis_conn_expect(conn, 0);
    }

    rc = ngx_rtc_redis_reply_rc(reply);

    if (rc == NGX_ERROR && call->script
        && ngx_rtc_redis_reply_is_error(reply, "NOSCRIPT"))
    {
        if (ngx_rtc_redis_eval(call) == NGX_OK) {
            return;
        }

        rc = NGX_AGAIN;
        reply = NULL;
    }

    if (ngx_rtc_redis_reply_is_error(reply, "READONLY")) {
        ngx_rtc_redis_conn_drop(conn, "server is not the primary");
    }

    conn->redis->stat.pending--;
    conn->redis->stat.errors += (rc == NGX_ERROR);

    if (reply) {
        rtc_histogram_add(&conn->redis->stat.latency,
                          ngx_rtc_redis_now_us() - call->sent_us);
    }

    handler = call->handler;
    owner = call->data;

    ngx_free(call);

    if (handler) {
        handler(owner, rc, reply);
    }
}


/* its time goes on: it was the oldest call and is so again */

static ngx_int_t
ngx_rtc_redis_eval(ngx_rtc_redis_call_t *call)
{
    ngx_rtc_redis_conn_t  *conn;

    conn = call->conn;

    ngx_str_set(&call->argv[0], "EVAL");
    call->argv[1] = call->script->source;

    if (conn->state != NGX_RTC_REDIS_UP
        || ngx_rtc_redis_send(conn, ngx_rtc_redis_reply_handler, call,
                              call->argc, call->argv)
           != NGX_OK)
    {
        return NGX_DECLINED;
    }

    call->script = NULL;

    ngx_queue_insert_head(&conn->calls, &call->queue);

    /* the timer's handler looks how much is left */

    ngx_rtc_redis_conn_expect(conn, 1);

    return NGX_OK;
}


/* nginx's own time stands still during an event, as long as an answer takes */

static uint64_t
ngx_rtc_redis_now_us(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}
