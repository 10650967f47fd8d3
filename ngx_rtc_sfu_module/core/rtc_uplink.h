
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One publisher's transport: its decrypted packets go to its tracks, RTCP
 * about them goes back.  Streams are known by their declared SSRCs, or are
 * learned from the extensions mid, rid and rrid.
 *
 * An uplink owns its tracks (rtc_track.h).  The caller arms one timer for
 * rtc_uplink_next_deadline(), which may change in every call, and calls
 * rtc_uplink_timer() when it is due.
 */


#ifndef RTC_UPLINK_H_INCLUDED
#define RTC_UPLINK_H_INCLUDED


#include "rtc_out.h"
#include "rtc_rtp.h"


#define RTC_UPLINK_MAX_TRACKS  32
#define RTC_UPLINK_MAX_SSRCS   64       /* as many as SRTP receives */


typedef struct rtc_uplink_s  rtc_uplink_t;


typedef struct {
    uint32_t          ssrc;             /* of our RTCP, not 0 */
    rtc_str_t         cname;            /* of our RTCP, copied */
    const rtc_out_t  *out;              /* send_rtp may be NULL */
    void             *ctx;

    /* the peer understands receiver reference times (rtcp-xr:rcvr-rtt) */
    unsigned          xr:1;

    /*
     * The peer is another worker, which sends only what it is asked for: a
     * layer that comes is worth showing at once, and loss on the way is not
     * the publisher's.
     */
    unsigned          relay:1;
} rtc_uplink_conf_t;


/* packets, unless it says something else */

typedef struct {
    uint64_t          packets;
    uint64_t          bytes;
    uint64_t          rtx;              /* repaired a loss */
    uint64_t          padding;          /* without payload, probes included */
    uint64_t          lost;             /* of tracks that have gone; of others
                                           by rtc_track_layer_stats() */

    uint64_t          malformed;
    uint64_t          unknown_ssrc;
    uint64_t          unknown_pt;
    uint64_t          duplicate;
    uint64_t          old;              /* behind the window */
    uint64_t          muted;
    uint64_t          no_memory;

    uint64_t          nacks;            /* sequence numbers asked for */
    uint64_t          plis;
    uint64_t          rtcp;
    uint64_t          rtcp_malformed;
} rtc_uplink_stats_t;


/* NULL: no memory */
rtc_uplink_t *rtc_uplink_create(const rtc_uplink_conf_t *conf);
void rtc_uplink_destroy(rtc_uplink_t *up);

/*
 * The ids of mid, rid, rrid and transport-wide-cc, which are the same in all
 * sections of a bundle; to be set before the first packet and after each
 * description.  TWCC feedback is sent only if its id is set.
 */
void rtc_uplink_set_exts(rtc_uplink_t *up, const rtc_ext_map_t *exts);

/*
 * Authentic packets of any content.  RTP waits for rtc_uplink_flush(), which
 * the caller owes to it after the handler wait() when nothing more has
 * arrived: several packets go to each subscriber as one.
 */
void rtc_uplink_rtp(rtc_uplink_t *up, const uint8_t *p, size_t len,
    uint64_t now_us);
void rtc_uplink_rtcp(rtc_uplink_t *up, const uint8_t *p, size_t len,
    uint64_t now_us);

void rtc_uplink_flush(rtc_uplink_t *up, uint64_t now_us);

void rtc_uplink_timer(rtc_uplink_t *up, uint64_t now_us);
uint64_t rtc_uplink_next_deadline(const rtc_uplink_t *up);

/* if the caller knows it better than what repairs took (single PC: RR) */
void rtc_uplink_set_rtt(rtc_uplink_t *up, uint64_t rtt_us);

const rtc_uplink_stats_t *rtc_uplink_stats(const rtc_uplink_t *up);


#endif /* RTC_UPLINK_H_INCLUDED */
