
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_branch.h"
#include "ngx_rtc_sfu_data.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_rpc.h"
#include "ngx_rtc_sfu_worker.h"


/* one packed DataPacket, shared by the receivers that have to wait for it */

typedef struct {
    ngx_uint_t                   refs;
    size_t                       len;
    u_char                       data[1];
} ngx_rtc_sfu_packet_t;

typedef struct {
    ngx_queue_t                  queue;
    ngx_rtc_sfu_packet_t        *packet;
} ngx_rtc_sfu_waiting_t;


static ngx_int_t ngx_rtc_sfu_data_allowed(ngx_rtc_sfu_participant_t *p,
    const Livekit__DataPacket *packet);
static ngx_uint_t ngx_rtc_sfu_data_is_chat(const Livekit__DataPacket *packet);
static ngx_uint_t ngx_rtc_sfu_data_speaks_for_another(
    ngx_rtc_sfu_participant_t *p, Livekit__DataPacket *packet);
static ngx_uint_t ngx_rtc_sfu_data_is_repeated(ngx_rtc_sfu_room_t *room,
    const Livekit__DataPacket *packet);
static ngx_int_t ngx_rtc_sfu_data_stamp(ngx_rtc_sfu_participant_t *p,
    Livekit__DataPacket *packet, ngx_uint_t kind);
static ngx_rtc_sfu_packet_t *ngx_rtc_sfu_data_pack(
    ngx_rtc_sfu_participant_t *p, const Livekit__DataPacket *packet);
static void ngx_rtc_sfu_data_forward(ngx_rtc_sfu_participant_t *sender,
    const Livekit__DataPacket *packet, ngx_uint_t kind);
static void ngx_rtc_sfu_data_spread(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_participant_t *sender, const Livekit__DataPacket *packet,
    ngx_uint_t kind, ngx_rtc_sfu_packet_t *packed);
static ngx_uint_t ngx_rtc_sfu_data_is_for(ngx_rtc_sfu_participant_t *p,
    const Livekit__DataPacket *packet);
static void ngx_rtc_sfu_data_send(ngx_rtc_sfu_participant_t *p,
    ngx_uint_t kind, ngx_rtc_sfu_packet_t *packet);
static void ngx_rtc_sfu_data_wait(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_packet_t *packet);
static void ngx_rtc_sfu_data_drop(ngx_rtc_sfu_backlog_t *backlog);
static size_t ngx_rtc_sfu_data_weight(const ngx_rtc_sfu_packet_t *packet);
static void ngx_rtc_sfu_data_release(ngx_rtc_sfu_packet_t *packet);


void
ngx_rtc_sfu_data_receive(ngx_rtc_sfu_participant_t *p, ngx_uint_t kind,
    const u_char *data, size_t len)
{
    ngx_pool_t           *pool;
    Livekit__DataPacket  *packet;

    /* one who may not send data may still answer the server */

    if (p->state == NGX_RTC_SFU_CLOSED
        || (!ngx_rtc_sfu_participant_may_send_data(p)
            && ngx_queue_empty(&p->rpcs)))
    {
        return;
    }

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, &p->log);
    if (pool == NULL) {
        return;
    }

    packet = ngx_rtc_sfu_signal_unpack_data(pool, data, len);

    if (packet == NULL) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                      "sfu: malformed data packet, len:%uz", len);

    } else if (!ngx_rtc_sfu_rpc_receive(p, packet)
               && ngx_rtc_sfu_data_allowed(p, packet) == NGX_OK
               && ngx_rtc_sfu_data_stamp(p, packet, kind) == NGX_OK)
    {
        ngx_rtc_sfu_data_forward(p, packet, kind);
    }

    ngx_destroy_pool(pool);
}


static ngx_int_t
ngx_rtc_sfu_data_allowed(ngx_rtc_sfu_participant_t *p,
    const Livekit__DataPacket *packet)
{
    switch (packet->value_case) {

    case LIVEKIT__DATA_PACKET__VALUE_SPEAKER:
        /* the server's own */
        return NGX_DECLINED;

    case LIVEKIT__DATA_PACKET__VALUE_TRANSCRIPTION:

        if (p->grant->kind != LIVEKIT__PARTICIPANT_INFO__KIND__AGENT) {
            return NGX_DECLINED;
        }

        break;

    default:
        break;
    }

    if (packet->n_destination_identities > NGX_RTC_SFU_MAX_DESTINATIONS
        || !ngx_rtc_sfu_participant_may_send_data(p))
    {
        return NGX_DECLINED;
    }

    if (!p->room->settings.allow_chat && ngx_rtc_sfu_data_is_chat(packet)) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* the forms in which LiveKit's SDKs and components send chat */

static ngx_uint_t
ngx_rtc_sfu_data_is_chat(const Livekit__DataPacket *packet)
{
    switch (packet->value_case) {

    case LIVEKIT__DATA_PACKET__VALUE_CHAT_MESSAGE:
        return 1;

    case LIVEKIT__DATA_PACKET__VALUE_STREAM_HEADER:
        return ngx_strcmp(packet->stream_header->topic, "lk.chat") == 0;

    case LIVEKIT__DATA_PACKET__VALUE_USER:
        return packet->user->has_topic_case
                                        == LIVEKIT__USER_PACKET__HAS_TOPIC_TOPIC
               && ngx_strcmp(packet->user->topic, "lk-chat-topic") == 0;

    default:
        return 0;
    }
}


/* receivers trust these members, so they are never the sender's */

static ngx_int_t
ngx_rtc_sfu_data_stamp(ngx_rtc_sfu_participant_t *p,
    Livekit__DataPacket *packet, ngx_uint_t kind)
{
    Livekit__UserPacket  *user;

    if (kind == NGX_RTC_SFU_RELIABLE && packet->sequence) {

        /* a client that resumed repeats what it is not sure about */

        if (packet->sequence <= p->last_sequence) {
            return NGX_DECLINED;
        }

        p->last_sequence = packet->sequence;
    }

    packet->kind = (Livekit__DataPacket__Kind) kind;
    packet->participant_sid = (char *) p->sid.data;

    if (!ngx_rtc_sfu_data_speaks_for_another(p, packet)) {
        packet->participant_identity = p->hidden
                                       ? "" : (char *) p->identity.data;
    }

    if (packet->value_case != LIVEKIT__DATA_PACKET__VALUE_USER) {
        return NGX_OK;
    }

    user = packet->user;

    user->participant_sid = packet->participant_sid;
    user->participant_identity = packet->participant_identity;

    if (user->n_destination_identities > NGX_RTC_SFU_MAX_DESTINATIONS
        || user->n_destination_sids > NGX_RTC_SFU_MAX_DESTINATIONS)
    {
        return NGX_DECLINED;
    }

    if (packet->n_destination_identities == 0) {
        packet->n_destination_identities = user->n_destination_identities;
        packet->destination_identities = user->destination_identities;

    } else {
        user->n_destination_identities = packet->n_destination_identities;
        user->destination_identities = packet->destination_identities;
    }

    return NGX_OK;
}


/* an agent may write what somebody said; receivers see that it did */

static ngx_uint_t
ngx_rtc_sfu_data_speaks_for_another(ngx_rtc_sfu_participant_t *p,
    Livekit__DataPacket *packet)
{
    if (p->grant->kind != LIVEKIT__PARTICIPANT_INFO__KIND__AGENT
        || packet->participant_identity[0] == '\0'
        || ngx_strcmp(packet->participant_identity, p->identity.data) == 0)
    {
        return 0;
    }

    switch (packet->value_case) {

    case LIVEKIT__DATA_PACKET__VALUE_CHAT_MESSAGE:
        packet->chat_message->generated = 1;
        return 1;

    case LIVEKIT__DATA_PACKET__VALUE_STREAM_HEADER:

        if (packet->stream_header->content_header_case
            != LIVEKIT__DATA_STREAM__HEADER__CONTENT_HEADER_TEXT_HEADER)
        {
            return 0;
        }

        packet->stream_header->text_header->generated = 1;
        return 1;

    default:
        return 0;
    }
}


/* of a sender that tried again, here or in another worker */

static ngx_uint_t
ngx_rtc_sfu_data_is_repeated(ngx_rtc_sfu_room_t *room,
    const Livekit__DataPacket *packet)
{
    u_char                     *nonce;
    ngx_uint_t                  i, n;
    const ProtobufCBinaryData  *given;

    if (packet->value_case != LIVEKIT__DATA_PACKET__VALUE_USER
        || packet->user->nonce.len != NGX_RTC_SFU_NONCE_LEN)
    {
        return 0;
    }

    given = &packet->user->nonce;

    if (room->nonces == NULL) {
        room->nonces = ngx_palloc(room->pool, NGX_RTC_SFU_NONCES
                                              * NGX_RTC_SFU_NONCE_LEN);
        if (room->nonces == NULL) {
            return 0;
        }
    }

    n = ngx_min(room->nonce, NGX_RTC_SFU_NONCES);

    for (i = 0; i < n; i++) {
        if (ngx_memcmp(room->nonces + i * NGX_RTC_SFU_NONCE_LEN, given->data,
                       NGX_RTC_SFU_NONCE_LEN)
            == 0)
        {
            return 1;
        }
    }

    nonce = room->nonces + (room->nonce++ % NGX_RTC_SFU_NONCES)
                           * NGX_RTC_SFU_NONCE_LEN;

    ngx_memcpy(nonce, given->data, NGX_RTC_SFU_NONCE_LEN);

    return 0;
}


static ngx_rtc_sfu_packet_t *
ngx_rtc_sfu_data_pack(ngx_rtc_sfu_participant_t *p,
    const Livekit__DataPacket *packet)
{
    size_t                 len;
    ngx_rtc_sfu_packet_t  *packed;

    len = livekit__data_packet__get_packed_size(packet);

    packed = ngx_alloc(offsetof(ngx_rtc_sfu_packet_t, data) + len, &p->log);
    if (packed == NULL) {
        return NULL;
    }

    packed->refs = 1;
    packed->len = livekit__data_packet__pack(packet, packed->data);

    return packed;
}


void
ngx_rtc_sfu_data_send_to(ngx_rtc_sfu_participant_t *p,
    const Livekit__DataPacket *packet)
{
    ngx_rtc_sfu_packet_t  *packed;

    packed = ngx_rtc_sfu_data_pack(p, packet);

    if (packed) {
        ngx_rtc_sfu_data_send(p, NGX_RTC_SFU_RELIABLE, packed);
        ngx_rtc_sfu_data_release(packed);
    }
}


static void
ngx_rtc_sfu_data_forward(ngx_rtc_sfu_participant_t *sender,
    const Livekit__DataPacket *packet, ngx_uint_t kind)
{
    ngx_rtc_sfu_packet_t  *packed;

    if (ngx_rtc_sfu_data_is_repeated(sender->room, packet)) {
        return;
    }

    packed = ngx_rtc_sfu_data_pack(sender, packet);
    if (packed == NULL) {
        return;
    }

    ngx_rtc_sfu_branch_send_data(sender->room, kind, packed->data,
                                 packed->len);
    ngx_rtc_sfu_data_spread(sender->room, sender, packet, kind, packed);

    ngx_rtc_sfu_data_release(packed);
}


void
ngx_rtc_sfu_data_deliver(ngx_rtc_sfu_room_t *room, ngx_uint_t kind,
    const u_char *data, size_t len)
{
    ngx_pool_t            *pool;
    Livekit__DataPacket   *packet;
    ngx_rtc_sfu_packet_t  *packed;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, room->worker->log);
    if (pool == NULL) {
        return;
    }

    packet = ngx_rtc_sfu_signal_unpack_data(pool, data, len);
    packed = ngx_alloc(offsetof(ngx_rtc_sfu_packet_t, data) + len,
                       room->worker->log);

    if (packet && packed) {
        packed->refs = 1;
        packed->len = len;
        ngx_memcpy(packed->data, data, len);

        if (!ngx_rtc_sfu_data_is_repeated(room, packet)) {
            ngx_rtc_sfu_data_spread(room, NULL, packet, kind, packed);
        }

        ngx_rtc_sfu_data_release(packed);

    } else if (packed) {
        ngx_free(packed);
    }

    ngx_destroy_pool(pool);
}


/* to all here it is meant for */

static void
ngx_rtc_sfu_data_spread(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_participant_t *sender, const Livekit__DataPacket *packet,
    ngx_uint_t kind, ngx_rtc_sfu_packet_t *packed)
{
    ngx_queue_t                *q, *next;
    ngx_rtc_sfu_participant_t  *p;

    for (q = ngx_queue_head(&room->participants);
         q != ngx_queue_sentinel(&room->participants);
         q = next)
    {
        next = ngx_queue_next(q);

        p = ngx_queue_data(q, ngx_rtc_sfu_participant_t, queue);

        if (p != sender && ngx_rtc_sfu_data_is_for(p, packet)) {
            ngx_rtc_sfu_data_send(p, kind, packed);
        }
    }
}


static ngx_uint_t
ngx_rtc_sfu_data_is_for(ngx_rtc_sfu_participant_t *p,
    const Livekit__DataPacket *packet)
{
    size_t  i;

    if (p->state == NGX_RTC_SFU_CLOSED
        || (packet->value_case == LIVEKIT__DATA_PACKET__VALUE_METRICS
            && !p->grant->can_subscribe_metrics))
    {
        return 0;
    }

    for (i = 0; i < packet->n_destination_identities; i++) {
        if (ngx_strcmp(packet->destination_identities[i], p->identity.data)
            == 0)
        {
            return 1;
        }
    }

    if (packet->value_case == LIVEKIT__DATA_PACKET__VALUE_USER
        && packet->user->n_destination_sids)
    {
        for (i = 0; i < packet->user->n_destination_sids; i++) {
            if (ngx_strcmp(packet->user->destination_sids[i], p->sid.data)
                == 0)
            {
                return 1;
            }
        }

        return 0;
    }

    return packet->n_destination_identities == 0;
}


static void
ngx_rtc_sfu_data_send(ngx_rtc_sfu_participant_t *p, ngx_uint_t kind,
    ngx_rtc_sfu_packet_t *packet)
{
    int  rc;

    if (p->resource) {
        return;
    }

    if (kind == NGX_RTC_SFU_LOSSY) {
        (void) ngx_rtc_sfu_pc_send_message(ngx_rtc_sfu_participant_primary(p),
                                           kind, packet->data, packet->len);
        return;
    }

    rc = RTC_AGAIN;

    if (ngx_queue_empty(&p->backlog.packets)) {
        rc = ngx_rtc_sfu_pc_send_message(ngx_rtc_sfu_participant_primary(p),
                                         kind, packet->data, packet->len);
    }

    if (rc == RTC_AGAIN) {
        ngx_rtc_sfu_data_wait(p, packet);
    }
}


static void
ngx_rtc_sfu_data_wait(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_packet_t *packet)
{
    size_t                  weight;
    ngx_rtc_sfu_waiting_t  *waiting;

    weight = ngx_rtc_sfu_data_weight(packet);

    if (!ngx_rtc_sfu_pc_is_open(ngx_rtc_sfu_participant_primary(p),
                                NGX_RTC_SFU_RELIABLE))
    {
        while (p->backlog.size + weight > NGX_RTC_SFU_MAX_EARLY
               && !ngx_queue_empty(&p->backlog.packets))
        {
            ngx_rtc_sfu_data_drop(&p->backlog);
        }

    } else if (p->backlog.size + weight > NGX_RTC_SFU_MAX_BACKLOG) {
        if (!p->backlog.full) {
            ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                          "sfu: too slow for reliable data, waiting:%uz",
                          p->backlog.size);
        }

        p->backlog.full = 1;
        p->room->worker->data.overflows++;

        return;
    }

    waiting = ngx_alloc(sizeof(ngx_rtc_sfu_waiting_t), &p->log);
    if (waiting == NULL) {
        return;
    }

    packet->refs++;
    waiting->packet = packet;

    p->backlog.size += weight;
    ngx_queue_insert_tail(&p->backlog.packets, &waiting->queue);
}


/* many small packets weigh more than their bytes */

static size_t
ngx_rtc_sfu_data_weight(const ngx_rtc_sfu_packet_t *packet)
{
    return sizeof(ngx_rtc_sfu_waiting_t) + sizeof(ngx_rtc_sfu_packet_t)
           + packet->len;
}


void
ngx_rtc_sfu_data_flush(ngx_rtc_sfu_participant_t *p)
{
    int                     rc;
    ngx_queue_t            *q;
    ngx_rtc_sfu_pc_t       *pc;
    ngx_rtc_sfu_waiting_t  *waiting;

    pc = ngx_rtc_sfu_participant_primary(p);

    while (!ngx_queue_empty(&p->backlog.packets)) {

        q = ngx_queue_head(&p->backlog.packets);
        waiting = ngx_queue_data(q, ngx_rtc_sfu_waiting_t, queue);

        rc = ngx_rtc_sfu_pc_send_message(pc, NGX_RTC_SFU_RELIABLE,
                                         waiting->packet->data,
                                         waiting->packet->len);
        if (rc == RTC_AGAIN) {
            return;
        }

        ngx_rtc_sfu_data_drop(&p->backlog);
    }

    p->backlog.full = 0;
}


/* the first one */

static void
ngx_rtc_sfu_data_drop(ngx_rtc_sfu_backlog_t *backlog)
{
    ngx_queue_t            *q;
    ngx_rtc_sfu_waiting_t  *waiting;

    q = ngx_queue_head(&backlog->packets);
    waiting = ngx_queue_data(q, ngx_rtc_sfu_waiting_t, queue);

    backlog->size -= ngx_rtc_sfu_data_weight(waiting->packet);

    ngx_queue_remove(q);
    ngx_rtc_sfu_data_release(waiting->packet);
    ngx_free(waiting);
}


void
ngx_rtc_sfu_data_init(ngx_rtc_sfu_backlog_t *backlog)
{
    ngx_queue_init(&backlog->packets);
    backlog->size = 0;
}


void
ngx_rtc_sfu_data_free(ngx_rtc_sfu_backlog_t *backlog)
{
    while (!ngx_queue_empty(&backlog->packets)) {
        ngx_rtc_sfu_data_drop(backlog);
    }
}


static void
ngx_rtc_sfu_data_release(ngx_rtc_sfu_packet_t *packet)
{
    if (--packet->refs == 0) {
        ngx_free(packet);
    }
}
