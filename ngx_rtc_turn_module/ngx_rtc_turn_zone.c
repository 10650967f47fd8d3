
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include "rtc_crypto.h"
#include "ngx_rtc_turn_zone.h"


typedef struct {
    const char  *name;
    const char  *help;
    const char  *label;
    const char  *value;
    ngx_uint_t   gauge;
} ngx_rtc_turn_metric_t;


static ngx_int_t ngx_rtc_turn_zone_init(ngx_shm_zone_t *shm_zone, void *data);
static ngx_int_t ngx_rtc_turn_zone_create(ngx_rtc_turn_shared_t *shared);
static int ngx_rtc_turn_zone_lives(uint32_t owner);


/* a line for each cell, in their order; the first of a name has the help */

static const ngx_rtc_turn_metric_t  ngx_rtc_turn_metric_table[] = {
    { "rtc_turn_allocations", "Allocations there are.", NULL, NULL, 1 },
    { "rtc_turn_allocated_total", "Allocations made.", NULL, NULL, 0 },
    { "rtc_turn_packets_total", "Packets relayed.", "direction", "in", 0 },
    { "rtc_turn_packets_total", NULL, "direction", "out", 0 },
    { "rtc_turn_bytes_total", "Bytes relayed.", "direction", "in", 0 },
    { "rtc_turn_bytes_total", NULL, "direction", "out", 0 },
    { "rtc_turn_challenges_total", "Requests that were asked for credentials.",
      NULL, NULL, 0 },
    { "rtc_turn_refused_total", "Requests refused.", "reason", "auth", 0 },
    { "rtc_turn_refused_total", NULL, "reason", "quota", 0 },
    { "rtc_turn_refused_total", NULL, "reason", "capacity", 0 },
    { "rtc_turn_refused_total", NULL, "reason", "peer", 0 },
    { "rtc_turn_refused_total", NULL, "reason", "other", 0 },
    { "rtc_turn_drops_total", "Packets dropped.", "reason", "budget", 0 },
    { "rtc_turn_drops_total", NULL, "reason", "malformed", 0 },
    { "rtc_turn_drops_total", NULL, "reason", "no_allocation", 0 },
    { "rtc_turn_drops_total", NULL, "reason", "no_permission", 0 },
    { "rtc_turn_drops_total", NULL, "reason", "rate", 0 },
    { "rtc_turn_drops_total", NULL, "reason", "client_denied", 0 },
    { "rtc_turn_drops_total", NULL, "reason", "too_long", 0 },
    { "rtc_turn_drops_total", NULL, "reason", "no_room", 0 },
    { "rtc_turn_drops_total", NULL, "reason", "system", 0 },
    { "rtc_turn_streams_total", "Connections over TCP and TLS.", NULL, NULL,
      0 },
    { "rtc_turn_handed_over_total", "Allocations that a new worker took over.",
      NULL, NULL, 0 },
    { "rtc_turn_peer_connections_total", "Connections of TCP allocations.",
      "event", "connected", 0 },
    { "rtc_turn_peer_connections_total", NULL, "event", "failed", 0 },
    { "rtc_turn_peer_connections_total", NULL, "event", "accepted", 0 },
    { "rtc_turn_peer_connections_total", NULL, "event", "bound", 0 }
};


ngx_rtc_turn_zone_t *
ngx_rtc_turn_zone_add(ngx_conf_t *cf)
{
    size_t                size;
    ngx_str_t             name = ngx_string(NGX_RTC_METRICS_TURN);
    ngx_shm_zone_t       *shm_zone;
    ngx_rtc_turn_zone_t  *zone;

    zone = ngx_pcalloc(cf->pool, sizeof(ngx_rtc_turn_zone_t));
    if (zone == NULL) {
        return NULL;
    }

    /* the slab allocator's own descriptors, one per page, and some pages */

    size = ngx_align(sizeof(ngx_rtc_turn_shared_t), ngx_pagesize);
    size += size / ngx_pagesize * 64 + 16 * ngx_pagesize;

    /* the tag is one that every module knows: see ngx_rtc_metrics.h */

    shm_zone = ngx_shared_memory_add(cf, &name, ngx_align(size, ngx_pagesize),
                                     &ngx_core_module);
    if (shm_zone == NULL) {
        return NULL;
    }

    shm_zone->init = ngx_rtc_turn_zone_init;
    shm_zone->data = zone;

    return zone;
}


static ngx_int_t
ngx_rtc_turn_zone_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_rtc_turn_zone_t  *former = data;

    ngx_rtc_turn_zone_t    *zone;
    ngx_rtc_turn_shared_t  *shared;

    zone = shm_zone->data;
    zone->shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    shared = former ? former->shared : NULL;

    if (shared && (shared->version != NGX_RTC_TURN_ZONE_VERSION
                   || shared->size != sizeof(ngx_rtc_turn_shared_t)))
    {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                      "turn: the running workers share in another way, "
                      "restart nginx");
        return NGX_ERROR;
    }

    if (shared == NULL) {
        shared = ngx_slab_calloc(zone->shpool, sizeof(ngx_rtc_turn_shared_t));

        if (shared == NULL || ngx_rtc_turn_zone_create(shared) != NGX_OK) {
            return NGX_ERROR;
        }

        zone->shpool->data = shared;
    }

    zone->shared = shared;
    zone->generation = ngx_atomic_fetch_add(&shared->generation, 1) + 1;

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_zone_create(ngx_rtc_turn_shared_t *shared)
{
    ngx_uint_t                    i;
    ngx_rtc_metric_cell_t        *cell;
    const ngx_rtc_turn_metric_t  *metric;

    if (rtc_random(shared->nonce_key, RTC_TURN_NONCE_KEY) != RTC_OK
        || rtc_random(&shared->seed, sizeof(uint64_t)) != RTC_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_RTC_TURN_CELLS; i++) {
        cell = &shared->cells[i];
        metric = &ngx_rtc_turn_metric_table[i];

        (void) ngx_cpystrn((u_char *) cell->name, (u_char *) metric->name,
                           sizeof(cell->name));

        if (metric->help) {
            (void) ngx_cpystrn((u_char *) cell->help, (u_char *) metric->help,
                               sizeof(cell->help));
        }

        if (metric->label) {
            (void) ngx_cpystrn((u_char *) cell->label,
                               (u_char *) metric->label, sizeof(cell->label));
            (void) ngx_cpystrn((u_char *) cell->value,
                               (u_char *) metric->value, sizeof(cell->value));
        }

        cell->gauge = metric->gauge;
    }

    shared->version = NGX_RTC_TURN_ZONE_VERSION;
    shared->size = sizeof(ngx_rtc_turn_shared_t);

    shared->metrics.ncells = NGX_RTC_TURN_CELLS;
    shared->metrics.cells = shared->cells;
    shared->metrics.magic = NGX_RTC_METRICS_MAGIC;

    return NGX_OK;
}


ngx_int_t
ngx_rtc_turn_zone_take(ngx_rtc_turn_zone_t *zone, uint64_t key,
    ngx_uint_t max_of_user, ngx_uint_t max, uint32_t *ticket)
{
    int                     rc;
    ngx_rtc_turn_shared_t  *shared;

    shared = zone->shared;

    ngx_shmtx_lock(&zone->shpool->mutex);

    rc = rtc_turn_quota_take(&shared->quota, key, (uint32_t) ngx_pid,
                             (uint32_t) max_of_user, (uint32_t) max, ticket);

    shared->cells[NGX_RTC_TURN_ALLOCATIONS].n = shared->quota.total;

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


void
ngx_rtc_turn_zone_give(ngx_rtc_turn_zone_t *zone, uint32_t ticket)
{
    ngx_rtc_turn_shared_t  *shared;

    shared = zone->shared;

    ngx_shmtx_lock(&zone->shpool->mutex);

    rtc_turn_quota_give(&shared->quota, ticket);

    shared->cells[NGX_RTC_TURN_ALLOCATIONS].n = shared->quota.total;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


void
ngx_rtc_turn_zone_move(ngx_rtc_turn_zone_t *zone, uint32_t ticket)
{
    ngx_shmtx_lock(&zone->shpool->mutex);

    rtc_turn_quota_move(&zone->shared->quota, ticket, (uint32_t) ngx_pid);

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


ngx_pid_t
ngx_rtc_turn_zone_claim(ngx_rtc_turn_zone_t *zone)
{
    ngx_pid_t             former;
    ngx_rtc_turn_slot_t  *slot;

    slot = &zone->shared->slots[ngx_worker];
    former = 0;

    ngx_shmtx_lock(&zone->shpool->mutex);

    if (slot->generation <= zone->generation) {
        former = (ngx_pid_t) slot->pid;

        slot->pid = (ngx_atomic_uint_t) ngx_pid;
        slot->generation = zone->generation;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return former == ngx_pid ? 0 : former;
}


ngx_uint_t
ngx_rtc_turn_zone_enter(ngx_rtc_turn_zone_t *zone)
{
    ngx_uint_t     i, node;
    ngx_atomic_t  *nodes;

    nodes = zone->shared->nodes;
    node = 0;

    ngx_shmtx_lock(&zone->shpool->mutex);

    for (i = 1; i < NGX_RTC_TURN_ZONE_NODES; i++) {
        if (nodes[i] == 0 || !ngx_rtc_turn_zone_lives((uint32_t) nodes[i])) {
            nodes[i] = (ngx_atomic_uint_t) ngx_pid;
            node = i;
            break;
        }
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return node;
}


void
ngx_rtc_turn_zone_leave(ngx_rtc_turn_zone_t *zone, ngx_uint_t node)
{
    zone->shared->nodes[node] = 0;
}


ngx_pid_t
ngx_rtc_turn_zone_node(ngx_rtc_turn_zone_t *zone, ngx_uint_t node)
{
    return (ngx_pid_t) zone->shared->nodes[node % NGX_RTC_TURN_ZONE_NODES];
}


void
ngx_rtc_turn_zone_reclaim(ngx_rtc_turn_zone_t *zone)
{
    ngx_rtc_turn_shared_t  *shared;

    shared = zone->shared;

    ngx_shmtx_lock(&zone->shpool->mutex);

    rtc_turn_quota_reclaim(&shared->quota, ngx_rtc_turn_zone_lives);

    shared->cells[NGX_RTC_TURN_ALLOCATIONS].n = shared->quota.total;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


static int
ngx_rtc_turn_zone_lives(uint32_t owner)
{
    return kill((ngx_pid_t) owner, 0) == 0 || ngx_errno != NGX_ESRCH;
}


void
ngx_rtc_turn_zone_count(ngx_rtc_turn_zone_t *zone, ngx_rtc_turn_cell_e cell,
    uint64_t n)
{
    if (n) {
        (void) ngx_atomic_fetch_add(&zone->shared->cells[cell].n,
                                    (ngx_atomic_int_t) n);
    }
}
