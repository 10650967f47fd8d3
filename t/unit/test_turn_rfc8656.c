
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What RFC 8656 says that a server MUST or MUST NOT do, in its order.  Tests
 * begin with the number of a section.  RFC 8489 is in test_turn_rfc8489.c,
 * sockets are in t/turn.
 */


#include "turn_checks.h"


static void
begin_allocate(stun_msg_t *m)
{
    turn_begin(m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(m, RTC_TURN_A_TRANSPORT, 17 << 24);
}


static int
allocate_dual(void)
{
    stun_msg_t  m;

    begin_allocate(&m);
    stun_msg_attr32(&m, RTC_TURN_A_ADDITIONAL_FAMILY, 2u << 24);

    return turn_ask(&m);
}


static uint32_t
lifetime(void)
{
    rtc_str_t  value;

    return turn_answer(RTC_TURN_A_LIFETIME, &value) ? rtc_get_u32(value.data)
                                                    : 0;
}


/* the n-th relayed address of the answer, from 0 */

static int
relayed(int n, rtc_addr_t *a)
{
    uint16_t        type;
    rtc_str_t       value;
    rtc_stun_msg_t  m;
    const uint8_t  *p;

    p = NULL;

    if (rtc_stun_parse(&m, turn_out, turn_io.out_len) != RTC_OK) {
        return 0;
    }

    while ((p = rtc_stun_next(&m, p, &type, &value)) != NULL) {

        if (type == RTC_TURN_A_XOR_RELAYED && n-- == 0) {
            return rtc_turn_read_addr(&m, value, a) == RTC_OK;
        }
    }

    return 0;
}


static int
as_bob(uint16_t method, uint16_t type, uint32_t value)
{
    stun_msg_t  m;

    turn_begin(&m, method);

    if (type) {
        stun_msg_attr32(&m, type, value);
    }

    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
    turn_sign(&m, "bob", "builder");
    turn_input(m.data, m.len);

    return turn_code();
}


static void
test_5(void)
{
    stun_msg_t  m;

    turn_start(8);

    is_int(turn_refresh(600), 437, "5: Refresh without an allocation");
    is_int(turn_permit(PEER), 437, "5: CreatePermission without one");
    is_int(turn_bind(0x4000, PEER), 437, "5: ChannelBind without one");
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING, "5: Send without one");
    ok(turn_io.out_len == 0, "5: ... is not answered");
    is_int(turn_channel(0x4000, "x"), RTC_TURN_NOTHING,
           "5: ChannelData without one");
    ok(turn_io.out_len == 0, "5: ... is not answered");

    begin_allocate(&m);
    is_int(turn_ask(&m), 0, "an allocation");

    is_int(as_bob(RTC_TURN_REFRESH, 0, 0), 441, "5: Refresh of another user");
    is_int(as_bob(RTC_TURN_CREATE_PERMISSION, 0, 0), 441,
           "5: his CreatePermission");
    is_int(as_bob(RTC_TURN_CHANNEL_BIND, RTC_TURN_A_CHANNEL_NUMBER,
                  0x40000000), 441, "5: his ChannelBind");
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING, "5: ... changed nothing");

    /* the transaction id of another user's request is nothing to know */

    turn_begin(&m, RTC_TURN_ALLOCATE);
    memcpy(m.data + 8, turn_alloc()->tid, 12);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    turn_sign(&m, "bob", "builder");
    turn_input(m.data, m.len);
    is_int(turn_code(), 437, "7.2, 2: his Allocate, with the same id");

    turn_stop();
}


static void
test_6(void)
{
    rtc_addr_t  first, second, third;

    turn_start(8);
    turn_allocate();
    (void) relayed(0, &first);

    turn_io.tuple.local.port++;
    is_int(turn_allocate(), 0, "6: another port of the server");
    (void) relayed(0, &second);

    turn_io.tuple.remote.proto = RTC_TCP;
    turn_io.stream = 1;
    is_int(turn_allocate(), 0, "6: another transport");
    (void) relayed(0, &third);
    turn_io.stream = 0;
    turn_io.tuple.remote.proto = RTC_UDP;

    ok(first.port != second.port && second.port != third.port
       && first.port != third.port, "6: all have relays of their own");
    is_int(rtc_turn_server_allocations(turn), 3, "6: three 5-tuples");

    /* data does not refresh it */

    turn_permit(PEER);
    turn_now += 299 * 1000;
    is_int(turn_send(PEER, "x"), RTC_TURN_RELAY, "6: data");
    turn_now += 301 * 1000;
    is_int(turn_permit(PEER), 437, "6: ... does not refresh an allocation");

    turn_stop();
}


static void
test_7_2_refused(void)
{
    stun_msg_t  m;
    rtc_addr_t  a;

    turn_start(8);

    begin_allocate(&m);
    turn_input(m.data, m.len);
    is_int(turn_code(), 401, "7.2, 1: it is authenticated");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr(&m, RTC_TURN_A_TRANSPORT, "\x11", 1);
    is_int(turn_ask(&m), 400, "7.2, 3: REQUESTED-TRANSPORT is malformed");

    begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_DONT_FRAGMENT, NULL, 0);
    is_int(turn_ask(&m), 0, "7.2, 4: DONT-FRAGMENT is known");
    is_int(turn_refresh(0), 0, "it ends");

    begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, "12345678", 8);
    stun_msg_attr32(&m, RTC_TURN_A_ADDITIONAL_FAMILY, 2u << 24);
    is_int(turn_ask(&m), 400, "7.2, 5: a token and an additional family");

    begin_allocate(&m);
    stun_msg_attr32(&m, RTC_TURN_A_FAMILY, 2u << 24);
    is_int(turn_ask(&m), 0, "7.2, 7: IPv6");
    ok(relayed(0, &a) && a.family == AF_INET6 && !relayed(1, &a),
       "7.2, 7: ... and nothing else");
    is_int(turn_refresh(0), 0, "it ends");

    is_int(turn_allocate(), 0, "7.2, 7: no family");
    ok(relayed(0, &a) && a.family == AF_INET && !relayed(1, &a),
       "7.2, 7: ... is IPv4");
    is_int(turn_refresh(0), 0, "it ends");

    turn_stop();
}


/* a server that has no address of a family, or other functions */

static void
restart(int ipv4, int ipv6, const rtc_turn_ops_t *ops)
{
    rtc_turn_conf_t  conf;

    memset(&conf, 0, sizeof(rtc_turn_conf_t));
    turn_stop();

    conf.auth.realm.data = (const uint8_t *) TURN_REALM;
    conf.auth.realm.len = sizeof(TURN_REALM) - 1;
    conf.auth.users = turn_users;
    conf.auth.nusers = 2;
    conf.auth.nonce_key = turn_nonce_key;
    conf.policy = &turn_policy;
    conf.max_allocations = 8;
    conf.max_permissions = 4;
    conf.max_channels = 3;
    conf.max_lifetime = 3600;
    conf.ipv4 = ipv4 & 1;
    conf.ipv6 = ipv6 & 1;
    conf.ops = ops;

    turn = rtc_turn_server_init(malloc(rtc_turn_server_size(8)), &conf);
}


static int  closed_family;


static int
open_but_one(void *ctx, int family, rtc_turn_port_e port,
    rtc_turn_relay_t relays[2])
{
    return family == closed_family ? RTC_DECLINED
                                   : glue_ops.open(ctx, family, port, relays);
}


static void
test_7_2_families(void)
{
    stun_msg_t      m;
    rtc_str_t       value;
    rtc_addr_t      a;
    rtc_turn_ops_t  ops;

    turn_start(8);

    restart(1, 0, &glue_ops);
    begin_allocate(&m);
    stun_msg_attr32(&m, RTC_TURN_A_FAMILY, 2u << 24);
    is_int(turn_ask(&m), 440, "7.2, 7: IPv6 of a server of IPv4");

    is_int(allocate_dual(), 0, "7.2, 9: both of a server of IPv4");
    ok(relayed(0, &a) && a.family == AF_INET && !relayed(1, &a),
       "7.2, 9: ... is IPv4");
    ok(turn_answer(RTC_TURN_A_ADDRESS_ERROR, &value)
       && memcmp(value.data, "\2\0\4\x28", 4) == 0,
       "7.2, 9: ... and 440 for IPv6");

    restart(0, 1, &glue_ops);
    is_int(turn_allocate(), 440, "7.2, 7: no family, of a server of IPv6");

    is_int(allocate_dual(), 0, "7.2, 9: both of a server of IPv6");
    ok(relayed(0, &a) && a.family == AF_INET6 && !relayed(1, &a),
       "7.2, 9: ... is IPv6");
    ok(turn_answer(RTC_TURN_A_ADDRESS_ERROR, &value)
       && memcmp(value.data, "\1\0\4\x28", 4) == 0,
       "7.2, 9: ... and 440 for IPv4");

    /* no port of one of them */

    ops = glue_ops;
    ops.open = open_but_one;
    restart(1, 1, &ops);

    closed_family = AF_INET;
    is_int(allocate_dual(), 0, "7.2, 9: both, but no port of IPv4");
    ok(relayed(0, &a) && a.family == AF_INET6 && !relayed(1, &a),
       "7.2, 9: ... is IPv6");
    ok(turn_answer(RTC_TURN_A_ADDRESS_ERROR, &value)
       && memcmp(value.data, "\1\0\5\x08", 4) == 0,
       "7.2, 9: ... and 508 for IPv4");
    is_int(turn_permit(PEER6), 0, "7.2, 9: ... which works");
    is_int(turn_refresh(0), 0, "it ends");

    closed_family = AF_INET6;
    is_int(allocate_dual(), 0, "7.2, 9: both, but no port of IPv6");
    ok(relayed(0, &a) && a.family == AF_INET && !relayed(1, &a),
       "7.2, 9: ... is IPv4");
    ok(turn_answer(RTC_TURN_A_ADDRESS_ERROR, &value)
       && memcmp(value.data, "\2\0\5\x08", 4) == 0,
       "7.2, 9: ... and 508 for IPv6");
    is_int(turn_refresh(0), 0, "it ends");

    glue.ports = 0;
    closed_family = AF_INET6;
    is_int(allocate_dual(), 508, "7.2, 9: none of both");
    is_int(glue.taken, 0, "7.2, 9: ... costs nothing");
    glue.ports = 1000;
    closed_family = 0;

    is_int(allocate_dual(), 0, "7.2, 9: both");
    ok(relayed(0, &a) && a.family == AF_INET
       && relayed(1, &a) && a.family == AF_INET6,
       "7.2, 9: ... are two XOR-RELAYED-ADDRESS");
    ok(!turn_answer(RTC_TURN_A_ADDRESS_ERROR, &value),
       "7.2, 9: ... and no ADDRESS-ERROR-CODE");

    turn_stop();
}


static void
test_7_2_ports(void)
{
    uint8_t     token[8];
    stun_msg_t  m;
    rtc_str_t   value;
    rtc_addr_t  a, b;

    turn_start(8);

    glue.next_port = 50001;
    begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\0", 1);
    is_int(turn_ask(&m), 0, "7.2: EVEN-PORT, R=0");
    ok(relayed(0, &a) && (a.port & 1) == 0, "7.2: ... is even");
    ok(!turn_answer(RTC_TURN_A_RESERVATION_TOKEN, &value),
       "7.2: ... and reserves nothing");
    is_int(glue.open, 1, "7.2: ... not a socket");
    is_int(turn_refresh(0), 0, "it ends");

    begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\x80", 1);
    is_int(turn_ask(&m), 0, "7.2: EVEN-PORT, R=1");
    ok(relayed(0, &a) && (a.port & 1) == 0, "7.2: ... is even");
    ok(turn_answer(RTC_TURN_A_RESERVATION_TOKEN, &value) && value.len == 8,
       "7.2: ... has a token");
    memcpy(token, value.data, 8);

    /* by any other 5-tuple, in time */

    turn_now += 29999;
    turn_io.tuple.remote = addr("198.51.100.77", 9);
    begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, token, 8);
    is_int(turn_ask(&m), 0, "7.2: RESERVATION-TOKEN after 30 s");
    ok(relayed(0, &b) && b.port == a.port + 1
       && memcmp(a.addr, b.addr, 16) == 0,
       "7.2: ... is the next port of the same address");

    turn_io.tuple.remote.port++;
    begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, token, 8);
    is_int(turn_ask(&m), 508, "7.2, 5: ... once");

    begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\x80", 1);
    is_int(turn_ask(&m), 0, "7.2: another pair");
    ok(turn_answer(RTC_TURN_A_RESERVATION_TOKEN, &value), "... its token");
    memcpy(token, value.data, 8);
    is_int(turn_refresh(0), 0, "its allocation ends");

    turn_io.tuple.remote.port++;
    turn_now += 30000;
    begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, token, 8);
    is_int(turn_ask(&m), 508, "7.2, 5: a token that has expired");

    begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\x80", 1);
    is_int(turn_ask(&m), 0, "7.2: a pair");
    ok(turn_answer(RTC_TURN_A_RESERVATION_TOKEN, &value), "... its token");
    memcpy(token, value.data, 8);

    turn_io.tuple.remote.port++;
    begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, token, 8);
    turn_sign(&m, "bob", "builder");
    turn_input(m.data, m.len);
    is_int(turn_code(), 508, "7.2, 5: a token of another user");

    turn_stop();
}


static void
test_7_2_answer(void)
{
    size_t      i;
    stun_msg_t  m;
    rtc_str_t   value;
    rtc_addr_t  a;

    static const struct {
        uint32_t  asked;
        uint32_t  given;
    } lives[] = {
        { 0, 600 }, { 1, 600 }, { 600, 600 }, { 601, 601 },
        { 3600, 3600 }, { 3601, 3600 }, { 0xffffffff, 3600 }
    };

    turn_start(8);

    for (i = 0; i < rtc_nelts(lives); i++) {
        begin_allocate(&m);
        stun_msg_attr32(&m, RTC_TURN_A_LIFETIME, lives[i].asked);
        is_int(turn_ask(&m), 0, "7.2: LIFETIME");
        is_int(lifetime(), lives[i].given, "7.2: ... and what is given");
        is_int(turn_refresh(0), 0, "it ends");
    }

    begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_LIFETIME, "\0\0", 2);
    is_int(turn_ask(&m), 400, "7.2: LIFETIME is malformed");

    begin_allocate(&m);
    turn_ask(&m);
    is_int(lifetime(), 600, "7.2: no LIFETIME");
    ok(turn_answer(RTC_STUN_XOR_MAPPED_ADDRESS, &value),
       "7.2: XOR-MAPPED-ADDRESS");

    {
        rtc_stun_msg_t  parsed;

        (void) rtc_stun_parse(&parsed, turn_out, turn_io.out_len);
        ok(rtc_turn_read_addr(&parsed, value, &a) == RTC_OK
           && a.port == turn_io.tuple.remote.port
           && memcmp(a.addr, turn_io.tuple.remote.addr, 16) == 0,
           "7.2: ... is that of the client");
    }

    turn_stop();
}


static void
test_8_2(void)
{
    stun_msg_t  m;

    turn_start(8);
    turn_allocate();

    turn_begin(&m, RTC_TURN_REFRESH);
    is_int(turn_ask(&m), 0, "8.2: Refresh without LIFETIME");
    is_int(lifetime(), 600, "8.2: ... is the default");

    turn_begin(&m, RTC_TURN_REFRESH);
    stun_msg_attr(&m, RTC_TURN_A_LIFETIME, "\0\0\0\0\0", 5);
    is_int(turn_ask(&m), 400, "8.2: LIFETIME is malformed");

    turn_begin(&m, RTC_TURN_REFRESH);
    stun_msg_attr32(&m, RTC_TURN_A_FAMILY, 2u << 24);
    stun_msg_attr32(&m, RTC_TURN_A_LIFETIME, 0);
    is_int(turn_ask(&m), 443, "8.2: a family that there is not");
    ok(turn_alloc() != NULL, "8.2: ... ends nothing");

    turn_permit(PEER);
    turn_bind(0x4000, PEER);
    turn_now += 500 * 1000;
    is_int(turn_refresh(900), 0, "8.2: a Refresh in time");
    is_int(lifetime(), 900, "8.2: ... for what is asked");
    turn_now += 899 * 1000;
    is_int(turn_refresh(600), 0, "8.2: ... which is kept");

    is_int(turn_refresh(0), 0, "8.2: LIFETIME 0");
    is_int(lifetime(), 0, "8.2: ... is told");
    ok(turn_alloc() == NULL && glue.open == 0, "8.2: ... deletes at once");

    turn_allocate();
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING,
           "9: permissions end with their allocation");
    is_int(turn_channel(0x4000, "x"), RTC_TURN_NOTHING,
           "12: channels do, too");
    turn_refresh(0);

    allocate_dual();
    is_int(turn_refresh(0), 0, "8.2: LIFETIME 0, of both families");
    ok(turn_alloc() == NULL && glue.open == 0, "8.2: ... deletes both");

    allocate_dual();
    turn_begin(&m, RTC_TURN_REFRESH);
    stun_msg_attr32(&m, RTC_TURN_A_FAMILY, 2u << 24);
    stun_msg_attr32(&m, RTC_TURN_A_LIFETIME, 0);
    is_int(turn_ask(&m), 0, "8.2: ... of IPv6");
    is_int(turn_permit(PEER), 0, "8.2: ... leaves IPv4");
    is_int(turn_permit(PEER6), 443, "8.2: ... and nothing else");
    is_int(turn_refresh(0), 0, "it ends");

    turn_stop();
}


static void
test_9(void)
{
    size_t  len;

    turn_start(8);
    turn_allocate();
    turn_permit(PEER);

    turn_now += 299999;
    is_int(turn_send(PEER, "x"), RTC_TURN_RELAY, "9: a Send just in time");
    ok(turn_peer(addr("8.8.8.8", 77), "x", &len) != NULL,
       "9: any port of the peer");
    turn_now += 1;
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING,
           "9: 300 seconds, and Send has refreshed nothing");
    ok(turn_peer(PEER, "x", &len) == NULL, "9: in both directions");

    turn_permit(PEER);
    turn_now += 200 * 1000;
    turn_permit(PEER);
    turn_refresh(600);
    turn_now += 200 * 1000;
    is_int(turn_send(PEER, "x"), RTC_TURN_RELAY,
           "9: CreatePermission sets it to 300 seconds again");

    turn_io.tuple.remote.port++;
    turn_allocate();
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING,
           "9: nothing of another allocation");

    turn_stop();
}


static void
test_10_2(void)
{
    stun_msg_t  m;

    turn_start(8);
    turn_allocate();

    turn_begin(&m, RTC_TURN_CREATE_PERMISSION);
    stun_msg_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, "\0\1\0\0", 4);
    is_int(turn_ask(&m), 400, "10.2: XOR-PEER-ADDRESS is malformed");

    turn_begin(&m, RTC_TURN_CREATE_PERMISSION);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
    stun_msg_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, "\0\3\0\0\0\0\0\0", 8);
    is_int(turn_ask(&m), 400, "10.2: one of two is");
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING, "10.2: ... installs none");

    turn_begin(&m, RTC_TURN_CREATE_PERMISSION);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER6);
    is_int(turn_ask(&m), 443, "10.2: one of two is of another family");
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING, "10.2: ... installs none");

    turn_begin(&m, RTC_TURN_CREATE_PERMISSION);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, addr("8.8.8.8", 0));
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, addr("8.8.4.4", 65535));
    is_int(turn_ask(&m), 0, "10.2: two of them, ports are ignored");
    is_int(turn_send(PEER, "x"), RTC_TURN_RELAY, "10.2: the first one");
    is_int(turn_send(addr("8.8.4.4", 7), "x"), RTC_TURN_RELAY,
           "10.2: and the second one");

    turn_stop();
}


static void
test_11(void)
{
    size_t          len;
    uint8_t        *p;
    uint8_t         out[RTC_TURN_ANSWER_MAX];
    rtc_str_t       value;
    stun_msg_t      m;
    rtc_addr_t      a, peer;
    rtc_stun_msg_t  parsed;

    turn_start(8);
    allocate_dual();
    turn_permit(PEER);

    stun_msg_init(&m, 0x0016);
    stun_msg_attr(&m, RTC_TURN_A_DATA, "data", 4);
    is_int(turn_input(m.data, m.len), RTC_TURN_NOTHING,
           "11.2: Send without XOR-PEER-ADDRESS");

    stun_msg_init(&m, 0x0016);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
    is_int(turn_input(m.data, m.len), RTC_TURN_NOTHING,
           "11.2: Send without DATA");

    stun_msg_init(&m, 0x0016);
    stun_msg_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, "\0\1\0\0", 4);
    stun_msg_attr(&m, RTC_TURN_A_DATA, "data", 4);
    is_int(turn_input(m.data, m.len), RTC_TURN_NOTHING,
           "11.2: Send with a malformed one");

    is_int(turn_send(PEER6, "x"), RTC_TURN_NOTHING,
           "11.2: Send without a permission");
    is_int(turn_permit(PEER6), 0, "a permission for IPv6");
    is_int(turn_send(PEER6, "sixty"), RTC_TURN_RELAY, "11.2: Send, IPv6");
    ok(turn_io.peer.family == AF_INET6 && turn_io.data_len == 5
       && turn_io.socket == turn_alloc()->relays[1].data,
       "11.2: ... from the relayed address of the family");
    is_int(turn_send(PEER, "four"), RTC_TURN_RELAY, "11.2: Send, IPv4");
    ok(turn_io.socket == turn_alloc()->relays[0].data,
       "11.2: ... from its own");

    p = turn_peer(PEER6, "hello", &len);
    ok(p && rtc_stun_parse(&parsed, p, len) == RTC_OK
       && rtc_stun_find(&parsed, RTC_TURN_A_DATA, &value) == RTC_OK
       && value.len == 5
       && rtc_stun_find(&parsed, RTC_TURN_A_XOR_PEER_ADDRESS, &value)
          == RTC_OK
       && rtc_turn_read_addr(&parsed, value, &a) == RTC_OK
       && a.family == AF_INET6 && a.port == 5000,
       "11.3: a Data indication has XOR-PEER-ADDRESS and DATA");

    /* 11.5: the destination of what was sent is looked at, without its port */

    peer = addr("2001:4860::8", 1);
    len = rtc_turn_server_icmp(turn, turn_alloc(), &peer, 1, 4, 0, out,
                               turn_now);
    ok(len && rtc_stun_parse(&parsed, out, len) == RTC_OK
       && rtc_stun_find(&parsed, RTC_TURN_A_ICMP, &value) == RTC_OK
       && rtc_get_u16(value.data) == 0 && value.len == 8
       && rtc_get_u16(value.data + 2) == (1 << 9 | 4)
       && rtc_get_u32(value.data + 4) == 0,
       "11.5, 18.13: ICMP of IPv6: reserved and data are zero");
    ok(rtc_stun_find(&parsed, RTC_TURN_A_XOR_PEER_ADDRESS, &value) == RTC_OK
       && rtc_stun_find(&parsed, RTC_TURN_A_DATA, &value) != RTC_OK,
       "11.5: XOR-PEER-ADDRESS and no DATA");

    peer = addr("2001:4860::9", 5000);
    is_int(rtc_turn_server_icmp(turn, turn_alloc(), &peer, 1, 4, 0, out,
                                turn_now), 0, "11.5: not without permission");

    turn_stop();
}


static void
test_12(void)
{
    size_t      len;
    uint8_t     *p;
    stun_msg_t  m;

    turn_start(8);
    allocate_dual();

    turn_begin(&m, RTC_TURN_CHANNEL_BIND);
    stun_msg_attr32(&m, RTC_TURN_A_CHANNEL_NUMBER, 0x40000000);
    is_int(turn_ask(&m), 400, "12.2: no XOR-PEER-ADDRESS");

    turn_begin(&m, RTC_TURN_CHANNEL_BIND);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
    is_int(turn_ask(&m), 400, "12.2: no CHANNEL-NUMBER");

    turn_begin(&m, RTC_TURN_CHANNEL_BIND);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
    stun_msg_attr(&m, RTC_TURN_A_CHANNEL_NUMBER, "\x40\0", 2);
    is_int(turn_ask(&m), 400, "12.2: CHANNEL-NUMBER is malformed");

    is_int(turn_bind(0, PEER), 400, "12.2: the number 0");
    is_int(turn_bind(0xffff, PEER), 400, "12.2: the number 0xffff");
    is_int(turn_bind(0x4000, PEER), 0, "12.2: the first one");
    is_int(turn_bind(0x4fff, PEER6), 0, "12.2: the last one of RFC 8656");

    is_int(turn_send(PEER, "x"), RTC_TURN_RELAY,
           "12.2: ChannelBind installs a permission");
    is_int(turn_send(PEER6, "x"), RTC_TURN_RELAY, "12.5: Send may be used on");

    p = turn_peer(PEER6, "hello", &len);
    ok(p && len == 9 && rtc_get_u16(p) == 0x4fff,
       "12.5: the server MUST use ChannelData");
    is_int(turn_channel(0x4fff, "sixty"), RTC_TURN_RELAY,
           "12.6: ChannelData, IPv6");
    ok(turn_io.peer.family == AF_INET6
       && turn_io.socket == turn_alloc()->relays[1].data,
       "12.6: ... from the relayed address of the family");
    is_int(turn_input("\x40\0\0\3abc\0", 8), RTC_TURN_RELAY,
           "12.5: padded over UDP");
    is_int(turn_io.data_len, 3, "12.5: ... which is no data");

    is_int(turn_input("\x50\0\0\1x", 5), RTC_TURN_NOTHING,
           "12.6: reserved, 0x5000");
    is_int(turn_input("\xff\xff\0\1x", 5), RTC_TURN_NOTHING,
           "12.6: reserved, 0xffff");

    turn_now += 299 * 1000;
    turn_channel(0x4000, "x");
    turn_now += 1000;
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING,
           "12.6: ChannelData refreshes no permission");
    is_int(turn_bind(0x4000, PEER), 0, "12.2: ChannelBind again");
    is_int(turn_send(PEER, "x"), RTC_TURN_RELAY, "12.2: ... does");

    turn_now += 299 * 1000;
    turn_refresh(3600);
    turn_permit(PEER);
    turn_permit(PEER6);
    turn_now += 1000;
    is_int(turn_channel(0x4fff, "x"), RTC_TURN_NOTHING,
           "12: ten minutes, and ChannelData refreshes no channel");
    is_int(turn_channel(0x4000, "x"), RTC_TURN_RELAY,
           "12: the one that was bound again stays");
    p = turn_peer(PEER6, "hello", &len);
    ok(p && p[0] == 0, "12: then it is Data indications");

    turn_stop();
}


/* RFC 8656, 13: only IPv4 to IPv4 over UDP, and TCP, take DONT-FRAGMENT */

static unsigned
dont_fragment(const char *client, rtc_addr_t peer, int stream)
{
    unsigned    df;
    stun_msg_t  m;

    turn_io.tuple.remote = addr(client, 4321);
    turn_io.stream = stream & 1;

    if (allocate_dual() != 0 || turn_permit(peer) != 0) {
        return 2;
    }

    stun_msg_init(&m, 0x0016);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, peer);
    stun_msg_attr(&m, RTC_TURN_A_DONT_FRAGMENT, NULL, 0);
    stun_msg_attr(&m, RTC_TURN_A_DATA, "x", 1);

    df = turn_input(m.data, m.len) == RTC_TURN_RELAY ? turn_io.dont_fragment
                                                     : 3;
    turn_refresh(0);
    turn_io.stream = 0;

    return df;
}


static void
test_13(void)
{
    turn_start(8);

    is_int(dont_fragment("9.9.9.9", PEER, 0), 1,
           "14: DONT-FRAGMENT, IPv4 to IPv4");
    is_int(dont_fragment("9.9.9.9", PEER6, 0), 0,
           "13.1: DONT-FRAGMENT is ignored, IPv4 to IPv6");
    is_int(dont_fragment("2a00::1", PEER6, 0), 0, "13.2: ... IPv6 to IPv6");
    is_int(dont_fragment("2a00::1", PEER, 0), 0, "13.3: ... IPv6 to IPv4");
    is_int(dont_fragment("9.9.9.9", PEER, 1), 1, "15: ... over TCP it counts, IPv4");
    is_int(dont_fragment("2a00::1", PEER6, 1), 1, "15: ... IPv6");

    turn_stop();
}


static void
test_18(void)
{
    stun_msg_t  m;
    rtc_addr_t  a;

    turn_start(8);

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24 | 0xabcdef);
    stun_msg_attr32(&m, RTC_TURN_A_FAMILY, 2u << 24 | 0xabcdef);
    stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\x7f", 1);
    is_int(turn_ask(&m), 0, "18.6, 18.7, 18.8: reserved bits are ignored");
    ok(relayed(0, &a) && a.family == AF_INET6 && glue.open == 1,
       "18.6, 18.7: ... of the family and of R");

    turn_begin(&m, RTC_TURN_CHANNEL_BIND);
    stun_msg_attr32(&m, RTC_TURN_A_CHANNEL_NUMBER, 0x4000abcd);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER6);
    is_int(turn_ask(&m), 0, "18.1: ... and of CHANNEL-NUMBER");
    turn_refresh(0);

    begin_allocate(&m);
    stun_msg_attr32(&m, RTC_TURN_A_ADDITIONAL_FAMILY, 2u << 24 | 0xabcdef);
    is_int(turn_ask(&m), 0, "18.11: ... and of the additional family");

    turn_stop();
}


static void
test_21_4(void)
{
    turn_start(8);

    turn_io.tuple.remote = addr("2002:808:808::1", 4000);
    is_int(turn_allocate(), 403, "21.4: no client over 6to4");
    turn_io.tuple.remote = addr("2001:0:4136:e378::1", 4000);
    is_int(turn_allocate(), 403, "21.4: nor over Teredo");
    is_int(glue.taken, 0, "21.4: ... and no quota of theirs");
    turn_io.tuple.remote = addr("2001:4860::1", 4000);
    is_int(allocate_dual(), 0, "21.4: but others");
    is_int(turn_bind(0x4000, addr("2002:808:808::1", 9)), 403,
           "21.4: no peer over 6to4");
    is_int(turn_bind(0x4000, addr("2001:0:4136:e378::1", 9)), 403,
           "21.4: nor over Teredo");

    turn_stop();
}


int
main(void)
{
    test_5();
    test_6();
    test_7_2_refused();
    test_7_2_families();
    test_7_2_ports();
    test_7_2_answer();
    test_8_2();
    test_9();
    test_10_2();
    test_11();
    test_12();
    test_13();
    test_18();
    test_21_4();

    return done();
}
