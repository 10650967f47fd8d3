
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_addr.h"
#include "ngx_rtc_conn.h"
#include "ngx_rtc_udp_internal.h"


static ngx_int_t ngx_rtc_udp_setup(ngx_socket_t s, const rtc_addr_t *local,
    size_t rcvbuf, size_t sndbuf, ngx_log_t *log);
static ngx_int_t ngx_rtc_udp_set_int(ngx_socket_t s, int level, int name,
    int value, const char *text, ngx_log_t *log);
static void ngx_rtc_udp_check_buffer(ngx_socket_t s, int name, size_t size,
    const char *limit, ngx_log_t *log);
static void ngx_rtc_udp_read_handler(ngx_event_t *rev);
static ngx_int_t ngx_rtc_udp_recv(ngx_rtc_udp_t *udp);
static void ngx_rtc_udp_input(ngx_rtc_udp_t *udp, ngx_uint_t i,
    uint64_t now_us);
static void ngx_rtc_udp_asked_address(struct msghdr *msg, rtc_addr_t *local);


ngx_rtc_udp_io_t *
ngx_rtc_udp_create(ngx_pool_t *pool, ngx_log_t *log)
{
    ngx_uint_t         i;
    ngx_rtc_udp_io_t  *io;

    io = ngx_pcalloc(pool, sizeof(ngx_rtc_udp_io_t));
    if (io == NULL) {
        return NULL;
    }

    io->in_data = ngx_palloc(pool, NGX_RTC_UDP_BATCH * NGX_RTC_UDP_ROOM);
    io->out_data = ngx_palloc(pool, NGX_RTC_UDP_BATCH * NGX_RTC_UDP_ROOM);

    if (io->in_data == NULL || io->out_data == NULL) {
        return NULL;
    }

    for (i = 0; i < NGX_RTC_UDP_BATCH; i++) {
        io->in_iov[i].iov_base = io->in_data + i * NGX_RTC_UDP_ROOM;
        io->in_iov[i].iov_len = NGX_RTC_UDP_MAX;

        io->in[i].msg_hdr.msg_iov = &io->in_iov[i];
        io->in[i].msg_hdr.msg_iovlen = 1;
        io->in[i].msg_hdr.msg_name = &io->in_addr[i];
    }

    ngx_rtc_udp_init_send(io, log);

    return io;
}


const ngx_rtc_udp_stat_t *
ngx_rtc_udp_stat(ngx_rtc_udp_io_t *io)
{
    return &io->stat;
}


ngx_rtc_udp_t *
ngx_rtc_udp_open(ngx_rtc_udp_io_t *io, ngx_pool_t *pool,
    const rtc_addr_t *local, size_t rcvbuf, size_t sndbuf,
    ngx_rtc_udp_handler_pt handler, void *data)
{
    ngx_err_t          err;
    ngx_log_t         *log;
    ngx_socket_t       s;
    ngx_rtc_udp_t     *udp;
    ngx_connection_t  *c;

    log = io->flush.log;

    s = ngx_socket(local->family, SOCK_DGRAM, 0);

    if (s == (ngx_socket_t) -1) {
        err = ngx_socket_errno;
        ngx_log_error(NGX_LOG_ERR, log, err, ngx_socket_n " failed");
        ngx_set_socket_errno(err);
        return NULL;
    }

    if (ngx_rtc_udp_setup(s, local, rcvbuf, sndbuf, log) != NGX_OK) {
        err = ngx_socket_errno;
        goto failed;
    }

    /* a port that is taken costs no memory */

    udp = ngx_pcalloc(pool, sizeof(ngx_rtc_udp_t));

    if (udp == NULL) {
        err = NGX_ENOMEM;
        goto failed;
    }

    udp->io = io;
    udp->local = *local;
    udp->wildcard = ngx_rtc_addr_is_wildcard(local);
    udp->segment = ngx_rtc_udp_can_segment(s);
    udp->handler = handler;
    udp->data = data;

    c = ngx_rtc_conn(s, SOCK_DGRAM, udp, log);

    if (c == NULL) {
        err = NGX_ENFILE;
        goto failed;
    }

    c->read->handler = ngx_rtc_udp_read_handler;
    c->write->handler = ngx_rtc_udp_write_handler;

    /* level-triggered: a bounded number of datagrams is taken per event */

    if (ngx_add_event(c->read, NGX_READ_EVENT, 0) != NGX_OK) {
        ngx_close_connection(c);
        ngx_set_socket_errno(NGX_ENOMEM);
        return NULL;
    }

    udp->connection = c;

    return udp;

failed:

    ngx_rtc_conn_close_socket(s, log);

    ngx_set_socket_errno(err);

    return NULL;
}


static ngx_int_t
ngx_rtc_udp_setup(ngx_socket_t s, const rtc_addr_t *local, size_t rcvbuf,
    size_t sndbuf, ngx_log_t *log)
{
    int             v6;
    ngx_err_t       err;
    socklen_t       socklen;
    ngx_sockaddr_t  sa;

    v6 = local->family == AF_INET6;

    if (ngx_nonblocking(s) == -1) {
        err = ngx_socket_errno;
        ngx_log_error(NGX_LOG_ERR, log, err, ngx_nonblocking_n " failed");
        ngx_set_socket_errno(err);
        return NGX_ERROR;
    }

    /* no SO_REUSEADDR: two workers would share the port */

    if (v6
        && ngx_rtc_udp_set_int(s, IPPROTO_IPV6, IPV6_V6ONLY, 1,
                               "IPV6_V6ONLY", log) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_rtc_addr_is_wildcard(local)
        && ngx_rtc_udp_set_int(s, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                               v6 ? IPV6_RECVPKTINFO : IP_PKTINFO, 1,
                               "IP_PKTINFO", log) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (rcvbuf) {
        (void) ngx_rtc_udp_set_int(s, SOL_SOCKET, SO_RCVBUF, (int) rcvbuf,
                                   "SO_RCVBUF", log);
    }

    if (sndbuf) {
        (void) ngx_rtc_udp_set_int(s, SOL_SOCKET, SO_SNDBUF, (int) sndbuf,
                                   "SO_SNDBUF", log);
    }

    socklen = ngx_rtc_addr_sockaddr(local, &sa);

    if (bind(s, &sa.sockaddr, socklen) == -1) {
        err = ngx_socket_errno;

        if (err != NGX_EADDRINUSE && err != EADDRNOTAVAIL) {
            ngx_log_error(NGX_LOG_ERR, log, err, "bind() of UDP failed");
        }

        ngx_set_socket_errno(err);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_udp_set_int(ngx_socket_t s, int level, int name, int value,
    const char *text, ngx_log_t *log)
{
    ngx_err_t  err;

    if (setsockopt(s, level, name, &value, sizeof(int)) == -1) {
        err = ngx_socket_errno;
        ngx_log_error(NGX_LOG_ERR, log, err, "setsockopt(%s) failed", text);
        ngx_set_socket_errno(err);
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_rtc_udp_check_buffers(size_t rcvbuf, size_t sndbuf, ngx_log_t *log)
{
    ngx_socket_t  s;

    s = ngx_socket(AF_INET, SOCK_DGRAM, 0);

    if (s == (ngx_socket_t) -1) {
        return;
    }

    ngx_rtc_udp_check_buffer(s, SO_RCVBUF, rcvbuf, "net.core.rmem_max", log);
    ngx_rtc_udp_check_buffer(s, SO_SNDBUF, sndbuf, "net.core.wmem_max", log);

    ngx_rtc_conn_close_socket(s, log);
}


static void
ngx_rtc_udp_check_buffer(ngx_socket_t s, int name, size_t size,
    const char *limit, ngx_log_t *log)
{
    int        value;
    socklen_t  len;

    value = (int) size;
    len = sizeof(int);

    if (size == 0
        || setsockopt(s, SOL_SOCKET, name, &value, sizeof(int)) == -1
        || getsockopt(s, SOL_SOCKET, name, &value, &len) == -1)
    {
        return;
    }

    /* socket(7): the kernel doubles what it was asked for */

    if ((size_t) value / 2 < size) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "buffers of media get %d bytes instead of %uz: "
                      "sysctl -w %s=%uz", value / 2, size, limit, size);
    }
}


void
ngx_rtc_udp_close(ngx_rtc_udp_t *udp)
{
    ngx_connection_t  *c;

    c = udp->connection;

    if (c == NULL) {
        return;
    }

    ngx_rtc_udp_flush(udp->io);

    /* what waits is dropped by the next flush */

    udp->connection = NULL;
    udp->blocked = 0;

    ngx_close_connection(c);
}


ngx_uint_t
ngx_rtc_udp_is_open(ngx_rtc_udp_t *udp)
{
    return udp->connection != NULL;
}


static void
ngx_rtc_udp_read_handler(ngx_event_t *rev)
{
    ngx_uint_t         n;
    ngx_rtc_udp_t     *udp;
    ngx_connection_t  *c;

    c = rev->data;
    udp = c->data;

    if (c->close) {

        /* worker_shutdown_timeout */

        ngx_rtc_udp_close(udp);
        return;
    }

    for (n = 0; n < NGX_RTC_UDP_ROUNDS; n++) {
        if (ngx_rtc_udp_recv(udp) != NGX_OK) {
            break;
        }
    }
}


/* NGX_OK: there may be more */

static ngx_int_t
ngx_rtc_udp_recv(ngx_rtc_udp_t *udp)
{
    int                i, n;
    uint64_t           now_us;
    ngx_err_t          err;
    struct msghdr     *msg;
    ngx_rtc_udp_io_t  *io;

    io = udp->io;

    for (i = 0; i < NGX_RTC_UDP_BATCH; i++) {
        msg = &io->in[i].msg_hdr;

        msg->msg_namelen = sizeof(ngx_sockaddr_t);
        msg->msg_control = &io->in_control[i];
        msg->msg_controllen = udp->wildcard ? sizeof(ngx_rtc_udp_control_t)
                                            : 0;
        msg->msg_flags = 0;
    }

    n = recvmmsg(udp->connection->fd, io->in, NGX_RTC_UDP_BATCH, 0, NULL);

    if (n == -1) {
        err = ngx_socket_errno;

        if (err == NGX_EINTR) {
            return NGX_OK;
        }

        if (err != NGX_EAGAIN) {
            ngx_log_error(NGX_LOG_ALERT, udp->connection->log, err,
                          "recvmmsg() failed");
        }

        return NGX_AGAIN;
    }

    now_us = ngx_rtc_udp_now_us();

    for (i = 0; i < n; i++) {
        ngx_rtc_udp_input(udp, i, now_us);

        if (udp->connection == NULL) {
            return NGX_DONE;
        }
    }

    return n == NGX_RTC_UDP_BATCH ? NGX_OK : NGX_AGAIN;
}


static void
ngx_rtc_udp_input(ngx_rtc_udp_t *udp, ngx_uint_t i, uint64_t now_us)
{
    size_t             len;
    rtc_tuple_t        tuple;
    struct msghdr     *msg;
    ngx_rtc_udp_io_t  *io;

    io = udp->io;
    msg = &io->in[i].msg_hdr;
    len = io->in[i].msg_len;

    if (msg->msg_flags & MSG_TRUNC) {
        io->stat.truncated++;
        return;
    }

    if (ngx_rtc_addr_set(&tuple.remote, &io->in_addr[i].sockaddr, RTC_UDP)
        != NGX_OK)
    {
        return;
    }

    tuple.local = udp->local;

    if (udp->wildcard) {
        ngx_rtc_udp_asked_address(msg, &tuple.local);
    }

    io->stat.packets_in++;
    io->stat.bytes_in += len;

    udp->handler(udp->data, &tuple, io->in_iov[i].iov_base, len, now_us);
}


static void
ngx_rtc_udp_asked_address(struct msghdr *msg, rtc_addr_t *local)
{
    struct cmsghdr      *cmsg;
    struct in_pktinfo    pkt;
    struct in6_pktinfo   pkt6;

    for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {

        if (cmsg->cmsg_level == IPPROTO_IP
            && cmsg->cmsg_type == IP_PKTINFO
            && local->family == AF_INET)
        {
            ngx_memcpy(&pkt, CMSG_DATA(cmsg), sizeof(struct in_pktinfo));
            ngx_memcpy(local->addr, &pkt.ipi_addr, 4);
            return;
        }

        if (cmsg->cmsg_level == IPPROTO_IPV6
            && cmsg->cmsg_type == IPV6_PKTINFO
            && local->family == AF_INET6)
        {
            ngx_memcpy(&pkt6, CMSG_DATA(cmsg), sizeof(struct in6_pktinfo));
            ngx_memcpy(local->addr, &pkt6.ipi6_addr, 16);
            return;
        }
    }
}


uint64_t
ngx_rtc_udp_now_us(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + (uint64_t) ts.tv_nsec / 1000;
}
