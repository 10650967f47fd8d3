
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What is kept of a DTLS 1.2 session that carries no data, once OpenSSL's
 * state (59 KB) is freed: the last flight, for a peer that has missed it, and
 * the keys of the records, for alerts.
 */


#ifndef RTC_DTLS_REST_H_INCLUDED
#define RTC_DTLS_REST_H_INCLUDED


#include <openssl/ssl.h>

#include "rtc_core.h"


#define RTC_DTLS_FLIGHT     256         /* bytes: ChangeCipherSpec, Finished */
#define RTC_DTLS_MAX_ALERT  64          /* bytes of an alert's record */


typedef struct rtc_dtls_rest_s  rtc_dtls_rest_t;


typedef enum {
    RTC_DTLS_REST_NOTHING = 0,
    RTC_DTLS_REST_REPEAT,               /* the peer repeats its last flight,
                                           and is sent ours again */
    RTC_DTLS_REST_CLOSED,               /* close_notify */
    RTC_DTLS_REST_FATAL
} rtc_dtls_rest_e;


/* of a connected session; NULL: no memory, or a cipher that is not ours */
rtc_dtls_rest_t *rtc_dtls_rest_create(SSL *ssl, const uint8_t *flight,
    size_t len);
void rtc_dtls_rest_destroy(rtc_dtls_rest_t *r);

/* what a datagram of whole records means */
rtc_dtls_rest_e rtc_dtls_rest_input(rtc_dtls_rest_t *r, const uint8_t *p,
    size_t len);

rtc_str_t rtc_dtls_rest_flight(const rtc_dtls_rest_t *r);

/* close_notify as a record of at most RTC_DTLS_MAX_ALERT bytes, once; or 0 */
size_t rtc_dtls_rest_close(rtc_dtls_rest_t *r, uint8_t *out);


#endif /* RTC_DTLS_REST_H_INCLUDED */
