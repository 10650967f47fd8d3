
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <netinet/udp.h>
#include "ngx_rtc_addr.h"
#include "ngx_rtc_turn_io.h"


#ifndef UDP_SEGMENT
#define UDP_SEGMENT  103
#endif

#define NGX_RTC_TURN_OUT       128
#define NGX_RTC_TURN_NONE      0xffff

#define NGX_RTC_TURN_SEGMENTS  64
#define NGX_RTC_TURN_SEGMENT_BYTES  65000


/* TOS and PKTINFO on the way in; those and UDP_SEGMENT on the way out */

typedef union {
    struct cmsghdr         align;
    u_char                 data[CMSG_SPACE(sizeof(struct in6_pktinfo))
                                + CMSG_SPACE(sizeof(int))
                                + CMSG_SPACE(sizeof(uint16_t))];
} ngx_rtc_turn_control_t;


typedef struct {
    rtc_addr_t             remote;
    rtc_addr_t             local;       /* family of 0: as the socket is */
    uint16_t               next;
    u_char                 tos;
    unsigned               df:1;
} ngx_rtc_turn_out_t;


struct ngx_rtc_turn_io_s {
    struct mmsghdr          in[NGX_RTC_TURN_BATCH];
    struct iovec            in_iov[NGX_RTC_TURN_BATCH];
    ngx_sockaddr_t          in_addr[NGX_RTC_TURN_BATCH];
    ngx_rtc_turn_control_t  in_control[NGX_RTC_TURN_BATCH];
    u_char                 *in_data;

    u_char                  answers[NGX_RTC_TURN_BATCH][RTC_TURN_ANSWER_MAX];

    ngx_rtc_turn_out_t      out[NGX_RTC_TURN_OUT];
    struct iovec            out_iov[NGX_RTC_TURN_OUT];
    ngx_uint_t              nout;
    ngx_rtc_turn_sock_t    *socks;      /* that have something to send */

    /* the messages of one socket: each is a run of datagrams */
    struct mmsghdr          msgs[NGX_RTC_TURN_OUT];
    struct iovec            iovs[NGX_RTC_TURN_OUT];
    ngx_sockaddr_t          addrs[NGX_RTC_TURN_OUT];
    ngx_rtc_turn_control_t  controls[NGX_RTC_TURN_OUT];

    ngx_rtc_turn_io_stat_t  stat;
    ngx_log_t              *log;

    unsigned                no_segment:1;
};


static void ngx_rtc_turn_io_control(struct msghdr *msg,
    ngx_rtc_turn_packet_t *packet);
static void ngx_rtc_turn_io_flush_sock(ngx_rtc_turn_io_t *io,
    ngx_rtc_turn_sock_t *sock);
static ngx_uint_t ngx_rtc_turn_io_run(ngx_rtc_turn_io_t *io,
    ngx_rtc_turn_sock_t *sock, ngx_uint_t *next, ngx_uint_t n,
    ngx_uint_t *niov);
static void ngx_rtc_turn_io_set_control(struct msghdr *msg,
    ngx_rtc_turn_control_t *control, ngx_rtc_turn_out_t *out, uint16_t size);
static u_char *ngx_rtc_turn_io_put(struct msghdr *msg, int level, int type,
    const void *data, size_t len);
static void ngx_rtc_turn_io_set_df(ngx_rtc_turn_sock_t *sock, ngx_uint_t df);
static void ngx_rtc_turn_io_write(ngx_rtc_turn_io_t *io,
    ngx_rtc_turn_sock_t *sock, ngx_uint_t n);
static ngx_uint_t ngx_rtc_turn_io_failed(ngx_rtc_turn_io_t *io,
    ngx_rtc_turn_sock_t *sock, struct msghdr *msg, ngx_err_t err);
static void ngx_rtc_turn_io_split(ngx_rtc_turn_io_t *io, int fd,
    struct msghdr *msg);


ngx_rtc_turn_io_t *
ngx_rtc_turn_io_create(ngx_pool_t *pool, ngx_log_t *log)
{
    ngx_uint_t          i;
    ngx_rtc_turn_io_t  *io;

    io = ngx_pcalloc(pool, sizeof(ngx_rtc_turn_io_t));
    if (io == NULL) {
        return NULL;
    }

    io->in_data = ngx_palloc(pool, NGX_RTC_TURN_BATCH * NGX_RTC_TURN_ROOM);
    if (io->in_data == NULL) {
        return NULL;
    }

    for (i = 0; i < NGX_RTC_TURN_BATCH; i++) {
        io->in_iov[i].iov_base = io->in_data + i * NGX_RTC_TURN_ROOM
                                 + RTC_TURN_HEADROOM;
        io->in_iov[i].iov_len = NGX_RTC_TURN_MAX;

        io->in[i].msg_hdr.msg_iov = &io->in_iov[i];
        io->in[i].msg_hdr.msg_iovlen = 1;
        io->in[i].msg_hdr.msg_name = &io->in_addr[i];
        io->in[i].msg_hdr.msg_control = &io->in_control[i];
    }

    io->log = log;

    return io;
}


const ngx_rtc_turn_io_stat_t *
ngx_rtc_turn_io_stat(ngx_rtc_turn_io_t *io)
{
    return &io->stat;
}


void
ngx_rtc_turn_io_prepare(ngx_socket_t s, int family)
{
    int  one, off;

    one = 1;

    /* without them datagrams lose their marks, nothing else */

    if (family == AF_INET6) {
        off = IPV6_PMTUDISC_DONT;
        (void) setsockopt(s, IPPROTO_IPV6, IPV6_RECVTCLASS, &one, sizeof(int));
        (void) setsockopt(s, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &off,
                          sizeof(int));
        return;
    }

    off = IP_PMTUDISC_DONT;
    (void) setsockopt(s, IPPROTO_IP, IP_RECVTOS, &one, sizeof(int));
    (void) setsockopt(s, IPPROTO_IP, IP_MTU_DISCOVER, &off, sizeof(int));
}


ngx_int_t
ngx_rtc_turn_io_recv(ngx_rtc_turn_io_t *io, ngx_rtc_turn_sock_t *sock)
{
    int             i, n;
    ngx_err_t       err;
    struct msghdr  *msg;

    for (i = 0; i < NGX_RTC_TURN_BATCH; i++) {
        msg = &io->in[i].msg_hdr;

        msg->msg_namelen = sizeof(ngx_sockaddr_t);
        msg->msg_controllen = sizeof(ngx_rtc_turn_control_t);
    }

    n = recvmmsg(sock->fd, io->in, NGX_RTC_TURN_BATCH, 0, NULL);

    if (n >= 0) {
        return n;
    }

    err = ngx_socket_errno;

    return (err == NGX_EAGAIN || err == NGX_EINTR) ? 0 : NGX_ERROR;
}


ngx_int_t
ngx_rtc_turn_io_packet(ngx_rtc_turn_io_t *io, ngx_rtc_turn_sock_t *sock,
    ngx_uint_t i, ngx_rtc_turn_packet_t *packet)
{
    struct msghdr  *msg;

    msg = &io->in[i].msg_hdr;

    if (msg->msg_flags & MSG_TRUNC) {
        io->stat.truncated++;
        return NGX_DECLINED;
    }

    if (ngx_rtc_addr_set(&packet->tuple.remote, &io->in_addr[i].sockaddr,
                         RTC_UDP)
        != NGX_OK)
    {
        return NGX_DECLINED;
    }

    packet->tuple.local = sock->local;
    packet->data = io->in_iov[i].iov_base;
    packet->len = io->in[i].msg_len;
    packet->tos = 0;

    ngx_rtc_turn_io_control(msg, packet);

    return NGX_OK;
}


static void
ngx_rtc_turn_io_control(struct msghdr *msg, ngx_rtc_turn_packet_t *packet)
{
    int                  tos;
    rtc_addr_t          *local;
    struct cmsghdr      *cmsg;
    struct in_pktinfo    pkt;
    struct in6_pktinfo   pkt6;

    local = &packet->tuple.local;

    for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {

        if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_TOS) {
            packet->tos = *CMSG_DATA(cmsg);

        } else if (cmsg->cmsg_level == IPPROTO_IPV6
                   && cmsg->cmsg_type == IPV6_TCLASS)
        {
            ngx_memcpy(&tos, CMSG_DATA(cmsg), sizeof(int));
            packet->tos = (u_char) tos;

        } else if (cmsg->cmsg_level == IPPROTO_IP
                   && cmsg->cmsg_type == IP_PKTINFO
                   && local->family == AF_INET)
        {
            ngx_memcpy(&pkt, CMSG_DATA(cmsg), sizeof(struct in_pktinfo));
            ngx_memcpy(local->addr, &pkt.ipi_addr, 4);

        } else if (cmsg->cmsg_level == IPPROTO_IPV6
                   && cmsg->cmsg_type == IPV6_PKTINFO
                   && local->family == AF_INET6)
        {
            ngx_memcpy(&pkt6, CMSG_DATA(cmsg), sizeof(struct in6_pktinfo));
            ngx_memcpy(local->addr, &pkt6.ipi6_addr, 16);
        }
    }
}


u_char *
ngx_rtc_turn_io_answer(ngx_rtc_turn_io_t *io, ngx_uint_t i)
{
    return io->answers[i];
}


void
ngx_rtc_turn_io_send(ngx_rtc_turn_io_t *io, ngx_rtc_turn_sock_t *sock,
    const rtc_tuple_t *tuple, u_char *data, size_t len, u_char tos,
    ngx_uint_t dont_fragment)
{
    uint16_t             i;
    ngx_rtc_turn_out_t  *out;

    if (sock->fd == (ngx_socket_t) -1
        || tuple->remote.family != sock->local.family)
    {
        io->stat.failed++;
        return;
    }

    if (io->nout == NGX_RTC_TURN_OUT) {
        ngx_rtc_turn_io_flush(io);
    }

    i = (uint16_t) io->nout++;
    out = &io->out[i];

    out->remote = tuple->remote;
    out->local.family = 0;
    out->next = NGX_RTC_TURN_NONE;
    out->tos = tos;
    out->df = dont_fragment ? 1 : 0;

    if (sock->wildcard) {
        out->local = tuple->local;
    }

    io->out_iov[i].iov_base = data;
    io->out_iov[i].iov_len = len;

    if (sock->queued) {
        io->out[sock->last].next = i;

    } else {
        sock->queued = 1;
        sock->first = i;
        sock->next = io->socks;
        io->socks = sock;
    }

    sock->last = i;
}


void
ngx_rtc_turn_io_flush(ngx_rtc_turn_io_t *io)
{
    ngx_rtc_turn_sock_t  *sock, *next;

    for (sock = io->socks; sock; sock = next) {
        next = sock->next;
        sock->queued = 0;

        if (sock->fd != (ngx_socket_t) -1) {
            ngx_rtc_turn_io_flush_sock(io, sock);
        }
    }

    io->socks = NULL;
    io->nout = 0;
}


static void
ngx_rtc_turn_io_flush_sock(ngx_rtc_turn_io_t *io, ngx_rtc_turn_sock_t *sock)
{
    ngx_uint_t           i, n, niov;
    ngx_rtc_turn_out_t  *out;

    i = sock->first;

    /* the usual one: a datagram that is alone */

    out = &io->out[i];

    if (out->next == NGX_RTC_TURN_NONE
        && out->tos == 0 && out->local.family == 0 && out->df == sock->df)
    {
        io->iovs[0] = io->out_iov[i];

        ngx_memzero(&io->msgs[0].msg_hdr, sizeof(struct msghdr));

        io->msgs[0].msg_hdr.msg_name = &io->addrs[0];
        io->msgs[0].msg_hdr.msg_namelen = ngx_rtc_addr_sockaddr(&out->remote,
                                                             &io->addrs[0]);
        io->msgs[0].msg_hdr.msg_iov = &io->iovs[0];
        io->msgs[0].msg_hdr.msg_iovlen = 1;

        ngx_rtc_turn_io_write(io, sock, 1);
        return;
    }

    n = 0;
    niov = 0;

    while (i != NGX_RTC_TURN_NONE) {

        if (io->out[i].df != sock->df) {
            ngx_rtc_turn_io_write(io, sock, n);
            ngx_rtc_turn_io_set_df(sock, io->out[i].df);
            n = 0;
            niov = 0;
        }

        n += ngx_rtc_turn_io_run(io, sock, &i, n, &niov);
    }

    ngx_rtc_turn_io_write(io, sock, n);
}


/* datagrams for one receiver: equal sizes, the last one may be shorter */

static ngx_uint_t
ngx_rtc_turn_io_run(ngx_rtc_turn_io_t *io, ngx_rtc_turn_sock_t *sock,
    ngx_uint_t *next, ngx_uint_t n, ngx_uint_t *niov)
{
    size_t               size, total, len;
    ngx_uint_t           i, count;
    struct msghdr       *msg;
    ngx_rtc_turn_out_t  *first, *out;

    i = *next;
    first = &io->out[i];
    msg = &io->msgs[n].msg_hdr;

    size = io->out_iov[i].iov_len;
    total = 0;

    msg->msg_iov = &io->iovs[*niov];

    for (count = 0; i != NGX_RTC_TURN_NONE; i = out->next) {

        out = &io->out[i];
        len = io->out_iov[i].iov_len;

        if (count
            && (io->no_segment || count == NGX_RTC_TURN_SEGMENTS
                || total + len > NGX_RTC_TURN_SEGMENT_BYTES
                || len > size || len == 0
                || out->tos != first->tos || out->df != first->df
                || ngx_memcmp(&out->remote, &first->remote,
                              sizeof(rtc_addr_t)) != 0
                || ngx_memcmp(&out->local, &first->local,
                              sizeof(rtc_addr_t)) != 0))
        {
            break;
        }

        io->iovs[*niov + count++] = io->out_iov[i];
        total += len;

        if (len < size) {
            i = out->next;
            break;
        }
    }

    *next = i;
    *niov += count;

    msg->msg_iovlen = count;
    msg->msg_name = &io->addrs[n];
    msg->msg_namelen = ngx_rtc_addr_sockaddr(&first->remote, &io->addrs[n]);
    msg->msg_flags = 0;

    ngx_rtc_turn_io_set_control(msg, &io->controls[n], first,
                                count > 1 ? (uint16_t) size : 0);

    return 1;
}


static void
ngx_rtc_turn_io_set_control(struct msghdr *msg,
    ngx_rtc_turn_control_t *control, ngx_rtc_turn_out_t *out, uint16_t size)
{
    int                  tos, v6;
    struct in_pktinfo    pkt;
    struct in6_pktinfo   pkt6;

    msg->msg_control = control;
    msg->msg_controllen = 0;

    v6 = out->remote.family == AF_INET6;

    if (size) {
        ngx_rtc_turn_io_put(msg, IPPROTO_UDP, UDP_SEGMENT, &size,
                            sizeof(uint16_t));
    }

    if (out->tos) {
        tos = out->tos;
        ngx_rtc_turn_io_put(msg, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                            v6 ? IPV6_TCLASS : IP_TOS, &tos, sizeof(int));
    }

    if (out->local.family == AF_INET6) {
        ngx_memzero(&pkt6, sizeof(struct in6_pktinfo));
        ngx_memcpy(&pkt6.ipi6_addr, out->local.addr, 16);

        ngx_rtc_turn_io_put(msg, IPPROTO_IPV6, IPV6_PKTINFO, &pkt6,
                            sizeof(struct in6_pktinfo));

    } else if (out->local.family == AF_INET) {
        ngx_memzero(&pkt, sizeof(struct in_pktinfo));
        ngx_memcpy(&pkt.ipi_spec_dst, out->local.addr, 4);

        ngx_rtc_turn_io_put(msg, IPPROTO_IP, IP_PKTINFO, &pkt,
                            sizeof(struct in_pktinfo));
    }

    if (msg->msg_controllen == 0) {
        msg->msg_control = NULL;
    }
}


static u_char *
ngx_rtc_turn_io_put(struct msghdr *msg, int level, int type, const void *data,
    size_t len)
{
    u_char          *p;
    struct cmsghdr  *cmsg;

    p = (u_char *) msg->msg_control + msg->msg_controllen;

    ngx_memzero(p, CMSG_SPACE(len));

    cmsg = (struct cmsghdr *) p;
    cmsg->cmsg_level = level;
    cmsg->cmsg_type = type;
    cmsg->cmsg_len = CMSG_LEN(len);
    ngx_memcpy(CMSG_DATA(cmsg), data, len);

    msg->msg_controllen += CMSG_SPACE(len);

    return p;
}


/* RFC 8656, 14: Linux has DF by socket, not by datagram */

static void
ngx_rtc_turn_io_set_df(ngx_rtc_turn_sock_t *sock, ngx_uint_t df)
{
    int  value;

    if (sock->local.family == AF_INET6) {
        value = df ? IPV6_PMTUDISC_DO : IPV6_PMTUDISC_DONT;
        (void) setsockopt(sock->fd, IPPROTO_IPV6,
                          IPV6_MTU_DISCOVER, &value, sizeof(int));

    } else {
        value = df ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;
        (void) setsockopt(sock->fd, IPPROTO_IP, IP_MTU_DISCOVER,
                          &value, sizeof(int));
    }

    sock->df = df ? 1 : 0;
}


static void
ngx_rtc_turn_io_write(ngx_rtc_turn_io_t *io, ngx_rtc_turn_sock_t *sock,
    ngx_uint_t n)
{
    int             rc;
    ngx_uint_t      i, tries;
    struct msghdr  *msg;

    tries = 0;

    for (i = 0; i < n; /* void */ ) {

        msg = &io->msgs[i].msg_hdr;

        if (n - i > 1) {
            rc = sendmmsg(sock->fd, &io->msgs[i],
                          (unsigned) (n - i), 0);

        } else if (msg->msg_iovlen == 1 && msg->msg_control == NULL) {
            rc = sendto(sock->fd, msg->msg_iov->iov_base,
                        msg->msg_iov->iov_len, 0, msg->msg_name,
                        msg->msg_namelen) == -1 ? -1 : 1;

        } else {
            rc = sendmsg(sock->fd, msg, 0) == -1 ? -1 : 1;
        }

        if (rc > 0) {
            i += (ngx_uint_t) rc;
            tries = 0;
            continue;
        }

        /* an error of an earlier datagram is told once, by the next call */

        if (tries++ == 0
            && ngx_rtc_turn_io_failed(io, sock, msg, ngx_socket_errno))
        {
            continue;
        }

        i++;
        tries = 0;
    }
}


/* whether the message is to be tried again */

static ngx_uint_t
ngx_rtc_turn_io_failed(ngx_rtc_turn_io_t *io, ngx_rtc_turn_sock_t *sock,
    struct msghdr *msg, ngx_err_t err)
{
    switch (err) {

    case NGX_EINTR:
    case NGX_ECONNREFUSED:
    case NGX_EHOSTUNREACH:
    case NGX_ENETUNREACH:
        return 1;

    case NGX_EAGAIN:
    case ENOBUFS:
        io->stat.dropped += msg->msg_iovlen;
        return 0;

    case EIO:
    case NGX_EINVAL:
    case ENOPROTOOPT:

        if (msg->msg_iovlen > 1) {

            /* no checksum offload on the way out, or an old kernel */

            ngx_log_error(NGX_LOG_NOTICE, io->log, err,
                          "turn: UDP_SEGMENT is not used any more");

            io->no_segment = 1;
            ngx_rtc_turn_io_split(io, sock->fd, msg);
            return 0;
        }

        /* fall through */

    default:
        io->stat.failed += msg->msg_iovlen;
        return 0;
    }
}


static void
ngx_rtc_turn_io_split(ngx_rtc_turn_io_t *io, int fd, struct msghdr *msg)
{
    size_t  i;

    for (i = 0; i < msg->msg_iovlen; i++) {
        if (sendto(fd, msg->msg_iov[i].iov_base, msg->msg_iov[i].iov_len, 0,
                   msg->msg_name, msg->msg_namelen)
            == -1)
        {
            io->stat.failed++;
        }
    }
}
