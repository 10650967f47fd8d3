
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Downlink and subscription as their files and rtc_track see them.
 */


#ifndef RTC_DOWNLINK_INTERNAL_H_INCLUDED
#define RTC_DOWNLINK_INTERNAL_H_INCLUDED


#include "rtc_forward.h"
#include "rtc_rtcp.h"
#include "rtc_seqmap.h"
#include "rtc_ssrc.h"
#include "rtc_stream.h"


#define RTC_FORWARD_MAX_HEADER  (RTC_RTP_HEADER + 4                           \
                                 + RTC_EXT_MAX * (2 + 64) + 3)


/*
 * What was sent under a number: when it was repeated, and without RTX what
 * has to be the same in the repeated packet.
 */

typedef struct {
    uint64_t                  out;
    uint64_t                  resent_us;    /* 0: never */
    uint32_t                  send_time;    /* abs-send-time */
    uint16_t                  twcc;
    uint8_t                   pad;
} rtc_sent_t;


struct rtc_forward_s {
    rtc_downlink_t           *down;
    rtc_track_t              *track;        /* NULL: detached */
    rtc_forward_t            *track_next;
    rtc_forward_t            *down_next;

    /* the track that follows, from its next keyframe on */
    rtc_track_t              *next;         /* NULL: none */
    rtc_forward_t            *next_next;    /* of those that wait for it */
    uint8_t                   next_pt;
    uint8_t                   next_rtx_pt;

    void                     *owner;
    uint32_t                  ssrc;
    uint32_t                  rtx_ssrc;
    int                       sender;
    int                       rtx_sender;
    uint8_t                   pt;
    uint8_t                   rtx_pt;
    uint8_t                   red_pt;
    uint8_t                   mid_len;
    uint8_t                   cname_len;
    uint8_t                   mid[RTC_TRACK_MAX_MID];
    uint8_t                   cname[RTC_FORWARD_MAX_CNAME];
    rtc_ext_map_t             exts;

    unsigned                  nack:1;
    unsigned                  paused:1;
    unsigned                  started:1;    /* something was sent */
    unsigned                  reported:1;   /* a sender report, too */
    unsigned                  local_clock:1;

    /* which layer: epoch 0 means that nothing is sent before a keyframe */
    unsigned                  max_layer;
    int                       target;       /* RTC_DECLINED: none yet */
    int                       layer;        /* of the epoch */
    uint32_t                  epoch;
    uint32_t                  last_epoch;   /* of what was sent last */

    /* the highest that was sent */
    uint64_t                  out_seq;      /* not on the wire: 64 bits */
    uint64_t                  out_us;       /* arrival of its first packet */
    uint32_t                  out_ts;
    uint32_t                  in_ts;        /* the timestamp it had */
    uint16_t                  out_picture_id;
    uint16_t                  out_frame_number;
    uint8_t                   out_tl0;
    uint8_t                   out_keyidx;

    /* repairs */
    rtc_sent_t               *sent;
    uint32_t                  nsent;
    uint16_t                  rtx_seq;
    uint64_t                  tokens;       /* millionths of bytes */
    uint64_t                  tokens_us;
    uint8_t                   fir_seq;
    unsigned                  has_fir:1;

    /* reports */
    uint32_t                  sr_lsr[2];    /* of the last two, newest first */
    uint64_t                  sr_us[2];
    uint64_t                  rr_us;        /* 0: none came */
    uint8_t                   loss;
    uint32_t                  jitter;

    uint64_t                  packets;
    uint64_t                  bytes;
    uint64_t                  switches;

    /* what is before it is used with each packet, of this the newest entry */
    rtc_seqmap_t              map;
};


struct rtc_downlink_s {
    rtc_forward_t            *forwards;
    rtc_ssrc_table_t          ssrcs;        /* data: rtc_forward_t */
    uint32_t                  ssrc;
    const rtc_out_t          *out;
    void                     *ctx;

    uint64_t                  deadline;
    uint64_t                  report_us;
    uint64_t                  reported_us;
    uint16_t                  twcc_seq;
    unsigned                  writable:1;

    /* the peer's last receiver reference time */
    uint64_t                  rrtr_us;      /* its arrival, 0: none */
    uint32_t                  rrtr_ssrc;
    uint32_t                  rrtr_ntp;

    rtc_downlink_stats_t      stats;
};


/* rtc_downlink.c */

/* sender reports are due at once, though not every time */
void rtc_downlink_report_soon(rtc_downlink_t *down, uint64_t now_us);

/* rtc_forward.c */

/* packets of the track: several only if they are new and in order */
void rtc_forward_packets(rtc_forward_t *f, const rtc_packet_t *pkts,
    unsigned n, uint64_t now_us);

/* the track goes */
void rtc_forward_detach(rtc_forward_t *f);

/* what was sent cannot be continued: video waits for a keyframe */
void rtc_forward_resync(rtc_forward_t *f, uint64_t now_us);

/* the layer to be sent, by what is active */
void rtc_forward_choose(rtc_forward_t *f);

/* asks for a keyframe if this subscription waits for one */
void rtc_forward_request_waiting(rtc_forward_t *f, uint64_t now_us);

/* the subscriber asks for a keyframe */
void rtc_forward_request_keyframe(rtc_forward_t *f, uint64_t now_us);

/* the sender report of now; RTC_DECLINED: there is none */
int rtc_forward_sr(rtc_forward_t *f, rtc_rtcp_sr_t *sr, uint64_t now_us);

/* memory is fetched while another subscription is served; NULL is fine */

static inline void
rtc_forward_prefetch(const rtc_forward_t *f)
{
    size_t  i;

    if (f == NULL) {
        return;
    }

    for (i = 0; i <= offsetof(rtc_forward_t, map); i += 64) {
        __builtin_prefetch((const uint8_t *) f + i);
    }
}


/* rtc_forward_source.c */

/* a packet of a track that subscriptions wait for: it may begin with it */
void rtc_forward_follow(rtc_track_t *track, const rtc_packet_t *pkt,
    uint64_t now_us);

/* it does not follow any more: something else does, or the track goes */
void rtc_forward_unfollow(rtc_forward_t *f);

/* asks for the keyframe with which the next track begins */
void rtc_forward_request_next(rtc_forward_t *f, uint64_t now_us);

/* rtc_forward_send.c */

/* what numbers a packet gets; prefix and ext are scratch */
void rtc_forward_send(rtc_forward_t *f, const rtc_packet_t *pkt,
    const rtc_segment_t *segment, uint64_t now_us);

/* an empty packet: the publisher used the number for one, too */
void rtc_forward_send_padding(rtc_forward_t *f, uint64_t out,
    uint64_t now_us);

/* the answer to a NACK of one number */
void rtc_forward_resend(rtc_forward_t *f, uint16_t seq, uint64_t now_us);


#endif /* RTC_DOWNLINK_INTERNAL_H_INCLUDED */
