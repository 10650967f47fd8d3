
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Relayed transport addresses: a socket each.
 */


#include "ngx_rtc_addr.h"
#include "ngx_rtc_turn.h"
#include "ngx_rtc_turn_tcp.h"
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>


#define NGX_RTC_TURN_TRIES         64       /* ports that are tried */
#define NGX_RTC_TURN_RELAY_BUFFER  (512 * 1024)


static int ngx_rtc_turn_relay_open(void *ctx, int family, rtc_turn_port_e port,
    rtc_turn_relay_t relays[2]);
static void ngx_rtc_turn_relay_close(void *ctx, void *socket);
static void ngx_rtc_turn_relay_attach(void *ctx, void *socket,
    rtc_turn_alloc_t *a);
static void ngx_rtc_turn_relay_end(void *ctx, rtc_turn_alloc_t *a);
static int ngx_rtc_turn_relay_take(void *ctx, rtc_turn_alloc_t *a);
static void ngx_rtc_turn_relay_give(void *ctx, rtc_turn_alloc_t *a);
static int ngx_rtc_turn_relay_challenge(void *ctx, const rtc_addr_t *source,
    uint64_t now_ms);
static ngx_int_t ngx_rtc_turn_relay_set(ngx_rtc_turn_worker_t *w,
    ngx_rtc_turn_relay_addr_t *addr, ngx_uint_t port, int type,
    rtc_turn_relay_t *relay);
static ngx_socket_t ngx_rtc_turn_relay_bind(ngx_rtc_turn_worker_t *w,
    const rtc_addr_t *local);
static int ngx_rtc_turn_relay_hide(ngx_socket_t s);
static void ngx_rtc_turn_relay_handler(ngx_event_t *rev);
static ngx_int_t ngx_rtc_turn_relay_recv(ngx_rtc_turn_relay_t *relay);
static void ngx_rtc_turn_relay_input(ngx_rtc_turn_relay_t *relay,
    ngx_rtc_turn_packet_t *packet);
static void ngx_rtc_turn_relay_errors(ngx_rtc_turn_relay_t *relay);
static void ngx_rtc_turn_relay_error(ngx_rtc_turn_relay_t *relay,
    struct msghdr *msg, u_char *answer);
static void ngx_rtc_turn_relay_to_client(ngx_rtc_turn_worker_t *w,
    rtc_turn_alloc_t *a, u_char *p, size_t len, u_char tos);
static void ngx_rtc_turn_relay_timer(ngx_event_t *ev);


const rtc_turn_ops_t  ngx_rtc_turn_ops = {
    ngx_rtc_turn_relay_open,
    ngx_rtc_turn_relay_close,
    ngx_rtc_turn_relay_attach,
    ngx_rtc_turn_relay_end,
    ngx_rtc_turn_relay_take,
    ngx_rtc_turn_relay_give,
    ngx_rtc_turn_relay_challenge,
    ngx_rtc_turn_tcp_connect,
    ngx_rtc_turn_tcp_drop
};


static int
ngx_rtc_turn_relay_open(void *ctx, int family, rtc_turn_port_e port,
    rtc_turn_relay_t relays[2])
{
    int                         type;
    uint32_t                    random;
    ngx_uint_t                  n, tries, range, even;
    ngx_rtc_turn_worker_t      *w;
    ngx_rtc_turn_main_conf_t   *conf;
    ngx_rtc_turn_relay_addr_t  *addr;

    w = ctx;
    conf = w->conf;
    addr = &conf->relays[family == AF_INET6];

    if (addr->local.family == 0
        || rtc_random(&random, sizeof(uint32_t)) != RTC_OK)
    {
        return RTC_DECLINED;
    }

    type = port == RTC_TURN_PORT_TCP ? SOCK_STREAM : SOCK_DGRAM;
    even = port == RTC_TURN_PORT_EVEN || port == RTC_TURN_PORT_PAIR;

    range = conf->relay_last - conf->relay_first + 1;
    tries = ngx_min(range, NGX_RTC_TURN_TRIES);

    while (tries--) {

        /* all of a small range, from somewhere; of a large one some */

        n = conf->relay_first + random % range;
        random = range <= NGX_RTC_TURN_TRIES ? random + 1
                                             : random * 1664525 + 1013904223;

        if (even && (n & 1)) {
            continue;
        }

        if (port == RTC_TURN_PORT_PAIR && n == conf->relay_last) {
            continue;
        }

        if (ngx_rtc_turn_relay_set(w, addr, n, type, &relays[0]) != NGX_OK) {
            continue;
        }

        if (port != RTC_TURN_PORT_PAIR) {
            return RTC_OK;
        }

        if (ngx_rtc_turn_relay_set(w, addr, n + 1, type, &relays[1])
            == NGX_OK)
        {
            return RTC_OK;
        }

        ngx_rtc_turn_relay_destroy(relays[0].data);
        relays[0].data = NULL;
    }

    return RTC_DECLINED;
}


static ngx_int_t
ngx_rtc_turn_relay_set(ngx_rtc_turn_worker_t *w,
    ngx_rtc_turn_relay_addr_t *addr, ngx_uint_t port, int type,
    rtc_turn_relay_t *relay)
{
    rtc_addr_t    local;
    ngx_socket_t  s;

    local = addr->local;
    local.port = (uint16_t) port;

    s = type == SOCK_STREAM ? ngx_rtc_turn_tcp_listen(w, &local)
                            : ngx_rtc_turn_relay_bind(w, &local);

    if (s == (ngx_socket_t) -1) {
        return NGX_DECLINED;
    }

    relay->data = ngx_rtc_turn_relay_create(w, s, &local, type);

    if (relay->data == NULL) {
        return NGX_ERROR;
    }

    relay->addr = addr->public;
    relay->addr.port = (uint16_t) port;

    return NGX_OK;
}


static ngx_socket_t
ngx_rtc_turn_relay_bind(ngx_rtc_turn_worker_t *w, const rtc_addr_t *local)
{
    int           one, v6, size;
    ngx_socket_t  s;

    s = ngx_rtc_turn_relay_socket(w, local->family, SOCK_DGRAM);

    if (s == (ngx_socket_t) -1) {
        return s;
    }

    one = 1;
    v6 = local->family == AF_INET6;

    /* RFC 8656, 11.5: errors come with the address they are of */

    (void) setsockopt(s, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                      v6 ? IPV6_RECVERR : IP_RECVERR, &one, sizeof(int));

    ngx_rtc_turn_io_prepare(s, local->family);

    /* a keyframe is a burst; the system may give less */

    size = NGX_RTC_TURN_RELAY_BUFFER;
    (void) setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof(int));

    return ngx_rtc_turn_relay_bound(w, s, local);
}


ngx_socket_t
ngx_rtc_turn_relay_socket(ngx_rtc_turn_worker_t *w, int family, int type)
{
    int           one;
    ngx_socket_t  s;

    s = socket(family, type|SOCK_NONBLOCK|SOCK_CLOEXEC, 0);

    if (s == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_ERR, w->log, ngx_socket_errno,
                      ngx_socket_n " of a relay failed");
        return s;
    }

    one = 1;

    if (family == AF_INET6) {
        (void) setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(int));
    }

    /* who relays to this host alone has no port that others can reach */

    if (w->relay_local && ngx_rtc_turn_relay_hide(s) == -1) {
        ngx_log_error(NGX_LOG_ERR, w->log, ngx_socket_errno,
                      "turn: setsockopt(SO_ATTACH_FILTER) of a relay failed");
        ngx_rtc_conn_close_socket(s, w->log);

        return (ngx_socket_t) -1;
    }

    return s;
}


ngx_socket_t
ngx_rtc_turn_relay_bound(ngx_rtc_turn_worker_t *w, ngx_socket_t s,
    const rtc_addr_t *local)
{
    ngx_err_t       err;
    socklen_t       socklen;
    ngx_sockaddr_t  sa;

    socklen = ngx_rtc_addr_sockaddr(local, &sa);

    if (bind(s, &sa.sockaddr, socklen) == 0) {
        return s;
    }

    err = ngx_socket_errno;

    if (err != NGX_EADDRINUSE) {
        ngx_log_error(NGX_LOG_ERR, w->log, err,
                      "turn: bind() of a relay failed");
    }

    ngx_rtc_conn_close_socket(s, w->log);

    return (ngx_socket_t) -1;
}


/*
 * Takes what comes from this host.  SO_BINDTODEVICE would be about the device
 * that has the address, although such packets come by the loopback device,
 * which is always the first one.
 */

static int
ngx_rtc_turn_relay_hide(ngx_socket_t s)
{
    struct sock_fprog   program;
    struct sock_filter  code[] = {
        BPF_STMT(BPF_LD|BPF_W|BPF_ABS, (u_int) (SKF_AD_OFF + SKF_AD_IFINDEX)),
        BPF_JUMP(BPF_JMP|BPF_JEQ|BPF_K, 1, 0, 1),
        BPF_STMT(BPF_RET|BPF_K, 65535),
        BPF_STMT(BPF_RET|BPF_K, 0)
    };

    program.len = sizeof(code) / sizeof(struct sock_filter);
    program.filter = code;

    return setsockopt(s, SOL_SOCKET, SO_ATTACH_FILTER, &program,
                      sizeof(struct sock_fprog));
}


ngx_rtc_turn_relay_t *
ngx_rtc_turn_relay_create(ngx_rtc_turn_worker_t *w, ngx_socket_t s,
    const rtc_addr_t *local, int type)
{
    ngx_connection_t      *c;
    ngx_rtc_turn_relay_t  *relay;

    relay = ngx_calloc(sizeof(ngx_rtc_turn_relay_t), w->log);
    c = relay ? ngx_rtc_conn(s, type, relay, w->log) : NULL;

    if (c == NULL) {
        ngx_free(relay);
        (void) ngx_close_socket(s);
        return NULL;
    }

    c->read->handler = type == SOCK_STREAM ? ngx_rtc_turn_tcp_accept
                                           : ngx_rtc_turn_relay_handler;

    relay->worker = w;
    relay->connection = c;
    relay->sock.fd = s;
    relay->sock.local = *local;

    ngx_rtc_ident_init(&relay->ident, relay);

    relay->timer.handler = ngx_rtc_turn_relay_timer;
    relay->timer.data = &relay->ident;
    relay->timer.log = w->log;

    /* level-triggered: a bounded number is taken per event */

    if (ngx_add_event(c->read, NGX_READ_EVENT, 0) != NGX_OK) {
        ngx_close_connection(c);
        ngx_free(relay);
        return NULL;
    }

    return relay;
}


/* the event goes first: another process may have the socket, too */

void
ngx_rtc_turn_relay_destroy(ngx_rtc_turn_relay_t *relay)
{
    ngx_connection_t  *c;

    c = relay->connection;

    if (relay->timer.timer_set) {
        ngx_del_timer(&relay->timer);
    }

    if (relay->sock.queued) {
        ngx_rtc_turn_io_flush(relay->worker->io);
    }

    (void) ngx_del_event(c->read, NGX_READ_EVENT, 0);

    ngx_close_connection(c);
    ngx_free(relay);
}


static void
ngx_rtc_turn_relay_close(void *ctx, void *socket)
{
    ngx_rtc_turn_relay_destroy(socket);
}


static void
ngx_rtc_turn_relay_attach(void *ctx, void *socket, rtc_turn_alloc_t *a)
{
    ngx_msec_int_t         left;
    ngx_rtc_turn_relay_t  *relay;

    relay = socket;
    relay->alloc = a;

    /* an allocation has one timer, which keeps an exiting worker */

    if (a->relays[0].data == relay) {
        left = (ngx_msec_int_t) (a->expires_ms - ngx_current_msec);

        ngx_rtc_turn_set_timer(&relay->timer, left > 0 ? left : 1);
    }
}


static void
ngx_rtc_turn_relay_end(void *ctx, rtc_turn_alloc_t *a)
{
    ngx_rtc_turn_worker_t  *w;

    w = ctx;

    ngx_log_error(NGX_LOG_INFO, w->log, 0,
                  "turn: allocation ended user:%xL in:%uL out:%uL",
                  a->user_key, a->bytes_in, a->bytes_out);

    if (a->stream && a->via) {
        ngx_rtc_turn_stream_ended(a->via);
    }
}


static int
ngx_rtc_turn_relay_take(void *ctx, rtc_turn_alloc_t *a)
{
    ngx_rtc_turn_worker_t  *w;

    w = ctx;

    if (ngx_rtc_turn_zone_take(w->conf->zone, a->user_key,
                               w->conf->max_user_allocations,
                               w->conf->max_allocations, &a->ticket)
        != NGX_OK)
    {
        return RTC_DECLINED;
    }

    if (a->stream) {
        ((ngx_rtc_turn_stream_t *) a->via)->alloc = a;
    }

    return RTC_OK;
}


static void
ngx_rtc_turn_relay_give(void *ctx, rtc_turn_alloc_t *a)
{
    ngx_rtc_turn_worker_t  *w;

    w = ctx;

    ngx_rtc_turn_zone_give(w->conf->zone, a->ticket);
}


static int
ngx_rtc_turn_relay_challenge(void *ctx, const rtc_addr_t *source,
    uint64_t now_ms)
{
    ngx_rtc_turn_worker_t  *w;
    ngx_rtc_turn_shared_t  *shared;

    w = ctx;
    shared = w->conf->zone->shared;

    if (w->conf->challenge_rate == 0) {
        return RTC_OK;
    }

    return rtc_turn_budget_take(&shared->budget, source, shared->seed,
                                (unsigned) w->conf->challenge_rate, now_ms);
}


static void
ngx_rtc_turn_relay_handler(ngx_event_t *rev)
{
    ngx_uint_t             n;
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

    for (n = 0; n < NGX_RTC_TURN_ROUNDS; n++) {
        if (ngx_rtc_turn_relay_recv(relay) != NGX_OK) {
            break;
        }
    }
}


/* NGX_OK: there may be more */

static ngx_int_t
ngx_rtc_turn_relay_recv(ngx_rtc_turn_relay_t *relay)
{
    ngx_int_t               i, n;
    ngx_rtc_turn_io_t      *io;
    ngx_rtc_turn_packet_t   packet;

    io = relay->worker->io;

    n = ngx_rtc_turn_io_recv(io, &relay->sock);

    if (n <= 0) {

        /* the event may be that of an error, which keeps coming back */

        ngx_rtc_turn_relay_errors(relay);
        return NGX_AGAIN;
    }

    for (i = 0; i < n; i++) {
        if (relay->alloc
            && ngx_rtc_turn_io_packet(io, &relay->sock, i, &packet) == NGX_OK)
        {
            ngx_rtc_turn_relay_input(relay, &packet);
        }
    }

    ngx_rtc_turn_io_flush(io);

    return n == NGX_RTC_TURN_BATCH ? NGX_OK : NGX_AGAIN;
}


static void
ngx_rtc_turn_relay_input(ngx_rtc_turn_relay_t *relay,
    ngx_rtc_turn_packet_t *packet)
{
    size_t   len;
    u_char  *p;

    p = rtc_turn_server_peer(relay->worker->server, relay->alloc,
                             &packet->tuple.remote, packet->data, packet->len,
                             ngx_current_msec, &len);
    if (p) {
        ngx_rtc_turn_relay_to_client(relay->worker, relay->alloc, p, len,
                                     packet->tos);
    }
}


static void
ngx_rtc_turn_relay_to_client(ngx_rtc_turn_worker_t *w, rtc_turn_alloc_t *a,
    u_char *p, size_t len, u_char tos)
{
    ngx_rtc_turn_listener_t  *ls;

    if (a->stream) {
        (void) ngx_rtc_turn_stream_send(a->via, p, len);
        return;
    }

    ls = a->via;

    if (ls) {
        ngx_rtc_turn_io_send(w->io, &ls->sock, &a->tuple, p, len, tos, 0);
    }
}


static void
ngx_rtc_turn_relay_errors(ngx_rtc_turn_relay_t *relay)
{
    ngx_uint_t      n;
    struct iovec    iov;
    struct msghdr   msg;
    ngx_sockaddr_t  sa;
    u_char          data[64], answer[RTC_TURN_ANSWER_MAX];
    union {
        struct cmsghdr  align;
        u_char          data[512];
    } control;

    for (n = 0; n < NGX_RTC_TURN_BATCH && relay->alloc; n++) {

        ngx_memzero(&msg, sizeof(struct msghdr));

        iov.iov_base = data;
        iov.iov_len = sizeof(data);

        msg.msg_iov = &iov;
        msg.msg_iovlen = 1;
        msg.msg_name = &sa;
        msg.msg_namelen = sizeof(ngx_sockaddr_t);
        msg.msg_control = &control;
        msg.msg_controllen = sizeof(control);

        if (recvmsg(relay->sock.fd, &msg, MSG_ERRQUEUE) == -1) {
            return;
        }

        ngx_rtc_turn_relay_error(relay, &msg, answer);
    }
}


/* RFC 8656, 11.5 and 18.13: what the client may hear of */

static void
ngx_rtc_turn_relay_error(ngx_rtc_turn_relay_t *relay, struct msghdr *msg,
    u_char *answer)
{
    size_t                     len;
    uint8_t                    type, code;
    uint32_t                   data;
    rtc_addr_t                 peer;
    struct cmsghdr            *cmsg;
    struct sock_extended_err   err;

    for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {

        if (!(cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_RECVERR)
            && !(cmsg->cmsg_level == IPPROTO_IPV6
                 && cmsg->cmsg_type == IPV6_RECVERR))
        {
            continue;
        }

        ngx_memcpy(&err, CMSG_DATA(cmsg), sizeof(struct sock_extended_err));

        type = err.ee_type;
        code = err.ee_code;
        data = err.ee_errno == EMSGSIZE ? err.ee_info : 0;

        switch (err.ee_origin) {

        case SO_EE_ORIGIN_ICMP:
            if (type != ICMP_DEST_UNREACH && type != ICMP_TIME_EXCEEDED) {
                return;
            }

            break;

        case SO_EE_ORIGIN_ICMP6:
            if (type != ICMP6_DST_UNREACH && type != ICMP6_PACKET_TOO_BIG
                && type != ICMP6_TIME_EXCEEDED)
            {
                return;
            }

            break;

        case SO_EE_ORIGIN_LOCAL:

            /* our own route is too narrow for a datagram with DF */

            if (err.ee_errno != EMSGSIZE) {
                return;
            }

            if (relay->sock.local.family == AF_INET6) {
                type = ICMP6_PACKET_TOO_BIG;
                code = 0;

            } else {
                type = ICMP_DEST_UNREACH;
                code = ICMP_FRAG_NEEDED;
            }

            break;

        default:
            return;
        }

        if (ngx_rtc_addr_set(&peer, msg->msg_name, RTC_UDP) != NGX_OK) {
            return;
        }

        len = rtc_turn_server_icmp(relay->worker->server, relay->alloc, &peer,
                                   type, code, data, answer,
                                   ngx_current_msec);
        if (len) {
            ngx_rtc_turn_relay_to_client(relay->worker, relay->alloc, answer,
                                         len, 0);
            ngx_rtc_turn_io_flush(relay->worker->io);
        }

        return;
    }
}


/* a Refresh moves the end without touching the timer */

static void
ngx_rtc_turn_relay_timer(ngx_event_t *ev)
{
    ngx_msec_int_t         left;
    ngx_rtc_turn_relay_t  *relay;

    relay = ngx_rtc_ident_data(ev);

    left = (ngx_msec_int_t) (relay->alloc->expires_ms - ngx_current_msec);

    if (left > 0) {
        ngx_rtc_turn_set_timer(ev, left);
        return;
    }

    rtc_turn_server_end(relay->worker->server, relay->alloc);
}


/* nginx takes a small change of a timer for none */

void
ngx_rtc_turn_set_timer(ngx_event_t *ev, ngx_msec_t timer)
{
    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    ngx_add_timer(ev, timer);
}
