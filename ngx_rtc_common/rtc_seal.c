
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "rtc_base64.h"
#include "rtc_crypto.h"
#include "rtc_seal.h"


#define RTC_SEAL_VERSION  1
#define RTC_SEAL_NONCE    12
#define RTC_SEAL_TAG      16
#define RTC_SEAL_HEAD     (1 + RTC_SEAL_NONCE)


static int rtc_seal_encrypt(EVP_CIPHER_CTX *ctx, uint8_t *box,
    const uint8_t *key, const char *label, const uint8_t *data, size_t len);
static int rtc_seal_decrypt(EVP_CIPHER_CTX *ctx, uint8_t *box, size_t len,
    const uint8_t *key, const char *label);


int
rtc_seal_key(uint8_t key[RTC_SEAL_KEY], rtc_str_t secret)
{
    rtc_str_t  none = { NULL, 0 }, info = rtc_string("conference seal");

    return rtc_hkdf_sha256(key, RTC_SEAL_KEY, secret, none, info);
}


ssize_t
rtc_seal(uint8_t *text, size_t size, const uint8_t key[RTC_SEAL_KEY],
    const char *label, const uint8_t *data, size_t len)
{
    int              rc;
    uint8_t         *box, *last;
    EVP_CIPHER_CTX  *ctx;

    if (len > RTC_SEAL_MAX || size < rtc_seal_text_len(len)) {
        return RTC_ERROR;
    }

    box = malloc(len + RTC_SEAL_OVERHEAD);
    ctx = EVP_CIPHER_CTX_new();

    rc = (box && ctx) ? rtc_seal_encrypt(ctx, box, key, label, data, len)
                      : RTC_ERROR;

    last = text;

    if (rc == RTC_OK) {
        last = rtc_base64url_encode(text, box, len + RTC_SEAL_OVERHEAD);
    }

    EVP_CIPHER_CTX_free(ctx);
    free(box);

    return rc == RTC_OK ? last - text : RTC_ERROR;
}


/* random nonces: a key seals some thousand secrets in its life, not 2^32 */

static int
rtc_seal_encrypt(EVP_CIPHER_CTX *ctx, uint8_t *box, const uint8_t *key,
    const char *label, const uint8_t *data, size_t len)
{
    int       n;
    uint8_t  *nonce, *p;

    nonce = box + 1;
    p = box + RTC_SEAL_HEAD;

    box[0] = RTC_SEAL_VERSION;

    if (rtc_random(nonce, RTC_SEAL_NONCE) != RTC_OK
        || EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) != 1
        || EVP_EncryptUpdate(ctx, NULL, &n, (const uint8_t *) label,
                             (int) strlen(label)) != 1
        || EVP_EncryptUpdate(ctx, p, &n, data, (int) len) != 1
        || EVP_EncryptFinal_ex(ctx, p + len, &n) != 1
        || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, RTC_SEAL_TAG,
                               p + len) != 1)
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}


ssize_t
rtc_seal_open(uint8_t *data, size_t size, const uint8_t key[RTC_SEAL_KEY],
    const char *label, const uint8_t *text, size_t len)
{
    int              rc;
    size_t           n;
    EVP_CIPHER_CTX  *ctx;

    if (len > rtc_seal_text_len(RTC_SEAL_MAX)
        || size < rtc_seal_open_len(len)
        || rtc_base64url_decode(data, text, len) != RTC_OK)
    {
        return RTC_ERROR;
    }

    n = rtc_base64url_decoded_len(len);

    if (n < RTC_SEAL_OVERHEAD || data[0] != RTC_SEAL_VERSION) {
        return RTC_ERROR;
    }

    ctx = EVP_CIPHER_CTX_new();
    if (ctx == NULL) {
        return RTC_ERROR;
    }

    rc = rtc_seal_decrypt(ctx, data, n, key, label);

    EVP_CIPHER_CTX_free(ctx);

    if (rc != RTC_OK) {
        OPENSSL_cleanse(data, n);
        return RTC_ERROR;
    }

    n -= RTC_SEAL_OVERHEAD;
    memmove(data, data + RTC_SEAL_HEAD, n);

    return (ssize_t) n;
}


/* in place */

static int
rtc_seal_decrypt(EVP_CIPHER_CTX *ctx, uint8_t *box, size_t len,
    const uint8_t *key, const char *label)
{
    int       n;
    size_t    size;
    uint8_t  *p, *tag;

    size = len - RTC_SEAL_OVERHEAD;
    p = box + RTC_SEAL_HEAD;
    tag = p + size;

    if (EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, box + 1) != 1
        || EVP_DecryptUpdate(ctx, NULL, &n, (const uint8_t *) label,
                             (int) strlen(label)) != 1
        || EVP_DecryptUpdate(ctx, p, &n, p, (int) size) != 1
        || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, RTC_SEAL_TAG, tag)
           != 1
        || EVP_DecryptFinal_ex(ctx, tag, &n) != 1)
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}
