
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_host.h"
#include "ngx_rtc_sfu_drain.h"
#include "ngx_rtc_sfu_early.h"
#include "ngx_rtc_sfu_join.h"
#include "ngx_rtc_sfu_link.h"
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_relay.h"
#include "ngx_rtc_sfu_signer.h"
#include "ngx_rtc_sfu_twirp.h"
#include "ngx_rtc_sfu_webhook.h"
#include "ngx_rtc_sfu_worker.h"


#define NGX_RTC_SFU_MAX_ASSOCIATIONS  20000     /* SCTP, of one worker */


static void ngx_rtc_sfu_worker_announce(ngx_rtc_sfu_worker_t *worker);
static u_char *ngx_rtc_sfu_worker_address(u_char *p, u_char *last,
    const char *before, const rtc_addr_t *addr);
static ngx_int_t ngx_rtc_sfu_worker_fingerprint(ngx_rtc_sfu_worker_t *worker);


ngx_int_t
ngx_rtc_sfu_worker_init(ngx_cycle_t *cycle, ngx_rtc_sfu_main_conf_t *conf)
{
    ngx_rtc_sfu_worker_t  *worker;

    worker = ngx_pcalloc(cycle->pool, sizeof(ngx_rtc_sfu_worker_t));
    if (worker == NULL) {
        return NGX_ERROR;
    }

    conf->worker = worker;

    worker->conf = conf;
    worker->log = cycle->log;

    ngx_queue_init(&worker->early);
    ngx_queue_init(&worker->joins);
    ngx_queue_init(&worker->relays);
    ngx_queue_init(&worker->twirps);
    ngx_queue_init(&worker->errands);
    ngx_rtc_sfu_ws_init(&worker->sockets);
    ngx_rbtree_init(&worker->rooms, &worker->rooms_sentinel,
                    ngx_str_rbtree_insert_value);

    if (ngx_rtc_sfu_worker_fingerprint(worker) != NGX_OK) {
        return NGX_ERROR;
    }

    worker->transports = rtc_transport_worker_create(conf->cert,
                                                NGX_RTC_SFU_MAX_ASSOCIATIONS);
    if (worker->transports == NULL) {
        return NGX_ERROR;
    }

    worker->media = ngx_rtc_sfu_media_open(cycle, &conf->media,
                                           worker->transports);
    if (worker->media == NULL) {
        return NGX_ERROR;
    }

    worker->redis = ngx_rtc_redis_create(conf->redis, cycle->log);
    if (worker->redis == NULL) {
        return NGX_ERROR;
    }

    worker->store = worker->redis;

    if (ngx_rtc_redis_may_hold(conf->redis, conf->replicas)) {

        /* what waits for replicas keeps others of its connection waiting */

        worker->store = ngx_rtc_redis_create(conf->redis, cycle->log);
        if (worker->store == NULL) {
            return NGX_ERROR;
        }

        ngx_rtc_redis_set_replicas(worker->store, conf->replicas);
    }

    if (ngx_rtc_sfu_signer_init(worker) != NGX_OK) {
        return NGX_ERROR;
    }

    worker->registry = ngx_rtc_sfu_registry_create(worker->redis,
                                                   worker->store, cycle->log);
    if (worker->registry == NULL) {
        return NGX_ERROR;
    }

    worker->links = ngx_rtc_sfu_links_create(worker->registry, &conf->secret,
                                             &conf->node,
                                             &ngx_rtc_sfu_relay_handlers,
                                             worker, cycle->log);
    if (worker->links == NULL) {
        return NGX_ERROR;
    }

    worker->drain = ngx_rtc_sfu_drain_create(worker);
    if (worker->drain == NULL) {
        return NGX_ERROR;
    }

    worker->metrics = ngx_rtc_sfu_metrics_create(worker, cycle->pool);
    if (worker->metrics == NULL) {
        return NGX_ERROR;
    }

    worker->webhook = ngx_rtc_sfu_webhook_create(worker);
    if (worker->webhook == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_rtc_sfu_worker_ready(worker);

    return NGX_OK;
}


/* sessions end first, since they use everything else */

void
ngx_rtc_sfu_worker_exit(ngx_rtc_sfu_worker_t *worker)
{
    ngx_rbtree_node_t   *node, *next;
    ngx_rtc_sfu_room_t  *room;

    ngx_rtc_sfu_early_close_all(worker);
    ngx_rtc_sfu_join_close_all(worker);
    ngx_rtc_sfu_twirp_close_all(worker);

    if (worker->rooms.root != worker->rooms.sentinel) {

        for (node = ngx_rbtree_min(worker->rooms.root, worker->rooms.sentinel);
             node;
             node = next)
        {
            next = ngx_rbtree_next(&worker->rooms, node);

            room = (ngx_rtc_sfu_room_t *) node;
            ngx_rtc_sfu_room_shutdown(room);
        }
    }

    ngx_rtc_sfu_ws_close_all(&worker->sockets);

    ngx_rtc_sfu_relay_close_all(worker);

    if (worker->webhook) {
        ngx_rtc_sfu_webhook_destroy(worker->webhook);
        worker->webhook = NULL;
    }

    /* what it counts is still there */

    ngx_rtc_sfu_metrics_close(worker->metrics);

    if (worker->links) {
        ngx_rtc_sfu_links_destroy(worker->links);
    }

    if (worker->registry) {
        ngx_rtc_sfu_registry_destroy(worker->registry);
    }

    ngx_rtc_sfu_signer_close(worker);

    if (worker->drain) {
        ngx_rtc_sfu_drain_destroy(worker->drain);
    }

    if (worker->store && worker->store != worker->redis) {
        ngx_rtc_redis_destroy(worker->store);
    }

    if (worker->redis) {
        ngx_rtc_redis_destroy(worker->redis);
    }

    ngx_rtc_sfu_media_close(worker->media);

    if (worker->transports) {
        rtc_transport_worker_destroy(worker->transports);
    }
}


ngx_uint_t
ngx_rtc_sfu_worker_ready(ngx_rtc_sfu_worker_t *worker)
{
    if (!ngx_rtc_sfu_media_ready(worker->media)) {
        return 0;
    }

    if (!worker->announced
        || (worker->links
            && worker->link_port != ngx_rtc_sfu_links_port(worker->links)))
    {
        ngx_rtc_sfu_worker_announce(worker);
    }

    return 1;
}


/*
 * {"host":"0123456789abcdef","media":["192.0.2.1:7882"],
 * "link":"192.0.2.1:7946"}: host and link for links, the rest for people who
 * look into Redis
 */

static void
ngx_rtc_sfu_worker_announce(ngx_rtc_sfu_worker_t *worker)
{
    size_t                    len;
    u_char                   *p, *last;
    ngx_str_t                 json;
    ngx_uint_t                i, n;
    rtc_addr_t                node;
    ngx_rtc_sfu_candidate_t   ours[NGX_RTC_SFU_MEDIA_CANDIDATES];
    u_char                    host[NGX_RTC_HOST_LEN];
    u_char                    buf[(NGX_RTC_SFU_MEDIA_CANDIDATES + 1)
                                  * (NGX_INET6_ADDRSTRLEN + 16) + 64];

    n = ngx_rtc_sfu_media_candidates(worker->media, ours);

    last = buf + sizeof(buf);
    len = ngx_rtc_host(host);
    p = ngx_slprintf(buf, last, "{\"host\":\"%*s\",\"media\":[", len, host);

    for (i = 0; i < n; i++) {

        if (ours[i].addr.proto == RTC_UDP) {
            p = ngx_rtc_sfu_worker_address(p, last, i ? "," : "",
                                           &ours[i].addr);
        }
    }

    p = ngx_slprintf(p, last, "]");

    if (worker->links) {
        worker->link_port = ngx_rtc_sfu_links_port(worker->links);
    }

    if (worker->link_port) {
        node = worker->conf->node.address;
        node.port = (uint16_t) worker->link_port;
        p = ngx_rtc_sfu_worker_address(p, last, ",\"link\":", &node);
    }

    p = ngx_slprintf(p, last, "}");

    json.data = buf;
    json.len = p - buf;

    worker->announced = 1;

    if (ngx_rtc_sfu_registry_set_addresses(worker->registry, &json) != NGX_OK)
    {
        worker->announced = 0;
    }

    if (worker->links) {
        ngx_rtc_sfu_relay_greet_all(worker);
    }
}


static u_char *
ngx_rtc_sfu_worker_address(u_char *p, u_char *last, const char *before,
    const rtc_addr_t *addr)
{
    size_t  len;
    u_char  text[NGX_INET6_ADDRSTRLEN];

    len = ngx_inet_ntop(addr->family, (void *) addr->addr, text,
                        NGX_INET6_ADDRSTRLEN);

    return ngx_slprintf(p, last,
                        addr->family == AF_INET6 ? "%s\"[%*s]:%ui\""
                                                 : "%s\"%*s:%ui\"",
                        before, len, text, (ngx_uint_t) addr->port);
}


static ngx_int_t
ngx_rtc_sfu_worker_fingerprint(ngx_rtc_sfu_worker_t *worker)
{
    u_char     *p, text[sizeof("sha-256 ") + RTC_FINGERPRINT_TEXT_LEN];
    rtc_str_t   line;

    p = ngx_cpymem(text, "sha-256 ", sizeof("sha-256 ") - 1);
    p = ngx_cpymem(p, rtc_dtls_cert_fingerprint(worker->conf->cert),
                   RTC_FINGERPRINT_TEXT_LEN);

    line.data = text;
    line.len = p - text;

    return rtc_fingerprint_parse(&worker->fingerprint, line) == RTC_OK
           ? NGX_OK : NGX_ERROR;
}
