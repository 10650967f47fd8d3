
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_certs.h"
#include "ngx_rtc_watch.h"
#include "rtc_cert.h"
#include "rtc_keys.h"


struct ngx_rtc_certs_s {
    ngx_log_t                   *log;
    const ngx_rtc_certs_conf_t  *conf;
    void                        *data;

    ngx_rtc_watch_t             *watch;
    uint8_t                      seal[RTC_SEAL_KEY];

    ngx_pool_t                  *pool;          /* of elts, NULL at first */
    ngx_rtc_cert_t              *elts;
    ngx_uint_t                   nelts;
    ngx_rtc_cert_t               file;
};


static void ngx_rtc_certs_changed(void *data,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_rtc_certs_read(ngx_rtc_certs_t *certs,
    const ngx_rtc_redis_reply_t *reply, ngx_pool_t *pool);
static ngx_int_t ngx_rtc_certs_open(ngx_rtc_certs_t *certs, ngx_pool_t *pool,
    ngx_str_t *name, ngx_str_t *record, ngx_rtc_cert_t *cert);
static ngx_int_t ngx_rtc_certs_copy(ngx_pool_t *pool, ngx_str_t *dst,
    const char *text);
static void ngx_rtc_certs_forget(ngx_rtc_certs_t *certs);


static const ngx_rtc_watch_conf_t  ngx_rtc_certs_watch = {
    ngx_string(RTC_KEY_CERTS),
    2, { ngx_string("HGETALL"), ngx_string(RTC_KEY_CERTS) },
    ngx_rtc_certs_changed
};


ngx_rtc_certs_t *
ngx_rtc_certs_create(ngx_rtc_redis_t *redis, ngx_log_t *log,
    const ngx_rtc_certs_conf_t *conf, void *data)
{
    rtc_str_t         secret;
    ngx_rtc_certs_t  *certs;

    certs = ngx_calloc(sizeof(ngx_rtc_certs_t), log);
    if (certs == NULL) {
        return NULL;
    }

    certs->log = log;
    certs->conf = conf;
    certs->data = data;

    certs->file.chain = conf->file;
    certs->file.key = conf->file;

    secret.data = conf->secret.data;
    secret.len = conf->secret.len;

    if (rtc_seal_key(certs->seal, secret) != RTC_OK) {
        ngx_free(certs);
        return NULL;
    }

    certs->watch = ngx_rtc_watch_create(redis, log, &ngx_rtc_certs_watch,
                                        certs);
    if (certs->watch == NULL) {
        ngx_free(certs);
        return NULL;
    }

    return certs;
}


void
ngx_rtc_certs_destroy(ngx_rtc_certs_t *certs)
{
    ngx_rtc_watch_destroy(certs->watch);
    ngx_rtc_certs_forget(certs);

    ngx_explicit_memzero(certs->seal, sizeof(certs->seal));
    ngx_free(certs);
}


static void
ngx_rtc_certs_changed(void *data, const ngx_rtc_redis_reply_t *reply)
{
    ngx_pool_t       *pool;
    ngx_rtc_certs_t  *certs = data;

    pool = ngx_create_pool(4096, certs->log);
    if (pool == NULL) {
        return;
    }

    if (ngx_rtc_certs_read(certs, reply, pool) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, certs->log, 0,
                      "certificates of Redis cannot be read");
        ngx_destroy_pool(pool);
        return;
    }

    if (certs->conf->changed) {
        certs->conf->changed(certs->data);
    }
}


static ngx_int_t
ngx_rtc_certs_read(ngx_rtc_certs_t *certs, const ngx_rtc_redis_reply_t *reply,
    ngx_pool_t *pool)
{
    ngx_str_t        name, record;
    ngx_uint_t       i, n;
    ngx_rtc_cert_t  *cert;
    ngx_array_t      all;

    if (!ngx_rtc_redis_reply_is_array(reply)
        || ngx_array_init(&all, pool, 4, sizeof(ngx_rtc_cert_t)) != NGX_OK)
    {
        return NGX_ERROR;
    }

    n = ngx_min(ngx_rtc_redis_reply_nelts(reply), 2 * NGX_RTC_CERTS_MAX);

    for (i = 0; i + 1 < n; i += 2) {

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, i),
                                       &name) != NGX_OK
            || ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply,
                                                                  i + 1),
                                          &record) != NGX_OK)
        {
            return NGX_ERROR;
        }

        cert = ngx_array_push(&all);

        if (cert == NULL) {
            return NGX_ERROR;
        }

        switch (ngx_rtc_certs_open(certs, pool, &name, &record, cert)) {

        case NGX_OK:
            break;

        case NGX_DECLINED:
            ngx_log_error(NGX_LOG_ERR, certs->log, 0,
                          "certificate of \"%V\" in Redis is damaged, or of "
                          "another secret", &name);
            all.nelts--;
            break;

        default:
            return NGX_ERROR;
        }
    }

    ngx_rtc_certs_forget(certs);

    certs->pool = pool;
    certs->elts = all.elts;
    certs->nelts = all.nelts;

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_certs_open(ngx_rtc_certs_t *certs, ngx_pool_t *pool, ngx_str_t *name,
    ngx_str_t *record, ngx_rtc_cert_t *cert)
{
    ngx_int_t   rc;
    rtc_str_t   text;
    rtc_cert_t  opened;

    text.data = record->data;
    text.len = record->len;

    if (rtc_cert_open(&opened, text, certs->seal) != RTC_OK) {
        return NGX_DECLINED;
    }

    cert->not_after = (time_t) opened.not_after;
    cert->name.len = name->len;
    cert->name.data = ngx_pstrdup(pool, name);

    rc = NGX_ERROR;

    if (cert->name.data != NULL
        && ngx_rtc_certs_copy(pool, &cert->chain, opened.chain) == NGX_OK
        && ngx_rtc_certs_copy(pool, &cert->key, opened.key) == NGX_OK)
    {
        ngx_strlow(cert->name.data, cert->name.data, cert->name.len);
        rc = NGX_OK;
    }

    rtc_cert_free(&opened);

    return rc;
}


static ngx_int_t
ngx_rtc_certs_copy(ngx_pool_t *pool, ngx_str_t *dst, const char *text)
{
    ngx_str_t  src;

    src.data = (u_char *) text;
    src.len = ngx_strlen(text);

    dst->len = src.len;
    dst->data = ngx_pstrdup(pool, &src);

    return dst->data != NULL ? NGX_OK : NGX_ERROR;
}


static void
ngx_rtc_certs_forget(ngx_rtc_certs_t *certs)
{
    ngx_uint_t  i;

    for (i = 0; i < certs->nelts; i++) {
        ngx_explicit_memzero(certs->elts[i].key.data, certs->elts[i].key.len);
    }

    if (certs->pool != NULL) {
        ngx_destroy_pool(certs->pool);
    }

    certs->pool = NULL;
    certs->elts = NULL;
    certs->nelts = 0;
}


const ngx_rtc_cert_t *
ngx_rtc_certs_find(ngx_rtc_certs_t *certs, ngx_connection_t *c)
{
    size_t           len;
    ngx_uint_t       i;
    const char      *name;
    ngx_rtc_cert_t  *cert;

    name = SSL_get_servername(c->ssl->connection, TLSEXT_NAMETYPE_host_name);
    len = name ? ngx_strlen(name) : 0;

    for (i = 0; i < certs->nelts; i++) {
        cert = &certs->elts[i];

        if (cert->name.len == len
            && ngx_strncasecmp(cert->name.data, (u_char *) name, len) == 0)
        {
            return cert;
        }
    }

    return certs->file.chain.len ? &certs->file : NULL;
}


const ngx_rtc_cert_t *
ngx_rtc_certs_all(ngx_rtc_certs_t *certs, ngx_uint_t *n)
{
    *n = certs->nelts;

    return certs->elts;
}
