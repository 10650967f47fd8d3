
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Our server, and whoever else speaks LiveKit's protocol: a WebSocket per
 * participant, a peer connection to publish and one to subscribe.
 */


#include <stdio.h>
#include <stdlib.h>

#include "bench_http.h"
#include "bench_peer.h"
#include "bench_sdp.h"
#include "livekit.pb-c.h"


#define BENCH_LIVEKIT_TOKEN    4096
#define BENCH_LIVEKIT_PING_US  5000000


typedef struct bench_member_s  bench_member_t;

struct bench_member_s {
    bench_t         *bench;
    bench_member_t  *next;
    bench_ws_t       ws;
    unsigned         n;                 /* of the viewer, or the room */
    unsigned         publishes:1;
    bench_peer_t    *publisher;
    bench_peer_t    *subscriber;
};


typedef struct {
    FILE            *tokens;
    bench_url_t      url;
    bench_member_t  *members;
    uint64_t         ping_us;
} bench_livekit_t;


static int bench_livekit_init(bench_t *b);
static int bench_livekit_publish(bench_t *b, unsigned room);
static int bench_livekit_view(bench_t *b, unsigned i);
static int bench_livekit_join(bench_t *b, unsigned n, int publishes);
static void bench_livekit_tick(bench_t *b, uint64_t now_us);
static void bench_livekit_message(void *data, const uint8_t *p, size_t len);
static void bench_livekit_add_track(bench_member_t *m);
static void bench_livekit_send_offer(bench_member_t *m);
static void bench_livekit_offer(bench_member_t *m,
    const Livekit__SessionDescription *offer);
static void bench_livekit_answer(bench_member_t *m,
    const Livekit__SessionDescription *answer);
static void bench_livekit_send(bench_member_t *m,
    const Livekit__SignalRequest *request);


const bench_driver_t  bench_livekit = {
    "livekit",
    bench_livekit_init,
    bench_livekit_publish,
    bench_livekit_view,
    bench_livekit_tick
};


static int
bench_livekit_init(bench_t *b)
{
    bench_livekit_t  *lk;

    lk = calloc(1, sizeof(bench_livekit_t));

    if (lk == NULL || b->tokens == NULL
        || bench_url_parse(&lk->url, b->url) != RTC_OK)
    {
        return RTC_ERROR;
    }

    lk->tokens = fopen(b->tokens, "r");
    if (lk->tokens == NULL) {
        bench_die("%s: %m", b->tokens);
    }

    b->ctx = lk;

    return RTC_OK;
}


static int
bench_livekit_publish(bench_t *b, unsigned room)
{
    return bench_livekit_join(b, room, 1);
}


static int
bench_livekit_view(bench_t *b, unsigned i)
{
    return bench_livekit_join(b, i, 0);
}


static int
bench_livekit_join(bench_t *b, unsigned n, int publishes)
{
    char              token[BENCH_LIVEKIT_TOKEN];
    char              path[BENCH_LIVEKIT_TOKEN + 128];
    bench_member_t   *m;
    bench_livekit_t  *lk;

    lk = b->ctx;

    m = calloc(1, sizeof(bench_member_t));

    if (m == NULL || fgets(token, sizeof(token), lk->tokens) == NULL) {
        return RTC_ERROR;
    }

    token[strcspn(token, "\n")] = '\0';

    snprintf(path, sizeof(path), "/rtc?sdk=js&protocol=17&auto_subscribe=1"
             "&access_token=%s", token);

    m->bench = b;
    m->n = n;
    m->publishes = publishes != 0;
    m->next = lk->members;
    lk->members = m;

    m->ws.message = bench_livekit_message;
    m->ws.data = m;

    bench_ws_connect(b, &m->ws, &lk->url, path);

    return RTC_OK;
}


static void
bench_livekit_tick(bench_t *b, uint64_t now_us)
{
    bench_member_t          *m;
    bench_livekit_t         *lk;
    Livekit__SignalRequest   request = LIVEKIT__SIGNAL_REQUEST__INIT;

    lk = b->ctx;

    if (now_us < lk->ping_us) {
        return;
    }

    lk->ping_us = now_us + BENCH_LIVEKIT_PING_US;

    request.message_case = LIVEKIT__SIGNAL_REQUEST__MESSAGE_PING;
    request.ping = (int64_t) (now_us / 1000);

    for (m = lk->members; m; m = m->next) {
        if (m->ws.upgraded) {
            bench_livekit_send(m, &request);
        }
    }
}


static void
bench_livekit_message(void *data, const uint8_t *p, size_t len)
{
    bench_member_t           *m = data;
    Livekit__SignalResponse  *response;

    response = livekit__signal_response__unpack(NULL, len, p);
    if (response == NULL) {
        bench_die("a message of the server is malformed");
    }

    switch (response->message_case) {

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_JOIN:
        if (m->publishes) {
            bench_livekit_add_track(m);
        }
        break;

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_TRACK_PUBLISHED:
        bench_livekit_send_offer(m);
        break;

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_ANSWER:
        bench_livekit_answer(m, response->answer);
        break;

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_OFFER:
        bench_livekit_offer(m, response->offer);
        break;

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_LEAVE:
        bench_die("the server sends a participant away, reason %d",
                  response->leave->reason);

    default:
        break;
    }

    livekit__signal_response__free_unpacked(response, NULL);
}


static void
bench_livekit_add_track(bench_member_t *m)
{
    Livekit__SignalRequest    request = LIVEKIT__SIGNAL_REQUEST__INIT;
    Livekit__AddTrackRequest  track = LIVEKIT__ADD_TRACK_REQUEST__INIT;

    track.cid = "bench";
    track.name = "bench";

    if (m->bench->video) {
        track.type = LIVEKIT__TRACK_TYPE__VIDEO;
        track.source = LIVEKIT__TRACK_SOURCE__CAMERA;
        track.width = 640;
        track.height = 360;

    } else {
        track.type = LIVEKIT__TRACK_TYPE__AUDIO;
        track.source = LIVEKIT__TRACK_SOURCE__MICROPHONE;
        track.disable_red = 1;
    }

    request.message_case = LIVEKIT__SIGNAL_REQUEST__MESSAGE_ADD_TRACK;
    request.add_track = &track;

    bench_livekit_send(m, &request);
}


static void
bench_livekit_send_offer(bench_member_t *m)
{
    char                         sdp[BENCH_HTTP_MAX / 64];
    Livekit__SignalRequest       request = LIVEKIT__SIGNAL_REQUEST__INIT;
    Livekit__SessionDescription  offer = LIVEKIT__SESSION_DESCRIPTION__INIT;

    m->publisher = bench_peer_create(m->bench, 1);

    bench_sdp_offer(m->publisher, "sendonly", sdp, sizeof(sdp));

    offer.type = "offer";
    offer.sdp = sdp;
    offer.id = 1;
    request.message_case = LIVEKIT__SIGNAL_REQUEST__MESSAGE_OFFER;
    request.offer = &offer;

    bench_livekit_send(m, &request);
}


static void
bench_livekit_answer(bench_member_t *m,
    const Livekit__SessionDescription *answer)
{
    if (m->publisher == NULL
        || bench_peer_set_remote(m->publisher, answer->sdp) != RTC_OK)
    {
        bench_die("an answer lacks something:\n%s", answer->sdp);
    }

    m->bench->publisher[m->n] = m->publisher;
}


static void
bench_livekit_offer(bench_member_t *m,
    const Livekit__SessionDescription *offer)
{
    char                        *sdp;
    bench_t                     *b;
    Livekit__SignalRequest       request = LIVEKIT__SIGNAL_REQUEST__INIT;
    Livekit__SessionDescription  answer = LIVEKIT__SESSION_DESCRIPTION__INIT;

    b = m->bench;

    if (m->subscriber == NULL) {
        m->subscriber = bench_peer_create(b, m->n == 0 || !b->count);

        if (!m->publishes) {
            b->viewer[m->n] = m->subscriber;
        }
    }

    m->subscriber->pt = bench_sdp_payload(offer->sdp,
                                          b->video ? "VP8" : "opus");

    sdp = malloc(BENCH_SDP_MAX);

    if (sdp == NULL
        || bench_peer_set_remote(m->subscriber, offer->sdp) != RTC_OK)
    {
        bench_die("an offer lacks something:\n%s", offer->sdp);
    }

    bench_sdp_answer(m->subscriber, offer->sdp, sdp, BENCH_SDP_MAX);

    answer.type = "answer";
    answer.sdp = sdp;
    answer.id = offer->id;
    request.message_case = LIVEKIT__SIGNAL_REQUEST__MESSAGE_ANSWER;
    request.answer = &answer;

    bench_livekit_send(m, &request);

    free(sdp);
}


static void
bench_livekit_send(bench_member_t *m, const Livekit__SignalRequest *request)
{
    size_t    len;
    uint8_t  *buf;

    buf = malloc(livekit__signal_request__get_packed_size(request));
    if (buf == NULL) {
        bench_die("no memory for a message");
    }

    len = livekit__signal_request__pack(request, buf);
    bench_ws_send(&m->ws, buf, len);

    free(buf);
}
