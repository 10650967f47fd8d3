
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <sys/socket.h>

#include "rtc_net.h"


typedef struct {
    uint8_t   addr[16];
    unsigned  bits;
} rtc_net_t;


static const rtc_net_t  rtc_net_special4[] = {
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

static const rtc_net_t  rtc_net_special6[] = {
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


int
rtc_net_match(const uint8_t *a, const uint8_t *b, unsigned bits)
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


unsigned
rtc_net_special(const rtc_addr_t *addr)
{
    size_t            i, n;
    const rtc_net_t  *nets;

    if (addr->family == AF_INET6) {
        nets = rtc_net_special6;
        n = rtc_nelts(rtc_net_special6);

    } else {
        nets = rtc_net_special4;
        n = rtc_nelts(rtc_net_special4);
    }

    for (i = 0; i < n; i++) {
        if (rtc_net_match(nets[i].addr, addr->addr, nets[i].bits)) {
            return nets[i].bits;
        }
    }

    return 0;
}


void
rtc_net_canonical(rtc_addr_t *addr)
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

        /* compatible ones, :: and ::1 stay: these are special as they are */

        return;
    }

    memset(addr->addr, 0, 16);
    memcpy(addr->addr, inner, 4);
    addr->family = AF_INET;
}


/* RFC 3056, 2, and RFC 4380, 2.6 */

int
rtc_net_is_tunnel(const rtc_addr_t *addr)
{
    static const uint8_t  six_to_four[2] = { 0x20, 0x02 };
    static const uint8_t  teredo[4] = { 0x20, 0x01 };

    return addr->family == AF_INET6
           && (rtc_net_match(six_to_four, addr->addr, 16)
               || rtc_net_match(teredo, addr->addr, 32));
}


int
rtc_net_is_public(const rtc_addr_t *addr)
{
    rtc_addr_t  inner;

    /* of IPv6 nothing else is given out */

    static const uint8_t  global[1] = { 0x20 };

    if (rtc_net_is_tunnel(addr)) {
        return 0;
    }

    inner = *addr;
    rtc_net_canonical(&inner);

    return rtc_net_special(&inner) == 0
           && (inner.family == AF_INET
               || rtc_net_match(global, inner.addr, 3));
}
