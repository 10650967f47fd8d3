
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_addr.h"
#include "ngx_rtc_sfu_tcp_internal.h"


static ngx_int_t ngx_rtc_sfu_tcp_bind(ngx_socket_t s,
    const rtc_addr_t *local, ngx_log_t *log);
static void ngx_rtc_sfu_tcp_accept_handler(ngx_event_t *rev);
static ngx_int_t ngx_rtc_sfu_tcp_accept(ngx_rtc_sfu_tcp_t *tcp,
    ngx_connection_t *lc);


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

    c = (rc == NGX_OK) ? ngx_rtc_conn(s, SOCK_STREAM, tcp, tcp->log)
                       : NULL;

    if (c == NULL) {
        ngx_rtc_conn_close_socket(s, tcp->log);

        return rc == NGX_OK ? NGX_ERROR : rc;
    }

    c->read->handler = ngx_rtc_sfu_tcp_accept_handler;

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
            ngx_add_timer(rev, NGX_RTC_SFU_TCP_NO_FILES);
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
            ngx_add_timer(lc->read, NGX_RTC_SFU_TCP_NO_FILES);
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

    ngx_rtc_conn_close_socket(s, tcp->log);

    return NGX_OK;
}


/* on failure the socket is still the caller's */
