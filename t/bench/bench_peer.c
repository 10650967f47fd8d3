
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench_dtls.h"
#include "bench_flood.h"
#include "bench_media.h"
#include "bench_peer.h"
#include "bench_sdp.h"
#include "rtc_rtp.h"
#include "stun_msg.h"


#define BENCH_DATAGRAM       2048
#define BENCH_BATCH          16

#define BENCH_CHECK_US       50000      /* until the first answer */
#define BENCH_CONSENT_US     2500000
#define BENCH_RCVBUF         1048576


static bench_peer_t  *bench_peers;         /* that are not connected yet */
static bench_peer_t  *bench_settled;       /* the others, by check_us */
static bench_peer_t **bench_last;


static void bench_peer_open(bench_peer_t *peer);
static void bench_peer_read(void *data);
static void bench_peer_input(bench_peer_t *peer, uint8_t *p, size_t len);
static void bench_peer_stun(bench_peer_t *peer, const uint8_t *p, size_t len);
static void bench_peer_settle(bench_peer_t *peer, uint64_t now_us);
static void bench_peer_check(bench_peer_t *peer);
static void bench_peer_connected(bench_peer_t *peer);
static void bench_peer_media(bench_peer_t *peer, uint8_t *p, size_t len);


bench_peer_t *
bench_peer_create(bench_t *b, int decrypt)
{
    bench_peer_t    *peer;
    static unsigned  n;

    peer = calloc(1, sizeof(bench_peer_t));
    if (peer == NULL) {
        bench_die("no memory for a peer");
    }

    /* of ice-chars, and of the lengths of RFC 8839 */
    snprintf(peer->ufrag, sizeof(peer->ufrag), "b%07u", n++);
    snprintf(peer->pwd, sizeof(peer->pwd), "%08lx%08lx%08lx", random(),
             random(), random());

    peer->bench = b;
    peer->decrypt = decrypt != 0;
    peer->pt = b->video ? BENCH_PT_VIDEO : BENCH_PT_AUDIO;

    bench_peer_open(peer);

    peer->next = bench_peers;
    bench_peers = peer;

    return peer;
}


static void
bench_peer_open(bench_peer_t *peer)
{
    int                 size;
    socklen_t           len;
    struct sockaddr_in  sin;

    peer->source.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    peer->source.handler = bench_peer_read;
    peer->source.data = peer;

    memset(&sin, 0, sizeof(sin));
    sin.sin_family = AF_INET;
    len = sizeof(sin);
    size = BENCH_RCVBUF;

    if (peer->source.fd == -1
        || setsockopt(peer->source.fd, SOL_SOCKET, SO_RCVBUF, &size,
                      sizeof(int))
           == -1
        || bind(peer->source.fd, (struct sockaddr *) &sin, len) == -1
        || getsockname(peer->source.fd, (struct sockaddr *) &sin, &len) == -1)
    {
        bench_die("no socket for a peer: %m");
    }

    peer->port = ntohs(sin.sin_port);
}


const char *
bench_peer_fingerprint(void)
{
    return bench_dtls_fingerprint();
}


int
bench_peer_set_remote(bench_peer_t *peer, const char *sdp)
{
    if (peer->described) {
        return RTC_OK;
    }

    if (bench_sdp_value(sdp, "a=ice-ufrag:", peer->remote_ufrag, BENCH_LINE)
        != RTC_OK
        || bench_sdp_value(sdp, "a=ice-pwd:", peer->remote_pwd, BENCH_LINE)
           != RTC_OK
        || bench_sdp_candidate(sdp, &peer->remote) != RTC_OK)
    {
        return RTC_ERROR;
    }

    /* what others send to the port never gets here */

    if (connect(peer->source.fd, (struct sockaddr *) &peer->remote,
                sizeof(peer->remote))
        == -1)
    {
        return RTC_ERROR;
    }

    peer->described = 1;
    bench_watch(peer->bench, &peer->source);

    return RTC_OK;
}


void
bench_peer_tick(uint64_t now_us)
{
    bench_peer_t  *peer, **link;

    link = &bench_peers;

    while ((peer = *link) != NULL) {

        if (peer->connected) {
            *link = peer->next;
            bench_peer_settle(peer, now_us);
            continue;
        }

        if (peer->ssl) {
            bench_dtls_timer(peer->ssl);
        }

        if (peer->described && now_us >= peer->check_us) {
            bench_peer_check(peer);
            peer->check_us = now_us + (peer->valid ? BENCH_CONSENT_US
                                                   : BENCH_CHECK_US);
        }

        link = &peer->next;
    }

    while (bench_settled && now_us >= bench_settled->check_us) {
        peer = bench_settled;
        bench_settled = peer->next;

        bench_peer_check(peer);
        bench_peer_settle(peer, now_us);
    }
}


/* all wait as long, so they are in order */

static void
bench_peer_settle(bench_peer_t *peer, uint64_t now_us)
{
    if (bench_settled == NULL) {
        bench_last = &bench_settled;
    }

    peer->check_us = now_us + BENCH_CONSENT_US;
    peer->next = NULL;

    *bench_last = peer;
    bench_last = &peer->next;
}


static void
bench_peer_check(bench_peer_t *peer)
{
    char        name[2 * BENCH_LINE];
    stun_msg_t  m;

    snprintf(name, sizeof(name), "%s:%s", peer->remote_ufrag, peer->ufrag);

    stun_msg_check(&m, name, 1);
    stun_msg_finish(&m, peer->remote_pwd);

    (void) send(peer->source.fd, m.data, m.len, 0);
}


static void
bench_peer_read(void *data)
{
    int                    i, n;
    bench_peer_t          *peer = data;
    struct iovec           iov[BENCH_BATCH];
    struct mmsghdr         msg[BENCH_BATCH];

    static uint8_t         buf[BENCH_BATCH][BENCH_DATAGRAM];

    memset(msg, 0, sizeof(msg));

    for (i = 0; i < BENCH_BATCH; i++) {
        iov[i].iov_base = buf[i];
        iov[i].iov_len = BENCH_DATAGRAM - RTC_STUN_SLACK;
        msg[i].msg_hdr.msg_iov = &iov[i];
        msg[i].msg_hdr.msg_iovlen = 1;
    }

    n = recvmmsg(peer->source.fd, msg, BENCH_BATCH, 0, NULL);

    for (i = 0; i < n; i++) {
        bench_peer_input(peer, buf[i], msg[i].msg_len);
    }
}


/* RFC 7983 */

static void
bench_peer_input(bench_peer_t *peer, uint8_t *p, size_t len)
{
    if (len < RTC_RTP_HEADER) {
        return;
    }

    if (p[0] >= 128 && p[0] <= 191) {
        bench_peer_media(peer, p, len);
        return;
    }

    if (p[0] >= 20 && p[0] <= 63) {

        if (peer->ssl
            && bench_dtls_input(peer->ssl, &peer->sctp, p, len) == RTC_OK
            && !peer->connected)
        {
            bench_peer_connected(peer);
        }

        return;
    }

    bench_peer_stun(peer, p, len);
}


/* the socket is connected: what comes is the server's */

static void
bench_peer_stun(bench_peer_t *peer, const uint8_t *p, size_t len)
{
    size_t              n;
    uint8_t             out[RTC_STUN_ANSWER];
    rtc_str_t           pwd;
    rtc_addr_t          from;
    rtc_stun_msg_t      m;
    static rtc_stun_t  *stun;

    if (rtc_stun_parse(&m, p, len) != RTC_OK) {
        return;
    }

    if (m.class == RTC_STUN_SUCCESS) {
        peer->valid = 1;

        if (peer->ssl == NULL) {
            peer->ssl = bench_dtls_start(peer->source.fd, &peer->remote);
        }

        return;
    }

    /* a server that is not ICE-lite checks, too */

    if (stun == NULL) {
        stun = rtc_stun_init(calloc(1, rtc_stun_size()));
    }

    pwd.data = (const uint8_t *) peer->pwd;
    pwd.len = strlen(peer->pwd);

    if (rtc_stun_verify(stun, &m, pwd) != RTC_OK) {
        return;
    }

    memset(&from, 0, sizeof(from));
    from.family = AF_INET;
    from.port = ntohs(peer->remote.sin_port);
    memcpy(from.addr, &peer->remote.sin_addr, 4);

    n = rtc_stun_success(stun, &m, &from, pwd, out, sizeof(out));

    (void) send(peer->source.fd, out, n, 0);
}


static void
bench_peer_connected(bench_peer_t *peer)
{
    unsigned         i;
    rtc_srtp_keys_t  keys;

    peer->connected = 1;

    if (!peer->decrypt) {
        return;
    }

    peer->srtp = rtc_srtp_create();

    if (peer->srtp == NULL || bench_dtls_keys(peer->ssl, &keys) != RTC_OK
        || rtc_srtp_set_keys(peer->srtp, &keys) != RTC_OK)
    {
        bench_die("no keys for SRTP");
    }

    for (i = 0; i < BENCH_SECTIONS; i++) {
        peer->sender[i] = rtc_srtp_add_sender(peer->srtp, BENCH_SSRC + i);
    }
}


static void
bench_peer_media(bench_peer_t *peer, uint8_t *p, size_t len)
{
    bench_t       *b;
    bench_mark_t   mark;

    b = peer->bench;

    if (peer->media) {
        if (!rtc_rtp_is_rtcp(p, len)
            && rtc_srtp_unprotect(peer->srtp, p, &len) == RTC_SRTP_OK)
        {
            peer->media(peer->data, p, len);
        }

        return;
    }

    if (rtc_rtp_is_rtcp(p, len) || (p[1] & 0x7f) != peer->pt) {
        peer->others++;
        return;
    }

    if (peer->srtp) {
        if (rtc_srtp_unprotect(peer->srtp, p, &len) != RTC_SRTP_OK
            || bench_media_mark(&mark, p, len) != RTC_OK)
        {
            peer->others++;
            return;
        }

        if (b->nlatency < BENCH_LATENCIES) {
            b->latency[b->nlatency++] = (uint32_t) (bench_now_us()
                                                    - mark.sent_us);
        }
    }

    if (peer->packets++ == 0) {
        peer->first_us = bench_now_us();
    }
}


int
bench_peer_send(bench_peer_t *peer, unsigned section,
    const rtc_srtp_packet_t *pkt)
{
    size_t   len;
    uint8_t  buf[BENCH_DATAGRAM];

    if (rtc_srtp_protect(peer->srtp, peer->sender[section], pkt, buf, &len)
        != RTC_OK)
    {
        return RTC_ERROR;
    }

    bench_flood_record(peer, buf, len);

    return send(peer->source.fd, buf, len, 0) == (ssize_t) len ? RTC_OK
                                                               : RTC_ERROR;
}
