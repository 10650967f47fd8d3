
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_lua.h"
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_webhook_internal.h"
#include "rtc_keys.h"
#include "rtc_webhooks.h"


static void ngx_rtc_sfu_webhook_tick(ngx_event_t *ev);
static void ngx_rtc_sfu_webhook_ask(ngx_rtc_sfu_webhook_t *webhook);
static void ngx_rtc_sfu_webhook_drain(ngx_rtc_sfu_webhook_t *webhook);
static void ngx_rtc_sfu_webhook_asked(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_webhook_begin(ngx_rtc_sfu_webhook_t *webhook);
static void ngx_rtc_sfu_webhook_end(ngx_rtc_sfu_webhook_t *webhook);
static void ngx_rtc_sfu_webhook_grown(void *data, const ngx_str_t *payload);
static void ngx_rtc_sfu_webhook_confirmed(void *data);
static void ngx_rtc_sfu_webhook_read(ngx_rtc_sfu_webhook_t *webhook);
static void ngx_rtc_sfu_webhook_have(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static ngx_uint_t ngx_rtc_sfu_webhook_has(ngx_rtc_sfu_webhook_t *webhook,
    const ngx_str_t *id);
static void ngx_rtc_sfu_webhook_add(ngx_rtc_sfu_webhook_t *webhook,
    const ngx_str_t *id, const ngx_rtc_redis_reply_t *fields);
static ngx_uint_t ngx_rtc_sfu_webhook_waiting(
    ngx_rtc_sfu_webhook_entry_t *entry);
static void ngx_rtc_sfu_webhook_run(ngx_rtc_sfu_webhook_t *webhook);
static ngx_rtc_sfu_webhook_entry_t *ngx_rtc_sfu_webhook_before(
    ngx_rtc_sfu_webhook_entry_t *entry);
static void ngx_rtc_sfu_webhook_held(ngx_event_t *ev);
static void ngx_rtc_sfu_webhook_delete(ngx_rtc_sfu_webhook_entry_t *entry);
static void ngx_rtc_sfu_webhook_deleted(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_webhook_free(ngx_rtc_sfu_webhook_entry_t *entry);


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

    webhook->fetch = ngx_rtc_sfu_fetch_create(worker->log);

    if (webhook->fetch == NULL) {
        ngx_free(webhook);
        return NULL;
    }

    webhook->worker = worker;
    webhook->log = worker->log;

    ngx_queue_init(&webhook->entries);
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

    ngx_rtc_sfu_fetch_destroy(webhook->fetch);
    ngx_free(webhook);
}


void
ngx_rtc_sfu_webhook_settings(ngx_rtc_sfu_webhook_t *webhook,
    const ngx_str_t *json)
{
    size_t         i;
    json_t        *object, *urls, *url;
    rtc_str_t      text;
    const char    *key;

    webhook->nurls = 0;
    webhook->key_len = 0;

    if (json->len == 0) {
        return;
    }

    text.data = json->data;
    text.len = json->len;

    object = rtc_webhooks_parse(text);

    if (object == NULL) {
        ngx_log_error(NGX_LOG_ERR, webhook->log, 0,
                      "sfu: the webhooks in Redis are damaged");
        return;
    }

    key = json_string_value(json_object_get(object, "api_key"));

    if (key && ngx_strlen(key) <= NGX_RTC_SFU_WEBHOOK_KEY) {
        webhook->key_len = ngx_strlen(key);
        ngx_memcpy(webhook->key, key, webhook->key_len);
    }

    urls = json_object_get(object, "urls");

    json_array_foreach(urls, i, url) {

        if (webhook->nurls == RTC_WEBHOOKS_URLS) {
            break;
        }

        ngx_memcpy(webhook->urls[webhook->nurls++], json_string_value(url),
                   json_string_length(url) + 1);
    }

    json_decref(object);
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
        ngx_rtc_sfu_webhook_run(webhook);
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


/* what was not begun is the next owner's */

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

        if (!entry->started) {
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


static void
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
        ngx_rtc_sfu_webhook_run(webhook);
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
ngx_rtc_sfu_webhook_add(ngx_rtc_sfu_webhook_t *webhook, const ngx_str_t *id,
    const ngx_rtc_redis_reply_t *fields)
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
    ngx_queue_init(&entry->posts);

    ngx_queue_insert_tail(&webhook->entries, &entry->queue);
    webhook->nentries++;

    ngx_rtc_ident_init(&entry->ident, entry);
    entry->hold.handler = ngx_rtc_sfu_webhook_held;
    entry->hold.data = &entry->ident;
    entry->hold.log = webhook->log;
    entry->hold.cancelable = 1;

    entry->id.len = id->len;
    entry->id.data = ngx_pstrdup(pool, (ngx_str_t *) id);

    if (entry->id.data == NULL) {
        ngx_rtc_sfu_webhook_free(entry);
        return;
    }

    if (ngx_rtc_sfu_webhook_parse(entry, fields, &departure) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, webhook->log, 0,
                      "sfu: ignored the malformed change %V", id);
        entry->bodies.nelts = 0;
        entry->kind = RTC_WEBHOOK_MEMBER;

    } else if (entry->kind == RTC_WEBHOOK_FINISHED && departure) {
        ngx_add_timer(&entry->hold, departure * 1000);
    }

    webhook->bytes += entry->size;

    if (entry->url.len
        && ngx_rtc_sfu_webhook_waiting(entry) > NGX_RTC_SFU_WEBHOOK_ROOM)
    {
        entry->url.len = 0;
        ngx_rtc_sfu_metrics_webhook(webhook->worker->metrics, 0);
    }
}


/* how many of its room there are */

static ngx_uint_t
ngx_rtc_sfu_webhook_waiting(ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_uint_t                    n;
    ngx_queue_t                  *q, *all;
    ngx_rtc_sfu_webhook_entry_t  *other;

    n = 0;
    all = &entry->webhook->entries;

    for (q = ngx_queue_head(all);
         q != ngx_queue_sentinel(all);
         q = ngx_queue_next(q))
    {
        other = ngx_queue_data(q, ngx_rtc_sfu_webhook_entry_t, queue);
        n += ngx_rtc_sfu_str_eq(&other->room, &entry->room);
    }

    return n;
}


/* starts what nothing of the same room is before; deletes what is done */

static void
ngx_rtc_sfu_webhook_run(ngx_rtc_sfu_webhook_t *webhook)
{
    ngx_queue_t                  *q;
    ngx_rtc_sfu_webhook_entry_t  *entry, *before;

    for (q = ngx_queue_head(&webhook->entries);
         q != ngx_queue_sentinel(&webhook->entries);
         q = ngx_queue_next(q))
    {
        entry = ngx_queue_data(q, ngx_rtc_sfu_webhook_entry_t, queue);

        if (entry->done) {
            ngx_rtc_sfu_webhook_delete(entry);
            continue;
        }

        if (entry->started) {
            continue;
        }

        before = ngx_rtc_sfu_webhook_before(entry);

        if (before == NULL) {

            if (!entry->hold.timer_set && !ngx_exiting) {
                entry->started = 1;
                ngx_rtc_sfu_webhook_send(entry);
            }

            continue;
        }

        /* the room begins again before it has finished: neither is told */

        if (entry->kind == RTC_WEBHOOK_STARTED && before->hold.timer_set
            && ngx_rtc_sfu_webhook_before(before) == NULL)
        {
            ngx_del_timer(&before->hold);
            before->bodies.nelts = 0;
            entry->bodies.nelts = 0;
            before->started = 1;
            ngx_rtc_sfu_webhook_done(before);

            entry->started = 1;
            ngx_rtc_sfu_webhook_done(entry);
        }
    }

    ngx_rtc_sfu_webhook_read(webhook);
}


/* the last one of the same room before it that is not done */

static ngx_rtc_sfu_webhook_entry_t *
ngx_rtc_sfu_webhook_before(ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_queue_t                  *q;
    ngx_rtc_sfu_webhook_entry_t  *other;

    for (q = ngx_queue_prev(&entry->queue);
         q != ngx_queue_sentinel(&entry->webhook->entries);
         q = ngx_queue_prev(q))
    {
        other = ngx_queue_data(q, ngx_rtc_sfu_webhook_entry_t, queue);

        if (!other->done && ngx_rtc_sfu_str_eq(&other->room, &entry->room)) {
            return other;
        }
    }

    return NULL;
}


static void
ngx_rtc_sfu_webhook_held(ngx_event_t *ev)
{
    ngx_rtc_sfu_webhook_entry_t  *entry = ngx_rtc_ident_data(ev);

    ngx_rtc_sfu_webhook_run(entry->webhook);
}


/* the next one of its room is found in an event: this may be below run */

void
ngx_rtc_sfu_webhook_done(ngx_rtc_sfu_webhook_entry_t *entry)
{
    entry->done = 1;

    ngx_rtc_sfu_webhook_delete(entry);
}


static void
ngx_rtc_sfu_webhook_delete(ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_str_t  argv[2];

    if (entry->deleting) {
        return;
    }

    argv[0] = ngx_rtc_sfu_webhook_stream;
    argv[1] = entry->id;

    entry->deleting = ngx_rtc_redis_script(entry->webhook->worker->redis,
                                           &entry->webhook->forget, 1, 2, argv,
                                           ngx_rtc_sfu_webhook_deleted, entry);
}


/* while Redis is away it stays, for the next tick */

static void
ngx_rtc_sfu_webhook_deleted(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_webhook_entry_t  *entry = data;

    ngx_rtc_sfu_webhook_t  *webhook;

    entry->deleting = NULL;
    webhook = entry->webhook;

    if (rc != NGX_AGAIN) {
        ngx_rtc_sfu_webhook_free(entry);
        ngx_rtc_sfu_webhook_run(webhook);
    }
}


static void
ngx_rtc_sfu_webhook_free(ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_rtc_sfu_webhook_stop(entry);

    if (entry->deleting) {
        ngx_rtc_redis_cancel(entry->deleting);
    }

    if (entry->hold.timer_set) {
        ngx_del_timer(&entry->hold);
    }

    ngx_queue_remove(&entry->queue);
    entry->webhook->nentries--;
    entry->webhook->bytes -= ngx_min(entry->size, entry->webhook->bytes);

    ngx_destroy_pool(entry->pool);
}
