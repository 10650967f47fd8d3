
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The SSRCs that a peer sends with, and those given up; under AES-GCM also
 * the opening of its SRTP and SRTCP with a replay window for each SSRC (RFC
 * 3711, 3.3).  A part of rtc_srtp.
 */


#ifndef RTC_SRTP_RECV_H_INCLUDED
#define RTC_SRTP_RECV_H_INCLUDED


#include "rtc_core.h"
#include "rtc_srtp.h"
#include "rtc_srtp_gcm.h"
#include "rtc_srtp_index.h"


/* state of an SSRC; under AES-CM the library keeps its own */

typedef struct {
    rtc_srtp_index_t      index;
    uint64_t              rtcp_seen;    /* bit n: rtcp_highest - n came */
    uint32_t              rtcp_highest;
} rtc_srtp_received_t;


/* zeroed at the beginning */

typedef struct {
    rtc_srtp_gcm_t       *gcm;
    rtc_srtp_gcm_t       *rtcp_gcm;

    uint32_t              ssrcs[RTC_SRTP_RECEIVERS];
    rtc_srtp_received_t  *received[RTC_SRTP_RECEIVERS];
    unsigned              n;
    unsigned              last;         /* the one found last */

    /* a ring; ssrc 0 may be a real one, hence the count */
    uint32_t              retired[RTC_SRTP_RETIRED];
    unsigned              nretired;
    unsigned              next_retired;
} rtc_srtp_recv_t;


/* of AES-GCM, once: the master's key, and its salt of 12 bytes */
int rtc_srtp_recv_set_keys(rtc_srtp_recv_t *r, const uint8_t *key,
    const uint8_t *salt);
void rtc_srtp_recv_cleanup(rtc_srtp_recv_t *r);

rtc_srtp_received_t *rtc_srtp_recv_find(rtc_srtp_recv_t *r, uint32_t ssrc);

/* of an SSRC not known: whether it was not given up, and there is room */
int rtc_srtp_recv_may_learn(const rtc_srtp_recv_t *r, uint32_t ssrc);

/* after an authentic packet of one that may; NULL: no memory */
rtc_srtp_received_t *rtc_srtp_recv_learn(rtc_srtp_recv_t *r, uint32_t ssrc);

/* RTC_DECLINED: not known.  It may not be learned again. */
int rtc_srtp_recv_remove(rtc_srtp_recv_t *r, uint32_t ssrc);

/* under AES-GCM: in place; *len becomes shorter */
rtc_srtp_result_e rtc_srtp_recv_rtp(rtc_srtp_recv_t *r, uint8_t *p,
    size_t *len);
rtc_srtp_result_e rtc_srtp_recv_rtcp(rtc_srtp_recv_t *r, uint8_t *p,
    size_t *len);


#endif /* RTC_SRTP_RECV_H_INCLUDED */
