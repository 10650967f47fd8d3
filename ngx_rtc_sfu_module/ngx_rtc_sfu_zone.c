
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_zone.h"


static ngx_int_t ngx_rtc_sfu_zone_init(ngx_shm_zone_t *shm_zone, void *data);
static ngx_uint_t ngx_rtc_sfu_zone_dead(ngx_rtc_sfu_slot_t *slot,
    ngx_atomic_uint_t pid);


ngx_rtc_sfu_zone_t *
ngx_rtc_sfu_zone_add(ngx_conf_t *cf, void *tag)
{
    size_t               size;
    ngx_str_t            name = ngx_string("rtc_sfu");
    ngx_shm_zone_t      *shm_zone;
    ngx_rtc_sfu_zone_t  *zone;

    zone = ngx_pcalloc(cf->pool, sizeof(ngx_rtc_sfu_zone_t));
    if (zone == NULL) {
        return NULL;
    }

    /* the slab allocator's own pages, and at least eight */

    size = ngx_align(sizeof(ngx_rtc_sfu_shared_t), ngx_pagesize)
           + 8 * ngx_pagesize;

    shm_zone = ngx_shared_memory_add(cf, &name, size, tag);
    if (shm_zone == NULL) {
        return NULL;
    }

    shm_zone->init = ngx_rtc_sfu_zone_init;
    shm_zone->data = zone;

    return zone;
}


/* data is that of the former cycle, if the memory is still the same */

static ngx_int_t
ngx_rtc_sfu_zone_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_rtc_sfu_zone_t  *former = data;

    ngx_slab_pool_t       *shpool;
    ngx_rtc_sfu_zone_t    *zone;
    ngx_rtc_sfu_shared_t  *shared;

    zone = shm_zone->data;
    shared = former ? former->shared : NULL;

    if (shared && (shared->version != NGX_RTC_SFU_ZONE_VERSION
                   || shared->size != sizeof(ngx_rtc_sfu_shared_t)))
    {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                      "sfu: the running workers count in another way, "
                      "restart nginx");
        return NGX_ERROR;
    }

    if (shared == NULL) {
        shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

        shared = ngx_slab_calloc(shpool, sizeof(ngx_rtc_sfu_shared_t));
        if (shared == NULL) {
            return NGX_ERROR;
        }

        shared->version = NGX_RTC_SFU_ZONE_VERSION;
        shared->size = sizeof(ngx_rtc_sfu_shared_t);
    }

    zone->shared = shared;
    zone->generation = ngx_atomic_fetch_add(&shared->generation, 1) + 1;

    return NGX_OK;
}


ngx_rtc_sfu_slot_t *
ngx_rtc_sfu_zone_claim(ngx_rtc_sfu_zone_t *zone, const ngx_str_t *wid)
{
    ngx_uint_t           i, n;
    ngx_atomic_uint_t    pid;
    ngx_rtc_sfu_slot_t  *slot;

    for (i = 0; i < NGX_RTC_SFU_ZONE_SLOTS; i++) {
        slot = &zone->shared->slots[i];
        pid = slot->pid;

        if (pid && !ngx_rtc_sfu_zone_dead(slot, pid)) {
            continue;
        }

        /* first, or others take the new owner for a silent one */

        slot->beat = ngx_current_msec;

        if (!ngx_atomic_cmp_set(&slot->pid, pid, ngx_pid)) {
            continue;
        }

        slot->generation = zone->generation;

        ngx_memcpy(slot->wid, wid->data,
                   ngx_min(wid->len, NGX_RTC_SFU_ZONE_WID));

        for (n = 0; n < NGX_RTC_SFU_GAUGES; n++) {
            slot->gauges[n] = 0;
        }

        return slot;
    }

    return NULL;
}


void
ngx_rtc_sfu_zone_release(ngx_rtc_sfu_slot_t *slot)
{
    (void) ngx_atomic_cmp_set(&slot->pid, ngx_pid, 0);
}


ngx_uint_t
ngx_rtc_sfu_zone_beat(ngx_rtc_sfu_slot_t *slot)
{
    if (slot->pid != (ngx_atomic_uint_t) ngx_pid) {
        return 0;
    }

    slot->beat = ngx_current_msec;

    return 1;
}


ngx_uint_t
ngx_rtc_sfu_zone_alive(ngx_rtc_sfu_slot_t *slot)
{
    ngx_atomic_uint_t  pid;

    pid = slot->pid;

    if (pid == 0) {
        return 0;
    }

    if (!ngx_rtc_sfu_zone_dead(slot, pid)) {
        return 1;
    }

    (void) ngx_atomic_cmp_set(&slot->pid, pid, 0);

    return 0;
}


ngx_uint_t
ngx_rtc_sfu_zone_has(ngx_rtc_sfu_zone_t *zone, const ngx_str_t *wid)
{
    ngx_uint_t           i;
    ngx_rtc_sfu_slot_t  *slot;

    if (wid->len != NGX_RTC_SFU_ZONE_WID) {
        return 0;
    }

    for (i = 0; i < NGX_RTC_SFU_ZONE_SLOTS; i++) {
        slot = &zone->shared->slots[i];

        if (slot->pid
            && ngx_memcmp(slot->wid, wid->data, NGX_RTC_SFU_ZONE_WID) == 0)
        {
            return ngx_rtc_sfu_zone_alive(slot);
        }
    }

    return 0;
}


/* its pid may be another program's by now, which does not beat */

static ngx_uint_t
ngx_rtc_sfu_zone_dead(ngx_rtc_sfu_slot_t *slot, ngx_atomic_uint_t pid)
{
    ngx_msec_int_t  silence;

    if (kill((ngx_pid_t) pid, 0) == -1 && ngx_errno == NGX_ESRCH) {
        return 1;
    }

    silence = (ngx_msec_int_t) (ngx_current_msec - (ngx_msec_t) slot->beat);

    return silence > NGX_RTC_SFU_ZONE_SILENCE;
}
