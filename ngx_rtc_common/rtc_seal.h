
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Secrets that lie in Redis: sealed with AES-256-GCM under a key that comes
 * from the installation's secret by HKDF.  As text, base64url of
 *
 *   version 1 (one byte) | nonce (12) | ciphertext | tag (16)
 *
 * The label says what it is, and is authenticated: a value of one kind does
 * not open as another.
 */


#ifndef RTC_SEAL_H_INCLUDED
#define RTC_SEAL_H_INCLUDED


#include "rtc_core.h"


#define RTC_SEAL_KEY  32
#define RTC_SEAL_MAX  65536             /* bytes of a secret */

#define RTC_SEAL_OVERHEAD  (1 + 12 + 16)

/* characters of the text for n bytes; bytes that a text of n has, at most */

#define rtc_seal_text_len(n)  (((n) + RTC_SEAL_OVERHEAD) * 4 / 3 + 4)
#define rtc_seal_open_len(n)  ((n) / 4 * 3 + 4)

/* labels */

#define RTC_SEAL_CERTIFICATE  "certificate"
#define RTC_SEAL_LIVEKIT      "livekit"


/* secret: that of conf_api_secret_file */

int rtc_seal_key(uint8_t key[RTC_SEAL_KEY], rtc_str_t secret);

/* answers the length of the text, or RTC_ERROR if it does not fit */

ssize_t rtc_seal(uint8_t *text, size_t size, const uint8_t key[RTC_SEAL_KEY],
    const char *label, const uint8_t *data, size_t len);

/*
 * Answers the length of the secret, or RTC_ERROR: damaged, of another label
 * or another installation.  data has rtc_seal_open_len(len) bytes, and is
 * overwritten in any case.
 */

ssize_t rtc_seal_open(uint8_t *data, size_t size,
    const uint8_t key[RTC_SEAL_KEY], const char *label, const uint8_t *text,
    size_t len);


#endif /* RTC_SEAL_H_INCLUDED */
