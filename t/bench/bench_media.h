
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Synthetic media: frames of VP8 whose headers satisfy a forwarding server, or
 * packets that pass for Opus.  The last bytes of a payload say when it left.
 */


#ifndef BENCH_MEDIA_H_INCLUDED
#define BENCH_MEDIA_H_INCLUDED


#include "bench.h"


#define BENCH_SSRC          0x0badcafe
#define BENCH_HEADER        20          /* with the extension that is the mid */
#define BENCH_EXT_MID       4


typedef struct {
    unsigned    section;                /* of the offer: mid, and SSRC */
    unsigned    who;                    /* told by each packet, as are .. */
    uint32_t    count;                  /* .. how many there were before */

    uint32_t    frame;
    uint16_t    seq;
    uint32_t    ts;
    size_t      size;                   /* of the payload */
    uint8_t     header[BENCH_HEADER];
    uint8_t     payload[BENCH_MAX_SIZE];
} bench_media_t;


/* what a packet says of itself */

typedef struct {
    uint32_t    ssrc;
    uint16_t    seq;
    uint32_t    ts;
    unsigned    who;
    uint32_t    count;
    uint64_t    sent_us;
} bench_mark_t;


/* the next packet of a frame, i of bench->packets */
void bench_media_packet(bench_media_t *m, const bench_t *b, unsigned i,
    uint64_t now_us);

/* of the timestamp, from frame to frame */
uint32_t bench_media_step(const bench_t *b);

/* after a frame's last packet */
void bench_media_next(bench_media_t *m, const bench_t *b);

/* RTC_ERROR: a decrypted packet is none of ours */
int bench_media_mark(bench_mark_t *mark, const uint8_t *p, size_t len);


#endif /* BENCH_MEDIA_H_INCLUDED */
