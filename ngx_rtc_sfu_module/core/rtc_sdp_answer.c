
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The answer to a client's offer (RFC 9429, 5.3).
 */


#include <stdio.h>

#include "rtc_sdp_answer.h"
#include "rtc_sdp_internal.h"


#define RTC_SDP_MAX_FMTP   128

/* the order of formats: see rtc_sdp_answer_rank() */
#define RTC_SDP_RANK_RED   0
#define RTC_SDP_RANK_WISH  1
#define RTC_SDP_RANK_REST  7
#define RTC_SDP_RANKS      13


typedef struct {
    rtc_arena_t               *arena;
    const rtc_sdp_t           *offer;
    const rtc_sdp_local_t     *local;
    const rtc_sdp_media_t     *transport;   /* of the offer */
    const rtc_sdp_decision_t  *opus;        /* whose flags all sections that
                                               are inactive take over */
    rtc_sdp_t                 *sdp;
} rtc_sdp_answer_t;


static int rtc_sdp_answer_check(rtc_sdp_answer_t *an, const char **reason);
static int rtc_sdp_answer_media(rtc_sdp_answer_t *an, size_t n,
    const rtc_sdp_decision_t *d);
static int rtc_sdp_answer_acceptable(rtc_sdp_answer_t *an,
    const rtc_sdp_media_t *o);
static int rtc_sdp_answer_rtp(rtc_sdp_answer_t *an, const rtc_sdp_media_t *o,
    rtc_sdp_media_t *m, const rtc_sdp_decision_t *d);
static int rtc_sdp_answer_source(rtc_sdp_answer_t *an, rtc_sdp_media_t *m,
    const rtc_sdp_decision_t *d);
static int rtc_sdp_answer_payloads(rtc_sdp_answer_t *an,
    const rtc_sdp_media_t *o, rtc_sdp_media_t *m, const rtc_sdp_decision_t *d);
static unsigned rtc_sdp_answer_rank(const rtc_sdp_media_t *o,
    const rtc_sdp_payload_t *f, const rtc_sdp_decision_t *d);
static unsigned rtc_sdp_answer_rank_h264(const rtc_sdp_payload_t *f,
    const rtc_sdp_decision_t *d);
static unsigned rtc_sdp_answer_rank_sent(const rtc_sdp_payload_t *f,
    uint32_t profile);
static int rtc_sdp_answer_payload(rtc_sdp_answer_t *an, rtc_sdp_media_t *m,
    const rtc_sdp_payload_t *f, const rtc_sdp_decision_t *d);
static int rtc_sdp_answer_fmtp(rtc_sdp_answer_t *an, rtc_sdp_media_t *m,
    rtc_sdp_payload_t *f, const rtc_sdp_decision_t *d);
static int rtc_sdp_answer_exts(rtc_sdp_answer_t *an, const rtc_sdp_media_t *o,
    rtc_sdp_media_t *m);
static int rtc_sdp_answer_rids(rtc_sdp_answer_t *an, const rtc_sdp_media_t *o,
    rtc_sdp_media_t *m, const rtc_sdp_decision_t *d);


size_t
rtc_sdp_answer_size(const rtc_sdp_t *offer)
{
    size_t                  i, size;
    const rtc_sdp_media_t  *m;

    size = RTC_ARENA_ALIGN
           + rtc_arena_cost(sizeof(rtc_sdp_t))
           + rtc_arena_cost(sizeof(rtc_sdp_fingerprint_t))
           + rtc_arena_cost(offer->nmedia * sizeof(rtc_sdp_media_t));

    for (i = 0; i < offer->nmedia; i++) {
        m = &offer->media[i];

        size += rtc_arena_cost(m->npayloads * sizeof(rtc_sdp_payload_t))
                + m->npayloads * rtc_arena_cost(RTC_SDP_MAX_FMTP)
                + rtc_arena_cost(m->nexts * sizeof(rtc_sdp_ext_t))
                + rtc_arena_cost(m->nrids * sizeof(rtc_sdp_rid_t))
                + rtc_arena_cost(sizeof(rtc_sdp_ssrc_t));
    }

    return size;
}


rtc_sdp_t *
rtc_sdp_answer(rtc_arena_t *a, const rtc_sdp_t *offer,
    const rtc_sdp_local_t *local, const rtc_sdp_decision_t *decisions,
    const char **reason)
{
    size_t             i;
    rtc_sdp_t         *sdp;
    rtc_sdp_media_t   *m;
    rtc_sdp_answer_t   an;

    memset(&an, 0, sizeof(rtc_sdp_answer_t));

    an.arena = a;
    an.offer = offer;
    an.local = local;

    if (rtc_sdp_answer_check(&an, reason) != RTC_OK) {
        return NULL;
    }

    for (i = 0; i < offer->nmedia; i++) {
        if (offer->media[i].kind == RTC_SDP_AUDIO && decisions[i].direction) {
            an.opus = &decisions[i];
            break;
        }
    }

    sdp = rtc_sdp_create(a, local, offer->nmedia);

    if (sdp == NULL) {
        *reason = "no memory";
        return NULL;
    }

    an.sdp = sdp;
    sdp->allow_mixed = offer->allow_mixed;

    for (i = 0; i < offer->nmedia; i++) {
        if (rtc_sdp_answer_media(&an, i, &decisions[i]) != RTC_OK) {
            *reason = "no memory";
            return NULL;
        }
    }

    m = rtc_sdp_transport(sdp);

    if (m == NULL) {
        *reason = "no section is acceptable";
        return NULL;
    }

    m->candidates = local->candidates;
    m->ncandidates = local->ncandidates;

    return sdp;
}


rtc_sdp_t *
rtc_sdp_create(rtc_arena_t *a, const rtc_sdp_local_t *local, size_t n)
{
    rtc_sdp_t  *sdp;

    sdp = rtc_arena_alloc(a, sizeof(rtc_sdp_t));

    if (sdp == NULL) {
        return NULL;
    }

    sdp->id = local->id;
    sdp->version = local->version;
    sdp->ice_lite = 1;
    sdp->nmedia = n;
    sdp->nfingerprints = 1;
    sdp->media = rtc_arena_array(a, n, sizeof(rtc_sdp_media_t));
    sdp->fingerprints = rtc_arena_alloc(a, sizeof(rtc_sdp_fingerprint_t));

    if (sdp->media == NULL || sdp->fingerprints == NULL) {
        return NULL;
    }

    sdp->fingerprints->bits = 256;
    memcpy(sdp->fingerprints->value, local->fingerprint, 32);

    return sdp;
}


void
rtc_sdp_set_transport(rtc_sdp_t *sdp, rtc_sdp_media_t *m,
    const rtc_sdp_local_t *local)
{
    m->ufrag = local->ufrag;
    m->pwd = local->pwd;
    m->fingerprints = sdp->fingerprints;
    m->nfingerprints = sdp->nfingerprints;
}


/* what is wrong with the offer as a whole */

static int
rtc_sdp_answer_check(rtc_sdp_answer_t *an, const char **reason)
{
    const rtc_sdp_media_t  *m;

    m = rtc_sdp_transport(an->offer);

    if (m == NULL) {
        *reason = "no section is acceptable";
        return RTC_ERROR;
    }

    if (m->ufrag.len == 0 || m->pwd.len == 0) {
        *reason = "no ICE credentials";
        return RTC_ERROR;
    }

    if (m->nfingerprints == 0) {
        *reason = "no usable fingerprint";
        return RTC_ERROR;
    }

    /* RFC 8842, 5.3: our "passive" answers actpass and active */

    if (m->setup == RTC_SDP_SETUP_PASSIVE
        || m->setup == RTC_SDP_SETUP_HOLDCONN)
    {
        *reason = "offer of a DTLS server";
        return RTC_ERROR;
    }

    an->transport = m;

    return RTC_OK;
}


static int
rtc_sdp_answer_media(rtc_sdp_answer_t *an, size_t n,
    const rtc_sdp_decision_t *d)
{
    rtc_sdp_media_t        *m;
    const rtc_sdp_media_t  *o;

    o = &an->offer->media[n];
    m = &an->sdp->media[n];

    m->kind = o->kind;
    m->mid = o->mid;
    m->media = o->media;
    m->proto = o->proto;
    m->formats = o->formats;

    if (!rtc_sdp_answer_acceptable(an, o)) {
        m->rejected = 1;
        return RTC_OK;
    }

    rtc_sdp_set_transport(an->sdp, m, an->local);

    m->setup = RTC_SDP_SETUP_PASSIVE;
    m->bundled = o->bundled;

    if (o->kind != RTC_SDP_APPLICATION) {
        return rtc_sdp_answer_rtp(an, o, m, d);
    }

    m->sctp_port = RTC_SDP_SCTP_PORT;
    m->max_message_size = RTC_SDP_MAX_MESSAGE_SIZE;

    return RTC_OK;
}


/*
 * Everything goes over one transport: all that is accepted is in its BUNDLE
 * group, and without a group there is one section.
 */

static int
rtc_sdp_answer_acceptable(rtc_sdp_answer_t *an, const rtc_sdp_media_t *o)
{
    if (o->rejected || (o != an->transport && !o->bundled)) {
        return 0;
    }

    switch (o->kind) {

    case RTC_SDP_AUDIO:
    case RTC_SDP_VIDEO:
        return o->rtcp_mux && rtc_str_eq(o->proto, "UDP/TLS/RTP/SAVPF");

    case RTC_SDP_APPLICATION:
        return (rtc_str_eq(o->proto, "UDP/DTLS/SCTP")
                || rtc_str_eq(o->proto, "TCP/DTLS/SCTP"))
               && rtc_str_eq(o->formats, "webrtc-datachannel");

    default:
        return 0;
    }
}


static int
rtc_sdp_answer_rtp(rtc_sdp_answer_t *an, const rtc_sdp_media_t *o,
    rtc_sdp_media_t *m, const rtc_sdp_decision_t *d)
{
    m->rtcp_mux = 1;
    m->rtcp_rsize = o->rtcp_rsize;
    m->direction = d->direction & rtc_sdp_reverse(o->direction);

    if (rtc_sdp_answer_payloads(an, o, m, d) != RTC_OK) {
        return RTC_ERROR;
    }

    if (m->npayloads == 0) {
        m->rejected = 1;
        m->bundled = 0;
        return RTC_OK;
    }

    if (rtc_sdp_answer_exts(an, o, m) != RTC_OK) {
        return RTC_ERROR;
    }

    if ((m->direction & RTC_SDP_RECVONLY)
        && rtc_sdp_answer_rids(an, o, m, d) != RTC_OK)
    {
        return RTC_ERROR;
    }

    if (m->direction & RTC_SDP_SENDONLY) {
        return rtc_sdp_answer_source(an, m, d);
    }

    return RTC_OK;
}


static int
rtc_sdp_answer_source(rtc_sdp_answer_t *an, rtc_sdp_media_t *m,
    const rtc_sdp_decision_t *d)
{
    rtc_sdp_ssrc_t  *s;

    s = rtc_arena_alloc(an->arena, sizeof(rtc_sdp_ssrc_t));

    if (s == NULL) {
        return RTC_ERROR;
    }

    s->ssrc = d->ssrc;
    s->cname = d->cname;
    s->stream = d->stream;
    s->track = d->track;

    if (rtc_sdp_payload_codec(m, RTC_CODEC_RTX) != NULL) {
        s->rtx = d->rtx_ssrc;
    }

    m->ssrcs = s;
    m->nssrcs = 1;
    m->stream = d->stream;
    m->track = d->track;

    return RTC_OK;
}


static int
rtc_sdp_answer_allows(rtc_sdp_answer_t *an, unsigned codec)
{
    return an->local->codecs == 0
           || (an->local->codecs & rtc_codec_bit(codec)) != 0;
}


static int
rtc_sdp_answer_payloads(rtc_sdp_answer_t *an, const rtc_sdp_media_t *o,
    rtc_sdp_media_t *m, const rtc_sdp_decision_t *d)
{
    size_t                    i;
    unsigned                  rank, last;
    const rtc_sdp_payload_t  *f, *rtx;

    m->payloads = rtc_arena_array(an->arena, o->npayloads,
                                  sizeof(rtc_sdp_payload_t));
    if (m->payloads == NULL) {
        return RTC_ERROR;
    }

    last = RTC_SDP_RANKS;

    if (d->only && rtc_sdp_payload_codec(o, d->codec) != NULL) {
        last = RTC_SDP_RANK_REST;
    }

    for (rank = 0; rank < last; rank++) {
        for (i = 0; i < o->npayloads; i++) {
            f = &o->payloads[i];

            if (rtc_sdp_answer_rank(o, f, d) != rank
                || !rtc_sdp_answer_allows(an, f->codec)
                || (f->codec == RTC_CODEC_RED
                    && !rtc_sdp_answer_allows(an, RTC_CODEC_OPUS)))
            {
                continue;
            }

            if (rtc_sdp_answer_payload(an, m, f, d) != RTC_OK) {
                return RTC_ERROR;
            }

            rtx = rtc_sdp_payload_rtx(o, f->pt);

            if (rtx != NULL && rtx->clock == f->clock
                && rtc_sdp_answer_payload(an, m, rtx, d) != RTC_OK)
            {
                return RTC_ERROR;
            }
        }
    }

    return RTC_OK;
}


int
rtc_sdp_answer_sends(const rtc_sdp_media_t *offered,
    const rtc_sdp_decision_t *d)
{
    size_t                    i;
    const rtc_sdp_payload_t  *f;

    for (i = 0; i < offered->npayloads; i++) {
        f = &offered->payloads[i];

        if (f->codec == d->codec
            && rtc_sdp_answer_rank(offered, f, d) < RTC_SDP_RANK_REST)
        {
            return 1;
        }
    }

    return 0;
}


/* RED, then the codec that is wished for, then the rest */

static unsigned
rtc_sdp_answer_rank(const rtc_sdp_media_t *o, const rtc_sdp_payload_t *f,
    const rtc_sdp_decision_t *d)
{
    unsigned                  rank;
    const rtc_sdp_payload_t  *opus;

    rank = f->codec == d->codec ? RTC_SDP_RANK_WISH : RTC_SDP_RANK_REST;

    switch (f->codec) {

    case RTC_CODEC_OPUS:
    case RTC_CODEC_VP8:
        return rank;

    case RTC_CODEC_RED:
        opus = rtc_sdp_payload(o, f->apt);

        return d->red && opus != NULL && opus->codec == RTC_CODEC_OPUS
               ? RTC_SDP_RANK_RED : RTC_SDP_RANKS;

    case RTC_CODEC_VP9:
    case RTC_CODEC_AV1:
        return f->profile == 0 ? rank : RTC_SDP_RANKS;

    case RTC_CODEC_H264:
        return rtc_min(rank + rtc_sdp_answer_rank_h264(f, d), RTC_SDP_RANKS);

    default:
        return RTC_SDP_RANKS;
    }
}


/*
 * Six ranks: what every browser decodes goes first (RFC 7742, 6.2: constrained
 * baseline), since a publisher sends the first one and all others receive it.
 */

static unsigned
rtc_sdp_answer_rank_h264(const rtc_sdp_payload_t *f,
    const rtc_sdp_decision_t *d)
{
    unsigned  rank;

    if (f->packetization > 1) {
        return RTC_SDP_RANKS;
    }

    if ((d->direction & RTC_SDP_SENDONLY) && d->h264_profile) {
        return rtc_sdp_answer_rank_sent(f, d->h264_profile);
    }

    rank = f->packetization == 0 ? 3 : 0;

    switch (f->h264_profile >> 16) {
    case 0x42:
        return f->h264_profile & 0x4000 ? rank : rank + 1;
    case 0x4d:
        return rank + 2;
    default:
        return RTC_SDP_RANKS;
    }
}


/* profile_idc of the track, else the constrained baseline; any level */

static unsigned
rtc_sdp_answer_rank_sent(const rtc_sdp_payload_t *f, uint32_t profile)
{
    unsigned  rank;
    uint32_t  mask;

    rank = f->packetization == 0 ? 1 : 0;
    mask = profile >> 16 == 0x42 ? 0xff4000 : 0xff0000;

    if ((f->h264_profile & mask) == (profile & mask)) {
        return rank;
    }

    return (f->h264_profile & 0xff4000) == 0x424000 ? rank + 2 : RTC_SDP_RANKS;
}


static int
rtc_sdp_answer_payload(rtc_sdp_answer_t *an, rtc_sdp_media_t *m,
    const rtc_sdp_payload_t *f, const rtc_sdp_decision_t *d)
{
    unsigned            mask;
    rtc_sdp_payload_t  *e;

    mask = 0;

    if (f->codec != RTC_CODEC_RTX && f->codec != RTC_CODEC_RED) {
        mask |= an->local->twcc ? RTC_SDP_FB_TRANSPORT_CC : 0;
        mask |= an->local->remb ? RTC_SDP_FB_REMB : 0;

        if (m->kind == RTC_SDP_VIDEO) {
            mask |= RTC_SDP_FB_NACK | RTC_SDP_FB_PLI | RTC_SDP_FB_FIR;
        }
    }

    e = &m->payloads[m->npayloads++];
    *e = *f;

    e->feedback &= mask;

    if (f->codec == RTC_CODEC_OPUS && d->nack) {
        /* browsers offer none for audio, but honour it */
        e->feedback |= RTC_SDP_FB_NACK;
    }

    return rtc_sdp_answer_fmtp(an, m, e, d);
}


/*
 * Parameters are of our own writing, never echoed.  The same payload type gets
 * the same ones in all sections that are not told otherwise: libwebrtc wants
 * it so within a BUNDLE group.
 */

static int
rtc_sdp_answer_fmtp(rtc_sdp_answer_t *an, rtc_sdp_media_t *m,
    rtc_sdp_payload_t *f, const rtc_sdp_decision_t *d)
{
    int          n;
    char         buf[RTC_SDP_MAX_FMTP];
    const char  *stereo;

    switch (f->codec) {

    case RTC_CODEC_OPUS:

        if (m->direction == RTC_SDP_INACTIVE && an->opus != NULL) {
            d = an->opus;
        }

        stereo = d->direction & RTC_SDP_SENDONLY
                 ? ";sprop-stereo=1" : ";stereo=1;maxaveragebitrate=510000";

        n = snprintf(buf, sizeof(buf), "minptime=10;useinbandfec=1%s%s",
                     d->dtx ? ";usedtx=1" : "", d->stereo ? stereo : "");
        break;

    case RTC_CODEC_RED:
        n = snprintf(buf, sizeof(buf), "%u/%u", f->apt, f->apt);
        break;

    case RTC_CODEC_RTX:
        n = snprintf(buf, sizeof(buf), "apt=%u", f->apt);
        break;

    case RTC_CODEC_VP9:
        n = snprintf(buf, sizeof(buf), "profile-id=%u", f->profile);
        break;

    case RTC_CODEC_H264:
        n = snprintf(buf, sizeof(buf),
                     "%spacketization-mode=%u;profile-level-id=%06x",
                     f->level_asymmetry ? "level-asymmetry-allowed=1;" : "",
                     f->packetization, f->h264_profile);
        break;

    default:
        n = 0;
        break;
    }

    f->fmtp.len = n;
    f->fmtp.data = rtc_arena_copy(an->arena, buf, n);

    return f->fmtp.data ? RTC_OK : RTC_ERROR;
}


static int
rtc_sdp_answer_ext_allowed(rtc_sdp_answer_t *an, unsigned kind, unsigned ext)
{
    switch (ext) {

    case RTC_EXT_MID:
    case RTC_EXT_RID:
    case RTC_EXT_ABS_CAPTURE_TIME:
        return 1;

    case RTC_EXT_TRANSPORT_CC:
        return an->local->twcc;

    case RTC_EXT_ABS_SEND_TIME:
        return an->local->remb;

    case RTC_EXT_AUDIO_LEVEL:
        return kind == RTC_SDP_AUDIO;

    case RTC_EXT_RRID:
    case RTC_EXT_DEPENDENCY:
    case RTC_EXT_LAYERS_ALLOCATION:
        return kind == RTC_SDP_VIDEO;

    default:
        return 0;
    }
}


static int
rtc_sdp_answer_exts(rtc_sdp_answer_t *an, const rtc_sdp_media_t *o,
    rtc_sdp_media_t *m)
{
    size_t                i;
    unsigned              direction;
    rtc_sdp_ext_t        *e;
    const rtc_sdp_ext_t  *x;

    m->exts = rtc_arena_array(an->arena, o->nexts, sizeof(rtc_sdp_ext_t));

    if (m->exts == NULL) {
        return RTC_ERROR;
    }

    for (i = 0; i < o->nexts; i++) {
        x = &o->exts[i];
        direction = rtc_sdp_reverse(x->direction);

        if (!rtc_sdp_answer_ext_allowed(an, m->kind, x->ext)
            || (m->direction && !(m->direction & direction)))
        {
            continue;
        }

        e = &m->exts[m->nexts++];
        e->id = x->id;
        e->ext = x->ext;
        e->direction = (uint8_t) direction;
    }

    return RTC_OK;
}


static int
rtc_sdp_answer_rids(rtc_sdp_answer_t *an, const rtc_sdp_media_t *o,
    rtc_sdp_media_t *m, const rtc_sdp_decision_t *d)
{
    size_t          i;
    rtc_sdp_rid_t  *rid;

    /* layers are told apart by these only: their SSRCs are not signalled */

    if (!rtc_sdp_ext_id(m, RTC_EXT_MID) || !rtc_sdp_ext_id(m, RTC_EXT_RID)) {
        return RTC_OK;
    }

    m->rids = rtc_arena_array(an->arena, o->nrids, sizeof(rtc_sdp_rid_t));

    if (m->rids == NULL) {
        return RTC_ERROR;
    }

    for (i = 0; i < o->nrids; i++) {
        if (o->rids[i].direction != RTC_SDP_SENDONLY || d->refused & 1u << i) {
            continue;
        }

        rid = &m->rids[m->nrids++];
        *rid = o->rids[i];
        rid->direction = RTC_SDP_RECVONLY;
    }

    return RTC_OK;
}
