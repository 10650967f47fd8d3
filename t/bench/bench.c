
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * bench: one measurement of one server, printed as a line of JSON.
 *
 *   bench --driver livekit --url ws://127.0.0.1:8080 --tokens FILE
 *         --pids 1,2 --viewers 40 --size 1100 --count
 */


#include <dirent.h>
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
#define BENCH_CONNECT_US  60000000      /* until all have a picture */
#define BENCH_WARM_US     500000
#define BENCH_DRAIN_US    200000


static const bench_driver_t *const  bench_drivers[] = {
    &bench_livekit,
    &bench_janus
};


static const struct option  bench_options[] = {
    { "driver",  required_argument, NULL, 'd' },
    { "url",     required_argument, NULL, 'u' },
    { "tokens",  required_argument, NULL, 't' },
    { "pids",    required_argument, NULL, 'p' },
    { "viewers", required_argument, NULL, 'n' },
    { "size",    required_argument, NULL, 's' },
    { "frames",  required_argument, NULL, 'f' },
    { "packets", required_argument, NULL, 'k' },
    { "seconds", required_argument, NULL, 'S' },
    { "audio",   no_argument,       NULL, 'a' },
    { "count",   no_argument,       NULL, 'c' },
    { NULL, 0, NULL, 0 }
};


typedef struct {
    bench_t        *bench;
    bench_media_t   media;
    uint64_t        due_us;             /* of the next frame */
    uint64_t        tick_us;
    uint64_t        sent;
} bench_run_t;


static void bench_parse(bench_t *b, int argc, char **argv);
static unsigned bench_number(const char *text, unsigned min, unsigned max);
static void bench_files(void);
static int bench_measure(bench_t *b);
static void bench_connect(bench_run_t *run);
static void bench_run(bench_run_t *run, uint64_t us, int send);
static void bench_frame(bench_run_t *run, uint64_t now_us);
static void bench_turn(bench_run_t *run, uint64_t now_us);
static unsigned bench_served(const bench_t *b);
static uint64_t bench_received(const bench_t *b);
static uint64_t bench_process_ns(int pid);
static uint64_t bench_stat_ns(int pid);
static int bench_compare(const void *a, const void *b);


int
main(int argc, char **argv)
{
    bench_t  b;

    memset(&b, 0, sizeof(b));
    bench_parse(&b, argc, argv);
    bench_files();

    b.epoll = epoll_create1(0);
    b.viewer = calloc(b.viewers, sizeof(*b.viewer));
    b.latency = calloc(BENCH_LATENCIES, sizeof(uint32_t));

    if (b.epoll == -1 || b.viewer == NULL || b.latency == NULL) {
        bench_die("no memory");
    }

    return b.driver ? bench_measure(&b) : bench_loop(&b);
}


static void
bench_parse(bench_t *b, int argc, char **argv)
{
    int       c;
    size_t    i;
    unsigned  loop;

    b->viewers = 1;
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

        case 't':
            b->tokens = optarg;
            break;

        case 'p':
            b->pids = optarg;
            break;

        case 'n':
            b->viewers = bench_number(optarg, 1, 10000);
            break;

        case 's':
            b->size = bench_number(optarg, 32, BENCH_MAX_SIZE);
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

        default:
            exit(2);
        }
    }

    if (!loop && (b->driver == NULL || b->url == NULL || b->pids == NULL)) {
        bench_die("--driver livekit or janus with --url and --pids, or "
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
    uint64_t   deadline;
    unsigned   i;

    b = run->bench;
    deadline = bench_now_us() + BENCH_CONNECT_US;

    if (b->driver->publish(b) != RTC_OK) {
        bench_die("the publisher cannot join");
    }

    while (b->publisher == NULL || !b->publisher->connected) {

        if (bench_now_us() > deadline) {
            bench_die("the publisher is not connected");
        }

        bench_run(run, BENCH_TICK_US, 0);
    }

    for (i = 0; i < b->viewers; i++) {

        if (b->driver->view(b, i) != RTC_OK) {
            bench_die("viewer %u cannot join", i);
        }

        bench_run(run, 0, 1);
    }

    while (bench_served(b) < b->viewers) {

        if (bench_now_us() > deadline) {
            bench_die("%u of %u viewers have a picture", bench_served(b),
                      b->viewers);
        }

        bench_run(run, BENCH_TICK_US, 1);
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
    unsigned            i;
    bench_t            *b;
    rtc_srtp_packet_t   pkt;

    b = run->bench;

    if (now_us < run->due_us) {
        return;
    }

    /* after a pause it goes on from here, without what was left out */

    run->due_us = rtc_max(run->due_us + 1000000 / b->frames, now_us);

    memset(&pkt, 0, sizeof(pkt));
    pkt.header = run->media.header;
    pkt.header_len = BENCH_HEADER;
    pkt.payload = run->media.payload;
    pkt.payload_len = b->size;

    for (i = 0; i < b->packets; i++) {
        bench_media_packet(&run->media, b, i, bench_now_us());

        if (bench_peer_send(b->publisher, &pkt) != RTC_OK) {
            bench_die("the publisher cannot send: %m");
        }

        run->sent++;
    }

    bench_media_next(&run->media, b);
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


uint64_t
bench_cpu_ns(const char *pids)
{
    int          pid;
    char        *end;
    uint64_t     sum;

    for (sum = 0; *pids; pids = *end ? end + 1 : end) {
        pid = (int) strtol(pids, &end, 10);

        if (end == pids) {
            bench_die("--pids: not a number");
        }

        sum += bench_process_ns(pid);
    }

    return sum;
}


/* schedstat counts nanoseconds per thread, where the kernel has it */

static uint64_t
bench_process_ns(int pid)
{
    DIR            *dir;
    FILE           *file;
    char            path[300];
    uint64_t        sum;
    struct dirent  *entry;
    unsigned long long  ns;

    snprintf(path, sizeof(path), "/proc/%d/task", pid);

    dir = opendir(path);
    if (dir == NULL) {
        bench_die("process %d has ended", pid);
    }

    sum = 0;

    while ((entry = readdir(dir)) != NULL) {

        /* "..", too, has a schedstat: of the first thread */

        if (entry->d_name[0] == '.') {
            continue;
        }

        snprintf(path, sizeof(path), "/proc/%d/task/%.20s/schedstat", pid,
                 entry->d_name);

        file = fopen(path, "r");

        if (file) {
            sum += fscanf(file, "%llu", &ns) == 1 ? ns : 0;
            fclose(file);
        }
    }

    closedir(dir);

    return sum ? sum : bench_stat_ns(pid);
}


/* utime and stime of all threads, in ticks */

static uint64_t
bench_stat_ns(int pid)
{
    FILE                *file;
    char                 path[64], line[1024], *p;
    unsigned long long   utime, stime;

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);

    file = fopen(path, "r");

    if (file == NULL || fgets(line, sizeof(line), file) == NULL) {
        bench_die("process %d has ended", pid);
    }

    fclose(file);

    /* the name in parentheses may hold anything */
    p = strrchr(line, ')');

    if (p == NULL
        || sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu"
                  " %llu", &utime, &stime)
           != 2)
    {
        bench_die("%s is not as it should be", path);
    }

    return (utime + stime) * (1000000000ull
                              / (unsigned long) sysconf(_SC_CLK_TCK));
}


static int
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

    expected = r->sent * b->viewers;

    qsort(b->latency, b->nlatency, sizeof(uint32_t), bench_compare);

    printf("{\"server\":\"%s\",\"media\":\"%s\",\"viewers\":%u,\"size\":%u,"
           "\"sent\":%llu,\"expected\":%llu,\"received\":%llu,"
           "\"rate\":%llu,\"cpu_percent\":%.1f,\"ns_per_packet\":%.0f",
           name, b->video ? "video" : "audio", b->viewers, b->size,
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

    printf("}\n");
}
