
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <sys/socket.h>
#include "rtc_net.h"
#include "rtc_turn_policy.h"


static int rtc_turn_same_host(const rtc_addr_t *a, const rtc_addr_t *b);
static int rtc_turn_is_wildcard(const rtc_addr_t *addr);
static int rtc_turn_policy_media(const rtc_turn_policy_t *policy,
    const rtc_addr_t *addr);
static int rtc_turn_policy_relay(const rtc_turn_policy_t *policy,
    const rtc_addr_t *addr);
static int rtc_turn_policy_own(const rtc_turn_policy_t *policy,
    const rtc_addr_t *addr);
static int rtc_turn_policy_listener(const rtc_turn_policy_t *policy,
    const rtc_addr_t *addr);
static int rtc_turn_policy_named(const rtc_turn_policy_t *policy,
    const rtc_addr_t *addr, unsigned special, int own);


int
rtc_turn_net_set(rtc_turn_net_t *net, const rtc_addr_t *addr, int bits)
{
    int  max;

    max = addr->family == AF_INET6 ? 128 : 32;

    if (bits < 0 || bits > max) {
        return RTC_ERROR;
    }

    net->addr = *addr;
    net->bits = (unsigned) bits;

    return RTC_OK;
}


int
rtc_turn_net_match(const rtc_turn_net_t *net, const rtc_addr_t *addr)
{
    return net->addr.family == addr->family
           && rtc_net_match(net->addr.addr, addr->addr, net->bits);
}


int
rtc_turn_policy_check(const rtc_turn_policy_t *policy, const rtc_addr_t *peer)
{
    int         own;
    unsigned    special;
    rtc_addr_t  addr;

    addr = *peer;
    rtc_net_canonical(&addr);

    /* a form that hides another address is opened by nobody but its name */

    if (addr.family != peer->family
        && !rtc_turn_policy_named(policy, peer, rtc_net_special(peer), 0))
    {
        return RTC_DECLINED;
    }

    if (policy->sfu && rtc_turn_policy_media(policy, &addr)) {
        return RTC_OK;
    }

    own = rtc_turn_policy_own(policy, &addr);

    if (rtc_turn_policy_listener(policy, &addr)) {
        return RTC_DECLINED;
    }

    special = rtc_net_special(&addr);

    /* the other end may have its relay here, too */

    if (policy->public && special == 0
        && rtc_turn_policy_relay(policy, &addr))
    {
        return RTC_OK;
    }

    if (rtc_turn_policy_named(policy, &addr, special, own)) {
        return RTC_OK;
    }

    return policy->public && special == 0 && !own ? RTC_OK : RTC_DECLINED;
}


static int
rtc_turn_policy_media(const rtc_turn_policy_t *policy, const rtc_addr_t *addr)
{
    size_t  i;

    if (addr->port
        && (addr->port < policy->media_first
            || addr->port > policy->media_last))
    {
        return 0;
    }

    for (i = 0; i < policy->nmedia; i++) {
        if (rtc_turn_same_host(&policy->media[i].advertised, addr)) {
            return 1;
        }
    }

    return 0;
}


static int
rtc_turn_policy_relay(const rtc_turn_policy_t *policy, const rtc_addr_t *addr)
{
    if (addr->port
        && (addr->port < policy->relay_first
            || addr->port > policy->relay_last))
    {
        return 0;
    }

    return rtc_turn_same_host(&policy->relays[0], addr)
           || rtc_turn_same_host(&policy->relays[1], addr);
}


static int
rtc_turn_policy_own(const rtc_turn_policy_t *policy, const rtc_addr_t *addr)
{
    size_t  i;

    for (i = 0; i < policy->nown; i++) {
        if (rtc_turn_same_host(&policy->own[i], addr)) {
            return 1;
        }
    }

    return 0;
}


/* all of 127.0.0.0/8 is this host, whatever is listed */

static int
rtc_turn_policy_listener(const rtc_turn_policy_t *policy,
    const rtc_addr_t *addr)
{
    int                here;
    size_t             i;
    const rtc_addr_t  *ls;

    here = rtc_turn_policy_own(policy, addr)
           || (addr->family == AF_INET && addr->addr[0] == 127);

    for (i = 0; i < policy->nlisteners; i++) {
        ls = &policy->listeners[i];

        if (ls->port != addr->port) {
            continue;
        }

        /* [::]:port may be the listener of IPv4, too */

        if (rtc_turn_same_host(ls, addr)
            || (here && rtc_turn_is_wildcard(ls)))
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Opened by the operator: a network opens a range of special use only if it
 * lies inside of it, so that 0.0.0.0/0 is not the way to 127.0.0.1; and this
 * host only by its address or such a network.
 */

static int
rtc_turn_policy_named(const rtc_turn_policy_t *policy, const rtc_addr_t *addr,
    unsigned special, int own)
{
    size_t                 i;
    const rtc_turn_net_t  *net;

    for (i = 0; i < policy->nnets; i++) {
        net = &policy->nets[i];

        if (!rtc_turn_net_match(net, addr)) {
            continue;
        }

        if (special ? net->bits >= special
                    : !own || net->bits == (net->addr.family == AF_INET6 ? 128
                                                                         : 32))
        {
            return 1;
        }
    }

    return 0;
}


static int
rtc_turn_same_host(const rtc_addr_t *a, const rtc_addr_t *b)
{
    return a->family == b->family && memcmp(a->addr, b->addr, 16) == 0;
}


static int
rtc_turn_is_wildcard(const rtc_addr_t *addr)
{
    static const uint8_t  zero[16];

    return memcmp(addr->addr, zero, 16) == 0;
}


void
rtc_turn_policy_to_local(const rtc_turn_policy_t *policy, rtc_addr_t *addr)
{
    size_t                   i;
    const rtc_turn_media_t  *media;

    for (i = 0; i < policy->nmedia; i++) {
        media = &policy->media[i];

        if (rtc_turn_same_host(&media->advertised, addr)) {
            memcpy(addr->addr, media->local.addr, 16);
            return;
        }
    }
}


void
rtc_turn_policy_to_advertised(const rtc_turn_policy_t *policy,
    rtc_addr_t *addr)
{
    size_t                   i;
    const rtc_turn_media_t  *media;

    for (i = 0; i < policy->nmedia; i++) {
        media = &policy->media[i];

        if (rtc_turn_same_host(&media->local, addr)
            && addr->port >= policy->media_first
            && addr->port <= policy->media_last)
        {
            memcpy(addr->addr, media->advertised.addr, 16);
            return;
        }
    }
}
