
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Connect, ConnectionAttempt, ConnectionBind: RFC 6062, 5.2 - 5.5.
 */


#include "rtc_bytes.h"
#include "rtc_turn_server_internal.h"


static rtc_turn_conn_t *rtc_turn_conn_add(rtc_turn_server_t *s,
    rtc_turn_alloc_t *a, const rtc_addr_t *peer,
    rtc_turn_conn_state_e state, uint64_t expires_ms);
static void rtc_turn_conn_remove(rtc_turn_server_t *s, rtc_turn_conn_t *conn);
static int rtc_turn_conn_exists(rtc_turn_alloc_t *a, const rtc_addr_t *peer);
static int rtc_turn_conn_forbidden(rtc_turn_server_t *s, rtc_turn_alloc_t *a,
    const rtc_addr_t *peer);
static int rtc_turn_conn_start(rtc_turn_request_t *r, const rtc_addr_t *peer);
static void rtc_turn_conn_reply(rtc_turn_request_t *r,
    rtc_turn_reply_t *reply);


static rtc_turn_conn_t *
rtc_turn_conn_add(rtc_turn_server_t *s, rtc_turn_alloc_t *a,
    const rtc_addr_t *peer, rtc_turn_conn_state_e state, uint64_t expires_ms)
{
    uint8_t           serial;
    rtc_turn_conn_t  *conn;

    if (a->nconns >= rtc_min(s->conf.max_conns, RTC_TURN_CONNS)) {
        return NULL;
    }

    conn = s->conns_free;

    if (conn) {
        s->conns_free = conn->next;
        serial = conn->serial + 1;

    } else if (s->conns_used < s->conf.max_allocations) {
        conn = &s->conns[s->conns_used++];
        serial = 0;

    } else {
        return NULL;
    }

    memset(conn, 0, sizeof(rtc_turn_conn_t));

    /*
     * RFC 6062, 6.2.1: who made it, its place, and what tells it from the one
     * that was there before.
     */

    conn->serial = serial;
    conn->id = (uint32_t) s->conf.node << 24
               | (uint32_t) (conn - s->conns) << 8 | serial;

    conn->alloc = a;
    conn->peer = *peer;
    conn->state = state;
    conn->expires_ms = expires_ms;

    conn->next = a->conns;
    a->conns = conn;
    a->nconns++;

    return conn;
}


static void
rtc_turn_conn_remove(rtc_turn_server_t *s, rtc_turn_conn_t *conn)
{
    rtc_turn_conn_t  **link;

    for (link = &conn->alloc->conns; *link != conn; link = &(*link)->next) {
        /* void */
    }

    *link = conn->next;
    conn->alloc->nconns--;

    conn->state = RTC_TURN_CONN_FREE;
    conn->next = s->conns_free;
    s->conns_free = conn;
}


static int
rtc_turn_conn_exists(rtc_turn_alloc_t *a, const rtc_addr_t *peer)
{
    rtc_turn_conn_t  *conn;

    for (conn = a->conns; conn; conn = conn->next) {
        if (rtc_turn_addr_eq(&conn->peer, peer)) {
            return 1;
        }
    }

    return 0;
}


static int
rtc_turn_conn_forbidden(rtc_turn_server_t *s, rtc_turn_alloc_t *a,
    const rtc_addr_t *peer)
{
    size_t  i;

    /* RFC 8656, 21.1.7: an allocation is no peer of its own */

    for (i = 0; i < 2; i++) {
        if (a->relays[i].data && rtc_turn_addr_eq(&a->relays[i].addr, peer)) {
            return 1;
        }
    }

    return peer->port == 0
           || rtc_turn_policy_check(s->conf.policy, peer) != RTC_OK;
}


int
rtc_turn_connect(rtc_turn_request_t *r)
{
    int         code;
    rtc_str_t   value;
    rtc_addr_t  peer;

    /* RFC 6062, 5.2: 1. no TCP allocation: 437 */

    code = rtc_turn_owner(r);
    if (code) {
        return code;
    }

    if (!r->alloc->tcp) {
        return 437;
    }

    /* 3. no XOR-PEER-ADDRESS, or an invalid one: 400; another family: 443 */

    if (rtc_stun_find(r->m, RTC_TURN_A_XOR_PEER_ADDRESS, &value) != RTC_OK
        || rtc_turn_read_addr(r->m, value, &peer) != RTC_OK)
    {
        return 400;
    }

    if (rtc_turn_alloc_relay(r->alloc, peer.family) == NULL) {
        return 443;
    }

    /* 2. it is being connected to, pending or bound: 446 */

    if (rtc_turn_conn_exists(r->alloc, &peer)) {
        return 446;
    }

    /* 4. forbidden by local policy: 403 */

    if (rtc_turn_conn_forbidden(r->server, r->alloc, &peer)) {
        return 403;
    }

    return rtc_turn_conn_start(r, &peer);
}


/* 5. an outgoing connection; its end is the answer */

static int
rtc_turn_conn_start(rtc_turn_request_t *r, const rtc_addr_t *peer)
{
    int                 rc;
    rtc_addr_t          target;
    rtc_turn_conn_t    *conn;
    rtc_turn_server_t  *s;

    s = r->server;

    conn = rtc_turn_conn_add(s, r->alloc, peer, RTC_TURN_CONN_CONNECTING,
                             r->io->now_ms + RTC_TURN_CONNECT_LIFE);
    if (conn == NULL) {
        return 508;
    }

    rtc_turn_conn_reply(r, &conn->reply);

    target = *peer;

    if (s->nat) {
        rtc_turn_policy_to_local(s->conf.policy, &target);
    }

    rc = s->conf.ops->connect(s->conf.ctx, conn,
                              rtc_turn_alloc_relay(r->alloc,
                                                   peer->family)->data,
                              &target);
    if (rc == RTC_OK) {
        return -1;
    }

    rtc_turn_conn_remove(s, conn);

    if (rc == RTC_DECLINED) {
        s->stat.unconnected++;
        return 447;
    }

    return 508;
}


static void
rtc_turn_conn_reply(rtc_turn_request_t *r, rtc_turn_reply_t *reply)
{
    memset(reply, 0, sizeof(rtc_turn_reply_t));
    memcpy(reply->tid, r->m->data + 4, 16);
    memcpy(reply->key, r->auth.key, r->auth.key_len);

    reply->method = r->m->method;
    reply->key_len = (uint8_t) r->auth.key_len;
    reply->sha256 = r->auth.sha256;
    reply->fingerprint = r->m->fingerprint != NULL;
}


size_t
rtc_turn_server_connected(rtc_turn_server_t *s, rtc_turn_conn_t *conn, int ok,
    uint64_t now_ms, uint8_t *out)
{
    rtc_turn_reply_t  reply;

    reply = conn->reply;

    if (!ok) {
        s->stat.unconnected++;
        rtc_turn_server_drop(s, conn);

        return rtc_turn_server_reply(s, &reply, 447, 0, out);
    }

    s->stat.connected++;

    conn->state = RTC_TURN_CONN_PENDING;
    conn->expires_ms = now_ms + RTC_TURN_PENDING_LIFE;

    return rtc_turn_server_reply(s, &reply, 0, conn->id, out);
}


size_t
rtc_turn_server_reply(rtc_turn_server_t *s, const rtc_turn_reply_t *reply,
    int code, uint32_t id, uint8_t *out)
{
    rtc_turn_msg_t  b;

    rtc_turn_msg_init(&b, out, RTC_TURN_ANSWER_MAX,
                      code ? RTC_STUN_ERROR : RTC_STUN_SUCCESS, reply->method,
                      reply->tid);

    if (code) {
        rtc_turn_msg_error(&b, code);
        s->stat.errors++;

    } else if (id) {
        rtc_turn_msg_u32(&b, RTC_TURN_A_CONNECTION_ID, id);
    }

    rtc_turn_msg_sign(&b, reply->key, reply->key_len, reply->sha256);

    if (reply->fingerprint) {
        rtc_turn_msg_fingerprint(&b);
    }

    return b.failed ? 0 : b.len;
}


rtc_turn_conn_t *
rtc_turn_server_attempt(rtc_turn_server_t *s, rtc_turn_alloc_t *a,
    const rtc_addr_t *peer, uint64_t now_ms, uint8_t *out, size_t *out_len)
{
    uint8_t           tid[16];
    rtc_addr_t        addr;
    rtc_turn_msg_t    b;
    rtc_turn_conn_t  *conn;

    addr = *peer;

    if (s->nat) {
        rtc_turn_policy_to_advertised(s->conf.policy, &addr);
    }

    /* RFC 6062, 5.3: without a permission it is closed at once */

    if (a->expires_ms <= now_ms
        || rtc_turn_permission_find(a, &addr, now_ms) == -1
        || rtc_turn_conn_forbidden(s, a, &addr))
    {
        s->stat.no_permission++;
        return NULL;
    }

    conn = rtc_turn_conn_add(s, a, &addr, RTC_TURN_CONN_PENDING,
                             now_ms + RTC_TURN_PENDING_LIFE);
    if (conn == NULL) {
        s->stat.capacity++;
        return NULL;
    }

    s->stat.accepted++;

    rtc_write_u32(tid, RTC_STUN_MAGIC);
    memcpy(tid + 4, &s->seed, 4);
    rtc_write_u64(tid + 8, a->indications++ ^ s->seed);

    rtc_turn_msg_init(&b, out, RTC_TURN_ANSWER_MAX, RTC_STUN_INDICATION,
                      RTC_TURN_CONNECTION_ATTEMPT, tid);
    rtc_turn_msg_addr(&b, RTC_TURN_A_XOR_PEER_ADDRESS, &addr);
    rtc_turn_msg_u32(&b, RTC_TURN_A_CONNECTION_ID, conn->id);

    *out_len = b.len;

    return conn;
}


int
rtc_turn_connection_bind(rtc_turn_request_t *r)
{
    int               code;
    rtc_turn_bind_t  *bind;

    bind = &r->io->bind;

    /*
     * RFC 6062, 5.4: 1. over TCP or TLS only: 400.  A connection that has an
     * allocation is the control connection, which carries no data.
     */

    if (!r->io->stream || r->alloc) {
        return 400;
    }

    /* 2. no CONNECTION-ID: 400 */

    if (rtc_turn_find_u32(r->m, RTC_TURN_A_CONNECTION_ID, &bind->id) != RTC_OK
        || rtc_turn_conn_node(bind->id) == 0)
    {
        return 400;
    }

    if (rtc_sha256(bind->user, r->auth.user.data, r->auth.user.len)
        != RTC_OK)
    {
        return 500;
    }

    if (rtc_turn_conn_node(bind->id) != r->server->conf.node) {

        /* whoever holds the connection says whether it may be bound */

        rtc_turn_conn_reply(r, &bind->reply);
        r->result = RTC_TURN_ELSEWHERE;

        return -1;
    }

    /* 3. not a pending connection: 400; that of another user: 441 */

    code = rtc_turn_server_bind(r->server, bind->id, bind->user,
                                r->io->now_ms, &r->io->conn);
    if (code) {
        return code;
    }

    r->result = RTC_TURN_BOUND;

    return 0;
}


int
rtc_turn_server_bind(rtc_turn_server_t *s, uint32_t id,
    const uint8_t user[RTC_SHA256_LEN], uint64_t now_ms,
    rtc_turn_conn_t **conn)
{
    size_t            i;
    rtc_turn_conn_t  *found;

    i = (id >> 8) & 0xffff;

    if (i >= s->conns_used) {
        return 400;
    }

    found = &s->conns[i];

    if (found->id != id || found->state != RTC_TURN_CONN_PENDING
        || found->expires_ms <= now_ms || found->alloc->expires_ms <= now_ms)
    {
        return 400;
    }

    if (memcmp(found->alloc->user, user, RTC_SHA256_LEN) != 0) {
        return 441;
    }

    found->state = RTC_TURN_CONN_BOUND;
    s->stat.bound++;

    *conn = found;

    return 0;
}


size_t
rtc_turn_server_room(rtc_turn_server_t *s, rtc_turn_conn_t *conn,
    uint64_t now_ms)
{
    return rtc_turn_alloc_room(conn->alloc, s->conf.max_rate, now_ms);
}


void
rtc_turn_server_moved(rtc_turn_server_t *s, rtc_turn_conn_t *conn,
    int to_peer, size_t len)
{
    rtc_turn_alloc_t  *a;

    a = conn->alloc;
    a->tokens -= rtc_min(a->tokens, len);

    if (to_peer) {
        a->bytes_in += len;
        s->stat.bytes_in += len;

    } else {
        a->bytes_out += len;
        s->stat.bytes_out += len;
    }
}


void
rtc_turn_server_drop(rtc_turn_server_t *s, rtc_turn_conn_t *conn)
{
    s->conf.ops->drop(s->conf.ctx, conn);
    rtc_turn_conn_remove(s, conn);
}


void
rtc_turn_conn_end(rtc_turn_server_t *s, rtc_turn_alloc_t *a, int family)
{
    rtc_turn_conn_t  *conn, *next;

    for (conn = a->conns; conn; conn = next) {
        next = conn->next;

        if (family == 0 || conn->peer.family == family) {
            rtc_turn_server_drop(s, conn);
        }
    }
}
