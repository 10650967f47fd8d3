
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The packet index of what is sent under one SSRC (RFC 3711, 3.3.1), and
 * which of the last RTC_SRTP_WINDOW ones were used: under AES-GCM a second
 * plaintext with an index gives the authentication key away.  Also of what is
 * received, where it is the replay window.
 */


#ifndef RTC_SRTP_INDEX_H_INCLUDED
#define RTC_SRTP_INDEX_H_INCLUDED


#include "rtc_core.h"
#include "rtc_srtp.h"


typedef struct {
    uint64_t        highest;            /* ROC and sequence number, 48 bits */
    uint64_t        used[RTC_SRTP_WINDOW / 64];     /* by index modulo */
    unsigned        started:1;
} rtc_srtp_index_t;


/*
 * Takes the index nearest to the highest one that a sequence number can
 * mean.  RTC_DECLINED: it was taken already (or, with resend, it was not), or
 * is behind the window.
 */
int rtc_srtp_index_take(rtc_srtp_index_t *x, uint16_t seq, int resend,
    uint64_t *index);

/*
 * The index that would be taken, without resend: what came in is not authentic
 * yet.
 */
int rtc_srtp_index_fresh(const rtc_srtp_index_t *x, uint16_t seq,
    uint64_t *index);

/*
 * The other index it can mean if it was more than half a round that got lost,
 * or with the first packets the wrap: that of the next ROC.  RTC_DECLINED:
 * there is none, or the number is in the window and taken.
 */
int rtc_srtp_index_later(const rtc_srtp_index_t *x, uint16_t seq,
    uint64_t *index);

/* takes what one of the two gave */
void rtc_srtp_index_use(rtc_srtp_index_t *x, uint64_t index);


#endif /* RTC_SRTP_INDEX_H_INCLUDED */
