
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The load tool: what its parts share.  One process, one thread, one epoll.
 * A server tells its peers apart by address, so each peer has a UDP socket of
 * its own.
 */


#ifndef BENCH_H_INCLUDED
#define BENCH_H_INCLUDED


#include "rtc_core.h"


#define BENCH_MAX_SIZE   1200           /* of an RTP payload */
#define BENCH_LATENCIES  100000

#define BENCH_PT_AUDIO   111
#define BENCH_PT_VIDEO   96


typedef struct bench_s         bench_t;
typedef struct bench_driver_s  bench_driver_t;


/* what epoll's data points to; handler() runs when fd is readable */

typedef struct {
    int                     fd;
    void                  (*handler)(void *data);
    void                   *data;
} bench_source_t;


struct bench_s {
    /* options */
    const bench_driver_t   *driver;
    const char             *url;
    const char             *view_url;   /* of WHEP; url is of WHIP */
    const char             *tokens;     /* file: the publishers' come first */
    const char             *pids;       /* of the server, comma-separated */
    unsigned                rooms;      /* a publisher in each */
    unsigned                viewers;    /* i is in room i % rooms */
    unsigned                people;     /* of a meeting, 0: there is none */
    unsigned                workers;    /* that these have to share */
    const char             *flood;      /* hostile traffic beside it */
    unsigned                flood_rate; /* packets per second */
    unsigned                rate;       /* joins per second, 0: in turn */
    unsigned                size;       /* bytes of RTP payload */
    unsigned                frames;     /* per second */
    unsigned                packets;    /* per frame */
    unsigned                seconds;
    unsigned                video:1;
    unsigned                count:1;    /* only the first viewer decrypts */
    unsigned                uneven:1;   /* half a frame lacks a byte */
    unsigned                guests:1;   /* a meeting is not all of its room */
    unsigned                segment:1;  /* the bare loop uses UDP_SEGMENT */

    int                     epoll;

    /* the driver's */
    void                   *ctx;

    /* set by the driver, NULL until then */
    struct bench_peer_s   **publisher;
    struct bench_peer_s   **viewer;

    uint64_t               *begun_us;   /* when a viewer began to join */
    uint64_t                join_us;    /* from the first to all served */

    uint32_t               *latency;    /* µs, of packets decrypted */
    size_t                  nlatency;
};


/*
 * A kind of server.  publish() and view() begin to connect a peer and set
 * bench->publisher[room] or bench->viewer[i] at once or later, from a source's
 * handler; tick() is called every few milliseconds.
 */

struct bench_driver_s {
    const char             *name;
    int                   (*init)(bench_t *b);
    int                   (*publish)(bench_t *b, unsigned room);
    int                   (*view)(bench_t *b, unsigned i);
    void                  (*tick)(bench_t *b, uint64_t now_us);
};

extern const bench_driver_t  bench_livekit;
extern const bench_driver_t  bench_single;
extern const bench_driver_t  bench_janus;
extern const bench_driver_t  bench_whip;


uint64_t bench_now_us(void);

/* says why on stderr and ends the process */
void bench_die(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

/* gives processor time up to the server: it is not preempted by who receives */
void bench_step_back(void);

void bench_watch(bench_t *b, bench_source_t *source);

/* handles what is there, and waits for it at most so long */
void bench_poll(bench_t *b, unsigned timeout_ms);

/* the floor: encrypts and sends the same packets without a server */
int bench_loop(bench_t *b);

/* everybody sends to everybody; says what did not arrive */
int bench_meeting(bench_t *b);

/* of uint32_t, for qsort() */
int bench_compare(const void *a, const void *b);

/* CPU time of processes with all their threads; pids are comma-separated */
uint64_t bench_cpu_ns(const char *pids);

/* one line of JSON */
typedef struct {
    uint64_t                sent;       /* packets of the publisher */
    uint64_t                received;   /* by all viewers */
    uint64_t                cpu_ns;     /* of the server */
    uint64_t                elapsed_us;
} bench_result_t;

void bench_print(bench_t *b, const char *name, const bench_result_t *r);


#endif /* BENCH_H_INCLUDED */
