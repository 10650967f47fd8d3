
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The metrics of all workers as text, whichever worker is asked.
 */


#include "ngx_rtc_metrics.h"
#include "ngx_rtc_sfu_metrics.h"


/* bytes of a line, of the lines of HELP and TYPE, at most */

#define NGX_RTC_SFU_METRICS_LINE  160
#define NGX_RTC_SFU_METRICS_HEAD  320

/* zones of other modules, which are there if they run in this nginx */

#define NGX_RTC_SFU_METRICS_OTHERS  2


static ngx_uint_t ngx_rtc_sfu_metrics_workers(ngx_rtc_sfu_shared_t *shared,
    ngx_uint_t *workers);
static size_t ngx_rtc_sfu_metrics_size(ngx_uint_t nworkers);
static u_char *ngx_rtc_sfu_metrics_head(u_char *p, u_char *last,
    const ngx_rtc_sfu_metric_t *metric);
static u_char *ngx_rtc_sfu_metrics_counter(u_char *p, u_char *last,
    const ngx_rtc_sfu_metric_t *metric, ngx_rtc_sfu_shared_t *shared);
static u_char *ngx_rtc_sfu_metrics_histogram(u_char *p, u_char *last,
    const ngx_rtc_sfu_metric_t *metric, ngx_rtc_sfu_shared_t *shared);
static u_char *ngx_rtc_sfu_metrics_gauge(u_char *p, u_char *last,
    const ngx_rtc_sfu_metric_t *metric, ngx_rtc_sfu_shared_t *shared,
    const ngx_uint_t *workers, ngx_uint_t nworkers);
static ngx_int_t ngx_rtc_sfu_metrics_send(ngx_http_request_t *r, ngx_buf_t *b);


static const char  *ngx_rtc_sfu_metrics_others[NGX_RTC_SFU_METRICS_OTHERS] = {
    NGX_RTC_METRICS_TURN,
    NGX_RTC_METRICS_API
};


ngx_int_t
ngx_rtc_sfu_metrics_handler(ngx_http_request_t *r)
{
    size_t                       size;
    ngx_int_t                    rc;
    ngx_buf_t                   *b;
    ngx_uint_t                   i, n, workers[NGX_RTC_SFU_ZONE_SLOTS];
    ngx_rtc_metrics_t           *others[NGX_RTC_SFU_METRICS_OTHERS];
    ngx_rtc_sfu_shared_t        *shared;
    ngx_rtc_sfu_main_conf_t     *smcf;
    const ngx_rtc_sfu_metric_t  *metric;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_rtc_sfu_module);

    if (smcf->worker == NULL) {
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    ngx_rtc_sfu_metrics_update(smcf->worker->metrics);

    shared = smcf->zone->shared;
    n = ngx_rtc_sfu_metrics_workers(shared, workers);

    size = ngx_rtc_sfu_metrics_size(n);

    for (i = 0; i < NGX_RTC_SFU_METRICS_OTHERS; i++) {
        others[i] = ngx_rtc_metrics_find((ngx_cycle_t *) ngx_cycle,
                                         ngx_rtc_sfu_metrics_others[i]);
        if (others[i]) {
            size += others[i]->ncells * NGX_RTC_METRICS_CELL;
        }
    }

    b = ngx_create_temp_buf(r->pool, size);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (metric = ngx_rtc_sfu_metric_table; metric->name.len; metric++) {

        b->last = ngx_rtc_sfu_metrics_head(b->last, b->end, metric);

        switch (metric->type) {

        case NGX_RTC_SFU_COUNTER:
            b->last = ngx_rtc_sfu_metrics_counter(b->last, b->end, metric,
                                                  shared);
            break;

        case NGX_RTC_SFU_HISTOGRAM_US:
            b->last = ngx_rtc_sfu_metrics_histogram(b->last, b->end, metric,
                                                    shared);
            break;

        default: /* NGX_RTC_SFU_GAUGE */
            b->last = ngx_rtc_sfu_metrics_gauge(b->last, b->end, metric,
                                                shared, workers, n);
        }
    }

    for (i = 0; i < NGX_RTC_SFU_METRICS_OTHERS; i++) {
        if (others[i]) {
            b->last = ngx_rtc_metrics_print(b->last, b->end, others[i]);
        }
    }

    return ngx_rtc_sfu_metrics_send(r, b);
}


/* the slots of those that live */

static ngx_uint_t
ngx_rtc_sfu_metrics_workers(ngx_rtc_sfu_shared_t *shared, ngx_uint_t *workers)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < NGX_RTC_SFU_ZONE_SLOTS; i++) {
        if (ngx_rtc_sfu_zone_alive(&shared->slots[i])) {
            workers[n++] = i;
        }
    }

    return n;
}


static size_t
ngx_rtc_sfu_metrics_size(ngx_uint_t nworkers)
{
    size_t                       size;
    const ngx_rtc_sfu_metric_t  *metric;

    /* a histogram's last line, its count, is no cell */

    size = NGX_RTC_SFU_METRICS_LINE
           * (NGX_RTC_SFU_CELLS + NGX_RTC_SFU_GAUGES * nworkers);

    for (metric = ngx_rtc_sfu_metric_table; metric->name.len; metric++) {
        size += NGX_RTC_SFU_METRICS_HEAD + NGX_RTC_SFU_METRICS_LINE;
    }

    return size;
}


static u_char *
ngx_rtc_sfu_metrics_head(u_char *p, u_char *last,
    const ngx_rtc_sfu_metric_t *metric)
{
    const char  *type;

    switch (metric->type) {

    case NGX_RTC_SFU_COUNTER:
        type = "counter";
        break;

    case NGX_RTC_SFU_HISTOGRAM_US:
        type = "histogram";
        break;

    default: /* NGX_RTC_SFU_GAUGE */
        type = "gauge";
    }

    return ngx_slprintf(p, last, "# HELP %V %s\n# TYPE %V %s\n",
                        &metric->name, metric->help, &metric->name, type);
}


static u_char *
ngx_rtc_sfu_metrics_counter(u_char *p, u_char *last,
    const ngx_rtc_sfu_metric_t *metric, ngx_rtc_sfu_shared_t *shared)
{
    ngx_uint_t     i;
    ngx_atomic_t  *cells;

    cells = &shared->counters[metric->first];

    if (metric->label == NULL) {
        return ngx_slprintf(p, last, "%V %uA\n", &metric->name, cells[0]);
    }

    for (i = 0; i < metric->n; i++) {
        p = ngx_slprintf(p, last, "%V{%s=\"%s\"} %uA\n", &metric->name,
                         metric->label, metric->values[i], cells[i]);
    }

    return p;
}


static u_char *
ngx_rtc_sfu_metrics_histogram(u_char *p, u_char *last,
    const ngx_rtc_sfu_metric_t *metric, ngx_rtc_sfu_shared_t *shared)
{
    ngx_uint_t         i;
    ngx_atomic_t      *cells;
    ngx_atomic_uint_t  count, us;

    cells = &shared->counters[metric->first];
    count = 0;

    for (i = 0; i < RTC_HISTOGRAM_BOUNDS; i++) {
        count += cells[i];
        us = rtc_histogram_bounds_us[i];

        p = ngx_slprintf(p, last, "%V_bucket{le=\"%uA.%06uA\"} %uA\n",
                         &metric->name, us / 1000000, us % 1000000, count);
    }

    count += cells[i];
    us = cells[i + 1];

    return ngx_slprintf(p, last,
                        "%V_bucket{le=\"+Inf\"} %uA\n"
                        "%V_sum %uA.%06uA\n"
                        "%V_count %uA\n",
                        &metric->name, count,
                        &metric->name, us / 1000000, us % 1000000,
                        &metric->name, count);
}


/* by the number of the slot, which goes from a dead worker to its successor */

static u_char *
ngx_rtc_sfu_metrics_gauge(u_char *p, u_char *last,
    const ngx_rtc_sfu_metric_t *metric, ngx_rtc_sfu_shared_t *shared,
    const ngx_uint_t *workers, ngx_uint_t nworkers)
{
    ngx_uint_t           i;
    ngx_rtc_sfu_slot_t  *slot;

    for (i = 0; i < nworkers; i++) {
        slot = &shared->slots[workers[i]];

        p = ngx_slprintf(p, last, "%V{worker=\"%ui\"", &metric->name,
                         workers[i]);

        if (metric->first == NGX_RTC_SFU_GAUGE_INFO) {
            p = ngx_slprintf(p, last, ",pid=\"%uA\",generation=\"%uA\"",
                             slot->pid, slot->generation);
        }

        p = ngx_slprintf(p, last, "} %uA\n", slot->gauges[metric->first]);
    }

    return p;
}


static ngx_int_t
ngx_rtc_sfu_metrics_send(ngx_http_request_t *r, ngx_buf_t *b)
{
    ngx_int_t    rc;
    ngx_chain_t  out;

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = b->last - b->pos;
    ngx_str_set(&r->headers_out.content_type,
                "text/plain; version=0.0.4; charset=utf-8");
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}
