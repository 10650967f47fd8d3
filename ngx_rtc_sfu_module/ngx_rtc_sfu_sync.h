
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * SyncState: what a client that has resumed takes its session to be.
 */


#ifndef NGX_RTC_SFU_SYNC_H_INCLUDED
#define NGX_RTC_SFU_SYNC_H_INCLUDED


#include "ngx_rtc_sfu_participant.h"


/*
 * Takes over which tracks the client wants and which it has switched off, and
 * sends the data that it missed.  If it publishes what we do not know of, it
 * is told to join anew.
 */

void ngx_rtc_sfu_sync(ngx_rtc_sfu_participant_t *p,
    const Livekit__SyncState *state);


#endif /* NGX_RTC_SFU_SYNC_H_INCLUDED */
