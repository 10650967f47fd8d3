
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_keys.h"
#include "rtc_crypto.h"


#define NGX_RTC_KEYS_ALNUM                                                    \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


/* as LiveKit makes them */

#define NGX_RTC_KEYS_PREFIX  "API"

#define NGX_RTC_KEYS_NAME_RANDOM    12
#define NGX_RTC_KEYS_SECRET_RANDOM  43


static ngx_uint_t ngx_rtc_keys_seen(ngx_rtc_keys_t *keys,
    const ngx_rtc_redis_reply_t *name, const ngx_rtc_redis_reply_t *sealed);
static ngx_int_t ngx_rtc_keys_random(u_char *p, size_t len);


ngx_int_t
ngx_rtc_keys_init(ngx_rtc_keys_t *keys, const rtc_jwt_keys_t *file,
    const ngx_str_t *secret, ngx_log_t *log)
{
    rtc_str_t  s;

    keys->file = file;
    keys->log = log;

    s.data = secret->data;
    s.len = secret->len;

    return rtc_seal_key(keys->seal, s) == RTC_OK ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_rtc_keys_read(ngx_rtc_keys_t *keys, const ngx_rtc_redis_reply_t *name,
    const ngx_rtc_redis_reply_t *sealed)
{
    ngx_int_t            rc;
    ngx_rtc_keys_pair_t  pair;

    /* other settings change as well, and an error is told once */

    if (ngx_rtc_keys_seen(keys, name, sealed) && keys->known) {
        return NGX_DECLINED;
    }

    rc = ngx_rtc_keys_open(keys, &pair, name, sealed);

    keys->known = 1;
    keys->set.nelts = 0;

    if (rc == NGX_OK) {
        keys->pair = pair;

        keys->set.elts[0].name.data = keys->pair.name;
        keys->set.elts[0].name.len = keys->pair.name_len;
        keys->set.elts[0].secret.data = keys->pair.secret;
        keys->set.elts[0].secret.len = keys->pair.secret_len;
        keys->set.nelts = 1;

    } else if (rc == NGX_ERROR) {
        ngx_log_error(NGX_LOG_ERR, keys->log, 0,
                      "the LiveKit key in Redis was sealed with another "
                      "secret, the key file's stay valid");
    }

    ngx_explicit_memzero(&pair, sizeof(ngx_rtc_keys_pair_t));

    return NGX_OK;
}


/* whether it is what was seen last; remembers it */

static ngx_uint_t
ngx_rtc_keys_seen(ngx_rtc_keys_t *keys, const ngx_rtc_redis_reply_t *name,
    const ngx_rtc_redis_reply_t *sealed)
{
    size_t     len;
    u_char     text[sizeof(keys->seen)];
    ngx_str_t  n, s;

    if (ngx_rtc_redis_reply_string(name, &n) != NGX_OK) {
        ngx_str_null(&n);
    }

    if (ngx_rtc_redis_reply_string(sealed, &s) != NGX_OK) {
        ngx_str_null(&s);
    }

    len = ngx_snprintf(text, sizeof(text), "%V:%V", &n, &s) - text;

    if (len == keys->seen_len && ngx_memcmp(text, keys->seen, len) == 0) {
        return 1;
    }

    ngx_memcpy(keys->seen, text, len);
    keys->seen_len = len;

    return 0;
}


const rtc_jwt_keys_t *
ngx_rtc_keys_get(ngx_rtc_keys_t *keys)
{
    if (!keys->known) {
        return NULL;
    }

    return keys->set.nelts ? &keys->set : keys->file;
}


ngx_int_t
ngx_rtc_keys_make(ngx_rtc_keys_t *keys, ngx_rtc_keys_pair_t *pair,
    u_char sealed[NGX_RTC_KEYS_SEALED], size_t *len)
{
    u_char   *p;
    ssize_t   n;

    p = ngx_cpymem(pair->name, NGX_RTC_KEYS_PREFIX,
                   sizeof(NGX_RTC_KEYS_PREFIX) - 1);

    pair->name_len = sizeof(NGX_RTC_KEYS_PREFIX) - 1
                     + NGX_RTC_KEYS_NAME_RANDOM;
    pair->secret_len = NGX_RTC_KEYS_SECRET_RANDOM;

    if (ngx_rtc_keys_random(p, NGX_RTC_KEYS_NAME_RANDOM) != NGX_OK
        || ngx_rtc_keys_random(pair->secret, pair->secret_len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    n = rtc_seal(sealed, NGX_RTC_KEYS_SEALED, keys->seal, RTC_SEAL_LIVEKIT,
                 pair->secret, pair->secret_len);

    if (n < 0) {
        return NGX_ERROR;
    }

    *len = n;

    return NGX_OK;
}


/* 248 is the largest multiple of 62: all characters are equally likely */

static ngx_int_t
ngx_rtc_keys_random(u_char *p, size_t len)
{
    u_char  *last, byte;

    last = p + len;

    while (p < last) {

        if (rtc_random(&byte, 1) != RTC_OK) {
            return NGX_ERROR;
        }

        if (byte < 248) {
            *p++ = NGX_RTC_KEYS_ALNUM[byte % 62];
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_rtc_keys_open(ngx_rtc_keys_t *keys, ngx_rtc_keys_pair_t *pair,
    const ngx_rtc_redis_reply_t *name, const ngx_rtc_redis_reply_t *sealed)
{
    size_t     i;
    ssize_t    n;
    ngx_str_t  text, key;

    if (ngx_rtc_redis_reply_string(name, &key) != NGX_OK
        || ngx_rtc_redis_reply_string(sealed, &text) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    if (key.len == 0 || key.len > NGX_RTC_KEYS_NAME) {
        return NGX_ERROR;
    }

    /* one of a key file that came with an import has any */

    for (i = 0; i < key.len; i++) {
        if (key.data[i] < '!' || key.data[i] > '~') {
            return NGX_ERROR;
        }
    }

    n = rtc_seal_open(pair->secret, sizeof(pair->secret), keys->seal,
                      RTC_SEAL_LIVEKIT, text.data, text.len);

    if (n <= 0) {
        return NGX_ERROR;
    }

    ngx_memcpy(pair->name, key.data, key.len);
    pair->name_len = key.len;
    pair->secret_len = n;

    return NGX_OK;
}
