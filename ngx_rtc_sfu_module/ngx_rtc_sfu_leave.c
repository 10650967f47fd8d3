
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_leave.h"


size_t
ngx_rtc_sfu_leave_pack(u_char *buf, ngx_uint_t action, ngx_uint_t reason)
{
    Livekit__LeaveRequest    leave = LIVEKIT__LEAVE_REQUEST__INIT;
    Livekit__SignalResponse  response = LIVEKIT__SIGNAL_RESPONSE__INIT;

    leave.action = (Livekit__LeaveRequest__Action) action;
    leave.reason = (Livekit__DisconnectReason) reason;

    /* clients before protocol 13 know nothing else */

    leave.can_reconnect = action != LIVEKIT__LEAVE_REQUEST__ACTION__DISCONNECT;

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_LEAVE;
    response.leave = &leave;

    /* three small numbers in two messages */

    return livekit__signal_response__pack(&response, buf);
}
