
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit keys: the installation's own, and others that verify tokens as well.
 * A secret is shown when it is made, and never again.
 */


#include <stdlib.h>

#include "ngx_conf_api.h"
#include "rtc_keys.h"


#define NGX_CONF_API_KEYS_FULL   "There are 32 keys already."
#define NGX_CONF_API_KEYS_NONE   "There is no such key."
#define NGX_CONF_API_KEYS_OWN                                                 \
    "It is the installation's own key: rotate it."
#define NGX_CONF_API_KEYS_FILE                                                \
    "It is one of several keys of the key file: rotate all of them, without "  \
    "api_key."
#define NGX_CONF_API_KEYS_SIGNS                                               \
    "It signs the webhooks: choose another key for them first."


/* why a script has not done it */

typedef enum {
    ngx_conf_api_keys_unknown = 1,
    ngx_conf_api_keys_full,
    ngx_conf_api_keys_signs
} ngx_conf_api_keys_e;


/* what is to be done with which key */

typedef struct {
    const char             *what;
    ngx_rtc_keys_pair_t     pair;
    rtc_str_t               label;
    time_t                  created;
    u_char                  sealed[NGX_RTC_KEYS_SEALED];
} ngx_conf_api_keys_t;


static void ngx_conf_api_get_api_keys_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_conf_api_keys_append(json_t *list,
    const rtc_ring_key_t *key, ngx_uint_t own);
static ngx_uint_t ngx_conf_api_keys_sorted(
    rtc_ring_key_t list[RTC_RING_KEYS], json_t *ring);
static int ngx_conf_api_keys_compare(const void *one, const void *two);
static ngx_conf_api_keys_t *ngx_conf_api_keys(ngx_conf_api_req_t *req,
    const char *what);
static ngx_int_t ngx_conf_api_keys_arg(ngx_conf_api_req_t *req,
    ngx_conf_api_keys_t *keys);
static ngx_int_t ngx_conf_api_keys_index(ngx_conf_api_req_t *req,
    ngx_conf_api_keys_t *keys);
static void ngx_conf_api_keys_make(ngx_conf_api_req_t *req);
static void ngx_conf_api_keys_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_conf_api_keys_read(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply, ngx_str_t *ring);
static void ngx_conf_api_keys_refuse(ngx_conf_api_req_t *req, int64_t reason);


void
ngx_conf_api_get_api_keys(ngx_conf_api_req_t *req)
{
    ngx_str_t  argv[] = {
        ngx_string("HMGET"), ngx_string(RTC_KEY_SETTINGS),
        ngx_string("livekit_key"), ngx_string("livekit_secret"),
        ngx_string("livekit_keys")
    };

    ngx_conf_api_command(req, 5, argv, ngx_conf_api_get_api_keys_next);
}


static void
ngx_conf_api_get_api_keys_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    json_t                    *list, *ring;
    ngx_int_t                  rc;
    ngx_str_t                  stored;
    rtc_str_t                  text;
    ngx_uint_t                 i, n;
    rtc_ring_key_t             own, others[RTC_RING_KEYS];
    const ngx_rtc_keys_set_t  *set;

    rc = ngx_conf_api_keys_read(req, reply, &stored);
    set = req->main->settings.keys.set;

    text.data = stored.data;
    text.len = stored.len;

    list = json_array();
    ring = rtc_ring_parse(text);

    ngx_memzero(&own, sizeof(rtc_ring_key_t));
    own.label.data = (const uint8_t *) "";

    for (i = 0; rc == NGX_OK && i < set->nown; i++) {
        own.name = set->keys.elts[i].name;
        rc = ngx_conf_api_keys_append(list, &own, 1);
    }

    n = ngx_conf_api_keys_sorted(others, ring);

    for (i = 0; rc == NGX_OK && i < n; i++) {
        rc = ngx_conf_api_keys_append(list, &others[i], 0);
    }

    json_decref(ring);

    if (rc != NGX_OK) {
        json_decref(list);
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_send_json(req, NGX_HTTP_OK, list);
}


static ngx_int_t
ngx_conf_api_keys_append(json_t *list, const rtc_ring_key_t *key,
    ngx_uint_t own)
{
    json_t  *json;

    json = json_pack("{s:s%, s:s%, s:I, s:b}",
                     "api_key", (const char *) key->name.data, key->name.len,
                     "label", (const char *) key->label.data, key->label.len,
                     "created", (json_int_t) key->created, "own", (int) own);

    return json_array_append_new(list, json) == 0 ? NGX_OK : NGX_ERROR;
}


/* the oldest first; they point into the ring, which may be NULL */

static ngx_uint_t
ngx_conf_api_keys_sorted(rtc_ring_key_t list[RTC_RING_KEYS], json_t *ring)
{
    json_t      *value;
    ngx_uint_t   n;
    const char  *name;

    n = 0;

    json_object_foreach(ring, name, value) {
        if (rtc_ring_key(&list[n], name, value, RTC_RING_SEALED) == RTC_OK) {
            n++;
        }
    }

    qsort(list, n, sizeof(rtc_ring_key_t), ngx_conf_api_keys_compare);

    return n;
}


static int
ngx_conf_api_keys_compare(const void *one, const void *two)
{
    const rtc_ring_key_t  *a = one, *b = two;

    if (a->created != b->created) {
        return a->created < b->created ? -1 : 1;
    }

    /* names of a JSON object are terminated */

    return ngx_strcmp(a->name.data, b->name.data);
}


void
ngx_conf_api_create_api_key(ngx_conf_api_req_t *req)
{
    ngx_conf_api_keys_t  *keys;

    keys = ngx_conf_api_keys(req, "create");
    if (keys == NULL) {
        return;
    }

    if (rtc_args_string(&req->args, "label", 0, RTC_RING_LABEL, &keys->label)
        == RTC_ERROR)
    {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    ngx_conf_api_keys_make(req);
}


/* without api_key: another pair instead of all that are our own */

void
ngx_conf_api_rotate_api_key(ngx_conf_api_req_t *req)
{
    ngx_int_t             i;
    ngx_conf_api_keys_t  *keys;

    keys = ngx_conf_api_keys(req, "own");
    if (keys == NULL) {
        return;
    }

    if (ngx_conf_api_keys_arg(req, keys) == NGX_ERROR) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    i = ngx_conf_api_keys_index(req, keys);

    if (i > 0 && (size_t) i < req->main->settings.keys.set->nown) {
        ngx_conf_api_send_error(req, NGX_HTTP_CONFLICT,
                                NGX_CONF_API_KEYS_FILE);
        return;
    }

    if (keys->pair.name_len != 0 && i != 0) {
        keys->what = "rotate";
    }

    ngx_conf_api_keys_make(req);
}


void
ngx_conf_api_remove_api_key(ngx_conf_api_req_t *req)
{
    ngx_int_t             i;
    ngx_str_t             argv[3];
    ngx_conf_api_keys_t  *keys;

    keys = ngx_conf_api_keys(req, "remove");
    if (keys == NULL) {
        return;
    }

    i = ngx_conf_api_keys_arg(req, keys);

    if (i != NGX_OK) {
        if (i == NGX_DECLINED) {
            (void) rtc_args_missing(&req->args, "api_key");
        }

        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    i = ngx_conf_api_keys_index(req, keys);

    if (i != NGX_DECLINED
        && (size_t) i < req->main->settings.keys.set->nown)
    {
        ngx_conf_api_send_error(req, NGX_HTTP_CONFLICT,
                                NGX_CONF_API_KEYS_OWN);
        return;
    }

    ngx_str_set(&argv[0], RTC_KEY_SETTINGS);
    argv[1].data = (u_char *) keys->what;
    argv[1].len = ngx_strlen(keys->what);
    argv[2].data = keys->pair.name;
    argv[2].len = keys->pair.name_len;

    ngx_conf_api_call(req, ngx_conf_api_script_keys, 1, 3, argv,
                      ngx_conf_api_keys_next);
}


static ngx_conf_api_keys_t *
ngx_conf_api_keys(ngx_conf_api_req_t *req, const char *what)
{
    ngx_conf_api_keys_t  *keys;

    keys = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_keys_t));

    if (keys == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return NULL;
    }

    keys->what = what;
    keys->created = ngx_time();
    keys->label.data = (const uint8_t *) "";

    req->data = keys;

    return keys;
}


/* NGX_DECLINED: no key is named; NGX_ERROR: see req->args.error */

static ngx_int_t
ngx_conf_api_keys_arg(ngx_conf_api_req_t *req, ngx_conf_api_keys_t *keys)
{
    ngx_int_t  rc;
    rtc_str_t  name;

    rc = rtc_args_string(&req->args, "api_key", 1, RTC_RING_NAME, &name);

    if (rc != NGX_OK) {
        return rc;
    }

    if (name.len > RTC_RING_NAME) {
        return rtc_args_too_long(&req->args, "api_key");
    }

    ngx_memcpy(keys->pair.name, name.data, name.len);
    keys->pair.name_len = name.len;

    return NGX_OK;
}


/* among those that this worker knows, our own come first; or NGX_DECLINED */

static ngx_int_t
ngx_conf_api_keys_index(ngx_conf_api_req_t *req, ngx_conf_api_keys_t *keys)
{
    return ngx_rtc_keys_find(&req->main->settings.keys.set->keys,
                             keys->pair.name, keys->pair.name_len);
}


static void
ngx_conf_api_keys_make(ngx_conf_api_req_t *req)
{
    u_char                created[NGX_TIME_T_LEN];
    ngx_str_t             argv[6];
    ngx_conf_api_keys_t  *keys;

    keys = req->data;

    if (ngx_rtc_keys_make(&req->main->settings.keys, &keys->pair, keys->sealed,
                          &argv[3].len)
        != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_str_set(&argv[0], RTC_KEY_SETTINGS);
    argv[1].data = (u_char *) keys->what;
    argv[1].len = ngx_strlen(keys->what);
    argv[2].data = keys->pair.name;
    argv[2].len = keys->pair.name_len;
    argv[3].data = keys->sealed;
    argv[4].data = (u_char *) keys->label.data;
    argv[4].len = keys->label.len;
    argv[5].data = created;
    argv[5].len = ngx_sprintf(created, "%T", keys->created) - created;

    ngx_conf_api_call(req, ngx_conf_api_script_keys, 1, 6, argv,
                      ngx_conf_api_keys_next);
}


static void
ngx_conf_api_keys_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    json_t               *json;
    int64_t               reason;
    ngx_str_t             ring;
    ngx_conf_api_keys_t  *keys;

    keys = req->data;

    if (ngx_rtc_redis_reply_integer(reply, &reason) == NGX_OK) {
        ngx_conf_api_keys_refuse(req, reason);
        return;
    }

    (void) ngx_conf_api_keys_read(req, reply, &ring);

    ngx_log_error(NGX_LOG_NOTICE, req->request->connection->log, 0,
                  "api: a LiveKit key has changed, %s key:%*s by:%*s",
                  keys->what, keys->pair.name_len, keys->pair.name,
                  (size_t) RTC_JWT_API_ID, req->user.claims.id);

    if (ngx_strcmp(keys->what, "remove") == 0) {
        ngx_conf_api_send_success(req);
        return;
    }

    json = json_pack("{s:s%, s:s%}",
                     "api_key", keys->pair.name, keys->pair.name_len,
                     "api_secret", keys->pair.secret, keys->pair.secret_len);

    if (ngx_strcmp(keys->what, "create") == 0
        && json_object_update_new(json,
               json_pack("{s:s%, s:I}", "label", keys->label.data,
                         keys->label.len, "created",
                         (json_int_t) keys->created)) != 0)
    {
        json_decref(json);
        json = NULL;
    }

    ngx_conf_api_send_json(req, NGX_HTTP_OK, json);
}


/* what is stored now; this worker takes it at once */

static ngx_int_t
ngx_conf_api_keys_read(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply, ngx_str_t *ring)
{
    ngx_rtc_keys_reply_t  stored;

    stored.name = ngx_rtc_redis_reply_elt(reply, 0);
    stored.secret = ngx_rtc_redis_reply_elt(reply, 1);
    stored.ring = ngx_rtc_redis_reply_elt(reply, 2);

    if (ngx_rtc_redis_reply_string(stored.ring, ring) != NGX_OK) {
        ngx_str_null(ring);
    }

    (void) ngx_rtc_keys_read(&req->main->settings.keys, &stored);

    return ngx_rtc_redis_reply_nelts(reply) == 3 ? NGX_OK : NGX_ERROR;
}


static void
ngx_conf_api_keys_refuse(ngx_conf_api_req_t *req, int64_t reason)
{
    switch (reason) {

    case ngx_conf_api_keys_unknown:
        ngx_conf_api_send_error(req, NGX_HTTP_NOT_FOUND,
                                NGX_CONF_API_KEYS_NONE);
        return;

    case ngx_conf_api_keys_full:
        ngx_conf_api_send_error(req, NGX_HTTP_CONFLICT,
                                NGX_CONF_API_KEYS_FULL);
        return;

    case ngx_conf_api_keys_signs:
        ngx_conf_api_send_error(req, NGX_HTTP_CONFLICT,
                                NGX_CONF_API_KEYS_SIGNS);
        return;

    default:
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }
}
