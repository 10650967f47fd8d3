
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * RTP packets (RFC 3550, section 5.1) and their header extensions (RFC 8285).
 */


#ifndef RTC_RTP_H_INCLUDED
#define RTC_RTP_H_INCLUDED


#include "rtc_codec.h"
#include "rtc_core.h"


#define RTC_RTP_HEADER    12
#define RTC_RTP_MAX       1500         /* longer packets are refused */
#define RTC_RTP_MAX_EXTS  16           /* per built packet */

#define RTC_RTP_ONE_BYTE  0xbede
#define RTC_RTP_TWO_BYTE  0x1000       /* the low 4 bits are "appbits" */


/* the ids of the header extensions of a section or transport */

typedef struct {
    uint8_t         id[RTC_EXT_MAX];    /* by rtc_ext_e, 0: not negotiated */
} rtc_ext_map_t;


/* a parsed packet; everything points into the packet */

typedef struct {
    uint8_t         marker;
    uint8_t         pt;
    uint8_t         ncsrc;
    uint8_t         padding;            /* bytes, the length byte included */
    uint16_t        seq;
    uint16_t        profile;            /* of the extension block, or 0 */
    uint32_t        ts;
    uint32_t        ssrc;
    rtc_str_t       ext;                /* extension block without its head */
    rtc_str_t       payload;            /* without padding */
} rtc_rtp_t;


/* one element to build, or found */

typedef struct {
    uint8_t         id;
    uint8_t         len;
    const uint8_t  *data;
} rtc_rtp_ext_t;


/* whether a datagram of our port is RTCP and not RTP (RFC 5761, section 4) */

static inline int
rtc_rtp_is_rtcp(const uint8_t *p, size_t len)
{
    return len >= 2 && p[1] >= 192 && p[1] <= 223;
}


/* RTC_ERROR if the packet is no valid RTP */
int rtc_rtp_parse(rtc_rtp_t *rtp, const uint8_t *p, size_t len);

/*
 * The elements of the extension block in turn: *pos is 0 at first.  Returns
 * RTC_OK with an element, RTC_DECLINED at the end or at what is malformed.
 */
int rtc_rtp_ext_next(const rtc_rtp_t *rtp, size_t *pos, rtc_rtp_ext_t *ext);

/* RTC_OK and the value, or RTC_DECLINED, always so for id 0 */
int rtc_rtp_ext_find(const rtc_rtp_t *rtp, unsigned id, rtc_str_t *value);

/*
 * Writes a header without CSRCs; elements with id 0 are left out.  Two-byte
 * elements are used for all if one of them needs it.  Returns the length, or
 * 0 if size is too small.
 */
size_t rtc_rtp_build(uint8_t *p, size_t size, const rtc_rtp_t *rtp,
    const rtc_rtp_ext_t *exts, unsigned n);


/* the distance from b to a on the circle of sequence numbers */

static inline int16_t
rtc_seq_diff(uint16_t a, uint16_t b)
{
    return (int16_t) (uint16_t) (a - b);
}


static inline int32_t
rtc_ts_diff(uint32_t a, uint32_t b)
{
    return (int32_t) (a - b);
}


#endif /* RTC_RTP_H_INCLUDED */
