
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_id.h"
#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_leg.h"
#include "ngx_rtc_sfu_message.h"
#include "ngx_rtc_sfu_publish.h"
#include "ngx_rtc_sfu_subscribe.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_uplink.h"
#include "ngx_rtc_sfu_worker.h"


/* what an AddTrackRequest may hold */

#define NGX_RTC_SFU_MAX_CID       256
#define NGX_RTC_SFU_MAX_LAYERS    8
#define NGX_RTC_SFU_MAX_RID       32
#define NGX_RTC_SFU_MAX_CODECS    4
#define NGX_RTC_SFU_MAX_CODEC     32
#define NGX_RTC_SFU_MAX_FEATURES  16

/* the last protocol whose clients know no track_unpublished */

#define NGX_RTC_SFU_PROTOCOL_MUTES   6


static const char *ngx_rtc_sfu_track_queue(ngx_rtc_sfu_participant_t *p,
    const Livekit__AddTrackRequest *request,
    Livekit__RequestResponse__Reason *reason);
static const char *ngx_rtc_sfu_track_check(ngx_rtc_sfu_participant_t *p,
    const Livekit__AddTrackRequest *request,
    Livekit__RequestResponse__Reason *reason);
static ngx_uint_t ngx_rtc_sfu_track_layers_fit(Livekit__VideoLayer **layers,
    size_t n);
static ngx_rtc_sfu_track_t *ngx_rtc_sfu_track_create(
    ngx_rtc_sfu_participant_t *p, const Livekit__AddTrackRequest *request);
static ngx_int_t ngx_rtc_sfu_track_name(ngx_rtc_sfu_track_t *track,
    const Livekit__AddTrackRequest *request);
static rtc_codec_e ngx_rtc_sfu_track_codec(
    const Livekit__AddTrackRequest *request);
static void ngx_rtc_sfu_track_forget(ngx_rtc_sfu_track_t *track);
static void ngx_rtc_sfu_track_announce(ngx_rtc_sfu_participant_t *p,
    const ngx_rtc_sfu_track_t *track);


ngx_rtc_sfu_track_t *
ngx_rtc_sfu_track_find(ngx_rtc_sfu_room_t *room, const char *sid)
{
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    for (q = ngx_queue_head(&room->tracks);
         q != ngx_queue_sentinel(&room->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, by_room);

        if (ngx_strcmp(track->sid.data, sid) == 0) {
            return track;
        }
    }

    return NULL;
}


ngx_rtc_sfu_track_t *
ngx_rtc_sfu_track_of(ngx_rtc_sfu_participant_t *p, const char *sid)
{
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (ngx_strcmp(track->sid.data, sid) == 0) {
            return track;
        }
    }

    return NULL;
}


void
ngx_rtc_sfu_track_add(ngx_rtc_sfu_participant_t *p,
    Livekit__AddTrackRequest *request)
{
    const char                *message;
    ngx_rtc_sfu_track_t       *track;
    Livekit__RequestResponse   outcome = LIVEKIT__REQUEST_RESPONSE__INIT;

    message = ngx_rtc_sfu_track_check(p, request, &outcome.reason);

    if (message == NULL) {
        message = ngx_rtc_sfu_track_queue(p, request, &outcome.reason);
    }

    if (message == NULL) {

        /* a further codec of a track: it keeps the one it has */

        track = request->sid[0] ? ngx_rtc_sfu_track_of(p, request->sid)
                                : ngx_rtc_sfu_track_create(p, request);

        if (track) {
            ngx_rtc_sfu_track_announce(p, track);
            ngx_rtc_sfu_publish_bind_late(p);
            return;
        }

        outcome.reason = LIVEKIT__REQUEST_RESPONSE__REASON__UNCLASSIFIED_ERROR;
        message = "out of memory";
    }

    ngx_log_error(NGX_LOG_INFO, &p->log, 0, "sfu: refused a track, %s",
                  message);

    outcome.message = (char *) message;
    outcome.request_case = LIVEKIT__REQUEST_RESPONSE__REQUEST_ADD_TRACK;
    outcome.add_track = request;

    ngx_rtc_sfu_message_respond(p, &outcome);
}


ngx_uint_t
ngx_rtc_sfu_track_has_cid(ngx_rtc_sfu_participant_t *p, const char *cid)
{
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (ngx_strcmp(track->cid.data, cid) == 0) {
            return 1;
        }
    }

    return 0;
}


/* NULL, or that it has to wait, or cannot */

static const char *
ngx_rtc_sfu_track_queue(ngx_rtc_sfu_participant_t *p,
    const Livekit__AddTrackRequest *request,
    Livekit__RequestResponse__Reason *reason)
{
    if (request->sid[0] || !ngx_rtc_sfu_track_has_cid(p, request->cid)) {
        return NULL;
    }

    if (ngx_rtc_sfu_pending_track(p, request) == NGX_OK) {
        *reason = LIVEKIT__REQUEST_RESPONSE__REASON__QUEUED;
        return "the cid is taken";
    }

    *reason = LIVEKIT__REQUEST_RESPONSE__REASON__LIMIT_EXCEEDED;

    return "too many tracks wait";
}


/* NULL, or why not */

static const char *
ngx_rtc_sfu_track_check(ngx_rtc_sfu_participant_t *p,
    const Livekit__AddTrackRequest *request,
    Livekit__RequestResponse__Reason *reason)
{
    size_t                    i, len;
    ngx_uint_t                n;
    ngx_queue_t              *q;
    Livekit__SimulcastCodec  *codec;

    if (request->type != LIVEKIT__TRACK_TYPE__AUDIO
        && request->type != LIVEKIT__TRACK_TYPE__VIDEO)
    {
        *reason = LIVEKIT__REQUEST_RESPONSE__REASON__UNSUPPORTED_TYPE;
        return "neither audio nor video";
    }

    if (!ngx_rtc_sfu_participant_may_publish(p, request->type,
                                             request->source))
    {
        *reason = LIVEKIT__REQUEST_RESPONSE__REASON__NOT_ALLOWED;
        return "may not publish this source";
    }

    if (request->sid[0] && ngx_rtc_sfu_track_of(p, request->sid) == NULL) {
        *reason = LIVEKIT__REQUEST_RESPONSE__REASON__NOT_FOUND;
        return "no such track";
    }

    len = ngx_strlen(request->cid);

    *reason = LIVEKIT__REQUEST_RESPONSE__REASON__INVALID_REQUEST;

    if (len == 0 || len > NGX_RTC_SFU_MAX_CID
        || ngx_strlen(request->name) > NGX_RTC_SFU_MAX_NAME
        || ngx_strlen(request->stream) > NGX_RTC_SFU_MAX_NAME)
    {
        return "cid, name or stream is empty or too long";
    }

    if (!ngx_rtc_sfu_track_layers_fit(request->layers, request->n_layers)
        || request->n_simulcast_codecs > NGX_RTC_SFU_MAX_CODECS
        || request->n_audio_features > NGX_RTC_SFU_MAX_FEATURES
        || request->n_packet_trailer_features > NGX_RTC_SFU_MAX_FEATURES)
    {
        return "too many layers, codecs or features";
    }

    for (i = 0; i < request->n_simulcast_codecs; i++) {
        codec = request->simulcast_codecs[i];

        if (ngx_strlen(codec->cid) > NGX_RTC_SFU_MAX_CID
            || ngx_strlen(codec->codec) > NGX_RTC_SFU_MAX_CODEC
            || !ngx_rtc_sfu_track_layers_fit(codec->layers, codec->n_layers))
        {
            return "cid, name or layers of a codec are too long";
        }
    }

    n = 0;

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        n++;
    }

    if (n >= NGX_RTC_SFU_MAX_TRACKS && request->sid[0] == '\0') {
        *reason = LIVEKIT__REQUEST_RESPONSE__REASON__LIMIT_EXCEEDED;
        return "too many tracks";
    }

    return NULL;
}


static ngx_uint_t
ngx_rtc_sfu_track_layers_fit(Livekit__VideoLayer **layers, size_t n)
{
    size_t  i;

    if (n > NGX_RTC_SFU_MAX_LAYERS) {
        return 0;
    }

    for (i = 0; i < n; i++) {
        if (ngx_strlen(layers[i]->rid) > NGX_RTC_SFU_MAX_RID) {
            return 0;
        }
    }

    return 1;
}


static ngx_rtc_sfu_track_t *
ngx_rtc_sfu_track_create(ngx_rtc_sfu_participant_t *p,
    const Livekit__AddTrackRequest *request)
{
    ngx_pool_t           *pool;
    ngx_rtc_sfu_track_t  *track;

    pool = ngx_create_pool(2048, p->room->worker->log);
    if (pool == NULL) {
        return NULL;
    }

    track = ngx_pcalloc(pool, sizeof(ngx_rtc_sfu_track_t));
    if (track == NULL) {
        goto failed;
    }

    track->pool = pool;
    track->room = p->room;
    track->publisher = p;
    track->publisher_sid = p->sid;
    track->joined_at = p->joined_at;
    track->codec = ngx_rtc_sfu_track_codec(request);
    ngx_queue_init(&track->subscriptions);
    ngx_queue_init(&track->legs);

    if (ngx_rtc_sfu_track_name(track, request) != NGX_OK) {
        goto failed;
    }

    track->cid.len = ngx_strlen(request->cid);
    track->cid.data = (u_char *) ngx_rtc_sfu_signal_string(pool,
                                                  (u_char *) request->cid,
                                                  track->cid.len);
    track->info = ngx_rtc_sfu_info_track(pool, request,
                                         (char *) track->sid.data);

    if (track->cid.data == NULL || track->info == NULL) {
        goto failed;
    }

    ngx_queue_insert_tail(&p->tracks, &track->queue);
    p->room->worker->tracks++;

    return track;

failed:

    ngx_destroy_pool(pool);

    return NULL;
}


/* SDKs tell kind and source of a track by the letters of its sid */

static ngx_int_t
ngx_rtc_sfu_track_name(ngx_rtc_sfu_track_t *track,
    const Livekit__AddTrackRequest *request)
{
    char  prefix[] = "TR_??", *p;

    static const char  sources[] = { 0, 'C', 'M', 'S', 's' };

    p = prefix + 3;

    *p++ = request->type == LIVEKIT__TRACK_TYPE__AUDIO ? 'A' : 'V';

    /* the source was checked by ngx_rtc_sfu_participant_may_publish() */

    if (sources[request->source]) {
        *p++ = sources[request->source];
    }

    *p = '\0';

    return ngx_rtc_sfu_id(track->pool, prefix, &track->sid);
}


/* the codec a client asks for, RTC_CODEC_NONE: it takes any */

static rtc_codec_e
ngx_rtc_sfu_track_codec(const Livekit__AddTrackRequest *request)
{
    rtc_str_t    name;
    rtc_codec_e  codec;

    if (request->type == LIVEKIT__TRACK_TYPE__AUDIO) {
        return RTC_CODEC_OPUS;
    }

    if (request->n_simulcast_codecs == 0) {
        return RTC_CODEC_NONE;
    }

    name.data = (uint8_t *) request->simulcast_codecs[0]->codec;
    name.len = ngx_strlen(request->simulcast_codecs[0]->codec);

    codec = rtc_codec_find(name);

    return rtc_codec_bit(codec) & RTC_CODECS_VIDEO ? codec : RTC_CODEC_NONE;
}


void
ngx_rtc_sfu_track_repeat(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (track->media == NULL) {
            ngx_rtc_sfu_track_announce(p, track);
        }
    }
}


void
ngx_rtc_sfu_track_repeat_mutes(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (track->info->muted) {
            ngx_rtc_sfu_track_ask_mute(p, track->info->sid, 1);
        }
    }
}


void
ngx_rtc_sfu_track_ask_mute(ngx_rtc_sfu_participant_t *p, char *sid,
    ngx_uint_t muted)
{
    Livekit__SignalResponse    response = LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__MuteTrackRequest  mute = LIVEKIT__MUTE_TRACK_REQUEST__INIT;

    mute.sid = sid;
    mute.muted = muted ? 1 : 0;

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_MUTE;
    response.mute = &mute;

    ngx_rtc_sfu_participant_send(p, &response);
}


static void
ngx_rtc_sfu_track_announce(ngx_rtc_sfu_participant_t *p,
    const ngx_rtc_sfu_track_t *track)
{
    Livekit__SignalResponse          response = LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__TrackPublishedResponse  published =
                                     LIVEKIT__TRACK_PUBLISHED_RESPONSE__INIT;

    published.cid = (char *) track->cid.data;
    published.track = track->info;

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_TRACK_PUBLISHED;
    response.track_published = &published;

    ngx_rtc_sfu_participant_send(p, &response);
}


ngx_int_t
ngx_rtc_sfu_track_mute(ngx_rtc_sfu_participant_t *p, const char *sid,
    ngx_uint_t muted)
{
    ngx_rtc_sfu_track_t  *track;

    track = ngx_rtc_sfu_track_of(p, sid);
    if (track == NULL) {
        return NGX_DECLINED;
    }

    muted = muted ? 1 : 0;

    if ((ngx_uint_t) track->info->muted == muted) {
        return NGX_OK;
    }

    track->info->muted = (protobuf_c_boolean) muted;

    if (track->media) {
        rtc_track_set_muted(track->media, (int) muted,
                            ngx_rtc_sfu_media_now_us());

        /* the publisher knows; an echo could be late and undo its next */

        ngx_rtc_sfu_room_changed(p->room, p, 0);
        ngx_rtc_sfu_viewer_update(p->room);
    }

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_track_update_audio(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateLocalAudioTrack *update)
{
    size_t                      i, n;
    ngx_rtc_sfu_track_t        *track;
    Livekit__AudioTrackFeature *features;

    track = ngx_rtc_sfu_track_of(p, update->track_sid);

    if (track == NULL || track->info->type != LIVEKIT__TRACK_TYPE__AUDIO) {
        return NGX_DECLINED;
    }

    n = update->n_features;

    if (n > NGX_RTC_SFU_MAX_FEATURES) {
        return NGX_ABORT;
    }

    /* room for all there can be, once */

    if (track->features == NULL) {
        track->features = ngx_palloc(track->pool,
                                     NGX_RTC_SFU_MAX_FEATURES
                                     * sizeof(Livekit__AudioTrackFeature));
        if (track->features == NULL) {
            return NGX_ERROR;
        }
    }

    features = track->features;

    track->info->audio_features = features;
    track->info->n_audio_features = n;
    track->info->stereo = 0;
    track->info->disable_dtx = 0;

    for (i = 0; i < n; i++) {
        features[i] = update->features[i];

        if (features[i] == LIVEKIT__AUDIO_TRACK_FEATURE__TF_STEREO) {
            track->info->stereo = 1;
        }

        if (features[i] == LIVEKIT__AUDIO_TRACK_FEATURE__TF_NO_DTX) {
            track->info->disable_dtx = 1;
        }
    }

    ngx_rtc_sfu_room_changed(p->room, p, 0);

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_track_update_video(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateLocalVideoTrack *update)
{
    ngx_rtc_sfu_track_t  *track;

    track = ngx_rtc_sfu_track_of(p, update->track_sid);

    if (track == NULL || track->info->type != LIVEKIT__TRACK_TYPE__VIDEO) {
        return NGX_DECLINED;
    }

    track->info->width = update->width;
    track->info->height = update->height;

    ngx_rtc_sfu_room_changed(p->room, p, 0);

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_track_bind(ngx_rtc_sfu_track_t *track,
    const rtc_track_conf_t *conf)
{
    ngx_rtc_sfu_participant_t  *p;

    p = track->publisher;

    if (ngx_rtc_sfu_info_set_mime(track->pool, track->info,
                                  rtc_codec_name(conf->codec))
        != NGX_OK
        || ngx_rtc_sfu_uplink_start(p->publisher) != NGX_OK)
    {
        return NGX_ERROR;
    }

    track->media = rtc_track_create(p->publisher->uplink, conf);
    if (track->media == NULL) {
        return NGX_ERROR;
    }

    track->codec = conf->codec;
    track->red = conf->red_pt != 0;
    track->info->disable_red = !track->red;
    track->info->mid = (char *) track->mid.data;

    if (track->info->muted) {
        rtc_track_set_muted(track->media, 1,
                            ngx_rtc_sfu_media_now_us());
    }

    p->is_publisher = 1;

    /* nobody has heard of a hidden one, so its tracks mean nothing */

    if (!p->hidden) {
        track->listed = 1;
        ngx_queue_insert_tail(&p->room->tracks, &track->by_room);
    }

    ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                  "sfu: published %V, mid:%V codec:%s layers:%ui",
                  &track->sid, &track->mid, rtc_codec_name(conf->codec),
                  (ngx_uint_t) conf->nlayers);

    return NGX_OK;
}


void
ngx_rtc_sfu_track_subscribed(ngx_rtc_sfu_track_t *track)
{
    Livekit__SignalResponse   response = LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__TrackSubscribed  subscribed = LIVEKIT__TRACK_SUBSCRIBED__INIT;

    if (track->announced || track->publisher == NULL) {
        return;
    }

    track->announced = 1;

    subscribed.track_sid = (char *) track->sid.data;

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_TRACK_SUBSCRIBED;
    response.track_subscribed = &subscribed;

    ngx_rtc_sfu_participant_send(track->publisher, &response);
}


void
ngx_rtc_sfu_track_remove(ngx_rtc_sfu_track_t *track)
{
    ngx_queue_remove(&track->queue);
    track->room->worker->tracks--;

    if (track->listed) {
        ngx_queue_remove(&track->by_room);
    }

    ngx_rtc_sfu_subscribe_end(track);
    ngx_rtc_sfu_leg_end(track);

    if (track->media) {
        ngx_rtc_sfu_track_forget(track);

        rtc_track_destroy(track->media);
        track->media = NULL;
    }

    ngx_destroy_pool(track->pool);
}


/* its SSRCs make room for those of the next track */

static void
ngx_rtc_sfu_track_forget(ngx_rtc_sfu_track_t *track)
{
    unsigned                 i;
    rtc_transport_t         *transport;
    rtc_track_layer_stats_t  stats;

    transport = track->publisher->publisher->transport;

    for (i = 0; i < rtc_track_layers(track->media); i++) {

        rtc_track_layer_stats(track->media, i, &stats);

        ngx_log_error(NGX_LOG_INFO, &track->publisher->log, 0,
                      "sfu: unpublished %V, layer:%ui packets:%uL bytes:%uL "
                      "lost:%L keyframes:%uL plis:%uL", &track->sid,
                      (ngx_uint_t) i, stats.packets, stats.bytes, stats.lost,
                      stats.keyframes, stats.plis);

        if (stats.ssrc) {
            rtc_transport_remove_receiver(transport, stats.ssrc);
        }

        if (stats.rtx_ssrc) {
            rtc_transport_remove_receiver(transport, stats.rtx_ssrc);
        }
    }
}


void
ngx_rtc_sfu_track_revoke(ngx_rtc_sfu_track_t *track)
{
    Livekit__SignalResponse            response;
    Livekit__MuteTrackRequest          mute;
    Livekit__TrackUnpublishedResponse  unpublished;

    livekit__signal_response__init(&response);
    livekit__mute_track_request__init(&mute);
    livekit__track_unpublished_response__init(&unpublished);

    if (track->publisher->client.protocol > NGX_RTC_SFU_PROTOCOL_MUTES) {
        unpublished.track_sid = (char *) track->sid.data;

        response.message_case =
                            LIVEKIT__SIGNAL_RESPONSE__MESSAGE_TRACK_UNPUBLISHED;
        response.track_unpublished = &unpublished;

    } else {
        mute.sid = (char *) track->sid.data;
        mute.muted = 1;

        response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_MUTE;
        response.mute = &mute;
    }

    ngx_rtc_sfu_participant_send(track->publisher, &response);

    ngx_rtc_sfu_track_remove(track);
}
