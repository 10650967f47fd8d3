
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The passive end of an SCTP association (RFC 9260) without timers, for
 * peers whose data channels have nothing to say: it acknowledges.  What is
 * lost the server repeats.
 */


#ifndef BENCH_SCTP_H_INCLUDED
#define BENCH_SCTP_H_INCLUDED


#include "rtc_core.h"


#define BENCH_SCTP_PACKET  1200


typedef struct {
    uint32_t   peer_tag;            /* of what we send */
    uint32_t   cumulative;          /* the peer's TSN that came last */
    uint32_t   tsn;                 /* ours, the next */
} bench_sctp_t;


/* writes the answer to out, BENCH_SCTP_PACKET bytes; its length, 0 = none */
size_t bench_sctp_input(bench_sctp_t *s, const uint8_t *p, size_t len,
    uint8_t *out);


#endif /* BENCH_SCTP_H_INCLUDED */
