
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * WHEP (draft-ietf-wish-whep): a player gets a room by HTTP.  The requests are
 * described in ngx_rtc_sfu_wish.h; the token has to allow subscribing.  What
 * the player gets (ngx_rtc_sfu_viewer.h) can be chosen:
 *
 *   POST LOCATION/ROOM?participant=IDENTITY-OR-SID&track=SID
 *
 * An offer is always answered: with nobody to be shown, the draft lets us
 * choose between 409 and a session that waits, and then plays at once.  406
 * would announce an offer of our own, for which there is no need.
 */


#ifndef NGX_RTC_SFU_WHEP_H_INCLUDED
#define NGX_RTC_SFU_WHEP_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


ngx_int_t ngx_rtc_sfu_whep_handler(ngx_http_request_t *r);


#endif /* NGX_RTC_SFU_WHEP_H_INCLUDED */
