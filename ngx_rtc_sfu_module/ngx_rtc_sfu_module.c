
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_addr.h"
#include "ngx_rtc_secret.h"
#include "ngx_rtc_sfu_join.h"
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_twirp.h"
#include "ngx_rtc_sfu_whep.h"
#include "ngx_rtc_sfu_whip.h"
#include "ngx_rtc_sfu_worker.h"
#include "ngx_rtc_udp.h"


#define NGX_RTC_SFU_NODE_FIRST_PORT  7946
#define NGX_RTC_SFU_NODE_LAST_PORT   8009


static ngx_int_t ngx_rtc_sfu_add_variables(ngx_conf_t *cf);
static void *ngx_rtc_sfu_create_main_conf(ngx_conf_t *cf);
static char *ngx_rtc_sfu_init_main_conf(ngx_conf_t *cf, void *conf);
static char *ngx_rtc_sfu(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_rtc_sfu_whip(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_rtc_sfu_whep(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_rtc_sfu_twirp(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_rtc_sfu_enable(ngx_conf_t *cf, ngx_http_handler_pt handler);
static char *ngx_rtc_sfu_metrics(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_rtc_sfu_ports(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_rtc_sfu_address(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_rtc_sfu_node_address(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_rtc_sfu_read_range(const u_char *p, const u_char *last,
    ngx_uint_t *first_port, ngx_uint_t *last_port);
static ngx_int_t ngx_rtc_sfu_add_address(ngx_conf_t *cf, ngx_array_t *list,
    ngx_str_t *text);
static char *ngx_rtc_sfu_key_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_rtc_sfu_secret_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static void ngx_rtc_sfu_free_cert(void *data);
static ngx_int_t ngx_rtc_sfu_init_module(ngx_cycle_t *cycle);
static ngx_int_t ngx_rtc_sfu_init_process(ngx_cycle_t *cycle);
static void ngx_rtc_sfu_exit_process(ngx_cycle_t *cycle);


static ngx_conf_num_bounds_t  ngx_rtc_sfu_port_bounds = {
    ngx_conf_check_num_bounds, 1, 65535
};


static ngx_command_t  ngx_rtc_sfu_commands[] = {

    /* the LiveKit signalling of a location: it, /validate, /v1 below it */

    { ngx_string("rtc_sfu"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_rtc_sfu,
      0,
      0,
      NULL },

    /* WHIP: ROOM below the location's name, which ends with a slash */

    { ngx_string("rtc_sfu_whip"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_rtc_sfu_whip,
      0,
      0,
      NULL },

    /* WHEP, likewise */

    { ngx_string("rtc_sfu_whep"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_rtc_sfu_whep,
      0,
      0,
      NULL },

    /* LiveKit's server API: SERVICE/METHOD below the location's name */

    { ngx_string("rtc_sfu_twirp"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_rtc_sfu_twirp,
      0,
      0,
      NULL },

    /* whether tokens of LiveKit bring rooms into being */

    { ngx_string("rtc_sfu_auto_create"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, auto_create),
      NULL },

    /* whether a room's own webhook may be in a private network */

    { ngx_string("rtc_sfu_webhook_local"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, webhook_local),
      NULL },

    /* whether the server API may unmute what somebody has muted */

    { ngx_string("rtc_sfu_remote_unmute"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, remote_unmute),
      NULL },

    /* what the workers count, in the text format of Prometheus */

    { ngx_string("rtc_sfu_metrics"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_rtc_sfu_metrics,
      0,
      0,
      NULL },

    /* where rooms and members are; redis://, unix: or sentinel:// */

    { ngx_string("rtc_sfu_redis"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_redis_set_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, redis),
      NULL },

    /* replicas that have a change of the server API before it is acknowledged,
       see ngx_rtc_redis_set_replicas() */

    { ngx_string("rtc_sfu_replicas"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, replicas),
      NULL },

    /* keys of access tokens, a line "KEY: SECRET" each */

    { ngx_string("rtc_sfu_key_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_sfu_key_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* the installation's secret: keys of links between workers */

    { ngx_string("rtc_sfu_secret_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_sfu_secret_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* TURN servers that clients are told of, and what signs for them */

    { ngx_string("rtc_sfu_turn_urls"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_rtc_ice_servers_urls,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, ice_servers),
      NULL },

    { ngx_string("rtc_sfu_turn_secret_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_ice_servers_secret,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, ice_servers),
      NULL },

    { ngx_string("rtc_sfu_turn_life"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, ice_servers.life),
      NULL },

    /* FIRST-LAST: each worker takes one for UDP and TCP */

    { ngx_string("rtc_sfu_ports"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_sfu_ports,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* ADDRESS[:PORT[-PORT]]: where workers of other hosts reach this one's */

    { ngx_string("rtc_sfu_node_address"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_sfu_node_address,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* addresses in ICE candidates, as clients reach them */

    { ngx_string("rtc_sfu_address"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_rtc_sfu_address,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* a TCP port that all workers share; stream finds the worker */

    { ngx_string("rtc_sfu_tcp_port"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, media.tcp_port),
      &ngx_rtc_sfu_port_bounds },

    /* socket buffers of the media port */

    { ngx_string("rtc_sfu_rcvbuf"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, media.rcvbuf),
      NULL },

    { ngx_string("rtc_sfu_sndbuf"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, media.sndbuf),
      NULL },

    /* media connections over TCP that a worker takes */

    { ngx_string("rtc_sfu_max_tcp"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_sfu_main_conf_t, media.max_tcp),
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_rtc_sfu_module_ctx = {
    ngx_rtc_sfu_add_variables,             /* preconfiguration */
    NULL,                                  /* postconfiguration */

    ngx_rtc_sfu_create_main_conf,          /* create main configuration */
    ngx_rtc_sfu_init_main_conf,            /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_rtc_sfu_module = {
    NGX_MODULE_V1,
    &ngx_rtc_sfu_module_ctx,               /* module context */
    ngx_rtc_sfu_commands,                  /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    ngx_rtc_sfu_init_module,               /* init module */
    ngx_rtc_sfu_init_process,              /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_rtc_sfu_exit_process,              /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_rtc_sfu_add_variables(ngx_conf_t *cf)
{
    ngx_rtc_sfu_main_conf_t  *smcf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_rtc_sfu_module);

    return ngx_rtc_sfu_variables_add(cf, smcf->variables);
}


static void *
ngx_rtc_sfu_create_main_conf(ngx_conf_t *cf)
{
    ngx_rtc_sfu_main_conf_t  *smcf;

    smcf = ngx_pcalloc(cf->pool, sizeof(ngx_rtc_sfu_main_conf_t));
    if (smcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     smcf->enabled = 0;
     *     smcf->metrics = 0;
     *     smcf->zone = NULL;
     *     smcf->keys.nelts = 0;
     *     smcf->secret.len = 0;
     *     smcf->node.address.family = 0;
     *     smcf->media.first_port = 0;
     *     smcf->media.addresses = NULL;
     *     smcf->worker = NULL;
     */

    smcf->redis = NGX_CONF_UNSET_PTR;
    smcf->ice_servers.life = NGX_CONF_UNSET;
    smcf->media.rcvbuf = NGX_CONF_UNSET_SIZE;
    smcf->media.sndbuf = NGX_CONF_UNSET_SIZE;
    smcf->media.max_tcp = NGX_CONF_UNSET_UINT;
    smcf->media.tcp_port = NGX_CONF_UNSET;
    smcf->auto_create = NGX_CONF_UNSET;
    smcf->replicas = NGX_CONF_UNSET;
    smcf->remote_unmute = NGX_CONF_UNSET;
    smcf->webhook_local = NGX_CONF_UNSET;

    return smcf;
}


static char *
ngx_rtc_sfu_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_rtc_sfu_main_conf_t  *smcf = conf;

    ngx_str_t            any = ngx_string("127.0.0.1");
    const char          *missing;
    ngx_pool_cleanup_t  *cln;

    ngx_conf_init_ptr_value(smcf->redis, NULL);
    ngx_conf_init_size_value(smcf->media.rcvbuf, 4 * 1024 * 1024);
    ngx_conf_init_size_value(smcf->media.sndbuf, 4 * 1024 * 1024);
    ngx_conf_init_uint_value(smcf->media.max_tcp, 512);
    ngx_conf_init_value(smcf->media.tcp_port, 0);
    ngx_conf_init_value(smcf->auto_create, 0);
    ngx_conf_init_value(smcf->remote_unmute, 0);
    ngx_conf_init_value(smcf->webhook_local, 0);

    if (!smcf->enabled) {
        if (smcf->metrics) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"rtc_sfu_metrics\" needs \"rtc_sfu\"");
            return NGX_CONF_ERROR;
        }

        return NGX_CONF_OK;
    }

    if (smcf->redis == NULL || smcf->keys.nelts == 0 || smcf->secret.len == 0)
    {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"rtc_sfu\" needs \"rtc_sfu_redis\", "
                      "\"rtc_sfu_key_file\" and \"rtc_sfu_secret_file\"");
        return NGX_CONF_ERROR;
    }

    missing = ngx_rtc_ice_servers_init(&smcf->ice_servers);

    if (missing) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "sfu: %s", missing);
        return NGX_CONF_ERROR;
    }

    if (smcf->media.first_port == 0) {
        smcf->media.first_port = 7882;
        smcf->media.last_port = 7945;
    }

    if (smcf->media.addresses == NULL) {
        smcf->media.addresses = ngx_array_create(cf->pool, 1,
                                                 sizeof(rtc_addr_t));
        if (smcf->media.addresses == NULL
            || ngx_rtc_sfu_add_address(cf, smcf->media.addresses, &any)
               != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    smcf->zone = ngx_rtc_sfu_zone_add(cf, &ngx_rtc_sfu_module);
    if (smcf->zone == NULL) {
        return NGX_CONF_ERROR;
    }

    /* here, in the master: all workers of a generation show one certificate */

    cln = ngx_pool_cleanup_add(cf->cycle->pool, 0);
    if (cln == NULL) {
        return NGX_CONF_ERROR;
    }

    smcf->cert = rtc_dtls_cert_create();
    if (smcf->cert == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "cannot make a certificate for DTLS");
        return NGX_CONF_ERROR;
    }

    cln->handler = ngx_rtc_sfu_free_cert;
    cln->data = smcf->cert;

    return NGX_CONF_OK;
}


static void
ngx_rtc_sfu_free_cert(void *data)
{
    rtc_dtls_cert_destroy(data);
}


static char *
ngx_rtc_sfu(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_rtc_sfu_enable(cf, ngx_rtc_sfu_join_handler);
}


static char *
ngx_rtc_sfu_whip(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_rtc_sfu_enable(cf, ngx_rtc_sfu_whip_handler);
}


static char *
ngx_rtc_sfu_whep(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_rtc_sfu_enable(cf, ngx_rtc_sfu_whep_handler);
}


static char *
ngx_rtc_sfu_twirp(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_rtc_sfu_enable(cf, ngx_rtc_sfu_twirp_handler);
}


static char *
ngx_rtc_sfu_enable(ngx_conf_t *cf, ngx_http_handler_pt handler)
{
    ngx_rtc_sfu_main_conf_t   *smcf;
    ngx_http_core_loc_conf_t  *clcf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_rtc_sfu_module);
    smcf->enabled = 1;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = handler;

    return NGX_CONF_OK;
}


static char *
ngx_rtc_sfu_metrics(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_sfu_main_conf_t   *smcf;
    ngx_http_core_loc_conf_t  *clcf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_rtc_sfu_module);
    smcf->metrics = 1;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_rtc_sfu_metrics_handler;

    return NGX_CONF_OK;
}


static char *
ngx_rtc_sfu_key_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_sfu_main_conf_t  *smcf = conf;

    ngx_str_t  *value;

    if (smcf->keys.nelts) {
        return "is duplicate";
    }

    value = cf->args->elts;

    return ngx_rtc_secret_read_keys(cf, &value[1], &smcf->keys) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_rtc_sfu_secret_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_sfu_main_conf_t  *smcf = conf;

    ngx_str_t  *value;

    if (smcf->secret.len) {
        return "is duplicate";
    }

    value = cf->args->elts;

    return ngx_rtc_secret_read_line(cf, &value[1], &smcf->secret) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_rtc_sfu_ports(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_sfu_main_conf_t  *smcf = conf;

    ngx_str_t  *value;

    if (smcf->media.first_port) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_rtc_sfu_read_range(value[1].data, value[1].data + value[1].len,
                               &smcf->media.first_port,
                               &smcf->media.last_port)
        != NGX_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid port range \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* PORT or PORT-PORT */

static ngx_int_t
ngx_rtc_sfu_read_range(const u_char *p, const u_char *last,
    ngx_uint_t *first_port, ngx_uint_t *last_port)
{
    u_char     *dash;
    ngx_int_t   first, end;

    dash = ngx_strlchr((u_char *) p, (u_char *) last, '-');

    if (dash == NULL) {
        first = ngx_atoi((u_char *) p, last - p);
        end = first;

    } else {
        first = ngx_atoi((u_char *) p, dash - p);
        end = ngx_atoi(dash + 1, last - dash - 1);
    }

    if (first < 1 || end < first || end > 65535) {
        return NGX_ERROR;
    }

    *first_port = first;
    *last_port = end;

    return NGX_OK;
}


static char *
ngx_rtc_sfu_node_address(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_sfu_main_conf_t  *smcf = conf;

    u_char      *colon, *last;
    ngx_str_t   *value, text;
    ngx_addr_t   addr;

    if (smcf->node.address.family) {
        return "is duplicate";
    }

    value = cf->args->elts;
    text = value[1];
    last = text.data + text.len;

    smcf->node.first_port = NGX_RTC_SFU_NODE_FIRST_PORT;
    smcf->node.last_port = NGX_RTC_SFU_NODE_LAST_PORT;

    /* the colons of IPv6 are in brackets, or all there is */

    colon = ngx_strlchr(text.data, last, text.data[0] == '[' ? ']' : ':');

    if (colon && *colon == ']') {
        colon = (colon + 1 < last && colon[1] == ':') ? colon + 1 : NULL;

    } else if (colon && ngx_strlchr(colon + 1, last, ':')) {
        colon = NULL;
    }

    if (colon) {
        text.len = colon - text.data;

        if (ngx_rtc_sfu_read_range(colon + 1, last, &smcf->node.first_port,
                                   &smcf->node.last_port)
            != NGX_OK)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid port range in \"%V\"", &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_parse_addr_port(cf->pool, &addr, text.data, text.len) != NGX_OK
        || ngx_rtc_addr_set(&smcf->node.address, addr.sockaddr, RTC_TCP)
           != NGX_OK
        || ngx_rtc_addr_is_wildcard(&smcf->node.address))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid address \"%V\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    smcf->media.node = smcf->node.address;

    return NGX_CONF_OK;
}


static char *
ngx_rtc_sfu_address(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_sfu_main_conf_t  *smcf = conf;

    ngx_str_t   *value;
    ngx_uint_t   i;

    if (smcf->media.addresses == NULL) {
        smcf->media.addresses = ngx_array_create(cf->pool, 4,
                                                 sizeof(rtc_addr_t));
        if (smcf->media.addresses == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (smcf->media.addresses->nelts == NGX_RTC_SFU_MEDIA_ADDRESSES) {
            return "has too many addresses";
        }

        if (ngx_rtc_sfu_add_address(cf, smcf->media.addresses, &value[i])
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_rtc_sfu_add_address(ngx_conf_t *cf, ngx_array_t *list, ngx_str_t *text)
{
    ngx_addr_t            addr;
    rtc_addr_t           *to;
    struct sockaddr_in   *sin;
#if (NGX_HAVE_INET6)
    struct sockaddr_in6  *sin6;
#endif

    if (ngx_parse_addr(cf->pool, &addr, text->data, text->len) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid address \"%V\"",
                           text);
        return NGX_ERROR;
    }

    to = ngx_array_push(list);
    if (to == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(to, sizeof(rtc_addr_t));
    to->family = (uint8_t) addr.sockaddr->sa_family;

    switch (addr.sockaddr->sa_family) {

#if (NGX_HAVE_INET6)
    case AF_INET6:
        sin6 = (struct sockaddr_in6 *) addr.sockaddr;
        ngx_memcpy(to->addr, sin6->sin6_addr.s6_addr, 16);
        break;
#endif

    default: /* AF_INET */
        sin = (struct sockaddr_in *) addr.sockaddr;
        ngx_memcpy(to->addr, &sin->sin_addr.s_addr, 4);
    }

    return NGX_OK;
}


/* in the master, so that each generation of workers warns once */

static ngx_int_t
ngx_rtc_sfu_init_module(ngx_cycle_t *cycle)
{
    ngx_rtc_sfu_main_conf_t  *smcf;

    smcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_rtc_sfu_module);

    if (smcf && smcf->enabled) {
        ngx_rtc_udp_check_buffers(smcf->media.rcvbuf, smcf->media.sndbuf,
                                  cycle->log);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_init_process(ngx_cycle_t *cycle)
{
    ngx_rtc_sfu_main_conf_t  *smcf;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    smcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_rtc_sfu_module);

    if (smcf == NULL || !smcf->enabled) {
        return NGX_OK;
    }

    return ngx_rtc_sfu_worker_init(cycle, smcf);
}


static void
ngx_rtc_sfu_exit_process(ngx_cycle_t *cycle)
{
    ngx_rtc_sfu_main_conf_t  *smcf;

    smcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_rtc_sfu_module);

    if (smcf && smcf->worker) {
        ngx_rtc_sfu_worker_exit(smcf->worker);
        smcf->worker = NULL;
    }
}
