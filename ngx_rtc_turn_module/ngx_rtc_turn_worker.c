
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_addr.h"
#include "ngx_rtc_turn.h"
#include "ngx_rtc_turn_bind.h"
#include "ngx_rtc_turn_handover.h"
#include "rtc_net.h"
#include <ifaddrs.h>


#define NGX_RTC_TURN_TICK  1000         /* ms */


static ngx_int_t ngx_rtc_turn_worker_server(ngx_rtc_turn_worker_t *w);
static void ngx_rtc_turn_worker_own(ngx_rtc_turn_worker_t *w);
static void ngx_rtc_turn_worker_listeners(ngx_rtc_turn_worker_t *w,
    ngx_cycle_t *cycle);
static ngx_uint_t ngx_rtc_turn_worker_is_local(ngx_rtc_turn_worker_t *w);
static void ngx_rtc_turn_worker_free(void *data);
static void ngx_rtc_turn_worker_tick(ngx_event_t *ev);
static void ngx_rtc_turn_worker_count(ngx_rtc_turn_worker_t *w);


ngx_int_t
ngx_rtc_turn_worker_init(ngx_cycle_t *cycle, ngx_rtc_turn_main_conf_t *tmcf)
{
    ngx_rtc_turn_worker_t  *w;

    w = ngx_pcalloc(cycle->pool, sizeof(ngx_rtc_turn_worker_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    w->conf = tmcf;
    w->pool = cycle->pool;
    w->log = cycle->log;
    w->policy = tmcf->policy;

    ngx_queue_init(&w->listeners);
    ngx_queue_init(&w->streams);
    ngx_queue_init(&w->binds);

    ngx_rtc_turn_worker_own(w);
    ngx_rtc_turn_worker_listeners(w, cycle);

    w->relay_local = ngx_rtc_turn_worker_is_local(w);

    w->io = ngx_rtc_turn_io_create(cycle->pool, cycle->log);
    w->stream_in = ngx_palloc(cycle->pool, 65536);

    if (w->io == NULL || w->stream_in == NULL
        || ngx_rtc_turn_worker_server(w) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_rtc_turn_zone_reclaim(tmcf->zone);

    tmcf->worker = w;

    ngx_rtc_turn_udp_init(w, cycle);

    w->handover = ngx_rtc_turn_handover_create(w);

    ngx_rtc_ident_init(&w->ident, w);

    w->tick.handler = ngx_rtc_turn_worker_tick;
    w->tick.data = &w->ident;
    w->tick.log = cycle->log;
    w->tick.cancelable = 1;

    ngx_add_timer(&w->tick, NGX_RTC_TURN_TICK);

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_worker_server(ngx_rtc_turn_worker_t *w)
{
    rtc_turn_conf_t            conf;
    ngx_pool_cleanup_t        *cln;
    ngx_rtc_turn_main_conf_t  *tmcf;

    tmcf = w->conf;

    ngx_memzero(&conf, sizeof(rtc_turn_conf_t));

    conf.auth = tmcf->auth;
    conf.auth.nonce_key = tmcf->zone->shared->nonce_key;
    conf.policy = &w->policy;

    conf.max_allocations = tmcf->max_allocations;
    conf.max_permissions = tmcf->max_permissions;
    conf.max_channels = tmcf->max_channels;
    conf.max_rate = tmcf->max_rate;
    conf.max_lifetime = (uint32_t) tmcf->max_lifetime;

    conf.ipv4 = tmcf->relays[0].local.family != 0;
    conf.ipv6 = tmcf->relays[1].local.family != 0;

    if (tmcf->tcp_relay) {
        conf.node = (uint8_t) ngx_rtc_turn_bind_init(w);
        conf.max_conns = conf.node ? (size_t) tmcf->max_peer_connections : 0;
    }

    conf.ops = &ngx_rtc_turn_ops;
    conf.ctx = w;

    cln = ngx_pool_cleanup_add(w->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    /* not from the pool: pages that are never used are never there */

    w->server_mem = ngx_alloc(rtc_turn_server_size(conf.max_allocations),
                              w->log);
    if (w->server_mem == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_rtc_turn_worker_free;
    cln->data = w->server_mem;

    w->server = rtc_turn_server_init(w->server_mem, &conf);

    return w->server ? NGX_OK : NGX_ERROR;
}


static void
ngx_rtc_turn_worker_free(void *data)
{
    ngx_free(data);
}


/* the addresses of this host, which are denied unless named */

static void
ngx_rtc_turn_worker_own(ngx_rtc_turn_worker_t *w)
{
    rtc_addr_t      addr;
    struct ifaddrs  *list, *ifa;

    if (getifaddrs(&list) == -1) {
        ngx_log_error(NGX_LOG_ERR, w->log, ngx_errno,
                      "turn: getifaddrs() failed");
        return;
    }

    for (ifa = list; ifa; ifa = ifa->ifa_next) {

        if (ifa->ifa_addr == NULL
            || ngx_rtc_addr_set(&addr, ifa->ifa_addr, RTC_UDP) != NGX_OK)
        {
            continue;
        }

        if (w->policy.nown == RTC_TURN_OWN) {
            ngx_log_error(NGX_LOG_WARN, w->log, 0,
                          "turn: more than %d addresses", RTC_TURN_OWN);
            break;
        }

        addr.port = 0;
        w->policy.own[w->policy.nown++] = addr;
    }

    freeifaddrs(list);
}


static void
ngx_rtc_turn_worker_listeners(ngx_rtc_turn_worker_t *w, ngx_cycle_t *cycle)
{
    rtc_addr_t        addr;
    ngx_uint_t        i, n;
    ngx_listening_t  *ls;

    ls = cycle->listening.elts;

    for (i = 0; i < cycle->listening.nelts; i++) {

        if (ngx_rtc_addr_set(&addr, ls[i].sockaddr, RTC_UDP) != NGX_OK) {
            continue;
        }

        /* a reuseport listener stands there for each worker */

        for (n = 0; n < w->policy.nlisteners; n++) {
            if (ngx_memcmp(&w->policy.listeners[n], &addr, sizeof(rtc_addr_t))
                == 0)
            {
                break;
            }
        }

        if (n == RTC_TURN_LISTENERS) {
            ngx_log_error(NGX_LOG_WARN, w->log, 0,
                          "turn: more than %d listeners", RTC_TURN_LISTENERS);
            break;
        }

        if (n == w->policy.nlisteners) {
            w->policy.listeners[w->policy.nlisteners++] = addr;
        }
    }
}


/* whether all that is relayed to is this host */

static ngx_uint_t
ngx_rtc_turn_worker_is_local(ngx_rtc_turn_worker_t *w)
{
    size_t             i, n;
    rtc_turn_policy_t *policy;

    policy = &w->policy;

    if (!policy->sfu || policy->public || policy->nnets) {
        return 0;
    }

    for (i = 0; i < policy->nmedia; i++) {

        for (n = 0; n < policy->nown; n++) {
            if (policy->own[n].family == policy->media[i].local.family
                && ngx_memcmp(policy->own[n].addr,
                              policy->media[i].local.addr, 16) == 0)
            {
                break;
            }
        }

        if (n == policy->nown) {
            return 0;
        }
    }

    return policy->nmedia != 0;
}


ngx_uint_t
ngx_rtc_turn_client_denied(ngx_rtc_turn_worker_t *w, const rtc_addr_t *addr)
{
    ngx_uint_t  i;
    rtc_addr_t  client;

    client = *addr;
    rtc_net_canonical(&client);

    for (i = 0; i < w->conf->nclient_deny; i++) {
        if (rtc_turn_net_match(&w->conf->client_deny[i], &client)) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_rtc_turn_worker_tick(ngx_event_t *ev)
{
    ngx_rtc_turn_worker_t  *w;

    w = ngx_rtc_ident_data(ev);

    (void) rtc_turn_server_expire(w->server, ngx_current_msec);

    ngx_rtc_turn_worker_count(w);

    if (!ngx_exiting || rtc_turn_server_allocations(w->server)) {
        ngx_add_timer(ev, NGX_RTC_TURN_TICK);
    }
}


#define ngx_rtc_turn_count(w, cell, now, counted)                            \
    ngx_rtc_turn_zone_count((w)->conf->zone, cell, (now) - (counted));       \
    (counted) = (now)


static void
ngx_rtc_turn_worker_count(ngx_rtc_turn_worker_t *w)
{
    rtc_turn_stat_t               *old;
    const rtc_turn_stat_t         *now;
    ngx_rtc_turn_io_stat_t        *io_old;
    const ngx_rtc_turn_io_stat_t  *io_now;

    now = rtc_turn_server_stat(w->server);
    old = &w->counted;
    io_now = ngx_rtc_turn_io_stat(w->io);
    io_old = &w->io_counted;

    ngx_rtc_turn_count(w, NGX_RTC_TURN_ALLOCATED, now->allocations,
                       old->allocations);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_PACKETS_IN, now->packets_in,
                       old->packets_in);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_PACKETS_OUT, now->packets_out,
                       old->packets_out);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_BYTES_IN, now->bytes_in,
                       old->bytes_in);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_BYTES_OUT, now->bytes_out,
                       old->bytes_out);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_CHALLENGED, now->challenges,
                       old->challenges);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_REFUSED_AUTH, now->unauthorized,
                       old->unauthorized);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_REFUSED_QUOTA, now->quota, old->quota);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_REFUSED_CAPACITY, now->capacity,
                       old->capacity);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_REFUSED_PEER, now->forbidden,
                       old->forbidden);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_REFUSED_OTHER, now->errors,
                       old->errors);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_DROP_BUDGET, now->challenges_dropped,
                       old->challenges_dropped);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_DROP_MALFORMED, now->malformed,
                       old->malformed);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_DROP_NO_ALLOCATION,
                       now->no_allocation, old->no_allocation);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_DROP_NO_PERMISSION,
                       now->no_permission, old->no_permission);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_DROP_RATE, now->rate_limited,
                       old->rate_limited);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_CONNECTED, now->connected,
                       old->connected);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_UNCONNECTED, now->unconnected,
                       old->unconnected);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_ACCEPTED, now->accepted,
                       old->accepted);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_CONN_BINDS, now->bound, old->bound);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_DROP_TOO_LONG, io_now->truncated,
                       io_old->truncated);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_DROP_NO_ROOM, io_now->dropped,
                       io_old->dropped);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_DROP_SYSTEM, io_now->failed,
                       io_old->failed);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_DROP_CLIENT_DENIED, w->client_denied,
                       w->client_denied_counted);
    ngx_rtc_turn_count(w, NGX_RTC_TURN_STREAMS, w->nstreams,
                       w->nstreams_counted);
}


void
ngx_rtc_turn_worker_exit(ngx_rtc_turn_worker_t *w)
{
    size_t             pos;
    rtc_turn_alloc_t  *a;

    if (w->tick.timer_set) {
        ngx_del_timer(&w->tick);
    }

    if (w->handover) {
        ngx_rtc_turn_handover_exit(w->handover);
        w->handover = NULL;
    }

    ngx_rtc_turn_stream_exit(w);

    pos = 0;

    while ((a = rtc_turn_server_next(w->server, &pos)) != NULL) {
        rtc_turn_server_end(w->server, a);
    }

    /* ports that are reserved */

    (void) rtc_turn_server_expire(w->server, UINT64_MAX);

    ngx_rtc_turn_bind_exit(w);
    ngx_rtc_turn_udp_exit(w);
    ngx_rtc_turn_worker_count(w);
}
