
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * HKDF against RFC 5869, appendix A: the cases with SHA-256.
 */


#include "rtc_crypto.h"
#include "tap.h"


static uint8_t
digit(char c)
{
    return (uint8_t) (c <= '9' ? c - '0' : c - 'a' + 10);
}


static rtc_str_t
hex(uint8_t *buf, const char *text)
{
    rtc_str_t  s;

    s.data = buf;

    for (s.len = 0; *text; text += 2) {
        buf[s.len++] = (uint8_t) (digit(text[0]) << 4 | digit(text[1]));
    }

    return s;
}


static void
test_hkdf(const char *secret, const char *salt, const char *info,
    const char *okm, const char *name)
{
    uint8_t    a[128], b[128], c[128], d[128], out[128];
    rtc_str_t  want;

    want = hex(d, okm);

    is_int(rtc_hkdf_sha256(out, want.len, hex(a, secret), hex(b, salt),
                           hex(c, info)),
           RTC_OK, name);
    is_mem(out, want.data, want.len, name);
}


int
main(void)
{
    rtc_str_t  none = { NULL, 0 }, x = rtc_string("x");
    uint8_t    out[32], again[32], huge[255 * 32 + 1];

    test_hkdf("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
              "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
              "34007208d5b887185865", "RFC 5869, A.1");

    test_hkdf("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
              "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
              "404142434445464748494a4b4c4d4e4f",
              "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
              "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
              "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
              "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
              "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
              "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
              "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
              "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
              "cc30c58179ec3e87c14c01d5c1f3434f1d87", "RFC 5869, A.2");

    test_hkdf("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
              "9d201395faa4b61a96c8", "RFC 5869, A.3");

    is_int(rtc_hkdf_sha256(out, 32, x, none, none), RTC_OK, "only a secret");
    is_int(rtc_hkdf_sha256(again, 32, x, none, x), RTC_OK, "with info");
    ok(!rtc_equal(out, again, 32), "differs");
    is_int(rtc_hkdf_sha256(huge, sizeof(huge), x, none, none), RTC_ERROR,
           "RFC 5869, 2.3: no more than 255 blocks");

    return done();
}
