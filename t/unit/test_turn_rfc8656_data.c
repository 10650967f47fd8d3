
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What RFC 8656 says that a server MUST or MUST NOT do, in its order, from
 * section 9 on.  Tests begin with the number of a section.
 */


#include "turn_checks.h"


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
    turn_allocate_dual();
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
    turn_allocate_dual();

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

    if (turn_allocate_dual() != 0 || turn_permit(peer) != 0) {
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
    is_int(dont_fragment("9.9.9.9", PEER, 1), 1, "15: it counts over TCP");
    is_int(dont_fragment("2a00::1", PEER6, 1), 1, "15: ... of IPv6");

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
    ok(turn_relayed(0, &a) && a.family == AF_INET6 && glue.open == 1,
       "18.6, 18.7: ... of the family and of R");

    turn_begin(&m, RTC_TURN_CHANNEL_BIND);
    stun_msg_attr32(&m, RTC_TURN_A_CHANNEL_NUMBER, 0x4000abcd);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER6);
    is_int(turn_ask(&m), 0, "18.1: ... and of CHANNEL-NUMBER");
    turn_refresh(0);

    turn_begin_allocate(&m);
    stun_msg_attr32(&m, RTC_TURN_A_ADDITIONAL_FAMILY, 2u << 24 | 0xabc);
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
    is_int(turn_allocate_dual(), 0, "21.4: but others");
    is_int(turn_bind(0x4000, addr("2002:808:808::1", 9)), 403,
           "21.4: no peer over 6to4");
    is_int(turn_bind(0x4000, addr("2001:0:4136:e378::1", 9)), 403,
           "21.4: nor over Teredo");

    turn_stop();
}


int
main(void)
{
    test_9();
    test_10_2();
    test_11();
    test_12();
    test_13();
    test_18();
    test_21_4();

    return done();
}
