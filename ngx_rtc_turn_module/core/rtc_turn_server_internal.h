
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the handlers of requests share.
 */


#ifndef RTC_TURN_SERVER_INTERNAL_H_INCLUDED
#define RTC_TURN_SERVER_INTERNAL_H_INCLUDED


#include "rtc_turn_server.h"


#define RTC_TURN_RESERVATIONS  64


typedef struct {
    uint8_t                token[8];
    rtc_turn_relay_t       relay;       /* data of NULL: free */
    uint64_t               expires_ms;
    uint64_t               user_key;
} rtc_turn_reservation_t;


struct rtc_turn_server_s {
    rtc_turn_conf_t        conf;
    rtc_turn_stat_t        stat;

    uint64_t               seed;        /* of the hash */
    unsigned               nat:1;       /* addresses are translated */

    size_t                 nallocs;
    size_t                 used;        /* of the slots, ever */
    size_t                 mask;
    rtc_turn_alloc_t      *free;
    rtc_turn_alloc_t     **buckets;
    rtc_turn_alloc_t      *slots;

    size_t                 conns_used;  /* of those slots, ever */
    rtc_turn_conn_t       *conns_free;
    rtc_turn_conn_t       *conns;

    rtc_turn_reservation_t reservations[RTC_TURN_RESERVATIONS];
};


/* all that a handler may touch */

typedef struct {
    rtc_turn_server_t     *server;
    rtc_turn_io_t         *io;
    const rtc_stun_msg_t  *m;
    rtc_turn_alloc_t      *alloc;       /* of the 5-tuple, or NULL */
    rtc_turn_auth_t        auth;
    rtc_turn_msg_t         out;         /* a success, begun */
    rtc_turn_result_e      result;      /* of a success, or of no answer */
} rtc_turn_request_t;


/* each answers 0, -1: no answer now, or the code of an error */

int rtc_turn_allocate(rtc_turn_request_t *r);
int rtc_turn_refresh(rtc_turn_request_t *r);
int rtc_turn_create_permission(rtc_turn_request_t *r);
int rtc_turn_channel_bind_request(rtc_turn_request_t *r);
int rtc_turn_connect(rtc_turn_request_t *r);
int rtc_turn_connection_bind(rtc_turn_request_t *r);

/* RFC 8656, 5: 0, 437 without an allocation, 441 for another user */
int rtc_turn_owner(rtc_turn_request_t *r);

/* ends the connections of a family, 0: all */
void rtc_turn_conn_end(rtc_turn_server_t *s, rtc_turn_alloc_t *a, int family);

rtc_turn_alloc_t *rtc_turn_server_add(rtc_turn_server_t *s,
    const rtc_tuple_t *tuple);

/* what LIFETIME grants; RTC_ERROR: it is malformed */
int rtc_turn_lifetime(rtc_turn_request_t *r, uint32_t *lifetime);

/* AF_INET, AF_INET6, or 0 for what REQUESTED-ADDRESS-FAMILY must not say */
int rtc_turn_family(rtc_str_t value);


#endif /* RTC_TURN_SERVER_INTERNAL_H_INCLUDED */
