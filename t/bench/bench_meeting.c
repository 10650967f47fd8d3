
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A meeting: everybody sends sound and a picture, and gets those of all
 * others.  Each packet that a receiver lacks between the first that came and
 * the last that was sent is missing, whatever the reason; "gaps_ms" are the
 * longest times, in each second, between two packets of a sound at a receiver.
 */


#include <stdio.h>
#include <stdlib.h>

#include "bench_flood.h"
#include "bench_media.h"
#include "bench_sdp.h"
#include "bench_signal.h"


#define BENCH_MEETING_PEOPLE   64
#define BENCH_MEETING_WORKERS  8
#define BENCH_MEETING_WID      16       /* hex digits behind "PA_" of a sid */

#define BENCH_MEETING_START_US 20000000
#define BENCH_MEETING_DRAIN_US 3000000
#define BENCH_MEETING_TICK_US  10000
#define BENCH_MEETING_PING_US  5000000

#define BENCH_MEETING_LATENCIES  4000000
#define BENCH_MEETING_SECONDS    600


enum {
    BENCH_MEETING_AUDIO = 0,
    BENCH_MEETING_VIDEO,
    BENCH_MEETING_KINDS
};


/* what one receiver has of one section of one sender */

typedef struct {
    uint32_t                  ssrc;
    uint32_t                  first;    /* the sender's count */
    uint32_t                  next;
    uint16_t                  seq;
    uint32_t                  ts;
    uint32_t                  received;
    uint64_t                  us;       /* when the last one came */
} bench_stream_t;


typedef struct bench_meeting_s  bench_meeting_t;

typedef struct {
    bench_meeting_t          *meeting;
    unsigned                  n;
    unsigned                  worker;   /* index, by the sid */
    unsigned                  tracks;   /* that the server knows */
    unsigned                  joined:1;
    unsigned                  moves:1;  /* its worker has enough */

    bench_session_t           session;
    bench_peer_t             *publisher;
    bench_peer_t             *subscriber;

    bench_media_t             media[BENCH_MEETING_KINDS];
    uint64_t                  due_us[BENCH_MEETING_KINDS];
    bench_stream_t           *streams;  /* of all people and kinds */
} bench_person_t;


typedef struct {
    uint32_t                 *us;
    size_t                    n;
} bench_latency_t;


struct bench_meeting_s {
    bench_t                  *bench;
    bench_t                   kinds[BENCH_MEETING_KINDS];   /* rates, sizes */
    bench_signal_t            signal;
    bench_person_t           *people;

    char                      wids[BENCH_MEETING_WORKERS][BENCH_MEETING_WID];
    unsigned                  nworkers;

    uint64_t                  tick_us;
    uint64_t                  ping_us;

    bench_latency_t           same;     /* sender and receiver in a worker */
    bench_latency_t           other;
    uint64_t                  began_us; /* to measure */
    uint32_t                  gap_us[BENCH_MEETING_SECONDS];
    unsigned                  measuring:1;

    uint64_t                  flooded;  /* packets of others */
    uint64_t                  sent;
    uint64_t                  repeated; /* came twice, or too late */
    uint64_t                  broken;   /* another number than it should have */
};


static void bench_meeting_init(bench_meeting_t *mt, bench_t *b);
static void bench_meeting_flood(const bench_meeting_t *mt);
static void bench_meeting_join(bench_meeting_t *mt, unsigned n);
static void bench_meeting_message(void *data,
    const Livekit__SignalResponse *response);
static void bench_meeting_joined(bench_person_t *p,
    const Livekit__JoinResponse *join);
static unsigned bench_meeting_worker(bench_meeting_t *mt, const char *sid);
static unsigned bench_meeting_in(const bench_meeting_t *mt, unsigned worker);
static void bench_meeting_offer(bench_person_t *p);
static void bench_meeting_answer(bench_person_t *p,
    const Livekit__SessionDescription *answer);
static void bench_meeting_offered(bench_person_t *p,
    const Livekit__SessionDescription *offer);
static void bench_meeting_media(void *data, const uint8_t *buf, size_t len);
static void bench_meeting_latency(bench_meeting_t *mt,
    const bench_person_t *p, const bench_mark_t *mark);
static void bench_meeting_gap(bench_meeting_t *mt, const bench_t *kind,
    bench_stream_t *s);
static void bench_meeting_run(bench_meeting_t *mt, uint64_t us, int send);
static void bench_meeting_tick(bench_meeting_t *mt, uint64_t now_us);
static uint64_t bench_meeting_send(bench_meeting_t *mt, uint64_t now_us);
static void bench_meeting_frame(bench_person_t *p, unsigned k);
static int bench_meeting_complete(const bench_meeting_t *mt, int ended);
static void bench_meeting_print(bench_meeting_t *mt);
static void bench_meeting_print_received(const bench_meeting_t *mt);
static void bench_meeting_print_latency(const char *name,
    bench_latency_t *latency);


int
bench_meeting(bench_t *b)
{
    unsigned                n;
    uint64_t                deadline;
    static bench_meeting_t  mt;

    bench_meeting_init(&mt, b);

    for (n = 0; n < b->people; n++) {
        bench_meeting_join(&mt, n);
    }

    /* all get something from all: from now on nothing may be missing */

    deadline = bench_now_us() + BENCH_MEETING_START_US;

    while (!bench_meeting_complete(&mt, 0)) {
        if (bench_now_us() > deadline) {
            bench_die("somebody gets nothing from somebody");
        }

        bench_meeting_run(&mt, BENCH_MEETING_TICK_US, 1);
    }

    mt.measuring = 1;
    mt.began_us = bench_now_us();
    fprintf(stderr, "measuring\n");

    if (b->flood) {
        bench_meeting_flood(&mt);
    }

    bench_meeting_run(&mt, (uint64_t) b->seconds * 1000000, 1);

    if (b->flood) {
        mt.flooded = bench_flood_stop();
    }

    deadline = bench_now_us() + BENCH_MEETING_DRAIN_US;

    while (!bench_meeting_complete(&mt, 1) && bench_now_us() < deadline) {
        bench_meeting_run(&mt, BENCH_MEETING_TICK_US, 0);
    }

    bench_meeting_print(&mt);

    return 0;
}


static void
bench_meeting_init(bench_meeting_t *mt, bench_t *b)
{
    if (b->people < 2 || b->people > BENCH_MEETING_PEOPLE) {
        bench_die("a meeting is of 2 to %d people", BENCH_MEETING_PEOPLE);
    }

    mt->bench = b;
    mt->kinds[BENCH_MEETING_VIDEO] = *b;
    mt->kinds[BENCH_MEETING_VIDEO].video = 1;
    mt->kinds[BENCH_MEETING_AUDIO] = *b;
    mt->kinds[BENCH_MEETING_AUDIO].video = 0;
    mt->kinds[BENCH_MEETING_AUDIO].size = 120;
    mt->kinds[BENCH_MEETING_AUDIO].frames = 50;
    mt->kinds[BENCH_MEETING_AUDIO].packets = 1;

    mt->people = calloc(b->people, sizeof(bench_person_t));
    mt->same.us = calloc(BENCH_MEETING_LATENCIES, sizeof(uint32_t));
    mt->other.us = calloc(BENCH_MEETING_LATENCIES, sizeof(uint32_t));

    if (mt->people == NULL || mt->same.us == NULL || mt->other.us == NULL) {
        bench_die("no memory");
    }

    bench_step_back();

    if (b->flood && bench_flood_init(b->flood) != RTC_OK) {
        bench_die("there is no flood of %s", b->flood);
    }

    if (rtc_srtp_library_init() != RTC_OK
        || bench_signal_init(&mt->signal, b) != RTC_OK)
    {
        bench_die("cannot begin with %s", b->url);
    }
}


static void
bench_meeting_flood(const bench_meeting_t *mt)
{
    unsigned              i;
    static bench_peer_t  *peers[2 * BENCH_MEETING_PEOPLE];

    for (i = 0; i < mt->bench->people; i++) {
        peers[2 * i] = mt->people[i].publisher;
        peers[2 * i + 1] = mt->people[i].subscriber;
    }

    bench_flood_start(peers, 2 * mt->bench->people, mt->bench->flood_rate);
}


/* comes again while it comes to a worker that has its part of all */

static void
bench_meeting_join(bench_meeting_t *mt, unsigned n)
{
    unsigned         k;
    uint64_t         deadline;
    bench_t         *b;
    bench_person_t  *p;

    b = mt->bench;
    p = &mt->people[n];

    p->meeting = mt;
    p->n = n;
    p->session.message = bench_meeting_message;
    p->session.data = p;
    p->streams = calloc(b->people * BENCH_MEETING_KINDS,
                        sizeof(bench_stream_t));

    if (p->streams == NULL) {
        bench_die("no memory");
    }

    for (k = 0; k < BENCH_MEETING_KINDS; k++) {
        p->media[k].section = k;
        p->media[k].who = n * BENCH_MEETING_KINDS + k;
    }

    deadline = bench_now_us() + BENCH_MEETING_START_US;

    do {
        if (p->moves) {
            bench_signal_leave(&p->session);
            p->moves = 0;
        }

        if (bench_signal_join(&mt->signal, &p->session) != RTC_OK) {
            bench_die("%u people find no room in their workers", n);
        }

        while (!p->moves && (p->publisher == NULL || !p->publisher->connected))
        {
            if (bench_now_us() > deadline) {
                bench_die("person %u is not connected", n);
            }

            bench_meeting_run(mt, 1000, 0);
        }

    } while (p->moves);

    p->joined = 1;

    /* not all at the same moment */

    for (k = 0; k < BENCH_MEETING_KINDS; k++) {
        p->due_us[k] = bench_now_us()
                       + 1000000 / mt->kinds[k].frames * n / b->people;
    }
}


static void
bench_meeting_message(void *data, const Livekit__SignalResponse *response)
{
    bench_person_t  *p = data;

    if (p->moves) {
        return;
    }

    switch (response->message_case) {

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_JOIN:
        bench_meeting_joined(p, response->join);
        break;

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_TRACK_PUBLISHED:
        if (++p->tracks == BENCH_MEETING_KINDS) {
            bench_meeting_offer(p);
        }
        break;

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_ANSWER:
        bench_meeting_answer(p, response->answer);
        break;

    case LIVEKIT__SIGNAL_RESPONSE__MESSAGE_OFFER:
        bench_meeting_offered(p, response->offer);
        break;

    default:
        break;
    }
}


static void
bench_meeting_joined(bench_person_t *p, const Livekit__JoinResponse *join)
{
    unsigned          limit;
    bench_meeting_t  *mt;

    mt = p->meeting;
    limit = (mt->bench->people + mt->bench->workers - 1) / mt->bench->workers;
    p->worker = bench_meeting_worker(mt, join->participant->sid);

    if (bench_meeting_in(mt, p->worker) >= limit) {
        p->moves = 1;
        return;
    }

    bench_signal_send_track(&p->session, 0);
    bench_signal_send_track(&p->session, 1);
}


static unsigned
bench_meeting_worker(bench_meeting_t *mt, const char *sid)
{
    unsigned  i;

    if (strlen(sid) < 3 + BENCH_MEETING_WID) {
        bench_die("a sid is too short: %s", sid);
    }

    for (i = 0; i < mt->nworkers; i++) {
        if (memcmp(mt->wids[i], sid + 3, BENCH_MEETING_WID) == 0) {
            return i;
        }
    }

    if (mt->nworkers == BENCH_MEETING_WORKERS) {
        bench_die("there are too many workers");
    }

    memcpy(mt->wids[i], sid + 3, BENCH_MEETING_WID);

    return mt->nworkers++;
}


/* how many have come to stay */

static unsigned
bench_meeting_in(const bench_meeting_t *mt, unsigned worker)
{
    unsigned  i, n;

    for (n = 0, i = 0; i < mt->bench->people; i++) {
        n += mt->people[i].joined && mt->people[i].worker == worker;
    }

    return n;
}


static void
bench_meeting_offer(bench_person_t *p)
{
    char  sdp[BENCH_HTTP_MAX / 64];

    p->publisher = bench_peer_create(p->meeting->bench, 1);

    bench_sdp_offer_both(p->publisher, sdp, sizeof(sdp));
    bench_signal_send_offer(&p->session, sdp);
}


static void
bench_meeting_answer(bench_person_t *p,
    const Livekit__SessionDescription *answer)
{
    if (p->publisher == NULL
        || bench_peer_set_remote(p->publisher, answer->sdp) != RTC_OK)
    {
        bench_die("an answer lacks something:\n%s", answer->sdp);
    }
}


static void
bench_meeting_offered(bench_person_t *p,
    const Livekit__SessionDescription *offer)
{
    if (p->subscriber == NULL) {
        p->subscriber = bench_peer_create(p->meeting->bench, 1);
        p->subscriber->media = bench_meeting_media;
        p->subscriber->data = p;
    }

    bench_signal_send_answer(&p->session, p->subscriber, offer);
}


/* numbers and timestamps of a stream go on by what the sender has added */

static void
bench_meeting_media(void *data, const uint8_t *buf, size_t len)
{
    uint32_t          step;
    bench_mark_t      mark;
    bench_person_t   *p = data;
    const bench_t    *kind;
    bench_stream_t   *s;
    bench_meeting_t  *mt;

    mt = p->meeting;

    if (bench_media_mark(&mark, buf, len) != RTC_OK) {
        mt->broken += !mt->bench->guests;
        return;
    }

    if (mark.who >= mt->bench->people * BENCH_MEETING_KINDS
        || mark.who / BENCH_MEETING_KINDS == p->n)
    {
        mt->broken++;
        return;
    }

    s = &p->streams[mark.who];
    kind = &mt->kinds[mark.who % BENCH_MEETING_KINDS];

    if (s->received && mark.count < s->next) {
        mt->repeated++;
        return;
    }

    if (s->received == 0) {
        s->ssrc = mark.ssrc;
        s->first = mark.count;

    } else {
        step = mark.count / kind->packets - (s->next - 1) / kind->packets;
        step *= bench_media_step(kind);

        if (mark.ssrc != s->ssrc || mark.ts != s->ts + step
            || mark.seq != (uint16_t) (s->seq + mark.count - s->next + 1))
        {
            mt->broken++;
        }
    }

    s->received++;
    s->next = mark.count + 1;
    s->seq = mark.seq;
    s->ts = mark.ts;

    if (mt->measuring) {
        bench_meeting_latency(mt, p, &mark);
        bench_meeting_gap(mt, kind, s);
    }
}


static void
bench_meeting_latency(bench_meeting_t *mt, const bench_person_t *p,
    const bench_mark_t *mark)
{
    unsigned          worker;
    bench_latency_t  *latency;

    worker = mt->people[mark->who / BENCH_MEETING_KINDS].worker;
    latency = worker == p->worker ? &mt->same : &mt->other;

    if (latency->n < BENCH_MEETING_LATENCIES) {
        latency->us[latency->n++] = (uint32_t) (bench_now_us()
                                                - mark->sent_us);
    }
}


static void
bench_meeting_gap(bench_meeting_t *mt, const bench_t *kind, bench_stream_t *s)
{
    uint64_t  now, second;

    now = bench_now_us();
    second = (now - mt->began_us) / 1000000;

    if (!kind->video && s->us && second < BENCH_MEETING_SECONDS) {
        mt->gap_us[second] = rtc_max(mt->gap_us[second],
                                     (uint32_t) (now - s->us));
    }

    s->us = now;
}


/* for so long, at least one turn */

static void
bench_meeting_run(bench_meeting_t *mt, uint64_t us, int send)
{
    uint64_t  now, end, next;

    now = bench_now_us();
    end = now + us;

    do {
        next = rtc_min(mt->tick_us, end);

        if (send) {
            next = rtc_min(next, bench_meeting_send(mt, now));
        }

        bench_poll(mt->bench,
                   next > now ? (unsigned) ((next - now + 999) / 1000) : 0);

        now = bench_now_us();
        bench_meeting_tick(mt, now);

    } while (now < end);
}


static void
bench_meeting_tick(bench_meeting_t *mt, uint64_t now_us)
{
    unsigned  i;

    if (now_us < mt->tick_us) {
        return;
    }

    mt->tick_us = now_us + BENCH_MEETING_TICK_US;
    bench_peer_tick(now_us);

    if (now_us < mt->ping_us) {
        return;
    }

    mt->ping_us = now_us + BENCH_MEETING_PING_US;

    for (i = 0; i < mt->bench->people; i++) {
        if (mt->people[i].joined) {
            bench_signal_send_ping(&mt->people[i].session, now_us);
        }
    }
}


/* what is due; answers when the next one is */

static uint64_t
bench_meeting_send(bench_meeting_t *mt, uint64_t now_us)
{
    unsigned         i, k;
    uint64_t         next;
    bench_person_t  *p;

    next = UINT64_MAX;

    for (i = 0; i < mt->bench->people; i++) {
        p = &mt->people[i];

        for (k = 0; k < BENCH_MEETING_KINDS; k++) {

            if (now_us >= p->due_us[k]) {
                bench_meeting_frame(p, k);

                p->due_us[k] = rtc_max(p->due_us[k]
                                       + 1000000 / mt->kinds[k].frames,
                                       now_us);
            }

            next = rtc_min(next, p->due_us[k]);
        }
    }

    return next;
}


static void
bench_meeting_frame(bench_person_t *p, unsigned k)
{
    unsigned            i;
    bench_media_t      *media;
    const bench_t      *kind;
    rtc_srtp_packet_t   pkt;

    kind = &p->meeting->kinds[k];
    media = &p->media[k];

    memset(&pkt, 0, sizeof(pkt));
    pkt.header = media->header;
    pkt.header_len = BENCH_HEADER;
    pkt.payload = media->payload;

    for (i = 0; i < kind->packets; i++) {
        bench_media_packet(media, kind, i, bench_now_us());
        pkt.payload_len = media->size;

        if (bench_peer_send(p->publisher, k, &pkt) != RTC_OK) {
            bench_die("a publisher cannot send: %m");
        }

        p->meeting->sent++;
    }

    bench_media_next(media, kind);
}


/* whether all have something from all; ended: the last that was sent */

static int
bench_meeting_complete(const bench_meeting_t *mt, int ended)
{
    unsigned               i, who, n;
    const bench_media_t   *media;
    const bench_stream_t  *s;

    n = mt->bench->people;

    for (i = 0; i < n; i++) {
        for (who = 0; who < n * BENCH_MEETING_KINDS; who++) {

            if (who / BENCH_MEETING_KINDS == i) {
                continue;
            }

            s = &mt->people[i].streams[who];
            media = &mt->people[who / BENCH_MEETING_KINDS]
                        .media[who % BENCH_MEETING_KINDS];

            if (s->received == 0 || (ended && s->next != media->count)) {
                return 0;
            }
        }
    }

    return 1;
}


static void
bench_meeting_print(bench_meeting_t *mt)
{
    unsigned  i;

    printf("{\"server\":\"ours\",\"people\":%u,\"spread\":[",
           mt->bench->people);

    for (i = 0; i < mt->nworkers; i++) {
        printf("%s%u", i ? "," : "", bench_meeting_in(mt, i));
    }

    printf("],\"flooded\":%llu,\"sent\":%llu,\"repeated\":%llu,\"broken\":%llu",
           (unsigned long long) mt->flooded, (unsigned long long) mt->sent,
           (unsigned long long) mt->repeated,
           (unsigned long long) mt->broken);

    bench_meeting_print_received(mt);
    bench_meeting_print_latency("same_us", &mt->same);
    bench_meeting_print_latency("other_us", &mt->other);

    printf(",\"began_us\":%llu,\"gaps_ms\":[",
           (unsigned long long) mt->began_us);

    for (i = 0; i < rtc_min(mt->bench->seconds, BENCH_MEETING_SECONDS); i++) {
        printf("%s%u", i ? "," : "", mt->gap_us[i] / 1000);
    }

    printf("]");

    printf("}\n");
}


static void
bench_meeting_print_received(const bench_meeting_t *mt)
{
    unsigned               i, who, n;
    uint64_t               expected, received, sum;
    const bench_media_t   *media;
    const bench_stream_t  *s;

    n = mt->bench->people;
    expected = 0;
    sum = 0;

    printf(",\"received_by\":[");

    for (i = 0; i < n; i++) {
        received = 0;

        for (who = 0; who < n * BENCH_MEETING_KINDS; who++) {
            s = &mt->people[i].streams[who];
            media = &mt->people[who / BENCH_MEETING_KINDS]
                        .media[who % BENCH_MEETING_KINDS];

            if (who / BENCH_MEETING_KINDS != i) {
                expected += media->count - s->first;
                received += s->received;
            }
        }

        sum += received;
        printf("%s%llu", i ? "," : "", (unsigned long long) received);
    }

    printf("],\"expected\":%llu,\"received\":%llu,\"missing\":%llu",
           (unsigned long long) expected, (unsigned long long) sum,
           (unsigned long long) (expected - sum));
}


static void
bench_meeting_print_latency(const char *name, bench_latency_t *latency)
{
    if (latency->n == 0) {
        return;
    }

    qsort(latency->us, latency->n, sizeof(uint32_t), bench_compare);

    printf(",\"%s\":{\"p50\":%u,\"p99\":%u,\"max\":%u}", name,
           latency->us[latency->n / 2], latency->us[latency->n * 99 / 100],
           latency->us[latency->n - 1]);
}
