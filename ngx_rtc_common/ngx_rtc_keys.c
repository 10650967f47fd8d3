
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
    const ngx_rtc_keys_reply_t *reply);
static void ngx_rtc_keys_read_own(ngx_rtc_keys_t *keys,
    ngx_rtc_keys_set_t *set, const ngx_rtc_keys_reply_t *reply);
static void ngx_rtc_keys_read_ring(ngx_rtc_keys_t *keys,
    ngx_rtc_keys_set_t *set, const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_rtc_keys_open_text(ngx_rtc_keys_t *keys,
    ngx_rtc_keys_pair_t *pair, rtc_str_t name, rtc_str_t sealed);
static void ngx_rtc_keys_add(ngx_rtc_keys_set_t *set);
static ngx_uint_t ngx_rtc_keys_stay(const rtc_jwt_keys_t *before,
    const rtc_jwt_keys_t *now);
static ngx_uint_t ngx_rtc_keys_same(const rtc_jwt_key_t *a,
    const rtc_jwt_key_t *b);
static ngx_int_t ngx_rtc_keys_random(u_char *p, size_t len);


ngx_int_t
ngx_rtc_keys_init(ngx_rtc_keys_t *keys, const rtc_jwt_keys_t *file,
    const ngx_str_t *secret, ngx_log_t *log)
{
    rtc_str_t  s;

    keys->file = file;
    keys->log = log;
    keys->set = &keys->sets[0];

    s.data = secret->data;
    s.len = secret->len;

    return rtc_seal_key(keys->seal, s) == RTC_OK ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_rtc_keys_read(ngx_rtc_keys_t *keys, const ngx_rtc_keys_reply_t *reply)
{
    ngx_uint_t           stay;
    ngx_rtc_keys_set_t  *set, *old;

    /* other settings change as well, and an error is told once */

    if (ngx_rtc_keys_seen(keys, reply) && keys->known) {
        return NGX_DECLINED;
    }

    old = keys->set;
    set = old == &keys->sets[0] ? &keys->sets[1] : &keys->sets[0];

    ngx_rtc_keys_read_own(keys, set, reply);
    ngx_rtc_keys_read_ring(keys, set, reply->ring);

    stay = keys->known && ngx_rtc_keys_stay(&old->keys, &set->keys);

    keys->set = set;
    keys->known = 1;

    ngx_explicit_memzero(old, sizeof(ngx_rtc_keys_set_t));

    return stay ? NGX_DECLINED : NGX_OK;
}


/* whether it is what was seen last; remembers it */

static ngx_uint_t
ngx_rtc_keys_seen(ngx_rtc_keys_t *keys, const ngx_rtc_keys_reply_t *reply)
{
    u_char      digest[RTC_SHA256_LEN];
    ngx_str_t   text;
    ngx_uint_t  i, seen;

    const ngx_rtc_redis_reply_t *const  replies[] = {
        reply->name, reply->secret, reply->ring
    };

    seen = 1;

    for (i = 0; i < 3; i++) {

        if (ngx_rtc_redis_reply_string(replies[i], &text) != NGX_OK) {
            ngx_str_null(&text);
        }

        if (rtc_sha256(digest, text.data, text.len) != RTC_OK) {
            return 0;
        }

        if (ngx_memcmp(digest, keys->seen[i], RTC_SHA256_LEN) != 0) {
            ngx_memcpy(keys->seen[i], digest, RTC_SHA256_LEN);
            seen = 0;
        }
    }

    return seen;
}


static void
ngx_rtc_keys_read_own(ngx_rtc_keys_t *keys, ngx_rtc_keys_set_t *set,
    const ngx_rtc_keys_reply_t *reply)
{
    ngx_int_t  rc;

    set->npairs = 0;
    set->keys.nelts = 0;

    rc = ngx_rtc_keys_open(keys, &set->pairs[0], reply->name, reply->secret);

    if (rc == NGX_OK) {
        ngx_rtc_keys_add(set);

    } else {
        set->keys = *keys->file;
    }

    set->nown = set->keys.nelts;

    if (rc == NGX_ERROR) {
        ngx_log_error(NGX_LOG_ERR, keys->log, 0,
                      "the LiveKit key in Redis was sealed with another "
                      "secret, the key file's stay valid");
    }
}


static void
ngx_rtc_keys_read_ring(ngx_rtc_keys_t *keys, ngx_rtc_keys_set_t *set,
    const ngx_rtc_redis_reply_t *reply)
{
    json_t          *ring, *value;
    ngx_str_t        stored;
    rtc_str_t        text;
    ngx_uint_t       closed;
    const char      *name;
    rtc_ring_key_t   key;

    if (ngx_rtc_redis_reply_string(reply, &stored) != NGX_OK) {
        return;
    }

    text.data = stored.data;
    text.len = stored.len;

    ring = rtc_ring_parse(text);

    if (ring == NULL) {
        ngx_log_error(NGX_LOG_ERR, keys->log, 0,
                      "the further LiveKit keys in Redis are damaged, they "
                      "are not valid");
        return;
    }

    closed = 0;

    json_object_foreach(ring, name, value) {

        if (rtc_ring_key(&key, name, value, RTC_RING_SEALED) != RTC_OK
            || ngx_rtc_keys_open_text(keys, &set->pairs[set->npairs], key.name,
                                      key.secret) != NGX_OK)
        {
            closed++;
            continue;
        }

        /* our own keys come first */

        if (ngx_rtc_keys_find(&set->keys, key.name.data, key.name.len)
            == NGX_DECLINED)
        {
            ngx_rtc_keys_add(set);
        }
    }

    json_decref(ring);

    if (closed) {
        ngx_log_error(NGX_LOG_ERR, keys->log, 0,
                      "%ui of the further LiveKit keys in Redis were sealed "
                      "with another secret, they are not valid", closed);
    }
}


/* the pair that comes next, now that it is there */

static void
ngx_rtc_keys_add(ngx_rtc_keys_set_t *set)
{
    rtc_jwt_key_t        *key;
    ngx_rtc_keys_pair_t  *pair;

    pair = &set->pairs[set->npairs++];
    key = &set->keys.elts[set->keys.nelts++];

    key->name.data = pair->name;
    key->name.len = pair->name_len;
    key->secret.data = pair->secret;
    key->secret.len = pair->secret_len;
}


/* whether nobody needs another token */

static ngx_uint_t
ngx_rtc_keys_stay(const rtc_jwt_keys_t *before, const rtc_jwt_keys_t *now)
{
    size_t                i;
    ngx_int_t             n;
    const rtc_jwt_key_t  *key;

    if (!ngx_rtc_keys_same(&before->elts[0], &now->elts[0])) {
        return 0;
    }

    for (i = 1; i < before->nelts; i++) {
        key = &before->elts[i];
        n = ngx_rtc_keys_find(now, key->name.data, key->name.len);

        if (n == NGX_DECLINED || !ngx_rtc_keys_same(key, &now->elts[n])) {
            return 0;
        }
    }

    return 1;
}


static ngx_uint_t
ngx_rtc_keys_same(const rtc_jwt_key_t *a, const rtc_jwt_key_t *b)
{
    return a->name.len == b->name.len
           && ngx_memcmp(a->name.data, b->name.data, a->name.len) == 0
           && a->secret.len == b->secret.len
           && ngx_memcmp(a->secret.data, b->secret.data, a->secret.len) == 0;
}


const rtc_jwt_keys_t *
ngx_rtc_keys_get(ngx_rtc_keys_t *keys)
{
    return keys->known ? &keys->set->keys : NULL;
}


ngx_int_t
ngx_rtc_keys_find(const rtc_jwt_keys_t *keys, const u_char *name, size_t len)
{
    size_t  i;

    for (i = 0; i < keys->nelts; i++) {

        if (keys->elts[i].name.len == len
            && ngx_memcmp(keys->elts[i].name.data, name, len) == 0)
        {
            return i;
        }
    }

    return NGX_DECLINED;
}


ngx_int_t
ngx_rtc_keys_make(ngx_rtc_keys_t *keys, ngx_rtc_keys_pair_t *pair,
    u_char sealed[NGX_RTC_KEYS_SEALED], size_t *len)
{
    u_char   *p;
    ssize_t   n;

    if (pair->name_len == 0) {
        p = ngx_cpymem(pair->name, NGX_RTC_KEYS_PREFIX,
                       sizeof(NGX_RTC_KEYS_PREFIX) - 1);

        pair->name_len = sizeof(NGX_RTC_KEYS_PREFIX) - 1
                         + NGX_RTC_KEYS_NAME_RANDOM;

        if (ngx_rtc_keys_random(p, NGX_RTC_KEYS_NAME_RANDOM) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    pair->secret_len = NGX_RTC_KEYS_SECRET_RANDOM;

    if (ngx_rtc_keys_random(pair->secret, pair->secret_len) != NGX_OK) {
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
    rtc_str_t  key, text;
    ngx_str_t  n, s;

    if (ngx_rtc_redis_reply_string(name, &n) != NGX_OK
        || ngx_rtc_redis_reply_string(sealed, &s) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    key.data = n.data;
    key.len = n.len;
    text.data = s.data;
    text.len = s.len;

    return ngx_rtc_keys_open_text(keys, pair, key, text);
}


/* a key of a key file that came with an import has any characters */

static ngx_int_t
ngx_rtc_keys_open_text(ngx_rtc_keys_t *keys, ngx_rtc_keys_pair_t *pair,
    rtc_str_t name, rtc_str_t sealed)
{
    ssize_t    n;
    rtc_str_t  secret;

    n = rtc_seal_open(pair->secret, sizeof(pair->secret), keys->seal,
                      RTC_SEAL_LIVEKIT, sealed.data, sealed.len);

    secret.data = pair->secret;
    secret.len = ngx_max(n, 0);

    if (!rtc_ring_is_pair(name, secret)) {
        return NGX_ERROR;
    }

    ngx_memcpy(pair->name, name.data, name.len);
    pair->name_len = name.len;
    pair->secret_len = secret.len;

    return NGX_OK;
}
