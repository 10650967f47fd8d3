
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Time-limited credentials.
 */


#include "rtc_turn_cred.h"
#include "tap.h"


static rtc_str_t
str(const char *s)
{
    rtc_str_t  v;

    v.data = (const uint8_t *) s;
    v.len = strlen(s);

    return v;
}


int
main(void)
{
    uint64_t            expires;
    rtc_str_t           id;
    rtc_turn_cred_t     cred;
    rtc_turn_secrets_t  secrets;

    static const char  text[] = "# two\nfirst \r\n\nsecond";

    is_int(rtc_turn_parse_secrets(&secrets, (const uint8_t *) text,
                                  sizeof(text) - 1), RTC_OK,
           "a file of secrets");
    ok(secrets.nelts == 2 && rtc_str_eq(secrets.elts[0], "first")
       && rtc_str_eq(secrets.elts[1], "second"), "two of them");
    is_int(rtc_turn_parse_secrets(&secrets, (const uint8_t *) "\n", 1),
           RTC_ERROR, "none is an error");

    /* computed by openssl dgst -sha1 -hmac north -binary | base64 */

    is_int(rtc_turn_cred_make(&cred, str("north"), str("bob"), 1900000000),
           RTC_OK, "credentials");
    ok(cred.user_len == 14 && memcmp(cred.user, "1900000000:bob", 14) == 0,
       "the user");
    is_mem(cred.password, "qPkETtMMQ+tGe7drayY7IqNi1kA=", 28, "the password");

    (void) rtc_turn_cred_make(&cred, str("north"), str("a \"b\"\r\n"), 1);
    is_int(cred.user_len, 2 + 32, "an identity that is not plain is hashed");

    is_int(rtc_turn_user_parse(str("1900000000:bob"), &expires, &id), RTC_OK,
           "a user is read");
    ok(expires == 1900000000 && rtc_str_eq(id, "bob"), "expiry and id");
    is_int(rtc_turn_user_parse(str("1900000000"), &expires, &id), RTC_OK,
           "without an id");
    is_int(rtc_turn_user_parse(str("bob"), &expires, &id), RTC_DECLINED,
           "no number");
    is_int(rtc_turn_user_parse(str(""), &expires, &id), RTC_DECLINED,
           "nothing");
    is_int(rtc_turn_user_parse(str("9999999999999999999999:x"), &expires,
                               &id), RTC_DECLINED, "too large a number");

    return done();
}
