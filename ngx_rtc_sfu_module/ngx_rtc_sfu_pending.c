
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_pending.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_worker.h"


typedef struct {
    ngx_queue_t                  queue;
    ngx_msec_t                   since;
    ngx_uint_t                   subscribe;
    char                         sid[NGX_RTC_SFU_MAX_WISH + 1];
} ngx_rtc_sfu_pending_wish_t;

typedef struct {
    ngx_queue_t                  queue;
    ngx_pool_t                  *pool;
    Livekit__AddTrackRequest    *request;
} ngx_rtc_sfu_pending_track_t;


static ngx_rtc_sfu_pending_wish_t *ngx_rtc_sfu_pending_find(
    ngx_rtc_sfu_participant_t *p, const char *sid);
static void ngx_rtc_sfu_pending_drop_wish(ngx_rtc_sfu_pending_t *pending,
    ngx_rtc_sfu_pending_wish_t *wish);
static void ngx_rtc_sfu_pending_tell(ngx_rtc_sfu_participant_t *p,
    const char *sid);
static void ngx_rtc_sfu_pending_drop_track(ngx_rtc_sfu_pending_t *pending,
    ngx_rtc_sfu_pending_track_t *track);


void
ngx_rtc_sfu_pending_init(ngx_rtc_sfu_pending_t *pending)
{
    ngx_queue_init(&pending->wishes);
    ngx_queue_init(&pending->tracks);
}


void
ngx_rtc_sfu_pending_free(ngx_rtc_sfu_pending_t *pending)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&pending->wishes)) {
        q = ngx_queue_head(&pending->wishes);
        ngx_rtc_sfu_pending_drop_wish(pending,
                          ngx_queue_data(q, ngx_rtc_sfu_pending_wish_t, queue));
    }

    while (!ngx_queue_empty(&pending->tracks)) {
        q = ngx_queue_head(&pending->tracks);
        ngx_rtc_sfu_pending_drop_track(pending,
                         ngx_queue_data(q, ngx_rtc_sfu_pending_track_t, queue));
    }
}


void
ngx_rtc_sfu_pending_wish(ngx_rtc_sfu_participant_t *p, const char *sid,
    ngx_uint_t subscribe)
{
    size_t                       len;
    ngx_rtc_sfu_pending_t       *pending;
    ngx_rtc_sfu_pending_wish_t  *wish;

    pending = &p->pending;
    len = ngx_strlen(sid);

    wish = ngx_rtc_sfu_pending_find(p, sid);

    if (wish) {
        wish->subscribe = subscribe;
        return;
    }

    wish = NULL;

    if (len <= NGX_RTC_SFU_MAX_WISH
        && pending->nwishes < NGX_RTC_SFU_MAX_WISHES)
    {
        wish = ngx_alloc(sizeof(ngx_rtc_sfu_pending_wish_t), &p->log);
    }

    if (wish == NULL) {
        if (subscribe) {
            ngx_rtc_sfu_pending_tell(p, sid);
        }

        return;
    }

    wish->since = ngx_current_msec;
    wish->subscribe = subscribe;
    ngx_memcpy(wish->sid, sid, len + 1);

    ngx_queue_insert_tail(&pending->wishes, &wish->queue);
    pending->nwishes++;
}


static ngx_rtc_sfu_pending_wish_t *
ngx_rtc_sfu_pending_find(ngx_rtc_sfu_participant_t *p, const char *sid)
{
    ngx_queue_t                 *q;
    ngx_rtc_sfu_pending_wish_t  *wish;

    for (q = ngx_queue_head(&p->pending.wishes);
         q != ngx_queue_sentinel(&p->pending.wishes);
         q = ngx_queue_next(q))
    {
        wish = ngx_queue_data(q, ngx_rtc_sfu_pending_wish_t, queue);

        if (ngx_strcmp(wish->sid, sid) == 0) {
            return wish;
        }
    }

    return NULL;
}


ngx_int_t
ngx_rtc_sfu_pending_take(ngx_rtc_sfu_participant_t *p, const ngx_str_t *sid)
{
    ngx_int_t                    wanted;
    ngx_rtc_sfu_pending_wish_t  *wish;

    wish = ngx_rtc_sfu_pending_find(p, (char *) sid->data);

    if (wish == NULL) {
        return NGX_DECLINED;
    }

    wanted = wish->subscribe ? 1 : 0;
    ngx_rtc_sfu_pending_drop_wish(&p->pending, wish);

    return wanted;
}


void
ngx_rtc_sfu_pending_expire(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t                 *q;
    ngx_rtc_sfu_pending_wish_t  *wish;

    while (!ngx_queue_empty(&p->pending.wishes)) {
        q = ngx_queue_head(&p->pending.wishes);
        wish = ngx_queue_data(q, ngx_rtc_sfu_pending_wish_t, queue);

        if (ngx_current_msec - wish->since < NGX_RTC_SFU_WISH_TIMEOUT) {
            return;
        }

        if (wish->subscribe) {
            ngx_rtc_sfu_pending_tell(p, wish->sid);
        }

        ngx_rtc_sfu_pending_drop_wish(&p->pending, wish);
    }
}


static void
ngx_rtc_sfu_pending_drop_wish(ngx_rtc_sfu_pending_t *pending,
    ngx_rtc_sfu_pending_wish_t *wish)
{
    ngx_queue_remove(&wish->queue);
    pending->nwishes--;
    ngx_free(wish);
}


static void
ngx_rtc_sfu_pending_tell(ngx_rtc_sfu_participant_t *p, const char *sid)
{
    Livekit__SignalResponse        response = LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__SubscriptionResponse  failed =
                                          LIVEKIT__SUBSCRIPTION_RESPONSE__INIT;

    failed.track_sid = (char *) sid;
    failed.err = LIVEKIT__SUBSCRIPTION_ERROR__SE_TRACK_NOTFOUND;

    response.message_case =
                        LIVEKIT__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_RESPONSE;
    response.subscription_response = &failed;

    ngx_rtc_sfu_participant_send(p, &response);
}


ngx_int_t
ngx_rtc_sfu_pending_track(ngx_rtc_sfu_participant_t *p,
    const Livekit__AddTrackRequest *request)
{
    ngx_str_t                     packed;
    ngx_pool_t                   *pool;
    ngx_rtc_sfu_pending_t        *pending;
    ngx_rtc_sfu_pending_track_t  *track;

    pending = &p->pending;

    if (pending->ntracks >= NGX_RTC_SFU_MAX_TRACKS) {
        return NGX_DECLINED;
    }

    pool = ngx_create_pool(1024, p->room->worker->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    track = ngx_palloc(pool, sizeof(ngx_rtc_sfu_pending_track_t));

    if (track == NULL
        || ngx_rtc_sfu_signal_pack(pool, &request->base, &packed) != NGX_OK)
    {
        goto failed;
    }

    track->pool = pool;
    track->request = ngx_rtc_sfu_signal_unpack_message(pool,
                                       &livekit__add_track_request__descriptor,
                                       packed.data, packed.len);
    if (track->request == NULL) {
        goto failed;
    }

    ngx_queue_insert_tail(&pending->tracks, &track->queue);
    pending->ntracks++;

    return NGX_OK;

failed:

    ngx_destroy_pool(pool);

    return NGX_ERROR;
}


void
ngx_rtc_sfu_pending_retry(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t                  *q, *next;
    ngx_rtc_sfu_pending_t        *pending;
    ngx_rtc_sfu_pending_track_t  *track;

    pending = &p->pending;

    for (q = ngx_queue_head(&pending->tracks);
         q != ngx_queue_sentinel(&pending->tracks);
         q = next)
    {
        if (p->state == NGX_RTC_SFU_CLOSED) {
            return;
        }

        next = ngx_queue_next(q);

        track = ngx_queue_data(q, ngx_rtc_sfu_pending_track_t, queue);

        if (ngx_rtc_sfu_track_has_cid(p, track->request->cid)) {
            continue;
        }

        ngx_queue_remove(q);
        pending->ntracks--;

        ngx_rtc_sfu_track_add(p, track->request);

        ngx_destroy_pool(track->pool);
    }
}


static void
ngx_rtc_sfu_pending_drop_track(ngx_rtc_sfu_pending_t *pending,
    ngx_rtc_sfu_pending_track_t *track)
{
    ngx_queue_remove(&track->queue);
    pending->ntracks--;
    ngx_destroy_pool(track->pool);
}
