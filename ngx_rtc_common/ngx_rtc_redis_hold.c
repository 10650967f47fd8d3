
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One wait covers all that was written on its connection before: one is under
 * way at a time, and whoever comes meanwhile is covered by the next one.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_redis_internal.h"


/* ms; others of the worker wait behind it; less than a command may take */

#define NGX_RTC_REDIS_HOLD_TIMEOUT  500


static void ngx_rtc_redis_hold_ask(ngx_rtc_redis_t *redis);
static void ngx_rtc_redis_hold_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_redis_hold_end(ngx_rtc_redis_t *redis, ngx_int_t rc);


void
ngx_rtc_redis_hold_init(ngx_rtc_redis_t *redis)
{
    ngx_queue_init(&redis->held);
    ngx_queue_init(&redis->covered);
}


void
ngx_rtc_redis_set_replicas(ngx_rtc_redis_t *redis, ngx_int_t least)
{
    redis->replicas.used = ngx_rtc_redis_may_hold(redis->conf, least);
    redis->replicas.least = least == NGX_CONF_UNSET ? 0 : least;
}


ngx_uint_t
ngx_rtc_redis_may_hold(const ngx_rtc_redis_conf_t *conf, ngx_int_t least)
{
    return least == NGX_CONF_UNSET ? conf->primary.len != 0 : least != 0;
}


ngx_uint_t
ngx_rtc_redis_holds(ngx_rtc_redis_t *redis)
{
    return redis->replicas.used;
}


void
ngx_rtc_redis_hold(ngx_rtc_redis_t *redis, ngx_rtc_redis_hold_t *hold)
{
    hold->waits = 1;
    ngx_queue_insert_tail(&redis->held, &hold->queue);

    ngx_rtc_redis_hold_ask(redis);
}


void
ngx_rtc_redis_unhold(ngx_rtc_redis_hold_t *hold)
{
    if (hold->waits) {
        hold->waits = 0;
        ngx_queue_remove(&hold->queue);
    }
}


static void
ngx_rtc_redis_hold_ask(ngx_rtc_redis_t *redis)
{
    if (redis->waiting || ngx_queue_empty(&redis->held)) {
        return;
    }

    ngx_queue_add(&redis->covered, &redis->held);
    ngx_queue_init(&redis->held);

    redis->waiting = 1;

    if (ngx_rtc_redis_wait(redis, NGX_RTC_REDIS_HOLD_TIMEOUT,
                           ngx_rtc_redis_hold_handler, redis)
        != NGX_OK)
    {
        ngx_rtc_redis_hold_end(redis, NGX_AGAIN);
        redis->waiting = 0;
    }
}


static void
ngx_rtc_redis_hold_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_redis_t *redis = data;

    ngx_rtc_redis_hold_end(redis, rc);

    redis->waiting = 0;

    ngx_rtc_redis_hold_ask(redis);
}


static void
ngx_rtc_redis_hold_end(ngx_rtc_redis_t *redis, ngx_int_t rc)
{
    ngx_queue_t           *q;
    ngx_rtc_redis_hold_t  *hold;

    while (!ngx_queue_empty(&redis->covered)) {

        q = ngx_queue_head(&redis->covered);
        hold = ngx_queue_data(q, ngx_rtc_redis_hold_t, queue);

        ngx_rtc_redis_unhold(hold);

        hold->handler(hold->data, rc);
    }
}
