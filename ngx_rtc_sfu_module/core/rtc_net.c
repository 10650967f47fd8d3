
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <netinet/in.h>
#include <string.h>

#include "rtc_net.h"


typedef struct {
    uint8_t   prefix[16];
    unsigned  bits;
} rtc_net_t;


/* RFC 6890 and its registries, RFC 5771 */

static const rtc_net_t  rtc_net_local4[] = {
    { { 0 }, 8 },
    { { 10 }, 8 },
    { { 100, 64 }, 10 },
    { { 127 }, 8 },
    { { 169, 254 }, 16 },
    { { 172, 16 }, 12 },
    { { 192, 0, 0 }, 24 },
    { { 192, 0, 2 }, 24 },
    { { 192, 168 }, 16 },
    { { 198, 18 }, 15 },
    { { 198, 51, 100 }, 24 },
    { { 203, 0, 113 }, 24 },
    { { 224 }, 3 }
};


static const uint8_t  rtc_net_mapped[12] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
};

static const uint8_t  rtc_net_nat64[12] = { 0, 0x64, 0xff, 0x9b };


static int
rtc_net_has(const rtc_net_t *net, const uint8_t *p)
{
    unsigned  n;

    n = net->bits / 8;

    return memcmp(net->prefix, p, n) == 0
           && (net->bits % 8 == 0
               || (net->prefix[n] ^ p[n]) >> (8 - net->bits % 8) == 0);
}


static int
rtc_net_is_public4(const uint8_t *p)
{
    size_t  i;

    for (i = 0; i < rtc_nelts(rtc_net_local4); i++) {
        if (rtc_net_has(&rtc_net_local4[i], p)) {
            return 0;
        }
    }

    return 1;
}


int
rtc_net_is_public(const struct sockaddr *sa)
{
    const uint8_t  *p;

    /* of IPv6 only 2000::/3 is given out; 2002::/16 stands for IPv4 */

    static const rtc_net_t  global = { { 0x20 }, 3 };
    static const rtc_net_t  example = { { 0x20, 0x01, 0x0d, 0xb8 }, 32 };
    static const rtc_net_t  special = { { 0x20, 0x01 }, 23 };
    static const rtc_net_t  to4 = { { 0x20, 0x02 }, 16 };

    if (sa->sa_family == AF_INET) {
        p = (const uint8_t *) &((const struct sockaddr_in *) sa)->sin_addr;
        return rtc_net_is_public4(p);
    }

    if (sa->sa_family != AF_INET6) {
        return 0;
    }

    p = (const uint8_t *) &((const struct sockaddr_in6 *) sa)->sin6_addr;

    if (memcmp(p, rtc_net_mapped, 12) == 0
        || memcmp(p, rtc_net_nat64, 12) == 0)
    {
        return rtc_net_is_public4(p + 12);
    }

    return rtc_net_has(&global, p) && !rtc_net_has(&example, p)
           && !rtc_net_has(&special, p) && !rtc_net_has(&to4, p);
}
