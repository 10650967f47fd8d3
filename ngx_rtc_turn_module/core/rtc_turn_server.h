
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The TURN server of a worker as a state machine: messages of clients and
 * data of peers go in, answers and data come out.  Sockets are the glue's.
 */


#ifndef RTC_TURN_SERVER_H_INCLUDED
#define RTC_TURN_SERVER_H_INCLUDED


#include "rtc_turn_alloc.h"
#include "rtc_turn_auth.h"
#include "rtc_turn_conn.h"
#include "rtc_turn_policy.h"


typedef struct rtc_turn_server_s  rtc_turn_server_t;


typedef enum {
    RTC_TURN_PORT_ANY = 0,
    RTC_TURN_PORT_EVEN,
    RTC_TURN_PORT_PAIR,                 /* an even one and the next */
    RTC_TURN_PORT_TCP                   /* listens, RFC 6062 */
} rtc_turn_port_e;


/* what the glue does; all are called before rtc_turn_server_input() returns */

typedef struct {
    /*
     * Binds relays[0], and relays[1] of a pair.  RTC_DECLINED: there is no
     * port, or no address of the family.
     */
    int  (*open)(void *ctx, int family, rtc_turn_port_e port,
        rtc_turn_relay_t relays[2]);
    void (*close)(void *ctx, void *socket);

    /* whose the socket is from now on */
    void (*attach)(void *ctx, void *socket, rtc_turn_alloc_t *a);

    /* the allocation is about to end; its sockets are closed already */
    void (*end)(void *ctx, rtc_turn_alloc_t *a);

    /* the quota of its user and of all: RTC_OK or RTC_DECLINED */
    int  (*take)(void *ctx, rtc_turn_alloc_t *a);
    void (*give)(void *ctx, rtc_turn_alloc_t *a);

    /* RTC_DECLINED: the source has had its share of challenges */
    int  (*challenge)(void *ctx, const rtc_addr_t *source, uint64_t now_ms);

    /*
     * RFC 6062, 5.2: connects from a relay's address to the peer's, which is
     * as it is reached; rtc_turn_server_connected() tells the end, but not
     * before this returns.  RTC_DECLINED: it has failed; RTC_ERROR: no room.
     */
    int  (*connect)(void *ctx, rtc_turn_conn_t *conn, void *socket,
        const rtc_addr_t *peer);

    /* closes both sides; it is about to end */
    void (*drop)(void *ctx, rtc_turn_conn_t *conn);
} rtc_turn_ops_t;


typedef struct {
    rtc_turn_auth_conf_t      auth;
    const rtc_turn_policy_t  *policy;

    size_t                    max_allocations;
    size_t                    max_permissions;  /* of an allocation */
    size_t                    max_channels;
    size_t                    max_conns;        /* 0: no TCP allocations */
    uint64_t                  max_rate;         /* bytes/s, 0: no limit */
    uint32_t                  max_lifetime;     /* s */
    uint8_t                   node;             /* of CONNECTION-IDs, or 0 */

    unsigned                  ipv4:1;           /* there is an address */
    unsigned                  ipv6:1;

    const rtc_turn_ops_t     *ops;
    void                     *ctx;
} rtc_turn_conf_t;


typedef struct {
    uint64_t                  allocations;      /* ever */
    uint64_t                  challenges;       /* 401 without credentials */
    uint64_t                  challenges_dropped;
    uint64_t                  unauthorized;     /* 401 and 438 with them */
    uint64_t                  quota;            /* 486 */
    uint64_t                  capacity;         /* 508 */
    uint64_t                  forbidden;        /* 403 */
    uint64_t                  errors;           /* other error answers */

    uint64_t                  packets_in;       /* relayed to peers */
    uint64_t                  bytes_in;
    uint64_t                  packets_out;      /* to clients */
    uint64_t                  bytes_out;

    uint64_t                  connected;        /* to peers, RFC 6062 */
    uint64_t                  unconnected;      /* 447 */
    uint64_t                  accepted;         /* from peers */
    uint64_t                  bound;

    uint64_t                  malformed;        /* dropped */
    uint64_t                  no_allocation;
    uint64_t                  no_permission;
    uint64_t                  rate_limited;
} rtc_turn_stat_t;


typedef enum {
    RTC_TURN_NOTHING = 0,
    RTC_TURN_ANSWER,                    /* out, out_len go to the client */
    RTC_TURN_RELAY,                     /* data, data_len go to the peer */
    RTC_TURN_BOUND,                     /* out goes to the client, which then
                                           is the other side of conn */
    RTC_TURN_ELSEWHERE                  /* bind is for another worker */
} rtc_turn_result_e;


typedef struct {
    rtc_tuple_t               tuple;
    void                     *via;              /* listener or stream */
    uint8_t                  *p;                /* one message */
    size_t                    len;
    uint64_t                  now_ms;           /* monotonic */
    uint64_t                  unix_s;

    uint8_t                  *out;              /* RTC_TURN_ANSWER_MAX bytes */
    size_t                    out_len;

    void                     *socket;
    rtc_addr_t                peer;             /* as it is reached */
    uint8_t                  *data;
    size_t                    data_len;
    unsigned                  dont_fragment:1;

    unsigned                  stream:1;         /* it came by TCP or TLS */

    rtc_turn_conn_t          *conn;
    rtc_turn_bind_t           bind;
} rtc_turn_io_t;


size_t rtc_turn_server_size(size_t max_allocations);
rtc_turn_server_t *rtc_turn_server_init(void *mem,
    const rtc_turn_conf_t *conf);

const rtc_turn_stat_t *rtc_turn_server_stat(const rtc_turn_server_t *s);
size_t rtc_turn_server_allocations(const rtc_turn_server_t *s);


rtc_turn_result_e rtc_turn_server_input(rtc_turn_server_t *s,
    rtc_turn_io_t *io);

/*
 * What a peer has sent, with RTC_TURN_HEADROOM bytes before and 3 behind it.
 * Answers what goes to the client, or NULL.
 */
uint8_t *rtc_turn_server_peer(rtc_turn_server_t *s, rtc_turn_alloc_t *a,
    const rtc_addr_t *peer, uint8_t *data, size_t len, uint64_t now_ms,
    size_t *total);

/*
 * An ICMP error for what was sent to the peer (RFC 8656, 11.5); the Data
 * indication is written to out, of RTC_TURN_ANSWER_MAX bytes.  0: none.
 */
size_t rtc_turn_server_icmp(rtc_turn_server_t *s, rtc_turn_alloc_t *a,
    const rtc_addr_t *peer, uint8_t type, uint8_t code, uint32_t data,
    uint8_t *out, uint64_t now_ms);


/*
 * RFC 6062, 5.2: the connection to a peer is there, or has failed and ends.
 * The length of the answer, which goes to the client of the allocation.
 */
size_t rtc_turn_server_connected(rtc_turn_server_t *s, rtc_turn_conn_t *conn,
    int ok, uint64_t now_ms, uint8_t *out);

/*
 * RFC 6062, 5.3: a connection of a peer.  NULL: it is to be closed, else
 * the ConnectionAttempt indication is in out.
 */
rtc_turn_conn_t *rtc_turn_server_attempt(rtc_turn_server_t *s,
    rtc_turn_alloc_t *a, const rtc_addr_t *peer, uint64_t now_ms,
    uint8_t *out, size_t *out_len);

/* RFC 6062, 5.4: what another worker asks for.  0, or 400, 441 */
int rtc_turn_server_bind(rtc_turn_server_t *s, uint32_t id,
    const uint8_t user[RTC_SHA256_LEN], uint64_t now_ms,
    rtc_turn_conn_t **conn);

/* the answer to a request that waited: code of 0 is a success, id of 0 none */
size_t rtc_turn_server_reply(rtc_turn_server_t *s,
    const rtc_turn_reply_t *reply, int code, uint32_t id, uint8_t *out);

/* bytes that may be moved now; 0: later */
size_t rtc_turn_server_room(rtc_turn_server_t *s, rtc_turn_conn_t *conn,
    uint64_t now_ms);
void rtc_turn_server_moved(rtc_turn_server_t *s, rtc_turn_conn_t *conn,
    int to_peer, size_t len);

/* RFC 6062, 5.5: one side is closed, or nobody came for it */
void rtc_turn_server_drop(rtc_turn_server_t *s, rtc_turn_conn_t *conn);


rtc_turn_alloc_t *rtc_turn_server_find(rtc_turn_server_t *s,
    const rtc_tuple_t *tuple);

/* ends an allocation: it has expired, or its stream is closed */
void rtc_turn_server_end(rtc_turn_server_t *s, rtc_turn_alloc_t *a);

/*
 * One after the other, pos begins at 0; NULL behind the last one.  The one
 * that was answered may be ended.
 */
rtc_turn_alloc_t *rtc_turn_server_next(rtc_turn_server_t *s, size_t *pos);

/* reserved ports that nobody came for; answers when to call again, 0: never */
uint64_t rtc_turn_server_expire(rtc_turn_server_t *s, uint64_t now_ms);

/*
 * Takes over what another worker had: a copy with sockets of ours, which are
 * attached, and without the permissions of peers that are denied by now.
 * NULL: no room.
 */
rtc_turn_alloc_t *rtc_turn_server_import(rtc_turn_server_t *s,
    const rtc_turn_alloc_t *from);

/* forgets it without closing, giving back and ending */
void rtc_turn_server_forget(rtc_turn_server_t *s, rtc_turn_alloc_t *a);


#endif /* RTC_TURN_SERVER_H_INCLUDED */
