
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * ICE-TCP, passive side (RFC 6544): listeners of the worker's port and the
 * connections that browsers make, framed by RFC 4571.
 */


#ifndef _NGX_RTC_SFU_TCP_H_INCLUDED_
#define _NGX_RTC_SFU_TCP_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "rtc_core.h"


typedef struct ngx_rtc_sfu_tcp_s  ngx_rtc_sfu_tcp_t;


typedef struct {

    /*
     * A frame; p may be overwritten, NGX_RTC_UDP_SLACK bytes behind it may be
     * read.  NGX_DECLINED: it was for nobody; a connection that has not been
     * claimed does not survive many of those.
     */
    ngx_int_t  (*frame)(void *data, const rtc_tuple_t *tuple, u_char *p,
                   size_t len, uint64_t now_us);

    /* the tuple of a claimed connection has no connection any more */
    void       (*closed)(void *data, const rtc_tuple_t *tuple);

} ngx_rtc_sfu_tcp_handlers_t;


typedef struct {
    uint64_t        packets_in;
    uint64_t        bytes_in;
    uint64_t        packets_out;
    uint64_t        bytes_out;
    uint64_t        dropped;            /* frames, the queue was full */
    uint64_t        accepted;
    uint64_t        refused;            /* too many connections */
    uint64_t        errors;             /* framing, strangers, timeouts */
    ngx_uint_t      connections;
} ngx_rtc_sfu_tcp_stat_t;


ngx_rtc_sfu_tcp_t *ngx_rtc_sfu_tcp_create(ngx_pool_t *pool, ngx_log_t *log,
    ngx_uint_t max_connections, const ngx_rtc_sfu_tcp_handlers_t *handlers,
    void *data);

/*
 * Once per address family, and once more.  NGX_DECLINED: the port is taken
 * by another listener, not logged.
 */
ngx_int_t ngx_rtc_sfu_tcp_listen(ngx_rtc_sfu_tcp_t *tcp,
    const rtc_addr_t *local);

/* listeners only */
void ngx_rtc_sfu_tcp_unlisten(ngx_rtc_sfu_tcp_t *tcp);

/* all; closed() is not called */
void ngx_rtc_sfu_tcp_close(ngx_rtc_sfu_tcp_t *tcp);

/*
 * Whether a transport uses the tuple's connection.  One that nobody uses for
 * 10 s is closed.
 */
void ngx_rtc_sfu_tcp_claim(ngx_rtc_sfu_tcp_t *tcp, const rtc_tuple_t *tuple,
    ngx_uint_t claimed);

/* queues a frame, or drops it whole; sent at the end of the loop turn */
void ngx_rtc_sfu_tcp_send(ngx_rtc_sfu_tcp_t *tcp, const rtc_tuple_t *tuple,
    const u_char *p, size_t len);

const ngx_rtc_sfu_tcp_stat_t *ngx_rtc_sfu_tcp_stat(ngx_rtc_sfu_tcp_t *tcp);


#endif /* _NGX_RTC_SFU_TCP_H_INCLUDED_ */
