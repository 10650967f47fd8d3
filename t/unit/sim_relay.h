
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A stage of sim.h: the track goes to another worker over a relay whose RTP
 * gets lost, delayed and reordered; RTCP takes a link that loses nothing.
 * Whatever is sent is kept by key, SSRC and index: no pair may have two
 * ciphertexts.
 */


#ifndef SIM_RELAY_H_INCLUDED
#define SIM_RELAY_H_INCLUDED


#include "rtc_leg.h"
#include "sim.h"


#define SIM_RELAY_SENT   (1 << 16)
#define SIM_RELAY_SSRCS  64

/* what sim_packet_t.index says */

#define SIM_RELAY_END    0x01           /* the end that gets it */
#define SIM_RELAY_RTCP   0x02


typedef struct sim_relay_s  sim_relay_t;


typedef struct {
    uint64_t            index;
    uint32_t            ssrc;
    uint32_t            hash;
    uint16_t            len;            /* 0: the place is free */
} sim_sent_t;


/* end 0 is the publisher's worker */

typedef struct {
    sim_relay_t        *link;
    unsigned            number;
    rtc_relay_t        *relay;
    uint8_t             buf[RTC_RTP_MAX];

    unsigned            nsent;
    unsigned            again;          /* the same bytes once more */
    unsigned            reused;         /* other bytes with a known index */
    sim_sent_t          sent[SIM_RELAY_SENT];

    unsigned            nhighest;
    struct {
        uint32_t        ssrc;
        uint64_t        index;
    } highest[SIM_RELAY_SSRCS];

    unsigned            nacks;          /* numbers that it asked for */
    unsigned            plis;
    unsigned            srs;
    size_t              last_len;
    uint8_t             last[RTC_RTP_MAX];
} sim_end_t;


struct sim_relay_s {
    sim_t              *sim;
    unsigned            loss;           /* per mille */
    uint64_t            delay;
    uint64_t            jitter;
    unsigned            full:1;         /* nothing can be sent */
    unsigned            follows:1;      /* the leg sends what is wanted */

    sim_end_t           ends[2];
    uint8_t             key;            /* differs for each pair of relays */

    rtc_uplink_t       *up;             /* of end 1 */
    rtc_track_t        *track;
    rtc_leg_t          *leg;
    uint32_t            ssrcs[SIM_LAYERS];
};


/* RFC 3711, 3.3.1, told from what is sent alone */

static inline uint64_t
sim_relay_index(sim_end_t *e, uint32_t ssrc, uint16_t seq)
{
    unsigned  i;
    uint64_t  index;

    for (i = 0; i < e->nhighest; i++) {
        if (e->highest[i].ssrc != ssrc) {
            continue;
        }

        index = e->highest[i].index;
        index += (uint64_t) (int64_t) rtc_seq_diff(seq, (uint16_t) index);
        e->highest[i].index = rtc_max(e->highest[i].index, index);

        return index;
    }

    if (e->nhighest == SIM_RELAY_SSRCS) {
        abort();
    }

    e->highest[e->nhighest].ssrc = ssrc;
    e->highest[e->nhighest++].index = seq;

    return seq;
}


static inline void
sim_relay_record(sim_end_t *e, const uint8_t *p, size_t len)
{
    unsigned     i;
    uint32_t     ssrc, hash;
    uint64_t     index;
    sim_sent_t  *s;

    ssrc = rtc_get_u32(p + 8);
    index = sim_relay_index(e, ssrc, rtc_get_u16(p + 2));
    hash = sim_hash(p, len);

    for (i = (unsigned) (ssrc * 31 + index); ; i++) {
        s = &e->sent[i % SIM_RELAY_SENT];

        if (s->len == 0) {
            break;
        }

        if (s->ssrc == ssrc && s->index == index) {
            e->again++;
            e->reused += (s->hash != hash || s->len != len);
            return;
        }
    }

    if (++e->nsent == SIM_RELAY_SENT) {
        abort();
    }

    s->ssrc = ssrc;
    s->index = index;
    s->hash = hash;
    s->len = (uint16_t) len;
}


/* handlers of the core */

static inline uint8_t *
sim_relay_reserve(void *ctx, size_t size)
{
    sim_end_t  *e = ctx;

    return (e->link->full || size > sizeof(e->buf)) ? NULL : e->buf;
}


static inline void
sim_relay_commit(void *ctx, size_t len)
{
    sim_end_t    *e = ctx;
    sim_relay_t  *r;

    r = e->link;
    e->last_len = len;
    memcpy(e->last, e->buf, len);

    sim_relay_record(e, e->buf, len);
    sim_queue_link(r->sim, r->loss, r->delay, r->jitter, SIM_TO_STAGE,
                   !e->number, e->buf, len);
}


static inline void
sim_relay_count(sim_end_t *e, const uint8_t *p, size_t len)
{
    uint16_t        pid, blp;
    unsigned        i;
    rtc_rtcp_t      part;
    rtc_rtcp_fb_t   fb;
    const uint8_t  *end;

    end = p + len;

    while (rtc_rtcp_next(&p, end, &part) == RTC_OK) {
        e->srs += (part.type == RTC_RTCP_SR);
        e->plis += (part.type == RTC_RTCP_PSFB);

        if (part.type != RTC_RTCP_RTPFB
            || rtc_rtcp_parse_fb(&part, &fb) != RTC_OK)
        {
            continue;
        }

        for (i = 0; rtc_rtcp_parse_nack(&fb, i, &pid, &blp) == RTC_OK; i++) {
            e->nacks += 1 + (unsigned) __builtin_popcount(blp);
        }
    }
}


static inline void
sim_relay_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    sim_end_t  *e = ctx;

    sim_relay_count(e, p, len);
    sim_queue_link(e->link->sim, 0, e->link->delay, 0, SIM_TO_STAGE,
                   (unsigned) !e->number | SIM_RELAY_RTCP, p, len);
}


static inline void
sim_relay_up_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    sim_relay_t  *r = ctx;

    sim_relay_rtcp(&r->ends[1], p, len);
}


static const rtc_relay_handlers_t  sim_relay_handlers = {
    sim_relay_reserve, sim_relay_commit, sim_relay_rtcp
};

static const rtc_out_t  sim_relay_up_out = {
    NULL, sim_relay_up_rtcp, sim_wake, NULL
};


static inline void
sim_relay_deliver(sim_t *sim, const sim_packet_t *pkt)
{
    uint8_t       buf[RTC_RTP_MAX];
    sim_end_t    *e;
    sim_relay_t  *r;

    r = sim->stage_ctx;
    e = &r->ends[pkt->index & SIM_RELAY_END];

    if (e->relay == NULL) {
        return;
    }

    if (pkt->index & SIM_RELAY_RTCP) {
        rtc_relay_rtcp(e->relay, pkt->p, pkt->len, sim->now);
        return;
    }

    memcpy(buf, pkt->p, pkt->len);
    (void) rtc_relay_input(e->relay, buf, pkt->len, sim->now);
}


static inline void
sim_relay_tick(sim_t *sim)
{
    sim_relay_t  *r;

    r = sim->stage_ctx;

    rtc_uplink_flush(r->up, sim->now);

    if (rtc_uplink_next_deadline(r->up) <= sim->now) {
        rtc_uplink_timer(r->up, sim->now);
    }

    if (r->follows && r->leg) {
        rtc_leg_set_max_layer(r->leg, rtc_track_wanted_layer(r->track),
                              sim->now);
    }
}


static const sim_stage_t  sim_relay_stage = {
    sim_relay_deliver, sim_relay_tick
};


/* the track of the other worker is as the publisher's, by declared SSRCs */

static inline void
sim_relay_publish(sim_relay_t *r)
{
    unsigned            i;
    rtc_track_conf_t    tc;
    rtc_uplink_conf_t   uc;

    memset(&uc, 0, sizeof(uc));
    uc.ssrc = 5001;
    uc.cname = sim_str("sfu");
    uc.out = &sim_relay_up_out;
    uc.ctx = r;
    uc.relay = 1;
    r->up = rtc_uplink_create(&uc);

    memset(&tc, 0, sizeof(tc));
    tc.codec = RTC_CODEC_VP8;
    tc.clock = 90000;
    tc.pt = RTC_RELAY_PT;
    tc.nack = 1;
    tc.pli = 1;
    tc.exts = rtc_relay_exts;
    tc.nlayers = SIM_LAYERS;

    for (i = 0; i < SIM_LAYERS; i++) {
        tc.layers[i].ssrc = r->ssrcs[i];
    }

    r->track = rtc_track_create(r->up, &tc);
}


/* both ends, with fresh keys, and SSRCs for the layers */

static inline void
sim_relay_connect(sim_relay_t *r)
{
    uint8_t      key[2][RTC_RELAY_KEY];
    unsigned     i;
    sim_end_t   *e;

    memset(key[0], ++r->key, RTC_RELAY_KEY);
    memset(key[1], 0x80 | r->key, RTC_RELAY_KEY);

    for (i = 0; i < 2; i++) {
        e = &r->ends[i];
        e->link = r;
        e->number = i;
        e->nsent = 0;
        e->again = 0;
        e->nhighest = 0;
        memset(e->sent, 0, sizeof(e->sent));

        e->relay = rtc_relay_create(key[i], key[!i], &sim_relay_handlers, e);
    }

    for (i = 0; i < SIM_LAYERS; i++) {
        r->ssrcs[i] = rtc_relay_ssrc(r->ends[1].relay);
    }
}


static inline void
sim_relay_disconnect(sim_relay_t *r)
{
    unsigned  i;

    if (r->leg) {
        rtc_leg_destroy(r->leg);
        r->leg = NULL;
    }

    for (i = 0; i < 2; i++) {
        rtc_relay_destroy(r->ends[i].relay);
        r->ends[i].relay = NULL;
    }
}


static inline void
sim_relay_lead(sim_relay_t *r, int max_layer)
{
    unsigned         i;
    rtc_leg_conf_t   lc;

    memset(&lc, 0, sizeof(lc));
    lc.owner = r;
    lc.max_layer = max_layer;

    for (i = 0; i < SIM_LAYERS; i++) {
        lc.ssrcs[i] = r->ssrcs[i];

        if (rtc_relay_add_source(r->ends[1].relay, r->ssrcs[i], r->up)
            != RTC_OK)
        {
            abort();
        }
    }

    r->leg = rtc_leg_create(r->ends[0].relay, r->sim->track, &lc,
                            r->sim->now);
}


static inline sim_relay_t *
sim_relay_create(sim_t *sim, unsigned loss, uint64_t delay, uint64_t jitter)
{
    sim_relay_t  *r;

    r = calloc(1, sizeof(sim_relay_t));
    if (r == NULL) {
        abort();
    }

    r->sim = sim;
    r->loss = loss;
    r->delay = delay;
    r->jitter = jitter;

    sim_relay_connect(r);
    sim_relay_publish(r);

    sim->stage = &sim_relay_stage;
    sim->stage_ctx = r;

    return r;
}


/* before sim_destroy() */

static inline void
sim_relay_destroy(sim_relay_t *r)
{
    sim_relay_disconnect(r);
    rtc_uplink_destroy(r->up);
    r->sim->stage = NULL;
    free(r);
}


#endif /* SIM_RELAY_H_INCLUDED */
