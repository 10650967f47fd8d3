
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <limits.h>
#include <stdlib.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "rtc_bytes.h"
#include "rtc_dtls_cert.h"


#define RTC_DTLS_RECORD_HEADER     13
#define RTC_DTLS_ALERT             21
#define RTC_DTLS_HANDSHAKE_RECORD  22
#define RTC_DTLS_CLIENT_HELLO      1

/* RFC 6347, 4.2.4.1 allows less than its second on a measured path */
#define RTC_DTLS_TIMEOUT_US        50000
#define RTC_DTLS_TIMEOUT_MAX_US    3200000


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

    unsigned                    refused:1;  /* the peer's certificate */
};


static int rtc_dtls_worker_setup(SSL_CTX *ctx, const rtc_dtls_cert_t *cert);
static BIO_METHOD *rtc_dtls_bio_method(void);
static int rtc_dtls_verify(X509_STORE_CTX *store, void *data);
static int rtc_dtls_check(const uint8_t *p, size_t len);
static int rtc_dtls_is_hello(const uint8_t *p, size_t len);
static int rtc_dtls_start(rtc_dtls_t *d);
static void rtc_dtls_handshake(rtc_dtls_t *d);
static void rtc_dtls_handshake_failed(rtc_dtls_t *d);
static void rtc_dtls_read(rtc_dtls_t *d);
static void rtc_dtls_schedule(rtc_dtls_t *d, uint64_t now_us);
static unsigned int rtc_dtls_timeout(SSL *ssl, unsigned int timeout_us);


rtc_dtls_worker_t *
rtc_dtls_worker_create(const rtc_dtls_cert_t *cert)
{
    rtc_dtls_worker_t  *w;

    w = calloc(1, sizeof(rtc_dtls_worker_t));
    if (w == NULL) {
        return NULL;
    }

    w->ssl_ctx = SSL_CTX_new(DTLS_server_method());
    w->bio = rtc_dtls_bio_method();

    if (w->ssl_ctx == NULL || w->bio == NULL
        || rtc_dtls_worker_setup(w->ssl_ctx, cert) != RTC_OK)
    {
        rtc_dtls_worker_destroy(w);
        ERR_clear_error();
        return NULL;
    }

    return w;
}


static int
rtc_dtls_worker_setup(SSL_CTX *ctx, const rtc_dtls_cert_t *cert)
{
    /* only AEAD, whose overhead RTC_SCTP_MTU counts on */

    if (SSL_CTX_set_min_proto_version(ctx, DTLS1_2_VERSION) != 1
        || SSL_CTX_set_max_proto_version(ctx, DTLS1_2_VERSION) != 1
        || SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-GCM-SHA256:"
                                        "ECDHE-ECDSA-CHACHA20-POLY1305:"
                                        "ECDHE-ECDSA-AES256-GCM-SHA384") != 1
        || SSL_CTX_set1_groups_list(ctx, "X25519:P-256") != 1
        || SSL_CTX_use_certificate(ctx, cert->x509) != 1
        || SSL_CTX_use_PrivateKey(ctx, cert->key) != 1)
    {
        return RTC_ERROR;
    }

    /* unlike its siblings it answers 0 when it has worked */

    if (SSL_CTX_set_tlsext_use_srtp(ctx, "SRTP_AEAD_AES_128_GCM:"
                                         "SRTP_AES128_CM_SHA1_80") != 0)
    {
        return RTC_ERROR;
    }

    SSL_CTX_set_options(ctx, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET
                             | SSL_OP_NO_RENEGOTIATION
                             | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_send_fragment(ctx, RTC_DTLS_MTU);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       NULL);
    SSL_CTX_set_cert_verify_callback(ctx, rtc_dtls_verify, NULL);

    return RTC_OK;
}


void
rtc_dtls_worker_destroy(rtc_dtls_worker_t *w)
{
    if (w == NULL) {
        return;
    }

    SSL_CTX_free(w->ssl_ctx);
    BIO_meth_free(w->bio);
    free(w);
}


/*
 * The BIO under a session keeps the boundaries of datagrams: a read takes the
 * whole datagram of rtc_dtls_input(), a write is a datagram to send.
 */

static int
rtc_dtls_bio_read(BIO *bio, char *buf, int size)
{
    size_t       n;
    rtc_dtls_t  *d;

    d = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);

    if (d->in == NULL || size <= 0) {
        BIO_set_retry_read(bio);
        return -1;
    }

    n = rtc_min(d->in_len, (size_t) size);
    memcpy(buf, d->in, n);

    d->in = NULL;
    d->in_len = 0;

    return (int) n;
}


static int
rtc_dtls_bio_write(BIO *bio, const char *buf, int len)
{
    rtc_dtls_t  *d;

    d = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);

    if (len <= 0) {
        return 0;
    }

    /*
     * A forged ClientHello must not make us end the peer's handshake by an
     * alert; its certificate, when refused, was its own.
     */

    if (d->state != RTC_DTLS_HANDSHAKE || d->refused
        || buf[0] != RTC_DTLS_ALERT)
    {
        d->handlers->output(d->ctx, (const uint8_t *) buf, (size_t) len);
    }

    return len;
}


static long
rtc_dtls_bio_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
    rtc_dtls_t  *d;

    switch (cmd) {

    case BIO_CTRL_FLUSH:
        return 1;

    case BIO_CTRL_PENDING:
        d = BIO_get_data(bio);
        return (long) d->in_len;

    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return RTC_DTLS_MTU;

    default:
        return 0;
    }
}


static int
rtc_dtls_bio_create(BIO *bio)
{
    BIO_set_init(bio, 1);

    return 1;
}


static BIO_METHOD *
rtc_dtls_bio_method(void)
{
    BIO_METHOD  *m;

    m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "rtc dtls");
    if (m == NULL) {
        return NULL;
    }

    if (BIO_meth_set_create(m, rtc_dtls_bio_create) != 1
        || BIO_meth_set_read(m, rtc_dtls_bio_read) != 1
        || BIO_meth_set_write(m, rtc_dtls_bio_write) != 1
        || BIO_meth_set_ctrl(m, rtc_dtls_bio_ctrl) != 1)
    {
        BIO_meth_free(m);
        return NULL;
    }

    return m;
}


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
    free(d);
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

    if (d->state == RTC_DTLS_CONNECTED
        && !rtc_fingerprint_match(fp, n, SSL_get0_peer_certificate(d->ssl)))
    {
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


/* stands for the whole chain: the fingerprint is all the trust there is */

static int
rtc_dtls_verify(X509_STORE_CTX *store, void *data)
{
    SSL         *ssl;
    X509        *x509;
    rtc_dtls_t  *d;

    ssl = X509_STORE_CTX_get_ex_data(store,
                                     SSL_get_ex_data_X509_STORE_CTX_idx());
    d = SSL_get_app_data(ssl);
    x509 = X509_STORE_CTX_get0_cert(store);

    if (x509 == NULL
        || !rtc_fingerprint_match(d->fingerprints, d->nfingerprints, x509))
    {
        d->refused = 1;
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
        return 0;
    }

    X509_STORE_CTX_set_error(store, X509_V_OK);

    return 1;
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

    if (d->state == RTC_DTLS_HANDSHAKE) {
        rtc_dtls_handshake(d);
    }

    if (d->state == RTC_DTLS_CONNECTED) {
        rtc_dtls_read(d);
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

        if (p[0] == RTC_DTLS_ALERT && rtc_get_u16(p + 3) == 0) {
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

    if (d->state != RTC_DTLS_CONNECTED) {
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

    if (d->state != RTC_DTLS_CONNECTED || len == 0 || len > RTC_DTLS_MTU) {
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
    if (d->state != RTC_DTLS_CONNECTED) {
        return;
    }

    ERR_clear_error();
    (void) SSL_shutdown(d->ssl);
    ERR_clear_error();

    d->state = RTC_DTLS_CLOSED;
}
