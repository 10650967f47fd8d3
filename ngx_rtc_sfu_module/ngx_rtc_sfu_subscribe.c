
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Which tracks a participant gets, and how much of them.
 */


#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_id.h"
#include "ngx_rtc_sfu_negotiate.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_permission.h"
#include "ngx_rtc_sfu_remote.h"
#include "ngx_rtc_sfu_subscribe.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_worker.h"


static void ngx_rtc_sfu_subscribe_send_rtp(void *ctx,
    const rtc_rtp_out_t *out);
static void ngx_rtc_sfu_subscribe_send_rtcp(void *ctx, const uint8_t *p,
    size_t len);
static void ngx_rtc_sfu_subscribe_wake(void *ctx);
static void ngx_rtc_sfu_subscribe_to(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_track_t *track);
static ngx_rtc_sfu_subscription_t *ngx_rtc_sfu_subscribe_find(
    ngx_rtc_sfu_participant_t *p, const ngx_rtc_sfu_track_t *track);
static ngx_int_t ngx_rtc_sfu_subscribe_add(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_track_t *track);
static void ngx_rtc_sfu_subscribe_permit_one(ngx_rtc_sfu_subscription_t *s);
static void ngx_rtc_sfu_subscribe_tell(ngx_rtc_sfu_subscription_t *s);
static void ngx_rtc_sfu_subscribe_want(ngx_rtc_sfu_subscription_t *s);
static void ngx_rtc_sfu_subscribe_number(ngx_rtc_sfu_subscription_t *s);
static void ngx_rtc_sfu_subscribe_stop(ngx_rtc_sfu_subscription_t *s);
static void ngx_rtc_sfu_subscribe_remove(ngx_rtc_sfu_subscription_t *s);
static void ngx_rtc_sfu_subscribe_one(ngx_rtc_sfu_participant_t *p,
    const char *sid, ngx_uint_t subscribe);
static ngx_uint_t ngx_rtc_sfu_subscribe_layer(const ngx_rtc_sfu_track_t *track,
    const Livekit__UpdateTrackSettings *settings);


static const rtc_out_t  ngx_rtc_sfu_subscribe_out = {
    ngx_rtc_sfu_subscribe_send_rtp,
    ngx_rtc_sfu_subscribe_send_rtcp,
    ngx_rtc_sfu_subscribe_wake,
    NULL
};


ngx_int_t
ngx_rtc_sfu_subscribe_downlink(ngx_rtc_sfu_pc_t *pc)
{
    rtc_downlink_conf_t  conf;

    ngx_memzero(&conf, sizeof(rtc_downlink_conf_t));

    conf.ssrc = ngx_rtc_sfu_id_ssrc();
    conf.out = &ngx_rtc_sfu_subscribe_out;
    conf.ctx = pc;

    if (rtc_transport_add_sender(pc->transport, conf.ssrc) == RTC_ERROR) {
        return NGX_ERROR;
    }

    pc->downlink = rtc_downlink_create(&conf,
                          ngx_rtc_sfu_media_now_us());
    if (pc->downlink == NULL) {
        return NGX_ERROR;
    }

    /* until the transport is connected */

    rtc_downlink_set_writable(pc->downlink, 0, ngx_rtc_sfu_media_now_us());

    return NGX_OK;
}


static void
ngx_rtc_sfu_subscribe_send_rtp(void *ctx, const rtc_rtp_out_t *out)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    rtc_srtp_packet_t  packet;

    packet.header = out->header;
    packet.header_len = out->header_len;
    packet.prefix = out->prefix;
    packet.prefix_len = out->prefix_len;
    packet.payload = out->payload;
    packet.payload_len = out->payload_len;
    packet.pad = out->pad;
    packet.resend = out->resend;
    packet.expendable = out->video;

    /* what cannot be sent is lost, and counted by the transport */

    (void) rtc_transport_send_rtp(pc->transport, out->sender, &packet);
}


static void
ngx_rtc_sfu_subscribe_send_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    (void) rtc_transport_send_rtcp(pc->transport, p, len);
}


static void
ngx_rtc_sfu_subscribe_wake(void *ctx)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    ngx_rtc_sfu_participant_rearm(pc->participant);
}


void
ngx_rtc_sfu_subscribe_all(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t         *q;
    ngx_rtc_sfu_room_t  *room;

    room = p->room;

    for (q = ngx_queue_head(&room->tracks);
         q != ngx_queue_sentinel(&room->tracks);
         q = ngx_queue_next(q))
    {
        ngx_rtc_sfu_subscribe_to(p,
                              ngx_queue_data(q, ngx_rtc_sfu_track_t, by_room));
    }

    /* its client was told of all these tracks */

    for (q = ngx_queue_head(&p->subscriptions);
         q != ngx_queue_sentinel(&p->subscriptions);
         q = ngx_queue_next(q))
    {
        ngx_rtc_sfu_subscribe_tell(ngx_queue_data(q,
                                          ngx_rtc_sfu_subscription_t, queue));
    }
}


void
ngx_rtc_sfu_subscribe_track(ngx_rtc_sfu_track_t *track)
{
    ngx_queue_t         *q;
    ngx_rtc_sfu_room_t  *room;

    if (!track->listed) {
        return;
    }

    room = track->room;

    for (q = ngx_queue_head(&room->participants);
         q != ngx_queue_sentinel(&room->participants);
         q = ngx_queue_next(q))
    {
        ngx_rtc_sfu_subscribe_to(ngx_queue_data(q, ngx_rtc_sfu_participant_t,
                                                queue),
                                 track);
    }

    ngx_rtc_sfu_viewer_update(room);
}


/* if the participant wants it, or all there is, and does not have it yet */

static void
ngx_rtc_sfu_subscribe_to(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_track_t *track)
{
    ngx_int_t  wanted;

    if (p == track->publisher || ngx_rtc_sfu_subscribe_find(p, track)) {
        return;
    }

    /* it may have said so before the track was known here */

    wanted = ngx_rtc_sfu_pending_take(p, &track->sid);

    if (wanted == NGX_DECLINED) {
        wanted = p->client.auto_subscribe;
    }

    if (wanted) {
        (void) ngx_rtc_sfu_subscribe_add(p, track);
    }
}


static ngx_rtc_sfu_subscription_t *
ngx_rtc_sfu_subscribe_find(ngx_rtc_sfu_participant_t *p,
    const ngx_rtc_sfu_track_t *track)
{
    ngx_queue_t                 *q;
    ngx_rtc_sfu_subscription_t  *s;

    for (q = ngx_queue_head(&p->subscriptions);
         q != ngx_queue_sentinel(&p->subscriptions);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, ngx_rtc_sfu_subscription_t, queue);

        if (s->track == track) {
            return s;
        }
    }

    return NULL;
}


static ngx_int_t
ngx_rtc_sfu_subscribe_add(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_track_t *track)
{
    ngx_rtc_sfu_subscription_t  *s;

    s = ngx_rtc_sfu_subscribe_create(p);
    if (s == NULL) {
        return NGX_ERROR;
    }

    ngx_rtc_sfu_subscribe_assign(s, track);

    s->denied = !ngx_rtc_sfu_permission_allows(p, &track->publisher_sid,
                                               &track->sid);
    ngx_rtc_sfu_subscribe_want(s);

    return NGX_OK;
}


ngx_rtc_sfu_subscription_t *
ngx_rtc_sfu_subscribe_create(ngx_rtc_sfu_participant_t *p)
{
    ngx_rtc_sfu_subscription_t  *s;

    if (!p->grant->can_subscribe
        || p->state == NGX_RTC_SFU_CLOSED
        || p->subscriber == NULL
        || p->subscriber->closed)
    {
        return NULL;
    }

    s = ngx_calloc(sizeof(ngx_rtc_sfu_subscription_t), &p->log);
    if (s == NULL) {
        return NULL;
    }

    s->subscriber = p;
    s->section = -1;
    s->sender = -1;
    s->rtx_sender = -1;
    s->max_layer = RTC_TRACK_MAX_LAYERS;

    ngx_queue_init(&s->by_track);
    ngx_queue_insert_tail(&p->subscriptions, &s->queue);
    p->room->worker->subscriptions++;

    return s;
}


void
ngx_rtc_sfu_subscribe_assign(ngx_rtc_sfu_subscription_t *s,
    ngx_rtc_sfu_track_t *track)
{
    ngx_queue_remove(&s->by_track);
    ngx_queue_init(&s->by_track);

    if (s->track) {
        ngx_rtc_sfu_remote_demand(s->track);
    }

    s->track = track;

    if (track) {
        ngx_queue_insert_tail(&track->subscriptions, &s->by_track);
        ngx_rtc_sfu_remote_demand(track);
    }
}


static void
ngx_rtc_sfu_subscribe_want(ngx_rtc_sfu_subscription_t *s)
{
    ngx_rtc_sfu_participant_t  *p;

    p = s->subscriber;

    s->unwanted = 0;
    s->refused = 0;

    if (s->denied) {
        return;
    }

    ngx_rtc_sfu_subscribe_number(s);

    /* how large it is shown is told when there is something to show */

    if (s->rtx_ssrc && p->client.adaptive_stream) {
        s->max_layer = 0;
        s->paused = 0;
    }

    ngx_rtc_sfu_remote_demand(s->track);
    ngx_rtc_sfu_subscribe_negotiate(p);
}


/* each time with SSRCs of its own: numbers never go back on one of them */

static void
ngx_rtc_sfu_subscribe_number(ngx_rtc_sfu_subscription_t *s)
{
    s->ssrc = ngx_rtc_sfu_id_ssrc();

    if (s->track->info->type == LIVEKIT__TRACK_TYPE__VIDEO) {
        s->rtx_ssrc = ngx_rtc_sfu_id_ssrc();
    }
}


void
ngx_rtc_sfu_subscribe_move(ngx_rtc_sfu_subscription_t *s)
{
    ngx_rtc_sfu_subscribe_stop(s);
    ngx_rtc_sfu_subscribe_number(s);
}


static void
ngx_rtc_sfu_subscribe_stop(ngx_rtc_sfu_subscription_t *s)
{
    rtc_transport_t  *transport;

    transport = s->subscriber->subscriber->transport;

    if (s->forward) {
        rtc_forward_destroy(s->forward);
        s->forward = NULL;
    }

    if (s->sender >= 0) {
        rtc_transport_remove_sender(transport, s->sender);
        s->sender = -1;
    }

    if (s->rtx_sender >= 0) {
        rtc_transport_remove_sender(transport, s->rtx_sender);
        s->rtx_sender = -1;
    }

    ngx_rtc_sfu_negotiate_release(s);

    if (s->track) {
        ngx_rtc_sfu_remote_demand(s->track);
    }
}


static void
ngx_rtc_sfu_subscribe_remove(ngx_rtc_sfu_subscription_t *s)
{
    ngx_rtc_sfu_subscribe_stop(s);

    ngx_queue_remove(&s->queue);
    ngx_queue_remove(&s->by_track);
    s->subscriber->room->worker->subscriptions--;

    ngx_free(s);
}


void
ngx_rtc_sfu_subscribe_ready(ngx_rtc_sfu_track_t *track)
{
    ngx_queue_t                 *q;
    ngx_rtc_sfu_subscription_t  *s;

    for (q = ngx_queue_head(&track->subscriptions);
         q != ngx_queue_sentinel(&track->subscriptions);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, ngx_rtc_sfu_subscription_t, by_track);

        if (s->section < 0 && !s->unwanted && !s->denied
            && s->subscriber->viewer == NULL)
        {
            ngx_rtc_sfu_subscribe_negotiate(s->subscriber);
        }
    }

    ngx_rtc_sfu_viewer_update(track->room);
}


void
ngx_rtc_sfu_subscribe_permit(ngx_rtc_sfu_track_t *track)
{
    ngx_queue_t                 *q, *next;
    ngx_rtc_sfu_subscription_t  *s;

    for (q = ngx_queue_head(&track->subscriptions);
         q != ngx_queue_sentinel(&track->subscriptions);
         q = next)
    {
        next = ngx_queue_next(q);

        s = ngx_queue_data(q, ngx_rtc_sfu_subscription_t, by_track);

        if (s->subscriber->viewer == NULL) {
            ngx_rtc_sfu_subscribe_permit_one(s);
        }
    }
}


static void
ngx_rtc_sfu_subscribe_permit_one(ngx_rtc_sfu_subscription_t *s)
{
    ngx_uint_t  denied;

    denied = !ngx_rtc_sfu_permission_allows(s->subscriber,
                                            &s->track->publisher_sid,
                                            &s->track->sid);

    if (s->denied != denied) {
        s->denied = denied ? 1 : 0;

        if (!s->unwanted) {

            if (denied) {
                ngx_rtc_sfu_subscribe_stop(s);
                ngx_rtc_sfu_subscribe_negotiate(s->subscriber);

            } else {
                ngx_rtc_sfu_subscribe_want(s);
            }
        }
    }

    ngx_rtc_sfu_subscribe_tell(s);
}


/* only of tracks that its client knows */

static void
ngx_rtc_sfu_subscribe_tell(ngx_rtc_sfu_subscription_t *s)
{
    if (s->told == s->denied
        || !ngx_rtc_sfu_line_is_open(&s->subscriber->line))
    {
        return;
    }

    s->told = s->denied;

    ngx_rtc_sfu_permission_tell(s->subscriber, &s->track->publisher_sid,
                                &s->track->sid, !s->denied);
}


void
ngx_rtc_sfu_subscribe_repeat(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t                 *q;
    ngx_rtc_sfu_subscription_t  *s;

    for (q = ngx_queue_head(&p->subscriptions);
         q != ngx_queue_sentinel(&p->subscriptions);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, ngx_rtc_sfu_subscription_t, queue);

        if (s->denied) {
            s->told = 0;
        }

        ngx_rtc_sfu_subscribe_tell(s);
    }
}


void
ngx_rtc_sfu_subscribe_end(ngx_rtc_sfu_track_t *track)
{
    ngx_queue_t                 *q;
    ngx_rtc_sfu_participant_t   *p;
    ngx_rtc_sfu_subscription_t  *s;

    while (!ngx_queue_empty(&track->subscriptions)) {

        q = ngx_queue_head(&track->subscriptions);
        s = ngx_queue_data(q, ngx_rtc_sfu_subscription_t, by_track);
        p = s->subscriber;

        if (p->viewer) {
            ngx_rtc_sfu_subscribe_assign(s, NULL);
            continue;
        }

        ngx_rtc_sfu_subscribe_remove(s);
        ngx_rtc_sfu_subscribe_negotiate(p);
    }

    if (track->room->speaker == track) {
        track->room->speaker = NULL;
    }

    ngx_rtc_sfu_viewer_update(track->room);
}


void
ngx_rtc_sfu_subscribe_enforce(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t  *q;

    if (p->viewer) {
        ngx_rtc_sfu_viewer_update(p->room);
        return;
    }

    if (p->grant->can_subscribe) {
        ngx_rtc_sfu_subscribe_all(p);
        ngx_rtc_sfu_data_sub_all(p);

    } else {
        ngx_rtc_sfu_data_sub_none(p);

        while (!ngx_queue_empty(&p->subscriptions)) {
            q = ngx_queue_head(&p->subscriptions);

            ngx_rtc_sfu_subscribe_remove(ngx_queue_data(q,
                                          ngx_rtc_sfu_subscription_t, queue));
        }
    }

    ngx_rtc_sfu_subscribe_negotiate(p);
}


void
ngx_rtc_sfu_subscribe_none(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t                 *q;
    ngx_rtc_sfu_subscription_t  *s;

    while (!ngx_queue_empty(&p->subscriptions)) {

        q = ngx_queue_head(&p->subscriptions);
        s = ngx_queue_data(q, ngx_rtc_sfu_subscription_t, queue);

        ngx_rtc_sfu_subscribe_remove(s);
    }

    ngx_rtc_sfu_negotiate_stop(p);
}


void
ngx_rtc_sfu_subscribe_update(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateSubscription *update)
{
    size_t                      i, j, n;
    Livekit__ParticipantTracks *tracks;

    n = update->n_track_sids;

    for (i = 0; i < update->n_participant_tracks; i++) {
        n += update->participant_tracks[i]->n_track_sids;
    }

    if (n > NGX_RTC_SFU_MAX_SIDS) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                      "sfu: too many tracks in a message, n:%uz", n);
        return;
    }

    for (i = 0; i < update->n_track_sids; i++) {
        ngx_rtc_sfu_subscribe_one(p, update->track_sids[i],
                                  update->subscribe);
    }

    for (i = 0; i < update->n_participant_tracks; i++) {
        tracks = update->participant_tracks[i];

        for (j = 0; j < tracks->n_track_sids; j++) {
            ngx_rtc_sfu_subscribe_one(p, tracks->track_sids[j],
                                      update->subscribe);
        }
    }
}


static void
ngx_rtc_sfu_subscribe_one(ngx_rtc_sfu_participant_t *p, const char *sid,
    ngx_uint_t subscribe)
{
    ngx_rtc_sfu_track_t         *track;
    ngx_rtc_sfu_subscription_t  *s;

    track = ngx_rtc_sfu_track_find(p->room, sid);

    if (track == NULL) {
        ngx_rtc_sfu_pending_wish(p, sid, subscribe);
        return;
    }

    if (track->publisher == p) {
        return;
    }

    s = ngx_rtc_sfu_subscribe_find(p, track);

    if (subscribe && s == NULL) {
        (void) ngx_rtc_sfu_subscribe_add(p, track);
        s = ngx_rtc_sfu_subscribe_find(p, track);
    }

    if (subscribe && s) {
        ngx_rtc_sfu_subscribe_tell(s);
    }

    if (s == NULL || s->unwanted == !subscribe) {
        return;
    }

    if (subscribe) {
        ngx_rtc_sfu_subscribe_want(s);
        return;
    }

    /* it stays, so that nothing brings the track back by itself */

    s->unwanted = 1;

    ngx_rtc_sfu_subscribe_stop(s);
    ngx_rtc_sfu_subscribe_negotiate(p);
}


void
ngx_rtc_sfu_subscribe_settings(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateTrackSettings *settings)
{
    size_t                       i;
    uint64_t                     now_us;
    ngx_rtc_sfu_track_t         *track;
    ngx_rtc_sfu_subscription_t  *s;

    if (settings->n_track_sids > NGX_RTC_SFU_MAX_SIDS) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                      "sfu: too many tracks in a message, n:%uz",
                      settings->n_track_sids);
        return;
    }

    now_us = ngx_rtc_sfu_media_now_us();

    for (i = 0; i < settings->n_track_sids; i++) {

        track = ngx_rtc_sfu_track_find(p->room, settings->track_sids[i]);
        if (track == NULL) {
            continue;
        }

        s = ngx_rtc_sfu_subscribe_find(p, track);
        if (s == NULL) {
            continue;
        }

        s->paused = settings->disabled;

        if (track->info->type == LIVEKIT__TRACK_TYPE__VIDEO) {
            s->max_layer = ngx_rtc_sfu_subscribe_layer(track, settings);
        }

        if (s->forward) {
            rtc_forward_set_max_layer(s->forward, s->max_layer, now_us);
            rtc_forward_set_paused(s->forward, s->paused, now_us);
            ngx_rtc_sfu_remote_demand(track);
        }
    }
}


void
ngx_rtc_sfu_subscribe_disable(ngx_rtc_sfu_participant_t *p, const char *sid)
{
    ngx_rtc_sfu_track_t         *track;
    ngx_rtc_sfu_subscription_t  *s;

    track = ngx_rtc_sfu_track_find(p->room, sid);
    if (track == NULL) {
        return;
    }

    s = ngx_rtc_sfu_subscribe_find(p, track);
    if (s == NULL || s->paused) {
        return;
    }

    s->paused = 1;

    if (s->forward) {
        rtc_forward_set_paused(s->forward, 1, ngx_rtc_sfu_media_now_us());
        ngx_rtc_sfu_remote_demand(track);
    }
}


/*
 * The lowest layer that is as large as what the client shows, else the
 * highest; sizes are compared by their shorter side, since a phone's video is
 * upright.  Layers are numbered from the lowest quality there is.
 */

static ngx_uint_t
ngx_rtc_sfu_subscribe_layer(const ngx_rtc_sfu_track_t *track,
    const Livekit__UpdateTrackSettings *settings)
{
    size_t               i;
    uint32_t             want, have;
    Livekit__VideoLayer *layer;

    want = ngx_min(settings->width, settings->height);

    for (i = 0; i < track->info->n_layers; i++) {
        layer = track->info->layers[i];

        if (want) {
            have = ngx_min(layer->width, layer->height);

            if (have >= want) {
                return i;
            }

        } else if (layer->quality >= settings->quality) {
            return i;
        }
    }

    return RTC_TRACK_MAX_LAYERS;
}
