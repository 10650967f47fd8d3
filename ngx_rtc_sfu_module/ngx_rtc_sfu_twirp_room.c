
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <jansson.h>
#include "ngx_rtc_sfu_twirp_internal.h"


#define NGX_RTC_SFU_TWIRP_MAX_ROOMS  10000      /* of one answer */


static void ngx_rtc_sfu_twirp_described(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static ngx_uint_t ngx_rtc_sfu_twirp_metadata(ngx_rtc_sfu_twirp_t *t,
    const char *text, ngx_str_t *metadata);
static void ngx_rtc_sfu_twirp_deleted(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_twirp_list(ngx_rtc_sfu_twirp_t *t,
    const ngx_str_t *below);
static ngx_int_t ngx_rtc_sfu_twirp_names(ngx_rtc_sfu_twirp_t *t,
    ngx_str_t *names);
static ngx_uint_t ngx_rtc_sfu_twirp_is_name(const char *name);
static void ngx_rtc_sfu_twirp_looked(ngx_rtc_sfu_twirp_t *t, ngx_int_t n);
static void ngx_rtc_sfu_twirp_listed(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_rtc_sfu_twirp_collect(ngx_rtc_sfu_twirp_t *t,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_twirp_rooms(ngx_rtc_sfu_twirp_t *t);


void
ngx_rtc_sfu_twirp_create_room(ngx_rtc_sfu_twirp_t *t)
{
    ngx_str_t                     id;
    ngx_rtc_sfu_ticket_t          ticket;
    Livekit__CreateRoomRequest   *request;

    request = (Livekit__CreateRoomRequest *) t->message;

    id.data = (u_char *) request->name;
    id.len = ngx_strlen(request->name);

    if (id.len == 0) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_INVALID_ARGUMENT,
                               "no room name");
        return;
    }

    if (id.len > NGX_RTC_SFU_MAX_ROOM_ID) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_INVALID_ARGUMENT,
                               "room name length exceeds limits");
        return;
    }

    ngx_memzero(&ticket, sizeof(ngx_rtc_sfu_ticket_t));

    ticket.empty_timeout = request->empty_timeout;
    ticket.departure_timeout = request->departure_timeout;
    ticket.max_participants = request->max_participants;

    if (ngx_rtc_sfu_twirp_metadata(t, request->metadata, &ticket.metadata)) {
        ngx_rtc_sfu_twirp_asked(t,
                      ngx_rtc_sfu_rooms_create(t->worker->registry, &id,
                                               &ticket,
                                               ngx_rtc_sfu_twirp_described,
                                               t));
    }
}


void
ngx_rtc_sfu_twirp_update_room_metadata(ngx_rtc_sfu_twirp_t *t)
{
    ngx_str_t                            metadata;
    Livekit__UpdateRoomMetadataRequest  *request;

    request = (Livekit__UpdateRoomMetadataRequest *) t->message;

    if (ngx_rtc_sfu_twirp_metadata(t, request->metadata, &metadata)) {
        ngx_rtc_sfu_twirp_asked(t,
                ngx_rtc_sfu_rooms_set_metadata(t->worker->registry, &t->room,
                                               &metadata,
                                               ngx_rtc_sfu_twirp_described,
                                               t));
    }
}


/* 0: it is too long, which is answered */

static ngx_uint_t
ngx_rtc_sfu_twirp_metadata(ngx_rtc_sfu_twirp_t *t, const char *text,
    ngx_str_t *metadata)
{
    metadata->data = (u_char *) text;
    metadata->len = ngx_strlen(text);

    if (metadata->len > NGX_RTC_SFU_MAX_ROOM_METADATA) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_INVALID_ARGUMENT,
                               "metadata size exceeds limits");
        return 0;
    }

    return 1;
}


static void
ngx_rtc_sfu_twirp_described(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_twirp_t *t = data;

    Livekit__Room  *room;

    if (!ngx_rtc_sfu_twirp_told(t, rc, reply)) {
        return;
    }

    room = ngx_rtc_sfu_rooms_describe(t->request->pool,
                                      ngx_rtc_redis_reply_elt(reply, 1));
    if (room == NULL) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_INTERNAL,
                               "the server failed");
        return;
    }

    ngx_rtc_sfu_twirp_acknowledge(t, &room->base);
}


void
ngx_rtc_sfu_twirp_delete_room(ngx_rtc_sfu_twirp_t *t)
{
    if (t->room.len == 0 || t->room.len > NGX_RTC_SFU_MAX_ROOM_ID) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_NOT_FOUND,
                               "requested room does not exist");
        return;
    }

    ngx_rtc_sfu_twirp_asked(t,
                            ngx_rtc_sfu_rooms_delete(t->worker->registry,
                                                    &t->room,
                                                    ngx_rtc_sfu_twirp_deleted,
                                                    t));
}


static void
ngx_rtc_sfu_twirp_deleted(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_twirp_t *t = data;

    static const Livekit__DeleteRoomResponse  response =
                                          LIVEKIT__DELETE_ROOM_RESPONSE__INIT;

    if (ngx_rtc_sfu_twirp_told(t, rc, reply)) {
        ngx_rtc_sfu_twirp_acknowledge(t, &response.base);
    }
}


void
ngx_rtc_sfu_twirp_list_rooms(ngx_rtc_sfu_twirp_t *t)
{
    ngx_str_t  top = ngx_string("+inf");

    t->found = ngx_array_create(t->request->pool, 16,
                                sizeof(Livekit__Room *));
    if (t->found == NULL) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_INTERNAL,
                               "the server failed");
        return;
    }

    ngx_rtc_sfu_twirp_list(t, &top);
}


static void
ngx_rtc_sfu_twirp_list(ngx_rtc_sfu_twirp_t *t, const ngx_str_t *below)
{
    ngx_str_t  names;

    if (ngx_rtc_sfu_twirp_names(t, &names) != NGX_OK) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_INTERNAL,
                               "the server failed");
        return;
    }

    ngx_rtc_sfu_twirp_asked(t,
                            ngx_rtc_sfu_rooms_list(t->worker->registry, &names,
                                                   below,
                                                   ngx_rtc_sfu_twirp_listed,
                                                   t));
}


/* the next of those that were asked for; none: all rooms are */

static ngx_int_t
ngx_rtc_sfu_twirp_names(ngx_rtc_sfu_twirp_t *t, ngx_str_t *names)
{
    char                       *text;
    json_t                     *list;
    ngx_uint_t                  n;
    Livekit__ListRoomsRequest  *request;

    ngx_str_null(names);

    request = (Livekit__ListRoomsRequest *) t->message;

    if (request->n_names == 0) {
        return NGX_OK;
    }

    list = json_array();
    t->asked = t->names;

    for (n = 0; n < NGX_RTC_SFU_ROOMS_AT_ONCE && t->names < request->n_names;
         t->names++)
    {
        if (ngx_rtc_sfu_twirp_is_name(request->names[t->names])
            && json_array_append_new(list,
                                     json_string(request->names[t->names]))
               == 0)
        {
            n++;
        }
    }

    text = json_dumps(list, JSON_COMPACT);
    json_decref(list);

    if (text == NULL) {
        return NGX_ERROR;
    }

    names->len = ngx_strlen(text);
    names->data = ngx_pnalloc(t->request->pool, names->len);

    if (names->data) {
        ngx_memcpy(names->data, text, names->len);
    }

    free(text);

    return names->data ? NGX_OK : NGX_ERROR;
}


static ngx_uint_t
ngx_rtc_sfu_twirp_is_name(const char *name)
{
    return name[0] != '\0' && ngx_strlen(name) <= NGX_RTC_SFU_MAX_ROOM_ID;
}


/* so many of those were looked at, since rooms are large */

static void
ngx_rtc_sfu_twirp_looked(ngx_rtc_sfu_twirp_t *t, ngx_int_t n)
{
    Livekit__ListRoomsRequest  *request;

    request = (Livekit__ListRoomsRequest *) t->message;

    for (t->names = t->asked; n > 0 && t->names < request->n_names; t->names++)
    {
        if (ngx_rtc_sfu_twirp_is_name(request->names[t->names])) {
            n--;
        }
    }
}


static void
ngx_rtc_sfu_twirp_listed(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_twirp_t *t = data;

    ngx_str_t                   next;
    Livekit__ListRoomsRequest  *request;

    if (!ngx_rtc_sfu_twirp_told(t, rc, reply)) {
        return;
    }

    if (ngx_rtc_sfu_twirp_collect(t, reply) != NGX_OK) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_INTERNAL,
                               "the server failed");
        return;
    }

    if (t->found->nelts > NGX_RTC_SFU_TWIRP_MAX_ROOMS) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_RESOURCE_EXHAUSTED,
                               "too many rooms, ask for some by their names");
        return;
    }

    request = (Livekit__ListRoomsRequest *) t->message;
    next = ngx_rtc_sfu_rooms_next(reply);

    if (request->n_names && next.len) {
        ngx_rtc_sfu_twirp_looked(t, ngx_atoi(next.data, next.len));
    }

    if (request->n_names ? t->names < request->n_names : next.len != 0) {
        ngx_rtc_sfu_twirp_list(t, &next);
        return;
    }

    ngx_rtc_sfu_twirp_rooms(t);
}


static ngx_int_t
ngx_rtc_sfu_twirp_collect(ngx_rtc_sfu_twirp_t *t,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_uint_t      i;
    Livekit__Room  *room, **place;

    for (i = 2; i < ngx_rtc_redis_reply_nelts(reply); i++) {

        room = ngx_rtc_sfu_rooms_describe(t->request->pool,
                                          ngx_rtc_redis_reply_elt(reply, i));
        place = ngx_array_push(t->found);

        if (room == NULL || place == NULL) {
            return NGX_ERROR;
        }

        *place = room;
    }

    return NGX_OK;
}


static void
ngx_rtc_sfu_twirp_rooms(ngx_rtc_sfu_twirp_t *t)
{
    Livekit__ListRoomsResponse  response = LIVEKIT__LIST_ROOMS_RESPONSE__INIT;

    response.n_rooms = t->found->nelts;
    response.rooms = t->found->elts;

    ngx_rtc_sfu_twirp_answer(t, &response.base);
}
