
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The formats of a section: payload types with their parameters and feedback,
 * header extensions.
 */


#include "rtc_sdp_internal.h"


/*
 * The payload that a line of "<pt> ..." is about.  NULL is no error: the m=
 * line may lack what a later line still describes.
 */

static rtc_sdp_payload_t *
rtc_sdp_attr_payload(rtc_sdp_parser_t *p, rtc_str_t word)
{
    size_t    i;
    uint64_t  pt;

    if (rtc_sdp_number(word, 127, &pt) != RTC_OK) {
        return NULL;
    }

    for (i = 0; i < p->cur.npayloads; i++) {
        if (p->cur.payloads[i].pt == pt) {
            return &p->cur.payloads[i];
        }
    }

    return NULL;
}


/* whether a codec of this name may stand in a section of this kind */

static rtc_codec_e
rtc_sdp_codec(const rtc_sdp_payload_t *f, unsigned kind)
{
    rtc_codec_e  codec;

    codec = rtc_codec_find(f->name);

    switch (codec) {

    case RTC_CODEC_OPUS:
    case RTC_CODEC_RED:
        return kind == RTC_SDP_AUDIO && f->clock == 48000 && f->channels == 2
               ? codec : RTC_CODEC_NONE;

    case RTC_CODEC_PCMU:
    case RTC_CODEC_PCMA:
        return kind == RTC_SDP_AUDIO && f->clock == 8000 && f->channels == 1
               ? codec : RTC_CODEC_NONE;

    case RTC_CODEC_RTX:
        return codec;

    default:
        return kind == RTC_SDP_VIDEO && f->clock == 90000
               ? codec : RTC_CODEC_NONE;
    }
}


/* a=rtpmap:<pt> <name>/<clock>[/<channels>] */

int
rtc_sdp_attr_rtpmap(rtc_sdp_parser_t *p, rtc_str_t s)
{
    uint64_t            clock, channels;
    rtc_str_t           word, name;
    rtc_sdp_payload_t  *f;

    f = rtc_sdp_attr_payload(p, rtc_sdp_word(&s));

    if (f == NULL) {
        return RTC_OK;
    }

    word = rtc_sdp_word(&s);
    name = rtc_sdp_cut(&word, '/');
    channels = 1;

    if (!rtc_sdp_is_token(name, 32)
        || rtc_sdp_number(rtc_sdp_cut(&word, '/'), UINT32_MAX, &clock)
           != RTC_OK
        || (word.len != 0 && rtc_sdp_number(word, 255, &channels) != RTC_OK))
    {
        return rtc_sdp_error(p, "malformed rtpmap");
    }

    f->name = name;
    f->clock = (uint32_t) clock;
    f->channels = (uint8_t) channels;

    /* RFC 7587, 7: always two; GStreamer leaves them out */

    if (channels == 1 && rtc_sdp_str_case(name, "opus")) {
        f->channels = 2;
    }

    f->codec = rtc_sdp_codec(f, p->cur.media->kind);

    return RTC_OK;
}


int
rtc_sdp_attr_fmtp(rtc_sdp_parser_t *p, rtc_str_t s)
{
    rtc_sdp_payload_t  *f;

    f = rtc_sdp_attr_payload(p, rtc_sdp_word(&s));

    if (f != NULL) {
        f->fmtp = s;
    }

    return RTC_OK;
}


static void
rtc_sdp_parameter(rtc_sdp_payload_t *f, rtc_str_t name, rtc_str_t value)
{
    uint32_t  hex;
    uint64_t  n;

    switch (f->codec) {

    case RTC_CODEC_RTX:

        if (rtc_sdp_str_case(name, "apt")
            && rtc_sdp_number(value, 127, &n) == RTC_OK)
        {
            f->apt = (uint8_t) n;
        }

        return;

    case RTC_CODEC_VP9:
    case RTC_CODEC_AV1:

        if ((rtc_sdp_str_case(name, "profile-id")
             || rtc_sdp_str_case(name, "profile"))
            && rtc_sdp_number(value, 255, &n) == RTC_OK)
        {
            f->profile = (uint8_t) n;
        }

        return;

    case RTC_CODEC_H264:

        if (rtc_sdp_str_case(name, "profile-level-id")
            && rtc_sdp_hex(value, 6, &hex) == RTC_OK)
        {
            f->h264_profile = hex;

        } else if (rtc_sdp_str_case(name, "packetization-mode")
                   && rtc_sdp_number(value, 255, &n) == RTC_OK)
        {
            f->packetization = (uint8_t) n;

        } else if (rtc_sdp_str_case(name, "level-asymmetry-allowed")) {
            f->level_asymmetry = rtc_str_eq(value, "1");
        }

        return;

    default:
        return;
    }
}


void
rtc_sdp_parse_fmtp(rtc_sdp_payload_t *f)
{
    uint64_t   n;
    rtc_str_t  rest, value, name, word;

    rest = f->fmtp;

    if (f->codec == RTC_CODEC_RED) {

        /* RFC 2198: 111/111 */

        if (rtc_sdp_number(rtc_sdp_cut(&rest, '/'), 127, &n) == RTC_OK) {
            f->apt = (uint8_t) n;
        }

        return;
    }

    if (f->codec == RTC_CODEC_H264) {
        f->h264_profile = 0x42000a;     /* RFC 6184, 8.1 */
    }

    while (rest.len != 0) {
        value = rtc_sdp_cut(&rest, ';');
        name = rtc_sdp_cut(&value, '=');

        name = rtc_sdp_word(&name);
        word = rtc_sdp_word(&value);

        rtc_sdp_parameter(f, name, word);
    }
}


/* a=rtcp-fb:<pt>|* <feedback> */

int
rtc_sdp_attr_rtcp_fb(rtc_sdp_parser_t *p, rtc_str_t s)
{
    size_t              i;
    uint8_t             feedback;
    rtc_str_t           word;
    rtc_sdp_payload_t  *f;

    word = rtc_sdp_word(&s);

    if (rtc_str_eq(s, "nack")) {
        feedback = RTC_SDP_FB_NACK;

    } else if (rtc_str_eq(s, "nack pli")) {
        feedback = RTC_SDP_FB_PLI;

    } else if (rtc_str_eq(s, "ccm fir")) {
        feedback = RTC_SDP_FB_FIR;

    } else if (rtc_str_eq(s, "transport-cc")) {
        feedback = RTC_SDP_FB_TRANSPORT_CC;

    } else if (rtc_str_eq(s, "goog-remb")) {
        feedback = RTC_SDP_FB_REMB;

    } else {
        return RTC_OK;
    }

    if (rtc_str_eq(word, "*")) {
        for (i = 0; i < p->cur.npayloads; i++) {
            p->cur.payloads[i].feedback |= feedback;
        }

        return RTC_OK;
    }

    f = rtc_sdp_attr_payload(p, word);

    if (f != NULL) {
        f->feedback |= feedback;
    }

    return RTC_OK;
}


static unsigned
rtc_sdp_direction(rtc_str_t s)
{
    if (rtc_str_eq(s, "sendonly")) {
        return RTC_SDP_SENDONLY;
    }

    if (rtc_str_eq(s, "recvonly")) {
        return RTC_SDP_RECVONLY;
    }

    return rtc_str_eq(s, "inactive") ? RTC_SDP_INACTIVE : RTC_SDP_SENDRECV;
}


/* a=extmap:<id>[/<direction>] <uri> (RFC 8285) */

int
rtc_sdp_attr_extmap(rtc_sdp_parser_t *p, rtc_str_t s)
{
    size_t              i;
    uint64_t            id;
    rtc_str_t           word;
    rtc_ext_e           ext;
    rtc_sdp_ext_t      *e;
    rtc_sdp_scratch_t  *cur;

    cur = &p->cur;
    word = rtc_sdp_word(&s);

    if (rtc_sdp_number(rtc_sdp_cut(&word, '/'), 255, &id) != RTC_OK
        || id == 0)
    {
        return rtc_sdp_error(p, "malformed extension id");
    }

    if (cur->ext_ids[id / 32] & 1u << id % 32) {
        return rtc_sdp_error(p, "extension id twice");
    }

    cur->ext_ids[id / 32] |= 1u << id % 32;

    /* 15 ends a one-byte header (RFC 8285, 4.2) */

    ext = rtc_ext_find(rtc_sdp_word(&s));

    if (ext == RTC_EXT_NONE || id == 15) {
        return RTC_OK;
    }

    for (i = 0; i < cur->nexts; i++) {
        if (cur->exts[i].ext == ext) {
            return RTC_OK;
        }
    }

    e = &cur->exts[cur->nexts++];
    e->id = (uint8_t) id;
    e->ext = ext;
    e->direction = rtc_sdp_direction(word);

    return RTC_OK;
}
