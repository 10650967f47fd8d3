
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Whom the installation tells what happens, the field webhooks of
 * conf:settings:
 *
 *   {"urls":["https://...",...],"api_key":KEY}
 *
 * KEY signs; without it the installation's own key does.
 */


#ifndef RTC_WEBHOOKS_H_INCLUDED
#define RTC_WEBHOOKS_H_INCLUDED


#include <jansson.h>

#include "rtc_url.h"


#define RTC_WEBHOOKS_URLS  8
#define RTC_WEBHOOKS_MAX   (RTC_WEBHOOKS_URLS * (2 * RTC_URL_MAX) + 1024)


/* an object with urls; NULL: the text is damaged */

json_t *rtc_webhooks_parse(rtc_str_t text);

/* whether it is one, and has no other members */

int rtc_webhooks_is(json_t *webhooks);

/* whether it is a list of addresses that rtc_url_is_web() likes */

int rtc_webhooks_is_urls(json_t *urls);


#endif /* RTC_WEBHOOKS_H_INCLUDED */
