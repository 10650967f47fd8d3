
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_ring.h"
#include "rtc_webhooks.h"


json_t *
rtc_webhooks_parse(rtc_str_t text)
{
    json_t        *webhooks;
    json_error_t   error;

    if (text.len == 0) {
        return json_pack("{s:[]}", "urls");
    }

    if (text.len > RTC_WEBHOOKS_MAX) {
        return NULL;
    }

    webhooks = json_loadb((const char *) text.data, text.len,
                          JSON_REJECT_DUPLICATES, &error);

    if (!rtc_webhooks_is(webhooks)) {
        json_decref(webhooks);
        return NULL;
    }

    return webhooks;
}


int
rtc_webhooks_is(json_t *webhooks)
{
    json_t     *key;
    rtc_str_t   name;

    if (!rtc_webhooks_is_urls(json_object_get(webhooks, "urls"))) {
        return 0;
    }

    key = json_object_get(webhooks, "api_key");

    if (key == NULL) {
        return json_object_size(webhooks) == 1;
    }

    name.data = (const uint8_t *) json_string_value(key);
    name.len = json_string_length(key);

    return name.data && rtc_ring_is_name(name)
           && json_object_size(webhooks) == 2;
}


int
rtc_webhooks_is_urls(json_t *urls)
{
    size_t      i;
    json_t     *url;
    rtc_str_t   text;

    if (!json_is_array(urls) || json_array_size(urls) > RTC_WEBHOOKS_URLS) {
        return 0;
    }

    json_array_foreach(urls, i, url) {

        text.data = (const uint8_t *) json_string_value(url);
        text.len = json_string_length(url);

        if (text.data == NULL || !rtc_url_is_web(text)) {
            return 0;
        }
    }

    return 1;
}
