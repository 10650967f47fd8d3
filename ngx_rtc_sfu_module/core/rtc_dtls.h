
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * DTLS 1.2 with use_srtp (RFC 5764), server role, on OpenSSL.  The caller
 * gives datagrams of validated tuples only, so there is no cookie exchange.
 */


#ifndef RTC_DTLS_H_INCLUDED
#define RTC_DTLS_H_INCLUDED


#include "rtc_core.h"
#include "rtc_srtp.h"


#define RTC_DTLS_MTU               1200    /* UDP payload */

#define RTC_FINGERPRINT_MAX        64
#define RTC_FINGERPRINT_TEXT_LEN   95      /* of SHA-256: "AB:CD: ..." */
#define RTC_FINGERPRINTS           8

#define RTC_DTLS_NO_DEADLINE       UINT64_MAX


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

/* bytes of a value, 0 for RTC_FINGERPRINT_OTHER */
size_t rtc_fingerprint_len(rtc_fingerprint_e hash);


typedef struct rtc_dtls_cert_s    rtc_dtls_cert_t;
typedef struct rtc_dtls_worker_s  rtc_dtls_worker_t;
typedef struct rtc_dtls_s         rtc_dtls_t;

/*
 * A self-signed P-256 certificate.  The master makes one before it forks, so
 * that every worker has the same fingerprint.
 */
rtc_dtls_cert_t *rtc_dtls_cert_create(void);
void rtc_dtls_cert_destroy(rtc_dtls_cert_t *cert);

/* SHA-256 as upper-case text with colons, terminated */
const char *rtc_dtls_cert_fingerprint(const rtc_dtls_cert_t *cert);


/* the settings that all sessions of a worker share; the cert outlives it */
rtc_dtls_worker_t *rtc_dtls_worker_create(const rtc_dtls_cert_t *cert);
void rtc_dtls_worker_destroy(rtc_dtls_worker_t *w);


typedef enum {
    RTC_DTLS_NEW = 0,                   /* no ClientHello yet */
    RTC_DTLS_HANDSHAKE,
    RTC_DTLS_CONNECTED,
    RTC_DTLS_CLOSED,                    /* close_notify, by either side */
    RTC_DTLS_FAILED                     /* wrong certificate, or an error
                                           after the handshake */
} rtc_dtls_state_e;


/* called within rtc_dtls_input(), _timer(), _send() and _close() */

typedef struct {
    /* a datagram to send, at most RTC_DTLS_MTU bytes */
    void    (*output)(void *ctx, const uint8_t *p, size_t len);

    /* the peer is verified, keys can be had */
    void    (*connected)(void *ctx);

    /* application data of one record */
    void    (*data)(void *ctx, uint8_t *p, size_t len);
} rtc_dtls_handlers_t;


rtc_dtls_t *rtc_dtls_create(rtc_dtls_worker_t *w,
    const rtc_dtls_handlers_t *handlers, void *ctx);
void rtc_dtls_destroy(rtc_dtls_t *d);

/*
 * The peer's certificate has to match one of those that are strong enough.
 * RTC_ERROR: none is, or the peer has been verified by others already.
 */
int rtc_dtls_set_fingerprints(rtc_dtls_t *d, const rtc_fingerprint_t *fp,
    size_t n);

/*
 * There will be no data, only keys: OpenSSL's state is freed after the
 * handshake.  Alerts are still understood and sent, and a peer that repeats
 * its last flight is answered.
 */
void rtc_dtls_set_keys_only(rtc_dtls_t *d);

/*
 * One datagram.  OpenSSL's state of a session is made for the first
 * ClientHello; a handshake that fails before the peer's certificate is seen
 * is forgotten, so that the next ClientHello begins another.  RTC_DECLINED:
 * not a DTLS datagram, or not now; the new state is in rtc_dtls_state().
 */
int rtc_dtls_input(rtc_dtls_t *d, const uint8_t *p, size_t len,
    uint64_t now_us);

void rtc_dtls_timer(rtc_dtls_t *d, uint64_t now_us);
uint64_t rtc_dtls_next_deadline(const rtc_dtls_t *d);

rtc_dtls_state_e rtc_dtls_state(const rtc_dtls_t *d);

/* handshakes that failed */
uint64_t rtc_dtls_failures(const rtc_dtls_t *d);

/* once connected; the keys within the handler connected() */
int rtc_dtls_get_keys(const rtc_dtls_t *d, rtc_srtp_keys_t *keys);
int rtc_dtls_send(rtc_dtls_t *d, const uint8_t *p, size_t len);

/* sends close_notify */
void rtc_dtls_close(rtc_dtls_t *d);


#endif /* RTC_DTLS_H_INCLUDED */
