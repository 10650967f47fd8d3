
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the parts of sim.h share, and the links between them.
 */


#ifndef SIM_TYPES_H_INCLUDED
#define SIM_TYPES_H_INCLUDED


#include <stdlib.h>

#include "rtc_bytes.h"
#include "rtc_downlink.h"
#include "rtc_forward.h"
#include "rtc_nack.h"
#include "rtc_recv.h"
#include "rtc_rtcp.h"
#include "rtc_twcc.h"
#include "rtc_uplink.h"
#include "rtc_vp8.h"


#define SIM_LAYERS     3
#define SIM_HISTORY    4096
#define SIM_GOT        32768
#define SIM_QUEUE      8192
#define SIM_SUBS       2

#define SIM_PT         96
#define SIM_RTX_PT     97
#define SIM_OUT_PT     120
#define SIM_OUT_RTX    121

#define SIM_SEED       0xfffffffe

#define SIM_EXT_MID    4
#define SIM_EXT_RID    10
#define SIM_EXT_RRID   11
#define SIM_EXT_TWCC   3

#define SIM_FRAME_US   33000
#define SIM_TICKS      2970             /* of 90 kHz in a frame */


enum {
    SIM_TO_UPLINK, SIM_TO_PUBLISHER, SIM_TO_DOWNLINK, SIM_TO_SUB, SIM_TO_STAGE
};


typedef struct {
    uint64_t            at;
    uint8_t             to;
    uint8_t             index;
    uint16_t            len;
    uint8_t             p[RTC_RTP_MAX];
} sim_packet_t;


typedef struct {
    uint32_t            ssrc;
    uint32_t            rtx_ssrc;
    uint32_t            ts;
    uint16_t            seq;
    uint16_t            rtx_seq;
    uint16_t            picture_id;
    uint8_t             tl0;
    uint8_t             keyidx;
    unsigned            enabled:1;
    unsigned            key:1;          /* the next frame is a keyframe */
    unsigned            plis;
    unsigned            keyframes;
    uint32_t            packets;

    struct {
        uint16_t        len;
        uint8_t         p[256];
    } history[SIM_HISTORY];
} sim_layer_t;


typedef struct {
    uint8_t             valid;
    uint8_t             layer;
    uint8_t             index;
    uint8_t             count;
    uint8_t             key;
    uint8_t             padding;
    uint8_t             tl0;
    uint8_t             keyidx;
    uint16_t            picture_id;
    uint32_t            ts;
    uint32_t            frame;
    uint32_t            hash;           /* of what is behind the descriptor */
} sim_got_t;


typedef struct sim_s  sim_t;


/* something between uplink and subscribers, as sim_relay.h */

typedef struct {
    void              (*deliver)(sim_t *sim, const sim_packet_t *pkt);
    void              (*tick)(sim_t *sim);
} sim_stage_t;

typedef struct {
    sim_t              *sim;
    unsigned            index;
    rtc_downlink_t     *down;
    rtc_forward_t      *forward;
    uint32_t            ssrc;
    uint32_t            rtx_ssrc;

    rtc_recv_t          recv;
    rtc_nack_t          nack;
    uint64_t            first;
    uint64_t            rr_us;
    uint32_t            sr_lsr;
    uint64_t            sr_us;
    sim_got_t           got[SIM_GOT];

    unsigned            packets;
    unsigned            repaired;
    unsigned            useless;        /* RTX of what was there */
    unsigned            bad;            /* not to be parsed, wrong PT */
    unsigned            srs;
    unsigned            cnames;
    rtc_rtcp_sr_t       sr;
    unsigned            twcc_gaps;
    uint16_t            twcc;
} sim_sub_t;


struct sim_s {
    uint64_t            now;
    uint32_t            random;
    unsigned            loss;           /* per mille, media and RTCP */
    uint64_t            delay;
    uint64_t            jitter;

    rtc_uplink_t       *up;
    rtc_track_t        *track;
    const sim_stage_t  *stage;          /* NULL: none */
    void               *stage_ctx;
    uint32_t            frame;
    uint64_t            frame_us;
    uint64_t            sr_us;
    uint16_t            twcc;
    sim_layer_t         layers[SIM_LAYERS];

    unsigned            rrs;
    unsigned            twccs;
    unsigned            nacks;
    rtc_rtcp_block_t    block;          /* the last one of layer 0 */

    sim_sub_t           subs[SIM_SUBS];

    unsigned            queued;
    sim_packet_t        queue[SIM_QUEUE];
};


static const char *const  sim_rids[SIM_LAYERS] = { "q", "h", "f" };


static inline uint32_t
sim_random(sim_t *sim)
{
    sim->random = sim->random * 1664525 + 1013904223;

    return sim->random >> 8;
}


static inline uint32_t
sim_hash(const uint8_t *p, size_t len)
{
    size_t    i;
    uint32_t  h;

    h = 2166136261;

    for (i = 0; i < len; i++) {
        h = (h ^ p[i]) * 16777619;
    }

    return h;
}


/* on a link with properties of its own */

static inline void
sim_queue_link(sim_t *sim, unsigned loss, uint64_t delay, uint64_t jitter,
    unsigned to, unsigned index, const uint8_t *p, size_t len)
{
    sim_packet_t  *pkt;

    if (sim_random(sim) % 1000 < loss || sim->queued == SIM_QUEUE) {
        return;
    }

    pkt = &sim->queue[sim->queued++];
    pkt->at = sim->now + delay + (jitter ? sim_random(sim) % jitter : 0);
    pkt->to = (uint8_t) to;
    pkt->index = (uint8_t) index;
    pkt->len = (uint16_t) len;
    memcpy(pkt->p, p, len);
}


static inline void
sim_queue(sim_t *sim, unsigned to, unsigned index, const uint8_t *p,
    size_t len)
{
    sim_queue_link(sim, sim->loss, sim->delay, sim->jitter, to, index, p,
                   len);
}


#endif /* SIM_TYPES_H_INCLUDED */
