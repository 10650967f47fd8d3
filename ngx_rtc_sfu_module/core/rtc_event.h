
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a room's channel and its members hash carry (rtc_keys.h):
 *
 *   "EPOCH REV KIND SID WID\n" PAYLOAD
 *   "WID\n" PAYLOAD
 */


#ifndef RTC_EVENT_H_INCLUDED
#define RTC_EVENT_H_INCLUDED


#include "rtc_core.h"


#define RTC_EVENT_MAX_WORD  64      /* bytes of EPOCH, SID and WID */


typedef enum {
    RTC_EVENT_MEMBER,
    RTC_EVENT_LEFT,
    RTC_EVENT_ROOM,
    RTC_EVENT_REMOVED,
    RTC_EVENT_OTHER                 /* of a later version: its REV counts */
} rtc_event_e;


/* strings point into the message; sid and wid are empty where it says "-" */

typedef struct {
    rtc_event_e     kind;
    uint64_t        rev;
    rtc_str_t       epoch;
    rtc_str_t       sid;
    rtc_str_t       wid;
    rtc_str_t       payload;
    uint32_t        reason;         /* of RTC_EVENT_LEFT */
} rtc_event_t;


/* RTC_OK, or RTC_ERROR if the bytes are no event */

int rtc_event_parse(rtc_event_t *ev, const uint8_t *p, size_t len);

/* the value of a member; wid and payload point into it */

int rtc_event_parse_member(rtc_str_t *wid, rtc_str_t *payload,
    const uint8_t *p, size_t len);


#endif /* RTC_EVENT_H_INCLUDED */
