
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Datagrams of a worker in batches.  What is received lies in buffers that are
 * valid until the next batch; what is to be sent points into them and leaves
 * when the batch is worked off, a burst for one receiver as one UDP_SEGMENT.
 */


#ifndef _NGX_RTC_TURN_IO_H_INCLUDED_
#define _NGX_RTC_TURN_IO_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "rtc_turn.h"
#include "rtc_turn_frame.h"


#define NGX_RTC_TURN_BATCH   64
#define NGX_RTC_TURN_ROUNDS  4          /* batches of one event */

/* a datagram with room before and behind it */

#define NGX_RTC_TURN_MAX     RTC_TURN_FRAME_MAX
#define NGX_RTC_TURN_ROOM    (RTC_TURN_HEADROOM + NGX_RTC_TURN_MAX + 16)


typedef struct ngx_rtc_turn_io_s    ngx_rtc_turn_io_t;
typedef struct ngx_rtc_turn_sock_s  ngx_rtc_turn_sock_t;


/* a socket that is read and written through a batch */

struct ngx_rtc_turn_sock_s {
    ngx_socket_t           fd;              /* -1: closed */
    rtc_addr_t             local;
    unsigned               wildcard:1;      /* answer from where it was asked */
    unsigned               df:1;            /* what the socket does now */

    /* the batch's: what waits to be sent by it */
    ngx_rtc_turn_sock_t   *next;
    uint16_t               first;
    uint16_t               last;
    unsigned               queued:1;
};


typedef struct {
    rtc_tuple_t            tuple;
    u_char                *data;            /* behind RTC_TURN_HEADROOM */
    size_t                 len;
    u_char                 tos;             /* DSCP and ECN */
} ngx_rtc_turn_packet_t;


typedef struct {
    uint64_t               truncated;       /* longer than NGX_RTC_TURN_MAX */
    uint64_t               dropped;         /* no room in the socket */
    uint64_t               failed;          /* refused by the system */
} ngx_rtc_turn_io_stat_t;


ngx_rtc_turn_io_t *ngx_rtc_turn_io_create(ngx_pool_t *pool, ngx_log_t *log);
const ngx_rtc_turn_io_stat_t *ngx_rtc_turn_io_stat(ngx_rtc_turn_io_t *io);

/* what each such socket has set; errors do not matter */
void ngx_rtc_turn_io_prepare(ngx_socket_t s, int family);


/*
 * The number of datagrams, 0: none, or NGX_ERROR, and ngx_socket_errno tells.
 * Bytes in front of each are free, RTC_TURN_HEADROOM of them.
 */
ngx_int_t ngx_rtc_turn_io_recv(ngx_rtc_turn_io_t *io,
    ngx_rtc_turn_sock_t *sock);

/* NGX_DECLINED: it is not to be looked at */
ngx_int_t ngx_rtc_turn_io_packet(ngx_rtc_turn_io_t *io,
    ngx_rtc_turn_sock_t *sock, ngx_uint_t i, ngx_rtc_turn_packet_t *packet);

/* RTC_TURN_ANSWER_MAX bytes that stay until the flush */
u_char *ngx_rtc_turn_io_answer(ngx_rtc_turn_io_t *io, ngx_uint_t i);

/* data stays where it is until the flush */
void ngx_rtc_turn_io_send(ngx_rtc_turn_io_t *io, ngx_rtc_turn_sock_t *sock,
    const rtc_tuple_t *tuple, u_char *data, size_t len, u_char tos,
    ngx_uint_t dont_fragment);

void ngx_rtc_turn_io_flush(ngx_rtc_turn_io_t *io);


#endif /* _NGX_RTC_TURN_IO_H_INCLUDED_ */
