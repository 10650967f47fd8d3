
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A whole peer connection in memory: checks written by hand, DTLS of OpenSSL,
 * SRTP of libsrtp2, SCTP of usrsctp.
 */


#ifndef PEER_H_INCLUDED
#define PEER_H_INCLUDED


#include <srtp2/srtp.h>

#include "client.h"
#include "rtc_bytes.h"
#include "rtc_transport_internal.h"
#include "sctp_client.h"
#include "stun_msg.h"
#include "tap.h"


#define GCM   "SRTP_AEAD_AES_128_GCM"
#define CM    "SRTP_AES128_CM_SHA1_80"
#define SSRC  0x11223344


typedef struct {
    rtc_transport_t       *transport;
    rtc_tuple_t            to;
    uint8_t                batch[RTC_TRANSPORT_MAX_PACKET];
    int                    full;
    queue_t                out;

    int                    added;
    int                    removed;
    rtc_tuple_t            tuple;
    rtc_transport_ice_e    ice;
    char                   restarted[RTC_UFRAG_LEN + 1];
    int                    connected;
    int                    closed;
    rtc_transport_close_e  why;

    int                    rtp;
    int                    rtcp;
    uint8_t                packet[2048];
    size_t                 packet_len;

    int                    channels;
    uint16_t               stream;
    int                    messages;
    int                    channels_closed;
    int                    drained;
    uint8_t                data[SCTP_CLIENT_KEEP];
    size_t                 len;
} server_t;


static rtc_transport_worker_t  *worker;
static server_t                 server;
static client_t                 client;
static sctp_client_t            sctp;
static srtp_t                   srtp_in, srtp_out;

static const rtc_ice_cred_t     local = {
    "05000abcdefghijkl", "passwordpasswordpassword"
};


static inline uint8_t *
on_reserve(void *ctx, size_t size)
{
    server_t  *s = ctx;

    return s->full || size > sizeof(s->batch) ? NULL : s->batch;
}


static inline void
on_commit(void *ctx, const rtc_tuple_t *to, size_t len, int expendable)
{
    server_t  *s = ctx;

    s->to = *to;
    queue_push(&s->out, s->batch, len);
}


static inline void
on_tuple_added(void *ctx, const rtc_tuple_t *tuple)
{
    server_t  *s = ctx;

    s->added++;
    s->tuple = *tuple;
}


static inline void
on_tuple_removed(void *ctx, const rtc_tuple_t *tuple)
{
    server_t  *s = ctx;

    s->removed++;
}


static inline void
on_ice(void *ctx, rtc_transport_ice_e state)
{
    server_t  *s = ctx;

    s->ice = state;
}


static inline void
on_restarted(void *ctx, rtc_str_t ufrag)
{
    server_t  *s = ctx;

    snprintf(s->restarted, sizeof(s->restarted), "%.*s", (int) ufrag.len,
             (const char *) ufrag.data);
}


static inline void
on_connected(void *ctx)
{
    server_t  *s = ctx;

    s->connected++;
}


static inline void
on_closed(void *ctx, rtc_transport_close_e why)
{
    server_t  *s = ctx;

    s->closed++;
    s->why = why;
}


static inline void
on_rtp(void *ctx, uint8_t *p, size_t len, uint64_t now_us)
{
    server_t  *s = ctx;

    s->rtp++;
    s->packet_len = len;
    memcpy(s->packet, p, len);
}


static inline void
on_rtcp(void *ctx, uint8_t *p, size_t len, uint64_t now_us)
{
    server_t  *s = ctx;

    s->rtcp++;
    s->packet_len = len;
    memcpy(s->packet, p, len);
}


static inline void
on_channel(void *ctx, uint16_t stream, const uint8_t *label, size_t len,
    int ordered, int reliable)
{
    server_t  *s = ctx;

    s->channels++;
    s->stream = stream;
}


static inline void
on_message(void *ctx, uint16_t stream, int binary, const uint8_t *p,
    size_t len)
{
    server_t  *s = ctx;

    s->messages++;
    s->len = len;
    memcpy(s->data, p, rtc_min(len, sizeof(s->data)));
}


static inline void
on_channel_closed(void *ctx, uint16_t stream)
{
    server_t  *s = ctx;

    s->channels_closed++;
}


static inline void
on_drained(void *ctx)
{
    server_t  *s = ctx;

    s->drained++;
}


static const rtc_transport_handlers_t  handlers = {
    on_reserve,
    on_commit,
    on_tuple_added,
    on_tuple_removed,
    on_ice,
    on_restarted,
    on_connected,
    on_closed,
    on_rtp,
    on_rtcp,
    on_channel,
    on_message,
    on_channel_closed,
    on_drained
};


static inline void
on_client_data(void *ctx, const uint8_t *p, size_t len)
{
    if (sctp.sock) {
        usrsctp_conninput((void *) sctp.id, p, len, 0);
    }
}


static inline void
on_sctp_output(void *ctx, const uint8_t *p, size_t len)
{
    client_send(&client, p, len);
}


static const rtc_sctp_handlers_t  sctp_output = {
    on_sctp_output, NULL, NULL, NULL, NULL
};


static inline rtc_str_t
str(const char *s)
{
    rtc_str_t  v = { (const uint8_t *) s, strlen(s) };

    return v;
}


static inline rtc_tuple_t
tuple(uint16_t port)
{
    rtc_tuple_t  t;

    memset(&t, 0, sizeof(t));
    t.remote.family = t.local.family = AF_INET;
    memcpy(t.remote.addr, "\xc0\x00\x02\x01", 4);
    memcpy(t.local.addr, "\xc6\x33\x64\x01", 4);
    t.remote.port = port;
    t.local.port = 5000;

    return t;
}


/* p in memory of its size and the slack that is asked for */

static inline int
give(const rtc_tuple_t *from, const uint8_t *p, size_t len, int stun)
{
    int       rc;
    uint8_t  *copy;

    copy = malloc(len + RTC_STUN_SLACK);
    memcpy(copy, p, len);
    memset(copy + len, 0, RTC_STUN_SLACK);

    rc = stun ? rtc_transport_stun(server.transport, from, copy, len, clock_us)
              : rtc_transport_input(server.transport, from, copy, len,
                                    clock_us);
    free(copy);

    return rc;
}


static inline int
check(uint16_t port, const rtc_ice_cred_t *cred, const char *remote,
    int nominate)
{
    char         name[512];
    stun_msg_t   m;
    rtc_tuple_t  from;

    snprintf(name, sizeof(name), "%s:%s", cred->ufrag, remote);

    stun_msg_check(&m, name, nominate);
    stun_msg_finish(&m, cred->pwd);

    from = tuple(port);

    return give(&from, m.data, m.len, 1);
}


static inline int
exchange(void)
{
    int          n;
    datagram_t  *d;
    rtc_tuple_t  from;

    from = tuple(1000);

    client_run(&client);

    for (n = 0; ; n++) {
        d = queue_pop(&client.out);

        if (d) {
            give(&from, d->data, d->len, 0);

        } else {
            d = queue_pop(&server.out);

            if (d == NULL) {
                return n;
            }

            if (d->data[0] >= 20 && d->data[0] <= 63) {
                client_input(&client, d->data, d->len);
            }
        }

        datagram_free(d);
    }
}


static inline void
pass(int ms)
{
    int  i;

    for (i = 0; i < ms; i += 10) {
        clock_us += 10000;
        rtc_transport_worker_tick(worker, 10);

        if (rtc_transport_next_deadline(server.transport) <= clock_us) {
            rtc_transport_timer(server.transport, clock_us);
        }

        exchange();
    }
}


static inline srtp_t
srtp_session(int gcm, int server_key, srtp_ssrc_type_t type)
{
    srtp_t         s;
    uint8_t        key[30];
    srtp_policy_t  policy;

    client_key(&client, gcm ? 12 : 14, server_key, key);

    memset(&policy, 0, sizeof(policy));

    if (gcm) {
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);

    } else {
        srtp_crypto_policy_set_rtp_default(&policy.rtp);
        srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
    }

    policy.ssrc.type = type;
    policy.key = key;
    policy.window_size = 128;

    return srtp_create(&s, &policy) == srtp_err_status_ok ? s : NULL;
}


static inline void
begin(const char *profiles)
{
    memset(&server, 0, sizeof(server));
    queue_init(&server.out);

    client_init(&client, profiles, 1, 1);
    client.data = on_client_data;

    server.transport = rtc_transport_create(worker, &local, &handlers,
                                            &server);
}


/* with ICE and DTLS done */

static inline void
begin_connected(const char *profiles)
{
    int  gcm;

    begin(profiles);
    rtc_transport_set_remote(server.transport, str("remote"),
                             &client.fingerprint, 1);
    check(1000, &local, "remote", 1);
    exchange();

    if (server.connected) {
        gcm = strcmp(profiles, GCM) == 0;
        srtp_in = srtp_session(gcm, 1, ssrc_any_inbound);
        srtp_out = srtp_session(gcm, 0, ssrc_any_outbound);
    }
}


static inline void
end(void)
{
    rtc_transport_destroy(server.transport);

    if (srtp_in) {
        srtp_dealloc(srtp_in);
        srtp_dealloc(srtp_out);
        srtp_in = srtp_out = NULL;
    }

    client_free(&client);
    queue_clear(&server.out);
}


#endif /* PEER_H_INCLUDED */
