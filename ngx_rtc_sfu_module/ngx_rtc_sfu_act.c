
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_act.h"
#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_profile.h"
#include "ngx_rtc_sfu_rpc.h"
#include "ngx_rtc_sfu_worker.h"


/* everything that a command may touch */

typedef struct {
    ngx_rtc_sfu_room_t          *room;          /* NULL: nobody is here */
    ngx_rtc_sfu_participant_t   *participant;
    ngx_pool_t                  *pool;
    const ngx_str_t             *from;
    uint32_t                     id;
    ngx_rtc_sfu_verdict_t       *verdict;
} ngx_rtc_sfu_act_t;


typedef ngx_int_t (*ngx_rtc_sfu_act_pt)(ngx_rtc_sfu_act_t *act,
    const void *message);

typedef struct {
    const ProtobufCMessageDescriptor  *type;
    ngx_rtc_sfu_act_pt                 handler;
    ngx_uint_t                         all;     /* not of one participant */
} ngx_rtc_sfu_act_method_t;


static ngx_rtc_sfu_participant_t *ngx_rtc_sfu_act_participant(
    ngx_rtc_sfu_room_t *room, const ProtobufCBinaryData *sid);
static ngx_int_t ngx_rtc_sfu_act_remove(ngx_rtc_sfu_act_t *act,
    const void *message);
static ngx_int_t ngx_rtc_sfu_act_mute(ngx_rtc_sfu_act_t *act,
    const void *message);
static ngx_int_t ngx_rtc_sfu_act_update(ngx_rtc_sfu_act_t *act,
    const void *message);
static ngx_int_t ngx_rtc_sfu_act_permit(ngx_rtc_sfu_participant_t *p,
    const Livekit__ParticipantPermission *permission);
static ngx_int_t ngx_rtc_sfu_act_subscribe(ngx_rtc_sfu_act_t *act,
    const void *message);
static ngx_int_t ngx_rtc_sfu_act_send_data(ngx_rtc_sfu_act_t *act,
    const void *message);
static ngx_int_t ngx_rtc_sfu_act_rpc(ngx_rtc_sfu_act_t *act,
    const void *message);
static ngx_int_t ngx_rtc_sfu_act_say(ngx_rtc_sfu_act_t *act, ngx_uint_t code,
    const char *text);
static ngx_int_t ngx_rtc_sfu_act_answer(ngx_rtc_sfu_act_t *act,
    const ProtobufCMessage *response);


static const ngx_rtc_sfu_act_method_t  ngx_rtc_sfu_acts[] = {

    [NGX_RTC_SFU_COMMAND_REMOVE] =
    { &livekit__room_participant_identity__descriptor,
      ngx_rtc_sfu_act_remove, 0 },

    [NGX_RTC_SFU_COMMAND_MUTE] =
    { &livekit__mute_room_track_request__descriptor,
      ngx_rtc_sfu_act_mute, 0 },

    [NGX_RTC_SFU_COMMAND_UPDATE] =
    { &livekit__update_participant_request__descriptor,
      ngx_rtc_sfu_act_update, 0 },

    [NGX_RTC_SFU_COMMAND_SUBSCRIBE] =
    { &livekit__update_subscriptions_request__descriptor,
      ngx_rtc_sfu_act_subscribe, 0 },

    [NGX_RTC_SFU_COMMAND_SEND_DATA] =
    { &livekit__send_data_request__descriptor,
      ngx_rtc_sfu_act_send_data, 1 },

    [NGX_RTC_SFU_COMMAND_RPC] =
    { &livekit__perform_rpc_request__descriptor,
      ngx_rtc_sfu_act_rpc, 0 }
};


ngx_int_t
ngx_rtc_sfu_act(ngx_rtc_sfu_worker_t *worker, ngx_pool_t *pool,
    const ngx_str_t *from, const Conference__Command *command,
    ngx_rtc_sfu_verdict_t *verdict)
{
    void                            *message;
    ngx_str_t                        id;
    ngx_rtc_sfu_act_t                act;
    const ngx_rtc_sfu_act_method_t  *method;

    ngx_memzero(verdict, sizeof(ngx_rtc_sfu_verdict_t));

    id.data = command->room.data;
    id.len = command->room.len;

    act.room = ngx_rtc_sfu_room_find(worker, &id);
    act.participant = NULL;
    act.pool = pool;
    act.from = from;
    act.id = command->id;
    act.verdict = verdict;

    /* a newer version may know more */

    if (command->method >= rtc_nelts(ngx_rtc_sfu_acts)
        || ngx_rtc_sfu_acts[command->method].type == NULL)
    {
        return ngx_rtc_sfu_act_say(&act, NGX_RTC_SFU_VERDICT_UNIMPLEMENTED,
                               "the participant's server does not know how");
    }

    method = &ngx_rtc_sfu_acts[command->method];

    if (!method->all) {
        act.participant = ngx_rtc_sfu_act_participant(act.room,
                                                      &command->session);
        if (act.participant == NULL) {
            return ngx_rtc_sfu_act_say(&act, NGX_RTC_SFU_VERDICT_NOT_FOUND,
                                       "participant does not exist");
        }
    }

    message = ngx_rtc_sfu_signal_unpack_message(pool, method->type,
                                                command->request.data,
                                                command->request.len);
    if (message == NULL) {
        return ngx_rtc_sfu_act_say(&act,
                                   NGX_RTC_SFU_VERDICT_RESOURCE_EXHAUSTED,
                                   "the request is too large");
    }

    return method->handler(&act, message);
}


static ngx_rtc_sfu_participant_t *
ngx_rtc_sfu_act_participant(ngx_rtc_sfu_room_t *room,
    const ProtobufCBinaryData *sid)
{
    ngx_str_t                   key;
    ngx_rtc_sfu_member_t       *member;
    ngx_rtc_sfu_participant_t  *p;

    if (room == NULL) {
        return NULL;
    }

    key.data = sid->data;
    key.len = sid->len;

    member = ngx_rtc_sfu_room_member(room, &key);
    p = member ? member->participant : NULL;

    return p && p->state != NGX_RTC_SFU_CLOSED ? p : NULL;
}


static ngx_int_t
ngx_rtc_sfu_act_remove(ngx_rtc_sfu_act_t *act, const void *message)
{
    ngx_rtc_sfu_participant_close(act->participant,
                               LIVEKIT__LEAVE_REQUEST__ACTION__DISCONNECT,
                               LIVEKIT__DISCONNECT_REASON__PARTICIPANT_REMOVED);
    return NGX_OK;
}


/* the publisher's own page has to show it, so it is told first */

static ngx_int_t
ngx_rtc_sfu_act_mute(ngx_rtc_sfu_act_t *act, const void *message)
{
    ngx_rtc_sfu_track_t                  *track;
    ngx_rtc_sfu_participant_t            *p;
    Livekit__MuteRoomTrackResponse        response =
                                     LIVEKIT__MUTE_ROOM_TRACK_RESPONSE__INIT;
    const Livekit__MuteRoomTrackRequest  *request = message;

    p = act->participant;

    track = ngx_rtc_sfu_track_of(p, request->track_sid);

    if (track == NULL) {
        return ngx_rtc_sfu_act_say(act, NGX_RTC_SFU_VERDICT_NOT_FOUND,
                                   "track is not found");
    }

    if (track->info->muted && !request->muted
        && !p->room->worker->conf->remote_unmute)
    {
        return ngx_rtc_sfu_act_say(act,
                                   NGX_RTC_SFU_VERDICT_FAILED_PRECONDITION,
                                   "remote unmute not enabled");
    }

    ngx_rtc_sfu_track_ask_mute(p, request->track_sid, request->muted);

    (void) ngx_rtc_sfu_track_mute(p, request->track_sid, request->muted);

    response.track = track->info;

    return ngx_rtc_sfu_act_answer(act, &response.base);
}


static ngx_int_t
ngx_rtc_sfu_act_update(ngx_rtc_sfu_act_t *act, const void *message)
{
    ngx_int_t                                rc;
    Livekit__ParticipantInfo                *info;
    ngx_rtc_sfu_participant_t               *p;
    Livekit__UpdateParticipantMetadata       update =
                                 LIVEKIT__UPDATE_PARTICIPANT_METADATA__INIT;
    const Livekit__UpdateParticipantRequest *request = message;

    p = act->participant;

    update.name = request->name;
    update.metadata = request->metadata;
    update.n_attributes = request->n_attributes;

    /* entries of all maps of strings look alike */

    update.attributes = (Livekit__UpdateParticipantMetadata__AttributesEntry
                         **) request->attributes;

    rc = ngx_rtc_sfu_profile_update(p, &update);

    if (rc == NGX_DECLINED) {
        return ngx_rtc_sfu_act_say(act, NGX_RTC_SFU_VERDICT_INVALID_ARGUMENT,
                              "name, metadata or attributes exceed limits");
    }

    if (rc != NGX_OK
        || (request->permission
            && ngx_rtc_sfu_act_permit(p, request->permission) != NGX_OK))
    {
        return ngx_rtc_sfu_act_say(act, NGX_RTC_SFU_VERDICT_INTERNAL,
                                   "the server failed");
    }

    /* tells others and itself, with a new token */

    ngx_rtc_sfu_participant_enforce(p);

    info = ngx_rtc_sfu_info_participant(p, act->pool);

    return info ? ngx_rtc_sfu_act_answer(act, &info->base) : NGX_AGAIN;
}


static ngx_int_t
ngx_rtc_sfu_act_permit(ngx_rtc_sfu_participant_t *p,
    const Livekit__ParticipantPermission *permission)
{
    size_t        i;
    uint32_t      sources;
    rtc_grant_t  *grant;

    grant = ngx_rtc_sfu_participant_own_grant(p);
    if (grant == NULL) {
        return NGX_ERROR;
    }

    sources = permission->n_can_publish_sources ? 0 : RTC_SOURCE_ALL;

    for (i = 0; i < permission->n_can_publish_sources; i++) {
        if ((ngx_uint_t) permission->can_publish_sources[i]
            <= LIVEKIT__TRACK_SOURCE__SCREEN_SHARE_AUDIO)
        {
            sources |= (uint32_t) 1 << permission->can_publish_sources[i];
        }
    }

    grant->sources = sources;
    grant->can_publish = permission->can_publish != 0;
    grant->can_publish_data = permission->can_publish_data != 0;
    grant->can_update_metadata = permission->can_update_metadata != 0;
    grant->can_subscribe_metrics = permission->can_subscribe_metrics != 0;
    grant->can_manage_agent_session =
                                   permission->can_manage_agent_session != 0;

    if (grant->can_subscribe != (permission->can_subscribe != 0)) {
        grant->can_subscribe = permission->can_subscribe != 0;
        ngx_rtc_sfu_subscribe_enforce(p);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_act_subscribe(ngx_rtc_sfu_act_t *act, const void *message)
{
    Livekit__UpdateSubscription                update =
                                          LIVEKIT__UPDATE_SUBSCRIPTION__INIT;
    const Livekit__UpdateSubscriptionsRequest *request = message;

    update.n_track_sids = request->n_track_sids;
    update.track_sids = request->track_sids;
    update.subscribe = request->subscribe;
    update.n_participant_tracks = request->n_participant_tracks;
    update.participant_tracks = request->participant_tracks;

    ngx_rtc_sfu_subscribe_update(act->participant, &update);

    return NGX_OK;
}


/* the sender is nobody: an empty identity, and sequence 0 */

static ngx_int_t
ngx_rtc_sfu_act_send_data(ngx_rtc_sfu_act_t *act, const void *message)
{
    ngx_str_t                        packed;
    Livekit__DataPacket              packet = LIVEKIT__DATA_PACKET__INIT;
    Livekit__UserPacket              user = LIVEKIT__USER_PACKET__INIT;
    const Livekit__SendDataRequest  *request = message;

    if (act->room == NULL) {
        return NGX_OK;
    }

    user.payload = request->data;
    user.n_destination_sids = request->n_destination_sids;
    user.destination_sids = request->destination_sids;
    user.n_destination_identities = request->n_destination_identities;
    user.destination_identities = request->destination_identities;
    user.nonce = request->nonce;

    if (request->has_topic_case
        == LIVEKIT__SEND_DATA_REQUEST__HAS_TOPIC_TOPIC)
    {
        user.has_topic_case = LIVEKIT__USER_PACKET__HAS_TOPIC_TOPIC;
        user.topic = request->topic;
    }

    packet.kind = request->kind;
    packet.n_destination_identities = request->n_destination_identities;
    packet.destination_identities = request->destination_identities;
    packet.value_case = LIVEKIT__DATA_PACKET__VALUE_USER;
    packet.user = &user;

    if (ngx_rtc_sfu_signal_pack(act->pool, &packet.base, &packed) != NGX_OK) {
        return ngx_rtc_sfu_act_say(act, NGX_RTC_SFU_VERDICT_INTERNAL,
                                   "the server failed");
    }

    ngx_rtc_sfu_data_deliver(act->room, request->kind, packed.data,
                             packed.len);
    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_act_rpc(ngx_rtc_sfu_act_t *act, const void *message)
{
    return ngx_rtc_sfu_rpc_start(act->participant, message, act->from,
                                 act->id, act->verdict);
}


static ngx_int_t
ngx_rtc_sfu_act_say(ngx_rtc_sfu_act_t *act, ngx_uint_t code, const char *text)
{
    act->verdict->code = code;
    act->verdict->text = text;

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_act_answer(ngx_rtc_sfu_act_t *act,
    const ProtobufCMessage *response)
{
    if (ngx_rtc_sfu_signal_pack(act->pool, response, &act->verdict->response)
        != NGX_OK)
    {
        return ngx_rtc_sfu_act_say(act, NGX_RTC_SFU_VERDICT_INTERNAL,
                                   "the server failed");
    }

    return NGX_OK;
}
