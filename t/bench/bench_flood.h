
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Hostile traffic beside a meeting, by a process of its own that has the
 * sockets of the people, too.
 */


#ifndef BENCH_FLOOD_H_INCLUDED
#define BENCH_FLOOD_H_INCLUDED


#include "bench_peer.h"


/* a kind of it; RTC_ERROR: there is none of that name */
int bench_flood_init(const char *name);

/* what a peer sends may be sent again */
void bench_flood_record(const bench_peer_t *peer, const uint8_t *p,
    size_t len);

/* peers: both ends of all people, at two workers at most */
void bench_flood_start(bench_peer_t **peers, unsigned n, unsigned rate);

/* ends it; answers how many packets it has sent */
uint64_t bench_flood_stop(void);


#endif /* BENCH_FLOOD_H_INCLUDED */
