
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What rtc_dtls and rtc_dtls_cert share of OpenSSL's types.
 */


#ifndef RTC_DTLS_CERT_H_INCLUDED
#define RTC_DTLS_CERT_H_INCLUDED


#include <openssl/evp.h>
#include <openssl/x509.h>

#include "rtc_dtls.h"


struct rtc_dtls_cert_s {
    EVP_PKEY   *key;
    X509       *x509;
    char        fingerprint[RTC_FINGERPRINT_TEXT_LEN + 1];
};


/* whether the certificate matches one of them, in constant time */
int rtc_fingerprint_match(const rtc_fingerprint_t *fp, size_t n,
    const X509 *x509);


#endif /* RTC_DTLS_CERT_H_INCLUDED */
