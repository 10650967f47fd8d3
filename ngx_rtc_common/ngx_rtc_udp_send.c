
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_addr.h"
#include "ngx_rtc_udp_internal.h"


/* so many runs may be refused for reasons of their own, such as a path MTU */
#define NGX_RTC_UDP_REFUSED  64


static void ngx_rtc_udp_begin(ngx_rtc_udp_io_t *io, ngx_rtc_udp_t *udp,
    const rtc_tuple_t *tuple, size_t len, ngx_uint_t expendable);
static ngx_int_t ngx_rtc_udp_extend(ngx_rtc_udp_io_t *io, ngx_rtc_udp_t *udp,
    const rtc_tuple_t *tuple, size_t len, ngx_uint_t expendable);
static void ngx_rtc_udp_add_control(struct msghdr *msg,
    ngx_rtc_udp_control_t *control, int level, int type, const void *data,
    size_t len);
static void ngx_rtc_udp_set_source(struct msghdr *msg,
    ngx_rtc_udp_control_t *control, const rtc_addr_t *local);
static void ngx_rtc_udp_flush_handler(ngx_event_t *ev);
static ngx_uint_t ngx_rtc_udp_send(ngx_rtc_udp_io_t *io, ngx_uint_t i,
    ngx_uint_t last);
static void ngx_rtc_udp_refused(ngx_rtc_udp_io_t *io, ngx_uint_t i,
    ngx_err_t err);
static void ngx_rtc_udp_send_apart(ngx_rtc_udp_io_t *io, ngx_uint_t i);
static void ngx_rtc_udp_block(ngx_rtc_udp_t *udp);
static void ngx_rtc_udp_keep(ngx_rtc_udp_io_t *io, ngx_uint_t i);


void
ngx_rtc_udp_init_send(ngx_rtc_udp_io_t *io, ngx_log_t *log)
{
    ngx_uint_t  i;

    io->out_last = io->out_data;
    io->out_end = io->out_data + NGX_RTC_UDP_BATCH * NGX_RTC_UDP_ROOM;

    for (i = 0; i < NGX_RTC_UDP_BATCH; i++) {
        io->out[i].msg_hdr.msg_iov = &io->out_iov[i];
        io->out[i].msg_hdr.msg_iovlen = 1;
        io->out[i].msg_hdr.msg_name = &io->out_addr[i];
    }

    io->dummy.fd = (ngx_socket_t) -1;
    io->dummy.data = io;

    io->flush.handler = ngx_rtc_udp_flush_handler;
    io->flush.data = &io->dummy;
    io->flush.log = log;
}


/* a kernel without it would take a run for one long datagram */

ngx_uint_t
ngx_rtc_udp_can_segment(ngx_socket_t s)
{
    int        value;
    socklen_t  len;

    len = sizeof(int);

    return getsockopt(s, IPPROTO_UDP, UDP_SEGMENT, &value, &len) == 0;
}


u_char *
ngx_rtc_udp_reserve(ngx_rtc_udp_io_t *io, size_t size)
{
    if (size > NGX_RTC_UDP_MAX) {
        return NULL;
    }

    if (io->nout == NGX_RTC_UDP_BATCH
        || (size_t) (io->out_end - io->out_last) < size + NGX_RTC_UDP_SLACK)
    {
        ngx_rtc_udp_flush(io);
    }

    return io->out_last;
}


void
ngx_rtc_udp_commit(ngx_rtc_udp_t *udp, const rtc_tuple_t *tuple, size_t len,
    ngx_uint_t expendable)
{
    ngx_rtc_udp_io_t  *io;

    io = udp->io;

    if (udp->connection == NULL || tuple->remote.family != udp->local.family) {
        io->stat.failed++;
        return;
    }

    if (udp->blocked && expendable) {
        io->stat.dropped++;
        return;
    }

    if (ngx_rtc_udp_extend(io, udp, tuple, len, expendable) != NGX_OK) {
        ngx_rtc_udp_begin(io, udp, tuple, len, expendable);
    }

    io->out_last += len;

    if (!io->flush.posted) {
        ngx_post_event(&io->flush, &ngx_posted_events);
    }
}


static void
ngx_rtc_udp_begin(ngx_rtc_udp_io_t *io, ngx_rtc_udp_t *udp,
    const rtc_tuple_t *tuple, size_t len, ngx_uint_t expendable)
{
    ngx_uint_t          i;
    struct msghdr      *msg;
    ngx_rtc_udp_run_t  *run;

    i = io->nout++;

    run = &io->out_run[i];
    run->udp = udp;
    run->tuple = *tuple;
    run->n = 1;
    run->size = len;
    run->full = 0;
    run->expendable = (expendable != 0);

    io->out_iov[i].iov_base = io->out_last;
    io->out_iov[i].iov_len = len;

    msg = &io->out[i].msg_hdr;

    msg->msg_namelen = ngx_rtc_addr_sockaddr(&tuple->remote,
                                             &io->out_addr[i]);
    msg->msg_control = NULL;
    msg->msg_controllen = 0;

    if (udp->wildcard && !ngx_rtc_addr_is_wildcard(&tuple->local)) {
        ngx_rtc_udp_set_source(msg, &io->out_control[i], &tuple->local);
    }
}


/* NGX_DECLINED: it cannot go with the one before it */

static ngx_int_t
ngx_rtc_udp_extend(ngx_rtc_udp_io_t *io, ngx_rtc_udp_t *udp,
    const rtc_tuple_t *tuple, size_t len, ngx_uint_t expendable)
{
    uint16_t            size;
    ngx_uint_t          i;
    ngx_rtc_udp_run_t  *run;

    if (io->nout == 0 || !udp->segment) {
        return NGX_DECLINED;
    }

    i = io->nout - 1;
    run = &io->out_run[i];

    if (run->udp != udp
        || run->full
        || run->size < len
        || run->n == NGX_RTC_UDP_SEGMENTS
        || io->out_iov[i].iov_len + len > NGX_RTC_UDP_RUN
        || run->expendable != (expendable != 0)
        || !rtc_tuple_eq(&run->tuple, tuple))
    {
        return NGX_DECLINED;
    }

    if (run->n++ == 1) {
        size = (uint16_t) run->size;

        ngx_rtc_udp_add_control(&io->out[i].msg_hdr, &io->out_control[i],
                                IPPROTO_UDP, UDP_SEGMENT, &size,
                                sizeof(uint16_t));
    }

    run->full = len < run->size;
    io->out_iov[i].iov_len += len;

    return NGX_OK;
}


/* one more; the kernel wants no gap between them */

static void
ngx_rtc_udp_add_control(struct msghdr *msg, ngx_rtc_udp_control_t *control,
    int level, int type, const void *data, size_t len)
{
    struct cmsghdr  *cmsg;

    cmsg = (struct cmsghdr *) (void *) (control->data + msg->msg_controllen);

    ngx_memzero(cmsg, CMSG_SPACE(len));

    cmsg->cmsg_level = level;
    cmsg->cmsg_type = type;
    cmsg->cmsg_len = CMSG_LEN(len);
    ngx_memcpy(CMSG_DATA(cmsg), data, len);

    msg->msg_control = control;
    msg->msg_controllen += CMSG_SPACE(len);
}


static void
ngx_rtc_udp_set_source(struct msghdr *msg, ngx_rtc_udp_control_t *control,
    const rtc_addr_t *local)
{
    struct in_pktinfo   pkt;
    struct in6_pktinfo  pkt6;

    if (local->family == AF_INET6) {
        ngx_memzero(&pkt6, sizeof(struct in6_pktinfo));
        ngx_memcpy(&pkt6.ipi6_addr, local->addr, 16);

        ngx_rtc_udp_add_control(msg, control, IPPROTO_IPV6, IPV6_PKTINFO,
                                &pkt6, sizeof(struct in6_pktinfo));
        return;
    }

    ngx_memzero(&pkt, sizeof(struct in_pktinfo));
    ngx_memcpy(&pkt.ipi_spec_dst, local->addr, 4);

    ngx_rtc_udp_add_control(msg, control, IPPROTO_IP, IP_PKTINFO, &pkt,
                            sizeof(struct in_pktinfo));
}


static void
ngx_rtc_udp_flush_handler(ngx_event_t *ev)
{
    ngx_connection_t  *c;
    ngx_rtc_udp_io_t  *io;

    c = ev->data;
    io = c->data;

    ngx_rtc_udp_flush(io);

    if (io->since_us) {
        rtc_histogram_add(&io->stat.latency,
                          ngx_rtc_udp_now_us() - io->since_us);
        io->since_us = 0;
    }
}


void
ngx_rtc_udp_measure(ngx_rtc_udp_io_t *io, uint64_t since_us)
{
    if (!io->flush.posted) {
        rtc_histogram_add(&io->stat.latency, ngx_rtc_udp_now_us() - since_us);

    } else if (io->since_us == 0 || since_us < io->since_us) {
        io->since_us = since_us;
    }
}


void
ngx_rtc_udp_flush(ngx_rtc_udp_io_t *io)
{
    ngx_uint_t  i, n, next;

    if (io->flush.posted) {
        ngx_delete_posted_event(&io->flush);
    }

    n = io->nout;

    io->nout = 0;
    io->out_last = io->out_data;

    for (i = 0; i < n; i = next) {

        for (next = i + 1; next < n; next++) {
            if (io->out_run[next].udp != io->out_run[i].udp) {
                break;
            }
        }

        i = ngx_rtc_udp_send(io, i, next);

        for ( /* void */ ; i < next; i++) {
            ngx_rtc_udp_keep(io, i);
        }
    }
}


/* runs i .. last - 1 are of one socket; answers the first that has to wait */

static ngx_uint_t
ngx_rtc_udp_send(ngx_rtc_udp_io_t *io, ngx_uint_t i, ngx_uint_t last)
{
    int                 n;
    ngx_err_t           err;
    ngx_rtc_udp_t      *udp;
    ngx_rtc_udp_run_t  *run;

    udp = io->out_run[i].udp;

    while (i < last && udp->connection && !udp->blocked) {
        n = sendmmsg(udp->connection->fd, &io->out[i], last - i, 0);

        for ( /* void */ ; n > 0; n--, i++) {
            run = &io->out_run[i];

            if (run->n > 1) {
                udp->runs++;
                io->stat.segmented += run->n;
            }

            io->stat.packets_out += run->n;
            io->stat.bytes_out += io->out_iov[i].iov_len;
        }

        if (n == 0) {
            continue;
        }

        err = ngx_socket_errno;

        if (err == NGX_EINTR) {
            continue;
        }

        if (err == NGX_EAGAIN || err == ENOBUFS) {
            ngx_rtc_udp_block(udp);
            break;
        }

        /* the first one is refused (EPERM, EHOSTUNREACH): not the others */

        ngx_rtc_udp_refused(io, i, err);
        i++;
    }

    return i;
}


/*
 * A run may be refused as such: by a device that does not know segmentation
 * or cannot compute checksums, or since a datagram is longer than the path's
 * MTU, which only fragments if it is sent alone.
 */

static void
ngx_rtc_udp_refused(ngx_rtc_udp_io_t *io, ngx_uint_t i, ngx_err_t err)
{
    ngx_rtc_udp_t      *udp;
    ngx_rtc_udp_run_t  *run;

    run = &io->out_run[i];
    udp = run->udp;

    ngx_log_debug3(NGX_LOG_DEBUG_EVENT, udp->connection->log, err,
                   "sendmmsg() refused %uz bytes in %ui of %uz",
                   io->out_iov[i].iov_len, run->n, run->size);

    if (run->n == 1) {
        io->stat.failed++;
        return;
    }

    udp->refused++;

    if (err == EIO || err == ENOPROTOOPT || err == EOPNOTSUPP
        || (udp->refused > NGX_RTC_UDP_REFUSED && udp->refused > udp->runs))
    {
        udp->segment = 0;

        ngx_log_error(NGX_LOG_NOTICE, udp->connection->log, err,
                      "UDP segmentation is refused, packets go one by one");
    }

    ngx_rtc_udp_send_apart(io, i);
}


static void
ngx_rtc_udp_send_apart(ngx_rtc_udp_io_t *io, ngx_uint_t i)
{
    u_char             *p, *last;
    struct iovec        iov;
    struct msghdr       msg;
    ngx_rtc_udp_run_t  *run;

    run = &io->out_run[i];

    msg = io->out[i].msg_hdr;
    msg.msg_iov = &iov;
    msg.msg_controllen -= CMSG_SPACE(sizeof(uint16_t));

    p = io->out_iov[i].iov_base;
    last = p + io->out_iov[i].iov_len;

    for ( /* void */ ; p < last; p += iov.iov_len) {
        iov.iov_base = p;
        iov.iov_len = ngx_min((size_t) (last - p), run->size);

        if (sendmsg(run->udp->connection->fd, &msg, 0) == -1) {
            if (ngx_socket_errno == NGX_EAGAIN || ngx_socket_errno == ENOBUFS)
            {
                io->stat.dropped++;

            } else {
                io->stat.failed++;
            }

            continue;
        }

        io->stat.packets_out++;
        io->stat.bytes_out += iov.iov_len;
    }
}


/* a full device queue is tried again in the next turn: it is no full socket */

static void
ngx_rtc_udp_block(ngx_rtc_udp_t *udp)
{
    if (ngx_add_event(udp->connection->write, NGX_WRITE_EVENT, 0) == NGX_OK) {
        udp->blocked = 1;
    }
}


void
ngx_rtc_udp_write_handler(ngx_event_t *wev)
{
    ngx_rtc_udp_t     *udp;
    ngx_connection_t  *c;

    c = wev->data;
    udp = c->data;

    udp->blocked = 0;

    (void) ngx_del_event(wev, NGX_WRITE_EVENT, 0);

    ngx_rtc_udp_flush(udp->io);
}


/*
 * Video is dropped, the next keyframe repairs it; what else there is waits,
 * up to half of a batch.
 */

static void
ngx_rtc_udp_keep(ngx_rtc_udp_io_t *io, ngx_uint_t i)
{
    size_t              len;
    u_char             *p;
    ngx_uint_t          to;
    struct msghdr      *msg;
    ngx_rtc_udp_run_t  *run;

    run = &io->out_run[i];
    to = io->nout;

    p = io->out_iov[i].iov_base;
    len = io->out_iov[i].iov_len;

    if (!run->udp->blocked || run->expendable
        || to == NGX_RTC_UDP_BATCH / 2
        || io->out_last + len > io->out_data + (io->out_end - io->out_data) / 2)
    {
        io->stat.dropped += run->n;
        return;
    }

    if (to != i) {
        io->out_run[to] = *run;
        io->out_addr[to] = io->out_addr[i];
        io->out_control[to] = io->out_control[i];

        msg = &io->out[to].msg_hdr;

        msg->msg_namelen = io->out[i].msg_hdr.msg_namelen;
        msg->msg_controllen = io->out[i].msg_hdr.msg_controllen;
        msg->msg_control = msg->msg_controllen ? &io->out_control[to] : NULL;
    }

    ngx_memmove(io->out_last, p, len);

    io->out_iov[to].iov_base = io->out_last;
    io->out_iov[to].iov_len = len;

    io->out_last += len;
    io->nout++;
}
