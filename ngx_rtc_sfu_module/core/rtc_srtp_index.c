
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_srtp_index.h"


#define rtc_srtp_index_word(i)  (((i) % RTC_SRTP_WINDOW) / 64)
#define rtc_srtp_index_bit(i)   (1ull << (i) % 64)


static int rtc_srtp_index_nearest(const rtc_srtp_index_t *x, uint16_t seq,
    uint64_t *index);
static int rtc_srtp_index_is_used(const rtc_srtp_index_t *x, uint64_t index);
static void rtc_srtp_index_advance(rtc_srtp_index_t *x, uint64_t index);


int
rtc_srtp_index_take(rtc_srtp_index_t *x, uint16_t seq, int resend,
    uint64_t *index)
{
    uint64_t  i;

    if (rtc_srtp_index_nearest(x, seq, &i) != RTC_OK
        || rtc_srtp_index_is_used(x, i) != (resend != 0))
    {
        return RTC_DECLINED;
    }

    if (!x->started) {
        x->started = 1;
        x->highest = i;

    } else if (i > x->highest) {
        rtc_srtp_index_advance(x, i);
    }

    x->used[rtc_srtp_index_word(i)] |= rtc_srtp_index_bit(i);
    *index = i;

    return RTC_OK;
}


int
rtc_srtp_index_fresh(const rtc_srtp_index_t *x, uint16_t seq,
    uint64_t *index)
{
    if (rtc_srtp_index_nearest(x, seq, index) != RTC_OK
        || rtc_srtp_index_is_used(x, *index))
    {
        return RTC_DECLINED;
    }

    return RTC_OK;
}


/* RTC_DECLINED: behind the window, or beyond what there can be */

static int
rtc_srtp_index_nearest(const rtc_srtp_index_t *x, uint16_t seq,
    uint64_t *index)
{
    int64_t  i;

    if (!x->started) {
        *index = seq;
        return RTC_OK;
    }

    i = (int64_t) x->highest + (int16_t) (seq - (uint16_t) x->highest);

    if (i < 0 || i + RTC_SRTP_WINDOW <= (int64_t) x->highest
        || i >= 1ll << 48)
    {
        return RTC_DECLINED;
    }

    *index = (uint64_t) i;

    return RTC_OK;
}


/* within the window; nothing beyond the highest one is */

static int
rtc_srtp_index_is_used(const rtc_srtp_index_t *x, uint64_t index)
{
    return x->started && index <= x->highest
           && (x->used[rtc_srtp_index_word(index)]
               & rtc_srtp_index_bit(index)) != 0;
}


static void
rtc_srtp_index_advance(rtc_srtp_index_t *x, uint64_t index)
{
    uint64_t  i;

    if (index - x->highest >= RTC_SRTP_WINDOW) {
        memset(x->used, 0, sizeof(x->used));

    } else {
        for (i = x->highest + 1; i <= index; i++) {
            x->used[rtc_srtp_index_word(i)] &= ~rtc_srtp_index_bit(i);
        }
    }

    x->highest = index;
}
