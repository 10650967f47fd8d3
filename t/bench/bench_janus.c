
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Janus with its plugin videoroom, over its HTTP API: one session, a handle
 * per peer.  Requests wait for their event, one after the other.
 */


#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "bench_http.h"
#include "bench_peer.h"
#include "bench_sdp.h"


#define BENCH_JANUS_ROOM    1234
#define BENCH_JANUS_EVENTS  50          /* others that may come before */
#define BENCH_JANUS_KEEP_US 20000000


typedef struct {
    bench_url_t   url;
    json_int_t    session;
    json_int_t    feed;                 /* the publisher's id */
    uint64_t      keep_us;
    char          body[BENCH_HTTP_MAX];
} bench_janus_t;


static int bench_janus_init(bench_t *b);
static int bench_janus_publish(bench_t *b, unsigned room);
static int bench_janus_view(bench_t *b, unsigned i);
static void bench_janus_tick(bench_t *b, uint64_t now_us);
static void bench_janus_create_room(bench_t *b);
static json_int_t bench_janus_attach(bench_janus_t *j);
static json_t *bench_janus_message(bench_janus_t *j, json_int_t handle,
    json_t *body, const char *type, const char *sdp);
static json_t *bench_janus_event(bench_janus_t *j, json_int_t handle);
static json_t *bench_janus_request(bench_janus_t *j, json_int_t handle,
    json_t *request);
static const char *bench_janus_sdp(json_t *event);


const bench_driver_t  bench_janus = {
    "janus",
    bench_janus_init,
    bench_janus_publish,
    bench_janus_view,
    bench_janus_tick
};


static int
bench_janus_init(bench_t *b)
{
    json_t         *answer;
    bench_janus_t  *j;

    j = calloc(1, sizeof(bench_janus_t));

    if (b->rooms > 1) {
        bench_die("--rooms: Janus has one");
    }

    if (j == NULL || bench_url_parse(&j->url, b->url) != RTC_OK) {
        return RTC_ERROR;
    }

    b->ctx = j;

    answer = bench_janus_request(j, 0, json_pack("{ss}", "janus", "create"));
    j->session = json_integer_value(json_object_get(
                                    json_object_get(answer, "data"), "id"));
    json_decref(answer);

    bench_janus_create_room(b);

    return RTC_OK;
}


static void
bench_janus_create_room(bench_t *b)
{
    json_t         *body, *answer;
    json_int_t      handle;
    bench_janus_t  *j;

    j = b->ctx;
    handle = bench_janus_attach(j);

    /* the room may be there from the run before */

    body = json_pack("{sssi}", "request", "destroy", "room", BENCH_JANUS_ROOM);
    answer = bench_janus_message(j, handle, body, NULL, NULL);
    json_decref(answer);

    body = json_pack("{sssisissss}", "request", "create",
                     "room", BENCH_JANUS_ROOM, "publishers", 1,
                     "videocodec", "vp8", "audiocodec", "opus");
    answer = bench_janus_message(j, handle, body, NULL, NULL);
    json_decref(answer);
}


static int
bench_janus_publish(bench_t *b, unsigned room)
{
    char            sdp[BENCH_HTTP_MAX / 64];
    json_t         *event, *data, *id;
    json_int_t      handle;
    bench_peer_t   *peer;
    bench_janus_t  *j;

    j = b->ctx;
    handle = bench_janus_attach(j);
    peer = bench_peer_create(b, 1);

    bench_sdp_offer(peer, "sendonly", sdp, sizeof(sdp));

    event = bench_janus_message(j, handle,
                                json_pack("{sssssi}",
                                          "request", "joinandconfigure",
                                          "ptype", "publisher",
                                          "room", BENCH_JANUS_ROOM),
                                "offer", sdp);

    data = json_object_get(json_object_get(event, "plugindata"), "data");
    id = json_object_get(data, "id");

    if (!json_is_integer(id)
        || bench_peer_set_remote(peer, bench_janus_sdp(event)) != RTC_OK)
    {
        bench_die("Janus refuses the publisher: %s", j->body);
    }

    j->feed = json_integer_value(id);
    b->publisher[room] = peer;

    json_decref(event);

    return RTC_OK;
}


static int
bench_janus_view(bench_t *b, unsigned i)
{
    char           *sdp;
    json_t         *event;
    json_int_t      handle;
    const char     *offer;
    bench_peer_t   *peer;
    bench_janus_t  *j;

    j = b->ctx;
    handle = bench_janus_attach(j);
    peer = bench_peer_create(b, i == 0 || !b->count);

    event = bench_janus_message(j, handle,
                                json_pack("{sssssis[{sI}]}",
                                          "request", "join",
                                          "ptype", "subscriber",
                                          "room", BENCH_JANUS_ROOM,
                                          "streams", "feed", j->feed),
                                NULL, NULL);

    offer = bench_janus_sdp(event);

    if (bench_peer_set_remote(peer, offer) != RTC_OK) {
        bench_die("Janus refuses a viewer: %s", j->body);
    }

    peer->pt = bench_sdp_payload(offer, b->video ? "VP8" : "opus");

    sdp = malloc(BENCH_SDP_MAX);
    if (sdp == NULL) {
        return RTC_ERROR;
    }

    bench_sdp_answer(peer, offer, sdp, BENCH_SDP_MAX);
    json_decref(event);

    event = bench_janus_message(j, handle,
                                json_pack("{ss}", "request", "start"),
                                "answer", sdp);
    json_decref(event);
    free(sdp);

    b->viewer[i] = peer;

    return RTC_OK;
}


/* a session that asks nothing for a minute is ended */

static void
bench_janus_tick(bench_t *b, uint64_t now_us)
{
    bench_janus_t  *j;

    j = b->ctx;

    if (now_us < j->keep_us) {
        return;
    }

    j->keep_us = now_us + BENCH_JANUS_KEEP_US;

    json_decref(bench_janus_request(j, 0, json_pack("{ss}", "janus",
                                                    "keepalive")));
}


static json_int_t
bench_janus_attach(bench_janus_t *j)
{
    json_t      *answer;
    json_int_t   handle;

    answer = bench_janus_request(j, 0,
                                 json_pack("{ssss}", "janus", "attach",
                                           "plugin",
                                           "janus.plugin.videoroom"));

    handle = json_integer_value(json_object_get(
                                json_object_get(answer, "data"), "id"));

    if (handle == 0) {
        bench_die("Janus has no videoroom: %s", j->body);
    }

    json_decref(answer);

    return handle;
}


/* the plugin's answer: in the response, or in an event that follows */

static json_t *
bench_janus_message(bench_janus_t *j, json_int_t handle, json_t *body,
    const char *type, const char *sdp)
{
    json_t      *request, *answer;
    const char  *kind;

    request = json_pack("{ssso}", "janus", "message", "body", body);

    if (request && sdp) {
        json_object_set_new(request, "jsep",
                            json_pack("{ssss}", "type", type, "sdp", sdp));
    }

    answer = bench_janus_request(j, handle, request);
    kind = json_string_value(json_object_get(answer, "janus"));

    if (kind && strcmp(kind, "ack") == 0) {
        json_decref(answer);
        answer = bench_janus_event(j, handle);
    }

    return answer;
}


static json_t *
bench_janus_event(bench_janus_t *j, json_int_t handle)
{
    int          i;
    char         path[64];
    json_t      *event;
    const char  *kind;

    snprintf(path, sizeof(path), "/%lld?maxev=1", (long long) j->session);

    for (i = 0; i < BENCH_JANUS_EVENTS; i++) {
        (void) bench_http_request(&j->url, path, NULL, j->body,
                                  sizeof(j->body));

        event = json_loads(j->body, 0, NULL);
        kind = json_string_value(json_object_get(event, "janus"));

        if (kind && strcmp(kind, "event") == 0
            && json_integer_value(json_object_get(event, "sender")) == handle)
        {
            return event;
        }

        json_decref(event);
    }

    bench_die("Janus does not answer: %s", j->body);
}


/* to the server, its session, or one of the handles; takes the request over */

static json_t *
bench_janus_request(bench_janus_t *j, json_int_t handle, json_t *request)
{
    char    path[64], *text;
    json_t  *answer;

    path[0] = '\0';

    if (handle) {
        snprintf(path, sizeof(path), "/%lld/%lld", (long long) j->session,
                 (long long) handle);
    } else if (j->session) {
        snprintf(path, sizeof(path), "/%lld", (long long) j->session);
    }

    json_object_set_new(request, "transaction", json_string("bench"));

    text = json_dumps(request, JSON_COMPACT);
    json_decref(request);

    if (text == NULL) {
        bench_die("no memory for a request");
    }

    (void) bench_http_request(&j->url, path, text, j->body, sizeof(j->body));
    free(text);

    answer = json_loads(j->body, 0, NULL);

    if (answer == NULL) {
        bench_die("Janus answers no JSON: %s", j->body);
    }

    return answer;
}


static const char *
bench_janus_sdp(json_t *event)
{
    const char  *sdp;

    sdp = json_string_value(json_object_get(json_object_get(event, "jsep"),
                                            "sdp"));

    return sdp ? sdp : "";
}
