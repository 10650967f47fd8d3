
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_permission.h"
#include "ngx_rtc_sfu_subscribe.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_update.h"
#include "ngx_rtc_sfu_viewer.h"
#include "ngx_rtc_sfu_worker.h"


static ngx_uint_t ngx_rtc_sfu_permission_names(
    const Livekit__TrackPermission *permission,
    const ngx_rtc_sfu_participant_t *p);


void
ngx_rtc_sfu_permission_set(ngx_rtc_sfu_participant_t *p,
    const Livekit__SubscriptionPermission *permission)
{
    ngx_pool_t                       *pool;
    Livekit__SubscriptionPermission  *copy;
    Livekit__SubscriptionPermission   nobody =
                                         LIVEKIT__SUBSCRIPTION_PERMISSION__INIT;

    pool = NULL;
    copy = NULL;

    /* SDKs send "everybody" after each connect: nothing changes by that */

    if (permission->all_participants && p->permission == NULL) {
        return;
    }

    /* each one is told to all subscribers, and may not come late */

    if (!ngx_rtc_sfu_update_is_due(p->member)) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                      "sfu: permissions change too often");

        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                   LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH);
        return;
    }

    if (!permission->all_participants) {

        if (livekit__subscription_permission__get_packed_size(permission)
            > NGX_RTC_SFU_MAX_PERMISSION)
        {
            ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                          "sfu: too many subscription permissions");
            permission = &nobody;
        }

        pool = ngx_create_pool(1024, p->room->worker->log);
        if (pool == NULL) {
            return;
        }

        if (ngx_rtc_sfu_permission_copy(pool, permission, &copy) != NGX_OK) {
            ngx_destroy_pool(pool);
            return;
        }
    }

    if (p->permission_pool) {
        ngx_destroy_pool(p->permission_pool);
    }

    p->permission_pool = pool;
    p->permission = copy;

    ngx_rtc_sfu_room_changed(p->room, p, 0);
}


ngx_int_t
ngx_rtc_sfu_permission_copy(ngx_pool_t *pool,
    const Livekit__SubscriptionPermission *from,
    Livekit__SubscriptionPermission **to)
{
    ngx_str_t  packed;

    *to = NULL;

    if (from == NULL) {
        return NGX_OK;
    }

    if (ngx_rtc_sfu_signal_pack(pool, &from->base, &packed) != NGX_OK) {
        return NGX_ERROR;
    }

    *to = ngx_rtc_sfu_signal_unpack_message(pool,
                                &livekit__subscription_permission__descriptor,
                                packed.data, packed.len);

    return *to ? NGX_OK : NGX_ERROR;
}


ngx_uint_t
ngx_rtc_sfu_permission_allows(ngx_rtc_sfu_participant_t *p,
    const ngx_str_t *publisher, const ngx_str_t *track)
{
    size_t                            i, j;
    ngx_rtc_sfu_member_t             *member;
    Livekit__TrackPermission         *entry;
    Livekit__SubscriptionPermission  *permission;

    member = ngx_rtc_sfu_room_member(p->room, publisher);

    if (member == NULL || member->permission == NULL) {
        return 1;
    }

    permission = member->permission;

    for (i = 0; i < permission->n_track_permissions; i++) {
        entry = permission->track_permissions[i];

        if (!ngx_rtc_sfu_permission_names(entry, p)) {
            continue;
        }

        if (entry->all_tracks) {
            return 1;
        }

        for (j = 0; j < entry->n_track_sids; j++) {
            if (ngx_strcmp(entry->track_sids[j], track->data) == 0) {
                return 1;
            }
        }
    }

    return 0;
}


/* the identity counts, the sid where there is none */

static ngx_uint_t
ngx_rtc_sfu_permission_names(const Livekit__TrackPermission *permission,
    const ngx_rtc_sfu_participant_t *p)
{
    if (permission->participant_identity[0]) {
        return ngx_strcmp(permission->participant_identity, p->identity.data)
               == 0;
    }

    return ngx_strcmp(permission->participant_sid, p->sid.data) == 0;
}


void
ngx_rtc_sfu_permission_apply(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member)
{
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    /* most never restrict anybody */

    if (member->permission == NULL && !member->restricted) {
        return;
    }

    member->restricted = member->permission ? 1 : 0;

    for (q = ngx_queue_head(&room->tracks);
         q != ngx_queue_sentinel(&room->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, by_room);

        if (ngx_rtc_sfu_str_eq(&track->publisher_sid, &member->node.str)) {
            ngx_rtc_sfu_subscribe_permit(track);
        }
    }

    ngx_rtc_sfu_data_sub_permit(room, &member->node.str);
    ngx_rtc_sfu_viewer_update(room);
}


void
ngx_rtc_sfu_permission_tell(ngx_rtc_sfu_participant_t *p,
    const ngx_str_t *publisher, const ngx_str_t *track, ngx_uint_t allowed)
{
    Livekit__SignalResponse                response =
                                    LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__SubscriptionPermissionUpdate  update =
                                LIVEKIT__SUBSCRIPTION_PERMISSION_UPDATE__INIT;

    update.participant_sid = (char *) publisher->data;
    update.track_sid = (char *) track->data;
    update.allowed = (protobuf_c_boolean) allowed;

    response.message_case =
               LIVEKIT__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_PERMISSION_UPDATE;
    response.subscription_permission_update = &update;

    ngx_rtc_sfu_participant_send(p, &response);
}
