
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A TURN client and the glue of a server for tests: messages are written byte
 * by byte, sockets are numbers.
 */


#ifndef TURN_CLIENT_H_INCLUDED
#define TURN_CLIENT_H_INCLUDED


#include <arpa/inet.h>
#include <sys/socket.h>
#include "rtc_turn_server.h"
#include "stun_msg.h"


#define TURN_USER    "alice"
#define TURN_PASS    "wonder"
#define TURN_REALM   "turn"


static struct {
    int             open;               /* sockets */
    int             ports;              /* that can be had */
    int             taken;              /* quotas */
    int             quota;
    int             budget;
    int             ended;
    int             conns;              /* connections to and from peers */
    int             connect;            /* what the next one answers */
    rtc_addr_t      target;             /* of the last one */
    uint16_t        next_port;
    rtc_turn_alloc_t  *owner[64];
} glue;


static rtc_turn_server_t   *turn;
static rtc_turn_policy_t    turn_policy;
static rtc_turn_user_t      turn_users[2];
static uint8_t              turn_nonce_key[RTC_TURN_NONCE_KEY];
static uint64_t             turn_now = 1000000;
static uint64_t             turn_unix = 1800000000;
static uint8_t              turn_out[RTC_TURN_ANSWER_MAX];
static rtc_turn_io_t        turn_io;


static int
glue_open(void *ctx, int family, rtc_turn_port_e port,
    rtc_turn_relay_t relays[2])
{
    int  i, n;

    n = port == RTC_TURN_PORT_PAIR ? 2 : 1;

    if (glue.open + n > glue.ports) {
        return RTC_DECLINED;
    }

    if (port != RTC_TURN_PORT_ANY && (glue.next_port & 1)) {
        glue.next_port++;
    }

    for (i = 0; i < n; i++) {
        memset(&relays[i].addr, 0, sizeof(rtc_addr_t));
        relays[i].addr.family = (uint8_t) family;
        relays[i].addr.addr[0] = family == AF_INET ? 192 : 0x20;
        relays[i].addr.port = glue.next_port++;
        relays[i].data = malloc(1);
        glue.open++;
    }

    return RTC_OK;
}


static void
glue_close(void *ctx, void *socket)
{
    free(socket);
    glue.open--;
}


static void
glue_attach(void *ctx, void *socket, rtc_turn_alloc_t *a)
{
}


static void
glue_end(void *ctx, rtc_turn_alloc_t *a)
{
    glue.ended++;
}


static int
glue_take(void *ctx, rtc_turn_alloc_t *a)
{
    if (glue.taken == glue.quota) {
        return RTC_DECLINED;
    }

    glue.taken++;

    return RTC_OK;
}


static void
glue_give(void *ctx, rtc_turn_alloc_t *a)
{
    glue.taken--;
}


static int
glue_challenge(void *ctx, const rtc_addr_t *source, uint64_t now_ms)
{
    return glue.budget-- > 0 ? RTC_OK : RTC_DECLINED;
}


static int
glue_connect(void *ctx, rtc_turn_conn_t *conn, void *socket,
    const rtc_addr_t *peer)
{
    if (glue.connect == RTC_OK) {
        glue.conns++;
        conn->data = malloc(1);
        glue.target = *peer;
    }

    return glue.connect;
}


static void
glue_drop(void *ctx, rtc_turn_conn_t *conn)
{
    if (conn->data) {
        free(conn->data);
        conn->data = NULL;
        glue.conns--;
    }
}


static const rtc_turn_ops_t  glue_ops = {
    glue_open, glue_close, glue_attach, glue_end, glue_take, glue_give,
    glue_challenge, glue_connect, glue_drop
};


static inline rtc_addr_t
addr(const char *text, uint16_t port)
{
    rtc_addr_t  a;

    memset(&a, 0, sizeof(rtc_addr_t));

    a.family = strchr(text, ':') ? AF_INET6 : AF_INET;
    a.port = port;

    if (inet_pton(a.family, text, a.addr) != 1) {
        abort();
    }

    return a;
}


/* a server with a user, all public peers, both families */

static inline void
turn_start(size_t max)
{
    static const uint8_t  users[] = TURN_USER ":" TURN_PASS "\n"
                                    "bob:builder\n";

    rtc_turn_conf_t  conf;

    memset(&conf, 0, sizeof(rtc_turn_conf_t));
    memset(&glue, 0, sizeof(glue));
    memset(&turn_policy, 0, sizeof(rtc_turn_policy_t));

    glue.ports = 1000;
    glue.quota = 1000;
    glue.budget = 1000;
    glue.next_port = 50000;

    turn_policy.public = 1;

    conf.auth.realm.data = (const uint8_t *) TURN_REALM;
    conf.auth.realm.len = sizeof(TURN_REALM) - 1;
    conf.auth.users = turn_users;
    conf.auth.nusers = (size_t) rtc_turn_parse_users(turn_users,
                                     conf.auth.realm, users,
                                     sizeof(users) - 1);
    conf.auth.nonce_key = turn_nonce_key;
    conf.policy = &turn_policy;
    conf.max_allocations = max;
    conf.max_permissions = 4;
    conf.max_channels = 3;
    conf.max_conns = 3;
    conf.node = 7;
    conf.max_lifetime = 3600;
    conf.ipv4 = 1;
    conf.ipv6 = 1;
    conf.ops = &glue_ops;

    turn = rtc_turn_server_init(malloc(rtc_turn_server_size(max)), &conf);

    memset(&turn_io, 0, sizeof(rtc_turn_io_t));
    turn_io.tuple.remote = addr("198.51.100.1", 4000);
    turn_io.tuple.local = addr("192.0.2.1", 3478);
}


static inline void
turn_stop(void)
{
    size_t             pos;
    rtc_turn_alloc_t  *a;

    pos = 0;

    while ((a = rtc_turn_server_next(turn, &pos)) != NULL) {
        rtc_turn_server_end(turn, a);
    }

    (void) rtc_turn_server_expire(turn, UINT64_MAX);

    free(turn);
}


/* a datagram of exactly this size */

static inline rtc_turn_result_e
turn_input(const void *data, size_t len)
{
    uint8_t            *p;
    rtc_turn_result_e   rc;

    static uint8_t     *last;

    free(last);
    p = malloc(len ? len : 1);
    memcpy(p, data, len);
    last = p;

    turn_io.p = p;
    turn_io.len = len;
    turn_io.now_ms = turn_now;
    turn_io.unix_s = turn_unix;
    turn_io.out = turn_out;
    turn_io.out_len = 0;

    rc = rtc_turn_server_input(turn, &turn_io);

    return rc;
}


static inline void
turn_begin(stun_msg_t *m, uint16_t method)
{
    static uint32_t  tid;

    stun_msg_init(m, (uint16_t) ((method & 0xf) | (method & 0x70) << 1));
    rtc_write_u32(m->data + 16, ++tid);
}


static inline void
turn_addr_attr(stun_msg_t *m, uint16_t type, rtc_addr_t peer)
{
    size_t   i, n;
    uint8_t  v[20];

    n = peer.family == AF_INET6 ? 16 : 4;
    v[0] = 0;
    v[1] = n == 16 ? 2 : 1;
    rtc_write_u16(v + 2, (uint16_t) (peer.port ^ 0x2112));

    for (i = 0; i < n; i++) {
        v[4 + i] = peer.addr[i] ^ m->data[4 + i];
    }

    stun_msg_attr(m, type, v, 4 + n);
}


/* USERNAME, REALM, NONCE, MESSAGE-INTEGRITY with a key by MD5 */

static inline void
turn_sign(stun_msg_t *m, const char *user, const char *pass)
{
    char        text[256];
    uint8_t     key[RTC_MD5_LEN], nonce[RTC_TURN_NONCE_LEN], mac[20];

    rtc_turn_nonce_make(nonce, turn_nonce_key, 0xc00000,
                        &turn_io.tuple.remote, (uint32_t) (turn_now / 1000));

    stun_msg_attr(m, RTC_STUN_USERNAME, user, strlen(user));
    stun_msg_attr(m, RTC_TURN_A_REALM, TURN_REALM, strlen(TURN_REALM));
    stun_msg_attr(m, RTC_TURN_A_NONCE, nonce, RTC_TURN_NONCE_LEN);

    snprintf(text, sizeof(text), "%s:%s:%s", user, TURN_REALM, pass);
    rtc_md5(key, text, strlen(text));

    stun_msg_fix_length(m, m->len + 24);
    rtc_hmac_sha1(mac, key, RTC_MD5_LEN, m->data, m->len);
    stun_msg_attr(m, RTC_STUN_INTEGRITY, mac, 20);
}


/* the error of the answer, 0: a success, -1: no answer */

static inline int
turn_code(void)
{
    uint32_t        value;
    rtc_stun_msg_t  m;

    if (turn_io.out_len == 0
        || rtc_stun_parse(&m, turn_out, turn_io.out_len) != RTC_OK)
    {
        return -1;
    }

    if (m.class == RTC_STUN_SUCCESS) {
        return 0;
    }

    if (m.class != RTC_STUN_ERROR
        || rtc_turn_find_u32(&m, RTC_STUN_ERROR_CODE, &value) != RTC_OK)
    {
        return -2;
    }

    return (int) ((value >> 8) * 100 + (value & 0xff));
}


static inline int
turn_ask(stun_msg_t *m)
{
    turn_sign(m, TURN_USER, TURN_PASS);
    turn_input(m->data, m->len);

    return turn_code();
}


static inline int
turn_allocate(void)
{
    stun_msg_t  m;

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 17 << 24);

    return turn_ask(&m);
}


/* over TCP, RFC 6062 */

static inline int
turn_allocate_tcp(void)
{
    stun_msg_t  m;

    turn_begin(&m, RTC_TURN_ALLOCATE);
    stun_msg_attr32(&m, RTC_TURN_A_TRANSPORT, 6 << 24);

    return turn_ask(&m);
}


/* -1: it is being connected */

static inline int
turn_connect(rtc_addr_t peer)
{
    stun_msg_t  m;

    turn_begin(&m, RTC_TURN_CONNECT);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, peer);

    return turn_ask(&m);
}


/* the end of a connection attempt, and its answer */

static inline int
turn_connected(rtc_turn_conn_t *conn, int ok)
{
    turn_io.out_len = rtc_turn_server_connected(turn, conn, ok, turn_now,
                                                turn_out);

    return turn_code();
}


static inline rtc_turn_result_e
turn_connection_bind(uint32_t id, const char *user, const char *pass)
{
    stun_msg_t  m;

    turn_begin(&m, RTC_TURN_CONNECTION_BIND);
    stun_msg_attr32(&m, RTC_TURN_A_CONNECTION_ID, id);
    turn_sign(&m, user, pass);

    return turn_input(m.data, m.len);
}


static inline int
turn_permit(rtc_addr_t peer)
{
    stun_msg_t  m;

    turn_begin(&m, RTC_TURN_CREATE_PERMISSION);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, peer);

    return turn_ask(&m);
}


static inline int
turn_bind(uint32_t number, rtc_addr_t peer)
{
    stun_msg_t  m;

    turn_begin(&m, RTC_TURN_CHANNEL_BIND);
    stun_msg_attr32(&m, RTC_TURN_A_CHANNEL_NUMBER, number << 16);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, peer);

    return turn_ask(&m);
}


static inline int
turn_refresh(uint32_t lifetime)
{
    stun_msg_t  m;

    turn_begin(&m, RTC_TURN_REFRESH);
    stun_msg_attr32(&m, RTC_TURN_A_LIFETIME, lifetime);

    return turn_ask(&m);
}


static inline rtc_turn_result_e
turn_send(rtc_addr_t peer, const char *data)
{
    stun_msg_t  m;

    stun_msg_init(&m, 0x0016);
    turn_addr_attr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, peer);
    stun_msg_attr(&m, RTC_TURN_A_DATA, data, strlen(data));

    return turn_input(m.data, m.len);
}


static inline rtc_turn_result_e
turn_channel(uint16_t number, const char *data)
{
    uint8_t  p[256];

    rtc_write_u16(p, number);
    rtc_write_u16(p + 2, (uint16_t) strlen(data));
    memcpy(p + 4, data, strlen(data));

    return turn_input(p, 4 + strlen(data));
}


static inline rtc_turn_alloc_t *
turn_alloc(void)
{
    return rtc_turn_server_find(turn, &turn_io.tuple);
}


/* what comes from a peer goes to the client */

static inline uint8_t *
turn_peer(rtc_addr_t peer, const char *data, size_t *len)
{
    static uint8_t  buf[RTC_TURN_HEADROOM + 256];

    memcpy(buf + RTC_TURN_HEADROOM, data, strlen(data));

    return rtc_turn_server_peer(turn, turn_alloc(), &peer,
                                buf + RTC_TURN_HEADROOM, strlen(data),
                                turn_now, len);
}


/* a connection of a peer, NULL: it is closed; the indication is in turn_out */

static inline rtc_turn_conn_t *
turn_attempt(rtc_addr_t peer)
{
    rtc_turn_conn_t  *conn;

    conn = rtc_turn_server_attempt(turn, turn_alloc(), &peer, turn_now,
                                   turn_out, &turn_io.out_len);
    if (conn) {
        conn->data = malloc(1);
        glue.conns++;
    }

    return conn;
}


#endif /* TURN_CLIENT_H_INCLUDED */
