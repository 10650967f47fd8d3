
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_command.h"
#include "ngx_rtc_sfu_rpc.h"
#include "ngx_rtc_sfu_worker.h"
#include "rtc_crypto.h"


/* RpcError of the SDKs, as far as the server says it itself */

#define NGX_RTC_SFU_RPC_NO_ACK             1501
#define NGX_RTC_SFU_RPC_NO_RESPONSE        1502
#define NGX_RTC_SFU_RPC_DISCONNECTED       1503
#define NGX_RTC_SFU_RPC_ODD_RESPONSE       1504


typedef struct {
    ngx_queue_t                 queue;          /* in participant->rpcs */
    ngx_rtc_sfu_participant_t  *participant;
    char                        id[33];
    u_char                      from[NGX_RTC_SFU_WID_LEN];
    uint32_t                    command;
    ngx_msec_t                  deadline;

    ngx_rtc_ident_t             ident;
    ngx_event_t                 timer;
    unsigned                    acked:1;
} ngx_rtc_sfu_call_t;


static ngx_msec_t ngx_rtc_sfu_rpc_wait(
    const Livekit__PerformRpcRequest *request);
static void ngx_rtc_sfu_rpc_send(ngx_rtc_sfu_participant_t *p,
    const char *id, const Livekit__PerformRpcRequest *request,
    ngx_msec_t timeout);
static ngx_rtc_sfu_call_t *ngx_rtc_sfu_rpc_find(ngx_rtc_sfu_participant_t *p,
    const char *id);
static void ngx_rtc_sfu_rpc_ack(ngx_rtc_sfu_call_t *call);
static void ngx_rtc_sfu_rpc_response(ngx_rtc_sfu_call_t *call,
    const Livekit__RpcResponse *response);
static void ngx_rtc_sfu_rpc_timeout(ngx_event_t *ev);
static void ngx_rtc_sfu_rpc_fail(ngx_rtc_sfu_call_t *call, uint32_t code,
    const char *message, const char *data);
static void ngx_rtc_sfu_rpc_finish(ngx_rtc_sfu_call_t *call,
    const ngx_rtc_sfu_verdict_t *verdict);


/* what LiveKit's server makes of an RpcError; the rest is internal */

static const struct {
    uint32_t     code;
    ngx_uint_t   verdict;
} ngx_rtc_sfu_rpc_errors[] = {
    { 1400, NGX_RTC_SFU_VERDICT_INVALID_ARGUMENT },     /* no such method */
    { 1401, NGX_RTC_SFU_VERDICT_NOT_FOUND },
    { 1402, NGX_RTC_SFU_VERDICT_MALFORMED },
    { 1403, NGX_RTC_SFU_VERDICT_UNIMPLEMENTED },
    { 1404, NGX_RTC_SFU_VERDICT_UNIMPLEMENTED },
    { 1501, NGX_RTC_SFU_VERDICT_CANCELED },
    { 1502, NGX_RTC_SFU_VERDICT_CANCELED },
    { 1503, NGX_RTC_SFU_VERDICT_UNAVAILABLE }
};


ngx_int_t
ngx_rtc_sfu_rpc_start(ngx_rtc_sfu_participant_t *p,
    const Livekit__PerformRpcRequest *request, const ngx_str_t *from,
    uint32_t id, ngx_rtc_sfu_verdict_t *verdict)
{
    u_char               random[16];
    ngx_msec_t           timeout;
    ngx_rtc_sfu_call_t  *call;

    if (ngx_strlen(request->payload) > NGX_RTC_SFU_RPC_PAYLOAD) {
        verdict->code = NGX_RTC_SFU_VERDICT_MALFORMED;
        verdict->text = "RpcError 1402: Request payload too large";
        return NGX_OK;
    }

    if (p->nrpcs >= NGX_RTC_SFU_RPC_MAX) {
        verdict->code = NGX_RTC_SFU_VERDICT_RESOURCE_EXHAUSTED;
        verdict->text = "too many calls of the participant";
        return NGX_OK;
    }

    call = ngx_calloc(sizeof(ngx_rtc_sfu_call_t), &p->log);

    if (call == NULL || rtc_random(random, sizeof(random)) != RTC_OK) {
        if (call) {
            ngx_free(call);
        }

        verdict->code = NGX_RTC_SFU_VERDICT_INTERNAL;
        verdict->text = "RpcError 1505: Failed to send";
        return NGX_OK;
    }

    call->participant = p;
    call->command = id;
    ngx_memcpy(call->from, from->data, NGX_RTC_SFU_WID_LEN);
    *ngx_hex_dump((u_char *) call->id, random, sizeof(random)) = '\0';

    ngx_rtc_ident_init(&call->ident, call);
    call->timer.handler = ngx_rtc_sfu_rpc_timeout;
    call->timer.data = &call->ident;
    call->timer.log = &p->log;
    call->timer.cancelable = 1;

    timeout = ngx_rtc_sfu_rpc_wait(request);
    call->deadline = ngx_current_msec + timeout;

    ngx_queue_insert_tail(&p->rpcs, &call->queue);
    p->nrpcs++;

    ngx_add_timer(&call->timer, ngx_min(timeout, NGX_RTC_SFU_RPC_ACK));

    /* a client that is too slow for it leaves, which ends the call */

    ngx_rtc_sfu_rpc_send(p, call->id, request, timeout);

    return NGX_AGAIN;
}


static ngx_msec_t
ngx_rtc_sfu_rpc_wait(const Livekit__PerformRpcRequest *request)
{
    ngx_msec_t  timeout;

    timeout = request->response_timeout_ms ? request->response_timeout_ms
                                           : NGX_RTC_SFU_RPC_TIMEOUT;

    return ngx_min(timeout, NGX_RTC_SFU_RPC_MAX_TIMEOUT);
}


ngx_msec_t
ngx_rtc_sfu_rpc_patience(const Livekit__PerformRpcRequest *request)
{
    return ngx_rtc_sfu_rpc_wait(request) + NGX_RTC_SFU_COMMAND_TIMEOUT;
}


/* SDKs answer to the caller's identity, so the call has one of its own */

static void
ngx_rtc_sfu_rpc_send(ngx_rtc_sfu_participant_t *p, const char *id,
    const Livekit__PerformRpcRequest *request, ngx_msec_t timeout)
{
    Livekit__DataPacket  packet = LIVEKIT__DATA_PACKET__INIT;
    Livekit__RpcRequest  rpc = LIVEKIT__RPC_REQUEST__INIT;

    rpc.id = (char *) id;
    rpc.method = request->method;
    rpc.payload = request->payload;
    rpc.response_timeout_ms = (uint32_t) timeout;
    rpc.version = 1;

    packet.kind = LIVEKIT__DATA_PACKET__KIND__RELIABLE;
    packet.participant_identity = rpc.id;
    packet.value_case = LIVEKIT__DATA_PACKET__VALUE_RPC_REQUEST;
    packet.rpc_request = &rpc;

    ngx_rtc_sfu_data_send_to(p, &packet);
}


ngx_uint_t
ngx_rtc_sfu_rpc_receive(ngx_rtc_sfu_participant_t *p,
    const Livekit__DataPacket *packet)
{
    const char          *id;
    ngx_rtc_sfu_call_t  *call;

    switch (packet->value_case) {

    case LIVEKIT__DATA_PACKET__VALUE_RPC_ACK:
        id = packet->rpc_ack->request_id;
        break;

    case LIVEKIT__DATA_PACKET__VALUE_RPC_RESPONSE:
        id = packet->rpc_response->request_id;
        break;

    default:
        return 0;
    }

    call = ngx_rtc_sfu_rpc_find(p, id);
    if (call == NULL) {
        return 0;
    }

    if (packet->value_case == LIVEKIT__DATA_PACKET__VALUE_RPC_ACK) {
        ngx_rtc_sfu_rpc_ack(call);

    } else {
        ngx_rtc_sfu_rpc_response(call, packet->rpc_response);
    }

    return 1;
}


static ngx_rtc_sfu_call_t *
ngx_rtc_sfu_rpc_find(ngx_rtc_sfu_participant_t *p, const char *id)
{
    ngx_queue_t         *q;
    ngx_rtc_sfu_call_t  *call;

    for (q = ngx_queue_head(&p->rpcs);
         q != ngx_queue_sentinel(&p->rpcs);
         q = ngx_queue_next(q))
    {
        call = ngx_queue_data(q, ngx_rtc_sfu_call_t, queue);

        if (ngx_strcmp(call->id, id) == 0) {
            return call;
        }
    }

    return NULL;
}


static void
ngx_rtc_sfu_rpc_ack(ngx_rtc_sfu_call_t *call)
{
    ngx_msec_int_t  left;

    if (call->acked) {
        return;
    }

    call->acked = 1;
    left = (ngx_msec_int_t) (call->deadline - ngx_current_msec);

    ngx_del_timer(&call->timer);
    ngx_add_timer(&call->timer, ngx_max(left, 1));
}


static void
ngx_rtc_sfu_rpc_response(ngx_rtc_sfu_call_t *call,
    const Livekit__RpcResponse *response)
{
    ngx_str_t                    packed;
    ngx_pool_t                  *pool;
    ngx_rtc_sfu_verdict_t        verdict;
    Livekit__PerformRpcResponse  answer = LIVEKIT__PERFORM_RPC_RESPONSE__INIT;

    if (response->value_case == LIVEKIT__RPC_RESPONSE__VALUE_ERROR) {
        ngx_rtc_sfu_rpc_fail(call, response->error->code,
                             response->error->message, response->error->data);
        return;
    }

    pool = NULL;

    if (response->value_case == LIVEKIT__RPC_RESPONSE__VALUE_PAYLOAD) {
        answer.payload = response->payload;
        pool = ngx_create_pool(1024, call->participant->room->worker->log);
    }

    if (pool == NULL
        || ngx_rtc_sfu_signal_pack(pool, &answer.base, &packed) != NGX_OK)
    {
        ngx_rtc_sfu_rpc_fail(call, NGX_RTC_SFU_RPC_ODD_RESPONSE,
                             "Response cannot be read", "");

    } else {
        verdict.code = NGX_RTC_SFU_VERDICT_OK;
        verdict.text = NULL;
        verdict.response = packed;

        ngx_rtc_sfu_rpc_finish(call, &verdict);
    }

    if (pool) {
        ngx_destroy_pool(pool);
    }
}


static void
ngx_rtc_sfu_rpc_timeout(ngx_event_t *ev)
{
    ngx_rtc_sfu_call_t  *call = ngx_rtc_ident_data(ev);

    if (call->acked
        || (ngx_msec_int_t) (call->deadline - ngx_current_msec) <= 0)
    {
        ngx_rtc_sfu_rpc_fail(call, NGX_RTC_SFU_RPC_NO_RESPONSE,
                             "Response timeout", "");
        return;
    }

    ngx_rtc_sfu_rpc_fail(call, NGX_RTC_SFU_RPC_NO_ACK, "Connection timeout",
                         "");
}


void
ngx_rtc_sfu_rpc_end_all(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&p->rpcs)) {
        q = ngx_queue_head(&p->rpcs);

        ngx_rtc_sfu_rpc_fail(ngx_queue_data(q, ngx_rtc_sfu_call_t, queue),
                             NGX_RTC_SFU_RPC_DISCONNECTED,
                             "Recipient disconnected", "");
    }
}


static void
ngx_rtc_sfu_rpc_fail(ngx_rtc_sfu_call_t *call, uint32_t code,
    const char *message, const char *data)
{
    u_char                *last;
    ngx_uint_t             i;
    ngx_rtc_sfu_verdict_t  verdict;
    u_char                 text[1024];

    verdict.code = NGX_RTC_SFU_VERDICT_INTERNAL;
    ngx_str_null(&verdict.response);

    for (i = 0; i < rtc_nelts(ngx_rtc_sfu_rpc_errors); i++) {
        if (ngx_rtc_sfu_rpc_errors[i].code == code) {
            verdict.code = ngx_rtc_sfu_rpc_errors[i].verdict;
        }
    }

    last = ngx_snprintf(text, sizeof(text), "RpcError %uD: %s%s%s", code,
                        message, data[0] ? ": " : "", data);

    if (last == text + sizeof(text)) {

        /* it ends before a character, which may be a part of one only */

        do {
            last--;
        } while ((*last & 0xc0) == 0x80);
    }

    *last = '\0';

    verdict.text = (char *) text;

    ngx_rtc_sfu_rpc_finish(call, &verdict);
}


static void
ngx_rtc_sfu_rpc_finish(ngx_rtc_sfu_call_t *call,
    const ngx_rtc_sfu_verdict_t *verdict)
{
    uint32_t               command;
    ngx_str_t              wid;
    u_char                 from[NGX_RTC_SFU_WID_LEN];
    ngx_rtc_sfu_worker_t  *worker;

    worker = call->participant->room->worker;
    command = call->command;

    ngx_memcpy(from, call->from, NGX_RTC_SFU_WID_LEN);
    wid.data = from;
    wid.len = NGX_RTC_SFU_WID_LEN;

    if (call->timer.timer_set) {
        ngx_del_timer(&call->timer);
    }

    ngx_queue_remove(&call->queue);
    call->participant->nrpcs--;
    ngx_free(call);

    ngx_rtc_sfu_command_answer(worker, &wid, command, verdict);
}
