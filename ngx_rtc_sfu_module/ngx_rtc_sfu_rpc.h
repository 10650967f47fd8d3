
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * RPC of the server API: it calls a method of a participant, whose client
 * answers as it would another participant.
 */


#ifndef NGX_RTC_SFU_RPC_H_INCLUDED
#define NGX_RTC_SFU_RPC_H_INCLUDED


#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_verdict.h"


#define NGX_RTC_SFU_RPC_PAYLOAD     15360       /* bytes at most */
#define NGX_RTC_SFU_RPC_TIMEOUT     10000       /* ms, if none is asked for */
#define NGX_RTC_SFU_RPC_MAX_TIMEOUT 60000       /* ms */
#define NGX_RTC_SFU_RPC_ACK         2000        /* ms */
#define NGX_RTC_SFU_RPC_MAX         32          /* at a time, of one client */


/*
 * NGX_AGAIN: the answer goes to the command "id" of the worker "from" later;
 * NGX_OK: it is the verdict.
 */

ngx_int_t ngx_rtc_sfu_rpc_start(ngx_rtc_sfu_participant_t *p,
    const Livekit__PerformRpcRequest *request, const ngx_str_t *from,
    uint32_t id, ngx_rtc_sfu_verdict_t *verdict);

/* ms that its answer may take, at the worker that asks for it */

ngx_msec_t ngx_rtc_sfu_rpc_patience(
    const Livekit__PerformRpcRequest *request);

/* whether the packet answers a call, and is for nobody else */

ngx_uint_t ngx_rtc_sfu_rpc_receive(ngx_rtc_sfu_participant_t *p,
    const Livekit__DataPacket *packet);

/* the participant leaves */

void ngx_rtc_sfu_rpc_end_all(ngx_rtc_sfu_participant_t *p);


#endif /* NGX_RTC_SFU_RPC_H_INCLUDED */
