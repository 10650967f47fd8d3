
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Reception of one RTP stream: extended sequence numbers, duplicates, loss
 * and jitter (RFC 3550, sections A.1, A.3, A.8).
 *
 * Extended numbers have 64 bits and begin at 2^32 plus the first one, so that
 * nothing goes below zero; their low 32 bits are those of a receiver report.
 */


#ifndef RTC_RECV_H_INCLUDED
#define RTC_RECV_H_INCLUDED


#include "rtc_core.h"
#include "rtc_rtcp.h"


#define RTC_RECV_WINDOW   2048          /* how late a packet may be */
#define RTC_RECV_DROPOUT  3000          /* a larger gap is a restart */


typedef enum {
    RTC_RECV_NEW = 0,                   /* the highest now */
    RTC_RECV_LATE,
    RTC_RECV_DUPLICATE,
    RTC_RECV_OLD,                       /* behind the window */
    RTC_RECV_STRAY,                     /* a jump that nothing confirmed yet */
    RTC_RECV_RESTART                    /* a jump that was confirmed */
} rtc_recv_e;


typedef struct {
    uint64_t        base;
    uint64_t        max;
    uint64_t        received;
    uint64_t        expected_prior;
    uint64_t        received_prior;
    uint32_t        clock;
    uint32_t        transit;
    uint32_t        jitter;             /* of 16 parts */
    uint16_t        stray;              /* expected to confirm a jump */
    unsigned        has_stray:1;
    unsigned        started:1;
    unsigned        jumps:1;            /* a jump forward needs no second
                                           packet: its sender is trusted */
    uint64_t        seen[RTC_RECV_WINDOW / 64];
} rtc_recv_t;


/* nothing is received yet; jumps may be set behind it */
void rtc_recv_init(rtc_recv_t *r, uint32_t clock);

/*
 * A packet of the stream.  After RTC_RECV_RESTART the caller forgets what it
 * knows of the stream: the numbers begin anew with this packet.
 */
rtc_recv_e rtc_recv_packet(rtc_recv_t *r, uint16_t seq, uint32_t ts,
    uint64_t now_us, uint64_t *ext);

/*
 * A packet that came by retransmission, which is not counted as received
 * (RFC 4588, section 4): RTC_RECV_LATE if it is of use.
 */
rtc_recv_e rtc_recv_repaired(rtc_recv_t *r, uint16_t seq, uint64_t *ext);

int64_t rtc_recv_lost(const rtc_recv_t *r);

/* begins a new interval; lsr and dlsr are the caller's */
void rtc_recv_report(rtc_recv_t *r, rtc_rtcp_block_t *block);


#endif /* RTC_RECV_H_INCLUDED */
