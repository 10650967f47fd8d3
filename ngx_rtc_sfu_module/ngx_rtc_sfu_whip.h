
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * WHIP (RFC 9725): an encoder publishes by HTTP.  It is a participant of the
 * room like others, with a camera and a microphone.  Its token has to allow
 * publishing; the requests are described in ngx_rtc_sfu_wish.h.
 */


#ifndef NGX_RTC_SFU_WHIP_H_INCLUDED
#define NGX_RTC_SFU_WHIP_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


ngx_int_t ngx_rtc_sfu_whip_handler(ngx_http_request_t *r);


#endif /* NGX_RTC_SFU_WHIP_H_INCLUDED */
