
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The few lines of session descriptions that a load needs.
 */


#ifndef BENCH_SDP_H_INCLUDED
#define BENCH_SDP_H_INCLUDED


#include <netinet/in.h>

#include "bench_peer.h"


#define BENCH_SDP_MAX  65536


/* the rest of the first line with the prefix */
int bench_sdp_value(const char *sdp, const char *prefix, char *value,
    size_t size);

/* the first host candidate of UDP and IPv4 */
int bench_sdp_candidate(const char *sdp, struct sockaddr_in *sin);

/* the payload type of a codec, 0 if it is not there */
uint8_t bench_sdp_payload(const char *sdp, const char *codec);

/* one section, sendonly or recvonly */
void bench_sdp_offer(const bench_peer_t *peer, const char *direction,
    char *out, size_t size);

/* what one participant sends, sound in section 0 and a picture in 1 */
void bench_sdp_offer_both(const bench_peer_t *peer, char *out, size_t size);

/*
 * Takes what is offered, but for the estimation of bandwidth: nobody gives
 * feedback here, and a server without has to send all there is.
 */
void bench_sdp_answer(const bench_peer_t *peer, const char *offer, char *out,
    size_t size);


#endif /* BENCH_SDP_H_INCLUDED */
