
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A ring of keys: what is one, and that it opens with its seal alone.
 */


#include <stdio.h>

#include "cut.h"
#include "rtc_ring.h"
#include "tap.h"


#define MEMBER(secret)                                                        \
    "{\"secret\":\"" secret "\",\"label\":\"one \\u20ac\",\"created\":7}"

#define WHOLE  "{\"APIa\":" MEMBER("s3cret") "}"


static const uint8_t  seal[RTC_SEAL_KEY] = { 1 };


static json_t *
parsed(const char *text)
{
    rtc_str_t  s;

    s.data = (const uint8_t *) text;
    s.len = strlen(text);

    return rtc_ring_parse(s);
}


static void
test_parse(void)
{
    size_t   i;
    json_t  *ring;

    static const char *const  good[] = {
        "", "{}", " { } ", WHOLE, "{\"of_a-file.1\":" MEMBER("x") "}",
        "{\"a\":{\"secret\":\"x\",\"label\":\"\",\"created\":0,\"more\":1}}"
    };

    static const char *const  damaged[] = {
        "[]", "1", "null", "\"\"", "{", "{}{}", "\xff", "{\"a\":1}",
        "{\"a\":{}}", "{\"\":" MEMBER("x") "}", "{\"a b\":" MEMBER("x") "}",
        "{\"\\u00e9\":" MEMBER("x") "}", "{\"a\":" MEMBER("") "}",
        "{\"a\":" MEMBER("x y") "}", "{\"a\":" MEMBER("\\u0000") "}",
        "{\"a\":" MEMBER("x") ",\"a\":" MEMBER("x") "}",
        "{\"a\":{\"secret\":\"x\",\"label\":\"\",\"created\":-1}}",
        "{\"a\":{\"secret\":\"x\",\"label\":\"\",\"created\":\"1\"}}",
        "{\"a\":{\"secret\":\"x\",\"label\":\"\"}}",
        "{\"a\":{\"secret\":\"x\",\"created\":1}}"
    };

    for (i = 0; i < rtc_nelts(good); i++) {
        ring = parsed(good[i]);
        ok(json_is_object(ring), good[i]);
        json_decref(ring);
    }

    for (i = 0; i < rtc_nelts(damaged); i++) {
        ring = parsed(damaged[i]);
        ok(ring == NULL, damaged[i]);
        json_decref(ring);
    }
}


static void
test_limits(void)
{
    int         n;
    char       *text, name[8];
    json_t     *ring, *many, *member;
    rtc_str_t   s;

    many = json_object();

    for (n = 0; n < RTC_RING_KEYS + 1; n++) {
        snprintf(name, sizeof(name), "k%d", n);
        member = json_loads(MEMBER("x"), 0, NULL);
        json_object_set_new(many, name, member);

        text = json_dumps(many, 0);
        ring = parsed(text);

        ok((ring != NULL) == (n < RTC_RING_KEYS), "as many as there may be");

        json_decref(ring);
        free(text);
    }

    json_decref(many);

    s.len = RTC_RING_MAX + 1;
    text = malloc(s.len);
    s.data = (uint8_t *) text;
    memset(text, ' ', s.len);
    memcpy(text, "{}", 2);

    ok(rtc_ring_parse(s) == NULL, "a text that is too long");

    s.len--;
    ring = rtc_ring_parse(s);
    ok(ring != NULL, "one that is not");

    json_decref(ring);
    free(text);
}


static void
test_seal(void)
{
    size_t          i;
    char           *text;
    json_t         *ring, *sealed, *opened;
    rtc_ring_key_t  key;

    static const uint8_t  other[RTC_SEAL_KEY] = { 2 };

    ring = parsed(WHOLE);
    sealed = rtc_ring_seal(ring, seal);

    ok(sealed != NULL && !json_equal(ring, sealed), "sealed");

    text = json_dumps(sealed, 0);
    ok(strstr(text, "s3cret") == NULL, "nobody can read it");

    opened = parsed(text);
    ok(json_equal(sealed, opened), "it is a ring");
    json_decref(opened);
    free(text);

    opened = rtc_ring_open(sealed, seal);
    ok(json_equal(ring, opened), "opened");
    json_decref(opened);

    opened = rtc_ring_open(sealed, other);
    ok(json_is_object(opened) && json_object_size(opened) == 0,
       "not by another seal");
    json_decref(opened);

    ok(rtc_ring_key(&key, "APIa", json_object_get(ring, "APIa"),
                    RTC_RING_SECRET) == RTC_OK, "a key of it");
    ok(rtc_str_eq(key.name, "APIa"), "its name");
    ok(rtc_str_eq(key.secret, "s3cret"), "its secret");
    ok(rtc_str_eq(key.label, "one \xe2\x82\xac"), "its label");
    is_int(key.created, 7, "its time");

    json_decref(sealed);

    /* the longest secret, and one more */

    text = malloc(RTC_RING_SECRET + 2);

    for (i = 0; i < 2; i++) {
        memset(text, 'x', RTC_RING_SECRET + i);
        text[RTC_RING_SECRET + i] = '\0';

        json_object_set_new(json_object_get(ring, "APIa"), "secret",
                            json_string(text));
        sealed = rtc_ring_seal(ring, seal);
        ok((sealed != NULL) == (i == 0), "a long secret");

        opened = rtc_ring_open(sealed, seal);
        ok(i == 1 || json_equal(ring, opened), "and back");

        json_decref(opened);
        json_decref(sealed);
    }

    free(text);
    json_decref(ring);
}


static void
ring_cut(const uint8_t *p, size_t len)
{
    json_t     *ring;
    rtc_str_t   text;

    text.data = p;
    text.len = len;

    ring = rtc_ring_parse(text);

    if (ring) {
        ok(len == 0 || len == sizeof(WHOLE) - 1, "only the whole text");
    }

    json_decref(ring);
}


int
main(void)
{
    test_parse();
    test_limits();
    test_seal();

    cut_every_byte(ring_cut, (const uint8_t *) WHOLE, sizeof(WHOLE) - 1);

    return done();
}
