
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <limits.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "rtc_crypto.h"


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
    unsigned int  n;

    if (key_len > INT_MAX) {
        return RTC_ERROR;
    }

    if (HMAC(EVP_sha256(), key, (int) key_len, data, len, digest, &n) == NULL
        || n != RTC_SHA256_LEN)
    {
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
