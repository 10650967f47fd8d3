
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The offer of a subscriber's peer connection, and what to make of its answer.
 * The caller keeps the list of sections: it only grows, an element never
 * changes its kind or mid, and one that sends nothing is inactive and may
 * carry the next track of its kind.
 */


#ifndef RTC_SDP_OFFER_H_INCLUDED
#define RTC_SDP_OFFER_H_INCLUDED


#include "rtc_sdp.h"
#include "rtc_sdp_answer.h"


typedef struct {
    uint8_t                     kind;       /* AUDIO, VIDEO or APPLICATION */
    uint8_t                     direction;  /* SENDONLY or INACTIVE */
    rtc_str_t                   mid;
    uint32_t                    codecs;     /* rtc_codec_bit(): those that the
                                               track may be sent in; 0: all */
    uint8_t                     codec;      /* the one to list first, 0: any */
    uint32_t                    h264_profile;   /* of the publisher;
                                                   0: 42e01f */
    unsigned                    red:1;      /* offer RED, and put it first */
    unsigned                    nack:1;     /* of Opus; not together with red */
    unsigned                    stereo:1;   /* sprop-stereo=1 */

    /* SENDONLY */
    rtc_str_t                   stream;     /* "PA_x|TR_y" */
    rtc_str_t                   track;      /* "TR_y" */
    rtc_str_t                   cname;
    uint32_t                    ssrc;
    uint32_t                    rtx_ssrc;   /* 0: none */
} rtc_sdp_section_t;


/* the memory that rtc_sdp_offer() needs at most for n sections */
size_t rtc_sdp_offer_size(size_t n);

/* NULL, with *reason: the list is empty, too long, or lacks something */
rtc_sdp_t *rtc_sdp_offer(rtc_arena_t *a, const rtc_sdp_local_t *local,
    const rtc_sdp_section_t *sections, size_t n, const char **reason);

/*
 * Whether an answer fits the offer: same sections, mids and kinds, a client
 * that is DTLS client (RFC 8842: active) with ICE credentials, a fingerprint
 * and rtcp-mux.  RTC_OK, or RTC_ERROR and *reason.  Then rtc_sdp_negotiated()
 * says for each mid what was agreed.
 */
int rtc_sdp_check_answer(const rtc_sdp_t *offer, const rtc_sdp_t *answer,
    const char **reason);


#endif /* RTC_SDP_OFFER_H_INCLUDED */
