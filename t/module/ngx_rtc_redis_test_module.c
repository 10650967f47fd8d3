
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Puts the Redis client behind HTTP, for its tests:
 *
 *   /command?WORD&WORD ...   one command
 *   /script?NKEYS&WORD ...   the script below
 *   /subscribe?CHANNEL  /unsubscribe?CHANNEL
 *   /journal                 what the callbacks reported so far
 *   /stat                    counters
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_redis.h"
#include "ngx_rtc_test.h"


#define NGX_RTC_REDIS_TEST_SUBS     8
#define NGX_RTC_REDIS_TEST_JOURNAL  65536
#define NGX_RTC_REDIS_TEST_OUTPUT   65536
#define NGX_RTC_REDIS_TEST_ARGS     100


typedef struct {
    u_char                   channel[256];
    size_t                   len;
    ngx_rtc_redis_sub_t     *sub;
} ngx_rtc_redis_test_sub_t;


typedef struct {
    ngx_rtc_redis_conf_t    *redis_conf;
    ngx_rtc_redis_t         *redis;
    ngx_rtc_redis_script_t   script;
    ngx_rtc_redis_test_sub_t subs[NGX_RTC_REDIS_TEST_SUBS];
    size_t                   len;
    u_char                   journal[NGX_RTC_REDIS_TEST_JOURNAL];
} ngx_rtc_redis_test_conf_t;


typedef struct {
    ngx_http_request_t      *request;
    ngx_rtc_redis_call_t    *call;
} ngx_rtc_redis_test_ctx_t;


typedef ngx_int_t (*ngx_rtc_redis_test_pt)(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n);


static void *ngx_rtc_redis_test_create_conf(ngx_conf_t *cf);
static char *ngx_rtc_redis_test(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_rtc_redis_test_init_process(ngx_cycle_t *cycle);
static void ngx_rtc_redis_test_exit_process(ngx_cycle_t *cycle);
static ngx_int_t ngx_rtc_redis_test_handler(ngx_http_request_t *r);
static ngx_int_t ngx_rtc_redis_test_command(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n);
static ngx_int_t ngx_rtc_redis_test_script(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n);
static ngx_int_t ngx_rtc_redis_test_subscribe(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n);
static ngx_int_t ngx_rtc_redis_test_unsubscribe(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n);
static ngx_int_t ngx_rtc_redis_test_journal(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n);
static ngx_int_t ngx_rtc_redis_test_stat(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n);
static void ngx_rtc_redis_test_message(void *data, const ngx_str_t *payload);
static void ngx_rtc_redis_test_confirmed(void *data);


static ngx_str_t  ngx_rtc_redis_test_source = ngx_string(
    "redis.call('INCR', KEYS[1]) return {KEYS[1], ARGV[1], #ARGV}"
);


static const struct {
    ngx_str_t               uri;
    ngx_uint_t              nargs;          /* at least */
    ngx_rtc_redis_test_pt   handler;
} ngx_rtc_redis_test_routes[] = {

    { ngx_string("/command"), 1, ngx_rtc_redis_test_command },
    { ngx_string("/script"), 1, ngx_rtc_redis_test_script },
    { ngx_string("/subscribe"), 1, ngx_rtc_redis_test_subscribe },
    { ngx_string("/unsubscribe"), 1, ngx_rtc_redis_test_unsubscribe },
    { ngx_string("/journal"), 0, ngx_rtc_redis_test_journal },
    { ngx_string("/stat"), 0, ngx_rtc_redis_test_stat },

    { ngx_null_string, 0, NULL }
};


static const ngx_rtc_redis_sub_handlers_t  ngx_rtc_redis_test_handlers = {
    ngx_rtc_redis_test_message,
    ngx_rtc_redis_test_confirmed
};


static ngx_command_t  ngx_rtc_redis_test_commands[] = {

    { ngx_string("redis_test_server"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_redis_set_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_redis_test_conf_t, redis_conf),
      NULL },

    { ngx_string("redis_test"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_rtc_redis_test,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_rtc_redis_test_module_ctx = {
    NULL,                                  /* preconfiguration */
    NULL,                                  /* postconfiguration */

    ngx_rtc_redis_test_create_conf,        /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_rtc_redis_test_module = {
    NGX_MODULE_V1,
    &ngx_rtc_redis_test_module_ctx,        /* module context */
    ngx_rtc_redis_test_commands,           /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_rtc_redis_test_init_process,       /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_rtc_redis_test_exit_process,       /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static void
ngx_rtc_redis_test_log(ngx_rtc_redis_test_conf_t *conf, const char *what,
    const u_char *data, size_t len)
{
    u_char  *p, *last;

    p = conf->journal + conf->len;
    last = conf->journal + sizeof(conf->journal);

    p = ngx_slprintf(p, last, "%s %*s\n", what, len, data);

    conf->len = p - conf->journal;
}


static void
ngx_rtc_redis_test_state(void *data, ngx_uint_t up)
{
    ngx_rtc_redis_test_conf_t *conf = data;

    ngx_rtc_redis_test_log(conf, up ? "up" : "down", (u_char *) "", 0);
}


static ngx_rtc_redis_test_conf_t *
ngx_rtc_redis_test_conf(void)
{
    return ngx_http_cycle_get_module_main_conf(ngx_cycle,
                                               ngx_rtc_redis_test_module);
}


static void
ngx_rtc_redis_test_message(void *data, const ngx_str_t *payload)
{
    ngx_rtc_redis_test_log(ngx_rtc_redis_test_conf(), "message",
                           payload->data, payload->len);
}


static void
ngx_rtc_redis_test_confirmed(void *data)
{
    ngx_rtc_redis_test_sub_t *ts = data;

    ngx_rtc_redis_test_log(ngx_rtc_redis_test_conf(), "confirmed",
                           ts->channel, ts->len);
}


static u_char *
ngx_rtc_redis_test_print(u_char *p, u_char *last,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t     n;
    ngx_str_t   s;
    ngx_uint_t  i;

    if (reply == NULL) {
        return ngx_slprintf(p, last, "(none)");
    }

    if (ngx_rtc_redis_reply_is_nil(reply)) {
        return ngx_slprintf(p, last, "(nil)");
    }

    if (ngx_rtc_redis_reply_string(reply, &s) == NGX_OK) {
        return ngx_slprintf(p, last, "\"%V\"", &s);
    }

    if (ngx_rtc_redis_reply_integer(reply, &n) == NGX_OK) {
        return ngx_slprintf(p, last, "%L", n);
    }

    p = ngx_slprintf(p, last, "[");

    for (i = 0; i < ngx_rtc_redis_reply_nelts(reply); i++) {
        p = ngx_slprintf(p, last, i ? "," : "");
        p = ngx_rtc_redis_test_print(p, last,
                                     ngx_rtc_redis_reply_elt(reply, i));
    }

    return ngx_slprintf(p, last, "]");
}


static void
ngx_rtc_redis_test_done(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_redis_test_ctx_t *ctx = data;

    u_char              *p, out[NGX_RTC_REDIS_TEST_OUTPUT];
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    ctx->call = NULL;
    r = ctx->request;
    c = r->connection;

    p = ngx_slprintf(out, out + sizeof(out), "%i ", rc);
    p = ngx_rtc_redis_test_print(p, out + sizeof(out), reply);

    ngx_http_finalize_request(r,
        ngx_rtc_test_answer(r, NGX_HTTP_OK, out, p - out));
    ngx_http_run_posted_requests(c);
}


static void
ngx_rtc_redis_test_cleanup(void *data)
{
    ngx_rtc_redis_test_ctx_t *ctx = data;

    if (ctx->call) {
        ngx_rtc_redis_cancel(ctx->call);
    }
}


static ngx_rtc_redis_test_ctx_t *
ngx_rtc_redis_test_create_ctx(ngx_http_request_t *r)
{
    ngx_http_cleanup_t        *cln;
    ngx_rtc_redis_test_ctx_t  *ctx;

    cln = ngx_http_cleanup_add(r, sizeof(ngx_rtc_redis_test_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ctx->request = r;
    ctx->call = NULL;
    cln->handler = ngx_rtc_redis_test_cleanup;

    return ctx;
}


static ngx_int_t
ngx_rtc_redis_test_wait(ngx_http_request_t *r, ngx_rtc_redis_test_ctx_t *ctx)
{
    if (ctx->call == NULL) {
        return ngx_rtc_test_answer(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                   (u_char *) "refused", 7);
    }

    r->read_event_handler = ngx_http_test_reading;
    r->main->count++;

    return NGX_DONE;
}


static ngx_int_t
ngx_rtc_redis_test_command(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n)
{
    ngx_rtc_redis_test_ctx_t  *ctx;

    ctx = ngx_rtc_redis_test_create_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->call = ngx_rtc_redis_command(conf->redis, n, args,
                                      ngx_rtc_redis_test_done, ctx);

    return ngx_rtc_redis_test_wait(r, ctx);
}


static ngx_int_t
ngx_rtc_redis_test_script(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n)
{
    ngx_rtc_redis_test_ctx_t  *ctx;

    ctx = ngx_rtc_redis_test_create_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->call = ngx_rtc_redis_script(conf->redis, &conf->script,
                                     ngx_atoi(args[0].data, args[0].len),
                                     n - 1, args + 1, ngx_rtc_redis_test_done,
                                     ctx);

    return ngx_rtc_redis_test_wait(r, ctx);
}


static ngx_int_t
ngx_rtc_redis_test_subscribe(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n)
{
    ngx_uint_t                 i, status;
    ngx_rtc_redis_test_sub_t  *ts;

    for (i = 0; i < NGX_RTC_REDIS_TEST_SUBS; i++) {
        ts = &conf->subs[i];

        if (ts->sub) {
            continue;
        }

        ts->len = ngx_min(args[0].len, sizeof(ts->channel));
        ngx_memcpy(ts->channel, args[0].data, ts->len);

        ts->sub = ngx_rtc_redis_subscribe(conf->redis, &args[0],
                                          &ngx_rtc_redis_test_handlers, ts);

        status = ts->sub ? NGX_HTTP_OK : NGX_HTTP_CONFLICT;

        return ngx_rtc_test_answer(r, status, (u_char *) "", 0);
    }

    return NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static ngx_int_t
ngx_rtc_redis_test_unsubscribe(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n)
{
    ngx_uint_t                 i;
    ngx_rtc_redis_test_sub_t  *ts;

    for (i = 0; i < NGX_RTC_REDIS_TEST_SUBS; i++) {
        ts = &conf->subs[i];

        if (ts->sub && ts->len == args[0].len
            && ngx_memcmp(ts->channel, args[0].data, ts->len) == 0)
        {
            ngx_rtc_redis_unsubscribe(ts->sub);
            ts->sub = NULL;

            return ngx_rtc_test_answer(r, NGX_HTTP_OK, (u_char *) "", 0);
        }
    }

    return NGX_HTTP_NOT_FOUND;
}


static ngx_int_t
ngx_rtc_redis_test_journal(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n)
{
    return ngx_rtc_test_answer(r, NGX_HTTP_OK, conf->journal, conf->len);
}


static ngx_int_t
ngx_rtc_redis_test_stat(ngx_http_request_t *r,
    ngx_rtc_redis_test_conf_t *conf, ngx_str_t *args, ngx_uint_t n)
{
    u_char                      *p, out[512];
    const ngx_rtc_redis_stat_t  *st;

    st = ngx_rtc_redis_stat(conf->redis);

    p = ngx_slprintf(out, out + sizeof(out),
                     "up:%ui commands:%uL errors:%uL timeouts:%uL refused:%uL "
                     "connects:%uL messages:%uL pending:%ui",
                     ngx_rtc_redis_is_up(conf->redis), st->commands,
                     st->errors, st->timeouts, st->refused, st->connects,
                     st->messages, st->pending);

    return ngx_rtc_test_answer(r, NGX_HTTP_OK, out, p - out);
}


static ngx_int_t
ngx_rtc_redis_test_handler(ngx_http_request_t *r)
{
    ngx_str_t                   args[NGX_RTC_REDIS_TEST_ARGS];
    ngx_uint_t                  i, n;
    ngx_rtc_redis_test_conf_t  *conf;

    if (ngx_http_discard_request_body(r) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    conf = ngx_http_get_module_main_conf(r, ngx_rtc_redis_test_module);
    n = ngx_rtc_test_args(r, args, NGX_RTC_REDIS_TEST_ARGS);

    for (i = 0; ngx_rtc_redis_test_routes[i].uri.len; i++) {

        if (ngx_rtc_redis_test_routes[i].uri.len == r->uri.len
            && ngx_strncmp(ngx_rtc_redis_test_routes[i].uri.data, r->uri.data,
                           r->uri.len)
               == 0
            && n >= ngx_rtc_redis_test_routes[i].nargs)
        {
            return ngx_rtc_redis_test_routes[i].handler(r, conf, args, n);
        }
    }

    return NGX_HTTP_NOT_FOUND;
}


static ngx_int_t
ngx_rtc_redis_test_init_process(ngx_cycle_t *cycle)
{
    ngx_rtc_redis_test_conf_t  *conf;

    conf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_rtc_redis_test_module);

    if (conf == NULL || conf->redis_conf == NGX_CONF_UNSET_PTR
        || (ngx_process != NGX_PROCESS_WORKER
            && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    ngx_rtc_redis_script_init(&conf->script, &ngx_rtc_redis_test_source);

    conf->redis = ngx_rtc_redis_create(conf->redis_conf, cycle->log);
    if (conf->redis == NULL) {
        return NGX_ERROR;
    }

    ngx_rtc_redis_set_state_handler(conf->redis, ngx_rtc_redis_test_state,
                                    conf);

    return NGX_OK;
}


static void
ngx_rtc_redis_test_exit_process(ngx_cycle_t *cycle)
{
    ngx_rtc_redis_test_conf_t  *conf;

    conf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_rtc_redis_test_module);

    if (conf && conf->redis) {
        ngx_rtc_redis_destroy(conf->redis);
    }
}


static void *
ngx_rtc_redis_test_create_conf(ngx_conf_t *cf)
{
    ngx_rtc_redis_test_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_rtc_redis_test_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->redis_conf = NGX_CONF_UNSET_PTR;

    return conf;
}


static char *
ngx_rtc_redis_test(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_test_set_handler(cf, ngx_rtc_redis_test_handler);

    return NGX_CONF_OK;
}
