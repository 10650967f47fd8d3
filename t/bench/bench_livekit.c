
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Our server, and whoever else speaks LiveKit's protocol: a WebSocket per
 * participant, a peer connection to publish and one to subscribe, or, of
 * viewers, a single one.
 */


#include <stdlib.h>

#include "bench_sdp.h"
#include "bench_signal.h"


#define BENCH_LIVEKIT_PING_US  5000000


typedef struct bench_member_s  bench_member_t;

struct bench_member_s {
    bench_t         *bench;
    bench_member_t  *next;
    bench_session_t  session;
    unsigned         n;                 /* of the viewer, or the room */
    unsigned         publishes:1;
    unsigned         single:1;
    bench_peer_t    *publisher;
    bench_peer_t    *subscriber;
};


typedef struct {
    bench_signal_t   signal;
    bench_member_t  *members;
    uint64_t         ping_us;
} bench_livekit_t;


static int bench_livekit_init(bench_t *b);
static int bench_livekit_publish(bench_t *b, unsigned room);
static int bench_livekit_view(bench_t *b, unsigned i);
static int bench_livekit_view_single(bench_t *b, unsigned i);
static int bench_livekit_join(bench_t *b, unsigned n, int publishes);
static bench_member_t *bench_livekit_member(bench_t *b, unsigned n);
static void bench_livekit_tick(bench_t *b, uint64_t now_us);
static void bench_livekit_message(void *data,
    const Livekit__SignalResponse *response);
static void bench_livekit_send_offer(bench_member_t *m);
static void bench_livekit_offer(bench_member_t *m,
    const Livekit__SessionDescription *offer);
static void bench_livekit_answer(bench_member_t *m,
    const Livekit__SessionDescription *answer);


const bench_driver_t  bench_livekit = {
    "livekit",
    bench_livekit_init,
    bench_livekit_publish,
    bench_livekit_view,
    bench_livekit_tick
};


const bench_driver_t  bench_single = {
    "single",
    bench_livekit_init,
    bench_livekit_publish,
    bench_livekit_view_single,
    bench_livekit_tick
};


static int
bench_livekit_init(bench_t *b)
{
    bench_livekit_t  *lk;

    lk = calloc(1, sizeof(bench_livekit_t));

    if (lk == NULL || bench_signal_init(&lk->signal, b) != RTC_OK) {
        return RTC_ERROR;
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
bench_livekit_view_single(bench_t *b, unsigned i)
{
    char              sdp[BENCH_HTTP_MAX / 64];
    bench_member_t   *m;
    bench_livekit_t  *lk;

    lk = b->ctx;
    m = bench_livekit_member(b, i);

    m->single = 1;
    m->subscriber = bench_peer_create(b, i == 0 || !b->count);
    m->subscriber->pt = b->video ? BENCH_PT_VIDEO : BENCH_PT_AUDIO;

    b->viewer[i] = m->subscriber;

    bench_sdp_offer(m->subscriber, "recvonly", sdp, sizeof(sdp));

    return bench_signal_join_single(&lk->signal, &m->session, sdp);
}


static int
bench_livekit_join(bench_t *b, unsigned n, int publishes)
{
    bench_member_t   *m;
    bench_livekit_t  *lk;

    lk = b->ctx;

    m = bench_livekit_member(b, n);
    m->publishes = publishes != 0;

    return bench_signal_join(&lk->signal, &m->session);
}


static bench_member_t *
bench_livekit_member(bench_t *b, unsigned n)
{
    bench_member_t   *m;
    bench_livekit_t  *lk;

    lk = b->ctx;

    m = calloc(1, sizeof(bench_member_t));
    if (m == NULL) {
        bench_die("no memory for a member");
    }

    m->bench = b;
    m->n = n;
    m->session.message = bench_livekit_message;
    m->session.data = m;
    m->next = lk->members;
    lk->members = m;

    return m;
}


static void
bench_livekit_tick(bench_t *b, uint64_t now_us)
{
    bench_member_t   *m;
    bench_livekit_t  *lk;

    lk = b->ctx;

    if (now_us < lk->ping_us) {
        return;
    }

    lk->ping_us = now_us + BENCH_LIVEKIT_PING_US;

    for (m = lk->members; m; m = m->next) {
        if (m->session.ws.upgraded) {
            bench_signal_send_ping(&m->session, now_us);
        }
    }
}


static void
bench_livekit_message(void *data, const Livekit__SignalResponse *response)
{
    bench_member_t  *m = data;

    switch (response->message_case) {

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_JOIN:
        if (m->publishes) {
            bench_signal_send_track(&m->session, m->bench->video);
        }
        break;

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_TRACK_PUBLISHED:
        bench_livekit_send_offer(m);
        break;

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_ANSWER:
        bench_livekit_answer(m, response->answer);
        break;

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_MEDIA_SECTIONS_REQUIREMENT:
        bench_livekit_send_offer(m);
        break;

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_OFFER:
        bench_livekit_offer(m, response->offer);
        break;

    default:
        break;
    }
}


static void
bench_livekit_send_offer(bench_member_t *m)
{
    char  sdp[BENCH_HTTP_MAX / 64];

    if (m->single) {
        bench_sdp_offer(m->subscriber, "recvonly", sdp, sizeof(sdp));

    } else {
        m->publisher = bench_peer_create(m->bench, 1);
        bench_sdp_offer(m->publisher, "sendonly", sdp, sizeof(sdp));
    }

    bench_signal_send_offer(&m->session, sdp);
}


static void
bench_livekit_answer(bench_member_t *m,
    const Livekit__SessionDescription *answer)
{
    bench_peer_t  *peer;

    peer = m->single ? m->subscriber : m->publisher;

    if (peer == NULL || bench_peer_set_remote(peer, answer->sdp) != RTC_OK) {
        bench_die("an answer lacks something:\n%s", answer->sdp);
    }

    if (!m->single) {
        m->bench->publisher[m->n] = peer;
    }
}


static void
bench_livekit_offer(bench_member_t *m,
    const Livekit__SessionDescription *offer)
{
    bench_t  *b;

    b = m->bench;

    if (m->subscriber == NULL) {
        m->subscriber = bench_peer_create(b, m->n == 0 || !b->count);

        if (!m->publishes) {
            b->viewer[m->n] = m->subscriber;
        }
    }

    m->subscriber->pt = bench_sdp_payload(offer->sdp,
                                          b->video ? "VP8" : "opus");

    bench_signal_send_answer(&m->session, m->subscriber, offer);
}
