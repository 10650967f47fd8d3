
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_branch.h"
#include "ngx_rtc_sfu_data.h"
#include "ngx_rtc_sfu_worker.h"


static ngx_rtc_sfu_room_t *ngx_rtc_sfu_branch_room(ngx_rtc_sfu_relay_t *relay,
    const ProtobufCBinaryData *id);


ngx_rtc_sfu_branch_t *
ngx_rtc_sfu_branch_add(ngx_rtc_sfu_room_t *room, const ngx_str_t *wid)
{
    ngx_queue_t           *q;
    ngx_rtc_sfu_relay_t   *relay;
    ngx_rtc_sfu_branch_t  *branch;

    relay = ngx_rtc_sfu_relay_hold(room->worker, wid);
    if (relay == NULL) {
        return NULL;
    }

    for (q = ngx_queue_head(&room->branches);
         q != ngx_queue_sentinel(&room->branches);
         q = ngx_queue_next(q))
    {
        branch = ngx_queue_data(q, ngx_rtc_sfu_branch_t, queue);

        if (branch->relay == relay) {
            ngx_rtc_sfu_relay_release(relay);
            goto found;
        }
    }

    branch = ngx_calloc(sizeof(ngx_rtc_sfu_branch_t), room->worker->log);
    if (branch == NULL) {
        ngx_rtc_sfu_relay_release(relay);
        return NULL;
    }

    branch->room = room;
    branch->relay = relay;
    ngx_queue_insert_tail(&room->branches, &branch->queue);

    /* who is found in a dead worker has not been removed yet */

    if (ngx_rtc_sfu_link_is_dead(relay->link)) {
        ngx_rtc_sfu_registry_worker_gone(room->worker->registry, wid);
    }

found:

    branch->members++;
    branch->grown = 1;

    return branch;
}


void
ngx_rtc_sfu_branch_remove(ngx_rtc_sfu_branch_t *branch)
{
    if (--branch->members) {
        return;
    }

    ngx_queue_remove(&branch->queue);
    ngx_rtc_sfu_relay_release(branch->relay);
    ngx_free(branch);
}


void
ngx_rtc_sfu_branch_send_data(ngx_rtc_sfu_room_t *room, ngx_uint_t kind,
    const u_char *data, size_t len)
{
    ngx_queue_t           *q;
    Conference__Data       message = CONFERENCE__DATA__INIT;
    ngx_rtc_sfu_branch_t  *branch;

    message.room.data = room->node.str.data;
    message.room.len = room->node.str.len;
    message.kind = (uint32_t) kind;
    message.packet.data = (uint8_t *) data;
    message.packet.len = len;

    for (q = ngx_queue_head(&room->branches);
         q != ngx_queue_sentinel(&room->branches);
         q = ngx_queue_next(q))
    {
        branch = ngx_queue_data(q, ngx_rtc_sfu_branch_t, queue);

        if (kind == NGX_RTC_SFU_LOSSY
            && ngx_rtc_sfu_link_queued(branch->relay->link)
               > NGX_RTC_SFU_LINK_BUSY)
        {
            continue;
        }

        (void) ngx_rtc_sfu_relay_send(branch->relay, NGX_RTC_SFU_LINK_DATA,
                                      &message.base);
    }
}


void
ngx_rtc_sfu_branch_send_signal(ngx_rtc_sfu_branch_t *branch,
    const ngx_str_t *packed)
{
    Conference__Signal  message = CONFERENCE__SIGNAL__INIT;

    if (ngx_rtc_sfu_link_queued(branch->relay->link) > NGX_RTC_SFU_LINK_BUSY) {
        return;
    }

    message.room.data = branch->room->node.str.data;
    message.room.len = branch->room->node.str.len;
    message.response.data = packed->data;
    message.response.len = packed->len;

    (void) ngx_rtc_sfu_relay_send(branch->relay, NGX_RTC_SFU_LINK_SIGNAL,
                                  &message.base);
}


void
ngx_rtc_sfu_branch_data(ngx_rtc_sfu_relay_t *relay,
    const Conference__Data *message)
{
    ngx_rtc_sfu_room_t  *room;

    room = ngx_rtc_sfu_branch_room(relay, &message->room);

    if (room && message->kind <= NGX_RTC_SFU_LOSSY) {
        ngx_rtc_sfu_data_deliver(room, message->kind, message->packet.data,
                                 message->packet.len);
    }
}


void
ngx_rtc_sfu_branch_signal(ngx_rtc_sfu_relay_t *relay,
    const Conference__Signal *message)
{
    ngx_str_t            packed;
    ngx_rtc_sfu_room_t  *room;

    room = ngx_rtc_sfu_branch_room(relay, &message->room);

    if (room) {
        packed.data = message->response.data;
        packed.len = message->response.len;

        ngx_rtc_sfu_room_broadcast(room, &packed, NULL);
    }
}


static ngx_rtc_sfu_room_t *
ngx_rtc_sfu_branch_room(ngx_rtc_sfu_relay_t *relay,
    const ProtobufCBinaryData *id)
{
    ngx_str_t  key;

    key.data = id->data;
    key.len = id->len;

    return ngx_rtc_sfu_room_find(relay->worker, &key);
}
