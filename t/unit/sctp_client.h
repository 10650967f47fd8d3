
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The browser's end of an association: a plain socket of usrsctp.  There is
 * one stack per process, so its packets come out of an association of ours
 * that is never started.
 */


#ifndef SCTP_CLIENT_H_INCLUDED
#define SCTP_CLIENT_H_INCLUDED


#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include <usrsctp.h>

#include "rtc_core.h"
#include "rtc_sctp_internal.h"


#define SCTP_CLIENT_KEEP  70000


typedef struct {
    rtc_sctp_t      *hook;
    struct socket   *sock;
    uintptr_t        id;

    int              up;
    int              down;
    int              messages;
    int              acks;
    int              opens;
    unsigned         resets;        /* incoming streams that were reset */

    uint8_t          data[SCTP_CLIENT_KEEP];
    size_t           len;
    uint16_t         stream;
    uint32_t         ppid;

    /* the last OPEN */
    uint8_t          open[256];
    size_t           open_len;
    uint16_t         open_stream;
} sctp_client_t;


static inline int
sctp_client_received(struct socket *sock, union sctp_sockstore addr,
    void *data, size_t len, struct sctp_rcvinfo info, int flags, void *ctx)
{
    uint8_t                         *p = data;
    sctp_client_t                   *c = ctx;
    struct sctp_assoc_change        *sac;
    struct sctp_stream_reset_event  *reset;

    if (data == NULL) {
        return 1;
    }

    if (flags & MSG_NOTIFICATION) {
        sac = data;
        reset = data;

        if (sac->sac_type == SCTP_ASSOC_CHANGE) {
            c->up += sac->sac_state == SCTP_COMM_UP;
            c->down += sac->sac_state != SCTP_COMM_UP;
        }

        if (reset->strreset_type == SCTP_STREAM_RESET_EVENT
            && (reset->strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN))
        {
            c->resets++;
        }

    } else if (ntohl(info.rcv_ppid) == RTC_DCEP_PPID) {
        if (p[0] == RTC_DCEP_ACK) {
            c->acks++;

        } else {
            c->opens++;
            c->open_len = rtc_min(len, sizeof(c->open));
            c->open_stream = info.rcv_sid;
            memcpy(c->open, p, c->open_len);
        }

    } else {
        c->messages++;
        c->stream = info.rcv_sid;
        c->ppid = ntohl(info.rcv_ppid);
        c->len = len;
        memcpy(c->data, p, rtc_min(len, SCTP_CLIENT_KEEP));
    }

    free(data);

    return 1;
}


/* streams as a browser offers them */

static inline void
sctp_client_start(sctp_client_t *c, rtc_sctp_worker_t *w,
    const rtc_sctp_handlers_t *output, void *ctx)
{
    size_t                   i;
    int                      size;
    struct linger            linger;
    struct sctp_event        event;
    struct sctp_initmsg      init;
    struct sockaddr_conn     addr;
    struct sctp_assoc_value  reset;
    const uint16_t           events[] = {
        SCTP_ASSOC_CHANGE,
        SCTP_STREAM_RESET_EVENT
    };

    memset(c, 0, sizeof(sctp_client_t));

    c->hook = rtc_sctp_create(w, output, ctx);
    c->hook->port = 5000;
    c->id = c->hook->id;

    usrsctp_register_address((void *) c->id);

    c->sock = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP,
                             sctp_client_received, NULL, 0, c);
    usrsctp_set_non_blocking(c->sock, 1);

    linger.l_onoff = 1;
    linger.l_linger = 0;
    usrsctp_setsockopt(c->sock, SOL_SOCKET, SO_LINGER, &linger,
                       sizeof(linger));

    size = 1;
    usrsctp_setsockopt(c->sock, IPPROTO_SCTP, SCTP_NODELAY, &size,
                       sizeof(size));

    size = 1 << 20;
    usrsctp_setsockopt(c->sock, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    usrsctp_setsockopt(c->sock, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    size >>= 1;
    usrsctp_setsockopt(c->sock, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT,
                       &size, sizeof(size));

    memset(&init, 0, sizeof(init));
    init.sinit_num_ostreams = 1024;
    init.sinit_max_instreams = 1024;
    usrsctp_setsockopt(c->sock, IPPROTO_SCTP, SCTP_INITMSG, &init,
                       sizeof(init));

    memset(&reset, 0, sizeof(reset));
    reset.assoc_id = SCTP_ALL_ASSOC;
    reset.assoc_value = SCTP_ENABLE_RESET_STREAM_REQ;
    usrsctp_setsockopt(c->sock, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET,
                       &reset, sizeof(reset));

    for (i = 0; i < rtc_nelts(events); i++) {
        memset(&event, 0, sizeof(event));
        event.se_assoc_id = SCTP_ALL_ASSOC;
        event.se_type = events[i];
        event.se_on = 1;
        usrsctp_setsockopt(c->sock, IPPROTO_SCTP, SCTP_EVENT, &event,
                           sizeof(event));
    }

    memset(&addr, 0, sizeof(addr));
    addr.sconn_family = AF_CONN;
    addr.sconn_port = htons(5000);
    addr.sconn_addr = (void *) c->id;

    usrsctp_bind(c->sock, (struct sockaddr *) &addr, sizeof(addr));

    if (usrsctp_connect(c->sock, (struct sockaddr *) &addr, sizeof(addr)) != 0
        && errno != EINPROGRESS)
    {
        abort();
    }

    /* what a tunnel through DTLS bears */

    struct sctp_paddrparams  params;

    memset(&params, 0, sizeof(params));
    memcpy(&params.spp_address, &addr, sizeof(addr));
    params.spp_flags = SPP_PMTUD_DISABLE;
    params.spp_pathmtu = 1150;
    usrsctp_setsockopt(c->sock, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &params,
                       sizeof(params));
}


static inline int
sctp_client_send(sctp_client_t *c, uint16_t stream, uint32_t ppid,
    const void *p, size_t len)
{
    struct sctp_sendv_spa  spa;

    memset(&spa, 0, sizeof(spa));
    spa.sendv_flags = SCTP_SEND_SNDINFO_VALID;
    spa.sendv_sndinfo.snd_sid = stream;
    spa.sendv_sndinfo.snd_ppid = htonl(ppid);

    return usrsctp_sendv(c->sock, p, len, NULL, 0, &spa, sizeof(spa),
                         SCTP_SENDV_SPA, 0) == (ssize_t) len
           ? RTC_OK : RTC_ERROR;
}


static inline int
sctp_client_open(sctp_client_t *c, uint16_t stream, const char *label,
    int ordered, int reliability, uint32_t limit)
{
    uint8_t          buf[256];
    rtc_dcep_open_t  open;

    memset(&open, 0, sizeof(open));
    open.ordered = ordered != 0;
    open.reliability = (rtc_dcep_reliability_e) reliability;
    open.limit = limit;
    open.label.data = (const uint8_t *) label;
    open.label.len = strlen(label);

    return sctp_client_send(c, stream, RTC_DCEP_PPID, buf,
                            rtc_dcep_write_open(&open, buf, sizeof(buf)));
}


static inline int
sctp_client_reset(sctp_client_t *c, uint16_t stream)
{
    struct sctp_reset_streams  *reset;
    uint32_t                    buf[8];

    memset(buf, 0, sizeof(buf));
    reset = (struct sctp_reset_streams *) buf;
    reset->srs_flags = SCTP_STREAM_RESET_OUTGOING;
    reset->srs_number_streams = 1;
    reset->srs_stream_list[0] = stream;

    return usrsctp_setsockopt(c->sock, IPPROTO_SCTP, SCTP_RESET_STREAMS,
                              reset, sizeof(*reset) + sizeof(uint16_t));
}


static inline void
sctp_client_stop(sctp_client_t *c)
{
    if (c->sock) {
        usrsctp_close(c->sock);
        usrsctp_deregister_address((void *) c->id);
        c->sock = NULL;
    }

    rtc_sctp_destroy(c->hook);
    c->hook = NULL;
}


#endif /* SCTP_CLIENT_H_INCLUDED */
