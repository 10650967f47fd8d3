
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <limits.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "rtc_bytes.h"
#include "rtc_dtls_internal.h"


#define RTC_DTLS_RECORD_HEADER     13
#define RTC_DTLS_ALERT_RECORD      21
#define RTC_DTLS_HANDSHAKE_RECORD  22
#define RTC_DTLS_CLIENT_HELLO      1

/* RFC 6347, 4.2.4.1 allows less than its second on a measured path */
#define RTC_DTLS_TIMEOUT_US        50000
#define RTC_DTLS_TIMEOUT_MAX_US    3200000


static int rtc_dtls_is_verified(const rtc_dtls_t *d,
    const rtc_fingerprint_t *fp, size_t n);
static int rtc_dtls_check(const uint8_t *p, size_t len);
static int rtc_dtls_is_hello(const uint8_t *p, size_t len);
static int rtc_dtls_start(rtc_dtls_t *d);
static void rtc_dtls_handshake(rtc_dtls_t *d);
static void rtc_dtls_handshake_failed(rtc_dtls_t *d);
static void rtc_dtls_read(rtc_dtls_t *d);
static void rtc_dtls_release(rtc_dtls_t *d);
static void rtc_dtls_rest(rtc_dtls_t *d);
static void rtc_dtls_schedule(rtc_dtls_t *d, uint64_t now_us);
static unsigned int rtc_dtls_timeout(SSL *ssl, unsigned int timeout_us);


rtc_dtls_t *
rtc_dtls_create(rtc_dtls_worker_t *w, const rtc_dtls_handlers_t *handlers,
    void *ctx)
{
    rtc_dtls_t  *d;

    d = calloc(1, sizeof(rtc_dtls_t));
    if (d == NULL) {
        return NULL;
    }

    d->worker = w;
    d->handlers = handlers;
    d->ctx = ctx;
    d->deadline = RTC_DTLS_NO_DEADLINE;

    return d;
}


void
rtc_dtls_destroy(rtc_dtls_t *d)
{
    if (d == NULL) {
        return;
    }

    SSL_free(d->ssl);
    rtc_dtls_rest_destroy(d->rest);
    free(d);
}


void
rtc_dtls_set_keys_only(rtc_dtls_t *d)
{
    d->keys_only = 1;
}


int
rtc_dtls_set_fingerprints(rtc_dtls_t *d, const rtc_fingerprint_t *fp, size_t n)
{
    size_t  i, count;

    count = 0;

    for (i = 0; i < n; i++) {
        if (rtc_fingerprint_len(fp[i].hash)) {
            count++;
        }
    }

    if (count == 0 || count > RTC_FINGERPRINTS) {
        return RTC_ERROR;
    }

    /* a repeated description lists the certificate that was verified */

    if (d->state == RTC_DTLS_CONNECTED && !rtc_dtls_is_verified(d, fp, n)) {
        return RTC_ERROR;
    }

    count = 0;

    for (i = 0; i < n; i++) {
        if (rtc_fingerprint_len(fp[i].hash)) {
            d->fingerprints[count++] = fp[i];
        }
    }

    d->nfingerprints = count;

    return RTC_OK;
}


static int
rtc_dtls_is_verified(const rtc_dtls_t *d, const rtc_fingerprint_t *fp,
    size_t n)
{
    size_t  i;

    if (d->ssl) {
        return rtc_fingerprint_match(fp, n,
                                     SSL_get0_peer_certificate(d->ssl));
    }

    for (i = 0; i < n; i++) {
        if (fp[i].hash == d->verified.hash
            && memcmp(fp[i].value, d->verified.value,
                      rtc_fingerprint_len(fp[i].hash))
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


int
rtc_dtls_input(rtc_dtls_t *d, const uint8_t *p, size_t len, uint64_t now_us)
{
    if (rtc_dtls_check(p, len) != RTC_OK) {
        return RTC_DECLINED;
    }

    switch (d->state) {

    case RTC_DTLS_NEW:
        if (d->nfingerprints == 0 || !rtc_dtls_is_hello(p, len)) {
            return RTC_DECLINED;
        }

        if (rtc_dtls_start(d) != RTC_OK) {
            return RTC_ERROR;
        }

        break;

    case RTC_DTLS_HANDSHAKE:
    case RTC_DTLS_CONNECTED:
        break;

    default:
        return RTC_DECLINED;
    }

    d->in = p;
    d->in_len = len;

    if (d->rest) {
        rtc_dtls_rest(d);

    } else {
        if (d->state == RTC_DTLS_HANDSHAKE) {
            rtc_dtls_handshake(d);
        }

        if (d->state == RTC_DTLS_CONNECTED) {
            rtc_dtls_read(d);
        }

        rtc_dtls_release(d);
    }

    d->in = NULL;
    d->in_len = 0;

    rtc_dtls_schedule(d, now_us);

    return RTC_OK;
}


/*
 * Whole records of DTLS 1.x, and no alert of epoch 0: those are not
 * authentic, RFC 6347, 4.1.2.7 lets us drop them.
 */

static int
rtc_dtls_check(const uint8_t *p, size_t len)
{
    size_t  n;

    if (len == 0 || len > INT_MAX) {
        return RTC_DECLINED;
    }

    do {
        if (len < RTC_DTLS_RECORD_HEADER || p[1] != 0xfe) {
            return RTC_DECLINED;
        }

        n = RTC_DTLS_RECORD_HEADER + (size_t) rtc_get_u16(p + 11);

        if (n > len) {
            return RTC_DECLINED;
        }

        if (p[0] == RTC_DTLS_ALERT_RECORD && rtc_get_u16(p + 3) == 0) {
            return RTC_DECLINED;
        }

        p += n;
        len -= n;

    } while (len);

    return RTC_OK;
}


/* each fragment of a message repeats the message's type */

static int
rtc_dtls_is_hello(const uint8_t *p, size_t len)
{
    return len > RTC_DTLS_RECORD_HEADER
           && p[0] == RTC_DTLS_HANDSHAKE_RECORD
           && rtc_get_u16(p + 3) == 0
           && p[RTC_DTLS_RECORD_HEADER] == RTC_DTLS_CLIENT_HELLO;
}


static int
rtc_dtls_start(rtc_dtls_t *d)
{
    BIO  *bio;
    SSL  *ssl;

    ERR_clear_error();

    ssl = SSL_new(d->worker->ssl_ctx);
    if (ssl == NULL) {
        goto failed;
    }

    bio = BIO_new(d->worker->bio);
    if (bio == NULL) {
        goto failed;
    }

    BIO_set_data(bio, d);
    SSL_set_bio(ssl, bio, bio);

    if (SSL_set_app_data(ssl, d) != 1
        || DTLS_set_link_mtu(ssl, RTC_DTLS_MTU) != 1)
    {
        goto failed;
    }

    DTLS_set_timer_cb(ssl, rtc_dtls_timeout);
    SSL_set_accept_state(ssl);

    d->ssl = ssl;
    d->state = RTC_DTLS_HANDSHAKE;
    d->refused = 0;

    return RTC_OK;

failed:

    SSL_free(ssl);
    ERR_clear_error();

    return RTC_ERROR;
}


static void
rtc_dtls_handshake(rtc_dtls_t *d)
{
    int  rc, err;

    d->flight_len = 0;

    ERR_clear_error();

    rc = SSL_do_handshake(d->ssl);

    if (rc != 1) {
        err = SSL_get_error(d->ssl, rc);
        ERR_clear_error();

        if (err != SSL_ERROR_WANT_READ) {
            rtc_dtls_handshake_failed(d);
        }

        return;
    }

    ERR_clear_error();

    if (SSL_get_selected_srtp_profile(d->ssl) == NULL) {
        rtc_dtls_handshake_failed(d);
        return;
    }

    d->state = RTC_DTLS_CONNECTED;
    d->handlers->connected(d->ctx);
}


static void
rtc_dtls_handshake_failed(rtc_dtls_t *d)
{
    d->failures++;
    d->state = d->refused ? RTC_DTLS_FAILED : RTC_DTLS_NEW;

    SSL_free(d->ssl);
    d->ssl = NULL;
}


static void
rtc_dtls_read(rtc_dtls_t *d)
{
    int      n, err;
    uint8_t  buf[SSL3_RT_MAX_PLAIN_LENGTH];

    /* a handler may close the session */

    while (d->state == RTC_DTLS_CONNECTED) {

        ERR_clear_error();

        n = SSL_read(d->ssl, buf, sizeof(buf));

        if (n > 0) {
            d->handlers->data(d->ctx, buf, (size_t) n);
            continue;
        }

        err = SSL_get_error(d->ssl, n);
        ERR_clear_error();

        switch (err) {

        case SSL_ERROR_WANT_READ:
            return;

        case SSL_ERROR_ZERO_RETURN:
            rtc_dtls_close(d);
            return;

        default:
            d->state = RTC_DTLS_FAILED;
            return;
        }
    }
}


static void
rtc_dtls_release(rtc_dtls_t *d)
{
    if (!d->keys_only
        || d->state != RTC_DTLS_CONNECTED
        || d->flight_len > sizeof(d->flight))
    {
        return;
    }

    d->rest = rtc_dtls_rest_create(d->ssl, d->flight, d->flight_len);

    if (d->rest) {
        SSL_free(d->ssl);
        d->ssl = NULL;
    }
}


static void
rtc_dtls_rest(rtc_dtls_t *d)
{
    rtc_str_t  flight;

    switch (rtc_dtls_rest_input(d->rest, d->in, d->in_len)) {

    case RTC_DTLS_REST_REPEAT:
        flight = rtc_dtls_rest_flight(d->rest);
        d->handlers->output(d->ctx, flight.data, flight.len);
        break;

    case RTC_DTLS_REST_CLOSED:
        rtc_dtls_close(d);
        break;

    case RTC_DTLS_REST_FATAL:
        d->state = RTC_DTLS_FAILED;
        break;

    default:
        break;
    }
}


/*
 * OpenSSL keeps the timer of the flight, by its own clock; we ask how long it
 * runs and call it then.
 */

static void
rtc_dtls_schedule(rtc_dtls_t *d, uint64_t now_us)
{
    struct timeval  tv;

    if (d->ssl == NULL || DTLSv1_get_timeout(d->ssl, &tv) != 1) {
        d->deadline = RTC_DTLS_NO_DEADLINE;
        return;
    }

    d->deadline = now_us + (uint64_t) tv.tv_sec * 1000000
                  + (uint64_t) tv.tv_usec;
}


static unsigned int
rtc_dtls_timeout(SSL *ssl, unsigned int timeout_us)
{
    if (timeout_us == 0) {
        return RTC_DTLS_TIMEOUT_US;
    }

    return rtc_min(timeout_us * 2, RTC_DTLS_TIMEOUT_MAX_US);
}


void
rtc_dtls_timer(rtc_dtls_t *d, uint64_t now_us)
{
    if (now_us < d->deadline) {
        return;
    }

    ERR_clear_error();

    if (DTLSv1_handle_timeout(d->ssl) < 0
        && d->state == RTC_DTLS_HANDSHAKE)
    {
        rtc_dtls_handshake_failed(d);
    }

    ERR_clear_error();

    rtc_dtls_schedule(d, now_us);
}


uint64_t
rtc_dtls_next_deadline(const rtc_dtls_t *d)
{
    return d->deadline;
}


rtc_dtls_state_e
rtc_dtls_state(const rtc_dtls_t *d)
{
    return d->state;
}


uint64_t
rtc_dtls_failures(const rtc_dtls_t *d)
{
    return d->failures;
}


int
rtc_dtls_get_keys(const rtc_dtls_t *d, rtc_srtp_keys_t *keys)
{
    int                            rc;
    size_t                         salt;
    uint8_t                        material[2 * RTC_SRTP_MASTER];
    const uint8_t                 *p;
    const SRTP_PROTECTION_PROFILE *profile;

    static const char              label[] = "EXTRACTOR-dtls_srtp";

    if (d->state != RTC_DTLS_CONNECTED || d->ssl == NULL) {
        return RTC_ERROR;
    }

    profile = SSL_get_selected_srtp_profile(d->ssl);
    if (profile == NULL) {
        return RTC_ERROR;
    }

    memset(keys, 0, sizeof(rtc_srtp_keys_t));

    switch (profile->id) {

    case SRTP_AEAD_AES_128_GCM:
        keys->profile = RTC_SRTP_AEAD_AES_128_GCM;
        salt = 12;
        break;

    case SRTP_AES128_CM_SHA1_80:
        keys->profile = RTC_SRTP_AES128_CM_SHA1_80;
        salt = 14;
        break;

    default:
        return RTC_ERROR;
    }

    /* RFC 5764, 4.2: keys of client and server, then their salts */

    rc = SSL_export_keying_material(d->ssl, material,
                                    2 * (RTC_SRTP_KEY + salt), label,
                                    sizeof(label) - 1, NULL, 0, 0);
    if (rc == 1) {
        p = material;

        memcpy(keys->rx, p, RTC_SRTP_KEY);
        p += RTC_SRTP_KEY;
        memcpy(keys->tx, p, RTC_SRTP_KEY);
        p += RTC_SRTP_KEY;
        memcpy(keys->rx + RTC_SRTP_KEY, p, salt);
        p += salt;
        memcpy(keys->tx + RTC_SRTP_KEY, p, salt);
    }

    OPENSSL_cleanse(material, sizeof(material));
    ERR_clear_error();

    return rc == 1 ? RTC_OK : RTC_ERROR;
}


int
rtc_dtls_send(rtc_dtls_t *d, const uint8_t *p, size_t len)
{
    int  n;

    if (d->state != RTC_DTLS_CONNECTED || d->ssl == NULL
        || len == 0 || len > RTC_DTLS_MTU)
    {
        return RTC_ERROR;
    }

    ERR_clear_error();
    n = SSL_write(d->ssl, p, (int) len);
    ERR_clear_error();

    return n == (int) len ? RTC_OK : RTC_ERROR;
}


void
rtc_dtls_close(rtc_dtls_t *d)
{
    size_t   len;
    uint8_t  alert[RTC_DTLS_MAX_ALERT];

    if (d->state != RTC_DTLS_CONNECTED) {
        return;
    }

    if (d->rest) {
        len = rtc_dtls_rest_close(d->rest, alert);

        if (len) {
            d->handlers->output(d->ctx, alert, len);
        }

    } else {
        ERR_clear_error();
        (void) SSL_shutdown(d->ssl);
        ERR_clear_error();
    }

    d->state = RTC_DTLS_CLOSED;
}
