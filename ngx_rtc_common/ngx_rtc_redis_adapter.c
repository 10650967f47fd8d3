
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * hiredis on nginx events.  Events are level-triggered: hiredis reads 16 KB
 * per call and leaves the rest for the next one.  The socket belongs to
 * hiredis, which closes it after the cleanup hook.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_conn.h"
#include "ngx_rtc_redis_internal.h"


static void ngx_rtc_redis_add_read(void *data);
static void ngx_rtc_redis_del_read(void *data);
static void ngx_rtc_redis_add_write(void *data);
static void ngx_rtc_redis_del_write(void *data);
static void ngx_rtc_redis_cleanup(void *data);
static void ngx_rtc_redis_read_handler(ngx_event_t *rev);
static void ngx_rtc_redis_write_handler(ngx_event_t *wev);


ngx_int_t
ngx_rtc_redis_attach(ngx_rtc_redis_conn_t *conn, redisAsyncContext *ac)
{
    ngx_log_t         *log;
    ngx_connection_t  *c;

    log = conn->redis->log;

    c = ngx_rtc_conn(ac->c.fd, SOCK_STREAM, conn, log);
    if (c == NULL) {
        return NGX_ERROR;
    }

    c->read->handler = ngx_rtc_redis_read_handler;
    c->write->handler = ngx_rtc_redis_write_handler;

    /*
     * worker_shutdown_timeout spares such connections: what the end of the
     * sessions writes goes out in exit_process
     */
    c->read->resolver = 1;

    ac->ev.addRead = ngx_rtc_redis_add_read;
    ac->ev.delRead = ngx_rtc_redis_del_read;
    ac->ev.addWrite = ngx_rtc_redis_add_write;
    ac->ev.delWrite = ngx_rtc_redis_del_write;
    ac->ev.cleanup = ngx_rtc_redis_cleanup;
    ac->ev.data = conn;

    conn->context = ac;
    conn->connection = c;

    return NGX_OK;
}


static void
ngx_rtc_redis_add_read(void *data)
{
    ngx_rtc_redis_conn_t *conn = data;

    ngx_event_t  *rev;

    rev = conn->connection->read;

    if (!rev->active && ngx_add_event(rev, NGX_READ_EVENT, 0) != NGX_OK) {
        ngx_rtc_redis_conn_drop(conn, "no read event");
    }
}


static void
ngx_rtc_redis_del_read(void *data)
{
    ngx_rtc_redis_conn_t *conn = data;

    ngx_event_t  *rev;

    rev = conn->connection->read;

    if (rev->active && ngx_del_event(rev, NGX_READ_EVENT, 0) != NGX_OK) {
        ngx_rtc_redis_conn_drop(conn, "no read event");
    }
}


static void
ngx_rtc_redis_add_write(void *data)
{
    ngx_rtc_redis_conn_t *conn = data;

    ngx_event_t  *wev;

    wev = conn->connection->write;

    if (!wev->active && ngx_add_event(wev, NGX_WRITE_EVENT, 0) != NGX_OK) {
        ngx_rtc_redis_conn_drop(conn, "no write event");
    }
}


static void
ngx_rtc_redis_del_write(void *data)
{
    ngx_rtc_redis_conn_t *conn = data;

    ngx_event_t  *wev;

    wev = conn->connection->write;

    if (wev->active && ngx_del_event(wev, NGX_WRITE_EVENT, 0) != NGX_OK) {
        ngx_rtc_redis_conn_drop(conn, "no write event");
    }
}


static void
ngx_rtc_redis_cleanup(void *data)
{
    ngx_rtc_redis_conn_t *conn = data;

    ngx_connection_t  *c;

    c = conn->connection;

    if (c->read->posted) {
        ngx_delete_posted_event(c->read);
    }

    if (c->write->posted) {
        ngx_delete_posted_event(c->write);
    }

    if (ngx_del_conn) {
        ngx_del_conn(c, NGX_CLOSE_EVENT);

    } else {
        if (c->read->active || c->read->disabled) {
            ngx_del_event(c->read, NGX_READ_EVENT, NGX_CLOSE_EVENT);
        }

        if (c->write->active || c->write->disabled) {
            ngx_del_event(c->write, NGX_WRITE_EVENT, NGX_CLOSE_EVENT);
        }
    }

    c->read->closed = 1;
    c->write->closed = 1;

    ngx_free_connection(c);

    /* hiredis closes the socket: a stale event must not find it here */
    c->fd = (ngx_socket_t) -1;

    ngx_rtc_redis_conn_closed(conn);
}


/* the context may be freed when these return */

static void
ngx_rtc_redis_read_handler(ngx_event_t *rev)
{
    ngx_connection_t      *c;
    ngx_rtc_redis_conn_t  *conn;

    c = rev->data;
    conn = c->data;

    redisAsyncHandleRead(conn->context);
}


static void
ngx_rtc_redis_write_handler(ngx_event_t *wev)
{
    ngx_connection_t      *c;
    ngx_rtc_redis_conn_t  *conn;

    c = wev->data;
    conn = c->data;

    redisAsyncHandleWrite(conn->context);
}


ngx_int_t
ngx_rtc_redis_send(ngx_rtc_redis_conn_t *conn, redisCallbackFn *callback,
    void *data, ngx_uint_t argc, const ngx_str_t *argv)
{
    size_t       lens[NGX_RTC_REDIS_MAX_ARGS];
    const char  *args[NGX_RTC_REDIS_MAX_ARGS];
    ngx_uint_t   i;

    if (conn->context == NULL || argc == 0 || argc > NGX_RTC_REDIS_MAX_ARGS) {
        return NGX_DECLINED;
    }

    for (i = 0; i < argc; i++) {
        args[i] = argv[i].len ? (const char *) argv[i].data : "";
        lens[i] = argv[i].len;
    }

    if (redisAsyncCommandArgv(conn->context, callback, data, (int) argc, args,
                              lens)
        != REDIS_OK)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}
