
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The attributes of a session description: one line, one handler.
 */


#include "rtc_sdp_internal.h"


#define RTC_SDP_IN_SESSION  1
#define RTC_SDP_IN_MEDIA    2
#define RTC_SDP_ANYWHERE    (RTC_SDP_IN_SESSION | RTC_SDP_IN_MEDIA)

#define RTC_SDP_MAX_ID      256         /* of msid words and cname */


typedef int (*rtc_sdp_attribute_pt)(rtc_sdp_parser_t *p, rtc_str_t value);


typedef struct {
    const char            *name;
    unsigned               where;
    rtc_sdp_attribute_pt   handler;
} rtc_sdp_attribute_t;


static int rtc_sdp_attr_mid(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_msid(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_ssrc(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_ssrc_group(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_rid(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_simulcast(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_ufrag(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_pwd(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_fingerprint(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_setup(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_sendrecv(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_sendonly(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_recvonly(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_inactive(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_group(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_ice_lite(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_allow_mixed(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_rtcp_mux(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_rtcp_rsize(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_bundle_only(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_sctp_port(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_attr_message_size(rtc_sdp_parser_t *p, rtc_str_t s);


/* a=candidate is not here: ICE-lite learns addresses from the checks */

static const rtc_sdp_attribute_t  rtc_sdp_attributes[] = {
    { "rtpmap", RTC_SDP_IN_MEDIA, rtc_sdp_attr_rtpmap },
    { "fmtp", RTC_SDP_IN_MEDIA, rtc_sdp_attr_fmtp },
    { "rtcp-fb", RTC_SDP_IN_MEDIA, rtc_sdp_attr_rtcp_fb },
    { "extmap", RTC_SDP_IN_MEDIA, rtc_sdp_attr_extmap },
    { "mid", RTC_SDP_IN_MEDIA, rtc_sdp_attr_mid },
    { "msid", RTC_SDP_IN_MEDIA, rtc_sdp_attr_msid },
    { "ssrc", RTC_SDP_IN_MEDIA, rtc_sdp_attr_ssrc },
    { "ssrc-group", RTC_SDP_IN_MEDIA, rtc_sdp_attr_ssrc_group },
    { "rid", RTC_SDP_IN_MEDIA, rtc_sdp_attr_rid },
    { "simulcast", RTC_SDP_IN_MEDIA, rtc_sdp_attr_simulcast },
    { "ice-ufrag", RTC_SDP_ANYWHERE, rtc_sdp_attr_ufrag },
    { "ice-pwd", RTC_SDP_ANYWHERE, rtc_sdp_attr_pwd },
    { "fingerprint", RTC_SDP_ANYWHERE, rtc_sdp_attr_fingerprint },
    { "setup", RTC_SDP_ANYWHERE, rtc_sdp_attr_setup },
    { "sendrecv", RTC_SDP_ANYWHERE, rtc_sdp_attr_sendrecv },
    { "sendonly", RTC_SDP_ANYWHERE, rtc_sdp_attr_sendonly },
    { "recvonly", RTC_SDP_ANYWHERE, rtc_sdp_attr_recvonly },
    { "inactive", RTC_SDP_ANYWHERE, rtc_sdp_attr_inactive },
    { "group", RTC_SDP_IN_SESSION, rtc_sdp_attr_group },
    { "ice-lite", RTC_SDP_IN_SESSION, rtc_sdp_attr_ice_lite },
    { "extmap-allow-mixed", RTC_SDP_ANYWHERE, rtc_sdp_attr_allow_mixed },
    { "rtcp-mux", RTC_SDP_IN_MEDIA, rtc_sdp_attr_rtcp_mux },
    { "rtcp-rsize", RTC_SDP_IN_MEDIA, rtc_sdp_attr_rtcp_rsize },
    { "bundle-only", RTC_SDP_IN_MEDIA, rtc_sdp_attr_bundle_only },
    { "sctp-port", RTC_SDP_IN_MEDIA, rtc_sdp_attr_sctp_port },
    { "max-message-size", RTC_SDP_IN_MEDIA, rtc_sdp_attr_message_size }
};


int
rtc_sdp_parse_attribute(rtc_sdp_parser_t *p, rtc_str_t line)
{
    size_t                      i;
    unsigned                    where;
    rtc_str_t                   name;
    const rtc_sdp_attribute_t  *attr;

    where = p->cur.media ? RTC_SDP_IN_MEDIA : RTC_SDP_IN_SESSION;
    name = rtc_sdp_cut(&line, ':');

    for (i = 0; i < rtc_nelts(rtc_sdp_attributes); i++) {
        attr = &rtc_sdp_attributes[i];

        if (rtc_str_eq(name, attr->name)) {
            return attr->where & where ? attr->handler(p, line) : RTC_OK;
        }
    }

    return RTC_OK;
}


static int
rtc_sdp_attr_mid(rtc_sdp_parser_t *p, rtc_str_t s)
{
    if (p->cur.media->mid.len != 0) {
        return rtc_sdp_error(p, "two mids in a section");
    }

    p->cur.media->mid = s;

    return s.len ? RTC_OK : rtc_sdp_error(p, "malformed mid");
}


/* <stream> [<track>] */

static int
rtc_sdp_read_msid(rtc_sdp_parser_t *p, rtc_str_t s, rtc_str_t *stream,
    rtc_str_t *track)
{
    *stream = rtc_sdp_word(&s);
    *track = rtc_sdp_word(&s);

    if (!rtc_sdp_is_token(*stream, RTC_SDP_MAX_ID)
        || (track->len != 0 && !rtc_sdp_is_token(*track, RTC_SDP_MAX_ID)))
    {
        return rtc_sdp_error(p, "malformed msid");
    }

    return RTC_OK;
}


/* of several lines (a track in several streams) the first counts */

static int
rtc_sdp_attr_msid(rtc_sdp_parser_t *p, rtc_str_t s)
{
    rtc_sdp_media_t  *m;

    m = p->cur.media;

    if (m->stream.len != 0) {
        return RTC_OK;
    }

    return rtc_sdp_read_msid(p, s, &m->stream, &m->track);
}


/* a=ssrc:<ssrc> <attribute>[:<value>] (RFC 5576) */

static int
rtc_sdp_attr_ssrc(rtc_sdp_parser_t *p, rtc_str_t s)
{
    size_t              i;
    uint64_t            ssrc;
    rtc_str_t           name;
    rtc_sdp_ssrc_t     *e;
    rtc_sdp_scratch_t  *cur;

    cur = &p->cur;

    if (rtc_sdp_number(rtc_sdp_word(&s), UINT32_MAX, &ssrc) != RTC_OK
        || ssrc == 0)
    {
        return rtc_sdp_error(p, "malformed ssrc");
    }

    for (i = 0; i < cur->nssrcs; i++) {
        if (cur->ssrcs[i].ssrc == ssrc) {
            break;
        }
    }

    if (i == RTC_SDP_MAX_SSRCS) {
        return rtc_sdp_error(p, "too many ssrcs");
    }

    e = &cur->ssrcs[i];

    if (i == cur->nssrcs) {
        cur->nssrcs++;
        e->ssrc = (uint32_t) ssrc;
    }

    name = rtc_sdp_cut(&s, ':');

    if (rtc_str_eq(name, "cname")) {
        if (!rtc_sdp_is_token(s, RTC_SDP_MAX_ID)) {
            return rtc_sdp_error(p, "malformed cname");
        }

        e->cname = s;

    } else if (rtc_str_eq(name, "msid")) {
        return rtc_sdp_read_msid(p, s, &e->stream, &e->track);
    }

    return RTC_OK;
}


static int
rtc_sdp_attr_ssrc_group(rtc_sdp_parser_t *p, rtc_str_t s)
{
    uint64_t        ssrc, rtx;
    rtc_sdp_fid_t  *fid;

    if (!rtc_str_eq(rtc_sdp_word(&s), "FID")) {
        return RTC_OK;
    }

    if (rtc_sdp_number(rtc_sdp_word(&s), UINT32_MAX, &ssrc) != RTC_OK
        || rtc_sdp_number(rtc_sdp_word(&s), UINT32_MAX, &rtx) != RTC_OK
        || s.len != 0)
    {
        return rtc_sdp_error(p, "malformed ssrc-group");
    }

    if (p->cur.nfids == RTC_SDP_MAX_GROUPS) {
        return rtc_sdp_error(p, "too many ssrc-groups");
    }

    fid = &p->cur.fids[p->cur.nfids++];
    fid->ssrc = (uint32_t) ssrc;
    fid->rtx = (uint32_t) rtx;

    return RTC_OK;
}


/* a=rid:<id> send|recv [<restrictions>] (RFC 8851) */

static int
rtc_sdp_attr_rid(rtc_sdp_parser_t *p, rtc_str_t s)
{
    size_t              i;
    rtc_str_t           id, direction;
    rtc_sdp_rid_t      *rid;
    rtc_sdp_scratch_t  *cur;

    cur = &p->cur;
    id = rtc_sdp_word(&s);
    direction = rtc_sdp_word(&s);

    /* what the one-byte header extension can carry */

    if (!rtc_sdp_is_token(id, 16)
        || (!rtc_str_eq(direction, "send") && !rtc_str_eq(direction, "recv")))
    {
        return rtc_sdp_error(p, "malformed rid");
    }

    for (i = 0; i < id.len; i++) {
        if (strchr(";,~=", id.data[i]) != NULL) {
            return rtc_sdp_error(p, "malformed rid");
        }
    }

    for (i = 0; i < cur->nrids; i++) {
        if (rtc_sdp_str_same(cur->rids[i].id, id)) {
            return rtc_sdp_error(p, "rid twice");
        }
    }

    if (cur->nrids == RTC_SDP_MAX_RIDS) {
        return rtc_sdp_error(p, "too many rids");
    }

    rid = &cur->rids[cur->nrids++];
    rid->id = id;
    rid->direction = rtc_str_eq(direction, "send") ? RTC_SDP_SENDONLY
                                                   : RTC_SDP_RECVONLY;

    return RTC_OK;
}


static int
rtc_sdp_attr_simulcast(rtc_sdp_parser_t *p, rtc_str_t s)
{
    if (p->cur.simulcast.len != 0) {
        return rtc_sdp_error(p, "two simulcast lines in a section");
    }

    p->cur.simulcast = s;

    return RTC_OK;
}


/* RFC 8839, 5.4: ice-char is ALPHA, DIGIT, "+" and "/" */

static int
rtc_sdp_is_ice(rtc_str_t s, size_t min)
{
    size_t   i;
    uint8_t  c;

    if (s.len < min || s.len > 256) {
        return 0;
    }

    for (i = 0; i < s.len; i++) {
        c = s.data[i];

        /* some clients use the base64url alphabet */

        if ((c < '0' || c > '9') && (c < 'A' || c > 'Z')
            && (c < 'a' || c > 'z')
            && c != '+' && c != '/' && c != '-' && c != '_')
        {
            return 0;
        }
    }

    return 1;
}


static int
rtc_sdp_attr_ufrag(rtc_sdp_parser_t *p, rtc_str_t s)
{
    if (!rtc_sdp_is_ice(s, 4)) {
        return rtc_sdp_error(p, "malformed ice-ufrag");
    }

    p->cur.ufrag = s;

    return RTC_OK;
}


static int
rtc_sdp_attr_pwd(rtc_sdp_parser_t *p, rtc_str_t s)
{
    if (!rtc_sdp_is_ice(s, 22)) {
        return rtc_sdp_error(p, "malformed ice-pwd");
    }

    p->cur.pwd = s;

    return RTC_OK;
}


/* a=fingerprint:<hash> AB:CD:... (RFC 8122) */

static int
rtc_sdp_attr_fingerprint(rtc_sdp_parser_t *p, rtc_str_t s)
{
    size_t                  i;
    uint32_t                byte;
    unsigned                bits;
    rtc_str_t               hash;
    rtc_sdp_fingerprint_t  *f;

    hash = rtc_sdp_word(&s);

    if (rtc_sdp_str_case(hash, "sha-256")) {
        bits = 256;

    } else if (rtc_sdp_str_case(hash, "sha-384")) {
        bits = 384;

    } else if (rtc_sdp_str_case(hash, "sha-512")) {
        bits = 512;

    } else {
        return RTC_OK;
    }

    if (p->cur.nfingerprints == RTC_SDP_MAX_FINGERPRINTS) {
        return rtc_sdp_error(p, "too many fingerprints");
    }

    f = &p->cur.fingerprints[p->cur.nfingerprints++];
    f->bits = (uint16_t) bits;

    for (i = 0; i < bits / 8; i++) {
        if (rtc_sdp_hex(rtc_sdp_cut(&s, ':'), 2, &byte) != RTC_OK) {
            return rtc_sdp_error(p, "malformed fingerprint");
        }

        f->value[i] = (uint8_t) byte;
    }

    return s.len == 0 ? RTC_OK : rtc_sdp_error(p, "malformed fingerprint");
}


static int
rtc_sdp_attr_setup(rtc_sdp_parser_t *p, rtc_str_t s)
{
    if (rtc_str_eq(s, "actpass")) {
        p->cur.setup = RTC_SDP_SETUP_ACTPASS;

    } else if (rtc_str_eq(s, "active")) {
        p->cur.setup = RTC_SDP_SETUP_ACTIVE;

    } else if (rtc_str_eq(s, "passive")) {
        p->cur.setup = RTC_SDP_SETUP_PASSIVE;

    } else if (rtc_str_eq(s, "holdconn")) {
        p->cur.setup = RTC_SDP_SETUP_HOLDCONN;

    } else {
        return rtc_sdp_error(p, "malformed setup");
    }

    return RTC_OK;
}


static int
rtc_sdp_set_direction(rtc_sdp_parser_t *p, unsigned direction)
{
    p->cur.direction = (uint8_t) direction;
    p->cur.direction_set = 1;

    return RTC_OK;
}


static int
rtc_sdp_attr_sendrecv(rtc_sdp_parser_t *p, rtc_str_t s)
{
    return rtc_sdp_set_direction(p, RTC_SDP_SENDRECV);
}


static int
rtc_sdp_attr_sendonly(rtc_sdp_parser_t *p, rtc_str_t s)
{
    return rtc_sdp_set_direction(p, RTC_SDP_SENDONLY);
}


static int
rtc_sdp_attr_recvonly(rtc_sdp_parser_t *p, rtc_str_t s)
{
    return rtc_sdp_set_direction(p, RTC_SDP_RECVONLY);
}


static int
rtc_sdp_attr_inactive(rtc_sdp_parser_t *p, rtc_str_t s)
{
    return rtc_sdp_set_direction(p, RTC_SDP_INACTIVE);
}


static int
rtc_sdp_attr_group(rtc_sdp_parser_t *p, rtc_str_t s)
{
    if (rtc_str_eq(rtc_sdp_word(&s), "BUNDLE") && p->bundle.len == 0) {
        p->bundle = s;
    }

    return RTC_OK;
}


static int
rtc_sdp_attr_ice_lite(rtc_sdp_parser_t *p, rtc_str_t s)
{
    p->sdp->ice_lite = 1;

    return RTC_OK;
}


static int
rtc_sdp_attr_allow_mixed(rtc_sdp_parser_t *p, rtc_str_t s)
{
    /* browsers say it for the session, or in each of the sections */

    p->sdp->allow_mixed = 1;

    return RTC_OK;
}


static int
rtc_sdp_attr_rtcp_mux(rtc_sdp_parser_t *p, rtc_str_t s)
{
    p->cur.media->rtcp_mux = 1;

    return RTC_OK;
}


static int
rtc_sdp_attr_rtcp_rsize(rtc_sdp_parser_t *p, rtc_str_t s)
{
    p->cur.media->rtcp_rsize = 1;

    return RTC_OK;
}


static int
rtc_sdp_attr_bundle_only(rtc_sdp_parser_t *p, rtc_str_t s)
{
    p->cur.bundle_only = 1;

    return RTC_OK;
}


static int
rtc_sdp_attr_sctp_port(rtc_sdp_parser_t *p, rtc_str_t s)
{
    uint64_t  port;

    if (rtc_sdp_number(s, 65535, &port) != RTC_OK) {
        return rtc_sdp_error(p, "malformed sctp-port");
    }

    p->cur.media->sctp_port = (uint16_t) port;

    return RTC_OK;
}


static int
rtc_sdp_attr_message_size(rtc_sdp_parser_t *p, rtc_str_t s)
{
    uint64_t  size;

    if (rtc_sdp_number(s, UINT64_MAX, &size) != RTC_OK) {
        return rtc_sdp_error(p, "malformed max-message-size");
    }

    p->cur.media->max_message_size = (uint32_t) rtc_min(size, UINT32_MAX);
    p->cur.message_size_set = 1;

    return RTC_OK;
}
