
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_transport_internal.h"


#define RTC_TRANSPORT_DISCONNECTED_US  10000000ull
#define RTC_TRANSPORT_HANDSHAKE_US     30000000ull


static void rtc_transport_update_ice(rtc_transport_t *t, uint64_t now_us);
static uint64_t rtc_transport_consent(const rtc_transport_t *t);
static int rtc_transport_dtls_input(rtc_transport_t *t, const uint8_t *p,
    size_t len, uint64_t now_us);
static void rtc_transport_update_dtls(rtc_transport_t *t);
static int rtc_transport_srtp_input(rtc_transport_t *t,
    const rtc_tuple_t *from, uint8_t *p, size_t len, uint64_t now_us);
static uint8_t *rtc_transport_reserve(rtc_transport_t *t, size_t size);
static void rtc_transport_commit(rtc_transport_t *t, size_t len,
    int expendable);
static int rtc_transport_send(rtc_transport_t *t, int rc, size_t len,
    int expendable);

static void rtc_transport_dtls_output(void *ctx, const uint8_t *p, size_t len);
static void rtc_transport_dtls_connected(void *ctx);
static void rtc_transport_dtls_data(void *ctx, uint8_t *p, size_t len);


static const rtc_dtls_handlers_t  rtc_transport_dtls_handlers = {
    rtc_transport_dtls_output,
    rtc_transport_dtls_connected,
    rtc_transport_dtls_data
};


rtc_transport_t *
rtc_transport_create(rtc_transport_worker_t *w, const rtc_ice_cred_t *local,
    const rtc_transport_handlers_t *handlers, void *ctx)
{
    rtc_transport_t  *t;

    t = calloc(1, sizeof(rtc_transport_t));
    if (t == NULL) {
        return NULL;
    }

    t->worker = w;
    t->handlers = handlers;
    t->ctx = ctx;
    t->handshake_deadline = RTC_TRANSPORT_NO_DEADLINE;

    rtc_ice_init(&t->ice, local);

    t->dtls = rtc_dtls_create(w->dtls, &rtc_transport_dtls_handlers, t);
    t->srtp = rtc_srtp_create();

    if (t->dtls == NULL || t->srtp == NULL) {
        rtc_dtls_destroy(t->dtls);
        rtc_srtp_destroy(t->srtp);
        free(t);
        return NULL;
    }

    return t;
}


void
rtc_transport_destroy(rtc_transport_t *t)
{
    int  i;

    if (t == NULL) {
        return;
    }

    /* the association's ABORT goes out before the close_notify */

    rtc_sctp_destroy(t->sctp);

    if (!t->quiet) {
        rtc_dtls_close(t->dtls);
    }

    for (i = 0; i < t->ice.ntuples; i++) {
        t->handlers->tuple_removed(t->ctx, &t->ice.tuples[i].tuple);
    }

    rtc_dtls_destroy(t->dtls);
    rtc_srtp_destroy(t->srtp);
    free(t);
}


void
rtc_transport_set_quiet(rtc_transport_t *t)
{
    t->quiet = 1;
}


int
rtc_transport_set_remote(rtc_transport_t *t, rtc_str_t ufrag,
    const rtc_fingerprint_t *fingerprints, size_t n)
{
    if (rtc_dtls_set_fingerprints(t->dtls, fingerprints, n) != RTC_OK) {
        return RTC_ERROR;
    }

    return rtc_ice_set_remote(&t->ice, ufrag);
}


int
rtc_transport_set_remote_ufrag(rtc_transport_t *t, rtc_str_t ufrag)
{
    return rtc_ice_set_remote(&t->ice, ufrag);
}


void
rtc_transport_set_media_only(rtc_transport_t *t)
{
    rtc_dtls_set_keys_only(t->dtls);
}


void
rtc_transport_restart(rtc_transport_t *t, const rtc_ice_cred_t *local)
{
    rtc_ice_restart(&t->ice, local);
}


const rtc_ice_t *
rtc_transport_get_ice(const rtc_transport_t *t)
{
    return &t->ice;
}


void
rtc_transport_forget_tuple(rtc_transport_t *t, const rtc_tuple_t *tuple)
{
    (void) rtc_ice_forget(&t->ice, tuple);
}


int
rtc_transport_stun(rtc_transport_t *t, const rtc_tuple_t *from, uint8_t *p,
    size_t len, uint64_t now_us)
{
    int               rc;
    uint8_t           unsent[RTC_ICE_ANSWER];
    rtc_ice_answer_t  answer;

    if (t->closed) {
        return RTC_DECLINED;
    }

    answer.size = RTC_ICE_ANSWER;
    answer.out = rtc_transport_reserve(t, RTC_ICE_ANSWER);

    /* consent is learned also when there is no room for the answer */

    if (answer.out == NULL) {
        answer.out = unsent;
    }

    rc = rtc_ice_input(&t->ice, t->worker->stun, from, p, len, now_us,
                       &answer);

    if (answer.len && answer.out != unsent) {
        t->handlers->commit(t->ctx, from, answer.len, 0);
    }

    if (rc != RTC_OK) {
        t->stats.stun_refused++;
        return RTC_DECLINED;
    }

    if (answer.removed) {
        t->handlers->tuple_removed(t->ctx, &answer.removed_tuple);
    }

    if (answer.added) {
        t->handlers->tuple_added(t->ctx, from);
    }

    if (answer.restarted) {
        rtc_str_t  ufrag = { (const uint8_t *) answer.old.ufrag,
                             strlen(answer.old.ufrag) };

        t->handlers->restarted(t->ctx, ufrag);
    }

    rtc_transport_update_ice(t, now_us);

    return RTC_OK;
}


static void
rtc_transport_update_ice(rtc_transport_t *t, uint64_t now_us)
{
    uint64_t             expires;
    rtc_transport_ice_e  state;

    expires = rtc_transport_consent(t);

    if (expires == 0) {
        state = RTC_TRANSPORT_ICE_NEW;

    } else if (now_us >= expires) {
        state = RTC_TRANSPORT_ICE_FAILED;

    } else if (now_us + RTC_ICE_CONSENT_US
               >= expires + RTC_TRANSPORT_DISCONNECTED_US)
    {
        state = RTC_TRANSPORT_ICE_DISCONNECTED;

    } else {
        state = RTC_TRANSPORT_ICE_CONNECTED;
    }

    if (state != t->ice_state) {
        t->ice_state = state;
        t->handlers->ice(t->ctx, state);
    }
}


/* when it ends; 0 = there was none yet */

static uint64_t
rtc_transport_consent(const rtc_transport_t *t)
{
    if (t->ice.selected == -1 && t->ice.checked_us) {
        return t->ice.checked_us + RTC_ICE_CONSENT_US;
    }

    return rtc_ice_deadline(&t->ice);
}


int
rtc_transport_has_consent(const rtc_transport_t *t)
{
    return t->ice.selected != -1
           && (t->ice_state == RTC_TRANSPORT_ICE_CONNECTED
               || t->ice_state == RTC_TRANSPORT_ICE_DISCONNECTED);
}


int
rtc_transport_input(rtc_transport_t *t, const rtc_tuple_t *from, uint8_t *p,
    size_t len, uint64_t now_us)
{
    int  known;

    if (t->closed || len == 0) {
        return RTC_DECLINED;
    }

    known = rtc_ice_known(&t->ice, from);

    /* RFC 7983, 7 */

    if (p[0] >= 20 && p[0] <= 63) {
        if (!known
            || rtc_transport_dtls_input(t, p, len, now_us) != RTC_OK)
        {
            t->stats.dtls_refused++;
            return RTC_DECLINED;
        }

        return RTC_OK;
    }

    if (p[0] < 128 || p[0] > 191 || !known || !t->connected) {
        t->stats.srtp_refused++;
        return RTC_DECLINED;
    }

    return rtc_transport_srtp_input(t, from, p, len, now_us);
}


static int
rtc_transport_dtls_input(rtc_transport_t *t, const uint8_t *p, size_t len,
    uint64_t now_us)
{
    int  rc;

    rc = rtc_dtls_input(t->dtls, p, len, now_us);

    if (rc == RTC_OK && !t->connected
        && t->handshake_deadline == RTC_TRANSPORT_NO_DEADLINE)
    {
        t->handshake_deadline = now_us + RTC_TRANSPORT_HANDSHAKE_US;
    }

    rtc_transport_update_dtls(t);

    return rc;
}


static void
rtc_transport_update_dtls(rtc_transport_t *t)
{
    t->stats.dtls_failed = rtc_dtls_failures(t->dtls);

    switch (rtc_dtls_state(t->dtls)) {

    case RTC_DTLS_CLOSED:
        rtc_transport_close(t, RTC_TRANSPORT_CLOSE_NOTIFY);
        break;

    case RTC_DTLS_FAILED:
        rtc_transport_close(t, RTC_TRANSPORT_DTLS_FAILED);
        break;

    default:
        break;
    }
}


static int
rtc_transport_srtp_input(rtc_transport_t *t, const rtc_tuple_t *from,
    uint8_t *p, size_t len, uint64_t now_us)
{
    int                rtcp;
    rtc_srtp_result_e  rc;

    /* RFC 5761, 4 */

    rtcp = len > 1 && p[1] >= 192 && p[1] <= 223;

    rc = rtcp ? rtc_srtp_unprotect_rtcp(t->srtp, p, &len)
              : rtc_srtp_unprotect(t->srtp, p, &len);

    switch (rc) {

    case RTC_SRTP_OK:
        break;

    case RTC_SRTP_FORGED:
        t->stats.srtp_forged++;
        return RTC_DECLINED;

    case RTC_SRTP_REPLAYED:
        t->stats.srtp_replayed++;
        return RTC_DECLINED;

    case RTC_SRTP_SSRC:
        t->stats.srtp_ssrc_refused++;
        return RTC_DECLINED;

    default:
        t->stats.srtp_refused++;
        return RTC_DECLINED;
    }

    if (rtc_ice_heard(&t->ice, from, now_us) == RTC_OK) {
        rtc_transport_update_ice(t, now_us);
    }

    if (rtcp) {
        t->handlers->rtcp(t->ctx, p, len, now_us);

    } else {
        t->handlers->rtp(t->ctx, p, len, now_us);
    }

    return RTC_OK;
}


void
rtc_transport_timer(rtc_transport_t *t, uint64_t now_us)
{
    if (t->closed) {
        return;
    }

    rtc_dtls_timer(t->dtls, now_us);
    rtc_transport_update_dtls(t);
    rtc_transport_update_ice(t, now_us);

    if (now_us >= t->handshake_deadline) {
        rtc_transport_close(t, RTC_TRANSPORT_DTLS_FAILED);
    }
}


uint64_t
rtc_transport_next_deadline(const rtc_transport_t *t)
{
    uint64_t  deadline, consent;

    if (t->closed) {
        return RTC_TRANSPORT_NO_DEADLINE;
    }

    deadline = rtc_min(rtc_dtls_next_deadline(t->dtls),
                       t->handshake_deadline);

    consent = rtc_transport_consent(t);

    if (consent && t->ice_state == RTC_TRANSPORT_ICE_CONNECTED) {
        consent -= RTC_ICE_CONSENT_US - RTC_TRANSPORT_DISCONNECTED_US;
        deadline = rtc_min(deadline, consent);

    } else if (consent && t->ice_state == RTC_TRANSPORT_ICE_DISCONNECTED) {
        deadline = rtc_min(deadline, consent);
    }

    return deadline;
}


int
rtc_transport_writable(const rtc_transport_t *t)
{
    return t->connected && !t->closed && rtc_transport_has_consent(t);
}


rtc_transport_ice_e
rtc_transport_ice(const rtc_transport_t *t)
{
    return t->ice_state;
}


const rtc_tuple_t *
rtc_transport_selected(const rtc_transport_t *t)
{
    if (t->ice.selected == -1) {
        return NULL;
    }

    return &t->ice.tuples[t->ice.selected].tuple;
}


int
rtc_transport_add_sender(rtc_transport_t *t, uint32_t ssrc)
{
    return rtc_srtp_add_sender(t->srtp, ssrc);
}


void
rtc_transport_remove_sender(rtc_transport_t *t, int sender)
{
    rtc_srtp_remove_sender(t->srtp, sender);
}


void
rtc_transport_remove_receiver(rtc_transport_t *t, uint32_t ssrc)
{
    rtc_srtp_remove_receiver(t->srtp, ssrc);
}


int
rtc_transport_send_rtp(rtc_transport_t *t, int sender,
    const rtc_srtp_packet_t *pkt)
{
    int       rc;
    size_t    len;
    uint8_t  *out;

    if (!rtc_transport_writable(t)) {
        return RTC_AGAIN;
    }

    len = pkt->header_len + pkt->prefix_len + pkt->payload_len + pkt->pad
          + RTC_SRTP_OVERHEAD;

    if (len > RTC_TRANSPORT_MAX_PACKET) {
        return RTC_ERROR;
    }

    out = rtc_transport_reserve(t, len);
    if (out == NULL) {
        return RTC_AGAIN;
    }

    rc = rtc_srtp_protect(t->srtp, sender, pkt, out, &len);

    return rtc_transport_send(t, rc, len, pkt->expendable);
}


int
rtc_transport_send_rtcp(rtc_transport_t *t, const uint8_t *p, size_t len)
{
    int       rc;
    size_t    out_len;
    uint8_t  *out;

    if (!rtc_transport_writable(t)) {
        return RTC_AGAIN;
    }

    out_len = len + RTC_SRTP_OVERHEAD;

    if (out_len > RTC_TRANSPORT_MAX_PACKET) {
        return RTC_ERROR;
    }

    out = rtc_transport_reserve(t, out_len);
    if (out == NULL) {
        return RTC_AGAIN;
    }

    rc = rtc_srtp_protect_rtcp(t->srtp, p, len, out, &out_len);

    return rtc_transport_send(t, rc, out_len, 0);
}


/* the end of both: what was encrypted into the reservation goes out */

static int
rtc_transport_send(rtc_transport_t *t, int rc, size_t len, int expendable)
{
    if (rc != RTC_OK) {
        t->stats.send_refused++;
        return rc;
    }

    rtc_transport_commit(t, len, expendable);

    return RTC_OK;
}


const rtc_transport_stats_t *
rtc_transport_stats(const rtc_transport_t *t)
{
    return &t->stats;
}


void
rtc_transport_close(rtc_transport_t *t, rtc_transport_close_e why)
{
    if (t->closed) {
        return;
    }

    t->closed = 1;
    t->handlers->closed(t->ctx, why);
}


static uint8_t *
rtc_transport_reserve(rtc_transport_t *t, size_t size)
{
    uint8_t  *p;

    p = t->handlers->reserve(t->ctx, size);

    if (p == NULL) {
        t->stats.send_dropped++;
    }

    return p;
}


static void
rtc_transport_commit(rtc_transport_t *t, size_t len, int expendable)
{
    t->handlers->commit(t->ctx, &t->ice.tuples[t->ice.selected].tuple, len,
                        expendable);
}


static void
rtc_transport_dtls_output(void *ctx, const uint8_t *p, size_t len)
{
    uint8_t          *out;
    rtc_transport_t  *t;

    t = ctx;

    if (t->closed || !rtc_transport_has_consent(t)) {
        return;
    }

    out = rtc_transport_reserve(t, len);

    if (out) {
        memcpy(out, p, len);
        rtc_transport_commit(t, len, 0);
    }
}


static void
rtc_transport_dtls_connected(void *ctx)
{
    int               rc;
    rtc_srtp_keys_t   keys;
    rtc_transport_t  *t;

    t = ctx;

    rc = rtc_dtls_get_keys(t->dtls, &keys);

    if (rc == RTC_OK) {
        rc = rtc_srtp_set_keys(t->srtp, &keys);
    }

    explicit_bzero(&keys, sizeof(rtc_srtp_keys_t));

    if (rc != RTC_OK) {
        rtc_transport_close(t, RTC_TRANSPORT_ERROR);
        return;
    }

    t->connected = 1;
    t->handshake_deadline = RTC_TRANSPORT_NO_DEADLINE;
    t->handlers->connected(t->ctx);

    rtc_transport_data_up(t);
}


static void
rtc_transport_dtls_data(void *ctx, uint8_t *p, size_t len)
{
    rtc_transport_t  *t;

    t = ctx;

    if (t->sctp && !t->closed) {
        rtc_sctp_input(t->sctp, p, len);
    }
}
