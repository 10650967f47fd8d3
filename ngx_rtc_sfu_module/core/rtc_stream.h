
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One received RTP stream, which is a track or a layer of it: reception,
 * packet cache, missing packets, sender reports, activity and the throttle of
 * keyframe requests.
 */


#ifndef RTC_STREAM_H_INCLUDED
#define RTC_STREAM_H_INCLUDED


#include "rtc_cache.h"
#include "rtc_codec.h"
#include "rtc_media.h"
#include "rtc_nack.h"
#include "rtc_recv.h"
#include "rtc_rtp.h"


#define RTC_STREAM_STABLE    2000000    /* us of activity: worth a switch */
#define RTC_STREAM_SILENCE   250000     /* us and frames of another layer: */
#define RTC_STREAM_FRAMES    6          /* this one has stopped */
#define RTC_STREAM_TIMEOUT   1500000    /* us behind another layer: likewise */

#define RTC_STREAM_PLI_LOW   500000     /* us between two requests */
#define RTC_STREAM_PLI       1000000    /* of higher layers, and of all while
                                           one is in flight */


/* what a packet needs to be forwarded; its bytes are in the cache */

typedef struct rtc_stream_s  rtc_stream_t;

typedef struct {
    rtc_stream_t       *stream;
    uint64_t            seq;            /* extended */
    uint64_t            us;             /* arrival */
    rtc_rtp_t           rtp;
    rtc_str_t           exts[RTC_EXT_MAX];
    rtc_str_t           primary;        /* of RED, else the payload */
    rtc_media_t         media;
    unsigned            late:1;
    unsigned            padding:1;      /* no payload: it fills a number */
    unsigned            malformed:1;    /* likewise, as it cannot be used */
    unsigned            red:1;
    uint8_t             pad;            /* bytes of padding to be added */
} rtc_packet_t;


struct rtc_stream_s {
    unsigned            index;          /* the layer, 0 is the lowest */
    uint32_t            ssrc;           /* 0: not known yet */
    uint32_t            rtx_ssrc;
    uint32_t            epoch;          /* unique in the track, never 0: other
                                           numbers, another source */
    uint64_t            bound_us;       /* when an SSRC was learned */
    uint64_t            rtx_bound_us;

    rtc_recv_t          recv;
    rtc_cache_t        *cache;          /* both from the first packet on */
    rtc_nack_t         *nack;           /* NULL if not negotiated */

    /* the publisher's clock, from its last sender report */
    uint64_t            sr_ntp;
    uint64_t            sr_us;          /* its arrival, 0: none yet */
    uint32_t            sr_rtp;

    /* activity */
    uint64_t            active_us;      /* since when */
    uint64_t            last_us;
    uint32_t            last_ts;
    uint32_t            other_frames;   /* of other layers since last_us */
    unsigned            active:1;
    unsigned            stable:1;

    /* keyframes */
    unsigned            wants_keyframe:1;
    unsigned            in_flight:1;
    uint64_t            pli_us;         /* of the last request, 0: none */
    uint8_t             fir_seq;

    /* rate, over intervals of a second */
    uint64_t            rate_us;
    uint64_t            rate_bytes;
    uint64_t            bitrate;

    uint64_t            packets;
    uint64_t            bytes;
    uint64_t            keyframes;
    uint64_t            plis;
    uint64_t            reported;       /* packets at the last report */
};


void rtc_stream_init(rtc_stream_t *s, unsigned index, uint32_t clock);
void rtc_stream_done(rtc_stream_t *s);

/* memory for packets, when the first comes: less for audio and low layers */
int rtc_stream_alloc(rtc_stream_t *s, int video, unsigned nlayers, int nack);

/* forgets packets and reports, but not s->recv: another source begins */
void rtc_stream_restart(rtc_stream_t *s, uint32_t epoch);

/*
 * Puts a packet into the cache in its original form: with this number and the
 * header of rtp, whose SSRC and payload type are set, and without padding.
 * payload is what comes behind the header of hlen bytes; without one, the
 * number is noted as used up.
 */
int rtc_stream_store(rtc_stream_t *s, uint64_t seq, const rtc_rtp_t *rtp,
    const uint8_t *header, size_t hlen, rtc_str_t payload, uint64_t now_us);

/* counts a packet of this layer, whose frame may be a new one */
void rtc_stream_count(rtc_stream_t *s, const rtc_packet_t *pkt,
    uint64_t now_us);

void rtc_stream_sr(rtc_stream_t *s, const rtc_rtcp_sr_t *sr,
    uint64_t now_us);

/*
 * The publisher's NTP time of a timestamp in us; RTC_DECLINED without a
 * sender report.
 */
int rtc_stream_ntp_us(const rtc_stream_t *s, uint32_t ts, uint64_t *us);

/* when a request for a keyframe may be sent, RTC_NEVER: none is wanted */
uint64_t rtc_stream_pli_due(const rtc_stream_t *s);


#endif /* RTC_STREAM_H_INCLUDED */
