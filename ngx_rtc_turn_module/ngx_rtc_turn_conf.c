
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_addr.h"
#include "ngx_rtc_secret.h"
#include "ngx_rtc_turn.h"
#include "ngx_rtc_turn_conf.h"


static ngx_int_t ngx_rtc_turn_add_net(ngx_conf_t *cf, rtc_turn_net_t *nets,
    size_t *n, ngx_str_t *text);
static ngx_int_t ngx_rtc_turn_addr(ngx_conf_t *cf, ngx_str_t text,
    rtc_addr_t *addr);
static ngx_int_t ngx_rtc_turn_addr_pair(ngx_conf_t *cf, ngx_str_t *text,
    rtc_addr_t *first, rtc_addr_t *second);
static char *ngx_rtc_turn_ports(ngx_conf_t *cf, ngx_uint_t *first,
    ngx_uint_t *last);
static ngx_int_t ngx_rtc_turn_read_files(ngx_conf_t *cf,
    ngx_rtc_turn_main_conf_t *tmcf);
static ngx_int_t ngx_rtc_turn_read_users(ngx_conf_t *cf,
    ngx_rtc_turn_main_conf_t *tmcf);
static const char *ngx_rtc_turn_check(ngx_rtc_turn_main_conf_t *tmcf);


char *
ngx_rtc_turn_peer_allow(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_turn_main_conf_t  *tmcf = conf;

    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;
    tmcf->peer_allow = 1;

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strcmp(value[i].data, "sfu") == 0) {
            tmcf->policy.sfu = 1;

        } else if (ngx_strcmp(value[i].data, "public") == 0) {
            tmcf->policy.public = 1;

        } else if (ngx_rtc_turn_add_net(cf, tmcf->policy.nets,
                                        &tmcf->policy.nnets, &value[i])
                   != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_rtc_turn_client_deny(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_turn_main_conf_t  *tmcf = conf;

    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_rtc_turn_add_net(cf, tmcf->client_deny, &tmcf->nclient_deny,
                                 &value[i])
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_rtc_turn_add_net(ngx_conf_t *cf, rtc_turn_net_t *nets, size_t *n,
    ngx_str_t *text)
{
    u_char      *slash, *last;
    ngx_int_t    bits;
    ngx_str_t    host;
    rtc_addr_t   addr;

    if (*n == RTC_TURN_NETS) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "more than %d networks", RTC_TURN_NETS);
        return NGX_ERROR;
    }

    last = text->data + text->len;
    slash = ngx_strlchr(text->data, last, '/');

    host = *text;
    host.len = slash ? (size_t) (slash - text->data) : text->len;

    if (ngx_rtc_turn_addr(cf, host, &addr) != NGX_OK) {
        return NGX_ERROR;
    }

    bits = slash ? ngx_atoi(slash + 1, last - slash - 1)
                 : (addr.family == AF_INET6 ? 128 : 32);

    if (rtc_turn_net_set(&nets[*n], &addr, (int) bits) != RTC_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid network \"%V\"",
                           text);
        return NGX_ERROR;
    }

    (*n)++;

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_addr(ngx_conf_t *cf, ngx_str_t text, rtc_addr_t *addr)
{
    ngx_addr_t  parsed;

    if (ngx_parse_addr(cf->pool, &parsed, text.data, text.len) != NGX_OK
        || ngx_rtc_addr_set(addr, parsed.sockaddr, RTC_UDP) != NGX_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid address \"%V\"",
                           &text);
        return NGX_ERROR;
    }

    addr->port = 0;

    return NGX_OK;
}


/* FIRST[=SECOND], of one family; without the second both are the first */

static ngx_int_t
ngx_rtc_turn_addr_pair(ngx_conf_t *cf, ngx_str_t *text, rtc_addr_t *first,
    rtc_addr_t *second)
{
    u_char     *equal, *last;
    ngx_str_t   part;

    last = text->data + text->len;
    equal = ngx_strlchr(text->data, last, '=');

    part = *text;
    part.len = equal ? (size_t) (equal - text->data) : text->len;

    if (ngx_rtc_turn_addr(cf, part, first) != NGX_OK) {
        return NGX_ERROR;
    }

    *second = *first;

    if (equal == NULL) {
        return NGX_OK;
    }

    part.data = equal + 1;
    part.len = last - part.data;

    if (ngx_rtc_turn_addr(cf, part, second) != NGX_OK) {
        return NGX_ERROR;
    }

    if (first->family != second->family) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" has addresses of two families", text);
        return NGX_ERROR;
    }

    return NGX_OK;
}


char *
ngx_rtc_turn_sfu_address(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_turn_main_conf_t  *tmcf = conf;

    ngx_str_t          *value;
    ngx_uint_t          i;
    rtc_turn_media_t   *media;
    rtc_turn_policy_t  *policy;

    value = cf->args->elts;
    policy = &tmcf->policy;

    for (i = 1; i < cf->args->nelts; i++) {

        if (policy->nmedia == RTC_TURN_MEDIA) {
            return "has too many addresses";
        }

        media = &policy->media[policy->nmedia++];

        if (ngx_rtc_turn_addr_pair(cf, &value[i], &media->advertised,
                                   &media->local)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_rtc_turn_sfu_ports(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_turn_main_conf_t  *tmcf = conf;

    char        *rv;
    ngx_uint_t   first, last;

    if (tmcf->policy.media_last) {
        return "is duplicate";
    }

    rv = ngx_rtc_turn_ports(cf, &first, &last);

    if (rv == NGX_CONF_OK) {
        tmcf->policy.media_first = (uint16_t) first;
        tmcf->policy.media_last = (uint16_t) last;
    }

    return rv;
}


char *
ngx_rtc_turn_relay_ports(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_turn_main_conf_t  *tmcf = conf;

    if (tmcf->relay_last) {
        return "is duplicate";
    }

    return ngx_rtc_turn_ports(cf, &tmcf->relay_first, &tmcf->relay_last);
}


static char *
ngx_rtc_turn_ports(ngx_conf_t *cf, ngx_uint_t *first, ngx_uint_t *last)
{
    u_char     *dash, *end;
    ngx_int_t   from, to;
    ngx_str_t  *value;

    value = cf->args->elts;
    end = value[1].data + value[1].len;
    dash = ngx_strlchr(value[1].data, end, '-');

    if (dash == NULL) {
        from = ngx_atoi(value[1].data, value[1].len);
        to = from;

    } else {
        from = ngx_atoi(value[1].data, dash - value[1].data);
        to = ngx_atoi(dash + 1, end - dash - 1);
    }

    if (from < 1 || to < from || to > 65535) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid port range \"%V\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    *first = from;
    *last = to;

    return NGX_CONF_OK;
}


char *
ngx_rtc_turn_relay_address(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_turn_main_conf_t  *tmcf = conf;

    ngx_str_t                  *value;
    ngx_uint_t                  i;
    ngx_rtc_turn_relay_addr_t   pair, *relay;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_rtc_turn_addr_pair(cf, &value[i], &pair.local, &pair.public)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }

        relay = &tmcf->relays[pair.local.family == AF_INET6];

        if (relay->local.family) {
            return "has two addresses of a family";
        }

        *relay = pair;
    }

    return NGX_CONF_OK;
}


char *
ngx_rtc_turn_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_rtc_turn_main_conf_t  *tmcf = conf;

    const char  *reason;
    ngx_str_t    loopback = ngx_string("127.0.0.1");

    ngx_conf_init_value(tmcf->max_allocations, 10000);
    ngx_conf_init_value(tmcf->max_user_allocations, 32);
    ngx_conf_init_value(tmcf->max_permissions, RTC_TURN_PERMISSIONS);
    ngx_conf_init_value(tmcf->max_channels, RTC_TURN_CHANNELS);
    ngx_conf_init_size_value(tmcf->max_rate, 0);
    ngx_conf_init_value(tmcf->max_lifetime, RTC_TURN_LIFETIME_MAX);
    ngx_conf_init_value(tmcf->challenge_rate, 10);
    ngx_conf_init_msec_value(tmcf->client_timeout, 30000);
    ngx_conf_init_value(tmcf->tcp_relay, 0);
    ngx_conf_init_value(tmcf->max_peer_connections, 16);

    if (ngx_rtc_turn_certificate_init_conf(cf, &tmcf->certificate)
        != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (tmcf->policy.media_last == 0) {
        tmcf->policy.media_first = 7882;
        tmcf->policy.media_last = 7945;
    }

    if (!tmcf->enabled) {
        return NGX_CONF_OK;
    }

    if (tmcf->realm.len == 0) {
        ngx_str_set(&tmcf->realm, "turn");
    }

    if (!tmcf->peer_allow) {
        tmcf->policy.sfu = 1;
    }

    if (tmcf->relay_last == 0) {
        tmcf->relay_first = 49152;
        tmcf->relay_last = 65535;
    }

    if (tmcf->relays[0].local.family == 0 && tmcf->relays[1].local.family == 0)
    {
        if (ngx_rtc_turn_addr_pair(cf, &loopback, &tmcf->relays[0].local,
                                   &tmcf->relays[0].public)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    tmcf->policy.relays[0] = tmcf->relays[0].public;
    tmcf->policy.relays[1] = tmcf->relays[1].public;
    tmcf->policy.relay_first = (uint16_t) tmcf->relay_first;
    tmcf->policy.relay_last = (uint16_t) tmcf->relay_last;

    reason = ngx_rtc_turn_check(tmcf);

    if (reason) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "turn: %s", reason);
        return NGX_CONF_ERROR;
    }

    if (ngx_rtc_turn_read_files(cf, tmcf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    tmcf->zone = ngx_rtc_turn_zone_add(cf);

    return tmcf->zone ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static const char *
ngx_rtc_turn_check(ngx_rtc_turn_main_conf_t *tmcf)
{
    if (tmcf->realm.len > RTC_TURN_REALM_MAX) {
        return "\"turn_realm\" is too long";
    }

    if (tmcf->secret_file.len == 0 && tmcf->user_file.len == 0) {
        return "\"turn\" needs \"turn_secret_file\" or \"turn_user_file\"";
    }

    if (tmcf->max_allocations < 1
        || tmcf->max_allocations > RTC_TURN_QUOTA_MAX)
    {
        return "\"turn_max_allocations\" must be 1 to 65536";
    }

    if (tmcf->max_permissions < 1
        || tmcf->max_permissions > RTC_TURN_PERMISSIONS
        || tmcf->max_channels < 1 || tmcf->max_channels > RTC_TURN_CHANNELS)
    {
        return "\"turn_max_permissions\" and \"turn_max_channels\" must be "
               "1 to 48";
    }

    if (tmcf->max_peer_connections < 1
        || tmcf->max_peer_connections > RTC_TURN_CONNS)
    {
        return "\"turn_max_peer_connections\" must be 1 to 64";
    }

    if (tmcf->max_lifetime < RTC_TURN_LIFETIME
        || tmcf->max_lifetime > RTC_TURN_LIFETIME_MAX)
    {
        return "\"turn_max_lifetime\" must be 10m to 1h";
    }

    return NULL;
}


static ngx_int_t
ngx_rtc_turn_read_files(ngx_conf_t *cf, ngx_rtc_turn_main_conf_t *tmcf)
{
    ngx_str_t  text;

    tmcf->auth.realm.data = tmcf->realm.data;
    tmcf->auth.realm.len = tmcf->realm.len;

    if (tmcf->secret_file.len) {

        if (ngx_rtc_secret_read(cf, &tmcf->secret_file, &text) != NGX_OK) {
            return NGX_ERROR;
        }

        if (rtc_turn_parse_secrets(&tmcf->auth.secrets, text.data, text.len)
            != RTC_OK)
        {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"%V\" must have 1 to %d secrets, a line each",
                          &tmcf->secret_file, RTC_TURN_SECRETS);
            return NGX_ERROR;
        }
    }

    return tmcf->user_file.len ? ngx_rtc_turn_read_users(cf, tmcf) : NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_read_users(ngx_conf_t *cf, ngx_rtc_turn_main_conf_t *tmcf)
{
    ssize_t           n;
    ngx_str_t         text;
    rtc_turn_user_t  *users;

    if (ngx_rtc_secret_read(cf, &tmcf->user_file, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    n = rtc_turn_parse_users(NULL, tmcf->auth.realm, text.data, text.len);

    if (n <= 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"%V\" must have a line NAME:PASSWORD for each user",
                      &tmcf->user_file);
        return NGX_ERROR;
    }

    users = ngx_palloc(cf->pool, n * sizeof(rtc_turn_user_t));
    if (users == NULL) {
        return NGX_ERROR;
    }

    if (rtc_turn_parse_users(users, tmcf->auth.realm, text.data, text.len)
        != n)
    {
        return NGX_ERROR;
    }

    tmcf->auth.users = users;
    tmcf->auth.nusers = (size_t) n;

    return NGX_OK;
}


/* datagrams of a client have to come to one worker */

ngx_int_t
ngx_rtc_turn_postconfiguration(ngx_conf_t *cf)
{
    ngx_uint_t                    i;
    ngx_core_conf_t              *ccf;
    ngx_stream_listen_t          *listen;
    ngx_rtc_turn_srv_conf_t      *tscf;
    ngx_stream_core_main_conf_t  *cmcf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cf->cycle->conf_ctx,
                                           ngx_core_module);
    cmcf = ngx_stream_conf_get_module_main_conf(cf, ngx_stream_core_module);

    listen = cmcf->listen.elts;

    for (i = 0; i < cmcf->listen.nelts; i++) {

        tscf = listen[i].ctx->srv_conf[ngx_rtc_turn_module.ctx_index];

        if (listen[i].type == SOCK_DGRAM && tscf->enable == 1
            && !listen[i].reuseport && ccf->worker_processes != 1)
        {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"listen ... udp\" of a \"turn\" server needs "
                          "\"reuseport\" with several workers");
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
