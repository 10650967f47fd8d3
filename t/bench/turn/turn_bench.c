
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * turn_bench: what a relayed packet costs a TURN server.  Clients and their
 * peers are sockets of this process; every allocation has bursts in both
 * directions.
 *
 *   turn_bench --server PORT --pid PID [--user NAME --password TEXT]
 *              --allocations N --burst N --size BYTES --rate PACKETS/S
 *              --seconds N
 *
 * --loop instead of --server measures a relay without a protocol.  Prints a
 * line of JSON: packets sent and received, loss, and microseconds of the
 * server's processor time for each received packet.
 */


#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "turn_bench.h"


static struct option  options[] = {
    { "server", 1, NULL, 's' }, { "pid", 1, NULL, 'p' },
    { "user", 1, NULL, 'u' }, { "password", 1, NULL, 'w' },
    { "allocations", 1, NULL, 'n' }, { "burst", 1, NULL, 'b' },
    { "size", 1, NULL, 'l' }, { "rate", 1, NULL, 'r' },
    { "seconds", 1, NULL, 't' }, { "loop", 0, NULL, 'L' },
    { NULL, 0, NULL, 0 }
};


static bench_t   bench;
static uint8_t   payload[BENCH_BURST][BENCH_SIZE];
static uint8_t   waste[BENCH_BATCH][BENCH_SIZE];


double
bench_now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double) ts.tv_sec + ts.tv_nsec / 1e9;
}


void
bench_die(const char *what)
{
    fprintf(stderr, "turn_bench: %s: %s\n", what, strerror(errno));
    exit(1);
}


int
bench_socket(struct sockaddr_in *sin)
{
    int        s, size;
    socklen_t  len;

    s = socket(AF_INET, SOCK_DGRAM, 0);
    size = 8 * 1024 * 1024;
    len = sizeof(*sin);

    memset(sin, 0, sizeof(*sin));
    sin->sin_family = AF_INET;
    sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    if (s == -1 || bind(s, (struct sockaddr *) sin, len) == -1
        || getsockname(s, (struct sockaddr *) sin, &len) == -1)
    {
        bench_die("socket");
    }

    (void) setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
    (void) setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));

    return s;
}


/* processor time of all threads, in seconds */

static double
server_time(int pid)
{
    DIR            *dir;
    FILE           *f;
    char            path[300];
    double          sum;
    struct dirent  *entry;
    unsigned long long  ns;

    sum = 0;
    snprintf(path, sizeof(path), "/proc/%d/task", pid);
    dir = opendir(path);

    if (dir == NULL) {
        bench_die(path);
    }

    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }

        snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", pid,
                 entry->d_name);
        f = fopen(path, "r");

        if (f && fscanf(f, "%llu", &ns) == 1) {
            sum += (double) ns / 1e9;
        }

        if (f) {
            fclose(f);
        }
    }

    closedir(dir);

    return sum;
}


static void
send_burst(int s, const struct sockaddr_in *to, int header, int channel)
{
    int              i;
    struct iovec     iov[BENCH_BURST];
    struct mmsghdr   msgs[BENCH_BURST];

    memset(msgs, 0, sizeof(msgs));

    for (i = 0; i < bench.burst; i++) {
        rtc_write_u16(payload[i], (uint16_t) channel);
        rtc_write_u16(payload[i] + 2, (uint16_t) bench.size);

        iov[i].iov_base = header ? payload[i] : payload[i] + 4;
        iov[i].iov_len = (size_t) bench.size + (header ? 4 : 0);

        msgs[i].msg_hdr.msg_iov = &iov[i];
        msgs[i].msg_hdr.msg_iovlen = 1;
        msgs[i].msg_hdr.msg_name = (void *) to;
        msgs[i].msg_hdr.msg_namelen = sizeof(*to);
    }

    i = sendmmsg(s, msgs, (unsigned) bench.burst, 0);

    if (i > 0) {
        bench.sent += (uint64_t) i;
    }
}


static void
drain(int s)
{
    int             i, n;
    struct iovec    iov[BENCH_BATCH];
    struct mmsghdr  msgs[BENCH_BATCH];

    memset(msgs, 0, sizeof(msgs));

    for (i = 0; i < BENCH_BATCH; i++) {
        iov[i].iov_base = waste[i];
        iov[i].iov_len = BENCH_SIZE;
        msgs[i].msg_hdr.msg_iov = &iov[i];
        msgs[i].msg_hdr.msg_iovlen = 1;
    }

    do {
        n = recvmmsg(s, msgs, BENCH_BATCH, MSG_DONTWAIT, NULL);

        if (n > 0) {
            bench.received += (uint64_t) n;
        }
    } while (n == BENCH_BATCH);
}


static void
run(double seconds)
{
    int             i;
    double          next, step, end;
    bench_alloc_t  *a;

    /* an allocation sends a burst each way, then the next one does */

    step = 2.0 * bench.burst / bench.rate;
    next = bench_now();
    end = next + seconds;

    for (i = 0; bench_now() < end; i = (i + 1) % bench.n) {
        a = &bench.allocs[i];

        send_burst(a->s, &bench.server, !bench.loop, 0x4000);
        send_burst(bench.peer, &a->relayed, 0, 0);

        next += step;

        do {
            drain(bench.peer);
            drain(bench.allocs[(i + bench.n - 1) % bench.n].s);
        } while (bench_now() < next);
    }

    usleep(200000);
    drain(bench.peer);

    for (i = 0; i < bench.n; i++) {
        drain(bench.allocs[i].s);
    }
}


static void
parse(int argc, char **argv)
{
    int  ch;

    bench.n = 1;
    bench.burst = 1;
    bench.size = 1000;
    bench.rate = 1000;
    bench.seconds = 4;
    bench.user = "user";
    bench.password = "pass";
    bench.server.sin_family = AF_INET;
    bench.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    while ((ch = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (ch) {
        case 's': bench.server.sin_port = htons((uint16_t) atoi(optarg));
                  break;
        case 'p': bench.pid = atoi(optarg); break;
        case 'u': bench.user = optarg; break;
        case 'w': bench.password = optarg; break;
        case 'n': bench.n = atoi(optarg); break;
        case 'b': bench.burst = atoi(optarg); break;
        case 'l': bench.size = atoi(optarg); break;
        case 'r': bench.rate = atof(optarg); break;
        case 't': bench.seconds = atof(optarg); break;
        case 'L': bench.loop = 1; break;
        default: exit(2);
        }
    }

    if (bench.burst > BENCH_BURST || bench.size > BENCH_SIZE - 4
        || bench.n > BENCH_ALLOCS || bench.n < 1)
    {
        fprintf(stderr, "turn_bench: too much\n");
        exit(2);
    }
}


int
main(int argc, char **argv)
{
    int              i;
    double           before, used, start, took;
    struct rlimit    limit;
    struct sockaddr_in  sin;

    parse(argc, argv);

    limit.rlim_cur = limit.rlim_max = 65536;
    (void) setrlimit(RLIMIT_NOFILE, &limit);

    bench.peer = bench_socket(&bench.peer_addr);

    for (i = 0; i < bench.n; i++) {
        bench.allocs[i].s = bench_socket(&sin);
    }

    if (bench.loop) {
        bench_loop(&bench);
    }

    start = bench_now();

    for (i = 0; i < bench.n && !bench.loop; i++) {
        bench_allocate(&bench, &bench.allocs[i]);
    }

    took = bench_now() - start;

    /* half a second to get warm */

    run(0.5);
    bench.sent = 0;
    bench.received = 0;

    before = server_time(bench.pid);
    run(bench.seconds);
    used = server_time(bench.pid) - before;

    printf("{\"allocations\":%d,\"burst\":%d,\"size\":%d,\"rate\":%.0f,"
           "\"sent\":%llu,\"received\":%llu,\"loss\":%.5f,\"us\":%.3f,"
           "\"allocations_s\":%.0f}\n",
           bench.n, bench.burst, bench.size, bench.rate,
           (unsigned long long) bench.sent,
           (unsigned long long) bench.received,
           1 - (double) bench.received / (double) bench.sent,
           used * 1e6 / (double) rtc_max(bench.received, 1),
           bench.loop ? 0 : bench.n / took);

    for (i = 0; i < bench.n && !bench.loop; i++) {
        bench_release(&bench, &bench.allocs[i]);
    }

    if (bench.loop) {
        kill(bench.pid, SIGKILL);
        waitpid(bench.pid, NULL, 0);
    }

    return 0;
}
