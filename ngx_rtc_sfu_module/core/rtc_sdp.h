
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Session descriptions (RFC 8866, RFC 9429) as a bounded model: parse, look
 * up, write.  rtc_sdp_answer.h and rtc_sdp_offer.h build models to be written.
 *
 * A model and everything it points at lives in the arena it was built in,
 * except the strings that a caller gave to build it: these are the caller's.
 */


#ifndef RTC_SDP_H_INCLUDED
#define RTC_SDP_H_INCLUDED


#include "rtc_arena.h"
#include "rtc_codec.h"
#include "rtc_core.h"


#define RTC_SDP_MAX_TEXT          (1024 * 1024)
#define RTC_SDP_MAX_MEDIA         512
#define RTC_SDP_MAX_PAYLOADS      64    /* these and below: per section */
#define RTC_SDP_MAX_EXTS          (RTC_EXT_MAX - 1)
#define RTC_SDP_MAX_SSRCS         32
#define RTC_SDP_MAX_RIDS          8
#define RTC_SDP_MAX_FINGERPRINTS  4

#define RTC_SDP_MAX_CANDIDATE     128   /* bytes of one as text */

#define RTC_SDP_SCTP_PORT         5000
#define RTC_SDP_MAX_MESSAGE_SIZE  65535 /* what we take on data channels */


typedef enum {
    RTC_SDP_AUDIO = 0,
    RTC_SDP_VIDEO,
    RTC_SDP_APPLICATION,
    RTC_SDP_OTHER                       /* only ever rejected */
} rtc_sdp_kind_e;


/* bits, seen from the one who wrote the description */

typedef enum {
    RTC_SDP_INACTIVE = 0,
    RTC_SDP_SENDONLY = 1,
    RTC_SDP_RECVONLY = 2,
    RTC_SDP_SENDRECV = 3
} rtc_sdp_direction_e;


typedef enum {
    RTC_SDP_SETUP_NONE = 0,
    RTC_SDP_SETUP_ACTPASS,
    RTC_SDP_SETUP_ACTIVE,
    RTC_SDP_SETUP_PASSIVE,
    RTC_SDP_SETUP_HOLDCONN
} rtc_sdp_setup_e;


#define RTC_SDP_FB_NACK           0x01
#define RTC_SDP_FB_PLI            0x02
#define RTC_SDP_FB_FIR            0x04
#define RTC_SDP_FB_TRANSPORT_CC   0x08
#define RTC_SDP_FB_REMB           0x10


typedef struct {
    uint8_t                     pt;     /* 0 to 127 */
    uint8_t                     codec;  /* rtc_codec_e */
    uint8_t                     apt;    /* RTX: the payload type it repairs,
                                           RED: of its first block; else 0 */
    uint8_t                     channels;
    uint8_t                     feedback;       /* RTC_SDP_FB_* */
    uint8_t                     profile;        /* VP9 profile-id, AV1
                                                   profile */
    uint8_t                     packetization;  /* H264 mode */
    uint8_t                     level_asymmetry;    /* H264, allowed: 1 */
    uint32_t                    h264_profile;   /* H264 profile-level-id,
                                                   24 bits */
    uint32_t                    clock;
    rtc_str_t                   name;   /* as in rtpmap */
    rtc_str_t                   fmtp;   /* the parameters, empty if none */
} rtc_sdp_payload_t;


typedef struct {
    uint8_t                     id;     /* 1 to 255, never 15 */
    uint8_t                     ext;    /* rtc_ext_e; unknown ones are left
                                           out of the model */
    uint8_t                     direction;  /* rtc_sdp_direction_e */
} rtc_sdp_ext_t;


typedef struct {
    uint32_t                    ssrc;
    uint32_t                    rtx;    /* ssrc-group:FID, 0 if none; such an
                                           SSRC is not in the list itself */
    rtc_str_t                   cname;
    rtc_str_t                   stream; /* from a=ssrc:N msid:STREAM TRACK */
    rtc_str_t                   track;
} rtc_sdp_ssrc_t;


typedef struct {
    rtc_str_t                   id;
    uint8_t                     direction;  /* SENDONLY or RECVONLY */
    uint8_t                     simulcast;  /* 1: also in a=simulcast */
} rtc_sdp_rid_t;


typedef struct {
    uint16_t                    bits;   /* 256, 384 or 512 */
    uint8_t                     value[64];
} rtc_sdp_fingerprint_t;


/* a host candidate (RFC 8839); remote ones are not kept: we are ICE-lite */

typedef struct {
    uint8_t                     proto;  /* RTC_UDP or RTC_TCP (passive) */
    uint16_t                    port;
    uint32_t                    priority;
    rtc_str_t                   address;    /* text */
} rtc_sdp_candidate_t;


typedef struct {
    uint8_t                     kind;       /* rtc_sdp_kind_e */
    uint8_t                     direction;  /* rtc_sdp_direction_e */
    uint8_t                     setup;      /* rtc_sdp_setup_e */
    unsigned                    rejected:1; /* port 0 and not bundle-only */
    unsigned                    bundled:1;  /* in the (first) BUNDLE group */
    unsigned                    rtcp_mux:1;
    unsigned                    rtcp_rsize:1;

    rtc_str_t                   mid;    /* unique, 1 to 32 bytes; empty only
                                           in a rejected section */
    rtc_str_t                   media;      /* the words of the m= line */
    rtc_str_t                   proto;
    rtc_str_t                   formats;

    rtc_str_t                   ufrag;      /* of the session, if the section */
    rtc_str_t                   pwd;        /* has none; empty if neither */

    rtc_sdp_fingerprint_t      *fingerprints;   /* likewise; SHA-1 and MD5
                                                   are left out */
    size_t                      nfingerprints;

    rtc_sdp_payload_t          *payloads;   /* in order of preference; those
                                               without a name we know have
                                               codec RTC_CODEC_NONE */
    size_t                      npayloads;

    rtc_sdp_ext_t              *exts;
    size_t                      nexts;

    rtc_str_t                   stream;     /* a=msid:STREAM [TRACK], or what */
    rtc_str_t                   track;      /* the first a=ssrc msid says */

    rtc_sdp_ssrc_t             *ssrcs;
    size_t                      nssrcs;

    rtc_sdp_rid_t              *rids;       /* in order of a=simulcast, then
                                               those that are not in it */
    size_t                      nrids;

    uint16_t                    sctp_port;  /* application; 0: not given */
    uint32_t                    max_message_size;   /* 0: any (RFC 8841);
                                                       65536 if not given */

    const rtc_sdp_candidate_t  *candidates; /* only to be written */
    size_t                      ncandidates;
} rtc_sdp_media_t;


typedef struct {
    uint64_t                    id;         /* o= */
    uint64_t                    version;

    unsigned                    ice_lite:1;
    unsigned                    allow_mixed:1;  /* a=extmap-allow-mixed */

    rtc_sdp_fingerprint_t      *fingerprints;
    size_t                      nfingerprints;

    rtc_sdp_media_t            *media;
    size_t                      nmedia;
} rtc_sdp_t;


/* the number of sections of a text, as far as they can be taken */
size_t rtc_sdp_count_media(const void *p, size_t len);

/* the memory that rtc_sdp_parse() needs at most for this text */
size_t rtc_sdp_parse_size(const void *text, size_t len);

/*
 * Parses a description of at most max_media sections (never more than
 * RTC_SDP_MAX_MEDIA).  The text is copied into the arena.  Answers NULL for
 * what is malformed, beyond a bound, or needs more memory, and says why in
 * *reason (a constant).  Unknown attributes are skipped.
 */
rtc_sdp_t *rtc_sdp_parse(rtc_arena_t *a, const void *text, size_t len,
    unsigned max_media, const char **reason);

/*
 * Writes a description with CRLF line ends.  Answers its length, also when
 * that is more than size: then buf holds nothing useful, and a second call
 * with a buffer of that length succeeds (as snprintf(), without the zero).
 * RTC_ERROR: a string of the model holds a control character.
 */
ssize_t rtc_sdp_write(const rtc_sdp_t *sdp, char *buf, size_t size);


/*
 * A candidate of ours as "candidate:N ..." with a zero; text has room for
 * RTC_SDP_MAX_CANDIDATE bytes, which an address never exceeds.
 */
void rtc_sdp_write_candidate(const rtc_sdp_candidate_t *c, size_t n,
    char *text);


/* the section of a mid, or NULL */
rtc_sdp_media_t *rtc_sdp_find_mid(const rtc_sdp_t *sdp, rtc_str_t mid);

/*
 * The section whose transport all use: the first that is not rejected and, if
 * there is a BUNDLE group, bundled.  NULL: there is none.
 */
rtc_sdp_media_t *rtc_sdp_transport(const rtc_sdp_t *sdp);

/*
 * The track id that a client's section names, to be compared with
 * AddTrackRequest.cid: the second word of a=msid, else its only word, else
 * the track of a=ssrc msid.  RTC_DECLINED: none.
 */
int rtc_sdp_cid(const rtc_sdp_media_t *m, rtc_str_t *cid);

/* by number; the first of a codec; the RTX that repairs pt; or NULL */
rtc_sdp_payload_t *rtc_sdp_payload(const rtc_sdp_media_t *m, unsigned pt);
rtc_sdp_payload_t *rtc_sdp_payload_codec(const rtc_sdp_media_t *m,
    rtc_codec_e codec);
rtc_sdp_payload_t *rtc_sdp_payload_rtx(const rtc_sdp_media_t *m, unsigned pt);

/* the id of an extension in a section, 0 if it is not there */
unsigned rtc_sdp_ext_id(const rtc_sdp_media_t *m, rtc_ext_e ext);


/* what a section says about one codec */

typedef struct {
    uint8_t                     direction;  /* as its writer sees it */
    uint8_t                     codec;
    uint8_t                     pt;
    uint8_t                     rtx_pt;     /* 0: none */
    uint8_t                     red_pt;     /* 0: none; Opus only */
    uint8_t                     feedback;   /* RTC_SDP_FB_* of the codec */
    uint8_t                     exts[RTC_EXT_MAX];  /* id by rtc_ext_e, or 0 */
    uint32_t                    clock;
    rtc_str_t                   fmtp;
} rtc_sdp_negotiated_t;

/*
 * Reads what was agreed for the section of a mid: from the client's answer to
 * our offer, or from our own answer to a client.  For RTC_CODEC_NONE the
 * section's first codec that is neither RED nor RTX; for H264 packetization
 * mode 1 comes before mode 0.  RTC_DECLINED: there is no such mid, it is
 * rejected, or it is without the codec.
 */
int rtc_sdp_negotiated(const rtc_sdp_t *sdp, rtc_str_t mid, rtc_codec_e codec,
    rtc_sdp_negotiated_t *n);


#endif /* RTC_SDP_H_INCLUDED */
