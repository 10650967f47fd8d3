
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Subscriptions of a simulcast video, case by case, over links without loss.
 */


#include "sim_check.h"
#include "tap.h"


static int
clean(const sim_sub_t *sub)
{
    sim_check_t  c;

    c = sim_check(sub, 0);

    return c.frames > 10 && c.missing == 0 && c.bad_switches == 0
           && c.bad_frames == 0 && c.bad_ids == 0 && c.back == 0
           && sub->bad == 0;
}


static void
test_fallback(void)
{
    sim_t  *sim;

    sim = sim_create(0, 5000, 0);
    sim_run(sim, 3000000);
    sim_subscribe(sim, 0, 2);
    sim_run(sim, 1000000);
    is_int(rtc_forward_layer(sim->subs[0].forward), 2, "the highest layer");

    sim->layers[2].enabled = 0;
    sim_run(sim, 600000);
    is_int(rtc_forward_layer(sim->subs[0].forward), 1,
           "it stops: the next one within 600 ms");

    sim->layers[1].enabled = 0;
    sim_run(sim, 600000);
    is_int(rtc_forward_layer(sim->subs[0].forward), 0, "and the lowest");

    sim->layers[2].enabled = 1;
    sim->layers[2].key = 1;
    sim_run(sim, 1500000);
    is_int(rtc_forward_layer(sim->subs[0].forward), 0,
           "a layer that comes back has to last");
    sim_run(sim, 1500000);
    is_int(rtc_forward_layer(sim->subs[0].forward), 2, "then it is sent");

    rtc_forward_set_max_layer(sim->subs[0].forward, 1, sim->now);
    sim_run(sim, 500000);
    is_int(rtc_forward_layer(sim->subs[0].forward), 0,
           "no more than wanted");

    sim->layers[0].enabled = 0;
    sim_run(sim, 1000000);
    is_int(rtc_forward_layer(sim->subs[0].forward), 2,
           "but more, if there is nothing else");

    ok(clean(&sim->subs[0]), "all of it was continuous");

    /* all layers are silent: nothing to switch to, nothing to ask for */

    sim->layers[2].enabled = 0;
    sim_run(sim, 3000000);
    sim->layers[2].enabled = 1;
    sim_run(sim, 500000);
    is_int(rtc_forward_layer(sim->subs[0].forward), 2, "after silence");

    sim_destroy(sim);
}


static void
test_keyframes(void)
{
    sim_t  *sim;

    sim = sim_create(0, 1000, 0);
    sim_run(sim, 3000000);
    sim_subscribe(sim, 0, 0);
    sim_run(sim, 100000);
    is_int(sim->layers[0].plis, 1, "one PLI at the begin");

    sim_sub_pli(&sim->subs[0]);
    sim_sub_pli(&sim->subs[0]);
    sim_run(sim, 300000);
    is_int(sim->layers[0].plis, 1, "requests are collected");
    sim_run(sim, 200000);
    is_int(sim->layers[0].plis, 2, "for 500 ms on the lowest layer");

    sim_run(sim, 1000000);
    sim->layers[0].enabled = 0;
    sim_sub_pli(&sim->subs[0]);
    sim_run(sim, 900000);
    is_int(sim->layers[0].plis, 3, "no answer");
    sim_run(sim, 200000);
    ok(sim->layers[1].plis + sim->layers[2].plis > 0
       || sim->layers[0].plis == 4, "asked again after a second");

    is_int(rtc_downlink_stats(sim->subs[0].down)->plis, 3, "counted");

    sim_destroy(sim);
}


static void
test_padding(void)
{
    sim_t           *sim;
    unsigned         i;
    sim_layer_t     *l;
    sim_check_t      c;
    sim_packet_t     held;

    sim = sim_create(0, 1000, 0);
    sim_subscribe(sim, 0, 0);
    sim_run(sim, 1000000);

    l = &sim->layers[0];

    for (i = 0; i < 50; i++) {
        sim_send_packet(sim, l, 0, 1, 0, 1 + (int) i);
        sim_run(sim, 20000);
    }

    ok(clean(&sim->subs[0]), "numbers of padding are taken out");
    c = sim_check(&sim->subs[0], 0);
    is_int(c.padding, 0, "nothing is sent for them");
    is_int(rtc_uplink_stats(sim->up)->padding, 50, "they are counted");

    /* a padding packet that comes late left a gap: it is filled */

    sim_run(sim, 40000);
    sim_send_packet(sim, l, 0, 1, 0, 9);
    held = sim->queue[--sim->queued];
    sim_capture(sim);
    sim_run(sim, 8000);
    sim_deliver(sim, &held);
    sim_run(sim, 500000);

    c = sim_check(&sim->subs[0], 0);
    is_int(c.padding, 1, "one gap is filled");
    is_int(c.missing, 0, "nothing is missing");
    is_int(sim->nacks, 0, "nothing was asked for");

    /* and repaired, if what fills it gets lost */

    sim_send_packet(sim, l, 0, 1, 0, 9);
    held = sim->queue[--sim->queued];
    sim_capture(sim);
    sim_run(sim, 8000);
    sim->loss = 1000;
    sim_deliver(sim, &held);
    sim->loss = 0;
    sim_run(sim, 500000);

    c = sim_check(&sim->subs[0], 0);
    is_int(c.padding, 2, "a filler that is lost is repaired");
    is_int(c.missing, 0, "nothing is missing");

    sim_destroy(sim);
}


static void
test_mute_and_source(void)
{
    sim_t     *sim;
    unsigned   packets;

    sim = sim_create(0, 1000, 0);
    sim_subscribe(sim, 0, 0);
    sim_run(sim, 3000000);

    rtc_track_set_muted(sim->track, 1, sim->now);
    packets = sim->subs[0].packets;
    sim_run(sim, 1000000);
    is_int(sim->subs[0].packets, packets, "muted: nothing is sent");
    is_int(rtc_forward_layer(sim->subs[0].forward), RTC_DECLINED, "no layer");
    rtc_track_set_muted(sim->track, 0, sim->now);
    sim_run(sim, 1000000);
    ok(sim->subs[0].packets > packets + 20, "goes on");
    ok(clean(&sim->subs[0]), "continuously");

    /* another SSRC, with other numbers */

    sim->layers[0].ssrc = 555;
    sim->layers[0].rtx_ssrc = 556;
    sim->layers[0].seq = 30000;
    sim->layers[0].ts = 5;
    sim->layers[0].picture_id = 77;
    packets = sim->subs[0].packets;
    sim_run(sim, 1000000);
    ok(sim->subs[0].packets > packets + 20, "another SSRC is learned");
    ok(clean(&sim->subs[0]), "and goes on continuously");

    /* the same SSRC, with other numbers */

    sim->layers[0].seq = 3000;
    packets = sim->subs[0].packets;
    sim_run(sim, 1000000);
    ok(sim->subs[0].packets > packets + 20, "numbers that begin anew");
    ok(clean(&sim->subs[0]), "go on continuously");

    sim_destroy(sim);
}


static void
test_lifetime(void)
{
    sim_t                    *sim;
    unsigned                  packets;
    rtc_forward_stats_t       stats;
    rtc_track_layer_stats_t   layer;

    sim = sim_create(0, 1000, 0);
    sim_run(sim, 3000000);
    is_int(rtc_track_wanted_layer(sim->track), RTC_DECLINED, "nobody wants");
    sim_subscribe(sim, 0, 99);
    sim_subscribe(sim, 1, 0);
    is_int(rtc_track_wanted_layer(sim->track), 2, "the highest is wanted");
    sim_run(sim, 500000);
    rtc_forward_set_paused(sim->subs[0].forward, 1, sim->now);
    is_int(rtc_track_wanted_layer(sim->track), 0, "paused: not any more");
    rtc_forward_set_paused(sim->subs[0].forward, 0, sim->now);
    sim_run(sim, 1200000);

    rtc_forward_stats(sim->subs[0].forward, &stats);
    ok(stats.packets >= sim->subs[0].packets, "packets of the subscription");
    is_int(stats.switches, 2, "and switches of its source");
    rtc_track_layer_stats(sim->track, 2, &layer);
    ok(layer.ssrc == 102 && layer.active && layer.keyframes >= 2
       && layer.bitrate > 30000, "and of a layer");
    rtc_track_layer_stats(sim->track, 7, &layer);
    is_int(layer.ssrc, 0, "a layer that is not there");

    sim_unsubscribe(sim, 0);
    sim_run(sim, 200000);
    packets = sim->subs[1].packets;
    sim_run(sim, 200000);
    ok(sim->subs[1].packets > packets, "the other goes on");

    rtc_track_destroy(sim->track);
    packets = sim->subs[1].packets;
    sim_run(sim, 2000);
    ok(rtc_forward_track(sim->subs[1].forward) == NULL, "the track has gone");
    sim_run(sim, 1000000);
    ok(sim->subs[1].packets <= packets + 1, "nothing is sent");

    sim_sub_pli(&sim->subs[1]);
    rtc_forward_set_paused(sim->subs[1].forward, 1, sim->now);
    rtc_forward_set_paused(sim->subs[1].forward, 0, sim->now);
    rtc_forward_set_max_layer(sim->subs[1].forward, 1, sim->now);
    is_int(rtc_forward_layer(sim->subs[1].forward), RTC_DECLINED,
           "a detached subscription does nothing");
    rtc_forward_destroy(sim->subs[1].forward);

    sim_destroy(sim);
}


static void
test_writable(void)
{
    sim_t  *sim;

    sim = sim_create(0, 1000, 0);
    sim_run(sim, 3000000);
    sim_subscribe(sim, 0, 2);
    rtc_downlink_set_writable(sim->subs[0].down, 0, sim->now);
    sim_run(sim, 1500000);
    is_int(sim->subs[0].packets, 0, "a transport that is not connected yet");
    rtc_downlink_set_writable(sim->subs[0].down, 1, sim->now);
    sim_run(sim, 500000);
    ok(clean(&sim->subs[0]), "begins with a keyframe when it is");
    rtc_downlink_set_writable(sim->subs[0].down, 0, sim->now);
    rtc_downlink_set_writable(sim->subs[0].down, 1, sim->now);
    sim_run(sim, 1500000);
    ok(clean(&sim->subs[0]), "goes on after an interruption");

    sim_destroy(sim);
}


static void
test_floods(void)
{
    sim_t                        *sim;
    uint8_t                       buf[1500], *p;
    unsigned                      i, j, sent;
    const rtc_downlink_stats_t   *stats;

    sim = sim_create(0, 1000, 0);
    sim_subscribe(sim, 0, 0);
    sim_run(sim, 5000000);

    stats = rtc_downlink_stats(sim->subs[0].down);

    /* all that was ever sent, again and again */

    p = rtc_write_u32(buf, 0x81cd0000 | 302);
    p = rtc_write_u32(p, 1);
    p = rtc_write_u32(p, sim->subs[0].ssrc);

    for (i = 0; i < 300; i++) {
        p = rtc_write_u16(p, (uint16_t) (0x7ffe + (i % 150)));
        p = rtc_write_u16(p, 0xffff);
    }

    sent = (unsigned) stats->packets;

    for (j = 0; j < 1000; j++) {
        rtc_downlink_rtcp(sim->subs[0].down, buf, (size_t) (p - buf),
                          sim->now + j * 10);
    }

    ok(stats->packets - sent <= 300, "a NACK flood repeats each once");
    ok(stats->nacks >= 1000 * 300 * 17, "though it asked for more");

    sent = (unsigned) stats->packets;

    for (j = 0; j < 1000; j++) {
        sim->now += 30000;
        rtc_downlink_rtcp(sim->subs[0].down, buf, (size_t) (p - buf),
                          sim->now);
    }

    ok((stats->packets - sent) * 60 < 30 * 250000 + 192 * 1024,
       "in time it gets no more than its rate");

    sim_destroy(sim);
}


int
main(void)
{
    test_fallback();
    test_keyframes();
    test_padding();
    test_mute_and_source();
    test_lifetime();
    test_writable();
    test_floods();

    return done();
}
