
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_ident.h"
#include "ngx_rtc_watch.h"


#define NGX_RTC_WATCH_AGAIN  500        /* ms after a failure */


struct ngx_rtc_watch_s {
    ngx_rtc_ident_t              ident;
    ngx_rtc_redis_t             *redis;
    ngx_log_t                   *log;
    const ngx_rtc_watch_conf_t  *conf;
    void                        *data;

    ngx_rtc_redis_sub_t         *sub;
    ngx_rtc_redis_call_t        *call;
    ngx_event_t                  again;

    unsigned                     dirty:1;   /* changed while it was read */
    unsigned                     told:1;    /* that it cannot be read */
};


static void ngx_rtc_watch_message(void *data, const ngx_str_t *payload);
static void ngx_rtc_watch_read(void *data);
static void ngx_rtc_watch_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_watch_again(ngx_event_t *ev);


static const ngx_rtc_redis_sub_handlers_t  ngx_rtc_watch_handlers = {
    ngx_rtc_watch_message,
    ngx_rtc_watch_read
};


ngx_rtc_watch_t *
ngx_rtc_watch_create(ngx_rtc_redis_t *redis, ngx_log_t *log,
    const ngx_rtc_watch_conf_t *conf, void *data)
{
    ngx_rtc_watch_t  *watch;

    watch = ngx_calloc(sizeof(ngx_rtc_watch_t), log);
    if (watch == NULL) {
        return NULL;
    }

    ngx_rtc_ident_init(&watch->ident, watch);

    watch->redis = redis;
    watch->log = log;
    watch->conf = conf;
    watch->data = data;

    watch->again.handler = ngx_rtc_watch_again;
    watch->again.data = &watch->ident;
    watch->again.log = log;
    watch->again.cancelable = 1;

    watch->sub = ngx_rtc_redis_subscribe(redis, &conf->channel,
                                         &ngx_rtc_watch_handlers, watch);
    if (watch->sub == NULL) {
        ngx_free(watch);
        return NULL;
    }

    return watch;
}


void
ngx_rtc_watch_destroy(ngx_rtc_watch_t *watch)
{
    if (watch->again.timer_set) {
        ngx_del_timer(&watch->again);
    }

    if (watch->call != NULL) {
        ngx_rtc_redis_cancel(watch->call);
    }

    ngx_rtc_redis_unsubscribe(watch->sub);

    ngx_free(watch);
}


static void
ngx_rtc_watch_message(void *data, const ngx_str_t *payload)
{
    ngx_rtc_watch_read(data);
}


static void
ngx_rtc_watch_read(void *data)
{
    ngx_rtc_watch_t  *watch = data;

    if (watch->call != NULL) {
        watch->dirty = 1;
        return;
    }

    if (watch->again.timer_set) {
        ngx_del_timer(&watch->again);
    }

    watch->dirty = 0;
    watch->call = ngx_rtc_redis_command(watch->redis, watch->conf->argc,
                                        watch->conf->argv,
                                        ngx_rtc_watch_handler, watch);
    if (watch->call == NULL) {
        ngx_add_timer(&watch->again, NGX_RTC_WATCH_AGAIN);
    }
}


static void
ngx_rtc_watch_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t         error;
    ngx_rtc_watch_t  *watch = data;

    watch->call = NULL;

    if (rc == NGX_OK) {
        watch->told = 0;
        watch->conf->changed(watch->data, reply);

        if (watch->dirty) {
            ngx_rtc_watch_read(watch);
        }

        return;
    }

    /* what is damaged may stay so for long */

    if (rc == NGX_ERROR && !watch->told) {
        watch->told = 1;

        ngx_str_null(&error);
        (void) ngx_rtc_redis_reply_string(reply, &error);

        ngx_log_error(NGX_LOG_ERR, watch->log, 0,
                      "redis: reading of \"%V\" failed: \"%V\"",
                      &watch->conf->channel, &error);
    }

    ngx_add_timer(&watch->again, NGX_RTC_WATCH_AGAIN);
}


static void
ngx_rtc_watch_again(ngx_event_t *ev)
{
    ngx_rtc_watch_read(ngx_rtc_ident_data(ev));
}
