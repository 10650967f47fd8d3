
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Addresses of the web, and webhooks as they are stored.
 */


#include "cut.h"
#include "rtc_webhooks.h"
#include "tap.h"


#define WHOLE  "{\"urls\":[\"https://a.example:8443/x?y=%20\"],"              \
               "\"api_key\":\"APIx\"}"


static rtc_str_t
str(const char *text)
{
    rtc_str_t  s;

    s.data = (const uint8_t *) text;
    s.len = strlen(text);

    return s;
}


static void
test_urls(void)
{
    size_t     i;
    char       text[RTC_URL_MAX + 2];
    rtc_str_t  s;

    static const char *const  good[] = {
        "http://a", "https://a.example", "https://A.example:65535/",
        "http://127.0.0.1:1/x", "http://[::1]", "https://[2001:db8::1]:8443/x",
        "https://a?x", "https://a/?x=1&y=/?:@!$'()*+,;", "https://a/%C3%a9~._-"
    };

    static const char *const  bad[] = {
        "", "a", "http:", "http:/a", "http://", "https://", "https:///x",
        "https://?x", "http://:80", "ftp://a", "file:///etc/passwd", "//a",
        "http://u@a", "http://u:p@a/", "http://a@", "http://a#x", "http://a/#",
        "http://a b", "http://a/ ", "http://a/\n", "http://a/\"", "http://a/<",
        "http://a/[]", "http://a/{}", "http://a/\\", "http://a/^`|",
        "http://a:", "http://a:0", "http://a:080", "http://a:65536",
        "http://a:1a", "http://a:-1", "http://1", "http://1.2.3", "http://a_b",
        "http://-a", "http://a..b", "http://[", "http://[]", "http://]",
        "http://[::1", "http://[::1]a", "http://[::1]:", "http://[::1]:0",
        "http://[fe80::1%25eth0]", "http://::1", "http://[1.2.3.4]",
        "http://a/%", "http://a/%1", "http://a/%g0", "http://a/%0g",
        "http://a/\xc3\xa9", "http://\xc3\xa9", "HTTP://a", "http://a/\x7f"
    };

    for (i = 0; i < rtc_nelts(good); i++) {
        ok(rtc_url_is_web(str(good[i])), good[i]);
    }

    for (i = 0; i < rtc_nelts(bad); i++) {
        ok(!rtc_url_is_web(str(bad[i])), "no address");
    }

    memset(text, 'x', sizeof(text));
    memcpy(text, "http://a/", 9);

    s.data = (uint8_t *) text;
    s.len = RTC_URL_MAX;
    ok(rtc_url_is_web(s), "the longest");
    s.len++;
    ok(!rtc_url_is_web(s), "one more byte");

    s.len = 12;
    text[10] = '\0';
    ok(!rtc_url_is_web(s), "a NUL");
}


static void
test_webhooks(void)
{
    size_t   i;
    json_t  *webhooks, *urls;

    static const char *const  good[] = {
        "", "{\"urls\":[]}", WHOLE, "{\"urls\":[\"http:\\/\\/a\"]}"
    };

    static const char *const  damaged[] = {
        "{}", "[]", "1", "null", "{", "\xff", "{\"urls\":{}}",
        "{\"urls\":[1]}", "{\"urls\":[\"x\"]}", "{\"urls\":[],\"x\":1}",
        "{\"urls\":[],\"api_key\":1}", "{\"urls\":[],\"api_key\":\"\"}",
        "{\"urls\":[],\"api_key\":\"a b\"}", "{\"api_key\":\"a\"}",
        "{\"urls\":[],\"urls\":[]}", "{\"urls\":[],\"api_key\":\"a\",\"x\":1}"
    };

    for (i = 0; i < rtc_nelts(good); i++) {
        webhooks = rtc_webhooks_parse(str(good[i]));
        ok(json_is_array(json_object_get(webhooks, "urls")), good[i]);
        json_decref(webhooks);
    }

    for (i = 0; i < rtc_nelts(damaged); i++) {
        webhooks = rtc_webhooks_parse(str(damaged[i]));
        ok(webhooks == NULL, damaged[i]);
        json_decref(webhooks);
    }

    urls = json_array();

    for (i = 0; i < RTC_WEBHOOKS_URLS; i++) {
        json_array_append_new(urls, json_string("http://a"));
        ok(rtc_webhooks_is_urls(urls), "as many as there may be");
    }

    json_array_append_new(urls, json_string("http://a"));
    ok(!rtc_webhooks_is_urls(urls), "one more");
    json_decref(urls);
}


static void
webhooks_cut(const uint8_t *p, size_t len)
{
    json_t     *webhooks;
    rtc_str_t   text;

    text.data = p;
    text.len = len;

    webhooks = rtc_webhooks_parse(text);

    if (webhooks) {
        ok(len == 0 || len == sizeof(WHOLE) - 1, "only the whole text");
    }

    json_decref(webhooks);
}


static void
url_cut(const uint8_t *p, size_t len)
{
    rtc_str_t  text;

    text.data = p;
    text.len = len;

    (void) rtc_url_is_web(text);
}


int
main(void)
{
    static const char  url[] = "https://[2001:db8::1]:8443/x?y=%20";
    static const char  name[] = "https://a.example:8443/x?y=%20";

    test_urls();
    test_webhooks();

    cut_every_byte(webhooks_cut, (const uint8_t *) WHOLE, sizeof(WHOLE) - 1);
    cut_every_byte(url_cut, (const uint8_t *) url, sizeof(url) - 1);
    cut_every_byte(url_cut, (const uint8_t *) name, sizeof(name) - 1);

    return done();
}
