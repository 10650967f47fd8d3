
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit signalling as bytes: SignalRequest in, SignalResponse out.
 */


#ifndef NGX_RTC_SFU_SIGNAL_H_INCLUDED
#define NGX_RTC_SFU_SIGNAL_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <jansson.h>
#include "livekit.pb-c.h"
#include "rtc_core.h"


/*
 * Messages that are unpacked live in the pool; NULL if malformed: in proto3
 * strings are UTF-8, too.
 */

Livekit__SignalRequest *ngx_rtc_sfu_signal_unpack(ngx_pool_t *pool,
    const u_char *p, size_t len);
Livekit__DataPacket *ngx_rtc_sfu_signal_unpack_data(ngx_pool_t *pool,
    const u_char *p, size_t len);
Livekit__Member *ngx_rtc_sfu_signal_unpack_member(ngx_pool_t *pool,
    const u_char *p, size_t len);
void *ngx_rtc_sfu_signal_unpack_message(ngx_pool_t *pool,
    const ProtobufCMessageDescriptor *type, const u_char *p, size_t len);


/* of JSON that was len bytes long; NULL: not such a message, for a reason */

void *ngx_rtc_sfu_signal_read_json(ngx_pool_t *pool,
    const ProtobufCMessageDescriptor *type, const json_t *json, size_t len,
    const char **reason);


/* packs any message into the pool */

ngx_int_t ngx_rtc_sfu_signal_pack(ngx_pool_t *pool,
    const ProtobufCMessage *message, ngx_str_t *packed);


/* a Member around an info that is packed already */

ngx_int_t ngx_rtc_sfu_signal_pack_member(ngx_pool_t *pool,
    const ngx_str_t *info, ngx_uint_t hidden, ngx_str_t *packed);


/*
 * A SignalResponse with a ParticipantUpdate of infos that are packed already:
 * an update is serialised once, however many receive it.
 */

ngx_int_t ngx_rtc_sfu_signal_pack_update(ngx_pool_t *pool,
    const ngx_str_t *infos, ngx_uint_t n, ngx_str_t *packed);


/*
 * A SignalResponse with a JoinResponse; the infos of the others are packed
 * already and are appended to what join holds.
 */

ngx_int_t ngx_rtc_sfu_signal_pack_join(ngx_pool_t *pool,
    const Livekit__JoinResponse *join, const ngx_str_t *others, ngx_uint_t n,
    ngx_str_t *packed);


/* a terminated copy in the pool, for members of messages; NULL: no memory */

char *ngx_rtc_sfu_signal_string(ngx_pool_t *pool, const u_char *data,
    size_t len);


#endif /* NGX_RTC_SFU_SIGNAL_H_INCLUDED */
