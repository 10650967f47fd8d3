
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Allocate: RFC 8656, 7.2, and RFC 6062, 5.1.
 */


#include <sys/socket.h>
#include "rtc_bytes.h"
#include "rtc_net.h"
#include "rtc_turn_server_internal.h"


typedef struct {
    int              family;
    int              additional;        /* AF_INET6, or 0 */
    rtc_turn_port_e  port;
    uint32_t         lifetime;
    unsigned         tcp:1;

    rtc_turn_reservation_t  *reservation;
} rtc_turn_wish_t;


static int rtc_turn_allocate_read(rtc_turn_request_t *r,
    rtc_turn_wish_t *wish);
static int rtc_turn_allocate_transport(rtc_turn_request_t *r,
    rtc_turn_wish_t *wish);
static int rtc_turn_allocate_family(rtc_turn_request_t *r,
    rtc_turn_wish_t *wish);
static int rtc_turn_allocate_port(rtc_turn_request_t *r,
    rtc_turn_wish_t *wish);
static int rtc_turn_allocate_make(rtc_turn_request_t *r,
    rtc_turn_wish_t *wish);
static int rtc_turn_allocate_open(rtc_turn_request_t *r,
    rtc_turn_wish_t *wish);
static int rtc_turn_allocate_additional(rtc_turn_request_t *r,
    rtc_turn_wish_t *wish);
static rtc_turn_reservation_t *rtc_turn_reserve(rtc_turn_request_t *r);
static void rtc_turn_allocate_answer(rtc_turn_request_t *r);
static int rtc_turn_has_family(rtc_turn_server_t *s, int family);
static int rtc_turn_user_digest(rtc_turn_request_t *r,
    uint8_t digest[RTC_SHA256_LEN], uint64_t *key);


int
rtc_turn_allocate(rtc_turn_request_t *r)
{
    int              code;
    rtc_turn_wish_t  wish;

    /* 1. authentication is done; time-limited credentials end here only */

    if (r->auth.expires_s <= r->io->unix_s) {
        r->auth.key_len = 0;
        return 401;
    }

    /* RFC 8656, 21.4: neither a client over 6to4 nor over Teredo */

    if (rtc_net_is_tunnel(&r->io->tuple.remote)) {
        return 403;
    }

    /* 2. the 5-tuple is in use, unless this is the same request once more */

    if (r->alloc) {
        if (memcmp(r->alloc->tid, r->m->data + 8, 12) != 0
            || rtc_turn_owner(r) != 0)
        {
            return 437;
        }

        rtc_turn_allocate_answer(r);

        return 0;
    }

    memset(&wish, 0, sizeof(rtc_turn_wish_t));

    code = rtc_turn_allocate_read(r, &wish);
    if (code) {
        return code;
    }

    code = rtc_turn_allocate_make(r, &wish);

    if (code) {
        if (r->alloc) {
            rtc_turn_server_end(r->server, r->alloc);
        }

        return code;
    }

    r->server->stat.allocations++;

    rtc_turn_allocate_answer(r);

    return 0;
}


static int
rtc_turn_allocate_read(rtc_turn_request_t *r, rtc_turn_wish_t *wish)
{
    int        code;
    rtc_str_t  value;

    /* 3. REQUESTED-TRANSPORT: missing 400, unsupported 442 */

    code = rtc_turn_allocate_transport(r, wish);
    if (code) {
        return code;
    }

    /*
     * 4. DONT-FRAGMENT is supported; it has no value.  RFC 6062, 5.1: neither
     * it nor EVEN-PORT nor RESERVATION-TOKEN is for TCP.
     */

    if (rtc_stun_find(r->m, RTC_TURN_A_DONT_FRAGMENT, &value) == RTC_OK
        && (value.len != 0 || wish->tcp))
    {
        return 400;
    }

    /* 5. RESERVATION-TOKEN, and what must not be beside it */

    if (rtc_stun_find(r->m, RTC_TURN_A_RESERVATION_TOKEN, &value) == RTC_OK) {
        rtc_str_t  other;
        size_t     i;

        if (value.len != 8 || wish->tcp
            || rtc_stun_find(r->m, RTC_TURN_A_EVEN_PORT, &other) == RTC_OK
            || rtc_stun_find(r->m, RTC_TURN_A_FAMILY, &other) == RTC_OK
            || rtc_stun_find(r->m, RTC_TURN_A_ADDITIONAL_FAMILY, &other)
               == RTC_OK)
        {
            return 400;
        }

        for (i = 0; i < RTC_TURN_RESERVATIONS; i++) {
            wish->reservation = &r->server->reservations[i];

            if (wish->reservation->relay.data
                && wish->reservation->expires_ms > r->io->now_ms
                && rtc_equal(wish->reservation->token, value.data, 8))
            {
                break;
            }
        }

        if (i == RTC_TURN_RESERVATIONS) {
            return 508;
        }

        wish->family = wish->reservation->relay.addr.family;

    } else {

        /* 6., 7. and 9. the address families */

        code = rtc_turn_allocate_family(r, wish);
        if (code) {
            return code;
        }

        /* 8. EVEN-PORT */

        code = rtc_turn_allocate_port(r, wish);
        if (code) {
            return code;
        }
    }

    return rtc_turn_lifetime(r, &wish->lifetime) == RTC_OK ? 0 : 400;
}


static int
rtc_turn_allocate_transport(rtc_turn_request_t *r, rtc_turn_wish_t *wish)
{
    rtc_str_t  value;

    if (rtc_stun_find(r->m, RTC_TURN_A_TRANSPORT, &value) != RTC_OK
        || value.len != 4)
    {
        return 400;
    }

    switch (value.data[0]) {

    case RTC_TURN_PROTO_UDP:
        return 0;

    case RTC_TURN_PROTO_TCP:

        if (r->server->conf.max_conns == 0) {
            return 442;
        }

        /* RFC 6062, 5.1: over TCP or TLS only */

        wish->tcp = 1;
        wish->port = RTC_TURN_PORT_TCP;

        return r->io->stream ? 0 : 400;

    default:
        return 442;
    }
}


static int
rtc_turn_allocate_family(rtc_turn_request_t *r, rtc_turn_wish_t *wish)
{
    int        family;
    rtc_str_t  value, additional;

    wish->family = AF_INET;

    if (rtc_stun_find(r->m, RTC_TURN_A_ADDITIONAL_FAMILY, &additional)
        != RTC_OK)
    {
        additional.len = 0;
    }

    if (rtc_stun_find(r->m, RTC_TURN_A_FAMILY, &value) == RTC_OK) {

        /* 6. one or the other */

        if (additional.len || value.len != 4) {
            return 400;
        }

        /* 7. unsupported: 440 */

        wish->family = rtc_turn_family(value);

    } else if (additional.len) {

        /* 9. of an IPv4 allocation only */

        family = additional.len == 4 ? rtc_turn_family(additional) : 0;

        if (family != AF_INET6) {
            return 400;
        }

        wish->additional = family;
    }

    if (!rtc_turn_has_family(r->server, wish->family)
        && !rtc_turn_has_family(r->server, wish->additional))
    {
        return 440;
    }

    return 0;
}


static int
rtc_turn_allocate_port(rtc_turn_request_t *r, rtc_turn_wish_t *wish)
{
    rtc_str_t  value;

    if (rtc_stun_find(r->m, RTC_TURN_A_EVEN_PORT, &value) != RTC_OK) {
        return 0;
    }

    if (value.len != 1 || wish->tcp) {
        return 400;
    }

    if ((value.data[0] & 0x80) == 0) {
        wish->port = RTC_TURN_PORT_EVEN;
        return 0;
    }

    if (wish->additional) {
        return 400;
    }

    wish->port = RTC_TURN_PORT_PAIR;

    return 0;
}


int
rtc_turn_lifetime(rtc_turn_request_t *r, uint32_t *lifetime)
{
    int       rc;
    uint32_t  wanted;

    rc = rtc_turn_find_u32(r->m, RTC_TURN_A_LIFETIME, &wanted);

    if (rc == RTC_ERROR) {
        return RTC_ERROR;
    }

    /* RFC 8656, 7.2: what is asked for, but not less than the default */

    *lifetime = RTC_TURN_LIFETIME;

    if (rc == RTC_OK && wanted > RTC_TURN_LIFETIME) {
        *lifetime = rtc_min(wanted, r->server->conf.max_lifetime);
    }

    return RTC_OK;
}


int
rtc_turn_family(rtc_str_t value)
{
    switch (value.data[0]) {

    case RTC_TURN_FAMILY_IPV4:
        return AF_INET;

    case RTC_TURN_FAMILY_IPV6:
        return AF_INET6;

    default:
        return 0;
    }
}


static int
rtc_turn_has_family(rtc_turn_server_t *s, int family)
{
    switch (family) {

    case AF_INET:
        return s->conf.ipv4;

    case AF_INET6:
        return s->conf.ipv6;

    default:
        return 0;
    }
}


static int
rtc_turn_allocate_make(rtc_turn_request_t *r, rtc_turn_wish_t *wish)
{
    int                code;
    rtc_turn_alloc_t  *a;

    a = rtc_turn_server_add(r->server, &r->io->tuple);

    if (a == NULL) {
        return 508;
    }

    memcpy(a->tid, r->m->data + 8, 12);
    a->via = r->io->via;
    a->stream = r->io->stream;
    a->lifetime = wish->lifetime;
    a->expires_ms = r->io->now_ms + wish->lifetime * (uint64_t) 1000;
    a->tokens = r->server->conf.max_rate;
    a->tokens_ms = r->io->now_ms;
    a->tcp = wish->tcp;

    if (rtc_turn_user_digest(r, a->user, &a->user_key) != RTC_OK) {
        rtc_turn_server_forget(r->server, a);
        return 500;
    }

    /* 10. the quota */

    if (r->server->conf.ops->take(r->server->conf.ctx, a) != RTC_OK) {
        rtc_turn_server_forget(r->server, a);
        return 486;
    }

    /* from here on the caller ends it if something fails */

    r->alloc = a;

    code = rtc_turn_allocate_open(r, wish);

    return code ? code : rtc_turn_allocate_additional(r, wish);
}


/* the digest of the name is compared (441), that of the id is counted (486) */

static int
rtc_turn_user_digest(rtc_turn_request_t *r, uint8_t digest[RTC_SHA256_LEN],
    uint64_t *key)
{
    uint8_t  id[RTC_SHA256_LEN];

    if (rtc_sha256(digest, r->auth.user.data, r->auth.user.len) != RTC_OK
        || rtc_sha256(id, r->auth.id.data, r->auth.id.len) != RTC_OK)
    {
        return RTC_ERROR;
    }

    *key = rtc_get_u64(id);

    return RTC_OK;
}


static int
rtc_turn_allocate_open(rtc_turn_request_t *r, rtc_turn_wish_t *wish)
{
    rtc_turn_alloc_t        *a;
    rtc_turn_relay_t         relays[2];
    rtc_turn_server_t       *s;
    rtc_turn_reservation_t  *res;

    s = r->server;
    a = r->alloc;
    res = wish->reservation;

    if (res) {

        /* a port of somebody else is nobody's */

        if (res->user_key != a->user_key) {
            return 508;
        }

        a->relays[0] = res->relay;
        res->relay.data = NULL;

    } else {
        memset(relays, 0, sizeof(relays));

        if (wish->port == RTC_TURN_PORT_PAIR) {
            res = rtc_turn_reserve(r);

            if (res == NULL) {
                return 508;
            }
        }

        if (!rtc_turn_has_family(s, wish->family)
            || s->conf.ops->open(s->conf.ctx, wish->family, wish->port,
                                 relays) != RTC_OK)
        {
            if (!wish->additional) {
                return 508;
            }

            /* 9. the other one may do */

            a->address_error = RTC_TURN_FAMILY_IPV4;

            return 0;
        }

        a->relays[0] = relays[0];

        if (res) {
            res->relay = relays[1];
            res->expires_ms = r->io->now_ms + RTC_TURN_RESERVATION_LIFE;
            res->user_key = a->user_key;

            memcpy(a->token, res->token, 8);
            a->has_token = 1;
        }
    }

    s->conf.ops->attach(s->conf.ctx, a->relays[0].data, a);

    return 0;
}


static rtc_turn_reservation_t *
rtc_turn_reserve(rtc_turn_request_t *r)
{
    size_t                   i;
    rtc_turn_reservation_t  *res;

    (void) rtc_turn_server_expire(r->server, r->io->now_ms);

    for (i = 0; i < RTC_TURN_RESERVATIONS; i++) {
        res = &r->server->reservations[i];

        if (res->relay.data == NULL) {
            return rtc_random(res->token, 8) == RTC_OK ? res : NULL;
        }
    }

    return NULL;
}


/* 9. both families, or one of them and the reason why not the other */

static int
rtc_turn_allocate_additional(rtc_turn_request_t *r, rtc_turn_wish_t *wish)
{
    rtc_turn_alloc_t   *a;
    rtc_turn_relay_t    relays[2];
    rtc_turn_server_t  *s;

    if (!wish->additional) {
        return 0;
    }

    s = r->server;
    a = r->alloc;

    if (!rtc_turn_has_family(s, wish->additional)
        || s->conf.ops->open(s->conf.ctx, wish->additional,
                             wish->tcp ? RTC_TURN_PORT_TCP
                                       : RTC_TURN_PORT_ANY, relays)
           != RTC_OK)
    {
        if (a->relays[0].data == NULL) {
            return 508;
        }

        a->address_error = RTC_TURN_FAMILY_IPV6;

        return 0;
    }

    a->relays[a->relays[0].data ? 1 : 0] = relays[0];

    s->conf.ops->attach(s->conf.ctx, relays[0].data, a);

    return 0;
}


/* RFC 8656, 7.2: the attributes of a success */

static void
rtc_turn_allocate_answer(rtc_turn_request_t *r)
{
    size_t             i;
    uint32_t           error, code;
    rtc_turn_msg_t    *b;
    rtc_turn_alloc_t  *a;

    a = r->alloc;
    b = &r->out;

    for (i = 0; i < 2; i++) {
        if (a->relays[i].data) {
            rtc_turn_msg_addr(b, RTC_TURN_A_XOR_RELAYED, &a->relays[i].addr);
        }
    }

    rtc_turn_msg_u32(b, RTC_TURN_A_LIFETIME, a->lifetime);

    if (a->has_token) {
        rtc_turn_msg_bytes(b, RTC_TURN_A_RESERVATION_TOKEN, a->token, 8);
    }

    rtc_turn_msg_addr(b, RTC_STUN_XOR_MAPPED_ADDRESS, &r->io->tuple.remote);

    if (a->address_error) {

        /* RFC 8656, 18.12: family, class, number */

        code = rtc_turn_has_family(r->server,
                                   a->address_error == RTC_TURN_FAMILY_IPV6
                                   ? AF_INET6 : AF_INET) ? 508 : 440;

        error = (uint32_t) a->address_error << 24 | (code / 100) << 8
                | code % 100;

        rtc_turn_msg_u32(b, RTC_TURN_A_ADDRESS_ERROR, error);
    }
}
