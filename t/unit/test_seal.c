
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What is sealed opens with its key and label, and with nothing else.
 */


#include "cut.h"
#include "rtc_seal.h"
#include "tap.h"


static uint8_t  key[RTC_SEAL_KEY];


static void
open_cut(const uint8_t *p, size_t len)
{
    uint8_t  data[512];

    if (rtc_seal_open(data, sizeof(data), key, "livekit", p, len) >= 0) {
        ok(len == 58, "only the whole text opens");
    }
}


static void
test_length(size_t len)
{
    int       same;
    ssize_t   n;
    uint8_t  *data, *text, *back;

    data = malloc(len + 1);
    text = malloc(rtc_seal_text_len(len));
    back = malloc(rtc_seal_open_len(rtc_seal_text_len(len)));

    memset(data, 'x', len + 1);

    n = rtc_seal(text, rtc_seal_text_len(len), key, "a", data, len);
    ok(n > 0, "sealed");

    n = rtc_seal_open(back, rtc_seal_open_len(n), key, "a", text, n);
    same = n == (ssize_t) len && memcmp(back, data, len) == 0;
    ok(same, "and opened");

    free(data);
    free(text);
    free(back);
}


static void
test_damage(const uint8_t *text, size_t len)
{
    size_t   i, opened;
    uint8_t  copy[128], data[128];

    for (opened = 0, i = 0; i < len; i++) {
        memcpy(copy, text, len);
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        opened += rtc_seal_open(data, sizeof(data), key, "livekit", copy, len)
                  >= 0;
    }

    is_int(opened, 0, "no character can be another one");
}


int
main(void)
{
    size_t     i, lengths[] = { 0, 1, 2, 3, 31, 3000, RTC_SEAL_MAX };
    ssize_t    len, again;
    uint8_t    text[128], second[128], data[128], other[RTC_SEAL_KEY];
    rtc_str_t  secret = rtc_string("0123456789abcdef0123456789abcdef");

    is_int(rtc_seal_key(key, secret), RTC_OK, "a key");

    secret.len--;
    is_int(rtc_seal_key(other, secret), RTC_OK, "another key");
    ok(memcmp(key, other, sizeof(key)) != 0, "which is another one");

    len = rtc_seal(text, sizeof(text), key, "livekit",
                   (const uint8_t *) "the secret key", 14);
    again = rtc_seal(second, sizeof(second), key, "livekit",
                     (const uint8_t *) "the secret key", 14);

    is_int(len, 58, "its length");
    is_int(again, len, "and again");
    ok(memcmp(text, second, len) != 0, "never the same text");

    is_int(rtc_seal_open(data, sizeof(data), key, "livekit", text, len), 14,
           "it opens");
    is_mem(data, "the secret key", 14, "as it was");
    is_int(rtc_seal_open(data, sizeof(data), key, "certificate", text, len),
           RTC_ERROR, "another label");
    is_int(rtc_seal_open(data, sizeof(data), other, "livekit", text, len),
           RTC_ERROR, "another key");
    is_int(rtc_seal_open(data, 20, key, "livekit", text, len), RTC_ERROR,
           "no room to open");
    is_int(rtc_seal(text, 30, key, "livekit", data, 14), RTC_ERROR,
           "no room to seal");

    for (i = 0; i < rtc_nelts(lengths); i++) {
        test_length(lengths[i]);
    }

    cut_every_byte(open_cut, second, len);
    test_damage(second, len);

    return done();
}
