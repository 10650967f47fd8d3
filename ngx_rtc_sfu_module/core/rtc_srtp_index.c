
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_srtp_index.h"


#define rtc_srtp_index_word(i)  (((i) % RTC_SRTP_WINDOW) / 64)
#define rtc_srtp_index_bit(i)   (1ull << (i) % 64)


static void rtc_srtp_index_advance(rtc_srtp_index_t *x, uint64_t index);


int
rtc_srtp_index_take(rtc_srtp_index_t *x, uint16_t seq, int resend,
    uint64_t *index)
{
    int       used;
    int64_t   i;

    if (!x->started) {
        if (resend) {
            return RTC_DECLINED;
        }

        x->started = 1;
        x->highest = seq;
        i = seq;

    } else {
        i = (int64_t) x->highest + (int16_t) (seq - (uint16_t) x->highest);
    }

    if (i < 0 || i + RTC_SRTP_WINDOW <= (int64_t) x->highest
        || i >= 1ll << 48)
    {
        return RTC_DECLINED;
    }

    if ((uint64_t) i > x->highest) {
        if (resend) {
            return RTC_DECLINED;
        }

        rtc_srtp_index_advance(x, (uint64_t) i);
    }

    used = (x->used[rtc_srtp_index_word(i)] & rtc_srtp_index_bit(i)) != 0;

    if (used != (resend != 0)) {
        return RTC_DECLINED;
    }

    x->used[rtc_srtp_index_word(i)] |= rtc_srtp_index_bit(i);
    *index = (uint64_t) i;

    return RTC_OK;
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
