
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_turn_alloc.h"


static rtc_turn_channel_t *rtc_turn_channel_slot(rtc_turn_alloc_t *a,
    uint16_t number, const rtc_addr_t *peer, uint64_t now_ms);


rtc_turn_relay_t *
rtc_turn_alloc_relay(rtc_turn_alloc_t *a, int family)
{
    if (a->relays[0].data && a->relays[0].addr.family == family) {
        return &a->relays[0];
    }

    if (a->relays[1].data && a->relays[1].addr.family == family) {
        return &a->relays[1];
    }

    return NULL;
}


int
rtc_turn_permission_find(rtc_turn_alloc_t *a, const rtc_addr_t *peer,
    uint64_t now_ms)
{
    int                     i;
    rtc_turn_permission_t  *perm;

    for (i = 0; i < a->nperms; i++) {
        perm = &a->perms[i];

        if (perm->expires_ms > now_ms
            && perm->family == peer->family
            && memcmp(perm->addr, peer->addr, 16) == 0)
        {
            return i;
        }
    }

    return -1;
}


int
rtc_turn_permission_set(rtc_turn_alloc_t *a, const rtc_addr_t *peer,
    size_t max, uint64_t now_ms)
{
    int                     i;
    rtc_turn_permission_t  *perm;

    i = rtc_turn_permission_find(a, peer, now_ms);

    if (i == -1) {
        for (i = 0; i < a->nperms; i++) {
            if (a->perms[i].expires_ms <= now_ms) {
                break;
            }
        }

        if (i == a->nperms) {
            if (a->nperms >= rtc_min(max, RTC_TURN_PERMISSIONS)) {
                return -1;
            }

            a->nperms++;
        }
    }

    perm = &a->perms[i];

    perm->family = peer->family;
    memcpy(perm->addr, peer->addr, 16);
    perm->expires_ms = now_ms + RTC_TURN_PERMISSION_LIFE;

    return i;
}


size_t
rtc_turn_permission_room(rtc_turn_alloc_t *a, size_t max, uint64_t now_ms)
{
    size_t  i, n;

    max = rtc_min(max, RTC_TURN_PERMISSIONS);
    n = 0;

    for (i = 0; i < a->nperms; i++) {
        if (a->perms[i].expires_ms > now_ms) {
            n++;
        }
    }

    return n < max ? max - n : 0;
}


int
rtc_turn_channel_check(rtc_turn_alloc_t *a, uint16_t number,
    const rtc_addr_t *peer, size_t max, uint64_t now_ms)
{
    int                  same;
    size_t               i;
    rtc_turn_channel_t  *chan;

    for (i = 0; i < a->nchans; i++) {
        chan = &a->chans[i];

        if (chan->expires_ms + RTC_TURN_CHANNEL_QUARANTINE <= now_ms) {
            continue;
        }

        same = rtc_turn_addr_eq(&chan->peer, peer);

        if (same != (chan->number == number)) {
            return 400;
        }
    }

    if (rtc_turn_channel_slot(a, number, peer, now_ms) == NULL
        && a->nchans >= rtc_min(max, RTC_TURN_CHANNELS))
    {
        return 508;
    }

    return 0;
}


/* the one that is bound already, or one whose quarantine is over */

static rtc_turn_channel_t *
rtc_turn_channel_slot(rtc_turn_alloc_t *a, uint16_t number,
    const rtc_addr_t *peer, uint64_t now_ms)
{
    size_t               i;
    rtc_turn_channel_t  *chan, *slot;

    slot = NULL;

    for (i = 0; i < a->nchans; i++) {
        chan = &a->chans[i];

        if (chan->number == number && rtc_turn_addr_eq(&chan->peer, peer)) {
            return chan;
        }

        if (chan->expires_ms + RTC_TURN_CHANNEL_QUARANTINE <= now_ms) {
            slot = chan;
        }
    }

    return slot;
}


void
rtc_turn_channel_bind(rtc_turn_alloc_t *a, uint16_t number,
    const rtc_addr_t *peer, uint8_t permission, uint64_t now_ms)
{
    rtc_turn_channel_t  *chan;

    chan = rtc_turn_channel_slot(a, number, peer, now_ms);

    if (chan == NULL) {
        chan = &a->chans[a->nchans++];
    }

    chan->number = number;
    chan->peer = *peer;
    chan->permission = permission;
    chan->expires_ms = now_ms + RTC_TURN_CHANNEL_LIFE;
}


int
rtc_turn_addr_eq(const rtc_addr_t *a, const rtc_addr_t *b)
{
    return a->port == b->port
           && a->family == b->family
           && memcmp(a->addr, b->addr, 16) == 0;
}


int
rtc_turn_channel_permitted(rtc_turn_alloc_t *a, rtc_turn_channel_t *chan,
    uint64_t now_ms)
{
    int                     i;
    rtc_turn_permission_t  *perm;

    perm = &a->perms[chan->permission];

    if (perm->expires_ms > now_ms
        && perm->family == chan->peer.family
        && memcmp(perm->addr, chan->peer.addr, 16) == 0)
    {
        return 1;
    }

    /* it may have ended and come again in another place */

    i = rtc_turn_permission_find(a, &chan->peer, now_ms);

    if (i == -1) {
        return 0;
    }

    chan->permission = (uint8_t) i;

    return 1;
}


rtc_turn_channel_t *
rtc_turn_channel_by_number(rtc_turn_alloc_t *a, uint16_t number,
    uint64_t now_ms)
{
    uint16_t             i;
    rtc_turn_channel_t  *chan;

    chan = &a->chans[a->last_chan];

    if (chan->number != number || chan->expires_ms <= now_ms) {

        for (i = 0; i < a->nchans; i++) {
            chan = &a->chans[i];

            if (chan->number == number && chan->expires_ms > now_ms) {
                break;
            }
        }

        if (i == a->nchans) {
            return NULL;
        }

        a->last_chan = i;
    }

    return chan;
}


rtc_turn_channel_t *
rtc_turn_channel_by_peer(rtc_turn_alloc_t *a, const rtc_addr_t *peer,
    uint64_t now_ms)
{
    uint16_t             i;
    rtc_turn_channel_t  *chan;

    chan = &a->chans[a->last_chan];

    if (chan->expires_ms > now_ms && rtc_turn_addr_eq(&chan->peer, peer)) {
        return chan;
    }

    for (i = 0; i < a->nchans; i++) {
        chan = &a->chans[i];

        if (chan->expires_ms > now_ms && rtc_turn_addr_eq(&chan->peer, peer)) {
            a->last_chan = i;
            return chan;
        }
    }

    return NULL;
}


/* a bucket that holds what a second brings */

size_t
rtc_turn_alloc_room(rtc_turn_alloc_t *a, uint64_t rate, uint64_t now_ms)
{
    uint64_t  more;

    if (rate == 0) {
        return SIZE_MAX;
    }

    more = rtc_min(now_ms - a->tokens_ms, 1000) * rate / 1000;

    if (more) {
        a->tokens = rtc_min(a->tokens + more, rate);
        a->tokens_ms = now_ms;
    }

    return (size_t) a->tokens;
}


int
rtc_turn_alloc_pass(rtc_turn_alloc_t *a, uint64_t rate, size_t len,
    uint64_t now_ms)
{
    if (rate == 0) {
        return 1;
    }

    if (rtc_turn_alloc_room(a, rate, now_ms) < len) {
        return 0;
    }

    a->tokens -= len;

    return 1;
}
