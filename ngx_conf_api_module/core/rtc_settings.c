
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdio.h>

#include "rtc_args.h"
#include "rtc_settings.h"
#include "rtc_url.h"


#define RTC_SETTING_BRAND     60        /* characters */

#define RTC_SETTING_HOST_RULE  "a host name, such as meet.example.com"


typedef int (*rtc_setting_parse_pt)(rtc_str_t text, uint8_t *buf, size_t *len);

typedef struct {
    const char               *name;
    rtc_setting_parse_pt      parse;
    const char               *rule;
} rtc_setting_t;

typedef struct {
    const char               *name;
    int                     (*check)(json_t *value);
    const char               *rule;
} rtc_custom_t;


static int rtc_setting_modes(rtc_str_t text, uint8_t *buf, size_t *len);
static int rtc_setting_ssl_type(rtc_str_t text, uint8_t *buf, size_t *len);
static int rtc_setting_email(rtc_str_t text, uint8_t *buf, size_t *len);
static int rtc_setting_url(rtc_str_t text, uint8_t *buf, size_t *len);

static int rtc_custom_brand(json_t *value);
static int rtc_custom_logo(json_t *value);
static int rtc_custom_base64(rtc_str_t text);
static int rtc_custom_color(json_t *value);
static int rtc_custom_origins(json_t *value);
static int rtc_custom_origin(rtc_str_t text, uint8_t *buf, size_t *len);
static rtc_str_t rtc_custom_text(json_t *value);


static const rtc_setting_t  rtc_settings[RTC_SETTINGS] = {
    { "domain_name", rtc_url_host, RTC_SETTING_HOST_RULE },
    { "streaming_domain_name", rtc_url_host, RTC_SETTING_HOST_RULE },
    { "webrtc_domain_name", rtc_url_host, RTC_SETTING_HOST_RULE },
    { "turn_domain_name", rtc_url_host, RTC_SETTING_HOST_RULE },
    { "cdn_domain_name", rtc_url_host, RTC_SETTING_HOST_RULE },
    { "http_modes", rtc_setting_modes,
      "a list of {\"mode\":\"HTTPS\"} and {\"mode\":\"HTTP\"}" },
    { "ssl_type", rtc_setting_ssl_type,
      "SSL_TYPE_CUSTOM or SSL_TYPE_LETSENCRYPT" },
    { "ssl_email", rtc_setting_email,
      "an address, such as admin@example.com" },
    { "acme_server", rtc_setting_url,
      "the https:// address of an ACME directory" }
};


static const rtc_custom_t  rtc_customs[] = {
    { "brand_name", rtc_custom_brand,
      "a string of up to 60 characters without control characters" },
    { "logo", rtc_custom_logo,
      "a data: URL of a PNG, JPEG, WebP or SVG image in base64, of up to "
      "32 KB, or empty" },
    { "accent_color", rtc_custom_color, "a colour \"#rrggbb\", or empty" },
    { "embedding_origins", rtc_custom_origins,
      "a list of up to 16 origins, such as https://www.example.com, or \"*\"" }
};


static const char *const  rtc_setting_modes_all[] = { "HTTPS", "HTTP" };


const char *
rtc_setting_name(rtc_setting_e setting)
{
    return rtc_settings[setting].name;
}


const char *
rtc_setting_rule(rtc_setting_e setting)
{
    return rtc_settings[setting].rule;
}


int
rtc_setting_parse(rtc_setting_e setting, rtc_str_t text,
    uint8_t buf[RTC_SETTING_MAX], size_t *len)
{
    *len = 0;

    if (text.len == 0) {
        return RTC_OK;
    }

    if (text.len > RTC_SETTING_MAX) {
        return RTC_ERROR;
    }

    return rtc_settings[setting].parse(text, buf, len);
}


/* names separated by commas, written in our order */

static int
rtc_setting_modes(rtc_str_t text, uint8_t *buf, size_t *len)
{
    size_t          i, n;
    unsigned        seen;
    rtc_str_t       mode;
    const uint8_t  *comma, *last;

    seen = 0;
    last = text.data + text.len;
    mode.data = text.data;

    do {
        comma = memchr(mode.data, ',', last - mode.data);
        mode.len = (comma ? comma : last) - mode.data;

        for (i = 0; i < rtc_nelts(rtc_setting_modes_all); i++) {
            if (rtc_str_eq(mode, rtc_setting_modes_all[i])) {
                break;
            }
        }

        if (i == rtc_nelts(rtc_setting_modes_all) || (seen & (1U << i))) {
            return RTC_ERROR;
        }

        seen |= 1U << i;
        mode.data = comma ? comma + 1 : last;

    } while (comma);

    *len = 0;

    for (i = 0; i < rtc_nelts(rtc_setting_modes_all); i++) {

        if (!(seen & (1U << i))) {
            continue;
        }

        if (*len) {
            buf[(*len)++] = ',';
        }

        n = strlen(rtc_setting_modes_all[i]);
        memcpy(buf + *len, rtc_setting_modes_all[i], n);
        *len += n;
    }

    return RTC_OK;
}


static int
rtc_setting_ssl_type(rtc_str_t text, uint8_t *buf, size_t *len)
{
    if (!rtc_str_eq(text, "SSL_TYPE_CUSTOM")
        && !rtc_str_eq(text, "SSL_TYPE_LETSENCRYPT"))
    {
        return RTC_ERROR;
    }

    memcpy(buf, text.data, text.len);
    *len = text.len;

    return RTC_OK;
}


/* a word of a command line some day: no quotes, no leading hyphen */

static int
rtc_setting_email(rtc_str_t text, uint8_t *buf, size_t *len)
{
    rtc_str_t       local, host;
    const uint8_t  *at;

    at = memchr(text.data, '@', text.len);
    if (at == NULL) {
        return RTC_ERROR;
    }

    local.data = text.data;
    local.len = at - text.data;
    host = rtc_url_behind(text, local.len + 1);

    if (local.len == 0
        || local.len > 64
        || local.data[0] == '-'
        || rtc_url_made_of(local, "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-")
           != RTC_OK
        || rtc_url_host(host, buf, len) != RTC_OK)
    {
        return RTC_ERROR;
    }

    memcpy(buf, text.data, text.len);
    *len = text.len;

    return RTC_OK;
}


static int
rtc_setting_url(rtc_str_t text, uint8_t *buf, size_t *len)
{
    rtc_str_t       authority, path;
    const uint8_t  *slash;

    if (!rtc_url_begins(text, "https://")) {
        return RTC_ERROR;
    }

    authority = rtc_url_behind(text, 8);
    path = rtc_url_behind(authority, authority.len);

    slash = memchr(authority.data, '/', authority.len);

    if (slash) {
        path = rtc_url_behind(authority, slash - authority.data);
        authority.len -= path.len;
    }

    if (rtc_url_authority(authority, buf, len) != RTC_OK
        || rtc_url_made_of(path, "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._~-")
           != RTC_OK)
    {
        return RTC_ERROR;
    }

    memcpy(buf, text.data, text.len);
    *len = text.len;

    return RTC_OK;
}


int
rtc_setting_modes_text(json_t *modes, uint8_t buf[RTC_SETTING_MAX],
    size_t *len)
{
    size_t     i;
    rtc_str_t  mode;

    *len = 0;

    if (!json_is_array(modes) || json_array_size(modes) == 0) {
        return RTC_ERROR;
    }

    for (i = 0; i < json_array_size(modes); i++) {

        mode = rtc_custom_text(json_object_get(json_array_get(modes, i),
                                               "mode"));

        if (mode.data == NULL || *len + 1 + mode.len > RTC_SETTING_MAX) {
            return RTC_ERROR;
        }

        if (i > 0) {
            buf[(*len)++] = ',';
        }

        memcpy(buf + *len, mode.data, mode.len);
        *len += mode.len;
    }

    return RTC_OK;
}


json_t *
rtc_setting_modes_json(rtc_str_t text)
{
    json_t         *modes;
    rtc_str_t       mode;
    const uint8_t  *comma;

    modes = json_array();

    while (text.len) {
        comma = memchr(text.data, ',', text.len);

        mode.data = text.data;
        mode.len = comma ? (size_t) (comma - text.data) : text.len;

        if (json_array_append_new(modes, json_pack("{s:s%}", "mode",
                                                   (const char *) mode.data,
                                                   mode.len))
            != 0)
        {
            json_decref(modes);
            return NULL;
        }

        text = rtc_url_behind(text, mode.len + (comma ? 1 : 0));
    }

    return modes;
}


json_t *
rtc_settings_custom_default(void)
{
    return json_pack("{s:s, s:s, s:s, s:[s]}", "brand_name", "", "logo", "",
                     "accent_color", "", "embedding_origins", "*");
}


int
rtc_settings_custom_update(json_t *custom, json_t *changes, char *error,
    size_t size)
{
    size_t       i;
    json_t      *value;
    const char  *name;

    if (!json_is_object(changes)) {
        snprintf(error, size, "custom_settings must be an object.");
        return RTC_ERROR;
    }

    json_object_foreach(changes, name, value) {

        for (i = 0; i < rtc_nelts(rtc_customs); i++) {
            if (strcmp(name, rtc_customs[i].name) == 0) {
                break;
            }
        }

        if (i == rtc_nelts(rtc_customs)) {
            snprintf(error, size, "custom_settings has brand_name, logo, "
                     "accent_color and embedding_origins, and no other "
                     "members.");
            return RTC_ERROR;
        }

        if (rtc_customs[i].check(value) != RTC_OK) {
            snprintf(error, size, "%s must be %s.", name, rtc_customs[i].rule);
            return RTC_ERROR;
        }

        if (json_object_set(custom, name, value) != 0) {
            snprintf(error, size, "There is no memory.");
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


json_t *
rtc_settings_custom_parse(rtc_str_t text)
{
    char          error[160];
    json_t       *custom, *stored;
    json_error_t  unused;

    custom = rtc_settings_custom_default();

    if (text.len == 0) {
        return custom;
    }

    stored = json_loadb((const char *) text.data, text.len,
                        JSON_REJECT_DUPLICATES, &unused);

    if (rtc_settings_custom_update(custom, stored, error, sizeof(error))
        != RTC_OK)
    {
        json_decref(custom);
        custom = NULL;
    }

    json_decref(stored);

    return custom;
}


size_t
rtc_settings_ancestors(json_t *custom, uint8_t buf[RTC_SETTING_ANCESTORS])
{
    size_t     i, len, n;
    json_t    *origins;
    uint8_t    origin[RTC_SETTING_ORIGIN];

    len = 0;
    origins = json_object_get(custom, "embedding_origins");

    for (i = 0; i < json_array_size(origins) && i < RTC_SETTING_ORIGINS; i++) {

        if (rtc_custom_origin(rtc_custom_text(json_array_get(origins, i)),
                              origin, &n)
            != RTC_OK)
        {
            continue;
        }

        if (origin[0] == '*') {
            buf[0] = '*';
            return 1;
        }

        if (len) {
            buf[len++] = ' ';
        }

        memcpy(buf + len, origin, n);
        len += n;
    }

    if (len == 0) {
        len = sizeof("'none'") - 1;
        memcpy(buf, "'none'", len);
    }

    return len;
}


static int
rtc_custom_brand(json_t *value)
{
    size_t     chars;
    rtc_str_t  text;

    text = rtc_custom_text(value);

    if (text.data == NULL
        || !rtc_args_is_plain(text.data, text.len, &chars)
        || chars > RTC_SETTING_BRAND)
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}


static int
rtc_custom_logo(json_t *value)
{
    size_t     i;
    rtc_str_t  text;

    static const char *const  begins[] = {
        "data:image/png;base64,", "data:image/jpeg;base64,",
        "data:image/webp;base64,", "data:image/svg+xml;base64,"
    };

    text = rtc_custom_text(value);

    if (text.data == NULL || text.len > RTC_SETTING_LOGO_MAX) {
        return RTC_ERROR;
    }

    if (text.len == 0) {
        return RTC_OK;
    }

    for (i = 0; i < rtc_nelts(begins); i++) {
        if (rtc_url_begins(text, begins[i])) {
            return rtc_custom_base64(rtc_url_behind(text,
                                                        strlen(begins[i])));
        }
    }

    return RTC_ERROR;
}


static int
rtc_custom_base64(rtc_str_t text)
{
    size_t  i;

    if (text.len == 0 || text.len % 4 != 0) {
        return RTC_ERROR;
    }

    for (i = 0; i < 2 && text.data[text.len - 1] == '='; i++) {
        text.len--;
    }

    return rtc_url_made_of(text, "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/");
}


static int
rtc_custom_color(json_t *value)
{
    rtc_str_t  text;

    text = rtc_custom_text(value);

    if (text.data == NULL) {
        return RTC_ERROR;
    }

    if (text.len == 0) {
        return RTC_OK;
    }

    if (text.len != 7 || text.data[0] != '#') {
        return RTC_ERROR;
    }

    return rtc_url_made_of(rtc_url_behind(text, 1),
                               "0123456789abcdefABCDEF");
}


static int
rtc_custom_origins(json_t *value)
{
    size_t     i, len;
    uint8_t    buf[RTC_SETTING_ORIGIN];

    if (!json_is_array(value)
        || json_array_size(value) > RTC_SETTING_ORIGINS)
    {
        return RTC_ERROR;
    }

    for (i = 0; i < json_array_size(value); i++) {
        if (rtc_custom_origin(rtc_custom_text(json_array_get(value, i)), buf,
                              &len)
            != RTC_OK)
        {
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


/* scheme, host and port of a page (RFC 6454, 6.2), or all of them */

static int
rtc_custom_origin(rtc_str_t text, uint8_t *buf, size_t *len)
{
    size_t  n;

    if (text.data == NULL) {
        return RTC_ERROR;
    }

    if (rtc_str_eq(text, "*")) {
        buf[0] = '*';
        *len = 1;
        return RTC_OK;
    }

    if (rtc_url_begins(text, "https://")) {
        n = 8;

    } else if (rtc_url_begins(text, "http://")) {
        n = 7;

    } else {
        return RTC_ERROR;
    }

    if (text.len > RTC_SETTING_ORIGIN - 1
        || rtc_url_authority(rtc_url_behind(text, n), buf + n, len)
           != RTC_OK)
    {
        return RTC_ERROR;
    }

    memcpy(buf, text.data, n);
    *len += n;

    return RTC_OK;
}


/* data is NULL if it is no string */

static rtc_str_t
rtc_custom_text(json_t *value)
{
    rtc_str_t  text;

    text.data = (const uint8_t *) json_string_value(value);
    text.len = json_string_length(value);

    return text;
}
