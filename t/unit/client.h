
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The browser's end for tests, in memory: a DTLS client of OpenSSL, queues of
 * datagrams both ways, and the clock.  OpenSSL and usrsctp ask gettimeofday(),
 * which is ours here, so that nothing waits.
 */


#ifndef CLIENT_H_INCLUDED
#define CLIENT_H_INCLUDED


#include <stdlib.h>
#include <sys/time.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "rtc_core.h"
#include "rtc_dtls_cert.h"


static uint64_t  clock_us = 1000000;


int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
    tv->tv_sec = (time_t) (1700000000 + clock_us / 1000000);
    tv->tv_usec = (suseconds_t) (clock_us % 1000000);

    return 0;
}


/* datagrams, each in memory of its exact size */

typedef struct datagram_s  datagram_t;

struct datagram_s {
    datagram_t       *next;
    uint8_t          *data;
    size_t            len;
};


typedef struct {
    datagram_t       *first;
    datagram_t      **last;
    unsigned          count;
    size_t            longest;
} queue_t;


static inline void
queue_init(queue_t *q)
{
    memset(q, 0, sizeof(queue_t));
    q->last = &q->first;
}


static inline void
queue_push(queue_t *q, const uint8_t *p, size_t len)
{
    datagram_t  *d;

    d = malloc(sizeof(datagram_t));
    if (d == NULL || (d->data = malloc(len + 1)) == NULL) {
        abort();
    }

    memcpy(d->data, p, len);
    d->len = len;
    d->next = NULL;

    *q->last = d;
    q->last = &d->next;

    q->count++;
    q->longest = rtc_max(q->longest, len);
}


static inline datagram_t *
queue_pop(queue_t *q)
{
    datagram_t  *d;

    d = q->first;

    if (d) {
        q->first = d->next;

        if (q->first == NULL) {
            q->last = &q->first;
        }
    }

    return d;
}


static inline void
datagram_free(datagram_t *d)
{
    free(d->data);
    free(d);
}


static inline void
queue_clear(queue_t *q)
{
    datagram_t  *d;

    while ((d = queue_pop(q)) != NULL) {
        datagram_free(d);
    }
}


typedef struct {
    SSL_CTX          *ssl_ctx;
    SSL              *ssl;
    BIO_METHOD       *bio;
    rtc_dtls_cert_t  *cert;
    rtc_fingerprint_t fingerprint;

    const uint8_t    *in;
    size_t            in_len;
    queue_t           out;

    int               connected;
    int               failed;
    int               closed;

    void            (*data)(void *ctx, const uint8_t *p, size_t len);
    void             *ctx;
} client_t;


static inline int
client_bio_read(BIO *bio, char *buf, int size)
{
    int        n;
    client_t  *c;

    c = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);

    if (c->in == NULL) {
        BIO_set_retry_read(bio);
        return -1;
    }

    n = (int) rtc_min(c->in_len, (size_t) size);
    memcpy(buf, c->in, (size_t) n);
    c->in = NULL;

    return n;
}


static inline int
client_bio_write(BIO *bio, const char *buf, int len)
{
    client_t  *c;

    c = BIO_get_data(bio);
    queue_push(&c->out, (const uint8_t *) buf, (size_t) len);

    return len;
}


static inline long
client_bio_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
    return cmd == BIO_CTRL_FLUSH;
}


/* profiles of use_srtp, or NULL; a big hello does not fit a datagram */

static inline void
client_init(client_t *c, const char *profiles, int with_cert, int big)
{
    BIO       *bio;
    rtc_str_t  text;
    char       line[128];
    uint8_t    alpn[1200];
    size_t     i;

    memset(c, 0, sizeof(client_t));
    queue_init(&c->out);

    c->cert = rtc_dtls_cert_create();
    c->ssl_ctx = SSL_CTX_new(DTLS_client_method());
    c->bio = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "test");

    if (c->cert == NULL || c->ssl_ctx == NULL || c->bio == NULL) {
        abort();
    }

    snprintf(line, sizeof(line), "sha-256 %s",
             rtc_dtls_cert_fingerprint(c->cert));
    text.data = (const uint8_t *) line;
    text.len = strlen(line);

    if (rtc_fingerprint_parse(&c->fingerprint, text) != RTC_OK) {
        abort();
    }

    BIO_meth_set_read(c->bio, client_bio_read);
    BIO_meth_set_write(c->bio, client_bio_write);
    BIO_meth_set_ctrl(c->bio, client_bio_ctrl);

    if (with_cert) {
        SSL_CTX_use_certificate(c->ssl_ctx, c->cert->x509);
        SSL_CTX_use_PrivateKey(c->ssl_ctx, c->cert->key);
    }

    if (profiles && SSL_CTX_set_tlsext_use_srtp(c->ssl_ctx, profiles) != 0) {
        abort();
    }

    SSL_CTX_set_options(c->ssl_ctx, SSL_OP_NO_QUERY_MTU);

    c->ssl = SSL_new(c->ssl_ctx);

    bio = BIO_new(c->bio);
    BIO_set_data(bio, c);
    BIO_set_init(bio, 1);
    SSL_set_bio(c->ssl, bio, bio);
    DTLS_set_link_mtu(c->ssl, 1200);

    if (big) {
        for (i = 0; i < sizeof(alpn); i += 12) {
            memcpy(alpn + i, "\013elevenbytes", 12);
        }

        SSL_set_alpn_protos(c->ssl, alpn, sizeof(alpn));
    }

    SSL_set_connect_state(c->ssl);
}


static inline void
client_run(client_t *c)
{
    int      n, err;
    uint8_t  buf[16384];

    if (c->failed || c->closed) {
        return;
    }

    ERR_clear_error();

    if (!c->connected) {
        n = SSL_do_handshake(c->ssl);

        if (n != 1) {
            err = SSL_get_error(c->ssl, n);
            c->failed = err != SSL_ERROR_WANT_READ;
            return;
        }

        c->connected = 1;
    }

    for ( ;; ) {
        ERR_clear_error();
        n = SSL_read(c->ssl, buf, sizeof(buf));

        if (n <= 0) {
            break;
        }

        if (c->data) {
            c->data(c->ctx, buf, (size_t) n);
        }
    }

    err = SSL_get_error(c->ssl, n);
    c->closed = err == SSL_ERROR_ZERO_RETURN;
    c->failed = !c->closed && err != SSL_ERROR_WANT_READ;
}


static inline void
client_input(client_t *c, const uint8_t *p, size_t len)
{
    c->in = p;
    c->in_len = len;
    client_run(c);
    c->in = NULL;
}


static inline void
client_timer(client_t *c)
{
    DTLSv1_handle_timeout(c->ssl);
}


static inline int
client_send(client_t *c, const uint8_t *p, size_t len)
{
    return SSL_write(c->ssl, p, (int) len) == (int) len ? RTC_OK : RTC_ERROR;
}


/* the client's key and salt, or the server's */

static inline void
client_key(client_t *c, size_t salt, int server, uint8_t *master)
{
    uint8_t  material[60];

    SSL_export_keying_material(c->ssl, material, 2 * (16 + salt),
                               "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0);
    memcpy(master, material + (server ? 16 : 0), 16);
    memcpy(master + 16, material + 32 + (server ? salt : 0), salt);
}


static inline void
client_free(client_t *c)
{
    SSL_free(c->ssl);
    SSL_CTX_free(c->ssl_ctx);
    BIO_meth_free(c->bio);
    rtc_dtls_cert_destroy(c->cert);
    queue_clear(&c->out);
}


#endif /* CLIENT_H_INCLUDED */
