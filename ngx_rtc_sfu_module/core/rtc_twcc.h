
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Transport-wide congestion control feedback
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01): the arrivals of one
 * transport and the feedback about them, and the parsing of such feedback.
 */


#ifndef RTC_TWCC_H_INCLUDED
#define RTC_TWCC_H_INCLUDED


#include "rtc_core.h"
#include "rtc_rtcp.h"


#define RTC_TWCC_WINDOW      2048       /* packets we remember */
#define RTC_TWCC_MAX_STATUS  500        /* per feedback: fits RTC_RTCP_MTU */
#define RTC_TWCC_MAX_PARSED  8192       /* statuses we accept at once */


/*
 * What is in [next, last] has not been reported.  Numbers are extended to 64
 * bits; an arrival is valid if its place holds the same number.
 */

typedef struct {
    uint64_t        next;
    uint64_t        last;
    uint32_t        received;           /* not reported yet */
    uint8_t         count;              /* feedback packets so far */
    uint8_t         started;

    struct {
        uint64_t    seq;
        uint64_t    us;
    } arrivals[RTC_TWCC_WINDOW];
} rtc_twcc_t;


void rtc_twcc_init(rtc_twcc_t *twcc);
void rtc_twcc_add(rtc_twcc_t *twcc, uint16_t seq, uint64_t now_us);

/*
 * Appends one feedback message; to be called until it returns p itself, which
 * means that all is reported.  NULL when the room is less than RTC_RTCP_MTU.
 */
uint8_t *rtc_twcc_build(rtc_twcc_t *twcc, uint8_t *p, uint8_t *end,
    uint32_t sender, uint32_t media);


/* received feedback: a head, and its statuses in turn */

typedef struct {
    uint16_t        base;
    uint16_t        n;                  /* statuses */
    uint8_t         count;
    uint32_t        reference;          /* in 64 ms, 24 bits */

    /* the position of rtc_twcc_next() */
    uint16_t        i;
    uint16_t        in_chunk;
    uint16_t        chunk;
    int64_t         ticks;              /* 250 us, from the reference */
    const uint8_t  *chunks;
    const uint8_t  *deltas;
    const uint8_t  *end;
} rtc_twcc_feedback_t;


int rtc_twcc_parse(rtc_twcc_feedback_t *f, const rtc_rtcp_fb_t *fb);

/*
 * RTC_OK with a sequence number, whether it was received, and if so the
 * arrival in us behind the reference time; RTC_DECLINED at the end.
 */
int rtc_twcc_next(rtc_twcc_feedback_t *f, uint16_t *seq, unsigned *received,
    int64_t *us);


#endif /* RTC_TWCC_H_INCLUDED */
