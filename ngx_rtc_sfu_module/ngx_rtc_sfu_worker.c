
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_worker.h"


#define NGX_RTC_SFU_MAX_ASSOCIATIONS  20000     /* SCTP, of one worker */


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

    worker->registry = ngx_rtc_sfu_registry_create(worker->redis, cycle->log);

    return worker->registry ? NGX_OK : NGX_ERROR;
}


/* sessions end first, since they use everything else */

void
ngx_rtc_sfu_worker_exit(ngx_rtc_sfu_worker_t *worker)
{
    ngx_rbtree_node_t   *node, *next;
    ngx_rtc_sfu_room_t  *room;

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

    if (worker->registry) {
        ngx_rtc_sfu_registry_destroy(worker->registry);
    }

    if (worker->redis) {
        ngx_rtc_redis_destroy(worker->redis);
    }

    ngx_rtc_sfu_media_close(worker->media);

    if (worker->transports) {
        rtc_transport_worker_destroy(worker->transports);
    }
}


const rtc_jwt_key_t *
ngx_rtc_sfu_worker_key(ngx_rtc_sfu_worker_t *worker, rtc_str_t name)
{
    size_t                 i;
    const rtc_jwt_keys_t  *keys;

    keys = &worker->conf->keys;

    for (i = 0; i < keys->nelts; i++) {

        if (keys->elts[i].name.len == name.len
            && ngx_memcmp(keys->elts[i].name.data, name.data, name.len) == 0)
        {
            return &keys->elts[i];
        }
    }

    return NULL;
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
