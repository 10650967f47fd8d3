
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "rtc_bytes.h"
#include "rtc_stun.h"
#include "ngx_rtc_addr.h"
#include "ngx_rtc_udp.h"
#include "ngx_rtc_sfu_tcp.h"


#define NGX_RTC_SFU_TCP_HEADER    2
#define NGX_RTC_SFU_TCP_FRAME     (NGX_RTC_SFU_TCP_HEADER + NGX_RTC_UDP_MAX)

#define NGX_RTC_SFU_TCP_IN        16384     /* shared by all connections */
#define NGX_RTC_SFU_TCP_OUT       131072    /* queue of one */
#define NGX_RTC_SFU_TCP_ROUNDS    4         /* reads, accepts of one event */
#define NGX_RTC_SFU_TCP_STRANGE   16        /* frames for nobody */
#define NGX_RTC_SFU_TCP_BUCKETS   256
#define NGX_RTC_SFU_TCP_BACKLOG   128

#define NGX_RTC_SFU_TCP_UNCLAIMED 10000
#define NGX_RTC_SFU_TCP_IDLE      60000
#define NGX_RTC_SFU_TCP_STALLED   15000
#define NGX_RTC_SFU_TCP_NO_FILES  1000


typedef struct {
    ngx_queue_t                        queue;
    ngx_queue_t                        bucket;

    ngx_rtc_sfu_tcp_t                 *tcp;
    ngx_connection_t                  *connection;
    rtc_tuple_t                        tuple;

    u_char                            *part;    /* of a frame, or NULL */
    size_t                             part_len;

    u_char                            *out;     /* a ring, or NULL */
    size_t                             out_pos;
    size_t                             out_len;

    ngx_uint_t                         strange;

    unsigned                           claimed:1;
    unsigned                           busy:1;  /* frame() is running */
    unsigned                           failed:1;
} ngx_rtc_sfu_tcp_conn_t;


struct ngx_rtc_sfu_tcp_s {
    ngx_log_t                         *log;
    ngx_uint_t                         max_connections;

    const ngx_rtc_sfu_tcp_handlers_t  *handlers;
    void                              *data;

    ngx_connection_t                  *listeners[2];
    ngx_uint_t                         nlisteners;

    ngx_queue_t                        connections;
    ngx_queue_t                        buckets[NGX_RTC_SFU_TCP_BUCKETS];

    ngx_rtc_sfu_tcp_stat_t             stat;

    u_char                             in[NGX_RTC_SFU_TCP_FRAME
                                          + NGX_RTC_SFU_TCP_IN
                                          + NGX_RTC_UDP_SLACK];
};


static ngx_int_t ngx_rtc_sfu_tcp_bind(ngx_socket_t s, const rtc_addr_t *local,
    ngx_log_t *log);
static void ngx_rtc_sfu_tcp_accept_handler(ngx_event_t *rev);
static ngx_int_t ngx_rtc_sfu_tcp_accept(ngx_rtc_sfu_tcp_t *tcp,
    ngx_connection_t *lc);
static ngx_int_t ngx_rtc_sfu_tcp_add(ngx_rtc_sfu_tcp_t *tcp, ngx_socket_t s,
    const struct sockaddr *sa);
static void ngx_rtc_sfu_tcp_read_handler(ngx_event_t *rev);
static ngx_int_t ngx_rtc_sfu_tcp_read(ngx_rtc_sfu_tcp_conn_t *conn);
static ngx_int_t ngx_rtc_sfu_tcp_parse(ngx_rtc_sfu_tcp_conn_t *conn,
    size_t len, uint64_t now_us);
static ngx_int_t ngx_rtc_sfu_tcp_frame(ngx_rtc_sfu_tcp_conn_t *conn,
    u_char *p, size_t len, uint64_t now_us);
static void ngx_rtc_sfu_tcp_put(ngx_rtc_sfu_tcp_conn_t *conn, const u_char *p,
    size_t len);
static void ngx_rtc_sfu_tcp_write_handler(ngx_event_t *wev);
static ngx_int_t ngx_rtc_sfu_tcp_flush(ngx_rtc_sfu_tcp_conn_t *conn);
static void ngx_rtc_sfu_tcp_set_timer(ngx_event_t *ev, ngx_msec_t timer);
static void ngx_rtc_sfu_tcp_fail(ngx_rtc_sfu_tcp_conn_t *conn,
    const char *reason);
static void ngx_rtc_sfu_tcp_free(ngx_rtc_sfu_tcp_conn_t *conn);
static ngx_queue_t *ngx_rtc_sfu_tcp_bucket(ngx_rtc_sfu_tcp_t *tcp,
    const rtc_tuple_t *tuple);
static ngx_rtc_sfu_tcp_conn_t *ngx_rtc_sfu_tcp_find(ngx_rtc_sfu_tcp_t *tcp,
    const rtc_tuple_t *tuple);


ngx_rtc_sfu_tcp_t *
ngx_rtc_sfu_tcp_create(ngx_pool_t *pool, ngx_log_t *log,
    ngx_uint_t max_connections, const ngx_rtc_sfu_tcp_handlers_t *handlers,
    void *data)
{
    ngx_uint_t          i;
    ngx_rtc_sfu_tcp_t  *tcp;

    tcp = ngx_pcalloc(pool, sizeof(ngx_rtc_sfu_tcp_t));
    if (tcp == NULL) {
        return NULL;
    }

    tcp->log = log;
    tcp->max_connections = max_connections;
    tcp->handlers = handlers;
    tcp->data = data;

    ngx_queue_init(&tcp->connections);

    for (i = 0; i < NGX_RTC_SFU_TCP_BUCKETS; i++) {
        ngx_queue_init(&tcp->buckets[i]);
    }

    return tcp;
}


const ngx_rtc_sfu_tcp_stat_t *
ngx_rtc_sfu_tcp_stat(ngx_rtc_sfu_tcp_t *tcp)
{
    return &tcp->stat;
}


ngx_int_t
ngx_rtc_sfu_tcp_listen(ngx_rtc_sfu_tcp_t *tcp, const rtc_addr_t *local)
{
    ngx_int_t          rc;
    ngx_socket_t       s;
    ngx_connection_t  *c;

    s = ngx_socket(local->family, SOCK_STREAM, 0);

    if (s == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_ERR, tcp->log, ngx_socket_errno,
                      ngx_socket_n " failed");
        return NGX_ERROR;
    }

    rc = ngx_rtc_sfu_tcp_bind(s, local, tcp->log);

    c = (rc == NGX_OK) ? ngx_get_connection(s, tcp->log) : NULL;

    if (c == NULL) {
        if (ngx_close_socket(s) == -1) {
            ngx_log_error(NGX_LOG_ALERT, tcp->log, ngx_socket_errno,
                          ngx_close_socket_n " failed");
        }

        return rc == NGX_OK ? NGX_ERROR : rc;
    }

    c->type = SOCK_STREAM;
    c->data = tcp;
    c->log = tcp->log;

    c->read->handler = ngx_rtc_sfu_tcp_accept_handler;
    c->read->log = tcp->log;
    c->write->log = tcp->log;

    if (ngx_add_event(c->read, NGX_READ_EVENT, 0) != NGX_OK) {
        ngx_close_connection(c);
        return NGX_ERROR;
    }

    tcp->listeners[tcp->nlisteners++] = c;

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_tcp_bind(ngx_socket_t s, const rtc_addr_t *local, ngx_log_t *log)
{
    int             on;
    socklen_t       socklen;
    ngx_err_t       err;
    ngx_sockaddr_t  sa;

    on = 1;

    /* TIME_WAIT must not make a port look used; listen() decides */

    if (ngx_nonblocking(s) == -1
        || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(int)) == -1
        || (local->family == AF_INET6
            && setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(int))
               == -1))
    {
        ngx_log_error(NGX_LOG_ERR, log, ngx_socket_errno,
                      "setting up a TCP socket failed");
        return NGX_ERROR;
    }

    socklen = ngx_rtc_addr_sockaddr(local, &sa);

    if (bind(s, &sa.sockaddr, socklen) == -1
        || listen(s, NGX_RTC_SFU_TCP_BACKLOG) == -1)
    {
        err = ngx_socket_errno;

        if (err == NGX_EADDRINUSE) {
            return NGX_DECLINED;
        }

        ngx_log_error(NGX_LOG_ERR, log, err, "bind() or listen() failed");
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_rtc_sfu_tcp_unlisten(ngx_rtc_sfu_tcp_t *tcp)
{
    while (tcp->nlisteners) {
        ngx_close_connection(tcp->listeners[--tcp->nlisteners]);
    }
}


void
ngx_rtc_sfu_tcp_close(ngx_rtc_sfu_tcp_t *tcp)
{
    ngx_queue_t             *q;
    ngx_rtc_sfu_tcp_conn_t  *conn;

    ngx_rtc_sfu_tcp_unlisten(tcp);

    while (!ngx_queue_empty(&tcp->connections)) {
        q = ngx_queue_head(&tcp->connections);
        conn = ngx_queue_data(q, ngx_rtc_sfu_tcp_conn_t, queue);

        conn->claimed = 0;
        ngx_rtc_sfu_tcp_free(conn);
    }
}


static void
ngx_rtc_sfu_tcp_accept_handler(ngx_event_t *rev)
{
    ngx_uint_t          i;
    ngx_connection_t   *c;
    ngx_rtc_sfu_tcp_t  *tcp;

    c = rev->data;
    tcp = c->data;

    if (c->close) {

        /* worker_shutdown_timeout */

        ngx_rtc_sfu_tcp_unlisten(tcp);
        return;
    }

    if (rev->timedout) {
        rev->timedout = 0;

        if (ngx_add_event(rev, NGX_READ_EVENT, 0) != NGX_OK) {
            ngx_rtc_sfu_tcp_set_timer(rev, NGX_RTC_SFU_TCP_NO_FILES);
        }

        return;
    }

    for (i = 0; i < NGX_RTC_SFU_TCP_ROUNDS; i++) {
        if (ngx_rtc_sfu_tcp_accept(tcp, c) != NGX_OK) {
            break;
        }
    }
}


static ngx_int_t
ngx_rtc_sfu_tcp_accept(ngx_rtc_sfu_tcp_t *tcp, ngx_connection_t *lc)
{
    socklen_t       socklen;
    ngx_err_t       err;
    ngx_socket_t    s;
    ngx_sockaddr_t  sa;

    socklen = sizeof(ngx_sockaddr_t);

    s = accept4(lc->fd, &sa.sockaddr, &socklen, SOCK_NONBLOCK);

    if (s == (ngx_socket_t) -1) {
        err = ngx_socket_errno;

        if (err == NGX_EMFILE || err == NGX_ENFILE) {
            ngx_log_error(NGX_LOG_CRIT, tcp->log, err, "accept4() failed");

            /* level-triggered: it would be called at once again */

            (void) ngx_del_event(lc->read, NGX_READ_EVENT, 0);
            ngx_rtc_sfu_tcp_set_timer(lc->read, NGX_RTC_SFU_TCP_NO_FILES);
        }

        return err == NGX_ECONNABORTED || err == NGX_EINTR ? NGX_OK
                                                           : NGX_AGAIN;
    }

    if (tcp->stat.connections < tcp->max_connections

        /* what is left is for others; nginx alerts when there is none */

        && ngx_cycle->free_connection_n > ngx_cycle->connection_n / 16
        && ngx_rtc_sfu_tcp_add(tcp, s, &sa.sockaddr) == NGX_OK)
    {
        tcp->stat.accepted++;
        return NGX_OK;
    }

    tcp->stat.refused++;

    if (ngx_close_socket(s) == -1) {
        ngx_log_error(NGX_LOG_ALERT, tcp->log, ngx_socket_errno,
                      ngx_close_socket_n " failed");
    }

    return NGX_OK;
}


/* on failure the socket is still the caller's */

static ngx_int_t
ngx_rtc_sfu_tcp_add(ngx_rtc_sfu_tcp_t *tcp, ngx_socket_t s,
    const struct sockaddr *sa)
{
    socklen_t                socklen;
    ngx_pool_t              *pool;
    rtc_tuple_t              tuple;
    ngx_sockaddr_t           local;
    ngx_connection_t        *c;
    ngx_rtc_sfu_tcp_conn_t  *conn;

    socklen = sizeof(ngx_sockaddr_t);

    if (getsockname(s, &local.sockaddr, &socklen) == -1
        || ngx_rtc_addr_set(&tuple.local, &local.sockaddr, RTC_TCP) != NGX_OK
        || ngx_rtc_addr_set(&tuple.remote, sa, RTC_TCP) != NGX_OK)
    {
        return NGX_ERROR;
    }

    pool = ngx_create_pool(512, tcp->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    conn = ngx_pcalloc(pool, sizeof(ngx_rtc_sfu_tcp_conn_t));
    c = conn ? ngx_get_connection(s, tcp->log) : NULL;

    if (c == NULL) {
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    c->type = SOCK_STREAM;
    c->data = conn;
    c->pool = pool;
    c->log = tcp->log;
    c->recv = ngx_recv;
    c->send = ngx_send;
    c->log_error = NGX_ERROR_INFO;
    c->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);

    c->read->handler = ngx_rtc_sfu_tcp_read_handler;
    c->read->log = tcp->log;
    c->write->handler = ngx_rtc_sfu_tcp_write_handler;
    c->write->log = tcp->log;
    c->write->ready = 1;

    conn->tcp = tcp;
    conn->connection = c;
    conn->tuple = tuple;

    if (ngx_tcp_nodelay(c) != NGX_OK
        || ngx_handle_read_event(c->read, 0) != NGX_OK)
    {
        ngx_free_connection(c);
        c->fd = (ngx_socket_t) -1;
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    ngx_queue_insert_tail(&tcp->connections, &conn->queue);
    ngx_queue_insert_head(ngx_rtc_sfu_tcp_bucket(tcp, &tuple), &conn->bucket);

    tcp->stat.connections++;

    ngx_rtc_sfu_tcp_set_timer(c->read, NGX_RTC_SFU_TCP_UNCLAIMED);

    return NGX_OK;
}


static void
ngx_rtc_sfu_tcp_read_handler(ngx_event_t *rev)
{
    ngx_int_t                rc;
    ngx_uint_t               i;
    ngx_connection_t        *c;
    ngx_rtc_sfu_tcp_conn_t  *conn;

    c = rev->data;
    conn = c->data;

    if (c->close) {
        ngx_rtc_sfu_tcp_fail(conn, NULL);
        return;
    }

    if (rev->timedout) {
        ngx_rtc_sfu_tcp_fail(conn, conn->claimed ? "it is idle"
                                                 : "nobody uses it");
        return;
    }

    conn->busy = 1;
    rc = NGX_OK;

    for (i = 0; i < NGX_RTC_SFU_TCP_ROUNDS && rc == NGX_OK; i++) {
        rc = ngx_rtc_sfu_tcp_read(conn);
    }

    conn->busy = 0;

    if (conn->failed || rc == NGX_ERROR) {
        ngx_rtc_sfu_tcp_fail(conn, NULL);
        return;
    }

    if (conn->claimed) {
        ngx_rtc_sfu_tcp_set_timer(rev, NGX_RTC_SFU_TCP_IDLE);
    }

    if (rc == NGX_OK) {
        ngx_post_event(rev, &ngx_posted_next_events);
        return;
    }

    if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        ngx_rtc_sfu_tcp_fail(conn, NULL);
    }
}


/* NGX_OK: there may be more; NGX_ERROR: the connection is over */

static ngx_int_t
ngx_rtc_sfu_tcp_read(ngx_rtc_sfu_tcp_conn_t *conn)
{
    ssize_t             n;
    size_t              len;
    ngx_connection_t   *c;
    ngx_rtc_sfu_tcp_t  *tcp;

    c = conn->connection;
    tcp = conn->tcp;

    len = conn->part_len;

    n = c->recv(c, tcp->in + len, NGX_RTC_SFU_TCP_IN);

    if (n == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    if (n == NGX_ERROR || n == 0) {
        return NGX_ERROR;
    }

    if (len) {
        ngx_memcpy(tcp->in, conn->part, len);
    }

    if (ngx_rtc_sfu_tcp_parse(conn, len + (size_t) n, ngx_rtc_udp_now_us())
        != NGX_OK)
    {
        tcp->stat.errors++;
        return NGX_ERROR;
    }

    return c->read->ready ? NGX_OK : NGX_AGAIN;
}


/* RFC 4571, 2: length, datagram; what is left over is kept */

static ngx_int_t
ngx_rtc_sfu_tcp_parse(ngx_rtc_sfu_tcp_conn_t *conn, size_t len,
    uint64_t now_us)
{
    u_char  *p, *end;
    size_t   size;

    p = conn->tcp->in;
    end = p + len;

    while (end - p >= NGX_RTC_SFU_TCP_HEADER) {

        size = rtc_get_u16(p);

        if (size > NGX_RTC_UDP_MAX) {
            return NGX_ERROR;
        }

        if ((size_t) (end - p) < NGX_RTC_SFU_TCP_HEADER + size) {
            break;
        }

        if (ngx_rtc_sfu_tcp_frame(conn, p + NGX_RTC_SFU_TCP_HEADER, size,
                                  now_us)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        p += NGX_RTC_SFU_TCP_HEADER + size;
    }

    conn->part_len = (size_t) (end - p);

    if (conn->part_len == 0) {
        return NGX_OK;
    }

    if (conn->part == NULL) {
        conn->part = ngx_palloc(conn->connection->pool,
                                NGX_RTC_SFU_TCP_FRAME);
        if (conn->part == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_memcpy(conn->part, p, conn->part_len);

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_tcp_frame(ngx_rtc_sfu_tcp_conn_t *conn, u_char *p, size_t len,
    uint64_t now_us)
{
    ngx_rtc_sfu_tcp_t  *tcp;

    tcp = conn->tcp;

    if (!conn->claimed && !rtc_stun_is(p, len)) {

        /* RFC 6544, 7.2: the first thing is a check */

        return NGX_ERROR;
    }

    tcp->stat.packets_in++;
    tcp->stat.bytes_in += len;

    if (tcp->handlers->frame(tcp->data, &conn->tuple, p, len, now_us)
        == NGX_OK)
    {
        conn->strange = 0;

    } else if (!conn->claimed
               && ++conn->strange == NGX_RTC_SFU_TCP_STRANGE)
    {
        return NGX_ERROR;
    }

    return conn->failed ? NGX_ERROR : NGX_OK;
}


void
ngx_rtc_sfu_tcp_claim(ngx_rtc_sfu_tcp_t *tcp, const rtc_tuple_t *tuple,
    ngx_uint_t claimed)
{
    ngx_rtc_sfu_tcp_conn_t  *conn;

    conn = ngx_rtc_sfu_tcp_find(tcp, tuple);

    if (conn == NULL) {
        return;
    }

    conn->claimed = claimed;

    ngx_rtc_sfu_tcp_set_timer(conn->connection->read,
                              claimed ? NGX_RTC_SFU_TCP_IDLE
                                      : NGX_RTC_SFU_TCP_UNCLAIMED);
}


void
ngx_rtc_sfu_tcp_send(ngx_rtc_sfu_tcp_t *tcp, const rtc_tuple_t *tuple,
    const u_char *p, size_t len)
{
    u_char                   header[NGX_RTC_SFU_TCP_HEADER];
    ngx_connection_t        *c;
    ngx_rtc_sfu_tcp_conn_t  *conn;

    conn = ngx_rtc_sfu_tcp_find(tcp, tuple);

    if (conn == NULL || conn->failed) {
        tcp->stat.dropped++;
        return;
    }

    c = conn->connection;

    if (conn->out == NULL) {
        conn->out = ngx_palloc(c->pool, NGX_RTC_SFU_TCP_OUT);
    }

    if (conn->out == NULL
        || NGX_RTC_SFU_TCP_OUT - conn->out_len < NGX_RTC_SFU_TCP_HEADER + len)
    {
        tcp->stat.dropped++;
        return;
    }

    (void) rtc_write_u16(header, (uint16_t) len);

    ngx_rtc_sfu_tcp_put(conn, header, NGX_RTC_SFU_TCP_HEADER);
    ngx_rtc_sfu_tcp_put(conn, p, len);

    tcp->stat.packets_out++;
    tcp->stat.bytes_out += len;

    if (c->write->ready) {
        ngx_post_event(c->write, &ngx_posted_events);
    }
}


static void
ngx_rtc_sfu_tcp_put(ngx_rtc_sfu_tcp_conn_t *conn, const u_char *p, size_t len)
{
    size_t  pos, n;

    pos = (conn->out_pos + conn->out_len) % NGX_RTC_SFU_TCP_OUT;
    n = ngx_min(len, NGX_RTC_SFU_TCP_OUT - pos);

    ngx_memcpy(conn->out + pos, p, n);
    ngx_memcpy(conn->out, p + n, len - n);

    conn->out_len += len;
}


static void
ngx_rtc_sfu_tcp_write_handler(ngx_event_t *wev)
{
    ngx_connection_t        *c;
    ngx_rtc_sfu_tcp_conn_t  *conn;

    c = wev->data;
    conn = c->data;

    if (wev->timedout) {
        ngx_rtc_sfu_tcp_fail(conn, "it takes nothing");
        return;
    }

    if (ngx_rtc_sfu_tcp_flush(conn) == NGX_ERROR) {
        ngx_rtc_sfu_tcp_fail(conn, NULL);
    }
}


static ngx_int_t
ngx_rtc_sfu_tcp_flush(ngx_rtc_sfu_tcp_conn_t *conn)
{
    size_t             size;
    ssize_t            n;
    ngx_event_t       *wev;
    ngx_connection_t  *c;

    c = conn->connection;
    wev = c->write;

    while (conn->out_len) {

        size = ngx_min(conn->out_len, NGX_RTC_SFU_TCP_OUT - conn->out_pos);

        n = c->send(c, conn->out + conn->out_pos, size);

        if (n == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (n == NGX_AGAIN) {
            if (!wev->timer_set) {
                ngx_rtc_sfu_tcp_set_timer(wev, NGX_RTC_SFU_TCP_STALLED);
            }

            return ngx_handle_write_event(wev, 0);
        }

        conn->out_pos = (conn->out_pos + (size_t) n) % NGX_RTC_SFU_TCP_OUT;
        conn->out_len -= (size_t) n;

        if (wev->timer_set) {
            ngx_del_timer(wev);
        }
    }

    conn->out_pos = 0;

    return NGX_OK;
}


/* cancelable: it is the participant that keeps an exiting worker */

static void
ngx_rtc_sfu_tcp_set_timer(ngx_event_t *ev, ngx_msec_t timer)
{
    ev->cancelable = 1;
    ngx_add_timer(ev, timer);
}


static void
ngx_rtc_sfu_tcp_fail(ngx_rtc_sfu_tcp_conn_t *conn, const char *reason)
{
    if (reason) {
        conn->tcp->stat.errors++;

        ngx_log_debug1(NGX_LOG_DEBUG_EVENT, conn->tcp->log, 0,
                       "sfu: media connection closed, %s", reason);
    }

    if (conn->busy) {
        conn->failed = 1;
        return;
    }

    ngx_rtc_sfu_tcp_free(conn);
}


static void
ngx_rtc_sfu_tcp_free(ngx_rtc_sfu_tcp_conn_t *conn)
{
    ngx_uint_t          claimed;
    ngx_pool_t         *pool;
    rtc_tuple_t         tuple;
    ngx_rtc_sfu_tcp_t  *tcp;

    tcp = conn->tcp;
    tuple = conn->tuple;
    claimed = conn->claimed;
    pool = conn->connection->pool;

    ngx_queue_remove(&conn->queue);
    ngx_queue_remove(&conn->bucket);

    tcp->stat.connections--;

    ngx_close_connection(conn->connection);
    ngx_destroy_pool(pool);

    if (claimed) {
        tcp->handlers->closed(tcp->data, &tuple);
    }
}


static ngx_queue_t *
ngx_rtc_sfu_tcp_bucket(ngx_rtc_sfu_tcp_t *tcp, const rtc_tuple_t *tuple)
{
    uint32_t  hash;

    hash = ngx_murmur_hash2((u_char *) tuple, sizeof(rtc_tuple_t));

    return &tcp->buckets[hash % NGX_RTC_SFU_TCP_BUCKETS];
}


static ngx_rtc_sfu_tcp_conn_t *
ngx_rtc_sfu_tcp_find(ngx_rtc_sfu_tcp_t *tcp, const rtc_tuple_t *tuple)
{
    ngx_queue_t             *q, *bucket;
    ngx_rtc_sfu_tcp_conn_t  *conn;

    bucket = ngx_rtc_sfu_tcp_bucket(tcp, tuple);

    for (q = ngx_queue_head(bucket);
         q != ngx_queue_sentinel(bucket);
         q = ngx_queue_next(q))
    {
        conn = ngx_queue_data(q, ngx_rtc_sfu_tcp_conn_t, bucket);

        if (rtc_tuple_eq(&conn->tuple, tuple)) {
            return conn;
        }
    }

    return NULL;
}
