
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The offer to a subscriber, and the check of its answer.
 */


#include <stdio.h>

#include "rtc_sdp_internal.h"
#include "rtc_sdp_offer.h"


#define RTC_SDP_MAX_FMTP      96
#define RTC_SDP_MAX_FORMATS   14        /* of one section of ours, with RTX */
#define RTC_SDP_MAX_WORD      256       /* bytes of an msid word */
#define RTC_SDP_H264_DEFAULT  0x42e01f


/*
 * Within a BUNDLE group a payload type must mean the same everywhere, so each
 * H264 profile has numbers of its own.  The level does not matter
 * (level-asymmetry-allowed, RFC 6184, 8.2.2) and is always 3.1.
 */

typedef struct {
    uint8_t         pt;
    uint8_t         rtx;
    uint8_t         packetization;
    uint32_t        profile;
} rtc_sdp_h264_t;


typedef struct {
    rtc_arena_t              *arena;
    rtc_sdp_media_t          *media;
    const rtc_sdp_section_t  *section;
    uint8_t                   feedback; /* of the formats but RTX and RED */
} rtc_sdp_offering_t;


static const rtc_sdp_h264_t  rtc_sdp_h264[] = {
    { RTC_PT_H264, RTC_PT_H264_RTX, 1, RTC_SDP_H264_DEFAULT },
    { 102, 103, 0, RTC_SDP_H264_DEFAULT },
    { 108, 109, 1, 0x42001f },
    { 104, 105, 0, 0x42001f },
    { 112, 113, 1, 0x4d001f },
    { 114, 115, 0, 0x4d001f },
    { 116, 117, 1, 0x64001f },
    { 118, 119, 0, 0x64001f }
};


static int rtc_sdp_offer_check(const rtc_sdp_section_t *s,
    const char **reason);
static int rtc_sdp_offer_rtp(rtc_arena_t *a, rtc_sdp_media_t *m,
    const rtc_sdp_local_t *local, const rtc_sdp_section_t *s);
static int rtc_sdp_offer_audio(rtc_sdp_offering_t *of);
static int rtc_sdp_offer_video(rtc_sdp_offering_t *of, uint32_t codecs);
static int rtc_sdp_offer_codec(rtc_sdp_offering_t *of, unsigned codec);
static int rtc_sdp_offer_h264(rtc_sdp_offering_t *of, uint32_t profile);
static int rtc_sdp_offer_format(rtc_sdp_offering_t *of, unsigned codec,
    unsigned pt, unsigned rtx, const char *fmtp);
static int rtc_sdp_offer_exts(rtc_sdp_offering_t *of,
    const rtc_sdp_local_t *local);
static int rtc_sdp_offer_source(rtc_sdp_offering_t *of);


size_t
rtc_sdp_offer_size(size_t n)
{
    size_t  section;

    section = rtc_arena_cost(RTC_SDP_MAX_FORMATS * sizeof(rtc_sdp_payload_t))
              + RTC_SDP_MAX_FORMATS * rtc_arena_cost(RTC_SDP_MAX_FMTP)
              + rtc_arena_cost(RTC_SDP_MAX_EXTS * sizeof(rtc_sdp_ext_t))
              + rtc_arena_cost(sizeof(rtc_sdp_ssrc_t));

    n = rtc_min(n, RTC_SDP_MAX_MEDIA);

    return RTC_ARENA_ALIGN
           + rtc_arena_cost(sizeof(rtc_sdp_t))
           + rtc_arena_cost(sizeof(rtc_sdp_fingerprint_t))
           + rtc_arena_cost(n * sizeof(rtc_sdp_media_t))
           + n * section;
}


rtc_sdp_t *
rtc_sdp_offer(rtc_arena_t *a, const rtc_sdp_local_t *local,
    const rtc_sdp_section_t *sections, size_t n, const char **reason)
{
    size_t            i;
    rtc_sdp_t        *sdp;
    rtc_sdp_media_t  *m;

    static const rtc_str_t  kinds[] = {
        rtc_string("audio"), rtc_string("video"), rtc_string("application")
    };

    static const rtc_str_t  rtp = rtc_string("UDP/TLS/RTP/SAVPF");
    static const rtc_str_t  sctp = rtc_string("UDP/DTLS/SCTP");
    static const rtc_str_t  channel = rtc_string("webrtc-datachannel");

    if (n == 0 || n > RTC_SDP_MAX_MEDIA) {
        *reason = "number of sections";
        return NULL;
    }

    *reason = "no memory";

    sdp = rtc_sdp_create(a, local, n);

    if (sdp == NULL) {
        return NULL;
    }

    sdp->allow_mixed = 1;

    for (i = 0; i < n; i++) {
        if (rtc_sdp_offer_check(&sections[i], reason) != RTC_OK) {
            return NULL;
        }

        if (rtc_sdp_find_mid(sdp, sections[i].mid) != NULL) {
            *reason = "mid twice";
            return NULL;
        }

        m = &sdp->media[i];

        m->kind = sections[i].kind;
        m->mid = sections[i].mid;
        m->media = kinds[m->kind];
        m->setup = RTC_SDP_SETUP_ACTPASS;
        m->bundled = 1;

        rtc_sdp_set_transport(sdp, m, local);

        if (m->kind == RTC_SDP_APPLICATION) {
            m->proto = sctp;
            m->formats = channel;
            m->sctp_port = RTC_SDP_SCTP_PORT;
            m->max_message_size = RTC_SDP_MAX_MESSAGE_SIZE;
            continue;
        }

        m->proto = rtp;

        if (rtc_sdp_offer_rtp(a, m, local, &sections[i]) != RTC_OK) {
            return NULL;
        }

        if (m->npayloads == 0) {
            *reason = "section without a codec";
            return NULL;
        }
    }

    sdp->media[0].candidates = local->candidates;
    sdp->media[0].ncandidates = local->ncandidates;

    return sdp;
}


static int
rtc_sdp_offer_check(const rtc_sdp_section_t *s, const char **reason)
{
    if (s->kind > RTC_SDP_APPLICATION) {
        *reason = "section of unknown kind";
        return RTC_ERROR;
    }

    if (!rtc_sdp_is_token(s->mid, RTC_SDP_MAX_MID)) {
        *reason = "malformed mid";
        return RTC_ERROR;
    }

    if (s->direction == RTC_SDP_INACTIVE) {
        return RTC_OK;
    }

    if (s->direction != RTC_SDP_SENDONLY
        || s->ssrc == 0
        || !rtc_sdp_is_token(s->stream, RTC_SDP_MAX_WORD)
        || !rtc_sdp_is_token(s->track, RTC_SDP_MAX_WORD)
        || !rtc_sdp_is_token(s->cname, RTC_SDP_MAX_WORD))
    {
        *reason = "section without a track";
        return RTC_ERROR;
    }

    return RTC_OK;
}


static int
rtc_sdp_offer_rtp(rtc_arena_t *a, rtc_sdp_media_t *m,
    const rtc_sdp_local_t *local, const rtc_sdp_section_t *s)
{
    int                 rc;
    uint32_t            codecs;
    rtc_sdp_offering_t  of;

    codecs = RTC_CODECS_AUDIO | RTC_CODECS_VIDEO;

    if (local->codecs != 0) {
        codecs &= local->codecs;
    }

    if (s->codecs != 0) {
        codecs &= s->codecs;
    }

    of.arena = a;
    of.media = m;
    of.section = s;
    of.feedback = (local->twcc ? RTC_SDP_FB_TRANSPORT_CC : 0)
                  | (local->remb ? RTC_SDP_FB_REMB : 0);

    m->direction = s->direction;
    m->rtcp_mux = 1;
    m->rtcp_rsize = 1;

    m->payloads = rtc_arena_array(a, RTC_SDP_MAX_FORMATS,
                                  sizeof(rtc_sdp_payload_t));
    if (m->payloads == NULL) {
        return RTC_ERROR;
    }

    if (m->kind == RTC_SDP_VIDEO) {
        rc = rtc_sdp_offer_video(&of, codecs);

    } else {
        rc = codecs & rtc_codec_bit(RTC_CODEC_OPUS) ? rtc_sdp_offer_audio(&of)
                                                    : RTC_OK;
    }

    if (rc != RTC_OK || rtc_sdp_offer_exts(&of, local) != RTC_OK) {
        return RTC_ERROR;
    }

    return s->direction ? rtc_sdp_offer_source(&of) : RTC_OK;
}


static int
rtc_sdp_offer_audio(rtc_sdp_offering_t *of)
{
    const rtc_sdp_section_t  *s;

    s = of->section;

    if (s->nack && !s->red) {
        of->feedback |= RTC_SDP_FB_NACK;
    }

    if (s->red
        && rtc_sdp_offer_format(of, RTC_CODEC_RED, RTC_PT_RED, 0, "111/111")
           != RTC_OK)
    {
        return RTC_ERROR;
    }

    return rtc_sdp_offer_format(of, RTC_CODEC_OPUS, RTC_PT_OPUS, 0,
                                s->stereo
                                ? "minptime=10;useinbandfec=1;sprop-stereo=1"
                                : "minptime=10;useinbandfec=1");
}


static int
rtc_sdp_offer_video(rtc_sdp_offering_t *of, uint32_t codecs)
{
    size_t   i;
    unsigned first;

    static const uint8_t  order[] = {
        RTC_CODEC_VP8, RTC_CODEC_VP9, RTC_CODEC_H264, RTC_CODEC_AV1
    };

    of->feedback |= RTC_SDP_FB_NACK | RTC_SDP_FB_PLI | RTC_SDP_FB_FIR;

    first = of->section->codec;

    if (codecs & RTC_CODECS_VIDEO & rtc_codec_bit(first)) {
        if (rtc_sdp_offer_codec(of, first) != RTC_OK) {
            return RTC_ERROR;
        }
    }

    for (i = 0; i < rtc_nelts(order); i++) {
        if (order[i] != first && codecs & rtc_codec_bit(order[i])
            && rtc_sdp_offer_codec(of, order[i]) != RTC_OK)
        {
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


static int
rtc_sdp_offer_codec(rtc_sdp_offering_t *of, unsigned codec)
{
    uint32_t  profile;

    switch (codec) {

    case RTC_CODEC_VP8:
        return rtc_sdp_offer_format(of, codec, RTC_PT_VP8, RTC_PT_VP8_RTX, "");

    case RTC_CODEC_VP9:
        return rtc_sdp_offer_format(of, codec, RTC_PT_VP9, RTC_PT_VP9_RTX,
                                    "profile-id=0");

    case RTC_CODEC_AV1:
        return rtc_sdp_offer_format(of, codec, RTC_PT_AV1, RTC_PT_AV1_RTX, "");

    default:                            /* RTC_CODEC_H264 */
        break;
    }

    profile = of->section->h264_profile;

    /* the constrained baseline is what all receivers accept (RFC 7742, 6.2) */

    if (profile != 0 && rtc_sdp_offer_h264(of, profile) != RTC_OK) {
        return RTC_ERROR;
    }

    if (rtc_sdp_payload(of->media, RTC_PT_H264) != NULL) {
        return RTC_OK;
    }

    return rtc_sdp_offer_h264(of, RTC_SDP_H264_DEFAULT);
}


/* both packetization modes of a profile; one that we do not know is left out */

static int
rtc_sdp_offer_h264(rtc_sdp_offering_t *of, uint32_t profile)
{
    char                   fmtp[RTC_SDP_MAX_FMTP];
    size_t                 i;
    uint32_t               mask;
    const rtc_sdp_h264_t  *h;

    /* profile_idc, and constraint_set1_flag of the baseline */

    mask = profile >> 16 == 0x42 ? 0xff4000 : 0xff0000;

    for (i = 0; i < rtc_nelts(rtc_sdp_h264); i++) {
        h = &rtc_sdp_h264[i];

        if ((h->profile & mask) != (profile & mask)) {
            continue;
        }

        snprintf(fmtp, sizeof(fmtp), "level-asymmetry-allowed=1;"
                 "packetization-mode=%u;profile-level-id=%06x",
                 h->packetization, h->profile);

        if (rtc_sdp_offer_format(of, RTC_CODEC_H264, h->pt, h->rtx, fmtp)
            != RTC_OK)
        {
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


/* one payload type, and the one that repairs it */

static int
rtc_sdp_offer_format(rtc_sdp_offering_t *of, unsigned codec, unsigned pt,
    unsigned rtx, const char *fmtp)
{
    char                apt[RTC_SDP_MAX_FMTP];
    rtc_sdp_media_t    *m;
    rtc_sdp_payload_t  *f;

    m = of->media;
    f = &m->payloads[m->npayloads++];

    f->pt = (uint8_t) pt;
    f->codec = (uint8_t) codec;
    f->name.data = (const uint8_t *) rtc_codec_name(codec);
    f->name.len = strlen(rtc_codec_name(codec));
    f->clock = m->kind == RTC_SDP_VIDEO ? 90000 : 48000;
    f->channels = m->kind == RTC_SDP_VIDEO ? 1 : 2;

    if (codec != RTC_CODEC_RTX && codec != RTC_CODEC_RED) {
        f->feedback = of->feedback;
    }

    f->fmtp.len = strlen(fmtp);
    f->fmtp.data = rtc_arena_copy(of->arena, fmtp, f->fmtp.len);

    if (f->fmtp.data == NULL) {
        return RTC_ERROR;
    }

    rtc_sdp_parse_fmtp(f);

    if (rtx == 0) {
        return RTC_OK;
    }

    snprintf(apt, sizeof(apt), "apt=%u", pt);

    return rtc_sdp_offer_format(of, RTC_CODEC_RTX, rtx, 0, apt);
}


static int
rtc_sdp_offer_exts(rtc_sdp_offering_t *of, const rtc_sdp_local_t *local)
{
    size_t            i;
    unsigned          ext;
    rtc_sdp_ext_t    *e;
    rtc_sdp_media_t  *m;

    static const uint8_t  exts[] = {
        RTC_EXT_ABS_SEND_TIME, RTC_EXT_TRANSPORT_CC, RTC_EXT_MID,
        RTC_EXT_ABS_CAPTURE_TIME, RTC_EXT_DEPENDENCY
    };

    m = of->media;
    m->exts = rtc_arena_array(of->arena, rtc_nelts(exts),
                              sizeof(rtc_sdp_ext_t));
    if (m->exts == NULL) {
        return RTC_ERROR;
    }

    for (i = 0; i < rtc_nelts(exts); i++) {
        ext = exts[i];

        if ((ext == RTC_EXT_ABS_SEND_TIME && !local->remb)
            || (ext == RTC_EXT_TRANSPORT_CC && !local->twcc)
            || (ext == RTC_EXT_DEPENDENCY && m->kind != RTC_SDP_VIDEO))
        {
            continue;
        }

        e = &m->exts[m->nexts++];
        e->id = (uint8_t) rtc_ext_offer_id(ext);
        e->ext = (uint8_t) ext;
        e->direction = RTC_SDP_SENDRECV;
    }

    return RTC_OK;
}


static int
rtc_sdp_offer_source(rtc_sdp_offering_t *of)
{
    rtc_sdp_ssrc_t           *e;
    rtc_sdp_media_t          *m;
    const rtc_sdp_section_t  *s;

    m = of->media;
    s = of->section;

    e = rtc_arena_alloc(of->arena, sizeof(rtc_sdp_ssrc_t));

    if (e == NULL) {
        return RTC_ERROR;
    }

    e->ssrc = s->ssrc;
    e->rtx = m->kind == RTC_SDP_VIDEO ? s->rtx_ssrc : 0;
    e->cname = s->cname;
    e->stream = s->stream;
    e->track = s->track;

    m->ssrcs = e;
    m->nssrcs = 1;
    m->stream = s->stream;
    m->track = s->track;

    return RTC_OK;
}


int
rtc_sdp_check_answer(const rtc_sdp_t *offer, const rtc_sdp_t *answer,
    const char **reason)
{
    size_t                  i;
    const rtc_sdp_media_t  *o, *m, *t;

    if (answer->nmedia != offer->nmedia) {
        *reason = "other number of sections than offered";
        return RTC_ERROR;
    }

    t = rtc_sdp_transport(answer);

    if (t == NULL) {
        *reason = "all sections are rejected";
        return RTC_ERROR;
    }

    if (t->ufrag.len == 0 || t->pwd.len == 0) {
        *reason = "no ICE credentials";
        return RTC_ERROR;
    }

    if (t->nfingerprints == 0) {
        *reason = "no usable fingerprint";
        return RTC_ERROR;
    }

    if (t->setup != RTC_SDP_SETUP_ACTIVE) {
        *reason = "answer of no DTLS client";
        return RTC_ERROR;
    }

    for (i = 0; i < answer->nmedia; i++) {
        o = &offer->media[i];
        m = &answer->media[i];

        if (m->kind != o->kind
            || (!(m->rejected && m->mid.len == 0)
                && !rtc_sdp_str_same(m->mid, o->mid)))
        {
            *reason = "other sections than offered";
            return RTC_ERROR;
        }

        if (m->rejected) {
            continue;
        }

        if (m != t && !m->bundled) {
            *reason = "section outside the BUNDLE group";
            return RTC_ERROR;
        }

        if (m->kind != RTC_SDP_APPLICATION && !m->rtcp_mux) {
            *reason = "section without rtcp-mux";
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}
