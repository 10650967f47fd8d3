
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Certificates for tests, made by OpenSSL, as PEM.
 */


#ifndef CERT_MAKER_H_INCLUDED
#define CERT_MAKER_H_INCLUDED


#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "rtc_core.h"


typedef struct {
    X509        *x509;
    EVP_PKEY    *key;
} cert_made_t;


typedef struct {
    const char         *name;           /* of the subject */
    const char         *san;            /* "DNS:a,DNS:b", or NULL */
    const char         *usage;          /* extendedKeyUsage, or NULL */
    const cert_made_t  *issuer;         /* NULL: signs itself */
    int                 ca;
    int                 rsa;            /* bits, 0: P-256 */
    const char         *curve;          /* "ED25519", or NULL */
    const char         *ec;             /* another curve than P-256, or NULL */
    const EVP_MD       *md;             /* NULL: SHA-256 */
    int                 from;           /* days from now */
    int                 days;           /* 0: 90 */
} cert_make_t;


static inline void
cert_ext(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX       ctx;
    X509_EXTENSION  *ext;

    X509V3_set_ctx(&ctx, issuer, x509, NULL, NULL, 0);
    ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);

    X509_add_ext(x509, ext, -1);
    X509_EXTENSION_free(ext);
}


/* a large one of five primes is made in a moment */

static inline EVP_PKEY *
cert_rsa(int bits)
{
    EVP_PKEY      *key;
    EVP_PKEY_CTX  *ctx;

    key = NULL;
    ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);

    EVP_PKEY_keygen_init(ctx);
    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits);
    EVP_PKEY_CTX_set_rsa_keygen_primes(ctx, bits > 8192 ? 5 : 2);
    EVP_PKEY_generate(ctx, &key);
    EVP_PKEY_CTX_free(ctx);

    return key;
}


static inline cert_made_t
cert_make(cert_make_t make)
{
    X509        *x509, *issuer;
    EVP_PKEY    *signer;
    cert_made_t  made;
    static int   serial;

    x509 = X509_new();

    made.x509 = x509;
    made.key = make.curve ? EVP_PKEY_Q_keygen(NULL, NULL, make.curve)
               : make.rsa ? cert_rsa(make.rsa)
                          : EVP_EC_gen(make.ec ? make.ec : "P-256");

    issuer = make.issuer ? make.issuer->x509 : x509;
    signer = make.issuer ? make.issuer->key : made.key;

    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
    X509_time_adj_ex(X509_getm_notBefore(x509), make.from, -60, NULL);
    X509_time_adj_ex(X509_getm_notAfter(x509),
                     make.from + (make.days ? make.days : 90), 0, NULL);
    X509_set_pubkey(x509, made.key);

    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                               (const unsigned char *) make.name, -1, -1, 0);
    X509_set_issuer_name(x509, X509_get_subject_name(issuer));

    cert_ext(x509, issuer, NID_basic_constraints,
             make.ca ? "critical,CA:TRUE" : "critical,CA:FALSE");

    if (make.san) {
        cert_ext(x509, issuer, NID_subject_alt_name, make.san);
    }

    if (make.usage) {
        cert_ext(x509, issuer, NID_ext_key_usage, make.usage);
    }

    X509_sign(x509, signer, make.curve ? NULL
                            : make.md ? make.md : EVP_sha256());

    return made;
}


static inline void
cert_made_free(cert_made_t *made)
{
    X509_free(made->x509);
    EVP_PKEY_free(made->key);
}


/* the caller frees it */

static inline rtc_str_t
cert_bio_text(BIO *bio)
{
    long        len;
    char       *data;
    rtc_str_t   s;

    len = BIO_get_mem_data(bio, &data);

    s.data = (uint8_t *) strndup(data, len);
    s.len = len;

    BIO_free(bio);

    return s;
}


static inline rtc_str_t
cert_chain_text(const cert_made_t *a, const cert_made_t *b,
    const cert_made_t *c)
{
    BIO  *bio;

    bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, a->x509);

    if (b) {
        PEM_write_bio_X509(bio, b->x509);
    }

    if (c) {
        PEM_write_bio_X509(bio, c->x509);
    }

    return cert_bio_text(bio);
}


static inline rtc_str_t
cert_key_text(const cert_made_t *made, const char *password)
{
    BIO  *bio;

    bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(bio, made->key,
                                  password ? EVP_aes_256_cbc() : NULL, NULL, 0,
                                  NULL, (void *) password);

    return cert_bio_text(bio);
}


#endif /* CERT_MAKER_H_INCLUDED */
