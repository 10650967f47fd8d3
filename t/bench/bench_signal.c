
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "bench_sdp.h"
#include "bench_signal.h"
#include "rtc_base64.h"


#define BENCH_SIGNAL_TOKEN   4096
#define BENCH_SIGNAL_SINGLE  "/rtc/v1?join_request="


static int bench_signal_connect(bench_signal_t *signal,
    bench_session_t *session, const char *path);
static void *bench_signal_alloc(size_t size);
static void bench_signal_message(void *data, const uint8_t *p, size_t len);


int
bench_signal_init(bench_signal_t *signal, bench_t *b)
{
    if (b->tokens == NULL || bench_url_parse(&signal->url, b->url) != RTC_OK) {
        return RTC_ERROR;
    }

    signal->bench = b;
    signal->tokens = fopen(b->tokens, "r");

    if (signal->tokens == NULL) {
        bench_die("%s: %m", b->tokens);
    }

    return RTC_OK;
}


int
bench_signal_join(bench_signal_t *signal, bench_session_t *session)
{
    return bench_signal_connect(signal, session, "/rtc?sdk=js&protocol=17"
                                "&auto_subscribe=1");
}


int
bench_signal_join_single(bench_signal_t *signal, bench_session_t *session,
    char *sdp)
{
    int                          rc;
    char                        *path;
    size_t                       len;
    uint8_t                     *plain, *wrapped;
    Livekit__ClientInfo          client = LIVEKIT__CLIENT_INFO__INIT;
    Livekit__JoinRequest         join = LIVEKIT__JOIN_REQUEST__INIT;
    Livekit__ConnectionSettings  settings = LIVEKIT__CONNECTION_SETTINGS__INIT;
    Livekit__SessionDescription  offer = LIVEKIT__SESSION_DESCRIPTION__INIT;
    Livekit__WrappedJoinRequest  wrap = LIVEKIT__WRAPPED_JOIN_REQUEST__INIT;

    client.sdk = LIVEKIT__CLIENT_INFO__SDK__JS;
    client.protocol = 17;
    settings.auto_subscribe = 1;
    offer.type = "offer";
    offer.sdp = sdp;
    offer.id = 1;

    join.client_info = &client;
    join.connection_settings = &settings;
    join.publisher_offer = &offer;

    plain = bench_signal_alloc(livekit__join_request__get_packed_size(&join));

    wrap.join_request.data = plain;
    wrap.join_request.len = livekit__join_request__pack(&join, plain);

    len = livekit__wrapped_join_request__get_packed_size(&wrap);
    wrapped = bench_signal_alloc(len);
    (void) livekit__wrapped_join_request__pack(&wrap, wrapped);

    path = bench_signal_alloc(sizeof(BENCH_SIGNAL_SINGLE)
                              + rtc_base64url_encoded_len(len));
    memcpy(path, BENCH_SIGNAL_SINGLE, sizeof(BENCH_SIGNAL_SINGLE) - 1);
    *rtc_base64url_encode((uint8_t *) path + sizeof(BENCH_SIGNAL_SINGLE) - 1,
                          wrapped, len) = '\0';

    rc = bench_signal_connect(signal, session, path);

    free(plain);
    free(wrapped);
    free(path);

    return rc;
}


/* with the next token */

static int
bench_signal_connect(bench_signal_t *signal, bench_session_t *session,
    const char *path)
{
    char    token[BENCH_SIGNAL_TOKEN];
    char   *full;
    size_t  size;

    if (fgets(token, sizeof(token), signal->tokens) == NULL) {
        return RTC_ERROR;
    }

    token[strcspn(token, "\n")] = '\0';

    size = strlen(path) + sizeof("&access_token=") + strlen(token);
    full = bench_signal_alloc(size);
    snprintf(full, size, "%s&access_token=%s", path, token);

    session->ws.message = bench_signal_message;
    session->ws.data = session;

    bench_ws_connect(signal->bench, &session->ws, &signal->url, full);

    free(full);

    return RTC_OK;
}


static void *
bench_signal_alloc(size_t size)
{
    void  *p;

    p = malloc(size);
    if (p == NULL) {
        bench_die("no memory for a message");
    }

    return p;
}


static void
bench_signal_message(void *data, const uint8_t *p, size_t len)
{
    bench_session_t          *session = data;
    Livekit__SignalResponse  *response;

    response = livekit__signal_response__unpack(NULL, len, p);
    if (response == NULL) {
        bench_die("a message of the server is malformed");
    }

    if (response->message_case == LIVEKIT__SIGNAL_RESPONSE__MESSAGE_LEAVE) {
        bench_die("the server sends a participant away, reason %d",
                  response->leave->reason);
    }

    session->message(session->data, response);

    livekit__signal_response__free_unpacked(response, NULL);
}


void
bench_signal_send(bench_session_t *session,
    const Livekit__SignalRequest *request)
{
    size_t    len;
    uint8_t  *buf;

    buf = bench_signal_alloc(livekit__signal_request__get_packed_size(request));
    len = livekit__signal_request__pack(request, buf);
    bench_ws_send(&session->ws, buf, len);

    free(buf);
}


void
bench_signal_send_ping(bench_session_t *session, uint64_t now_us)
{
    Livekit__SignalRequest  request = LIVEKIT__SIGNAL_REQUEST__INIT;

    request.message_case = LIVEKIT__SIGNAL_REQUEST__MESSAGE_PING;
    request.ping = (int64_t) (now_us / 1000);

    bench_signal_send(session, &request);
}


void
bench_signal_leave(bench_session_t *session)
{
    Livekit__SignalRequest  request = LIVEKIT__SIGNAL_REQUEST__INIT;
    Livekit__LeaveRequest   leave = LIVEKIT__LEAVE_REQUEST__INIT;

    request.message_case = LIVEKIT__SIGNAL_REQUEST__MESSAGE_LEAVE;
    request.leave = &leave;

    bench_signal_send(session, &request);
    bench_ws_close(&session->ws);
}


void
bench_signal_send_track(bench_session_t *session, int video)
{
    Livekit__SignalRequest    request = LIVEKIT__SIGNAL_REQUEST__INIT;
    Livekit__AddTrackRequest  track = LIVEKIT__ADD_TRACK_REQUEST__INIT;

    track.name = "bench";

    if (video) {
        track.cid = "video";
        track.type = LIVEKIT__TRACK_TYPE__VIDEO;
        track.source = LIVEKIT__TRACK_SOURCE__CAMERA;
        track.width = 640;
        track.height = 360;

    } else {
        track.cid = "audio";
        track.type = LIVEKIT__TRACK_TYPE__AUDIO;
        track.source = LIVEKIT__TRACK_SOURCE__MICROPHONE;
        track.disable_red = 1;
    }

    request.message_case = LIVEKIT__SIGNAL_REQUEST__MESSAGE_ADD_TRACK;
    request.add_track = &track;

    bench_signal_send(session, &request);
}


void
bench_signal_send_offer(bench_session_t *session, char *sdp)
{
    Livekit__SignalRequest       request = LIVEKIT__SIGNAL_REQUEST__INIT;
    Livekit__SessionDescription  offer = LIVEKIT__SESSION_DESCRIPTION__INIT;

    offer.type = "offer";
    offer.sdp = sdp;
    offer.id = 1;
    request.message_case = LIVEKIT__SIGNAL_REQUEST__MESSAGE_OFFER;
    request.offer = &offer;

    bench_signal_send(session, &request);
}


void
bench_signal_send_answer(bench_session_t *session, bench_peer_t *peer,
    const Livekit__SessionDescription *offer)
{
    char                        *sdp;
    Livekit__SignalRequest       request = LIVEKIT__SIGNAL_REQUEST__INIT;
    Livekit__SessionDescription  answer = LIVEKIT__SESSION_DESCRIPTION__INIT;

    sdp = bench_signal_alloc(BENCH_SDP_MAX);

    if (bench_peer_set_remote(peer, offer->sdp) != RTC_OK) {
        bench_die("an offer lacks something:\n%s", offer->sdp);
    }

    bench_sdp_answer(peer, offer->sdp, sdp, BENCH_SDP_MAX);

    answer.type = "answer";
    answer.sdp = sdp;
    answer.id = offer->id;
    request.message_case = LIVEKIT__SIGNAL_REQUEST__MESSAGE_ANSWER;
    request.answer = &answer;

    bench_signal_send(session, &request);

    free(sdp);
}
