
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What RFC 8656 says that a server MUST or MUST NOT do, in its order, up to
 * section 8; test_turn_rfc8656_data.c goes on, RFC 8489 is in
 * test_turn_rfc8489.c, sockets are in t/turn.  Tests begin with the number of
 * a section.
 */


#include "turn_checks.h"


static uint32_t
lifetime(void)
{
    rtc_str_t  value;

    return turn_answer(RTC_TURN_A_LIFETIME, &value) ? rtc_get_u32(value.data)
                                                    : 0;
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

    turn_begin_allocate(&m);
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
    (void) turn_relayed(0, &first);

    turn_io.tuple.local.port++;
    is_int(turn_allocate(), 0, "6: another port of the server");
    (void) turn_relayed(0, &second);

    turn_io.tuple.remote.proto = RTC_TCP;
    turn_io.stream = 1;
    is_int(turn_allocate(), 0, "6: another transport");
    (void) turn_relayed(0, &third);
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

    turn_begin_allocate(&m);
    turn_input(m.data, m.len);
    is_int(turn_code(), 401, "7.2, 1: it is authenticated");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr(&m, RTC_TURN_A_TRANSPORT, "\x11", 1);
    is_int(turn_ask(&m), 400, "7.2, 3: REQUESTED-TRANSPORT is malformed");

    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_DONT_FRAGMENT, NULL, 0);
    is_int(turn_ask(&m), 0, "7.2, 4: DONT-FRAGMENT is known");
    is_int(turn_refresh(0), 0, "it ends");

    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, "12345678", 8);
    stun_msg_attr32(&m, RTC_TURN_A_ADDITIONAL_FAMILY, 2u << 24);
    is_int(turn_ask(&m), 400, "7.2, 5: a token and an additional family");

    turn_begin_allocate(&m);
    stun_msg_attr32(&m, RTC_TURN_A_FAMILY, 2u << 24);
    is_int(turn_ask(&m), 0, "7.2, 7: IPv6");
    ok(turn_relayed(0, &a) && a.family == AF_INET6 && !turn_relayed(1, &a),
       "7.2, 7: ... and nothing else");
    is_int(turn_refresh(0), 0, "it ends");

    is_int(turn_allocate(), 0, "7.2, 7: no family");
    ok(turn_relayed(0, &a) && a.family == AF_INET && !turn_relayed(1, &a),
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
    turn_begin_allocate(&m);
    stun_msg_attr32(&m, RTC_TURN_A_FAMILY, 2u << 24);
    is_int(turn_ask(&m), 440, "7.2, 7: IPv6 of a server of IPv4");

    is_int(turn_allocate_dual(), 0, "7.2, 9: both of a server of IPv4");
    ok(turn_relayed(0, &a) && a.family == AF_INET && !turn_relayed(1, &a),
       "7.2, 9: ... is IPv4");
    ok(turn_answer(RTC_TURN_A_ADDRESS_ERROR, &value)
       && memcmp(value.data, "\2\0\4\x28", 4) == 0,
       "7.2, 9: ... and 440 for IPv6");

    restart(0, 1, &glue_ops);
    is_int(turn_allocate(), 440, "7.2, 7: no family, of a server of IPv6");

    is_int(turn_allocate_dual(), 0, "7.2, 9: both of a server of IPv6");
    ok(turn_relayed(0, &a) && a.family == AF_INET6 && !turn_relayed(1, &a),
       "7.2, 9: ... is IPv6");
    ok(turn_answer(RTC_TURN_A_ADDRESS_ERROR, &value)
       && memcmp(value.data, "\1\0\4\x28", 4) == 0,
       "7.2, 9: ... and 440 for IPv4");

    /* no port of one of them */

    ops = glue_ops;
    ops.open = open_but_one;
    restart(1, 1, &ops);

    closed_family = AF_INET;
    is_int(turn_allocate_dual(), 0, "7.2, 9: both, but no port of IPv4");
    ok(turn_relayed(0, &a) && a.family == AF_INET6 && !turn_relayed(1, &a),
       "7.2, 9: ... is IPv6");
    ok(turn_answer(RTC_TURN_A_ADDRESS_ERROR, &value)
       && memcmp(value.data, "\1\0\5\x08", 4) == 0,
       "7.2, 9: ... and 508 for IPv4");
    is_int(turn_permit(PEER6), 0, "7.2, 9: ... which works");
    is_int(turn_refresh(0), 0, "it ends");

    closed_family = AF_INET6;
    is_int(turn_allocate_dual(), 0, "7.2, 9: both, but no port of IPv6");
    ok(turn_relayed(0, &a) && a.family == AF_INET && !turn_relayed(1, &a),
       "7.2, 9: ... is IPv4");
    ok(turn_answer(RTC_TURN_A_ADDRESS_ERROR, &value)
       && memcmp(value.data, "\2\0\5\x08", 4) == 0,
       "7.2, 9: ... and 508 for IPv6");
    is_int(turn_refresh(0), 0, "it ends");

    glue.ports = 0;
    closed_family = AF_INET6;
    is_int(turn_allocate_dual(), 508, "7.2, 9: none of both");
    is_int(glue.taken, 0, "7.2, 9: ... costs nothing");
    glue.ports = 1000;
    closed_family = 0;

    is_int(turn_allocate_dual(), 0, "7.2, 9: both");
    ok(turn_relayed(0, &a) && a.family == AF_INET
       && turn_relayed(1, &a) && a.family == AF_INET6,
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
    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\0", 1);
    is_int(turn_ask(&m), 0, "7.2: EVEN-PORT, R=0");
    ok(turn_relayed(0, &a) && (a.port & 1) == 0, "7.2: ... is even");
    ok(!turn_answer(RTC_TURN_A_RESERVATION_TOKEN, &value),
       "7.2: ... and reserves nothing");
    is_int(glue.open, 1, "7.2: ... not a socket");
    is_int(turn_refresh(0), 0, "it ends");

    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\x80", 1);
    is_int(turn_ask(&m), 0, "7.2: EVEN-PORT, R=1");
    ok(turn_relayed(0, &a) && (a.port & 1) == 0, "7.2: ... is even");
    ok(turn_answer(RTC_TURN_A_RESERVATION_TOKEN, &value) && value.len == 8,
       "7.2: ... has a token");
    memcpy(token, value.data, 8);

    /* by any other 5-tuple, in time */

    turn_now += 29999;
    turn_io.tuple.remote = addr("198.51.100.77", 9);
    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, token, 8);
    is_int(turn_ask(&m), 0, "7.2: RESERVATION-TOKEN after 30 s");
    ok(turn_relayed(0, &b) && b.port == a.port + 1
       && memcmp(a.addr, b.addr, 16) == 0,
       "7.2: ... is the next port of the same address");

    turn_io.tuple.remote.port++;
    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, token, 8);
    is_int(turn_ask(&m), 508, "7.2, 5: ... once");

    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\x80", 1);
    is_int(turn_ask(&m), 0, "7.2: another pair");
    ok(turn_answer(RTC_TURN_A_RESERVATION_TOKEN, &value), "... its token");
    memcpy(token, value.data, 8);
    is_int(turn_refresh(0), 0, "its allocation ends");

    turn_io.tuple.remote.port++;
    turn_now += 30000;
    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, token, 8);
    is_int(turn_ask(&m), 508, "7.2, 5: a token that has expired");

    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_EVEN_PORT, "\x80", 1);
    is_int(turn_ask(&m), 0, "7.2: a pair");
    ok(turn_answer(RTC_TURN_A_RESERVATION_TOKEN, &value), "... its token");
    memcpy(token, value.data, 8);

    turn_io.tuple.remote.port++;
    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_RESERVATION_TOKEN, token, 8);
    turn_sign(&m, "bob", "builder");
    turn_input(m.data, m.len);
    is_int(turn_code(), 508, "7.2, 5: a token of another user");

    turn_stop();
}


static void
test_7_2_answer(void)
{
    size_t          i;
    stun_msg_t      m;
    rtc_str_t       value;
    rtc_addr_t      a;
    rtc_stun_msg_t  parsed;

    static const struct {
        uint32_t  asked;
        uint32_t  given;
    } lives[] = {
        { 0, 600 }, { 1, 600 }, { 600, 600 }, { 601, 601 },
        { 3600, 3600 }, { 3601, 3600 }, { 0xffffffff, 3600 }
    };

    turn_start(8);

    for (i = 0; i < rtc_nelts(lives); i++) {
        turn_begin_allocate(&m);
        stun_msg_attr32(&m, RTC_TURN_A_LIFETIME, lives[i].asked);
        is_int(turn_ask(&m), 0, "7.2: LIFETIME");
        is_int(lifetime(), lives[i].given, "7.2: ... and what is given");
        is_int(turn_refresh(0), 0, "it ends");
    }

    turn_begin_allocate(&m);
    stun_msg_attr(&m, RTC_TURN_A_LIFETIME, "\0\0", 2);
    is_int(turn_ask(&m), 400, "7.2: LIFETIME is malformed");

    turn_begin_allocate(&m);
    turn_ask(&m);
    is_int(lifetime(), 600, "7.2: no LIFETIME");
    ok(turn_answer(RTC_STUN_XOR_MAPPED_ADDRESS, &value),
       "7.2: XOR-MAPPED-ADDRESS");

    (void) rtc_stun_parse(&parsed, turn_out, turn_io.out_len);
    ok(rtc_turn_read_addr(&parsed, value, &a) == RTC_OK
       && a.port == turn_io.tuple.remote.port
       && memcmp(a.addr, turn_io.tuple.remote.addr, 16) == 0,
       "7.2: ... is that of the client");

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

    turn_allocate_dual();
    is_int(turn_refresh(0), 0, "8.2: LIFETIME 0, of both families");
    ok(turn_alloc() == NULL && glue.open == 0, "8.2: ... deletes both");

    turn_allocate_dual();
    turn_begin(&m, RTC_TURN_REFRESH);
    stun_msg_attr32(&m, RTC_TURN_A_FAMILY, 2u << 24);
    stun_msg_attr32(&m, RTC_TURN_A_LIFETIME, 0);
    is_int(turn_ask(&m), 0, "8.2: ... of IPv6");
    is_int(turn_permit(PEER), 0, "8.2: ... leaves IPv4");
    is_int(turn_permit(PEER6), 443, "8.2: ... and nothing else");
    is_int(turn_refresh(0), 0, "it ends");

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

    return done();
}
