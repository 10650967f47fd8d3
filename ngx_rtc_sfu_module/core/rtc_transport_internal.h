
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the files of rtc_transport share: the worker, the packets
 * (rtc_transport), the data channels (rtc_transport_data).
 */


#ifndef RTC_TRANSPORT_INTERNAL_H_INCLUDED
#define RTC_TRANSPORT_INTERNAL_H_INCLUDED


#include "rtc_core.h"
#include "rtc_dtls.h"
#include "rtc_ice.h"
#include "rtc_sctp.h"
#include "rtc_srtp.h"
#include "rtc_stun.h"
#include "rtc_transport.h"


struct rtc_transport_worker_s {
    rtc_stun_t                      *stun;
    rtc_dtls_worker_t               *dtls;
    rtc_sctp_worker_t               *sctp;
    unsigned                         srtp:1;
};


struct rtc_transport_s {
    rtc_transport_worker_t          *worker;
    const rtc_transport_handlers_t  *handlers;
    void                            *ctx;

    rtc_ice_t                        ice;
    rtc_transport_ice_e              ice_state;

    rtc_dtls_t                      *dtls;
    uint64_t                         handshake_deadline;

    rtc_srtp_t                      *srtp;

    rtc_sctp_t                      *sctp;
    uint16_t                         sctp_port;     /* 0 = not negotiated */
    size_t                           sctp_max_message;

    rtc_transport_stats_t            stats;

    unsigned                         connected:1;
    unsigned                         closed:1;
    unsigned                         quiet:1;       /* no goodbye */
};


/* packets */

int rtc_transport_has_consent(const rtc_transport_t *t);
void rtc_transport_close(rtc_transport_t *t, rtc_transport_close_e why);


/* data channels */

/* DTLS is up */
void rtc_transport_data_up(rtc_transport_t *t);


#endif /* RTC_TRANSPORT_INTERNAL_H_INCLUDED */
