
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LeaveRequest: the last message to a client, which tells it what to do next.
 *
 *   DISCONNECT  nothing, it is over
 *   RESUME      connect again, the session is kept
 *   RECONNECT   join anew
 */


#ifndef NGX_RTC_SFU_LEAVE_H_INCLUDED
#define NGX_RTC_SFU_LEAVE_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "livekit.pb-c.h"


#define NGX_RTC_SFU_LEAVE_SIZE  64              /* of buf, more than enough */


/* packs it as a SignalResponse; action and reason as in livekit.proto */

size_t ngx_rtc_sfu_leave_pack(u_char *buf, ngx_uint_t action,
    ngx_uint_t reason);


#endif /* NGX_RTC_SFU_LEAVE_H_INCLUDED */
