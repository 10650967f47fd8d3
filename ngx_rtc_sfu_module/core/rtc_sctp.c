
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include <usrsctp.h>

#include "rtc_sctp_internal.h"


#define RTC_SCTP_SHORTEST      16       /* common and chunk header */

/*
 * RTO in ms, near those of browsers: who was away for long gets what was sent
 * in the meantime soon after.  How long that may be is ICE's to know, so the
 * association does not give up by itself.
 */

#define RTC_SCTP_RTO_INITIAL   500
#define RTC_SCTP_RTO_MIN       300
#define RTC_SCTP_RTO_MAX       2000
#define RTC_SCTP_INITS         32
#define RTC_SCTP_ATTEMPTS      UINT16_MAX


static int rtc_sctp_setup(rtc_sctp_t *s);
static void rtc_sctp_address(const rtc_sctp_t *s, uint16_t port,
    struct sockaddr_conn *addr);
static int rtc_sctp_connect(rtc_sctp_t *s, uint16_t remote_port);
static int rtc_sctp_unseal(const rtc_sctp_t *s, uint8_t *p, size_t len);
static void rtc_sctp_shut(rtc_sctp_t *s);
static void rtc_sctp_down(rtc_sctp_t *s);
static void rtc_sctp_notified(rtc_sctp_t *s, const uint8_t *p, size_t len);
static void rtc_sctp_assoc_changed(rtc_sctp_t *s,
    const struct sctp_assoc_change *sac);
static void rtc_sctp_streams_reset(rtc_sctp_t *s, const uint8_t *p,
    size_t len);
static void rtc_sctp_stream_reset(rtc_sctp_t *s, uint16_t stream,
    unsigned flags);


rtc_sctp_t *
rtc_sctp_create(rtc_sctp_worker_t *w, const rtc_sctp_handlers_t *handlers,
    void *ctx)
{
    rtc_sctp_t  *s;

    s = calloc(1, sizeof(rtc_sctp_t));
    if (s == NULL) {
        return NULL;
    }

    s->worker = w;
    s->handlers = handlers;
    s->ctx = ctx;
    s->streams = RTC_SCTP_STREAMS;
    s->id = rtc_sctp_worker_add(w, s);

    if (s->id == 0) {
        free(s);
        return NULL;
    }

    return s;
}


void
rtc_sctp_destroy(rtc_sctp_t *s)
{
    if (s == NULL) {
        return;
    }

    rtc_sctp_shut(s);
    rtc_sctp_channels_down(s, 1);
    rtc_sctp_worker_remove(s->worker, s);
    free(s);
}


int
rtc_sctp_start(rtc_sctp_t *s, uint16_t local_port, uint16_t remote_port,
    size_t max_message)
{
    if (s->state != RTC_SCTP_IDLE) {
        return RTC_ERROR;
    }

    s->sock = rtc_sctp_worker_socket(s);
    if (s->sock == NULL) {
        return RTC_ERROR;
    }

    usrsctp_register_address((void *) s->id);

    s->state = RTC_SCTP_CONNECTING;
    s->port = local_port;
    s->max_message = rtc_min(max_message, RTC_SCTP_SEND_BUFFER);

    if (s->max_message == 0) {
        s->max_message = RTC_SCTP_SEND_BUFFER;
    }

    if (rtc_sctp_setup(s) != RTC_OK
        || rtc_sctp_connect(s, remote_port) != RTC_OK)
    {
        rtc_sctp_shut(s);
        s->state = RTC_SCTP_DOWN;
        return RTC_ERROR;
    }

    rtc_sctp_worker_drain(s->worker);

    return RTC_OK;
}


static int
rtc_sctp_setup(rtc_sctp_t *s)
{
    size_t                    i;
    int                       on, rcvbuf, sndbuf, point;
    struct linger             linger;
    struct sctp_event         event;
    struct sctp_rtoinfo       rto;
    struct sctp_initmsg       init;
    struct sctp_assocparams   assoc;
    struct sctp_assoc_value   reset;

    static const uint16_t     events[] = {
        SCTP_ASSOC_CHANGE,
        SCTP_STREAM_RESET_EVENT
    };

    on = 1;
    rcvbuf = RTC_SCTP_RECV_BUFFER;
    sndbuf = RTC_SCTP_SEND_BUFFER;
    point = RTC_SCTP_MAX_MESSAGE + 1;

    /* closing sends ABORT and keeps nothing */

    linger.l_onoff = 1;
    linger.l_linger = 0;

    memset(&rto, 0, sizeof(rto));
    rto.srto_initial = RTC_SCTP_RTO_INITIAL;
    rto.srto_min = RTC_SCTP_RTO_MIN;
    rto.srto_max = RTC_SCTP_RTO_MAX;

    memset(&init, 0, sizeof(init));
    init.sinit_num_ostreams = RTC_SCTP_STREAMS;
    init.sinit_max_instreams = RTC_SCTP_STREAMS;
    init.sinit_max_attempts = RTC_SCTP_INITS;

    memset(&assoc, 0, sizeof(assoc));
    assoc.sasoc_asocmaxrxt = RTC_SCTP_ATTEMPTS;

    memset(&reset, 0, sizeof(reset));
    reset.assoc_id = SCTP_FUTURE_ASSOC;
    reset.assoc_value = SCTP_ENABLE_RESET_STREAM_REQ;

    if (usrsctp_set_non_blocking(s->sock, 1) != 0
        || usrsctp_setsockopt(s->sock, SOL_SOCKET, SO_RCVBUF, &rcvbuf,
                              sizeof(rcvbuf)) != 0
        || usrsctp_setsockopt(s->sock, SOL_SOCKET, SO_SNDBUF, &sndbuf,
                              sizeof(sndbuf)) != 0
        || usrsctp_setsockopt(s->sock, SOL_SOCKET, SO_LINGER, &linger,
                              sizeof(linger)) != 0
        || usrsctp_setsockopt(s->sock, IPPROTO_SCTP, SCTP_NODELAY, &on,
                              sizeof(on)) != 0
        || usrsctp_setsockopt(s->sock, IPPROTO_SCTP,
                              SCTP_PARTIAL_DELIVERY_POINT, &point,
                              sizeof(point)) != 0
        || usrsctp_setsockopt(s->sock, IPPROTO_SCTP, SCTP_RTOINFO, &rto,
                              sizeof(rto)) != 0
        || usrsctp_setsockopt(s->sock, IPPROTO_SCTP, SCTP_ASSOCINFO, &assoc,
                              sizeof(assoc)) != 0
        || usrsctp_setsockopt(s->sock, IPPROTO_SCTP, SCTP_INITMSG, &init,
                              sizeof(init)) != 0
        || usrsctp_setsockopt(s->sock, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET,
                              &reset, sizeof(reset)) != 0)
    {
        return RTC_ERROR;
    }

    for (i = 0; i < rtc_nelts(events); i++) {
        memset(&event, 0, sizeof(event));
        event.se_assoc_id = SCTP_ALL_ASSOC;
        event.se_type = events[i];
        event.se_on = 1;

        if (usrsctp_setsockopt(s->sock, IPPROTO_SCTP, SCTP_EVENT, &event,
                               sizeof(event)) != 0)
        {
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


static void
rtc_sctp_address(const rtc_sctp_t *s, uint16_t port,
    struct sockaddr_conn *addr)
{
    memset(addr, 0, sizeof(struct sockaddr_conn));

    addr->sconn_family = AF_CONN;
    addr->sconn_port = htons(port);
    addr->sconn_addr = (void *) s->id;
}


static int
rtc_sctp_connect(rtc_sctp_t *s, uint16_t remote_port)
{
    struct sockaddr_conn     local, remote;
    struct sctp_paddrparams  params;

    rtc_sctp_address(s, rtc_sctp_worker_port(s), &local);
    rtc_sctp_address(s, remote_port, &remote);

    if (usrsctp_bind(s->sock, (struct sockaddr *) &local, sizeof(local))
        != 0)
    {
        return RTC_ERROR;
    }

    if (usrsctp_connect(s->sock, (struct sockaddr *) &remote, sizeof(remote))
        != 0
        && errno != EINPROGRESS)
    {
        return RTC_ERROR;
    }

    memset(&params, 0, sizeof(params));
    memcpy(&params.spp_address, &remote, sizeof(remote));

    /* whether the peer is there is ICE's to know (RFC 7675) */
    params.spp_flags = SPP_PMTUD_DISABLE|SPP_HB_DISABLE;

    params.spp_pathmaxrxt = RTC_SCTP_ATTEMPTS;

    /* for AF_CONN it counts what is behind the common header */
    params.spp_pathmtu = RTC_SCTP_MTU - sizeof(struct sctp_common_header);

    if (usrsctp_setsockopt(s->sock, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS,
                           &params, sizeof(params)) != 0)
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}


static void
rtc_sctp_shut(rtc_sctp_t *s)
{
    struct socket  *sock;

    if (s->sock == NULL) {
        return;
    }

    sock = s->sock;
    s->sock = NULL;

    usrsctp_close(sock);
    usrsctp_deregister_address((void *) s->id);
}


static void
rtc_sctp_down(rtc_sctp_t *s)
{
    rtc_sctp_shut(s);

    s->state = RTC_SCTP_DOWN;
    s->buffered = 0;
    s->blocked = 0;

    rtc_sctp_channels_down(s, 0);
}


void
rtc_sctp_input(rtc_sctp_t *s, uint8_t *p, size_t len)
{
    if (s->sock == NULL || len < RTC_SCTP_SHORTEST
        || rtc_sctp_unseal(s, p, len) != RTC_OK)
    {
        return;
    }

    usrsctp_conninput((void *) s->id, p, len, 0);
    rtc_sctp_worker_drain(s->worker);
}


static int
rtc_sctp_unseal(const rtc_sctp_t *s, uint8_t *p, size_t len)
{
    uint32_t                    sum;
    struct sctp_common_header   h;

    memcpy(&h, p, sizeof(h));

    sum = h.crc32c;
    h.crc32c = 0;
    memcpy(p, &h, sizeof(h));

    if (usrsctp_crc32c(p, len) != sum || ntohs(h.destination_port) != s->port)
    {
        return RTC_ERROR;
    }

    h.destination_port = htons(rtc_sctp_worker_port(s));
    memcpy(p, &h, sizeof(h));

    return RTC_OK;
}


void
rtc_sctp_seal(const rtc_sctp_t *s, uint8_t *p, size_t len)
{
    struct sctp_common_header  h;

    if (len < sizeof(h)) {
        return;
    }

    memcpy(&h, p, sizeof(h));

    h.source_port = htons(s->port);
    memcpy(p, &h, sizeof(h));

    h.crc32c = usrsctp_crc32c(p, len);
    memcpy(p, &h, sizeof(h));
}


void
rtc_sctp_handle(rtc_sctp_t *s, const rtc_sctp_event_t *e)
{
    if (s->sock == NULL) {
        return;
    }

    if (e->data == NULL) {
        rtc_sctp_channels_flush(s);
        s->handlers->drained(s->ctx);
        return;
    }

    if (e->notification) {
        rtc_sctp_notified(s, e->data, e->len);
        return;
    }

    /* longer than announced: the library gives it in pieces */

    if (!e->complete || e->len > RTC_SCTP_MAX_MESSAGE) {
        rtc_sctp_down(s);
        return;
    }

    if (e->stream < RTC_SCTP_STREAMS) {
        rtc_sctp_channel_input(s, e->stream, e->ppid, e->data, e->len);
    }
}


static void
rtc_sctp_notified(rtc_sctp_t *s, const uint8_t *p, size_t len)
{
    uint16_t                  type;
    struct sctp_assoc_change  sac;

    if (len < sizeof(uint16_t)) {
        return;
    }

    memcpy(&type, p, sizeof(uint16_t));

    switch (type) {

    case SCTP_ASSOC_CHANGE:
        if (len >= sizeof(sac)) {
            memcpy(&sac, p, sizeof(sac));
            rtc_sctp_assoc_changed(s, &sac);
        }

        break;

    case SCTP_STREAM_RESET_EVENT:
        rtc_sctp_streams_reset(s, p, len);
        break;
    }
}


static void
rtc_sctp_assoc_changed(rtc_sctp_t *s, const struct sctp_assoc_change *sac)
{
    /* at SCTP_RESTART the peer has forgotten its channels, too */

    if (sac->sac_state != SCTP_COMM_UP) {
        rtc_sctp_down(s);
        return;
    }

    s->state = RTC_SCTP_UP;
    s->streams = rtc_min(sac->sac_outbound_streams, RTC_SCTP_STREAMS);

    rtc_sctp_channels_up(s);
}


static void
rtc_sctp_streams_reset(rtc_sctp_t *s, const uint8_t *p, size_t len)
{
    size_t                           i, n;
    uint16_t                         stream;
    struct sctp_stream_reset_event   event;

    if (len < sizeof(event)) {
        return;
    }

    memcpy(&event, p, sizeof(event));

    n = (len - sizeof(event)) / sizeof(uint16_t);

    for (i = 0; i < n; i++) {
        memcpy(&stream, p + sizeof(event) + i * sizeof(uint16_t),
               sizeof(uint16_t));
        rtc_sctp_stream_reset(s, stream, event.strreset_flags);
    }

    if (n == 0) {
        for (i = 0; i < RTC_SCTP_STREAMS; i++) {
            rtc_sctp_stream_reset(s, (uint16_t) i, event.strreset_flags);
        }
    }

    rtc_sctp_channels_flush(s);
}


static void
rtc_sctp_stream_reset(rtc_sctp_t *s, uint16_t stream, unsigned flags)
{
    if (stream >= RTC_SCTP_STREAMS) {
        return;
    }

    if (flags & SCTP_STREAM_RESET_OUTGOING_SSN) {

        /* also when the peer denied it: there is nothing else to try */

        rtc_sctp_channel_reset_out(s, stream);

    } else if ((flags & SCTP_STREAM_RESET_INCOMING_SSN)
               && !(flags & (SCTP_STREAM_RESET_DENIED
                             | SCTP_STREAM_RESET_FAILED)))
    {
        rtc_sctp_channel_reset_in(s, stream);
    }
}


int
rtc_sctp_sendv(rtc_sctp_t *s, uint16_t stream, uint32_t ppid, const void *p,
    size_t len)
{
    ssize_t                 n;
    unsigned                i;
    rtc_sctp_channel_t     *ch;
    struct sctp_sendv_spa   spa;

    if (s->buffered + len > RTC_SCTP_SEND_BUFFER
        || s->nmessages == RTC_SCTP_SEND_MESSAGES)
    {
        s->blocked = 1;
        return RTC_AGAIN;
    }

    ch = &s->channels[stream];

    memset(&spa, 0, sizeof(spa));
    spa.sendv_flags = SCTP_SEND_SNDINFO_VALID;
    spa.sendv_sndinfo.snd_sid = stream;
    spa.sendv_sndinfo.snd_ppid = htonl(ppid);

    /* RFC 8832, 6: DCEP goes ordered and reliable on every channel */

    if (ppid != RTC_DCEP_PPID) {
        if (!ch->ordered) {
            spa.sendv_sndinfo.snd_flags = SCTP_UNORDERED;
        }

        if (ch->reliability != RTC_DCEP_RELIABLE) {
            spa.sendv_flags |= SCTP_SEND_PRINFO_VALID;
            spa.sendv_prinfo.pr_value = ch->limit;
            spa.sendv_prinfo.pr_policy =
                                      ch->reliability == RTC_DCEP_LIFETIME
                                      ? SCTP_PR_SCTP_TTL : SCTP_PR_SCTP_RTX;
        }
    }

    n = usrsctp_sendv(s->sock, p, len, NULL, 0, &spa, sizeof(spa),
                      SCTP_SENDV_SPA, 0);

    if (n < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            s->blocked = 1;
            return RTC_AGAIN;
        }

        return RTC_ERROR;
    }

    s->buffered += len;
    s->sent += (uint32_t) len;

    i = (s->first + s->nmessages++) % RTC_SCTP_SEND_MESSAGES;
    s->ends[i] = s->sent;

    return RTC_OK;
}


int
rtc_sctp_acked(rtc_sctp_t *s, size_t buffered)
{
    uint32_t  acked;

    s->buffered = buffered;

    acked = s->sent - (uint32_t) buffered;

    while (s->nmessages && (int32_t) (acked - s->ends[s->first]) >= 0) {
        s->first = (s->first + 1) % RTC_SCTP_SEND_MESSAGES;
        s->nmessages--;
    }

    if (s->blocked && s->buffered <= RTC_SCTP_SEND_BUFFER / 2
        && s->nmessages <= RTC_SCTP_SEND_MESSAGES / 2)
    {
        s->blocked = 0;
        return 1;
    }

    return 0;
}


/* RTC_AGAIN: there may be one request at a time (RFC 6525, 5.1.1) */

int
rtc_sctp_reset(rtc_sctp_t *s, const uint16_t *streams, uint16_t n)
{
    struct sctp_reset_streams  *reset;
    uint8_t                     buf[sizeof(struct sctp_reset_streams)
                                    + RTC_SCTP_STREAMS * sizeof(uint16_t)]
        __attribute__((aligned(__alignof__(struct sctp_reset_streams))));

    memset(buf, 0, sizeof(buf));

    reset = (struct sctp_reset_streams *) buf;
    reset->srs_flags = SCTP_STREAM_RESET_OUTGOING;
    reset->srs_number_streams = n;
    memcpy(reset->srs_stream_list, streams, n * sizeof(uint16_t));

    if (usrsctp_setsockopt(s->sock, IPPROTO_SCTP, SCTP_RESET_STREAMS, reset,
                           (socklen_t) (sizeof(struct sctp_reset_streams)
                                        + n * sizeof(uint16_t))) != 0)
    {
        return RTC_AGAIN;
    }

    return RTC_OK;
}


size_t
rtc_sctp_buffered(const rtc_sctp_t *s)
{
    return s->buffered;
}
