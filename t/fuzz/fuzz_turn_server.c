
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A server and what clients, peers and the clock can do to it: the input is a
 * row of a kind, a length, and bytes.
 *
 *   0  a datagram as it is
 *   1  a request: its method, attributes; it is signed by a user of the list
 *   2  an indication: its attributes
 *   3  data of a peer
 *   4  so many seconds pass
 *   5  the next client
 *   6  an attempt to connect to a peer ends, well or not
 *   7  a peer connects
 *   8  a connection is bound, moves bytes, or is closed
 */


#include "../unit/turn_client.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_message(const uint8_t *p, size_t len, int indication)
{
    size_t      n;
    stun_msg_t  m;

    if (len == 0) {
        return;
    }

    turn_begin(&m, indication ? RTC_TURN_SEND : p[0] & 0xf);

    if (indication) {
        m.data[1] |= 0x10;
    }

    n = (len - 1) & ~(size_t) 3;
    n = rtc_min(n, 1024);

    memcpy(m.data + m.len, p + 1, n);
    m.len += n;
    stun_msg_fix_length(&m, m.len);

    if (!indication) {
        turn_sign(&m, TURN_USER, TURN_PASS);
    }

    turn_input(m.data, m.len);
}


static void
fuzz_peer(const uint8_t *p, size_t len)
{
    size_t             total;
    uint8_t           *buf, *out;
    rtc_addr_t         peer;
    rtc_turn_alloc_t  *a;

    a = turn_alloc();

    if (a == NULL || len == 0) {
        return;
    }

    peer = addr("8.8.8.8", p[0]);

    if (a->nperms) {
        peer.family = a->perms[0].family;
        memcpy(peer.addr, a->perms[0].addr, 16);
    }

    buf = malloc(RTC_TURN_HEADROOM + len + 3);
    memcpy(buf + RTC_TURN_HEADROOM, p, len);

    out = rtc_turn_server_peer(turn, a, &peer, buf + RTC_TURN_HEADROOM, len,
                               turn_now, &total);

    if (out && (out < buf || out + total > buf + RTC_TURN_HEADROOM + len + 3))
    {
        abort();
    }

    free(buf);
}


/* one of the client's connections */

static rtc_turn_conn_t *
fuzz_conn(size_t n)
{
    rtc_turn_conn_t   *conn;
    rtc_turn_alloc_t  *a;

    a = turn_alloc();

    if (a == NULL || a->nconns == 0) {
        return NULL;
    }

    conn = a->conns;

    for (n %= a->nconns; n; n--) {
        conn = conn->next;
    }

    if (conn->alloc != a || conn->state == RTC_TURN_CONN_FREE) {
        abort();
    }

    return conn;
}


static void
fuzz_connected(size_t n)
{
    rtc_turn_conn_t  *conn;

    conn = fuzz_conn(n / 2);

    if (conn && conn->state == RTC_TURN_CONN_CONNECTING
        && turn_connected(conn, n & 1) != ((n & 1) ? 0 : 447))
    {
        abort();
    }
}


static void
fuzz_attempt(size_t n)
{
    rtc_addr_t         peer;
    rtc_turn_alloc_t  *a;

    a = turn_alloc();

    if (a == NULL || !a->tcp) {
        return;
    }

    peer = addr("8.8.8.8", (uint16_t) n);

    if (a->nperms) {
        peer.family = a->perms[0].family;
        memcpy(peer.addr, a->perms[0].addr, 16);
    }

    (void) turn_attempt(peer);
}


static void
fuzz_data(size_t n)
{
    uint16_t          port;
    rtc_turn_conn_t  *conn;

    conn = fuzz_conn(n / 4);

    if (conn == NULL) {
        return;
    }

    switch (n % 4) {

    case 0:
    case 1:
        port = turn_io.tuple.remote.port;
        turn_io.tuple.remote.port = 3999;
        turn_connection_bind(conn->id, TURN_USER, TURN_PASS);
        turn_io.tuple.remote.port = port;
        break;

    case 2:
        rtc_turn_server_moved(turn, conn, n & 4,
                              rtc_turn_server_room(turn, conn, turn_now));
        break;

    default:
        rtc_turn_server_drop(turn, conn);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t   len;
    uint8_t  kind;

    turn_now = 1000000;
    turn_start(4);
    glue.ports = 6;
    glue.quota = 3;

    while (size >= 2) {
        kind = data[0];
        len = rtc_min(data[1], size - 2);
        data += 2;
        size -= 2;

        switch (kind % 9) {

        case 0:
            turn_input(data, len);
            break;

        case 1:
            fuzz_message(data, len, 0);
            break;

        case 2:
            fuzz_message(data, len, 1);
            break;

        case 3:
            fuzz_peer(data, len);
            break;

        case 4:
            turn_now += len * 1000;
            (void) rtc_turn_server_expire(turn, turn_now);
            break;

        case 6:
            fuzz_connected(len);
            break;

        case 7:
            fuzz_attempt(len);
            break;

        case 8:
            fuzz_data(len);
            break;

        default:
            turn_io.tuple.remote.port = (uint16_t) (4000 + len % 6);
            turn_io.stream = len & 1;
        }

        data += len;
        size -= len;
    }

    if ((size_t) glue.taken != rtc_turn_server_allocations(turn)) {
        abort();
    }

    turn_stop();

    if (glue.open != 0 || glue.taken != 0 || glue.conns != 0) {
        abort();
    }

    return 0;
}
