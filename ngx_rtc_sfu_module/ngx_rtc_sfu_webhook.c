
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_lua.h"
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_webhook_internal.h"
#include "rtc_keys.h"
#include "rtc_webhooks.h"


static void ngx_rtc_sfu_webhook_close(ngx_rtc_sfu_webhook_t *webhook);
static void ngx_rtc_sfu_webhook_urls(ngx_rtc_sfu_webhook_t *webhook,
    const json_t *urls);
static void ngx_rtc_sfu_webhook_tick(ngx_event_t *ev);
static void ngx_rtc_sfu_webhook_delete_done(ngx_rtc_sfu_webhook_t *webhook);
static void ngx_rtc_sfu_webhook_ask(ngx_rtc_sfu_webhook_t *webhook);
static void ngx_rtc_sfu_webhook_drain(ngx_rtc_sfu_webhook_t *webhook);
static void ngx_rtc_sfu_webhook_asked(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_webhook_begin(ngx_rtc_sfu_webhook_t *webhook);
static void ngx_rtc_sfu_webhook_end(ngx_rtc_sfu_webhook_t *webhook);
static void ngx_rtc_sfu_webhook_grown(void *data, const ngx_str_t *payload);
static void ngx_rtc_sfu_webhook_confirmed(void *data);
static void ngx_rtc_sfu_webhook_have(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static ngx_uint_t ngx_rtc_sfu_webhook_has(ngx_rtc_sfu_webhook_t *webhook,
    const ngx_str_t *id);
static void ngx_rtc_sfu_webhook_add(ngx_rtc_sfu_webhook_t *webhook,
    const ngx_str_t *id, const ngx_rtc_redis_reply_t *fields);


static const ngx_rtc_redis_sub_handlers_t  ngx_rtc_sfu_webhook_handlers = {
    ngx_rtc_sfu_webhook_grown,
    ngx_rtc_sfu_webhook_confirmed
};

static const ngx_str_t  ngx_rtc_sfu_webhook_lease =
                                        ngx_string(NGX_RTC_SFU_LUA_LEASE);
static const ngx_str_t  ngx_rtc_sfu_webhook_forget =
                                        ngx_string(NGX_RTC_SFU_LUA_FORGET);
static const ngx_str_t  ngx_rtc_sfu_webhook_stream =
                                        ngx_string(RTC_KEY_WEBHOOKS);


ngx_rtc_sfu_webhook_t *
ngx_rtc_sfu_webhook_create(ngx_rtc_sfu_worker_t *worker)
{
    ngx_rtc_sfu_webhook_t  *webhook;

    webhook = ngx_calloc(sizeof(ngx_rtc_sfu_webhook_t), worker->log);
    if (webhook == NULL) {
        return NULL;
    }

    webhook->fetch = ngx_rtc_sfu_fetch_create(worker->log, RTC_WEBHOOKS_URLS);
    webhook->fetch_own = ngx_rtc_sfu_fetch_create(worker->log,
                                                  NGX_RTC_SFU_WEBHOOK_HOSTS);

    if (webhook->fetch == NULL || webhook->fetch_own == NULL) {
        ngx_rtc_sfu_webhook_close(webhook);
        return NULL;
    }

    webhook->worker = worker;
    webhook->log = worker->log;

    ngx_queue_init(&webhook->entries);
    ngx_rbtree_init(&webhook->rooms, &webhook->sentinel,
                    ngx_str_rbtree_insert_value);
    ngx_rtc_redis_script_init(&webhook->lease, &ngx_rtc_sfu_webhook_lease);
    ngx_rtc_redis_script_init(&webhook->forget, &ngx_rtc_sfu_webhook_forget);
    ngx_rtc_ident_init(&webhook->ident, webhook);

    webhook->tick.handler = ngx_rtc_sfu_webhook_tick;
    webhook->tick.data = &webhook->ident;
    webhook->tick.log = worker->log;
    webhook->tick.cancelable = 1;

    ngx_add_timer(&webhook->tick, 100);

    return webhook;
}


void
ngx_rtc_sfu_webhook_destroy(ngx_rtc_sfu_webhook_t *webhook)
{
    ngx_str_t  argv[3];

    if (webhook->asking) {
        ngx_rtc_redis_cancel(webhook->asking);
    }

    if (webhook->owner) {
        ngx_rtc_sfu_webhook_end(webhook);

        ngx_str_set(&argv[0], RTC_KEY_WEBHOOKS_OWNER);
        argv[1] = *ngx_rtc_sfu_registry_wid(webhook->worker->registry);
        ngx_str_set(&argv[2], "0");

        webhook->asking = ngx_rtc_redis_script(webhook->worker->redis,
                                               &webhook->lease, 1, 3, argv,
                                               ngx_rtc_sfu_webhook_asked,
                                               webhook);
        if (webhook->asking) {
            ngx_rtc_redis_cancel(webhook->asking);
        }
    }

    if (webhook->tick.timer_set) {
        ngx_del_timer(&webhook->tick);
    }

    ngx_rtc_sfu_webhook_close(webhook);
}


static void
ngx_rtc_sfu_webhook_close(ngx_rtc_sfu_webhook_t *webhook)
{
    if (webhook->fetch) {
        ngx_rtc_sfu_fetch_destroy(webhook->fetch);
    }

    if (webhook->fetch_own) {
        ngx_rtc_sfu_fetch_destroy(webhook->fetch_own);
    }

    ngx_free(webhook);
}


void
ngx_rtc_sfu_webhook_settings(ngx_rtc_sfu_webhook_t *webhook,
    const ngx_str_t *json)
{
    json_t      *object;
    rtc_str_t    text;
    const char  *key;

    text.data = json->data;
    text.len = json->len;

    object = rtc_webhooks_parse(text);

    if (object == NULL) {
        ngx_log_error(NGX_LOG_ERR, webhook->log, 0,
                      "sfu: the webhooks in Redis are damaged");
    }

    key = json_string_value(json_object_get(object, "api_key"));

    webhook->key_len = 0;

    if (key && ngx_strlen(key) <= NGX_RTC_SFU_WEBHOOK_KEY) {
        webhook->key_len = ngx_strlen(key);
        ngx_memcpy(webhook->key, key, webhook->key_len);
    }

    ngx_rtc_sfu_webhook_urls(webhook, json_object_get(object, "urls"));

    json_decref(object);
}


/* what waits for a URL that stays goes on waiting */

static void
ngx_rtc_sfu_webhook_urls(ngx_rtc_sfu_webhook_t *webhook, const json_t *urls)
{
    size_t       i, j, n;
    ngx_uint_t   to[RTC_WEBHOOKS_URLS];
    const char  *url;

    n = ngx_min(json_array_size(urls), RTC_WEBHOOKS_URLS);

    for (i = 0; i < RTC_WEBHOOKS_URLS; i++) {
        to[i] = NGX_RTC_SFU_WEBHOOK_NOBODY;

        for (j = 0; i < webhook->nurls && j < n; j++) {
            url = json_string_value(json_array_get(urls, j));

            if (ngx_strcmp(url, webhook->urls[i]) == 0) {
                to[i] = j;
                break;
            }
        }
    }

    for (j = 0; j < n; j++) {
        url = json_string_value(json_array_get(urls, j));
        ngx_memcpy(webhook->urls[j], url, ngx_strlen(url) + 1);
    }

    webhook->nurls = n;

    ngx_rtc_sfu_webhook_retarget(webhook, to);
}


static void
ngx_rtc_sfu_webhook_tick(ngx_event_t *ev)
{
    ngx_rtc_sfu_webhook_t  *webhook = ngx_rtc_ident_data(ev);

    ngx_add_timer(&webhook->tick, NGX_RTC_SFU_WEBHOOK_TICK);

    if (!webhook->asking) {
        ngx_rtc_sfu_webhook_ask(webhook);
    }

    if (webhook->owner) {
        ngx_rtc_sfu_webhook_delete_done(webhook);
        ngx_rtc_sfu_webhook_read(webhook);
    }
}


/* Redis may have been away when they were to be */

static void
ngx_rtc_sfu_webhook_delete_done(ngx_rtc_sfu_webhook_t *webhook)
{
    ngx_queue_t                  *q;
    ngx_rtc_sfu_webhook_entry_t  *entry;

    for (q = ngx_queue_head(&webhook->entries);
         q != ngx_queue_sentinel(&webhook->entries);
         q = ngx_queue_next(q))
    {
        entry = ngx_queue_data(q, ngx_rtc_sfu_webhook_entry_t, queue);

        if (entry->left == 0) {
            ngx_rtc_sfu_webhook_delete(entry);
        }
    }
}


/* a worker that was told to quit leaves it to others */

static void
ngx_rtc_sfu_webhook_ask(ngx_rtc_sfu_webhook_t *webhook)
{
    ngx_str_t  argv[3];

    if (ngx_exiting && !webhook->owner) {
        return;
    }

    if (ngx_exiting) {
        ngx_rtc_sfu_webhook_drain(webhook);
    }

    ngx_str_set(&argv[0], RTC_KEY_WEBHOOKS_OWNER);
    argv[1] = *ngx_rtc_sfu_registry_wid(webhook->worker->registry);
    ngx_str_set(&argv[2], NGX_RTC_SFU_WEBHOOK_LEASE);

    if (ngx_exiting && webhook->nentries == 0) {
        ngx_str_set(&argv[2], "0");
    }

    webhook->asking = ngx_rtc_redis_script(webhook->worker->redis,
                                           &webhook->lease, 1, 3, argv,
                                           ngx_rtc_sfu_webhook_asked, webhook);
}


/* what is not under way is the next owner's */

static void
ngx_rtc_sfu_webhook_drain(ngx_rtc_sfu_webhook_t *webhook)
{
    ngx_queue_t                  *q, *next;
    ngx_rtc_sfu_webhook_entry_t  *entry;

    for (q = ngx_queue_head(&webhook->entries);
         q != ngx_queue_sentinel(&webhook->entries);
         q = next)
    {
        next = ngx_queue_next(q);
        entry = ngx_queue_data(q, ngx_rtc_sfu_webhook_entry_t, queue);

        if (!ngx_rtc_sfu_webhook_is_busy(entry)) {
            ngx_rtc_sfu_webhook_free(entry);
        }
    }
}


static void
ngx_rtc_sfu_webhook_asked(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_webhook_t  *webhook = data;

    int64_t  owner;

    webhook->asking = NULL;

    if (rc != NGX_OK
        || ngx_rtc_redis_reply_integer(reply, &owner) != NGX_OK)
    {
        return;
    }

    if (owner && !webhook->owner) {
        ngx_rtc_sfu_webhook_begin(webhook);

    } else if (!owner && webhook->owner) {
        ngx_rtc_sfu_webhook_end(webhook);
    }
}


static void
ngx_rtc_sfu_webhook_begin(ngx_rtc_sfu_webhook_t *webhook)
{
    webhook->sub = ngx_rtc_redis_subscribe(webhook->worker->redis,
                                           &ngx_rtc_sfu_webhook_stream,
                                           &ngx_rtc_sfu_webhook_handlers,
                                           webhook);
    if (webhook->sub == NULL) {
        return;
    }

    webhook->owner = 1;
    webhook->last_len = 0;
}


static void
ngx_rtc_sfu_webhook_end(ngx_rtc_sfu_webhook_t *webhook)
{
    ngx_queue_t  *q;

    webhook->owner = 0;

    ngx_rtc_redis_unsubscribe(webhook->sub);

    if (webhook->reading) {
        ngx_rtc_redis_cancel(webhook->reading);
        webhook->reading = NULL;
    }

    while (!ngx_queue_empty(&webhook->entries)) {
        q = ngx_queue_head(&webhook->entries);
        ngx_rtc_sfu_webhook_free(ngx_queue_data(q,
                                         ngx_rtc_sfu_webhook_entry_t, queue));
    }
}


static void
ngx_rtc_sfu_webhook_grown(void *data, const ngx_str_t *payload)
{
    ngx_rtc_sfu_webhook_t  *webhook = data;

    webhook->more = 1;
    ngx_rtc_sfu_webhook_read(webhook);
}


/*
 * Another Redis may answer from now on, whose ids go on from lower ones: it is
 * read from the beginning
 */

static void
ngx_rtc_sfu_webhook_confirmed(void *data)
{
    ngx_rtc_sfu_webhook_t  *webhook = data;

    if (webhook->reading) {
        ngx_rtc_redis_cancel(webhook->reading);
        webhook->reading = NULL;
    }

    webhook->last_len = 0;
    webhook->more = 1;
    ngx_rtc_sfu_webhook_read(webhook);
}


void
ngx_rtc_sfu_webhook_read(ngx_rtc_sfu_webhook_t *webhook)
{
    u_char     after[sizeof("(") + RTC_WEBHOOK_MAX_ID];
    ngx_str_t  argv[6];

    if (!webhook->more || webhook->reading || ngx_exiting
        || webhook->nentries >= NGX_RTC_SFU_WEBHOOK_ENTRIES
        || webhook->bytes >= NGX_RTC_SFU_WEBHOOK_BYTES)
    {
        return;
    }

    ngx_str_set(&argv[0], "XRANGE");
    argv[1] = ngx_rtc_sfu_webhook_stream;
    ngx_str_set(&argv[2], "-");
    ngx_str_set(&argv[3], "+");
    ngx_str_set(&argv[4], "COUNT");
    ngx_str_set(&argv[5], NGX_RTC_SFU_WEBHOOK_READ);

    if (webhook->last_len) {
        argv[2].data = after;
        argv[2].len = ngx_sprintf(after, "(%*s", webhook->last_len,
                                  webhook->last)
                      - after;
    }

    webhook->more = 0;
    webhook->reading = ngx_rtc_redis_command(webhook->worker->redis, 6, argv,
                                             ngx_rtc_sfu_webhook_have,
                                             webhook);
    if (webhook->reading == NULL) {
        webhook->more = 1;
    }
}


static void
ngx_rtc_sfu_webhook_have(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_webhook_t  *webhook = data;

    ngx_str_t                     id;
    ngx_uint_t                    i, n;
    const ngx_rtc_redis_reply_t  *entry;

    webhook->reading = NULL;

    if (rc != NGX_OK) {

        /* what has another type is not read again and again */

        webhook->more = rc == NGX_AGAIN;
        return;
    }

    n = ngx_rtc_redis_reply_nelts(reply);

    for (i = 0; i < n; i++) {
        entry = ngx_rtc_redis_reply_elt(reply, i);

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(entry, 0), &id)
            != NGX_OK
            || id.len > RTC_WEBHOOK_MAX_ID)
        {
            return;
        }

        ngx_memcpy(webhook->last, id.data, id.len);
        webhook->last_len = id.len;

        if (!ngx_rtc_sfu_webhook_has(webhook, &id)) {
            ngx_rtc_sfu_webhook_add(webhook, &id,
                                    ngx_rtc_redis_reply_elt(entry, 1));
        }
    }

    if (n) {
        webhook->more = 1;
        ngx_rtc_sfu_webhook_read(webhook);
    }
}


static ngx_uint_t
ngx_rtc_sfu_webhook_has(ngx_rtc_sfu_webhook_t *webhook, const ngx_str_t *id)
{
    ngx_queue_t                  *q;
    ngx_rtc_sfu_webhook_entry_t  *entry;

    for (q = ngx_queue_head(&webhook->entries);
         q != ngx_queue_sentinel(&webhook->entries);
         q = ngx_queue_next(q))
    {
        entry = ngx_queue_data(q, ngx_rtc_sfu_webhook_entry_t, queue);

        if (ngx_rtc_sfu_str_eq(&entry->id, id)) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_rtc_sfu_webhook_add(ngx_rtc_sfu_webhook_t *webhook,
    const ngx_str_t *id, const ngx_rtc_redis_reply_t *fields)
{
    ngx_pool_t                   *pool;
    ngx_uint_t                    departure;
    ngx_rtc_sfu_webhook_entry_t  *entry;

    pool = ngx_create_pool(1024, webhook->log);
    if (pool == NULL) {
        return;
    }

    entry = ngx_pcalloc(pool, sizeof(ngx_rtc_sfu_webhook_entry_t));
    if (entry == NULL) {
        ngx_destroy_pool(pool);
        return;
    }

    entry->webhook = webhook;
    entry->pool = pool;
    entry->size = sizeof(ngx_rtc_sfu_webhook_entry_t);

    entry->id.len = id->len;
    entry->id.data = ngx_pstrdup(pool, (ngx_str_t *) id);

    if (entry->id.data == NULL) {
        ngx_destroy_pool(pool);
        return;
    }

    if (ngx_rtc_sfu_webhook_parse(entry, fields, &departure) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, webhook->log, 0,
                      "sfu: ignored the malformed change %V", id);
        entry->bodies.nelts = 0;
        entry->kind = RTC_WEBHOOK_MEMBER;
        ngx_str_set(&entry->name, "");
        departure = 0;
    }

    if (ngx_rtc_sfu_webhook_enter(entry, departure) != NGX_OK) {
        ngx_destroy_pool(pool);
    }
}
