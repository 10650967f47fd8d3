
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Base64 with the URL and filename safe alphabet and without padding
 * (RFC 4648, section 5), as RFC 7515 uses it; and the usual one with padding
 * (section 4), for who expects that.
 */


#ifndef RTC_BASE64_H_INCLUDED
#define RTC_BASE64_H_INCLUDED


#include "rtc_core.h"


#define rtc_base64url_encoded_len(n)  (((n) * 4 + 2) / 3)
#define rtc_base64_encoded_len(n)     (((n) + 2) / 3 * 4)
#define rtc_base64url_decoded_len(n)  ((n) / 4 * 3 + (n) % 4 * 3 / 4)


/* dst holds the encoded length; answers the position behind the last byte */

uint8_t *rtc_base64url_encode(uint8_t *dst, const uint8_t *src, size_t len);
uint8_t *rtc_base64_encode(uint8_t *dst, const uint8_t *src, size_t len);

/*
 * dst holds the decoded length.  RTC_ERROR for a character outside of the
 * alphabet, an impossible length, or bits that no encoder leaves set.
 */

int rtc_base64url_decode(uint8_t *dst, const uint8_t *src, size_t len);


#endif /* RTC_BASE64_H_INCLUDED */
