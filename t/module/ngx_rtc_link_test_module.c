
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Puts links behind HTTP, for their tests:
 *
 *   /hold?WID  /release?WID
 *   /send?WID&TYPE&TEXT      type 1 is written into the journal, 3 echoed
 *   /flood?WID&COUNT&SIZE    numbered messages of type 2, up to a refusal
 *   /link?WID                up, bytes queued, messages of a flood in order
 *   /key?WID&LABEL&OUT       16 bytes of a key
 *   /journal                 what the handlers reported
 *   /stat  /wid  /port
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_host.h"
#include "ngx_rtc_sfu_link.h"
#include "ngx_rtc_test.h"


#define NGX_RTC_LINK_TEST_JOURNAL  262144
#define NGX_RTC_LINK_TEST_ARGS     3

#define NGX_RTC_LINK_TEST_PORT     7946   /* the first one of 100 */

#define NGX_RTC_LINK_TEST_TEXT     1
#define NGX_RTC_LINK_TEST_FLOOD    2
#define NGX_RTC_LINK_TEST_ECHO     3


/* the owner's data of a link, from up to down */

typedef struct {
    ngx_uint_t              sent;
    ngx_uint_t              received;
    ngx_uint_t              wrong;          /* in order, length or content */
} ngx_rtc_link_test_flood_t;


typedef struct {
    ngx_rtc_redis_conf_t   *redis_conf;
    ngx_str_t               secret;
    ngx_str_t               address;
    ngx_rtc_redis_t        *redis;
    ngx_rtc_sfu_registry_t *registry;
    ngx_rtc_sfu_links_t    *links;
    ngx_rtc_sfu_link_conf_t  node;
    u_char                  text[NGX_RTC_SFU_LINK_MAX_MESSAGE + 1];
    size_t                  len;
    u_char                  journal[NGX_RTC_LINK_TEST_JOURNAL];
} ngx_rtc_link_test_conf_t;


typedef ngx_int_t (*ngx_rtc_link_test_pt)(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args);


static void *ngx_rtc_link_test_create_conf(ngx_conf_t *cf);
static char *ngx_rtc_link_test(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_rtc_link_test_init_process(ngx_cycle_t *cycle);
static void ngx_rtc_link_test_node(ngx_rtc_link_test_conf_t *conf);
static void ngx_rtc_link_test_exit_process(ngx_cycle_t *cycle);
static ngx_int_t ngx_rtc_link_test_handler(ngx_http_request_t *r);
static ngx_int_t ngx_rtc_link_test_hold(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_link_test_release(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_link_test_send(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_link_test_flood(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_link_test_link(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_link_test_key(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_link_test_journal(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_link_test_stat(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_link_test_wid(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_link_test_port(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args);
static void ngx_rtc_link_test_up(void *data, ngx_rtc_sfu_link_t *link);
static void ngx_rtc_link_test_message(void *data, ngx_rtc_sfu_link_t *link,
    ngx_uint_t type, u_char *p, size_t len);
static void ngx_rtc_link_test_down(void *data, ngx_rtc_sfu_link_t *link);
static void ngx_rtc_link_test_dead(void *data, ngx_rtc_sfu_link_t *link);


static const struct {
    ngx_str_t              uri;
    ngx_uint_t             nargs;
    ngx_rtc_link_test_pt   handler;
} ngx_rtc_link_test_routes[] = {

    { ngx_string("/hold"), 1, ngx_rtc_link_test_hold },
    { ngx_string("/release"), 1, ngx_rtc_link_test_release },
    { ngx_string("/send"), 3, ngx_rtc_link_test_send },
    { ngx_string("/flood"), 3, ngx_rtc_link_test_flood },
    { ngx_string("/link"), 1, ngx_rtc_link_test_link },
    { ngx_string("/key"), 3, ngx_rtc_link_test_key },
    { ngx_string("/journal"), 0, ngx_rtc_link_test_journal },
    { ngx_string("/stat"), 0, ngx_rtc_link_test_stat },
    { ngx_string("/wid"), 0, ngx_rtc_link_test_wid },
    { ngx_string("/port"), 0, ngx_rtc_link_test_port },

    { ngx_null_string, 0, NULL }
};


static const ngx_rtc_sfu_link_handlers_t  ngx_rtc_link_test_handlers = {
    ngx_rtc_link_test_up,
    ngx_rtc_link_test_message,
    ngx_rtc_link_test_down,
    ngx_rtc_link_test_dead
};


static ngx_command_t  ngx_rtc_link_test_commands[] = {

    { ngx_string("link_test_redis"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_redis_set_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_link_test_conf_t, redis_conf),
      NULL },

    { ngx_string("link_test_secret"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_link_test_conf_t, secret),
      NULL },

    /* IPv4; absent: there are no other hosts */

    { ngx_string("link_test_node"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_link_test_conf_t, address),
      NULL },

    { ngx_string("link_test"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_rtc_link_test,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_rtc_link_test_module_ctx = {
    NULL,                                  /* preconfiguration */
    NULL,                                  /* postconfiguration */

    ngx_rtc_link_test_create_conf,         /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_rtc_link_test_module = {
    NGX_MODULE_V1,
    &ngx_rtc_link_test_module_ctx,         /* module context */
    ngx_rtc_link_test_commands,            /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_rtc_link_test_init_process,        /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_rtc_link_test_exit_process,        /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static void
ngx_rtc_link_test_report(ngx_rtc_link_test_conf_t *conf, const char *what,
    ngx_rtc_sfu_link_t *link, const u_char *p, size_t len)
{
    u_char  *to;

    to = conf->journal + conf->len;

    to = ngx_slprintf(to, conf->journal + sizeof(conf->journal),
                      "%s %V %*s\n", what, ngx_rtc_sfu_link_wid(link), len, p);

    conf->len = to - conf->journal;
}


static void
ngx_rtc_link_test_up(void *data, ngx_rtc_sfu_link_t *link)
{
    ngx_rtc_link_test_flood_t  *flood;

    flood = ngx_rtc_sfu_link_data(link);

    if (flood == NULL) {
        flood = ngx_calloc(sizeof(ngx_rtc_link_test_flood_t), ngx_cycle->log);
        ngx_rtc_sfu_link_set_data(link, flood);
    }

    ngx_rtc_link_test_report(data, "up", link, (u_char *) "", 0);
}


static void
ngx_rtc_link_test_forget(ngx_rtc_sfu_link_t *link)
{
    ngx_free(ngx_rtc_sfu_link_data(link));
    ngx_rtc_sfu_link_set_data(link, NULL);
}


static void
ngx_rtc_link_test_down(void *data, ngx_rtc_sfu_link_t *link)
{
    ngx_rtc_link_test_report(data, "down", link, (u_char *) "", 0);
    ngx_rtc_link_test_forget(link);
}


static void
ngx_rtc_link_test_dead(void *data, ngx_rtc_sfu_link_t *link)
{
    ngx_rtc_link_test_report(data, "dead", link, (u_char *) "", 0);
}


static void
ngx_rtc_link_test_message(void *data, ngx_rtc_sfu_link_t *link,
    ngx_uint_t type, u_char *p, size_t len)
{
    size_t                      i;
    uint32_t                    n;
    ngx_str_t                   part;
    ngx_rtc_link_test_flood_t  *flood;

    switch (type) {

    case NGX_RTC_LINK_TEST_ECHO:
        part.data = p;
        part.len = len;
        (void) ngx_rtc_sfu_link_send(link, NGX_RTC_LINK_TEST_TEXT, &part, 1);
        return;

    case NGX_RTC_LINK_TEST_FLOOD:
        flood = ngx_rtc_sfu_link_data(link);

        if (len < sizeof(uint32_t)) {
            flood->wrong++;
            return;
        }

        ngx_memcpy(&n, p, sizeof(uint32_t));

        if (n != flood->received++) {
            flood->wrong++;
        }

        for (i = sizeof(uint32_t); i < len; i++) {
            if (p[i] != (u_char) (n + len)) {
                flood->wrong++;
                break;
            }
        }

        return;

    default:
        ngx_rtc_link_test_report(data, "message", link, p, len);
    }
}


static ngx_rtc_sfu_link_t *
ngx_rtc_link_test_find(ngx_rtc_link_test_conf_t *conf, const ngx_str_t *wid)
{
    const ngx_str_t     *s;
    ngx_rtc_sfu_link_t  *link;

    for (link = ngx_rtc_sfu_link_next(conf->links, NULL);
         link;
         link = ngx_rtc_sfu_link_next(conf->links, link))
    {
        s = ngx_rtc_sfu_link_wid(link);

        if (s->len == wid->len
            && ngx_memcmp(s->data, wid->data, wid->len) == 0)
        {
            return link;
        }
    }

    return NULL;
}


static ngx_int_t
ngx_rtc_link_test_number(ngx_http_request_t *r, ngx_int_t n)
{
    u_char  text[NGX_INT_T_LEN];

    return ngx_rtc_test_answer(r, NGX_HTTP_OK, text,
                               ngx_sprintf(text, "%i", n) - text);
}


static ngx_int_t
ngx_rtc_link_test_hold(ngx_http_request_t *r, ngx_rtc_link_test_conf_t *conf,
    ngx_str_t *args)
{
    return ngx_rtc_link_test_number(r,
               ngx_rtc_sfu_link_hold(conf->links, &args[0]) ? 0 : -1);
}


static ngx_int_t
ngx_rtc_link_test_release(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args)
{
    ngx_rtc_sfu_link_t  *link;

    link = ngx_rtc_link_test_find(conf, &args[0]);
    if (link == NULL) {
        return NGX_HTTP_NOT_FOUND;
    }

    ngx_rtc_sfu_link_release(link);

    return ngx_rtc_link_test_number(r, 0);
}


static ngx_int_t
ngx_rtc_link_test_send(ngx_http_request_t *r, ngx_rtc_link_test_conf_t *conf,
    ngx_str_t *args)
{
    ngx_str_t            parts[2];
    ngx_rtc_sfu_link_t  *link;

    link = ngx_rtc_link_test_find(conf, &args[0]);
    if (link == NULL) {
        return NGX_HTTP_NOT_FOUND;
    }

    /* in two parts, as the owner may have it */

    parts[0].data = args[2].data;
    parts[0].len = args[2].len / 2;
    parts[1].data = args[2].data + parts[0].len;
    parts[1].len = args[2].len - parts[0].len;

    return ngx_rtc_link_test_number(r,
               ngx_rtc_sfu_link_send(link,
                                     ngx_atoi(args[1].data, args[1].len),
                                     parts, 2));
}


/* answers how many were taken */

static ngx_int_t
ngx_rtc_link_test_flood(ngx_http_request_t *r, ngx_rtc_link_test_conf_t *conf,
    ngx_str_t *args)
{
    uint32_t                    n;
    ngx_str_t                   part;
    ngx_int_t                   i, count;
    ngx_rtc_sfu_link_t         *link;
    ngx_rtc_link_test_flood_t  *flood;

    link = ngx_rtc_link_test_find(conf, &args[0]);
    count = ngx_atoi(args[1].data, args[1].len);
    part.data = conf->text;
    part.len = ngx_atoi(args[2].data, args[2].len);

    if (link == NULL || count < 0 || part.len < sizeof(uint32_t)
        || part.len > sizeof(conf->text))
    {
        return NGX_HTTP_NOT_FOUND;
    }

    flood = ngx_rtc_sfu_link_data(link);

    if (flood == NULL) {
        flood = ngx_calloc(sizeof(ngx_rtc_link_test_flood_t), ngx_cycle->log);
        ngx_rtc_sfu_link_set_data(link, flood);
    }

    for (i = 0; i < count; i++) {
        n = (uint32_t) flood->sent;

        ngx_memset(part.data, (u_char) (n + part.len), part.len);
        ngx_memcpy(part.data, &n, sizeof(uint32_t));

        if (ngx_rtc_sfu_link_send(link, NGX_RTC_LINK_TEST_FLOOD, &part, 1)
            != NGX_OK)
        {
            break;
        }

        flood->sent++;
    }

    return ngx_rtc_link_test_number(r, i);
}


static ngx_int_t
ngx_rtc_link_test_link(ngx_http_request_t *r, ngx_rtc_link_test_conf_t *conf,
    ngx_str_t *args)
{
    u_char                     *p, out[256];
    ngx_rtc_sfu_link_t         *link;
    ngx_rtc_link_test_flood_t  *flood;

    link = ngx_rtc_link_test_find(conf, &args[0]);
    if (link == NULL) {
        return ngx_rtc_test_answer(r, NGX_HTTP_OK, (u_char *) "none", 4);
    }

    flood = ngx_rtc_sfu_link_data(link);

    p = ngx_slprintf(out, out + sizeof(out),
                     "up:%ui queued:%uz received:%ui wrong:%ui",
                     ngx_rtc_sfu_link_is_up(link),
                     ngx_rtc_sfu_link_queued(link),
                     flood ? flood->received : 0, flood ? flood->wrong : 0);

    return ngx_rtc_test_answer(r, NGX_HTTP_OK, out, p - out);
}


static ngx_int_t
ngx_rtc_link_test_key(ngx_http_request_t *r, ngx_rtc_link_test_conf_t *conf,
    ngx_str_t *args)
{
    u_char               *p, key[16], out[32], label[32];
    ngx_rtc_sfu_link_t   *link;

    link = ngx_rtc_link_test_find(conf, &args[0]);
    if (link == NULL) {
        return NGX_HTTP_NOT_FOUND;
    }

    (void) ngx_cpystrn(label, args[1].data,
                       ngx_min(args[1].len + 1, sizeof(label)));

    if (ngx_rtc_sfu_link_key(link, (char *) label, args[2].data[0] == '1',
                             key, sizeof(key))
        != NGX_OK)
    {
        return ngx_rtc_link_test_number(r, -1);
    }

    p = ngx_hex_dump(out, key, sizeof(key));

    return ngx_rtc_test_answer(r, NGX_HTTP_OK, out, p - out);
}


static ngx_int_t
ngx_rtc_link_test_journal(ngx_http_request_t *r,
    ngx_rtc_link_test_conf_t *conf, ngx_str_t *args)
{
    return ngx_rtc_test_answer(r, NGX_HTTP_OK, conf->journal, conf->len);
}


static ngx_int_t
ngx_rtc_link_test_stat(ngx_http_request_t *r, ngx_rtc_link_test_conf_t *conf,
    ngx_str_t *args)
{
    u_char                         *p, out[512];
    const ngx_rtc_sfu_link_stat_t  *st;

    st = ngx_rtc_sfu_links_stat(conf->links);

    p = ngx_slprintf(out, out + sizeof(out),
                     "connects:%uL failures:%uL broken:%uL deaths:%uL "
                     "messages_in:%uL messages_out:%uL bytes_in:%uL "
                     "bytes_out:%uL refused:%uL dropped:%uL up:%ui",
                     st->connects, st->failures, st->broken, st->deaths,
                     st->messages_in, st->messages_out, st->bytes_in,
                     st->bytes_out, st->refused, st->dropped, st->up);

    return ngx_rtc_test_answer(r, NGX_HTTP_OK, out, p - out);
}


static ngx_int_t
ngx_rtc_link_test_wid(ngx_http_request_t *r, ngx_rtc_link_test_conf_t *conf,
    ngx_str_t *args)
{
    const ngx_str_t  *wid;

    wid = ngx_rtc_sfu_registry_wid(conf->registry);

    return ngx_rtc_test_answer(r, NGX_HTTP_OK, wid->data, wid->len);
}


static ngx_int_t
ngx_rtc_link_test_port(ngx_http_request_t *r, ngx_rtc_link_test_conf_t *conf,
    ngx_str_t *args)
{
    return ngx_rtc_link_test_number(r, ngx_rtc_sfu_links_port(conf->links));
}


static ngx_int_t
ngx_rtc_link_test_handler(ngx_http_request_t *r)
{
    ngx_str_t                  args[NGX_RTC_LINK_TEST_ARGS];
    ngx_uint_t                 i, n;
    ngx_rtc_link_test_conf_t  *conf;

    if (ngx_http_discard_request_body(r) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    conf = ngx_http_get_module_main_conf(r, ngx_rtc_link_test_module);
    n = ngx_rtc_test_args(r, args, NGX_RTC_LINK_TEST_ARGS);

    for (i = 0; ngx_rtc_link_test_routes[i].uri.len; i++) {

        if (ngx_rtc_link_test_routes[i].uri.len == r->uri.len
            && ngx_strncmp(ngx_rtc_link_test_routes[i].uri.data,
                           r->uri.data, r->uri.len)
               == 0
            && ngx_rtc_link_test_routes[i].nargs == n)
        {
            return ngx_rtc_link_test_routes[i].handler(r, conf, args);
        }
    }

    return NGX_HTTP_NOT_FOUND;
}


static ngx_int_t
ngx_rtc_link_test_init_process(ngx_cycle_t *cycle)
{
    size_t                     len;
    u_char                     host[NGX_RTC_HOST_LEN], text[128];
    ngx_str_t                  json;
    ngx_rtc_link_test_conf_t  *conf;

    conf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_rtc_link_test_module);

    if (conf == NULL || conf->redis_conf == NGX_CONF_UNSET_PTR
        || (ngx_process != NGX_PROCESS_WORKER
            && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    conf->redis = ngx_rtc_redis_create(conf->redis_conf, cycle->log);
    if (conf->redis == NULL) {
        return NGX_ERROR;
    }

    conf->registry = ngx_rtc_sfu_registry_create(conf->redis, conf->redis,
                                                 cycle->log);
    if (conf->registry == NULL) {
        return NGX_ERROR;
    }

    ngx_rtc_link_test_node(conf);

    conf->links = ngx_rtc_sfu_links_create(conf->registry, &conf->secret,
                                           &conf->node,
                                           &ngx_rtc_link_test_handlers, conf,
                                           cycle->log);
    if (conf->links == NULL) {
        return NGX_ERROR;
    }

    len = ngx_rtc_host(host);
    json.data = text;
    json.len = ngx_sprintf(text, "{\"host\":\"%*s\",\"link\":\"%V:%ui\"}",
                           len, host, &conf->address,
                           ngx_rtc_sfu_links_port(conf->links))
               - text;

    return ngx_rtc_sfu_registry_set_addresses(conf->registry, &json);
}


/* one port is enough: there is one worker */

static void
ngx_rtc_link_test_node(ngx_rtc_link_test_conf_t *conf)
{
    in_addr_t  addr;

    if (conf->address.len == 0) {
        return;
    }

    conf->node.address.proto = RTC_TCP;
    conf->node.address.family = AF_INET6;

    if (ngx_inet6_addr(conf->address.data, conf->address.len,
                       conf->node.address.addr)
        != NGX_OK)
    {
        conf->node.address.family = AF_INET;

        addr = ngx_inet_addr(conf->address.data, conf->address.len);
        ngx_memcpy(conf->node.address.addr, &addr, 4);
    }

    conf->node.first_port = NGX_RTC_LINK_TEST_PORT;
    conf->node.last_port = NGX_RTC_LINK_TEST_PORT + 99;
}


static void
ngx_rtc_link_test_exit_process(ngx_cycle_t *cycle)
{
    ngx_rtc_sfu_link_t        *link;
    ngx_rtc_link_test_conf_t  *conf;

    conf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_rtc_link_test_module);

    if (conf && conf->links) {

        for (link = ngx_rtc_sfu_link_next(conf->links, NULL);
             link;
             link = ngx_rtc_sfu_link_next(conf->links, link))
        {
            ngx_rtc_link_test_forget(link);
        }

        ngx_rtc_sfu_links_destroy(conf->links);
        ngx_rtc_sfu_registry_destroy(conf->registry);
        ngx_rtc_redis_destroy(conf->redis);
    }
}


static void *
ngx_rtc_link_test_create_conf(ngx_conf_t *cf)
{
    ngx_rtc_link_test_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_rtc_link_test_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->redis_conf = NGX_CONF_UNSET_PTR;

    return conf;
}


static char *
ngx_rtc_link_test(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_test_set_handler(cf, ngx_rtc_link_test_handler);

    return NGX_CONF_OK;
}
