
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Metrics that describe themselves, at the start of a shared zone: whoever
 * knows the zone's name can print them for Prometheus, another module too.
 */


#ifndef _NGX_RTC_METRICS_H_INCLUDED_
#define _NGX_RTC_METRICS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_RTC_METRICS_MAGIC  0x6d747263
#define NGX_RTC_METRICS_TURN   "rtc_turn"       /* the zone of TURN */
#define NGX_RTC_METRICS_API    "conf_api"       /* that of the API */

/* bytes of text of a cell, at most */

#define NGX_RTC_METRICS_CELL   640


/* cells of one name stand together, the first one has the help; a cell without
   a name means nothing */

typedef struct {
    char                    name[56];
    char                    help[96];
    char                    label[16];          /* empty: none */
    char                    value[256];
    ngx_uint_t              gauge;
    ngx_atomic_t            n;
} ngx_rtc_metric_cell_t;


typedef struct {
    ngx_uint_t              magic;
    ngx_uint_t              ncells;
    ngx_rtc_metric_cell_t  *cells;
} ngx_rtc_metrics_t;


/* a zone of n cells and nothing else, empty at first; keeps its content over a
   reload; the metrics are there when the configuration is */
ngx_int_t ngx_rtc_metrics_add(ngx_conf_t *cf, const char *zone, ngx_uint_t n);

/* those of a zone of this cycle, or NULL */
ngx_rtc_metrics_t *ngx_rtc_metrics_find(ngx_cycle_t *cycle, const char *zone);

/* as text, answers the position behind it; room: NGX_RTC_METRICS_CELL each */
u_char *ngx_rtc_metrics_print(u_char *p, u_char *last,
    const ngx_rtc_metrics_t *metrics);


#endif /* _NGX_RTC_METRICS_H_INCLUDED_ */
