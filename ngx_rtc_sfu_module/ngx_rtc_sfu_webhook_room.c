
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The order of what happened in a room: to each target an entry is posted when
 * all before it have been, and no target waits for another.
 */


#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_webhook_internal.h"
#include "rtc_keys.h"


static ngx_rtc_sfu_webhook_room_t *ngx_rtc_sfu_webhook_room(
    ngx_rtc_sfu_webhook_t *webhook, const ngx_str_t *name);
static void ngx_rtc_sfu_webhook_lanes(ngx_rtc_sfu_webhook_entry_t *entry);
static ngx_int_t ngx_rtc_sfu_webhook_lane(ngx_rtc_sfu_webhook_entry_t *entry,
    ngx_uint_t target);
static void ngx_rtc_sfu_webhook_begun(ngx_rtc_sfu_webhook_entry_t *entry);
static void ngx_rtc_sfu_webhook_run(ngx_rtc_sfu_webhook_room_t *room);
static ngx_uint_t ngx_rtc_sfu_webhook_may(ngx_rtc_sfu_webhook_entry_t *entry,
    ngx_uint_t *taken);
static void ngx_rtc_sfu_webhook_held(ngx_event_t *ev);
static void ngx_rtc_sfu_webhook_leave(ngx_rtc_sfu_webhook_lane_t *lane);
static void ngx_rtc_sfu_webhook_skip(ngx_rtc_sfu_webhook_entry_t *entry);
static void ngx_rtc_sfu_webhook_move(ngx_rtc_sfu_webhook_lane_t *lane,
    ngx_uint_t target);
static void ngx_rtc_sfu_webhook_deleted(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);


ngx_int_t
ngx_rtc_sfu_webhook_enter(ngx_rtc_sfu_webhook_entry_t *entry,
    ngx_uint_t departure)
{
    ngx_rtc_sfu_webhook_t  *webhook;

    webhook = entry->webhook;

    entry->room = ngx_rtc_sfu_webhook_room(webhook, &entry->name);

    if (entry->room == NULL) {
        return NGX_ERROR;
    }

    ngx_rtc_ident_init(&entry->ident, entry);
    entry->hold.handler = ngx_rtc_sfu_webhook_held;
    entry->hold.data = &entry->ident;
    entry->hold.log = webhook->log;
    entry->hold.cancelable = 1;

    ngx_queue_insert_tail(&webhook->entries, &entry->queue);
    ngx_queue_insert_tail(&entry->room->entries, &entry->siblings);
    webhook->nentries++;
    webhook->bytes += entry->size;

    if (entry->bodies.nelts) {
        ngx_rtc_sfu_webhook_lanes(entry);
    }

    if (entry->kind == RTC_WEBHOOK_FINISHED && departure) {
        ngx_add_timer(&entry->hold, departure * 1000);
    }

    if (entry->kind == RTC_WEBHOOK_STARTED) {
        ngx_rtc_sfu_webhook_begun(entry);
    }

    if (entry->left == 0) {
        ngx_rtc_sfu_webhook_delete(entry);
    }

    ngx_rtc_sfu_webhook_run(entry->room);

    return NGX_OK;
}


static ngx_rtc_sfu_webhook_room_t *
ngx_rtc_sfu_webhook_room(ngx_rtc_sfu_webhook_t *webhook, const ngx_str_t *name)
{
    uint32_t                     hash;
    ngx_rtc_sfu_webhook_room_t  *room;

    hash = ngx_crc32_short(name->data, name->len);

    room = (ngx_rtc_sfu_webhook_room_t *)
           ngx_str_rbtree_lookup(&webhook->rooms, (ngx_str_t *) name, hash);

    if (room) {
        return room;
    }

    room = ngx_alloc(sizeof(ngx_rtc_sfu_webhook_room_t) + name->len,
                     webhook->log);
    if (room == NULL) {
        return NULL;
    }

    room->own = 0;
    ngx_queue_init(&room->entries);

    room->sn.node.key = hash;
    room->sn.str.len = name->len;
    room->sn.str.data = (u_char *) &room[1];
    ngx_memcpy(room->sn.str.data, name->data, name->len);

    ngx_rbtree_insert(&webhook->rooms, &room->sn.node);

    return room;
}


/* what finds too much at a URL, or at all of rooms' own, is not posted there */

static void
ngx_rtc_sfu_webhook_lanes(ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_uint_t              i;
    ngx_rtc_sfu_webhook_t  *webhook;

    webhook = entry->webhook;

    for (i = 0; i < webhook->nurls; i++) {
        (void) ngx_rtc_sfu_webhook_lane(entry, i);
    }

    if (entry->url.len == 0) {
        return;
    }

    if (entry->room->own == NGX_RTC_SFU_WEBHOOK_ROOM) {
        ngx_rtc_sfu_metrics_webhook(webhook->worker->metrics, 0);
        return;
    }

    if (ngx_rtc_sfu_webhook_lane(entry, NGX_RTC_SFU_WEBHOOK_OWN) == NGX_OK) {
        entry->room->own++;
    }
}


static ngx_int_t
ngx_rtc_sfu_webhook_lane(ngx_rtc_sfu_webhook_entry_t *entry, ngx_uint_t target)
{
    ngx_rtc_sfu_webhook_t       *webhook;
    ngx_rtc_sfu_webhook_lane_t  *lane;

    webhook = entry->webhook;

    if (webhook->waiting[target] >= NGX_RTC_SFU_WEBHOOK_WAITING) {
        ngx_rtc_sfu_metrics_webhook(webhook->worker->metrics, 0);
        return NGX_DECLINED;
    }

    lane = &entry->lanes[entry->nlanes++];
    lane->entry = entry;
    lane->target = target;

    entry->left++;
    webhook->waiting[target]++;

    return NGX_OK;
}


/*
 * The room has begun.  If it is the one before, that has not finished, and
 * neither is told; one that was made anew does not wait for it.
 */

static void
ngx_rtc_sfu_webhook_begun(ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_queue_t                  *q;
    ngx_rtc_sfu_webhook_entry_t  *before;

    q = ngx_queue_prev(&entry->siblings);

    if (q == ngx_queue_sentinel(&entry->room->entries)) {
        return;
    }

    before = ngx_queue_data(q, ngx_rtc_sfu_webhook_entry_t, siblings);

    if (!before->hold.timer_set) {
        return;
    }

    ngx_del_timer(&before->hold);

    if (ngx_rtc_sfu_str_eq(&before->sid, &entry->sid)) {
        ngx_rtc_sfu_webhook_skip(before);
        ngx_rtc_sfu_webhook_skip(entry);

        ngx_rtc_sfu_webhook_delete(before);
    }
}


/* starts what nothing is before */

static void
ngx_rtc_sfu_webhook_run(ngx_rtc_sfu_webhook_room_t *room)
{
    ngx_uint_t                    taken;
    ngx_queue_t                  *q;
    ngx_rtc_sfu_webhook_entry_t  *entry;

    taken = 0;

    for (q = ngx_queue_head(&room->entries);
         q != ngx_queue_sentinel(&room->entries);
         q = ngx_queue_next(q))
    {
        entry = ngx_queue_data(q, ngx_rtc_sfu_webhook_entry_t, siblings);

        if (entry->hold.timer_set
            || (entry->left && !ngx_rtc_sfu_webhook_may(entry, &taken)))
        {
            return;
        }
    }
}


/* whether there may be something to start behind it; taken: bits of targets */

static ngx_uint_t
ngx_rtc_sfu_webhook_may(ngx_rtc_sfu_webhook_entry_t *entry, ngx_uint_t *taken)
{
    ngx_uint_t                   i, bit, all;
    ngx_rtc_sfu_webhook_lane_t  *lane;

    for (i = 0; i < entry->nlanes; i++) {
        lane = &entry->lanes[i];
        bit = (ngx_uint_t) 1 << lane->target;

        if (!lane->done && !(*taken & bit)) {
            *taken |= bit;

            if (!lane->started && !ngx_exiting) {
                ngx_rtc_sfu_webhook_start(lane);
            }
        }
    }

    all = ((ngx_uint_t) 1 << entry->webhook->nurls) - 1;

    if (entry->room->own) {
        all |= (ngx_uint_t) 1 << NGX_RTC_SFU_WEBHOOK_OWN;
    }

    return (*taken & all) != all;
}


static void
ngx_rtc_sfu_webhook_held(ngx_event_t *ev)
{
    ngx_rtc_sfu_webhook_entry_t  *entry = ngx_rtc_ident_data(ev);

    ngx_rtc_sfu_webhook_run(entry->room);
}


void
ngx_rtc_sfu_webhook_done(ngx_rtc_sfu_webhook_lane_t *lane)
{
    ngx_rtc_sfu_webhook_entry_t  *entry;

    entry = lane->entry;

    ngx_rtc_sfu_webhook_leave(lane);

    if (entry->left == 0) {
        ngx_rtc_sfu_webhook_delete(entry);
    }

    ngx_rtc_sfu_webhook_run(entry->room);
}


static void
ngx_rtc_sfu_webhook_leave(ngx_rtc_sfu_webhook_lane_t *lane)
{
    ngx_rtc_sfu_webhook_entry_t  *entry;

    entry = lane->entry;

    if (lane->done) {
        return;
    }

    ngx_rtc_sfu_webhook_stop(lane);

    lane->done = 1;
    entry->left--;
    entry->webhook->waiting[lane->target]--;

    if (lane->target == NGX_RTC_SFU_WEBHOOK_OWN) {
        entry->room->own--;
    }
}


static void
ngx_rtc_sfu_webhook_skip(ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_uint_t  i;

    for (i = 0; i < entry->nlanes; i++) {
        ngx_rtc_sfu_webhook_leave(&entry->lanes[i]);
    }
}


void
ngx_rtc_sfu_webhook_retarget(ngx_rtc_sfu_webhook_t *webhook,
    const ngx_uint_t to[RTC_WEBHOOKS_URLS])
{
    ngx_uint_t                    i;
    ngx_queue_t                  *q;
    ngx_rtc_sfu_webhook_lane_t   *lane;
    ngx_rtc_sfu_webhook_entry_t  *entry;

    for (q = ngx_queue_head(&webhook->entries);
         q != ngx_queue_sentinel(&webhook->entries);
         q = ngx_queue_next(q))
    {
        entry = ngx_queue_data(q, ngx_rtc_sfu_webhook_entry_t, queue);

        for (i = 0; i < entry->nlanes; i++) {
            lane = &entry->lanes[i];

            if (lane->target != NGX_RTC_SFU_WEBHOOK_OWN && !lane->done) {
                ngx_rtc_sfu_webhook_move(lane, to[lane->target]);
            }
        }

        if (entry->left == 0) {
            ngx_rtc_sfu_webhook_delete(entry);
        }
    }

    for (q = ngx_queue_head(&webhook->entries);
         q != ngx_queue_sentinel(&webhook->entries);
         q = ngx_queue_next(q))
    {
        entry = ngx_queue_data(q, ngx_rtc_sfu_webhook_entry_t, queue);

        if (ngx_queue_head(&entry->room->entries) == &entry->siblings) {
            ngx_rtc_sfu_webhook_run(entry->room);
        }
    }
}


static void
ngx_rtc_sfu_webhook_move(ngx_rtc_sfu_webhook_lane_t *lane, ngx_uint_t target)
{
    ngx_rtc_sfu_webhook_t  *webhook;

    if (target == NGX_RTC_SFU_WEBHOOK_NOBODY) {
        ngx_rtc_sfu_webhook_leave(lane);
        return;
    }

    webhook = lane->entry->webhook;

    webhook->waiting[lane->target]--;
    webhook->waiting[target]++;

    lane->target = target;
}


ngx_uint_t
ngx_rtc_sfu_webhook_is_busy(const ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_uint_t                         i;
    const ngx_rtc_sfu_webhook_lane_t  *lane;

    for (i = 0; i < entry->nlanes; i++) {
        lane = &entry->lanes[i];

        if (lane->call || (lane->timer.timer_set && !lane->attempts)) {
            return 1;
        }
    }

    return entry->left == 0;
}


void
ngx_rtc_sfu_webhook_delete(ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_str_t               argv[2];
    ngx_rtc_sfu_webhook_t  *webhook;

    if (entry->deleting) {
        return;
    }

    webhook = entry->webhook;

    ngx_str_set(&argv[0], RTC_KEY_WEBHOOKS);
    argv[1] = entry->id;

    entry->deleting = ngx_rtc_redis_script(webhook->worker->redis,
                                           &webhook->forget, 1, 2, argv,
                                           ngx_rtc_sfu_webhook_deleted, entry);
    if (entry->deleting) {

        /* a worker that was told to quit waits for it */

        webhook->deleting++;
        webhook->tick.cancelable = 0;
    }
}


/* while Redis is away it stays, for the next tick */

static void
ngx_rtc_sfu_webhook_deleted(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_webhook_entry_t  *entry = data;

    ngx_queue_t                 *q;
    ngx_rtc_sfu_webhook_t       *webhook;
    ngx_rtc_sfu_webhook_room_t  *room;

    webhook = entry->webhook;
    room = entry->room;

    entry->deleting = NULL;
    webhook->tick.cancelable = --webhook->deleting == 0;

    if (rc == NGX_AGAIN) {
        return;
    }

    /* with its last entry a room goes */

    q = ngx_queue_head(&room->entries);

    if (ngx_queue_next(q) == ngx_queue_sentinel(&room->entries)) {
        room = NULL;
    }

    ngx_rtc_sfu_webhook_free(entry);

    if (room) {
        ngx_rtc_sfu_webhook_run(room);
    }

    ngx_rtc_sfu_webhook_read(webhook);
}


void
ngx_rtc_sfu_webhook_free(ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_rtc_sfu_webhook_t       *webhook;
    ngx_rtc_sfu_webhook_room_t  *room;

    webhook = entry->webhook;
    room = entry->room;

    ngx_rtc_sfu_webhook_skip(entry);

    if (entry->deleting) {
        ngx_rtc_redis_cancel(entry->deleting);
        webhook->tick.cancelable = --webhook->deleting == 0;
    }

    if (entry->hold.timer_set) {
        ngx_del_timer(&entry->hold);
    }

    ngx_queue_remove(&entry->queue);
    ngx_queue_remove(&entry->siblings);
    webhook->nentries--;
    webhook->bytes -= ngx_min(entry->size, webhook->bytes);

    ngx_destroy_pool(entry->pool);

    if (ngx_queue_empty(&room->entries)) {
        ngx_rbtree_delete(&webhook->rooms, &room->sn.node);
        ngx_free(room);
    }
}
