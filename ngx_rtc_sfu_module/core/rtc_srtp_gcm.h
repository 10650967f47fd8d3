
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * AEAD_AES_128_GCM (RFC 7714) on OpenSSL: protection of RTP out of place, the
 * parts of a packet go straight to where it is sent from, and opening of RTP
 * and RTCP in place.  One cipher context per direction, keyed once.  Indexes
 * are the caller's.
 */


#ifndef RTC_SRTP_GCM_H_INCLUDED
#define RTC_SRTP_GCM_H_INCLUDED


#include "rtc_core.h"
#include "rtc_srtp.h"


#define RTC_SRTP_GCM_SALT  12
#define RTC_SRTP_GCM_TAG   16


/* labels of RFC 3711, 4.3.1 */

#define RTC_SRTP_LABEL_KEY   0x00
#define RTC_SRTP_LABEL_AUTH  0x01
#define RTC_SRTP_LABEL_SALT  0x02

/* and of 4.3.2 */

#define RTC_SRTCP_LABEL_KEY   0x03
#define RTC_SRTCP_LABEL_SALT  0x05

/* RFC 3711, 3.4: the word behind SRTCP, E flag and index of 31 bits */

#define RTC_SRTCP_E     0x80000000u
#define RTC_SRTCP_WORD  4               /* bytes */

#define RTC_RTP_HEADER   12
#define RTC_RTCP_HEADER  8


typedef struct rtc_srtp_gcm_s  rtc_srtp_gcm_t;


/*
 * RFC 3711, 4.3: len bytes for a label from a master key and a salt of 14
 * bytes; the key derivation rate is zero.
 */
int rtc_srtp_kdf(const uint8_t *key, const uint8_t *salt, uint8_t label,
    uint8_t *out, size_t len);

/* from the master's key and salt of 12 bytes: for RTP, and for RTCP */
rtc_srtp_gcm_t *rtc_srtp_gcm_create(const uint8_t *key, const uint8_t *salt);
rtc_srtp_gcm_t *rtc_srtp_gcm_create_rtcp(const uint8_t *key,
    const uint8_t *salt);

/* from the session's */
rtc_srtp_gcm_t *rtc_srtp_gcm_create_session(const uint8_t *key,
    const uint8_t *salt);

/* for what comes in, from the master's key and salt */
rtc_srtp_gcm_t *rtc_srtp_gcm_create_receiver(const uint8_t *key,
    const uint8_t *salt);
rtc_srtp_gcm_t *rtc_srtp_gcm_create_rtcp_receiver(const uint8_t *key,
    const uint8_t *salt);

void rtc_srtp_gcm_destroy(rtc_srtp_gcm_t *g);

/* index is ROC and sequence number, 48 bits; never twice for an SSRC */
int rtc_srtp_gcm_protect(rtc_srtp_gcm_t *g, uint32_t ssrc, uint64_t index,
    const rtc_srtp_packet_t *pkt, uint8_t *out, size_t *out_len);

/*
 * In place; *len becomes shorter.  RTC_ERROR: not authentic or malformed, p is
 * garbage then.
 */
int rtc_srtp_gcm_unprotect(rtc_srtp_gcm_t *g, uint32_t ssrc, uint64_t index,
    uint8_t *p, size_t *len);

/* after it failed with this index: p is what it was, for another index */
int rtc_srtp_gcm_restore(rtc_srtp_gcm_t *g, uint32_t ssrc, uint64_t index,
    uint8_t *p, size_t len);

/* the same of SRTCP, which tells its index */
int rtc_srtp_gcm_unprotect_rtcp(rtc_srtp_gcm_t *g, uint8_t *p, size_t *len);

/* whether it is long enough to be SRTP, SRTCP, by what its header says */
int rtc_srtp_gcm_is_rtp(const uint8_t *p, size_t len);
int rtc_srtp_gcm_is_rtcp(const uint8_t *p, size_t len);


/* RFC 3550, 5.1: the last byte of padding is its length */

static inline void
rtc_srtp_write_pad(uint8_t *p, uint8_t pad)
{
    memset(p, 0, pad - 1U);
    p[pad - 1U] = pad;
}


#endif /* RTC_SRTP_GCM_H_INCLUDED */
