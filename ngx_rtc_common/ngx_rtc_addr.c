
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_addr.h"


ngx_int_t
ngx_rtc_addr_set(rtc_addr_t *addr, const struct sockaddr *sa,
    ngx_uint_t proto)
{
    const struct sockaddr_in   *sin;
    const struct sockaddr_in6  *sin6;

    ngx_memzero(addr, sizeof(rtc_addr_t));

    addr->proto = (uint8_t) proto;

    switch (sa->sa_family) {

    case AF_INET:
        sin = (const struct sockaddr_in *) sa;

        addr->family = AF_INET;
        addr->port = ntohs(sin->sin_port);
        ngx_memcpy(addr->addr, &sin->sin_addr, 4);

        return NGX_OK;

    case AF_INET6:
        sin6 = (const struct sockaddr_in6 *) sa;

        addr->family = AF_INET6;
        addr->port = ntohs(sin6->sin6_port);
        ngx_memcpy(addr->addr, &sin6->sin6_addr, 16);

        return NGX_OK;

    default:
        return NGX_DECLINED;
    }
}


socklen_t
ngx_rtc_addr_sockaddr(const rtc_addr_t *addr, ngx_sockaddr_t *sa)
{
    if (addr->family == AF_INET6) {
        ngx_memzero(&sa->sockaddr_in6, sizeof(struct sockaddr_in6));

        sa->sockaddr_in6.sin6_family = AF_INET6;
        sa->sockaddr_in6.sin6_port = htons(addr->port);
        ngx_memcpy(&sa->sockaddr_in6.sin6_addr, addr->addr, 16);

        return sizeof(struct sockaddr_in6);
    }

    ngx_memzero(&sa->sockaddr_in, sizeof(struct sockaddr_in));

    sa->sockaddr_in.sin_family = AF_INET;
    sa->sockaddr_in.sin_port = htons(addr->port);
    ngx_memcpy(&sa->sockaddr_in.sin_addr, addr->addr, 4);

    return sizeof(struct sockaddr_in);
}


ngx_uint_t
ngx_rtc_addr_is_wildcard(const rtc_addr_t *addr)
{
    static const uint8_t  zero[16];

    return ngx_memcmp(addr->addr, zero, 16) == 0;
}
