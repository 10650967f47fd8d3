
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_early.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_signer.h"
#include "ngx_rtc_sfu_webhook.h"
#include "rtc_keys.h"


static void ngx_rtc_sfu_signer_changed(void *data,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_signer_refresh(ngx_rtc_sfu_room_t *room);


static const ngx_rtc_watch_conf_t  ngx_rtc_sfu_signer_watch = {
    ngx_string(RTC_KEY_SETTINGS),
    6,
    { ngx_string("HMGET"), ngx_string(RTC_KEY_SETTINGS),
      ngx_string("livekit_key"), ngx_string("livekit_secret"),
      ngx_string("livekit_keys"), ngx_string("webhooks") },
    ngx_rtc_sfu_signer_changed
};


ngx_int_t
ngx_rtc_sfu_signer_init(ngx_rtc_sfu_worker_t *worker)
{
    if (ngx_rtc_keys_init(&worker->keys, &worker->conf->keys,
                          &worker->conf->secret, worker->log)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    worker->watch = ngx_rtc_watch_create(worker->redis, worker->log,
                                         &ngx_rtc_sfu_signer_watch, worker);

    return worker->watch ? NGX_OK : NGX_ERROR;
}


void
ngx_rtc_sfu_signer_close(ngx_rtc_sfu_worker_t *worker)
{
    if (worker->watch) {
        ngx_rtc_watch_destroy(worker->watch);
        worker->watch = NULL;
    }
}


static void
ngx_rtc_sfu_signer_changed(void *data, const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_worker_t  *worker = data;

    ngx_str_t              webhooks;
    ngx_rbtree_node_t     *node;
    ngx_rtc_keys_reply_t   keys;

    if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 3),
                                   &webhooks)
        != NGX_OK)
    {
        ngx_str_null(&webhooks);
    }

    ngx_rtc_sfu_webhook_settings(worker->webhook, &webhooks);

    keys.name = ngx_rtc_redis_reply_elt(reply, 0);
    keys.secret = ngx_rtc_redis_reply_elt(reply, 1);
    keys.ring = ngx_rtc_redis_reply_elt(reply, 2);

    if (ngx_rtc_keys_read(&worker->keys, &keys) != NGX_OK) {
        return;
    }

    ngx_rtc_sfu_early_run(worker);

    if (worker->rooms.root == worker->rooms.sentinel) {
        return;
    }

    for (node = ngx_rbtree_min(worker->rooms.root, worker->rooms.sentinel);
         node;
         node = ngx_rbtree_next(&worker->rooms, node))
    {
        ngx_rtc_sfu_signer_refresh((ngx_rtc_sfu_room_t *) node);
    }
}


/* sending closes nobody: a socket that fails is closed in an event */

static void
ngx_rtc_sfu_signer_refresh(ngx_rtc_sfu_room_t *room)
{
    ngx_queue_t                *q;
    ngx_rtc_sfu_participant_t  *p;

    for (q = ngx_queue_head(&room->participants);
         q != ngx_queue_sentinel(&room->participants);
         q = ngx_queue_next(q))
    {
        p = ngx_queue_data(q, ngx_rtc_sfu_participant_t, queue);

        ngx_rtc_sfu_participant_refresh_token(p);
    }
}


const rtc_jwt_key_t *
ngx_rtc_sfu_signer_key(ngx_rtc_sfu_worker_t *worker, rtc_str_t name)
{
    ngx_int_t              n;
    const rtc_jwt_keys_t  *keys;

    keys = ngx_rtc_keys_get(&worker->keys);
    if (keys == NULL) {
        return NULL;
    }

    n = ngx_rtc_keys_find(keys, name.data, name.len);

    return &keys->elts[ngx_max(n, 0)];
}
