
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_ice_servers.h"
#include "ngx_rtc_secret.h"
#include "rtc_turn_cred.h"


#define NGX_RTC_ICE_SERVERS_LIFE  86400


static ngx_uint_t ngx_rtc_ice_servers_is_url(ngx_str_t *url);


/* they stand in headers and JSON as they are: no quotes, blanks, brackets */

static ngx_uint_t
ngx_rtc_ice_servers_is_url(ngx_str_t *url)
{
    size_t  i;
    u_char  ch;

    if (ngx_strncmp(url->data, "turn:", 5) != 0
        && ngx_strncmp(url->data, "turns:", 6) != 0
        && ngx_strncmp(url->data, "stun:", 5) != 0
        && ngx_strncmp(url->data, "stuns:", 6) != 0)
    {
        return 0;
    }

    for (i = 0; i < url->len; i++) {
        ch = url->data[i];

        if (ch <= ' ' || ch >= 0x7f || ch == '"' || ch == '<' || ch == '>'
            || ch == '\\')
        {
            return 0;
        }
    }

    return 1;
}


char *
ngx_rtc_ice_servers_urls(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_str_t              *value, *url;
    ngx_uint_t              i;
    ngx_rtc_ice_servers_t  *servers;

    servers = (ngx_rtc_ice_servers_t *) (p + cmd->offset);

    if (servers->urls) {
        return "is duplicate";
    }

    servers->urls = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
    if (servers->urls == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (!ngx_rtc_ice_servers_is_url(&value[i])) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is no URL of TURN or STUN", &value[i]);
            return NGX_CONF_ERROR;
        }

        url = ngx_array_push(servers->urls);
        if (url == NULL) {
            return NGX_CONF_ERROR;
        }

        /* words of the configuration are terminated */

        *url = value[i];
    }

    return NGX_CONF_OK;
}


char *
ngx_rtc_ice_servers_secret(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_str_t              *value, text;
    rtc_turn_secrets_t      secrets;
    ngx_rtc_ice_servers_t  *servers;

    servers = (ngx_rtc_ice_servers_t *) (p + cmd->offset);

    if (servers->secret.len) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_rtc_secret_read(cf, &value[1], &text) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (rtc_turn_parse_secrets(&secrets, text.data, text.len) != RTC_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" must have 1 to %d secrets, a line each",
                           &value[1], RTC_TURN_SECRETS);
        return NGX_CONF_ERROR;
    }

    servers->secret.data = (u_char *) secrets.elts[0].data;
    servers->secret.len = secrets.elts[0].len;

    return NGX_CONF_OK;
}


const char *
ngx_rtc_ice_servers_init(ngx_rtc_ice_servers_t *servers)
{
    ngx_conf_init_value(servers->life, NGX_RTC_ICE_SERVERS_LIFE);

    if ((servers->urls == NULL) != (servers->secret.len == 0)) {
        return "URLs of TURN and the file of its secrets belong together";
    }

    return NULL;
}


ngx_int_t
ngx_rtc_ice_servers_credentials(ngx_pool_t *pool,
    const ngx_rtc_ice_servers_t *servers, const u_char *identity, size_t len,
    ngx_str_t *user, ngx_str_t *password)
{
    rtc_str_t        id, secret;
    rtc_turn_cred_t  cred;

    if (servers->urls == NULL) {
        return NGX_DECLINED;
    }

    id.data = identity;
    id.len = len;
    secret.data = servers->secret.data;
    secret.len = servers->secret.len;

    if (rtc_turn_cred_make(&cred, secret, id,
                           (uint64_t) (ngx_time() + servers->life))
        != RTC_OK)
    {
        return NGX_ERROR;
    }

    user->len = cred.user_len;
    user->data = ngx_pnalloc(pool, user->len + 1);

    password->len = RTC_TURN_PASSWORD_LEN;
    password->data = ngx_pnalloc(pool, password->len + 1);

    if (user->data == NULL || password->data == NULL) {
        return NGX_ERROR;
    }

    *ngx_cpymem(user->data, cred.user, user->len) = '\0';
    *ngx_cpymem(password->data, cred.password, password->len) = '\0';

    return NGX_OK;
}
