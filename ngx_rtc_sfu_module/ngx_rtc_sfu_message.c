
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_message.h"
#include "ngx_rtc_sfu_permission.h"
#include "ngx_rtc_sfu_ping.h"
#include "ngx_rtc_sfu_profile.h"
#include "ngx_rtc_sfu_publish.h"
#include "ngx_rtc_sfu_scenario.h"
#include "ngx_rtc_sfu_subscribe.h"
#include "ngx_rtc_sfu_sync.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_worker.h"


/* the first protocol in which success is told */

#define NGX_RTC_SFU_PROTOCOL_OK  15


typedef void (*ngx_rtc_sfu_message_pt)(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);

typedef struct {
    Livekit__SignalRequest__MessageCase   type;
    ngx_rtc_sfu_message_pt                handler;
} ngx_rtc_sfu_message_type_t;


static void ngx_rtc_sfu_message_offer(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_answer(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_add_track(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_mute(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_subscription(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_permission(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_track_setting(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_leave(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_sync_state(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_simulate(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_ping(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_ping_req(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_metadata(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_audio_track(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_video_track(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_data_track(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_no_data_track(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_data_subscription(
    ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_data_blob(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);
static void ngx_rtc_sfu_message_ignore(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request);

static void ngx_rtc_sfu_message_track_updated(ngx_rtc_sfu_participant_t *p,
    Livekit__RequestResponse *outcome, ngx_int_t rc);


static const ngx_rtc_sfu_message_type_t  ngx_rtc_sfu_messages[] = {

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_OFFER,
      ngx_rtc_sfu_message_offer },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_ANSWER,
      ngx_rtc_sfu_message_answer },

    /* we are ICE-lite: where the client is we learn from its checks */

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_TRICKLE,
      ngx_rtc_sfu_message_ignore },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_ADD_TRACK,
      ngx_rtc_sfu_message_add_track },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_MUTE,
      ngx_rtc_sfu_message_mute },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION,
      ngx_rtc_sfu_message_subscription },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_TRACK_SETTING,
      ngx_rtc_sfu_message_track_setting },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_LEAVE,
      ngx_rtc_sfu_message_leave },

    /* of old SDKs: the layers are what RTP shows */

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_UPDATE_LAYERS,
      ngx_rtc_sfu_message_ignore },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION_PERMISSION,
      ngx_rtc_sfu_message_permission },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_SYNC_STATE,
      ngx_rtc_sfu_message_sync_state },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_SIMULATE,
      ngx_rtc_sfu_message_simulate },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_PING,
      ngx_rtc_sfu_message_ping },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_UPDATE_METADATA,
      ngx_rtc_sfu_message_metadata },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_PING_REQ,
      ngx_rtc_sfu_message_ping_req },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_UPDATE_AUDIO_TRACK,
      ngx_rtc_sfu_message_audio_track },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_UPDATE_VIDEO_TRACK,
      ngx_rtc_sfu_message_video_track },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_PUBLISH_DATA_TRACK_REQUEST,
      ngx_rtc_sfu_message_data_track },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_UNPUBLISH_DATA_TRACK_REQUEST,
      ngx_rtc_sfu_message_no_data_track },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_UPDATE_DATA_SUBSCRIPTION,
      ngx_rtc_sfu_message_data_subscription },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_STORE_DATA_BLOB_REQUEST,
      ngx_rtc_sfu_message_data_blob },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE_GET_DATA_BLOB_REQUEST,
      ngx_rtc_sfu_message_data_blob },

    { LIVEKIT__SIGNAL_REQUEST__MESSAGE__NOT_SET,
      ngx_rtc_sfu_message_ignore }
};


void
ngx_rtc_sfu_message_handle(ngx_rtc_sfu_participant_t *p, const u_char *buf,
    size_t len)
{
    ngx_uint_t               i;
    ngx_pool_t              *pool;
    Livekit__SignalRequest  *request;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, p->room->worker->log);
    if (pool == NULL) {
        return;
    }

    request = ngx_rtc_sfu_signal_unpack(pool, buf, len);

    if (request == NULL) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                      "sfu: malformed message, len:%uz", len);

        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__DISCONNECT,
                                   LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH);
        goto done;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, &p->log, 0, "sfu: message type:%d",
                   request->message_case);

    for (i = 0; i < rtc_nelts(ngx_rtc_sfu_messages); i++) {

        if (ngx_rtc_sfu_messages[i].type == request->message_case) {
            ngx_rtc_sfu_messages[i].handler(p, pool, request);
            break;
        }
    }

    ngx_rtc_sfu_pending_retry(p);

done:

    ngx_destroy_pool(pool);
}


static void
ngx_rtc_sfu_message_offer(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_publish_offer(p, pool, request->offer);
}


static void
ngx_rtc_sfu_message_answer(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_subscribe_answer(p, pool, request->answer);
}


static void
ngx_rtc_sfu_message_add_track(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_track_add(p, request->add_track);
}


static void
ngx_rtc_sfu_message_mute(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
    Livekit__RequestResponse  outcome = LIVEKIT__REQUEST_RESPONSE__INIT;

    if (ngx_rtc_sfu_track_mute(p, request->mute->sid, request->mute->muted)
        == NGX_OK)
    {
        return;
    }

    outcome.reason = LIVEKIT__REQUEST_RESPONSE__REASON__NOT_FOUND;
    outcome.message = "no such track";
    outcome.request_case = LIVEKIT__REQUEST_RESPONSE__REQUEST_MUTE;
    outcome.mute = request->mute;

    ngx_rtc_sfu_message_respond(p, &outcome);
}


static void
ngx_rtc_sfu_message_subscription(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_subscribe_update(p, request->subscription);
}


static void
ngx_rtc_sfu_message_permission(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_permission_set(p, request->subscription_permission);
}


static void
ngx_rtc_sfu_message_track_setting(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_subscribe_settings(p, request->track_setting);
}


static void
ngx_rtc_sfu_message_leave(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_participant_close(p, -1,
                                LIVEKIT__DISCONNECT_REASON__CLIENT_INITIATED);
}


static void
ngx_rtc_sfu_message_sync_state(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_sync(p, request->sync_state);
}


static void
ngx_rtc_sfu_message_simulate(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_scenario(p, request->simulate);
}


static void
ngx_rtc_sfu_message_ping(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_ping_pong(p);
}


static void
ngx_rtc_sfu_message_ping_req(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_ping_answer(p, request->ping_req);
}


static void
ngx_rtc_sfu_message_metadata(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
    ngx_int_t                            rc;
    Livekit__RequestResponse             outcome;
    Livekit__UpdateParticipantMetadata  *update;

    update = request->update_metadata;

    livekit__request_response__init(&outcome);

    rc = NGX_ABORT;

    if (p->grant->can_update_metadata) {
        rc = ngx_rtc_sfu_profile_update(p, update);
    }

    switch (rc) {

    case NGX_OK:
        outcome.reason = LIVEKIT__REQUEST_RESPONSE__REASON__OK;
        break;

    case NGX_ABORT:
        outcome.reason = LIVEKIT__REQUEST_RESPONSE__REASON__NOT_ALLOWED;
        outcome.message = "the token does not grant canUpdateOwnMetadata";
        break;

    case NGX_DECLINED:
        outcome.reason = LIVEKIT__REQUEST_RESPONSE__REASON__LIMIT_EXCEEDED;
        outcome.message = "too long";
        break;

    default:
        outcome.reason = LIVEKIT__REQUEST_RESPONSE__REASON__UNCLASSIFIED_ERROR;
    }

    if (rc == NGX_OK) {
        ngx_rtc_sfu_room_changed(p->room, p, 1);
        ngx_rtc_sfu_participant_refresh_token(p);
    }

    outcome.request_id = update->request_id;
    outcome.request_case = LIVEKIT__REQUEST_RESPONSE__REQUEST_UPDATE_METADATA;
    outcome.update_metadata = update;

    ngx_rtc_sfu_message_respond(p, &outcome);
}


static void
ngx_rtc_sfu_message_audio_track(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request)
{
    ngx_int_t                 rc;
    Livekit__RequestResponse  outcome = LIVEKIT__REQUEST_RESPONSE__INIT;

    rc = ngx_rtc_sfu_track_update_audio(p, request->update_audio_track);

    outcome.request_case =
                      LIVEKIT__REQUEST_RESPONSE__REQUEST_UPDATE_AUDIO_TRACK;
    outcome.update_audio_track = request->update_audio_track;

    ngx_rtc_sfu_message_track_updated(p, &outcome, rc);
}


static void
ngx_rtc_sfu_message_video_track(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request)
{
    ngx_int_t                 rc;
    Livekit__RequestResponse  outcome = LIVEKIT__REQUEST_RESPONSE__INIT;

    rc = ngx_rtc_sfu_track_update_video(p, request->update_video_track);

    outcome.request_case =
                      LIVEKIT__REQUEST_RESPONSE__REQUEST_UPDATE_VIDEO_TRACK;
    outcome.update_video_track = request->update_video_track;

    ngx_rtc_sfu_message_track_updated(p, &outcome, rc);
}


static void
ngx_rtc_sfu_message_track_updated(ngx_rtc_sfu_participant_t *p,
    Livekit__RequestResponse *outcome, ngx_int_t rc)
{
    switch (rc) {

    case NGX_OK:
        return;

    case NGX_DECLINED:
        outcome->reason = LIVEKIT__REQUEST_RESPONSE__REASON__NOT_FOUND;
        outcome->message = "no such track";
        break;

    case NGX_ABORT:
        outcome->reason = LIVEKIT__REQUEST_RESPONSE__REASON__LIMIT_EXCEEDED;
        outcome->message = "too many features";
        break;

    default:
        outcome->reason =
                      LIVEKIT__REQUEST_RESPONSE__REASON__UNCLASSIFIED_ERROR;
    }

    ngx_rtc_sfu_message_respond(p, outcome);
}


static void
ngx_rtc_sfu_message_data_track(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_data_track_publish(p, request->publish_data_track_request);
}


static void
ngx_rtc_sfu_message_no_data_track(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_data_track_unpublish(p, request->unpublish_data_track_request);
}


static void
ngx_rtc_sfu_message_data_subscription(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__SignalRequest *request)
{
    ngx_rtc_sfu_data_sub_update(p, request->update_data_subscription);
}


/* a client that is not answered would wait for its timeout */

static void
ngx_rtc_sfu_message_data_blob(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
    Livekit__RequestResponse  outcome = LIVEKIT__REQUEST_RESPONSE__INIT;

    outcome.reason = LIVEKIT__REQUEST_RESPONSE__REASON__UNSUPPORTED_TYPE;
    outcome.message = "no data blobs here";

    outcome.request_id =
           request->message_case
                   == LIVEKIT__SIGNAL_REQUEST__MESSAGE_STORE_DATA_BLOB_REQUEST
           ? request->store_data_blob_request->request_id
           : request->get_data_blob_request->request_id;

    ngx_rtc_sfu_message_respond(p, &outcome);
}


static void
ngx_rtc_sfu_message_ignore(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SignalRequest *request)
{
}


void
ngx_rtc_sfu_message_respond(ngx_rtc_sfu_participant_t *p,
    const Livekit__RequestResponse *outcome)
{
    Livekit__SignalResponse  response = LIVEKIT__SIGNAL_RESPONSE__INIT;

    /* older clients take any of them for a failure */

    if (outcome->reason == LIVEKIT__REQUEST_RESPONSE__REASON__OK
        && p->client.protocol < NGX_RTC_SFU_PROTOCOL_OK)
    {
        return;
    }

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE;
    response.request_response = (Livekit__RequestResponse *) outcome;

    ngx_rtc_sfu_participant_send(p, &response);
}
