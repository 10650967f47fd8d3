
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Digests of OpenSSL for everybody who is no transport: SHA-256 (FIPS 180-4),
 * HMAC (RFC 2104) and HKDF over it (RFC 5869), MD5 and SHA-1 where STUN wants
 * them (RFC 8489), random bytes, comparison in constant time.
 */


#ifndef RTC_CRYPTO_H_INCLUDED
#define RTC_CRYPTO_H_INCLUDED


#include "rtc_core.h"


#define RTC_SHA256_LEN  32
#define RTC_SHA1_LEN    20
#define RTC_MD5_LEN     16


/* each answers RTC_OK, or RTC_ERROR when OpenSSL refuses */

int rtc_sha256(uint8_t digest[RTC_SHA256_LEN], const void *data, size_t len);
int rtc_hmac_sha256(uint8_t digest[RTC_SHA256_LEN], const void *key,
    size_t key_len, const void *data, size_t len);
int rtc_hkdf_sha256(uint8_t *out, size_t len, rtc_str_t secret, rtc_str_t salt,
    rtc_str_t info);
int rtc_hmac_sha1(uint8_t digest[RTC_SHA1_LEN], const void *key,
    size_t key_len, const void *data, size_t len);
int rtc_md5(uint8_t digest[RTC_MD5_LEN], const void *data, size_t len);
int rtc_random(void *data, size_t len);

/* whether len bytes are equal; the time depends on len alone */

int rtc_equal(const void *a, const void *b, size_t len);


#endif /* RTC_CRYPTO_H_INCLUDED */
