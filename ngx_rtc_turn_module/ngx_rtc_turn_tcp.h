
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * TCP allocations (RFC 6062): relayed addresses that listen, and connections
 * between them and peers.
 */


#ifndef _NGX_RTC_TURN_TCP_H_INCLUDED_
#define _NGX_RTC_TURN_TCP_H_INCLUDED_


#include "ngx_rtc_turn.h"


/* a socket that listens there, -1: the port is taken, or an error is logged */
ngx_socket_t ngx_rtc_turn_tcp_listen(ngx_rtc_turn_worker_t *w,
    const rtc_addr_t *local);

/* RFC 6062, 5.3: peers connect to the relay */
void ngx_rtc_turn_tcp_accept(ngx_event_t *rev);

/* those of ngx_rtc_turn_ops */
int ngx_rtc_turn_tcp_connect(void *ctx, rtc_turn_conn_t *conn, void *socket,
    const rtc_addr_t *addr);
void ngx_rtc_turn_tcp_drop(void *ctx, rtc_turn_conn_t *conn);

/*
 * RFC 6062, 5.4: the client's connection is the other side of conn, with bytes
 * of it that are here already; stream is what it belongs to, or NULL.  If
 * this fails, conn is yet to be dropped.
 */
ngx_int_t ngx_rtc_turn_tcp_bind(rtc_turn_conn_t *conn,
    ngx_connection_t *client, ngx_rtc_turn_stream_t *st, const u_char *data,
    size_t len);

/* whether clients may take more of nginx's connections */
ngx_uint_t ngx_rtc_turn_tcp_has_room(void);

/*
 * What accept4() of a listener of ours has failed with; without a descriptor
 * it pauses, and its handler begins with ngx_rtc_turn_tcp_resume().
 */
void ngx_rtc_turn_tcp_refused(ngx_connection_t *c, ngx_err_t err);
ngx_int_t ngx_rtc_turn_tcp_resume(ngx_event_t *rev);

/* a connection of a socket that is not read yet; NULL: it is closed */
ngx_connection_t *ngx_rtc_turn_tcp_connection(ngx_rtc_turn_worker_t *w,
    ngx_socket_t s);


#endif /* _NGX_RTC_TURN_TCP_H_INCLUDED_ */
