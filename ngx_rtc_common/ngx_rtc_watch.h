
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A value of Redis that a worker has in its memory: read when the value's
 * channel is confirmed, after each message on it, and again when that fails.
 * While Redis is away the worker keeps what it has.
 */


#ifndef NGX_RTC_WATCH_H_INCLUDED
#define NGX_RTC_WATCH_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_redis.h"


#define NGX_RTC_WATCH_ARGS  8


typedef struct ngx_rtc_watch_s  ngx_rtc_watch_t;


typedef struct {
    ngx_str_t      channel;
    ngx_uint_t     argc;
    ngx_str_t      argv[NGX_RTC_WATCH_ARGS];    /* a command that reads */

    /* the reply lives until it returns; an error of the server is logged */

    void         (*changed)(void *data, const ngx_rtc_redis_reply_t *reply);
} ngx_rtc_watch_conf_t;


/*
 * conf is constant and outlives the watch, as redis and log do.  NULL: no
 * memory, or the client has a subscription of this channel.
 */

ngx_rtc_watch_t *ngx_rtc_watch_create(ngx_rtc_redis_t *redis, ngx_log_t *log,
    const ngx_rtc_watch_conf_t *conf, void *data);

/* before the client is destroyed */

void ngx_rtc_watch_destroy(ngx_rtc_watch_t *watch);


#endif /* NGX_RTC_WATCH_H_INCLUDED */
