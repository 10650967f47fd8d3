
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <sys/socket.h>
#include "rtc_turn_policy.h"


typedef struct {
    uint8_t       addr[16];
    uint8_t       bits;
} rtc_turn_range_t;


static const rtc_turn_range_t *rtc_turn_special(const rtc_addr_t *addr);
static int rtc_turn_bits_equal(const uint8_t *a, const uint8_t *b,
    unsigned bits);
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
    const rtc_addr_t *addr, const rtc_turn_range_t *range, int own);


/* RFC 6890, RFC 8190 and their registries */

static const rtc_turn_range_t  rtc_turn_ranges4[] = {
    { { 0 }, 8 },
    { { 10 }, 8 },
    { { 100, 64 }, 10 },
    { { 127 }, 8 },
    { { 169, 254 }, 16 },
    { { 172, 16 }, 12 },
    { { 192, 0, 0 }, 24 },
    { { 192, 0, 2 }, 24 },
    { { 192, 31, 196 }, 24 },
    { { 192, 52, 193 }, 24 },
    { { 192, 88, 99 }, 24 },
    { { 192, 168 }, 16 },
    { { 192, 175, 48 }, 24 },
    { { 198, 18 }, 15 },
    { { 198, 51, 100 }, 24 },
    { { 203, 0, 113 }, 24 },
    { { 224 }, 4 },
    { { 240 }, 4 }
};


/* 2001::/23 holds Teredo, 2002::/16 is 6to4 (RFC 8656, 21.4) */

static const rtc_turn_range_t  rtc_turn_ranges6[] = {
    { { 0 }, 96 },
    { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, 96 },
    { { 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0 }, 96 },
    { { 0x00, 0x64, 0xff, 0x9b }, 96 },
    { { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48 },
    { { 0x01 }, 64 },
    { { 0x20, 0x01 }, 23 },
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
    { { 0x20, 0x02 }, 16 },
    { { 0x3f, 0xff }, 20 },
    { { 0x5f }, 16 },
    { { 0xfc }, 7 },
    { { 0xfe, 0x80 }, 10 },
    { { 0xfe, 0xc0 }, 10 },
    { { 0xff }, 8 }
};


void
rtc_turn_canonical(rtc_addr_t *addr)
{
    const uint8_t  *p;
    uint8_t         inner[4];

    static const uint8_t  mapped[12] = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
    };
    static const uint8_t  nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

    if (addr->family != AF_INET6) {
        return;
    }

    p = addr->addr;

    if (memcmp(p, mapped, 12) == 0 || memcmp(p, nat64, 12) == 0) {

        /* RFC 4291, 2.5.5.2; RFC 6052, 2.1 */

        memcpy(inner, p + 12, 4);

    } else if (p[0] == 0x20 && p[1] == 0x02) {

        /* RFC 3056, 2 */

        memcpy(inner, p + 2, 4);

    } else {

        /* compatible ones, :: and ::1 stay: their range is denied as it is */

        return;
    }

    memset(addr->addr, 0, 16);
    memcpy(addr->addr, inner, 4);
    addr->family = AF_INET;
}


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
           && rtc_turn_bits_equal(net->addr.addr, addr->addr, net->bits);
}


int
rtc_turn_is_special(const rtc_addr_t *addr)
{
    return rtc_turn_special(addr) != NULL;
}


/* RFC 3056, 2, and RFC 4380, 2.6 */

int
rtc_turn_is_tunnel(const rtc_addr_t *addr)
{
    static const uint8_t  six_to_four[2] = { 0x20, 0x02 };
    static const uint8_t  teredo[4] = { 0x20, 0x01 };

    return addr->family == AF_INET6
           && (rtc_turn_bits_equal(six_to_four, addr->addr, 16)
               || rtc_turn_bits_equal(teredo, addr->addr, 32));
}


static const rtc_turn_range_t *
rtc_turn_special(const rtc_addr_t *addr)
{
    size_t                   i, n;
    const rtc_turn_range_t  *ranges;

    if (addr->family == AF_INET6) {
        ranges = rtc_turn_ranges6;
        n = rtc_nelts(rtc_turn_ranges6);

    } else {
        ranges = rtc_turn_ranges4;
        n = rtc_nelts(rtc_turn_ranges4);
    }

    for (i = 0; i < n; i++) {
        if (rtc_turn_bits_equal(ranges[i].addr, addr->addr, ranges[i].bits)) {
            return &ranges[i];
        }
    }

    return NULL;
}


static int
rtc_turn_bits_equal(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    size_t   n;
    uint8_t  mask;

    n = bits / 8;

    if (memcmp(a, b, n) != 0) {
        return 0;
    }

    if (bits % 8 == 0) {
        return 1;
    }

    mask = (uint8_t) (0xff << (8 - bits % 8));

    return (a[n] & mask) == (b[n] & mask);
}


int
rtc_turn_policy_check(const rtc_turn_policy_t *policy, const rtc_addr_t *peer)
{
    int                      own;
    rtc_addr_t               addr;
    const rtc_turn_range_t  *range;

    addr = *peer;
    rtc_turn_canonical(&addr);

    /* a form that hides another address is opened by nobody but its name */

    if (addr.family != peer->family
        && !rtc_turn_policy_named(policy, peer, rtc_turn_special(peer), 0))
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

    range = rtc_turn_special(&addr);

    /* the other end may have its relay here, too */

    if (policy->public && range == NULL
        && rtc_turn_policy_relay(policy, &addr))
    {
        return RTC_OK;
    }

    if (rtc_turn_policy_named(policy, &addr, range, own)) {
        return RTC_OK;
    }

    return policy->public && range == NULL && !own ? RTC_OK : RTC_DECLINED;
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
    const rtc_turn_range_t *range, int own)
{
    size_t                 i;
    const rtc_turn_net_t  *net;

    for (i = 0; i < policy->nnets; i++) {
        net = &policy->nets[i];

        if (!rtc_turn_net_match(net, addr)) {
            continue;
        }

        if (range ? net->bits >= range->bits
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
