
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_addr.h"
#include "ngx_rtc_turn.h"
#include "ngx_rtc_turn_pipe.h"
#include "ngx_rtc_turn_tcp.h"


#define NGX_RTC_TURN_TCP_BACKLOG  64
#define NGX_RTC_TURN_TCP_ACCEPTS  16    /* of an event */
#define NGX_RTC_TURN_TCP_DELAY    500   /* ms without descriptors */


/* a peer data connection */

typedef struct {
    ngx_rtc_turn_worker_t   *worker;
    rtc_turn_conn_t         *conn;
    ngx_connection_t        *connection;
    ngx_rtc_turn_pipe_t     *pipe;      /* NULL: it is not bound */
} ngx_rtc_turn_peer_t;


static ngx_socket_t ngx_rtc_turn_tcp_socket(ngx_rtc_turn_worker_t *w,
    const rtc_addr_t *local, ngx_uint_t shared);
static void ngx_rtc_turn_tcp_attempt(ngx_rtc_turn_relay_t *relay,
    ngx_socket_t s, struct sockaddr *sockaddr);
static ngx_rtc_turn_peer_t *ngx_rtc_turn_tcp_peer(ngx_rtc_turn_worker_t *w,
    ngx_socket_t s, rtc_turn_conn_t *conn);
static void ngx_rtc_turn_tcp_handler(ngx_event_t *ev);
static void ngx_rtc_turn_tcp_connected(ngx_rtc_turn_peer_t *peer, int ok);
static int ngx_rtc_turn_tcp_test(ngx_connection_t *c);


ngx_socket_t
ngx_rtc_turn_tcp_listen(ngx_rtc_turn_worker_t *w, const rtc_addr_t *local)
{
    int           one;
    ngx_err_t     err;
    ngx_socket_t  s;

    s = ngx_rtc_turn_tcp_socket(w, local, 0);

    if (s == (ngx_socket_t) -1) {
        return s;
    }

    if (listen(s, NGX_RTC_TURN_TCP_BACKLOG) == -1) {
        err = ngx_socket_errno;

        if (err != NGX_EADDRINUSE) {
            ngx_log_error(NGX_LOG_ERR, w->log, err,
                          "turn: listen() of a relay failed");
        }

        (void) ngx_close_socket(s);

        return (ngx_socket_t) -1;
    }

    /*
     * RFC 6062, 5.2: outgoing connections have the same address.  It is shared
     * with them from now on, but not with a second listener, which would have
     * to say so before it is bound.
     */

    one = 1;
    (void) setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(int));

    return s;
}


static ngx_socket_t
ngx_rtc_turn_tcp_socket(ngx_rtc_turn_worker_t *w, const rtc_addr_t *local,
    ngx_uint_t shared)
{
    int           one;
    ngx_socket_t  s;

    s = ngx_rtc_turn_relay_socket(w, local->family, SOCK_STREAM);

    if (s == (ngx_socket_t) -1) {
        return s;
    }

    one = 1;
    (void) setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(int));

    if (shared) {
        (void) setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(int));
    }

    return ngx_rtc_turn_relay_bound(w, s, local);
}


void
ngx_rtc_turn_tcp_accept(ngx_event_t *rev)
{
    socklen_t              socklen;
    ngx_uint_t             n;
    ngx_socket_t           s;
    ngx_sockaddr_t         sa;
    ngx_connection_t      *c;
    ngx_rtc_turn_relay_t  *relay;

    c = rev->data;
    relay = c->data;

    if (c->close) {

        /* worker_shutdown_timeout */

        if (relay->alloc) {
            rtc_turn_server_end(relay->worker->server, relay->alloc);
        }

        return;
    }

    if (ngx_rtc_turn_tcp_resume(rev) != NGX_OK) {
        return;
    }

    for (n = 0; n < NGX_RTC_TURN_TCP_ACCEPTS; n++) {

        socklen = sizeof(ngx_sockaddr_t);
        s = accept4(c->fd, &sa.sockaddr, &socklen,
                    SOCK_NONBLOCK|SOCK_CLOEXEC);

        if (s == (ngx_socket_t) -1) {
            ngx_rtc_turn_tcp_refused(c, ngx_socket_errno);
            return;
        }

        ngx_rtc_turn_tcp_attempt(relay, s, &sa.sockaddr);
    }
}


/* without a descriptor the event would come again and again */

void
ngx_rtc_turn_tcp_refused(ngx_connection_t *c, ngx_err_t err)
{
    ngx_event_t  *rev;

    if (err != NGX_EMFILE && err != NGX_ENFILE && err != NGX_ENOMEM
        && err != ENOBUFS)
    {
        return;
    }

    rev = c->read;

    ngx_log_error(NGX_LOG_ERR, c->log, err, "turn: accept4() failed");

    if (ngx_del_event(rev, NGX_READ_EVENT, 0) == NGX_OK) {
        rev->cancelable = 1;
        ngx_add_timer(rev, NGX_RTC_TURN_TCP_DELAY);
    }
}


ngx_int_t
ngx_rtc_turn_tcp_resume(ngx_event_t *rev)
{
    if (!rev->timedout) {
        return NGX_OK;
    }

    rev->timedout = 0;

    return ngx_add_event(rev, NGX_READ_EVENT, 0);
}


static void
ngx_rtc_turn_tcp_attempt(ngx_rtc_turn_relay_t *relay, ngx_socket_t s,
    struct sockaddr *sockaddr)
{
    size_t                  len;
    u_char                  out[RTC_TURN_ANSWER_MAX];
    rtc_addr_t              addr;
    rtc_turn_conn_t        *conn;
    ngx_rtc_turn_peer_t    *peer;
    ngx_rtc_turn_worker_t  *w;

    w = relay->worker;

    if (relay->alloc == NULL
        || ngx_rtc_addr_set(&addr, sockaddr, RTC_UDP) != NGX_OK
        || !ngx_rtc_turn_tcp_has_room())
    {
        (void) ngx_close_socket(s);
        return;
    }

    conn = rtc_turn_server_attempt(w->server, relay->alloc, &addr,
                                   ngx_current_msec, out, &len);
    if (conn == NULL) {
        (void) ngx_close_socket(s);
        return;
    }

    peer = ngx_rtc_turn_tcp_peer(w, s, conn);

    /* a client that is not told of it cannot take it */

    if (peer == NULL
        || ngx_rtc_turn_stream_send(relay->alloc->via, out, len) != NGX_OK)
    {
        rtc_turn_server_drop(w->server, conn);
        return;
    }

    ngx_add_timer(peer->connection->read, RTC_TURN_PENDING_LIFE);
}


/* the socket is closed if this fails */

static ngx_rtc_turn_peer_t *
ngx_rtc_turn_tcp_peer(ngx_rtc_turn_worker_t *w, ngx_socket_t s,
    rtc_turn_conn_t *conn)
{
    ngx_connection_t     *c;
    ngx_rtc_turn_peer_t  *peer;

    c = ngx_rtc_turn_tcp_connection(w, s);

    if (c == NULL) {
        return NULL;
    }

    peer = ngx_calloc(sizeof(ngx_rtc_turn_peer_t), w->log);

    if (peer == NULL || ngx_tcp_nodelay(c) != NGX_OK) {
        ngx_free(peer);
        ngx_close_connection(c);
        return NULL;
    }

    c->data = peer;
    c->read->handler = ngx_rtc_turn_tcp_handler;
    c->write->handler = ngx_rtc_turn_tcp_handler;

    peer->worker = w;
    peer->conn = conn;
    peer->connection = c;

    conn->data = peer;

    return peer;
}


ngx_connection_t *
ngx_rtc_turn_tcp_connection(ngx_rtc_turn_worker_t *w, ngx_socket_t s)
{
    ngx_connection_t  *c;

    c = ngx_rtc_conn(s, SOCK_STREAM, NULL, w->log);

    if (c == NULL) {
        (void) ngx_close_socket(s);
        return NULL;
    }

    /* the owner of what waits here has a timer that is not */

    c->read->cancelable = 1;

    return c;
}


ngx_uint_t
ngx_rtc_turn_tcp_has_room(void)
{
    return ngx_cycle->free_connection_n > ngx_cycle->connection_n / 16;
}


int
ngx_rtc_turn_tcp_connect(void *ctx, rtc_turn_conn_t *conn, void *socket,
    const rtc_addr_t *addr)
{
    socklen_t              socklen;
    ngx_socket_t           s;
    ngx_sockaddr_t         sa;
    ngx_connection_t      *c;
    ngx_rtc_turn_peer_t   *peer;
    ngx_rtc_turn_relay_t  *relay;

    relay = socket;

    if (!ngx_rtc_turn_tcp_has_room()) {
        return RTC_ERROR;
    }

    s = ngx_rtc_turn_tcp_socket(relay->worker, &relay->sock.local, 1);

    if (s == (ngx_socket_t) -1) {
        return RTC_DECLINED;
    }

    peer = ngx_rtc_turn_tcp_peer(relay->worker, s, conn);

    if (peer == NULL) {
        return RTC_ERROR;
    }

    c = peer->connection;
    socklen = ngx_rtc_addr_sockaddr(addr, &sa);

    if (connect(s, &sa.sockaddr, socklen) == -1
        && ngx_socket_errno != NGX_EINPROGRESS)
    {
        ngx_rtc_turn_tcp_drop(ctx, conn);
        return RTC_DECLINED;
    }

    /* a connection that is there already is told by the event, too */

    if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
        ngx_rtc_turn_tcp_drop(ctx, conn);
        return RTC_ERROR;
    }

    ngx_add_timer(c->read, RTC_TURN_CONNECT_LIFE);

    return RTC_OK;
}


/* of what is being connected, or waits for a ConnectionBind */

static void
ngx_rtc_turn_tcp_handler(ngx_event_t *ev)
{
    ngx_connection_t     *c;
    ngx_rtc_turn_peer_t  *peer;

    c = ev->data;
    peer = c->data;

    if (peer->conn->state == RTC_TURN_CONN_CONNECTING) {

        if (c->close || ev->timedout) {
            ngx_rtc_turn_tcp_connected(peer, 0);

        } else if (ev->write) {
            ngx_rtc_turn_tcp_connected(peer, ngx_rtc_turn_tcp_test(c));
        }

        return;
    }

    if (c->close || ev->timedout) {

        /* RFC 6062, 5.2 and 5.3: nobody came for it */

        rtc_turn_server_drop(peer->worker->server, peer->conn);
    }
}


static void
ngx_rtc_turn_tcp_connected(ngx_rtc_turn_peer_t *peer, int ok)
{
    size_t                  len;
    u_char                  out[RTC_TURN_ANSWER_MAX];
    ngx_rtc_turn_stream_t  *st;

    st = peer->conn->alloc->via;

    if (ok) {
        ngx_rtc_turn_set_timer(peer->connection->read, RTC_TURN_PENDING_LIFE);
    }

    len = rtc_turn_server_connected(peer->worker->server, peer->conn, ok,
                                    ngx_current_msec, out);

    ngx_rtc_turn_stream_answer(st, out, len);
}


static int
ngx_rtc_turn_tcp_test(ngx_connection_t *c)
{
    int        err;
    socklen_t  len;

    err = 0;
    len = sizeof(int);

    return getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len) == 0
           && err == 0;
}


ngx_int_t
ngx_rtc_turn_tcp_bind(rtc_turn_conn_t *conn, ngx_connection_t *client,
    ngx_rtc_turn_stream_t *st, const u_char *data, size_t len)
{
    ngx_rtc_turn_pipe_t  *pipe;
    ngx_rtc_turn_peer_t  *peer;

    peer = conn->data;

    pipe = ngx_rtc_turn_pipe_create(peer->worker, client, peer->connection,
                                    data, len);
    if (pipe == NULL) {
        return NGX_ERROR;
    }

    pipe->conn = conn;
    pipe->stream = st;
    peer->pipe = pipe;

    if (st) {
        st->pipe = pipe;
    }

    return NGX_OK;
}


void
ngx_rtc_turn_tcp_drop(void *ctx, rtc_turn_conn_t *conn)
{
    ngx_rtc_turn_peer_t  *peer;

    peer = conn->data;

    if (peer == NULL) {
        return;
    }

    conn->data = NULL;

    if (peer->pipe) {
        ngx_rtc_turn_pipe_destroy(peer->pipe);

    } else {
        ngx_close_connection(peer->connection);
    }

    ngx_free(peer);
}
