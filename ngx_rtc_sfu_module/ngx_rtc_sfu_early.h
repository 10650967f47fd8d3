
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Requests that come before the worker has read from Redis whose tokens are
 * good, as after a start or a reload: they wait for it.
 */


#ifndef NGX_RTC_SFU_EARLY_H_INCLUDED
#define NGX_RTC_SFU_EARLY_H_INCLUDED


#include "ngx_rtc_sfu_worker.h"


/*
 * For a content handler, whose body is not read yet: NGX_DECLINED if the
 * request need not wait, else what it returns.  It is called again when the
 * worker is ready; after 3 s, or if too many wait, the answer is 503.
 */

ngx_int_t ngx_rtc_sfu_early(ngx_http_request_t *r,
    ngx_rtc_sfu_worker_t *worker);

/* the worker is ready */

void ngx_rtc_sfu_early_run(ngx_rtc_sfu_worker_t *worker);

/* .. or ends */

void ngx_rtc_sfu_early_close_all(ngx_rtc_sfu_worker_t *worker);


#endif /* NGX_RTC_SFU_EARLY_H_INCLUDED */
