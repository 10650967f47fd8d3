
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <inttypes.h>
#include <stdio.h>

#include "rtc_room.h"
#include "rtc_url.h"


static const char *const  rtc_room_media_types[] = {
    "MEDIA_TYPE_VIDEO_AUDIO", "MEDIA_TYPE_AUDIO_ONLY"
};

static const char *const  rtc_room_record_modes[] = {
    "ROOM_COMPOSITE_GRID"
};


const rtc_room_field_t  rtc_room_fields[rtc_room_n] = {

    { "name", rtc_room_string, "", 1, 200, NULL, 1, 1, 0, 0 },

    { "user_id", rtc_room_id, "", 0, 0, NULL, 1, 0, 0, 0 },

    { "mediaType", rtc_room_enum, "MEDIA_TYPE_VIDEO_AUDIO", 0, 2,
      rtc_room_media_types, 0, 1, 0, 0 },

    { "max_participants", rtc_room_integer, "50", 1, 10000, NULL, 0, 1, 0, 0 },

    { "active", rtc_room_bool, "1", 0, 0, NULL, 0, 1, 0, 0 },

    { "allow_webinar_mode", rtc_room_bool, "0", 0, 0, NULL, 0, 1, 1, 0 },

    { "allow_chat", rtc_room_bool, "1", 0, 0, NULL, 0, 1, 1, 0 },

    { "allow_share_screen", rtc_room_bool, "1", 0, 0, NULL, 0, 1, 1, 0 },

    { "record", rtc_room_bool, "0", 0, 0, NULL, 0, 1, 1, 0 },

    { "record_mode", rtc_room_enum, "ROOM_COMPOSITE_GRID", 0, 1,
      rtc_room_record_modes, 0, 1, 1, 0 },

    { "webhook_url", rtc_room_url, "", 0, RTC_URL_MAX, NULL, 0, 1, 1, 0 },

    { "created", rtc_room_integer, "0", 0, RTC_ARGS_TIME_MAX, NULL, 0, 0, 0,
      0 },

    { "extended", rtc_room_bool, "0", 0, 0, NULL, 0, 0, 0, 0 },

    { "metadata", rtc_room_bytes, "", 0, RTC_ROOM_METADATA, NULL, 0, 0, 0,
      1 },

    { "empty_timeout", rtc_room_integer, "", 0, UINT32_MAX, NULL, 0, 0, 0, 1 },

    { "departure_timeout", rtc_room_integer, "", 0, UINT32_MAX, NULL, 0, 0, 0,
      1 }
};


int
rtc_room_arg(rtc_args_t *args, rtc_room_field_e i,
    uint8_t number[RTC_ROOM_NUMBER], rtc_str_t *value)
{
    int                      rc, b;
    size_t                   n;
    int64_t                  integer;
    const char              *name;
    const rtc_room_field_t  *field;

    field = &rtc_room_fields[i];
    name = field->name;

    switch (field->type) {

    case rtc_room_integer:
        rc = rtc_args_integer(args, name, field->min, field->max, &integer);

        if (rc == RTC_OK) {
            value->data = number;
            value->len = snprintf((char *) number, RTC_ROOM_NUMBER,
                                  "%" PRId64, integer);
        }

        return rc;

    case rtc_room_bool:
        rc = rtc_args_bool(args, name, &b);

        if (rc == RTC_OK) {
            value->data = (const uint8_t *) (b ? "1" : "0");
            value->len = 1;
        }

        return rc;

    case rtc_room_enum:
        rc = rtc_args_enum(args, name, field->names, field->max, &n);

        if (rc == RTC_OK) {
            value->data = (const uint8_t *) field->names[n];
            value->len = strlen(field->names[n]);
        }

        return rc;

    case rtc_room_url:
        rc = rtc_args_string(args, name, field->min, field->max, value);

        if (rc == RTC_OK && value->len && !rtc_url_is_web(*value)) {
            snprintf(args->error, sizeof(args->error), "%s must be an http:// "
                     "or https:// address, or empty.", name);
            return RTC_ERROR;
        }

        return rc;

    case rtc_room_bytes:
        return rtc_args_bytes(args, name, field->min, field->max, value);

    case rtc_room_id:
        return rtc_args_named_id(args, name, value);

    default:
        return rtc_args_string(args, name, field->min, field->max, value);
    }
}
