
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Records of RFC 6347 under AEAD ciphers: RFC 5288 (GCM), RFC 7905 (ChaCha20).
 */


#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "rtc_bytes.h"
#include "rtc_dtls_rest.h"


#define RTC_DTLS_HEADER      13         /* of a record */
#define RTC_DTLS_ALERT       21
#define RTC_DTLS_HANDSHAKE   22
#define RTC_DTLS_ALERT_LEN   2

#define RTC_DTLS_MAX_KEY     32
#define RTC_DTLS_NONCE       12
#define RTC_DTLS_EXPLICIT    8          /* of GCM: in front of the ciphertext */
#define RTC_DTLS_TAG         16
#define RTC_DTLS_AAD         13

#define RTC_DTLS_FATAL       2          /* RFC 5246, 7.2 */
#define RTC_DTLS_NOTIFY      0


/* of one direction */

typedef struct {
    uint8_t            key[RTC_DTLS_MAX_KEY];
    uint8_t            iv[RTC_DTLS_NONCE];      /* GCM: the first 4 bytes */
} rtc_dtls_key_t;


struct rtc_dtls_rest_s {
    const EVP_CIPHER  *cipher;
    size_t             key_len;
    size_t             iv_len;
    size_t             explicit_len;            /* 0: ChaCha20 */
    rtc_dtls_key_t     rx;
    rtc_dtls_key_t     tx;
    unsigned           closed:1;
    uint8_t            flight_len;
    uint8_t            flight[RTC_DTLS_FLIGHT];
};


static int rtc_dtls_rest_cipher(rtc_dtls_rest_t *r, const SSL_CIPHER *cipher);
static int rtc_dtls_rest_keys(rtc_dtls_rest_t *r, SSL *ssl);
static int rtc_dtls_rest_prf(SSL *ssl, uint8_t *out, size_t len);
static rtc_dtls_rest_e rtc_dtls_rest_record(rtc_dtls_rest_t *r,
    const uint8_t *p, size_t len);
static int rtc_dtls_rest_open(rtc_dtls_rest_t *r, const uint8_t *p,
    size_t len, uint8_t *alert);
static void rtc_dtls_rest_nonce(const rtc_dtls_rest_t *r,
    const rtc_dtls_key_t *k, const uint8_t *seq, const uint8_t *explicit,
    uint8_t *nonce);
static void rtc_dtls_rest_aad(const uint8_t *header, uint8_t *aad);


rtc_dtls_rest_t *
rtc_dtls_rest_create(SSL *ssl, const uint8_t *flight, size_t len)
{
    rtc_dtls_rest_t  *r;

    if (len == 0 || len > UINT8_MAX || SSL_version(ssl) != DTLS1_2_VERSION) {
        return NULL;
    }

    r = calloc(1, sizeof(rtc_dtls_rest_t));
    if (r == NULL) {
        return NULL;
    }

    r->flight_len = (uint8_t) len;
    memcpy(r->flight, flight, len);

    if (rtc_dtls_rest_cipher(r, SSL_get_current_cipher(ssl)) != RTC_OK
        || rtc_dtls_rest_keys(r, ssl) != RTC_OK)
    {
        rtc_dtls_rest_destroy(r);
        ERR_clear_error();
        return NULL;
    }

    return r;
}


void
rtc_dtls_rest_destroy(rtc_dtls_rest_t *r)
{
    if (r) {
        OPENSSL_cleanse(r, sizeof(rtc_dtls_rest_t));
        free(r);
    }
}


static int
rtc_dtls_rest_cipher(rtc_dtls_rest_t *r, const SSL_CIPHER *cipher)
{
    r->iv_len = 4;
    r->explicit_len = RTC_DTLS_EXPLICIT;

    switch (SSL_CIPHER_get_cipher_nid(cipher)) {

    case NID_aes_128_gcm:
        r->cipher = EVP_aes_128_gcm();
        r->key_len = 16;
        return RTC_OK;

    case NID_aes_256_gcm:
        r->cipher = EVP_aes_256_gcm();
        r->key_len = 32;
        return RTC_OK;

    case NID_chacha20_poly1305:
        r->cipher = EVP_chacha20_poly1305();
        r->key_len = 32;
        r->iv_len = RTC_DTLS_NONCE;
        r->explicit_len = 0;
        return RTC_OK;

    default:
        return RTC_ERROR;
    }
}


/* RFC 5246, 6.3: keys of client and server, then their IVs; no MAC keys */

static int
rtc_dtls_rest_keys(rtc_dtls_rest_t *r, SSL *ssl)
{
    int             rc;
    uint8_t        *p, block[2 * sizeof(rtc_dtls_key_t)];

    rc = rtc_dtls_rest_prf(ssl, block, 2 * (r->key_len + r->iv_len));

    if (rc == RTC_OK) {
        p = block;

        memcpy(r->rx.key, p, r->key_len);
        p += r->key_len;
        memcpy(r->tx.key, p, r->key_len);
        p += r->key_len;
        memcpy(r->rx.iv, p, r->iv_len);
        p += r->iv_len;
        memcpy(r->tx.iv, p, r->iv_len);
    }

    OPENSSL_cleanse(block, sizeof(block));

    return rc;
}


static int
rtc_dtls_rest_prf(SSL *ssl, uint8_t *out, size_t len)
{
    int             rc;
    size_t          n;
    uint8_t         master[SSL_MAX_MASTER_KEY_LENGTH];
    uint8_t         server[SSL3_RANDOM_SIZE], client[SSL3_RANDOM_SIZE];
    EVP_KDF        *kdf;
    EVP_KDF_CTX    *ctx;
    OSSL_PARAM      params[6], *p;
    const EVP_MD   *md;

    static char     label[] = "key expansion";

    md = SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(ssl));
    n = SSL_SESSION_get_master_key(SSL_get_session(ssl), master,
                                   sizeof(master));
    kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_TLS1_PRF, NULL);
    ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    rc = RTC_ERROR;

    if (md && ctx
        && SSL_get_server_random(ssl, server, sizeof(server))
           == sizeof(server)
        && SSL_get_client_random(ssl, client, sizeof(client))
           == sizeof(client))
    {
        p = params;
        *p++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                            (char *) EVP_MD_get0_name(md), 0);
        *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET,
                                                 master, n);
        *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, label,
                                                 sizeof(label) - 1);
        *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, server,
                                                 sizeof(server));
        *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, client,
                                                 sizeof(client));
        *p = OSSL_PARAM_construct_end();

        rc = EVP_KDF_derive(ctx, out, len, params) == 1 ? RTC_OK : RTC_ERROR;
    }

    OPENSSL_cleanse(master, sizeof(master));
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);

    return rc;
}


rtc_str_t
rtc_dtls_rest_flight(const rtc_dtls_rest_t *r)
{
    rtc_str_t  flight;

    flight.data = r->flight;
    flight.len = r->flight_len;

    return flight;
}


rtc_dtls_rest_e
rtc_dtls_rest_input(rtc_dtls_rest_t *r, const uint8_t *p, size_t len)
{
    size_t           n;
    rtc_dtls_rest_e  rc, result;

    result = RTC_DTLS_REST_NOTHING;

    while (len >= RTC_DTLS_HEADER) {

        n = RTC_DTLS_HEADER + (size_t) rtc_get_u16(p + 11);
        n = rtc_min(n, len);

        rc = rtc_dtls_rest_record(r, p, n);
        result = rtc_max(result, rc);

        p += n;
        len -= n;
    }

    return result;
}


static rtc_dtls_rest_e
rtc_dtls_rest_record(rtc_dtls_rest_t *r, const uint8_t *p, size_t len)
{
    uint8_t  alert[RTC_DTLS_ALERT_LEN];

    switch (p[0]) {

    case RTC_DTLS_HANDSHAKE:
        /* RFC 6347, 4.2.4: the peer's Finished, again */
        return RTC_DTLS_REST_REPEAT;

    case RTC_DTLS_ALERT:
        break;

    default:
        return RTC_DTLS_REST_NOTHING;
    }

    if (rtc_dtls_rest_open(r, p, len, alert) != RTC_OK) {
        return RTC_DTLS_REST_NOTHING;
    }

    if (alert[1] == RTC_DTLS_NOTIFY) {
        return RTC_DTLS_REST_CLOSED;
    }

    return alert[0] == RTC_DTLS_FATAL ? RTC_DTLS_REST_FATAL
                                      : RTC_DTLS_REST_NOTHING;
}


static int
rtc_dtls_rest_open(rtc_dtls_rest_t *r, const uint8_t *p, size_t len,
    uint8_t *alert)
{
    int              n, rc;
    uint8_t          nonce[RTC_DTLS_NONCE], aad[RTC_DTLS_AAD];
    const uint8_t   *text;
    EVP_CIPHER_CTX  *ctx;

    if (len != RTC_DTLS_HEADER + r->explicit_len + RTC_DTLS_ALERT_LEN
               + RTC_DTLS_TAG
        || rtc_get_u16(p + 3) != 1)
    {
        return RTC_DECLINED;
    }

    text = p + RTC_DTLS_HEADER + r->explicit_len;

    rtc_dtls_rest_nonce(r, &r->rx, p + 3, p + RTC_DTLS_HEADER, nonce);
    rtc_dtls_rest_aad(p, aad);

    ctx = EVP_CIPHER_CTX_new();
    if (ctx == NULL) {
        return RTC_ERROR;
    }

    rc = EVP_DecryptInit_ex(ctx, r->cipher, NULL, r->rx.key, nonce) == 1
         && EVP_DecryptUpdate(ctx, NULL, &n, aad, sizeof(aad)) == 1
         && EVP_DecryptUpdate(ctx, alert, &n, text, RTC_DTLS_ALERT_LEN) == 1
         && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, RTC_DTLS_TAG,
                                (void *) (text + RTC_DTLS_ALERT_LEN)) == 1
         && EVP_DecryptFinal_ex(ctx, alert + n, &n) == 1;

    EVP_CIPHER_CTX_free(ctx);
    ERR_clear_error();

    return rc ? RTC_OK : RTC_DECLINED;
}


/*
 * The number of the record is 1: our Finished was 0.  OpenSSL began the
 * explicit part of GCM at random, so another random one is as unique.
 */

size_t
rtc_dtls_rest_close(rtc_dtls_rest_t *r, uint8_t *out)
{
    int              n, rc;
    size_t           len;
    uint8_t         *text, nonce[RTC_DTLS_NONCE], aad[RTC_DTLS_AAD];
    EVP_CIPHER_CTX  *ctx;

    static const uint8_t  alert[RTC_DTLS_ALERT_LEN] = { 1, RTC_DTLS_NOTIFY };
    static const uint8_t  header[RTC_DTLS_HEADER - 2] = {
        RTC_DTLS_ALERT, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1
    };

    len = r->explicit_len + RTC_DTLS_ALERT_LEN + RTC_DTLS_TAG;

    memcpy(out, header, sizeof(header));
    (void) rtc_write_u16(out + sizeof(header), (uint16_t) len);

    if (r->closed
        || (r->explicit_len
            && RAND_bytes(out + RTC_DTLS_HEADER, RTC_DTLS_EXPLICIT) != 1))
    {
        return 0;
    }

    r->closed = 1;
    text = out + RTC_DTLS_HEADER + r->explicit_len;

    rtc_dtls_rest_nonce(r, &r->tx, out + 3, out + RTC_DTLS_HEADER, nonce);
    rtc_dtls_rest_aad(out, aad);

    ctx = EVP_CIPHER_CTX_new();
    if (ctx == NULL) {
        return 0;
    }

    rc = EVP_EncryptInit_ex(ctx, r->cipher, NULL, r->tx.key, nonce) == 1
         && EVP_EncryptUpdate(ctx, NULL, &n, aad, sizeof(aad)) == 1
         && EVP_EncryptUpdate(ctx, text, &n, alert, sizeof(alert)) == 1
         && EVP_EncryptFinal_ex(ctx, text + n, &n) == 1
         && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, RTC_DTLS_TAG,
                                text + RTC_DTLS_ALERT_LEN) == 1;

    EVP_CIPHER_CTX_free(ctx);
    ERR_clear_error();

    return rc ? RTC_DTLS_HEADER + len : 0;
}


/* seq: epoch and number, 8 bytes */

static void
rtc_dtls_rest_nonce(const rtc_dtls_rest_t *r, const rtc_dtls_key_t *k,
    const uint8_t *seq, const uint8_t *explicit, uint8_t *nonce)
{
    size_t  i;

    memcpy(nonce, k->iv, RTC_DTLS_NONCE);

    if (r->explicit_len) {
        memcpy(nonce + 4, explicit, RTC_DTLS_EXPLICIT);
        return;
    }

    for (i = 0; i < 8; i++) {
        nonce[4 + i] ^= seq[i];
    }
}


/* epoch and number, type, version, length of the plaintext */

static void
rtc_dtls_rest_aad(const uint8_t *header, uint8_t *aad)
{
    memcpy(aad, header + 3, 8);
    memcpy(aad + 8, header, 3);
    (void) rtc_write_u16(aad + 11, RTC_DTLS_ALERT_LEN);
}
