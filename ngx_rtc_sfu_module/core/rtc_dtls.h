
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * DTLS 1.2 with use_srtp (RFC 5764), server role, on OpenSSL.  The caller
 * gives datagrams of validated tuples only, so there is no cookie exchange.
 */


#ifndef RTC_DTLS_H_INCLUDED
#define RTC_DTLS_H_INCLUDED


#include "rtc_core.h"


#define RTC_DTLS_MTU               1200    /* UDP payload */

#define RTC_FINGERPRINT_MAX        64
#define RTC_FINGERPRINT_TEXT_LEN   95      /* of SHA-256: "AB:CD: ..." */


/* a=fingerprint (RFC 8122) */

typedef enum {
    RTC_FINGERPRINT_OTHER = 0,             /* too weak or unknown */
    RTC_FINGERPRINT_SHA256,
    RTC_FINGERPRINT_SHA384,
    RTC_FINGERPRINT_SHA512
} rtc_fingerprint_e;

typedef struct {
    rtc_fingerprint_e    hash;
    uint8_t              value[RTC_FINGERPRINT_MAX];
} rtc_fingerprint_t;


/* reads "sha-256 AB:CD: ..."; RTC_DECLINED: another hash */
int rtc_fingerprint_parse(rtc_fingerprint_t *fp, rtc_str_t text);


typedef struct rtc_dtls_cert_s  rtc_dtls_cert_t;

/*
 * A self-signed P-256 certificate.  The master makes one before it forks, so
 * that every worker has the same fingerprint.
 */
rtc_dtls_cert_t *rtc_dtls_cert_create(void);
void rtc_dtls_cert_destroy(rtc_dtls_cert_t *cert);

/* SHA-256 as upper-case text with colons, terminated */
const char *rtc_dtls_cert_fingerprint(const rtc_dtls_cert_t *cert);


#endif /* RTC_DTLS_H_INCLUDED */
