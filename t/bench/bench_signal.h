
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What all who speak LiveKit's signalling need: a WebSocket per token, and
 * messages.
 */


#ifndef BENCH_SIGNAL_H_INCLUDED
#define BENCH_SIGNAL_H_INCLUDED


#include <stdio.h>

#include "bench_http.h"
#include "bench_peer.h"
#include "livekit.pb-c.h"


typedef struct {
    bench_t                        *bench;
    FILE                           *tokens;
    bench_url_t                     url;
} bench_signal_t;


typedef struct {
    bench_ws_t                      ws;
    void                          (*message)(void *data,
                                        const Livekit__SignalResponse *m);
    void                           *data;
} bench_session_t;


/* of --url and --tokens */
int bench_signal_init(bench_signal_t *signal, bench_t *b);

/* joins with the next token; message and data are set. RTC_ERROR: no token */
int bench_signal_join(bench_signal_t *signal, bench_session_t *session);

/* the same with a single peer connection, whose offer that is */
int bench_signal_join_single(bench_signal_t *signal, bench_session_t *session,
    char *sdp);

void bench_signal_send(bench_session_t *session,
    const Livekit__SignalRequest *request);
void bench_signal_send_ping(bench_session_t *session, uint64_t now_us);

/* and closes: it may join again */
void bench_signal_leave(bench_session_t *session);

void bench_signal_send_track(bench_session_t *session, int video);
void bench_signal_send_offer(bench_session_t *session, char *sdp);

/* the subscriber's answer to an offer */
void bench_signal_send_answer(bench_session_t *session, bench_peer_t *peer,
    const Livekit__SessionDescription *offer);


#endif /* BENCH_SIGNAL_H_INCLUDED */
