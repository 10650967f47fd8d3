
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <sys/socket.h>
#include "rtc_bytes.h"
#include "rtc_turn_server_internal.h"


typedef struct {
    uint16_t         method;
    int            (*handler)(rtc_turn_request_t *r);
} rtc_turn_method_t;


static rtc_turn_result_e rtc_turn_server_channel(rtc_turn_server_t *s,
    rtc_turn_io_t *io);
static rtc_turn_result_e rtc_turn_server_send(rtc_turn_server_t *s,
    rtc_turn_io_t *io, const rtc_stun_msg_t *m);
static rtc_turn_result_e rtc_turn_server_relay(rtc_turn_server_t *s,
    rtc_turn_io_t *io, rtc_turn_alloc_t *a);
static rtc_turn_result_e rtc_turn_server_request(rtc_turn_server_t *s,
    rtc_turn_io_t *io, const rtc_stun_msg_t *m);
static const rtc_turn_method_t *rtc_turn_server_method(uint16_t method);
static int rtc_turn_server_handle(rtc_turn_request_t *r);
static rtc_turn_result_e rtc_turn_server_error(rtc_turn_request_t *r,
    int code);
static void rtc_turn_server_unknown(rtc_turn_request_t *r);
static rtc_turn_result_e rtc_turn_server_binding(rtc_turn_server_t *s,
    rtc_turn_io_t *io, const rtc_stun_msg_t *m);
static rtc_turn_result_e rtc_turn_server_finish(rtc_turn_request_t *r);
static size_t rtc_turn_server_unknown_types(const rtc_stun_msg_t *m,
    uint16_t *types);


static const rtc_turn_method_t  rtc_turn_methods[] = {
    { RTC_TURN_ALLOCATE, rtc_turn_allocate },
    { RTC_TURN_REFRESH, rtc_turn_refresh },
    { RTC_TURN_CREATE_PERMISSION, rtc_turn_create_permission },
    { RTC_TURN_CHANNEL_BIND, rtc_turn_channel_bind_request },
    { RTC_TURN_CONNECT, rtc_turn_connect },
    { RTC_TURN_CONNECTION_BIND, rtc_turn_connection_bind }
};


/* comprehension-required ones that we know; others are 420 */

static const uint16_t  rtc_turn_known[] = {
    RTC_STUN_USERNAME,
    RTC_STUN_INTEGRITY,
    RTC_STUN_INTEGRITY_SHA256,
    RTC_TURN_A_CHANNEL_NUMBER,
    RTC_TURN_A_LIFETIME,
    RTC_TURN_A_XOR_PEER_ADDRESS,
    RTC_TURN_A_DATA,
    RTC_TURN_A_REALM,
    RTC_TURN_A_NONCE,
    RTC_TURN_A_FAMILY,
    RTC_TURN_A_EVEN_PORT,
    RTC_TURN_A_TRANSPORT,
    RTC_TURN_A_DONT_FRAGMENT,
    RTC_TURN_A_ALGORITHM,
    RTC_TURN_A_USERHASH,
    RTC_TURN_A_RESERVATION_TOKEN,
    RTC_TURN_A_CONNECTION_ID
};


rtc_turn_result_e
rtc_turn_server_input(rtc_turn_server_t *s, rtc_turn_io_t *io)
{
    rtc_stun_msg_t  m;

    if (io->len >= RTC_TURN_CHANNEL_HEADER && rtc_turn_is_channel(io->p)) {
        return rtc_turn_server_channel(s, io);
    }

    if (rtc_stun_parse(&m, io->p, io->len) != RTC_OK
        || rtc_turn_verify_fingerprint(&m) != RTC_OK)
    {
        s->stat.malformed++;
        return RTC_TURN_NOTHING;
    }

    switch (m.class) {

    case RTC_STUN_REQUEST:

        if (m.method == RTC_STUN_BINDING) {
            return rtc_turn_server_binding(s, io, &m);
        }

        return rtc_turn_server_request(s, io, &m);

    case RTC_STUN_INDICATION:

        if (m.method == RTC_TURN_SEND) {
            return rtc_turn_server_send(s, io, &m);
        }

        /* a Binding indication keeps a NAT open, and is all */

        return RTC_TURN_NOTHING;

    default:
        s->stat.malformed++;
        return RTC_TURN_NOTHING;
    }
}


/* RFC 8656, 12.6: ChannelData from the client */

static rtc_turn_result_e
rtc_turn_server_channel(rtc_turn_server_t *s, rtc_turn_io_t *io)
{
    size_t               len;
    rtc_turn_alloc_t    *a;
    rtc_turn_channel_t  *chan;

    len = rtc_get_u16(io->p + 2);

    /* over UDP bytes may follow, over a stream they are cut off already */

    if (len > io->len - RTC_TURN_CHANNEL_HEADER) {
        s->stat.malformed++;
        return RTC_TURN_NOTHING;
    }

    a = rtc_turn_server_find(s, &io->tuple);

    if (a == NULL || a->expires_ms <= io->now_ms) {
        s->stat.no_allocation++;
        return RTC_TURN_NOTHING;
    }

    chan = rtc_turn_channel_by_number(a, rtc_get_u16(io->p), io->now_ms);

    if (chan == NULL) {
        s->stat.no_permission++;
        return RTC_TURN_NOTHING;
    }

    io->data = io->p + RTC_TURN_CHANNEL_HEADER;
    io->data_len = len;
    io->peer = chan->peer;
    io->dont_fragment = 0;

    return rtc_turn_server_relay(s, io, a);
}


/* RFC 8656, 11.2: a Send indication; what is wrong with it is not said */

static rtc_turn_result_e
rtc_turn_server_send(rtc_turn_server_t *s, rtc_turn_io_t *io,
    const rtc_stun_msg_t *m)
{
    uint16_t           types[RTC_STUN_MAX_UNKNOWN];
    rtc_str_t          peer, data, flag;
    rtc_turn_alloc_t  *a;

    a = rtc_turn_server_find(s, &io->tuple);

    if (a == NULL || a->expires_ms <= io->now_ms || a->tcp) {
        s->stat.no_allocation++;
        return RTC_TURN_NOTHING;
    }

    /* both attributes, and none that is unknown */

    if (rtc_stun_find(m, RTC_TURN_A_XOR_PEER_ADDRESS, &peer) != RTC_OK
        || rtc_stun_find(m, RTC_TURN_A_DATA, &data) != RTC_OK
        || rtc_turn_read_addr(m, peer, &io->peer) != RTC_OK
        || rtc_turn_server_unknown_types(m, types) != 0)
    {
        s->stat.malformed++;
        return RTC_TURN_NOTHING;
    }

    /* a permission, which a Send indication does not renew; the policy */

    if (rtc_turn_permission_find(a, &io->peer, io->now_ms) == -1
        || rtc_turn_policy_check(s->conf.policy, &io->peer) != RTC_OK)
    {
        s->stat.no_permission++;
        return RTC_TURN_NOTHING;
    }

    io->data = (uint8_t *) data.data;
    io->data_len = data.len;
    io->dont_fragment = rtc_stun_find(m, RTC_TURN_A_DONT_FRAGMENT, &flag)
                        == RTC_OK;

    /* RFC 8656, 13: a datagram of IPv6, or to it, ignores the attribute */

    if (!io->stream
        && (io->tuple.remote.family == AF_INET6
            || io->peer.family == AF_INET6))
    {
        io->dont_fragment = 0;
    }

    return rtc_turn_server_relay(s, io, a);
}


static rtc_turn_result_e
rtc_turn_server_relay(rtc_turn_server_t *s, rtc_turn_io_t *io,
    rtc_turn_alloc_t *a)
{
    rtc_turn_relay_t  *relay;

    relay = rtc_turn_alloc_relay(a, io->peer.family);

    /* a TCP allocation has neither Send indications nor channels */

    if (relay == NULL || a->tcp) {
        s->stat.no_permission++;
        return RTC_TURN_NOTHING;
    }

    if (!rtc_turn_alloc_pass(a, s->conf.max_rate, io->data_len, io->now_ms)) {
        s->stat.rate_limited++;
        return RTC_TURN_NOTHING;
    }

    if (s->nat) {
        rtc_turn_policy_to_local(s->conf.policy, &io->peer);
    }

    a->bytes_in += io->data_len;
    s->stat.packets_in++;
    s->stat.bytes_in += io->data_len;

    io->socket = relay->data;

    return RTC_TURN_RELAY;
}


static rtc_turn_result_e
rtc_turn_server_request(rtc_turn_server_t *s, rtc_turn_io_t *io,
    const rtc_stun_msg_t *m)
{
    int                 code;
    rtc_turn_request_t  r;

    /* RFC 8489, 6.3: what is not supported is discarded */

    if (rtc_turn_server_method(m->method) == NULL) {
        s->stat.malformed++;
        return RTC_TURN_NOTHING;
    }

    memset(&r, 0, sizeof(rtc_turn_request_t));

    r.server = s;
    r.io = io;
    r.m = m;
    r.result = RTC_TURN_ANSWER;

    code = m->len > RTC_TURN_REQUEST_MAX ? 400 : rtc_turn_server_handle(&r);

    if (code == -1) {
        return r.result == RTC_TURN_ELSEWHERE ? r.result : RTC_TURN_NOTHING;
    }

    return code ? rtc_turn_server_error(&r, code)
                : rtc_turn_server_finish(&r);
}


static const rtc_turn_method_t *
rtc_turn_server_method(uint16_t method)
{
    size_t  i;

    for (i = 0; i < rtc_nelts(rtc_turn_methods); i++) {
        if (rtc_turn_methods[i].method == method) {
            return &rtc_turn_methods[i];
        }
    }

    return NULL;
}


/* 0, -1: no answer, or the code of an error */

static int
rtc_turn_server_handle(rtc_turn_request_t *r)
{
    int                 code;
    uint16_t            types[RTC_STUN_MAX_UNKNOWN];
    rtc_turn_io_t      *io;
    rtc_turn_server_t  *s;

    s = r->server;
    io = r->io;

    /* RFC 8656, 5: every request is authenticated, before all else */

    code = rtc_turn_auth_check(&s->conf.auth, r->m, &io->tuple.remote,
                               (uint32_t) (io->now_ms / 1000), &r->auth);

    if (code == 401 && r->m->integrity == NULL
        && r->m->integrity_sha256 == NULL)
    {
        /* a stream's address is not forged, and its bytes are its own */

        if (!io->stream
            && s->conf.ops->challenge(s->conf.ctx, &io->tuple.remote,
                                      io->now_ms) != RTC_OK)
        {
            s->stat.challenges_dropped++;
            return -1;
        }

        s->stat.challenges++;
        return code;
    }

    if (code) {
        s->stat.unauthorized++;
        return code;
    }

    /* RFC 8489, 6.3.1 */

    if (rtc_turn_server_unknown_types(r->m, types) != 0) {
        return 420;
    }

    r->alloc = rtc_turn_server_find(s, &io->tuple);

    if (r->alloc && r->alloc->expires_ms <= io->now_ms) {
        rtc_turn_server_end(s, r->alloc);
        r->alloc = NULL;
    }

    rtc_turn_msg_init(&r->out, io->out, RTC_TURN_ANSWER_MAX, RTC_STUN_SUCCESS,
                      r->m->method, r->m->data + 4);

    return rtc_turn_server_method(r->m->method)->handler(r);
}


static size_t
rtc_turn_server_unknown_types(const rtc_stun_msg_t *m, uint16_t *types)
{
    return rtc_stun_unknown(m, rtc_turn_known, rtc_nelts(rtc_turn_known),
                            types);
}


static rtc_turn_result_e
rtc_turn_server_error(rtc_turn_request_t *r, int code)
{
    rtc_turn_io_t    *io;
    rtc_turn_stat_t  *stat;

    io = r->io;
    stat = &r->server->stat;

    rtc_turn_msg_init(&r->out, io->out, RTC_TURN_ANSWER_MAX, RTC_STUN_ERROR,
                      r->m->method, r->m->data + 4);
    rtc_turn_msg_error(&r->out, code);

    r->result = RTC_TURN_ANSWER;

    switch (code) {

    case 401:
    case 438:
        rtc_turn_auth_challenge(&r->server->conf.auth, &io->tuple.remote,
                                (uint32_t) (io->now_ms / 1000), &r->out);
        break;

    case 403:
        stat->forbidden++;
        break;

    case 420:
        rtc_turn_server_unknown(r);
        break;

    case 486:
        stat->quota++;
        break;

    case 508:
        stat->capacity++;
        break;

    default:
        stat->errors++;
    }

    return rtc_turn_server_finish(r);
}


static void
rtc_turn_server_unknown(rtc_turn_request_t *r)
{
    size_t    i, n;
    uint8_t   list[2 * RTC_STUN_MAX_UNKNOWN], *p;
    uint16_t  types[RTC_STUN_MAX_UNKNOWN];

    n = rtc_turn_server_unknown_types(r->m, types);
    p = list;

    for (i = 0; i < n; i++) {
        p = rtc_write_u16(p, types[i]);
    }

    rtc_turn_msg_bytes(&r->out, RTC_STUN_UNKNOWN_ATTRIBUTES, list, 2 * n);
}


/* RFC 8489, 7.3.1: who asks for an address is told it */

static rtc_turn_result_e
rtc_turn_server_binding(rtc_turn_server_t *s, rtc_turn_io_t *io,
    const rtc_stun_msg_t *m)
{
    uint16_t            types[RTC_STUN_MAX_UNKNOWN];
    rtc_turn_request_t  r;

    memset(&r, 0, sizeof(rtc_turn_request_t));

    r.server = s;
    r.io = io;
    r.m = m;
    r.result = RTC_TURN_ANSWER;

    if (!io->stream
        && s->conf.ops->challenge(s->conf.ctx, &io->tuple.remote, io->now_ms)
           != RTC_OK)
    {
        s->stat.challenges_dropped++;
        return RTC_TURN_NOTHING;
    }

    /* those of ICE are no business of ours, and fail */

    if (rtc_turn_server_unknown_types(m, types) != 0) {
        return rtc_turn_server_error(&r, 420);
    }

    rtc_turn_msg_init(&r.out, io->out, RTC_TURN_ANSWER_MAX, RTC_STUN_SUCCESS,
                      RTC_STUN_BINDING, m->data + 4);
    rtc_turn_msg_addr(&r.out, RTC_STUN_XOR_MAPPED_ADDRESS, &io->tuple.remote);

    return rtc_turn_server_finish(&r);
}


static rtc_turn_result_e
rtc_turn_server_finish(rtc_turn_request_t *r)
{
    if (r->auth.key_len) {
        rtc_turn_msg_sign(&r->out, r->auth.key, r->auth.key_len,
                          r->auth.sha256);
    }

    if (r->m->fingerprint) {
        rtc_turn_msg_fingerprint(&r->out);
    }

    if (r->out.failed) {
        return RTC_TURN_NOTHING;
    }

    r->io->out_len = r->out.len;

    return r->result;
}


/* RFC 8656, 11.3 and 12.7 */

uint8_t *
rtc_turn_server_peer(rtc_turn_server_t *s, rtc_turn_alloc_t *a,
    const rtc_addr_t *peer, uint8_t *data, size_t len, uint64_t now_ms,
    size_t *total)
{
    size_t               pad;
    uint8_t             *p, tid[12];
    rtc_addr_t           addr;
    rtc_turn_channel_t  *chan;

    if (s->nat) {
        addr = *peer;
        rtc_turn_policy_to_advertised(s->conf.policy, &addr);
        peer = &addr;
    }

    chan = rtc_turn_channel_by_peer(a, peer, now_ms);

    if (a->expires_ms <= now_ms
        || (chan ? !rtc_turn_channel_permitted(a, chan, now_ms)
                 : rtc_turn_permission_find(a, peer, now_ms) == -1))
    {
        s->stat.no_permission++;
        return NULL;
    }

    if (len > RTC_TURN_DATA_MAX
        || !rtc_turn_alloc_pass(a, s->conf.max_rate, len, now_ms))
    {
        s->stat.rate_limited++;
        return NULL;
    }

    a->bytes_out += len;
    s->stat.packets_out++;
    s->stat.bytes_out += len;

    if (chan == NULL) {
        memcpy(tid, &s->seed, 4);
        rtc_write_u64(tid + 4, a->indications++ ^ s->seed);

        return rtc_turn_data_indication(data, len, peer, tid, total);
    }

    p = data - RTC_TURN_CHANNEL_HEADER;

    rtc_write_u16(p, chan->number);
    rtc_write_u16(p + 2, (uint16_t) len);

    *total = RTC_TURN_CHANNEL_HEADER + len;

    if (a->stream) {

        /* RFC 8656, 12.5: padded over a stream */

        pad = -len & 3;
        memset(data + len, 0, pad);
        *total += pad;
    }

    return p;
}


size_t
rtc_turn_server_icmp(rtc_turn_server_t *s, rtc_turn_alloc_t *a,
    const rtc_addr_t *peer, uint8_t type, uint8_t code, uint32_t data,
    uint8_t *out, uint64_t now_ms)
{
    uint8_t         value[8], tid[16], *p;
    rtc_addr_t      addr;
    rtc_turn_msg_t  b;

    addr = *peer;

    if (s->nat) {
        rtc_turn_policy_to_advertised(s->conf.policy, &addr);
    }

    /* the permission is that of where the datagram was sent to */

    if (a->expires_ms <= now_ms
        || rtc_turn_permission_find(a, &addr, now_ms) == -1)
    {
        return 0;
    }

    rtc_write_u32(tid, RTC_STUN_MAGIC);
    memcpy(tid + 4, &s->seed, 4);
    rtc_write_u64(tid + 8, a->indications++ ^ s->seed);

    /* RFC 8656, 18.13: 7 bits of type, 9 bits of code */

    p = rtc_write_u16(value, 0);
    p = rtc_write_u16(p, (uint16_t) ((type & 0x7f) << 9 | code));
    rtc_write_u32(p, data);

    rtc_turn_msg_init(&b, out, RTC_TURN_ANSWER_MAX, RTC_STUN_INDICATION,
                      RTC_TURN_DATA, tid);
    rtc_turn_msg_addr(&b, RTC_TURN_A_XOR_PEER_ADDRESS, &addr);
    rtc_turn_msg_bytes(&b, RTC_TURN_A_ICMP, value, sizeof(value));

    return b.failed ? 0 : b.len;
}
