
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The keys of access tokens, as a worker knows them from its file and from
 * Redis.  When they change, running sessions get a new token at once, so that
 * they can come back with it.
 */


#ifndef NGX_RTC_SFU_SIGNER_H_INCLUDED
#define NGX_RTC_SFU_SIGNER_H_INCLUDED


#include "ngx_rtc_sfu_worker.h"


/* after the worker has its client of Redis, and before that is destroyed */

ngx_int_t ngx_rtc_sfu_signer_init(ngx_rtc_sfu_worker_t *worker);
void ngx_rtc_sfu_signer_close(ngx_rtc_sfu_worker_t *worker);

/* the key of this name, else the first one; not to be kept; NULL: not yet */

const rtc_jwt_key_t *ngx_rtc_sfu_signer_key(ngx_rtc_sfu_worker_t *worker,
    rtc_str_t name);


#endif /* NGX_RTC_SFU_SIGNER_H_INCLUDED */
