
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_branch.h"
#include "ngx_rtc_sfu_data.h"
#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_worker.h"
#include "rtc_data_frame.h"


#define NGX_RTC_SFU_MAX_FRAME     65536         /* bytes of a packet */

/* bytes that wait for a subscriber, reliable ones too */

#define NGX_RTC_SFU_FRAME_BUSY    262144


static void ngx_rtc_sfu_data_frame_spread(ngx_rtc_sfu_data_track_t *track,
    const rtc_data_frame_t *frame, const u_char *data, size_t len);
static ngx_uint_t ngx_rtc_sfu_data_frame_is_due(ngx_rtc_sfu_data_sub_t *s,
    const rtc_data_frame_t *frame);
static ngx_uint_t ngx_rtc_sfu_data_frame_send(ngx_rtc_sfu_data_sub_t *s,
    const u_char *data, size_t len);
static void ngx_rtc_sfu_data_frame_pass(ngx_rtc_sfu_data_track_t *track,
    const u_char *data, size_t len);
static ngx_uint_t ngx_rtc_sfu_data_frame_is_demanded(
    const ngx_rtc_sfu_data_track_t *track, const ngx_rtc_sfu_relay_t *relay);
static ngx_rtc_sfu_data_track_t *ngx_rtc_sfu_data_frame_track(
    ngx_rtc_sfu_relay_t *relay, const ProtobufCBinaryData *room,
    const char *sid);


void
ngx_rtc_sfu_data_frame_receive(ngx_rtc_sfu_participant_t *p,
    const u_char *data, size_t len)
{
    ngx_queue_t               *q;
    rtc_data_frame_t           frame;
    ngx_rtc_sfu_data_stat_t   *stat;
    ngx_rtc_sfu_data_track_t  *track;

    stat = &p->room->worker->data;

    if (p->state != NGX_RTC_SFU_CLOSED
        && ngx_rtc_sfu_participant_may_send_data(p)
        && len <= NGX_RTC_SFU_MAX_FRAME
        && rtc_data_frame_parse(&frame, data, len) == RTC_OK)
    {
        for (q = ngx_queue_head(&p->data_tracks);
             q != ngx_queue_sentinel(&p->data_tracks);
             q = ngx_queue_next(q))
        {
            track = ngx_queue_data(q, ngx_rtc_sfu_data_track_t, by_publisher);

            if (track->info->pub_handle == frame.handle) {
                stat->in++;
                ngx_rtc_sfu_data_frame_spread(track, &frame, data, len);
                ngx_rtc_sfu_data_frame_pass(track, data, len);
                return;
            }
        }
    }

    stat->refused++;
}


/* to the subscribers here */

static void
ngx_rtc_sfu_data_frame_spread(ngx_rtc_sfu_data_track_t *track,
    const rtc_data_frame_t *frame, const u_char *data, size_t len)
{
    ngx_queue_t              *q, *next;
    ngx_rtc_sfu_worker_t     *worker;
    ngx_rtc_sfu_data_sub_t   *s;

    if (ngx_queue_empty(&track->subscriptions)) {
        return;
    }

    worker = track->room->worker;

    /* one for all of them, since each has another handle in it */

    if (worker->data_frame == NULL) {
        worker->data_frame = ngx_palloc(ngx_cycle->pool,
                                        NGX_RTC_SFU_MAX_FRAME);
        if (worker->data_frame == NULL) {
            worker->data.dropped++;
            return;
        }
    }

    ngx_memcpy(worker->data_frame, data, len);

    for (q = ngx_queue_head(&track->subscriptions);
         q != ngx_queue_sentinel(&track->subscriptions);
         q = next)
    {
        next = ngx_queue_next(q);

        s = ngx_queue_data(q, ngx_rtc_sfu_data_sub_t, by_track);

        if (s->denied || !ngx_rtc_sfu_data_frame_is_due(s, frame)) {
            continue;
        }

        rtc_data_frame_set_handle(worker->data_frame, s->handle);

        if (ngx_rtc_sfu_data_frame_send(s, worker->data_frame, len)) {
            worker->data.out++;

        } else {
            worker->data.dropped++;
        }
    }
}


/* whole frames are left out for one who wants fewer */

static ngx_uint_t
ngx_rtc_sfu_data_frame_is_due(ngx_rtc_sfu_data_sub_t *s,
    const rtc_data_frame_t *frame)
{
    if (s->interval == 0) {
        return 1;
    }

    if (frame->marker & RTC_DATA_FRAME_START) {
        s->skips = ngx_current_msec - s->sent < s->interval;

        if (!s->skips) {
            s->sent = ngx_current_msec;
        }
    }

    return !s->skips;
}


static ngx_uint_t
ngx_rtc_sfu_data_frame_send(ngx_rtc_sfu_data_sub_t *s, const u_char *data,
    size_t len)
{
    ngx_rtc_sfu_pc_t  *pc;

    pc = ngx_rtc_sfu_participant_primary(s->subscriber);

    return pc != NULL
           && rtc_transport_buffered(pc->transport) < NGX_RTC_SFU_FRAME_BUSY
           && ngx_rtc_sfu_pc_send_message(pc, NGX_RTC_SFU_DATA_TRACK, data,
                                          len)
              == RTC_OK;
}


/* to the workers that have subscribers */

static void
ngx_rtc_sfu_data_frame_pass(ngx_rtc_sfu_data_track_t *track,
    const u_char *data, size_t len)
{
    ngx_queue_t            *q;
    ngx_rtc_sfu_room_t     *room;
    ngx_rtc_sfu_branch_t   *branch;
    Conference__DataFrame   message = CONFERENCE__DATA_FRAME__INIT;

    room = track->room;

    if (track->demands.nelts == 0) {
        return;
    }

    message.room.data = room->node.str.data;
    message.room.len = room->node.str.len;
    message.track = (char *) track->sid.data;
    message.packet.data = (uint8_t *) data;
    message.packet.len = len;

    for (q = ngx_queue_head(&room->branches);
         q != ngx_queue_sentinel(&room->branches);
         q = ngx_queue_next(q))
    {
        branch = ngx_queue_data(q, ngx_rtc_sfu_branch_t, queue);

        if (!ngx_rtc_sfu_data_frame_is_demanded(track, branch->relay)) {
            continue;
        }

        if (ngx_rtc_sfu_link_queued(branch->relay->link)
            > NGX_RTC_SFU_LINK_BUSY
            || ngx_rtc_sfu_relay_send(branch->relay,
                                      NGX_RTC_SFU_LINK_DATA_FRAME,
                                      &message.base)
               != NGX_OK)
        {
            room->worker->data.dropped++;
        }
    }
}


static ngx_uint_t
ngx_rtc_sfu_data_frame_is_demanded(const ngx_rtc_sfu_data_track_t *track,
    const ngx_rtc_sfu_relay_t *relay)
{
    ngx_uint_t                  i;
    ngx_rtc_sfu_data_demand_t  *demand;

    demand = track->demands.elts;

    for (i = 0; i < track->demands.nelts; i++) {
        if (demand[i].relay == relay) {
            return demand[i].wanted
                   && ngx_current_msec - demand[i].since
                      < NGX_RTC_SFU_DATA_LAPSE;
        }
    }

    return 0;
}


void
ngx_rtc_sfu_data_frame_demand(ngx_rtc_sfu_data_track_t *track)
{
    ngx_uint_t              wanted;
    Conference__DataDemand  message = CONFERENCE__DATA_DEMAND__INIT;

    wanted = !ngx_queue_empty(&track->subscriptions);

    if (track->branch == NULL || wanted == track->renew.timer_set) {
        return;
    }

    if (wanted) {
        ngx_add_timer(&track->renew, NGX_RTC_SFU_DATA_RENEW);

    } else {
        ngx_del_timer(&track->renew);
    }

    message.room.data = track->room->node.str.data;
    message.room.len = track->room->node.str.len;
    message.track = (char *) track->sid.data;
    message.wanted = (protobuf_c_boolean) wanted;

    (void) ngx_rtc_sfu_relay_send(track->branch->relay,
                                  NGX_RTC_SFU_LINK_DATA_DEMAND, &message.base);
}


/* a link that breaks loses what was said over it */

void
ngx_rtc_sfu_data_frame_renew(ngx_event_t *ev)
{
    ngx_rtc_sfu_data_track_t  *track = ngx_rtc_ident_data(ev);

    ngx_rtc_sfu_data_frame_demand(track);
}


void
ngx_rtc_sfu_data_frame_wanted(ngx_rtc_sfu_relay_t *relay,
    const Conference__DataDemand *message)
{
    ngx_uint_t                  i;
    ngx_rtc_sfu_data_track_t   *track;
    ngx_rtc_sfu_data_demand_t  *demand;

    track = ngx_rtc_sfu_data_frame_track(relay, &message->room,
                                         message->track);

    if (track == NULL || track->publisher == NULL) {
        return;
    }

    demand = track->demands.elts;

    for (i = 0; i < track->demands.nelts; i++) {
        if (demand[i].relay == relay
            || ngx_current_msec - demand[i].since >= NGX_RTC_SFU_DATA_LAPSE)
        {
            demand = &demand[i];
            goto found;
        }
    }

    if (track->demands.nelts >= NGX_RTC_SFU_MAX_DATA_DEMANDS) {
        return;
    }

    demand = ngx_array_push(&track->demands);
    if (demand == NULL) {
        return;
    }

found:

    demand->relay = relay;
    demand->since = ngx_current_msec;
    demand->wanted = message->wanted ? 1 : 0;
}


void
ngx_rtc_sfu_data_frame_deliver(ngx_rtc_sfu_relay_t *relay,
    const Conference__DataFrame *message)
{
    rtc_data_frame_t           frame;
    ngx_rtc_sfu_data_track_t  *track;

    track = ngx_rtc_sfu_data_frame_track(relay, &message->room,
                                         message->track);

    /* only from the worker of its publisher */

    if (track == NULL
        || track->branch == NULL
        || track->branch->relay != relay
        || message->packet.len > NGX_RTC_SFU_MAX_FRAME
        || rtc_data_frame_parse(&frame, message->packet.data,
                                message->packet.len)
           != RTC_OK)
    {
        return;
    }

    ngx_rtc_sfu_data_frame_spread(track, &frame, message->packet.data,
                                  message->packet.len);
}


static ngx_rtc_sfu_data_track_t *
ngx_rtc_sfu_data_frame_track(ngx_rtc_sfu_relay_t *relay,
    const ProtobufCBinaryData *room, const char *sid)
{
    ngx_str_t            id;
    ngx_rtc_sfu_room_t  *found;

    id.data = room->data;
    id.len = room->len;

    found = ngx_rtc_sfu_room_find(relay->worker, &id);

    return found ? ngx_rtc_sfu_data_track_find(found, sid) : NULL;
}
