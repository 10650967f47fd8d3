
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_base64.h"
#include "rtc_bytes.h"
#include "rtc_crypto.h"
#include "rtc_turn_nonce.h"


/* "obMatJos2", 24 bits of features, then time and digest; all as base64 */

#define RTC_TURN_COOKIE      "obMatJos2"
#define RTC_TURN_COOKIE_LEN  9
#define RTC_TURN_DIGEST      8
#define RTC_TURN_STAMP       (4 + RTC_TURN_DIGEST)


static int rtc_turn_nonce_stamp(uint8_t stamp[RTC_TURN_STAMP],
    const uint8_t key[RTC_TURN_NONCE_KEY], uint32_t features,
    const rtc_addr_t *source, uint32_t now_s);


int
rtc_turn_nonce_make(uint8_t nonce[RTC_TURN_NONCE_LEN],
    const uint8_t key[RTC_TURN_NONCE_KEY], uint32_t features,
    const rtc_addr_t *source, uint32_t now_s)
{
    uint8_t  stamp[RTC_TURN_STAMP], bits[3], *p;

    if (rtc_turn_nonce_stamp(stamp, key, features, source, now_s) != RTC_OK) {
        return RTC_ERROR;
    }

    rtc_write_u24(bits, features);

    p = rtc_write_bytes(nonce, RTC_TURN_COOKIE, RTC_TURN_COOKIE_LEN);
    p = rtc_base64_encode(p, bits, 3);
    rtc_base64url_encode(p, stamp, RTC_TURN_STAMP);

    return RTC_OK;
}


static int
rtc_turn_nonce_stamp(uint8_t stamp[RTC_TURN_STAMP],
    const uint8_t key[RTC_TURN_NONCE_KEY], uint32_t features,
    const rtc_addr_t *source, uint32_t now_s)
{
    uint8_t     text[4 + 4 + sizeof(rtc_addr_t)], digest[RTC_SHA256_LEN], *p;
    rtc_addr_t  addr;

    addr = *source;

    if (addr.proto == RTC_TCP) {
        addr.port = 0;
    }

    p = rtc_write_u32(text, now_s);
    p = rtc_write_u32(p, features);
    p = rtc_write_bytes(p, &addr, sizeof(rtc_addr_t));

    if (rtc_hmac_sha256(digest, key, RTC_TURN_NONCE_KEY, text,
                        (size_t) (p - text))
        != RTC_OK)
    {
        return RTC_ERROR;
    }

    p = rtc_write_u32(stamp, now_s);
    rtc_write_bytes(p, digest, RTC_TURN_DIGEST);

    return RTC_OK;
}


int
rtc_turn_nonce_check(rtc_str_t nonce, const uint8_t key[RTC_TURN_NONCE_KEY],
    uint32_t features, const rtc_addr_t *source, uint32_t now_s)
{
    uint32_t  made;
    uint8_t   want[RTC_TURN_NONCE_LEN], stamp[RTC_TURN_STAMP];

    if (nonce.len != RTC_TURN_NONCE_LEN
        || rtc_base64url_decode(stamp, nonce.data + RTC_TURN_COOKIE_LEN + 4,
                                RTC_TURN_NONCE_LEN - RTC_TURN_COOKIE_LEN - 4)
           != RTC_OK)
    {
        return RTC_DECLINED;
    }

    made = rtc_get_u32(stamp);

    if (rtc_turn_nonce_make(want, key, features, source, made) != RTC_OK) {
        return RTC_ERROR;
    }

    if (!rtc_equal(want, nonce.data, RTC_TURN_NONCE_LEN)) {
        return RTC_DECLINED;
    }

    return now_s - made <= RTC_TURN_NONCE_LIFE ? RTC_OK : RTC_DECLINED;
}
