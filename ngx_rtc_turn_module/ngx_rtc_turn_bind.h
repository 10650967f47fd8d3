
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * ConnectionBind (RFC 6062, 5.4) comes on a connection that any worker may
 * have accepted, also one of the next generation.  That one finds the worker
 * of the CONNECTION-ID, connects to it, and is a pipe between it and the
 * client, whose TLS stays where it is.
 */


#ifndef _NGX_RTC_TURN_BIND_H_INCLUDED_
#define _NGX_RTC_TURN_BIND_H_INCLUDED_


#include "ngx_rtc_turn.h"


/* listens for other workers; the number of this one, 0: it has none */
ngx_uint_t ngx_rtc_turn_bind_init(ngx_rtc_turn_worker_t *w);
void ngx_rtc_turn_bind_exit(ngx_rtc_turn_worker_t *w);

/*
 * Asks the other worker, with bytes of the client that are here already; the
 * stream is not read until the answer has come.  NGX_DECLINED: there is none.
 */
ngx_int_t ngx_rtc_turn_bind_ask(ngx_rtc_turn_stream_t *st,
    const rtc_turn_bind_t *wanted, const u_char *data, size_t len);

/* the stream is closed before that */
void ngx_rtc_turn_bind_destroy(ngx_rtc_turn_bind_t *bind);


#endif /* _NGX_RTC_TURN_BIND_H_INCLUDED_ */
