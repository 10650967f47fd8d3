
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * An allocation: its client, its relayed addresses, permissions and channels.
 * Plain data of one size, which another worker can take over.
 */


#ifndef RTC_TURN_ALLOC_H_INCLUDED
#define RTC_TURN_ALLOC_H_INCLUDED


#include "rtc_crypto.h"
#include "rtc_turn.h"


#define RTC_TURN_PERMISSIONS  48
#define RTC_TURN_CHANNELS     48

#define RTC_TURN_NO_CHANNEL   -1


typedef struct rtc_turn_alloc_s  rtc_turn_alloc_t;
typedef struct rtc_turn_conn_s   rtc_turn_conn_t;


/* expires_ms of 0: never used */

typedef struct {
    uint8_t                addr[16];
    uint64_t               expires_ms;
    uint8_t                family;
} rtc_turn_permission_t;


typedef struct {
    rtc_addr_t             peer;
    uint16_t               number;
    uint8_t                permission;  /* its index */
    uint64_t               expires_ms;  /* then the quarantine begins */
} rtc_turn_channel_t;


typedef struct {
    rtc_addr_t             addr;        /* as clients and peers see it */
    void                  *data;        /* the glue's socket, NULL: none */
} rtc_turn_relay_t;


struct rtc_turn_alloc_s {
    rtc_turn_alloc_t      *next;        /* of its bucket */

    rtc_tuple_t            tuple;
    uint64_t               expires_ms;
    rtc_turn_relay_t       relays[2];   /* the second one: RFC 8656, 7.2, 9 */
    void                  *via;         /* the glue's listener or stream */

    /* RFC 8656, 7.2: a retransmission gets the same answer */
    uint8_t                tid[12];
    uint32_t               lifetime;    /* s, as granted */
    uint8_t                token[8];
    uint8_t                address_error;

    uint8_t                user[RTC_SHA256_LEN];    /* digest of the name */
    uint64_t               user_key;                /* of its id, for quotas */
    uint32_t               ticket;                  /* of the quota */

    unsigned               live:1;
    unsigned               has_token:1;
    unsigned               stream:1;    /* the client's side is TCP or TLS */
    unsigned               tcp:1;       /* RFC 6062 */

    /* bytes that may pass, as of tokens_ms */
    uint64_t               tokens;
    uint64_t               tokens_ms;

    uint64_t               indications; /* counts, for transaction ids */
    uint64_t               bytes_in;    /* from the client */
    uint64_t               bytes_out;

    rtc_turn_conn_t       *conns;       /* of a TCP allocation */
    uint16_t               nconns;

    uint16_t               nperms;      /* used once */
    uint16_t               nchans;
    uint16_t               last_chan;   /* the one that was used last */

    rtc_turn_permission_t  perms[RTC_TURN_PERMISSIONS];
    rtc_turn_channel_t     chans[RTC_TURN_CHANNELS];
};


/* protocols do not count */
int rtc_turn_addr_eq(const rtc_addr_t *a, const rtc_addr_t *b);

/* the relay of an address family, or NULL */
rtc_turn_relay_t *rtc_turn_alloc_relay(rtc_turn_alloc_t *a, int family);

/* the index of a living permission, or -1 */
int rtc_turn_permission_find(rtc_turn_alloc_t *a, const rtc_addr_t *peer,
    uint64_t now_ms);

/*
 * Installs or renews; answers the index, or -1: there are max already.
 */
int rtc_turn_permission_set(rtc_turn_alloc_t *a, const rtc_addr_t *peer,
    size_t max, uint64_t now_ms);

/* how many more can be installed */
size_t rtc_turn_permission_room(rtc_turn_alloc_t *a, size_t max,
    uint64_t now_ms);

/*
 * RFC 8656, 12.2: whether the two may be bound.  0, or 400: one of both is
 * bound to another, or was five minutes ago; 508: there are max already.
 */
int rtc_turn_channel_check(rtc_turn_alloc_t *a, uint16_t number,
    const rtc_addr_t *peer, size_t max, uint64_t now_ms);

/* binds or renews what was checked */
void rtc_turn_channel_bind(rtc_turn_alloc_t *a, uint16_t number,
    const rtc_addr_t *peer, uint8_t permission, uint64_t now_ms);

/* whether there is still the permission of its peer */
int rtc_turn_channel_permitted(rtc_turn_alloc_t *a, rtc_turn_channel_t *chan,
    uint64_t now_ms);

/* living ones, or NULL */
rtc_turn_channel_t *rtc_turn_channel_by_number(rtc_turn_alloc_t *a,
    uint16_t number, uint64_t now_ms);
rtc_turn_channel_t *rtc_turn_channel_by_peer(rtc_turn_alloc_t *a,
    const rtc_addr_t *peer, uint64_t now_ms);

/* bytes that may pass now at so many bytes per second; 0: all may */
size_t rtc_turn_alloc_room(rtc_turn_alloc_t *a, uint64_t rate,
    uint64_t now_ms);

/* the same for a packet that passes as a whole or not at all */
int rtc_turn_alloc_pass(rtc_turn_alloc_t *a, uint64_t rate, size_t len,
    uint64_t now_ms);


#endif /* RTC_TURN_ALLOC_H_INCLUDED */
