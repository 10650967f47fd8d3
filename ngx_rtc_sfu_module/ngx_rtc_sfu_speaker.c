
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_branch.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_quality.h"
#include "ngx_rtc_sfu_speaker.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_worker.h"


#define NGX_RTC_SFU_SPEAKER_INTERVAL  (RTC_SPEAKER_INTERVAL / 1000)
#define NGX_RTC_SFU_MAX_SPEAKERS      256       /* tracks looked at */


static void ngx_rtc_sfu_speaker_event(ngx_event_t *ev);
static void ngx_rtc_sfu_speaker_update(ngx_rtc_sfu_room_t *room);
static ngx_uint_t ngx_rtc_sfu_speaker_collect(ngx_rtc_sfu_room_t *room,
    rtc_speaker_t **speakers, ngx_rtc_sfu_track_t **tracks);
static void ngx_rtc_sfu_speaker_floor(ngx_rtc_sfu_room_t *room,
    rtc_speaker_t **speakers, ngx_rtc_sfu_track_t **tracks, ngx_uint_t n);
static void ngx_rtc_sfu_speaker_tell(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_track_t **tracks, const rtc_speaker_change_t *changes,
    ngx_uint_t n);
static void ngx_rtc_sfu_speaker_set(Livekit__SpeakerInfo *info,
    const ngx_str_t *sid, ngx_uint_t active, float level);
static ngx_int_t ngx_rtc_sfu_speaker_pack(ngx_pool_t *pool,
    Livekit__SpeakerInfo *infos, ngx_uint_t n, ngx_str_t *packed);
static void ngx_rtc_sfu_speaker_send(ngx_rtc_sfu_room_t *room,
    Livekit__SpeakerInfo *infos, ngx_uint_t n, ngx_rtc_sfu_participant_t *to);


void
ngx_rtc_sfu_speaker_init(ngx_rtc_sfu_room_t *room)
{
    room->speakers.handler = ngx_rtc_sfu_speaker_event;
    room->speakers.data = &room->ident;
    room->speakers.log = room->worker->log;
    room->speakers.cancelable = 1;
}


void
ngx_rtc_sfu_speaker_start(ngx_rtc_sfu_room_t *room)
{
    if (!room->speakers.timer_set) {
        ngx_add_timer(&room->speakers, NGX_RTC_SFU_SPEAKER_INTERVAL);
    }
}


void
ngx_rtc_sfu_speaker_stop(ngx_rtc_sfu_room_t *room)
{
    if (room->speakers.timer_set) {
        ngx_del_timer(&room->speakers);
    }
}


static void
ngx_rtc_sfu_speaker_event(ngx_event_t *ev)
{
    ngx_rtc_sfu_room_t  *room = ngx_rtc_ident_data(ev);

    ngx_rtc_sfu_speaker_update(room);

    if (++room->ticks
        == NGX_RTC_SFU_QUALITY_INTERVAL / NGX_RTC_SFU_SPEAKER_INTERVAL)
    {
        room->ticks = 0;
        ngx_rtc_sfu_quality_update(room);
    }

    if (!ngx_queue_empty(&room->participants)) {
        ngx_add_timer(ev, NGX_RTC_SFU_SPEAKER_INTERVAL);
    }
}


static void
ngx_rtc_sfu_speaker_update(ngx_rtc_sfu_room_t *room)
{
    ngx_uint_t             n, nchanges;
    rtc_speaker_t         *speakers[NGX_RTC_SFU_MAX_SPEAKERS];
    ngx_rtc_sfu_track_t   *tracks[NGX_RTC_SFU_MAX_SPEAKERS];
    rtc_speaker_change_t   changes[NGX_RTC_SFU_MAX_SPEAKERS];

    n = ngx_rtc_sfu_speaker_collect(room, speakers, tracks);

    if (n == 0) {
        return;
    }

    nchanges = rtc_speaker_update(speakers, (unsigned) n, changes);

    if (nchanges) {
        ngx_rtc_sfu_speaker_tell(room, tracks, changes, nchanges);
    }

    ngx_rtc_sfu_speaker_floor(room, speakers, tracks, n);
}


static void
ngx_rtc_sfu_speaker_floor(ngx_rtc_sfu_room_t *room, rtc_speaker_t **speakers,
    ngx_rtc_sfu_track_t **tracks, ngx_uint_t n)
{
    int         holder;
    ngx_uint_t  i;

    holder = -1;

    for (i = 0; i < n; i++) {
        if (tracks[i] == room->speaker) {
            holder = (int) i;
        }
    }

    holder = rtc_speaker_floor(speakers, (unsigned) n, holder);

    if (holder >= 0 && tracks[holder] != room->speaker) {
        room->speaker = tracks[holder];
        ngx_rtc_sfu_viewer_update(room);
    }
}


static ngx_uint_t
ngx_rtc_sfu_speaker_collect(ngx_rtc_sfu_room_t *room,
    rtc_speaker_t **speakers, ngx_rtc_sfu_track_t **tracks)
{
    ngx_uint_t            n;
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    n = 0;

    for (q = ngx_queue_head(&room->tracks);
         q != ngx_queue_sentinel(&room->tracks)
         && n < NGX_RTC_SFU_MAX_SPEAKERS;
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, by_room);

        if (track->media == NULL
            || track->info->source != LIVEKIT__TRACK_SOURCE__MICROPHONE)
        {
            continue;
        }

        tracks[n] = track;
        speakers[n] = rtc_track_speaker(track->media);
        n++;
    }

    return n;
}


static void
ngx_rtc_sfu_speaker_tell(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_track_t **tracks, const rtc_speaker_change_t *changes,
    ngx_uint_t n)
{
    ngx_uint_t            i;
    Livekit__SpeakerInfo  infos[NGX_RTC_SFU_MAX_SPEAKERS];

    for (i = 0; i < n; i++) {
        ngx_rtc_sfu_speaker_set(&infos[i],
                                &tracks[changes[i].index]->publisher_sid,
                                changes[i].active, changes[i].level);
    }

    ngx_rtc_sfu_speaker_send(room, infos, n, NULL);
}


static void
ngx_rtc_sfu_speaker_set(Livekit__SpeakerInfo *info, const ngx_str_t *sid,
    ngx_uint_t active, float level)
{
    livekit__speaker_info__init(info);

    info->sid = (char *) sid->data;
    info->active = active != 0;
    info->level = active ? level : 0;
}


/* to all participants here, or to one */

static void
ngx_rtc_sfu_speaker_send(ngx_rtc_sfu_room_t *room, Livekit__SpeakerInfo *infos,
    ngx_uint_t n, ngx_rtc_sfu_participant_t *to)
{
    ngx_str_t    packed;
    ngx_pool_t  *pool;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, room->worker->log);
    if (pool == NULL) {
        return;
    }

    if (ngx_rtc_sfu_speaker_pack(pool, infos, n, &packed) == NGX_OK) {

        if (to) {
            ngx_rtc_sfu_participant_send_packed(to, &packed);

        } else {
            ngx_rtc_sfu_room_broadcast(room, &packed, NULL);
        }
    }

    ngx_destroy_pool(pool);
}


static ngx_int_t
ngx_rtc_sfu_speaker_pack(ngx_pool_t *pool, Livekit__SpeakerInfo *infos,
    ngx_uint_t n, ngx_str_t *packed)
{
    ngx_uint_t                i;
    Livekit__SpeakerInfo     *list[NGX_RTC_SFU_MAX_SPEAKERS];
    Livekit__SignalResponse   response = LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__SpeakersChanged  changed = LIVEKIT__SPEAKERS_CHANGED__INIT;

    for (i = 0; i < n; i++) {
        list[i] = &infos[i];
    }

    changed.n_speakers = n;
    changed.speakers = list;

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_SPEAKERS_CHANGED;
    response.speakers_changed = &changed;

    return ngx_rtc_sfu_signal_pack(pool, &response.base, packed);
}


void
ngx_rtc_sfu_speaker_repeat(ngx_rtc_sfu_participant_t *p)
{
    ngx_uint_t            i, n;
    rtc_speaker_t        *speakers[NGX_RTC_SFU_MAX_SPEAKERS];
    ngx_rtc_sfu_track_t  *tracks[NGX_RTC_SFU_MAX_SPEAKERS];
    Livekit__SpeakerInfo  infos[NGX_RTC_SFU_MAX_SPEAKERS];

    n = ngx_rtc_sfu_speaker_collect(p->room, speakers, tracks);

    for (i = 0; i < n; i++) {
        ngx_rtc_sfu_speaker_set(&infos[i], &tracks[i]->publisher_sid,
                                speakers[i]->active,
                                (float) speakers[i]->step / RTC_SPEAKER_STEPS);
    }

    if (n) {
        ngx_rtc_sfu_speaker_send(p->room, infos, n, p);
    }
}


void
ngx_rtc_sfu_speaker_claim(ngx_rtc_sfu_participant_t *p, ngx_uint_t active,
    float level)
{
    ngx_str_t             packed;
    ngx_pool_t           *pool;
    ngx_queue_t          *q;
    ngx_rtc_sfu_room_t   *room;
    Livekit__SpeakerInfo  info;

    room = p->room;

    /* not more often than one who speaks, and nobody hears of who is hidden */

    if (p->hidden
        || (active ? p->claimed
                     && ngx_current_msec - p->claimed
                        < NGX_RTC_SFU_SPEAKER_INTERVAL
                   : !p->claims))
    {
        return;
    }

    p->claims = active != 0;

    if (active) {
        p->claimed = ngx_current_msec;
    }

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, room->worker->log);
    if (pool == NULL) {
        return;
    }

    ngx_rtc_sfu_speaker_set(&info, &p->sid, active, level);

    if (ngx_rtc_sfu_speaker_pack(pool, &info, 1, &packed) == NGX_OK) {
        ngx_rtc_sfu_room_broadcast(room, &packed, NULL);

        for (q = ngx_queue_head(&room->branches);
             q != ngx_queue_sentinel(&room->branches);
             q = ngx_queue_next(q))
        {
            ngx_rtc_sfu_branch_send_signal(
                         ngx_queue_data(q, ngx_rtc_sfu_branch_t, queue),
                         &packed);
        }
    }

    ngx_destroy_pool(pool);
}
