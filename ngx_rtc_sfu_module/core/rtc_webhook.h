
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Webhooks of a change in a room: what a member was and is becomes LiveKit's
 * WebhookEvents, as the JSON that is posted.
 *
 *   room_started, room_finished
 *   participant_joined              it became ACTIVE
 *   participant_left                it was ACTIVE
 *   participant_connection_aborted  it left before it was ACTIVE
 *   track_published, track_unpublished
 *
 * Events of tracks name their room and participant only.
 */


#ifndef RTC_WEBHOOK_H_INCLUDED
#define RTC_WEBHOOK_H_INCLUDED


#include "rtc_core.h"


#define RTC_WEBHOOK_MAX_ID  64


typedef enum {
    RTC_WEBHOOK_STARTED,
    RTC_WEBHOOK_FINISHED,
    RTC_WEBHOOK_MEMBER,
    RTC_WEBHOOK_LEFT
} rtc_webhook_e;


/* strings are terminated, or empty */

typedef struct {
    rtc_webhook_e    kind;
    rtc_str_t        id;                /* of the change, unique */
    uint64_t         time;              /* Unix seconds */

    const char      *room;
    const char      *sid;               /* of the room */
    const char      *metadata;
    uint64_t         created;           /* Unix seconds */
    uint32_t         max_participants;
    uint32_t         participants;      /* after the change */
    uint32_t         empty_timeout;     /* s */
    uint32_t         departure_timeout;

    rtc_str_t        before;            /* packed Member messages, or empty */
    rtc_str_t        after;
    uint32_t         reason;            /* DisconnectReason of LEFT */
} rtc_webhook_change_t;


/* a body, in the order of events; freed by free().  RTC_ERROR ends the rest */

typedef int (*rtc_webhook_body_pt)(void *ctx, char *json);

/* RTC_OK, or RTC_ERROR: a Member is malformed, no memory, or what body said */

int rtc_webhook_events(const rtc_webhook_change_t *change,
    rtc_webhook_body_pt body, void *ctx);


#endif /* RTC_WEBHOOK_H_INCLUDED */
