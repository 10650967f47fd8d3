
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_info.h"


static Livekit__ParticipantPermission *ngx_rtc_sfu_info_permission(
    ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool);
static ngx_int_t ngx_rtc_sfu_info_tracks(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__ParticipantInfo *info);
static ngx_int_t ngx_rtc_sfu_info_kind(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__ParticipantInfo *info);
static ngx_int_t ngx_rtc_sfu_info_capabilities(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__ParticipantInfo *info);
static ngx_int_t ngx_rtc_sfu_info_codecs(ngx_pool_t *pool,
    const Livekit__AddTrackRequest *request, Livekit__TrackInfo *track);
static Livekit__SimulcastCodecInfo *ngx_rtc_sfu_info_codec(ngx_pool_t *pool,
    const Livekit__AddTrackRequest *request,
    const Livekit__SimulcastCodec *codec);
static Livekit__VideoLayer **ngx_rtc_sfu_info_layers(ngx_pool_t *pool,
    Livekit__VideoLayer *const *layers, size_t n);
static ngx_uint_t ngx_rtc_sfu_info_is_svc(const char *codec);
static char *ngx_rtc_sfu_info_copy(ngx_pool_t *pool, const char *text);


#define ngx_rtc_sfu_info_array(pool, n, type)                                \
    ngx_pcalloc(pool, ngx_max(n, 1) * sizeof(type))


Livekit__ParticipantInfo *
ngx_rtc_sfu_info_participant(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool)
{
    Livekit__ParticipantInfo  *info;

    info = ngx_palloc(pool, sizeof(Livekit__ParticipantInfo));
    if (info == NULL) {
        return NULL;
    }

    livekit__participant_info__init(info);

    info->sid = (char *) p->sid.data;
    info->identity = (char *) p->identity.data;
    info->name = p->profile.name;
    info->metadata = p->profile.metadata;
    info->n_attributes = p->profile.nattrs;
    info->attributes = p->profile.attrs;
    info->state = (Livekit__ParticipantInfo__State) p->state;
    info->version = p->version;
    info->joined_at = p->joined_at / 1000;
    info->joined_at_ms = p->joined_at;
    info->is_publisher = p->is_publisher;
    info->client_protocol = (int32_t) p->client.client_protocol;

    info->permission = ngx_rtc_sfu_info_permission(p, pool);

    if (info->permission == NULL
        || ngx_rtc_sfu_info_kind(p, pool, info) != NGX_OK
        || ngx_rtc_sfu_info_tracks(p, pool, info) != NGX_OK
        || ngx_rtc_sfu_data_track_info(p, pool, info) != NGX_OK
        || ngx_rtc_sfu_info_capabilities(p, pool, info) != NGX_OK)
    {
        return NULL;
    }

    return info;
}


ngx_int_t
ngx_rtc_sfu_info_left(ngx_pool_t *pool, const ngx_str_t *info,
    ngx_uint_t reason, ngx_str_t *packed)
{
    Livekit__ParticipantInfo  *left;

    left = ngx_rtc_sfu_signal_unpack_message(pool,
                                       &livekit__participant_info__descriptor,
                                       info->data, info->len);
    if (left == NULL) {
        return NGX_ERROR;
    }

    left->state = LIVEKIT__PARTICIPANT_INFO__STATE__DISCONNECTED;
    left->version++;
    left->disconnect_reason = (Livekit__DisconnectReason) reason;
    left->n_tracks = 0;
    left->n_data_tracks = 0;

    return ngx_rtc_sfu_signal_pack(pool, &left->base, packed);
}


static Livekit__ParticipantPermission *
ngx_rtc_sfu_info_permission(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool)
{
    ngx_uint_t                       source;
    const rtc_grant_t               *grant;
    Livekit__ParticipantPermission  *perm;

    perm = ngx_palloc(pool, sizeof(Livekit__ParticipantPermission));
    if (perm == NULL) {
        return NULL;
    }

    livekit__participant_permission__init(perm);

    grant = p->grant;

    perm->can_subscribe = grant->can_subscribe;
    perm->can_publish = grant->can_publish;
    perm->can_publish_data = ngx_rtc_sfu_participant_may_send_data(p);
    perm->can_update_metadata = grant->can_update_metadata;
    perm->can_subscribe_metrics = grant->can_subscribe_metrics;
    perm->can_manage_agent_session = grant->can_manage_agent_session;
    perm->hidden = p->hidden;
    perm->recorder = grant->recorder;
    perm->agent = grant->agent;

    perm->can_publish_sources = ngx_rtc_sfu_info_array(pool, 5,
                                                       Livekit__TrackSource);
    if (perm->can_publish_sources == NULL) {
        return NULL;
    }

    /* an empty list means all sources */

    if (ngx_rtc_sfu_participant_sources(p) == RTC_SOURCE_ALL) {
        return perm;
    }

    for (source = LIVEKIT__TRACK_SOURCE__CAMERA;
         source <= LIVEKIT__TRACK_SOURCE__SCREEN_SHARE_AUDIO;
         source++)
    {
        if (ngx_rtc_sfu_participant_sources(p) & (1 << source)) {
            perm->can_publish_sources[perm->n_can_publish_sources++] =
                                                (Livekit__TrackSource) source;
        }
    }

    if (perm->n_can_publish_sources == 0) {
        perm->can_publish = 0;
    }

    return perm;
}


static ngx_int_t
ngx_rtc_sfu_info_tracks(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__ParticipantInfo *info)
{
    size_t                n;
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    n = 0;

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        n++;
    }

    info->tracks = ngx_rtc_sfu_info_array(pool, n, Livekit__TrackInfo *);
    if (info->tracks == NULL) {
        return NGX_ERROR;
    }

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (track->media != NULL) {
            info->tracks[info->n_tracks++] = track->info;
        }
    }

    return NGX_OK;
}


/* senders of data streams choose their form by what receivers can read */

static ngx_int_t
ngx_rtc_sfu_info_capabilities(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__ParticipantInfo *info)
{
    ngx_uint_t  capability;

    info->capabilities = ngx_rtc_sfu_info_array(pool, 32,
                                             Livekit__ClientInfo__Capability);
    if (info->capabilities == NULL) {
        return NGX_ERROR;
    }

    for (capability = 0; capability < 32; capability++) {
        if (p->client.capabilities & ((uint32_t) 1 << capability)) {
            info->capabilities[info->n_capabilities++] =
                                (Livekit__ClientInfo__Capability) capability;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_info_kind(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__ParticipantInfo *info)
{
    ngx_uint_t  detail;

    info->kind = (Livekit__ParticipantInfo__Kind) p->grant->kind;

    if (p->grant->kind_details == 0) {
        return NGX_OK;
    }

    info->kind_details = ngx_rtc_sfu_info_array(pool, 32,
                                        Livekit__ParticipantInfo__KindDetail);
    if (info->kind_details == NULL) {
        return NGX_ERROR;
    }

    for (detail = 0; detail < 32; detail++) {
        if (p->grant->kind_details & ((uint32_t) 1 << detail)) {
            info->kind_details[info->n_kind_details++] =
                                 (Livekit__ParticipantInfo__KindDetail) detail;
        }
    }

    return NGX_OK;
}


Livekit__TrackInfo *
ngx_rtc_sfu_info_track(ngx_pool_t *pool,
    const Livekit__AddTrackRequest *request, char *sid)
{
    size_t               i;
    Livekit__TrackInfo  *track;

    track = ngx_palloc(pool, sizeof(Livekit__TrackInfo));
    if (track == NULL) {
        return NULL;
    }

    livekit__track_info__init(track);

    track->sid = sid;
    track->type = request->type;
    track->source = request->source;
    track->muted = request->muted;
    track->width = request->width;
    track->height = request->height;
    track->disable_dtx = request->disable_dtx;
    track->disable_red = request->disable_red;
    track->stereo = request->stereo;
    track->encryption = request->encryption;
    track->backup_codec_policy = request->backup_codec_policy;

    track->name = ngx_rtc_sfu_info_copy(pool, request->name);
    track->stream = ngx_rtc_sfu_info_copy(pool, request->stream);

    track->audio_features = ngx_rtc_sfu_info_array(pool,
                                                   request->n_audio_features,
                                                   Livekit__AudioTrackFeature);
    track->packet_trailer_features = ngx_rtc_sfu_info_array(pool,
                                          request->n_packet_trailer_features,
                                          Livekit__PacketTrailerFeature);

    if (track->name == NULL
        || track->stream == NULL
        || track->audio_features == NULL
        || track->packet_trailer_features == NULL)
    {
        return NULL;
    }

    for (i = 0; i < request->n_audio_features; i++) {
        track->audio_features[i] = request->audio_features[i];
        track->n_audio_features++;

        switch (request->audio_features[i]) {

        case LIVEKIT__AUDIO_TRACK_FEATURE__TF_STEREO:
            track->stereo = 1;
            break;

        case LIVEKIT__AUDIO_TRACK_FEATURE__TF_NO_DTX:
            track->disable_dtx = 1;
            break;

        default:
            break;
        }
    }

    for (i = 0; i < request->n_packet_trailer_features; i++) {
        track->packet_trailer_features[i] = request->packet_trailer_features[i];
        track->n_packet_trailer_features++;
    }

    /* tracks of one stream are played in sync */

    if (track->stream[0] == '\0') {
        switch (request->source) {

        case LIVEKIT__TRACK_SOURCE__CAMERA:
        case LIVEKIT__TRACK_SOURCE__MICROPHONE:
            track->stream = "camera";
            break;

        case LIVEKIT__TRACK_SOURCE__SCREEN_SHARE:
        case LIVEKIT__TRACK_SOURCE__SCREEN_SHARE_AUDIO:
            track->stream = "screen";
            break;

        default:
            track->stream = "unknown";
        }
    }

    if (ngx_rtc_sfu_info_codecs(pool, request, track) != NGX_OK) {
        return NULL;
    }

    return track;
}


static ngx_int_t
ngx_rtc_sfu_info_codecs(ngx_pool_t *pool,
    const Livekit__AddTrackRequest *request, Livekit__TrackInfo *track)
{
    size_t  i, n;

    n = ngx_max(request->n_simulcast_codecs, 1);

    track->codecs = ngx_rtc_sfu_info_array(pool, n,
                                           Livekit__SimulcastCodecInfo *);
    if (track->codecs == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        track->codecs[i] = ngx_rtc_sfu_info_codec(pool, request,
                                     request->n_simulcast_codecs
                                     ? request->simulcast_codecs[i] : NULL);
        if (track->codecs[i] == NULL) {
            return NGX_ERROR;
        }
    }

    track->n_codecs = n;
    track->mime_type = track->codecs[0]->mime_type;

    if (request->type != LIVEKIT__TRACK_TYPE__VIDEO) {
        return NGX_OK;
    }

    track->layers = track->codecs[0]->layers;
    track->n_layers = track->codecs[0]->n_layers;

    track->simulcast = track->n_layers > 1
                       && track->codecs[0]->video_layer_mode
              != LIVEKIT__VIDEO_LAYER__MODE__MULTIPLE_SPATIAL_LAYERS_PER_STREAM;

    return NGX_OK;
}


static Livekit__SimulcastCodecInfo *
ngx_rtc_sfu_info_codec(ngx_pool_t *pool,
    const Livekit__AddTrackRequest *request,
    const Livekit__SimulcastCodec *codec)
{
    size_t                        n;
    const char                   *name;
    Livekit__VideoLayer         **layers;
    Livekit__SimulcastCodecInfo  *info;

    info = ngx_palloc(pool, sizeof(Livekit__SimulcastCodecInfo));
    if (info == NULL) {
        return NULL;
    }

    livekit__simulcast_codec_info__init(info);

    name = codec ? codec->codec : "";

    if (codec && codec->n_layers) {
        layers = codec->layers;
        n = codec->n_layers;

    } else {
        layers = request->layers;
        n = request->n_layers;
    }

    info->layers = ngx_rtc_sfu_info_layers(pool, layers, n);
    info->n_layers = n;
    info->cid = ngx_rtc_sfu_info_copy(pool, codec ? codec->cid : request->cid);
    info->mime_type = ngx_rtc_sfu_info_mime(pool, request->type, name);

    if (info->layers == NULL || info->cid == NULL || info->mime_type == NULL) {
        return NULL;
    }

    info->video_layer_mode =
                LIVEKIT__VIDEO_LAYER__MODE__ONE_SPATIAL_LAYER_PER_STREAM;

    if (codec
        && codec->video_layer_mode != LIVEKIT__VIDEO_LAYER__MODE__MODE_UNUSED)
    {
        info->video_layer_mode = codec->video_layer_mode;

    } else if (ngx_rtc_sfu_info_is_svc(name)) {
        info->video_layer_mode =
              LIVEKIT__VIDEO_LAYER__MODE__MULTIPLE_SPATIAL_LAYERS_PER_STREAM;
    }

    return info;
}


/* copies, sorted by quality */

static Livekit__VideoLayer **
ngx_rtc_sfu_info_layers(ngx_pool_t *pool, Livekit__VideoLayer *const *layers,
    size_t n)
{
    size_t                i, j;
    Livekit__VideoLayer  *layer, **copy;

    copy = ngx_rtc_sfu_info_array(pool, n, Livekit__VideoLayer *);
    if (copy == NULL) {
        return NULL;
    }

    for (i = 0; i < n; i++) {
        layer = ngx_palloc(pool, sizeof(Livekit__VideoLayer));
        if (layer == NULL) {
            return NULL;
        }

        *layer = *layers[i];

        /* unknown fields and the rid are the request's memory */

        layer->base.n_unknown_fields = 0;
        layer->base.unknown_fields = NULL;

        layer->rid = ngx_rtc_sfu_info_copy(pool, layer->rid);
        if (layer->rid == NULL) {
            return NULL;
        }

        for (j = i; j > 0 && copy[j - 1]->quality > layer->quality; j--) {
            copy[j] = copy[j - 1];
        }

        copy[j] = layer;
    }

    return copy;
}


char *
ngx_rtc_sfu_info_mime(ngx_pool_t *pool, Livekit__TrackType type,
    const char *codec)
{
    char    *mime;
    size_t   len;
    u_char  *p;

    if (codec[0] == '\0') {
        return ngx_rtc_sfu_info_copy(pool, "");
    }

    len = ngx_strlen(codec);

    mime = ngx_pnalloc(pool, sizeof("video/") + len);
    if (mime == NULL) {
        return NULL;
    }

    p = ngx_cpymem(mime, type == LIVEKIT__TRACK_TYPE__AUDIO ? "audio/"
                                                            : "video/", 6);
    ngx_memcpy(p, codec, len + 1);

    return mime;
}


rtc_codec_e
ngx_rtc_sfu_info_mime_codec(const char *mime)
{
    rtc_str_t    name;
    const char  *slash;

    slash = strchr(mime, '/');

    if (slash == NULL) {
        return RTC_CODEC_NONE;
    }

    name.data = (uint8_t *) slash + 1;
    name.len = ngx_strlen(slash + 1);

    return rtc_codec_find(name);
}


ngx_int_t
ngx_rtc_sfu_info_set_mime(ngx_pool_t *pool, Livekit__TrackInfo *track,
    const char *codec)
{
    char  *mime;

    mime = ngx_rtc_sfu_info_mime(pool, track->type, codec);
    if (mime == NULL) {
        return NGX_ERROR;
    }

    track->mime_type = mime;
    track->codecs[0]->mime_type = mime;

    return NGX_OK;
}


static ngx_uint_t
ngx_rtc_sfu_info_is_svc(const char *codec)
{
    return ngx_strcasecmp((u_char *) codec, (u_char *) "vp9") == 0
           || ngx_strcasecmp((u_char *) codec, (u_char *) "av1") == 0;
}


static char *
ngx_rtc_sfu_info_copy(ngx_pool_t *pool, const char *text)
{
    return ngx_rtc_sfu_signal_string(pool, (const u_char *) text,
                                     ngx_strlen(text));
}
