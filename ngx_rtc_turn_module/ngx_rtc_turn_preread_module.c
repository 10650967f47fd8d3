
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One port for all: looks at what a connection begins with, so that a map can
 * tell where it goes.  Works beside ssl_preread and behind TLS.
 */


#include "ngx_rtc_turn.h"
#include "rtc_turn_preread.h"


typedef struct {
    ngx_flag_t      enabled;
} ngx_rtc_turn_preread_srv_conf_t;


static ngx_int_t ngx_rtc_turn_preread_handler(ngx_stream_session_t *s);
static ngx_int_t ngx_rtc_turn_preread_protocol_variable(
    ngx_stream_session_t *s, ngx_stream_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_rtc_turn_preread_port_variable(ngx_stream_session_t *s,
    ngx_stream_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_rtc_turn_preread_add_variables(ngx_conf_t *cf);
static void *ngx_rtc_turn_preread_create_srv_conf(ngx_conf_t *cf);
static char *ngx_rtc_turn_preread_merge_srv_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_rtc_turn_preread_init(ngx_conf_t *cf);


static ngx_command_t  ngx_rtc_turn_preread_commands[] = {

    /* sets the variables below before the connection is served */

    { ngx_string("turn_preread"),
      NGX_STREAM_MAIN_CONF|NGX_STREAM_SRV_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_STREAM_SRV_CONF_OFFSET,
      offsetof(ngx_rtc_turn_preread_srv_conf_t, enabled),
      NULL },

      ngx_null_command
};


static ngx_stream_module_t  ngx_rtc_turn_preread_module_ctx = {
    ngx_rtc_turn_preread_add_variables,    /* preconfiguration */
    ngx_rtc_turn_preread_init,             /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    ngx_rtc_turn_preread_create_srv_conf,  /* create server configuration */
    ngx_rtc_turn_preread_merge_srv_conf    /* merge server configuration */
};


ngx_module_t  ngx_rtc_turn_preread_module = {
    NGX_MODULE_V1,
    &ngx_rtc_turn_preread_module_ctx,      /* module context */
    ngx_rtc_turn_preread_commands,         /* module directives */
    NGX_STREAM_MODULE,                     /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_stream_variable_t  ngx_rtc_turn_preread_variables[] = {

    /* "stun", "ice", or empty: something else */

    { ngx_string("turn_preread_protocol"), NULL,
      ngx_rtc_turn_preread_protocol_variable, 0, 0, 0 },

    /* the media port that a check is for, if it is one of the SFU */

    { ngx_string("turn_preread_port"), NULL,
      ngx_rtc_turn_preread_port_variable, 0, 0, 0 },

      ngx_stream_null_variable
};


static ngx_int_t
ngx_rtc_turn_preread_handler(ngx_stream_session_t *s)
{
    ngx_int_t                         rc;
    ngx_connection_t                 *c;
    rtc_turn_preread_t                pre, *ctx;
    ngx_rtc_turn_preread_srv_conf_t  *pscf;

    c = s->connection;
    pscf = ngx_stream_get_module_srv_conf(s, ngx_rtc_turn_preread_module);

    if (!pscf->enabled || c->type != SOCK_STREAM) {
        return NGX_DECLINED;
    }

    if (c->buffer == NULL) {
        return NGX_AGAIN;
    }

    rc = rtc_turn_preread(c->buffer->pos, c->buffer->last - c->buffer->pos,
                          &pre);

    if (rc != NGX_OK) {

        /* NGX_DECLINED: others in this phase may know what it is */

        return rc;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_STREAM, c->log, 0,
                   "turn preread: protocol:%ui port:%ui",
                   (ngx_uint_t) pre.protocol, (ngx_uint_t) pre.port);

    ctx = ngx_palloc(c->pool, sizeof(rtc_turn_preread_t));
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    *ctx = pre;

    ngx_stream_set_ctx(s, ctx, ngx_rtc_turn_preread_module);

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_preread_protocol_variable(ngx_stream_session_t *s,
    ngx_stream_variable_value_t *v, uintptr_t data)
{
    ngx_str_t            name;
    rtc_turn_preread_t  *ctx;

    ctx = ngx_stream_get_module_ctx(s, ngx_rtc_turn_preread_module);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    if (ctx->protocol == RTC_TURN_PREREAD_ICE) {
        ngx_str_set(&name, "ice");

    } else {
        ngx_str_set(&name, "stun");
    }

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->len = name.len;
    v->data = name.data;

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_preread_port_variable(ngx_stream_session_t *s,
    ngx_stream_variable_value_t *v, uintptr_t data)
{
    u_char                    *p;
    rtc_turn_preread_t        *ctx;
    ngx_rtc_turn_main_conf_t  *tmcf;

    ctx = ngx_stream_get_module_ctx(s, ngx_rtc_turn_preread_module);
    tmcf = ngx_stream_get_module_main_conf(s, ngx_rtc_turn_module);

    /* it is the client's word: it leads to the SFU and to nobody else */

    if (ctx == NULL || ctx->port < tmcf->policy.media_first
        || ctx->port > tmcf->policy.media_last)
    {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(s->connection->pool, sizeof("65535") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->len = ngx_sprintf(p, "%ui", (ngx_uint_t) ctx->port) - p;
    v->data = p;

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_preread_add_variables(ngx_conf_t *cf)
{
    ngx_stream_variable_t  *var, *v;

    for (v = ngx_rtc_turn_preread_variables; v->name.len; v++) {

        var = ngx_stream_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static void *
ngx_rtc_turn_preread_create_srv_conf(ngx_conf_t *cf)
{
    ngx_rtc_turn_preread_srv_conf_t  *pscf;

    pscf = ngx_palloc(cf->pool, sizeof(ngx_rtc_turn_preread_srv_conf_t));
    if (pscf == NULL) {
        return NULL;
    }

    pscf->enabled = NGX_CONF_UNSET;

    return pscf;
}


static char *
ngx_rtc_turn_preread_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_rtc_turn_preread_srv_conf_t  *prev = parent;
    ngx_rtc_turn_preread_srv_conf_t  *conf = child;

    ngx_conf_merge_value(conf->enabled, prev->enabled, 0);

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_rtc_turn_preread_init(ngx_conf_t *cf)
{
    ngx_stream_handler_pt        *h;
    ngx_stream_core_main_conf_t  *cmcf;

    cmcf = ngx_stream_conf_get_module_main_conf(cf, ngx_stream_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_STREAM_PREREAD_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_rtc_turn_preread_handler;

    return NGX_OK;
}
