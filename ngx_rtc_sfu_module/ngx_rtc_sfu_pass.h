
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Connections are spread over all workers, so a request to a session of WHIP
 * or WHEP may come to another one than the session's: it is passed on over the
 * link between them, and its answer comes back.
 */


#ifndef NGX_RTC_SFU_PASS_H_INCLUDED
#define NGX_RTC_SFU_PASS_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_sfu_relay.h"
#include "ngx_rtc_sfu_wish.h"


#define NGX_RTC_SFU_PASS_TIMEOUT  2000          /* ms */
#define NGX_RTC_SFU_PASS_MAX      256           /* at a time, of a worker */


/*
 * Passes a request on, if its session names another worker that lives:
 * NGX_DECLINED if not, else what a content handler returns.  An answer that
 * does not come in time is 503, as is one request too many.
 */

ngx_int_t ngx_rtc_sfu_pass(ngx_http_request_t *r,
    ngx_rtc_sfu_worker_t *worker, const ngx_rtc_sfu_change_t *change);


/* messages of the other worker */

void ngx_rtc_sfu_pass_request(ngx_rtc_sfu_relay_t *relay,
    const Conference__Request *message);
void ngx_rtc_sfu_pass_answer(ngx_rtc_sfu_relay_t *relay,
    const Conference__Answer *message);

/* no answer will come: ends all requests that wait for one, with a status */

void ngx_rtc_sfu_pass_fail(ngx_rtc_sfu_relay_t *relay, ngx_uint_t status);


#endif /* NGX_RTC_SFU_PASS_H_INCLUDED */
