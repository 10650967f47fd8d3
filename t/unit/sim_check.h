
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Whether what a subscriber of sim.h got is one continuous stream.
 */


#ifndef SIM_CHECK_H_INCLUDED
#define SIM_CHECK_H_INCLUDED


#include "sim.h"


/* what a subscriber got up to the last margin numbers, in order */

typedef struct {
    unsigned            missing;
    unsigned            padding;
    unsigned            frames;
    unsigned            switches;
    unsigned            bad_switches;   /* not at the start of a keyframe */
    unsigned            bad_times;      /* not those of the frames */
    unsigned            back;           /* timestamps that go back */
    unsigned            bad_ids;        /* picture id, TL0PICIDX, KEYIDX */
    unsigned            bad_frames;     /* incomplete inside of a layer */
    unsigned            skipped;        /* frames of a layer left out */
    unsigned            layers;         /* seen, as bits */
} sim_check_t;


static inline void
sim_check_frame(sim_check_t *c, const sim_got_t *last, const sim_got_t *g)
{
    int32_t  ticks;

    c->frames++;
    c->back += rtc_ts_diff(g->ts, last->ts) <= 0;
    c->bad_ids += (g->picture_id != ((last->picture_id + 1) & 0x7fff));
    c->bad_ids += (g->tl0 != (uint8_t) (last->tl0 + 1));
    c->bad_ids += (g->keyidx != ((last->keyidx + g->key) & 0x1f));

    if (g->layer != last->layer) {
        c->switches++;
        c->bad_switches += !g->key;

    } else {
        c->bad_frames += (last->index != last->count - 1 && !g->key);

        if (g->frame != last->frame + 1) {
            c->skipped++;
            c->bad_switches += !g->key;
        }
    }

    /* another layer may begin with a frame that was sent already */

    ticks = (int32_t) (g->frame - last->frame) * SIM_TICKS;
    ticks = rtc_ts_diff(g->ts, last->ts) - rtc_max(ticks, 1);

    c->bad_times += (ticks < -1 || ticks > 1);
}


static inline sim_check_t
sim_check(const sim_sub_t *sub, unsigned margin)
{
    uint64_t          n;
    unsigned          i;
    sim_check_t       c;
    const sim_got_t  *g, *last;

    memset(&c, 0, sizeof(c));

    last = NULL;
    n = sub->recv.max - sub->first + 1;

    for (i = 0; i + margin < n; i++) {
        g = &sub->got[i];

        if (!g->valid) {
            c.missing++;
            continue;
        }

        if (g->padding) {
            c.padding++;
            continue;
        }

        c.layers |= 1U << g->layer;

        if (last == NULL) {
            c.bad_switches += (!g->key || g->index != 0);

        } else if (g->frame != last->frame || g->layer != last->layer) {
            c.bad_frames += (g->index != 0);
            sim_check_frame(&c, last, g);

        } else {
            c.bad_frames += (g->index != last->index + 1);
            c.bad_ids += (g->picture_id != last->picture_id);
            c.back += (g->ts != last->ts);
        }

        last = g;
    }

    return c;
}


#endif /* SIM_CHECK_H_INCLUDED */
