
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A worker's measurements.  Everything counts in plain structures of its own;
 * once a second the differences go to the shared zone, so that no packet costs
 * an atomic operation.  A worker that is killed takes its last second along.
 */


#ifndef NGX_RTC_SFU_METRICS_H_INCLUDED
#define NGX_RTC_SFU_METRICS_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_sfu_metric.h"
#include "ngx_rtc_sfu_pc.h"
#include "ngx_rtc_sfu_worker.h"
#include "rtc_relay.h"
#include "ngx_rtc_sfu_zone.h"


/* in init_process; NULL: no memory */

ngx_rtc_sfu_metrics_t *ngx_rtc_sfu_metrics_create(
    ngx_rtc_sfu_worker_t *worker, ngx_pool_t *pool);

/* in exit_process, after the last session; NULL is fine */

void ngx_rtc_sfu_metrics_close(ngx_rtc_sfu_metrics_t *m);

/* brings the zone up to date now */

void ngx_rtc_sfu_metrics_update(ngx_rtc_sfu_metrics_t *m);


/* a peer connection comes, or is about to be freed: its counts are kept */

void ngx_rtc_sfu_metrics_add(ngx_rtc_sfu_metrics_t *m, ngx_rtc_sfu_pc_t *pc);
void ngx_rtc_sfu_metrics_remove(ngx_rtc_sfu_metrics_t *m,
    ngx_rtc_sfu_pc_t *pc);

/* what a relay has counted stays, too */

void ngx_rtc_sfu_metrics_relay_ends(ngx_rtc_sfu_metrics_t *m,
    const rtc_relay_t *relay);

/* counts the end of a join, and tells it to $rtc_join_status; r may be NULL */

void ngx_rtc_sfu_metrics_join(ngx_rtc_sfu_metrics_t *m, ngx_http_request_t *r,
    ngx_rtc_sfu_join_result_e result);

/* an event for a URL was delivered, or given up */

void ngx_rtc_sfu_metrics_webhook(ngx_rtc_sfu_metrics_t *m,
    ngx_uint_t delivered);

/* a participant became ACTIVE */

void ngx_rtc_sfu_metrics_joined(ngx_rtc_sfu_metrics_t *m, ngx_msec_t took);


/* GET: the text format of Prometheus, 0.0.4 */

ngx_int_t ngx_rtc_sfu_metrics_handler(ngx_http_request_t *r);


#endif /* NGX_RTC_SFU_METRICS_H_INCLUDED */
