
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What uplinks and downlinks hand to the transport of their peer.
 */


#ifndef RTC_OUT_H_INCLUDED
#define RTC_OUT_H_INCLUDED


#include "rtc_core.h"


#define RTC_NEVER  UINT64_MAX


/*
 * A packet in parts, in this order.  The parts are valid until send_rtp()
 * returns; payload points into the packet cache and is not to be changed.
 */

typedef struct {
    const uint8_t    *header;           /* with extensions */
    size_t            header_len;
    const uint8_t    *prefix;           /* rewritten start of the payload */
    size_t            prefix_len;
    const uint8_t    *payload;
    size_t            payload_len;
    uint8_t           pad;              /* behind it, as the header says */
    int               sender;           /* of rtc_forward_conf_t */
    unsigned          resend:1;         /* bit-identical to one sent before */
    unsigned          video:1;
} rtc_rtp_out_t;


/*
 * The handlers run inside functions of the core, also inside those of other
 * objects: a publisher's packet makes its subscribers' downlinks send.  They
 * must not create or destroy any object of the core.
 */

typedef struct {
    void            (*send_rtp)(void *ctx, const rtc_rtp_out_t *out);

    /* a compound packet of at most RTC_RTCP_MTU bytes */
    void            (*send_rtcp)(void *ctx, const uint8_t *p, size_t len);

    /* next_deadline is earlier now than it was: arm the timer again */
    void            (*wake)(void *ctx);

    /* an uplink's packets wait for rtc_uplink_flush(); may be NULL */
    void            (*wait)(void *ctx);
} rtc_out_t;


#endif /* RTC_OUT_H_INCLUDED */
