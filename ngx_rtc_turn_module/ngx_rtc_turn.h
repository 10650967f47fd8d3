
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the units of the TURN module share: configuration, the worker, its
 * listeners, relays and streams.
 */


#ifndef _NGX_RTC_TURN_H_INCLUDED_
#define _NGX_RTC_TURN_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_stream.h>
#include "ngx_rtc_conn.h"
#include "ngx_rtc_ident.h"
#include "ngx_rtc_turn_certificate.h"
#include "ngx_rtc_turn_io.h"
#include "ngx_rtc_turn_zone.h"
#include "rtc_turn_server.h"


typedef struct ngx_rtc_turn_worker_s    ngx_rtc_turn_worker_t;
typedef struct ngx_rtc_turn_handover_s  ngx_rtc_turn_handover_t;
typedef struct ngx_rtc_turn_pipe_s      ngx_rtc_turn_pipe_t;
typedef struct ngx_rtc_turn_bind_s      ngx_rtc_turn_bind_t;


/* an address that relays are bound to, and what clients are told of it */

typedef struct {
    rtc_addr_t               local;
    rtc_addr_t               public;
} ngx_rtc_turn_relay_addr_t;


typedef struct {
    ngx_uint_t               enabled;       /* there is a "turn" */

    ngx_str_t                realm;
    ngx_str_t                secret_file;
    ngx_str_t                user_file;
    rtc_turn_auth_conf_t     auth;
    rtc_turn_policy_t        policy;
    ngx_uint_t               peer_allow;    /* was given */

    rtc_turn_net_t           client_deny[RTC_TURN_NETS];
    ngx_uint_t               nclient_deny;

    ngx_rtc_turn_relay_addr_t  relays[2];   /* IPv4, IPv6 */
    ngx_uint_t               relay_first;
    ngx_uint_t               relay_last;

    ngx_int_t                max_allocations;
    ngx_int_t                max_user_allocations;
    ngx_int_t                max_permissions;
    ngx_int_t                max_channels;
    size_t                   max_rate;
    time_t                   max_lifetime;
    ngx_int_t                challenge_rate;
    ngx_msec_t               client_timeout;

    ngx_flag_t               tcp_relay;
    ngx_int_t                max_peer_connections;

    ngx_rtc_turn_certificate_t  certificate;

    ngx_rtc_turn_zone_t     *zone;
    ngx_rtc_turn_worker_t   *worker;        /* of this process */
} ngx_rtc_turn_main_conf_t;


typedef struct {
    ngx_flag_t               enable;
} ngx_rtc_turn_srv_conf_t;


/*
 * A UDP listener of nginx that is ours.  nginx closes its descriptor when the
 * worker has to quit; sock has a copy.
 */

typedef struct {
    ngx_rtc_turn_sock_t      sock;          /* first */
    ngx_rtc_turn_worker_t   *worker;
    ngx_queue_t              queue;
} ngx_rtc_turn_listener_t;


/* a relayed transport address: a UDP socket, or a TCP one that listens */

typedef struct {
    ngx_rtc_turn_sock_t      sock;          /* first */
    ngx_connection_t        *connection;
    ngx_rtc_turn_worker_t   *worker;
    rtc_turn_alloc_t        *alloc;         /* NULL: it is reserved */
    ngx_event_t              timer;         /* of the first one: its end */
    ngx_rtc_ident_t          ident;
} ngx_rtc_turn_relay_t;


/* a client over TCP or TLS */

typedef struct {
    ngx_rtc_turn_worker_t   *worker;
    ngx_stream_session_t    *session;
    ngx_queue_t              queue;
    rtc_tuple_t              tuple;

    rtc_turn_alloc_t        *alloc;
    ngx_rtc_turn_pipe_t     *pipe;      /* it is a data connection */
    ngx_rtc_turn_bind_t     *bind;      /* another worker is asked */

    u_char                  *part;          /* a message that is not all here */
    size_t                   part_len;

    u_char                  *out;           /* a ring */
    size_t                   out_pos;
    size_t                   out_len;

    unsigned                 busy:1;        /* in the read handler */
    unsigned                 failed:1;
} ngx_rtc_turn_stream_t;


struct ngx_rtc_turn_worker_s {
    ngx_rtc_turn_main_conf_t  *conf;
    ngx_pool_t                *pool;
    ngx_log_t                 *log;

    rtc_turn_policy_t          policy;      /* with what this host is */
    rtc_turn_server_t         *server;
    void                      *server_mem;
    ngx_rtc_turn_io_t         *io;

    ngx_queue_t                listeners;
    ngx_queue_t                streams;
    ngx_queue_t                binds;       /* questions of workers */
    ngx_connection_t          *data_listen;
    ngx_uint_t                 node;        /* of CONNECTION-IDs, or 0 */
    u_char                    *stream_in;   /* what streams read into */

    ngx_rtc_turn_handover_t   *handover;

    uint64_t                   client_denied;
    uint64_t                   nstreams;

    /* counted already */
    rtc_turn_stat_t            counted;
    ngx_rtc_turn_io_stat_t     io_counted;
    uint64_t                   client_denied_counted;
    uint64_t                   nstreams_counted;

    ngx_event_t                tick;        /* each second */
    ngx_rtc_ident_t            ident;

    unsigned                   relay_local:1;   /* only this host is relayed */
};


extern ngx_module_t  ngx_rtc_turn_module;


/* ngx_rtc_turn_worker.c */

ngx_int_t ngx_rtc_turn_worker_init(ngx_cycle_t *cycle,
    ngx_rtc_turn_main_conf_t *tmcf);
void ngx_rtc_turn_worker_exit(ngx_rtc_turn_worker_t *w);

/* whether a client's address is served */
ngx_uint_t ngx_rtc_turn_client_denied(ngx_rtc_turn_worker_t *w,
    const rtc_addr_t *addr);


/* ngx_rtc_turn_udp.c */

/* in the master, which may have buffers that workers may not */
void ngx_rtc_turn_udp_buffers(ngx_cycle_t *cycle);

void ngx_rtc_turn_udp_init(ngx_rtc_turn_worker_t *w, ngx_cycle_t *cycle);
void ngx_rtc_turn_udp_exit(ngx_rtc_turn_worker_t *w);

/* a datagram of a client; answer: RTC_TURN_ANSWER_MAX bytes until the flush */
void ngx_rtc_turn_udp_input(ngx_rtc_turn_listener_t *ls,
    ngx_rtc_turn_packet_t *packet, u_char *answer);

/* the listener that has the address, or NULL */
ngx_rtc_turn_listener_t *ngx_rtc_turn_udp_listener(ngx_rtc_turn_worker_t *w,
    const rtc_addr_t *local);


/* ngx_rtc_turn_relay.c */

extern const rtc_turn_ops_t  ngx_rtc_turn_ops;

/* a relay of a socket that is bound already; NULL: the socket is closed */
ngx_rtc_turn_relay_t *ngx_rtc_turn_relay_create(ngx_rtc_turn_worker_t *w,
    ngx_socket_t s, const rtc_addr_t *local, int type);
void ngx_rtc_turn_relay_destroy(ngx_rtc_turn_relay_t *relay);

/*
 * The two steps to a socket for a relay, between which it gets options of its
 * own.  With relay_local it takes what comes from this host alone.  -1: it is
 * closed; that the port is in use is not logged.
 */
ngx_socket_t ngx_rtc_turn_relay_socket(ngx_rtc_turn_worker_t *w, int family,
    int type);
ngx_socket_t ngx_rtc_turn_relay_bound(ngx_rtc_turn_worker_t *w,
    ngx_socket_t s, const rtc_addr_t *local);

void ngx_rtc_turn_set_timer(ngx_event_t *ev, ngx_msec_t timer);


/* ngx_rtc_turn_stream.c */

void ngx_rtc_turn_stream_handler(ngx_stream_session_t *s);

/* a message for the client; NGX_DECLINED: it is dropped, there is no room */
ngx_int_t ngx_rtc_turn_stream_send(ngx_rtc_turn_stream_t *st, const u_char *p,
    size_t len);

/* an answer; who does not take answers is not served */
void ngx_rtc_turn_stream_answer(ngx_rtc_turn_stream_t *st, const u_char *p,
    size_t len);

/* the last one, before data; NGX_ERROR: it does not go at once */
ngx_int_t ngx_rtc_turn_stream_finish(ngx_rtc_turn_stream_t *st,
    const u_char *p, size_t len);

/* another worker has refused: it goes on as it was, with this answer */
void ngx_rtc_turn_stream_resume(ngx_rtc_turn_stream_t *st, const u_char *p,
    size_t len);

void ngx_rtc_turn_stream_close(ngx_rtc_turn_stream_t *st, ngx_uint_t status);

/* its allocation has ended */
void ngx_rtc_turn_stream_ended(ngx_rtc_turn_stream_t *st);
void ngx_rtc_turn_stream_exit(ngx_rtc_turn_worker_t *w);


#endif /* _NGX_RTC_TURN_H_INCLUDED_ */
