
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The publishing end of a peer connection.  Most people only watch and have
 * none: it takes as much memory as all the rest of the connection.
 */


#ifndef NGX_RTC_SFU_UPLINK_H_INCLUDED
#define NGX_RTC_SFU_UPLINK_H_INCLUDED


#include "ngx_rtc_sfu_pc.h"


/* makes pc->uplink for the first track, with the extensions of pc->exts */

ngx_int_t ngx_rtc_sfu_uplink_start(ngx_rtc_sfu_pc_t *pc);


#endif /* NGX_RTC_SFU_UPLINK_H_INCLUDED */
