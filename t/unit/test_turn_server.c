
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The TURN server with a clock and sockets of the test: requests and their
 * errors in the order of RFC 8656, what expires, what is relayed.
 */


#include "turn_client.h"
#include "tap.h"


#define PEER   addr("8.8.8.8", 5000)
#define PEER6  addr("2001:4860::8", 5000)


static int
has(uint16_t type, rtc_str_t *value)
{
    rtc_stun_msg_t  m;

    return rtc_stun_parse(&m, turn_out, turn_io.out_len) == RTC_OK
           && rtc_stun_find(&m, type, value) == RTC_OK;
}


static void
test_auth(void)
{
    size_t      len;
    stun_msg_t  m;
    rtc_str_t   value;

    turn_start(8);

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    turn_input(m.data, m.len);

    is_int(turn_code(), 401, "RFC 8489, 9.2.4: no integrity is 401");
    ok(has(RTC_TURN_A_REALM, &value) && has(RTC_TURN_A_ALGORITHMS, &value),
       "... with REALM and PASSWORD-ALGORITHMS");
    ok(has(RTC_TURN_A_NONCE, &value)
       && memcmp(value.data, "obMatJos2", 9) == 0, "... and a nonce cookie");
    ok(turn_io.out_len <= 88, "... in at most 88 bytes");

    len = m.len;
    turn_sign(&m, TURN_USER, TURN_PASS);
    ok(88 * 2 < 3 * m.len, "... below 1.5 of a real Allocate");

    glue.budget = 0;
    turn_input(m.data, len);
    stun_msg_fix_length(&m, len);
    is_int(turn_input(m.data, len), RTC_TURN_NOTHING,
           "without a budget there is no answer");
    glue.budget = 100;

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    turn_sign(&m, TURN_USER, "wrong");
    turn_input(m.data, m.len);
    is_int(turn_code(), 401, "a wrong password");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    turn_sign(&m, "nobody", TURN_PASS);
    turn_input(m.data, m.len);
    is_int(turn_code(), 401, "an unknown user");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_sign(&m, "key");
    turn_input(m.data, m.len);
    is_int(turn_code(), 400, "integrity without USERNAME, REALM, NONCE");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    turn_sign(&m, TURN_USER, TURN_PASS);
    turn_io.tuple.remote.port++;
    turn_input(m.data, m.len);
    is_int(turn_code(), 438, "a nonce of another source");
    turn_io.tuple.remote.port--;

    turn_begin(&m, RTC_TURN_ALLOCATE);
    turn_sign(&m, TURN_USER, TURN_PASS);
    turn_now += 3601 * 1000;
    turn_input(m.data, m.len);
    is_int(turn_code(), 438, "a nonce older than an hour");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr(&m, RTC_TURN_A_ALGORITHM, "\0\2\0\0", 4);
    turn_sign(&m, TURN_USER, TURN_PASS);
    turn_input(m.data, m.len);
    is_int(turn_code(), 400, "PASSWORD-ALGORITHM alone is a bid-down");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr(&m, RTC_TURN_A_ALGORITHM, "\0\1\0\0", 4);
    stun_msg_attr(&m, RTC_TURN_A_ALGORITHMS, "\0\1\0\0", 4);
    turn_sign(&m, TURN_USER, TURN_PASS);
    turn_input(m.data, m.len);
    is_int(turn_code(), 400, "a shortened list is one, too");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, 0x7001, 1);
    is_int(turn_ask(&m), 420, "RFC 8489, 6.3.1: an unknown attribute");
    ok(has(RTC_STUN_UNKNOWN_ATTRIBUTES, &value) && value.len == 2
       && rtc_get_u16(value.data) == 0x7001, "... and which");
    ok(has(RTC_STUN_INTEGRITY, &value) == RTC_OK || turn_io.out_len,
       "... in a signed answer");

    turn_stop();
}


/* SHA-256 for the password and the integrity, the name as a hash */

static void
test_sha256(void)
{
    uint8_t     key[32], mac[32], nonce[RTC_TURN_NONCE_LEN];
    stun_msg_t  m;

    static const char  text[] = "alice:turn:wonder";

    turn_start(8);

    rtc_sha256(key, text, sizeof(text) - 1);
    rtc_turn_nonce_make(nonce, turn_nonce_key, 0xc00000,
                        &turn_io.tuple.remote, (uint32_t) (turn_now / 1000));

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    stun_msg_attr(&m, RTC_TURN_A_USERHASH, turn_users[0].hash, 32);
    stun_msg_attr(&m, RTC_TURN_A_REALM, "turn", 4);
    stun_msg_attr(&m, RTC_TURN_A_NONCE, nonce, RTC_TURN_NONCE_LEN);
    stun_msg_attr(&m, RTC_TURN_A_ALGORITHM, "\0\2\0\0", 4);
    stun_msg_attr(&m, RTC_TURN_A_ALGORITHMS, "\0\2\0\0\0\1\0\0", 8);
    stun_msg_fix_length(&m, m.len + 36);
    rtc_hmac_sha256(mac, key, 32, m.data, m.len);
    stun_msg_attr(&m, RTC_STUN_INTEGRITY_SHA256, mac, 32);

    turn_input(m.data, m.len);
    is_int(turn_code(), 0, "USERHASH, SHA-256, MESSAGE-INTEGRITY-SHA256");

    m.data[m.len - 1] ^= 1;
    turn_input(m.data, m.len);
    is_int(turn_code(), 401, "a wrong one");

    turn_stop();
}


static int
allocate_with(uint16_t type, const void *value, size_t len, uint16_t other)
{
    stun_msg_t  m;

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    stun_msg_attr(&m, type, value, len);

    if (other) {
        stun_msg_attr(&m, other, "\2\0\0\0", other == RTC_TURN_A_EVEN_PORT
                                             ? 1 : 4);
    }

    return turn_ask(&m);
}


static void
test_allocate(void)
{
    uint8_t     token[8];
    stun_msg_t  m;
    rtc_str_t   value;

    turn_start(8);

    turn_begin(&m, RTC_TURN_ALLOCATE);
    is_int(turn_ask(&m), 400, "7.2, 3: no REQUESTED-TRANSPORT");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 132u << 24);
    is_int(turn_ask(&m), 442, "7.2, 3: another one than UDP");

    is_int(allocate_with(RTC_TURN_A_RESERVATION_TOKEN, "12345678", 8,
                         RTC_TURN_A_EVEN_PORT),
           400, "7.2, 5: RESERVATION-TOKEN and EVEN-PORT");
    is_int(allocate_with(RTC_TURN_A_RESERVATION_TOKEN, "12345678", 8,
                         RTC_TURN_A_FAMILY),
           400, "7.2, 5: RESERVATION-TOKEN and a family");
    is_int(allocate_with(RTC_TURN_A_RESERVATION_TOKEN, "12345678", 8, 0),
           508, "7.2, 5: an unknown token");
    is_int(allocate_with(RTC_TURN_A_FAMILY, "\1\0\0\0", 4,
                         RTC_TURN_A_ADDITIONAL_FAMILY),
           400, "7.2, 6: a family and an additional one");
    is_int(allocate_with(RTC_TURN_A_FAMILY, "\7\0\0\0", 4, 0),
           440, "7.2, 7: an unsupported family");
    is_int(allocate_with(RTC_TURN_A_EVEN_PORT, "\x80", 1,
                         RTC_TURN_A_ADDITIONAL_FAMILY),
           400, "7.2, 8: a pair and an additional family");
    is_int(allocate_with(RTC_TURN_A_ADDITIONAL_FAMILY, "\1\0\0\0", 4, 0),
           400, "7.2, 9: IPv4 is not additional");

    glue.quota = 0;
    is_int(turn_allocate(), 486, "7.2, 10: the quota");
    glue.quota = 1000;

    glue.ports = 0;
    is_int(turn_allocate(), 508, "no port");
    is_int(glue.taken, 0, "... and no quota is kept");
    glue.ports = 1000;

    is_int(glue.open, 0, "no refusal leaves a socket");
    is_int(rtc_turn_server_allocations(turn), 0, "... or an allocation");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    is_int(turn_ask(&m), 0, "an allocation");
    ok(has(RTC_TURN_A_XOR_RELAYED, &value)
       && has(RTC_STUN_XOR_MAPPED_ADDRESS, &value), "... with its addresses");
    ok(has(RTC_TURN_A_LIFETIME, &value) && rtc_get_u32(value.data) == 600,
       "... for ten minutes");

    turn_input(m.data, m.len);
    is_int(turn_code(), 0, "7.2, 2: the same request once more");
    is_int(glue.open, 1, "... opens nothing");
    is_int(turn_allocate(), 437, "7.2, 2: another request");

    turn_io.tuple.remote.port++;
    is_int(allocate_with(RTC_TURN_A_EVEN_PORT, "\x80", 1, 0), 0,
           "7.2, 8: a pair");
    ok(has(RTC_TURN_A_RESERVATION_TOKEN, &value) && value.len == 8,
       "... has a token");
    memcpy(token, value.data, 8);
    is_int(glue.open, 3, "... and two sockets");

    turn_io.tuple.remote.port++;
    is_int(allocate_with(RTC_TURN_A_RESERVATION_TOKEN, token, 8, 0), 0,
           "7.2, 5: the reserved one");
    is_int(allocate_with(RTC_TURN_A_RESERVATION_TOKEN, token, 8, 0), 437,
           "... is not there twice");
    is_int(glue.open, 3, "... and opens nothing");

    turn_io.tuple.remote.port++;
    is_int(allocate_with(RTC_TURN_A_EVEN_PORT, "\x80", 1, 0), 0,
           "a second pair");
    turn_now += 31000;
    is_int(rtc_turn_server_expire(turn, turn_now), 0, "is reserved for 30 s");
    is_int(glue.open, 4, "... not longer");

    turn_io.tuple.remote.port++;
    is_int(allocate_with(RTC_TURN_A_ADDITIONAL_FAMILY, "\2\0\0\0", 4, 0), 0,
           "7.2, 9: both families");
    ok(turn_alloc()->relays[1].addr.family == AF_INET6, "... two addresses");

    turn_io.tuple.remote.port++;
    glue.ports = glue.open + 1;
    is_int(allocate_with(RTC_TURN_A_ADDITIONAL_FAMILY, "\2\0\0\0", 4, 0), 0,
           "7.2, 9: one of both");
    ok(has(RTC_TURN_A_ADDRESS_ERROR, &value)
       && memcmp(value.data, "\2\0\5\x08", 4) == 0, "... and why");

    turn_stop();
    is_int(glue.open, 0, "all sockets are closed");
    is_int(glue.taken, 0, "all quotas are given back");
}


static void
test_refresh(void)
{
    stun_msg_t  m;
    rtc_str_t   value;

    turn_start(8);

    is_int(turn_refresh(600), 437, "8.2: no allocation");
    turn_allocate();

    turn_begin(&m, RTC_TURN_REFRESH);
    turn_sign(&m, "bob", "builder");
    turn_input(m.data, m.len);
    is_int(turn_code(), 441, "5: another user");

    turn_begin(&m, RTC_TURN_REFRESH);
    stun_msg_attr32(&m, RTC_TURN_A_FAMILY, 2u << 24);
    is_int(turn_ask(&m), 443, "8.2: another family");

    is_int(turn_refresh(7200), 0, "8.2: more than is given");
    ok(has(RTC_TURN_A_LIFETIME, &value) && rtc_get_u32(value.data) == 3600,
       "... is an hour");
    is_int(turn_refresh(10), 0, "8.2: little");
    ok(has(RTC_TURN_A_LIFETIME, &value) && rtc_get_u32(value.data) == 600,
       "... is ten minutes");

    turn_permit(PEER);
    turn_now += 600 * 1000;
    is_int(turn_send(PEER, "late"), RTC_TURN_NOTHING, "it has expired");
    is_int(turn_refresh(600), 437, "... for requests, too");
    is_int(glue.open, 0, "... and is closed");

    turn_allocate();
    is_int(turn_refresh(0), 0, "8.2: zero ends it");
    is_int(rtc_turn_server_allocations(turn), 0, "... at once");
    is_int(turn_refresh(0), 437, "... once");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    stun_msg_attr32(&m, RTC_TURN_A_ADDITIONAL_FAMILY, 2u << 24);
    turn_ask(&m);
    turn_begin(&m, RTC_TURN_REFRESH);
    stun_msg_attr32(&m, RTC_TURN_A_LIFETIME, 0);
    stun_msg_attr32(&m, RTC_TURN_A_FAMILY, 1u << 24);
    is_int(turn_ask(&m), 0, "zero for one of two families");
    is_int(glue.open, 1, "... leaves the other");
    is_int(turn_permit(PEER), 443, "... and nothing of the first");

    turn_stop();
}


static void
test_permission(void)
{
    size_t      len;
    stun_msg_t  m;

    turn_start(8);

    is_int(turn_permit(PEER), 437, "10.2: no allocation");
    turn_allocate();
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING, "11.2: no permission");

    turn_begin(&m, RTC_TURN_CREATE_PERMISSION);
    is_int(turn_ask(&m), 400, "10.2: no peer");
    is_int(turn_permit(PEER6), 443, "10.2: another family");
    is_int(turn_permit(addr("127.0.0.1", 9)), 403, "10.2: a denied peer");

    turn_begin(&m, RTC_TURN_CREATE_PERMISSION);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, addr("10.0.0.1", 9));
    is_int(turn_ask(&m), 403, "10.2: a good and a denied one");
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING, "... installs neither");

    turn_begin(&m, RTC_TURN_CREATE_PERMISSION);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
    turn_sign(&m, TURN_USER, TURN_PASS);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, addr("9.9.9.8", 9));
    turn_input(m.data, m.len);
    is_int(turn_code(), 0, "RFC 8489, 14.5: a peer behind the integrity");
    is_int(turn_send(addr("9.9.9.8", 9), "x"), RTC_TURN_NOTHING,
           "... is not there");

    is_int(turn_send(PEER, "data"), RTC_TURN_RELAY, "11.2: relayed");
    ok(turn_io.data_len == 4 && memcmp(turn_io.data, "data", 4) == 0
       && turn_io.peer.port == 5000, "... what was sent, to the peer");
    is_int(turn_send(addr("8.8.8.8", 1), ""), RTC_TURN_RELAY,
           "9: to any port, nothing, too");

    ok(turn_peer(PEER, "hello", &len) != NULL && len == 20 + 12 + 4 + 8,
       "11.3: a Data indication");
    ok(turn_peer(addr("8.8.4.4", 1), "hello", &len) == NULL,
       "11.3: not of others");

    turn_permit(addr("9.0.0.1", 1));
    turn_permit(addr("9.0.0.2", 1));
    turn_permit(addr("9.0.0.3", 1));
    is_int(turn_permit(addr("9.0.0.4", 1)), 508, "10.2: too many");
    is_int(turn_permit(addr("9.0.0.3", 1)), 0, "... but no more is no more");

    turn_now += 299 * 1000;
    is_int(turn_send(PEER, "x"), RTC_TURN_RELAY, "9: for five minutes");
    turn_now += 1000;
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING, "... not longer");
    ok(turn_peer(PEER, "hello", &len) == NULL, "... in both directions");
    is_int(turn_permit(addr("9.0.0.4", 1)), 0, "... and there is room again");

    turn_stop();
}


static void
test_channel(void)
{
    size_t   len;
    uint8_t  *p;

    turn_start(8);

    is_int(turn_bind(0x4000, PEER), 437, "12.2: no allocation");
    turn_allocate();
    is_int(turn_bind(0x3fff, PEER), 400, "12.2: below the range");
    is_int(turn_bind(0x8000, PEER), 400, "12.2: above the range");
    is_int(turn_bind(0x4000, PEER6), 443, "12.2: another family");
    is_int(turn_bind(0x4000, addr("10.0.0.1", 9)), 403,
           "12.2: a denied peer");

    is_int(turn_bind(0x4000, PEER), 0, "12.2: bound");
    is_int(turn_bind(0x4000, PEER), 0, "12.2: and again");
    is_int(turn_bind(0x4001, PEER), 400, "12.2: the peer has another");
    is_int(turn_bind(0x4000, addr("8.8.8.8", 1)), 400,
           "12.2: the number has another");

    is_int(turn_channel(0x4000, "data"), RTC_TURN_RELAY, "12.6: relayed");
    ok(turn_io.data_len == 4 && turn_io.peer.port == 5000, "... to the peer");
    is_int(turn_channel(0x4000, ""), RTC_TURN_RELAY, "12.6: nothing, too");
    is_int(turn_channel(0x4002, "x"), RTC_TURN_NOTHING, "12.6: not bound");
    is_int(turn_input("\x40\x00\x00\x09short", 9), RTC_TURN_NOTHING,
           "12.6: shorter than it says");

    p = turn_peer(PEER, "hello", &len);
    ok(p && len == 9 && memcmp(p, "\x40\0\0\5hello", 9) == 0,
       "12.7: ChannelData, without padding");
    ok(turn_peer(addr("8.8.8.8", 1), "hello", &len) && len > 9,
       "12.7: from another port a Data indication");

    turn_alloc()->stream = 1;
    p = turn_peer(PEER, "hello", &len);
    ok(p && len == 12 && memcmp(p + 9, "\0\0\0", 3) == 0,
       "12.5: padded over a stream");
    turn_alloc()->stream = 0;

    is_int(turn_bind(0x4001, addr("8.8.8.8", 1)), 0, "a second one");
    is_int(turn_bind(0x4002, addr("8.8.8.8", 2)), 0, "a third one");
    is_int(turn_bind(0x4003, addr("8.8.8.8", 3)), 508, "12.2: too many");

    turn_now += 301 * 1000;
    turn_refresh(3600);
    ok(turn_peer(PEER, "hello", &len) == NULL,
       "9: the channel does not renew the permission");
    turn_permit(PEER);
    ok(turn_peer(PEER, "hello", &len) != NULL && len == 9,
       "... a request does");

    turn_now += 300 * 1000;
    is_int(turn_channel(0x4000, "x"), RTC_TURN_NOTHING,
           "12: ten minutes, not longer");
    is_int(turn_bind(0x4000, addr("8.8.8.8", 9)), 400,
           "12: then five minutes of quarantine");
    is_int(turn_bind(0x4000, PEER), 0, "... but not for the same");

    turn_now += 301 * 1000;
    is_int(turn_bind(0x4001, addr("8.8.8.8", 9)), 0, "... then it is free");

    turn_stop();
}


static void
test_policy(void)
{
    turn_start(8);
    turn_allocate();
    turn_permit(PEER);
    turn_policy.public = 0;
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING,
           "the policy is asked again when something is sent");
    turn_policy.public = 1;
    turn_stop();
}


static void
test_icmp(void)
{
    size_t          len;
    uint8_t         out[RTC_TURN_ANSWER_MAX];
    rtc_str_t       value;
    rtc_addr_t      peer;
    rtc_stun_msg_t  m;

    turn_start(8);
    turn_allocate();
    turn_permit(PEER);

    peer = PEER;
    len = rtc_turn_server_icmp(turn, turn_alloc(), &peer, 3, 4, 1200, out,
                               turn_now);
    ok(len && rtc_stun_parse(&m, out, len) == RTC_OK
       && m.class == RTC_STUN_INDICATION && m.method == RTC_TURN_DATA,
       "11.5: an ICMP error is a Data indication");
    ok(rtc_stun_find(&m, RTC_TURN_A_ICMP, &value) == RTC_OK
       && value.len == 8 && rtc_get_u16(value.data + 2) == (3 << 9 | 4)
       && rtc_get_u32(value.data + 4) == 1200, "18.13: type, code, MTU");
    ok(rtc_stun_find(&m, RTC_TURN_A_DATA, &value) != RTC_OK, "no data");

    peer = addr("8.8.4.4", 1);
    is_int(rtc_turn_server_icmp(turn, turn_alloc(), &peer, 3, 1, 0, out,
                                turn_now), 0, "11.5: not without permission");
    turn_stop();
}


static void
test_hostile(void)
{
    size_t      i, n;
    uint16_t    port;
    stun_msg_t  m;

    turn_start(4);

    is_int(turn_input("", 0), RTC_TURN_NOTHING, "nothing");
    is_int(turn_input("\x40", 1), RTC_TURN_NOTHING, "a byte");
    is_int(turn_input("\xff\xff\xff\xff", 4), RTC_TURN_NOTHING,
           "0x8000 - 0xffff");

    /* EVEN-PORT without a reservation leaks nothing */

    for (i = 0; i < 10000; i++) {
        if (allocate_with(RTC_TURN_A_EVEN_PORT, "\0", 1, 0) != 0
            || turn_refresh(0) != 0)
        {
            break;
        }

        turn_now++;
    }

    is_int(i, 10000, "10000 allocations with EVEN-PORT");
    is_int(glue.open, 0, "... leave no socket");

    port = turn_io.tuple.remote.port;
    n = 0;

    for (i = 0; i < 10; i++) {
        turn_io.tuple.remote.port++;
        n += turn_allocate() == 508;
    }

    is_int(n, 6, "more allocations than there is room for are 508");
    turn_io.tuple.remote.port = port;

    turn_begin(&m, RTC_TURN_CONNECT);
    is_int(turn_ask(&m), 437, "a method for TCP allocations");

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);
    turn_sign(&m, TURN_USER, TURN_PASS);
    stun_msg_attr32(&m, RTC_TURN_A_LIFETIME, 3600);
    turn_io.tuple.remote.port = port + 1;
    turn_input(m.data, m.len);
    is_int(turn_code(), 438, "a replay from another port");

    turn_stop();
    is_int(glue.open, 0, "all sockets are closed");
}


static void
test_rate(void)
{
    int         n;
    rtc_turn_alloc_t  a;

    memset(&a, 0, sizeof(a));
    a.tokens = 1000;
    n = 0;

    while (rtc_turn_alloc_pass(&a, 1000, 100, 5000)) {
        n++;
    }

    ok(n >= 10 && n <= 20, "a second's worth at once");

    n = 0;

    while (rtc_turn_alloc_pass(&a, 1000, 100, 5500)) {
        n++;
    }

    is_int(n, 5, "half a second later half of it");
}


int
main(void)
{
    test_auth();
    test_sha256();
    test_allocate();
    test_refresh();
    test_permission();
    test_channel();
    test_policy();
    test_icmp();
    test_hostile();
    test_rate();

    return done();
}
