
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_cache.h"


size_t
rtc_cache_size(uint32_t nslots, uint32_t nbytes)
{
    return sizeof(rtc_cache_t) + nslots * sizeof(rtc_cache_slot_t) + nbytes;
}


rtc_cache_t *
rtc_cache_init(void *mem, uint32_t nslots, uint32_t nbytes)
{
    rtc_cache_t  *c;

    c = mem;
    c->nslots = nslots;
    c->nbytes = nbytes;
    c->bytes = (uint8_t *) &c->slots[nslots];

    rtc_cache_reset(c);

    return c;
}


void
rtc_cache_reset(rtc_cache_t *c)
{
    c->pos = 0;
    memset(c->slots, 0, c->nslots * sizeof(rtc_cache_slot_t));
}


uint8_t *
rtc_cache_add(rtc_cache_t *c, uint64_t seq, size_t len, uint64_t now_us)
{
    size_t             left;
    rtc_cache_slot_t  *slot;

    slot = &c->slots[seq % c->nslots];

    if (len > c->nbytes || len > UINT16_MAX || slot->seq > seq) {
        return NULL;
    }

    /* a packet lies in one piece: what does not fit begins a new round */

    left = c->nbytes - c->pos % c->nbytes;

    if (left < len) {
        c->pos += left;
    }

    slot->seq = seq;
    slot->pos = c->pos;
    slot->us = now_us;
    slot->len = (uint16_t) len;

    c->pos += len;

    return c->bytes + slot->pos % c->nbytes;
}


const rtc_cache_slot_t *
rtc_cache_find(const rtc_cache_t *c, uint64_t seq)
{
    const rtc_cache_slot_t  *slot;

    slot = &c->slots[seq % c->nslots];

    if (seq == 0 || slot->seq != seq || c->pos - slot->pos > c->nbytes) {
        return NULL;
    }

    return slot;
}


const uint8_t *
rtc_cache_bytes(const rtc_cache_t *c, const rtc_cache_slot_t *slot)
{
    return c->bytes + slot->pos % c->nbytes;
}
