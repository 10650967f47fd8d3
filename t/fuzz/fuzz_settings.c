
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The bytes as the text of each setting, and as stored custom settings; what
 * is accepted can stand in a header and on a command line.
 */


#include <stdlib.h>

#include "rtc_settings.h"


static void
check_plain(const uint8_t *p, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        if (p[i] <= ' ' || p[i] >= 0x7f || strchr("\"'`\\;$<>|&", p[i])) {
            abort();
        }
    }

    if (len && p[0] == '-') {
        abort();
    }
}


static void
check_custom(rtc_str_t text)
{
    size_t    i, len;
    json_t   *custom;
    uint8_t   buf[RTC_SETTING_ANCESTORS];

    custom = rtc_settings_custom_parse(text);
    if (custom == NULL) {
        return;
    }

    len = rtc_settings_ancestors(custom, buf);

    if (len == 0) {
        abort();
    }

    for (i = 0; i < len; i++) {
        if (strchr("\";,\r\n", buf[i])) {
            abort();
        }
    }

    json_decref(custom);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int        i;
    size_t     len, again;
    rtc_str_t  text;
    uint8_t    buf[RTC_SETTING_MAX], twice[RTC_SETTING_MAX];

    text.data = data;
    text.len = size;

    for (i = 0; i < RTC_SETTINGS; i++) {

        text.data = data;
        text.len = size;

        if (rtc_setting_parse(i, text, buf, &len) != RTC_OK) {
            continue;
        }

        check_plain(buf, len);

        text.data = buf;
        text.len = len;

        if (rtc_setting_parse(i, text, twice, &again) != RTC_OK
            || again != len || memcmp(buf, twice, len) != 0)
        {
            abort();
        }

        if (i == RTC_SETTING_MODES) {
            json_decref(rtc_setting_modes_json(text));
        }
    }

    text.data = data;
    text.len = size;

    check_custom(text);

    return 0;
}
