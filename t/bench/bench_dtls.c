
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <openssl/bio.h>
#include <openssl/err.h>

#include "bench.h"
#include "bench_dtls.h"
#include "rtc_dtls_cert.h"


#define BENCH_DTLS_KEY  16


/* one certificate for all */

static SSL_CTX          *bench_dtls_ctx;
static rtc_dtls_cert_t  *bench_dtls_cert;


static void bench_dtls_init(void);
static int bench_dtls_handshake(SSL *ssl);


static void
bench_dtls_init(void)
{
    if (bench_dtls_ctx) {
        return;
    }

    bench_dtls_cert = rtc_dtls_cert_create();
    bench_dtls_ctx = SSL_CTX_new(DTLS_client_method());

    if (bench_dtls_cert == NULL || bench_dtls_ctx == NULL
        || SSL_CTX_use_certificate(bench_dtls_ctx, bench_dtls_cert->x509) != 1
        || SSL_CTX_use_PrivateKey(bench_dtls_ctx, bench_dtls_cert->key) != 1
        || SSL_CTX_set_tlsext_use_srtp(bench_dtls_ctx,
                                       "SRTP_AEAD_AES_128_GCM:"
                                       "SRTP_AES128_CM_SHA1_80") != 0)
    {
        bench_die("cannot set DTLS up");
    }

    /* whom it talks to does not matter to the load */
    SSL_CTX_set_verify(bench_dtls_ctx, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_options(bench_dtls_ctx, SSL_OP_NO_QUERY_MTU);
}


const char *
bench_dtls_fingerprint(void)
{
    bench_dtls_init();

    return rtc_dtls_cert_fingerprint(bench_dtls_cert);
}


SSL *
bench_dtls_start(int fd, const struct sockaddr_in *sin)
{
    BIO       *in, *out;
    SSL       *ssl;
    BIO_ADDR  *peer;

    bench_dtls_init();

    ssl = SSL_new(bench_dtls_ctx);
    in = BIO_new(BIO_s_mem());
    out = BIO_new_dgram(fd, BIO_NOCLOSE);
    peer = BIO_ADDR_new();

    if (ssl == NULL || in == NULL || out == NULL || peer == NULL) {
        bench_die("no memory for DTLS");
    }

    /* one datagram at a time is in it, so its boundaries are kept */
    BIO_set_mem_eof_return(in, -1);

    /* connected already; the BIO has to know it */
    (void) BIO_ADDR_rawmake(peer, AF_INET, &sin->sin_addr,
                            sizeof(sin->sin_addr), sin->sin_port);
    (void) BIO_ctrl_set_connected(out, peer);
    BIO_ADDR_free(peer);

    SSL_set_bio(ssl, in, out);
    DTLS_set_link_mtu(ssl, 1200);
    SSL_set_connect_state(ssl);

    (void) bench_dtls_handshake(ssl);

    return ssl;
}


size_t
bench_dtls_hello(uint8_t *buf, size_t size)
{
    int   n;
    BIO  *out;
    SSL  *ssl;

    bench_dtls_init();

    ssl = SSL_new(bench_dtls_ctx);
    out = BIO_new(BIO_s_mem());

    if (ssl == NULL || out == NULL) {
        bench_die("no memory for DTLS");
    }

    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), out);
    DTLS_set_link_mtu(ssl, 1200);
    SSL_set_connect_state(ssl);

    (void) SSL_do_handshake(ssl);
    n = BIO_read(out, buf, (int) size);

    SSL_free(ssl);
    ERR_clear_error();

    return n > 0 ? (size_t) n : 0;
}


static int
bench_dtls_handshake(SSL *ssl)
{
    int  n;

    ERR_clear_error();

    n = SSL_do_handshake(ssl);

    if (n == 1) {
        return RTC_OK;
    }

    if (SSL_get_error(ssl, n) != SSL_ERROR_WANT_READ) {
        bench_die("DTLS handshake failed: %s",
                  ERR_reason_error_string(ERR_peek_error()));
    }

    return RTC_AGAIN;
}


int
bench_dtls_input(SSL *ssl, bench_sctp_t *sctp, const uint8_t *p, size_t len)
{
    int      n;
    size_t   size;
    uint8_t  buf[2048], out[BENCH_SCTP_PACKET];

    if (BIO_write(SSL_get_rbio(ssl), p, (int) len) != (int) len) {
        return RTC_AGAIN;
    }

    if (!SSL_is_init_finished(ssl)) {
        return bench_dtls_handshake(ssl);
    }

    while ((n = SSL_read(ssl, buf, sizeof(buf))) > 0) {
        size = bench_sctp_input(sctp, buf, (size_t) n, out);

        if (size) {
            (void) SSL_write(ssl, out, (int) size);
        }
    }

    ERR_clear_error();

    return RTC_OK;
}


void
bench_dtls_timer(SSL *ssl)
{
    (void) DTLSv1_handle_timeout(ssl);
}


/* RFC 5764, 4.2 */

int
bench_dtls_keys(SSL *ssl, rtc_srtp_keys_t *keys)
{
    size_t                    salt;
    uint8_t                  *p, material[2 * RTC_SRTP_MASTER];
    SRTP_PROTECTION_PROFILE  *profile;

    profile = SSL_get_selected_srtp_profile(ssl);
    if (profile == NULL) {
        return RTC_ERROR;
    }

    keys->profile = (rtc_srtp_profile_e) profile->id;
    salt = keys->profile == RTC_SRTP_AEAD_AES_128_GCM ? 12 : 14;

    if (SSL_export_keying_material(ssl, material, 2 * (BENCH_DTLS_KEY + salt),
                                   "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0)
        != 1)
    {
        return RTC_ERROR;
    }

    p = material;
    memcpy(keys->tx, p, BENCH_DTLS_KEY);
    p += BENCH_DTLS_KEY;
    memcpy(keys->rx, p, BENCH_DTLS_KEY);
    p += BENCH_DTLS_KEY;
    memcpy(keys->tx + BENCH_DTLS_KEY, p, salt);
    p += salt;
    memcpy(keys->rx + BENCH_DTLS_KEY, p, salt);

    return RTC_OK;
}
