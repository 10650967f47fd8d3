
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Simulcast to a subscriber of the publisher's worker and to one behind a
 * relay, which have to get the same.
 */


#include "rtc_downlink_internal.h"
#include "sim_check.h"
#include "sim_relay.h"
#include "tap.h"


#define FRAMES   4096
#define PACKETS  10                     /* of a frame, at most */


static uint32_t  seen[SIM_LAYERS][FRAMES][PACKETS];


static void
remember(const sim_sub_t *sub)
{
    unsigned          i;
    const sim_got_t  *g;

    memset(seen, 0, sizeof(seen));

    for (i = 0; i < SIM_GOT; i++) {
        g = &sub->got[i];

        if (g->valid && !g->padding) {
            seen[g->layer][g->frame % FRAMES][g->index] = g->hash;
        }
    }
}


/* payloads of frames from first to last that one has and the other not */

static unsigned
lacking(const sim_sub_t *sub, uint32_t first, uint32_t last, unsigned *same)
{
    unsigned          i, n;
    const sim_got_t  *g;

    *same = 0;
    n = 0;

    for (i = 0; i < SIM_GOT; i++) {
        g = &sub->got[i];

        if (!g->valid || g->padding || g->frame < first || g->frame > last) {
            continue;
        }

        if (seen[g->layer][g->frame % FRAMES][g->index] == g->hash) {
            (*same)++;

        } else {
            n++;
        }
    }

    return n;
}


static void
check_same(sim_t *sim, uint32_t first, uint32_t last)
{
    unsigned  same;

    remember(&sim->subs[0]);
    is_int(lacking(&sim->subs[1], first, last, &same), 0,
           "what the one behind the relay gets is what the local one gets");
    ok(same > last - first, "it gets something");

    remember(&sim->subs[1]);
    is_int(lacking(&sim->subs[0], first, last, &same), 0,
           "and it gets all of it");
}


static void
check_continuous(const sim_sub_t *sub, const char *who)
{
    sim_check_t  c;

    c = sim_check(sub, 100);

    printf("# %s: %u packets, %u frames, %u switches, %u skipped, "
           "%u padding\n", who, sub->packets, c.frames, c.switches,
           c.skipped, c.padding);

    is_int(c.missing, 0, "nothing is missing");
    is_int(c.bad_switches, 0, "layers change at keyframes");
    is_int(c.bad_frames, 0, "frames are complete");
    is_int(c.bad_ids, 0, "picture ids are continuous");
    is_int(c.back, 0, "timestamps never go back");
    is_int(c.bad_times, 0, "timestamps have the frames' distances");
    is_int(sub->bad, 0, "all packets are good");
}


/* what holds in every scenario */

static void
check_relay(const sim_relay_t *r)
{
    const sim_end_t          *e;
    const rtc_relay_stats_t  *a, *b;

    e = &r->ends[0];
    a = rtc_relay_stats(e->relay);
    b = rtc_relay_stats(r->ends[1].relay);

    printf("# relay: %u sent, %u again, %u NACKs, %u PLIs, %u SRs\n",
           e->nsent, e->again, r->ends[1].nacks, r->ends[1].plis, e->srs);

    is_int(e->reused + r->ends[1].reused, 0,
           "an index never has two ciphertexts");
    is_int(a->packets_out, e->nsent + e->again, "packets are counted");
    is_int(a->resent, e->again, "those sent again, too");
    is_int(b->forged, 0, "all are authentic");
    is_int(a->rtcp_malformed + b->rtcp_malformed, 0, "RTCP is well-formed");
}


static void
destroy(sim_t *sim, sim_relay_t *r)
{
    sim_relay_destroy(r);
    sim_destroy(sim);
}


static void
test_lossy(unsigned loss, uint64_t delay, uint64_t jitter, unsigned public)
{
    sim_t                   *sim;
    uint32_t                 first;
    sim_check_t              c;
    sim_relay_t             *r;
    const rtc_uplink_stats_t  *up;

    printf("# %u/1000 loss on the relay, %u/1000 outside\n", loss, public);

    sim = sim_create(public, 10000, 5000);
    r = sim_relay_create(sim, loss, delay, jitter);
    sim_run(sim, 3000000);

    sim_relay_lead(r, 2);
    sim_subscribe_to(sim, 1, r->track, 2);
    sim_subscribe(sim, 0, 2);
    sim_run(sim, 3000000);
    first = sim->frame;
    sim_run(sim, 6000000);
    check_same(sim, first, sim->frame - 30);

    rtc_forward_set_max_layer(sim->subs[0].forward, 0, sim->now);
    rtc_forward_set_max_layer(sim->subs[1].forward, 0, sim->now);
    sim_run(sim, 4000000);
    first = sim->frame;
    sim_run(sim, 3000000);
    check_same(sim, first, sim->frame - 30);

    rtc_forward_set_max_layer(sim->subs[0].forward, 2, sim->now);
    rtc_forward_set_max_layer(sim->subs[1].forward, 2, sim->now);
    sim_run(sim, 4000000);
    first = sim->frame;
    sim_run(sim, 3000000);
    check_same(sim, first, sim->frame - 30);

    sim->layers[2].enabled = 0;
    sim_run(sim, 4000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 1,
           "a layer that stops is left");
    sim->layers[2].enabled = 1;
    sim->layers[2].key = 1;
    sim_run(sim, 6000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 2, "and taken again");

    check_continuous(&sim->subs[0], "local");
    check_continuous(&sim->subs[1], "relayed");
    check_relay(r);

    c = sim_check(&sim->subs[1], 100);
    ok(c.switches >= 4, "layers were changed");

    up = rtc_uplink_stats(r->up);
    is_int(up->malformed + up->unknown_pt + up->unknown_ssrc, 0,
           "the other worker knows all it gets");

    if (loss) {
        ok(r->ends[0].again > 10, "losses were repaired");

    } else if (public == 0) {
        is_int(r->ends[0].again, 0, "nothing was sent twice");
        is_int(r->ends[1].nacks, 0, "nothing was asked for");
    }

    destroy(sim, r);
}


static int64_t
clock_of(const rtc_rtcp_sr_t *sr)
{
    return (int64_t) rtc_ntp_to_us(sr->ntp)
           - (int64_t) sr->rtp * 1000000 / 90000;
}


static void
test_clock(void)
{
    sim_t          *sim;
    int64_t         diff;
    sim_relay_t    *r;
    rtc_rtcp_sr_t   local, relayed;

    sim = sim_create(0, 5000, 0);
    r = sim_relay_create(sim, 50, 30000, 10000);
    sim_relay_lead(r, 2);
    sim_subscribe_to(sim, 1, r->track, 2);
    sim_subscribe(sim, 0, 2);
    sim_run(sim, 5300000);

    is_int(rtc_forward_sr(sim->subs[0].forward, &local, sim->now), RTC_OK,
           "a sender report for the local one");
    is_int(rtc_forward_sr(sim->subs[1].forward, &relayed, sim->now), RTC_OK,
           "and one for the other");

    /* the offset of timestamps is that of the layer that came first */

    relayed.rtp += rtc_seqmap_last(&sim->subs[1].forward->map)->offsets.ts;
    local.rtp += rtc_seqmap_last(&sim->subs[0].forward->map)->offsets.ts;

    diff = clock_of(&local) - clock_of(&relayed);
    printf("# %d us apart\n", (int) diff);
    ok(diff > -1000 && diff < 1000, "both tell the publisher's clock");
    ok(r->ends[0].srs >= 3 * 5, "reports travel");

    /* a leg that begins later has them at once */

    sim_relay_disconnect(r);
    sim_relay_connect(r);
    r->ends[0].srs = 0;
    sim_relay_lead(r, 2);
    is_int(r->ends[0].srs, 3, "a new leg begins with them");

    destroy(sim, r);
}


static void
test_layers(void)
{
    sim_t        *sim;
    unsigned      plis;
    sim_relay_t  *r;

    printf("# highest layers\n");

    sim = sim_create(0, 5000, 0);
    r = sim_relay_create(sim, 0, 10000, 0);
    sim_run(sim, 3000000);
    sim_relay_lead(r, -1);
    is_int(rtc_track_wanted_layer(sim->track), RTC_DECLINED,
           "a leg that wants nothing");
    sim_run(sim, 1000000);
    is_int(r->ends[0].nsent, 0, "and gets nothing");
    is_int(sim->layers[2].plis, 0, "no keyframe is asked for");

    rtc_leg_set_max_layer(r->leg, 0, sim->now);
    is_int(rtc_track_wanted_layer(sim->track), 0, "it wants the lowest one");
    sim_subscribe_to(sim, 1, r->track, 0);
    sim_subscribe(sim, 0, 0);
    sim_run(sim, 1000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 0, "and gets it");
    is_int(r->ends[0].nhighest, 1, "only it");
    ok(sim->layers[0].plis >= 1, "with a keyframe");

    plis = sim->layers[2].plis;
    rtc_leg_set_max_layer(r->leg, 7, sim->now);
    is_int(rtc_track_wanted_layer(sim->track), 2, "no layer beyond the last");
    rtc_forward_set_max_layer(sim->subs[1].forward, 2, sim->now);
    rtc_forward_set_max_layer(sim->subs[0].forward, 2, sim->now);
    sim_run(sim, 2000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 2, "the highest");
    ok(sim->layers[2].plis > plis, "with a keyframe of it");

    rtc_forward_set_paused(sim->subs[1].forward, 1, sim->now);
    rtc_leg_set_max_layer(r->leg, -1, sim->now);
    sim_run(sim, 3000000);
    rtc_forward_set_paused(sim->subs[1].forward, 0, sim->now);
    plis = sim->layers[2].plis;
    rtc_leg_set_max_layer(r->leg, 2, sim->now);
    sim_run(sim, 3000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 2, "after a pause");
    ok(sim->layers[2].plis > plis, "a keyframe was asked for");

    rtc_forward_set_max_layer(sim->subs[1].forward, 0, sim->now);
    sim_run(sim, 1000000);
    rtc_leg_set_max_layer(r->leg, 0, sim->now);
    sim_run(sim, 2000000);
    rtc_leg_set_max_layer(r->leg, 2, sim->now);
    rtc_forward_set_max_layer(sim->subs[1].forward, 2, sim->now);
    sim_run(sim, 3000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 2, "and to the highest");

    check_continuous(&sim->subs[1], "relayed");
    check_relay(r);
    is_int(r->ends[1].nacks, 0, "pauses leave no gaps");

    destroy(sim, r);
}


static void
test_fallback(void)
{
    sim_t        *sim;
    uint32_t      first;
    sim_relay_t  *r;

    printf("# only a higher layer\n");

    sim = sim_create(0, 10000, 0);
    r = sim_relay_create(sim, 0, 10000, 0);
    r->follows = 1;
    sim->layers[0].enabled = 0;
    sim->layers[1].enabled = 0;
    sim_run(sim, 3000000);
    sim_relay_lead(r, -1);
    sim_subscribe(sim, 0, 0);
    sim_subscribe_to(sim, 1, r->track, 0);
    sim_run(sim, 1000000);
    first = sim->frame;
    is_int(rtc_forward_layer(sim->subs[0].forward), 2, "to the local one");
    is_int(rtc_forward_layer(sim->subs[1].forward), 2, "and to the other");
    sim_run(sim, 3000000);
    check_same(sim, first, sim->frame - 30);

    sim->layers[0].enabled = 1;
    sim->layers[0].key = 1;
    sim_run(sim, 4000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 0, "until a lower comes");
    is_int(rtc_track_wanted_layer(r->track), 0, "which suffices");

    sim->layers[0].enabled = 0;
    sim_run(sim, 4000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 2, "and again");

    check_continuous(&sim->subs[0], "local");
    check_continuous(&sim->subs[1], "relayed");
    check_relay(r);
    is_int(r->ends[1].nacks, 0, "no gaps");

    destroy(sim, r);
}


/* a subscriber that has not left the layer yet that is not sent any more */

static void
test_flap(void)
{
    sim_t        *sim;
    sim_relay_t  *r;

    printf("# a layer is given up and wanted again\n");

    sim = sim_create(0, 20000, 0);
    r = sim_relay_create(sim, 0, 20000, 0);
    r->follows = 1;
    sim_relay_lead(r, -1);
    sim_subscribe(sim, 0, 2);
    sim_subscribe_to(sim, 1, r->track, 2);
    sim_run(sim, 4000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 2, "the highest");

    rtc_forward_set_max_layer(sim->subs[1].forward, 1, sim->now);
    is_int(rtc_track_wanted_layer(r->track), 2, "until a lower one comes");
    sim_run(sim, 50000);
    rtc_forward_set_max_layer(sim->subs[1].forward, 2, sim->now);
    sim_run(sim, 3000000);
    check_same(sim, 90, sim->frame - 30);

    rtc_forward_set_max_layer(sim->subs[1].forward, 0, sim->now);
    sim_run(sim, 2000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 0, "the lowest");
    is_int(rtc_track_wanted_layer(r->track), 0, "no other is sent");

    check_continuous(&sim->subs[1], "relayed");
    is_int(sim_check(&sim->subs[1], 100).skipped, 0, "without a pause");
    check_relay(r);

    destroy(sim, r);
}


static void
test_begin_late(void)
{
    sim_t        *sim;
    sim_relay_t  *r;

    printf("# a leg between a loss and its repair\n");

    sim = sim_create(0, 20000, 0);
    r = sim_relay_create(sim, 0, 10000, 0);
    sim_run(sim, 2990000);

    sim->loss = 300;
    sim_run(sim, 300000);
    sim->loss = 0;
    sim_relay_lead(r, 2);
    sim_subscribe_to(sim, 1, r->track, 2);
    sim_run(sim, 3000000);

    check_continuous(&sim->subs[1], "relayed");
    check_relay(r);
    ok(r->ends[1].nacks < 100, "what was before is not asked for");

    destroy(sim, r);
}


static void
test_pli(void)
{
    sim_t        *sim;
    unsigned      i, before;
    sim_relay_t  *r;

    printf("# PLI\n");

    sim = sim_create(0, 5000, 0);
    r = sim_relay_create(sim, 0, 5000, 0);
    sim_relay_lead(r, 2);
    sim_subscribe_to(sim, 1, r->track, 2);
    sim_run(sim, 4000000);

    before = sim->layers[2].plis;

    for (i = 0; i < 200; i++) {
        sim_sub_pli(&sim->subs[1]);
        sim_run(sim, 10000);
    }

    ok(sim->layers[2].plis > before && sim->layers[2].plis <= before + 3,
       "keyframes are asked for, but not more than the throttle allows");
    is_int(rtc_forward_layer(sim->subs[1].forward), 2, "all goes on");

    destroy(sim, r);
}


static void
test_restart(int ssrc)
{
    sim_t        *sim;
    uint32_t      first;
    unsigned      i;
    sim_relay_t  *r;

    printf("# another source: %s\n", ssrc ? "SSRC" : "jump");

    sim = sim_create(0, 20000, 0);
    r = sim_relay_create(sim, 50, 20000, 5000);
    sim_relay_lead(r, 2);
    sim_subscribe_to(sim, 1, r->track, 2);
    sim_subscribe(sim, 0, 2);
    sim_run(sim, 4000000);

    /* what is lost of a source that has gone stays lost */

    r->loss = 0;
    sim_run(sim, 500000);

    for (i = 0; i < SIM_LAYERS; i++) {
        if (ssrc) {
            sim->layers[i].ssrc += 1000;
            sim->layers[i].seq += 10;

        } else {
            sim->layers[i].seq += 20000;
        }

        sim->layers[i].ts += 123456789;
        sim->layers[i].picture_id = 500;
        sim->layers[i].key = 1;
    }

    first = sim->frame;
    sim_run(sim, 100000);
    r->loss = 50;
    sim_run(sim, 4000000);

    /* a jump costs its first packet before it gets that far */

    check_same(sim, first + (ssrc ? 0 : 10), sim->frame - 30);

    is_int(sim_check(&sim->subs[1], 100).missing, 0, "no gap");
    is_int(sim_check(&sim->subs[1], 100).back, 0, "no time goes back");
    check_relay(r);

    destroy(sim, r);
}


static void
test_mute(void)
{
    sim_t        *sim;
    sim_relay_t  *r;

    printf("# mute\n");

    sim = sim_create(0, 5000, 0);
    r = sim_relay_create(sim, 0, 10000, 5000);
    sim_relay_lead(r, 2);
    sim_subscribe_to(sim, 1, r->track, 2);
    sim_run(sim, 4000000);

    rtc_track_set_muted(sim->track, 1, sim->now);
    sim_run(sim, 20000);
    rtc_track_set_muted(r->track, 1, sim->now);
    sim_run(sim, 3000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), RTC_DECLINED, "muted");

    rtc_track_set_muted(sim->track, 0, sim->now);
    sim_run(sim, 20000);
    rtc_track_set_muted(r->track, 0, sim->now);
    sim_run(sim, 3000000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 2, "unmuted");

    check_continuous(&sim->subs[1], "relayed");
    check_relay(r);
    is_int(sim_check(&sim->subs[1], 100).skipped, 1, "one pause");
    ok(r->ends[1].nacks < 50, "no gaps: reordering alone is asked for");

    destroy(sim, r);
}


static void
test_padding(void)
{
    sim_t        *sim;
    uint32_t      first;
    unsigned      i;
    sim_relay_t  *r;

    printf("# padding\n");

    sim = sim_create(0, 5000, 0);
    r = sim_relay_create(sim, 50, 10000, 5000);
    sim_relay_lead(r, 2);
    sim_subscribe_to(sim, 1, r->track, 2);
    sim_subscribe(sim, 0, 2);
    sim_run(sim, 4000000);
    first = sim->frame;

    for (i = 0; i < 100; i++) {
        sim_send_packet(sim, &sim->layers[2], 0, 1, 0, 200);
        sim_run(sim, 10000);
    }

    sim_run(sim, 2000000);

    check_continuous(&sim->subs[1], "relayed");
    check_same(sim, first, sim->frame - 30);
    check_relay(r);
    ok(rtc_uplink_stats(r->up)->padding >= 90, "it crosses the relay");

    destroy(sim, r);
}


static void
test_reconnect(void)
{
    sim_t                    *sim;
    unsigned                  i;
    uint32_t                  first;
    sim_relay_t              *r;
    rtc_track_layer_stats_t   stats;

    printf("# another relay\n");

    sim = sim_create(0, 5000, 0);
    r = sim_relay_create(sim, 50, 10000, 5000);
    sim_relay_lead(r, 2);
    sim_subscribe_to(sim, 1, r->track, 2);
    sim_subscribe(sim, 0, 2);
    sim_run(sim, 4000000);
    check_relay(r);

    r->loss = 0;
    sim_run(sim, 500000);
    sim_relay_disconnect(r);
    sim_run(sim, 1000000);
    sim_relay_connect(r);
    r->loss = 50;

    for (i = 0; i < SIM_LAYERS; i++) {
        is_int(rtc_track_set_ssrc(r->track, i, r->ssrcs[i], sim->now), RTC_OK,
               "another SSRC");
    }

    is_int(rtc_track_set_ssrc(r->track, 0, r->ssrcs[1], sim->now),
           RTC_DECLINED, "not that of another layer");
    rtc_track_layer_stats(r->track, 0, &stats);
    is_int(stats.ssrc, r->ssrcs[0], "which changes nothing");

    sim_relay_lead(r, 2);
    sim_run(sim, 500000);
    is_int(rtc_forward_layer(sim->subs[1].forward), 2,
           "the same subscription goes on");
    first = sim->frame;
    sim_run(sim, 3000000);
    check_same(sim, first, sim->frame - 30);
    check_relay(r);
    is_int(sim_check(&sim->subs[1], 100).missing, 0, "no gap");
    is_int(sim_check(&sim->subs[1], 100).back, 0, "no time goes back");

    destroy(sim, r);
}


int
main(void)
{
    test_lossy(0, 10000, 0, 0);
    test_lossy(50, 20000, 10000, 0);
    test_lossy(200, 20000, 10000, 0);
    test_lossy(50, 20000, 10000, 30);
    test_clock();
    test_layers();
    test_fallback();
    test_flap();
    test_begin_late();
    test_pli();
    test_restart(1);
    test_restart(0);
    test_mute();
    test_padding();
    test_reconnect();

    return done();
}
