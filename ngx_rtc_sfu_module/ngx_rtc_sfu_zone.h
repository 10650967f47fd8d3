
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What all workers share: counters of the installation, which outlive workers
 * and reloads, and a slot of gauges per worker.  Cells and slots are fixed and
 * changed by single atomic operations: a worker may die anywhere.
 */


#ifndef NGX_RTC_SFU_ZONE_H_INCLUDED
#define NGX_RTC_SFU_ZONE_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_sfu_metric.h"


#define NGX_RTC_SFU_ZONE_VERSION  4
#define NGX_RTC_SFU_ZONE_SLOTS    256       /* workers, of all generations */
#define NGX_RTC_SFU_ZONE_WID      16        /* bytes */
#define NGX_RTC_SFU_ZONE_SILENCE  30000     /* ms; such a worker is dead */


typedef struct {
    ngx_atomic_t         pid;               /* 0: free */
    ngx_atomic_t         generation;
    ngx_atomic_t         beat;              /* ngx_current_msec, each second */
    u_char               wid[NGX_RTC_SFU_ZONE_WID];
    ngx_atomic_t         gauges[NGX_RTC_SFU_GAUGES];
} ngx_rtc_sfu_slot_t;


typedef struct {
    ngx_uint_t           version;           /* of this layout */
    size_t               size;
    ngx_atomic_t         generation;        /* loads of the configuration */
    ngx_atomic_t         counters[NGX_RTC_SFU_CELLS];
    ngx_rtc_sfu_slot_t   slots[NGX_RTC_SFU_ZONE_SLOTS];
} ngx_rtc_sfu_shared_t;


/* of a cycle; shared is set before its workers start */

typedef struct {
    ngx_rtc_sfu_shared_t  *shared;
    ngx_uint_t             generation;
} ngx_rtc_sfu_zone_t;


/* while the configuration is read; NULL: logged */

ngx_rtc_sfu_zone_t *ngx_rtc_sfu_zone_add(ngx_conf_t *cf, void *tag);


/*
 * A slot of this process with zeroed gauges, of a free or dead one; NULL: all
 * are taken.
 */

ngx_rtc_sfu_slot_t *ngx_rtc_sfu_zone_claim(ngx_rtc_sfu_zone_t *zone,
    const ngx_str_t *wid);
void ngx_rtc_sfu_zone_release(ngx_rtc_sfu_slot_t *slot);

/* shows that we live; 0: we were held to be dead, the slot is another's */

ngx_uint_t ngx_rtc_sfu_zone_beat(ngx_rtc_sfu_slot_t *slot);

/* whether a worker has it; one that died is freed */

ngx_uint_t ngx_rtc_sfu_zone_alive(ngx_rtc_sfu_slot_t *slot);

/* whether the worker of this id lives */

ngx_uint_t ngx_rtc_sfu_zone_has(ngx_rtc_sfu_zone_t *zone,
    const ngx_str_t *wid);


#endif /* NGX_RTC_SFU_ZONE_H_INCLUDED */
