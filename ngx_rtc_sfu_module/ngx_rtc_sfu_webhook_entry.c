
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * An entry of the stream: its fields, and the events that they are.
 */


#include "ngx_rtc_sfu_webhook_internal.h"


static ngx_int_t ngx_rtc_sfu_webhook_kind(
    const ngx_rtc_redis_reply_t *fields, rtc_webhook_e *kind);
static ngx_str_t ngx_rtc_sfu_webhook_field(
    const ngx_rtc_redis_reply_t *fields, const char *name);
static uint32_t ngx_rtc_sfu_webhook_number(
    const ngx_rtc_redis_reply_t *fields, const char *name, uint32_t absent);
static char *ngx_rtc_sfu_webhook_string(ngx_pool_t *pool,
    const ngx_str_t *prefix, const ngx_str_t *value);
static int ngx_rtc_sfu_webhook_body(void *ctx, char *json);


ngx_int_t
ngx_rtc_sfu_webhook_parse(ngx_rtc_sfu_webhook_entry_t *entry,
    const ngx_rtc_redis_reply_t *fields, ngx_uint_t *departure)
{
    ngx_int_t              time;
    ngx_str_t              value, none = ngx_string("");
    ngx_str_t              prefix = ngx_string("RM_");
    ngx_pool_t            *pool;
    rtc_webhook_change_t   change;

    pool = entry->pool;

    ngx_memzero(&change, sizeof(rtc_webhook_change_t));

    if (ngx_array_init(&entry->bodies, pool, 2, sizeof(ngx_str_t)) != NGX_OK
        || ngx_rtc_sfu_webhook_kind(fields, &entry->kind) != NGX_OK)
    {
        return NGX_ERROR;
    }

    change.kind = entry->kind;
    change.id.data = entry->id.data;
    change.id.len = entry->id.len;

    /* the id begins with the milliseconds of Redis */

    time = ngx_atoi(entry->id.data, ngx_min(entry->id.len, 13));
    change.time = time == NGX_ERROR ? 0 : time / 1000;

    value = ngx_rtc_sfu_webhook_field(fields, "room");
    change.room = ngx_rtc_sfu_webhook_string(pool, &none, &value);

    if (change.room == NULL) {
        return NGX_ERROR;
    }

    entry->name.data = (u_char *) change.room;
    entry->name.len = value.len;

    value = ngx_rtc_sfu_webhook_field(fields, "webhook_url");
    entry->url.data = (u_char *) ngx_rtc_sfu_webhook_string(pool, &none,
                                                            &value);
    entry->url.len = value.len;

    value = ngx_rtc_sfu_webhook_field(fields, "epoch");
    change.sid = ngx_rtc_sfu_webhook_string(pool, &prefix, &value);

    value = ngx_rtc_sfu_webhook_field(fields, "metadata");
    change.metadata = ngx_rtc_sfu_webhook_string(pool, &none, &value);

    if (entry->url.data == NULL || change.sid == NULL
        || change.metadata == NULL)
    {
        return NGX_ERROR;
    }

    entry->sid.data = (u_char *) change.sid;
    entry->sid.len = ngx_strlen(change.sid);

    change.created = ngx_rtc_sfu_webhook_number(fields, "created", 0);
    change.max_participants = ngx_rtc_sfu_webhook_number(fields,
                                                      "max_participants", 0);
    change.participants = ngx_rtc_sfu_webhook_number(fields, "participants",
                                                     0);
    change.empty_timeout = ngx_rtc_sfu_webhook_number(fields, "empty_timeout",
                                                      300);
    change.departure_timeout = ngx_rtc_sfu_webhook_number(fields,
                                                  "departure_timeout", 20);
    change.reason = ngx_rtc_sfu_webhook_number(fields, "reason", 0);

    /* a room that was removed does not begin again */

    *departure = change.reason ? 0 : ngx_min(change.departure_timeout, 60);

    value = ngx_rtc_sfu_webhook_field(fields, "before");
    change.before.data = value.data;
    change.before.len = value.len;

    value = ngx_rtc_sfu_webhook_field(fields, "after");
    change.after.data = value.data;
    change.after.len = value.len;

    return rtc_webhook_events(&change, ngx_rtc_sfu_webhook_body, entry)
           == RTC_OK ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_rtc_sfu_webhook_kind(const ngx_rtc_redis_reply_t *fields,
    rtc_webhook_e *kind)
{
    ngx_str_t   value;
    ngx_uint_t  i;

    static const char *const  kinds[] = {
        [RTC_WEBHOOK_STARTED] = "started",
        [RTC_WEBHOOK_FINISHED] = "finished",
        [RTC_WEBHOOK_MEMBER] = "member",
        [RTC_WEBHOOK_LEFT] = "left"
    };

    value = ngx_rtc_sfu_webhook_field(fields, "kind");

    for (i = 0; i < rtc_nelts(kinds); i++) {
        if (value.len == ngx_strlen(kinds[i])
            && ngx_memcmp(value.data, kinds[i], value.len) == 0)
        {
            *kind = (rtc_webhook_e) i;
            return NGX_OK;
        }
    }

    return NGX_ERROR;
}


static ngx_str_t
ngx_rtc_sfu_webhook_field(const ngx_rtc_redis_reply_t *fields,
    const char *name)
{
    size_t      len;
    ngx_str_t   key, value = ngx_string("");
    ngx_uint_t  i;

    len = ngx_strlen(name);

    for (i = 0; i + 1 < ngx_rtc_redis_reply_nelts(fields); i += 2) {

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(fields, i),
                                       &key)
            == NGX_OK
            && key.len == len && ngx_memcmp(key.data, name, len) == 0)
        {
            (void) ngx_rtc_redis_reply_string(
                               ngx_rtc_redis_reply_elt(fields, i + 1), &value);
            break;
        }
    }

    return value;
}


static uint32_t
ngx_rtc_sfu_webhook_number(const ngx_rtc_redis_reply_t *fields,
    const char *name, uint32_t absent)
{
    ngx_int_t  n;
    ngx_str_t  value;

    value = ngx_rtc_sfu_webhook_field(fields, name);
    n = ngx_atoi(value.data, value.len);

    return n == NGX_ERROR || n > NGX_MAX_UINT32_VALUE ? absent : (uint32_t) n;
}


static char *
ngx_rtc_sfu_webhook_string(ngx_pool_t *pool, const ngx_str_t *prefix,
    const ngx_str_t *value)
{
    u_char  *p, *text;

    text = ngx_pnalloc(pool, prefix->len + value->len + 1);
    if (text == NULL) {
        return NULL;
    }

    p = ngx_cpymem(text, prefix->data, prefix->len);
    p = ngx_cpymem(p, value->data, value->len);
    *p = '\0';

    return (char *) text;
}


static int
ngx_rtc_sfu_webhook_body(void *ctx, char *json)
{
    ngx_rtc_sfu_webhook_entry_t  *entry = ctx;

    ngx_str_t  *body;

    body = ngx_array_push(&entry->bodies);

    if (body) {
        body->len = ngx_strlen(json);
        body->data = ngx_pnalloc(entry->pool, body->len);
    }

    if (body == NULL || body->data == NULL) {
        free(json);
        return RTC_ERROR;
    }

    ngx_memcpy(body->data, json, body->len);
    entry->size += body->len;

    free(json);

    return RTC_OK;
}
