
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the port (ngx_rtc_sfu_media.c) and its registry of transports
 * (ngx_rtc_sfu_peer.c) share.
 */


#ifndef _NGX_RTC_SFU_MEDIA_INTERNAL_H_INCLUDED_
#define _NGX_RTC_SFU_MEDIA_INTERNAL_H_INCLUDED_


#include "ngx_rtc_udp.h"
#include "ngx_rtc_sfu_media.h"
#include "ngx_rtc_sfu_tcp.h"


#define NGX_RTC_SFU_MEDIA_UFRAGS   1024    /* buckets */
#define NGX_RTC_SFU_MEDIA_TUPLES   2048


/* what serves one address family */

typedef struct {
    rtc_addr_t               local;     /* family 0: not wanted */
    ngx_rtc_udp_t           *udp;
} ngx_rtc_sfu_media_socket_t;


struct ngx_rtc_sfu_media_s {
    const ngx_rtc_sfu_media_conf_t  *conf;
    rtc_transport_worker_t          *worker;
    ngx_pool_t                      *pool;
    ngx_log_t                       *log;

    ngx_uint_t                       port;          /* 0: none yet */
    ngx_rtc_sfu_media_socket_t       sockets[2];
    ngx_rtc_udp_io_t                *io;
    ngx_rtc_sfu_tcp_t               *tcp;

    ngx_queue_t                      ufrags[NGX_RTC_SFU_MEDIA_UFRAGS];
    ngx_queue_t                      tuples[NGX_RTC_SFU_MEDIA_TUPLES];

    ngx_connection_t                 dummy;         /* of the timers */
    ngx_event_t                      retry;
    ngx_event_t                      tick;
    ngx_msec_t                       ticked;

    u_char                          *reserved;

    ngx_uint_t                       peers;
    uint64_t                         stun_unknown;
    uint64_t                         tuple_unknown;

    unsigned                         complained:1;
};


/* NULL: nobody has it */

ngx_rtc_sfu_node_t *ngx_rtc_sfu_media_find_ufrag(ngx_rtc_sfu_media_t *media,
    rtc_str_t ufrag);
ngx_rtc_sfu_node_t *ngx_rtc_sfu_media_find_tuple(ngx_rtc_sfu_media_t *media,
    const rtc_tuple_t *tuple);

/* the tuple's connection is gone */

void ngx_rtc_sfu_media_tcp_closed(void *data, const rtc_tuple_t *tuple);

/* usrsctp's clock runs while there are associations */
void ngx_rtc_sfu_media_start_tick(ngx_rtc_sfu_media_t *media);


#endif /* _NGX_RTC_SFU_MEDIA_INTERNAL_H_INCLUDED_ */
