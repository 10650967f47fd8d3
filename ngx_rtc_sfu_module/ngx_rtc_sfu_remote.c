
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_branch.h"
#include "ngx_rtc_sfu_id.h"
#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_remote_internal.h"
#include "ngx_rtc_sfu_subscribe.h"
#include "ngx_rtc_sfu_viewer.h"
#include "ngx_rtc_sfu_worker.h"


#define NGX_RTC_SFU_REMOTE_TIMER  1000          /* ms between looks at it */
#define NGX_RTC_SFU_REMOTE_RTT    2000          /* us between two workers */


static ngx_rtc_sfu_remote_t *ngx_rtc_sfu_remote_create(
    ngx_rtc_sfu_room_t *room, ngx_rtc_sfu_member_t *member);
static ngx_int_t ngx_rtc_sfu_remote_set_track(ngx_rtc_sfu_remote_t *remote,
    Livekit__TrackInfo *info);
static ngx_rtc_sfu_remote_track_t *ngx_rtc_sfu_remote_add_track(
    ngx_rtc_sfu_remote_t *remote, Livekit__TrackInfo *info);
static void ngx_rtc_sfu_remote_remove_track(ngx_rtc_sfu_remote_track_t *rt);
static void ngx_rtc_sfu_remote_send_rtcp(void *ctx, const uint8_t *p,
    size_t len);
static void ngx_rtc_sfu_remote_wake(void *ctx);
static void ngx_rtc_sfu_remote_timer(ngx_event_t *ev);
static void ngx_rtc_sfu_remote_wait(void *ctx);
static void ngx_rtc_sfu_remote_forward_handler(ngx_event_t *ev);


static const rtc_out_t  ngx_rtc_sfu_remote_out = {
    NULL,
    ngx_rtc_sfu_remote_send_rtcp,
    ngx_rtc_sfu_remote_wake,
    ngx_rtc_sfu_remote_wait
};


ngx_int_t
ngx_rtc_sfu_remote_update(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, ngx_pool_t *pool,
    const Livekit__Member *from)
{
    size_t                       i;
    ngx_queue_t                 *q, *next;
    ngx_rtc_sfu_remote_t        *remote;
    ngx_rtc_sfu_remote_track_t  *rt;

    remote = member->remote;

    if (remote == NULL) {

        /* nobody has heard of a hidden one, so its tracks mean nothing */

        if (from->info->n_tracks == 0 || from->hidden) {
            return NGX_DECLINED;
        }

        remote = ngx_rtc_sfu_remote_create(room, member);
        if (remote == NULL) {
            return NGX_ERROR;
        }
    }

    for (q = ngx_queue_head(&remote->tracks);
         q != ngx_queue_sentinel(&remote->tracks);
         q = ngx_queue_next(q))
    {
        rt = (ngx_rtc_sfu_remote_track_t *)
                 ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);
        rt->kept = 0;
    }

    remote->joined_at = from->info->joined_at_ms;

    for (i = 0; i < from->info->n_tracks; i++) {
        if (ngx_rtc_sfu_remote_set_track(remote, from->info->tracks[i])
            != NGX_OK)
        {
            ngx_log_error(NGX_LOG_ERR, room->worker->log, 0,
                          "sfu: no memory for a track of %V", &remote->sid);
        }
    }

    for (q = ngx_queue_head(&remote->tracks);
         q != ngx_queue_sentinel(&remote->tracks);
         q = next)
    {
        next = ngx_queue_next(q);
        rt = (ngx_rtc_sfu_remote_track_t *)
                 ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (!rt->kept) {
            ngx_rtc_sfu_remote_remove_track(rt);
        }
    }

    /* nothing points to the former infos any more */

    if (remote->pool) {
        ngx_destroy_pool(remote->pool);
    }

    remote->pool = pool;

    return NGX_OK;
}


static ngx_rtc_sfu_remote_t *
ngx_rtc_sfu_remote_create(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member)
{
    ngx_rtc_sfu_remote_t  *remote;

    remote = ngx_calloc(sizeof(ngx_rtc_sfu_remote_t), room->worker->log);
    if (remote == NULL) {
        return NULL;
    }

    remote->room = room;
    remote->relay = member->branch->relay;
    remote->sid = member->node.str;

    ngx_queue_init(&remote->tracks);
    ngx_rtc_ident_init(&remote->ident, remote);

    remote->timer.handler = ngx_rtc_sfu_remote_timer;
    remote->timer.data = &remote->ident;
    remote->timer.log = room->worker->log;
    remote->timer.cancelable = 1;

    remote->forward.handler = ngx_rtc_sfu_remote_forward_handler;
    remote->forward.data = &remote->ident;
    remote->forward.log = room->worker->log;

    ngx_queue_insert_tail(&remote->relay->remotes, &remote->queue);
    member->remote = remote;

    return remote;
}


void
ngx_rtc_sfu_remote_destroy(ngx_rtc_sfu_remote_t *remote)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&remote->tracks)) {
        q = ngx_queue_head(&remote->tracks);
        ngx_rtc_sfu_remote_remove_track((ngx_rtc_sfu_remote_track_t *)
                             ngx_queue_data(q, ngx_rtc_sfu_track_t, queue));
    }

    if (remote->timer.timer_set) {
        ngx_del_timer(&remote->timer);
    }

    if (remote->forward.posted) {
        ngx_delete_posted_event(&remote->forward);
    }

    ngx_queue_remove(&remote->queue);

    if (remote->uplink) {
        rtc_uplink_destroy(remote->uplink);
    }

    if (remote->pool) {
        ngx_destroy_pool(remote->pool);
    }

    ngx_free(remote);
}


static ngx_int_t
ngx_rtc_sfu_remote_set_track(ngx_rtc_sfu_remote_t *remote,
    Livekit__TrackInfo *info)
{
    ngx_queue_t                 *q;
    ngx_rtc_sfu_track_t         *track;
    ngx_rtc_sfu_remote_track_t  *rt;

    for (q = ngx_queue_head(&remote->tracks);
         q != ngx_queue_sentinel(&remote->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (ngx_strcmp(track->sid.data, info->sid) == 0) {
            rt = (ngx_rtc_sfu_remote_track_t *) track;
            rt->kept = 1;

            track->info = info;
            ngx_rtc_sfu_viewer_update(track->room);

            if (track->media) {
                rtc_track_set_muted(track->media, info->muted,
                                    ngx_rtc_sfu_media_now_us());
            }

            return NGX_OK;
        }
    }

    rt = ngx_rtc_sfu_remote_add_track(remote, info);
    if (rt == NULL) {
        return NGX_ERROR;
    }

    rt->kept = 1;

    ngx_rtc_sfu_subscribe_track(&rt->track);

    return NGX_OK;
}


static ngx_rtc_sfu_remote_track_t *
ngx_rtc_sfu_remote_add_track(ngx_rtc_sfu_remote_t *remote,
    Livekit__TrackInfo *info)
{
    ngx_pool_t                  *pool;
    ngx_rtc_sfu_track_t         *track;
    ngx_rtc_sfu_remote_track_t  *rt;

    pool = ngx_create_pool(1024, remote->room->worker->log);
    if (pool == NULL) {
        return NULL;
    }

    rt = ngx_pcalloc(pool, sizeof(ngx_rtc_sfu_remote_track_t));
    if (rt == NULL) {
        goto failed;
    }

    rt->remote = remote;
    ngx_rtc_sfu_remote_init_leg(rt);

    track = &rt->track;

    track->pool = pool;
    track->room = remote->room;
    track->publisher_sid = remote->sid;
    track->joined_at = remote->joined_at;
    track->info = info;
    track->codec = ngx_rtc_sfu_info_mime_codec(info->mime_type);

    track->sid.len = ngx_strlen(info->sid);
    track->sid.data = (u_char *) ngx_rtc_sfu_signal_string(pool,
                                                       (u_char *) info->sid,
                                                       track->sid.len);
    if (track->sid.data == NULL) {
        goto failed;
    }

    ngx_queue_init(&track->subscriptions);
    ngx_queue_init(&track->legs);

    ngx_queue_insert_tail(&remote->tracks, &track->queue);
    ngx_queue_insert_tail(&remote->room->tracks, &track->by_room);
    track->listed = 1;

    return rt;

failed:

    ngx_destroy_pool(pool);

    return NULL;
}


static void
ngx_rtc_sfu_remote_remove_track(ngx_rtc_sfu_remote_track_t *rt)
{
    ngx_rtc_sfu_track_t  *track;

    track = &rt->track;

    ngx_queue_remove(&track->queue);
    ngx_queue_remove(&track->by_room);

    ngx_rtc_sfu_subscribe_end(track);
    ngx_rtc_sfu_remote_end_leg(rt);

    ngx_destroy_pool(track->pool);
}


ngx_int_t
ngx_rtc_sfu_remote_uplink(ngx_rtc_sfu_remote_t *remote)
{
    rtc_uplink_conf_t  conf;

    if (remote->uplink) {
        return NGX_OK;
    }

    ngx_memzero(&conf, sizeof(rtc_uplink_conf_t));

    conf.ssrc = ngx_rtc_sfu_id_ssrc();
    conf.relay = 1;
    conf.out = &ngx_rtc_sfu_remote_out;
    conf.ctx = remote;

    remote->uplink = rtc_uplink_create(&conf);
    if (remote->uplink == NULL) {
        return NGX_ERROR;
    }

    /* without RTX nothing else tells it, and repairs would be slow */

    rtc_uplink_set_rtt(remote->uplink, NGX_RTC_SFU_REMOTE_RTT);

    return NGX_OK;
}


static void
ngx_rtc_sfu_remote_send_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    ngx_rtc_sfu_remote_t  *remote = ctx;

    ngx_rtc_sfu_relay_send_rtcp(remote->relay, p, len);
}


static void
ngx_rtc_sfu_remote_wake(void *ctx)
{
    ngx_rtc_sfu_remote_t  *remote = ctx;

    ngx_rtc_sfu_media_arm(&remote->timer, &remote->deadline,
                          rtc_uplink_next_deadline(remote->uplink),
                          NGX_RTC_SFU_REMOTE_TIMER);
}


static void
ngx_rtc_sfu_remote_timer(ngx_event_t *ev)
{
    ngx_rtc_sfu_remote_t  *remote = ngx_rtc_ident_data(ev);

    ngx_queue_t  *q;

    rtc_uplink_timer(remote->uplink, ngx_rtc_sfu_media_now_us());

    /* a layer is given up when the keyframe of another has come */

    for (q = ngx_queue_head(&remote->tracks);
         q != ngx_queue_sentinel(&remote->tracks);
         q = ngx_queue_next(q))
    {
        ngx_rtc_sfu_remote_check(ngx_queue_data(q, ngx_rtc_sfu_track_t,
                                                queue));
    }

    if (rtc_uplink_next_deadline(remote->uplink) != RTC_NEVER) {
        ngx_rtc_sfu_remote_wake(remote);
    }
}


/* packets are forwarded when the loop turn has brought what there is */

static void
ngx_rtc_sfu_remote_wait(void *ctx)
{
    ngx_rtc_sfu_remote_t  *remote = ctx;

    if (!remote->forward.posted) {
        ngx_post_event(&remote->forward, &ngx_posted_events);
    }
}


static void
ngx_rtc_sfu_remote_forward_handler(ngx_event_t *ev)
{
    ngx_rtc_sfu_remote_t  *remote = ngx_rtc_ident_data(ev);

    rtc_uplink_flush(remote->uplink, ngx_rtc_sfu_media_now_us());
}
