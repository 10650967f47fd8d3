
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <limits.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include "rtc_crypto.h"


static int rtc_hmac(const EVP_MD *md, uint8_t *digest, unsigned int size,
    const void *key, size_t key_len, const void *data, size_t len);


int
rtc_sha256(uint8_t digest[RTC_SHA256_LEN], const void *data, size_t len)
{
    if (EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL) != 1) {
        return RTC_ERROR;
    }

    return RTC_OK;
}


int
rtc_hmac_sha256(uint8_t digest[RTC_SHA256_LEN], const void *key,
    size_t key_len, const void *data, size_t len)
{
    return rtc_hmac(EVP_sha256(), digest, RTC_SHA256_LEN, key, key_len, data,
                    len);
}


int
rtc_hmac_sha1(uint8_t digest[RTC_SHA1_LEN], const void *key, size_t key_len,
    const void *data, size_t len)
{
    return rtc_hmac(EVP_sha1(), digest, RTC_SHA1_LEN, key, key_len, data, len);
}


static int
rtc_hmac(const EVP_MD *md, uint8_t *digest, unsigned int size,
    const void *key, size_t key_len, const void *data, size_t len)
{
    unsigned int  n;

    if (key_len > INT_MAX) {
        return RTC_ERROR;
    }

    if (HMAC(md, key, (int) key_len, data, len, digest, &n) == NULL
        || n != size)
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}


int
rtc_hkdf_sha256(uint8_t *out, size_t len, rtc_str_t secret, rtc_str_t salt,
    rtc_str_t info)
{
    int           rc;
    EVP_KDF      *kdf;
    OSSL_PARAM    params[5], *p;
    EVP_KDF_CTX  *ctx;

    p = params;
    *p++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                            (char *) "SHA256", 0);
    *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
                                             (void *) secret.data, secret.len);

    /* an empty one may have no address, which OpenSSL refuses */

    if (salt.len) {
        *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
                                                 (void *) salt.data, salt.len);
    }

    if (info.len) {
        *p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
                                                 (void *) info.data, info.len);
    }

    *p = OSSL_PARAM_construct_end();

    kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_HKDF, NULL);
    ctx = EVP_KDF_CTX_new(kdf);

    rc = (ctx && EVP_KDF_derive(ctx, out, len, params) == 1) ? RTC_OK
                                                             : RTC_ERROR;

    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);

    return rc;
}


int
rtc_md5(uint8_t digest[RTC_MD5_LEN], const void *data, size_t len)
{
    if (EVP_Digest(data, len, digest, NULL, EVP_md5(), NULL) != 1) {
        return RTC_ERROR;
    }

    return RTC_OK;
}


int
rtc_random(void *data, size_t len)
{
    if (len > INT_MAX || RAND_bytes(data, (int) len) != 1) {
        return RTC_ERROR;
    }

    return RTC_OK;
}


int
rtc_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}
