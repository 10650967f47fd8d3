
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The lines of a session description and the bounds of its sections
 * (RFC 8866); attributes are read in rtc_sdp_attr.c.
 */


#include "rtc_sdp_internal.h"


static int rtc_sdp_parse_line(rtc_sdp_parser_t *p, rtc_str_t line);
static int rtc_sdp_parse_origin(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_parse_media(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_parse_formats(rtc_sdp_parser_t *p, rtc_str_t s);
static int rtc_sdp_end_session(rtc_sdp_parser_t *p);
static int rtc_sdp_end_media(rtc_sdp_parser_t *p);
static void rtc_sdp_pair_ssrcs(rtc_sdp_scratch_t *cur);
static void rtc_sdp_order_rids(rtc_sdp_scratch_t *cur);
static int rtc_sdp_check_mid(rtc_sdp_parser_t *p);
static int rtc_sdp_bundle(rtc_sdp_parser_t *p);


size_t
rtc_sdp_parse_size(const void *text, size_t len)
{
    size_t  n, section;

    n = rtc_sdp_count_media(text, len);

    section = rtc_arena_cost(RTC_SDP_MAX_PAYLOADS * sizeof(rtc_sdp_payload_t))
              + rtc_arena_cost(RTC_SDP_MAX_EXTS * sizeof(rtc_sdp_ext_t))
              + rtc_arena_cost(RTC_SDP_MAX_SSRCS * sizeof(rtc_sdp_ssrc_t))
              + rtc_arena_cost(RTC_SDP_MAX_RIDS * sizeof(rtc_sdp_rid_t))
              + rtc_arena_cost(RTC_SDP_MAX_FINGERPRINTS
                               * sizeof(rtc_sdp_fingerprint_t));

    return RTC_ARENA_ALIGN
           + rtc_arena_cost(sizeof(rtc_sdp_t))
           + rtc_arena_cost(len)
           + rtc_arena_cost(n * sizeof(rtc_sdp_media_t))
           + rtc_arena_cost(RTC_SDP_MAX_FINGERPRINTS
                            * sizeof(rtc_sdp_fingerprint_t))
           + n * section;
}


size_t
rtc_sdp_count_media(const void *p, size_t len)
{
    size_t     n;
    rtc_str_t  text, line;

    n = 0;
    text.data = p;
    text.len = len;

    while (text.len != 0) {
        line = rtc_sdp_cut(&text, '\n');

        if (line.len >= 2 && line.data[0] == 'm' && line.data[1] == '=') {
            n++;
        }
    }

    return rtc_min(n, RTC_SDP_MAX_MEDIA);
}


rtc_sdp_t *
rtc_sdp_parse(rtc_arena_t *a, const void *text, size_t len,
    unsigned max_media, const char **reason)
{
    size_t            n;
    rtc_str_t         rest, line;
    rtc_sdp_parser_t  p;

    if (len > RTC_SDP_MAX_TEXT) {
        *reason = "description too long";
        return NULL;
    }

    memset(&p, 0, sizeof(rtc_sdp_parser_t));

    n = rtc_sdp_count_media(text, len);

    p.arena = a;
    p.direction = RTC_SDP_SENDRECV;
    p.sdp = rtc_arena_alloc(a, sizeof(rtc_sdp_t));
    rest.data = rtc_arena_copy(a, text, len);
    rest.len = len;

    if (p.sdp == NULL || rest.data == NULL) {
        *reason = "no memory";
        return NULL;
    }

    p.sdp->media = rtc_arena_array(a, n, sizeof(rtc_sdp_media_t));

    if (p.sdp->media == NULL) {
        *reason = "no memory";
        return NULL;
    }

    line = rtc_sdp_cut(&rest, '\n');

    if (!rtc_str_eq(line, "v=0") && !rtc_str_eq(line, "v=0\r")) {
        *reason = "not a session description";
        return NULL;
    }

    while (rest.len != 0) {
        line = rtc_sdp_cut(&rest, '\n');

        if (line.len >= 2 && line.data[0] == 'm' && line.data[1] == '='
            && p.sdp->nmedia >= rtc_min(max_media, n))
        {
            *reason = "too many sections";
            return NULL;
        }

        if (rtc_sdp_parse_line(&p, line) != RTC_OK) {
            *reason = p.reason;
            return NULL;
        }
    }

    if ((p.cur.media ? rtc_sdp_end_media(&p) : rtc_sdp_end_session(&p))
        != RTC_OK
        || rtc_sdp_bundle(&p) != RTC_OK)
    {
        *reason = p.reason;
        return NULL;
    }

    return p.sdp;
}


int
rtc_sdp_error(rtc_sdp_parser_t *p, const char *reason)
{
    p->reason = reason;

    return RTC_ERROR;
}


static int
rtc_sdp_parse_line(rtc_sdp_parser_t *p, rtc_str_t line)
{
    size_t     i;
    rtc_str_t  value;

    if (line.len != 0 && line.data[line.len - 1] == '\r') {
        line.len--;
    }

    for (i = 0; i < line.len; i++) {
        if ((line.data[i] < ' ' && line.data[i] != '\t')
            || line.data[i] == 0x7f)
        {
            return rtc_sdp_error(p, "control character");
        }
    }

    if (line.len < 2 || line.data[1] != '=') {
        return rtc_sdp_error(p, "malformed line");
    }

    value.data = line.data + 2;
    value.len = line.len - 2;

    switch (line.data[0]) {

    case 'a':
        return rtc_sdp_parse_attribute(p, value);

    case 'm':
        if ((p->cur.media ? rtc_sdp_end_media(p) : rtc_sdp_end_session(p))
            != RTC_OK)
        {
            return RTC_ERROR;
        }

        return rtc_sdp_parse_media(p, value);

    case 'o':
        return rtc_sdp_parse_origin(p, value);

    default:
        return RTC_OK;
    }
}


/* o=<username> <sess-id> <sess-version> <nettype> <addrtype> <address> */

static int
rtc_sdp_parse_origin(rtc_sdp_parser_t *p, rtc_str_t s)
{
    rtc_str_t  id, version;

    (void) rtc_sdp_word(&s);
    id = rtc_sdp_word(&s);
    version = rtc_sdp_word(&s);

    if (rtc_sdp_number(id, UINT64_MAX, &p->sdp->id) != RTC_OK
        || rtc_sdp_number(version, UINT64_MAX, &p->sdp->version) != RTC_OK)
    {
        return rtc_sdp_error(p, "malformed origin");
    }

    return RTC_OK;
}


/* m=<media> <port>[/<count>] <proto> <fmt> ... */

static int
rtc_sdp_parse_media(rtc_sdp_parser_t *p, rtc_str_t s)
{
    uint64_t          port;
    rtc_str_t         word;
    rtc_sdp_media_t  *m;

    m = &p->sdp->media[p->sdp->nmedia++];
    p->cur.media = m;

    m->media = rtc_sdp_word(&s);
    word = rtc_sdp_word(&s);
    m->proto = rtc_sdp_word(&s);
    m->formats = s;

    if (!rtc_sdp_is_token(m->media, 32)
        || !rtc_sdp_is_token(m->proto, 64)
        || rtc_sdp_number(rtc_sdp_cut(&word, '/'), 65535, &port) != RTC_OK
        || m->formats.len == 0)
    {
        return rtc_sdp_error(p, "malformed m-line");
    }

    m->rejected = (port == 0);

    if (rtc_str_eq(m->media, "audio")) {
        m->kind = RTC_SDP_AUDIO;

    } else if (rtc_str_eq(m->media, "video")) {
        m->kind = RTC_SDP_VIDEO;

    } else if (rtc_str_eq(m->media, "application")) {
        m->kind = RTC_SDP_APPLICATION;
        return RTC_OK;

    } else {
        m->kind = RTC_SDP_OTHER;
        return RTC_OK;
    }

    return rtc_sdp_parse_formats(p, s);
}


static int
rtc_sdp_parse_formats(rtc_sdp_parser_t *p, rtc_str_t s)
{
    size_t              i;
    uint64_t            pt;
    rtc_str_t           word;
    rtc_sdp_payload_t  *f;
    rtc_sdp_scratch_t  *cur;

    cur = &p->cur;

    for ( ;; ) {
        word = rtc_sdp_word(&s);

        if (word.len == 0) {
            return RTC_OK;
        }

        if (rtc_sdp_number(word, 127, &pt) != RTC_OK) {
            return rtc_sdp_error(p, "malformed payload type");
        }

        if (cur->npayloads == RTC_SDP_MAX_PAYLOADS) {
            return rtc_sdp_error(p, "too many payload types");
        }

        for (i = 0; i < cur->npayloads; i++) {
            if (cur->payloads[i].pt == pt) {
                return rtc_sdp_error(p, "payload type twice");
            }
        }

        f = &cur->payloads[cur->npayloads++];
        f->pt = (uint8_t) pt;
        f->channels = 1;

        /* RFC 3551: static types need no rtpmap */

        if (pt == 0 || pt == 8) {
            f->codec = pt ? RTC_CODEC_PCMA : RTC_CODEC_PCMU;
            f->clock = 8000;
        }
    }
}


static int
rtc_sdp_end_session(rtc_sdp_parser_t *p)
{
    rtc_sdp_t          *sdp;
    rtc_sdp_scratch_t  *cur;

    sdp = p->sdp;
    cur = &p->cur;

    p->ufrag = cur->ufrag;
    p->pwd = cur->pwd;
    p->setup = cur->setup;

    if (cur->direction_set) {
        p->direction = cur->direction;
    }

    sdp->nfingerprints = cur->nfingerprints;
    sdp->fingerprints = rtc_arena_copy(p->arena, cur->fingerprints,
                                       cur->nfingerprints
                                       * sizeof(rtc_sdp_fingerprint_t));
    if (sdp->fingerprints == NULL) {
        return rtc_sdp_error(p, "no memory");
    }

    memset(cur, 0, sizeof(rtc_sdp_scratch_t));

    return RTC_OK;
}


static int
rtc_sdp_end_media(rtc_sdp_parser_t *p)
{
    size_t              i;
    rtc_arena_t        *a;
    rtc_sdp_media_t    *m;
    rtc_sdp_scratch_t  *cur;

    a = p->arena;
    cur = &p->cur;
    m = cur->media;

    if (cur->bundle_only) {
        m->rejected = 0;
    }

    if (rtc_sdp_check_mid(p) != RTC_OK) {
        return RTC_ERROR;
    }

    m->direction = cur->direction_set ? cur->direction : p->direction;
    m->setup = cur->setup ? cur->setup : p->setup;

    m->ufrag = cur->ufrag.len ? cur->ufrag : p->ufrag;
    m->pwd = cur->pwd.len ? cur->pwd : p->pwd;

    /* RFC 8839, 5.4: the two belong together */

    if ((cur->ufrag.len == 0) != (cur->pwd.len == 0)
        || (m->ufrag.len == 0) != (m->pwd.len == 0))
    {
        return rtc_sdp_error(p, "half of the ICE credentials");
    }

    if (m->kind == RTC_SDP_APPLICATION && !cur->message_size_set) {
        m->max_message_size = 65536;
    }

    for (i = 0; i < cur->npayloads; i++) {
        rtc_sdp_parse_fmtp(&cur->payloads[i]);
    }

    rtc_sdp_pair_ssrcs(cur);
    rtc_sdp_order_rids(cur);

    if (m->stream.len == 0 && cur->nssrcs != 0) {
        m->stream = cur->ssrcs[0].stream;
        m->track = cur->ssrcs[0].track;
    }

    m->npayloads = cur->npayloads;
    m->payloads = rtc_arena_copy(a, cur->payloads, cur->npayloads
                                 * sizeof(rtc_sdp_payload_t));
    m->nexts = cur->nexts;
    m->exts = rtc_arena_copy(a, cur->exts, cur->nexts * sizeof(rtc_sdp_ext_t));
    m->nssrcs = cur->nssrcs;
    m->ssrcs = rtc_arena_copy(a, cur->ssrcs, cur->nssrcs
                              * sizeof(rtc_sdp_ssrc_t));
    m->nrids = cur->nrids;
    m->rids = rtc_arena_copy(a, cur->rids, cur->nrids * sizeof(rtc_sdp_rid_t));

    if (cur->nfingerprints != 0) {
        m->nfingerprints = cur->nfingerprints;
        m->fingerprints = rtc_arena_copy(a, cur->fingerprints,
                                         cur->nfingerprints
                                         * sizeof(rtc_sdp_fingerprint_t));
    } else {
        m->nfingerprints = p->sdp->nfingerprints;
        m->fingerprints = p->sdp->fingerprints;
    }

    if (m->payloads == NULL || m->exts == NULL || m->ssrcs == NULL
        || m->rids == NULL || m->fingerprints == NULL)
    {
        return rtc_sdp_error(p, "no memory");
    }

    memset(cur, 0, sizeof(rtc_sdp_scratch_t));

    return RTC_OK;
}


/* a repair SSRC becomes a member of the one it repairs (RFC 4588, 8.7) */

static void
rtc_sdp_pair_ssrcs(rtc_sdp_scratch_t *cur)
{
    size_t          i, j, k;
    rtc_sdp_fid_t  *fid;

    for (i = 0; i < cur->nfids; i++) {
        fid = &cur->fids[i];

        for (j = 0; j < cur->nssrcs; j++) {
            if (cur->ssrcs[j].ssrc == fid->ssrc) {
                break;
            }
        }

        if (j == cur->nssrcs) {
            continue;
        }

        cur->ssrcs[j].rtx = fid->rtx;

        for (k = 0; k < cur->nssrcs; k++) {
            if (cur->ssrcs[k].ssrc == fid->rtx && k != j) {
                cur->nssrcs--;
                memmove(&cur->ssrcs[k], &cur->ssrcs[k + 1],
                        (cur->nssrcs - k) * sizeof(rtc_sdp_ssrc_t));
                break;
            }
        }
    }
}


/* a=simulcast:send 1,4;2;~3 recv 5: the first of alternatives counts */

static void
rtc_sdp_order_rids(rtc_sdp_scratch_t *cur)
{
    size_t         i, done;
    unsigned       direction;
    rtc_str_t      value, list, item;
    rtc_sdp_rid_t  rid;

    done = 0;
    value = cur->simulcast;

    for ( ;; ) {
        item = rtc_sdp_word(&value);
        list = rtc_sdp_word(&value);

        if (rtc_str_eq(item, "send")) {
            direction = RTC_SDP_SENDONLY;

        } else if (rtc_str_eq(item, "recv")) {
            direction = RTC_SDP_RECVONLY;

        } else {
            return;
        }

        while (list.len != 0) {
            item = rtc_sdp_cut(&list, ';');
            item = rtc_sdp_cut(&item, ',');

            if (item.len != 0 && item.data[0] == '~') {
                item.data++;
                item.len--;
            }

            for (i = done; i < cur->nrids; i++) {
                if (cur->rids[i].direction != direction
                    || !rtc_sdp_str_same(cur->rids[i].id, item))
                {
                    continue;
                }

                rid = cur->rids[i];
                rid.simulcast = 1;

                memmove(&cur->rids[done + 1], &cur->rids[done],
                        (i - done) * sizeof(rtc_sdp_rid_t));

                cur->rids[done++] = rid;
                break;
            }
        }
    }
}


static int
rtc_sdp_check_mid(rtc_sdp_parser_t *p)
{
    size_t            i;
    rtc_sdp_media_t  *m;

    m = p->cur.media;

    if (m->mid.len == 0) {
        if (m->rejected) {
            return RTC_OK;
        }

        return rtc_sdp_error(p, "section without mid");
    }

    if (!rtc_sdp_is_token(m->mid, RTC_SDP_MAX_MID)) {
        return rtc_sdp_error(p, "malformed mid");
    }

    for (i = 0; &p->sdp->media[i] != m; i++) {
        if (rtc_sdp_str_same(p->sdp->media[i].mid, m->mid)) {
            return rtc_sdp_error(p, "mid twice");
        }
    }

    return RTC_OK;
}


static int
rtc_sdp_bundle(rtc_sdp_parser_t *p)
{
    size_t            n;
    rtc_str_t         mids, mid;
    rtc_sdp_media_t  *m;

    mids = p->bundle;

    for (n = 0; /* void */ ; n++) {
        mid = rtc_sdp_word(&mids);

        if (mid.len == 0) {
            return RTC_OK;
        }

        if (n == RTC_SDP_MAX_MEDIA) {
            return rtc_sdp_error(p, "group too long");
        }

        m = rtc_sdp_find_mid(p->sdp, mid);

        if (m != NULL) {
            m->bundled = !m->rejected;
        }
    }
}
