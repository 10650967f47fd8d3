
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The messages of a participant's client: which unit handles which, and the
 * answers that are nobody's in particular.
 */


#ifndef NGX_RTC_SFU_MESSAGE_H_INCLUDED
#define NGX_RTC_SFU_MESSAGE_H_INCLUDED


#include "ngx_rtc_sfu_participant.h"


/* one packed SignalRequest; malformed ones end the session */

void ngx_rtc_sfu_message_handle(ngx_rtc_sfu_participant_t *p,
    const u_char *buf, size_t len);

/*
 * The outcome of a request.  "response" has reason and message and, where the
 * client looks for it, the request it answers.
 */

void ngx_rtc_sfu_message_respond(ngx_rtc_sfu_participant_t *p,
    const Livekit__RequestResponse *outcome);


#endif /* NGX_RTC_SFU_MESSAGE_H_INCLUDED */
