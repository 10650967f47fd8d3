
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The allocations of a server by their 5-tuples, in memory of the caller.
 */


#include "rtc_turn_server_internal.h"


static size_t rtc_turn_server_buckets(size_t max);
static rtc_turn_alloc_t **rtc_turn_server_bucket(rtc_turn_server_t *s,
    const rtc_tuple_t *tuple);
static void rtc_turn_server_unlink(rtc_turn_server_t *s, rtc_turn_alloc_t *a);
static void rtc_turn_server_check(rtc_turn_server_t *s, rtc_turn_alloc_t *a);


size_t
rtc_turn_server_size(size_t max_allocations)
{
    return sizeof(rtc_turn_server_t)
           + rtc_turn_server_buckets(max_allocations)
             * sizeof(rtc_turn_alloc_t *)
           + max_allocations * sizeof(rtc_turn_alloc_t)
           + max_allocations * sizeof(rtc_turn_conn_t);
}


static size_t
rtc_turn_server_buckets(size_t max)
{
    size_t  n;

    for (n = 64; n < max; n *= 2) { /* void */ }

    return n;
}


rtc_turn_server_t *
rtc_turn_server_init(void *mem, const rtc_turn_conf_t *conf)
{
    size_t              i, n;
    rtc_turn_server_t  *s;

    s = mem;
    n = rtc_turn_server_buckets(conf->max_allocations);

    memset(s, 0, sizeof(rtc_turn_server_t));

    s->conf = *conf;
    s->mask = n - 1;
    s->buckets = (rtc_turn_alloc_t **) (s + 1);
    s->slots = (rtc_turn_alloc_t *) (s->buckets + n);
    s->conns = (rtc_turn_conn_t *) (s->slots + conf->max_allocations);

    memset(s->buckets, 0, n * sizeof(rtc_turn_alloc_t *));

    if (rtc_random(&s->seed, sizeof(s->seed)) != RTC_OK) {
        return NULL;
    }

    for (i = 0; i < conf->policy->nmedia; i++) {
        if (memcmp(&conf->policy->media[i].advertised,
                   &conf->policy->media[i].local, sizeof(rtc_addr_t)) != 0)
        {
            s->nat = 1;
        }
    }

    return s;
}


const rtc_turn_stat_t *
rtc_turn_server_stat(const rtc_turn_server_t *s)
{
    return &s->stat;
}


size_t
rtc_turn_server_allocations(const rtc_turn_server_t *s)
{
    return s->nallocs;
}


static rtc_turn_alloc_t **
rtc_turn_server_bucket(rtc_turn_server_t *s, const rtc_tuple_t *tuple)
{
    uint64_t  hash, word[5];

    /* the address is 20 bytes; the local one seldom differs */

    memset(word, 0, sizeof(word));
    memcpy(word, &tuple->remote, sizeof(rtc_addr_t));
    memcpy(word + 3, tuple->local.addr, 16);

    hash = s->seed;
    hash = (hash ^ word[0]) * 0x9e3779b97f4a7c15;
    hash = (hash ^ hash >> 32 ^ word[1]) * 0x9e3779b97f4a7c15;
    hash = (hash ^ hash >> 32 ^ word[2]) * 0x9e3779b97f4a7c15;
    hash = (hash ^ hash >> 32 ^ word[3] ^ word[4]) * 0x9e3779b97f4a7c15;

    return &s->buckets[(size_t) (hash >> 32) & s->mask];
}


rtc_turn_alloc_t *
rtc_turn_server_find(rtc_turn_server_t *s, const rtc_tuple_t *tuple)
{
    rtc_turn_alloc_t  *a;

    for (a = *rtc_turn_server_bucket(s, tuple); a; a = a->next) {
        if (rtc_tuple_eq(&a->tuple, tuple)) {
            return a;
        }
    }

    return NULL;
}


rtc_turn_alloc_t *
rtc_turn_server_add(rtc_turn_server_t *s, const rtc_tuple_t *tuple)
{
    rtc_turn_alloc_t  *a, **bucket;

    a = s->free;

    if (a) {
        s->free = a->next;

    } else if (s->used < s->conf.max_allocations) {
        a = &s->slots[s->used++];

    } else {
        return NULL;
    }

    memset(a, 0, sizeof(rtc_turn_alloc_t));

    a->live = 1;
    a->tuple = *tuple;

    bucket = rtc_turn_server_bucket(s, tuple);
    a->next = *bucket;
    *bucket = a;

    s->nallocs++;

    return a;
}


static void
rtc_turn_server_unlink(rtc_turn_server_t *s, rtc_turn_alloc_t *a)
{
    rtc_turn_alloc_t  **link;

    link = rtc_turn_server_bucket(s, &a->tuple);

    while (*link != a) {
        link = &(*link)->next;
    }

    *link = a->next;

    a->live = 0;
    a->next = s->free;
    s->free = a;

    s->nallocs--;
}


void
rtc_turn_server_end(rtc_turn_server_t *s, rtc_turn_alloc_t *a)
{
    size_t                 i;
    const rtc_turn_ops_t  *ops;

    ops = s->conf.ops;

    rtc_turn_conn_end(s, a, 0);

    for (i = 0; i < 2; i++) {
        if (a->relays[i].data) {
            ops->close(s->conf.ctx, a->relays[i].data);
            a->relays[i].data = NULL;
        }
    }

    ops->give(s->conf.ctx, a);
    ops->end(s->conf.ctx, a);

    rtc_turn_server_unlink(s, a);
}


rtc_turn_alloc_t *
rtc_turn_server_next(rtc_turn_server_t *s, size_t *pos)
{
    rtc_turn_alloc_t  *a;

    while (*pos < s->used) {
        a = &s->slots[(*pos)++];

        if (a->live) {
            return a;
        }
    }

    return NULL;
}


uint64_t
rtc_turn_server_expire(rtc_turn_server_t *s, uint64_t now_ms)
{
    size_t                   i;
    uint64_t                 next;
    rtc_turn_reservation_t  *res;

    next = 0;

    for (i = 0; i < RTC_TURN_RESERVATIONS; i++) {
        res = &s->reservations[i];

        if (res->relay.data == NULL) {
            continue;
        }

        if (res->expires_ms <= now_ms) {
            s->conf.ops->close(s->conf.ctx, res->relay.data);
            res->relay.data = NULL;
            continue;
        }

        if (next == 0 || res->expires_ms < next) {
            next = res->expires_ms;
        }
    }

    return next;
}


rtc_turn_alloc_t *
rtc_turn_server_import(rtc_turn_server_t *s, const rtc_turn_alloc_t *from)
{
    size_t             i;
    rtc_turn_alloc_t  *a, *next;

    a = rtc_turn_server_find(s, &from->tuple);

    if (a) {
        rtc_turn_server_end(s, a);
    }

    a = rtc_turn_server_add(s, &from->tuple);

    if (a == NULL) {
        return NULL;
    }

    next = a->next;
    *a = *from;
    a->next = next;

    rtc_turn_server_check(s, a);

    for (i = 0; i < 2; i++) {
        if (a->relays[i].data) {
            s->conf.ops->attach(s->conf.ctx, a->relays[i].data, a);
        }
    }

    return a;
}


static void
rtc_turn_server_check(rtc_turn_server_t *s, rtc_turn_alloc_t *a)
{
    size_t      i;
    rtc_addr_t  peer;

    for (i = 0; i < a->nperms; i++) {
        memset(&peer, 0, sizeof(rtc_addr_t));
        peer.family = a->perms[i].family;
        memcpy(peer.addr, a->perms[i].addr, 16);

        if (rtc_turn_policy_check(s->conf.policy, &peer) != RTC_OK) {
            a->perms[i].expires_ms = 0;
        }
    }

    for (i = 0; i < a->nchans; i++) {
        if (rtc_turn_policy_check(s->conf.policy, &a->chans[i].peer)
            != RTC_OK)
        {
            a->chans[i].expires_ms = 0;
        }
    }
}


void
rtc_turn_server_forget(rtc_turn_server_t *s, rtc_turn_alloc_t *a)
{
    rtc_turn_server_unlink(s, a);
}
