
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * UDP sockets of a worker: datagrams come by recvmmsg(), and go by
 * sendmmsg() at the end of the loop turn.  Datagrams of one size that follow
 * one another to one tuple go as one (UDP_SEGMENT), the last may be shorter.
 */


#ifndef _NGX_RTC_UDP_H_INCLUDED_
#define _NGX_RTC_UDP_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "rtc_core.h"
#include "rtc_histogram.h"


/* the longest datagram; so many bytes behind it may be read and written */

#define NGX_RTC_UDP_MAX    2000
#define NGX_RTC_UDP_SLACK  48


typedef struct ngx_rtc_udp_s     ngx_rtc_udp_t;
typedef struct ngx_rtc_udp_io_s  ngx_rtc_udp_io_t;


/*
 * A datagram; p may be overwritten.  now_us is of CLOCK_MONOTONIC, one for
 * all datagrams of a batch.
 */

typedef void (*ngx_rtc_udp_handler_pt)(void *data, const rtc_tuple_t *tuple,
    u_char *p, size_t len, uint64_t now_us);


typedef struct {
    uint64_t        packets_in;
    uint64_t        bytes_in;
    uint64_t        truncated;          /* longer than NGX_RTC_UDP_MAX */
    uint64_t        packets_out;
    uint64_t        bytes_out;
    uint64_t        dropped;            /* no room in the socket */
    uint64_t        failed;             /* refused by the system */
    uint64_t        segmented;          /* packets_out that were of runs */
    rtc_histogram_t latency;            /* of ngx_rtc_udp_measure() */
} ngx_rtc_udp_stat_t;


/* the buffers of all sockets of a worker; one per module */
ngx_rtc_udp_io_t *ngx_rtc_udp_create(ngx_pool_t *pool, ngx_log_t *log);

const ngx_rtc_udp_stat_t *ngx_rtc_udp_stat(ngx_rtc_udp_io_t *io);


/*
 * Binds local: to a wildcard address, datagrams are answered from where they
 * were sent to.  NULL: ngx_socket_errno tells; EADDRINUSE and EADDRNOTAVAIL
 * are not logged.  Sizes of 0 leave the system's.
 */
ngx_rtc_udp_t *ngx_rtc_udp_open(ngx_rtc_udp_io_t *io, ngx_pool_t *pool,
    const rtc_addr_t *local, size_t rcvbuf, size_t sndbuf,
    ngx_rtc_udp_handler_pt handler, void *data);

/* warns of sizes that the kernel does not let sockets have */
void ngx_rtc_udp_check_buffers(size_t rcvbuf, size_t sndbuf, ngx_log_t *log);

/* sends what is committed; idempotent */
void ngx_rtc_udp_close(ngx_rtc_udp_t *udp);

/* not after the worker's shutdown timeout has closed it */
ngx_uint_t ngx_rtc_udp_is_open(ngx_rtc_udp_t *udp);


/*
 * Room for a datagram of size bytes and NGX_RTC_UDP_SLACK more, or NULL if
 * it is longer than NGX_RTC_UDP_MAX.  Valid until the next call of reserve;
 * without a commit it is void.
 */
u_char *ngx_rtc_udp_reserve(ngx_rtc_udp_io_t *io, size_t size);

/*
 * From tuple->local (its port is the socket's) to tuple->remote.  While the
 * socket has no room, what is expendable is dropped, and the rest waits, up to
 * half of a batch.
 */
void ngx_rtc_udp_commit(ngx_rtc_udp_t *udp, const rtc_tuple_t *tuple,
    size_t len, ngx_uint_t expendable);

/* how long what is committed took since then is counted when it has gone */
void ngx_rtc_udp_measure(ngx_rtc_udp_io_t *io, uint64_t since_us);

void ngx_rtc_udp_flush(ngx_rtc_udp_io_t *io);

/* CLOCK_MONOTONIC */
uint64_t ngx_rtc_udp_now_us(void);


#endif /* _NGX_RTC_UDP_H_INCLUDED_ */
