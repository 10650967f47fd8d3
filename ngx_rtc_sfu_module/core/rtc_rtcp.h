
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * RTCP: compound packets (RFC 3550, section 6; reduced size RFC 5506), their
 * parts, and feedback messages (RFC 4585, RFC 5104, XR RFC 3611).  Transport
 * wide feedback is in rtc_twcc.h.
 *
 * Build functions append one part to a buffer and return the position behind
 * it, or NULL when the room does not suffice; NULL in, NULL out.
 */


#ifndef RTC_RTCP_H_INCLUDED
#define RTC_RTCP_H_INCLUDED


#include "rtc_core.h"


#define RTC_RTCP_SR     200
#define RTC_RTCP_RR     201
#define RTC_RTCP_SDES   202
#define RTC_RTCP_BYE    203
#define RTC_RTCP_RTPFB  205
#define RTC_RTCP_PSFB   206
#define RTC_RTCP_XR     207

#define RTC_RTPFB_NACK  1
#define RTC_RTPFB_CCFB  11              /* RFC 8888, not evaluated */
#define RTC_RTPFB_TWCC  15

#define RTC_PSFB_PLI    1
#define RTC_PSFB_FIR    4
#define RTC_PSFB_AFB    15              /* REMB and others */

#define RTC_RTCP_MTU         1200       /* we build no longer compound */
#define RTC_RTCP_MAX_BLOCKS  31


/* one part of a compound packet; body begins behind the 4 bytes of head */

typedef struct {
    uint8_t         type;
    uint8_t         count;              /* or the feedback message type */
    rtc_str_t       body;               /* without padding */
} rtc_rtcp_t;


typedef struct {
    uint32_t        ssrc;
    uint8_t         fraction;           /* of 256 */
    int32_t         lost;               /* 24 bits on the wire */
    uint32_t        highest;            /* extended sequence number */
    uint32_t        jitter;             /* RTP ticks */
    uint32_t        lsr;                /* middle of an NTP time */
    uint32_t        dlsr;               /* 1/65536 s */
} rtc_rtcp_block_t;


typedef struct {
    uint32_t        ssrc;
    uint64_t        ntp;
    uint32_t        rtp;
    uint32_t        packets;
    uint32_t        octets;
} rtc_rtcp_sr_t;


typedef struct {
    uint32_t        sender;
    uint32_t        media;
    rtc_str_t       fci;
} rtc_rtcp_fb_t;


typedef struct {
    uint32_t        ssrc;
    uint32_t        lrr;
    uint32_t        dlrr;
} rtc_rtcp_dlrr_t;


/*
 * The parts of a packet in turn; moves *p.  RTC_OK with a part, RTC_DECLINED
 * at the end, RTC_ERROR if the rest is malformed.
 */
int rtc_rtcp_next(const uint8_t **p, const uint8_t *end, rtc_rtcp_t *part);

int rtc_rtcp_parse_sr(const rtc_rtcp_t *part, rtc_rtcp_sr_t *sr);

/* report block i < count of an SR or RR */
int rtc_rtcp_parse_block(const rtc_rtcp_t *part, unsigned i,
    rtc_rtcp_block_t *block);

/* the CNAME of the first chunk that has one */
int rtc_rtcp_parse_cname(const rtc_rtcp_t *part, uint32_t *ssrc,
    rtc_str_t *cname);

int rtc_rtcp_parse_bye(const rtc_rtcp_t *part, unsigned i, uint32_t *ssrc);

/* the common head of RTPFB and PSFB messages */
int rtc_rtcp_parse_fb(const rtc_rtcp_t *part, rtc_rtcp_fb_t *fb);

/* item i: the first sequence number and the mask of the 16 behind it */
int rtc_rtcp_parse_nack(const rtc_rtcp_fb_t *fb, unsigned i, uint16_t *pid,
    uint16_t *blp);

/* RFC 5104, section 4.3.1 */
int rtc_rtcp_parse_fir(const rtc_rtcp_fb_t *fb, unsigned i, uint32_t *ssrc,
    uint8_t *seq);

/* bits per second, saturated; RTC_DECLINED if this AFB is no REMB */
int rtc_rtcp_parse_remb(const rtc_rtcp_fb_t *fb, uint64_t *bps);

/* RFC 3611, section 4.4: the NTP time of a receiver reference block */
int rtc_rtcp_parse_rrtr(const rtc_rtcp_t *part, uint32_t *ssrc,
    uint64_t *ntp);

/* RFC 3611, section 4.5: the sub-block about ssrc */
int rtc_rtcp_parse_dlrr(const rtc_rtcp_t *part, uint32_t ssrc,
    rtc_rtcp_dlrr_t *dlrr);


uint8_t *rtc_rtcp_build_sr(uint8_t *p, uint8_t *end, const rtc_rtcp_sr_t *sr);
uint8_t *rtc_rtcp_build_rr(uint8_t *p, uint8_t *end, uint32_t sender,
    const rtc_rtcp_block_t *blocks, unsigned n);
uint8_t *rtc_rtcp_build_sdes(uint8_t *p, uint8_t *end, uint32_t ssrc,
    rtc_str_t cname);
uint8_t *rtc_rtcp_build_bye(uint8_t *p, uint8_t *end, uint32_t ssrc);

/* seqs are sorted; *n becomes the number that found room */
uint8_t *rtc_rtcp_build_nack(uint8_t *p, uint8_t *end, uint32_t sender,
    uint32_t media, const uint16_t *seqs, unsigned *n);
uint8_t *rtc_rtcp_build_pli(uint8_t *p, uint8_t *end, uint32_t sender,
    uint32_t media);
uint8_t *rtc_rtcp_build_fir(uint8_t *p, uint8_t *end, uint32_t sender,
    uint32_t media, uint8_t seq);
uint8_t *rtc_rtcp_build_remb(uint8_t *p, uint8_t *end, uint32_t sender,
    uint64_t bps, const uint32_t *ssrcs, unsigned n);
uint8_t *rtc_rtcp_build_rrtr(uint8_t *p, uint8_t *end, uint32_t sender,
    uint64_t ntp);
uint8_t *rtc_rtcp_build_dlrr(uint8_t *p, uint8_t *end, uint32_t sender,
    const rtc_rtcp_dlrr_t *dlrr);


/* NTP short format (16.16 seconds), as LSR and DLSR have it */

static inline uint32_t
rtc_ntp_short(uint64_t ntp)
{
    return (uint32_t) (ntp >> 16);
}


/* 32.32 seconds; the epoch is the caller's */

static inline uint64_t
rtc_ntp_from_us(uint64_t us)
{
    return us / 1000000 << 32 | (us % 1000000 << 32) / 1000000;
}


static inline uint64_t
rtc_ntp_to_us(uint64_t ntp)
{
    return (ntp >> 32) * 1000000 + ((ntp & 0xffffffff) * 1000000 >> 32);
}


#endif /* RTC_RTCP_H_INCLUDED */
