
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A host that is being taken away, as Redis says: its workers let nobody in,
 * calls and relays go on, and members are told to come anew, if that is wanted.
 */


#ifndef NGX_RTC_SFU_DRAIN_H_INCLUDED
#define NGX_RTC_SFU_DRAIN_H_INCLUDED


#include "ngx_rtc_sfu_worker.h"


/* after Redis, before rooms; NULL: no memory */

ngx_rtc_sfu_drain_t *ngx_rtc_sfu_drain_create(ngx_rtc_sfu_worker_t *worker);
void ngx_rtc_sfu_drain_destroy(ngx_rtc_sfu_drain_t *drain);

/* whether nobody is let in; NULL: no */

ngx_uint_t ngx_rtc_sfu_drain_is_on(const ngx_rtc_sfu_drain_t *drain);


#endif /* NGX_RTC_SFU_DRAIN_H_INCLUDED */
