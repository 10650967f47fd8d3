
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_downlink_internal.h"
#include "rtc_track_internal.h"


static int rtc_track_check(const rtc_uplink_t *up,
    const rtc_track_conf_t *conf);
static int rtc_track_bind(rtc_track_t *track, const rtc_track_conf_t *conf);
static void rtc_track_unbind(rtc_track_t *track);
static int rtc_track_wanted_by(const rtc_track_t *track,
    const rtc_forward_t *f);
static int rtc_track_stopped(const rtc_track_t *track,
    const rtc_stream_t *s, uint64_t now_us);


rtc_track_t *
rtc_track_create(rtc_uplink_t *up, const rtc_track_conf_t *conf)
{
    unsigned                       i;
    rtc_track_t                   *track;
    const rtc_track_layer_conf_t  *layer;

    if (rtc_track_check(up, conf) != RTC_OK) {
        return NULL;
    }

    track = calloc(1, sizeof(rtc_track_t));
    if (track == NULL) {
        return NULL;
    }

    track->uplink = up;
    track->owner = conf->owner;
    track->codec = conf->codec;
    track->clock = conf->clock;
    track->pt = conf->pt;
    track->rtx_pt = conf->rtx_pt;
    track->red_pt = conf->red_pt;
    track->nack = conf->nack;
    track->pli = conf->pli;
    track->fir = conf->fir;
    track->video = (RTC_CODECS_VIDEO & rtc_codec_bit(conf->codec)) != 0;
    track->nlayers = (uint8_t) conf->nlayers;

    track->mid_len = rtc_keep_str(track->mid, conf->mid);

    for (i = 1; i < RTC_EXT_MAX; i++) {
        track->exts[conf->exts.id[i]] = (uint8_t) i;
    }

    track->exts[0] = RTC_EXT_NONE;

    rtc_speaker_init(&track->speaker);

    for (i = 0; i < conf->nlayers; i++) {
        layer = &conf->layers[i];

        track->rid_len[i] = rtc_keep_str(track->rid[i], layer->rid);

        rtc_stream_init(&track->layers[i], i, conf->clock);
        track->layers[i].recv.jumps = up->relay;
        track->layers[i].epoch = ++track->epochs;
    }

    if (rtc_track_bind(track, conf) != RTC_OK) {
        rtc_track_unbind(track);
        free(track);
        return NULL;
    }

    track->next = up->tracks;
    up->tracks = track;
    up->ntracks++;

    return track;
}


static int
rtc_track_check(const rtc_uplink_t *up, const rtc_track_conf_t *conf)
{
    unsigned  i;

    if (up->ntracks == RTC_UPLINK_MAX_TRACKS
        || conf->clock == 0
        || conf->mid.len > RTC_TRACK_MAX_MID
        || conf->nlayers == 0
        || conf->nlayers > RTC_TRACK_MAX_LAYERS)
    {
        return RTC_ERROR;
    }

    for (i = 0; i < conf->nlayers; i++) {
        if (conf->layers[i].rid.len > RTC_TRACK_MAX_RID) {
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


/* enters the SSRCs that the description declares */

static int
rtc_track_bind(rtc_track_t *track, const rtc_track_conf_t *conf)
{
    unsigned                       i;
    rtc_stream_t                  *s;
    rtc_ssrc_table_t              *ssrcs;
    const rtc_track_layer_conf_t  *layer;

    ssrcs = &track->uplink->ssrcs;

    for (i = 0; i < conf->nlayers; i++) {
        layer = &conf->layers[i];
        s = &track->layers[i];

        if (layer->ssrc) {
            if (rtc_ssrc_add(ssrcs, layer->ssrc, s, 0) != RTC_OK) {
                return RTC_ERROR;
            }

            s->ssrc = layer->ssrc;
        }

        if (layer->rtx_ssrc) {
            if (rtc_ssrc_add(ssrcs, layer->rtx_ssrc, s, 1) != RTC_OK) {
                return RTC_ERROR;
            }

            s->rtx_ssrc = layer->rtx_ssrc;
        }
    }

    return RTC_OK;
}


static void
rtc_track_unbind(rtc_track_t *track)
{
    unsigned       i;
    rtc_stream_t  *s;

    for (i = 0; i < track->nlayers; i++) {
        s = &track->layers[i];

        if (s->ssrc) {
            rtc_ssrc_remove(&track->uplink->ssrcs, s->ssrc);
        }

        if (s->rtx_ssrc) {
            rtc_ssrc_remove(&track->uplink->ssrcs, s->rtx_ssrc);
        }
    }
}


void
rtc_track_destroy(rtc_track_t *track)
{
    unsigned       i;
    rtc_track_t  **p;
    rtc_uplink_t  *up;

    up = track->uplink;

    while (track->waiting) {
        rtc_forward_unfollow(track->waiting);
    }

    while (track->forwards) {
        rtc_forward_detach(track->forwards);
    }

    while (track->legs) {
        rtc_leg_detach(track->legs);
    }

    rtc_track_unbind(track);

    for (p = &up->tracks; *p != track; p = &(*p)->next) {
        /* void */
    }

    *p = track->next;
    up->ntracks--;

    for (i = 0; i < track->nlayers; i++) {
        up->stats.lost += (uint64_t) rtc_max(
                               rtc_recv_lost(&track->layers[i].recv), 0);
        rtc_stream_done(&track->layers[i]);
    }

    free(track);
}


void
rtc_track_set_muted(rtc_track_t *track, int muted, uint64_t now_us)
{
    rtc_leg_t      *leg;
    rtc_forward_t  *f;

    muted = (muted != 0);

    if ((int) track->muted == muted) {
        return;
    }

    rtc_track_flush(track, now_us);

    track->muted = (unsigned) muted;

    for (f = track->forwards; f; f = f->track_next) {
        rtc_forward_resync(f, now_us);
    }

    for (leg = track->legs; leg; leg = leg->track_next) {
        rtc_leg_resume(leg);
    }
}


int
rtc_track_muted(const rtc_track_t *track)
{
    return track->muted;
}


int
rtc_track_wanted_layer(const rtc_track_t *track)
{
    int                   wanted;
    const rtc_leg_t      *leg;
    const rtc_forward_t  *f;

    wanted = RTC_DECLINED;

    for (f = track->forwards; f; f = f->track_next) {
        wanted = rtc_max(wanted, rtc_track_wanted_by(track, f));
    }

    for (f = track->waiting; f; f = f->next_next) {
        wanted = rtc_max(wanted, rtc_track_wanted_by(track, f));
    }

    for (leg = track->legs; leg; leg = leg->track_next) {
        if (leg->max_layer >= 0) {
            wanted = rtc_max(wanted, leg->max_layer);
        }
    }

    return wanted;
}


static int
rtc_track_wanted_by(const rtc_track_t *track, const rtc_forward_t *f)
{
    int  layer;

    if (f->paused) {
        return RTC_DECLINED;
    }

    layer = (int) rtc_min(f->max_layer, track->nlayers - 1U);

    /* what it gets until the keyframe of another layer comes */

    return f->track == track ? rtc_max(layer, rtc_forward_layer(f)) : layer;
}


unsigned
rtc_track_layers(const rtc_track_t *track)
{
    return track->nlayers;
}


void
rtc_track_layer_stats(const rtc_track_t *track, unsigned layer,
    rtc_track_layer_stats_t *stats)
{
    const rtc_stream_t  *s;

    memset(stats, 0, sizeof(rtc_track_layer_stats_t));

    if (layer >= track->nlayers) {
        return;
    }

    s = &track->layers[layer];

    stats->ssrc = s->ssrc;
    stats->rtx_ssrc = s->rtx_ssrc;
    stats->active = s->active;
    stats->packets = s->packets;
    stats->bytes = s->bytes;
    stats->bitrate = s->active ? s->bitrate : 0;
    stats->keyframes = s->keyframes;
    stats->plis = s->plis;
    stats->lost = rtc_recv_lost(&s->recv);
    stats->jitter = s->recv.jitter >> 4;
}


uint32_t
rtc_track_clock(const rtc_track_t *track)
{
    return track->clock;
}


void *
rtc_track_owner(const rtc_track_t *track)
{
    return track->owner;
}


rtc_codec_e
rtc_track_codec(const rtc_track_t *track)
{
    return track->codec;
}


rtc_speaker_t *
rtc_track_speaker(rtc_track_t *track)
{
    return &track->speaker;
}


void
rtc_track_restart(rtc_track_t *track, rtc_stream_t *s, uint64_t now_us)
{
    rtc_track_flush(track, now_us);

    rtc_stream_restart(s, ++track->epochs);

    if (rtc_track_is_wanted(track)) {
        rtc_track_request_keyframe(track, s, now_us);
    }
}


rtc_stream_t *
rtc_track_source(rtc_track_t *track, uint32_t epoch)
{
    unsigned  i;

    for (i = 0; i < track->nlayers; i++) {
        if (track->layers[i].epoch == epoch) {
            return &track->layers[i];
        }
    }

    return NULL;
}


void
rtc_track_request_keyframe(rtc_track_t *track, rtc_stream_t *s,
    uint64_t now_us)
{
    uint64_t  due;

    if (!track->video || track->muted) {
        return;
    }

    s->wants_keyframe = 1;

    due = rtc_stream_pli_due(s);

    if (due <= now_us) {
        rtc_uplink_pli(track->uplink, track, s, now_us);

    } else if (due != RTC_NEVER) {
        rtc_uplink_wake(track->uplink, due);
    }
}


void
rtc_track_choose(rtc_track_t *track)
{
    rtc_forward_t  *f;

    for (f = track->forwards; f; f = f->track_next) {
        rtc_forward_choose(f);
    }
}


void
rtc_track_request_waiting(rtc_track_t *track, uint64_t now_us)
{
    rtc_forward_t  *f;

    for (f = track->forwards; f; f = f->track_next) {
        rtc_forward_request_waiting(f, now_us);
    }

    for (f = track->waiting; f; f = f->next_next) {
        rtc_forward_request_next(f, now_us);
    }
}


void
rtc_track_tick(rtc_track_t *track, uint64_t now_us)
{
    int            changed;
    unsigned       i;
    rtc_stream_t  *s;

    changed = 0;

    for (i = 0; i < track->nlayers; i++) {
        s = &track->layers[i];

        if (!s->active) {
            continue;
        }

        if (rtc_track_stopped(track, s, now_us)) {
            s->active = 0;
            s->stable = 0;
            changed = 1;

        } else if (!s->stable && now_us - s->active_us >= RTC_STREAM_STABLE) {
            s->stable = 1;
            changed = 1;
        }
    }

    if (changed) {
        rtc_track_choose(track);
        rtc_track_request_waiting(track, now_us);
    }
}


/*
 * A layer has stopped if others go on without it.  If all are silent, that is
 * a still picture or a lost connection, and no reason to switch.
 */

static int
rtc_track_stopped(const rtc_track_t *track, const rtc_stream_t *s,
    uint64_t now_us)
{
    unsigned             i;
    const rtc_stream_t  *other;

    for (i = 0; i < track->nlayers; i++) {
        other = &track->layers[i];

        if (other == s || !other->active || other->last_us <= s->last_us) {
            continue;
        }

        if (other->last_us - s->last_us > RTC_STREAM_TIMEOUT
            || (s->other_frames >= RTC_STREAM_FRAMES
                && now_us - s->last_us > RTC_STREAM_SILENCE))
        {
            return 1;
        }
    }

    return 0;
}


int
rtc_track_best_layer(const rtc_track_t *track, unsigned max, int current)
{
    int                  i, best;
    const rtc_stream_t  *s;

    max = rtc_min(max, track->nlayers - 1U);
    best = RTC_DECLINED;

    for (i = (int) max; i >= 0; i--) {
        s = &track->layers[i];

        if (s->stable || (s->active && i == current)) {
            return i;
        }

        if (s->active && best == RTC_DECLINED) {
            best = i;
        }
    }

    /* none lasts yet: better one that came just now than another switch */

    if (best != RTC_DECLINED) {
        return best;
    }

    for (i = (int) max + 1; i < track->nlayers; i++) {
        if (track->layers[i].active) {
            return i;
        }
    }

    return RTC_DECLINED;
}
