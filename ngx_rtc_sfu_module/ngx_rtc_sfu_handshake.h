
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The opening handshake of a WebSocket (RFC 6455, 4.2).
 */


#ifndef NGX_RTC_SFU_HANDSHAKE_H_INCLUDED
#define NGX_RTC_SFU_HANDSHAKE_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Whether the request is an upgrade as 4.2.1 wants it: NGX_OK, or the status
 * to answer: 404 for a request without upgrade headers, 400, 405, 426
 * (Sec-WebSocket-Version is set in the answer then).
 */

ngx_int_t ngx_rtc_sfu_handshake_check(ngx_http_request_t *r);

/* sends 101 and the headers of 4.2.2 to a request that was checked */

ngx_int_t ngx_rtc_sfu_handshake_answer(ngx_http_request_t *r);


#endif /* NGX_RTC_SFU_HANDSHAKE_H_INCLUDED */
