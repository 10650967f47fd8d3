
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <srtp2/srtp.h>

#include "rtc_bytes.h"
#include "rtc_srtp.h"
#include "rtc_srtp_gcm.h"
#include "rtc_srtp_index.h"
#include "rtc_srtp_recv.h"


typedef struct {
    rtc_srtp_index_t    index;
    uint32_t            ssrc;
    unsigned            active:1;
} rtc_srtp_sender_t;


struct rtc_srtp_s {
    /* of AES-CM only, a session of the library costs 17 KB */
    srtp_t              rx;
    srtp_t              tx;

    /* of AES-GCM only */
    rtc_srtp_gcm_t     *gcm;
    rtc_srtp_gcm_t     *rtcp_gcm;
    uint32_t            rtcp_index;     /* of the last one, all SSRCs */

    unsigned            keyed:1;

    rtc_srtp_sender_t  *senders;
    int                 nsenders;       /* allocated */

    rtc_srtp_recv_t     recv;
};


static int rtc_srtp_session(srtp_t *session, rtc_srtp_profile_e profile,
    const uint8_t *master, srtp_ssrc_type_t type);
static int rtc_srtp_set_gcm_keys(rtc_srtp_t *s, const rtc_srtp_keys_t *keys);
static int rtc_srtp_protect_rtcp_gcm(rtc_srtp_t *s, const uint8_t *p,
    size_t len, uint8_t *out, size_t *out_len);
static rtc_srtp_sender_t *rtc_srtp_find_sender(rtc_srtp_t *s, uint32_t ssrc);
static int rtc_srtp_protect_cm(rtc_srtp_t *s, const rtc_srtp_packet_t *pkt,
    uint8_t *out, size_t *out_len);
static rtc_srtp_result_e rtc_srtp_receive_cm(rtc_srtp_t *s, uint32_t ssrc,
    srtp_err_status_t (*unprotect)(srtp_t, void *, int *), uint8_t *p,
    size_t *len);


int
rtc_srtp_library_init(void)
{
    return srtp_init() == srtp_err_status_ok ? RTC_OK : RTC_ERROR;
}


void
rtc_srtp_library_shutdown(void)
{
    srtp_shutdown();
}


rtc_srtp_t *
rtc_srtp_create(void)
{
    return calloc(1, sizeof(rtc_srtp_t));
}


void
rtc_srtp_destroy(rtc_srtp_t *s)
{
    if (s == NULL) {
        return;
    }

    if (s->tx) {
        srtp_dealloc(s->tx);
    }

    if (s->rx) {
        srtp_dealloc(s->rx);
    }

    rtc_srtp_gcm_destroy(s->gcm);
    rtc_srtp_gcm_destroy(s->rtcp_gcm);
    rtc_srtp_recv_cleanup(&s->recv);
    free(s->senders);
    free(s);
}


int
rtc_srtp_set_keys(rtc_srtp_t *s, const rtc_srtp_keys_t *keys)
{
    int  rc;

    if (s->keyed || s->tx || s->gcm) {
        return RTC_ERROR;
    }

    if (keys->profile == RTC_SRTP_AEAD_AES_128_GCM) {
        rc = rtc_srtp_set_gcm_keys(s, keys);

    } else {
        rc = rtc_srtp_session(&s->tx, keys->profile, keys->tx,
                              ssrc_any_outbound);

        if (rc == RTC_OK) {
            rc = rtc_srtp_session(&s->rx, keys->profile, keys->rx,
                                  ssrc_any_inbound);
        }
    }

    s->keyed = rc == RTC_OK;

    return rc;
}


static int
rtc_srtp_set_gcm_keys(rtc_srtp_t *s, const rtc_srtp_keys_t *keys)
{
    s->gcm = rtc_srtp_gcm_create(keys->tx, keys->tx + RTC_SRTP_KEY);
    s->rtcp_gcm = rtc_srtp_gcm_create_rtcp(keys->tx, keys->tx + RTC_SRTP_KEY);

    if (s->gcm == NULL || s->rtcp_gcm == NULL) {
        return RTC_ERROR;
    }

    return rtc_srtp_recv_set_keys(&s->recv, keys->rx,
                                  keys->rx + RTC_SRTP_KEY);
}


static int
rtc_srtp_session(srtp_t *session, rtc_srtp_profile_e profile,
    const uint8_t *master, srtp_ssrc_type_t type)
{
    uint8_t            key[RTC_SRTP_MASTER];
    srtp_policy_t      policy;
    srtp_err_status_t  rc;

    if (profile != RTC_SRTP_AES128_CM_SHA1_80) {
        return RTC_ERROR;
    }

    memset(&policy, 0, sizeof(srtp_policy_t));

    srtp_crypto_policy_set_rtp_default(&policy.rtp);
    srtp_crypto_policy_set_rtcp_default(&policy.rtcp);

    memcpy(key, master, sizeof(key));

    policy.ssrc.type = type;
    policy.key = key;
    policy.window_size = RTC_SRTP_WINDOW;

    /* what goes out twice is decided by rtc_srtp_index_take() */
    policy.allow_repeat_tx = 1;

    rc = srtp_create(session, &policy);

    OPENSSL_cleanse(key, sizeof(key));

    if (rc != srtp_err_status_ok) {
        *session = NULL;
        return RTC_ERROR;
    }

    return RTC_OK;
}


int
rtc_srtp_add_sender(rtc_srtp_t *s, uint32_t ssrc)
{
    int                 i, n;
    rtc_srtp_sender_t  *senders;

    if (rtc_srtp_find_sender(s, ssrc) != NULL) {
        return RTC_ERROR;
    }

    for (i = 0; i < s->nsenders; i++) {
        if (!s->senders[i].active) {
            break;
        }
    }

    if (i == s->nsenders) {
        n = s->nsenders ? s->nsenders * 2 : 4;

        if (n > RTC_SRTP_SENDERS) {
            return RTC_ERROR;
        }

        senders = realloc(s->senders, (size_t) n * sizeof(rtc_srtp_sender_t));
        if (senders == NULL) {
            return RTC_ERROR;
        }

        memset(senders + i, 0, (size_t) (n - i) * sizeof(rtc_srtp_sender_t));

        s->senders = senders;
        s->nsenders = n;
    }

    memset(&s->senders[i], 0, sizeof(rtc_srtp_sender_t));
    s->senders[i].ssrc = ssrc;
    s->senders[i].active = 1;

    return i;
}


void
rtc_srtp_remove_sender(rtc_srtp_t *s, int sender)
{
    if (sender < 0 || sender >= s->nsenders || !s->senders[sender].active) {
        return;
    }

    s->senders[sender].active = 0;

    if (s->tx) {
        (void) srtp_remove_stream(s->tx, htonl(s->senders[sender].ssrc));
    }
}


static rtc_srtp_sender_t *
rtc_srtp_find_sender(rtc_srtp_t *s, uint32_t ssrc)
{
    int  i;

    for (i = 0; i < s->nsenders; i++) {
        if (s->senders[i].ssrc == ssrc && s->senders[i].active) {
            return &s->senders[i];
        }
    }

    return NULL;
}


int
rtc_srtp_protect(rtc_srtp_t *s, int sender, const rtc_srtp_packet_t *pkt,
    uint8_t *out, size_t *out_len)
{
    uint64_t            index;
    rtc_srtp_sender_t  *ss;

    if (!s->keyed || sender < 0 || sender >= s->nsenders) {
        return RTC_ERROR;
    }

    ss = &s->senders[sender];

    if (!ss->active) {
        return RTC_ERROR;
    }

    if (pkt->header_len < RTC_RTP_HEADER
        || rtc_get_u32(pkt->header + 8) != ss->ssrc)
    {
        return RTC_DECLINED;
    }

    if (rtc_srtp_index_take(&ss->index, rtc_get_u16(pkt->header + 2),
                            pkt->resend, &index) != RTC_OK)
    {
        return RTC_DECLINED;
    }

    if (s->gcm) {
        return rtc_srtp_gcm_protect(s->gcm, ss->ssrc, index, pkt, out,
                                    out_len);
    }

    return rtc_srtp_protect_cm(s, pkt, out, out_len);
}


static int
rtc_srtp_protect_cm(rtc_srtp_t *s, const rtc_srtp_packet_t *pkt, uint8_t *out,
    size_t *out_len)
{
    int       n;
    uint8_t  *p;

    if (pkt->header_len > INT_MAX / 4 || pkt->prefix_len > INT_MAX / 4
        || pkt->payload_len > INT_MAX / 4)
    {
        return RTC_ERROR;
    }

    p = rtc_write_bytes(out, pkt->header, pkt->header_len);

    if (pkt->prefix_len) {
        p = rtc_write_bytes(p, pkt->prefix, pkt->prefix_len);
    }

    if (pkt->payload_len) {
        p = rtc_write_bytes(p, pkt->payload, pkt->payload_len);
    }

    if (pkt->pad) {
        rtc_srtp_write_pad(p, pkt->pad);
        p += pkt->pad;
    }

    n = (int) (p - out);

    if (srtp_protect(s->tx, out, &n) != srtp_err_status_ok) {
        return RTC_ERROR;
    }

    *out_len = (size_t) n;

    return RTC_OK;
}


int
rtc_srtp_protect_rtcp(rtc_srtp_t *s, const uint8_t *p, size_t len,
    uint8_t *out, size_t *out_len)
{
    int  n;

    if (!s->keyed || len < RTC_RTCP_HEADER || len > INT_MAX / 4) {
        return RTC_ERROR;
    }

    /* the SRTCP index of a removed sender is used up, too */

    if (rtc_srtp_find_sender(s, rtc_get_u32(p + 4)) == NULL) {
        return RTC_DECLINED;
    }

    if (s->rtcp_gcm) {
        return rtc_srtp_protect_rtcp_gcm(s, p, len, out, out_len);
    }

    memcpy(out, p, len);
    n = (int) len;

    if (srtp_protect_rtcp(s->tx, out, &n) != srtp_err_status_ok) {
        return RTC_ERROR;
    }

    *out_len = (size_t) n;

    return RTC_OK;
}


/*
 * RFC 7714, 9: the nonce is that of RTP with the index of SRTCP in place of
 * ROC and number; what is authentic only is the header and the index word.
 * That stands behind the tag, so it moves there.
 */

static int
rtc_srtp_protect_rtcp_gcm(rtc_srtp_t *s, const uint8_t *p, size_t len,
    uint8_t *out, size_t *out_len)
{
    uint8_t            aad[RTC_RTCP_HEADER + RTC_SRTCP_WORD];
    uint32_t           index;
    rtc_srtp_packet_t  pkt;

    index = s->rtcp_index + 1;

    if (index & RTC_SRTCP_E) {
        return RTC_ERROR;
    }

    s->rtcp_index = index;

    memcpy(aad, p, RTC_RTCP_HEADER);
    (void) rtc_write_u32(aad + RTC_RTCP_HEADER, RTC_SRTCP_E | index);

    memset(&pkt, 0, sizeof(rtc_srtp_packet_t));

    pkt.header = aad;
    pkt.header_len = sizeof(aad);
    pkt.payload = p + RTC_RTCP_HEADER;
    pkt.payload_len = len - RTC_RTCP_HEADER;

    if (rtc_srtp_gcm_protect(s->rtcp_gcm, rtc_get_u32(p + 4), index, &pkt, out,
                             out_len)
        != RTC_OK)
    {
        return RTC_ERROR;
    }

    memmove(out + RTC_RTCP_HEADER, out + sizeof(aad),
            *out_len - sizeof(aad));
    (void) rtc_write_u32(out + *out_len - RTC_SRTCP_WORD,
                         RTC_SRTCP_E | index);

    return RTC_OK;
}


void
rtc_srtp_remove_receiver(rtc_srtp_t *s, uint32_t ssrc)
{
    if (rtc_srtp_recv_remove(&s->recv, ssrc) == RTC_OK && s->rx) {
        (void) srtp_remove_stream(s->rx, htonl(ssrc));
    }
}


rtc_srtp_result_e
rtc_srtp_unprotect(rtc_srtp_t *s, uint8_t *p, size_t *len)
{
    if (!s->keyed || *len < RTC_RTP_HEADER) {
        return RTC_SRTP_MALFORMED;
    }

    if (s->gcm) {
        return rtc_srtp_recv_rtp(&s->recv, p, len);
    }

    return rtc_srtp_receive_cm(s, rtc_get_u32(p + 8), srtp_unprotect, p, len);
}


rtc_srtp_result_e
rtc_srtp_unprotect_rtcp(rtc_srtp_t *s, uint8_t *p, size_t *len)
{
    if (!s->keyed || *len < RTC_RTCP_HEADER) {
        return RTC_SRTP_MALFORMED;
    }

    if (s->gcm) {
        return rtc_srtp_recv_rtcp(&s->recv, p, len);
    }

    return rtc_srtp_receive_cm(s, rtc_get_u32(p + 4), srtp_unprotect_rtcp, p,
                               len);
}


static rtc_srtp_result_e
rtc_srtp_receive_cm(rtc_srtp_t *s, uint32_t ssrc,
    srtp_err_status_t (*unprotect)(srtp_t, void *, int *), uint8_t *p,
    size_t *len)
{
    int                   n;
    srtp_err_status_t     rc;
    rtc_srtp_received_t  *received;

    received = rtc_srtp_recv_find(&s->recv, ssrc);

    if (received == NULL && !rtc_srtp_recv_may_learn(&s->recv, ssrc)) {
        return RTC_SRTP_SSRC;
    }

    if (*len > INT_MAX) {
        return RTC_SRTP_MALFORMED;
    }

    n = (int) *len;
    rc = unprotect(s->rx, p, &n);

    switch (rc) {

    case srtp_err_status_ok:
        break;

    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
        return RTC_SRTP_REPLAYED;

    case srtp_err_status_auth_fail:
    case srtp_err_status_cipher_fail:
        return RTC_SRTP_FORGED;

    default:
        return RTC_SRTP_MALFORMED;
    }

    /* the library keeps a stream for it only now that it is authentic */

    if (received == NULL && rtc_srtp_recv_learn(&s->recv, ssrc) == NULL) {
        return RTC_SRTP_SSRC;
    }

    *len = (size_t) n;

    return RTC_SRTP_OK;
}
