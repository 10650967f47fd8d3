
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One peer connection to an ICE-lite server: a UDP socket, connectivity
 * checks as the controlling side, DTLS as the client, SRTP by rtc_srtp, an
 * SCTP association that the server begins.
 */


#ifndef BENCH_PEER_H_INCLUDED
#define BENCH_PEER_H_INCLUDED


#include <netinet/in.h>
#include <openssl/ssl.h>

#include "bench.h"
#include "bench_sctp.h"
#include "rtc_srtp.h"


#define BENCH_LINE      256
#define BENCH_SECTIONS  2               /* that one peer sends */


typedef struct bench_peer_s  bench_peer_t;

struct bench_peer_s {
    bench_t                *bench;
    bench_source_t          source;
    bench_peer_t           *next;       /* for bench_peer_tick() */

    char                    ufrag[9];
    char                    pwd[25];
    char                    remote_ufrag[BENCH_LINE];
    char                    remote_pwd[BENCH_LINE];
    struct sockaddr_in      remote;
    uint16_t                port;       /* of the socket */
    uint8_t                 pt;         /* of the media to be counted */

    SSL                    *ssl;
    bench_sctp_t            sctp;
    rtc_srtp_t             *srtp;       /* NULL: counts only */
    int                     sender[BENCH_SECTIONS];

    /* of RTP that was decrypted; unless it is set, packets are counted */
    void                  (*media)(void *data, const uint8_t *p, size_t len);
    void                   *data;

    uint64_t                check_us;   /* when the next check is due */
    uint64_t                first_us;   /* when the first media came */
    uint64_t                packets;    /* of media that came */
    uint64_t                others;     /* .. and of no media, or refused */

    unsigned                decrypt:1;
    unsigned                described:1;    /* the remote end is known */
    unsigned                valid:1;        /* a check was answered */
    unsigned                connected:1;    /* DTLS */
};


bench_peer_t *bench_peer_create(bench_t *b, int decrypt);

/* "AB:CD:..." of the certificate of all peers */
const char *bench_peer_fingerprint(void);

/* ICE credentials and the first UDP candidate; again does nothing */
int bench_peer_set_remote(bench_peer_t *peer, const char *sdp);

/* checks and handshakes of all peers that are due */
void bench_peer_tick(uint64_t now_us);

int bench_peer_send(bench_peer_t *peer, unsigned section,
    const rtc_srtp_packet_t *pkt);


#endif /* BENCH_PEER_H_INCLUDED */
