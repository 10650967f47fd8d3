
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The answer to a client's offer.  It keeps the client's sections, mids,
 * payload types and extension ids, and takes of each section what both sides
 * know.  We are ICE-lite and DTLS server: a=setup:passive.
 */


#ifndef RTC_SDP_ANSWER_H_INCLUDED
#define RTC_SDP_ANSWER_H_INCLUDED


#include "rtc_sdp.h"


/*
 * Our end of a peer connection, for answers and for offers.  The strings, the
 * fingerprint and the candidates must outlive the model.
 */

typedef struct {
    uint64_t                    id;         /* o=: below 2^63, fixed */
    uint64_t                    version;    /* + 1 for each description */
    rtc_str_t                   ufrag;
    rtc_str_t                   pwd;
    const uint8_t              *fingerprint;    /* SHA-256 of our certificate */
    const rtc_sdp_candidate_t  *candidates;
    size_t                      ncandidates;
    uint32_t                    codecs;     /* rtc_codec_bit() of what the
                                               room allows; 0: all we know */
    unsigned                    twcc:1;     /* we send (answer) or want
                                               (offer) transport-cc feedback */
    unsigned                    remb:1;     /* likewise goog-remb */
} rtc_sdp_local_t;


/*
 * What to do with one section of the offer.  All zero: keep it for later, as
 * inactive.  A section that the client rejects, of an unknown kind, not in the
 * BUNDLE group, or without a common codec is rejected, whatever stands here.
 * An application section is always accepted; nothing here concerns it.
 */

typedef struct {
    uint8_t                     direction;  /* RECVONLY: take the client's
                                               track; SENDONLY: send it one of
                                               ours; is cut to what the offer
                                               allows */
    uint8_t                     codec;      /* rtc_codec_e to put first, 0: the
                                               client's order */
    unsigned                    only:1;     /* leave out all codecs but that
                                               one (Firefox minds no order) */
    unsigned                    red:1;      /* accept RED, and put it first */
    unsigned                    nack:1;     /* of Opus; video always has it */
    unsigned                    dtx:1;      /* usedtx=1 */
    unsigned                    stereo:1;   /* RECVONLY: stereo=1 and its
                                               bitrate, SENDONLY:
                                               sprop-stereo=1 */
    uint32_t                    h264_profile;   /* SENDONLY: of the track,
                                                   goes first; 0: any */
    uint8_t                     refused;    /* rids not to take: bit N is the
                                               N-th of the offer's rids[] */

    /* SENDONLY: the track that the client gets here */
    rtc_str_t                   stream;     /* "PA_x|TR_y" */
    rtc_str_t                   track;      /* "TR_y" */
    rtc_str_t                   cname;
    uint32_t                    ssrc;
    uint32_t                    rtx_ssrc;   /* 0: none */
} rtc_sdp_decision_t;


/* whether the section can receive what the decision would send it */
int rtc_sdp_answer_sends(const rtc_sdp_media_t *offered,
    const rtc_sdp_decision_t *d);

/* the memory that rtc_sdp_answer() needs at most */
size_t rtc_sdp_answer_size(const rtc_sdp_t *offer);

/*
 * Builds the answer; decisions[] has one element for each section of the
 * offer.  Strings of the answer may point into the offer, which must outlive
 * it.  NULL, with *reason: the offer has no usable ICE credentials or
 * fingerprint, wants us to be DTLS client, wants no rtcp-mux or no bundle, or
 * leaves no section that we could accept.
 */
rtc_sdp_t *rtc_sdp_answer(rtc_arena_t *a, const rtc_sdp_t *offer,
    const rtc_sdp_local_t *local, const rtc_sdp_decision_t *decisions,
    const char **reason);


#endif /* RTC_SDP_ANSWER_H_INCLUDED */
