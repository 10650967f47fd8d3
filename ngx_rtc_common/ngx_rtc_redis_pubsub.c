
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Subscriptions, on a connection of their own.
 *
 * A channel has at most one SUBSCRIBE or UNSUBSCRIBE on its way: hiredis keeps
 * one callback per channel and forgets it with the first confirmed
 * UNSUBSCRIBE.  The probe's channel is never left, so that the connection is
 * never without a channel: hiredis would end the subscribed mode under a
 * SUBSCRIBE that is on its way.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_redis_internal.h"
#include "rtc_keys.h"


typedef enum {
    NGX_RTC_REDIS_SUB_IDLE = 0,
    NGX_RTC_REDIS_SUB_ASKED,        /* SUBSCRIBE is on its way */
    NGX_RTC_REDIS_SUB_CONFIRMED,
    NGX_RTC_REDIS_SUB_LEAVING       /* UNSUBSCRIBE is on its way */
} ngx_rtc_redis_sub_e;


struct ngx_rtc_redis_sub_s {
    ngx_str_node_t                       node;
    ngx_queue_t                          queue;
    ngx_rtc_redis_t                     *redis;
    ngx_rtc_redis_sub_e                  state;

    /* NULL: without owner, waits for the end of its SUBSCRIBE or UNSUBSCRIBE */
    const ngx_rtc_redis_sub_handlers_t  *handlers;
    void                                *data;
};


static const ngx_str_t  ngx_rtc_redis_subscribe_word = ngx_string("SUBSCRIBE");
static const ngx_str_t  ngx_rtc_redis_unsubscribe_word =
    ngx_string("UNSUBSCRIBE");
static const ngx_str_t  ngx_rtc_redis_probe_channel =
    ngx_string(RTC_KEY_PROBE);


static void ngx_rtc_redis_pubsub_up(ngx_rtc_redis_conn_t *conn);
static void ngx_rtc_redis_pubsub_down(ngx_rtc_redis_conn_t *conn);
static void ngx_rtc_redis_pubsub_probe(ngx_rtc_redis_conn_t *conn);
static ngx_int_t ngx_rtc_redis_pubsub_send(ngx_rtc_redis_conn_t *conn,
    const ngx_str_t *word, const ngx_str_t *channel);
static void ngx_rtc_redis_pubsub_handler(redisAsyncContext *ac, void *raw,
    void *data);
static void ngx_rtc_redis_sub_event(ngx_rtc_redis_sub_t *sub,
    const ngx_str_t *kind, const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_redis_sub_sync(ngx_rtc_redis_sub_t *sub);
static ngx_rtc_redis_sub_t *ngx_rtc_redis_sub_find(ngx_rtc_redis_t *redis,
    const ngx_str_t *channel);
static void ngx_rtc_redis_sub_free(ngx_rtc_redis_sub_t *sub);


void
ngx_rtc_redis_pubsub_init(ngx_rtc_redis_t *redis)
{
    ngx_queue_init(&redis->subs);
    ngx_rbtree_init(&redis->channels, &redis->sentinel,
                    ngx_str_rbtree_insert_value);

    ngx_rtc_redis_conn_init(&redis->pubsub, redis, "pub/sub");
    redis->pubsub.up = ngx_rtc_redis_pubsub_up;
    redis->pubsub.down = ngx_rtc_redis_pubsub_down;
    redis->pubsub.probe = ngx_rtc_redis_pubsub_probe;
}


void
ngx_rtc_redis_pubsub_destroy(ngx_rtc_redis_t *redis)
{
    ngx_queue_t  *q;

    ngx_rtc_redis_conn_destroy(&redis->pubsub);

    while (!ngx_queue_empty(&redis->subs)) {
        q = ngx_queue_head(&redis->subs);
        ngx_rtc_redis_sub_free(ngx_queue_data(q, ngx_rtc_redis_sub_t, queue));
    }
}


ngx_rtc_redis_sub_t *
ngx_rtc_redis_subscribe(ngx_rtc_redis_t *redis, const ngx_str_t *channel,
    const ngx_rtc_redis_sub_handlers_t *handlers, void *data)
{
    ngx_rtc_redis_sub_t  *sub;

    sub = ngx_rtc_redis_sub_find(redis, channel);

    if (sub == NULL) {
        sub = ngx_alloc(sizeof(ngx_rtc_redis_sub_t) + channel->len,
                        redis->log);
        if (sub == NULL) {
            return NULL;
        }

        ngx_memzero(sub, sizeof(ngx_rtc_redis_sub_t));

        sub->redis = redis;
        sub->node.str.data = (u_char *) (sub + 1);
        sub->node.str.len = channel->len;
        ngx_memcpy(sub->node.str.data, channel->data, channel->len);
        sub->node.node.key = ngx_crc32_long(channel->data, channel->len);

        ngx_rbtree_insert(&redis->channels, &sub->node.node);
        ngx_queue_insert_tail(&redis->subs, &sub->queue);

    } else if (sub->handlers) {
        return NULL;
    }

    sub->handlers = handlers;
    sub->data = data;

    ngx_rtc_redis_conn_start(&redis->pubsub);
    ngx_rtc_redis_sub_sync(sub);

    return sub;
}


void
ngx_rtc_redis_unsubscribe(ngx_rtc_redis_sub_t *sub)
{
    sub->handlers = NULL;
    sub->data = NULL;

    ngx_rtc_redis_sub_sync(sub);
}


static void
ngx_rtc_redis_pubsub_up(ngx_rtc_redis_conn_t *conn)
{
    ngx_queue_t          *q, *next;
    ngx_rtc_redis_sub_t  *sub;

    ngx_rtc_redis_pubsub_probe(conn);

    for (q = ngx_queue_head(&conn->redis->subs);
         q != ngx_queue_sentinel(&conn->redis->subs);
         q = next)
    {
        next = ngx_queue_next(q);

        sub = ngx_queue_data(q, ngx_rtc_redis_sub_t, queue);
        ngx_rtc_redis_sub_sync(sub);
    }
}


static void
ngx_rtc_redis_pubsub_down(ngx_rtc_redis_conn_t *conn)
{
    ngx_queue_t          *q, *next;
    ngx_rtc_redis_sub_t  *sub;

    for (q = ngx_queue_head(&conn->redis->subs);
         q != ngx_queue_sentinel(&conn->redis->subs);
         q = next)
    {
        next = ngx_queue_next(q);

        sub = ngx_queue_data(q, ngx_rtc_redis_sub_t, queue);
        sub->state = NGX_RTC_REDIS_SUB_IDLE;
        ngx_rtc_redis_sub_sync(sub);
    }
}


/* answers come in order: that to the probe covers every earlier command */

static void
ngx_rtc_redis_pubsub_probe(ngx_rtc_redis_conn_t *conn)
{
    if (ngx_rtc_redis_pubsub_send(conn, &ngx_rtc_redis_subscribe_word,
                                  &ngx_rtc_redis_probe_channel)
        == NGX_OK)
    {
        ngx_rtc_redis_conn_expect(conn, NGX_RTC_REDIS_TIMEOUT);
        conn->deadline.cancelable = 1;
    }
}


static ngx_int_t
ngx_rtc_redis_pubsub_send(ngx_rtc_redis_conn_t *conn, const ngx_str_t *word,
    const ngx_str_t *channel)
{
    ngx_str_t  args[2];

    if (conn->state != NGX_RTC_REDIS_UP) {
        return NGX_DECLINED;
    }

    args[0] = *word;
    args[1] = *channel;

    if (ngx_rtc_redis_send(conn, ngx_rtc_redis_pubsub_handler, conn, 2, args)
        != NGX_OK)
    {
        ngx_rtc_redis_conn_drop(conn, "subscription not sent");
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/*
 * hiredis may call this with a message of a channel it does not know: the
 * channel is looked up here, from what the reply says
 */

static void
ngx_rtc_redis_pubsub_handler(redisAsyncContext *ac, void *raw, void *data)
{
    ngx_rtc_redis_conn_t *conn = data;

    ngx_str_t                     kind, channel;
    ngx_rtc_redis_sub_t          *sub;
    const ngx_rtc_redis_reply_t  *reply;

    reply = raw;

    if (reply == NULL) {
        conn->state = NGX_RTC_REDIS_CLOSING;
        return;
    }

    if (conn->state != NGX_RTC_REDIS_UP
        || ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 0), &kind)
           != NGX_OK
        || ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 1),
                                      &channel)
           != NGX_OK)
    {
        return;
    }

    if (channel.len == ngx_rtc_redis_probe_channel.len
        && ngx_strncmp(channel.data, ngx_rtc_redis_probe_channel.data,
                       channel.len)
           == 0)
    {
        ngx_rtc_redis_conn_expect(conn, 0);
        return;
    }

    sub = ngx_rtc_redis_sub_find(conn->redis, &channel);

    if (sub) {
        ngx_rtc_redis_sub_event(sub, &kind, reply);
    }
}


static void
ngx_rtc_redis_sub_event(ngx_rtc_redis_sub_t *sub, const ngx_str_t *kind,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t  payload;

    if (kind->len == 7 && ngx_strncmp(kind->data, "message", 7) == 0) {

        if (sub->handlers && sub->state == NGX_RTC_REDIS_SUB_CONFIRMED
            && ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 2),
                                          &payload)
               == NGX_OK)
        {
            sub->redis->stat.messages++;
            sub->handlers->message(sub->data, &payload);
        }

        return;
    }

    if (kind->len == 9 && ngx_strncmp(kind->data, "subscribe", 9) == 0
        && sub->state == NGX_RTC_REDIS_SUB_ASKED)
    {
        sub->state = NGX_RTC_REDIS_SUB_CONFIRMED;

        if (sub->handlers) {
            sub->handlers->confirmed(sub->data);
            return;
        }

    } else if (kind->len == 11
               && ngx_strncmp(kind->data, "unsubscribe", 11) == 0
               && sub->state == NGX_RTC_REDIS_SUB_LEAVING)
    {
        sub->state = NGX_RTC_REDIS_SUB_IDLE;

    } else {
        return;
    }

    ngx_rtc_redis_sub_sync(sub);
}


/* the next step towards what the owner wants; may free the subscription */

static void
ngx_rtc_redis_sub_sync(ngx_rtc_redis_sub_t *sub)
{
    ngx_rtc_redis_conn_t  *conn;

    conn = &sub->redis->pubsub;

    switch (sub->state) {

    case NGX_RTC_REDIS_SUB_IDLE:

        if (sub->handlers == NULL) {
            ngx_rtc_redis_sub_free(sub);
            return;
        }

        if (ngx_rtc_redis_pubsub_send(conn, &ngx_rtc_redis_subscribe_word,
                                      &sub->node.str)
            == NGX_OK)
        {
            sub->state = NGX_RTC_REDIS_SUB_ASKED;
        }

        return;

    case NGX_RTC_REDIS_SUB_CONFIRMED:

        if (sub->handlers == NULL
            && ngx_rtc_redis_pubsub_send(conn,
                                         &ngx_rtc_redis_unsubscribe_word,
                                         &sub->node.str)
               == NGX_OK)
        {
            sub->state = NGX_RTC_REDIS_SUB_LEAVING;
        }

        return;

    default: /* the answer on its way decides */
        return;
    }
}


static ngx_rtc_redis_sub_t *
ngx_rtc_redis_sub_find(ngx_rtc_redis_t *redis, const ngx_str_t *channel)
{
    ngx_str_t  name;

    name = *channel;

    return (ngx_rtc_redis_sub_t *)
               ngx_str_rbtree_lookup(&redis->channels, &name,
                                     ngx_crc32_long(name.data, name.len));
}


static void
ngx_rtc_redis_sub_free(ngx_rtc_redis_sub_t *sub)
{
    ngx_rbtree_delete(&sub->redis->channels, &sub->node.node);
    ngx_queue_remove(&sub->queue);
    ngx_free(sub);
}
