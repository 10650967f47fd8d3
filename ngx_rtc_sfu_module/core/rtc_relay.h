
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The media between two workers: RTP in both directions, each protected by
 * AEAD_AES_128_GCM (RFC 7714) with a key of its own.  RTCP takes the way of
 * the caller's choice, which has to be authentic, too.
 *
 * A leg is a track on its way out (rtc_leg.h).  At the other end its layers
 * are sources: their packets go to an uplink that declares their SSRCs, and
 * to that worker's subscribers from there.
 */


#ifndef RTC_RELAY_H_INCLUDED
#define RTC_RELAY_H_INCLUDED


#include "rtc_core.h"
#include "rtc_srtp.h"
#include "rtc_srtp_gcm.h"
#include "rtc_uplink.h"


#define RTC_RELAY_KEY      (RTC_SRTP_KEY + RTC_SRTP_GCM_SALT)
#define RTC_RELAY_STREAMS  16384        /* layers, in each direction */

/* payload types on relays, whatever the codec */

#define RTC_RELAY_PT       96
#define RTC_RELAY_PT_RED   97


typedef struct rtc_relay_s  rtc_relay_t;


typedef struct {
    /* as those of rtc_transport_handlers_t, to the other worker */
    uint8_t        *(*reserve)(void *ctx, size_t size);
    void            (*commit)(void *ctx, size_t len);

    /* a compound packet of at most RTC_RTCP_MTU bytes */
    void            (*send_rtcp)(void *ctx, const uint8_t *p, size_t len);
} rtc_relay_handlers_t;


typedef struct {
    uint64_t          packets_in;
    uint64_t          bytes_in;
    uint64_t          packets_out;      /* resent ones included */
    uint64_t          bytes_out;
    uint64_t          resent;
    uint64_t          unknown;          /* of no source */
    uint64_t          forged;           /* authentication failed */
    uint64_t          replayed;         /* or too old */
    uint64_t          dropped;          /* no room to send it, too long */
    uint64_t          rtcp_malformed;
} rtc_relay_stats_t;


/*
 * Keys are fresh with each relay: key and salt of what is sent and of what is
 * received.  NULL: no memory.
 */
rtc_relay_t *rtc_relay_create(const uint8_t *tx, const uint8_t *rx,
    const rtc_relay_handlers_t *handlers, void *ctx);

/* its legs must have been destroyed; sources go with it */
void rtc_relay_destroy(rtc_relay_t *relay);


/*
 * A datagram of the other worker; p is overwritten.  RTC_DECLINED: not
 * authentic, replayed or of no source, counted.
 */
int rtc_relay_input(rtc_relay_t *relay, uint8_t *p, size_t len,
    uint64_t now_us);

/* RTCP of the other worker, about legs or sources */
void rtc_relay_rtcp(rtc_relay_t *relay, const uint8_t *p, size_t len,
    uint64_t now_us);


/*
 * Packets of the SSRC go to the uplink until the source is removed.  An SSRC
 * has to come from rtc_relay_ssrc(), since one that comes back has no replay
 * window any more.  RTC_ERROR: no memory, too many.
 */
uint32_t rtc_relay_ssrc(rtc_relay_t *relay);
int rtc_relay_add_source(rtc_relay_t *relay, uint32_t ssrc,
    rtc_uplink_t *up);
void rtc_relay_remove_source(rtc_relay_t *relay, uint32_t ssrc);

/* ids of header extensions on relays; the others are not carried */
extern const rtc_ext_map_t  rtc_relay_exts;

const rtc_relay_stats_t *rtc_relay_stats(const rtc_relay_t *relay);


#endif /* RTC_RELAY_H_INCLUDED */
