
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_remote_internal.h"
#include "ngx_rtc_sfu_subscribe.h"
#include "ngx_rtc_sfu_worker.h"


/* whose leg it is, in relay->asked */

#define ngx_rtc_sfu_remote_of(n)                                             \
    ((ngx_rtc_sfu_remote_track_t *) ((u_char *) (n)                          \
                              - offsetof(ngx_rtc_sfu_remote_track_t, node)))


static void ngx_rtc_sfu_remote_demand_event(ngx_event_t *ev);
static void ngx_rtc_sfu_remote_linger_event(ngx_event_t *ev);
static ngx_uint_t ngx_rtc_sfu_remote_is_wanted(ngx_rtc_sfu_track_t *track);
static void ngx_rtc_sfu_remote_ask(ngx_rtc_sfu_remote_track_t *rt);
static void ngx_rtc_sfu_remote_tell_layer(ngx_rtc_sfu_remote_track_t *rt);
static int ngx_rtc_sfu_remote_layer(ngx_rtc_sfu_remote_track_t *rt);
static void ngx_rtc_sfu_remote_forget_leg(ngx_rtc_sfu_remote_track_t *rt);
static void ngx_rtc_sfu_remote_give_up(ngx_rtc_sfu_remote_track_t *rt);
static ngx_rtc_sfu_remote_track_t *ngx_rtc_sfu_remote_find(
    ngx_rtc_sfu_relay_t *relay, uint32_t leg);
static ngx_int_t ngx_rtc_sfu_remote_bind(ngx_rtc_sfu_remote_track_t *rt,
    const Conference__Track *message);
static ngx_int_t ngx_rtc_sfu_remote_create_media(
    ngx_rtc_sfu_remote_track_t *rt, const Conference__Track *message);


void
ngx_rtc_sfu_remote_init_leg(ngx_rtc_sfu_remote_track_t *rt)
{
    ngx_log_t  *log;

    log = rt->remote->room->worker->log;

    rt->layer = -1;

    ngx_rtc_ident_init(&rt->ident, rt);

    rt->demand.handler = ngx_rtc_sfu_remote_demand_event;
    rt->demand.data = &rt->ident;
    rt->demand.log = log;

    rt->linger.handler = ngx_rtc_sfu_remote_linger_event;
    rt->linger.data = &rt->ident;
    rt->linger.log = log;
    rt->linger.cancelable = 1;
}


void
ngx_rtc_sfu_remote_end_leg(ngx_rtc_sfu_remote_track_t *rt)
{
    ngx_rtc_sfu_remote_forget_leg(rt);

    if (rt->track.media) {
        rtc_track_destroy(rt->track.media);
        rt->track.media = NULL;
    }

    if (rt->demand.posted) {
        ngx_delete_posted_event(&rt->demand);
    }

    if (rt->linger.timer_set) {
        ngx_del_timer(&rt->linger);
    }
}


void
ngx_rtc_sfu_remote_demand(ngx_rtc_sfu_track_t *track)
{
    ngx_rtc_sfu_remote_track_t  *rt;

    if (track->publisher) {
        return;
    }

    rt = (ngx_rtc_sfu_remote_track_t *) track;

    ngx_post_event(&rt->demand, &ngx_posted_events);
}


void
ngx_rtc_sfu_remote_check(ngx_rtc_sfu_track_t *track)
{
    ngx_rtc_sfu_remote_track_t  *rt;

    rt = (ngx_rtc_sfu_remote_track_t *) track;

    if (rt->answered) {
        ngx_rtc_sfu_remote_tell_layer(rt);
    }
}


static void
ngx_rtc_sfu_remote_demand_event(ngx_event_t *ev)
{
    ngx_rtc_sfu_remote_track_t  *rt = ngx_rtc_ident_data(ev);

    if (!ngx_rtc_sfu_remote_is_wanted(&rt->track)) {

        if (rt->asked && !rt->linger.timer_set) {
            ngx_add_timer(&rt->linger, NGX_RTC_SFU_REMOTE_LINGER);
        }

        ngx_rtc_sfu_remote_tell_layer(rt);
        return;
    }

    if (rt->linger.timer_set) {
        ngx_del_timer(&rt->linger);
    }

    if (rt->asked) {
        ngx_rtc_sfu_remote_tell_layer(rt);
        return;
    }

    ngx_rtc_sfu_remote_ask(rt);
}


static ngx_uint_t
ngx_rtc_sfu_remote_is_wanted(ngx_rtc_sfu_track_t *track)
{
    ngx_queue_t                 *q;
    ngx_rtc_sfu_subscription_t  *s;

    if (track->heard) {
        return 1;
    }

    for (q = ngx_queue_head(&track->subscriptions);
         q != ngx_queue_sentinel(&track->subscriptions);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, ngx_rtc_sfu_subscription_t, by_track);

        if (!s->unwanted && !s->refused && !s->denied) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_rtc_sfu_remote_linger_event(ngx_event_t *ev)
{
    ngx_rtc_sfu_remote_track_t  *rt = ngx_rtc_ident_data(ev);

    /* it may be wanted again in this very loop turn */

    if (!ngx_rtc_sfu_remote_is_wanted(&rt->track)) {
        ngx_rtc_sfu_remote_give_up(rt);
    }
}


static void
ngx_rtc_sfu_remote_give_up(ngx_rtc_sfu_remote_track_t *rt)
{
    Conference__Unsubscribe  message = CONFERENCE__UNSUBSCRIBE__INIT;

    if (rt->asked) {
        message.leg = (uint32_t) rt->node.key;

        (void) ngx_rtc_sfu_relay_send(rt->remote->relay,
                                      NGX_RTC_SFU_LINK_UNSUBSCRIBE,
                                      &message.base);
    }

    ngx_rtc_sfu_remote_forget_leg(rt);

    if (rt->track.media) {
        rtc_track_destroy(rt->track.media);
        rt->track.media = NULL;
    }
}


static void
ngx_rtc_sfu_remote_ask(ngx_rtc_sfu_remote_track_t *rt)
{
    ngx_uint_t             i;
    ngx_rtc_sfu_relay_t   *relay;
    Conference__Subscribe  message = CONFERENCE__SUBSCRIBE__INIT;

    relay = rt->remote->relay;

    if (rt->gone || relay->media == NULL) {
        return;
    }

    for (i = 0; i < RTC_TRACK_MAX_LAYERS; i++) {
        rt->ssrcs[i] = rtc_relay_ssrc(relay->media);
    }

    rt->node.key = ++relay->leg;
    rt->layer = ngx_rtc_sfu_remote_layer(rt);

    message.leg = relay->leg;
    message.room.data = rt->track.room->node.str.data;
    message.room.len = rt->track.room->node.str.len;
    message.track = (char *) rt->track.sid.data;
    message.ssrcs = rt->ssrcs;
    message.n_ssrcs = RTC_TRACK_MAX_LAYERS;
    message.max_layer = rt->layer;

    if (ngx_rtc_sfu_relay_send(relay, NGX_RTC_SFU_LINK_SUBSCRIBE,
                               &message.base)
        != NGX_OK)
    {
        return;
    }

    ngx_rbtree_insert(&relay->asked, &rt->node);
    rt->asked = 1;
}


/* what is wanted by those who can have it, -1: nothing */

static int
ngx_rtc_sfu_remote_layer(ngx_rtc_sfu_remote_track_t *rt)
{
    int  layer;

    if (rt->track.media == NULL) {
        return -1;
    }

    layer = rtc_track_wanted_layer(rt->track.media);

    if (layer != RTC_DECLINED) {
        return layer;
    }

    return rt->track.heard ? 0 : -1;
}


static void
ngx_rtc_sfu_remote_tell_layer(ngx_rtc_sfu_remote_track_t *rt)
{
    int                layer;
    Conference__Layer  message = CONFERENCE__LAYER__INIT;

    layer = ngx_rtc_sfu_remote_layer(rt);

    if (!rt->answered || layer == rt->layer) {
        return;
    }

    rt->layer = layer;

    message.leg = (uint32_t) rt->node.key;
    message.max_layer = layer;

    (void) ngx_rtc_sfu_relay_send(rt->remote->relay, NGX_RTC_SFU_LINK_LAYER,
                                  &message.base);
}


static void
ngx_rtc_sfu_remote_forget_leg(ngx_rtc_sfu_remote_track_t *rt)
{
    ngx_uint_t            i;
    ngx_rtc_sfu_relay_t  *relay;

    relay = rt->remote->relay;

    if (!rt->asked) {
        return;
    }

    ngx_rbtree_delete(&relay->asked, &rt->node);

    if (relay->media) {
        for (i = 0; i < RTC_TRACK_MAX_LAYERS; i++) {
            rtc_relay_remove_source(relay->media, rt->ssrcs[i]);
        }
    }

    rt->asked = 0;
    rt->answered = 0;
    rt->layer = -1;
}


void
ngx_rtc_sfu_remote_up(ngx_rtc_sfu_relay_t *relay)
{
    ngx_queue_t                 *q, *t;
    ngx_rtc_sfu_remote_t        *remote;
    ngx_rtc_sfu_remote_track_t  *rt;

    for (q = ngx_queue_head(&relay->remotes);
         q != ngx_queue_sentinel(&relay->remotes);
         q = ngx_queue_next(q))
    {
        remote = ngx_queue_data(q, ngx_rtc_sfu_remote_t, queue);

        for (t = ngx_queue_head(&remote->tracks);
             t != ngx_queue_sentinel(&remote->tracks);
             t = ngx_queue_next(t))
        {
            rt = (ngx_rtc_sfu_remote_track_t *)
                     ngx_queue_data(t, ngx_rtc_sfu_track_t, queue);

            rt->gone = 0;
            ngx_rtc_sfu_remote_demand(&rt->track);
        }
    }
}


/* tracks stay, and go on when the relay is there again */

void
ngx_rtc_sfu_remote_down(ngx_rtc_sfu_relay_t *relay)
{
    while (relay->asked.root != relay->asked.sentinel) {
        ngx_rtc_sfu_remote_forget_leg(ngx_rtc_sfu_remote_of(relay->asked.root));
    }
}


static ngx_rtc_sfu_remote_track_t *
ngx_rtc_sfu_remote_find(ngx_rtc_sfu_relay_t *relay, uint32_t leg)
{
    ngx_rbtree_node_t  *node;

    node = ngx_rtc_sfu_relay_find(&relay->asked, leg);

    return node ? ngx_rtc_sfu_remote_of(node) : NULL;
}


void
ngx_rtc_sfu_remote_track(ngx_rtc_sfu_relay_t *relay,
    const Conference__Track *message)
{
    ngx_rtc_sfu_remote_track_t  *rt;

    rt = ngx_rtc_sfu_remote_find(relay, message->leg);

    if (rt == NULL || rt->answered) {
        return;
    }

    if (ngx_rtc_sfu_remote_bind(rt, message) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, relay->worker->log, 0,
                      "sfu: cannot take %V of another worker, codec:%s",
                      &rt->track.sid, message->codec);

        /* asked for again when the link comes up anew */

        ngx_rtc_sfu_remote_give_up(rt);
        rt->gone = 1;
        return;
    }

    rt->answered = 1;

    ngx_rtc_sfu_subscribe_ready(&rt->track);
    ngx_rtc_sfu_remote_demand(&rt->track);
}


static ngx_int_t
ngx_rtc_sfu_remote_bind(ngx_rtc_sfu_remote_track_t *rt,
    const Conference__Track *message)
{
    unsigned              i;
    ngx_rtc_sfu_track_t  *track;
    ngx_rtc_sfu_relay_t  *relay;

    track = &rt->track;
    relay = rt->remote->relay;

    if (track->media == NULL) {
        if (ngx_rtc_sfu_remote_create_media(rt, message) != NGX_OK) {
            return NGX_ERROR;
        }

    } else {

        /* the link was down: packets of before are another source's */

        if (message->layers != rtc_track_layers(track->media)) {
            return NGX_ERROR;
        }

        for (i = 0; i < message->layers; i++) {
            if (rtc_track_set_ssrc(track->media, i, rt->ssrcs[i],
                                   ngx_rtc_sfu_media_now_us())
                != RTC_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    for (i = 0; i < message->layers; i++) {
        if (rtc_relay_add_source(relay->media, rt->ssrcs[i],
                                 rt->remote->uplink)
            != RTC_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_remote_create_media(ngx_rtc_sfu_remote_track_t *rt,
    const Conference__Track *message)
{
    unsigned              i;
    rtc_str_t             codec;
    rtc_track_conf_t      conf;
    ngx_rtc_sfu_track_t  *track;

    track = &rt->track;

    if (ngx_rtc_sfu_remote_uplink(rt->remote) != NGX_OK) {
        return NGX_ERROR;
    }

    codec.data = (uint8_t *) message->codec;
    codec.len = ngx_strlen(message->codec);

    ngx_memzero(&conf, sizeof(rtc_track_conf_t));

    conf.owner = track;
    conf.codec = rtc_codec_find(codec);
    conf.clock = message->clock;
    conf.pt = RTC_RELAY_PT;
    conf.red_pt = message->red ? RTC_RELAY_PT_RED : 0;
    conf.nack = 1;
    conf.pli = 1;
    conf.nlayers = message->layers;

    conf.exts = rtc_relay_exts;

    for (i = 0; i < message->layers && i < RTC_TRACK_MAX_LAYERS; i++) {
        conf.layers[i].ssrc = rt->ssrcs[i];
    }

    if (conf.codec == RTC_CODEC_NONE) {
        return NGX_ERROR;
    }

    track->media = rtc_track_create(rt->remote->uplink, &conf);
    if (track->media == NULL) {
        return NGX_ERROR;
    }

    track->codec = conf.codec;
    track->red = message->red;
    track->h264_profile = message->h264_profile;

    rtc_track_set_muted(track->media, track->info->muted,
                        ngx_rtc_sfu_media_now_us());

    return NGX_OK;
}


void
ngx_rtc_sfu_remote_gone(ngx_rtc_sfu_relay_t *relay,
    const Conference__Gone *message)
{
    ngx_rtc_sfu_remote_track_t  *rt;

    rt = ngx_rtc_sfu_remote_find(relay, message->leg);

    if (rt) {

        /* the replica will say so, too */

        ngx_rtc_sfu_remote_forget_leg(rt);
        rt->gone = 1;
    }
}
