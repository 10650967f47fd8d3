
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A subscription that gets the tracks of two publishers in turn: the second
 * one's packets come from a simulation of its own, in step with the first.
 */


#include "sim_check.h"
#include "tap.h"


#define OTHER_PT   122
#define OTHER_RTX  123


static sim_t  *a, *b;


static void
run(uint64_t us)
{
    uint64_t  end;

    for (end = a->now + us; a->now < end; /* void */) {
        sim_run(a, 1000);
        sim_run(b, 1000);
    }
}


static void
begin(void)
{
    a = sim_create(0, 5000, 0);
    b = sim_create(0, 5000, 0);

    /* its frames are told from those of the first */

    b->frame = 1000;

    run(3000000);
    sim_subscribe(a, 0, 2);
    run(1000000);
}


static void
end(void)
{
    sim_destroy(a);
    sim_destroy(b);
}


/* both use the payload type that the subscriber of the simulation expects */

static void
follow(sim_t *sim)
{
    rtc_forward_set_track(a->subs[0].forward, sim->track, SIM_OUT_PT,
                          SIM_OUT_RTX, a->now);
}


static int
clean(void)
{
    sim_check_t  c;

    c = sim_check(&a->subs[0], 0);

    return c.frames > 10 && c.missing == 0 && c.bad_switches == 0
           && c.bad_frames == 0 && c.bad_ids == 0 && c.back == 0
           && a->subs[0].bad == 0 && a->subs[0].twcc_gaps == 0;
}


static rtc_track_t *
now(void)
{
    return rtc_forward_track(a->subs[0].forward);
}


static void
test_follow(void)
{
    int32_t   ms;
    uint64_t  n;
    unsigned  plis, packets;

    begin();

    plis = b->layers[2].plis;
    b->layers[2].enabled = 0;
    packets = a->subs[0].packets;

    follow(b);
    run(20000);
    ok(now() == a->track, "no keyframe yet: the former goes on");
    ok(a->subs[0].packets > packets, ".. and is sent");
    is_int(rtc_track_wanted_layer(b->track), 2, "the next one is wanted");

    b->layers[2].enabled = 1;
    run(200000);
    ok(now() == b->track, "it came: the next one is sent");
    is_int(b->layers[2].plis, plis + 1, ".. asked for once");
    is_int(rtc_forward_layer(a->subs[0].forward), 2, ".. in the best layer");

    run(1000000);
    follow(a);
    run(500000);
    ok(now() == a->track, "and back");

    n = a->subs[0].recv.max - a->subs[0].first;
    ms = rtc_ts_diff(a->subs[0].got[n].ts, a->subs[0].got[0].ts) / 90;

    ok(clean(), "all of it was continuous");
    ok(ms > 2600 && ms < 2800, "its times are those of the arrivals");

    end();
}


static void
test_cancel(void)
{
    begin();

    b->layers[0].enabled = 0;
    b->layers[1].enabled = 0;
    b->layers[2].enabled = 0;

    follow(b);
    run(500000);
    follow(a);
    is_int(rtc_track_wanted_layer(b->track), RTC_DECLINED, "nobody waits");

    b->layers[2].enabled = 1;
    b->layers[2].key = 1;
    run(500000);
    ok(now() == a->track, "its keyframe changes nothing");
    ok(clean(), "nothing was lost");

    end();
}


static void
test_ended(void)
{
    begin();

    /* the next one ends before it began */

    b->layers[2].enabled = 0;
    follow(b);
    rtc_track_destroy(b->track);
    b->track = NULL;
    run(300000);
    ok(now() == a->track, "the next one ended: the former goes on");

    /* the former one ends, another one comes later */

    rtc_track_destroy(a->track);
    a->track = NULL;
    run(300000);
    ok(now() == NULL, "the former ended");
    is_int(rtc_forward_layer(a->subs[0].forward), RTC_DECLINED,
           ".. nothing is sent");

    end();

    begin();
    rtc_track_destroy(a->track);
    a->track = NULL;
    run(300000);
    follow(b);
    ok(now() == b->track, "with nothing to go on the next begins at once");
    run(500000);
    is_int(rtc_forward_layer(a->subs[0].forward), 2, ".. with a keyframe");
    ok(clean(), ".. and continuous numbers");
    end();

    /* the subscriber leaves while it waits */

    begin();
    b->layers[2].enabled = 0;
    follow(b);
    sim_unsubscribe(a, 0);
    run(300000);
    is_int(rtc_track_wanted_layer(b->track), RTC_DECLINED, "it left");
    end();
}


/* NACK of a number that was the former one's: its packet is not b's */

static void
test_repair(void)
{
    uint8_t    *p, buf[64];
    unsigned    useless;
    uint16_t    seq;

    begin();

    seq = (uint16_t) a->subs[0].recv.max;
    follow(b);
    run(300000);
    ok(now() == b->track, "followed");

    p = buf;
    p = rtc_write_u16(p, 0x81cd);
    p = rtc_write_u16(p, 3);
    p = rtc_write_u32(p, 1);
    p = rtc_write_u32(p, a->subs[0].ssrc);
    p = rtc_write_u16(p, seq);
    p = rtc_write_u16(p, 0);

    useless = a->subs[0].useless;
    rtc_downlink_rtcp(a->subs[0].down, buf, (size_t) (p - buf), a->now);
    run(100000);
    is_int(a->subs[0].useless, useless, "what was sent before is not repeated");

    seq = (uint16_t) a->subs[0].recv.max;
    (void) rtc_write_u16(p - 4, seq);
    rtc_downlink_rtcp(a->subs[0].down, buf, (size_t) (p - buf), a->now);
    run(100000);
    is_int(a->subs[0].useless, useless + 1, "what was sent since is");

    end();
}


/* other payload types, and reports by the clock of ours */

static void
test_formats(void)
{
    uint64_t       us;
    rtc_rtcp_sr_t  sr;

    begin();

    rtc_forward_set_track(a->subs[0].forward, b->track, OTHER_PT, OTHER_RTX,
                          a->now);
    run(500000);
    ok(a->subs[0].bad > 0, "it comes in its own payload type");

    end();

    begin();
    rtc_forward_destroy(a->subs[0].forward);

    {
        rtc_forward_conf_t  fc;

        memset(&fc, 0, sizeof(fc));
        fc.ssrc = a->subs[0].ssrc;
        fc.pt = SIM_OUT_PT;
        fc.local_clock = 1;
        fc.max_layer = 2;
        fc.seed = 77;
        a->subs[0].forward = rtc_forward_create(a->subs[0].down, a->track,
                                                &fc, a->now);
    }

    run(3000000);
    sr = a->subs[0].sr;
    us = rtc_ntp_to_us(sr.ntp);
    ok(us <= a->now && us + 1500000 > a->now, "reports have our time");

    follow(b);
    run(3000000);
    sr = a->subs[0].sr;
    us = rtc_ntp_to_us(sr.ntp);
    ok(us <= a->now && us + 1500000 > a->now, ".. for the next one, too");

    end();
}


int
main(void)
{
    test_follow();
    test_cancel();
    test_ended();
    test_repair();
    test_formats();

    return done();
}
