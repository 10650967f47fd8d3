
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * bench: one measurement of one server, printed as a line of JSON.
 *
 *   bench --driver livekit --url ws://127.0.0.1:8080 --tokens FILE
 *         --pids 1,2 --viewers 40 --size 1100 --count
 *
 *   bench --driver whip --url http://127.0.0.1:8080/whip/ROOM
 *         --view-url http://127.0.0.1:8080/whep/ROOM --tokens FILE ...
 *
 *   bench --driver livekit --people 12 --workers 2 --url ... --tokens FILE
 *         [--flood stun|check|rtp|hello|tuple|replay|relay --flood-rate 30000]
 *         [--guests]
 *
 * FILE has a token per line, first those of the publishers of all --rooms,
 * then those of viewers in turn; for whip a line may be a URL and a token.
 * With --rate so many viewers join per second, and the time from the first
 * byte of signalling to the first packet is told.
 */


#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "bench_media.h"
#include "bench_peer.h"


#define BENCH_EVENTS      256
#define BENCH_TICK_US     10000
#define BENCH_CONNECT_US  60000000      /* until all have a picture, and
                                           longer by what --rate needs */
#define BENCH_WARM_US     500000
#define BENCH_DRAIN_US    200000


static const bench_driver_t *const  bench_drivers[] = {
    &bench_livekit,
    &bench_single,
    &bench_janus,
    &bench_whip
};


static const struct option  bench_options[] = {
    { "driver",  required_argument, NULL, 'd' },
    { "url",     required_argument, NULL, 'u' },
    { "view-url", required_argument, NULL, 'v' },
    { "tokens",  required_argument, NULL, 't' },
    { "pids",    required_argument, NULL, 'p' },
    { "rooms",   required_argument, NULL, 'r' },
    { "viewers", required_argument, NULL, 'n' },
    { "people",  required_argument, NULL, 'm' },
    { "workers", required_argument, NULL, 'w' },
    { "flood",   required_argument, NULL, 'l' },
    { "flood-rate", required_argument, NULL, 'L' },
    { "rate",    required_argument, NULL, 'R' },
    { "size",    required_argument, NULL, 's' },
    { "frames",  required_argument, NULL, 'f' },
    { "packets", required_argument, NULL, 'k' },
    { "seconds", required_argument, NULL, 'S' },
    { "audio",   no_argument,       NULL, 'a' },
    { "count",   no_argument,       NULL, 'c' },
    { "uneven",  no_argument,       NULL, 'e' },
    { "guests",  no_argument,       NULL, 'G' },
    { "segment", no_argument,       NULL, 'g' },
    { NULL, 0, NULL, 0 }
};


typedef struct {
    bench_t        *bench;
    bench_media_t  *media;              /* of each room */
    uint64_t        due_us;             /* of the next frame */
    uint64_t        tick_us;
    uint64_t        sent;
} bench_run_t;


static void bench_parse(bench_t *b, int argc, char **argv);
static unsigned bench_number(const char *text, unsigned min, unsigned max);
static void bench_files(void);
static int bench_measure(bench_t *b);
static void bench_connect(bench_run_t *run);
static void bench_publish(bench_run_t *run, uint64_t deadline);
static void bench_run(bench_run_t *run, uint64_t us, int send);
static void bench_frame(bench_run_t *run, uint64_t now_us);
static void bench_send_frame(bench_run_t *run, unsigned room);
static void bench_turn(bench_run_t *run, uint64_t now_us);
static unsigned bench_served(const bench_t *b);
static uint64_t bench_received(const bench_t *b);
static void bench_print_joins(bench_t *b);


int
main(int argc, char **argv)
{
    bench_t  b;

    memset(&b, 0, sizeof(b));
    bench_parse(&b, argc, argv);
    bench_files();

    b.epoll = epoll_create1(0);
    b.publisher = calloc(b.rooms, sizeof(*b.publisher));
    b.viewer = calloc(b.viewers, sizeof(*b.viewer));
    b.begun_us = calloc(b.viewers, sizeof(uint64_t));
    b.latency = calloc(BENCH_LATENCIES, sizeof(uint32_t));

    if (b.epoll == -1 || b.publisher == NULL || b.viewer == NULL
        || b.begun_us == NULL || b.latency == NULL)
    {
        bench_die("no memory");
    }

    if (b.people) {
        return bench_meeting(&b);
    }

    return b.driver ? bench_measure(&b) : bench_loop(&b);
}


static void
bench_parse(bench_t *b, int argc, char **argv)
{
    int       c;
    size_t    i;
    unsigned  loop;

    b->rooms = 1;
    b->viewers = 1;
    b->workers = 1;
    b->flood_rate = 30000;
    b->size = 1100;
    b->frames = 30;
    b->packets = 6;
    b->seconds = 5;
    b->video = 1;
    loop = 0;

    while ((c = getopt_long(argc, argv, "", bench_options, NULL)) != -1) {
        switch (c) {

        case 'd':
            loop = strcmp(optarg, "loop") == 0;

            for (i = 0; i < rtc_nelts(bench_drivers); i++) {
                if (strcmp(bench_drivers[i]->name, optarg) == 0) {
                    b->driver = bench_drivers[i];
                }
            }
            break;

        case 'u':
            b->url = optarg;
            break;

        case 'v':
            b->view_url = optarg;
            break;

        case 't':
            b->tokens = optarg;
            break;

        case 'p':
            b->pids = optarg;
            break;

        case 'r':
            b->rooms = bench_number(optarg, 1, 1000);
            break;

        case 'n':
            b->viewers = bench_number(optarg, 1, 10000);
            break;

        case 'm':
            b->people = bench_number(optarg, 2, 64);
            break;

        case 'w':
            b->workers = bench_number(optarg, 1, 8);
            break;

        case 'l':
            b->flood = optarg;
            break;

        case 'L':
            b->flood_rate = bench_number(optarg, 1, 1000000);
            break;

        case 'R':
            b->rate = bench_number(optarg, 1, 10000);
            break;

        case 's':
            b->size = bench_number(optarg, 48, BENCH_MAX_SIZE);
            break;

        case 'f':
            b->frames = bench_number(optarg, 1, 1000);
            break;

        case 'k':
            b->packets = bench_number(optarg, 1, 64);
            break;

        case 'S':
            b->seconds = bench_number(optarg, 1, 600);
            break;

        case 'a':
            b->video = 0;
            b->packets = 1;
            break;

        case 'c':
            b->count = 1;
            break;

        case 'e':
            b->uneven = 1;
            break;

        case 'G':
            b->guests = 1;
            break;

        case 'g':
            b->segment = 1;
            break;

        default:
            exit(2);
        }
    }

    if (!loop && (b->driver == NULL || b->url == NULL || b->pids == NULL)) {
        bench_die("--driver livekit, janus or whip with --url and --pids, or "
                  "--driver loop");
    }
}


static unsigned
bench_number(const char *text, unsigned min, unsigned max)
{
    char           *end;
    unsigned long   n;

    n = strtoul(text, &end, 10);

    if (*end || n < min || n > max) {
        bench_die("%s is not a number from %u to %u", text, min, max);
    }

    return (unsigned) n;
}


/* a socket per peer, and a WebSocket */

static void
bench_files(void)
{
    struct rlimit  limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void) setrlimit(RLIMIT_NOFILE, &limit);
    }
}


static int
bench_measure(bench_t *b)
{
    uint64_t            begin;
    bench_result_t      r;
    static bench_run_t  run;

    run.bench = b;
    run.media = calloc(b->rooms, sizeof(bench_media_t));

    if (run.media == NULL) {
        bench_die("no memory");
    }

    bench_step_back();

    if (rtc_srtp_library_init() != RTC_OK || b->driver->init(b) != RTC_OK) {
        bench_die("cannot begin with %s", b->url);
    }

    bench_connect(&run);

    /* everybody has a picture: pause, so that the counters are at rest */

    bench_run(&run, BENCH_WARM_US, 1);
    bench_run(&run, BENCH_DRAIN_US, 0);

    b->nlatency = 0;
    r.sent = run.sent;
    r.received = bench_received(b);
    r.cpu_ns = bench_cpu_ns(b->pids);
    begin = bench_now_us();

    bench_run(&run, (uint64_t) b->seconds * 1000000, 1);
    r.elapsed_us = bench_now_us() - begin;

    bench_run(&run, BENCH_DRAIN_US, 0);

    r.sent = run.sent - r.sent;
    r.received = bench_received(b) - r.received;
    r.cpu_ns = bench_cpu_ns(b->pids) - r.cpu_ns;

    bench_print(b, b->driver->name, &r);

    return 0;
}


static void
bench_connect(bench_run_t *run)
{
    bench_t   *b;
    uint64_t   begin, deadline, due, now;
    unsigned   i;

    b = run->bench;
    bench_publish(run, bench_now_us() + BENCH_CONNECT_US);

    begin = bench_now_us();
    deadline = begin + BENCH_CONNECT_US;

    for (i = 0; i < b->viewers; i++) {

        now = bench_now_us();
        due = b->rate ? begin + i * 1000000ull / b->rate : now;

        if (b->rate) {
            deadline = due + BENCH_CONNECT_US;
        }

        b->begun_us[i] = now;

        if (b->driver->view(b, i) != RTC_OK) {
            bench_die("viewer %u cannot join", i);
        }

        due += b->rate ? 1000000 / b->rate : 0;
        now = bench_now_us();

        bench_run(run, due > now ? due - now : 0, 1);
    }

    while (bench_served(b) < b->viewers) {

        if (bench_now_us() > deadline) {
            bench_die("%u of %u viewers have a picture", bench_served(b),
                      b->viewers);
        }

        bench_run(run, BENCH_TICK_US, 1);
    }

    b->join_us = bench_now_us() - begin;
}


static void
bench_publish(bench_run_t *run, uint64_t deadline)
{
    bench_t   *b;
    unsigned   i;

    b = run->bench;

    for (i = 0; i < b->rooms; i++) {

        if (b->driver->publish(b, i) != RTC_OK) {
            bench_die("publisher %u cannot join", i);
        }

        while (b->publisher[i] == NULL || !b->publisher[i]->connected) {

            if (bench_now_us() > deadline) {
                bench_die("publisher %u is not connected", i);
            }

            bench_run(run, 1000, 0);
        }
    }
}


/* for so long, at least one turn */

static void
bench_run(bench_run_t *run, uint64_t us, int send)
{
    uint64_t  now, end, next;

    now = bench_now_us();
    end = now + us;

    do {
        if (send) {
            bench_frame(run, now);
        }

        next = rtc_min(run->tick_us, end);
        next = send ? rtc_min(next, run->due_us) : next;

        bench_poll(run->bench,
                   next > now ? (unsigned) ((next - now + 999) / 1000) : 0);

        now = bench_now_us();
        bench_turn(run, now);

    } while (now < end);
}


static void
bench_frame(bench_run_t *run, uint64_t now_us)
{
    unsigned  room;

    if (now_us < run->due_us) {
        return;
    }

    /* after a pause it goes on from here, without what was left out */

    run->due_us = rtc_max(run->due_us + 1000000 / run->bench->frames, now_us);

    for (room = 0; room < run->bench->rooms; room++) {
        bench_send_frame(run, room);
    }
}


static void
bench_send_frame(bench_run_t *run, unsigned room)
{
    unsigned            i;
    bench_t            *b;
    bench_media_t      *media;
    rtc_srtp_packet_t   pkt;

    b = run->bench;
    media = &run->media[room];

    memset(&pkt, 0, sizeof(pkt));
    pkt.header = media->header;
    pkt.header_len = BENCH_HEADER;
    pkt.payload = media->payload;

    for (i = 0; i < b->packets; i++) {
        bench_media_packet(media, b, i, bench_now_us());
        pkt.payload_len = media->size;

        if (bench_peer_send(b->publisher[room], 0, &pkt) != RTC_OK) {
            bench_die("a publisher cannot send: %m");
        }

        run->sent++;
    }

    bench_media_next(media, b);
}


static void
bench_turn(bench_run_t *run, uint64_t now_us)
{
    if (now_us < run->tick_us) {
        return;
    }

    run->tick_us = now_us + BENCH_TICK_US;

    bench_peer_tick(now_us);
    run->bench->driver->tick(run->bench, now_us);
}


/* viewers that have got anything */

static unsigned
bench_served(const bench_t *b)
{
    unsigned  i, n;

    for (n = 0, i = 0; i < b->viewers; i++) {
        n += b->viewer[i] && b->viewer[i]->packets;
    }

    return n;
}


static uint64_t
bench_received(const bench_t *b)
{
    unsigned  i;
    uint64_t  n;

    for (n = 0, i = 0; i < b->viewers; i++) {
        n += b->viewer[i]->packets;
    }

    return n;
}


/* viewers are elsewhere: one that wakes up must not preempt the server */

void
bench_step_back(void)
{
    struct sched_param  param;

    memset(&param, 0, sizeof(param));

    if (sched_setscheduler(0, SCHED_BATCH, &param) == -1) {
        bench_die("sched_setscheduler() failed: %m");
    }
}


uint64_t
bench_now_us(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + (uint64_t) ts.tv_nsec / 1000;
}


void
bench_die(const char *fmt, ...)
{
    va_list  args;

    fputs("bench: ", stderr);

    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);

    fputc('\n', stderr);

    exit(1);
}


void
bench_watch(bench_t *b, bench_source_t *source)
{
    struct epoll_event  ee;

    ee.events = EPOLLIN;
    ee.data.ptr = source;

    if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, source->fd, &ee) == -1) {
        bench_die("epoll_ctl() failed: %m");
    }
}


void
bench_poll(bench_t *b, unsigned timeout_ms)
{
    int                 i, n;
    bench_source_t     *source;
    struct epoll_event  events[BENCH_EVENTS];

    n = epoll_wait(b->epoll, events, BENCH_EVENTS, (int) timeout_ms);

    for (i = 0; i < n; i++) {
        source = events[i].data.ptr;
        source->handler(source->data);
    }
}


int
bench_compare(const void *a, const void *b)
{
    uint32_t  x, y;

    x = *(const uint32_t *) a;
    y = *(const uint32_t *) b;

    return x < y ? -1 : x > y;
}


void
bench_print(bench_t *b, const char *name, const bench_result_t *r)
{
    uint64_t  expected;

    /* each packet is for the viewers of its room */
    expected = r->sent * b->viewers / b->rooms;

    qsort(b->latency, b->nlatency, sizeof(uint32_t), bench_compare);

    printf("{\"server\":\"%s\",\"media\":\"%s\",\"rooms\":%u,"
           "\"viewers\":%u,\"size\":%u,"
           "\"sent\":%llu,\"expected\":%llu,\"received\":%llu,"
           "\"rate\":%llu,\"cpu_percent\":%.1f,\"ns_per_packet\":%.0f",
           name, b->video ? "video" : "audio", b->rooms, b->viewers,
           b->size,
           (unsigned long long) r->sent, (unsigned long long) expected,
           (unsigned long long) r->received,
           (unsigned long long) (r->received * 1000000 / r->elapsed_us),
           (double) r->cpu_ns / (double) r->elapsed_us / 10,
           (double) r->cpu_ns / (double) rtc_max(r->received, 1));

    if (b->nlatency) {
        printf(",\"latency_us\":{\"p50\":%u,\"p99\":%u,\"max\":%u}",
               b->latency[b->nlatency / 2],
               b->latency[b->nlatency * 99 / 100],
               b->latency[b->nlatency - 1]);
    }

    if (b->join_us) {
        bench_print_joins(b);
    }

    printf("}\n");
}


/* from the first byte of signalling to the first packet */

static void
bench_print_joins(bench_t *b)
{
    unsigned   i;
    uint32_t  *first;

    first = calloc(b->viewers, sizeof(uint32_t));
    if (first == NULL) {
        bench_die("no memory");
    }

    for (i = 0; i < b->viewers; i++) {
        first[i] = (uint32_t) ((b->viewer[i]->first_us - b->begun_us[i])
                               / 1000);
    }

    qsort(first, b->viewers, sizeof(uint32_t), bench_compare);

    printf(",\"join_seconds\":%.1f,\"first_packet_ms\":"
           "{\"p50\":%u,\"p99\":%u,\"max\":%u}",
           (double) b->join_us / 1000000, first[b->viewers / 2],
           first[b->viewers * 99 / 100], first[b->viewers - 1]);

    free(first);
}
