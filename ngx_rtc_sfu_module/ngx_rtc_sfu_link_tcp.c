
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Sockets of links between hosts.  Anybody may connect to the port: who has
 * not proved itself costs a connection of a bounded number, for a bounded
 * time, and when there are too many the oldest one goes.
 */


#include <netinet/tcp.h>

#include "ngx_rtc_addr.h"
#include "ngx_rtc_conn.h"
#include "ngx_rtc_sfu_link_internal.h"


static void ngx_rtc_sfu_link_tcp_retry_handler(ngx_event_t *ev);
static ngx_int_t ngx_rtc_sfu_link_tcp_bind(ngx_rtc_sfu_links_t *links,
    ngx_uint_t port);
static ngx_socket_t ngx_rtc_sfu_link_tcp_socket(ngx_rtc_sfu_links_t *links);
static void ngx_rtc_sfu_link_tcp_accept_handler(ngx_event_t *rev);
static void ngx_rtc_sfu_link_tcp_make_room(ngx_rtc_sfu_links_t *links,
    const rtc_addr_t *from);
static ngx_uint_t ngx_rtc_sfu_link_tcp_is_same(const rtc_addr_t *a,
    const rtc_addr_t *b);
static ngx_rtc_sfu_link_conn_t *ngx_rtc_sfu_link_tcp_create(
    ngx_rtc_sfu_links_t *links, ngx_socket_t s);
static void ngx_rtc_sfu_link_tcp_connected(ngx_event_t *ev);


void
ngx_rtc_sfu_link_tcp_listen(ngx_rtc_sfu_links_t *links)
{
    ngx_uint_t                      port;
    const ngx_rtc_sfu_link_conf_t  *conf;

    conf = links->conf;

    ngx_rtc_ident_init(&links->ident, links);

    links->retry.data = &links->ident;
    links->retry.handler = ngx_rtc_sfu_link_tcp_retry_handler;
    links->retry.log = links->log;
    links->retry.cancelable = 1;

    for (port = conf->first_port; port <= conf->last_port; port++) {

        if (ngx_rtc_sfu_link_tcp_bind(links, port) == NGX_OK) {
            links->port = port;
            links->no_port = 0;

            ngx_log_error(NGX_LOG_NOTICE, links->log, 0,
                          "sfu: port for other hosts:%ui", port);
            return;
        }
    }

    if (!links->no_port) {
        links->no_port = 1;

        ngx_log_error(NGX_LOG_CRIT, links->log, 0,
                      "sfu: no port within %ui-%ui for other hosts can be had",
                      conf->first_port, conf->last_port);
    }

    ngx_add_timer(&links->retry, NGX_RTC_SFU_LINK_TCP_RETRY);
}


static void
ngx_rtc_sfu_link_tcp_retry_handler(ngx_event_t *ev)
{
    ngx_rtc_sfu_link_tcp_listen(ngx_rtc_ident_data(ev));
}


void
ngx_rtc_sfu_link_tcp_close(ngx_rtc_sfu_links_t *links)
{
    ngx_rtc_sfu_link_unlisten(&links->tcp);

    if (links->retry.timer_set) {
        ngx_del_timer(&links->retry);
    }
}


/* behind a 1:1 NAT the address is not this host's, all of its are taken */

static ngx_int_t
ngx_rtc_sfu_link_tcp_bind(ngx_rtc_sfu_links_t *links, ngx_uint_t port)
{
    int             on;
    socklen_t       socklen;
    rtc_addr_t      addr;
    ngx_socket_t    s;
    ngx_sockaddr_t  sa;

    s = ngx_rtc_sfu_link_tcp_socket(links);

    if (s == (ngx_socket_t) -1) {
        return NGX_ERROR;
    }

    on = 1;
    addr = links->conf->address;
    addr.port = (uint16_t) port;
    socklen = ngx_rtc_addr_sockaddr(&addr, &sa);

    /* with SO_REUSEADDR a port is won when listen() succeeds */

    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(int)) == -1) {
        ngx_rtc_conn_close_socket(s, links->log);
        return NGX_ERROR;
    }

    if (bind(s, &sa.sockaddr, socklen) == -1) {

        if (ngx_socket_errno != EADDRNOTAVAIL) {
            ngx_rtc_conn_close_socket(s, links->log);
            return NGX_ERROR;
        }

        ngx_memzero(addr.addr, sizeof(addr.addr));
        socklen = ngx_rtc_addr_sockaddr(&addr, &sa);

        if (bind(s, &sa.sockaddr, socklen) == -1) {
            ngx_rtc_conn_close_socket(s, links->log);
            return NGX_ERROR;
        }
    }

    if (listen(s, NGX_RTC_SFU_LINK_BACKLOG) == -1) {
        ngx_rtc_conn_close_socket(s, links->log);
        return NGX_ERROR;
    }

    return ngx_rtc_sfu_link_listener(&links->tcp, links, s,
                                     ngx_rtc_sfu_link_tcp_accept_handler);
}


static ngx_socket_t
ngx_rtc_sfu_link_tcp_socket(ngx_rtc_sfu_links_t *links)
{
    ngx_socket_t  s;

    s = ngx_socket(links->conf->address.family, SOCK_STREAM, 0);

    if (s == (ngx_socket_t) -1 || ngx_nonblocking(s) == -1) {
        ngx_log_error(NGX_LOG_ERR, links->log, ngx_socket_errno,
                      "sfu: no socket for other hosts");

        if (s != (ngx_socket_t) -1) {
            ngx_rtc_conn_close_socket(s, links->log);
        }

        return (ngx_socket_t) -1;
    }

    return s;
}


static void
ngx_rtc_sfu_link_tcp_accept_handler(ngx_event_t *rev)
{
    ngx_uint_t                    i;
    rtc_addr_t                    from;
    ngx_socket_t                  s;
    ngx_sockaddr_t                sa;
    ngx_connection_t             *c;
    ngx_rtc_sfu_links_t          *links;
    ngx_rtc_sfu_link_conn_t      *conn;
    ngx_rtc_sfu_link_listener_t  *listener;

    if (!ngx_rtc_sfu_link_may_accept(rev)) {
        return;
    }

    c = rev->data;
    listener = c->data;
    links = listener->links;

    for (i = 0; i < NGX_RTC_SFU_LINK_ROUNDS; i++) {

        if (ngx_rtc_sfu_link_accept(listener, &s, &sa) != NGX_OK) {
            return;
        }

        if (s == (ngx_socket_t) -1) {
            continue;
        }

        if (ngx_rtc_addr_set(&from, &sa.sockaddr, RTC_TCP) != NGX_OK) {
            links->stat.failures++;
            ngx_rtc_conn_close_socket(s, links->log);
            continue;
        }

        ngx_rtc_sfu_link_tcp_make_room(links, &from);

        conn = ngx_rtc_sfu_link_tcp_create(links, s);

        if (conn) {
            conn->from = from;
            ngx_rtc_sfu_link_pending(listener, conn);
            ngx_rtc_sfu_link_tls_start(conn);
        }
    }
}


/*
 * Among those that are pending: the oldest of its own network goes first, so
 * that a flood keeps out neither others nor, for long, who shares its network.
 */

static void
ngx_rtc_sfu_link_tcp_make_room(ngx_rtc_sfu_links_t *links,
    const rtc_addr_t *from)
{
    ngx_uint_t                same;
    ngx_queue_t              *q;
    ngx_rtc_sfu_link_conn_t  *conn, *oldest, *oldest_same;

    same = 0;
    oldest = NULL;
    oldest_same = NULL;

    for (q = ngx_queue_head(&links->conns);
         q != ngx_queue_sentinel(&links->conns);
         q = ngx_queue_next(q))
    {
        conn = ngx_queue_data(q, ngx_rtc_sfu_link_conn_t, queue);

        if (conn->listener != &links->tcp) {
            continue;
        }

        if (oldest == NULL) {
            oldest = conn;
        }

        if (ngx_rtc_sfu_link_tcp_is_same(&conn->from, from)) {
            same++;

            if (oldest_same == NULL) {
                oldest_same = conn;
            }
        }
    }

    if (same >= NGX_RTC_SFU_LINK_TCP_SAME) {
        ngx_rtc_sfu_link_conn_fail(oldest_same);

    } else if (links->tcp.pending >= NGX_RTC_SFU_LINK_TCP_PENDING) {
        ngx_rtc_sfu_link_conn_fail(oldest);
    }
}


/* RFC 6177: the least that anybody gets of IPv6 is a /64 */

static ngx_uint_t
ngx_rtc_sfu_link_tcp_is_same(const rtc_addr_t *a, const rtc_addr_t *b)
{
    return ngx_memcmp(a->addr, b->addr, a->family == AF_INET6 ? 8 : 4) == 0;
}


static ngx_rtc_sfu_link_conn_t *
ngx_rtc_sfu_link_tcp_create(ngx_rtc_sfu_links_t *links, ngx_socket_t s)
{
    int                       on;
    ngx_pool_t               *pool;
    ngx_rtc_sfu_link_conn_t  *conn;

    on = 1;

    /* messages are small, and wait for no others */

    (void) setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(int));

    conn = ngx_rtc_sfu_link_conn_create(links, s);
    if (conn == NULL) {
        return NULL;
    }

    conn->tcp = 1;

    ngx_del_timer(conn->connection->read);
    ngx_add_timer(conn->connection->read, NGX_RTC_SFU_LINK_TCP_HANDSHAKE);

    /* what nginx keeps of TLS */

    pool = ngx_create_pool(512, links->log);
    if (pool == NULL) {
        ngx_rtc_sfu_link_conn_close(conn);
        return NULL;
    }

    conn->connection->pool = pool;
    conn->connection->log = &links->quiet;

    return conn;
}


ngx_int_t
ngx_rtc_sfu_link_tcp_connect(ngx_rtc_sfu_link_t *link)
{
    int                       rc;
    ngx_err_t                 err;
    socklen_t                 socklen;
    rtc_addr_t                own;
    ngx_socket_t              s;
    ngx_sockaddr_t            sa;
    ngx_connection_t         *c;
    ngx_rtc_sfu_links_t      *links;
    ngx_rtc_sfu_link_conn_t  *conn;

    links = link->links;
    own = links->conf->address;

    if (own.family != link->address.family) {
        ngx_log_error(NGX_LOG_ERR, links->log, 0,
                      "sfu: worker is reached over another version of IP, "
                      "wid:%V", &link->node.str);
        return NGX_ERROR;
    }

    s = ngx_rtc_sfu_link_tcp_socket(links);

    if (s == (ngx_socket_t) -1) {
        return NGX_ERROR;
    }

    /* media comes from the same address; behind a NAT it is not ours */

    socklen = ngx_rtc_addr_sockaddr(&own, &sa);
    (void) bind(s, &sa.sockaddr, socklen);

    socklen = ngx_rtc_addr_sockaddr(&link->address, &sa);
    rc = connect(s, &sa.sockaddr, socklen);
    err = ngx_socket_errno;

    conn = ngx_rtc_sfu_link_tcp_create(links, s);
    if (conn == NULL) {
        return NGX_ERROR;
    }

    conn->from = link->address;
    ngx_rtc_sfu_link_tried(link, conn);

    if (rc == -1 && err != NGX_EINPROGRESS) {
        conn->refused = (err == NGX_ECONNREFUSED);
        ngx_rtc_sfu_link_conn_fail(conn);
        return NGX_OK;
    }

    c = conn->connection;
    c->write->ready = 0;
    c->read->handler = ngx_rtc_sfu_link_tcp_connected;
    c->write->handler = ngx_rtc_sfu_link_tcp_connected;

    if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
        ngx_rtc_sfu_link_conn_fail(conn);
    }

    return NGX_OK;
}


static void
ngx_rtc_sfu_link_tcp_connected(ngx_event_t *ev)
{
    int                       err;
    socklen_t                 len;
    ngx_connection_t         *c;
    ngx_rtc_sfu_link_conn_t  *conn;

    c = ev->data;
    conn = c->data;

    if (c->close || ev->timedout) {
        ngx_rtc_sfu_link_conn_fail(conn);
        return;
    }

    err = 0;
    len = sizeof(int);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len) == -1) {
        err = ngx_socket_errno;
    }

    if (err) {
        conn->refused = (err == NGX_ECONNREFUSED);
        ngx_rtc_sfu_link_conn_fail(conn);
        return;
    }

    if (c->write->ready) {
        ngx_rtc_sfu_link_tls_start(conn);
    }
}
