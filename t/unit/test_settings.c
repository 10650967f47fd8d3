
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What is accepted as a setting, and what becomes of it.
 */


#include "cut.h"
#include "rtc_settings.h"
#include "tap.h"


static char  error[160];


/* the stored text, "-" if it is refused */

static const char *
parsed(rtc_setting_e setting, const char *text)
{
    size_t       len;
    rtc_str_t    s;

    static char  out[RTC_SETTING_MAX + 1];

    s.data = (const uint8_t *) text;
    s.len = strlen(text);

    if (rtc_setting_parse(setting, s, (uint8_t *) out, &len) != RTC_OK) {
        return "-";
    }

    out[len] = '\0';

    return out;
}


static void
test_texts(void)
{
    size_t  i;
    char    label[70], host[300];

    static const struct {
        rtc_setting_e  setting;
        const char    *text;
        const char    *stored;
    } cases[] = {
        { RTC_SETTING_DOMAIN, "", "" },
        { RTC_SETTING_DOMAIN, "Meet.Example.COM", "meet.example.com" },
        { RTC_SETTING_TURN, "localhost", "localhost" },
        { RTC_SETTING_CDN, "a-b.1a.x2", "a-b.1a.x2" },
        { RTC_SETTING_DOMAIN, "192.0.2.1", "-" },
        { RTC_SETTING_DOMAIN, "1", "-" },
        { RTC_SETTING_DOMAIN, "example.com.", "-" },
        { RTC_SETTING_DOMAIN, ".example.com", "-" },
        { RTC_SETTING_DOMAIN, "a..b", "-" },
        { RTC_SETTING_DOMAIN, ".", "-" },
        { RTC_SETTING_DOMAIN, "-a.com", "-" },
        { RTC_SETTING_DOMAIN, "a-.com", "-" },
        { RTC_SETTING_DOMAIN, "a_b.com", "-" },
        { RTC_SETTING_DOMAIN, "a.com;", "-" },
        { RTC_SETTING_DOMAIN, "a.com\n", "-" },
        { RTC_SETTING_DOMAIN, "a b.com", "-" },
        { RTC_SETTING_DOMAIN, "*.example.com", "-" },
        { RTC_SETTING_DOMAIN, "https://example.com", "-" },
        { RTC_SETTING_DOMAIN, "example.com:443", "-" },
        { RTC_SETTING_DOMAIN, "m\xc3\xbcnchen.de", "-" },

        { RTC_SETTING_MODES, "HTTP,HTTPS", "HTTPS,HTTP" },
        { RTC_SETTING_MODES, "HTTP", "HTTP" },
        { RTC_SETTING_MODES, "HTTP,HTTP", "-" },
        { RTC_SETTING_MODES, "HTTP,", "-" },
        { RTC_SETTING_MODES, ",", "-" },
        { RTC_SETTING_MODES, "http", "-" },

        { RTC_SETTING_SSL_TYPE, "SSL_TYPE_CUSTOM", "SSL_TYPE_CUSTOM" },
        { RTC_SETTING_SSL_TYPE, "SSL_TYPE_LETSENCRYPT",
          "SSL_TYPE_LETSENCRYPT" },
        { RTC_SETTING_SSL_TYPE, "SSL_TYPE_NONE", "-" },

        { RTC_SETTING_EMAIL, "a.B+c@Example.com", "a.B+c@Example.com" },
        { RTC_SETTING_EMAIL, "a", "-" },
        { RTC_SETTING_EMAIL, "@example.com", "-" },
        { RTC_SETTING_EMAIL, "a@", "-" },
        { RTC_SETTING_EMAIL, "a@b@c", "-" },
        { RTC_SETTING_EMAIL, "-x@example.com", "-" },
        { RTC_SETTING_EMAIL, "a b@example.com", "-" },
        { RTC_SETTING_EMAIL, "a$(id)@example.com", "-" },

        { RTC_SETTING_ACME, "https://pebble:14000/dir",
          "https://pebble:14000/dir" },
        { RTC_SETTING_ACME, "https://127.0.0.1:14000/dir",
          "https://127.0.0.1:14000/dir" },
        { RTC_SETTING_ACME, "https://acme.example", "https://acme.example" },
        { RTC_SETTING_ACME, "http://acme.example", "-" },
        { RTC_SETTING_ACME, "https://", "-" },
        { RTC_SETTING_ACME, "https:///dir", "-" },
        { RTC_SETTING_ACME, "https://a:", "-" },
        { RTC_SETTING_ACME, "https://a:0", "-" },
        { RTC_SETTING_ACME, "https://a:65536", "-" },
        { RTC_SETTING_ACME, "https://a/?b", "-" },
        { RTC_SETTING_ACME, "https://u@a/", "-" },
        { RTC_SETTING_ACME, "https://a/$(id)", "-" },
        { RTC_SETTING_ACME, "https://a/b c", "-" }
    };

    for (i = 0; i < rtc_nelts(cases); i++) {
        is_str(parsed(cases[i].setting, cases[i].text), cases[i].stored,
               cases[i].text);
    }

    memset(label, 'x', sizeof(label));
    label[64] = '\0';
    is_str(parsed(RTC_SETTING_DOMAIN, label), "-", "a label of 64");
    label[63] = '\0';
    is_str(parsed(RTC_SETTING_DOMAIN, label), label, "a label of 63");

    for (i = 0; i < 254; i++) {
        host[i] = i % 50 == 49 ? '.' : 'y';
    }

    host[254] = '\0';
    is_str(parsed(RTC_SETTING_DOMAIN, host), "-", "a name of 254");
    host[253] = '\0';
    is_str(parsed(RTC_SETTING_DOMAIN, host), host, "a name of 253");
}


static void
test_modes(void)
{
    size_t      len;
    json_t     *modes, *back;
    uint8_t     buf[RTC_SETTING_MAX];
    rtc_str_t   text;

    modes = json_pack("[{s:s},{s:s}]", "mode", "HTTPS", "mode", "HTTP");
    is_int(rtc_setting_modes_text(modes, buf, &len), RTC_OK, "modes");

    text.data = buf;
    text.len = len;

    ok(rtc_str_eq(text, "HTTPS,HTTP"), "as text");

    back = rtc_setting_modes_json(text);
    ok(json_equal(modes, back), "and back");

    json_decref(back);
    json_decref(modes);

    modes = json_pack("[s]", "HTTPS");
    is_int(rtc_setting_modes_text(modes, buf, &len), RTC_ERROR,
           "a string is no mode");
    json_decref(modes);

    modes = json_array();
    is_int(rtc_setting_modes_text(modes, buf, &len), RTC_ERROR, "no modes");
    json_decref(modes);

    is_int(rtc_setting_modes_text(NULL, buf, &len), RTC_ERROR, "nothing");
}


/* the sources of frame-ancestors after a change, or the error */

static const char *
changed(const char *changes)
{
    int          rc;
    size_t       n;
    json_t      *custom, *json;

    static char  out[RTC_SETTING_ANCESTORS + 1];

    custom = rtc_settings_custom_default();
    json = json_loads(changes, JSON_DECODE_ANY, NULL);

    rc = rtc_settings_custom_update(custom, json, error, sizeof(error));
    n = rtc_settings_ancestors(custom, (uint8_t *) out);
    out[n] = '\0';

    json_decref(json);
    json_decref(custom);

    return rc == RTC_OK ? out : error;
}


static void
test_custom(void)
{
    size_t       i;
    const char  *begin;

    static const struct {
        const char  *changes;
        const char  *ancestors;             /* or how the error begins */
    } cases[] = {
        { "{}", "*" },
        { "{\"embedding_origins\":[]}", "'none'" },
        { "{\"embedding_origins\":[\"https://A.example\","
          "\"http://localhost:8080\",\"https://192.0.2.1\"]}",
          "https://a.example http://localhost:8080 https://192.0.2.1" },
        { "{\"embedding_origins\":[\"https://a.example\",\"*\"]}", "*" },
        { "{\"embedding_origins\":[\"https://a.example/\"]}", "embedding_" },
        { "{\"embedding_origins\":[\"https://a.example; x\"]}", "embedding_" },
        { "{\"embedding_origins\":[\"https://a.example\\r\\nX: y\"]}",
          "embedding_" },
        { "{\"embedding_origins\":[\"https://*.example\"]}", "embedding_" },
        { "{\"embedding_origins\":[\"'self'\"]}", "embedding_" },
        { "{\"embedding_origins\":[\"data:\"]}", "embedding_" },
        { "{\"embedding_origins\":[\"https://u@a.example\"]}", "embedding_" },
        { "{\"embedding_origins\":[\"https://1.2.3.4.5\"]}", "embedding_" },
        { "{\"embedding_origins\":[\"https://a:99999\"]}", "embedding_" },
        { "{\"embedding_origins\":[1]}", "embedding_" },
        { "{\"embedding_origins\":\"*\"}", "embedding_" },
        { "{\"embedding_origins\":null}", "embedding_" },
        { "{\"brand_name\":\"Acme \\u20ac\"}", "*" },
        { "{\"brand_name\":\"a\\nb\"}", "brand_name must be" },
        { "{\"brand_name\":7}", "brand_name must be" },
        { "{\"accent_color\":\"#12aBcF\"}", "*" },
        { "{\"accent_color\":\"\"}", "*" },
        { "{\"accent_color\":\"#12345\"}", "accent_color must be" },
        { "{\"accent_color\":\"red\"}", "accent_color must be" },
        { "{\"accent_color\":\"#12345g\"}", "accent_color must be" },
        { "{\"logo\":\"\"}", "*" },
        { "{\"logo\":\"data:image/png;base64,iVBORw0KGgo=\"}", "*" },
        { "{\"logo\":\"data:image/svg+xml;base64,PHN2Zy8+\"}", "*" },
        { "{\"logo\":\"data:image/gif;base64,iVBORw0KGgo=\"}", "logo must" },
        { "{\"logo\":\"data:text/html;base64,iVBORw0KGgo=\"}", "logo must" },
        { "{\"logo\":\"data:image/png;base64,iVBORw0KGgo\"}", "logo must" },
        { "{\"logo\":\"data:image/png;base64,====\"}", "logo must" },
        { "{\"logo\":\"data:image/png;base64,\"}", "logo must" },
        { "{\"logo\":\"data:image/png;base64,a\\\" x\"}", "logo must" },
        { "{\"logo\":\"https://a.example/logo.png\"}", "logo must" },
        { "{\"colour\":\"#123456\"}", "custom_settings has" },
        { "[]", "custom_settings must be an object" },
        { "7", "custom_settings must be an object" }
    };

    for (i = 0; i < rtc_nelts(cases); i++) {
        begin = changed(cases[i].changes);

        ok(strncmp(begin, cases[i].ancestors, strlen(cases[i].ancestors)) == 0,
           cases[i].changes);
    }
}


static void
test_limits(void)
{
    char    *text;
    size_t   i;
    json_t  *custom, *changes, *list;

    custom = rtc_settings_custom_default();
    list = json_array();

    for (i = 0; i < RTC_SETTING_ORIGINS; i++) {
        json_array_append_new(list, json_string("https://a.example"));
    }

    changes = json_pack("{s:O}", "embedding_origins", list);
    is_int(rtc_settings_custom_update(custom, changes, error, sizeof(error)),
           RTC_OK, "as many origins as there may be");
    json_array_append_new(list, json_string("https://a.example"));
    is_int(rtc_settings_custom_update(custom, changes, error, sizeof(error)),
           RTC_ERROR, "one more");
    json_decref(changes);
    json_decref(list);

    text = malloc(RTC_SETTING_LOGO_MAX + 5);
    memset(text, 'A', RTC_SETTING_LOGO_MAX + 4);
    memcpy(text, "data:image/png;base64,", 22);

    /* 22 is not a multiple of four */

    text[RTC_SETTING_LOGO_MAX - 2] = '\0';
    changes = json_pack("{s:s}", "logo", text);
    is_int(rtc_settings_custom_update(custom, changes, error, sizeof(error)),
           RTC_OK, "a logo of 32 KB");
    json_decref(changes);

    text[RTC_SETTING_LOGO_MAX - 2] = 'A';
    text[RTC_SETTING_LOGO_MAX + 2] = '\0';
    changes = json_pack("{s:s}", "logo", text);
    is_int(rtc_settings_custom_update(custom, changes, error, sizeof(error)),
           RTC_ERROR, "a larger one");
    json_decref(changes);

    free(text);
    json_decref(custom);
}


static void
custom_cut(const uint8_t *p, size_t len)
{
    json_t     *custom;
    rtc_str_t   text;

    text.data = p;
    text.len = len;

    custom = rtc_settings_custom_parse(text);

    if (custom) {
        ok(len == 0 || len == 68, "only the whole text, or none");
    }

    json_decref(custom);
}


static void
text_cut(const uint8_t *p, size_t len)
{
    int        i;
    size_t     n;
    uint8_t    buf[RTC_SETTING_MAX];
    rtc_str_t  text;

    text.data = p;
    text.len = len;

    for (i = 0; i < RTC_SETTINGS; i++) {
        (void) rtc_setting_parse(i, text, buf, &n);
    }
}


int
main(void)
{
    size_t  i;

    static const char  custom[] = "{\"brand_name\":\"Acme\","
        "\"embedding_origins\":[\"https://a.example:8443\"]}";

    static const char *const  texts[] = {
        "meet.example.com", "HTTPS,HTTP", "SSL_TYPE_CUSTOM",
        "admin@example.com", "https://acme.example:14000/dir"
    };

    test_texts();
    test_modes();
    test_custom();
    test_limits();

    is_int(sizeof(custom) - 1, 68, "the length of a whole text");
    cut_every_byte(custom_cut, (const uint8_t *) custom, sizeof(custom) - 1);

    for (i = 0; i < rtc_nelts(texts); i++) {
        cut_every_byte(text_cut, (const uint8_t *) texts[i],
                       strlen(texts[i]));
    }

    return done();
}
