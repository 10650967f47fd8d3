
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_id.h"
#include "ngx_rtc_sfu_message.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_worker.h"


static const char *ngx_rtc_sfu_data_track_check(ngx_rtc_sfu_participant_t *p,
    const Livekit__PublishDataTrackRequest *request,
    Livekit__RequestResponse__Reason *reason);
static ngx_uint_t ngx_rtc_sfu_data_track_fits(
    const Livekit__PublishDataTrackRequest *request);
static void ngx_rtc_sfu_data_track_answer(ngx_rtc_sfu_participant_t *p,
    const ngx_rtc_sfu_data_track_t *track);
static ngx_uint_t ngx_rtc_sfu_data_track_is_known(
    const ngx_rtc_sfu_data_track_t *track, const Livekit__SyncState *state);
static ngx_rtc_sfu_data_track_t *ngx_rtc_sfu_data_track_request(
    ngx_rtc_sfu_participant_t *p,
    const Livekit__PublishDataTrackRequest *request);
static ngx_rtc_sfu_data_track_t *ngx_rtc_sfu_data_track_create(
    ngx_rtc_sfu_room_t *room, const ngx_str_t *publisher,
    const ngx_str_t *identity, const Livekit__DataTrackInfo *info);
static void ngx_rtc_sfu_data_track_remove(ngx_rtc_sfu_data_track_t *track);
static ngx_int_t ngx_rtc_sfu_data_track_sync_one(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, const Livekit__DataTrackInfo *info);
static ngx_int_t ngx_rtc_sfu_data_track_copy(ngx_pool_t *pool,
    const ngx_str_t *from, ngx_str_t *to);


void
ngx_rtc_sfu_data_track_publish(ngx_rtc_sfu_participant_t *p,
    Livekit__PublishDataTrackRequest *request)
{
    const char                         *message;
    ngx_rtc_sfu_data_track_t           *track;
    Livekit__RequestResponse            outcome =
                                      LIVEKIT__REQUEST_RESPONSE__INIT;

    message = ngx_rtc_sfu_data_track_check(p, request, &outcome.reason);

    if (message == NULL) {
        track = ngx_rtc_sfu_data_track_request(p, request);

        if (track) {
            ngx_rtc_sfu_data_track_answer(p, track);

            /* others know of a track before they get its handle */

            ngx_rtc_sfu_room_changed(p->room, p, 0);
            ngx_rtc_sfu_data_sub_track(track);
            return;
        }

        outcome.reason = LIVEKIT__REQUEST_RESPONSE__REASON__UNCLASSIFIED_ERROR;
        message = "out of memory";
    }

    ngx_log_error(NGX_LOG_INFO, &p->log, 0, "sfu: refused a data track, %s",
                  message);

    outcome.message = (char *) message;
    outcome.request_case =
                       LIVEKIT__REQUEST_RESPONSE__REQUEST_PUBLISH_DATA_TRACK;
    outcome.publish_data_track = request;

    ngx_rtc_sfu_message_respond(p, &outcome);
}


static void
ngx_rtc_sfu_data_track_answer(ngx_rtc_sfu_participant_t *p,
    const ngx_rtc_sfu_data_track_t *track)
{
    Livekit__SignalResponse            response =
                                   LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__PublishDataTrackResponse  published =
                                   LIVEKIT__PUBLISH_DATA_TRACK_RESPONSE__INIT;

    published.info = track->info;

    response.message_case =
                LIVEKIT__SIGNAL_RESPONSE__MESSAGE_PUBLISH_DATA_TRACK_RESPONSE;
    response.publish_data_track_response = &published;

    ngx_rtc_sfu_participant_send(p, &response);
}


/* SDKs forget a track if they are told of it twice */

void
ngx_rtc_sfu_data_track_repeat(ngx_rtc_sfu_participant_t *p,
    const Livekit__SyncState *state)
{
    ngx_queue_t               *q;
    ngx_rtc_sfu_data_track_t  *track;

    for (q = ngx_queue_head(&p->data_tracks);
         q != ngx_queue_sentinel(&p->data_tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_data_track_t, by_publisher);

        if (!ngx_rtc_sfu_data_track_is_known(track, state)) {
            ngx_rtc_sfu_data_track_answer(p, track);
        }
    }
}


static ngx_uint_t
ngx_rtc_sfu_data_track_is_known(const ngx_rtc_sfu_data_track_t *track,
    const Livekit__SyncState *state)
{
    size_t                   i, n;
    Livekit__DataTrackInfo  *info;

    n = ngx_min(state->n_publish_data_tracks, NGX_RTC_SFU_MAX_SIDS);

    for (i = 0; i < n; i++) {
        info = state->publish_data_tracks[i]->info;

        if (info && info->pub_handle == track->info->pub_handle) {
            return 1;
        }
    }

    return 0;
}


/* NULL, or why not */

static const char *
ngx_rtc_sfu_data_track_check(ngx_rtc_sfu_participant_t *p,
    const Livekit__PublishDataTrackRequest *request,
    Livekit__RequestResponse__Reason *reason)
{
    ngx_uint_t                 n;
    ngx_queue_t               *q;
    ngx_rtc_sfu_data_track_t  *track;

    if (!ngx_rtc_sfu_participant_may_send_data(p)) {
        *reason = LIVEKIT__REQUEST_RESPONSE__REASON__NOT_ALLOWED;
        return "may not publish data";
    }

    if (request->pub_handle == 0 || request->pub_handle > 65535) {
        *reason = LIVEKIT__REQUEST_RESPONSE__REASON__INVALID_HANDLE;
        return "a handle is from 1 to 65535";
    }

    if (request->name[0] == '\0'
        || ngx_strlen(request->name) > NGX_RTC_SFU_MAX_DATA_NAME)
    {
        *reason = LIVEKIT__REQUEST_RESPONSE__REASON__INVALID_NAME;
        return "the name is empty or too long";
    }

    if (!ngx_rtc_sfu_data_track_fits(request)) {
        *reason = LIVEKIT__REQUEST_RESPONSE__REASON__INVALID_REQUEST;
        return "an encoding or schema is too long";
    }

    n = 0;

    for (q = ngx_queue_head(&p->data_tracks);
         q != ngx_queue_sentinel(&p->data_tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_data_track_t, by_publisher);

        if (track->info->pub_handle == request->pub_handle) {
            *reason = LIVEKIT__REQUEST_RESPONSE__REASON__DUPLICATE_HANDLE;
            return "the handle is taken";
        }

        if (ngx_strcmp(track->info->name, request->name) == 0) {
            *reason = LIVEKIT__REQUEST_RESPONSE__REASON__DUPLICATE_NAME;
            return "the name is taken";
        }

        n++;
    }

    if (n >= NGX_RTC_SFU_MAX_DATA_TRACKS) {
        *reason = LIVEKIT__REQUEST_RESPONSE__REASON__LIMIT_EXCEEDED;
        return "too many data tracks";
    }

    return NULL;
}


static ngx_uint_t
ngx_rtc_sfu_data_track_fits(const Livekit__PublishDataTrackRequest *request)
{
    size_t  len;

    len = 0;

    if (request->frame_encoding) {
        len = protobuf_c_message_get_packed_size(
                                            &request->frame_encoding->base);
    }

    if (request->schema) {
        len += protobuf_c_message_get_packed_size(&request->schema->base);
    }

    return len <= 4 * NGX_RTC_SFU_MAX_DATA_NAME;
}


static ngx_rtc_sfu_data_track_t *
ngx_rtc_sfu_data_track_request(ngx_rtc_sfu_participant_t *p,
    const Livekit__PublishDataTrackRequest *request)
{
    ngx_str_t                  sid;
    ngx_pool_t                *pool;
    Livekit__DataTrackInfo     info = LIVEKIT__DATA_TRACK_INFO__INIT;
    ngx_rtc_sfu_data_track_t  *track;

    pool = ngx_create_pool(512, p->room->worker->log);
    if (pool == NULL) {
        return NULL;
    }

    track = NULL;

    if (ngx_rtc_sfu_id(pool, "DTR_", &sid) == NGX_OK) {
        info.sid = (char *) sid.data;
        info.pub_handle = request->pub_handle;
        info.name = request->name;
        info.encryption = request->encryption;
        info.frame_encoding = request->frame_encoding;
        info.schema = request->schema;

        track = ngx_rtc_sfu_data_track_create(p->room, &p->sid, &p->identity,
                                              &info);
    }

    ngx_destroy_pool(pool);

    if (track) {
        track->publisher = p;
        ngx_queue_insert_tail(&p->data_tracks, &track->by_publisher);
    }

    return track;
}


static ngx_rtc_sfu_data_track_t *
ngx_rtc_sfu_data_track_create(ngx_rtc_sfu_room_t *room,
    const ngx_str_t *publisher, const ngx_str_t *identity,
    const Livekit__DataTrackInfo *info)
{
    ngx_str_t                  packed;
    ngx_pool_t                *pool;
    ngx_rtc_sfu_data_track_t  *track;

    pool = ngx_create_pool(1024, room->worker->log);
    if (pool == NULL) {
        return NULL;
    }

    track = ngx_pcalloc(pool, sizeof(ngx_rtc_sfu_data_track_t));
    if (track == NULL) {
        goto failed;
    }

    track->pool = pool;
    track->room = room;

    if (ngx_rtc_sfu_data_track_copy(pool, publisher, &track->publisher_sid)
        != NGX_OK
        || ngx_rtc_sfu_data_track_copy(pool, identity, &track->identity)
           != NGX_OK
        || ngx_array_init(&track->demands, pool, 2,
                          sizeof(ngx_rtc_sfu_data_demand_t))
           != NGX_OK
        || ngx_rtc_sfu_signal_pack(pool, &info->base, &packed) != NGX_OK)
    {
        goto failed;
    }

    track->info = ngx_rtc_sfu_signal_unpack_message(pool,
                                         &livekit__data_track_info__descriptor,
                                         packed.data, packed.len);
    if (track->info == NULL) {
        goto failed;
    }

    track->sid.data = (u_char *) track->info->sid;
    track->sid.len = ngx_strlen(track->info->sid);

    ngx_queue_init(&track->subscriptions);
    ngx_rtc_ident_init(&track->ident, track);

    track->renew.handler = ngx_rtc_sfu_data_frame_renew;
    track->renew.data = &track->ident;
    track->renew.log = room->worker->log;
    track->renew.cancelable = 1;

    ngx_queue_insert_tail(&room->data_tracks, &track->queue);

    return track;

failed:

    ngx_destroy_pool(pool);

    return NULL;
}


static ngx_int_t
ngx_rtc_sfu_data_track_copy(ngx_pool_t *pool, const ngx_str_t *from,
    ngx_str_t *to)
{
    to->len = from->len;
    to->data = (u_char *) ngx_rtc_sfu_signal_string(pool, from->data,
                                                    from->len);

    return to->data ? NGX_OK : NGX_ERROR;
}


static void
ngx_rtc_sfu_data_track_remove(ngx_rtc_sfu_data_track_t *track)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&track->subscriptions)) {
        q = ngx_queue_head(&track->subscriptions);
        ngx_rtc_sfu_data_sub_end(ngx_queue_data(q, ngx_rtc_sfu_data_sub_t,
                                                by_track));
    }

    if (track->renew.timer_set) {
        ngx_del_timer(&track->renew);
    }

    if (track->publisher) {
        ngx_queue_remove(&track->by_publisher);
    }

    ngx_queue_remove(&track->queue);
    ngx_destroy_pool(track->pool);
}


void
ngx_rtc_sfu_data_track_unpublish(ngx_rtc_sfu_participant_t *p,
    Livekit__UnpublishDataTrackRequest *request)
{
    ngx_queue_t                          *q;
    ngx_rtc_sfu_data_track_t             *track;
    Livekit__SignalResponse               response =
                                    LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__RequestResponse              outcome =
                                    LIVEKIT__REQUEST_RESPONSE__INIT;
    Livekit__UnpublishDataTrackResponse   unpublished =
                                 LIVEKIT__UNPUBLISH_DATA_TRACK_RESPONSE__INIT;

    for (q = ngx_queue_head(&p->data_tracks);
         q != ngx_queue_sentinel(&p->data_tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_data_track_t, by_publisher);

        if (track->info->pub_handle == request->pub_handle) {
            goto found;
        }
    }

    outcome.reason = LIVEKIT__REQUEST_RESPONSE__REASON__NOT_FOUND;
    outcome.message = "no such data track";
    outcome.request_case =
                     LIVEKIT__REQUEST_RESPONSE__REQUEST_UNPUBLISH_DATA_TRACK;
    outcome.unpublish_data_track = request;

    ngx_rtc_sfu_message_respond(p, &outcome);

    return;

found:

    unpublished.info = track->info;

    response.message_case =
                LIVEKIT__SIGNAL_RESPONSE__MESSAGE_UNPUBLISH_DATA_TRACK_RESPONSE;
    response.unpublish_data_track_response = &unpublished;

    ngx_rtc_sfu_participant_send(p, &response);

    ngx_rtc_sfu_data_track_remove(track);
    ngx_rtc_sfu_room_changed(p->room, p, 0);
}


ngx_int_t
ngx_rtc_sfu_data_track_info(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__ParticipantInfo *info)
{
    ngx_queue_t               *q;
    ngx_rtc_sfu_data_track_t  *track;

    if (ngx_queue_empty(&p->data_tracks)) {
        return NGX_OK;
    }

    info->data_tracks = ngx_palloc(pool, NGX_RTC_SFU_MAX_DATA_TRACKS
                                         * sizeof(Livekit__DataTrackInfo *));
    if (info->data_tracks == NULL) {
        return NGX_ERROR;
    }

    for (q = ngx_queue_head(&p->data_tracks);
         q != ngx_queue_sentinel(&p->data_tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_data_track_t, by_publisher);
        info->data_tracks[info->n_data_tracks++] = track->info;
    }

    return NGX_OK;
}


void
ngx_rtc_sfu_data_track_leave(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&p->data_tracks)) {
        q = ngx_queue_head(&p->data_tracks);
        ngx_rtc_sfu_data_track_remove(
                   ngx_queue_data(q, ngx_rtc_sfu_data_track_t, by_publisher));
    }

    ngx_rtc_sfu_data_sub_none(p);
}


void
ngx_rtc_sfu_data_track_sync(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, const Livekit__ParticipantInfo *info)
{
    size_t                     i, n;
    ngx_queue_t               *q, *next;
    ngx_rtc_sfu_data_track_t  *track;

    n = 0;

    if (info && !member->hidden && member->branch) {
        n = ngx_min(info->n_data_tracks, NGX_RTC_SFU_MAX_DATA_TRACKS);
    }

    if (n == 0 && !member->streams) {
        return;
    }

    member->streams = n ? 1 : 0;

    for (i = 0; i < n; i++) {
        if (ngx_rtc_sfu_data_track_sync_one(room, member,
                                            info->data_tracks[i])
            != NGX_OK)
        {
            ngx_log_error(NGX_LOG_ERR, room->worker->log, 0,
                          "sfu: no memory for a data track of %V",
                          &member->node.str);
        }
    }

    for (q = ngx_queue_head(&room->data_tracks);
         q != ngx_queue_sentinel(&room->data_tracks);
         q = next)
    {
        next = ngx_queue_next(q);

        track = ngx_queue_data(q, ngx_rtc_sfu_data_track_t, queue);

        if (track->publisher
            || !ngx_rtc_sfu_str_eq(&track->publisher_sid, &member->node.str))
        {
            continue;
        }

        if (track->kept) {
            track->kept = 0;

        } else {
            ngx_rtc_sfu_data_track_remove(track);
        }
    }
}


static ngx_int_t
ngx_rtc_sfu_data_track_sync_one(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, const Livekit__DataTrackInfo *info)
{
    ngx_rtc_sfu_data_track_t  *track;

    track = ngx_rtc_sfu_data_track_find(room, info->sid);

    if (track == NULL) {
        track = ngx_rtc_sfu_data_track_create(room, &member->node.str,
                                              &member->identity, info);
        if (track == NULL) {
            return NGX_ERROR;
        }

        track->branch = member->branch;
        ngx_rtc_sfu_data_sub_track(track);
    }

    track->kept = 1;

    return NGX_OK;
}


ngx_rtc_sfu_data_track_t *
ngx_rtc_sfu_data_track_find(ngx_rtc_sfu_room_t *room, const char *sid)
{
    ngx_queue_t               *q;
    ngx_rtc_sfu_data_track_t  *track;

    for (q = ngx_queue_head(&room->data_tracks);
         q != ngx_queue_sentinel(&room->data_tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_data_track_t, queue);

        /* nobody has heard of a hidden publisher */

        if (ngx_strcmp(track->sid.data, sid) == 0
            && !(track->publisher && track->publisher->hidden))
        {
            return track;
        }
    }

    return NULL;
}
