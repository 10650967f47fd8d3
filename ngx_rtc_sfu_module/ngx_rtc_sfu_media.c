
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <sys/random.h>
#include "ngx_rtc_addr.h"
#include "ngx_rtc_sfu_media_internal.h"


#define NGX_RTC_SFU_MEDIA_RETRY    2000
#define NGX_RTC_SFU_MEDIA_TICK     25      /* looks at all SCTP timers */

/*
 * Local preferences.  Of those over TCP the upper three bits are the
 * direction, passive is 4 (RFC 6544, 4.2).
 */
#define NGX_RTC_SFU_MEDIA_UDP_PREF  65535
#define NGX_RTC_SFU_MEDIA_TCP_PREF  ((4 << 13) + 8191)


static ngx_int_t ngx_rtc_sfu_media_init(ngx_rtc_sfu_media_t *media);
static void ngx_rtc_sfu_media_want(ngx_rtc_sfu_media_t *media);
static void ngx_rtc_sfu_media_want_address(ngx_rtc_sfu_media_t *media,
    const rtc_addr_t *addr);
static void ngx_rtc_sfu_media_listen(ngx_rtc_sfu_media_t *media);
static ngx_int_t ngx_rtc_sfu_media_take(ngx_rtc_sfu_media_t *media,
    ngx_uint_t port);
static ngx_int_t ngx_rtc_sfu_media_bind(ngx_rtc_sfu_media_t *media,
    ngx_rtc_sfu_media_socket_t *sock, ngx_uint_t port);
static ngx_int_t ngx_rtc_sfu_media_listen_shared(ngx_rtc_sfu_media_t *media,
    ngx_uint_t port);
static void ngx_rtc_sfu_media_release(ngx_rtc_sfu_media_t *media);
static void ngx_rtc_sfu_media_retry_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_media_tick_handler(ngx_event_t *ev);
static ngx_uint_t ngx_rtc_sfu_media_add_candidates(ngx_rtc_sfu_media_t *media,
    ngx_uint_t proto, ngx_uint_t port, uint32_t pref,
    ngx_rtc_sfu_candidate_t *cand);
static void ngx_rtc_sfu_media_loopback(rtc_addr_t *addr);
static void ngx_rtc_sfu_media_datagram(void *data, const rtc_tuple_t *tuple,
    u_char *p, size_t len, uint64_t now_us);
static ngx_int_t ngx_rtc_sfu_media_input(void *data, const rtc_tuple_t *tuple,
    u_char *p, size_t len, uint64_t now_us);
static ngx_int_t ngx_rtc_sfu_media_stun(ngx_rtc_sfu_media_t *media,
    const rtc_tuple_t *tuple, u_char *p, size_t len, uint64_t now_us);


static const ngx_rtc_sfu_tcp_handlers_t  ngx_rtc_sfu_media_tcp_handlers = {
    ngx_rtc_sfu_media_input,
    ngx_rtc_sfu_media_tcp_closed
};


ngx_rtc_sfu_media_t *
ngx_rtc_sfu_media_open(ngx_cycle_t *cycle,
    const ngx_rtc_sfu_media_conf_t *conf, rtc_transport_worker_t *worker)
{
    ngx_pool_t           *pool;
    ngx_rtc_sfu_media_t  *media;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, cycle->log);
    if (pool == NULL) {
        return NULL;
    }

    media = ngx_pcalloc(pool, sizeof(ngx_rtc_sfu_media_t));
    if (media == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    media->conf = conf;
    media->worker = worker;
    media->pool = pool;
    media->log = cycle->log;

    if (ngx_rtc_sfu_media_init(media) != NGX_OK) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    ngx_rtc_sfu_media_want(media);
    ngx_rtc_sfu_media_listen(media);

    return media;
}


static ngx_int_t
ngx_rtc_sfu_media_init(ngx_rtc_sfu_media_t *media)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_RTC_SFU_MEDIA_UFRAGS; i++) {
        ngx_queue_init(&media->ufrags[i]);
    }

    for (i = 0; i < NGX_RTC_SFU_MEDIA_TUPLES; i++) {
        ngx_queue_init(&media->tuples[i]);
    }

    media->dummy.fd = (ngx_socket_t) -1;
    media->dummy.data = media;

    media->retry.handler = ngx_rtc_sfu_media_retry_handler;
    media->retry.data = &media->dummy;
    media->retry.log = media->log;
    media->retry.cancelable = 1;

    media->tick.handler = ngx_rtc_sfu_media_tick_handler;
    media->tick.data = &media->dummy;
    media->tick.log = media->log;
    media->tick.cancelable = 1;

    media->io = ngx_rtc_udp_create(media->pool, media->log);
    if (media->io == NULL) {
        return NGX_ERROR;
    }

    media->tcp = ngx_rtc_sfu_tcp_create(media->pool, media->log,
                                        media->conf->max_tcp,
                                        &ngx_rtc_sfu_media_tcp_handlers,
                                        media);

    return media->tcp ? NGX_OK : NGX_ERROR;
}


/*
 * The families that are advertised: a single address is bound as it is, if
 * this host has it; it has not behind a 1:1 NAT.  Other hosts may reach this
 * one at another address.
 */

static void
ngx_rtc_sfu_media_want(ngx_rtc_sfu_media_t *media)
{
    ngx_uint_t   i;
    rtc_addr_t  *addr;

    addr = media->conf->addresses->elts;

    for (i = 0; i < media->conf->addresses->nelts; i++) {
        ngx_rtc_sfu_media_want_address(media, &addr[i]);
    }

    if (media->conf->node.family) {
        ngx_rtc_sfu_media_want_address(media, &media->conf->node);
    }
}


static void
ngx_rtc_sfu_media_want_address(ngx_rtc_sfu_media_t *media,
    const rtc_addr_t *addr)
{
    ngx_rtc_sfu_media_socket_t  *sock;

    sock = &media->sockets[addr->family == AF_INET6];

    if (sock->local.family == 0) {
        sock->local = *addr;

    } else if (ngx_memcmp(sock->local.addr, addr->addr, 16) != 0) {
        ngx_memzero(sock->local.addr, sizeof(sock->local.addr));
    }
}


static void
ngx_rtc_sfu_media_listen(ngx_rtc_sfu_media_t *media)
{
    ngx_int_t   rc;
    ngx_uint_t  port;

    for (port = media->conf->first_port;
         port <= media->conf->last_port;
         port++)
    {
        rc = ngx_rtc_sfu_media_take(media, port);

        if (rc == NGX_OK) {
            media->port = port;
            media->complained = 0;

            ngx_log_error(NGX_LOG_NOTICE, media->log, 0,
                          "sfu: media port:%ui", port);
            return;
        }

        ngx_rtc_sfu_media_release(media);

        if (rc == NGX_ERROR) {
            break;
        }
    }

    if (!media->complained) {
        media->complained = 1;

        ngx_log_error(NGX_LOG_CRIT, media->log, 0,
                      "sfu: no media port within %ui-%ui can be had, "
                      "joins are refused",
                      media->conf->first_port, media->conf->last_port);
    }

    ngx_add_timer(&media->retry, NGX_RTC_SFU_MEDIA_RETRY);
}


/* NGX_DECLINED: the port is taken */

static ngx_int_t
ngx_rtc_sfu_media_take(ngx_rtc_sfu_media_t *media, ngx_uint_t port)
{
    ngx_int_t   rc;
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < 2; i++) {

        if (media->sockets[i].local.family == 0) {
            continue;
        }

        rc = ngx_rtc_sfu_media_bind(media, &media->sockets[i], port);

        if (rc == NGX_ABORT) {

            ngx_log_error(NGX_LOG_ERR, media->log, 0,
                          "sfu: no media over IPv%ui on this host",
                          i == 0 ? (ngx_uint_t) 4 : (ngx_uint_t) 6);

            media->sockets[i].local.family = 0;
            continue;
        }

        if (rc != NGX_OK) {
            return rc;
        }

        n++;
    }

    return n ? ngx_rtc_sfu_media_listen_shared(media, port) : NGX_ERROR;
}


/* where stream passes on what came to the port that is shared: 127.0.0.1 */

static ngx_int_t
ngx_rtc_sfu_media_listen_shared(ngx_rtc_sfu_media_t *media, ngx_uint_t port)
{
    rtc_addr_t                   addr;
    ngx_rtc_sfu_media_socket_t  *sock;

    if (media->conf->tcp_port == 0) {
        return NGX_OK;
    }

    ngx_memzero(&addr, sizeof(rtc_addr_t));

    addr.family = AF_INET;
    addr.proto = RTC_TCP;
    addr.port = (uint16_t) port;

    ngx_rtc_sfu_media_loopback(&addr);

    sock = &media->sockets[0];

    if (sock->udp
        && (ngx_rtc_addr_is_wildcard(&sock->local)
            || ngx_memcmp(sock->local.addr, addr.addr, 4) == 0))
    {
        return NGX_OK;
    }

    return ngx_rtc_sfu_tcp_listen(media->tcp, &addr);
}


/* NGX_ABORT: the host has no such address family */

static ngx_int_t
ngx_rtc_sfu_media_bind(ngx_rtc_sfu_media_t *media,
    ngx_rtc_sfu_media_socket_t *sock, ngx_uint_t port)
{
    ngx_err_t   err;
    rtc_addr_t  addr;

    for ( ;; ) {
        addr = sock->local;
        addr.port = (uint16_t) port;
        addr.proto = RTC_UDP;

        sock->udp = ngx_rtc_udp_open(media->io, media->pool, &addr,
                                     media->conf->rcvbuf, media->conf->sndbuf,
                                     ngx_rtc_sfu_media_datagram, media);
        if (sock->udp) {
            break;
        }

        err = ngx_socket_errno;

        if (err == NGX_EADDRINUSE || err == NGX_EACCES) {
            return NGX_DECLINED;
        }

        if (err == EAFNOSUPPORT) {
            return NGX_ABORT;
        }

        if (err != EADDRNOTAVAIL) {
            return NGX_ERROR;
        }

        if (ngx_rtc_addr_is_wildcard(&sock->local)) {
            return NGX_ABORT;
        }

        ngx_memzero(sock->local.addr, sizeof(sock->local.addr));
    }

    addr.proto = RTC_TCP;

    return ngx_rtc_sfu_tcp_listen(media->tcp, &addr);
}


static void
ngx_rtc_sfu_media_release(ngx_rtc_sfu_media_t *media)
{
    ngx_uint_t  i;

    for (i = 0; i < 2; i++) {
        if (media->sockets[i].udp) {
            ngx_rtc_udp_close(media->sockets[i].udp);
            media->sockets[i].udp = NULL;
        }
    }

    ngx_rtc_sfu_tcp_unlisten(media->tcp);
}


void
ngx_rtc_sfu_media_close(ngx_rtc_sfu_media_t *media)
{
    if (media == NULL) {
        return;
    }

    if (media->retry.timer_set) {
        ngx_del_timer(&media->retry);
    }

    if (media->tick.timer_set) {
        ngx_del_timer(&media->tick);
    }

    ngx_rtc_sfu_media_release(media);
    ngx_rtc_sfu_tcp_close(media->tcp);

    ngx_destroy_pool(media->pool);
}


static void
ngx_rtc_sfu_media_retry_handler(ngx_event_t *ev)
{
    ngx_connection_t  *c;

    c = ev->data;

    if (!ngx_exiting) {
        ngx_rtc_sfu_media_listen(c->data);
    }
}


ngx_uint_t
ngx_rtc_sfu_media_ready(ngx_rtc_sfu_media_t *media)
{
    ngx_uint_t  i;

    for (i = 0; i < 2; i++) {
        if (media->sockets[i].udp
            && ngx_rtc_udp_is_open(media->sockets[i].udp))
        {
            return 1;
        }
    }

    return 0;
}


void
ngx_rtc_sfu_media_stat(ngx_rtc_sfu_media_t *media,
    ngx_rtc_sfu_media_stat_t *stat)
{
    const ngx_rtc_udp_stat_t      *udp;
    const ngx_rtc_sfu_tcp_stat_t  *tcp;

    udp = ngx_rtc_udp_stat(media->io);
    tcp = ngx_rtc_sfu_tcp_stat(media->tcp);

    stat->packets_in = udp->packets_in + tcp->packets_in;
    stat->bytes_in = udp->bytes_in + tcp->bytes_in;
    stat->packets_out = udp->packets_out + tcp->packets_out;
    stat->bytes_out = udp->bytes_out + tcp->bytes_out;
    stat->stun_unknown = media->stun_unknown;
    stat->tuple_unknown = media->tuple_unknown;
    stat->dropped_in = udp->truncated;
    stat->dropped_out = udp->dropped + tcp->dropped;
    stat->failed_out = udp->failed;
    stat->segmented_out = udp->segmented;
    stat->latency = udp->latency;
    stat->tcp_accepted = tcp->accepted;
    stat->tcp_refused = tcp->refused;
    stat->tcp_errors = tcp->errors;
    stat->tcp_connections = tcp->connections;
    stat->peers = media->peers;
}


ngx_uint_t
ngx_rtc_sfu_media_candidates(ngx_rtc_sfu_media_t *media,
    ngx_rtc_sfu_candidate_t *candidates)
{
    ngx_uint_t  n;

    if (media->port == 0) {
        return 0;
    }

    n = ngx_rtc_sfu_media_add_candidates(media, RTC_UDP, media->port,
                                         NGX_RTC_SFU_MEDIA_UDP_PREF,
                                         candidates);
    n += ngx_rtc_sfu_media_add_candidates(media, RTC_TCP, media->port,
                                          NGX_RTC_SFU_MEDIA_TCP_PREF,
                                          candidates + n);

    if (media->conf->tcp_port) {
        n += ngx_rtc_sfu_media_add_candidates(media, RTC_TCP,
                                              media->conf->tcp_port,
                                              NGX_RTC_SFU_MEDIA_TCP_PREF
                                              - NGX_RTC_SFU_MEDIA_ADDRESSES,
                                              candidates + n);
    }

    return n;
}


/* each one is worse than the one before */

static ngx_uint_t
ngx_rtc_sfu_media_add_candidates(ngx_rtc_sfu_media_t *media, ngx_uint_t proto,
    ngx_uint_t port, uint32_t pref, ngx_rtc_sfu_candidate_t *cand)
{
    uint32_t     type;
    ngx_uint_t   i, n;
    rtc_addr_t  *addr;

    n = 0;
    addr = media->conf->addresses->elts;
    type = (proto == RTC_UDP) ? 126 : 90;

    for (i = 0; i < media->conf->addresses->nelts; i++) {

        if (media->sockets[addr[i].family == AF_INET6].udp == NULL) {
            continue;
        }

        cand[n].addr = addr[i];
        cand[n].addr.proto = (uint8_t) proto;
        cand[n].addr.port = (uint16_t) port;

        /* RFC 8445, 5.1.2.1: type, local preference, component */

        cand[n].priority = type << 24 | (uint32_t) (pref - i) << 8 | 255;

        n++;
    }

    return n;
}


ngx_int_t
ngx_rtc_sfu_media_relay_address(ngx_rtc_sfu_media_t *media, rtc_addr_t *addr)
{
    ngx_uint_t                   i;
    ngx_rtc_sfu_media_socket_t  *sock;

    for (i = 0; i < 2; i++) {
        sock = &media->sockets[i];

        if (sock->udp == NULL || !ngx_rtc_udp_is_open(sock->udp)) {
            continue;
        }

        *addr = sock->local;
        addr->proto = RTC_UDP;
        addr->port = (uint16_t) media->port;

        /* workers of one host meet on its loopback */

        if (ngx_rtc_addr_is_wildcard(addr)) {
            ngx_rtc_sfu_media_loopback(addr);
        }

        return NGX_OK;
    }

    return NGX_DECLINED;
}


/* instead of a wildcard */

static void
ngx_rtc_sfu_media_loopback(rtc_addr_t *addr)
{
    if (addr->family == AF_INET6) {
        addr->addr[15] = 1;

    } else {
        addr->addr[0] = 127;
        addr->addr[3] = 1;
    }
}


ngx_int_t
ngx_rtc_sfu_media_credentials(ngx_rtc_sfu_media_t *media,
    rtc_ice_cred_t *cred)
{
    uint8_t  random[RTC_ICE_RANDOM];

    if (getrandom(random, sizeof(random), 0) != sizeof(random)) {
        ngx_log_error(NGX_LOG_ALERT, media->log, ngx_errno,
                      "getrandom() failed");
        return NGX_ERROR;
    }

    rtc_ice_credentials(cred, (uint16_t) media->port, random);

    return NGX_OK;
}


uint64_t
ngx_rtc_sfu_media_now_us(void)
{
    return ngx_rtc_udp_now_us();
}


void
ngx_rtc_sfu_media_start_tick(ngx_rtc_sfu_media_t *media)
{
    if (!media->tick.timer_set
        && rtc_transport_worker_associations(media->worker) > 0)
    {
        media->ticked = ngx_current_msec;
        ngx_add_timer(&media->tick, NGX_RTC_SFU_MEDIA_TICK);
    }
}


static void
ngx_rtc_sfu_media_tick_handler(ngx_event_t *ev)
{
    ngx_msec_t            elapsed;
    ngx_connection_t     *c;
    ngx_rtc_sfu_media_t  *media;

    c = ev->data;
    media = c->data;

    elapsed = ngx_current_msec - media->ticked;
    media->ticked = ngx_current_msec;

    rtc_transport_worker_tick(media->worker, (uint32_t) elapsed);

    if (rtc_transport_worker_associations(media->worker) > 0) {
        ngx_add_timer(&media->tick, NGX_RTC_SFU_MEDIA_TICK);
    }
}


static void
ngx_rtc_sfu_media_datagram(void *data, const rtc_tuple_t *tuple, u_char *p,
    size_t len, uint64_t now_us)
{
    (void) ngx_rtc_sfu_media_input(data, tuple, p, len, now_us);
}


static ngx_int_t
ngx_rtc_sfu_media_input(void *data, const rtc_tuple_t *tuple, u_char *p,
    size_t len, uint64_t now_us)
{
    ngx_rtc_sfu_media_t *media = data;

    ngx_int_t            rc;
    ngx_rtc_sfu_node_t  *node;
    ngx_rtc_sfu_peer_t  *peer;

    if (rtc_stun_is(p, len)) {
        return ngx_rtc_sfu_media_stun(media, tuple, p, len, now_us);
    }

    node = ngx_rtc_sfu_media_find_tuple(media, tuple);

    if (node == NULL) {
        media->tuple_unknown++;
        return NGX_DECLINED;
    }

    peer = node->peer;

    if (peer->transport == NULL) {
        return peer->input(peer->data, p, len, now_us);
    }

    rc = rtc_transport_input(peer->transport, tuple, p, len, now_us);

    ngx_rtc_sfu_media_start_tick(media);
    ngx_rtc_sfu_media_rearm(peer);

    return rc;
}


/* RFC 8445, 7.3: by name, never by address */

static ngx_int_t
ngx_rtc_sfu_media_stun(ngx_rtc_sfu_media_t *media, const rtc_tuple_t *tuple,
    u_char *p, size_t len, uint64_t now_us)
{
    ngx_int_t            rc;
    rtc_str_t            ufrag;
    ngx_rtc_sfu_node_t  *node;
    ngx_rtc_sfu_peer_t  *peer;

    node = NULL;

    if (rtc_stun_username(p, len, &ufrag) == RTC_OK) {
        node = ngx_rtc_sfu_media_find_ufrag(media, ufrag);
    }

    if (node == NULL) {
        media->stun_unknown++;
        return NGX_DECLINED;
    }

    peer = node->peer;

    rc = rtc_transport_stun(peer->transport, tuple, p, len, now_us);

    ngx_rtc_sfu_media_rearm(peer);

    return rc;
}


uint8_t *
ngx_rtc_sfu_media_reserve(ngx_rtc_sfu_media_t *media, size_t size)
{
    media->reserved = ngx_rtc_udp_reserve(media->io, size);

    return media->reserved;
}


void
ngx_rtc_sfu_media_measure(ngx_rtc_sfu_media_t *media, uint64_t since_us)
{
    ngx_rtc_udp_measure(media->io, since_us);
}


void
ngx_rtc_sfu_media_commit(ngx_rtc_sfu_media_t *media,
    const rtc_tuple_t *tuple, size_t len, ngx_uint_t expendable)
{
    ngx_rtc_udp_t  *udp;

    if (tuple->remote.proto == RTC_TCP) {
        ngx_rtc_sfu_tcp_send(media->tcp, tuple, media->reserved, len);
        return;
    }

    udp = media->sockets[tuple->remote.family == AF_INET6].udp;

    if (udp) {
        ngx_rtc_udp_commit(udp, tuple, len, expendable);
    }
}
