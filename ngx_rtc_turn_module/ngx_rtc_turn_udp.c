
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Clients over UDP.  The listeners are nginx's, but a session and a pool per
 * client, and a system call per datagram, are not what a relay can afford: the
 * sockets are read here.
 */


#include "ngx_rtc_addr.h"
#include "ngx_rtc_turn.h"
#include "ngx_rtc_turn_handover.h"


#define NGX_RTC_TURN_UDP_BUFFER  (4 * 1024 * 1024)


static ngx_uint_t ngx_rtc_turn_udp_is_ours(ngx_listening_t *ls);
static ngx_int_t ngx_rtc_turn_udp_add(ngx_rtc_turn_worker_t *w,
    ngx_listening_t *ls);
static void ngx_rtc_turn_udp_handler(ngx_event_t *rev);
static ngx_int_t ngx_rtc_turn_udp_recv(ngx_rtc_turn_listener_t *ls);


/* all clients share the socket; what "listen" says itself is left alone */

void
ngx_rtc_turn_udp_buffers(ngx_cycle_t *cycle)
{
    int               size;
    ngx_uint_t        i;
    ngx_listening_t  *ls;

    size = NGX_RTC_TURN_UDP_BUFFER;
    ls = cycle->listening.elts;

    for (i = 0; i < cycle->listening.nelts; i++) {

        if (ls[i].type != SOCK_DGRAM || ls[i].fd == (ngx_socket_t) -1
            || !ngx_rtc_turn_udp_is_ours(&ls[i]))
        {
            continue;
        }

        if (ls[i].rcvbuf == -1
            && setsockopt(ls[i].fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
                          sizeof(int)) == -1)
        {
            (void) setsockopt(ls[i].fd, SOL_SOCKET, SO_RCVBUF, &size,
                              sizeof(int));
        }

        if (ls[i].sndbuf == -1
            && setsockopt(ls[i].fd, SOL_SOCKET, SO_SNDBUFFORCE, &size,
                          sizeof(int)) == -1)
        {
            (void) setsockopt(ls[i].fd, SOL_SOCKET, SO_SNDBUF, &size,
                              sizeof(int));
        }
    }
}


void
ngx_rtc_turn_udp_init(ngx_rtc_turn_worker_t *w, ngx_cycle_t *cycle)
{
    ngx_uint_t        i;
    ngx_listening_t  *ls;

    ls = cycle->listening.elts;

    for (i = 0; i < cycle->listening.nelts; i++) {

        /* with "reuseport" each worker has a socket of its own */

        if (ls[i].connection == NULL || ls[i].type != SOCK_DGRAM
            || ls[i].fd == (ngx_socket_t) -1
            || !ngx_rtc_turn_udp_is_ours(&ls[i]))
        {
            continue;
        }

        if (ngx_rtc_turn_udp_add(w, &ls[i]) != NGX_OK) {
            ngx_log_error(NGX_LOG_CRIT, w->log, 0,
                          "turn: listener %V is not served", &ls[i].addr_text);
        }
    }
}


/* by its server, not by its port */

static ngx_uint_t
ngx_rtc_turn_udp_is_ours(ngx_listening_t *ls)
{
    ngx_stream_port_t        *port;
    ngx_stream_in_addr_t     *addr;
    ngx_stream_conf_ctx_t    *ctx;
    ngx_rtc_turn_srv_conf_t  *tscf;
#if (NGX_HAVE_INET6)
    ngx_stream_in6_addr_t    *addr6;
#endif

    if (ls->handler != ngx_stream_init_connection) {
        return 0;
    }

    port = ls->servers;

#if (NGX_HAVE_INET6)
    if (ls->sockaddr->sa_family == AF_INET6) {
        addr6 = port->addrs;
        ctx = addr6[0].conf.ctx;

    } else
#endif
    {
        addr = port->addrs;
        ctx = addr[0].conf.ctx;
    }

    tscf = ctx->srv_conf[ngx_rtc_turn_module.ctx_index];

    return tscf->enable == 1;
}


static ngx_int_t
ngx_rtc_turn_udp_add(ngx_rtc_turn_worker_t *w, ngx_listening_t *listening)
{
    ngx_connection_t         *c;
    ngx_rtc_turn_listener_t  *ls;

    ls = ngx_pcalloc(w->pool, sizeof(ngx_rtc_turn_listener_t));
    if (ls == NULL) {
        return NGX_ERROR;
    }

    if (ngx_rtc_addr_set(&ls->sock.local, listening->sockaddr, RTC_UDP)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    c = listening->connection;

    ls->worker = w;
    ls->sock.fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
    ls->sock.wildcard = ngx_rtc_addr_is_wildcard(&ls->sock.local);

    if (ls->sock.fd == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_ERR, w->log, ngx_errno,
                      "turn: fcntl(F_DUPFD_CLOEXEC) failed");
        return NGX_ERROR;
    }

    ngx_rtc_turn_io_prepare(c->fd, ls->sock.local.family);

    /* nginx finds its listener through c->listening, we ours through c->data */

    c->data = ls;
    c->read->handler = ngx_rtc_turn_udp_handler;

    ngx_queue_insert_tail(&w->listeners, &ls->queue);

    return NGX_OK;
}


void
ngx_rtc_turn_udp_exit(ngx_rtc_turn_worker_t *w)
{
    ngx_queue_t              *q;
    ngx_rtc_turn_listener_t  *ls;

    for (q = ngx_queue_head(&w->listeners);
         q != ngx_queue_sentinel(&w->listeners);
         q = ngx_queue_next(q))
    {
        ls = ngx_queue_data(q, ngx_rtc_turn_listener_t, queue);

        (void) ngx_close_socket(ls->sock.fd);

        ls->sock.fd = (ngx_socket_t) -1;
    }
}


static void
ngx_rtc_turn_udp_handler(ngx_event_t *rev)
{
    ngx_uint_t                n;
    ngx_connection_t         *c;
    ngx_rtc_turn_listener_t  *ls;

    c = rev->data;
    ls = c->data;

    for (n = 0; n < NGX_RTC_TURN_ROUNDS; n++) {
        if (ngx_rtc_turn_udp_recv(ls) != NGX_OK) {
            break;
        }
    }
}


/* NGX_OK: there may be more */

static ngx_int_t
ngx_rtc_turn_udp_recv(ngx_rtc_turn_listener_t *ls)
{
    ngx_int_t               i, n;
    ngx_rtc_turn_io_t      *io;
    ngx_rtc_turn_packet_t   packet;

    io = ls->worker->io;

    n = ngx_rtc_turn_io_recv(io, &ls->sock);

    if (n == NGX_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, ls->worker->log, ngx_socket_errno,
                      "turn: recvmmsg() failed");
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {

        if (ngx_rtc_turn_io_packet(io, &ls->sock, i, &packet) != NGX_OK) {
            continue;
        }

        if (ls->worker->conf->nclient_deny
            && ngx_rtc_turn_client_denied(ls->worker, &packet.tuple.remote))
        {
            ls->worker->client_denied++;
            continue;
        }

        if (ls->worker->handover
            && ngx_rtc_turn_handover_forward(ls, &packet) == NGX_OK)
        {
            continue;
        }

        ngx_rtc_turn_udp_input(ls, &packet, ngx_rtc_turn_io_answer(io, i));
    }

    ngx_rtc_turn_io_flush(io);

    return n == NGX_RTC_TURN_BATCH ? NGX_OK : NGX_AGAIN;
}


void
ngx_rtc_turn_udp_input(ngx_rtc_turn_listener_t *ls,
    ngx_rtc_turn_packet_t *packet, u_char *answer)
{
    rtc_tuple_t             tuple;
    rtc_turn_io_t           io;
    ngx_rtc_turn_relay_t   *relay;
    ngx_rtc_turn_worker_t  *w;

    w = ls->worker;

    io.tuple = packet->tuple;
    io.via = ls;
    io.stream = 0;
    io.p = packet->data;
    io.len = packet->len;
    io.now_ms = ngx_current_msec;
    io.unix_s = (uint64_t) ngx_time();
    io.out = answer;

    switch (rtc_turn_server_input(w->server, &io)) {

    case RTC_TURN_ANSWER:
        ngx_rtc_turn_io_send(w->io, &ls->sock, &packet->tuple, io.out,
                             io.out_len, 0, 0);
        break;

    case RTC_TURN_RELAY:
        relay = io.socket;
        tuple.remote = io.peer;

        ngx_rtc_turn_io_send(w->io, &relay->sock, &tuple, io.data,
                             io.data_len, packet->tos, io.dont_fragment);
        break;

    default: /* RTC_TURN_NOTHING */
        break;
    }
}


ngx_rtc_turn_listener_t *
ngx_rtc_turn_udp_listener(ngx_rtc_turn_worker_t *w, const rtc_addr_t *local)
{
    ngx_queue_t              *q;
    ngx_rtc_turn_listener_t  *ls;

    for (q = ngx_queue_head(&w->listeners);
         q != ngx_queue_sentinel(&w->listeners);
         q = ngx_queue_next(q))
    {
        ls = ngx_queue_data(q, ngx_rtc_turn_listener_t, queue);

        if (ls->sock.local.port == local->port
            && ls->sock.local.family == local->family
            && (ls->sock.wildcard
                || ngx_memcmp(ls->sock.local.addr, local->addr, 16) == 0))
        {
            return ls;
        }
    }

    return NULL;
}
