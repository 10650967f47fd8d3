
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_permission.h"
#include "ngx_rtc_sfu_worker.h"


typedef Livekit__DataTrackSubscriberHandles__SubHandlesEntry
    ngx_rtc_sfu_data_entry_t;
typedef Livekit__DataTrackSubscriberHandles__PublishedDataTrack
    ngx_rtc_sfu_data_published_t;


static ngx_rtc_sfu_data_sub_t *ngx_rtc_sfu_data_sub_find(
    ngx_rtc_sfu_participant_t *p, const ngx_rtc_sfu_data_track_t *track);
static ngx_uint_t ngx_rtc_sfu_data_sub_add(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_data_track_t *track);
static uint16_t ngx_rtc_sfu_data_sub_handle(ngx_rtc_sfu_participant_t *p);
static void ngx_rtc_sfu_data_sub_tell(ngx_rtc_sfu_participant_t *p);
static ngx_uint_t ngx_rtc_sfu_data_sub_wants_all(
    ngx_rtc_sfu_participant_t *p);


void
ngx_rtc_sfu_data_sub_update(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateDataSubscription *update)
{
    size_t                                    i;
    uint32_t                                  fps;
    ngx_uint_t                                added;
    ngx_rtc_sfu_data_sub_t                   *s;
    ngx_rtc_sfu_data_track_t                 *track;
    Livekit__UpdateDataSubscription__Update  *one;

    if (update->n_updates > NGX_RTC_SFU_MAX_DATA_SUBS) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                      "sfu: too many data tracks in a message, n:%uz",
                      update->n_updates);
        return;
    }

    added = 0;

    for (i = 0; i < update->n_updates; i++) {
        one = update->updates[i];

        track = ngx_rtc_sfu_data_track_find(p->room, one->track_sid);

        if (track == NULL || track->publisher == p) {
            continue;
        }

        if (one->subscribe) {
            (void) ngx_rtc_sfu_data_sub_add(p, track);
        }

        s = ngx_rtc_sfu_data_sub_find(p, track);

        if (s == NULL) {
            continue;
        }

        if (!one->subscribe) {
            ngx_rtc_sfu_data_sub_end(s);
            continue;
        }

        /* who asks again has not heard the answer */

        added = 1;

        fps = one->options ? one->options->target_fps : 0;
        s->interval = fps ? 1000 / fps : 0;
    }

    if (added) {
        ngx_post_event(&p->handles, &ngx_posted_events);
    }
}


void
ngx_rtc_sfu_data_sub_event(ngx_event_t *ev)
{
    ngx_rtc_sfu_data_sub_tell(ngx_rtc_ident_data(ev));
}


static ngx_rtc_sfu_data_sub_t *
ngx_rtc_sfu_data_sub_find(ngx_rtc_sfu_participant_t *p,
    const ngx_rtc_sfu_data_track_t *track)
{
    ngx_queue_t             *q;
    ngx_rtc_sfu_data_sub_t  *s;

    for (q = ngx_queue_head(&p->data_subs);
         q != ngx_queue_sentinel(&p->data_subs);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, ngx_rtc_sfu_data_sub_t, queue);

        if (s->track == track) {
            return s;
        }
    }

    return NULL;
}


/* whether there is a new one */

static ngx_uint_t
ngx_rtc_sfu_data_sub_add(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_data_track_t *track)
{
    ngx_rtc_sfu_data_sub_t  *s;

    if (!p->grant->can_subscribe
        || p->state == NGX_RTC_SFU_CLOSED
        || p->ndata_subs >= NGX_RTC_SFU_MAX_DATA_SUBS
        || ngx_rtc_sfu_data_sub_find(p, track))
    {
        return 0;
    }

    s = ngx_calloc(sizeof(ngx_rtc_sfu_data_sub_t), &p->log);
    if (s == NULL) {
        return 0;
    }

    s->subscriber = p;
    s->track = track;
    s->handle = ngx_rtc_sfu_data_sub_handle(p);
    s->denied = !ngx_rtc_sfu_permission_allows(p, &track->publisher_sid,
                                               &track->sid);

    ngx_queue_insert_tail(&track->subscriptions, &s->by_track);
    ngx_queue_insert_tail(&p->data_subs, &s->queue);
    p->ndata_subs++;

    ngx_rtc_sfu_data_frame_demand(track);

    return 1;
}


/* one that no other has; there are more numbers than subscriptions */

static uint16_t
ngx_rtc_sfu_data_sub_handle(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t             *q;
    ngx_rtc_sfu_data_sub_t  *s;

again:

    if (++p->data_handle == 0) {
        p->data_handle = 1;
    }

    for (q = ngx_queue_head(&p->data_subs);
         q != ngx_queue_sentinel(&p->data_subs);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, ngx_rtc_sfu_data_sub_t, queue);

        if (s->handle == p->data_handle) {
            goto again;
        }
    }

    return p->data_handle;
}


void
ngx_rtc_sfu_data_sub_end(ngx_rtc_sfu_data_sub_t *s)
{
    ngx_queue_remove(&s->queue);
    ngx_queue_remove(&s->by_track);
    s->subscriber->ndata_subs--;

    ngx_rtc_sfu_data_frame_demand(s->track);

    ngx_free(s);
}


/*
 * All handles, since a client may have missed the last ones; so once for all
 * that happens in an event.
 */

static void
ngx_rtc_sfu_data_sub_tell(ngx_rtc_sfu_participant_t *p)
{
    ngx_uint_t                             n;
    ngx_pool_t                            *pool;
    ngx_queue_t                           *q;
    ngx_rtc_sfu_data_sub_t                *s;
    ngx_rtc_sfu_data_entry_t              *entries, **list;
    ngx_rtc_sfu_data_published_t          *tracks;
    Livekit__SignalResponse                response =
                                    LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__DataTrackSubscriberHandles    handles =
                                 LIVEKIT__DATA_TRACK_SUBSCRIBER_HANDLES__INIT;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, p->room->worker->log);
    if (pool == NULL) {
        return;
    }

    n = p->ndata_subs;

    list = ngx_palloc(pool, n * sizeof(ngx_rtc_sfu_data_entry_t *));
    entries = ngx_palloc(pool, n * sizeof(ngx_rtc_sfu_data_entry_t));
    tracks = ngx_palloc(pool, n * sizeof(ngx_rtc_sfu_data_published_t));

    if (list == NULL || entries == NULL || tracks == NULL) {
        goto done;
    }

    n = 0;

    for (q = ngx_queue_head(&p->data_subs);
         q != ngx_queue_sentinel(&p->data_subs);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, ngx_rtc_sfu_data_sub_t, queue);

        livekit__data_track_subscriber_handles__published_data_track__init(
                                                                   &tracks[n]);
        livekit__data_track_subscriber_handles__sub_handles_entry__init(
                                                                  &entries[n]);

        tracks[n].publisher_identity = (char *) s->track->identity.data;
        tracks[n].publisher_sid = (char *) s->track->publisher_sid.data;
        tracks[n].track_sid = (char *) s->track->sid.data;

        entries[n].key = s->handle;
        entries[n].value = &tracks[n];

        list[n] = &entries[n];
        n++;
    }

    handles.sub_handles = list;
    handles.n_sub_handles = n;

    response.message_case =
                LIVEKIT__SIGNAL_RESPONSE__MESSAGE_DATA_TRACK_SUBSCRIBER_HANDLES;
    response.data_track_subscriber_handles = &handles;

    ngx_rtc_sfu_participant_send(p, &response);

done:

    ngx_destroy_pool(pool);
}


static ngx_uint_t
ngx_rtc_sfu_data_sub_wants_all(ngx_rtc_sfu_participant_t *p)
{
    return p->client.auto_subscribe_data;
}


void
ngx_rtc_sfu_data_sub_track(ngx_rtc_sfu_data_track_t *track)
{
    ngx_queue_t                *q;
    ngx_rtc_sfu_room_t         *room;
    ngx_rtc_sfu_participant_t  *p;

    room = track->room;

    if (track->publisher && track->publisher->hidden) {
        return;
    }

    for (q = ngx_queue_head(&room->participants);
         q != ngx_queue_sentinel(&room->participants);
         q = ngx_queue_next(q))
    {
        p = ngx_queue_data(q, ngx_rtc_sfu_participant_t, queue);

        if (p != track->publisher
            && ngx_rtc_sfu_data_sub_wants_all(p)
            && ngx_rtc_sfu_data_sub_add(p, track))
        {
            ngx_post_event(&p->handles, &ngx_posted_events);
        }
    }
}


void
ngx_rtc_sfu_data_sub_all(ngx_rtc_sfu_participant_t *p)
{
    ngx_uint_t                 added;
    ngx_queue_t               *q;
    ngx_rtc_sfu_data_track_t  *track;

    if (!ngx_rtc_sfu_data_sub_wants_all(p)) {
        return;
    }

    added = 0;

    for (q = ngx_queue_head(&p->room->data_tracks);
         q != ngx_queue_sentinel(&p->room->data_tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_data_track_t, queue);

        if (!(track->publisher && track->publisher->hidden)) {
            added |= ngx_rtc_sfu_data_sub_add(p, track);
        }
    }

    if (added) {
        ngx_rtc_sfu_data_sub_tell(p);
    }
}


void
ngx_rtc_sfu_data_sub_permit(ngx_rtc_sfu_room_t *room,
    const ngx_str_t *publisher)
{
    ngx_queue_t               *q, *t;
    ngx_rtc_sfu_data_sub_t    *s;
    ngx_rtc_sfu_data_track_t  *track;

    for (t = ngx_queue_head(&room->data_tracks);
         t != ngx_queue_sentinel(&room->data_tracks);
         t = ngx_queue_next(t))
    {
        track = ngx_queue_data(t, ngx_rtc_sfu_data_track_t, queue);

        if (!ngx_rtc_sfu_str_eq(&track->publisher_sid, publisher)) {
            continue;
        }

        for (q = ngx_queue_head(&track->subscriptions);
             q != ngx_queue_sentinel(&track->subscriptions);
             q = ngx_queue_next(q))
        {
            s = ngx_queue_data(q, ngx_rtc_sfu_data_sub_t, by_track);

            s->denied = !ngx_rtc_sfu_permission_allows(s->subscriber,
                                                       publisher,
                                                       &track->sid);
        }
    }
}


void
ngx_rtc_sfu_data_sub_none(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t  *q;

    if (p->handles.posted) {
        ngx_delete_posted_event(&p->handles);
    }

    while (!ngx_queue_empty(&p->data_subs)) {
        q = ngx_queue_head(&p->data_subs);
        ngx_rtc_sfu_data_sub_end(ngx_queue_data(q, ngx_rtc_sfu_data_sub_t,
                                                queue));
    }
}


void
ngx_rtc_sfu_data_sub_repeat(ngx_rtc_sfu_participant_t *p)
{
    if (p->ndata_subs) {
        ngx_rtc_sfu_data_sub_tell(p);
    }
}
