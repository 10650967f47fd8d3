
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The address of a Redis server as a directive.  The address is never
 * repeated in an error message: there may be a password in it.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_redis_internal.h"


#define NGX_RTC_REDIS_PORT     6379
#define NGX_RTC_SENTINEL_PORT  26379
#define NGX_RTC_REDIS_MAX_DB   65535


static char *ngx_rtc_redis_parse_tcp(ngx_conf_t *cf,
    ngx_rtc_redis_conf_t *rcf, ngx_str_t *url);
static char *ngx_rtc_redis_parse_unix(ngx_conf_t *cf,
    ngx_rtc_redis_conf_t *rcf, ngx_str_t *url);
static char *ngx_rtc_redis_parse_sentinel(ngx_conf_t *cf,
    ngx_rtc_redis_conf_t *rcf, ngx_str_t *url);
static char *ngx_rtc_redis_parse_userinfo(ngx_conf_t *cf,
    ngx_rtc_redis_conf_t *rcf, ngx_str_t *url);
static char *ngx_rtc_redis_parse_query(ngx_conf_t *cf,
    ngx_rtc_redis_conf_t *rcf, ngx_str_t *url);
static char *ngx_rtc_redis_parse_db(ngx_rtc_redis_conf_t *rcf, ngx_str_t *db);
static char *ngx_rtc_redis_add_host(ngx_conf_t *cf,
    ngx_rtc_redis_conf_t *rcf, ngx_str_t *host, in_port_t port);
static ngx_uint_t ngx_rtc_redis_cut(ngx_str_t *s, u_char ch, ngx_str_t *rest);
static char *ngx_rtc_redis_decode(ngx_conf_t *cf, ngx_str_t *value,
    ngx_str_t *s);


static const struct {
    ngx_str_t   scheme;
    char     *(*parse)(ngx_conf_t *cf, ngx_rtc_redis_conf_t *rcf,
        ngx_str_t *url);
} ngx_rtc_redis_schemes[] = {

    { ngx_string("redis://"), ngx_rtc_redis_parse_tcp },
    { ngx_string("unix:"), ngx_rtc_redis_parse_unix },
    { ngx_string("sentinel://"), ngx_rtc_redis_parse_sentinel },

    { ngx_null_string, NULL }
};


char *
ngx_rtc_redis_set_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    char                   *reason;
    ngx_str_t              *value, url;
    ngx_uint_t              i;
    const ngx_str_t        *scheme;
    ngx_rtc_redis_conf_t  **rcfp, *rcf;

    rcfp = (ngx_rtc_redis_conf_t **) (p + cmd->offset);

    if (*rcfp != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    rcf = ngx_pcalloc(cf->pool, sizeof(ngx_rtc_redis_conf_t));
    if (rcf == NULL) {
        return NGX_CONF_ERROR;
    }

    if (ngx_array_init(&rcf->addrs, cf->pool, 2, sizeof(ngx_rtc_redis_addr_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;
    reason = "unknown scheme";

    for (i = 0; ngx_rtc_redis_schemes[i].scheme.len; i++) {
        scheme = &ngx_rtc_redis_schemes[i].scheme;

        if (value[1].len < scheme->len
            || ngx_strncmp(value[1].data, scheme->data, scheme->len) != 0)
        {
            continue;
        }

        url.data = value[1].data + scheme->len;
        url.len = value[1].len - scheme->len;

        reason = ngx_rtc_redis_parse_query(cf, rcf, &url);

        if (reason == NGX_CONF_OK) {
            reason = ngx_rtc_redis_schemes[i].parse(cf, rcf, &url);
        }

        break;
    }

    if (reason == NGX_CONF_OK && rcf->user.len && rcf->password.len == 0) {
        reason = "user without password";
    }

    if (reason != NGX_CONF_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s in \"%V\" address",
                           reason, &cmd->name);
        return NGX_CONF_ERROR;
    }

    *rcfp = rcf;

    return NGX_CONF_OK;
}


/* [[user]:password@]host[:port][/db] */

static char *
ngx_rtc_redis_parse_tcp(ngx_conf_t *cf, ngx_rtc_redis_conf_t *rcf,
    ngx_str_t *url)
{
    char       *reason;
    ngx_str_t   db;

    reason = ngx_rtc_redis_parse_userinfo(cf, rcf, url);
    if (reason != NGX_CONF_OK) {
        return reason;
    }

    if (ngx_rtc_redis_cut(url, '/', &db)) {
        reason = ngx_rtc_redis_parse_db(rcf, &db);
        if (reason != NGX_CONF_OK) {
            return reason;
        }
    }

    return ngx_rtc_redis_add_host(cf, rcf, url, NGX_RTC_REDIS_PORT);
}


/* /path, the rest is in the query */

static char *
ngx_rtc_redis_parse_unix(ngx_conf_t *cf, ngx_rtc_redis_conf_t *rcf,
    ngx_str_t *url)
{
    ngx_rtc_redis_addr_t  *addr;

    if (url->len == 0 || url->data[0] != '/') {
        return "no absolute path";
    }

    if (url->len >= sizeof(((struct sockaddr_un *) 0)->sun_path)) {
        return "too long path";
    }

    addr = ngx_array_push(&rcf->addrs);
    if (addr == NULL) {
        return "no memory";
    }

    ngx_memzero(addr, sizeof(ngx_rtc_redis_addr_t));
    ngx_memcpy(addr->host, url->data, url->len);

    return NGX_CONF_OK;
}


/* [[user]:password@]host[:port][,host[:port] ...]/name[/db] */

static char *
ngx_rtc_redis_parse_sentinel(ngx_conf_t *cf, ngx_rtc_redis_conf_t *rcf,
    ngx_str_t *url)
{
    char       *reason;
    ngx_str_t   host, rest, db;

    reason = ngx_rtc_redis_parse_userinfo(cf, rcf, url);
    if (reason != NGX_CONF_OK) {
        return reason;
    }

    if (!ngx_rtc_redis_cut(url, '/', &rcf->primary)) {
        return "no name of a primary";
    }

    if (ngx_rtc_redis_cut(&rcf->primary, '/', &db)) {
        reason = ngx_rtc_redis_parse_db(rcf, &db);
        if (reason != NGX_CONF_OK) {
            return reason;
        }
    }

    if (rcf->primary.len == 0) {
        return "no name of a primary";
    }

    host = *url;

    while (ngx_rtc_redis_cut(&host, ',', &rest)) {
        reason = ngx_rtc_redis_add_host(cf, rcf, &host,
                                        NGX_RTC_SENTINEL_PORT);
        if (reason != NGX_CONF_OK) {
            return reason;
        }

        host = rest;
    }

    return ngx_rtc_redis_add_host(cf, rcf, &host,
                                  NGX_RTC_SENTINEL_PORT);
}


/* cuts "[user]:password@" off; only the last "@" can be the separator */

static char *
ngx_rtc_redis_parse_userinfo(ngx_conf_t *cf, ngx_rtc_redis_conf_t *rcf,
    ngx_str_t *url)
{
    u_char     *p;
    ngx_str_t   user, password;

    for (p = url->data + url->len; p > url->data; p--) {
        if (p[-1] == '@') {
            break;
        }
    }

    if (p == url->data) {
        return NGX_CONF_OK;
    }

    user.data = url->data;
    user.len = p - 1 - url->data;

    url->len -= p - url->data;
    url->data = p;

    if (!ngx_rtc_redis_cut(&user, ':', &password)) {
        return "no password before \"@\"";
    }

    if (ngx_rtc_redis_decode(cf, &rcf->user, &user) != NGX_CONF_OK) {
        return "no memory";
    }

    return ngx_rtc_redis_decode(cf, &rcf->password, &password);
}


/* cuts "?name=value&..." off */

static char *
ngx_rtc_redis_parse_query(ngx_conf_t *cf, ngx_rtc_redis_conf_t *rcf,
    ngx_str_t *url)
{
    char       *reason;
    ngx_str_t   arg, value, next;
    ngx_uint_t  more;

    ngx_str_null(&next);

    more = ngx_rtc_redis_cut(url, '?', &next);

    while (more) {
        arg = next;
        more = ngx_rtc_redis_cut(&arg, '&', &next);

        if (!ngx_rtc_redis_cut(&arg, '=', &value)) {
            return "argument without value";
        }

        if (arg.len == 2 && ngx_strncmp(arg.data, "db", 2) == 0) {
            reason = ngx_rtc_redis_parse_db(rcf, &value);

        } else if (arg.len == 4 && ngx_strncmp(arg.data, "user", 4) == 0) {
            reason = ngx_rtc_redis_decode(cf, &rcf->user, &value);

        } else if (arg.len == 8 && ngx_strncmp(arg.data, "password", 8) == 0) {
            reason = ngx_rtc_redis_decode(cf, &rcf->password, &value);

        } else if (arg.len == 17
                   && ngx_strncmp(arg.data, "sentinel_password", 17) == 0)
        {
            reason = ngx_rtc_redis_decode(cf, &rcf->sentinel_password, &value);

        } else {
            reason = "unknown argument";
        }

        if (reason != NGX_CONF_OK) {
            return reason;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_rtc_redis_parse_db(ngx_rtc_redis_conf_t *rcf, ngx_str_t *db)
{
    ngx_int_t  n;

    if (db->len == 0) {
        return NGX_CONF_OK;
    }

    n = ngx_atoi(db->data, db->len);

    if (n == NGX_ERROR || n > NGX_RTC_REDIS_MAX_DB) {
        return "invalid database number";
    }

    if (n > 0) {
        rcf->db = *db;
    }

    return NGX_CONF_OK;
}


/* every address of the name is one to try */

static char *
ngx_rtc_redis_add_host(ngx_conf_t *cf, ngx_rtc_redis_conf_t *rcf,
    ngx_str_t *host, in_port_t port)
{
    size_t                 n;
    ngx_url_t              u;
    ngx_uint_t             i;
    ngx_rtc_redis_addr_t  *addr;

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = *host;
    u.default_port = port;

    if (ngx_parse_url(cf->pool, &u) != NGX_OK) {
        return u.err ? u.err : "invalid host";
    }

    for (i = 0; i < u.naddrs; i++) {
        addr = ngx_array_push(&rcf->addrs);
        if (addr == NULL) {
            return "no memory";
        }

        n = ngx_sock_ntop(u.addrs[i].sockaddr, u.addrs[i].socklen,
                          (u_char *) addr->host, sizeof(addr->host) - 1, 0);

        addr->host[n] = '\0';
        addr->port = ngx_inet_get_port(u.addrs[i].sockaddr);

        if (addr->port == 0) {
            return "invalid port";
        }
    }

    return u.naddrs ? NGX_CONF_OK : "no address of the host";
}


/* s ends before the first ch, rest begins behind it */

static ngx_uint_t
ngx_rtc_redis_cut(ngx_str_t *s, u_char ch, ngx_str_t *rest)
{
    u_char  *p;

    p = ngx_strlchr(s->data, s->data + s->len, ch);
    if (p == NULL) {
        return 0;
    }

    rest->data = p + 1;
    rest->len = s->data + s->len - rest->data;
    s->len = p - s->data;

    return 1;
}


static char *
ngx_rtc_redis_decode(ngx_conf_t *cf, ngx_str_t *value, ngx_str_t *s)
{
    u_char  *dst, *src;

    value->data = ngx_pnalloc(cf->pool, s->len ? s->len : 1);
    if (value->data == NULL) {
        return "no memory";
    }

    dst = value->data;
    src = s->data;

    ngx_unescape_uri(&dst, &src, s->len, 0);

    value->len = dst - value->data;

    return NGX_CONF_OK;
}
