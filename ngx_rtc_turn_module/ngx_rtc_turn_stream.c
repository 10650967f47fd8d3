
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Clients over TCP and TLS: sessions of nginx's stream.
 */


#include "ngx_rtc_addr.h"
#include "ngx_rtc_turn.h"
#include "ngx_rtc_turn_bind.h"
#include "ngx_rtc_turn_pipe.h"
#include "ngx_rtc_turn_tcp.h"


#define NGX_RTC_TURN_STREAM_IN      65536   /* bytes of a read */
#define NGX_RTC_TURN_STREAM_ROUNDS  4       /* reads of an event */
#define NGX_RTC_TURN_STREAM_OUT     65536   /* bytes that wait to be sent */
#define NGX_RTC_TURN_STREAM_STALL   30000   /* ms without a byte going */


static ngx_int_t ngx_rtc_turn_stream_tuple(ngx_rtc_turn_stream_t *st);
static void ngx_rtc_turn_stream_read_handler(ngx_event_t *rev);
static ngx_int_t ngx_rtc_turn_stream_read(ngx_rtc_turn_stream_t *st);
static ssize_t ngx_rtc_turn_stream_recv(ngx_connection_t *c, u_char *buf,
    size_t size);
static ngx_int_t ngx_rtc_turn_stream_parse(ngx_rtc_turn_stream_t *st,
    size_t len);
static void ngx_rtc_turn_stream_message(ngx_rtc_turn_stream_t *st, u_char *p,
    size_t len, u_char *rest, u_char *end);
static void ngx_rtc_turn_stream_bound(ngx_rtc_turn_stream_t *st,
    rtc_turn_io_t *io, u_char *rest, u_char *end);
static void ngx_rtc_turn_stream_elsewhere(ngx_rtc_turn_stream_t *st,
    rtc_turn_io_t *io, u_char *rest, u_char *end);
static void ngx_rtc_turn_stream_watch(ngx_rtc_turn_stream_t *st);
static void ngx_rtc_turn_stream_put(ngx_rtc_turn_stream_t *st,
    const u_char *p, size_t len);
static void ngx_rtc_turn_stream_write_handler(ngx_event_t *wev);
static ngx_int_t ngx_rtc_turn_stream_flush(ngx_rtc_turn_stream_t *st);
static void ngx_rtc_turn_stream_fail(ngx_rtc_turn_stream_t *st);


void
ngx_rtc_turn_stream_handler(ngx_stream_session_t *s)
{
    ngx_connection_t          *c;
    ngx_rtc_turn_stream_t     *st;
    ngx_rtc_turn_main_conf_t  *tmcf;

    c = s->connection;
    tmcf = ngx_stream_get_module_main_conf(s, ngx_rtc_turn_module);

    st = ngx_pcalloc(c->pool, sizeof(ngx_rtc_turn_stream_t));

    if (st == NULL || tmcf->worker == NULL || c->type != SOCK_STREAM) {
        ngx_stream_finalize_session(s, NGX_STREAM_INTERNAL_SERVER_ERROR);
        return;
    }

    st->worker = tmcf->worker;
    st->session = s;

    if (ngx_rtc_turn_stream_tuple(st) != NGX_OK) {
        ngx_stream_finalize_session(s, NGX_STREAM_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_stream_set_ctx(s, st, ngx_rtc_turn_module);
    ngx_queue_insert_tail(&st->worker->streams, &st->queue);
    st->worker->nstreams++;

    c->log->action = "serving a TURN client";

    if (ngx_tcp_nodelay(c) != NGX_OK) {
        ngx_rtc_turn_stream_close(st, NGX_STREAM_INTERNAL_SERVER_ERROR);
        return;
    }

    c->read->handler = ngx_rtc_turn_stream_read_handler;
    c->write->handler = ngx_rtc_turn_stream_write_handler;

    ngx_rtc_turn_stream_watch(st);

    /* bytes may be here already, behind a TLS handshake or a PROXY header */

    c->read->ready = 1;
    ngx_rtc_turn_stream_read_handler(c->read);
}


static ngx_int_t
ngx_rtc_turn_stream_tuple(ngx_rtc_turn_stream_t *st)
{
    ngx_connection_t  *c;

    c = st->session->connection;

    /* a client behind a proxy is told the address that the proxy told us */

    if (ngx_connection_local_sockaddr(c, NULL, 0) != NGX_OK
        || ngx_rtc_addr_set(&st->tuple.remote, c->sockaddr, RTC_TCP)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (c->proxy_protocol
        || ngx_rtc_addr_set(&st->tuple.local, c->local_sockaddr, RTC_TCP)
           != NGX_OK)
    {
        /* a split by name: it is not known which address the client went to */

        ngx_memzero(&st->tuple.local, sizeof(rtc_addr_t));
        ngx_memcpy(st->tuple.local.addr, &c->number, sizeof(c->number));
    }

    return NGX_OK;
}


static void
ngx_rtc_turn_stream_read_handler(ngx_event_t *rev)
{
    ngx_int_t               rc;
    ngx_uint_t              i;
    ngx_connection_t       *c;
    ngx_stream_session_t   *s;
    ngx_rtc_turn_stream_t  *st;

    c = rev->data;
    s = c->data;
    st = ngx_stream_get_module_ctx(s, ngx_rtc_turn_module);

    if (c->close) {

        /* worker_shutdown_timeout */

        ngx_rtc_turn_stream_close(st, NGX_STREAM_OK);
        return;
    }

    if (rev->timedout) {
        ngx_connection_error(c, NGX_ETIMEDOUT, "TURN client timed out");
        ngx_rtc_turn_stream_close(st, NGX_STREAM_OK);
        return;
    }

    if (st->bind) {

        /* what comes now may be data */

        return;
    }

    st->busy = 1;
    rc = NGX_OK;

    for (i = 0; i < NGX_RTC_TURN_STREAM_ROUNDS && rc == NGX_OK; i++) {
        rc = ngx_rtc_turn_stream_read(st);
        ngx_rtc_turn_io_flush(st->worker->io);
    }

    st->busy = 0;

    if (st->failed || rc == NGX_ERROR || rc == NGX_DONE) {

        /* the answer to what came before it, such as a refused bind */

        (void) ngx_rtc_turn_stream_flush(st);

        ngx_rtc_turn_stream_close(st, rc == NGX_ERROR ? NGX_STREAM_BAD_REQUEST
                                                      : NGX_STREAM_OK);
        return;
    }

    if (st->pipe || st->bind) {
        return;
    }

    ngx_rtc_turn_stream_watch(st);

    if (rc == NGX_OK) {
        ngx_post_event(rev, &ngx_posted_next_events);
        return;
    }

    if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        ngx_rtc_turn_stream_close(st, NGX_STREAM_INTERNAL_SERVER_ERROR);
    }
}


/*
 * An unfinished message, and a connection without an allocation, have an end;
 * a timer that runs is not set again, so that single bytes do not move it.
 */

static void
ngx_rtc_turn_stream_watch(ngx_rtc_turn_stream_t *st)
{
    ngx_event_t  *rev;

    rev = st->session->connection->read;

    if (st->alloc && st->part_len == 0) {
        if (rev->timer_set) {
            ngx_del_timer(rev);
        }

        return;
    }

    if (!rev->timer_set) {
        rev->cancelable = 1;
        ngx_add_timer(rev, st->worker->conf->client_timeout);
    }
}


/*
 * NGX_OK: there may be more; NGX_DONE: it is over; NGX_ERROR: malformed;
 * NGX_DECLINED: what comes is no message any more.
 */

static ngx_int_t
ngx_rtc_turn_stream_read(ngx_rtc_turn_stream_t *st)
{
    u_char            *in;
    size_t             len;
    ssize_t            n;
    ngx_int_t          rc;
    ngx_connection_t  *c;

    c = st->session->connection;
    in = st->worker->stream_in;
    len = st->part_len;

    n = ngx_rtc_turn_stream_recv(c, in + len, NGX_RTC_TURN_STREAM_IN - len);

    if (n == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (n == NGX_ERROR || n == 0) {
        return NGX_DONE;
    }

    st->session->received += n;

    if (len) {
        ngx_memcpy(in, st->part, len);
    }

    rc = ngx_rtc_turn_stream_parse(st, len + (size_t) n);
    if (rc != NGX_OK) {
        return rc;
    }

    return c->read->ready ? NGX_OK : NGX_AGAIN;
}


/* first what was read before the session was ours */

static ssize_t
ngx_rtc_turn_stream_recv(ngx_connection_t *c, u_char *buf, size_t size)
{
    size_t      len;
    ngx_buf_t  *b;

    b = c->buffer;

    if (b == NULL || b->pos == b->last) {
        return c->recv(c, buf, size);
    }

    len = ngx_min((size_t) (b->last - b->pos), size);

    ngx_memcpy(buf, b->pos, len);
    b->pos += len;

    return (ssize_t) len;
}


static ngx_int_t
ngx_rtc_turn_stream_parse(ngx_rtc_turn_stream_t *st, size_t len)
{
    int      rc;
    size_t   message, size;
    u_char  *p, *end;

    p = st->worker->stream_in;
    end = p + len;
    rc = RTC_AGAIN;

    while (p < end) {

        rc = rtc_turn_frame(p, (size_t) (end - p), &message, &size);

        if (rc == RTC_ERROR) {
            return NGX_ERROR;
        }

        if (rc == RTC_AGAIN) {
            break;
        }

        ngx_rtc_turn_stream_message(st, p, message, p + size, end);

        if (st->failed) {
            return NGX_ERROR;
        }

        if (st->pipe || st->bind) {
            ngx_rtc_turn_io_flush(st->worker->io);
            st->part_len = 0;

            return NGX_DECLINED;
        }

        p += size;
    }

    /* what is sent points into the buffer that is used again */

    ngx_rtc_turn_io_flush(st->worker->io);

    st->part_len = (size_t) (end - p);

    if (st->part_len == 0) {
        return NGX_OK;
    }

    if (st->part == NULL) {
        st->part = ngx_palloc(st->session->connection->pool,
                              RTC_TURN_FRAME_MAX);
        if (st->part == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_memcpy(st->part, p, st->part_len);

    return NGX_OK;
}


static void
ngx_rtc_turn_stream_message(ngx_rtc_turn_stream_t *st, u_char *p, size_t len,
    u_char *rest, u_char *end)
{
    u_char                 answer[RTC_TURN_ANSWER_MAX];
    rtc_tuple_t            tuple;
    rtc_turn_io_t          io;
    ngx_rtc_turn_relay_t  *relay;

    io.tuple = st->tuple;
    io.via = st;
    io.stream = 1;
    io.p = p;
    io.len = len;
    io.now_ms = ngx_current_msec;
    io.unix_s = (uint64_t) ngx_time();
    io.out = answer;

    switch (rtc_turn_server_input(st->worker->server, &io)) {

    case RTC_TURN_ANSWER:
        ngx_rtc_turn_stream_answer(st, answer, io.out_len);
        break;

    case RTC_TURN_RELAY:
        relay = io.socket;
        tuple.remote = io.peer;

        ngx_rtc_turn_io_send(st->worker->io, &relay->sock, &tuple, io.data,
                             io.data_len, 0, io.dont_fragment);
        break;

    case RTC_TURN_BOUND:
        ngx_rtc_turn_stream_bound(st, &io, rest, end);
        break;

    case RTC_TURN_ELSEWHERE:
        ngx_rtc_turn_stream_elsewhere(st, &io, rest, end);
        break;

    default: /* RTC_TURN_NOTHING */
        break;
    }
}


/* RFC 6062, 5.4: from now on it carries data */

static void
ngx_rtc_turn_stream_bound(ngx_rtc_turn_stream_t *st, rtc_turn_io_t *io,
    u_char *rest, u_char *end)
{
    if (ngx_rtc_turn_stream_finish(st, io->out, io->out_len) != NGX_OK
        || ngx_rtc_turn_tcp_bind(io->conn, st->session->connection, st, rest,
                                 (size_t) (end - rest)) != NGX_OK)
    {
        rtc_turn_server_drop(st->worker->server, io->conn);
        st->failed = 1;
    }
}


static void
ngx_rtc_turn_stream_elsewhere(ngx_rtc_turn_stream_t *st, rtc_turn_io_t *io,
    u_char *rest, u_char *end)
{
    size_t  len;

    if (ngx_rtc_turn_bind_ask(st, &io->bind, rest, (size_t) (end - rest))
        == NGX_OK)
    {
        return;
    }

    len = rtc_turn_server_reply(st->worker->server, &io->bind.reply, 400, 0,
                                io->out);

    ngx_rtc_turn_stream_answer(st, io->out, len);
}


void
ngx_rtc_turn_stream_answer(ngx_rtc_turn_stream_t *st, const u_char *p,
    size_t len)
{
    if (ngx_rtc_turn_stream_send(st, p, len) != NGX_OK) {
        ngx_rtc_turn_stream_close(st, NGX_STREAM_OK);
    }
}


ngx_int_t
ngx_rtc_turn_stream_finish(ngx_rtc_turn_stream_t *st, const u_char *p,
    size_t len)
{
    if (ngx_rtc_turn_stream_send(st, p, len) != NGX_OK
        || ngx_rtc_turn_stream_flush(st) != NGX_OK
        || st->out_len)
    {
        return NGX_ERROR;
    }

    /* a data connection has buffers of its own */

    (void) ngx_pfree(st->session->connection->pool, st->out);
    st->out = NULL;

    return NGX_OK;
}


void
ngx_rtc_turn_stream_resume(ngx_rtc_turn_stream_t *st, const u_char *p,
    size_t len)
{
    ngx_event_t  *rev;

    if (ngx_rtc_turn_stream_send(st, p, len) != NGX_OK) {
        ngx_rtc_turn_stream_close(st, NGX_STREAM_OK);
        return;
    }

    /* it may have been ready while it was not read */

    rev = st->session->connection->read;

    ngx_post_event(rev, &ngx_posted_events);
}


ngx_int_t
ngx_rtc_turn_stream_send(ngx_rtc_turn_stream_t *st, const u_char *p,
    size_t len)
{
    ngx_connection_t  *c;

    c = st->session->connection;

    if (st->out == NULL) {
        st->out = ngx_palloc(c->pool, NGX_RTC_TURN_STREAM_OUT);
    }

    if (st->out == NULL || NGX_RTC_TURN_STREAM_OUT - st->out_len < len) {
        ngx_rtc_turn_zone_count(st->worker->conf->zone,
                                NGX_RTC_TURN_DROP_NO_ROOM, 1);
        return NGX_DECLINED;
    }

    ngx_rtc_turn_stream_put(st, p, len);

    /* what comes in this turn of the loop goes together */

    if (c->write->ready) {
        ngx_post_event(c->write, &ngx_posted_events);
    }

    return NGX_OK;
}


static void
ngx_rtc_turn_stream_put(ngx_rtc_turn_stream_t *st, const u_char *p, size_t len)
{
    size_t  pos, n;

    pos = (st->out_pos + st->out_len) % NGX_RTC_TURN_STREAM_OUT;
    n = ngx_min(len, NGX_RTC_TURN_STREAM_OUT - pos);

    ngx_memcpy(st->out + pos, p, n);
    ngx_memcpy(st->out, p + n, len - n);

    st->out_len += len;
}


static void
ngx_rtc_turn_stream_write_handler(ngx_event_t *wev)
{
    ngx_connection_t       *c;
    ngx_stream_session_t   *s;
    ngx_rtc_turn_stream_t  *st;

    c = wev->data;
    s = c->data;
    st = ngx_stream_get_module_ctx(s, ngx_rtc_turn_module);

    if (wev->timedout || ngx_rtc_turn_stream_flush(st) == NGX_ERROR) {
        ngx_rtc_turn_stream_close(st, NGX_STREAM_OK);
    }
}


static ngx_int_t
ngx_rtc_turn_stream_flush(ngx_rtc_turn_stream_t *st)
{
    size_t             size;
    ssize_t            n;
    ngx_event_t       *wev;
    ngx_connection_t  *c;

    c = st->session->connection;
    wev = c->write;

    while (st->out_len) {

        size = ngx_min(st->out_len, NGX_RTC_TURN_STREAM_OUT - st->out_pos);

        n = c->send(c, st->out + st->out_pos, size);

        if (n == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (n == NGX_AGAIN) {
            if (!wev->timer_set) {
                wev->cancelable = 1;
                ngx_add_timer(wev, NGX_RTC_TURN_STREAM_STALL);
            }

            return ngx_handle_write_event(wev, 0);
        }

        st->out_pos = (st->out_pos + (size_t) n) % NGX_RTC_TURN_STREAM_OUT;
        st->out_len -= (size_t) n;

        if (wev->timer_set) {
            ngx_del_timer(wev);
        }
    }

    st->out_pos = 0;

    return NGX_OK;
}


void
ngx_rtc_turn_stream_ended(ngx_rtc_turn_stream_t *st)
{
    st->alloc = NULL;

    if (!st->failed) {
        ngx_rtc_turn_stream_watch(st);
    }
}


static void
ngx_rtc_turn_stream_fail(ngx_rtc_turn_stream_t *st)
{
    st->failed = 1;

    if (st->bind) {
        ngx_rtc_turn_bind_destroy(st->bind);
    }

    if (st->alloc) {
        rtc_turn_server_end(st->worker->server, st->alloc);
    }
}


void
ngx_rtc_turn_stream_close(ngx_rtc_turn_stream_t *st, ngx_uint_t status)
{
    if (st->busy) {
        st->failed = 1;
        return;
    }

    ngx_rtc_turn_stream_fail(st);
    ngx_queue_remove(&st->queue);

    ngx_stream_finalize_session(st->session, status);
}


void
ngx_rtc_turn_stream_exit(ngx_rtc_turn_worker_t *w)
{
    ngx_queue_t            *q;
    ngx_connection_t       *c;
    ngx_rtc_turn_stream_t  *st;

    while (!ngx_queue_empty(&w->streams)) {
        q = ngx_queue_head(&w->streams);
        st = ngx_queue_data(q, ngx_rtc_turn_stream_t, queue);
        c = st->session->connection;

#if (NGX_STREAM_SSL)
        if (c->ssl) {

            /* nobody waits for an answer any more */

            c->ssl->no_wait_shutdown = 1;
            c->ssl->no_send_shutdown = 1;
        }
#endif

        if (st->pipe) {
            ngx_rtc_turn_pipe_end(st->pipe);
            continue;
        }

        st->busy = 0;
        ngx_rtc_turn_stream_close(st, NGX_STREAM_OK);
    }
}
