
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_left.h"
#include "ngx_rtc_sfu_worker.h"


/* no later info of it is to come */

#define NGX_RTC_SFU_LEFT_VERSION  0x7fffffff


typedef struct {
    ngx_queue_t  queue;                         /* in room->departed */
    ngx_msec_t   at;
    ngx_uint_t   reason;
    char        *sid;
    char        *identity;
} ngx_rtc_sfu_left_t;


static void ngx_rtc_sfu_left_forget(ngx_rtc_sfu_room_t *room);
static ngx_uint_t ngx_rtc_sfu_left_is_back(ngx_rtc_sfu_room_t *room,
    const char *identity);


void
ngx_rtc_sfu_left_init(ngx_rtc_sfu_room_t *room)
{
    ngx_queue_init(&room->departed);
}


void
ngx_rtc_sfu_left_stop(ngx_rtc_sfu_room_t *room)
{
    while (!ngx_queue_empty(&room->departed)) {
        ngx_rtc_sfu_left_forget(room);
    }
}


void
ngx_rtc_sfu_left_add(ngx_rtc_sfu_room_t *room,
    const ngx_rtc_sfu_member_t *member, ngx_uint_t reason)
{
    u_char              *p;
    ngx_queue_t         *q;
    const ngx_str_t     *sid;
    ngx_rtc_sfu_left_t  *left;

    while (!ngx_queue_empty(&room->departed)) {
        q = ngx_queue_head(&room->departed);
        left = ngx_queue_data(q, ngx_rtc_sfu_left_t, queue);

        if (ngx_current_msec - left->at < NGX_RTC_SFU_LEFT_KEEP
            && room->ndeparted < NGX_RTC_SFU_LEFT_MAX)
        {
            break;
        }

        room->forgot = left->at;
        room->forgetful = 1;
        ngx_rtc_sfu_left_forget(room);
    }

    sid = &member->node.str;

    left = ngx_alloc(sizeof(ngx_rtc_sfu_left_t) + sid->len + 1
                     + member->identity.len + 1, room->worker->log);
    if (left == NULL) {
        room->forgot = ngx_current_msec;
        room->forgetful = 1;
        return;
    }

    left->at = ngx_current_msec;
    left->reason = reason;

    p = (u_char *) left + sizeof(ngx_rtc_sfu_left_t);

    left->sid = (char *) p;
    p = ngx_cpymem(p, sid->data, sid->len);
    *p++ = '\0';

    left->identity = (char *) p;
    p = ngx_cpymem(p, member->identity.data, member->identity.len);
    *p = '\0';

    ngx_queue_insert_tail(&room->departed, &left->queue);
    room->ndeparted++;
}


static void
ngx_rtc_sfu_left_forget(ngx_rtc_sfu_room_t *room)
{
    ngx_queue_t  *q;

    q = ngx_queue_head(&room->departed);

    ngx_queue_remove(q);
    room->ndeparted--;

    ngx_free(ngx_queue_data(q, ngx_rtc_sfu_left_t, queue));
}


ngx_uint_t
ngx_rtc_sfu_left_is_complete(ngx_rtc_sfu_room_t *room, ngx_msec_t heard)
{
    return !room->forgetful
           || (ngx_msec_int_t) (heard - NGX_RTC_SFU_LEFT_BLIND - room->forgot)
              > 0;
}


ngx_int_t
ngx_rtc_sfu_left_collect(ngx_rtc_sfu_room_t *room, ngx_pool_t *pool,
    ngx_array_t *infos)
{
    ngx_str_t                 *packed;
    ngx_queue_t               *q;
    ngx_rtc_sfu_left_t        *left;
    Livekit__ParticipantInfo   info = LIVEKIT__PARTICIPANT_INFO__INIT;

    for (q = ngx_queue_head(&room->departed);
         q != ngx_queue_sentinel(&room->departed);
         q = ngx_queue_next(q))
    {
        left = ngx_queue_data(q, ngx_rtc_sfu_left_t, queue);

        if (ngx_rtc_sfu_left_is_back(room, left->identity)) {
            continue;
        }

        info.sid = left->sid;
        info.identity = left->identity;
        info.state = LIVEKIT__PARTICIPANT_INFO__STATE__DISCONNECTED;
        info.disconnect_reason = (Livekit__DisconnectReason) left->reason;
        info.version = NGX_RTC_SFU_LEFT_VERSION;

        packed = ngx_array_push(infos);

        if (packed == NULL
            || ngx_rtc_sfu_signal_pack(pool, &info.base, packed) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_rtc_sfu_left_is_back(ngx_rtc_sfu_room_t *room, const char *identity)
{
    ngx_queue_t           *q;
    ngx_rtc_sfu_member_t  *member;

    for (q = ngx_queue_head(&room->members_queue);
         q != ngx_queue_sentinel(&room->members_queue);
         q = ngx_queue_next(q))
    {
        member = ngx_queue_data(q, ngx_rtc_sfu_member_t, queue);

        if (!member->hidden
            && ngx_strcmp(member->identity.data, identity) == 0)
        {
            return 1;
        }
    }

    return 0;
}
