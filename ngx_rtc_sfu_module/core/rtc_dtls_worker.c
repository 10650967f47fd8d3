
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What all sessions of a worker have in common: OpenSSL's settings, the check
 * of certificates, the way of datagrams to OpenSSL and from it.
 */


#include <stdlib.h>

#include <openssl/err.h>

#include "rtc_dtls_internal.h"


#define RTC_DTLS_ALERT_RECORD  21


static int rtc_dtls_worker_setup(SSL_CTX *ctx, const rtc_dtls_cert_t *cert);
static int rtc_dtls_verify(X509_STORE_CTX *store, void *data);
static BIO_METHOD *rtc_dtls_bio_method(void);


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


/* stands for the whole chain: the fingerprint is all the trust there is */

static int
rtc_dtls_verify(X509_STORE_CTX *store, void *data)
{
    SSL         *ssl;
    X509        *x509;
    size_t       i;
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

    for (i = 0; i < d->nfingerprints; i++) {
        if (rtc_fingerprint_match(&d->fingerprints[i], 1, x509)) {
            d->verified = d->fingerprints[i];
        }
    }

    X509_STORE_CTX_set_error(store, X509_V_OK);

    return 1;
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

    if (d->state == RTC_DTLS_HANDSHAKE
        && d->flight_len + (size_t) len <= sizeof(d->flight))
    {
        memcpy(d->flight + d->flight_len, buf, (size_t) len);
    }

    d->flight_len += (size_t) len;

    if (d->state != RTC_DTLS_HANDSHAKE || d->refused
        || buf[0] != RTC_DTLS_ALERT_RECORD)
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
