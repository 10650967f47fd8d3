
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the parts of the SDP code share: reading words and numbers of a line,
 * the parser's state between lines, and the start of a description of ours.
 */


#ifndef RTC_SDP_INTERNAL_H_INCLUDED
#define RTC_SDP_INTERNAL_H_INCLUDED


#include "rtc_sdp.h"
#include "rtc_sdp_answer.h"


#define RTC_SDP_MAX_GROUPS  RTC_SDP_MAX_SSRCS
#define RTC_SDP_MAX_MID     32


typedef struct {
    uint32_t                ssrc;
    uint32_t                rtx;
} rtc_sdp_fid_t;


/*
 * A section while its lines are read: the lists grow here, and are copied to
 * the arena in their final length.
 */

typedef struct {
    rtc_sdp_media_t        *media;      /* NULL: the session's own lines */

    rtc_sdp_payload_t       payloads[RTC_SDP_MAX_PAYLOADS];
    rtc_sdp_ext_t           exts[RTC_SDP_MAX_EXTS];
    rtc_sdp_ssrc_t          ssrcs[RTC_SDP_MAX_SSRCS];
    rtc_sdp_fid_t           fids[RTC_SDP_MAX_GROUPS];
    rtc_sdp_rid_t           rids[RTC_SDP_MAX_RIDS];
    rtc_sdp_fingerprint_t   fingerprints[RTC_SDP_MAX_FINGERPRINTS];

    size_t                  npayloads;
    size_t                  nexts;
    size_t                  nssrcs;
    size_t                  nfids;
    size_t                  nrids;
    size_t                  nfingerprints;

    uint32_t                ext_ids[8];     /* bit set of those taken */
    rtc_str_t               simulcast;
    rtc_str_t               ufrag;
    rtc_str_t               pwd;
    uint8_t                 setup;
    uint8_t                 direction;
    unsigned                direction_set:1;
    unsigned                bundle_only:1;
    unsigned                message_size_set:1;
} rtc_sdp_scratch_t;


typedef struct {
    rtc_arena_t            *arena;
    rtc_sdp_t              *sdp;
    const char             *reason;
    rtc_str_t               bundle;     /* the mids of the first group */

    /* what sections take over from the session */
    rtc_str_t               ufrag;
    rtc_str_t               pwd;
    uint8_t                 setup;
    uint8_t                 direction;

    rtc_sdp_scratch_t       cur;
} rtc_sdp_parser_t;


/* cuts the next word off *s; the word is empty at the end */
rtc_str_t rtc_sdp_word(rtc_str_t *s);

/* cuts *s at the first c: answers what is before it, *s is what is behind */
rtc_str_t rtc_sdp_cut(rtc_str_t *s, uint8_t c);

/* the whole of s as a decimal number up to max */
int rtc_sdp_number(rtc_str_t s, uint64_t max, uint64_t *value);

/* the whole of s as so many hexadecimal digits, at most 8 */
int rtc_sdp_hex(rtc_str_t s, size_t digits, uint32_t *value);

/* 1 to max bytes without spaces, printable ASCII */
int rtc_sdp_is_token(rtc_str_t s, size_t max);

int rtc_sdp_str_same(rtc_str_t a, rtc_str_t b);
int rtc_sdp_str_case(rtc_str_t s, const char *text);

/* the direction as the other side sees it */
unsigned rtc_sdp_reverse(unsigned direction);

/* answers RTC_ERROR, for the reason given */
int rtc_sdp_error(rtc_sdp_parser_t *p, const char *reason);

/* one attribute, without its "a=" */
int rtc_sdp_parse_attribute(rtc_sdp_parser_t *p, rtc_str_t line);

/* attributes of payload types and extensions */
int rtc_sdp_attr_rtpmap(rtc_sdp_parser_t *p, rtc_str_t s);
int rtc_sdp_attr_fmtp(rtc_sdp_parser_t *p, rtc_str_t s);
int rtc_sdp_attr_rtcp_fb(rtc_sdp_parser_t *p, rtc_str_t s);
int rtc_sdp_attr_extmap(rtc_sdp_parser_t *p, rtc_str_t s);

/* reads the fmtp of a payload whose codec is known */
void rtc_sdp_parse_fmtp(rtc_sdp_payload_t *f);


/* a description of ours with n empty sections; NULL: no memory */
rtc_sdp_t *rtc_sdp_create(rtc_arena_t *a, const rtc_sdp_local_t *local,
    size_t n);

/* gives a section of it our ICE credentials and fingerprint */
void rtc_sdp_set_transport(rtc_sdp_t *sdp, rtc_sdp_media_t *m,
    const rtc_sdp_local_t *local);


#endif /* RTC_SDP_INTERNAL_H_INCLUDED */
