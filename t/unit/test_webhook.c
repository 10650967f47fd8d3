
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a change in a room is told as.
 */


#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "cut.h"
#include "livekit.pb-c.h"
#include "rtc_webhook.h"
#include "tap.h"


static char     told[1024];             /* events of a change, with details */
static json_t  *last;


static void
note(const char *text)
{
    size_t  len;

    len = strlen(told);
    snprintf(told + len, sizeof(told) - len, "%s%s", len ? " " : "", text);
}


static int
body(void *ctx, char *json)
{
    json_t  *event, *track;

    event = json_loads(json, 0, NULL);
    free(json);

    if (event == NULL) {
        note("malformed");
        return RTC_ERROR;
    }

    note(json_string_value(json_object_get(event, "event")));

    track = json_object_get(event, "track");

    if (track) {
        note(json_string_value(json_object_get(track, "sid")));
    }

    json_decref(last);
    last = event;

    return ctx ? RTC_ERROR : RTC_OK;
}


/* a packed Member in this state, with tracks of these sids */

static rtc_str_t
member(uint8_t buf[512], int state, const char *one, const char *two)
{
    rtc_str_t                 packed;
    Livekit__Member           m = LIVEKIT__MEMBER__INIT;
    Livekit__TrackInfo        tracks[2], *list[2];
    Livekit__ParticipantInfo  info = LIVEKIT__PARTICIPANT_INFO__INIT;

    livekit__track_info__init(&tracks[0]);
    livekit__track_info__init(&tracks[1]);

    tracks[0].sid = (char *) one;
    tracks[1].sid = (char *) two;
    list[0] = &tracks[0];
    list[1] = &tracks[1];

    info.sid = "PA_x";
    info.identity = "anna";
    info.state = (Livekit__ParticipantInfo__State) state;
    info.tracks = list;
    info.n_tracks = (one != NULL) + (two != NULL);
    m.info = &info;

    packed.data = buf;
    packed.len = livekit__member__pack(&m, buf);

    return packed;
}


static void
tells(rtc_webhook_change_t *change, const char *want, const char *name)
{
    told[0] = '\0';

    is_int(rtc_webhook_events(change, body, NULL), RTC_OK, name);
    ok(strcmp(told, want) == 0, name);

    if (strcmp(told, want) != 0) {
        printf("# %s\n# %s\n", told, want);
    }
}


static rtc_webhook_change_t
change_of(rtc_webhook_e kind)
{
    rtc_webhook_change_t  change = { 0 };

    change.kind = kind;
    change.id = (rtc_str_t) rtc_string("1700000000000-0");
    change.time = 1700000000;
    change.room = "room";
    change.sid = "RM_x";
    change.metadata = "m";
    change.created = 1600000000;
    change.participants = 3;

    return change;
}


static void
test_events(void)
{
    uint8_t               a[512], b[512];
    rtc_webhook_change_t  change;

    change = change_of(RTC_WEBHOOK_STARTED);
    tells(&change, "room_started", "a room starts");

    ok(json_integer_value(json_object_get(json_object_get(last, "room"),
                                          "numParticipants")) == 3,
       "with whom is there");
    ok(strcmp(json_string_value(json_object_get(last, "id")),
              "EV_1700000000000-0-1") == 0, "its id");
    ok(strcmp(json_string_value(json_object_get(last, "createdAt")),
              "1700000000") == 0, "its time");

    change = change_of(RTC_WEBHOOK_FINISHED);
    tells(&change, "room_finished", "a room finishes");

    change = change_of(RTC_WEBHOOK_MEMBER);
    change.after = member(a, 1, NULL, NULL);
    tells(&change, "", "somebody is let in");

    change.before = change.after;
    change.after = member(b, 2, "TR_1", NULL);
    tells(&change, "participant_joined track_published TR_1",
          "is active, and publishes");

    change.before = change.after;
    change.after = member(a, 2, "TR_2", "TR_3");
    tells(&change, "track_unpublished TR_1 track_published TR_2 "
          "track_published TR_3", "publishes others");

    ok(json_object_get(json_object_get(last, "room"), "metadata") == NULL,
       "events of tracks are short");

    change.kind = RTC_WEBHOOK_LEFT;
    change.before = change.after;
    change.after.len = 0;
    change.reason = 1;
    tells(&change, "track_unpublished TR_2 track_unpublished TR_3 "
          "participant_left", "leaves");

    ok(strcmp(json_string_value(json_object_get(json_object_get(last,
              "participant"), "disconnectReason")), "CLIENT_INITIATED") == 0,
       "and why");

    change.before = member(a, 1, NULL, NULL);
    tells(&change, "participant_connection_aborted", "was never active");
}


static void
refused(const uint8_t *p, size_t len)
{
    rtc_webhook_change_t  change;

    change = change_of(RTC_WEBHOOK_MEMBER);
    change.before.data = change.after.data = (uint8_t *) p;
    change.before.len = change.after.len = len;

    told[0] = '\0';
    (void) rtc_webhook_events(&change, body, NULL);
}


static void
test_hostile(void)
{
    uint8_t               a[512];
    rtc_str_t             packed;
    rtc_webhook_change_t  change;

    packed = member(a, 2, "TR_1", "TR_2");
    cut_every_byte(refused, packed.data, packed.len);

    change = change_of(RTC_WEBHOOK_MEMBER);
    is_int(rtc_webhook_events(&change, body, NULL), RTC_ERROR, "no member");

    change.kind = RTC_WEBHOOK_LEFT;
    is_int(rtc_webhook_events(&change, body, NULL), RTC_ERROR, "nobody left");

    change = change_of(RTC_WEBHOOK_STARTED);
    is_int(rtc_webhook_events(&change, body, &change), RTC_ERROR,
           "the receiver fails");

    change.id.len = RTC_WEBHOOK_MAX_ID + 1;
    is_int(rtc_webhook_events(&change, body, NULL), RTC_ERROR, "a long id");
}


int
main(void)
{
    test_events();
    test_hostile();

    json_decref(last);

    return done();
}
