
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The fields of a room: what their values may be, and how they stand in Redis
 * as text.
 */


#ifndef RTC_ROOM_H_INCLUDED
#define RTC_ROOM_H_INCLUDED


#include "rtc_args.h"


/* the hidden room of connection tests, no other has this id */

#define RTC_ROOM_TEST  "000000000000000000000000"


#define RTC_ROOM_METADATA  65536        /* bytes, of LiveKit's server API */


/* the order of lua/room.lua and of our JSON */

typedef enum {
    rtc_room_name = 0,
    rtc_room_user_id,
    rtc_room_media_type,
    rtc_room_max_participants,
    rtc_room_active,
    rtc_room_allow_webinar_mode,
    rtc_room_allow_chat,
    rtc_room_allow_share_screen,
    rtc_room_record,
    rtc_room_record_mode,
    rtc_room_webhook_url,
    rtc_room_created,
    rtc_room_extended,
    rtc_room_metadata,                  /* from here on: in backups only */
    rtc_room_empty_timeout,
    rtc_room_departure_timeout,
    rtc_room_n
} rtc_room_field_e;


#define RTC_ROOM_SHOWN  rtc_room_metadata       /* fields before these */


typedef enum {
    rtc_room_string = 0,
    rtc_room_id,
    rtc_room_integer,
    rtc_room_bool,
    rtc_room_enum,
    rtc_room_url,
    rtc_room_bytes
} rtc_room_type_e;


typedef struct {
    const char          *name;
    rtc_room_type_e      type;
    const char          *value;         /* if it is absent */
    int64_t              min;           /* characters of a string, bytes */
    int64_t              max;
    const char *const   *names;         /* of an enum, max of them */
    unsigned             required:1;
    unsigned             settable:1;
    unsigned             newer:1;       /* than the API document */
    unsigned             optional:1;    /* empty: it is not there */
} rtc_room_field_t;


extern const rtc_room_field_t  rtc_room_fields[rtc_room_n];


/*
 * The value of an argument as text: RTC_OK, RTC_DECLINED if it is absent, or
 * RTC_ERROR with args->error.  The text lives as long as args, or in number.
 */

#define RTC_ROOM_NUMBER  32

int rtc_room_arg(rtc_args_t *args, rtc_room_field_e field,
    uint8_t number[RTC_ROOM_NUMBER], rtc_str_t *value);


#endif /* RTC_ROOM_H_INCLUDED */
