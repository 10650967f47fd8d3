
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_args.h"
#include "tap.h"


static rtc_args_t  args;


static int
body(const char *type, const char *text, size_t len)
{
    int        rc;
    char      *copy;
    rtc_str_t  t;

    rtc_args_free(&args);

    t.data = (const uint8_t *) type;
    t.len = strlen(type);

    copy = malloc(len ? len : 1);
    memcpy(copy, text, len);

    rc = rtc_args_parse_body(&args, t, (uint8_t *) copy, len);

    free(copy);

    return rc;
}


static int
json(const char *text)
{
    return body("application/json", text, strlen(text));
}


static int
form(const char *text)
{
    return body("application/x-www-form-urlencoded", text, strlen(text));
}


static int
query(const char *text)
{
    return rtc_args_parse_query(&args, (const uint8_t *) text, strlen(text));
}


static void
test_bodies(void)
{
    size_t     i;
    rtc_str_t  s;

    static const char  text[] = "{\"name\":\"a \\u20ac\",\"n\":{\"x\":[1]}}";

    is_int(json(""), RTC_OK, "no body");
    is_int(rtc_args_string(&args, "name", 1, 9, &s), RTC_DECLINED, "no name");
    is_int(json("  \r\n"), RTC_OK, "blank body");

    is_int(json(text), RTC_OK, "JSON");
    is_int(rtc_args_string(&args, "name", 1, 3, &s), RTC_OK, "a string");
    ok(rtc_str_eq(s, "a \xe2\x82\xac"), "is decoded");

    is_int(body("", text, sizeof(text) - 1), RTC_OK, "JSON without a type");
    is_int(body("application/x-www-form-urlencoded", text, sizeof(text) - 1),
           RTC_OK, "JSON that is called a form");
    is_int(rtc_args_string(&args, "name", 1, 3, &s), RTC_OK, "is JSON");
    is_int(body("Application/JSON; charset=utf-8", "a=b", 3), RTC_ERROR,
           "a form that is called JSON");

    for (i = 1; i < sizeof(text) - 1; i++) {
        is_int(body("", text, i), RTC_ERROR, "cut JSON");
        ok(args.error[0] != '\0', "has a sentence");
    }

    is_int(json("[]"), RTC_ERROR, "an array");
    is_str(args.error, "The body must be a JSON object.", "says so");
    is_int(json("{\"a\":1,\"a\":2}"), RTC_ERROR, "a name twice");
    is_int(json("{\"a\":\"\\u0000\"}"), RTC_ERROR, "a zero");
    is_int(json("{\"a\":\"\xff\"}"), RTC_ERROR, "no UTF-8");
    is_int(body("multipart/form-data; boundary=x", "--x", 3), RTC_ERROR,
           "multipart");

    is_int(form("name=%e2%82%ac+b&empty=&none&&x=%3D%26"), RTC_OK, "a form");
    is_int(rtc_args_string(&args, "name", 1, 3, &s), RTC_OK, "a value");
    ok(rtc_str_eq(s, "\xe2\x82\xac b"), "is decoded");
    is_int(rtc_args_string(&args, "x", 1, 3, &s), RTC_OK, "= and &");
    ok(rtc_str_eq(s, "=&"), "are decoded");
    is_int(rtc_args_string(&args, "none", 0, 3, &s), RTC_OK, "no =");
    is_int(s.len, 0, "is empty");

    is_int(form("a=%"), RTC_ERROR, "a percent sign");
    is_int(form("a=%4"), RTC_ERROR, "half an escape");
    is_int(form("a=%4g"), RTC_ERROR, "no escape");
    is_int(form("a=%ff"), RTC_ERROR, "no UTF-8");
    is_int(form("%00=a"), RTC_ERROR, "a zero in a name");

    form("name=a");
    is_int(query("name=b&other=c"), RTC_OK, "a form and a query");
    rtc_args_string(&args, "name", 1, 3, &s);
    ok(rtc_str_eq(s, "a"), "the body wins");
    rtc_args_string(&args, "other", 1, 3, &s);
    ok(rtc_str_eq(s, "c"), "the query is there too");

    json("{\"name\":\"a\"}");
    query("name=b");
    rtc_args_string(&args, "name", 1, 3, &s);
    ok(rtc_str_eq(s, "a"), "JSON wins");
}


static void
test_limits(void)
{
    size_t  i;
    char    text[8 * (RTC_ARGS_MAX + 1)], *p;

    p = text;

    for (i = 0; i < RTC_ARGS_MAX; i++) {
        p += sprintf(p, "a%zu=1&", i);
    }

    is_int(form(text), RTC_OK, "the most arguments");
    sprintf(p, "z=1");
    is_int(form(text), RTC_ERROR, "one more");

    memset(text, '[', sizeof(text));
    is_int(body("", text, sizeof(text)), RTC_ERROR, "deep");
}


static void
test_strings(void)
{
    rtc_str_t  s;

    json("{\"name\":\"abc\",\"n\":1,\"null\":null,\"nl\":\"a\\nb\",\"del\":"
         "\"\\u007f\",\"c1\":\"\\u0085\",\"nbsp\":\"\\u00a0\",\"e\":\"\"}");

    is_int(rtc_args_string(&args, "name", 1, 3, &s), RTC_OK, "long enough");
    is_int(rtc_args_string(&args, "name", 1, 2, &s), RTC_ERROR, "too long");
    is_str(args.error, "name must be a string of 1 to 2 characters without "
           "control characters.", "says so");
    is_int(rtc_args_string(&args, "name", 4, 9, &s), RTC_ERROR, "too short");
    is_int(rtc_args_string(&args, "e", 1, 9, &s), RTC_ERROR, "empty");
    is_int(rtc_args_string(&args, "n", 1, 9, &s), RTC_ERROR, "a number");
    is_int(rtc_args_string(&args, "null", 1, 9, &s), RTC_ERROR, "null");
    is_int(rtc_args_string(&args, "nl", 1, 9, &s), RTC_ERROR, "a line feed");
    is_int(rtc_args_string(&args, "del", 1, 9, &s), RTC_ERROR, "DEL");
    is_int(rtc_args_string(&args, "c1", 1, 9, &s), RTC_ERROR, "NEL");
    is_int(rtc_args_string(&args, "nbsp", 1, 9, &s), RTC_OK, "NBSP");

    form("name=%00&cr=a%0d%0ab");
    is_int(rtc_args_string(&args, "name", 1, 9, &s), RTC_ERROR, "NUL");
    is_int(rtc_args_string(&args, "cr", 1, 9, &s), RTC_ERROR, "CRLF");
}


static void
test_types(void)
{
    int      b;
    size_t   e;
    int64_t  n;
    uint8_t  id[RTC_ARGS_ID];

    static const char *const  names[] = { "red", "green" };

    json("{\"n\":50,\"s\":\"50\",\"r\":50.0,\"big\":10001,\"t\":true,"
         "\"ts\":\"true\",\"c\":\"green\",\"bad\":\"blue\"}");

    is_int(rtc_args_integer(&args, "n", 1, 100, &n), RTC_OK, "an integer");
    is_int(n, 50, "its value");
    is_int(rtc_args_integer(&args, "s", 1, 100, &n), RTC_ERROR, "a string");
    is_int(rtc_args_integer(&args, "r", 1, 100, &n), RTC_ERROR, "a fraction");
    is_int(rtc_args_integer(&args, "big", 1, 10000, &n), RTC_ERROR, "big");
    is_str(args.error, "big must be an integer from 1 to 10000.", "says so");
    is_int(rtc_args_integer(&args, "x", 1, 100, &n), RTC_DECLINED, "absent");

    is_int(rtc_args_bool(&args, "t", &b), RTC_OK, "true");
    is_int(b, 1, "its value");
    is_int(rtc_args_bool(&args, "ts", &b), RTC_ERROR, "\"true\" in JSON");
    is_int(rtc_args_bool(&args, "n", &b), RTC_ERROR, "a number");
    is_int(rtc_args_bool(&args, "x", &b), RTC_DECLINED, "absent");

    is_int(rtc_args_enum(&args, "c", names, 2, &e), RTC_OK, "a name");
    is_int(e, 1, "its index");
    is_int(rtc_args_enum(&args, "bad", names, 2, &e), RTC_ERROR, "unknown");
    is_str(args.error, "bad must be red or green.", "says so");

    form("n=50&t=true&f=0&neg=-1&huge=99999999999999999999&e=&x=5x");
    is_int(rtc_args_integer(&args, "n", 1, 100, &n), RTC_OK, "text");
    is_int(n, 50, "its value");
    is_int(rtc_args_integer(&args, "neg", -5, 100, &n), RTC_ERROR, "minus");
    is_int(rtc_args_integer(&args, "huge", 0, INT64_MAX, &n), RTC_ERROR,
           "beyond 64 bits");
    is_int(rtc_args_integer(&args, "e", 0, 9, &n), RTC_ERROR, "empty");
    is_int(rtc_args_integer(&args, "x", 0, 9, &n), RTC_ERROR, "5x");
    is_int(rtc_args_bool(&args, "t", &b), RTC_OK, "true as text");
    is_int(rtc_args_bool(&args, "f", &b), RTC_OK, "0 as text");
    is_int(b, 0, "is false");
    is_int(rtc_args_bool(&args, "n", &b), RTC_ERROR, "50 as text");

    json("{\"id\":\"65380EC8a33be4cd87d03e4f\"}");
    is_int(rtc_args_id(&args, id), RTC_OK, "an id");
    is_mem(id, "65380ec8a33be4cd87d03e4f", RTC_ARGS_ID, "in lower case");
    json("{\"_id\":\"65380ec8a33be4cd87d03e4f\"}");
    is_int(rtc_args_id(&args, id), RTC_OK, "_id");
    json("{\"id\":\"65380ec8a33be4cd87d03e4\"}");
    is_int(rtc_args_id(&args, id), RTC_ERROR, "short");
    json("{\"id\":\"65380ec8a33be4cd87d03e4:\"}");
    is_int(rtc_args_id(&args, id), RTC_ERROR, "hostile");
    json("{\"id\":1}");
    is_int(rtc_args_id(&args, id), RTC_ERROR, "a number");
    json("{}");
    is_int(rtc_args_id(&args, id), RTC_ERROR, "absent");
    is_str(args.error, "id is required.", "says so");
}


static void
test_rooms(void)
{
    char     text[RTC_ARGS_ROOM + 16];
    uint8_t  id[RTC_ARGS_ROOM];

    json("{\"id\":\"65380EC8a33be4cd87d03e4f\"}");
    is_int(rtc_args_room(&args, id), RTC_ARGS_ID, "a room's id");
    is_mem(id, "65380ec8a33be4cd87d03e4f", RTC_ARGS_ID, "in lower case");
    json("{\"id\":\"A room/\u00e9\"}");
    is_int(rtc_args_room(&args, id), 9, "a room's name");
    is_mem(id, "A room/\xc3\xa9", 9, "as it is");
    json("{\"id\":\"\"}");
    is_int(rtc_args_room(&args, id), RTC_ERROR, "no name");
    json("{\"id\":7}");
    is_int(rtc_args_room(&args, id), RTC_ERROR, "a number");
    json("{}");
    is_int(rtc_args_room(&args, id), RTC_ERROR, "absent");

    snprintf(text, sizeof(text), "{\"id\":\"%0*d\"}", RTC_ARGS_ROOM, 0);
    json(text);
    is_int(rtc_args_room(&args, id), RTC_ARGS_ROOM, "the longest name");
    snprintf(text, sizeof(text), "{\"id\":\"%0*d\"}", RTC_ARGS_ROOM + 1, 0);
    json(text);
    is_int(rtc_args_room(&args, id), RTC_ERROR, "one more");
}


int
main(void)
{
    rtc_args_init(&args);

    test_bodies();
    test_limits();
    test_strings();
    test_types();
    test_rooms();

    rtc_args_free(&args);

    return done();
}
