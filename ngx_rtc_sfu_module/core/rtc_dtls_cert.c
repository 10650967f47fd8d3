
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>
#include <strings.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include "rtc_dtls_cert.h"


#define RTC_DTLS_CERT_LIFETIME  (10L * 365 * 24 * 3600)
#define RTC_DTLS_CERT_SKEW      (24L * 3600)


static X509 *rtc_dtls_cert_make(EVP_PKEY *key);
static int rtc_dtls_cert_print(rtc_dtls_cert_t *cert);
static int rtc_fingerprint_hex(uint8_t c);


static const struct {
    rtc_fingerprint_e   hash;
    size_t              len;
    rtc_str_t           name;
} rtc_fingerprint_hashes[] = {
    { RTC_FINGERPRINT_SHA256, 32, rtc_string("sha-256") },
    { RTC_FINGERPRINT_SHA384, 48, rtc_string("sha-384") },
    { RTC_FINGERPRINT_SHA512, 64, rtc_string("sha-512") }
};


rtc_dtls_cert_t *
rtc_dtls_cert_create(void)
{
    rtc_dtls_cert_t  *cert;

    cert = calloc(1, sizeof(rtc_dtls_cert_t));
    if (cert == NULL) {
        return NULL;
    }

    cert->key = EVP_EC_gen("P-256");

    if (cert->key) {
        cert->x509 = rtc_dtls_cert_make(cert->key);
    }

    if (cert->x509 == NULL || rtc_dtls_cert_print(cert) != RTC_OK) {
        rtc_dtls_cert_destroy(cert);
        ERR_clear_error();
        return NULL;
    }

    return cert;
}


static X509 *
rtc_dtls_cert_make(EVP_PKEY *key)
{
    X509       *x509;
    uint64_t    serial;
    X509_NAME  *name;

    x509 = X509_new();
    if (x509 == NULL) {
        return NULL;
    }

    if (RAND_bytes((unsigned char *) &serial, sizeof(uint64_t)) != 1) {
        goto failed;
    }

    name = X509_get_subject_name(x509);

    /* RFC 5280, 4.1.2.2: positive */

    if (X509_set_version(x509, X509_VERSION_3) != 1
        || ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1)
           != 1
        || X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                      (const unsigned char *) "WebRTC", -1, -1,
                                      0) != 1
        || X509_set_issuer_name(x509, name) != 1
        || X509_gmtime_adj(X509_getm_notBefore(x509), -RTC_DTLS_CERT_SKEW)
           == NULL
        || X509_gmtime_adj(X509_getm_notAfter(x509), RTC_DTLS_CERT_LIFETIME)
           == NULL
        || X509_set_pubkey(x509, key) != 1
        || X509_sign(x509, key, EVP_sha256()) == 0)
    {
        goto failed;
    }

    return x509;

failed:

    X509_free(x509);

    return NULL;
}


static int
rtc_dtls_cert_print(rtc_dtls_cert_t *cert)
{
    char                 *p;
    unsigned              i, len;
    unsigned char         md[EVP_MAX_MD_SIZE];

    static const char     hex[] = "0123456789ABCDEF";

    if (X509_digest(cert->x509, EVP_sha256(), md, &len) != 1 || len != 32) {
        return RTC_ERROR;
    }

    p = cert->fingerprint;

    for (i = 0; i < len; i++) {
        if (i) {
            *p++ = ':';
        }

        *p++ = hex[md[i] >> 4];
        *p++ = hex[md[i] & 0x0f];
    }

    *p = '\0';

    return RTC_OK;
}


void
rtc_dtls_cert_destroy(rtc_dtls_cert_t *cert)
{
    if (cert == NULL) {
        return;
    }

    X509_free(cert->x509);
    EVP_PKEY_free(cert->key);
    free(cert);
}


const char *
rtc_dtls_cert_fingerprint(const rtc_dtls_cert_t *cert)
{
    return cert->fingerprint;
}


size_t
rtc_fingerprint_len(rtc_fingerprint_e hash)
{
    size_t  i;

    for (i = 0; i < rtc_nelts(rtc_fingerprint_hashes); i++) {
        if (rtc_fingerprint_hashes[i].hash == hash) {
            return rtc_fingerprint_hashes[i].len;
        }
    }

    return 0;
}


int
rtc_fingerprint_parse(rtc_fingerprint_t *fp, rtc_str_t text)
{
    int             high, low;
    size_t          i, n, len;
    const uint8_t  *p, *end;

    p = memchr(text.data, ' ', text.len);
    if (p == NULL) {
        return RTC_ERROR;
    }

    n = (size_t) (p - text.data);

    for (i = 0; i < rtc_nelts(rtc_fingerprint_hashes); i++) {
        if (rtc_fingerprint_hashes[i].name.len == n
            && strncasecmp((const char *) rtc_fingerprint_hashes[i].name.data,
                           (const char *) text.data, n) == 0)
        {
            break;
        }
    }

    if (i == rtc_nelts(rtc_fingerprint_hashes)) {
        return RTC_DECLINED;
    }

    len = rtc_fingerprint_hashes[i].len;
    end = text.data + text.len;
    p++;

    /* RFC 8122, 5: 2UHEX *(":" 2UHEX), and lower case is met as well */

    if ((size_t) (end - p) != len * 3 - 1) {
        return RTC_ERROR;
    }

    memset(fp, 0, sizeof(rtc_fingerprint_t));
    fp->hash = rtc_fingerprint_hashes[i].hash;

    for (n = 0; n < len; n++) {
        if (n && *p++ != ':') {
            return RTC_ERROR;
        }

        high = rtc_fingerprint_hex(*p++);
        low = rtc_fingerprint_hex(*p++);

        if (high < 0 || low < 0) {
            return RTC_ERROR;
        }

        fp->value[n] = (uint8_t) (high << 4 | low);
    }

    return RTC_OK;
}


static int
rtc_fingerprint_hex(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }

    return -1;
}


int
rtc_fingerprint_match(const rtc_fingerprint_t *fp, size_t n, const X509 *x509)
{
    int             found;
    size_t          i;
    unsigned        len;
    unsigned char   md[EVP_MAX_MD_SIZE];
    const EVP_MD   *hash;

    found = 0;

    for (i = 0; i < n; i++) {

        switch (fp[i].hash) {

        case RTC_FINGERPRINT_SHA256:
            hash = EVP_sha256();
            break;

        case RTC_FINGERPRINT_SHA384:
            hash = EVP_sha384();
            break;

        case RTC_FINGERPRINT_SHA512:
            hash = EVP_sha512();
            break;

        default:
            continue;
        }

        if (X509_digest(x509, hash, md, &len) == 1
            && len == rtc_fingerprint_len(fp[i].hash))
        {
            found |= CRYPTO_memcmp(md, fp[i].value, len) == 0;
        }
    }

    return found;
}
