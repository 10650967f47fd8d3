
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * updateWebhooks: whom the installation tells what happens, and which key
 * signs that.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"
#include "rtc_webhooks.h"


#define NGX_CONF_API_WEBHOOKS_URLS                                            \
    "urls must be a list of up to 8 http:// or https:// addresses, without "  \
    "user and fragment, of up to 2048 bytes each."


static json_t *ngx_conf_api_webhooks_args(ngx_conf_api_req_t *req,
    ngx_str_t *ring_key);
static ngx_int_t ngx_conf_api_webhooks_key(ngx_conf_api_req_t *req,
    json_t *webhooks, ngx_str_t *ring_key);
static void ngx_conf_api_webhooks_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static json_t *ngx_conf_api_webhooks_json(const ngx_str_t *text);


void
ngx_conf_api_update_webhooks(ngx_conf_api_req_t *req)
{
    size_t      len;
    json_t     *webhooks;
    ngx_str_t   argv[3], *text;

    webhooks = ngx_conf_api_webhooks_args(req, &argv[2]);

    if (webhooks == NULL) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    len = json_dumpb(webhooks, NULL, 0, JSON_COMPACT);
    text = ngx_pnalloc(req->request->pool, sizeof(ngx_str_t) + len);

    if (len == 0 || text == NULL) {
        json_decref(webhooks);
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    text->data = (u_char *) &text[1];
    text->len = json_dumpb(webhooks, (char *) text->data, len, JSON_COMPACT);

    json_decref(webhooks);

    req->data = text;

    ngx_str_set(&argv[0], RTC_KEY_SETTINGS);
    argv[1] = *text;

    ngx_conf_api_call(req, ngx_conf_api_script_webhooks, 1, 3, argv,
                      ngx_conf_api_webhooks_next);
}


/* NULL: see req->args.error; the key's text lives as long as the arguments */

static json_t *
ngx_conf_api_webhooks_args(ngx_conf_api_req_t *req, ngx_str_t *ring_key)
{
    json_t  *webhooks, *urls;

    urls = rtc_args_get(&req->args, "urls");

    if (urls == NULL) {
        (void) rtc_args_missing(&req->args, "urls");
        return NULL;
    }

    if (!rtc_webhooks_is_urls(urls)) {
        (void) rtc_args_refuse(&req->args, NGX_CONF_API_WEBHOOKS_URLS);
        return NULL;
    }

    webhooks = json_pack("{s:O}", "urls", urls);

    if (ngx_conf_api_webhooks_key(req, webhooks, ring_key) != NGX_OK) {
        json_decref(webhooks);
        return NULL;
    }

    return webhooks;
}


/*
 * Our own key that signs may be another one some day, so it is not named; Redis
 * knows which there are beside our own ones
 */

static ngx_int_t
ngx_conf_api_webhooks_key(ngx_conf_api_req_t *req, json_t *webhooks,
    ngx_str_t *ring_key)
{
    ngx_int_t                  rc, i;
    rtc_str_t                  name;
    const ngx_rtc_keys_set_t  *set;

    ngx_str_null(ring_key);

    rc = rtc_args_string(&req->args, "api_key", 0, RTC_RING_NAME, &name);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED || name.len == 0) {
        return NGX_OK;
    }

    set = req->main->settings.keys.set;
    i = ngx_rtc_keys_find(&set->keys, name.data, name.len);

    if (i == 0) {
        return NGX_OK;
    }

    if (i == NGX_DECLINED || (size_t) i >= set->nown) {
        ring_key->data = (u_char *) name.data;
        ring_key->len = name.len;
    }

    return json_object_set_new(webhooks, "api_key",
                               json_stringn((const char *) name.data,
                                            name.len))
           == 0 ? NGX_OK : NGX_ERROR;
}


static void
ngx_conf_api_webhooks_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t  done;

    if (ngx_rtc_redis_reply_integer(reply, &done) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (!done) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST,
                                "api_key must be one of getApiKeys, or empty.");
        return;
    }

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           json_pack("{s:b, s:o}", "success", 1, "webhooks",
                                     ngx_conf_api_webhooks_json(req->data)));
}


/* both members, whatever is stored */

static json_t *
ngx_conf_api_webhooks_json(const ngx_str_t *text)
{
    json_t     *webhooks;
    rtc_str_t   stored;

    stored.data = text->data;
    stored.len = text->len;

    webhooks = rtc_webhooks_parse(stored);

    if (webhooks == NULL) {
        ngx_str_null(&stored);
        webhooks = rtc_webhooks_parse(stored);
    }

    if (json_object_get(webhooks, "api_key") == NULL) {
        (void) json_object_set_new(webhooks, "api_key", json_string(""));
    }

    return webhooks;
}


json_t *
ngx_conf_api_webhooks_info(const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t  text;

    if (ngx_rtc_redis_reply_string(reply, &text) != NGX_OK) {
        ngx_str_null(&text);
    }

    return ngx_conf_api_webhooks_json(&text);
}
