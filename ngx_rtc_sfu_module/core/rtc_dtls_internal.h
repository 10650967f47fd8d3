
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What sessions (rtc_dtls.c) and their settings (rtc_dtls_worker.c) share.
 */


#ifndef RTC_DTLS_INTERNAL_H_INCLUDED
#define RTC_DTLS_INTERNAL_H_INCLUDED


#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "rtc_dtls.h"
#include "rtc_dtls_cert.h"
#include "rtc_dtls_rest.h"


struct rtc_dtls_worker_s {
    SSL_CTX                    *ssl_ctx;
    BIO_METHOD                 *bio;
};


struct rtc_dtls_s {
    rtc_dtls_worker_t          *worker;
    const rtc_dtls_handlers_t  *handlers;
    void                       *ctx;

    SSL                        *ssl;
    rtc_dtls_state_e            state;
    uint64_t                    deadline;
    uint64_t                    failures;

    /* the datagram that OpenSSL has not read yet */
    const uint8_t              *in;
    size_t                      in_len;

    rtc_fingerprint_t           fingerprints[RTC_FINGERPRINTS];
    size_t                      nfingerprints;

    rtc_fingerprint_t           verified;   /* the one that fitted */

    /* what was sent since the last datagram of the handshake */
    uint8_t                     flight[RTC_DTLS_FLIGHT];
    size_t                      flight_len; /* may be more than is kept */

    rtc_dtls_rest_t            *rest;       /* instead of ssl */

    unsigned                    refused:1;  /* the peer's certificate */
    unsigned                    keys_only:1;
};


#endif /* RTC_DTLS_INTERNAL_H_INCLUDED */
