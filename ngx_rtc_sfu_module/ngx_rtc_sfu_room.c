
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_branch.h"
#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_left.h"
#include "ngx_rtc_sfu_notice.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_permission.h"
#include "ngx_rtc_sfu_remote.h"
#include "ngx_rtc_sfu_room.h"
#include "ngx_rtc_sfu_speaker.h"
#include "ngx_rtc_sfu_update.h"
#include "ngx_rtc_sfu_worker.h"


static void ngx_rtc_sfu_room_settings(void *data,
    const ngx_rtc_sfu_hash_t *settings);
static void ngx_rtc_sfu_room_member_changed(void *data,
    const ngx_rtc_sfu_entry_t *entry);
static void ngx_rtc_sfu_room_member_left(void *data,
    const ngx_rtc_sfu_entry_t *entry, ngx_uint_t reason);
static void ngx_rtc_sfu_room_removed(void *data);

static ngx_rtc_sfu_room_t *ngx_rtc_sfu_room_create(
    ngx_rtc_sfu_worker_t *worker, const ngx_str_t *id);
static void ngx_rtc_sfu_room_close_all(ngx_rtc_sfu_room_t *room,
    ngx_uint_t reason);
static ngx_int_t ngx_rtc_sfu_room_set_sid(ngx_rtc_sfu_room_t *room,
    const ngx_str_t *epoch);
static ngx_int_t ngx_rtc_sfu_room_set_metadata(ngx_rtc_sfu_room_t *room,
    const ngx_str_t *metadata);

static ngx_rtc_sfu_member_t *ngx_rtc_sfu_room_add_member(
    ngx_rtc_sfu_room_t *room, const ngx_str_t *sid);
static ngx_int_t ngx_rtc_sfu_room_set_member(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, const Livekit__Member *from);
static void ngx_rtc_sfu_room_replace(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *by, ngx_uint_t pruned);
static void ngx_rtc_sfu_room_end_member(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, ngx_uint_t reason);
static void ngx_rtc_sfu_room_remove_member(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member);


static const ngx_rtc_sfu_registry_handlers_t  ngx_rtc_sfu_room_handlers = {
    ngx_rtc_sfu_room_settings,
    ngx_rtc_sfu_room_member_changed,
    ngx_rtc_sfu_room_member_left,
    ngx_rtc_sfu_room_removed
};


ngx_rtc_sfu_room_t *
ngx_rtc_sfu_room_hold(ngx_rtc_sfu_worker_t *worker, const ngx_str_t *id)
{
    ngx_rtc_sfu_room_t  *room;

    room = ngx_rtc_sfu_room_find(worker, id);

    if (room == NULL) {
        room = ngx_rtc_sfu_room_create(worker, id);
        if (room == NULL) {
            return NULL;
        }
    }

    room->holds++;

    return room;
}


ngx_rtc_sfu_room_t *
ngx_rtc_sfu_room_find(ngx_rtc_sfu_worker_t *worker, const ngx_str_t *id)
{
    uint32_t         hash;
    ngx_str_t        key;
    ngx_str_node_t  *node;

    key = *id;
    hash = ngx_crc32_long(key.data, key.len);

    node = ngx_str_rbtree_lookup(&worker->rooms, &key, hash);

    return (ngx_rtc_sfu_room_t *) node;
}


static ngx_rtc_sfu_room_t *
ngx_rtc_sfu_room_create(ngx_rtc_sfu_worker_t *worker, const ngx_str_t *id)
{
    ngx_pool_t          *pool;
    ngx_rtc_sfu_room_t  *room;

    pool = ngx_create_pool(1024, worker->log);
    if (pool == NULL) {
        return NULL;
    }

    room = ngx_pcalloc(pool, sizeof(ngx_rtc_sfu_room_t));
    if (room == NULL) {
        goto failed;
    }

    room->pool = pool;
    room->worker = worker;

    room->node.str.len = id->len;
    room->node.str.data = (u_char *) ngx_rtc_sfu_signal_string(pool, id->data,
                                                               id->len);
    if (room->node.str.data == NULL) {
        goto failed;
    }

    ngx_str_set(&room->sid, "");
    ngx_queue_init(&room->participants);
    ngx_queue_init(&room->tracks);
    ngx_queue_init(&room->data_tracks);
    ngx_queue_init(&room->branches);
    ngx_queue_init(&room->members_queue);
    ngx_rbtree_init(&room->members, &room->members_sentinel,
                    ngx_str_rbtree_insert_value);

    ngx_rtc_ident_init(&room->ident, room);
    ngx_rtc_sfu_speaker_init(room);
    ngx_rtc_sfu_update_init(room);
    ngx_rtc_sfu_left_init(room);
    ngx_rtc_sfu_notice_init(room);
    ngx_rtc_sfu_viewer_init(room);

    room->registry = ngx_rtc_sfu_registry_room_open(worker->registry,
                                                    &room->node.str,
                                                    &ngx_rtc_sfu_room_handlers,
                                                    room);
    if (room->registry == NULL) {
        goto failed;
    }

    room->node.node.key = ngx_crc32_long(id->data, id->len);
    ngx_rbtree_insert(&worker->rooms, &room->node.node);
    worker->nrooms++;

    return room;

failed:

    ngx_destroy_pool(pool);

    return NULL;
}


void
ngx_rtc_sfu_room_release(ngx_rtc_sfu_room_t *room)
{
    ngx_queue_t           *q;
    ngx_rtc_sfu_member_t  *member;

    if (--room->holds) {
        return;
    }

    ngx_rtc_sfu_speaker_stop(room);
    ngx_rtc_sfu_update_stop(room);
    ngx_rtc_sfu_left_stop(room);
    ngx_rtc_sfu_viewer_stop(room);

    ngx_rbtree_delete(&room->worker->rooms, &room->node.node);
    room->worker->nrooms--;
    ngx_rtc_sfu_registry_room_close(room->registry);

    while (!ngx_queue_empty(&room->members_queue)) {
        q = ngx_queue_head(&room->members_queue);
        member = ngx_queue_data(q, ngx_rtc_sfu_member_t, queue);
        ngx_rtc_sfu_room_remove_member(room, member);
    }

    ngx_rtc_sfu_notice_stop(room);

    if (room->metadata.data) {
        ngx_free(room->metadata.data);
    }

    ngx_destroy_pool(room->pool);
}


ngx_rtc_sfu_member_t *
ngx_rtc_sfu_room_member(ngx_rtc_sfu_room_t *room, const ngx_str_t *sid)
{
    uint32_t         hash;
    ngx_str_t        key;
    ngx_str_node_t  *node;

    key = *sid;
    hash = ngx_crc32_long(key.data, key.len);

    node = ngx_str_rbtree_lookup(&room->members, &key, hash);

    return (ngx_rtc_sfu_member_t *) node;
}


ngx_int_t
ngx_rtc_sfu_room_enter(ngx_rtc_sfu_room_t *room, ngx_rtc_sfu_participant_t *p)
{
    ngx_rtc_sfu_member_t  *member;

    member = ngx_rtc_sfu_room_member(room, &p->sid);

    if (member == NULL || !room->settings.active) {
        return NGX_DECLINED;
    }

    ngx_rtc_sfu_room_replace(room, member, 0);

    member->participant = p;
    p->member = member;

    ngx_queue_insert_tail(&room->participants, &p->queue);

    ngx_rtc_sfu_speaker_start(room);

    return NGX_OK;
}


/*
 * The former session of the identity ends before anybody hears of the new one,
 * whatever comes first from the registry: its event or its answer.  Pruned:
 * only those of a worker, this one, that was taken for dead.
 */

static void
ngx_rtc_sfu_room_replace(ngx_rtc_sfu_room_t *room, ngx_rtc_sfu_member_t *by,
    ngx_uint_t pruned)
{
    ngx_queue_t           *q, *next;
    ngx_rtc_sfu_member_t  *member;

    for (q = ngx_queue_head(&room->members_queue);
         q != ngx_queue_sentinel(&room->members_queue);
         q = next)
    {
        next = ngx_queue_next(q);

        member = ngx_queue_data(q, ngx_rtc_sfu_member_t, queue);

        if (pruned && (member->participant == NULL
                       || member->participant->entry == NULL
                       || !ngx_rtc_sfu_registry_is_pruned(
                              member->participant->entry)))
        {
            continue;
        }

        if (member != by
            && ngx_rtc_sfu_str_eq(&member->identity, &by->identity))
        {
            ngx_rtc_sfu_room_end_member(room, member,
                               LIVEKIT__DISCONNECT_REASON__DUPLICATE_IDENTITY);
        }
    }
}


ngx_int_t
ngx_rtc_sfu_room_others(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool, ngx_str_t **infos,
    ngx_uint_t *n)
{
    ngx_str_t             *info;
    ngx_array_t           *list;
    ngx_queue_t           *q;
    ngx_rtc_sfu_member_t  *member;

    list = ngx_array_create(pool, 16, sizeof(ngx_str_t));
    if (list == NULL) {
        return NGX_ERROR;
    }

    for (q = ngx_queue_head(&room->members_queue);
         q != ngx_queue_sentinel(&room->members_queue);
         q = ngx_queue_next(q))
    {
        member = ngx_queue_data(q, ngx_rtc_sfu_member_t, queue);

        if (member == p->member || member->hidden) {
            continue;
        }

        info = ngx_array_push(list);
        if (info == NULL) {
            return NGX_ERROR;
        }

        *info = member->info;
    }

    *infos = list->elts;
    *n = list->nelts;

    return NGX_OK;
}


void
ngx_rtc_sfu_room_changed(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_participant_t *p, ngx_uint_t self)
{
    ngx_str_t        payload;
    ngx_pool_t      *pool;
    Livekit__Member  from = LIVEKIT__MEMBER__INIT;

    /* nobody hears of a viewer: it is what its join said */

    if (p->state == NGX_RTC_SFU_CLOSED || p->member == NULL || p->viewer) {
        return;
    }

    p->version++;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, room->worker->log);
    if (pool == NULL) {
        return;
    }

    from.info = ngx_rtc_sfu_info_participant(p, pool);
    from.hidden = p->hidden;
    from.permission = p->permission;
    from.publisher = p->is_publisher;

    if (from.info == NULL
        || ngx_rtc_sfu_room_set_member(room, p->member, &from) != NGX_OK
        || ngx_rtc_sfu_signal_pack(pool, &from.base, &payload) != NGX_OK)
    {
        goto done;
    }

    if (ngx_rtc_sfu_registry_update(p->entry, &payload) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, &p->log, 0,
                      "sfu: cannot announce a change, len:%uz", payload.len);
    }

    if (self) {
        ngx_rtc_sfu_update_self(room, p->member);
    }

    ngx_rtc_sfu_update_member(room, p->member);
    ngx_rtc_sfu_permission_apply(room, p->member);

done:

    ngx_destroy_pool(pool);
}


void
ngx_rtc_sfu_room_leave(ngx_rtc_sfu_room_t *room, ngx_rtc_sfu_participant_t *p,
    ngx_uint_t reason)
{
    ngx_rtc_sfu_member_t  *member;

    if (p->entry) {
        ngx_rtc_sfu_registry_leave(p->entry, reason);
        p->entry = NULL;
    }

    member = p->member;

    if (member == NULL) {
        return;
    }

    p->member = NULL;
    ngx_queue_remove(&p->queue);

    ngx_rtc_sfu_update_left(room, member, reason);
    ngx_rtc_sfu_room_remove_member(room, member);
}


void
ngx_rtc_sfu_room_broadcast(ngx_rtc_sfu_room_t *room, const ngx_str_t *packed,
    ngx_rtc_sfu_participant_t *except)
{
    ngx_queue_t                *q;
    ngx_rtc_sfu_participant_t  *p;

    for (q = ngx_queue_head(&room->participants);
         q != ngx_queue_sentinel(&room->participants);
         q = ngx_queue_next(q))
    {
        p = ngx_queue_data(q, ngx_rtc_sfu_participant_t, queue);

        if (p != except) {
            ngx_rtc_sfu_participant_send_packed(p, packed);
        }
    }
}


static void
ngx_rtc_sfu_room_settings(void *data, const ngx_rtc_sfu_hash_t *hash)
{
    ngx_rtc_sfu_room_t  *room = data;

    ngx_str_t                epoch, metadata;
    ngx_queue_t             *q;
    ngx_rtc_sfu_settings_t   now, before;

    ngx_rtc_sfu_info_settings(&now, hash);

    epoch = ngx_rtc_sfu_hash_get(hash, "epoch");
    metadata = ngx_rtc_sfu_hash_get(hash, "metadata");

    if (ngx_rtc_sfu_room_set_sid(room, &epoch) != NGX_OK) {
        return;
    }

    before = room->settings;
    room->settings = now;

    if (!now.active) {
        ngx_rtc_sfu_room_close_all(room,
                                   LIVEKIT__DISCONNECT_REASON__ROOM_CLOSED);
        return;
    }

    if (!ngx_rtc_sfu_str_eq(&metadata, &room->metadata)
        && ngx_rtc_sfu_room_set_metadata(room, &metadata) == NGX_OK)
    {
        ngx_rtc_sfu_notice_now(room);
    }

    if (now.audio_only == before.audio_only
        && now.allow_chat == before.allow_chat
        && now.allow_share_screen == before.allow_share_screen)
    {
        return;
    }

    for (q = ngx_queue_head(&room->participants);
         q != ngx_queue_sentinel(&room->participants);
         q = ngx_queue_next(q))
    {
        ngx_rtc_sfu_participant_enforce(
                          ngx_queue_data(q, ngx_rtc_sfu_participant_t, queue));
    }
}


static void
ngx_rtc_sfu_room_removed(void *data)
{
    ngx_rtc_sfu_room_t  *room = data;

    room->settings.active = 0;

    ngx_rtc_sfu_room_close_all(room, LIVEKIT__DISCONNECT_REASON__ROOM_DELETED);
}


void
ngx_rtc_sfu_room_shutdown(ngx_rtc_sfu_room_t *room)
{
    ngx_queue_t                *q;
    ngx_rtc_sfu_participant_t  *p;

    /* the room goes with the last of them */

    room->holds++;

    while (!ngx_queue_empty(&room->participants)) {
        q = ngx_queue_head(&room->participants);
        p = ngx_queue_data(q, ngx_rtc_sfu_participant_t, queue);

        ngx_rtc_sfu_participant_close(p,
                                  LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                  LIVEKIT__DISCONNECT_REASON__SERVER_SHUTDOWN);
        ngx_rtc_sfu_participant_destroy(p);
    }

    ngx_rtc_sfu_room_release(room);
}


static void
ngx_rtc_sfu_room_close_all(ngx_rtc_sfu_room_t *room, ngx_uint_t reason)
{
    ngx_queue_t                *q;
    ngx_rtc_sfu_participant_t  *p;

    while (!ngx_queue_empty(&room->participants)) {
        q = ngx_queue_head(&room->participants);
        p = ngx_queue_data(q, ngx_rtc_sfu_participant_t, queue);

        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__DISCONNECT,
                                   reason);
    }
}


/* a room that was deleted may be made again under its name */

static ngx_int_t
ngx_rtc_sfu_room_set_sid(ngx_rtc_sfu_room_t *room, const ngx_str_t *epoch)
{
    u_char  *p;

    if (room->sid.len == sizeof("RM_") - 1 + epoch->len
        && ngx_memcmp(room->sid.data + sizeof("RM_") - 1, epoch->data,
                      epoch->len) == 0)
    {
        return NGX_OK;
    }

    p = ngx_pnalloc(room->pool, sizeof("RM_") + epoch->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    room->sid.data = p;
    room->sid.len = sizeof("RM_") - 1 + epoch->len;

    ngx_sprintf(p, "RM_%V%Z", epoch);

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_room_set_metadata(ngx_rtc_sfu_room_t *room,
    const ngx_str_t *metadata)
{
    u_char  *p;

    p = ngx_alloc(metadata->len + 1, room->worker->log);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (room->metadata.data) {
        ngx_free(room->metadata.data);
    }

    room->metadata.data = p;
    room->metadata.len = metadata->len;

    p = ngx_cpymem(p, metadata->data, metadata->len);
    *p = '\0';

    return NGX_OK;
}


/* our own members were told about before they were written */

static void
ngx_rtc_sfu_room_member_changed(void *data, const ngx_rtc_sfu_entry_t *entry)
{
    ngx_rtc_sfu_room_t  *room = data;

    ngx_pool_t            *pool;
    Livekit__Member       *from;
    ngx_rtc_sfu_member_t  *member;

    member = ngx_rtc_sfu_room_member(room, &entry->sid);

    if (member && member->participant) {
        return;
    }

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, room->worker->log);
    if (pool == NULL) {
        return;
    }

    from = ngx_rtc_sfu_signal_unpack_member(pool, entry->payload.data,
                                            entry->payload.len);

    if (from == NULL || from->info == NULL) {
        ngx_log_error(NGX_LOG_ERR, room->worker->log, 0,
                      "sfu: malformed member %V of %V", &entry->sid,
                      &entry->wid);
        goto done;
    }

    if (member == NULL) {
        member = ngx_rtc_sfu_room_add_member(room, &entry->sid);
    }

    if (member == NULL
        || ngx_rtc_sfu_room_set_member(room, member, from) != NGX_OK
        || entry->own)
    {
        goto done;
    }

    ngx_rtc_sfu_room_replace(room, member, 1);
    ngx_rtc_sfu_update_member(room, member);

    if (member->branch == NULL) {
        member->branch = ngx_rtc_sfu_branch_add(room, &entry->wid);
    }

    if (member->branch
        && ngx_rtc_sfu_remote_update(room, member, pool, from) == NGX_OK)
    {
        pool = NULL;
    }

    ngx_rtc_sfu_data_track_sync(room, member, from->info);
    ngx_rtc_sfu_permission_apply(room, member);

done:

    if (pool == NULL) {
        return;
    }

    ngx_destroy_pool(pool);
}


static void
ngx_rtc_sfu_room_member_left(void *data, const ngx_rtc_sfu_entry_t *entry,
    ngx_uint_t reason)
{
    ngx_rtc_sfu_room_t  *room = data;

    ngx_rtc_sfu_member_t  *member;

    member = ngx_rtc_sfu_room_member(room, &entry->sid);

    if (member) {
        ngx_rtc_sfu_room_end_member(room, member, reason);
    }
}


static void
ngx_rtc_sfu_room_end_member(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, ngx_uint_t reason)
{
    if (member->participant) {
        ngx_rtc_sfu_participant_close(member->participant,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__DISCONNECT,
                                   reason);
        return;
    }

    ngx_rtc_sfu_update_left(room, member, reason);
    ngx_rtc_sfu_room_remove_member(room, member);
}


static ngx_rtc_sfu_member_t *
ngx_rtc_sfu_room_add_member(ngx_rtc_sfu_room_t *room, const ngx_str_t *sid)
{
    ngx_rtc_sfu_member_t  *member;

    member = ngx_calloc(sizeof(ngx_rtc_sfu_member_t) + sid->len + 1,
                        room->worker->log);
    if (member == NULL) {
        return NULL;
    }

    member->node.str.len = sid->len;
    member->node.str.data = (u_char *) member + sizeof(ngx_rtc_sfu_member_t);
    ngx_memcpy(member->node.str.data, sid->data, sid->len);

    member->node.node.key = ngx_crc32_long(sid->data, sid->len);

    ngx_rbtree_insert(&room->members, &member->node.node);
    ngx_queue_insert_tail(&room->members_queue, &member->queue);
    room->nmembers++;

    return member;
}


static ngx_int_t
ngx_rtc_sfu_room_set_member(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member, const Livekit__Member *from)
{
    ngx_str_t                         info, identity;
    ngx_pool_t                       *pool;
    Livekit__SubscriptionPermission  *permission;

    pool = ngx_create_pool(1024, room->worker->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    identity.len = ngx_strlen(from->info->identity);
    identity.data = (u_char *) ngx_rtc_sfu_signal_string(pool,
                                          (u_char *) from->info->identity,
                                          identity.len);

    if (identity.data == NULL
        || ngx_rtc_sfu_signal_pack(pool, &from->info->base, &info) != NGX_OK
        || ngx_rtc_sfu_permission_copy(pool, from->permission, &permission)
           != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    if (member->pool) {
        ngx_destroy_pool(member->pool);
    }

    member->pool = pool;
    member->info = info;
    member->identity = identity;
    member->hidden = from->hidden;
    member->permission = permission;
    member->publisher = from->info->is_publisher != 0;

    if (from->info->n_tracks || from->info->n_data_tracks) {
        member->publishes = 1;
    }

    ngx_rtc_sfu_notice_later(room);

    return NGX_OK;
}


static void
ngx_rtc_sfu_room_remove_member(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member)
{
    ngx_rbtree_delete(&room->members, &member->node.node);
    ngx_queue_remove(&member->queue);
    room->nmembers--;

    ngx_rtc_sfu_notice_later(room);

    if (member->changed) {
        ngx_queue_remove(&member->by_change);
    }

    ngx_rtc_sfu_data_track_sync(room, member, NULL);

    if (member->remote) {
        ngx_rtc_sfu_remote_destroy(member->remote);
    }

    if (member->branch) {
        ngx_rtc_sfu_branch_remove(member->branch);
    }

    if (member->pool) {
        ngx_destroy_pool(member->pool);
    }

    ngx_free(member);
}
