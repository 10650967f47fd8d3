
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What receiving (ngx_rtc_udp.c) and sending (ngx_rtc_udp_send.c) share.
 */


#ifndef _NGX_RTC_UDP_INTERNAL_H_INCLUDED_
#define _NGX_RTC_UDP_INTERNAL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <netinet/udp.h>
#include "ngx_rtc_udp.h"


#define NGX_RTC_UDP_BATCH     64
#define NGX_RTC_UDP_ROUNDS    4         /* batches of one read event */

#define NGX_RTC_UDP_ROOM      (NGX_RTC_UDP_MAX + NGX_RTC_UDP_SLACK)

#define NGX_RTC_UDP_SEGMENTS  64        /* of a run, UDP_MAX_SEGMENTS */
#define NGX_RTC_UDP_RUN       65000     /* bytes of it */


/* IP_PKTINFO or IPV6_PKTINFO and UDP_SEGMENT, aligned for struct cmsghdr */

typedef union {
    struct cmsghdr          align;
    u_char                  data[CMSG_SPACE(sizeof(struct in6_pktinfo))
                                 + CMSG_SPACE(sizeof(uint16_t))];
} ngx_rtc_udp_control_t;


struct ngx_rtc_udp_s {
    ngx_rtc_udp_io_t       *io;
    ngx_connection_t       *connection;

    rtc_addr_t              local;

    ngx_rtc_udp_handler_pt  handler;
    void                   *data;

    ngx_uint_t              runs;       /* sent in one piece */
    ngx_uint_t              refused;    /* runs, by kernel or device */

    unsigned                wildcard:1;
    unsigned                segment:1;  /* runs are sent in one piece */
    unsigned                blocked:1;  /* until it is writable again */
};


/*
 * What is sent at once: a datagram, or a run of them to one tuple that are of
 * one size; the last may be shorter.
 */

typedef struct {
    ngx_rtc_udp_t          *udp;
    rtc_tuple_t             tuple;
    ngx_uint_t              n;          /* datagrams */
    size_t                  size;       /* of each */
    unsigned                full:1;     /* the last is shorter */
    unsigned                expendable:1;
} ngx_rtc_udp_run_t;


struct ngx_rtc_udp_io_s {
    struct mmsghdr          in[NGX_RTC_UDP_BATCH];
    struct iovec            in_iov[NGX_RTC_UDP_BATCH];
    ngx_sockaddr_t          in_addr[NGX_RTC_UDP_BATCH];
    ngx_rtc_udp_control_t   in_control[NGX_RTC_UDP_BATCH];

    struct mmsghdr          out[NGX_RTC_UDP_BATCH];
    struct iovec            out_iov[NGX_RTC_UDP_BATCH];
    ngx_sockaddr_t          out_addr[NGX_RTC_UDP_BATCH];
    ngx_rtc_udp_control_t   out_control[NGX_RTC_UDP_BATCH];
    ngx_rtc_udp_run_t       out_run[NGX_RTC_UDP_BATCH];
    ngx_uint_t              nout;

    /* datagrams to send lie one behind the other, as UDP_SEGMENT wants them */
    u_char                 *out_last;
    u_char                 *out_end;

    u_char                 *in_data;
    u_char                 *out_data;

    uint64_t                since_us;   /* of what is measured, 0: nothing */
    ngx_rtc_udp_stat_t      stat;

    ngx_connection_t        dummy;      /* the event's data in debug logs */
    ngx_event_t             flush;
};


/* ngx_rtc_udp_send.c */

void ngx_rtc_udp_init_send(ngx_rtc_udp_io_t *io, ngx_log_t *log);
ngx_uint_t ngx_rtc_udp_can_segment(ngx_socket_t s);
void ngx_rtc_udp_write_handler(ngx_event_t *wev);


#endif /* _NGX_RTC_UDP_INTERNAL_H_INCLUDED_ */
