
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Sockets between workers of this host: whole messages in order, and
 * descriptors with them; or bytes.
 */


#ifndef _NGX_RTC_TURN_LINK_H_INCLUDED_
#define _NGX_RTC_TURN_LINK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


#define NGX_RTC_TURN_LINK_FDS  2        /* of a message, at most */

/* what others connect for: allocations at a reload, data of TCP allocations */

#define NGX_RTC_TURN_LINK_NEXT  SOCK_SEQPACKET
#define NGX_RTC_TURN_LINK_DATA  SOCK_STREAM


/*
 * A socket at this worker's address, in the abstract namespace: it goes with
 * the process.  -1: ngx_socket_errno tells.
 */
ngx_socket_t ngx_rtc_turn_link_listen(uint64_t seed, int type);

/* to another worker; -1: it is not there */
ngx_socket_t ngx_rtc_turn_link_connect(uint64_t seed, ngx_pid_t pid,
    int type);

/* anybody of the host may connect: whether it is a worker */
ngx_uint_t ngx_rtc_turn_link_is_worker(ngx_socket_t s);

/* NGX_AGAIN: there is no room now; NGX_ERROR: the link is broken */
ngx_int_t ngx_rtc_turn_link_send(ngx_connection_t *c, struct iovec *iov,
    ngx_uint_t niov, int *fds, ngx_uint_t nfds);

/* the length of a message, NGX_AGAIN, or NGX_DONE: the link has ended */
ssize_t ngx_rtc_turn_link_recv(ngx_connection_t *c, void *buf, size_t size,
    int fds[NGX_RTC_TURN_LINK_FDS], ngx_uint_t *nfds);


#endif /* _NGX_RTC_TURN_LINK_H_INCLUDED_ */
