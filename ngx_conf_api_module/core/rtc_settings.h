
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Settings of the installation: the fields of the hash conf:settings.  They
 * end in configurations, in command lines and in headers, so they are checked
 * before they are stored, and again when they were read.
 */


#ifndef RTC_SETTINGS_H_INCLUDED
#define RTC_SETTINGS_H_INCLUDED


#include <jansson.h>

#include "rtc_core.h"


#define RTC_SETTING_MAX       256       /* bytes of a setting's text */
#define RTC_SETTING_LOGO_MAX  32768     /* bytes of a data URL */
#define RTC_SETTING_ORIGINS   16
#define RTC_SETTING_ORIGIN    280       /* bytes of one, at most */

#define RTC_SETTING_ANCESTORS  (RTC_SETTING_ORIGINS * RTC_SETTING_ORIGIN)


/* the settings that are text; first the names */

typedef enum {
    RTC_SETTING_DOMAIN = 0,
    RTC_SETTING_STREAMING,
    RTC_SETTING_WEBRTC,
    RTC_SETTING_TURN,
    RTC_SETTING_CDN,
    RTC_SETTING_MODES,
    RTC_SETTING_SSL_TYPE,
    RTC_SETTING_EMAIL,
    RTC_SETTING_ACME,
    RTC_SETTINGS
} rtc_setting_e;

/* those that a certificate covers: the first ones */

#define RTC_SETTING_NAMES  4


/* its field of the hash */

const char *rtc_setting_name(rtc_setting_e setting);

/* what is accepted, the end of a sentence: "domain_name must be ..." */

const char *rtc_setting_rule(rtc_setting_e setting);

/*
 * Writes the text as it is stored, names and the like in lower case.  An empty
 * text is a setting that is not there.
 */

int rtc_setting_parse(rtc_setting_e setting, rtc_str_t text,
    uint8_t buf[RTC_SETTING_MAX], size_t *len);


/* [{"mode":"HTTPS"},{"mode":"HTTP"}] as text; not yet parsed */

int rtc_setting_modes_text(json_t *modes, uint8_t buf[RTC_SETTING_MAX],
    size_t *len);

/* the other way, of a parsed text; NULL without memory */

json_t *rtc_setting_modes_json(rtc_str_t text);


/* {"brand_name","logo","accent_color","embedding_origins"} */

json_t *rtc_settings_custom_default(void);

/*
 * Changes the members of custom that are in changes; an object of these
 * members and no other.  RTC_ERROR writes a sentence, custom is half changed
 * then.
 */

int rtc_settings_custom_update(json_t *custom, json_t *changes, char *error,
    size_t size);

/* the same from text that was stored; NULL: it is damaged */

json_t *rtc_settings_custom_parse(rtc_str_t text);

/* the origins as the sources of frame-ancestors (CSP level 3, 6.4.2) */

size_t rtc_settings_ancestors(json_t *custom,
    uint8_t buf[RTC_SETTING_ANCESTORS]);


#endif /* RTC_SETTINGS_H_INCLUDED */
