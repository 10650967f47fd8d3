
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_user.h"
#include "tap.h"


#define SALT  "pdnQQ3ECEwNgvTaPz2fZk/"
#define TEXT  "viz2L6of.o62utqEQldjVEpFycEw7GsvNj3g9M0e4YB"


static rtc_args_t  args;


static void
set(const char *name, const char *value)
{
    rtc_args_free(&args);

    args.json = json_pack("{s:s}", name, value);
}


static int
name(const char *value)
{
    rtc_str_t  s;

    set("name", value);

    return rtc_user_name(&args, &s);
}


static int
email(const char *value)
{
    rtc_str_t  s;

    set("email", value);

    return rtc_user_email(&args, &s);
}


static int
hash(const char *value)
{
    rtc_str_t  s;

    set("password", value);

    return rtc_user_hash(&args, &s);
}


static int
password(const char *value)
{
    rtc_str_t  s;

    set("new_password", value);

    return rtc_user_password(&args, "new_password", &s);
}


int
main(void)
{
    char       text[2 * RTC_USER_PASSWORD_MAX + 1];
    size_t     i;
    rtc_str_t  s;

    static const char  good[] = RTC_USER_HASH_COSTS SALT "$" TEXT;

    rtc_args_init(&args);

    is_int(rtc_user_name(&args, &s), RTC_DECLINED, "no name");
    is_int(name("a"), RTC_OK, "a name");
    is_int(name(""), RTC_ERROR, "an empty one");
    is_int(name("a b"), RTC_ERROR, "a blank");
    is_int(name("\xc3\xa9"), RTC_ERROR, "not ASCII");

    is_int(email("a@b"), RTC_OK, "an address");
    is_int(email(""), RTC_OK, "none");
    is_int(email("a"), RTC_ERROR, "no at sign");
    is_int(email("@a"), RTC_ERROR, "nobody");
    is_int(email("a@"), RTC_ERROR, "nowhere");
    is_int(email("a@b@c"), RTC_ERROR, "two of them");

    set("role", "member");
    is_int(rtc_user_role(&args, &s), RTC_OK, "a role");
    ok(rtc_str_eq(s, "member"), "its name");
    set("role", "root");
    is_int(rtc_user_role(&args, &s), RTC_ERROR, "another");

    memset(text, 'x', sizeof(text));
    text[RTC_USER_PASSWORD_MAX] = '\0';
    is_int(password(text), RTC_OK, "the longest password");

    for (i = 0; i < RTC_USER_PASSWORD_MAX; i++) {
        memcpy(&text[2 * i], "\xc3\xa9", 2);
    }

    text[2 * RTC_USER_PASSWORD_MAX] = '\0';
    is_int(password(text), RTC_ERROR, "as many characters of two bytes");
    is_str(args.error, "new_password is too long.", "says so");
    is_int(password("1234567"), RTC_ERROR, "a short one");

    is_int(hash(good), RTC_OK, "a hash");
    is_int(hash("$y$jD5$" SALT "$" TEXT), RTC_ERROR, "other costs");
    is_int(hash("$6$" SALT "$" TEXT), RTC_ERROR, "another method");
    is_int(hash(RTC_USER_HASH_COSTS SALT "$" TEXT "x"), RTC_ERROR, "more");
    is_int(hash(RTC_USER_HASH_COSTS "$" TEXT), RTC_ERROR, "no salt");
    is_int(hash(RTC_USER_HASH_COSTS SALT ":" TEXT), RTC_ERROR, "a colon");

    for (i = 0; i < sizeof(good) - 1; i++) {
        snprintf(text, sizeof(text), "%.*s", (int) i, good);

        if (hash(text) != RTC_ERROR) {
            break;
        }
    }

    is_int(i, sizeof(good) - 1, "nothing shorter is a hash");

    rtc_args_free(&args);

    return done();
}
