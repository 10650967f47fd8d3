
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the files of links share.
 *
 *   ngx_rtc_sfu_link.c         the links: who holds them, their life and death
 *   ngx_rtc_sfu_link_life.c    where the other one is, if it is
 *   ngx_rtc_sfu_link_conn.c    a connection: handshake, frames, silence
 *   ngx_rtc_sfu_link_queue.c   what waits to be sent
 *   ngx_rtc_sfu_link_socket.c  the worker's own socket, and those to others
 *   ngx_rtc_sfu_link_tcp.c     the same between hosts
 *   ngx_rtc_sfu_link_tls.c     the encryption of these
 *   core/rtc_link.c            what is said
 */


#ifndef NGX_RTC_SFU_LINK_INTERNAL_H_INCLUDED
#define NGX_RTC_SFU_LINK_INTERNAL_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "rtc_link.h"
#include "ngx_rtc_host.h"
#include "ngx_rtc_ident.h"
#include "ngx_rtc_sfu_link.h"


#define NGX_RTC_SFU_LINK_HANDSHAKE    2000      /* ms */
#define NGX_RTC_SFU_LINK_TCP_HANDSHAKE  5000    /* from the first packet on */
#define NGX_RTC_SFU_LINK_TICK         1000      /* with a ping, if need be */
#define NGX_RTC_SFU_LINK_SILENCE      5000
#define NGX_RTC_SFU_LINK_TCP_SILENCE  3000
#define NGX_RTC_SFU_LINK_IDLE         10000     /* held by nobody */
#define NGX_RTC_SFU_LINK_BACKOFF      10        /* the first one */
#define NGX_RTC_SFU_LINK_MAX_BACKOFF  1000
#define NGX_RTC_SFU_LINK_NO_FILES     1000

/* a port that refuses so often and so long is a dead worker's */

#define NGX_RTC_SFU_LINK_REFUSALS     3
#define NGX_RTC_SFU_LINK_REFUSING     1500      /* ms */

#define NGX_RTC_SFU_LINK_PENDING      16        /* not authenticated */
#define NGX_RTC_SFU_LINK_TCP_PENDING  64
#define NGX_RTC_SFU_LINK_TCP_SAME     8         /* of these, of one address or
                                                   one /64 of IPv6 */
#define NGX_RTC_SFU_LINK_TCP_RETRY    2000      /* without a free port */
#define NGX_RTC_SFU_LINK_BACKLOG      511
#define NGX_RTC_SFU_LINK_ROUNDS       8         /* reads, accepts of an event */
#define NGX_RTC_SFU_LINK_IN           65536     /* shared by all connections */
#define NGX_RTC_SFU_LINK_CHUNK        16384     /* of a queue */


/* where others connect to */

typedef struct {
    ngx_rtc_sfu_links_t                *links;
    ngx_connection_t                   *connection; /* NULL: none */
    ngx_uint_t                          pending;    /* not authenticated */
    unsigned                            paused:1;   /* too many pending */
} ngx_rtc_sfu_link_listener_t;


typedef struct {
    ngx_queue_t                         queue;
    ngx_rtc_sfu_links_t                *links;
    ngx_rtc_sfu_link_t                 *link;   /* NULL: not authenticated */
    ngx_connection_t                   *connection;
    ngx_rtc_sfu_link_listener_t        *listener;   /* whose pending one it is,
                                                       or NULL */
    rtc_addr_t                          from;   /* over TCP */

    rtc_link_handshake_t                handshake;
    u_char                              step[RTC_LINK_MAX_STEP];
    size_t                              step_len;

    u_char                             *part;   /* of a frame, or NULL */
    size_t                              part_len;
    size_t                              part_size;

    ngx_msec_t                          last_in;
    ngx_msec_t                          last_use;   /* held, or a message */

    unsigned                            accepted:1; /* the other one's */
    unsigned                            tcp:1;
    unsigned                            refused:1;  /* nobody of this id */
    unsigned                            sent:1;     /* since the last tick */
    unsigned                            told:1;     /* that we hold it */
    unsigned                            held:1;     /* so says the other one */
} ngx_rtc_sfu_link_conn_t;


struct ngx_rtc_sfu_link_s {
    ngx_str_node_t                      node;       /* key: wid */
    ngx_queue_t                         queue;
    ngx_rtc_sfu_links_t                *links;
    u_char                              wid[RTC_LINK_WID_LEN];

    rtc_link_choice_t                   choice;     /* and state */
    ngx_rtc_sfu_link_conn_t            *conn;       /* NULL: RTC_LINK_NONE */

    ngx_uint_t                          holds;
    void                               *data;

    ngx_queue_t                         chunks;
    size_t                              queued;

    ngx_rtc_ident_t                     ident;
    ngx_event_t                         work;       /* posted */
    ngx_event_t                         retry;
    ngx_uint_t                          failures;   /* since it was up */
    ngx_rtc_redis_call_t               *asking;     /* where it lives */

    rtc_addr_t                          address;    /* on another host, or
                                                       family 0 */
    ngx_uint_t                          refusals;   /* in a row, over TCP */
    ngx_msec_t                          refusing;   /* since */

    unsigned                            local:1;    /* was up, on this host */
    unsigned                            met:1;      /* was up, on another */
    unsigned                            dead:1;
    unsigned                            asked:1;    /* whether it lives */
    unsigned                            remote:1;   /* so has been logged */
};


struct ngx_rtc_sfu_links_s {
    ngx_rtc_sfu_registry_t             *registry;
    ngx_log_t                          *log;
    const ngx_str_t                    *wid;
    rtc_link_secret_t                   secret;
    size_t                              host_len;
    u_char                              host[NGX_RTC_HOST_LEN];

    const ngx_rtc_sfu_link_handlers_t  *handlers;
    void                               *data;

    ngx_rtc_sfu_link_listener_t         near;       /* this host */
    ngx_queue_t                         conns;

    const ngx_rtc_sfu_link_conf_t      *conf;
    ngx_rtc_sfu_link_listener_t         tcp;        /* others */
    ngx_uint_t                          port;       /* of tcp */
    ngx_rtc_ident_t                     ident;
    ngx_event_t                         retry;      /* for a port */
    ngx_ssl_t                           ssl;
    ngx_log_t                           quiet;      /* of TLS */

    ngx_rbtree_t                        ids;
    ngx_rbtree_node_t                   sentinel;
    ngx_queue_t                         queue;      /* the same links */
    uint64_t                            attempts;

    ngx_rtc_sfu_link_stat_t             stat;
    time_t                              logged;     /* the last violation */

    unsigned                            closing:1;  /* nothing new */
    unsigned                            no_port:1;  /* so has been logged */

    u_char                              in[NGX_RTC_SFU_LINK_IN];
};


/* ngx_rtc_sfu_link.c */

/* after the connection has proved itself; NGX_DECLINED: another one is it */

ngx_int_t ngx_rtc_sfu_link_take(ngx_rtc_sfu_link_conn_t *conn);

void ngx_rtc_sfu_link_up(ngx_rtc_sfu_link_t *link);

/* its connection has gone; idle: because nobody needs it */

void ngx_rtc_sfu_link_lost(ngx_rtc_sfu_link_t *link, ngx_uint_t idle);

/* a connection that is being made becomes its own */

void ngx_rtc_sfu_link_tried(ngx_rtc_sfu_link_t *link,
    ngx_rtc_sfu_link_conn_t *conn);


/* its work, soon; an attempt, later */

void ngx_rtc_sfu_link_post(ngx_rtc_sfu_link_t *link);
void ngx_rtc_sfu_link_retry(ngx_rtc_sfu_link_t *link);


/* ngx_rtc_sfu_link_life.c */

/*
 * Nobody of this name is in this network namespace.  One that was here is
 * dead; of others Redis knows where they are, if they are.
 */

void ngx_rtc_sfu_link_refused(ngx_rtc_sfu_link_t *link);

/* asks where it is: link->asking, or NULL if Redis is away */

void ngx_rtc_sfu_link_ask(ngx_rtc_sfu_link_t *link);

/* how an attempt over TCP ended that did not come up, and if that is death */

void ngx_rtc_sfu_link_count_refusal(ngx_rtc_sfu_link_t *link,
    ngx_uint_t refused);
ngx_uint_t ngx_rtc_sfu_link_refuses(ngx_rtc_sfu_link_t *link);

void ngx_rtc_sfu_link_die(ngx_rtc_sfu_link_t *link);


/* ngx_rtc_sfu_link_conn.c */

/* takes the socket over, also if it fails: NULL */

ngx_rtc_sfu_link_conn_t *ngx_rtc_sfu_link_conn_create(
    ngx_rtc_sfu_links_t *links, ngx_socket_t s);

/* the first word of either end; NGX_ERROR: to be closed by the caller */

ngx_int_t ngx_rtc_sfu_link_conn_hello(ngx_rtc_sfu_link_conn_t *conn,
    ngx_rtc_sfu_link_t *link);
ngx_int_t ngx_rtc_sfu_link_conn_expect(ngx_rtc_sfu_link_conn_t *conn);

/* the word that makes a connection the link's, and what follows from it */

ngx_int_t ngx_rtc_sfu_link_conn_accept(ngx_rtc_sfu_link_conn_t *conn,
    ngx_uint_t held);
void ngx_rtc_sfu_link_conn_up(ngx_rtc_sfu_link_conn_t *conn);

/* the link does not hear of it */

void ngx_rtc_sfu_link_conn_close(ngx_rtc_sfu_link_conn_t *conn);

/* the same, and its link hears of it */

void ngx_rtc_sfu_link_conn_fail(ngx_rtc_sfu_link_conn_t *conn);
void ngx_rtc_sfu_link_conn_violation(ngx_rtc_sfu_link_conn_t *conn,
    const char *reason);

/* TLS is done: the handshake of links begins */

void ngx_rtc_sfu_link_conn_secured(ngx_rtc_sfu_link_conn_t *conn);

/* sends what waits; the connection may be gone afterwards */

void ngx_rtc_sfu_link_conn_flush(ngx_rtc_sfu_link_conn_t *conn);


/* ngx_rtc_sfu_link_queue.c */

/* no bound but that of memory: NGX_OK or NGX_ERROR */

ngx_int_t ngx_rtc_sfu_link_queue_add(ngx_rtc_sfu_link_t *link, uint8_t type,
    const ngx_str_t *parts, ngx_uint_t n, size_t len);

/* NGX_OK: all was sent, NGX_AGAIN: the socket is full, NGX_ERROR */

ngx_int_t ngx_rtc_sfu_link_queue_send(ngx_rtc_sfu_link_t *link);

void ngx_rtc_sfu_link_queue_drop(ngx_rtc_sfu_link_t *link);


/* ngx_rtc_sfu_link_socket.c */

ngx_int_t ngx_rtc_sfu_link_listen(ngx_rtc_sfu_links_t *links);

/* a listener of the socket, which is closed if it fails: NGX_ERROR */

ngx_int_t ngx_rtc_sfu_link_listener(ngx_rtc_sfu_link_listener_t *listener,
    ngx_rtc_sfu_links_t *links, ngx_socket_t s, ngx_event_handler_pt handler);
void ngx_rtc_sfu_link_unlisten(ngx_rtc_sfu_link_listener_t *listener);

/* of the handler: 0 if the event was none of a connection */

ngx_uint_t ngx_rtc_sfu_link_may_accept(ngx_event_t *rev);

/* NGX_OK: *s or -1, and there may be more; NGX_AGAIN: not now */

ngx_int_t ngx_rtc_sfu_link_accept(ngx_rtc_sfu_link_listener_t *listener,
    ngx_socket_t *s, ngx_sockaddr_t *sa);

/* a connection has become a pending one; is none any more */

void ngx_rtc_sfu_link_pending(ngx_rtc_sfu_link_listener_t *listener,
    ngx_rtc_sfu_link_conn_t *conn);
void ngx_rtc_sfu_link_settled(ngx_rtc_sfu_link_conn_t *conn);

/*
 * NGX_OK; NGX_DECLINED: nobody of this name is here; NGX_AGAIN: not now;
 * NGX_ERROR: logged
 */

ngx_int_t ngx_rtc_sfu_link_socket(ngx_rtc_sfu_links_t *links,
    const u_char *wid, ngx_socket_t *s);


/* ngx_rtc_sfu_link_tcp.c: at the addresses of conf and of links */

void ngx_rtc_sfu_link_tcp_listen(ngx_rtc_sfu_links_t *links);
void ngx_rtc_sfu_link_tcp_close(ngx_rtc_sfu_links_t *links);

/* NGX_OK: conn_secured() or conn_fail() follow; NGX_ERROR: not now */

ngx_int_t ngx_rtc_sfu_link_tcp_connect(ngx_rtc_sfu_link_t *link);


/* ngx_rtc_sfu_link_tls.c */

ngx_int_t ngx_rtc_sfu_link_tls_init(ngx_rtc_sfu_links_t *links);
void ngx_rtc_sfu_link_tls_cleanup(ngx_rtc_sfu_links_t *links);

/* conn_secured() or conn_fail() follow; the connection may be gone then */

void ngx_rtc_sfu_link_tls_start(ngx_rtc_sfu_link_conn_t *conn);

/* before its connection is closed */

void ngx_rtc_sfu_link_tls_end(ngx_rtc_sfu_link_conn_t *conn);


static ngx_inline ngx_uint_t
ngx_rtc_sfu_link_state_is_up(const ngx_rtc_sfu_link_t *link)
{
    return link->choice.current == RTC_LINK_OURS
           || link->choice.current == RTC_LINK_THEIRS;
}


#endif /* NGX_RTC_SFU_LINK_INTERNAL_H_INCLUDED */
