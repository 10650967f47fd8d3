
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_leg.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_worker.h"


static ngx_rtc_sfu_track_t *ngx_rtc_sfu_leg_track(ngx_rtc_sfu_relay_t *relay,
    const Conference__Subscribe *message);
static ngx_rtc_sfu_leg_t *ngx_rtc_sfu_leg_create(ngx_rtc_sfu_relay_t *relay,
    ngx_rtc_sfu_track_t *track, const Conference__Subscribe *message);
static void ngx_rtc_sfu_leg_destroy(ngx_rtc_sfu_leg_t *leg);
static void ngx_rtc_sfu_leg_answer(ngx_rtc_sfu_relay_t *relay,
    ngx_rtc_sfu_track_t *track, uint32_t number);
static void ngx_rtc_sfu_leg_gone(ngx_rtc_sfu_relay_t *relay, uint32_t number);


void
ngx_rtc_sfu_leg_subscribe(ngx_rtc_sfu_relay_t *relay,
    const Conference__Subscribe *message)
{
    ngx_rtc_sfu_leg_t    *leg;
    ngx_rtc_sfu_track_t  *track;

    leg = (ngx_rtc_sfu_leg_t *) ngx_rtc_sfu_relay_find(&relay->legs,
                                                       message->leg);

    if (leg) {
        ngx_rtc_sfu_leg_destroy(leg);
    }

    track = ngx_rtc_sfu_leg_track(relay, message);

    if (track == NULL
        || ngx_rtc_sfu_leg_create(relay, track, message) == NULL)
    {
        ngx_rtc_sfu_leg_gone(relay, message->leg);
        return;
    }

    ngx_rtc_sfu_leg_answer(relay, track, message->leg);
    ngx_rtc_sfu_track_subscribed(track);
}


/* only the publisher's worker sends a track */

static ngx_rtc_sfu_track_t *
ngx_rtc_sfu_leg_track(ngx_rtc_sfu_relay_t *relay,
    const Conference__Subscribe *message)
{
    ngx_str_t             id;
    ngx_rtc_sfu_room_t   *room;
    ngx_rtc_sfu_track_t  *track;

    id.data = message->room.data;
    id.len = message->room.len;

    room = ngx_rtc_sfu_room_find(relay->worker, &id);

    if (room == NULL || relay->media == NULL) {
        return NULL;
    }

    track = ngx_rtc_sfu_track_find(room, message->track);

    if (track == NULL || track->publisher == NULL
        || message->n_ssrcs < rtc_track_layers(track->media))
    {
        return NULL;
    }

    return track;
}


static ngx_rtc_sfu_leg_t *
ngx_rtc_sfu_leg_create(ngx_rtc_sfu_relay_t *relay, ngx_rtc_sfu_track_t *track,
    const Conference__Subscribe *message)
{
    unsigned            i;
    rtc_leg_conf_t      conf;
    ngx_rtc_sfu_leg_t  *leg;

    leg = ngx_calloc(sizeof(ngx_rtc_sfu_leg_t), relay->worker->log);
    if (leg == NULL) {
        return NULL;
    }

    ngx_memzero(&conf, sizeof(rtc_leg_conf_t));

    conf.owner = leg;
    conf.max_layer = message->max_layer;

    for (i = 0; i < rtc_track_layers(track->media); i++) {
        conf.ssrcs[i] = message->ssrcs[i];
    }

    leg->media = rtc_leg_create(relay->media, track->media, &conf,
                                ngx_rtc_sfu_media_now_us());
    if (leg->media == NULL) {
        ngx_free(leg);
        return NULL;
    }

    leg->relay = relay;
    leg->node.key = message->leg;

    ngx_rbtree_insert(&relay->legs, &leg->node);
    ngx_queue_insert_tail(&track->legs, &leg->by_track);
    relay->worker->legs++;

    return leg;
}


static void
ngx_rtc_sfu_leg_destroy(ngx_rtc_sfu_leg_t *leg)
{
    rtc_leg_destroy(leg->media);

    ngx_rbtree_delete(&leg->relay->legs, &leg->node);
    ngx_queue_remove(&leg->by_track);
    leg->relay->worker->legs--;

    ngx_free(leg);
}


static void
ngx_rtc_sfu_leg_answer(ngx_rtc_sfu_relay_t *relay, ngx_rtc_sfu_track_t *track,
    uint32_t number)
{
    Conference__Track  answer = CONFERENCE__TRACK__INIT;

    answer.leg = number;
    answer.codec = (char *) rtc_codec_name(track->codec);
    answer.clock = rtc_track_clock(track->media);
    answer.layers = rtc_track_layers(track->media);
    answer.red = track->red != 0;
    answer.h264_profile = track->h264_profile;

    (void) ngx_rtc_sfu_relay_send(relay, NGX_RTC_SFU_LINK_TRACK,
                                  &answer.base);
}


static void
ngx_rtc_sfu_leg_gone(ngx_rtc_sfu_relay_t *relay, uint32_t number)
{
    Conference__Gone  gone = CONFERENCE__GONE__INIT;

    gone.leg = number;

    (void) ngx_rtc_sfu_relay_send(relay, NGX_RTC_SFU_LINK_GONE, &gone.base);
}


void
ngx_rtc_sfu_leg_layer(ngx_rtc_sfu_relay_t *relay,
    const Conference__Layer *message)
{
    ngx_rtc_sfu_leg_t  *leg;

    leg = (ngx_rtc_sfu_leg_t *) ngx_rtc_sfu_relay_find(&relay->legs,
                                                       message->leg);

    if (leg) {
        rtc_leg_set_max_layer(leg->media, message->max_layer,
                              ngx_rtc_sfu_media_now_us());
    }
}


void
ngx_rtc_sfu_leg_unsubscribe(ngx_rtc_sfu_relay_t *relay,
    const Conference__Unsubscribe *message)
{
    ngx_rtc_sfu_leg_t  *leg;

    leg = (ngx_rtc_sfu_leg_t *) ngx_rtc_sfu_relay_find(&relay->legs,
                                                       message->leg);

    if (leg) {
        ngx_rtc_sfu_leg_destroy(leg);
    }
}


void
ngx_rtc_sfu_leg_end(ngx_rtc_sfu_track_t *track)
{
    ngx_queue_t        *q;
    ngx_rtc_sfu_leg_t  *leg;

    while (!ngx_queue_empty(&track->legs)) {
        q = ngx_queue_head(&track->legs);
        leg = ngx_queue_data(q, ngx_rtc_sfu_leg_t, by_track);

        ngx_rtc_sfu_leg_gone(leg->relay, (uint32_t) leg->node.key);
        ngx_rtc_sfu_leg_destroy(leg);
    }
}


void
ngx_rtc_sfu_leg_close_all(ngx_rtc_sfu_relay_t *relay)
{
    while (relay->legs.root != relay->legs.sentinel) {
        ngx_rtc_sfu_leg_destroy((ngx_rtc_sfu_leg_t *) relay->legs.root);
    }
}
