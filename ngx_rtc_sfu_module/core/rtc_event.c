
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_event.h"


#define RTC_EVENT_MAX_DIGITS  18    /* below 2^63 */


static const uint8_t *rtc_event_word(const uint8_t *p, const uint8_t *end,
    uint8_t stop, rtc_str_t *word);
static int rtc_event_number(rtc_str_t s, uint64_t *value);
static rtc_event_e rtc_event_kind(rtc_str_t word);


int
rtc_event_parse(rtc_event_t *ev, const uint8_t *p, size_t len)
{
    uint64_t        reason;
    rtc_str_t       rev, kind;
    const uint8_t  *end;

    end = p + len;

    p = rtc_event_word(p, end, ' ', &ev->epoch);
    p = rtc_event_word(p, end, ' ', &rev);
    p = rtc_event_word(p, end, ' ', &kind);
    p = rtc_event_word(p, end, ' ', &ev->sid);
    p = rtc_event_word(p, end, '\n', &ev->wid);

    if (p == NULL || rtc_event_number(rev, &ev->rev) != RTC_OK) {
        return RTC_ERROR;
    }

    if (rtc_str_eq(ev->sid, "-")) {
        ev->sid.len = 0;
    }

    if (rtc_str_eq(ev->wid, "-")) {
        ev->wid.len = 0;
    }

    ev->kind = rtc_event_kind(kind);
    ev->payload.data = p;
    ev->payload.len = end - p;
    ev->reason = 0;

    switch (ev->kind) {

    case RTC_EVENT_MEMBER:
        return (ev->sid.len && ev->wid.len) ? RTC_OK : RTC_ERROR;

    case RTC_EVENT_LEFT:
        if (ev->sid.len == 0
            || rtc_event_number(ev->payload, &reason) != RTC_OK
            || reason > UINT32_MAX)
        {
            return RTC_ERROR;
        }

        ev->reason = (uint32_t) reason;

        return RTC_OK;

    default:
        return RTC_OK;
    }
}


int
rtc_event_parse_member(rtc_str_t *wid, rtc_str_t *payload, const uint8_t *p,
    size_t len)
{
    const uint8_t  *end;

    end = p + len;

    p = rtc_event_word(p, end, '\n', wid);
    if (p == NULL) {
        return RTC_ERROR;
    }

    payload->data = p;
    payload->len = end - p;

    return RTC_OK;
}


/* one to RTC_EVENT_MAX_WORD visible characters, then the stop */

static const uint8_t *
rtc_event_word(const uint8_t *p, const uint8_t *end, uint8_t stop,
    rtc_str_t *word)
{
    if (p == NULL) {
        return NULL;
    }

    word->data = p;

    while (p < end && *p > ' ' && *p < 0x7f) {
        p++;
    }

    word->len = p - word->data;

    if (p == end || *p != stop || word->len == 0
        || word->len > RTC_EVENT_MAX_WORD)
    {
        return NULL;
    }

    return p + 1;
}


static int
rtc_event_number(rtc_str_t s, uint64_t *value)
{
    size_t    i;
    uint64_t  n;

    if (s.len == 0 || s.len > RTC_EVENT_MAX_DIGITS) {
        return RTC_ERROR;
    }

    n = 0;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9') {
            return RTC_ERROR;
        }

        n = n * 10 + (s.data[i] - '0');
    }

    *value = n;

    return RTC_OK;
}


static rtc_event_e
rtc_event_kind(rtc_str_t word)
{
    size_t  i;

    static const struct {
        const char   *word;
        rtc_event_e   kind;
    } kinds[] = {
        { "member", RTC_EVENT_MEMBER },
        { "left", RTC_EVENT_LEFT },
        { "room", RTC_EVENT_ROOM },
        { "removed", RTC_EVENT_REMOVED }
    };

    for (i = 0; i < rtc_nelts(kinds); i++) {
        if (rtc_str_eq(word, kinds[i].word)) {
            return kinds[i].kind;
        }
    }

    return RTC_EVENT_OTHER;
}
