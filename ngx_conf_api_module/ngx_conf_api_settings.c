
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"


static void ngx_conf_api_settings_changed(void *data,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_conf_api_settings_read(ngx_conf_api_settings_t *settings,
    ngx_pool_t *pool, const ngx_rtc_redis_reply_t *hash);
static ngx_int_t ngx_conf_api_settings_custom(
    ngx_conf_api_settings_t *settings, ngx_pool_t *pool,
    const ngx_rtc_redis_reply_t *hash);
static ngx_int_t ngx_conf_api_settings_render(
    ngx_conf_api_settings_t *settings, ngx_pool_t *pool, json_t *custom);


static const ngx_rtc_watch_conf_t  ngx_conf_api_settings_watch = {
    ngx_string(RTC_KEY_SETTINGS),
    2,
    { ngx_string("HGETALL"), ngx_string(RTC_KEY_SETTINGS) },
    ngx_conf_api_settings_changed
};


ngx_int_t
ngx_conf_api_settings_init(ngx_conf_api_settings_t *settings,
    ngx_rtc_redis_t *redis, const rtc_jwt_keys_t *keys,
    const ngx_str_t *secret, ngx_log_t *log)
{
    settings->log = log;

    ngx_conf_api_settings_changed(settings, NULL);

    if (settings->pool == NULL
        || ngx_rtc_keys_init(&settings->keys, keys, secret, log) != NGX_OK)
    {
        return NGX_ERROR;
    }

    settings->watch = ngx_rtc_watch_create(redis, log,
                                           &ngx_conf_api_settings_watch,
                                           settings);

    return settings->watch != NULL ? NGX_OK : NGX_ERROR;
}


void
ngx_conf_api_settings_close(ngx_conf_api_settings_t *settings)
{
    if (settings->watch != NULL) {
        ngx_rtc_watch_destroy(settings->watch);
        settings->watch = NULL;
    }

    if (settings->pool != NULL) {
        ngx_destroy_pool(settings->pool);
        settings->pool = NULL;
    }
}


/* without a reply: the defaults */

static void
ngx_conf_api_settings_changed(void *data, const ngx_rtc_redis_reply_t *reply)
{
    ngx_conf_api_settings_t  *settings = data;

    ngx_pool_t               *pool;
    ngx_rtc_keys_reply_t      keys;
    ngx_conf_api_settings_t   next;

    if (reply != NULL) {
        keys.name = ngx_conf_api_settings_field(reply, "livekit_key");
        keys.secret = ngx_conf_api_settings_field(reply, "livekit_secret");
        keys.ring = ngx_conf_api_settings_field(reply, "livekit_keys");

        (void) ngx_rtc_keys_read(&settings->keys, &keys);
    }

    pool = ngx_create_pool(1024, settings->log);
    if (pool == NULL) {
        return;
    }

    ngx_memzero(&next, sizeof(ngx_conf_api_settings_t));
    next.log = settings->log;

    if (ngx_conf_api_settings_read(&next, pool, reply) != NGX_OK) {
        ngx_destroy_pool(pool);
        return;
    }

    if (settings->pool != NULL) {
        ngx_destroy_pool(settings->pool);
    }

    settings->pool = pool;
    settings->custom = next.custom;
    settings->branding = next.branding;
    settings->frame_ancestors = next.frame_ancestors;
    ngx_memcpy(settings->texts, next.texts, sizeof(next.texts));
}


static ngx_int_t
ngx_conf_api_settings_read(ngx_conf_api_settings_t *settings, ngx_pool_t *pool,
    const ngx_rtc_redis_reply_t *hash)
{
    u_char      buf[RTC_SETTING_MAX];
    ngx_str_t   text;
    ngx_uint_t  i;

    for (i = 0; i < RTC_SETTINGS; i++) {

        text = ngx_conf_api_settings_text(hash, i, buf);

        settings->texts[i].len = text.len;
        settings->texts[i].data = ngx_pstrdup(pool, &text);

        if (settings->texts[i].data == NULL) {
            return NGX_ERROR;
        }
    }

    return ngx_conf_api_settings_custom(settings, pool, hash);
}


static ngx_int_t
ngx_conf_api_settings_custom(ngx_conf_api_settings_t *settings,
    ngx_pool_t *pool, const ngx_rtc_redis_reply_t *hash)
{
    json_t     *custom;
    ngx_int_t   rc;
    ngx_str_t   stored;
    rtc_str_t   text;

    if (ngx_rtc_redis_reply_string(ngx_conf_api_settings_field(hash,
                                                   "custom_settings"), &stored)
        != NGX_OK)
    {
        ngx_str_null(&stored);
    }

    settings->custom.len = stored.len;
    settings->custom.data = ngx_pstrdup(pool, &stored);

    if (settings->custom.data == NULL) {
        return NGX_ERROR;
    }

    text.data = stored.data;
    text.len = stored.len;

    custom = rtc_settings_custom_parse(text);

    if (custom == NULL) {
        ngx_log_error(NGX_LOG_ERR, settings->log, 0,
                      "api: the custom settings in Redis are damaged");
        custom = rtc_settings_custom_default();
    }

    rc = ngx_conf_api_settings_render(settings, pool, custom);
    json_decref(custom);

    return rc;
}


static ngx_int_t
ngx_conf_api_settings_render(ngx_conf_api_settings_t *settings,
    ngx_pool_t *pool, json_t *custom)
{
    size_t     len;
    u_char     ancestors[RTC_SETTING_ANCESTORS];
    json_t    *branding;
    ngx_str_t  text;

    text.data = ancestors;
    text.len = rtc_settings_ancestors(custom, ancestors);

    settings->frame_ancestors.len = text.len;
    settings->frame_ancestors.data = ngx_pstrdup(pool, &text);

    if (settings->frame_ancestors.data == NULL) {
        return NGX_ERROR;
    }

    branding = json_pack("{s:O, s:O, s:O}",
                         "brand_name", json_object_get(custom, "brand_name"),
                         "logo", json_object_get(custom, "logo"),
                         "accent_color",
                         json_object_get(custom, "accent_color"));

    len = json_dumpb(branding, NULL, 0, JSON_COMPACT);

    settings->branding.data = len ? ngx_pnalloc(pool, len) : NULL;

    if (settings->branding.data != NULL) {
        settings->branding.len = json_dumpb(branding,
                                            (char *) settings->branding.data,
                                            len, JSON_COMPACT);
    }

    json_decref(branding);

    return settings->branding.data != NULL ? NGX_OK : NGX_ERROR;
}


const ngx_rtc_redis_reply_t *
ngx_conf_api_settings_field(const ngx_rtc_redis_reply_t *hash,
    const char *name)
{
    size_t      len;
    ngx_str_t   field;
    ngx_uint_t  i;

    len = ngx_strlen(name);

    for (i = 0; i + 1 < ngx_rtc_redis_reply_nelts(hash); i += 2) {

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(hash, i),
                                       &field)
            == NGX_OK
            && field.len == len
            && ngx_memcmp(field.data, name, len) == 0)
        {
            return ngx_rtc_redis_reply_elt(hash, i + 1);
        }
    }

    return NULL;
}


ngx_str_t
ngx_conf_api_settings_text(const ngx_rtc_redis_reply_t *hash,
    rtc_setting_e setting, u_char buf[RTC_SETTING_MAX])
{
    ngx_str_t  stored, value;
    rtc_str_t  text;

    value.data = buf;
    value.len = 0;

    if (ngx_rtc_redis_reply_string(
            ngx_conf_api_settings_field(hash, rtc_setting_name(setting)),
            &stored) != NGX_OK)
    {
        return value;
    }

    text.data = stored.data;
    text.len = stored.len;

    if (rtc_setting_parse(setting, text, buf, &value.len) != RTC_OK) {
        value.len = 0;
    }

    return value;
}
