
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_turn.h"
#include "ngx_rtc_turn_conf.h"


static char *ngx_rtc_turn(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static void *ngx_rtc_turn_create_main_conf(ngx_conf_t *cf);
static void *ngx_rtc_turn_create_srv_conf(ngx_conf_t *cf);
static char *ngx_rtc_turn_merge_srv_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_rtc_turn_init_module(ngx_cycle_t *cycle);
static ngx_int_t ngx_rtc_turn_init_process(ngx_cycle_t *cycle);
static void ngx_rtc_turn_exit_process(ngx_cycle_t *cycle);


static ngx_command_t  ngx_rtc_turn_commands[] = {

    /* the server is a TURN server */

    { ngx_string("turn"),
      NGX_STREAM_SRV_CONF|NGX_CONF_NOARGS,
      ngx_rtc_turn,
      NGX_STREAM_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("turn_realm"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, realm),
      NULL },

    /* secrets of time-limited credentials, a line each */

    { ngx_string("turn_secret_file"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, secret_file),
      NULL },

    /* users, a line "NAME:PASSWORD" each */

    { ngx_string("turn_user_file"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, user_file),
      NULL },

    /* sfu, public, ADDRESS, NETWORK: to whom is relayed */

    { ngx_string("turn_peer_allow"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_1MORE,
      ngx_rtc_turn_peer_allow,
      NGX_STREAM_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* ADDRESS[=LOCAL]: where the SFU's clients see its media, where it is */

    { ngx_string("turn_sfu_address"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_1MORE,
      ngx_rtc_turn_sfu_address,
      NGX_STREAM_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("turn_sfu_ports"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_turn_sfu_ports,
      NGX_STREAM_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* LOCAL[=PUBLIC]: where relays are, what clients are told of it */

    { ngx_string("turn_relay_address"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE12,
      ngx_rtc_turn_relay_address,
      NGX_STREAM_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("turn_relay_ports"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_turn_relay_ports,
      NGX_STREAM_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* networks whose datagrams are dropped; "deny" does it for streams */

    { ngx_string("turn_client_deny"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_1MORE,
      ngx_rtc_turn_client_deny,
      NGX_STREAM_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("turn_max_allocations"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, max_allocations),
      NULL },

    { ngx_string("turn_max_user_allocations"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, max_user_allocations),
      NULL },

    { ngx_string("turn_max_permissions"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, max_permissions),
      NULL },

    { ngx_string("turn_max_channels"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, max_channels),
      NULL },

    /* bytes per second of an allocation, both directions together */

    { ngx_string("turn_max_rate"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, max_rate),
      NULL },

    { ngx_string("turn_max_lifetime"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, max_lifetime),
      NULL },

    /* unauthenticated answers per second and address over UDP; 0: all */

    { ngx_string("turn_challenge_rate"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, challenge_rate),
      NULL },

    /* connections without an allocation, messages that do not end */

    { ngx_string("turn_client_timeout"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, client_timeout),
      NULL },

    /* TCP allocations; with "turn_peer_allow public" a way to any service */

    { ngx_string("turn_tcp_relay"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, tcp_relay),
      NULL },

    /* connections between a TCP allocation and peers */

    { ngx_string("turn_max_peer_connections"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, max_peer_connections),
      NULL },

    /* the Redis that has the certificates of $turn_certificate */

    { ngx_string("turn_certificate_redis"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_redis_set_slot,
      NGX_STREAM_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_turn_main_conf_t, certificate.redis_conf),
      NULL },

    /* the installation's secret, which opens their keys */

    { ngx_string("turn_certificate_secret_file"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_turn_certificate_secret_file,
      NGX_STREAM_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* chain and key for names whose certificate Redis does not have */

    { ngx_string("turn_certificate_file"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_turn_certificate_file,
      NGX_STREAM_MAIN_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_stream_module_t  ngx_rtc_turn_module_ctx = {
    ngx_rtc_turn_certificate_add_variables,  /* preconfiguration */
    ngx_rtc_turn_postconfiguration,        /* postconfiguration */

    ngx_rtc_turn_create_main_conf,         /* create main configuration */
    ngx_rtc_turn_init_main_conf,           /* init main configuration */

    ngx_rtc_turn_create_srv_conf,          /* create server configuration */
    ngx_rtc_turn_merge_srv_conf            /* merge server configuration */
};


ngx_module_t  ngx_rtc_turn_module = {
    NGX_MODULE_V1,
    &ngx_rtc_turn_module_ctx,              /* module context */
    ngx_rtc_turn_commands,                 /* module directives */
    NGX_STREAM_MODULE,                     /* module type */
    NULL,                                  /* init master */
    ngx_rtc_turn_init_module,              /* init module */
    ngx_rtc_turn_init_process,             /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_rtc_turn_exit_process,             /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static char *
ngx_rtc_turn(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_turn_srv_conf_t  *tscf = conf;

    ngx_rtc_turn_main_conf_t    *tmcf;
    ngx_stream_core_srv_conf_t  *cscf;

    if (tscf->enable == 1) {
        return "is duplicate";
    }

    tscf->enable = 1;

    tmcf = ngx_stream_conf_get_module_main_conf(cf, ngx_rtc_turn_module);
    tmcf->enabled = 1;

    cscf = ngx_stream_conf_get_module_srv_conf(cf, ngx_stream_core_module);
    cscf->handler = ngx_rtc_turn_stream_handler;

    return NGX_CONF_OK;
}


static void *
ngx_rtc_turn_create_main_conf(ngx_conf_t *cf)
{
    ngx_rtc_turn_main_conf_t  *tmcf;

    tmcf = ngx_pcalloc(cf->pool, sizeof(ngx_rtc_turn_main_conf_t));
    if (tmcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     tmcf->enabled = 0;
     *     tmcf->realm = { 0, NULL };
     *     tmcf->policy = { 0 };
     *     tmcf->relays[] = { 0 };
     *     tmcf->worker = NULL;
     */

    tmcf->certificate.redis_conf = NGX_CONF_UNSET_PTR;

    tmcf->max_allocations = NGX_CONF_UNSET;
    tmcf->max_user_allocations = NGX_CONF_UNSET;
    tmcf->max_permissions = NGX_CONF_UNSET;
    tmcf->max_channels = NGX_CONF_UNSET;
    tmcf->max_rate = NGX_CONF_UNSET_SIZE;
    tmcf->max_lifetime = NGX_CONF_UNSET;
    tmcf->challenge_rate = NGX_CONF_UNSET;
    tmcf->client_timeout = NGX_CONF_UNSET_MSEC;
    tmcf->tcp_relay = NGX_CONF_UNSET;
    tmcf->max_peer_connections = NGX_CONF_UNSET;

    return tmcf;
}


static void *
ngx_rtc_turn_create_srv_conf(ngx_conf_t *cf)
{
    ngx_rtc_turn_srv_conf_t  *tscf;

    tscf = ngx_pcalloc(cf->pool, sizeof(ngx_rtc_turn_srv_conf_t));
    if (tscf == NULL) {
        return NULL;
    }

    tscf->enable = NGX_CONF_UNSET;

    return tscf;
}


static char *
ngx_rtc_turn_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_rtc_turn_srv_conf_t  *conf = child;

    if (conf->enable == NGX_CONF_UNSET) {
        conf->enable = 0;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_rtc_turn_init_module(ngx_cycle_t *cycle)
{
    ngx_rtc_turn_main_conf_t  *tmcf;

    tmcf = ngx_stream_cycle_get_module_main_conf(cycle, ngx_rtc_turn_module);

    if (tmcf && tmcf->enabled) {
        ngx_rtc_turn_udp_buffers(cycle);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_init_process(ngx_cycle_t *cycle)
{
    ngx_rtc_turn_main_conf_t  *tmcf;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    tmcf = ngx_stream_cycle_get_module_main_conf(cycle, ngx_rtc_turn_module);

    if (tmcf == NULL) {
        return NGX_OK;
    }

    if (ngx_rtc_turn_certificate_init(cycle, &tmcf->certificate) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!tmcf->enabled) {
        return NGX_OK;
    }

    return ngx_rtc_turn_worker_init(cycle, tmcf);
}


static void
ngx_rtc_turn_exit_process(ngx_cycle_t *cycle)
{
    ngx_rtc_turn_main_conf_t  *tmcf;

    tmcf = ngx_stream_cycle_get_module_main_conf(cycle, ngx_rtc_turn_module);

    if (tmcf == NULL) {
        return;
    }

    ngx_rtc_turn_certificate_exit(&tmcf->certificate);

    if (tmcf->worker) {
        ngx_rtc_turn_worker_exit(tmcf->worker);
        tmcf->worker = NULL;
    }
}
