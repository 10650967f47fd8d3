
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Refresh, CreatePermission, ChannelBind: RFC 8656, 8.2, 10.2, 12.2.
 */


#include <sys/socket.h>
#include "rtc_bytes.h"
#include "rtc_turn_server_internal.h"


static int rtc_turn_peer(rtc_turn_request_t *r, rtc_str_t value,
    rtc_addr_t *peer);


int
rtc_turn_owner(rtc_turn_request_t *r)
{
    uint8_t  user[RTC_SHA256_LEN];

    if (r->alloc == NULL) {
        return 437;
    }

    if (rtc_sha256(user, r->auth.user.data, r->auth.user.len) != RTC_OK) {
        return 500;
    }

    return memcmp(user, r->alloc->user, RTC_SHA256_LEN) == 0 ? 0 : 441;
}


int
rtc_turn_refresh(rtc_turn_request_t *r)
{
    int                code;
    uint32_t           lifetime, wanted;
    rtc_str_t          value;
    rtc_turn_alloc_t  *a;
    rtc_turn_relay_t  *relay;

    code = rtc_turn_owner(r);
    if (code) {
        return code;
    }

    a = r->alloc;
    relay = NULL;

    /* 1. a family that is not that of the allocation: 443 */

    if (rtc_stun_find(r->m, RTC_TURN_A_FAMILY, &value) == RTC_OK) {

        if (value.len != 4) {
            return 400;
        }

        relay = rtc_turn_alloc_relay(a, rtc_turn_family(value));

        if (relay == NULL) {
            return 443;
        }
    }

    if (rtc_turn_lifetime(r, &lifetime) != RTC_OK) {
        return 400;
    }

    /* 2. zero deletes, of two families the one that is named */

    if (rtc_turn_find_u32(r->m, RTC_TURN_A_LIFETIME, &wanted) == RTC_OK
        && wanted == 0)
    {
        rtc_turn_msg_u32(&r->out, RTC_TURN_A_LIFETIME, 0);

        if (relay) {
            rtc_turn_conn_end(r->server, a, relay->addr.family);
        }

        if (relay == &a->relays[1]) {
            r->server->conf.ops->close(r->server->conf.ctx, relay->data);
            relay->data = NULL;

            return 0;
        }

        if (relay && a->relays[1].data) {
            r->server->conf.ops->close(r->server->conf.ctx, relay->data);
            a->relays[0] = a->relays[1];
            a->relays[1].data = NULL;
            r->server->conf.ops->attach(r->server->conf.ctx,
                                        a->relays[0].data, a);
            return 0;
        }

        rtc_turn_server_end(r->server, a);
        r->alloc = NULL;

        return 0;
    }

    a->lifetime = lifetime;
    a->expires_ms = r->io->now_ms + lifetime * (uint64_t) 1000;

    rtc_turn_msg_u32(&r->out, RTC_TURN_A_LIFETIME, lifetime);

    return 0;
}


/* a peer that the allocation can reach and may write to */

static int
rtc_turn_peer(rtc_turn_request_t *r, rtc_str_t value, rtc_addr_t *peer)
{
    if (rtc_turn_read_addr(r->m, value, peer) != RTC_OK) {
        return 400;
    }

    if (rtc_turn_alloc_relay(r->alloc, peer->family) == NULL) {
        return 443;
    }

    return 0;
}


int
rtc_turn_create_permission(rtc_turn_request_t *r)
{
    int             code;
    size_t          n, max;
    uint16_t        type;
    rtc_str_t       value;
    rtc_addr_t      peer;
    const uint8_t  *p;

    code = rtc_turn_owner(r);
    if (code) {
        return code;
    }

    max = r->server->conf.max_permissions;

    /* 1. all addresses are looked at before one of them is installed */

    n = 0;
    p = NULL;

    while ((p = rtc_stun_next(r->m, p, &type, &value)) != NULL) {

        if (type != RTC_TURN_A_XOR_PEER_ADDRESS) {
            continue;
        }

        code = rtc_turn_peer(r, value, &peer);
        if (code) {
            return code;
        }

        /* a permission is for all ports */

        peer.port = 0;

        if (rtc_turn_policy_check(r->server->conf.policy, &peer) != RTC_OK) {
            return 403;
        }

        if (rtc_turn_permission_find(r->alloc, &peer, r->io->now_ms) == -1) {
            n++;
        }
    }

    if (rtc_stun_find(r->m, RTC_TURN_A_XOR_PEER_ADDRESS, &value) != RTC_OK) {
        return 400;
    }

    /* 2. not more than there is room for: 508 */

    if (n > rtc_turn_permission_room(r->alloc, max, r->io->now_ms)) {
        return 508;
    }

    p = NULL;

    while ((p = rtc_stun_next(r->m, p, &type, &value)) != NULL) {

        if (type == RTC_TURN_A_XOR_PEER_ADDRESS
            && rtc_turn_read_addr(r->m, value, &peer) == RTC_OK)
        {
            (void) rtc_turn_permission_set(r->alloc, &peer, max,
                                           r->io->now_ms);
        }
    }

    return 0;
}


int
rtc_turn_channel_bind_request(rtc_turn_request_t *r)
{
    int         code, permission;
    uint16_t    number;
    rtc_str_t   value, channel;
    rtc_addr_t  peer;

    code = rtc_turn_owner(r);
    if (code) {
        return code;
    }

    /* 1. both attributes */

    if (r->alloc->tcp
        || rtc_stun_find(r->m, RTC_TURN_A_CHANNEL_NUMBER, &channel) != RTC_OK
        || rtc_stun_find(r->m, RTC_TURN_A_XOR_PEER_ADDRESS, &value) != RTC_OK
        || channel.len != 4)
    {
        return 400;
    }

    /* 2. a number of the range */

    number = rtc_get_u16(channel.data);

    if (number < RTC_TURN_CHANNEL_MIN || number > RTC_TURN_CHANNEL_MAX) {
        return 400;
    }

    /* 3. an address of the allocation's family, which may be written to */

    code = rtc_turn_peer(r, value, &peer);
    if (code) {
        return code;
    }

    if (peer.port == 0
        || rtc_turn_policy_check(r->server->conf.policy, &peer) != RTC_OK)
    {
        return 403;
    }

    /*
     * 4. neither is bound to another.  The permission comes first because the
     * channel refers to it; a refused channel leaves it as it is.
     */

    code = rtc_turn_channel_check(r->alloc, number, &peer,
                                  r->server->conf.max_channels,
                                  r->io->now_ms);
    if (code) {
        return code;
    }

    permission = rtc_turn_permission_set(r->alloc, &peer,
                                         r->server->conf.max_permissions,
                                         r->io->now_ms);
    if (permission == -1) {
        return 508;
    }

    rtc_turn_channel_bind(r->alloc, number, &peer, (uint8_t) permission,
                          r->io->now_ms);

    return 0;
}
