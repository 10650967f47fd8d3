
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the listeners (ngx_rtc_sfu_tcp.c) and their connections
 * (ngx_rtc_sfu_tcp_conn.c) share.
 */


#ifndef NGX_RTC_SFU_TCP_INTERNAL_H_INCLUDED
#define NGX_RTC_SFU_TCP_INTERNAL_H_INCLUDED


#include "ngx_rtc_conn.h"
#include "ngx_rtc_udp.h"
#include "ngx_rtc_sfu_tcp.h"


#define NGX_RTC_SFU_TCP_HEADER    2
#define NGX_RTC_SFU_TCP_FRAME     (NGX_RTC_SFU_TCP_HEADER + NGX_RTC_UDP_MAX)

#define NGX_RTC_SFU_TCP_IN        16384     /* shared by all connections */
#define NGX_RTC_SFU_TCP_OUT       131072    /* queue of one */
#define NGX_RTC_SFU_TCP_ROUNDS    4         /* reads, accepts of one event */
#define NGX_RTC_SFU_TCP_STRANGE   16        /* frames for nobody */
#define NGX_RTC_SFU_TCP_BUCKETS   256
#define NGX_RTC_SFU_TCP_BACKLOG   128
#define NGX_RTC_SFU_TCP_LISTENERS 3         /* IPv4, IPv6, loopback */

#define NGX_RTC_SFU_TCP_UNCLAIMED 10000
#define NGX_RTC_SFU_TCP_IDLE      60000
#define NGX_RTC_SFU_TCP_STALLED   15000
#define NGX_RTC_SFU_TCP_NO_FILES  1000


typedef struct {
    ngx_queue_t                        queue;
    ngx_queue_t                        bucket;

    ngx_rtc_sfu_tcp_t                 *tcp;
    ngx_connection_t                  *connection;
    rtc_tuple_t                        tuple;

    u_char                            *part;    /* of a frame, or NULL */
    size_t                             part_len;

    u_char                            *out;     /* a ring, or NULL */
    size_t                             out_pos;
    size_t                             out_len;

    ngx_uint_t                         strange;

    unsigned                           proxied:1;   /* a PROXY header may come
                                                       first */
    unsigned                           claimed:1;
    unsigned                           busy:1;  /* frame() is running */
    unsigned                           failed:1;
} ngx_rtc_sfu_tcp_conn_t;


struct ngx_rtc_sfu_tcp_s {
    ngx_log_t                         *log;
    ngx_uint_t                         max_connections;

    const ngx_rtc_sfu_tcp_handlers_t  *handlers;
    void                              *data;

    ngx_connection_t                  *listeners[NGX_RTC_SFU_TCP_LISTENERS];
    ngx_uint_t                         nlisteners;

    ngx_queue_t                        connections;
    ngx_queue_t                        buckets[NGX_RTC_SFU_TCP_BUCKETS];

    ngx_rtc_sfu_tcp_stat_t             stat;

    u_char                             in[NGX_RTC_SFU_TCP_FRAME
                                          + NGX_RTC_SFU_TCP_IN
                                          + NGX_RTC_UDP_SLACK];
};


/* a socket that was accepted; it is closed if that fails */

ngx_int_t ngx_rtc_sfu_tcp_add(ngx_rtc_sfu_tcp_t *tcp, ngx_socket_t s,
    const struct sockaddr *sa);

void ngx_rtc_sfu_tcp_free(ngx_rtc_sfu_tcp_conn_t *conn);


#endif /* NGX_RTC_SFU_TCP_INTERNAL_H_INCLUDED */
