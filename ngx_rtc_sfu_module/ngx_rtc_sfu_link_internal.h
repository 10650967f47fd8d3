
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the files of links share.
 *
 *   ngx_rtc_sfu_link.c         the links: who holds them, their life and death
 *   ngx_rtc_sfu_link_conn.c    a connection: handshake, frames, silence
 *   ngx_rtc_sfu_link_queue.c   what waits to be sent
 *   ngx_rtc_sfu_link_socket.c  the worker's own socket, and those to others
 *   core/rtc_link.c            what is said
 */


#ifndef NGX_RTC_SFU_LINK_INTERNAL_H_INCLUDED
#define NGX_RTC_SFU_LINK_INTERNAL_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "rtc_link.h"
#include "ngx_rtc_ident.h"
#include "ngx_rtc_sfu_link.h"


#define NGX_RTC_SFU_LINK_HANDSHAKE    2000      /* ms */
#define NGX_RTC_SFU_LINK_TICK         1000      /* with a ping, if need be */
#define NGX_RTC_SFU_LINK_SILENCE      5000
#define NGX_RTC_SFU_LINK_IDLE         10000     /* held by nobody */
#define NGX_RTC_SFU_LINK_BACKOFF      10        /* the first one */
#define NGX_RTC_SFU_LINK_MAX_BACKOFF  1000
#define NGX_RTC_SFU_LINK_NO_FILES     1000

#define NGX_RTC_SFU_LINK_PENDING      16        /* not authenticated */
#define NGX_RTC_SFU_LINK_BACKLOG      511
#define NGX_RTC_SFU_LINK_ROUNDS       8         /* reads, accepts of an event */
#define NGX_RTC_SFU_LINK_IN           65536     /* shared by all connections */
#define NGX_RTC_SFU_LINK_CHUNK        16384     /* of a queue */


typedef struct {
    ngx_queue_t                         queue;
    ngx_rtc_sfu_links_t                *links;
    ngx_rtc_sfu_link_t                 *link;   /* NULL: not authenticated */
    ngx_connection_t                   *connection;

    rtc_link_handshake_t                handshake;
    u_char                              step[RTC_LINK_MAX_STEP];
    size_t                              step_len;

    u_char                             *part;   /* of a frame, or NULL */
    size_t                              part_len;
    size_t                              part_size;

    ngx_msec_t                          last_in;
    ngx_msec_t                          last_use;   /* held, or a message */

    unsigned                            accepted:1; /* the other one's */
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

    unsigned                            local:1;    /* was up, on this host */
    unsigned                            dead:1;
    unsigned                            remote:1;   /* so has been logged */
};


struct ngx_rtc_sfu_links_s {
    ngx_rtc_sfu_registry_t             *registry;
    ngx_log_t                          *log;
    const ngx_str_t                    *wid;
    rtc_link_secret_t                   secret;
    size_t                              host_len;
    u_char                              host[NGX_RTC_SFU_LINK_HOST_LEN];

    const ngx_rtc_sfu_link_handlers_t  *handlers;
    void                               *data;

    ngx_connection_t                   *listener;
    ngx_queue_t                         conns;
    ngx_uint_t                          pending;    /* not authenticated */

    ngx_rbtree_t                        ids;
    ngx_rbtree_node_t                   sentinel;
    ngx_queue_t                         queue;      /* the same links */
    uint64_t                            attempts;

    ngx_rtc_sfu_link_stat_t             stat;
    time_t                              logged;     /* the last violation */

    unsigned                            paused:1;   /* too many pending */
    unsigned                            closing:1;  /* nothing new */

    u_char                              in[NGX_RTC_SFU_LINK_IN];
};


/* ngx_rtc_sfu_link.c */

/* after the connection has proved itself; NGX_DECLINED: another one is it */

ngx_int_t ngx_rtc_sfu_link_take(ngx_rtc_sfu_link_conn_t *conn);

void ngx_rtc_sfu_link_up(ngx_rtc_sfu_link_t *link);

/* its connection has gone; idle: because nobody needs it */

void ngx_rtc_sfu_link_lost(ngx_rtc_sfu_link_t *link, ngx_uint_t idle);


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
void ngx_rtc_sfu_link_unlisten(ngx_rtc_sfu_links_t *links);

/* one that was not authenticated is now, or has gone */

void ngx_rtc_sfu_link_settled(ngx_rtc_sfu_links_t *links);

/*
 * NGX_OK; NGX_DECLINED: nobody of this name is here; NGX_AGAIN: not now;
 * NGX_ERROR: logged
 */

ngx_int_t ngx_rtc_sfu_link_socket(ngx_rtc_sfu_links_t *links,
    const u_char *wid, ngx_socket_t *s);


static ngx_inline ngx_uint_t
ngx_rtc_sfu_link_state_is_up(const ngx_rtc_sfu_link_t *link)
{
    return link->choice.current == RTC_LINK_OURS
           || link->choice.current == RTC_LINK_THEIRS;
}


#endif /* NGX_RTC_SFU_LINK_INTERNAL_H_INCLUDED */
