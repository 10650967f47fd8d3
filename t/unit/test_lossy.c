
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Simulcast to two subscribers over links that lose, delay and reorder.
 */


#include "sim_check.h"
#include "tap.h"


static void
check_continuous(const sim_sub_t *sub, const char *who)
{
    sim_check_t  c;

    c = sim_check(sub, 100);

    printf("# %s: %u packets, %u repaired, %u useless, %u frames, "
           "%u switches, %u skipped, %u padding\n", who, sub->packets,
           sub->repaired, sub->useless, c.frames, c.switches, c.skipped,
           c.padding);

    is_int(c.missing, 0, "nothing is missing");
    is_int(c.bad_switches, 0, "layers change at keyframes");
    is_int(c.bad_frames, 0, "frames are complete");
    is_int(c.bad_ids, 0, "picture ids are continuous");
    is_int(c.back, 0, "timestamps never go back");
    is_int(c.bad_times, 0, "timestamps have the frames' distances");
    is_int(sub->bad, 0, "all packets are good");
    is_int(sub->twcc_gaps, 0, "transport-wide numbers are continuous");
    ok(sub->first - (1ULL << 32) < 0x8000, "first number is below 2^15");
}


static void
test_clean(void)
{
    sim_t        *sim;
    sim_check_t   c;

    sim = sim_create(0, 10000, 0);
    sim_run(sim, 3000000);
    sim_subscribe(sim, 0, 2);
    sim_subscribe(sim, 1, 0);
    sim_run(sim, 5000000);

    check_continuous(&sim->subs[0], "high");
    check_continuous(&sim->subs[1], "low");

    c = sim_check(&sim->subs[0], 0);
    is_int(c.layers, 4, "the highest layer to the one");
    c = sim_check(&sim->subs[1], 0);
    is_int(c.layers, 1, "the lowest to the other");
    ok(c.frames > 140, "from the beginning");

    is_int(sim->layers[2].plis, 1, "one PLI for it");
    is_int(sim->nacks, 0, "no NACK");
    ok(sim->rrs >= 3 * 6, "receiver reports");
    is_int(sim->block.lost, 0, "of no loss");
    ok(sim->twccs > 50, "transport-wide feedback");
    ok(sim->subs[0].srs >= 4 && sim->subs[0].cnames == sim->subs[0].srs,
       "sender reports with CNAME");
    ok(rtc_downlink_stats(sim->subs[0].down)->rtt_us >= 19000
       && rtc_downlink_stats(sim->subs[0].down)->rtt_us <= 23000,
       "round trip by receiver reports");

    sim_destroy(sim);
}


static void
test_lossy(unsigned loss, uint64_t delay, uint64_t jitter)
{
    sim_t                       *sim;
    sim_check_t                  c;
    const rtc_uplink_stats_t    *up;

    printf("# %u/1000 loss, %u ms delay, %u ms jitter\n", loss,
           (unsigned) (delay / 1000), (unsigned) (jitter / 1000));

    sim = sim_create(loss, delay, jitter);
    sim_subscribe(sim, 0, 2);
    sim_run(sim, 3000000);
    sim_subscribe(sim, 1, 0);
    sim_run(sim, 4000000);

    rtc_forward_set_max_layer(sim->subs[1].forward, 2, sim->now);
    sim_run(sim, 4000000);

    rtc_forward_set_paused(sim->subs[1].forward, 1, sim->now);
    sim_run(sim, 2000000);
    rtc_forward_set_paused(sim->subs[1].forward, 0, sim->now);
    sim_run(sim, 4000000);

    rtc_forward_set_max_layer(sim->subs[0].forward, 1, sim->now);
    sim_run(sim, 4000000);

    sim->layers[2].enabled = 0;
    sim_run(sim, 4000000);
    sim->layers[2].enabled = 1;
    sim->layers[2].key = 1;
    sim_run(sim, 6000000);

    check_continuous(&sim->subs[0], "first");
    check_continuous(&sim->subs[1], "second");

    c = sim_check(&sim->subs[0], 100);
    ok(c.switches >= 2 && c.layers & 2, "the first changed layers");
    c = sim_check(&sim->subs[1], 100);
    ok(c.switches >= 3, "the second, too");
    is_int(c.layers & 5, 5, "from the lowest to the highest");
    is_int(c.skipped, 1, "and paused once");
    is_int(rtc_forward_layer(sim->subs[1].forward), 2,
           "it comes back to the highest");

    up = rtc_uplink_stats(sim->up);
    ok(up->rtx > 0 && up->nacks > 0, "the publisher repaired");
    ok(sim->subs[0].repaired > 0 && sim->subs[1].repaired > 0,
       "so did we");

    if (jitter < 10000) {
        ok(sim->subs[1].useless < sim->subs[1].repaired / 4,
           "little is repeated in vain");
    }
    ok(sim->layers[0].plis + sim->layers[1].plis + sim->layers[2].plis < 40,
       "few PLIs");

    sim_destroy(sim);
}


int
main(void)
{
    test_clean();
    test_lossy(50, 20000, 8000);
    test_lossy(100, 50000, 30000);

    return done();
}
