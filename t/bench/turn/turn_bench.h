
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#ifndef TURN_BENCH_H_INCLUDED
#define TURN_BENCH_H_INCLUDED


#include <netinet/in.h>
#include "rtc_bytes.h"


#define BENCH_ALLOCS  8192
#define BENCH_BURST   64
#define BENCH_BATCH   64
#define BENCH_SIZE    1500


typedef struct {
    int                 s;              /* the client's */
    struct sockaddr_in  relayed;
    uint8_t             nonce[128];
    size_t              nonce_len;
} bench_alloc_t;


typedef struct {
    struct sockaddr_in  server;
    struct sockaddr_in  peer_addr;
    int                 peer;
    int                 pid;            /* of the server */
    int                 loop;

    const char         *user;
    const char         *password;
    uint8_t             key[16];
    uint8_t             realm[128];
    size_t              realm_len;

    int                 n;
    int                 burst;
    int                 size;
    double              rate;           /* packets per second */
    double              seconds;

    uint64_t            sent;
    uint64_t            received;

    bench_alloc_t       allocs[BENCH_ALLOCS];
} bench_t;


double bench_now(void);
void bench_die(const char *what);
int bench_socket(struct sockaddr_in *sin);

/* an allocation with channel 0x4000 for the peer */
void bench_allocate(bench_t *b, bench_alloc_t *a);
void bench_release(bench_t *b, bench_alloc_t *a);

/* a child that relays without a protocol; sets server, pid, relayed */
void bench_loop(bench_t *b);


#endif /* TURN_BENCH_H_INCLUDED */
