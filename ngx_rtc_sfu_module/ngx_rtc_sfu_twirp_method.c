
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_twirp_internal.h"


/* what a token has to grant */

#define NGX_RTC_SFU_TWIRP_CREATE  1             /* roomCreate */
#define NGX_RTC_SFU_TWIRP_LIST    2             /* roomList */
#define NGX_RTC_SFU_TWIRP_ADMIN   3             /* roomAdmin of this room */
#define NGX_RTC_SFU_TWIRP_MOVE    4             /* .. and destinationRoom */


static void ngx_rtc_sfu_twirp_member_string(const ProtobufCMessage *message,
    const char *name, ngx_str_t *value);


#define ngx_rtc_sfu_twirp_types(request, response)                           \
    &livekit__##request##__descriptor, &livekit__##response##__descriptor


static const ngx_rtc_sfu_twirp_method_t  ngx_rtc_sfu_twirp_methods[] = {

    { "CreateRoom",
      ngx_rtc_sfu_twirp_types(create_room_request, room),
      NGX_RTC_SFU_TWIRP_CREATE, ngx_rtc_sfu_twirp_create_room, 0 },

    { "ListRooms",
      ngx_rtc_sfu_twirp_types(list_rooms_request, list_rooms_response),
      NGX_RTC_SFU_TWIRP_LIST, ngx_rtc_sfu_twirp_list_rooms, 0 },

    { "DeleteRoom",
      ngx_rtc_sfu_twirp_types(delete_room_request, delete_room_response),
      NGX_RTC_SFU_TWIRP_CREATE, ngx_rtc_sfu_twirp_delete_room, 0 },

    { "UpdateRoomMetadata",
      ngx_rtc_sfu_twirp_types(update_room_metadata_request, room),
      NGX_RTC_SFU_TWIRP_ADMIN, ngx_rtc_sfu_twirp_update_room_metadata, 0 },

    { "ListParticipants",
      ngx_rtc_sfu_twirp_types(list_participants_request,
                              list_participants_response),
      NGX_RTC_SFU_TWIRP_ADMIN, ngx_rtc_sfu_twirp_list_participants, 0 },

    { "GetParticipant",
      ngx_rtc_sfu_twirp_types(room_participant_identity, participant_info),
      NGX_RTC_SFU_TWIRP_ADMIN, ngx_rtc_sfu_twirp_get_participant, 0 },

    { "RemoveParticipant",
      ngx_rtc_sfu_twirp_types(room_participant_identity,
                              remove_participant_response),
      NGX_RTC_SFU_TWIRP_ADMIN, ngx_rtc_sfu_twirp_command,
      NGX_RTC_SFU_COMMAND_REMOVE },

    { "MutePublishedTrack",
      ngx_rtc_sfu_twirp_types(mute_room_track_request,
                              mute_room_track_response),
      NGX_RTC_SFU_TWIRP_ADMIN, ngx_rtc_sfu_twirp_command,
      NGX_RTC_SFU_COMMAND_MUTE },

    { "UpdateParticipant",
      ngx_rtc_sfu_twirp_types(update_participant_request, participant_info),
      NGX_RTC_SFU_TWIRP_ADMIN, ngx_rtc_sfu_twirp_command,
      NGX_RTC_SFU_COMMAND_UPDATE },

    { "UpdateSubscriptions",
      ngx_rtc_sfu_twirp_types(update_subscriptions_request,
                              update_subscriptions_response),
      NGX_RTC_SFU_TWIRP_ADMIN, ngx_rtc_sfu_twirp_command,
      NGX_RTC_SFU_COMMAND_SUBSCRIBE },

    { "SendData",
      ngx_rtc_sfu_twirp_types(send_data_request, send_data_response),
      NGX_RTC_SFU_TWIRP_ADMIN, ngx_rtc_sfu_twirp_send_data,
      NGX_RTC_SFU_COMMAND_SEND_DATA },

    { "PerformRpc",
      ngx_rtc_sfu_twirp_types(perform_rpc_request, perform_rpc_response),
      NGX_RTC_SFU_TWIRP_ADMIN, ngx_rtc_sfu_twirp_command,
      NGX_RTC_SFU_COMMAND_RPC },

    { "ForwardParticipant",
      ngx_rtc_sfu_twirp_types(forward_participant_request,
                              delete_room_response),
      NGX_RTC_SFU_TWIRP_MOVE, ngx_rtc_sfu_twirp_unimplemented, 0 },

    { "MoveParticipant",
      ngx_rtc_sfu_twirp_types(move_participant_request,
                              delete_room_response),
      NGX_RTC_SFU_TWIRP_MOVE, ngx_rtc_sfu_twirp_unimplemented, 0 },

    { NULL, NULL, NULL, 0, NULL, 0 }
};


const ngx_rtc_sfu_twirp_method_t *
ngx_rtc_sfu_twirp_method(const ngx_str_t *name)
{
    const ngx_rtc_sfu_twirp_method_t  *method;

    for (method = ngx_rtc_sfu_twirp_methods; method->name; method++) {
        if (name->len == ngx_strlen(method->name)
            && ngx_strncmp(name->data, method->name, name->len) == 0)
        {
            return method;
        }
    }

    return NULL;
}


ngx_uint_t
ngx_rtc_sfu_twirp_may(const ngx_rtc_sfu_twirp_t *t)
{
    const rtc_grant_t  *grant;

    grant = t->grant;

    if (grant == NULL) {
        return 0;
    }

    switch (t->method->grant) {

    case NGX_RTC_SFU_TWIRP_CREATE:
        return grant->room_create;

    case NGX_RTC_SFU_TWIRP_LIST:
        return grant->room_list;

    default: /* NGX_RTC_SFU_TWIRP_ADMIN, NGX_RTC_SFU_TWIRP_MOVE */
        return grant->room_admin && grant->room.len;
    }
}


ngx_uint_t
ngx_rtc_sfu_twirp_read(ngx_rtc_sfu_twirp_t *t)
{
    ngx_str_t           destination;
    const rtc_grant_t  *grant;

    ngx_rtc_sfu_twirp_member_string(t->message, "room", &t->room);
    ngx_rtc_sfu_twirp_member_string(t->message, "identity", &t->identity);

    if (t->identity.data == NULL) {
        ngx_rtc_sfu_twirp_member_string(t->message, "destination_identity",
                                        &t->identity);
    }

    grant = t->grant;

    switch (t->method->grant) {

    case NGX_RTC_SFU_TWIRP_CREATE:
    case NGX_RTC_SFU_TWIRP_LIST:
        return 1;

    case NGX_RTC_SFU_TWIRP_MOVE:
        ngx_rtc_sfu_twirp_member_string(t->message, "destination_room",
                                        &destination);

        if (grant->destination_room.len != destination.len
            || ngx_strncmp(grant->destination_room.data, destination.data,
                           destination.len)
               != 0)
        {
            return 0;
        }

        break;

    default: /* NGX_RTC_SFU_TWIRP_ADMIN */
        break;
    }

    return grant->room.len == t->room.len
           && ngx_memcmp(grant->room.data, t->room.data, t->room.len) == 0;
}


/* requests that have the member call it the same */

static void
ngx_rtc_sfu_twirp_member_string(const ProtobufCMessage *message,
    const char *name, ngx_str_t *value)
{
    const ProtobufCFieldDescriptor  *field;

    ngx_str_null(value);

    field = protobuf_c_message_descriptor_get_field_by_name(
                                                   message->descriptor, name);
    if (field && field->type == PROTOBUF_C_TYPE_STRING) {
        value->data = *(u_char **) ((u_char *) message + field->offset);
        value->len = ngx_strlen(value->data);
    }
}
