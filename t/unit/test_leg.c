
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Legs one by one: audio and one layer of video, NACK, loss, many rounds.
 */


#include "relay_pair.h"


/* runs timers as a worker does */

static void
timers(void)
{
    unsigned   i;
    worker_t  *w;

    for (i = 0; i < 2; i++) {
        w = i ? b : a;

        if (rtc_uplink_next_deadline(w->up) <= now) {
            rtc_uplink_timer(w->up, now);
        }

        if (rtc_uplink_next_deadline(w->relayed) <= now) {
            rtc_uplink_timer(w->relayed, now);
        }
    }
}


static void
check_like_local(worker_t *w, const char *what)
{
    const sub_t  *l, *r;

    l = &w->local;
    r = &w->peer->remote;

    ok(l->n == r->n && l->len == r->len && memcmp(l->p, r->p, l->len) == 0,
       what);
}


static void
test_audio(void)
{
    printf("# audio, in both directions\n");

    begin(0);
    ok(rtc_leg_owner(a->leg) == a && rtc_leg_track(a->leg) == a->track,
       "owner and track");

    publish(a, 111, "opus", 4);
    flush(a);
    check_like_local(a, "Opus with its level");

    publish(a, 63, "\xef\x00\x00\x03\x6foldnew", 11);
    flush(a);
    check_like_local(a, "RED");
    is_int(b->remote.rtp.pt, 121, "as RED");
    is_int(rtc_uplink_stats(b->relayed)->malformed, 0, "well-formed");

    publish(b, 111, "supo", 4);
    publish(b, 63, "\xef\x00\x00\x03\x6fwendlo", 11);
    flush(b);
    check_like_local(b, "the other way");

    publish(a, 111, "mute", 4);
    flush(a);
    check_like_local(a, "and again");

    rtc_track_set_muted(a->track, 1, now);
    publish(a, 111, "mute", 4);
    publish(a, 111, "mute", 4);
    flush(a);
    is_int(b->remote.n, 3, "mute");
    rtc_track_set_muted(a->track, 0, now);
    publish(a, 111, "loud", 4);
    flush(a);
    is_int(b->remote.n, 4, "unmuted");
    now += 100000;
    timers();
    is_int(rtc_uplink_stats(b->relayed)->nacks, 0, "without a gap");

    end();
}


static void
report_loss(sub_t *s, uint8_t fraction)
{
    uint8_t           *p, buf[100];
    rtc_rtcp_block_t   block;

    memset(&block, 0, sizeof(block));
    block.ssrc = 100;
    block.fraction = fraction;

    p = rtc_rtcp_build_rr(buf, buf + sizeof(buf), 1, &block, 1);
    rtc_downlink_rtcp(s->down, buf, (size_t) (p - buf), now);
}


static void
test_loss(void)
{
    unsigned  i;

    printf("# whose loss the publisher hears of\n");

    begin(0);
    a->lost = 5;

    for (i = 0; i < 200; i++) {
        publish(a, 111, "opus", 4);
        flush(a);
        timers();
    }

    ok(rtc_uplink_stats(b->relayed)->nacks > 20, "loss on the relay");
    is_int(a->fraction, 0, "is not the publisher's");

    for (i = 0; i < 200; i++) {
        report_loss(&b->remote, 77);
        publish(a, 111, "opus", 4);
        flush(a);
        timers();
    }

    is_int(a->fraction, 77, "loss of a subscriber behind it is");

    report_loss(&a->local, 99);
    now += 1000000;
    publish(a, 111, "opus", 4);
    timers();
    is_int(a->fraction, 99, "the worst counts");

    for (i = 0; i < 400; i++) {
        report_loss(&b->remote, 0);
        publish(a, 111, "opus", 4);
        flush(a);
        timers();
    }

    is_int(a->fraction, 0, "and is forgotten");

    end();
}


static void
test_roc(void)
{
    unsigned  i;

    printf("# three rounds of numbers\n");

    begin(0);
    a->lost = 20;

    for (i = 0; i < 200000; i++) {
        publish(a, 111, "opus", 4);
        flush(a);
        timers();
    }

    a->lost = 0;

    for (i = 0; i < 10; i++) {
        publish(a, 111, "opus", 4);
        flush(a);
        timers();
    }

    is_int(b->remote.n, 200010, "all of it, in the end");
    ok(a->again > 9000, "lost ones were sent again");
    is_int(rtc_relay_stats(b->relay)->forged, 0, "all were authentic");
    is_int(rtc_relay_stats(a->relay)->resent, a->again, "which is counted");

    end();
}


static void
nack(worker_t *w, uint32_t ssrc, uint16_t seq)
{
    uint8_t   buf[64], *p;
    unsigned  n;

    n = 1;
    p = rtc_rtcp_build_nack(buf, buf + sizeof(buf), 1, ssrc, &seq, &n);
    rtc_relay_rtcp(w->relay, buf, (size_t) (p - buf), now);
}


static void
test_nack(void)
{
    uint16_t    seq;
    unsigned    before;
    datagram_t  sent;

    printf("# NACK\n");

    begin(0);
    publish(a, 111, "first", 5);
    publish(a, 111, "second", 6);
    sent = a->queue[0];
    seq = rtc_get_u16(sent.p + 2);
    flush(a);

    before = (unsigned) rtc_relay_stats(a->relay)->packets_out;
    nack(a, b->relayed_ssrc, seq);
    ok(a->queued == 1 && a->queue[0].len == sent.len
       && memcmp(a->queue[0].p, sent.p, sent.len) == 0,
       "the same bytes once more");
    flush(a);
    is_int(rtc_relay_stats(b->relay)->replayed, 1,
           "which has no use where it is known");

    nack(a, b->relayed_ssrc, (uint16_t) (seq + 2));
    nack(a, b->relayed_ssrc, (uint16_t) (seq - 1));
    nack(a, b->relayed_ssrc, (uint16_t) (seq + 32768));
    nack(a, b->relayed_ssrc + 100, seq);
    nack(a, a->relayed_ssrc, seq);
    is_int(rtc_relay_stats(a->relay)->packets_out, before + 1,
           "nothing for what was not sent");

    a->full = 1;
    publish(a, 111, "third", 5);
    a->full = 0;
    is_int(rtc_relay_stats(a->relay)->dropped, 1, "no room");
    publish(a, 111, "fourth", 6);
    nack(a, b->relayed_ssrc, (uint16_t) (seq + 2));
    flush(a);
    is_int(b->remote.n, 4, "but later");

    end();
}


static void
test_video(void)
{
    unsigned   i, before;
    uint8_t    buf[64], *p;
    uint32_t   ssrc;

    printf("# one layer of video\n");

    begin(1);

    for (i = 0; i < 50; i++) {
        publish(a, 111, i ? "\x10\x11 frame" : "\x10\x10 frame", 9);
        flush(a);
        timers();
    }

    check_like_local(a, "VP8");
    is_int(b->remote.n, 50, "from the first keyframe on");

    now += 2000000;
    before = a->plis;
    p = rtc_rtcp_build_pli(buf, buf + sizeof(buf), 1, b->relayed_ssrc);

    for (i = 0; i < 10; i++) {
        rtc_relay_rtcp(a->relay, buf, (size_t) (p - buf), now);
    }

    is_int(a->plis, before + 1, "PLI, once");

    publish(a, 111, "\x10\x10 frame", 9);
    flush(a);
    now += 2000000;
    before = a->plis;

    rtc_leg_destroy(a->leg);
    rtc_relay_remove_source(b->relay, b->relayed_ssrc);
    ssrc = rtc_relay_ssrc(b->relay);
    a->leg = NULL;
    is_int(rtc_track_set_ssrc(b->relayed_track, 1, ssrc, now), RTC_DECLINED,
           "no such layer");
    is_int(rtc_track_set_ssrc(b->relayed_track, 0, ssrc, now), RTC_OK,
           "the layer goes on under another SSRC");
    (void) rtc_relay_add_source(b->relay, ssrc, b->relayed);
    a->leg = lead(a, ssrc);
    is_int(a->plis, before + 1, "a keyframe is asked for");

    before = b->remote.n;
    publish(a, 111, "\x10\x11 delta", 9);
    publish(a, 111, "\x10\x10 frame", 9);
    publish(a, 111, "\x10\x11 delta", 9);
    flush(a);
    is_int(b->remote.n, before + 2, "with which it goes on");

    end();
}


static void
test_ends(void)
{
    rtc_leg_t  *legs[4];
    uint32_t    ssrcs[4];
    unsigned    i;

    printf("# legs come and go\n");

    begin(1);

    for (i = 0; i < 4; i++) {
        ssrcs[i] = rtc_relay_ssrc(b->relay);
        legs[i] = lead(a, ssrcs[i]);
    }

    ok(lead(a, ssrcs[1]) == NULL, "an SSRC that is in use");
    ok(lead(a, 0) == NULL, "no SSRC");

    publish(a, 111, "\x10\x10 frame", 9);
    is_int(a->queued, 5, "five legs of a track");

    rtc_leg_destroy(legs[1]);
    publish(a, 111, "\x10\x11 frame", 9);
    is_int(a->queued, 9, "four");
    rtc_leg_destroy(legs[3]);
    rtc_leg_destroy(legs[0]);
    publish(a, 111, "\x10\x11 frame", 9);
    is_int(a->queued, 11, "two");

    rtc_track_destroy(a->track);
    ok(rtc_leg_track(legs[2]) == NULL && rtc_leg_track(a->leg) == NULL,
       "they outlive the track");

    nack(a, ssrcs[2], rtc_get_u16(a->queue[10].p + 2));
    rtc_leg_set_max_layer(legs[2], -1, now);
    rtc_leg_set_max_layer(legs[2], 2, now);
    is_int(a->queued, 11, "and send nothing");
    rtc_leg_destroy(legs[2]);

    end();
}


int
main(void)
{
    test_audio();
    test_loss();
    test_nack();
    test_video();
    test_ends();
    test_roc();

    return done();
}
