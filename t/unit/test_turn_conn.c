
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * TCP allocations with a clock and sockets of the test: RFC 6062, 5.1 - 5.5.
 */


#include "turn_client.h"
#include "rtc_turn_server_internal.h"
#include "tap.h"


#define PEER   addr("8.8.8.8", 5000)
#define PEER6  addr("2001:4860::8", 5000)


static uint16_t
attr_len(uint16_t type)
{
    rtc_str_t       value;
    rtc_stun_msg_t  m;

    if (rtc_stun_parse(&m, turn_out, turn_io.out_len) != RTC_OK
        || rtc_stun_find(&m, type, &value) != RTC_OK)
    {
        return 0;
    }

    return (uint16_t) value.len;
}


static uint32_t
connection_id(void)
{
    uint32_t        id;
    rtc_stun_msg_t  m;

    if (rtc_stun_parse(&m, turn_out, turn_io.out_len) != RTC_OK
        || rtc_turn_find_u32(&m, RTC_TURN_A_CONNECTION_ID, &id) != RTC_OK)
    {
        return 0;
    }

    return id;
}


/* a client with a TCP allocation */

static void
start(void)
{
    turn_start(8);
    turn_io.stream = 1;
    (void) turn_allocate_tcp();
}


static int
allocate_with(uint16_t type, const void *value, size_t len)
{
    stun_msg_t  m;

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 6 << 24);
    stun_msg_attr(&m, type, value, len);

    return turn_ask(&m);
}


static void
test_allocate(void)
{
    turn_start(8);

    is_int(turn_allocate_tcp(), 400, "5.1: over UDP 400");
    turn_io.stream = 1;
    is_int(allocate_with(RTC_TURN_A_DONT_FRAGMENT, "", 0), 400,
           "5.1: DONT-FRAGMENT");
    is_int(allocate_with(RTC_TURN_A_EVEN_PORT, "\0", 1), 400,
           "5.1: EVEN-PORT");
    is_int(allocate_with(RTC_TURN_A_RESERVATION_TOKEN, "12345678", 8), 400,
           "5.1: RESERVATION-TOKEN");
    is_int(glue.open, 0, "no refusal leaves a socket");

    is_int(turn_allocate_tcp(), 0, "5.1: a TCP allocation");
    ok(attr_len(RTC_TURN_A_XOR_RELAYED) == 8, "... has an address");
    ok(attr_len(RTC_TURN_A_RESERVATION_TOKEN) == 0, "... and no token");

    turn_permit(PEER);
    is_int(turn_send(PEER, "x"), RTC_TURN_NOTHING, "it has no datagrams");
    is_int(turn_bind(0x4000, PEER), 400, "... and no channels");
    is_int(turn_refresh(0), 0, "Refresh ends it");

    is_int(allocate_with(RTC_TURN_A_ADDITIONAL_FAMILY, "\2\0\0\0", 4), 0,
           "both families");
    is_int(glue.open, 2, "... are two sockets");

    turn_stop();
    is_int(glue.open, 0, "all sockets are closed");
}


static void
test_off(void)
{
    turn_start(8);
    turn->conf.max_conns = 0;
    turn_io.stream = 1;
    is_int(turn_allocate_tcp(), 442, "5.1: switched off it is unsupported");
    turn_stop();
}


static void
test_connect(void)
{
    uint32_t          id;
    stun_msg_t        m;
    rtc_stun_msg_t    answer;
    rtc_turn_conn_t  *conn;

    turn_start(8);
    turn_io.stream = 1;

    is_int(turn_connect(PEER), 437, "5.2: no allocation");
    turn_allocate();
    is_int(turn_connect(PEER), 437, "5.2: one of UDP");
    turn_refresh(0);
    turn_allocate_tcp();

    turn_begin(&m, RTC_TURN_CONNECT);
    is_int(turn_ask(&m), 400, "5.2: no XOR-PEER-ADDRESS");
    turn_begin(&m, RTC_TURN_CONNECT);
    stun_msg_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, "\0\1\0\0", 4);
    is_int(turn_ask(&m), 400, "5.2: an invalid one");
    turn_begin(&m, RTC_TURN_CONNECT);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, PEER);
    turn_sign(&m, "bob", "builder");
    turn_input(m.data, m.len);
    is_int(turn_code(), 441, "another user");
    is_int(turn_connect(PEER6), 443, "another family");
    is_int(turn_connect(addr("127.0.0.1", 80)), 403, "5.2: a denied peer");
    is_int(turn_connect(addr("8.8.8.8", 0)), 403, "5.2: no port");
    turn_policy.relays[0] = turn_alloc()->relays[0].addr;
    turn_policy.relay_first = 1;
    turn_policy.relay_last = 65535;
    is_int(turn_connect(turn_alloc()->relays[0].addr), 403,
           "RFC 8656, 21.1.7: its own address");

    glue.connect = RTC_DECLINED;
    is_int(turn_connect(PEER), 447, "5.2: it fails at once");
    glue.connect = RTC_ERROR;
    is_int(turn_connect(PEER), 508, "no room");
    glue.connect = RTC_OK;
    is_int(turn_alloc()->nconns, 0, "nothing is left of them");

    is_int(turn_connect(PEER), -1, "5.2: it is being connected");
    is_int(turn_connect(PEER), 446, "5.2: once more meanwhile");
    conn = turn_alloc()->conns;
    is_int(turn_connected(conn, 0), 447, "5.2: it fails");
    ok(rtc_stun_parse(&answer, turn_out, turn_io.out_len) == RTC_OK
       && answer.integrity, "... in a signed answer");
    is_int(glue.conns, 0, "... and is closed");

    is_int(turn_connect(PEER), -1, "5.2: then again");
    conn = turn_alloc()->conns;
    is_int(turn_connected(conn, 1), 0, "5.2: it succeeds");
    id = connection_id();
    ok(id && id >> 24 == 7, "... with an id, which says whose it is");
    is_int(turn_connect(PEER), 446, "5.2: once more while it is pending");

    turn_connect(addr("8.8.8.8", 5001));
    turn_connect(addr("8.8.8.8", 5002));
    is_int(turn_connect(addr("8.8.8.8", 5003)), 508, "not more than allowed");
    is_int(glue.conns, 3, "... are there");

    rtc_turn_server_drop(turn, conn);
    is_int(turn_connect(PEER), -1, "5.5: what is closed makes room");
    ok(turn_alloc()->conns->id != id, "... and has another id");

    is_int(turn_refresh(0), 0, "Refresh ends the allocation");
    is_int(glue.conns, 0, "5.5: ... and its connections");
    turn_stop();
}


static void
test_nat(void)
{
    rtc_str_t        value;
    rtc_addr_t       peer;
    rtc_stun_msg_t   m;

    turn_start(8);
    turn_io.stream = 1;

    turn_policy.sfu = 1;
    turn_policy.nmedia = 1;
    turn_policy.media_first = 7000;
    turn_policy.media_last = 7999;
    turn_policy.media[0].advertised = addr("9.9.9.9", 0);
    turn_policy.media[0].local = addr("10.0.0.5", 0);
    turn->nat = 1;

    turn_allocate_tcp();
    turn_connect(addr("9.9.9.9", 7001));
    ok(glue.target.addr[0] == 10 && glue.target.port == 7001,
       "a translated peer is reached where it is");

    turn_permit(addr("9.9.9.9", 7001));
    ok(turn_attempt(addr("10.0.0.5", 7002)) != NULL, "... and accepted");
    ok(rtc_stun_parse(&m, turn_out, turn_io.out_len) == RTC_OK
       && rtc_stun_find(&m, RTC_TURN_A_XOR_PEER_ADDRESS, &value) == RTC_OK
       && rtc_turn_read_addr(&m, value, &peer) == RTC_OK
       && peer.addr[0] == 9, "... as what the client knows");

    turn_policy.public = 0;
    ok(turn_attempt(addr("10.0.0.5", 6999)) == NULL,
       "5.3: not from a port that is denied");
    turn_stop();
}


static void
test_attempt(void)
{
    rtc_stun_msg_t   m;
    rtc_turn_conn_t *conn;

    start();

    ok(turn_attempt(PEER) == NULL, "5.3: no permission");
    turn_permit(PEER);
    ok(turn_attempt(addr("8.8.4.4", 1)) == NULL, "5.3: not for others");

    conn = turn_attempt(PEER);
    ok(conn && rtc_stun_parse(&m, turn_out, turn_io.out_len) == RTC_OK
       && m.class == RTC_STUN_INDICATION
       && m.method == RTC_TURN_CONNECTION_ATTEMPT, "5.3: ConnectionAttempt");
    ok(connection_id() == conn->id
       && attr_len(RTC_TURN_A_XOR_PEER_ADDRESS) == 8, "... with id and peer");
    is_int(turn_connect(PEER), 446, "5.2: to the same peer");

    turn_attempt(addr("8.8.8.8", 1));
    turn_attempt(addr("8.8.8.8", 2));
    ok(turn_attempt(addr("8.8.8.8", 3)) == NULL, "not more than allowed");

    turn_now += 600 * 1000;
    ok(turn_attempt(addr("8.8.8.8", 4)) == NULL, "not when it has expired");

    is_int(turn_refresh(600), 437, "5.5: the allocation expires");
    is_int(glue.conns, 0, "... with its connections");
    turn_stop();
}


/* from another connection */

static int
bind_as(uint32_t id, const char *user, const char *pass)
{
    rtc_turn_result_e  rc;

    turn_io.tuple.remote.port += 10;
    rc = turn_connection_bind(id, user, pass);
    turn_io.tuple.remote.port -= 10;

    return rc == RTC_TURN_BOUND ? 0
           : rc == RTC_TURN_ELSEWHERE ? -2 : turn_code();
}


static void
test_bind(void)
{
    uint8_t           user[RTC_SHA256_LEN];
    uint32_t          id;
    stun_msg_t        m;
    rtc_turn_conn_t  *conn, *bound;

    start();
    turn_permit(PEER);
    conn = turn_attempt(PEER);
    id = conn->id;

    turn_io.stream = 0;
    is_int(bind_as(id, TURN_USER, TURN_PASS), 400, "5.4: over UDP 400");
    turn_io.stream = 1;

    is_int(turn_connection_bind(id, TURN_USER, TURN_PASS), RTC_TURN_ANSWER,
           "on the control connection");
    is_int(turn_code(), 400, "... 400");

    turn_io.tuple.remote.port += 10;
    turn_begin(&m, RTC_TURN_CONNECTION_BIND);
    is_int(turn_ask(&m), 400, "5.4: no CONNECTION-ID");
    turn_io.tuple.remote.port -= 10;

    is_int(bind_as(id + 1, TURN_USER, TURN_PASS), 400, "5.4: an unknown id");
    is_int(bind_as(id + 256, TURN_USER, TURN_PASS), 400, "... another one");
    is_int(bind_as(id & 0xffffff, TURN_USER, TURN_PASS), 400, "... of none");
    is_int(bind_as(id, "bob", "builder"), 441, "another user");
    is_int(bind_as(id, "bob", "wrong"), 401, "a wrong password");

    is_int(bind_as(id, TURN_USER, TURN_PASS), 0, "5.4: bound");
    ok(turn_io.conn == conn && turn_code() == 0, "... with a success");
    is_int(bind_as(id, TURN_USER, TURN_PASS), 400, "5.4: not twice");

    rtc_turn_server_drop(turn, conn);
    is_int(bind_as(id, TURN_USER, TURN_PASS), 400, "5.5: what is closed");

    conn = turn_attempt(PEER);
    turn_now += 29999;
    is_int(bind_as(id, TURN_USER, TURN_PASS), 400, "an id of before");
    id = conn->id;
    turn_now++;
    is_int(bind_as(id, TURN_USER, TURN_PASS), 400, "5.3: after 30 s");
    rtc_turn_server_drop(turn, conn);

    turn_connect(PEER);
    id = turn_alloc()->conns->id;
    is_int(bind_as(id, TURN_USER, TURN_PASS), 400, "what is not connected");
    turn_connected(turn_alloc()->conns, 1);

    is_int(bind_as(id ^ 0x1000000, TURN_USER, TURN_PASS), -2,
           "what another worker has");
    ok(turn_io.bind.id == (id ^ 0x1000000), "... is asked of it");
    turn_io.out_len = rtc_turn_server_reply(turn, &turn_io.bind.reply, 0, 0,
                                            turn_out);
    is_int(turn_code(), 0, "... and answered later");

    rtc_sha256(user, "bob", 3);
    is_int(rtc_turn_server_bind(turn, id, user, turn_now, &bound), 441,
           "what another worker asks: another user");
    rtc_sha256(user, TURN_USER, strlen(TURN_USER));
    is_int(rtc_turn_server_bind(turn, id, user, turn_now, &bound), 0,
           "... and the owner");

    turn_stop();
    is_int(glue.conns, 0, "all connections are closed");
}


static void
test_moved(void)
{
    rtc_turn_conn_t   *conn;
    rtc_turn_alloc_t  *a;

    start();
    turn_permit(PEER);
    conn = turn_attempt(PEER);
    a = turn_alloc();

    ok(rtc_turn_server_room(turn, conn, turn_now) == SIZE_MAX,
       "without a limit there is room");

    turn->conf.max_rate = 1000;
    a->tokens = 1000;
    a->tokens_ms = turn_now;
    is_int(rtc_turn_server_room(turn, conn, turn_now), 1000,
           "with one there is a second's worth");
    rtc_turn_server_moved(turn, conn, 1, 600);
    rtc_turn_server_moved(turn, conn, 0, 400);
    is_int(rtc_turn_server_room(turn, conn, turn_now), 0,
           "... for both directions");
    is_int(rtc_turn_server_room(turn, conn, turn_now + 100), 100,
           "... and more with time");
    ok(a->bytes_in == 600 && a->bytes_out == 400, "bytes are counted");

    turn_stop();
}


static void
test_many(void)
{
    size_t            i;
    rtc_turn_conn_t  *conn;

    start();
    turn_permit(PEER);

    for (i = 0; i < 10000; i++) {
        conn = turn_attempt(PEER);

        if (conn == NULL || (i == 0 && turn_attempt(PEER6))) {
            break;
        }

        rtc_turn_server_drop(turn, conn);
    }

    is_int(i, 10000, "10000 connections, one after the other");
    is_int(turn->conns_used, 1, "... use one place");
    is_int(glue.conns, 0, "... and leave nothing");
    turn_stop();
}


int
main(void)
{
    test_allocate();
    test_off();
    test_connect();
    test_nat();
    test_attempt();
    test_bind();
    test_moved();
    test_many();

    return done();
}
