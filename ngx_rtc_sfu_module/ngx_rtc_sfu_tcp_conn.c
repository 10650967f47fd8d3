
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "rtc_bytes.h"
#include "rtc_proxy.h"
#include "rtc_stun.h"
#include "ngx_rtc_addr.h"
#include "ngx_rtc_sfu_tcp_internal.h"


static ngx_uint_t ngx_rtc_sfu_tcp_is_here(const rtc_tuple_t *tuple);
static void ngx_rtc_sfu_tcp_read_handler(ngx_event_t *rev);
static ngx_int_t ngx_rtc_sfu_tcp_read(ngx_rtc_sfu_tcp_conn_t *conn);
static ngx_int_t ngx_rtc_sfu_tcp_parse(ngx_rtc_sfu_tcp_conn_t *conn,
    size_t len, uint64_t now_us);
static ngx_int_t ngx_rtc_sfu_tcp_header(ngx_rtc_sfu_tcp_conn_t *conn,
    u_char **p, u_char *end);
static ngx_int_t ngx_rtc_sfu_tcp_keep(ngx_rtc_sfu_tcp_conn_t *conn,
    const u_char *p, size_t len);
static ngx_int_t ngx_rtc_sfu_tcp_frame(ngx_rtc_sfu_tcp_conn_t *conn,
    u_char *p, size_t len, uint64_t now_us);
static void ngx_rtc_sfu_tcp_put(ngx_rtc_sfu_tcp_conn_t *conn,
    const u_char *p, size_t len);
static void ngx_rtc_sfu_tcp_write_handler(ngx_event_t *wev);
static ngx_int_t ngx_rtc_sfu_tcp_flush(ngx_rtc_sfu_tcp_conn_t *conn);
static void ngx_rtc_sfu_tcp_set_timer(ngx_event_t *ev, ngx_msec_t timer);
static void ngx_rtc_sfu_tcp_fail(ngx_rtc_sfu_tcp_conn_t *conn,
    const char *reason);
static ngx_queue_t *ngx_rtc_sfu_tcp_bucket(ngx_rtc_sfu_tcp_t *tcp,
    const rtc_tuple_t *tuple);
static ngx_rtc_sfu_tcp_conn_t *ngx_rtc_sfu_tcp_find(ngx_rtc_sfu_tcp_t *tcp,
    const rtc_tuple_t *tuple);


ngx_int_t
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
    c = conn ? ngx_rtc_conn(s, SOCK_STREAM, conn, tcp->log) : NULL;

    if (c == NULL) {
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    c->pool = pool;
    c->read->handler = ngx_rtc_sfu_tcp_read_handler;
    c->write->handler = ngx_rtc_sfu_tcp_write_handler;
    c->write->ready = 1;

    conn->tcp = tcp;
    conn->connection = c;
    conn->tuple = tuple;
    conn->proxied = ngx_rtc_sfu_tcp_is_here(&tuple);

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


/* whether it is this host that has connected */

static ngx_uint_t
ngx_rtc_sfu_tcp_is_here(const rtc_tuple_t *tuple)
{
    const rtc_addr_t  *remote;

    remote = &tuple->remote;

    if (remote->family == AF_INET && remote->addr[0] == 127) {
        return 1;
    }

    return ngx_memcmp(remote->addr, tuple->local.addr, sizeof(remote->addr))
           == 0;
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
    u_char     *p, *end;
    size_t      size;
    ngx_int_t   rc;

    p = conn->tcp->in;
    end = p + len;

    if (conn->proxied) {
        rc = ngx_rtc_sfu_tcp_header(conn, &p, end);

        if (rc != NGX_OK) {
            return rc == NGX_AGAIN ? ngx_rtc_sfu_tcp_keep(conn, p, len)
                                   : NGX_ERROR;
        }
    }

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

    return ngx_rtc_sfu_tcp_keep(conn, p, (size_t) (end - p));
}


/*
 * The connection is from here on the client's, as stream tells.  It is known
 * by its addresses, so they are taken only if no other connection has them:
 * those that we accept ourselves are at our own port, the others are asked.
 */

static ngx_int_t
ngx_rtc_sfu_tcp_header(ngx_rtc_sfu_tcp_conn_t *conn, u_char **p, u_char *end)
{
    int                 rc;
    size_t              size;
    rtc_tuple_t         tuple;
    ngx_rtc_sfu_tcp_t  *tcp;

    tcp = conn->tcp;

    rc = rtc_proxy_read(*p, (size_t) (end - *p), &tuple, &size);

    if (rc == RTC_AGAIN || rc == RTC_ERROR) {
        return rc;
    }

    conn->proxied = 0;

    if (rc == RTC_DECLINED) {
        return NGX_OK;
    }

    *p += size;

    if (tuple.remote.family
        && tuple.local.port != conn->tuple.local.port
        && ngx_rtc_sfu_tcp_find(tcp, &tuple) == NULL)
    {
        ngx_queue_remove(&conn->bucket);

        conn->tuple = tuple;

        ngx_queue_insert_head(ngx_rtc_sfu_tcp_bucket(tcp, &tuple),
                              &conn->bucket);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_tcp_keep(ngx_rtc_sfu_tcp_conn_t *conn, const u_char *p,
    size_t len)
{
    conn->part_len = len;

    if (len == 0) {
        return NGX_OK;
    }

    if (conn->part == NULL) {
        conn->part = ngx_palloc(conn->connection->pool,
                                NGX_RTC_SFU_TCP_FRAME);
        if (conn->part == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_memcpy(conn->part, p, len);

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


void
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
