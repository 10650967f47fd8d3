
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_id.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_permission.h"
#include "ngx_rtc_sfu_remote.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_worker.h"


#define NGX_RTC_SFU_MAX_VIEWED     256          /* tracks to choose from */
#define NGX_RTC_SFU_MAX_HEARD      32           /* microphones elsewhere */


/* what counts for a track, the first most */

#define NGX_RTC_SFU_VIEW_UNMUTED   8
#define NGX_RTC_SFU_VIEW_SPEAKER   4            /* of who has the floor */
#define NGX_RTC_SFU_VIEW_PERSON    2            /* no shared screen */
#define NGX_RTC_SFU_VIEW_CURRENT   1


static ngx_int_t ngx_rtc_sfu_viewer_decide(ngx_rtc_sfu_participant_t *p,
    rtc_sdp_t *offer, rtc_sdp_decision_t *decisions);
static ngx_int_t ngx_rtc_sfu_viewer_add_feed(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_media_t *m, rtc_sdp_decision_t *decision);
static void ngx_rtc_sfu_viewer_agree(ngx_rtc_sfu_feed_t *feed,
    const rtc_sdp_t *answer);
static void ngx_rtc_sfu_viewer_event(ngx_event_t *ev);
static ngx_uint_t ngx_rtc_sfu_viewer_collect(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_track_t **tracks);
static ngx_uint_t ngx_rtc_sfu_viewer_listens(ngx_rtc_sfu_room_t *room);
static void ngx_rtc_sfu_viewer_hear(ngx_rtc_sfu_room_t *room);
static void ngx_rtc_sfu_viewer_choose(ngx_rtc_sfu_viewer_t *viewer,
    ngx_rtc_sfu_feed_t *feed, ngx_rtc_sfu_track_t **tracks, ngx_uint_t n);
static void ngx_rtc_sfu_viewer_hide(ngx_rtc_sfu_viewer_t *viewer,
    ngx_rtc_sfu_feed_t *feed);
static ngx_int_t ngx_rtc_sfu_viewer_score(ngx_rtc_sfu_viewer_t *viewer,
    ngx_rtc_sfu_feed_t *feed, ngx_rtc_sfu_track_t *track);
static ngx_uint_t ngx_rtc_sfu_viewer_wants(ngx_rtc_sfu_viewer_t *viewer,
    ngx_rtc_sfu_track_t *track);
static const ngx_rtc_sfu_format_t *ngx_rtc_sfu_viewer_format(
    const ngx_rtc_sfu_feed_t *feed, rtc_codec_e codec);
static ngx_int_t ngx_rtc_sfu_viewer_show(ngx_rtc_sfu_feed_t *feed);
static rtc_forward_t *ngx_rtc_sfu_viewer_forward(ngx_rtc_sfu_feed_t *feed,
    const ngx_rtc_sfu_format_t *format, uint64_t now_us);


void
ngx_rtc_sfu_viewer_init(ngx_rtc_sfu_room_t *room)
{
    ngx_queue_init(&room->viewers);

    room->viewing.handler = ngx_rtc_sfu_viewer_event;
    room->viewing.data = &room->ident;
    room->viewing.log = room->worker->log;
}


void
ngx_rtc_sfu_viewer_stop(ngx_rtc_sfu_room_t *room)
{
    if (room->viewing.posted) {
        ngx_delete_posted_event(&room->viewing);
    }
}


char *
ngx_rtc_sfu_viewer_answer(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    rtc_sdp_t *offer)
{
    char                *text;
    rtc_sdp_t           *answer;
    ngx_rtc_sfu_feed_t  *feeds;
    rtc_sdp_decision_t  *decisions;

    decisions = ngx_pcalloc(pool, ngx_max(offer->nmedia, 1)
                                  * sizeof(rtc_sdp_decision_t));

    if (decisions == NULL
        || ngx_rtc_sfu_viewer_decide(p, offer, decisions) != NGX_OK)
    {
        return NULL;
    }

    answer = ngx_rtc_sfu_pc_answer(p->subscriber, pool, offer, decisions);
    if (answer == NULL) {
        return NULL;
    }

    if (ngx_rtc_sfu_pc_set_remote(p->subscriber, offer) != NGX_OK) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                      "sfu: cannot use the offer's ICE or DTLS parameters");
        return NULL;
    }

    text = ngx_rtc_sfu_pc_write(p->subscriber, pool, answer);
    if (text == NULL) {
        return NULL;
    }

    feeds = p->viewer->feeds;

    ngx_rtc_sfu_viewer_agree(&feeds[RTC_SDP_AUDIO], answer);
    ngx_rtc_sfu_viewer_agree(&feeds[RTC_SDP_VIDEO], answer);

    p->viewer->participant = p;
    ngx_queue_insert_tail(&p->room->viewers, &p->viewer->queue);

    ngx_rtc_sfu_viewer_update(p->room);

    return text;
}


/* the first of each kind is served; draft-ietf-wish-whep has no more */

static ngx_int_t
ngx_rtc_sfu_viewer_decide(ngx_rtc_sfu_participant_t *p, rtc_sdp_t *offer,
    rtc_sdp_decision_t *decisions)
{
    size_t            i;
    rtc_sdp_media_t  *m;

    for (i = 0; i < offer->nmedia; i++) {
        m = &offer->media[i];

        if (m->rejected
            || (m->kind != RTC_SDP_AUDIO && m->kind != RTC_SDP_VIDEO)
            || !(m->direction & RTC_SDP_RECVONLY)
            || p->viewer->feeds[m->kind].subscription)
        {
            m->rejected = 1;
            continue;
        }

        if (ngx_rtc_sfu_viewer_add_feed(p, m, &decisions[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_viewer_add_feed(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_media_t *m, rtc_sdp_decision_t *decision)
{
    ngx_rtc_sfu_feed_t          *feed;
    ngx_rtc_sfu_subscription_t  *s;

    static const rtc_str_t  names[] = {
        rtc_string("audio"), rtc_string("video")
    };

    s = ngx_rtc_sfu_subscribe_create(p);

    if (s == NULL || m->mid.len > RTC_TRACK_MAX_MID) {
        return NGX_ERROR;
    }

    feed = &p->viewer->feeds[m->kind];

    feed->subscription = s;
    feed->kind = (rtc_sdp_kind_e) m->kind;
    feed->mid.data = feed->mid_data;
    feed->mid.len = m->mid.len;
    ngx_memcpy(feed->mid_data, m->mid.data, m->mid.len);

    s->ssrc = ngx_rtc_sfu_id_ssrc();

    if (m->kind == RTC_SDP_VIDEO) {
        s->rtx_ssrc = ngx_rtc_sfu_id_ssrc();
    }

    /* one MediaStream, so that sound and picture are played in sync */

    decision->direction = RTC_SDP_SENDONLY;
    decision->nack = 1;
    decision->stream.data = p->sid.data;
    decision->stream.len = p->sid.len;
    decision->track = names[m->kind];
    decision->cname = decision->stream;
    decision->ssrc = s->ssrc;
    decision->rtx_ssrc = s->rtx_ssrc;

    return NGX_OK;
}


/*
 * What of the answer is needed for all tracks to come.  RTX has one SSRC, so
 * either all codecs are repaired by it or none.
 */

static void
ngx_rtc_sfu_viewer_agree(ngx_rtc_sfu_feed_t *feed, const rtc_sdp_t *answer)
{
    ngx_uint_t                   i, rtx;
    rtc_transport_t             *transport;
    rtc_sdp_negotiated_t         agreed;
    ngx_rtc_sfu_format_t        *format;
    ngx_rtc_sfu_subscription_t  *s;

    static const uint8_t  codecs[] = {
        RTC_CODEC_OPUS,
        RTC_CODEC_VP8, RTC_CODEC_VP9, RTC_CODEC_H264, RTC_CODEC_AV1
    };

    s = feed->subscription;

    if (s == NULL) {
        return;
    }

    rtx = 1;

    for (i = 0; i < sizeof(codecs); i++) {

        if (rtc_sdp_negotiated(answer, feed->mid, codecs[i], &agreed)
            != RTC_OK)
        {
            continue;
        }

        format = &feed->formats[feed->nformats++];

        format->codec = codecs[i];
        format->pt = agreed.pt;
        format->rtx_pt = agreed.rtx_pt;

        rtx &= agreed.rtx_pt != 0;
        feed->nack |= (agreed.feedback & RTC_SDP_FB_NACK) != 0;
        ngx_memcpy(feed->exts.id, agreed.exts, sizeof(agreed.exts));
    }

    if (feed->nformats == 0) {
        return;
    }

    transport = s->subscriber->subscriber->transport;

    s->sender = rtc_transport_add_sender(transport, s->ssrc);

    if (rtx && s->rtx_ssrc) {
        s->rtx_sender = rtc_transport_add_sender(transport, s->rtx_ssrc);
    }
}


void
ngx_rtc_sfu_viewer_leave(ngx_rtc_sfu_participant_t *p)
{
    if (p->viewer->participant) {
        ngx_queue_remove(&p->viewer->queue);
        p->viewer->participant = NULL;

        if (ngx_queue_empty(&p->room->viewers)) {
            ngx_rtc_sfu_viewer_hear(p->room);
        }
    }
}


void
ngx_rtc_sfu_viewer_update(ngx_rtc_sfu_room_t *room)
{
    if (!ngx_queue_empty(&room->viewers)) {
        ngx_post_event(&room->viewing, &ngx_posted_events);
    }
}


static void
ngx_rtc_sfu_viewer_event(ngx_event_t *ev)
{
    ngx_uint_t             n;
    ngx_queue_t           *q;
    ngx_rtc_sfu_room_t    *room = ngx_rtc_ident_data(ev);
    ngx_rtc_sfu_track_t   *tracks[NGX_RTC_SFU_MAX_VIEWED];
    ngx_rtc_sfu_viewer_t  *viewer;

    ngx_rtc_sfu_viewer_hear(room);

    n = ngx_rtc_sfu_viewer_collect(room, tracks);

    for (q = ngx_queue_head(&room->viewers);
         q != ngx_queue_sentinel(&room->viewers);
         q = ngx_queue_next(q))
    {
        viewer = ngx_queue_data(q, ngx_rtc_sfu_viewer_t, queue);

        ngx_rtc_sfu_viewer_choose(viewer, &viewer->feeds[RTC_SDP_AUDIO],
                                  tracks, n);
        ngx_rtc_sfu_viewer_choose(viewer, &viewer->feeds[RTC_SDP_VIDEO],
                                  tracks, n);

        ngx_rtc_sfu_participant_rearm(viewer->participant);
    }
}


/* a player has no key of what is encrypted from end to end */

static ngx_uint_t
ngx_rtc_sfu_viewer_collect(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_track_t **tracks)
{
    ngx_uint_t            n;
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    n = 0;

    for (q = ngx_queue_head(&room->tracks);
         q != ngx_queue_sentinel(&room->tracks) && n < NGX_RTC_SFU_MAX_VIEWED;
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, by_room);

        if (track->info->encryption == LIVEKIT__ENCRYPTION__TYPE__NONE) {
            tracks[n++] = track;
        }
    }

    return n;
}


/*
 * Who speaks in another worker is only known of microphones that come here:
 * while a viewer follows the speaker, those that are on are asked for.
 */

static void
ngx_rtc_sfu_viewer_hear(ngx_rtc_sfu_room_t *room)
{
    ngx_uint_t            n, heard;
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    n = ngx_rtc_sfu_viewer_listens(room) ? NGX_RTC_SFU_MAX_HEARD : 0;

    for (q = ngx_queue_head(&room->tracks);
         q != ngx_queue_sentinel(&room->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, by_room);

        if (track->publisher) {
            continue;
        }

        heard = n
                && !track->info->muted
                && track->info->source == LIVEKIT__TRACK_SOURCE__MICROPHONE;

        n -= heard;

        if (track->heard != heard) {
            track->heard = heard ? 1 : 0;
            ngx_rtc_sfu_remote_demand(track);
        }
    }
}


static ngx_uint_t
ngx_rtc_sfu_viewer_listens(ngx_rtc_sfu_room_t *room)
{
    ngx_queue_t           *q;
    ngx_rtc_sfu_viewer_t  *viewer;

    for (q = ngx_queue_head(&room->viewers);
         q != ngx_queue_sentinel(&room->viewers);
         q = ngx_queue_next(q))
    {
        viewer = ngx_queue_data(q, ngx_rtc_sfu_viewer_t, queue);

        if (viewer->publisher.len == 0 && viewer->track.len == 0) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_rtc_sfu_viewer_choose(ngx_rtc_sfu_viewer_t *viewer,
    ngx_rtc_sfu_feed_t *feed, ngx_rtc_sfu_track_t **tracks, ngx_uint_t n)
{
    ngx_int_t             score, highest;
    ngx_uint_t            i;
    ngx_rtc_sfu_track_t  *best;

    if (feed->nformats == 0 || feed->subscription->sender < 0) {
        return;
    }

    best = NULL;
    highest = NGX_DECLINED;

    for (i = 0; i < n; i++) {
        score = ngx_rtc_sfu_viewer_score(viewer, feed, tracks[i]);

        /* any worker shows the same: of equals, who joined first */

        if (score > highest
            || (best && score == highest
                && tracks[i]->joined_at < best->joined_at))
        {
            highest = score;
            best = tracks[i];
        }
    }

    if (best == NULL) {
        ngx_rtc_sfu_viewer_hide(viewer, feed);
        return;
    }

    if (best != feed->subscription->track) {
        ngx_rtc_sfu_subscribe_assign(feed->subscription, best);
        feed->shown = 0;
    }

    /* from another worker it comes later: ngx_rtc_sfu_subscribe_ready() */

    if (!feed->shown && best->media) {
        feed->shown = ngx_rtc_sfu_viewer_show(feed) == NGX_OK;
    }
}


/* nothing can be shown: what is, too, if it is not permitted any more */

static void
ngx_rtc_sfu_viewer_hide(ngx_rtc_sfu_viewer_t *viewer,
    ngx_rtc_sfu_feed_t *feed)
{
    ngx_rtc_sfu_subscription_t  *s;

    s = feed->subscription;

    if (s->track == NULL
        || ngx_rtc_sfu_viewer_score(viewer, feed, s->track) != NGX_DECLINED)
    {
        return;
    }

    if (s->forward) {
        rtc_forward_set_paused(s->forward, 1, ngx_rtc_sfu_media_now_us());
    }

    ngx_rtc_sfu_subscribe_assign(s, NULL);
    feed->shown = 0;
}


/*
 * How fit a track is, NGX_DECLINED: it cannot be shown.  Whoever speaks with
 * the camera off leaves the picture to another: better than none.
 */

static ngx_int_t
ngx_rtc_sfu_viewer_score(ngx_rtc_sfu_viewer_t *viewer,
    ngx_rtc_sfu_feed_t *feed, ngx_rtc_sfu_track_t *track)
{
    ngx_int_t             score;
    ngx_rtc_sfu_track_t  *speaker;

    if ((track->info->type == LIVEKIT__TRACK_TYPE__AUDIO)
        != (feed->kind == RTC_SDP_AUDIO)
        || !viewer->participant->grant->can_subscribe
        || ngx_rtc_sfu_viewer_format(feed, track->codec) == NULL
        || !ngx_rtc_sfu_viewer_wants(viewer, track)
        || !ngx_rtc_sfu_permission_allows(viewer->participant,
                                          &track->publisher_sid, &track->sid))
    {
        return NGX_DECLINED;
    }

    score = 0;
    speaker = viewer->participant->room->speaker;

    if (!track->info->muted) {
        score |= NGX_RTC_SFU_VIEW_UNMUTED;
    }

    if (speaker
        && ngx_rtc_sfu_str_eq(&speaker->publisher_sid, &track->publisher_sid))
    {
        score |= NGX_RTC_SFU_VIEW_SPEAKER;
    }

    if (track->info->source == LIVEKIT__TRACK_SOURCE__CAMERA
        || track->info->source == LIVEKIT__TRACK_SOURCE__MICROPHONE)
    {
        score |= NGX_RTC_SFU_VIEW_PERSON;
    }

    if (track == feed->subscription->track) {
        score |= NGX_RTC_SFU_VIEW_CURRENT;
    }

    return score;
}


static ngx_uint_t
ngx_rtc_sfu_viewer_wants(ngx_rtc_sfu_viewer_t *viewer,
    ngx_rtc_sfu_track_t *track)
{
    ngx_rtc_sfu_member_t  *publisher;

    if (viewer->publisher.len
        && !ngx_rtc_sfu_str_eq(&viewer->publisher, &track->publisher_sid))
    {
        publisher = ngx_rtc_sfu_room_member(track->room,
                                            &track->publisher_sid);
        if (publisher == NULL
            || !ngx_rtc_sfu_str_eq(&viewer->publisher, &publisher->identity))
        {
            return 0;
        }
    }

    return viewer->track.len == 0
           || ngx_rtc_sfu_str_eq(&viewer->track, &track->sid);
}


static const ngx_rtc_sfu_format_t *
ngx_rtc_sfu_viewer_format(const ngx_rtc_sfu_feed_t *feed, rtc_codec_e codec)
{
    ngx_uint_t  i;

    for (i = 0; i < feed->nformats; i++) {
        if (feed->formats[i].codec == codec) {
            return &feed->formats[i];
        }
    }

    return NULL;
}


static ngx_int_t
ngx_rtc_sfu_viewer_show(ngx_rtc_sfu_feed_t *feed)
{
    uint64_t                     now_us;
    ngx_rtc_sfu_track_t         *track;
    ngx_rtc_sfu_subscription_t  *s;
    const ngx_rtc_sfu_format_t  *format;

    s = feed->subscription;
    track = s->track;
    format = ngx_rtc_sfu_viewer_format(feed, track->codec);
    now_us = ngx_rtc_sfu_media_now_us();

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, &s->subscriber->log, 0,
                   "sfu: viewer gets %V", &track->sid);

    if (s->forward) {
        rtc_forward_set_track(s->forward, track->media, format->pt,
                              format->rtx_pt, now_us);
        rtc_forward_set_paused(s->forward, 0, now_us);

    } else {
        s->forward = ngx_rtc_sfu_viewer_forward(feed, format, now_us);

        if (s->forward == NULL) {
            ngx_log_error(NGX_LOG_ERR, &s->subscriber->log, 0,
                          "sfu: cannot forward %V", &track->sid);
            return NGX_ERROR;
        }
    }

    ngx_rtc_sfu_track_subscribed(track);
    ngx_rtc_sfu_remote_demand(track);

    return NGX_OK;
}


static rtc_forward_t *
ngx_rtc_sfu_viewer_forward(ngx_rtc_sfu_feed_t *feed,
    const ngx_rtc_sfu_format_t *format, uint64_t now_us)
{
    rtc_forward_conf_t           conf;
    ngx_rtc_sfu_subscription_t  *s;

    s = feed->subscription;

    ngx_memzero(&conf, sizeof(rtc_forward_conf_t));

    conf.owner = s;
    conf.ssrc = s->ssrc;
    conf.sender = s->sender;
    conf.rtx_sender = s->rtx_sender;
    conf.pt = format->pt;
    conf.nack = feed->nack;
    conf.exts = feed->exts;
    conf.mid = feed->mid;
    conf.cname.data = s->subscriber->sid.data;
    conf.cname.len = s->subscriber->sid.len;
    conf.seed = ngx_rtc_sfu_id_ssrc();
    conf.max_layer = (unsigned) s->max_layer;
    conf.local_clock = 1;

    if (s->rtx_sender >= 0) {
        conf.rtx_ssrc = s->rtx_ssrc;
        conf.rtx_pt = format->rtx_pt;
    }

    return rtc_forward_create(s->subscriber->subscriber->downlink,
                              s->track->media, &conf, now_us);
}
