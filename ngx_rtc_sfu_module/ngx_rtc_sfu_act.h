
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What commands of the server API do to a participant of this worker, and to
 * all of a room that are here.
 */


#ifndef NGX_RTC_SFU_ACT_H_INCLUDED
#define NGX_RTC_SFU_ACT_H_INCLUDED


#include "ngx_rtc_sfu_command.h"


/*
 * NGX_OK: the verdict, in the pool or constant; NGX_AGAIN: it comes later, to
 * the worker "from".
 */

ngx_int_t ngx_rtc_sfu_act(ngx_rtc_sfu_worker_t *worker, ngx_pool_t *pool,
    const ngx_str_t *from, const Conference__Command *command,
    ngx_rtc_sfu_verdict_t *verdict);


#endif /* NGX_RTC_SFU_ACT_H_INCLUDED */
