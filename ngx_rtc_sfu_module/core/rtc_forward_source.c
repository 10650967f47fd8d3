
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A subscription that gets one track after the other: numbers and times go
 * on, as between the layers of one track.
 */


#include "rtc_downlink_internal.h"
#include "rtc_track_internal.h"


static int rtc_forward_begins(const rtc_forward_t *f,
    const rtc_packet_t *pkt);
static void rtc_forward_take_next(rtc_forward_t *f, int layer,
    uint64_t now_us);


void
rtc_forward_set_track(rtc_forward_t *f, rtc_track_t *track, unsigned pt,
    unsigned rtx_pt, uint64_t now_us)
{
    rtc_forward_unfollow(f);

    if (track == f->track) {
        return;
    }

    f->next = track;
    f->next_pt = (uint8_t) pt;
    f->next_rtx_pt = (uint8_t) rtx_pt;
    f->next_next = track->waiting;
    track->waiting = f;

    /* there is nothing that could go on meanwhile */

    if (f->track == NULL || f->track->muted || f->epoch == 0) {
        rtc_forward_take_next(f, track->nlayers == 1 ? 0 : RTC_DECLINED,
                              now_us);
        rtc_forward_request_waiting(f, now_us);
        return;
    }

    rtc_forward_request_next(f, now_us);
}


void
rtc_forward_unfollow(rtc_forward_t *f)
{
    rtc_forward_t  **p;

    if (f->next == NULL) {
        return;
    }

    for (p = &f->next->waiting; *p != f; p = &(*p)->next_next) {
        /* void */
    }

    *p = f->next_next;

    f->next = NULL;
    f->next_next = NULL;
}


void
rtc_forward_request_next(rtc_forward_t *f, uint64_t now_us)
{
    int           best;
    unsigned      layer;
    rtc_track_t  *track;

    track = f->next;
    best = rtc_track_best_layer(track, f->max_layer, RTC_DECLINED);
    layer = best == RTC_DECLINED ? 0 : (unsigned) best;

    rtc_track_request_keyframe(track, &track->layers[layer], now_us);
}


void
rtc_forward_follow(rtc_track_t *track, const rtc_packet_t *pkt,
    uint64_t now_us)
{
    rtc_forward_t  *f, *next;

    for (f = track->waiting; f; f = next) {
        next = f->next_next;

        if (rtc_forward_begins(f, pkt)) {
            rtc_forward_take_next(f, (int) pkt->stream->index, now_us);
        }
    }
}


static int
rtc_forward_begins(const rtc_forward_t *f, const rtc_packet_t *pkt)
{
    int  best;

    if (pkt->padding) {
        return 0;
    }

    if (!f->next->video) {
        return !pkt->late;
    }

    best = rtc_track_best_layer(f->next, f->max_layer, RTC_DECLINED);

    return pkt->media.keyframe
           && (best == RTC_DECLINED || best == (int) pkt->stream->index);
}


/*
 * Epochs are counted by each track, so segments of the former one must not be
 * taken for those of the next: what was sent of it is repeated no more.  What
 * the former one's batch still has comes before.
 */

static void
rtc_forward_take_next(rtc_forward_t *f, int layer, uint64_t now_us)
{
    rtc_track_t  *track;

    track = f->next;

    if (f->track) {
        rtc_track_flush(f->track, now_us);
    }

    rtc_forward_unfollow(f);
    rtc_forward_detach(f);
    rtc_seqmap_forget(&f->map);

    f->track = track;
    f->track_next = track->forwards;
    track->forwards = f;

    f->pt = f->next_pt;
    f->rtx_pt = f->next_rtx_pt;
    f->last_epoch = 0;
    f->layer = RTC_DECLINED;
    f->target = layer;
    f->reported = 0;

    rtc_forward_choose(f);
}
