
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Sockets of links on one host: abstract unix sockets, named by the worker's
 * id.  Such a name is gone when its process is, so that a refusal is death.
 */


#include "ngx_rtc_conn.h"
#include "ngx_rtc_sfu_link_internal.h"


#define NGX_RTC_SFU_LINK_NAME  "conference/"


static socklen_t ngx_rtc_sfu_link_sockaddr(struct sockaddr_un *sa,
    const u_char *wid);
static void ngx_rtc_sfu_link_accept_handler(ngx_event_t *rev);


static socklen_t
ngx_rtc_sfu_link_sockaddr(struct sockaddr_un *sa, const u_char *wid)
{
    u_char  *p;

    /* unix(7): an abstract name begins with a zero byte and has a length */

    ngx_memzero(sa, sizeof(struct sockaddr_un));

    sa->sun_family = AF_UNIX;

    p = (u_char *) sa->sun_path + 1;
    p = ngx_cpymem(p, NGX_RTC_SFU_LINK_NAME, sizeof(NGX_RTC_SFU_LINK_NAME) - 1);
    p = ngx_cpymem(p, wid, RTC_LINK_WID_LEN);

    return (socklen_t) (p - (u_char *) sa);
}


ngx_int_t
ngx_rtc_sfu_link_listen(ngx_rtc_sfu_links_t *links)
{
    socklen_t            socklen;
    ngx_socket_t         s;
    struct sockaddr_un   sa;

    s = ngx_socket(AF_UNIX, SOCK_STREAM, 0);

    if (s == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_CRIT, links->log, ngx_socket_errno,
                      ngx_socket_n " failed");
        return NGX_ERROR;
    }

    socklen = ngx_rtc_sfu_link_sockaddr(&sa, links->wid->data);

    if (ngx_nonblocking(s) == -1
        || bind(s, (struct sockaddr *) &sa, socklen) == -1
        || listen(s, NGX_RTC_SFU_LINK_BACKLOG) == -1)
    {
        ngx_log_error(NGX_LOG_CRIT, links->log, ngx_socket_errno,
                      "sfu: cannot listen for links");
        ngx_rtc_conn_close_socket(s, links->log);
        return NGX_ERROR;
    }

    return ngx_rtc_sfu_link_listener(&links->near, links, s,
                                     ngx_rtc_sfu_link_accept_handler);
}


ngx_int_t
ngx_rtc_sfu_link_listener(ngx_rtc_sfu_link_listener_t *listener,
    ngx_rtc_sfu_links_t *links, ngx_socket_t s, ngx_event_handler_pt handler)
{
    ngx_connection_t  *c;

    c = ngx_rtc_conn(s, SOCK_STREAM, listener, links->log);

    if (c == NULL) {
        ngx_rtc_conn_close_socket(s, links->log);
        return NGX_ERROR;
    }

    c->read->handler = handler;
    c->read->cancelable = 1;

    if (ngx_add_event(c->read, NGX_READ_EVENT, 0) != NGX_OK) {
        ngx_close_connection(c);
        return NGX_ERROR;
    }

    listener->links = links;
    listener->connection = c;

    return NGX_OK;
}


void
ngx_rtc_sfu_link_unlisten(ngx_rtc_sfu_link_listener_t *listener)
{
    if (listener->connection) {
        ngx_close_connection(listener->connection);
        listener->connection = NULL;
    }
}


ngx_uint_t
ngx_rtc_sfu_link_may_accept(ngx_event_t *rev)
{
    ngx_connection_t             *c;
    ngx_rtc_sfu_link_listener_t  *listener;

    c = rev->data;
    listener = c->data;

    if (c->close) {

        /* worker_shutdown_timeout */

        listener->links->closing = 1;
        ngx_rtc_sfu_link_unlisten(listener);
        return 0;
    }

    if (rev->timedout) {
        rev->timedout = 0;

        if (ngx_add_event(rev, NGX_READ_EVENT, 0) != NGX_OK) {
            ngx_add_timer(rev, NGX_RTC_SFU_LINK_NO_FILES);
        }

        return 0;
    }

    return 1;
}


static void
ngx_rtc_sfu_link_accept_handler(ngx_event_t *rev)
{
    ngx_uint_t                    i;
    ngx_socket_t                  s;
    ngx_connection_t             *c;
    ngx_rtc_sfu_link_conn_t      *conn;
    ngx_rtc_sfu_link_listener_t  *listener;

    if (!ngx_rtc_sfu_link_may_accept(rev)) {
        return;
    }

    c = rev->data;
    listener = c->data;

    for (i = 0; i < NGX_RTC_SFU_LINK_ROUNDS; i++) {

        if (listener->pending == NGX_RTC_SFU_LINK_PENDING) {

            /* others wait in the backlog until one of these is settled */

            listener->paused = 1;
            (void) ngx_del_event(rev, NGX_READ_EVENT, 0);
            return;
        }

        if (ngx_rtc_sfu_link_accept(listener, &s, NULL) != NGX_OK) {
            return;
        }

        if (s == (ngx_socket_t) -1) {
            continue;
        }

        conn = ngx_rtc_sfu_link_conn_create(listener->links, s);

        if (conn == NULL) {
            continue;
        }

        ngx_rtc_sfu_link_pending(listener, conn);

        if (ngx_rtc_sfu_link_conn_expect(conn) != NGX_OK) {
            ngx_rtc_sfu_link_conn_close(conn);
        }
    }
}


ngx_int_t
ngx_rtc_sfu_link_accept(ngx_rtc_sfu_link_listener_t *listener, ngx_socket_t *s,
    ngx_sockaddr_t *sa)
{
    ngx_err_t     err;
    socklen_t     socklen;
    ngx_event_t  *rev;

    rev = listener->connection->read;
    socklen = sizeof(ngx_sockaddr_t);

    *s = accept4(listener->connection->fd, sa ? &sa->sockaddr : NULL,
                 sa ? &socklen : NULL, SOCK_NONBLOCK);

    if (*s != (ngx_socket_t) -1) {
        return NGX_OK;
    }

    err = ngx_socket_errno;

    if (err == NGX_EMFILE || err == NGX_ENFILE) {
        ngx_log_error(NGX_LOG_CRIT, listener->links->log, err,
                      "accept4() failed");

        /* level-triggered: it would be called at once again */

        (void) ngx_del_event(rev, NGX_READ_EVENT, 0);
        ngx_add_timer(rev, NGX_RTC_SFU_LINK_NO_FILES);
    }

    return err == NGX_ECONNABORTED || err == NGX_EINTR ? NGX_OK : NGX_AGAIN;
}


void
ngx_rtc_sfu_link_pending(ngx_rtc_sfu_link_listener_t *listener,
    ngx_rtc_sfu_link_conn_t *conn)
{
    conn->accepted = 1;
    conn->listener = listener;
    listener->pending++;
}


void
ngx_rtc_sfu_link_settled(ngx_rtc_sfu_link_conn_t *conn)
{
    ngx_rtc_sfu_link_listener_t  *listener;

    listener = conn->listener;

    if (listener == NULL) {
        return;
    }

    conn->listener = NULL;
    listener->pending--;

    if (listener->paused && listener->connection) {
        listener->paused = 0;

        if (ngx_add_event(listener->connection->read, NGX_READ_EVENT, 0)
            != NGX_OK)
        {
            ngx_add_timer(listener->connection->read,
                          NGX_RTC_SFU_LINK_NO_FILES);
        }
    }
}


ngx_int_t
ngx_rtc_sfu_link_socket(ngx_rtc_sfu_links_t *links, const u_char *wid,
    ngx_socket_t *s)
{
    ngx_err_t            err;
    socklen_t            socklen;
    struct sockaddr_un   sa;

    *s = ngx_socket(AF_UNIX, SOCK_STREAM, 0);

    if (*s == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_ERR, links->log, ngx_socket_errno,
                      ngx_socket_n " failed");
        return NGX_ERROR;
    }

    socklen = ngx_rtc_sfu_link_sockaddr(&sa, wid);

    /* a unix socket is connected at once, or not at all */

    if (ngx_nonblocking(*s) != -1
        && connect(*s, (struct sockaddr *) &sa, socklen) == 0)
    {
        return NGX_OK;
    }

    err = ngx_socket_errno;

    ngx_rtc_conn_close_socket(*s, links->log);

    if (err == NGX_ECONNREFUSED) {
        return NGX_DECLINED;
    }

    if (err == NGX_EAGAIN) {

        /* its backlog is full */

        return NGX_AGAIN;
    }

    ngx_log_error(NGX_LOG_ERR, links->log, err, "sfu: link: connect() failed");

    return NGX_ERROR;
}
