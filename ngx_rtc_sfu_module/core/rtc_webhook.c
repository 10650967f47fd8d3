
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "livekit.pb-c.h"
#include "rtc_pbjson.h"
#include "rtc_webhook.h"


typedef struct {
    const rtc_webhook_change_t  *change;
    rtc_webhook_body_pt          body;
    void                        *ctx;
    unsigned                     n;         /* events so far */
} rtc_webhook_writer_t;


static int rtc_webhook_room(rtc_webhook_writer_t *w, const char *name);
static int rtc_webhook_member(rtc_webhook_writer_t *w,
    Livekit__ParticipantInfo *before, Livekit__ParticipantInfo *after);
static int rtc_webhook_left(rtc_webhook_writer_t *w,
    Livekit__ParticipantInfo *before);
static int rtc_webhook_participant(rtc_webhook_writer_t *w, const char *name,
    Livekit__ParticipantInfo *info);
static int rtc_webhook_tracks(rtc_webhook_writer_t *w, const char *name,
    Livekit__ParticipantInfo *those, const Livekit__ParticipantInfo *without);
static int rtc_webhook_has(const Livekit__ParticipantInfo *info,
    const char *sid);
static void rtc_webhook_full_room(const rtc_webhook_change_t *change,
    Livekit__Room *room);
static int rtc_webhook_write(rtc_webhook_writer_t *w,
    Livekit__WebhookEvent *event);
static int rtc_webhook_unpack(rtc_str_t packed, Livekit__Member **member);


int
rtc_webhook_events(const rtc_webhook_change_t *change,
    rtc_webhook_body_pt body, void *ctx)
{
    int                    rc;
    Livekit__Member       *before, *after;
    rtc_webhook_writer_t   w = { change, body, ctx, 0 };

    if (change->kind == RTC_WEBHOOK_STARTED) {
        return rtc_webhook_room(&w, "room_started");
    }

    if (change->kind == RTC_WEBHOOK_FINISHED) {
        return rtc_webhook_room(&w, "room_finished");
    }

    rc = RTC_ERROR;
    after = NULL;

    if (rtc_webhook_unpack(change->before, &before) != RTC_OK) {
        return RTC_ERROR;
    }

    if (change->kind == RTC_WEBHOOK_LEFT) {
        rc = rtc_webhook_left(&w, before ? before->info : NULL);

    } else if (rtc_webhook_unpack(change->after, &after) == RTC_OK) {
        rc = rtc_webhook_member(&w, before ? before->info : NULL,
                                after ? after->info : NULL);
    }

    livekit__member__free_unpacked(before, NULL);
    livekit__member__free_unpacked(after, NULL);

    return rc;
}


static int
rtc_webhook_room(rtc_webhook_writer_t *w, const char *name)
{
    Livekit__Room          room;
    Livekit__WebhookEvent  event = LIVEKIT__WEBHOOK_EVENT__INIT;

    rtc_webhook_full_room(w->change, &room);

    event.event = (char *) name;
    event.room = &room;

    return rtc_webhook_write(w, &event);
}


static int
rtc_webhook_member(rtc_webhook_writer_t *w, Livekit__ParticipantInfo *before,
    Livekit__ParticipantInfo *after)
{
    if (after == NULL) {
        return RTC_ERROR;
    }

    if (after->state == LIVEKIT__PARTICIPANT_INFO__STATE__ACTIVE
        && (before == NULL
            || before->state != LIVEKIT__PARTICIPANT_INFO__STATE__ACTIVE)
        && rtc_webhook_participant(w, "participant_joined", after) != RTC_OK)
    {
        return RTC_ERROR;
    }

    if (before
        && rtc_webhook_tracks(w, "track_unpublished", before, after) != RTC_OK)
    {
        return RTC_ERROR;
    }

    return rtc_webhook_tracks(w, "track_published", after, before);
}


static int
rtc_webhook_left(rtc_webhook_writer_t *w, Livekit__ParticipantInfo *before)
{
    const char  *name;

    if (before == NULL) {
        return RTC_ERROR;
    }

    name = before->state == LIVEKIT__PARTICIPANT_INFO__STATE__ACTIVE
           ? "participant_left" : "participant_connection_aborted";

    if (rtc_webhook_tracks(w, "track_unpublished", before, NULL) != RTC_OK) {
        return RTC_ERROR;
    }

    before->state = LIVEKIT__PARTICIPANT_INFO__STATE__DISCONNECTED;
    before->disconnect_reason = (Livekit__DisconnectReason) w->change->reason;

    return rtc_webhook_participant(w, name, before);
}


static int
rtc_webhook_participant(rtc_webhook_writer_t *w, const char *name,
    Livekit__ParticipantInfo *info)
{
    Livekit__Room          room;
    Livekit__WebhookEvent  event = LIVEKIT__WEBHOOK_EVENT__INIT;

    rtc_webhook_full_room(w->change, &room);

    event.event = (char *) name;
    event.room = &room;
    event.participant = info;

    return rtc_webhook_write(w, &event);
}


/* one for each track of those that the other has not */

static int
rtc_webhook_tracks(rtc_webhook_writer_t *w, const char *name,
    Livekit__ParticipantInfo *those, const Livekit__ParticipantInfo *without)
{
    size_t                    i;
    Livekit__Room             room = LIVEKIT__ROOM__INIT;
    Livekit__WebhookEvent     event = LIVEKIT__WEBHOOK_EVENT__INIT;
    Livekit__ParticipantInfo  who = LIVEKIT__PARTICIPANT_INFO__INIT;

    room.sid = (char *) w->change->sid;
    room.name = (char *) w->change->room;

    who.sid = those->sid;
    who.identity = those->identity;
    who.name = those->name;

    event.event = (char *) name;
    event.room = &room;
    event.participant = &who;

    for (i = 0; i < those->n_tracks; i++) {

        if (without && rtc_webhook_has(without, those->tracks[i]->sid)) {
            continue;
        }

        event.track = those->tracks[i];

        if (rtc_webhook_write(w, &event) != RTC_OK) {
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


static int
rtc_webhook_has(const Livekit__ParticipantInfo *info, const char *sid)
{
    size_t  i;

    for (i = 0; i < info->n_tracks; i++) {
        if (strcmp(info->tracks[i]->sid, sid) == 0) {
            return 1;
        }
    }

    return 0;
}


static void
rtc_webhook_full_room(const rtc_webhook_change_t *change, Livekit__Room *room)
{
    livekit__room__init(room);

    room->sid = (char *) change->sid;
    room->name = (char *) change->room;
    room->metadata = (char *) change->metadata;
    room->creation_time = (int64_t) change->created;
    room->creation_time_ms = (int64_t) change->created * 1000;
    room->max_participants = change->max_participants;
    room->num_participants = change->participants;
    room->empty_timeout = change->empty_timeout;
    room->departure_timeout = change->departure_timeout;
}


/* an event that is sent again has the same id: receivers see it is no other */

static int
rtc_webhook_write(rtc_webhook_writer_t *w, Livekit__WebhookEvent *event)
{
    char     *text;
    json_t   *json;
    char      id[sizeof("EV_") + RTC_WEBHOOK_MAX_ID + sizeof("-4294967295")];

    if (w->change->id.len > RTC_WEBHOOK_MAX_ID) {
        return RTC_ERROR;
    }

    snprintf(id, sizeof(id), "EV_%.*s-%u", (int) w->change->id.len,
             (const char *) w->change->id.data, ++w->n);

    event->id = id;
    event->created_at = (int64_t) w->change->time;

    json = rtc_pbjson_write(&event->base, 0);
    if (json == NULL) {
        return RTC_ERROR;
    }

    text = json_dumps(json, JSON_COMPACT);
    json_decref(json);

    return text ? w->body(w->ctx, text) : RTC_ERROR;
}


static int
rtc_webhook_unpack(rtc_str_t packed, Livekit__Member **member)
{
    *member = NULL;

    if (packed.len == 0) {
        return RTC_OK;
    }

    *member = livekit__member__unpack(NULL, packed.len, packed.data);

    return *member ? RTC_OK : RTC_ERROR;
}
