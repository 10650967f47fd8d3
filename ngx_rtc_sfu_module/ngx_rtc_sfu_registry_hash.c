
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The settings of a room: as Redis answers a hash, and as the API publishes
 * one.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <jansson.h>
#include "ngx_rtc_sfu_registry_internal.h"


#define NGX_RTC_SFU_MAX_SETTINGS  128


ngx_str_t
ngx_rtc_sfu_hash_get(const ngx_rtc_sfu_hash_t *settings, const char *name)
{
    size_t      len;
    ngx_str_t   none = ngx_null_string;
    ngx_uint_t  i;

    len = ngx_strlen(name);

    for (i = 0; i < settings->nelts; i++) {
        if (settings->elts[i].key.len == len
            && ngx_memcmp(settings->elts[i].key.data, name, len) == 0)
        {
            return settings->elts[i].value;
        }
    }

    return none;
}


ngx_int_t
ngx_rtc_sfu_hash_report_reply(ngx_rtc_sfu_registry_room_t *room,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_uint_t          i, n;
    ngx_keyval_t        elts[NGX_RTC_SFU_MAX_SETTINGS];
    ngx_rtc_sfu_hash_t  hash;

    n = ngx_rtc_redis_reply_nelts(reply) / 2;

    if (n > NGX_RTC_SFU_MAX_SETTINGS) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 2 * i),
                                       &elts[i].key)
            != NGX_OK
            || ngx_rtc_redis_reply_string(
                   ngx_rtc_redis_reply_elt(reply, 2 * i + 1), &elts[i].value)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    hash.nelts = n;
    hash.elts = elts;

    room->handlers->settings(room->data, &hash);

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_hash_report_json(ngx_rtc_sfu_registry_room_t *room,
    const rtc_str_t *json)
{
    json_t              *object, *value;
    const char          *key;
    ngx_uint_t           n;
    ngx_keyval_t         elts[NGX_RTC_SFU_MAX_SETTINGS];
    json_error_t         error;
    ngx_rtc_sfu_hash_t   hash;

    object = json_loadb((const char *) json->data, json->len,
                        JSON_REJECT_DUPLICATES|JSON_ALLOW_NUL, &error);

    if (!json_is_object(object)
        || json_object_size(object) > NGX_RTC_SFU_MAX_SETTINGS)
    {
        json_decref(object);
        return NGX_ERROR;
    }

    n = 0;

    json_object_foreach(object, key, value) {

        if (!json_is_string(value)) {
            json_decref(object);
            return NGX_ERROR;
        }

        elts[n].key.data = (u_char *) key;
        elts[n].key.len = ngx_strlen(key);
        elts[n].value.data = (u_char *) json_string_value(value);
        elts[n].value.len = json_string_length(value);
        n++;
    }

    hash.nelts = n;
    hash.elts = elts;

    room->handlers->settings(room->data, &hash);

    json_decref(object);

    return NGX_OK;
}
