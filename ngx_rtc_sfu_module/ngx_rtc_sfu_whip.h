
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * WHIP (RFC 9725): an encoder publishes by HTTP.  It is a participant of the
 * room like others, with a camera and a microphone.
 *
 *   POST LOCATION/ROOM             an offer: 201, the answer, Location, ETag
 *   PATCH LOCATION/ROOM/SESSION    trickle: 204; If-Match "*", an ICE restart:
 *                                  200, the new credentials and ETag
 *   DELETE LOCATION/ROOM/SESSION   200, the participant leaves
 *   OPTIONS                        what there is, for browsers
 *
 * Each request carries "Authorization: Bearer TOKEN", an access token of the
 * room that may publish; a session obeys only the one that it began with.
 */


#ifndef NGX_RTC_SFU_WHIP_H_INCLUDED
#define NGX_RTC_SFU_WHIP_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


ngx_int_t ngx_rtc_sfu_whip_handler(ngx_http_request_t *r);


#endif /* NGX_RTC_SFU_WHIP_H_INCLUDED */
