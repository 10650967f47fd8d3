
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_event.h"
#include "tap.h"


#define EVENT  "e1f 42 member PA_x 00ff\nab\0c"


/* exactly len bytes on the heap, so that a sanitizer sees the end */

static int
parse(rtc_event_t *ev, const char *text, size_t len)
{
    int       rc;
    uint8_t  *copy;

    copy = malloc(len ? len : 1);
    memcpy(copy, text, len);

    rc = rtc_event_parse(ev, copy, len);

    free(copy);

    return rc;
}


static void
test_truncation(void)
{
    size_t       n, head;
    rtc_str_t    wid, payload;
    rtc_event_t  ev;

    head = strlen("e1f 42 member PA_x 00ff\n");

    for (n = 0; n < sizeof(EVENT) - 1; n++) {
        is_int(parse(&ev, EVENT, n), n < head ? RTC_ERROR : RTC_OK,
               "an event cut short");
    }

    for (n = 0; n < 6; n++) {
        is_int(rtc_event_parse_member(&wid, &payload,
                                      (const uint8_t *) "00ff\nx", n),
               n < 5 ? RTC_ERROR : RTC_OK, "a member cut short");
    }
}


static void
test_fields(void)
{
    rtc_str_t    wid, payload;
    rtc_event_t  ev;

    is_int(rtc_event_parse(&ev, (const uint8_t *) EVENT, sizeof(EVENT) - 1),
           RTC_OK, "a member's event");
    is_int(ev.kind, RTC_EVENT_MEMBER, "kind");
    is_int(ev.rev, 42, "rev");
    ok(rtc_str_eq(ev.epoch, "e1f"), "epoch");
    ok(rtc_str_eq(ev.sid, "PA_x"), "sid");
    ok(rtc_str_eq(ev.wid, "00ff"), "wid");
    is_int(ev.payload.len, 4, "payload with a zero byte");

    is_int(parse(&ev, "e 7 left PA_x - \n2", 18), RTC_ERROR, "stray space");
    is_int(parse(&ev, "e 7 left PA_x -\n2", 17), RTC_OK, "left");
    is_int(ev.reason, 2, "reason");
    is_int(ev.wid.len, 0, "no wid");

    is_int(parse(&ev, "e 7 left PA_x w\n", 16), RTC_ERROR, "no reason");
    is_int(parse(&ev, "e 7 left PA_x w\nx", 17), RTC_ERROR, "odd reason");
    is_int(parse(&ev, "e 7 left PA_x w\n4294967296", 26), RTC_ERROR,
           "large reason");
    is_int(parse(&ev, "e 7 left - w\n1", 14), RTC_ERROR, "left without sid");
    is_int(parse(&ev, "e 7 member - w\n1", 16), RTC_ERROR,
           "member without sid");

    is_int(parse(&ev, "e 8 room - -\n{}", 15), RTC_OK, "room");
    is_int(ev.kind, RTC_EVENT_ROOM, "kind");
    is_int(parse(&ev, "e 9 removed - -\n", 16), RTC_OK, "removed");
    is_int(ev.kind, RTC_EVENT_REMOVED, "kind");
    is_int(parse(&ev, "e 9 later - -\n", 14), RTC_OK, "unknown kind");
    is_int(ev.kind, RTC_EVENT_OTHER, "kind");

    is_int(parse(&ev, "e -1 room - -\n", 14), RTC_ERROR, "negative rev");
    is_int(parse(&ev, "e 1x room - -\n", 14), RTC_ERROR, "odd rev");
    is_int(parse(&ev, "e 1234567890123456789 room - -\n", 31), RTC_ERROR,
           "long rev");

    is_int(rtc_event_parse_member(&wid, &payload,
                                  (const uint8_t *) "w\n\n\0", 4),
           RTC_OK, "member");
    ok(rtc_str_eq(wid, "w"), "wid");
    is_int(payload.len, 2, "payload");
}


static void
test_words(void)
{
    char         text[RTC_EVENT_MAX_WORD + 32];
    size_t       n;
    rtc_event_t  ev;

    for (n = 0; n <= RTC_EVENT_MAX_WORD + 1; n++) {
        memset(text, 'e', n);
        memcpy(text + n, " 1 room - -\n", 12);

        is_int(parse(&ev, text, n + 12),
               (n == 0 || n > RTC_EVENT_MAX_WORD) ? RTC_ERROR : RTC_OK,
               "length of a word");
    }
}


int
main(void)
{
    test_truncation();
    test_fields();
    test_words();

    return done();
}
