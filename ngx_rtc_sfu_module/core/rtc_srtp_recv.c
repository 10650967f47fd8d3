
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_bytes.h"
#include "rtc_srtp_recv.h"


#define RTC_SRTP_RECV_RTCP_WINDOW  64   /* RFC 3711, 3.3.2 */


static rtc_srtp_result_e rtc_srtp_recv_open(rtc_srtp_recv_t *r,
    const rtc_srtp_index_t *x, uint8_t *p, size_t *len, uint64_t *index);
static int rtc_srtp_recv_rtcp_is_fresh(const rtc_srtp_received_t *received,
    uint32_t index);
static void rtc_srtp_recv_rtcp_use(rtc_srtp_received_t *received,
    uint32_t index);


/* of an SSRC that is not known yet */

static const rtc_srtp_received_t  rtc_srtp_recv_none;


int
rtc_srtp_recv_set_keys(rtc_srtp_recv_t *r, const uint8_t *key,
    const uint8_t *salt)
{
    r->gcm = rtc_srtp_gcm_create_receiver(key, salt);
    r->rtcp_gcm = rtc_srtp_gcm_create_rtcp_receiver(key, salt);

    return r->gcm && r->rtcp_gcm ? RTC_OK : RTC_ERROR;
}


void
rtc_srtp_recv_cleanup(rtc_srtp_recv_t *r)
{
    unsigned  i;

    for (i = 0; i < r->n; i++) {
        free(r->received[i]);
    }

    rtc_srtp_gcm_destroy(r->gcm);
    rtc_srtp_gcm_destroy(r->rtcp_gcm);
}


rtc_srtp_received_t *
rtc_srtp_recv_find(rtc_srtp_recv_t *r, uint32_t ssrc)
{
    unsigned  i;

    if (r->last < r->n && r->ssrcs[r->last] == ssrc) {
        return r->received[r->last];
    }

    for (i = 0; i < r->n; i++) {
        if (r->ssrcs[i] == ssrc) {
            r->last = i;
            return r->received[i];
        }
    }

    return NULL;
}


int
rtc_srtp_recv_may_learn(const rtc_srtp_recv_t *r, uint32_t ssrc)
{
    unsigned  i;

    if (r->n == RTC_SRTP_RECEIVERS) {
        return 0;
    }

    for (i = 0; i < r->nretired; i++) {
        if (r->retired[i] == ssrc) {
            return 0;
        }
    }

    return 1;
}


rtc_srtp_received_t *
rtc_srtp_recv_learn(rtc_srtp_recv_t *r, uint32_t ssrc)
{
    rtc_srtp_received_t  *received;

    received = calloc(1, sizeof(rtc_srtp_received_t));
    if (received == NULL) {
        return NULL;
    }

    r->ssrcs[r->n] = ssrc;
    r->received[r->n] = received;
    r->last = r->n++;

    return received;
}


int
rtc_srtp_recv_remove(rtc_srtp_recv_t *r, uint32_t ssrc)
{
    rtc_srtp_received_t  *received;

    received = rtc_srtp_recv_find(r, ssrc);
    if (received == NULL) {
        return RTC_DECLINED;
    }

    r->n--;
    r->ssrcs[r->last] = r->ssrcs[r->n];
    r->received[r->last] = r->received[r->n];

    free(received);

    /* without its replay window the SSRC must not be learned again */

    r->retired[r->next_retired] = ssrc;
    r->next_retired = (r->next_retired + 1) % RTC_SRTP_RETIRED;
    r->nretired = rtc_min(r->nretired + 1, RTC_SRTP_RETIRED);

    return RTC_OK;
}


rtc_srtp_result_e
rtc_srtp_recv_rtp(rtc_srtp_recv_t *r, uint8_t *p, size_t *len)
{
    uint32_t              ssrc;
    uint64_t              index;
    rtc_srtp_result_e     rc;
    rtc_srtp_received_t  *received;

    if (!rtc_srtp_gcm_is_rtp(p, *len)) {
        return RTC_SRTP_MALFORMED;
    }

    ssrc = rtc_get_u32(p + 8);
    received = rtc_srtp_recv_find(r, ssrc);

    if (received == NULL && !rtc_srtp_recv_may_learn(r, ssrc)) {
        return RTC_SRTP_SSRC;
    }

    rc = rtc_srtp_recv_open(r, received ? &received->index
                                        : &rtc_srtp_recv_none.index,
                            p, len, &index);
    if (rc != RTC_SRTP_OK) {
        return rc;
    }

    if (received == NULL) {
        received = rtc_srtp_recv_learn(r, ssrc);
        if (received == NULL) {
            return RTC_SRTP_SSRC;
        }
    }

    rtc_srtp_index_use(&received->index, index);

    return RTC_SRTP_OK;
}


/*
 * The guess of the index goes wrong if the packets around a wrap get lost: the
 * first ones of an SSRC, or more than half a round.  Then nothing of this
 * round would be authentic any more.  So the next ROC gets one attempt, never
 * more: a forged packet costs twice of what it would, and restoring it.
 */

static rtc_srtp_result_e
rtc_srtp_recv_open(rtc_srtp_recv_t *r, const rtc_srtp_index_t *x, uint8_t *p,
    size_t *len, uint64_t *index)
{
    int        fresh;
    uint16_t   seq;
    uint32_t   ssrc;
    uint64_t   later;

    seq = rtc_get_u16(p + 2);
    ssrc = rtc_get_u32(p + 8);

    fresh = rtc_srtp_index_fresh(x, seq, index) == RTC_OK;

    if (fresh && rtc_srtp_gcm_unprotect(r->gcm, ssrc, *index, p, len) == RTC_OK)
    {
        return RTC_SRTP_OK;
    }

    if (rtc_srtp_index_later(x, seq, &later) == RTC_OK
        && (!fresh
            || rtc_srtp_gcm_restore(r->gcm, ssrc, *index, p, *len) == RTC_OK)
        && rtc_srtp_gcm_unprotect(r->gcm, ssrc, later, p, len) == RTC_OK)
    {
        *index = later;
        return RTC_SRTP_OK;
    }

    return fresh ? RTC_SRTP_FORGED : RTC_SRTP_REPLAYED;
}


rtc_srtp_result_e
rtc_srtp_recv_rtcp(rtc_srtp_recv_t *r, uint8_t *p, size_t *len)
{
    uint32_t              ssrc, index;
    rtc_srtp_received_t  *received;

    if (!rtc_srtp_gcm_is_rtcp(p, *len)) {
        return RTC_SRTP_MALFORMED;
    }

    ssrc = rtc_get_u32(p + 4);
    index = rtc_get_u32(p + *len - RTC_SRTCP_WORD) & ~RTC_SRTCP_E;

    received = rtc_srtp_recv_find(r, ssrc);

    if (received == NULL && !rtc_srtp_recv_may_learn(r, ssrc)) {
        return RTC_SRTP_SSRC;
    }

    if (received && !rtc_srtp_recv_rtcp_is_fresh(received, index)) {
        return RTC_SRTP_REPLAYED;
    }

    if (rtc_srtp_gcm_unprotect_rtcp(r->rtcp_gcm, p, len) != RTC_OK) {
        return RTC_SRTP_FORGED;
    }

    if (received == NULL) {
        received = rtc_srtp_recv_learn(r, ssrc);
        if (received == NULL) {
            return RTC_SRTP_SSRC;
        }
    }

    rtc_srtp_recv_rtcp_use(received, index);

    return RTC_SRTP_OK;
}


/* the index of SRTCP never wraps (RFC 3711, 9.2) */

static int
rtc_srtp_recv_rtcp_is_fresh(const rtc_srtp_received_t *received,
    uint32_t index)
{
    uint32_t  behind;

    if (received->rtcp_seen == 0 || index > received->rtcp_highest) {
        return 1;
    }

    behind = received->rtcp_highest - index;

    return behind < RTC_SRTP_RECV_RTCP_WINDOW
           && (received->rtcp_seen >> behind & 1) == 0;
}


static void
rtc_srtp_recv_rtcp_use(rtc_srtp_received_t *received, uint32_t index)
{
    uint32_t  ahead;

    if (received->rtcp_seen && index <= received->rtcp_highest) {
        received->rtcp_seen |= 1ull << (received->rtcp_highest - index);
        return;
    }

    ahead = index - received->rtcp_highest;

    received->rtcp_seen = ahead < RTC_SRTP_RECV_RTCP_WINDOW
                          ? received->rtcp_seen << ahead | 1 : 1;
    received->rtcp_highest = index;
}
