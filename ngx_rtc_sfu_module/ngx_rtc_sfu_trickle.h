
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Our candidates as messages.  They are in the description as well; LiveKit's
 * connection check looks only at these.
 */


#ifndef NGX_RTC_SFU_TRICKLE_H_INCLUDED
#define NGX_RTC_SFU_TRICKLE_H_INCLUDED


#include "ngx_rtc_sfu_pc.h"


/* after a description of ours was sent: once, and after each ICE restart */

void ngx_rtc_sfu_trickle(ngx_rtc_sfu_pc_t *pc, const rtc_sdp_t *ours);


#endif /* NGX_RTC_SFU_TRICKLE_H_INCLUDED */
