
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_metrics.h"


static ngx_int_t ngx_rtc_metrics_init(ngx_shm_zone_t *shm_zone, void *data);


ngx_int_t
ngx_rtc_metrics_add(ngx_conf_t *cf, const char *zone, ngx_uint_t n)
{
    size_t           size;
    ngx_str_t        name;
    ngx_shm_zone_t  *shm_zone;

    name.data = (u_char *) zone;
    name.len = ngx_strlen(zone);

    /* the slab allocator's own descriptors, one per page, and some pages */

    size = ngx_align(sizeof(ngx_rtc_metrics_t)
                     + n * sizeof(ngx_rtc_metric_cell_t), ngx_pagesize);
    size += size / ngx_pagesize * 64 + 16 * ngx_pagesize;

    shm_zone = ngx_shared_memory_add(cf, &name, ngx_align(size, ngx_pagesize),
                                     &ngx_core_module);
    if (shm_zone == NULL) {
        return NGX_ERROR;
    }

    shm_zone->init = ngx_rtc_metrics_init;
    shm_zone->data = (void *) n;

    return NGX_OK;
}


/* data is that of the former cycle: there is content already */

static ngx_int_t
ngx_rtc_metrics_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_uint_t          n;
    ngx_slab_pool_t    *shpool;
    ngx_rtc_metrics_t  *metrics;

    n = (ngx_uint_t) shm_zone->data;
    shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (data) {
        return NGX_OK;
    }

    metrics = ngx_slab_calloc(shpool, sizeof(ngx_rtc_metrics_t)
                                      + n * sizeof(ngx_rtc_metric_cell_t));
    if (metrics == NULL) {
        return NGX_ERROR;
    }

    metrics->ncells = n;
    metrics->cells = (ngx_rtc_metric_cell_t *) &metrics[1];
    metrics->magic = NGX_RTC_METRICS_MAGIC;

    shpool->data = metrics;

    return NGX_OK;
}


ngx_rtc_metrics_t *
ngx_rtc_metrics_find(ngx_cycle_t *cycle, const char *zone)
{
    size_t              len;
    ngx_uint_t          i;
    ngx_list_part_t    *part;
    ngx_shm_zone_t     *shm_zone;
    ngx_slab_pool_t    *shpool;
    ngx_rtc_metrics_t  *metrics;

    len = ngx_strlen(zone);
    part = &cycle->shared_memory.part;
    shm_zone = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return NULL;
            }

            part = part->next;
            shm_zone = part->elts;
            i = 0;
        }

        if (shm_zone[i].tag != &ngx_core_module
            || shm_zone[i].shm.name.len != len
            || ngx_strncmp(shm_zone[i].shm.name.data, zone, len) != 0)
        {
            continue;
        }

        shpool = (ngx_slab_pool_t *) shm_zone[i].shm.addr;
        metrics = shpool->data;

        return metrics && metrics->magic == NGX_RTC_METRICS_MAGIC ? metrics
                                                                  : NULL;
    }
}


u_char *
ngx_rtc_metrics_print(u_char *p, u_char *last,
    const ngx_rtc_metrics_t *metrics)
{
    ngx_uint_t                    i;
    const ngx_rtc_metric_cell_t  *cell;

    for (i = 0; i < metrics->ncells; i++) {
        cell = &metrics->cells[i];

        if (cell->name[0] == '\0') {
            continue;
        }

        if (cell->help[0]) {
            p = ngx_slprintf(p, last, "# HELP %s %s\n# TYPE %s %s\n",
                             cell->name, cell->help, cell->name,
                             cell->gauge ? "gauge" : "counter");
        }

        if (cell->label[0]) {
            p = ngx_slprintf(p, last, "%s{%s=\"%s\"} %uA\n", cell->name,
                             cell->label, cell->value, cell->n);
            continue;
        }

        p = ngx_slprintf(p, last, "%s %uA\n", cell->name, cell->n);
    }

    return p;
}
