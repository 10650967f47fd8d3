
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Messages as JSON, both ways.
 */


#include "cut.h"
#include "livekit.pb-c.h"
#include "rtc_pbjson.h"
#include "tap.h"


/* an allocator that hands out a piece of memory, and no more */

static uint8_t  arena[65536];
static size_t   arena_used, arena_size = sizeof(arena);


static void *
arena_alloc(void *data, size_t size)
{
    void  *p;

    size = (size + 15) & ~(size_t) 15;

    if (size > arena_size - arena_used) {
        return NULL;
    }

    p = arena + arena_used;
    arena_used += size;

    return p;
}


static void
arena_free(void *data, void *p)
{
}


static ProtobufCAllocator  arena_allocator = { arena_alloc, arena_free, NULL };
static const char         *reason;


static void *
read_text(const ProtobufCMessageDescriptor *type, const char *text)
{
    json_t            *json;
    ProtobufCMessage  *message;

    json = json_loads(text, JSON_DECODE_ANY, NULL);

    if (json == NULL) {
        printf("# no JSON: %s\n", text);
        abort();
    }

    arena_used = 0;
    reason = NULL;

    message = rtc_pbjson_read(type, json, &arena_allocator, &reason);

    json_decref(json);

    return message;
}


static void
is_json(const ProtobufCMessage *message, unsigned flags, const char *want,
    const char *name)
{
    char    *text;
    json_t  *json;

    json = rtc_pbjson_write(message, flags);
    text = json_dumps(json, JSON_COMPACT);

    if (!is_str(text ? text : "NULL", want, name)) {
        printf("#   got %s\n", text);
    }

    free(text);
    json_decref(json);
}


static void
test_names(void)
{
    Livekit__CreateRoomRequest  *r;

    r = read_text(&livekit__create_room_request__descriptor,
                  "{\"name\":\"a\",\"emptyTimeout\":5,"
                  "\"max_participants\":\"7\",\"departureTimeout\":3e1,"
                  "\"metadata\":null,\"agents\":[{}]}");

    ok(r && strcmp(r->name, "a") == 0 && r->empty_timeout == 5
       && r->max_participants == 7 && r->departure_timeout == 30
       && r->metadata[0] == '\0',
       "names of both kinds, numbers of all kinds, null, unknown ones");

    ok(read_text(&livekit__create_room_request__descriptor, "[]") == NULL
       && strcmp(reason, "a message is not an object") == 0, "no object");
}


static void
test_numbers(void)
{
    size_t                             i;
    Livekit__RoomParticipantIdentity  *r;

    static const char *const  wrong[] = {
        "{\"emptyTimeout\":-1}", "{\"emptyTimeout\":4294967296}",
        "{\"emptyTimeout\":1.5}", "{\"emptyTimeout\":\"\"}",
        "{\"emptyTimeout\":\"1 \"}", "{\"emptyTimeout\":\"-\"}",
        "{\"emptyTimeout\":\"99999999999999999999999\"}",
        "{\"emptyTimeout\":true}", "{\"emptyTimeout\":[]}",
        "{\"emptyTimeout\":1e300}", "{\"name\":1}", "{\"metadata\":{}}"
    };

    r = read_text(&livekit__room_participant_identity__descriptor,
                  "{\"revokeTokenTs\":\"-9223372036854775808\"}");
    ok(r && r->revoke_token_ts == INT64_MIN, "the least int64");

    r = read_text(&livekit__room_participant_identity__descriptor,
                  "{\"revokeTokenTs\":\"9223372036854775807\"}");
    ok(r && r->revoke_token_ts == INT64_MAX, "the greatest");

    ok(read_text(&livekit__room_participant_identity__descriptor,
                 "{\"revokeTokenTs\":\"9223372036854775808\"}") == NULL,
       "one more");

    for (i = 0; i < rtc_nelts(wrong); i++) {
        ok(read_text(&livekit__create_room_request__descriptor, wrong[i])
           == NULL && reason, wrong[i]);
    }
}


static void
test_data(void)
{
    Livekit__SendDataRequest  *r;

    r = read_text(&livekit__send_data_request__descriptor,
                  "{\"data\":\"+/8=\",\"nonce\":\"-_8\",\"kind\":\"LOSSY\","
                  "\"topic\":\"\",\"destinationSids\":[\"a\",\"b\"]}");

    ok(r && r->data.len == 2 && memcmp(r->data.data, "\xfb\xff", 2) == 0
       && r->nonce.len == 2 && memcmp(r->nonce.data, "\xfb\xff", 2) == 0,
       "bytes in either base64");
    ok(r && r->kind == LIVEKIT__DATA_PACKET__KIND__LOSSY, "an enum by name");
    ok(r && r->has_topic_case == LIVEKIT__SEND_DATA_REQUEST__HAS_TOPIC_TOPIC,
       "a member that is optional and empty is there");
    ok(r && r->n_destination_sids == 2
       && strcmp(r->destination_sids[1], "b") == 0, "a list");

    is_json(&r->base, RTC_PBJSON_SNAKE,
            "{\"data\":\"+/8=\",\"kind\":\"LOSSY\","
            "\"destination_sids\":[\"a\",\"b\"],\"topic\":\"\","
            "\"nonce\":\"+/8=\"}", "written again");

    r = read_text(&livekit__send_data_request__descriptor, "{\"kind\":1}");
    ok(r && r->kind == LIVEKIT__DATA_PACKET__KIND__LOSSY,
       "an enum by number");

    r = read_text(&livekit__send_data_request__descriptor,
                  "{\"kind\":\"NEWER\"}");
    ok(r && r->kind == 0, "a name that is not known is ignored");

    ok(read_text(&livekit__send_data_request__descriptor,
                 "{\"data\":\"a\"}") == NULL
       && read_text(&livekit__send_data_request__descriptor,
                    "{\"data\":\"a*==\"}") == NULL, "no base64");
    ok(read_text(&livekit__send_data_request__descriptor,
                 "{\"destinationSids\":[null]}") == NULL
       && read_text(&livekit__send_data_request__descriptor,
                    "{\"destinationSids\":\"a\"}") == NULL, "odd lists");
}


static void
test_maps(void)
{
    Livekit__UpdateParticipantRequest  *r;
    Livekit__DataTrackSubscriberHandles  *h;

    r = read_text(&livekit__update_participant_request__descriptor,
                  "{\"attributes\":{\"b\":\"2\"},\"permission\":{"
                  "\"canPublishSources\":[\"CAMERA\",2,\"NEWER\"],"
                  "\"canPublish\":true}}");

    ok(r && r->n_attributes == 1 && strcmp(r->attributes[0]->key, "b") == 0
       && strcmp(r->attributes[0]->value, "2") == 0, "a map");
    ok(r && r->permission && r->permission->can_publish
       && r->permission->n_can_publish_sources == 2, "a message in a message");

    is_json(&r->base, 0,
            "{\"permission\":{\"canPublish\":true,\"canPublishSources\":"
            "[\"CAMERA\",\"MICROPHONE\"]},\"attributes\":{\"b\":\"2\"}}",
            "written again");

    h = read_text(&livekit__data_track_subscriber_handles__descriptor,
                  "{\"subHandles\":{\"7\":{\"trackSid\":\"t\"}}}");
    ok(h && h->n_sub_handles == 1 && h->sub_handles[0]->key == 7,
       "a map with numbers");
    is_json(&h->base, 0, "{\"subHandles\":{\"7\":{\"trackSid\":\"t\"}}}",
            "written again");

    ok(read_text(&livekit__data_track_subscriber_handles__descriptor,
                 "{\"subHandles\":{\"x\":{}}}") == NULL
       && read_text(&livekit__update_participant_request__descriptor,
                    "{\"attributes\":{\"a\":1}}") == NULL
       && read_text(&livekit__update_participant_request__descriptor,
                    "{\"attributes\":[]}") == NULL, "odd maps");
}


static void
test_write(void)
{
    Livekit__Room             room = LIVEKIT__ROOM__INIT;
    Livekit__SpeakerInfo      speaker = LIVEKIT__SPEAKER_INFO__INIT;
    Livekit__ParticipantInfo  info = LIVEKIT__PARTICIPANT_INFO__INIT;

    room.name = "r";
    room.creation_time = 1234567890123;

    is_json(&room.base, 0, "{\"name\":\"r\",\"creationTime\":"
            "\"1234567890123\"}", "defaults are left out");

    is_json(&speaker.base, RTC_PBJSON_SNAKE|RTC_PBJSON_ALL,
            "{\"sid\":\"\",\"level\":0.0,\"active\":false}",
            "or written, if so wanted");

    info.name = "a\xc3\xa9\xff\xed\xa0\x80\xf0\x9f\x98";
    info.kind = 99;

    is_json(&info.base, 0,
            "{\"name\":\"a\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
            "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\","
            "\"kind\":99}", "what is no UTF-8, an enum that is not known");
}


/* each part excludes the other; a message is read with any memory */

static void
test_bounds(void)
{
    json_t  *json;
    size_t   n;

    ok(read_text(&livekit__data_blob_key__descriptor,
                 "{\"generic\":\"a\",\"schemaId\":{}}") == NULL,
       "two members of a oneof");

    json = json_loads("{\"attributes\":{\"a\":\"1\",\"b\":\"2\"},"
                      "\"name\":\"n\","
                      "\"permission\":{\"canPublishSources\":[1,2]}}", 0,
                      NULL);

    for (n = 0; n < 4096; n += 16) {
        arena_used = 0;
        arena_size = n;

        if (rtc_pbjson_read(&livekit__update_participant_request__descriptor,
                            json, &arena_allocator, &reason))
        {
            break;
        }
    }

    ok(n > 0 && n < 4096, "with too little memory it fails, else not");

    arena_size = sizeof(arena);
    json_decref(json);
}


static void
test_text(void)
{
    size_t                             i;
    char                              *names[] = { "a", "\xc3" };
    Livekit__TrackInfo                 track = LIVEKIT__TRACK_INFO__INIT;
    Livekit__TrackInfo                *tracks[] = { &track };
    Livekit__ParticipantInfo           info = LIVEKIT__PARTICIPANT_INFO__INIT;
    Livekit__ListRoomsRequest          list = LIVEKIT__LIST_ROOMS_REQUEST__INIT;
    Livekit__UpdateParticipantRequest  update =
                                   LIVEKIT__UPDATE_PARTICIPANT_REQUEST__INIT;
    Livekit__UpdateParticipantRequest__AttributesEntry  entry =
                 LIVEKIT__UPDATE_PARTICIPANT_REQUEST__ATTRIBUTES_ENTRY__INIT;
    Livekit__UpdateParticipantRequest__AttributesEntry *entries[] = { &entry };

    static const char *const  texts[] = { "", "a", "\xf0\x9f\x98\x80" };
    static const char *const  others[] = { "\xff", "a\xc3", "\xed\xa0\x80" };

    info.tracks = tracks;
    info.n_tracks = 1;

    for (i = 0; i < 3; i++) {
        track.name = (char *) texts[i];
        ok(rtc_pbjson_is_text(&info.base), "a text");
        track.name = (char *) others[i];
        ok(!rtc_pbjson_is_text(&info.base), "in a message: none");
    }

    list.names = names;
    list.n_names = 1;
    ok(rtc_pbjson_is_text(&list.base), "a list of texts");
    list.n_names = 2;
    ok(!rtc_pbjson_is_text(&list.base), "one of them is none");

    update.attributes = entries;
    update.n_attributes = 1;
    entry.key = "\xff";
    ok(!rtc_pbjson_is_text(&update.base), "the key of a map");
}


static void
parse(const uint8_t *p, size_t len)
{
    json_t      *json;
    json_error_t  error;

    json = json_loadb((const char *) p, len, JSON_REJECT_DUPLICATES, &error);

    arena_used = 0;

    if (json) {
        (void) rtc_pbjson_read(
                            &livekit__update_participant_request__descriptor,
                            json, &arena_allocator, &reason);
        json_decref(json);
    }
}


int
main(void)
{
    static const char  text[] =
        "{\"room\":\"r\",\"attributes\":{\"a\":\"\\u00e9\"},"
        "\"permission\":{\"canPublishSources\":[\"CAMERA\",1]}}";

    test_names();
    test_numbers();
    test_data();
    test_maps();
    test_write();
    test_bounds();
    test_text();

    cut_every_byte(parse, (const uint8_t *) text, sizeof(text) - 1);
    ok(1, "cut at every byte");

    return done();
}
