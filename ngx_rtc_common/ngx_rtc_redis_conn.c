
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The life of one connection: ask a Sentinel if there are any, connect, greet,
 * probe while it is up, close, wait, and again.  The context is freed from the
 * event loop only, or by hiredis itself; both ways end in
 * ngx_rtc_redis_conn_closed().
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_redis_internal.h"


static void ngx_rtc_redis_conn_event(ngx_rtc_redis_conn_t *conn,
    ngx_event_t *ev, ngx_event_handler_pt handler);
static void ngx_rtc_redis_conn_reconnect_handler(ngx_event_t *ev);
static void ngx_rtc_redis_conn_deadline_handler(ngx_event_t *ev);
static void ngx_rtc_redis_conn_keepalive_handler(ngx_event_t *ev);
static void ngx_rtc_redis_conn_drop_handler(ngx_event_t *ev);
static ngx_int_t ngx_rtc_redis_conn_open(ngx_rtc_redis_conn_t *conn,
    const ngx_rtc_redis_addr_t *addr);
static ngx_int_t ngx_rtc_redis_conn_greet(ngx_rtc_redis_conn_t *conn);
static void ngx_rtc_redis_conn_auth_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_redis_conn_role_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_redis_conn_ping_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_redis_conn_set_up(ngx_rtc_redis_conn_t *conn);
static void ngx_rtc_redis_conn_complain(ngx_rtc_redis_conn_t *conn,
    const char *reason);
static void ngx_rtc_redis_conn_retry(ngx_rtc_redis_conn_t *conn);


void
ngx_rtc_redis_conn_init(ngx_rtc_redis_conn_t *conn, ngx_rtc_redis_t *redis,
    const char *name)
{
    conn->redis = redis;
    conn->name = name;
    conn->backoff = NGX_RTC_REDIS_BACKOFF_MIN;

    ngx_queue_init(&conn->calls);

    conn->dummy.fd = (ngx_socket_t) -1;
    conn->dummy.data = conn;

    ngx_rtc_redis_conn_event(conn, &conn->reconnect,
                             ngx_rtc_redis_conn_reconnect_handler);
    ngx_rtc_redis_conn_event(conn, &conn->deadline,
                             ngx_rtc_redis_conn_deadline_handler);
    ngx_rtc_redis_conn_event(conn, &conn->keepalive,
                             ngx_rtc_redis_conn_keepalive_handler);
    ngx_rtc_redis_conn_event(conn, &conn->drop,
                             ngx_rtc_redis_conn_drop_handler);
}


static void
ngx_rtc_redis_conn_event(ngx_rtc_redis_conn_t *conn, ngx_event_t *ev,
    ngx_event_handler_pt handler)
{
    ev->data = &conn->dummy;
    ev->handler = handler;
    ev->log = conn->redis->log;
    ev->cancelable = 1;
}


void
ngx_rtc_redis_conn_start(ngx_rtc_redis_conn_t *conn)
{
    if (conn->state == NGX_RTC_REDIS_CLOSED && !conn->reconnect.timer_set) {
        ngx_add_timer(&conn->reconnect, 1);
    }
}


void
ngx_rtc_redis_conn_destroy(ngx_rtc_redis_conn_t *conn)
{
    if (conn->state == NGX_RTC_REDIS_UP) {
        redisAsyncHandleWrite(conn->context);
    }

    if (conn->context) {
        conn->state = NGX_RTC_REDIS_CLOSING;
        redisAsyncFree(conn->context);
    }

    if (conn->reconnect.timer_set) {
        ngx_del_timer(&conn->reconnect);
    }
}


void
ngx_rtc_redis_conn_drop(ngx_rtc_redis_conn_t *conn, const char *reason)
{
    if (conn->state == NGX_RTC_REDIS_CLOSED
        || conn->state == NGX_RTC_REDIS_CLOSING)
    {
        return;
    }

    ngx_rtc_redis_conn_complain(conn, reason);

    conn->state = NGX_RTC_REDIS_CLOSING;

    ngx_post_event(&conn->drop, &ngx_posted_events);
}


static void
ngx_rtc_redis_conn_drop_handler(ngx_event_t *ev)
{
    ngx_connection_t      *c;
    ngx_rtc_redis_conn_t  *conn;

    c = ev->data;
    conn = c->data;

    redisAsyncFree(conn->context);
}


void
ngx_rtc_redis_conn_closed(ngx_rtc_redis_conn_t *conn)
{
    if (conn->context->c.err) {
        ngx_rtc_redis_conn_complain(conn, conn->context->c.errstr);
    }

    conn->state = NGX_RTC_REDIS_CLOSED;
    conn->context = NULL;
    conn->connection = NULL;

    if (conn->deadline.timer_set) {
        ngx_del_timer(&conn->deadline);
    }

    if (conn->keepalive.timer_set) {
        ngx_del_timer(&conn->keepalive);
    }

    if (conn->drop.posted) {
        ngx_delete_posted_event(&conn->drop);
    }

    if (conn->redis->closing) {
        return;
    }

    ngx_rtc_redis_conn_retry(conn);

    conn->down(conn);
}


/* what a Sentinel has answered is tried at once, and once */

static void
ngx_rtc_redis_conn_retry(ngx_rtc_redis_conn_t *conn)
{
    ngx_msec_t             delay;
    ngx_rtc_redis_conf_t  *conf;

    conf = conn->redis->conf;

    if (conn->primary_known || conn->next % conf->addrs.nelts != 0) {
        ngx_add_timer(&conn->reconnect, 1);
        return;
    }

    delay = conn->backoff / 2 + ngx_random() % (conn->backoff / 2);
    conn->backoff = ngx_min(conn->backoff * 2, NGX_RTC_REDIS_BACKOFF_MAX);

    ngx_add_timer(&conn->reconnect, delay);
}


static void
ngx_rtc_redis_conn_reconnect_handler(ngx_event_t *ev)
{
    ngx_int_t              rc;
    ngx_connection_t      *c;
    ngx_rtc_redis_addr_t  *addr;
    ngx_rtc_redis_conn_t  *conn;
    ngx_rtc_redis_conf_t  *conf;

    c = ev->data;
    conn = c->data;
    conf = conn->redis->conf;

    if (conn->primary_known) {
        conn->primary_known = 0;
        conn->state = NGX_RTC_REDIS_GREETING;
        addr = &conn->primary;

    } else {
        conn->state = (conf->primary.len && !conn->watch)
                      ? NGX_RTC_REDIS_ASKING : NGX_RTC_REDIS_GREETING;
        addr = conf->addrs.elts;
        addr += conn->next++ % conf->addrs.nelts;
    }

    if (ngx_rtc_redis_conn_open(conn, addr) != NGX_OK) {
        conn->state = NGX_RTC_REDIS_CLOSED;
        ngx_rtc_redis_conn_retry(conn);
        return;
    }

    rc = (conn->state == NGX_RTC_REDIS_ASKING)
         ? ngx_rtc_redis_sentinel_ask(conn) : ngx_rtc_redis_conn_greet(conn);

    if (rc != NGX_OK) {
        ngx_rtc_redis_conn_drop(conn, "no memory");
    }
}


static ngx_int_t
ngx_rtc_redis_conn_open(ngx_rtc_redis_conn_t *conn,
    const ngx_rtc_redis_addr_t *addr)
{
    redisAsyncContext  *ac;

    ngx_log_debug3(NGX_LOG_DEBUG_EVENT, conn->redis->log, 0,
                   "redis %s: connecting to %s:%ui", conn->name, addr->host,
                   (ngx_uint_t) addr->port);

    ac = addr->port ? redisAsyncConnect(addr->host, addr->port)
                    : redisAsyncConnectUnix(addr->host);

    if (ac == NULL) {
        ngx_rtc_redis_conn_complain(conn, "no memory");
        return NGX_ERROR;
    }

    if (ac->c.err) {
        ngx_rtc_redis_conn_complain(conn, ac->c.errstr);
        redisAsyncFree(ac);
        return NGX_ERROR;
    }

    if (ngx_rtc_redis_attach(conn, ac) != NGX_OK) {
        ngx_rtc_redis_conn_complain(conn, "no connection slot");
        redisAsyncFree(ac);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_redis_conn_greet(ngx_rtc_redis_conn_t *conn)
{
    ngx_str_t                  args[2];
    ngx_rtc_redis_conf_t      *conf;
    ngx_rtc_redis_handler_pt   handler;

    conf = conn->redis->conf;

    if (conn->watch) {
        return ngx_rtc_redis_sentinel_greet(conn,
                                            ngx_rtc_redis_conn_ping_handler);
    }

    if (ngx_rtc_redis_conn_auth(conn, &conf->user, &conf->password)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (conf->db.len) {
        ngx_str_set(&args[0], "SELECT");
        args[1] = conf->db;

        if (ngx_rtc_redis_conn_command(conn, 2, args,
                                       ngx_rtc_redis_conn_auth_handler, conn)
            == NULL)
        {
            return NGX_ERROR;
        }
    }

    /* a Sentinel may be the last one to hear of a failover */

    if (conf->primary.len) {
        ngx_str_set(&args[0], "ROLE");
        handler = ngx_rtc_redis_conn_role_handler;

    } else {
        ngx_str_set(&args[0], "PING");
        handler = ngx_rtc_redis_conn_ping_handler;
    }

    if (ngx_rtc_redis_conn_command(conn, 1, args, handler, conn) == NULL) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_rtc_redis_conn_auth(ngx_rtc_redis_conn_t *conn, const ngx_str_t *user,
    const ngx_str_t *password)
{
    ngx_str_t   args[3];
    ngx_uint_t  n;

    if (password->len == 0) {
        return NGX_OK;
    }

    n = 0;

    ngx_str_set(&args[n], "AUTH");
    n++;

    if (user->len) {
        args[n++] = *user;
    }

    args[n++] = *password;

    if (ngx_rtc_redis_conn_command(conn, n, args,
                                   ngx_rtc_redis_conn_auth_handler, conn)
        == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_rtc_redis_conn_auth_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_redis_conn_t *conn = data;

    if (rc != NGX_OK) {
        ngx_rtc_redis_conn_refused(conn, "AUTH or SELECT", reply);
    }
}


static void
ngx_rtc_redis_conn_role_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_redis_conn_t *conn = data;

    if (rc != NGX_OK) {
        ngx_rtc_redis_conn_refused(conn, "ROLE", reply);
        return;
    }

    if (!ngx_rtc_redis_reply_is_primary(reply)) {
        ngx_rtc_redis_conn_drop(conn, "server is not the primary");
        return;
    }

    ngx_rtc_redis_conn_set_up(conn);
}


/* the answer to the last word of the greeting and to each probe */

static void
ngx_rtc_redis_conn_ping_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_redis_conn_t *conn = data;

    if (rc != NGX_OK) {
        ngx_rtc_redis_conn_refused(conn, "PING", reply);
        return;
    }

    if (conn->state == NGX_RTC_REDIS_GREETING) {
        ngx_rtc_redis_conn_set_up(conn);
    }
}


static void
ngx_rtc_redis_conn_set_up(ngx_rtc_redis_conn_t *conn)
{
    if (conn->state != NGX_RTC_REDIS_GREETING) {
        return;
    }

    conn->state = NGX_RTC_REDIS_UP;
    conn->redis->stat.connects++;

    ngx_add_timer(&conn->keepalive, NGX_RTC_REDIS_KEEPALIVE);

    conn->up(conn);
}


static void
ngx_rtc_redis_conn_keepalive_handler(ngx_event_t *ev)
{
    ngx_connection_t      *c;
    ngx_rtc_redis_conn_t  *conn;

    c = ev->data;
    conn = c->data;

    if (conn->state != NGX_RTC_REDIS_UP) {
        return;
    }

    /* an outage is over only now: what ends at once is tried less often */

    conn->backoff = NGX_RTC_REDIS_BACKOFF_MIN;

    if (conn->complained) {
        conn->complained = 0;
        ngx_log_error(NGX_LOG_NOTICE, conn->redis->log, 0,
                      "redis %s: the connection is back", conn->name);
    }

    ngx_add_timer(&conn->keepalive, NGX_RTC_REDIS_KEEPALIVE);

    conn->probe(conn);
}


void
ngx_rtc_redis_conn_expect(ngx_rtc_redis_conn_t *conn, ngx_msec_t timeout)
{
    if (conn->deadline.timer_set) {
        ngx_del_timer(&conn->deadline);
    }

    if (timeout) {

        /* a worker that quits waits for its last commands, not for a server */

        conn->deadline.cancelable = conn->state != NGX_RTC_REDIS_UP;

        ngx_add_timer(&conn->deadline, timeout);
    }
}


static void
ngx_rtc_redis_conn_deadline_handler(ngx_event_t *ev)
{
    ngx_connection_t      *c;
    ngx_rtc_redis_conn_t  *conn;

    c = ev->data;
    conn = c->data;

    if (!ngx_queue_empty(&conn->calls) && !ngx_rtc_redis_conn_overdue(conn)) {
        return;
    }

    conn->redis->stat.timeouts++;

    /* what such a server still answers would come too late */

    ngx_rtc_redis_conn_drop(conn, "no answer in time");
}


void
ngx_rtc_redis_conn_refused(ngx_rtc_redis_conn_t *conn, const char *what,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t  text;

    if (ngx_rtc_redis_reply_string(reply, &text) != NGX_OK) {
        return;     /* the connection is closing */
    }

    if (!conn->complained) {
        conn->complained = 1;
        ngx_log_error(NGX_LOG_ERR, conn->redis->log, 0,
                      "redis %s: %s answered with \"%V\"", conn->name, what,
                      &text);
    }

    ngx_rtc_redis_conn_drop(conn, "refused");
}


/* once per outage, further attempts are logged for information */

static void
ngx_rtc_redis_conn_complain(ngx_rtc_redis_conn_t *conn, const char *reason)
{
    ngx_uint_t  level;

    if (conn->redis->closing) {
        return;
    }

    level = conn->complained ? NGX_LOG_INFO : NGX_LOG_ERR;

    ngx_log_error(level, conn->redis->log, 0, "redis %s: %s", conn->name,
                  reason);

    conn->complained = 1;
}
