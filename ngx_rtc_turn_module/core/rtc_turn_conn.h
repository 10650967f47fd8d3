
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Peer data connections of TCP allocations (RFC 6062): from a Connect request,
 * or a connection of a peer, until one of both sides is closed.
 */


#ifndef RTC_TURN_CONN_H_INCLUDED
#define RTC_TURN_CONN_H_INCLUDED


#include "rtc_turn_alloc.h"


#define RTC_TURN_CONNS          64      /* of an allocation, at most */

/* RFC 6062, 5.2 and 5.3 */

#define RTC_TURN_CONNECT_LIFE   30000   /* ms */
#define RTC_TURN_PENDING_LIFE   30000

/* the worker that made a CONNECTION-ID, from 1 on */

#define rtc_turn_conn_node(id)  ((id) >> 24)


typedef enum {
    RTC_TURN_CONN_FREE = 0,
    RTC_TURN_CONN_CONNECTING,           /* the Connect request waits */
    RTC_TURN_CONN_PENDING,              /* for a ConnectionBind */
    RTC_TURN_CONN_BOUND
} rtc_turn_conn_state_e;


/* what the answer to a request needs of it if it comes later */

typedef struct {
    uint8_t                tid[16];     /* behind the cookie */
    uint16_t               method;
    uint8_t                key[RTC_SHA256_LEN];
    uint8_t                key_len;
    unsigned               sha256:1;
    unsigned               fingerprint:1;
} rtc_turn_reply_t;


/* a ConnectionBind for the connection of another worker */

typedef struct {
    uint32_t               id;
    uint8_t                user[RTC_SHA256_LEN];    /* digest of the name */
    rtc_turn_reply_t       reply;
} rtc_turn_bind_t;


struct rtc_turn_conn_s {
    rtc_turn_conn_t       *next;        /* of its allocation, or free */
    rtc_turn_alloc_t      *alloc;

    rtc_addr_t             peer;        /* as the client knows it */
    uint32_t               id;          /* CONNECTION-ID */
    uint8_t                serial;      /* counts the uses of the place */
    rtc_turn_conn_state_e  state;
    uint64_t               expires_ms;  /* unless it is bound */

    rtc_turn_reply_t       reply;       /* to Connect */
    void                  *data;        /* the glue's socket, NULL: none */
};


#endif /* RTC_TURN_CONN_H_INCLUDED */
