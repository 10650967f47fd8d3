
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_srtp_index.h"


#define rtc_srtp_index_word(i)  (((i) % RTC_SRTP_WINDOW) / 64)
#define rtc_srtp_index_bit(i)   (1ull << (i) % 64)

#define RTC_SRTP_INDEX_ROUND  (1 << 16)
#define RTC_SRTP_INDEX_END    (1ll << 48)


static int64_t rtc_srtp_index_guess(const rtc_srtp_index_t *x, uint16_t seq);
static int rtc_srtp_index_nearest(const rtc_srtp_index_t *x, uint16_t seq,
    uint64_t *index);
static int rtc_srtp_index_is_behind(const rtc_srtp_index_t *x, int64_t i);
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

    rtc_srtp_index_use(x, i);
    *index = i;

    return RTC_OK;
}


void
rtc_srtp_index_use(rtc_srtp_index_t *x, uint64_t index)
{
    if (!x->started) {
        x->started = 1;
        x->highest = index;

    } else if (index > x->highest) {
        rtc_srtp_index_advance(x, index);
    }

    x->used[rtc_srtp_index_word(index)] |= rtc_srtp_index_bit(index);
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


int
rtc_srtp_index_later(const rtc_srtp_index_t *x, uint16_t seq,
    uint64_t *index)
{
    int64_t  i;

    i = rtc_srtp_index_guess(x, seq);

    if (!rtc_srtp_index_is_behind(x, i)
        && rtc_srtp_index_is_used(x, (uint64_t) i))
    {
        return RTC_DECLINED;
    }

    i += RTC_SRTP_INDEX_ROUND;

    if (i >= RTC_SRTP_INDEX_END) {
        return RTC_DECLINED;
    }

    *index = (uint64_t) i;

    return RTC_OK;
}


/* RFC 3711, 3.3.1; negative: of the round before the first one */

static int64_t
rtc_srtp_index_guess(const rtc_srtp_index_t *x, uint16_t seq)
{
    if (!x->started) {
        return seq;
    }

    return (int64_t) x->highest + (int16_t) (seq - (uint16_t) x->highest);
}


/* RTC_DECLINED: behind the window, or beyond what there can be */

static int
rtc_srtp_index_nearest(const rtc_srtp_index_t *x, uint16_t seq,
    uint64_t *index)
{
    int64_t  i;

    i = rtc_srtp_index_guess(x, seq);

    if (rtc_srtp_index_is_behind(x, i) || i >= RTC_SRTP_INDEX_END) {
        return RTC_DECLINED;
    }

    *index = (uint64_t) i;

    return RTC_OK;
}


static int
rtc_srtp_index_is_behind(const rtc_srtp_index_t *x, int64_t i)
{
    return i < 0 || (x->started && i + RTC_SRTP_WINDOW <= (int64_t) x->highest);
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
