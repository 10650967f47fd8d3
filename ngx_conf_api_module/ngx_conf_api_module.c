
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * REST API of rooms and sign-in, health check, addresses of meetings.
 */


#include "ngx_conf_api.h"
#include "ngx_rtc_metrics.h"
#include "ngx_rtc_secret.h"


static void *ngx_conf_api_create_main_conf(ngx_conf_t *cf);
static char *ngx_conf_api_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_conf_api_create_loc_conf(ngx_conf_t *cf);
static char *ngx_conf_api_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_conf_api_init_process(ngx_cycle_t *cycle);
static void ngx_conf_api_exit_process(ngx_cycle_t *cycle);

static char *ngx_conf_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_conf_api_error(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_conf_api_room_page(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_conf_api_secret_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_conf_api_key_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_conf_api_certificate_file(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_conf_api_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_conf_enum_t  ngx_conf_api_cookie_secure[] = {
    { ngx_string("auto"), NGX_CONF_API_COOKIE_AUTO },
    { ngx_string("on"), NGX_CONF_API_COOKIE_ON },
    { ngx_string("off"), NGX_CONF_API_COOKIE_OFF },
    { ngx_null_string, 0 }
};


static ngx_command_t  ngx_conf_api_commands[] = {

    /* the Redis of the installation, see ngx_rtc_redis_set_slot() */

    { ngx_string("conf_api_redis"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_redis_set_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_conf_api_main_conf_t, redis_conf),
      NULL },

    /* replicas that have a change before it is acknowledged, see
       ngx_rtc_redis_set_replicas() */

    { ngx_string("conf_api_replicas"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_conf_api_main_conf_t, replicas),
      NULL },

    /* the installation's secret, from which the keys of API tokens come */

    { ngx_string("conf_api_secret_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_api_secret_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* keys and secrets of LiveKit access tokens; the first one signs */

    { ngx_string("conf_api_key_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_api_key_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* TURN servers that clients are told of, and what signs for them */

    { ngx_string("conf_api_turn_urls"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_rtc_ice_servers_urls,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_conf_api_main_conf_t, ice_servers),
      NULL },

    { ngx_string("conf_api_turn_secret_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_ice_servers_secret,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_conf_api_main_conf_t, ice_servers),
      NULL },

    { ngx_string("conf_api_turn_life"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_conf_api_main_conf_t, ice_servers.life),
      NULL },

    /* chain and key for names whose certificate Redis does not have */

    { ngx_string("conf_api_certificate_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_api_certificate_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* the thread pool that hashes passwords */

    { ngx_string("conf_api_thread_pool"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_api_thread_pool,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    /* the location serves the API and /healthz */

    { ngx_string("conf_api"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_conf_api,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    /* the location is the error_page of what nginx refuses under /api/ */

    { ngx_string("conf_api_error"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_conf_api_error,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    /* conf_api_room_page page [missing=page] [away=page]: a room's address */

    { ngx_string("conf_api_room_page"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE123,
      ngx_conf_api_room_page,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    /* the url of createToken's answer; variables are allowed */

    { ngx_string("conf_api_rtc_url"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_conf_api_loc_conf_t, rtc_url),
      NULL },

    /* how long a token of createToken may be used to join */

    { ngx_string("conf_api_join_life"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_conf_api_loc_conf_t, join_life),
      NULL },

    /* the Secure attribute of the cookie: auto is on over TLS */

    { ngx_string("conf_api_cookie_secure"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_conf_api_loc_conf_t, cookie_secure),
      &ngx_conf_api_cookie_secure },

      ngx_null_command
};


static ngx_http_module_t  ngx_conf_api_module_ctx = {
    ngx_conf_api_variables_add,            /* preconfiguration */
    NULL,                                  /* postconfiguration */

    ngx_conf_api_create_main_conf,         /* create main configuration */
    ngx_conf_api_init_main_conf,           /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_conf_api_create_loc_conf,          /* create location configuration */
    ngx_conf_api_merge_loc_conf            /* merge location configuration */
};


ngx_module_t  ngx_conf_api_module = {
    NGX_MODULE_V1,
    &ngx_conf_api_module_ctx,              /* module context */
    ngx_conf_api_commands,                 /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_conf_api_init_process,             /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_conf_api_exit_process,             /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_conf_api_init_process(ngx_cycle_t *cycle)
{
    ngx_conf_api_main_conf_t  *amcf;

    /* cache manager and loader run this as well */

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    amcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_conf_api_module);

    if (amcf == NULL || !amcf->used) {
        return NGX_OK;
    }

    if (ngx_conf_api_init_ids(&amcf->ids) != NGX_OK) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "api: there are no random numbers");
        return NGX_ERROR;
    }

    ngx_conf_api_init_scripts(amcf);

    amcf->redis = ngx_rtc_redis_create(amcf->redis_conf, cycle->log);
    if (amcf->redis == NULL) {
        return NGX_ERROR;
    }

    ngx_rtc_redis_set_replicas(amcf->redis, amcf->replicas);

    if (ngx_conf_api_certificate_init(cycle, amcf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_conf_api_settings_init(&amcf->settings, amcf->redis,
                                      &amcf->keys, &amcf->secret, cycle->log);
}


static void
ngx_conf_api_exit_process(ngx_cycle_t *cycle)
{
    ngx_conf_api_main_conf_t  *amcf;

    amcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_conf_api_module);

    if (amcf == NULL || amcf->redis == NULL) {
        return;
    }

    ngx_conf_api_settings_close(&amcf->settings);
    ngx_conf_api_certificate_exit(amcf);

    ngx_rtc_redis_destroy(amcf->redis);
    amcf->redis = NULL;
}


static void *
ngx_conf_api_create_main_conf(ngx_conf_t *cf)
{
    ngx_conf_api_main_conf_t  *amcf;

    amcf = ngx_pcalloc(cf->pool, sizeof(ngx_conf_api_main_conf_t));
    if (amcf == NULL) {
        return NULL;
    }

    amcf->redis_conf = NGX_CONF_UNSET_PTR;
    amcf->ice_servers.life = NGX_CONF_UNSET;
    amcf->replicas = NGX_CONF_UNSET;

    return amcf;
}


static char *
ngx_conf_api_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_conf_api_main_conf_t  *amcf = conf;

    const char  *missing;

    if (!amcf->used) {
        return NGX_CONF_OK;
    }

    if (amcf->redis_conf == NGX_CONF_UNSET_PTR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"conf_api_redis\" is required");
        return NGX_CONF_ERROR;
    }

    if (amcf->secret.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"conf_api_secret_file\" is required");
        return NGX_CONF_ERROR;
    }

    if (amcf->keys.nelts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"conf_api_key_file\" is required");
        return NGX_CONF_ERROR;
    }

    missing = ngx_rtc_ice_servers_init(&amcf->ice_servers);

    if (missing) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "api: %s", missing);
        return NGX_CONF_ERROR;
    }

    if (ngx_rtc_metrics_add(cf, NGX_RTC_METRICS_API, NGX_RTC_CERTS_MAX)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (amcf->thread_pool == NULL) {
        amcf->thread_pool = ngx_thread_pool_add(cf, NULL);
    }

    return amcf->thread_pool != NULL ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static void *
ngx_conf_api_create_loc_conf(ngx_conf_t *cf)
{
    ngx_conf_api_loc_conf_t  *alcf;

    alcf = ngx_pcalloc(cf->pool, sizeof(ngx_conf_api_loc_conf_t));
    if (alcf == NULL) {
        return NULL;
    }

#if (nginx_version >= 1021004)
    alcf->rtc_url = NGX_CONF_UNSET_PTR;
#endif
    alcf->join_life = NGX_CONF_UNSET;
    alcf->cookie_secure = NGX_CONF_UNSET_UINT;

    return alcf;
}


static char *
ngx_conf_api_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_conf_api_loc_conf_t  *prev = parent;
    ngx_conf_api_loc_conf_t  *conf = child;

    ngx_conf_merge_ptr_value(conf->rtc_url, prev->rtc_url, NULL);
    ngx_conf_merge_sec_value(conf->join_life, prev->join_life, 6 * 60 * 60);
    ngx_conf_merge_uint_value(conf->cookie_secure, prev->cookie_secure,
                              NGX_CONF_API_COOKIE_AUTO);

    return NGX_CONF_OK;
}


static char *
ngx_conf_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;
    ngx_conf_api_main_conf_t  *amcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_conf_api_handler;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_conf_api_module);
    amcf->used = 1;

    return NGX_CONF_OK;
}


static char *
ngx_conf_api_error(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_conf_api_error_handler;

    return NGX_CONF_OK;
}


static char *
ngx_conf_api_room_page(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_conf_api_loc_conf_t  *alcf = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_core_loc_conf_t  *clcf;
    ngx_conf_api_main_conf_t  *amcf;

    if (alcf->page.len != 0) {
        return "is duplicate";
    }

    value = cf->args->elts;
    alcf->page = value[1];

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "missing=", 8) == 0) {
            alcf->page_missing.data = value[i].data + 8;
            alcf->page_missing.len = value[i].len - 8;

        } else if (ngx_strncmp(value[i].data, "away=", 5) == 0) {
            alcf->page_away.data = value[i].data + 5;
            alcf->page_away.len = value[i].len - 5;

        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\"", &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_conf_api_page_handler;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_conf_api_module);
    amcf->used = 1;

    return NGX_CONF_OK;
}


static char *
ngx_conf_api_secret_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_conf_api_main_conf_t  *amcf = conf;

    ngx_str_t  *value;

    if (amcf->secret.len != 0) {
        return "is duplicate";
    }

    value = cf->args->elts;

    return ngx_rtc_secret_read_line(cf, &value[1], &amcf->secret) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_conf_api_key_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_conf_api_main_conf_t  *amcf = conf;

    ngx_str_t  *value;

    if (amcf->keys.nelts != 0) {
        return "is duplicate";
    }

    value = cf->args->elts;

    return ngx_rtc_secret_read_keys(cf, &value[1], &amcf->keys) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_conf_api_certificate_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_conf_api_main_conf_t  *amcf = conf;

    ngx_str_t  *value;

    if (amcf->certs_conf.file.len != 0) {
        return "is duplicate";
    }

    value = cf->args->elts;

    return ngx_rtc_secret_read(cf, &value[1], &amcf->certs_conf.file)
           == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_conf_api_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_conf_api_main_conf_t  *amcf = conf;

    ngx_str_t  *value;

    if (amcf->thread_pool != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    amcf->thread_pool = ngx_thread_pool_add(cf, &value[1]);

    return amcf->thread_pool != NULL ? NGX_CONF_OK : NGX_CONF_ERROR;
}
