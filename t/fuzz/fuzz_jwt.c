
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The bytes once as a token, once as a key file, and once as the payload of a
 * token with a right signature.
 */


#include "rtc_base64.h"
#include "rtc_crypto.h"
#include "rtc_jwt.h"


#define FUZZ_NOW     1700000000
#define FUZZ_HEADER  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."


static const rtc_jwt_keys_t  fuzz_keys = {
    { { rtc_string("k"), rtc_string("secret") } }, 1
};


static void
fuzz_token(const uint8_t *token, size_t len)
{
    const char          *reason;
    rtc_jwt_api_t        api;
    static rtc_grant_t   grant;
    static uint8_t       mem[RTC_JWT_MAX], copy[RTC_JWT_MAX];

    if (rtc_jwt_verify_access(&grant, mem, token, len, &fuzz_keys, FUZZ_NOW,
                              &reason) == RTC_OK)
    {
        (void) rtc_jwt_sign_access(copy, sizeof(copy), &grant,
                                   &fuzz_keys.elts[0], FUZZ_NOW);
    }

    (void) rtc_jwt_read_api(&api, token, len, FUZZ_NOW, &reason);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t         *p, digest[RTC_SHA256_LEN];
    const char      *reason;
    rtc_jwt_keys_t   keys;
    static uint8_t   token[RTC_JWT_MAX];

    if (size > RTC_JWT_MAX / 2) {
        return 0;
    }

    (void) rtc_jwt_parse_keys(&keys, data, size, &reason);

    fuzz_token(data, size);

    memcpy(token, FUZZ_HEADER, sizeof(FUZZ_HEADER) - 1);
    p = rtc_base64url_encode(token + sizeof(FUZZ_HEADER) - 1, data, size);

    if (rtc_hmac_sha256(digest, "secret", 6, token, p - token) != RTC_OK) {
        return 0;
    }

    *p++ = '.';
    p = rtc_base64url_encode(p, digest, sizeof(digest));

    fuzz_token(token, p - token);

    return 0;
}
