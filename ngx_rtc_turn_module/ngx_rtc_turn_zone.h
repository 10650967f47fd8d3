
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the workers of all generations share: the key of nonces, the budget of
 * challenges, quotas, counters, and who serves in which slot.
 */


#ifndef _NGX_RTC_TURN_ZONE_H_INCLUDED_
#define _NGX_RTC_TURN_ZONE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_metrics.h"
#include "rtc_turn_budget.h"
#include "rtc_turn_nonce.h"
#include "rtc_turn_quota.h"


#define NGX_RTC_TURN_ZONE_VERSION  2
#define NGX_RTC_TURN_ZONE_SLOTS    256
#define NGX_RTC_TURN_ZONE_NODES    256  /* of all generations */


/* the cells of metrics, see ngx_rtc_turn_metric_table */

typedef enum {
    NGX_RTC_TURN_ALLOCATIONS = 0,           /* gauge */
    NGX_RTC_TURN_ALLOCATED,
    NGX_RTC_TURN_PACKETS_IN,
    NGX_RTC_TURN_PACKETS_OUT,
    NGX_RTC_TURN_BYTES_IN,
    NGX_RTC_TURN_BYTES_OUT,
    NGX_RTC_TURN_CHALLENGED,
    NGX_RTC_TURN_REFUSED_AUTH,
    NGX_RTC_TURN_REFUSED_QUOTA,
    NGX_RTC_TURN_REFUSED_CAPACITY,
    NGX_RTC_TURN_REFUSED_PEER,
    NGX_RTC_TURN_REFUSED_OTHER,
    NGX_RTC_TURN_DROP_BUDGET,
    NGX_RTC_TURN_DROP_MALFORMED,
    NGX_RTC_TURN_DROP_NO_ALLOCATION,
    NGX_RTC_TURN_DROP_NO_PERMISSION,
    NGX_RTC_TURN_DROP_RATE,
    NGX_RTC_TURN_DROP_CLIENT_DENIED,
    NGX_RTC_TURN_DROP_TOO_LONG,
    NGX_RTC_TURN_DROP_NO_ROOM,
    NGX_RTC_TURN_DROP_SYSTEM,
    NGX_RTC_TURN_STREAMS,
    NGX_RTC_TURN_HANDED_OVER,
    NGX_RTC_TURN_CONNECTED,
    NGX_RTC_TURN_UNCONNECTED,
    NGX_RTC_TURN_ACCEPTED,
    NGX_RTC_TURN_CONN_BINDS,
    NGX_RTC_TURN_CELLS
} ngx_rtc_turn_cell_e;


/* the latest worker of a slot, which its successor connects to */

typedef struct {
    ngx_atomic_t             pid;
    ngx_atomic_t             generation;
} ngx_rtc_turn_slot_t;


typedef struct {
    ngx_rtc_metrics_t        metrics;       /* first: others find it here */
    ngx_rtc_metric_cell_t    cells[NGX_RTC_TURN_CELLS];

    ngx_uint_t               version;
    size_t                   size;

    ngx_atomic_t             generation;    /* loads of the configuration */

    u_char                   nonce_key[RTC_TURN_NONCE_KEY];
    uint64_t                 seed;
    rtc_turn_budget_t        budget;
    ngx_rtc_turn_slot_t      slots[NGX_RTC_TURN_ZONE_SLOTS];
    ngx_atomic_t             nodes[NGX_RTC_TURN_ZONE_NODES];
    rtc_turn_quota_t         quota;
} ngx_rtc_turn_shared_t;


typedef struct {
    ngx_rtc_turn_shared_t   *shared;        /* set before workers start */
    ngx_slab_pool_t         *shpool;
    ngx_uint_t               generation;    /* of the cycle */
} ngx_rtc_turn_zone_t;


ngx_rtc_turn_zone_t *ngx_rtc_turn_zone_add(ngx_conf_t *cf);

ngx_int_t ngx_rtc_turn_zone_take(ngx_rtc_turn_zone_t *zone, uint64_t key,
    ngx_uint_t max_of_user, ngx_uint_t max, uint32_t *ticket);
void ngx_rtc_turn_zone_give(ngx_rtc_turn_zone_t *zone, uint32_t ticket);
void ngx_rtc_turn_zone_move(ngx_rtc_turn_zone_t *zone, uint32_t ticket);

/*
 * Makes this process the latest one of its slot; answers the one before it,
 * 0: there is none, or a later one was faster.
 */
ngx_pid_t ngx_rtc_turn_zone_claim(ngx_rtc_turn_zone_t *zone);

/*
 * A number that no living worker has, for CONNECTION-IDs; from 1 on, 0: there
 * is none.  And who has it, 0: nobody.
 */
ngx_uint_t ngx_rtc_turn_zone_enter(ngx_rtc_turn_zone_t *zone);
void ngx_rtc_turn_zone_leave(ngx_rtc_turn_zone_t *zone, ngx_uint_t node);
ngx_pid_t ngx_rtc_turn_zone_node(ngx_rtc_turn_zone_t *zone, ngx_uint_t node);

/* what dead workers had */
void ngx_rtc_turn_zone_reclaim(ngx_rtc_turn_zone_t *zone);

void ngx_rtc_turn_zone_count(ngx_rtc_turn_zone_t *zone,
    ngx_rtc_turn_cell_e cell, uint64_t n);


#endif /* _NGX_RTC_TURN_ZONE_H_INCLUDED_ */
