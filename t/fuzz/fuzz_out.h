
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What uplinks and downlinks send has to be well-formed, whatever came in.
 */


#ifndef FUZZ_OUT_H_INCLUDED
#define FUZZ_OUT_H_INCLUDED


#include <stdlib.h>

#include "rtc_bytes.h"
#include "rtc_out.h"
#include "rtc_rtcp.h"
#include "rtc_rtp.h"


/* the SSRC of a packet */

static inline uint32_t
fuzz_check_rtp(const rtc_rtp_out_t *out)
{
    uint8_t    *p, buf[RTC_RTP_MAX];
    rtc_rtp_t   rtp;

    if (out->header_len + out->prefix_len + out->payload_len + out->pad
        > sizeof(buf))
    {
        abort();
    }

    p = rtc_write_bytes(buf, out->header, out->header_len);
    p = rtc_write_bytes(p, out->prefix, out->prefix_len);

    if (out->payload_len) {
        p = rtc_write_bytes(p, out->payload, out->payload_len);
    }

    memset(p, out->pad, out->pad);
    p += out->pad;

    if (rtc_rtp_parse(&rtp, buf, (size_t) (p - buf)) != RTC_OK) {
        abort();
    }

    return rtp.ssrc;
}


static inline void
fuzz_check_rtcp(const uint8_t *p, size_t len)
{
    int             rc;
    rtc_rtcp_t      part;
    const uint8_t  *end;

    end = p + len;

    if (len == 0 || len > RTC_RTCP_MTU) {
        abort();
    }

    while ((rc = rtc_rtcp_next(&p, end, &part)) == RTC_OK) {
        /* void */
    }

    if (rc == RTC_ERROR) {
        abort();
    }
}


static inline rtc_str_t
fuzz_str(const char *s)
{
    rtc_str_t  str;

    str.data = (const uint8_t *) s;
    str.len = strlen(s);

    return str;
}


#endif /* FUZZ_OUT_H_INCLUDED */
