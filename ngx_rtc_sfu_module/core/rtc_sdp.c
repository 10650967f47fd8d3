
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Looking things up in a session description.
 */


#include <strings.h>

#include "rtc_sdp_internal.h"


rtc_str_t
rtc_sdp_cut(rtc_str_t *s, uint8_t c)
{
    rtc_str_t       head;
    const uint8_t  *p;

    head = *s;

    if (s->len == 0) {
        return head;
    }

    p = memchr(s->data, c, s->len);

    if (p == NULL) {
        s->data += s->len;
        s->len = 0;
        return head;
    }

    head.len = p - s->data;
    s->data = p + 1;
    s->len -= head.len + 1;

    return head;
}


rtc_str_t
rtc_sdp_word(rtc_str_t *s)
{
    while (s->len != 0 && s->data[0] == ' ') {
        s->data++;
        s->len--;
    }

    return rtc_sdp_cut(s, ' ');
}


int
rtc_sdp_number(rtc_str_t s, uint64_t max, uint64_t *value)
{
    size_t    i;
    uint64_t  n;
    unsigned  digit;

    if (s.len == 0) {
        return RTC_ERROR;
    }

    n = 0;

    for (i = 0; i < s.len; i++) {
        digit = (unsigned) s.data[i] - '0';

        if (digit > 9 || digit > max || n > (max - digit) / 10) {
            return RTC_ERROR;
        }

        n = n * 10 + digit;
    }

    *value = n;

    return RTC_OK;
}


int
rtc_sdp_hex(rtc_str_t s, size_t digits, uint32_t *value)
{
    size_t    i;
    uint8_t   c;
    uint32_t  n;

    if (s.len != digits) {
        return RTC_ERROR;
    }

    n = 0;

    for (i = 0; i < s.len; i++) {
        c = s.data[i];

        if (c >= '0' && c <= '9') {
            c -= '0';

        } else {
            c = (c | 0x20) - 'a';

            if (c > 5) {
                return RTC_ERROR;
            }

            c += 10;
        }

        n = n << 4 | c;
    }

    *value = n;

    return RTC_OK;
}


int
rtc_sdp_is_token(rtc_str_t s, size_t max)
{
    size_t  i;

    if (s.len == 0 || s.len > max) {
        return 0;
    }

    for (i = 0; i < s.len; i++) {
        if (s.data[i] <= ' ' || s.data[i] >= 0x7f) {
            return 0;
        }
    }

    return 1;
}


int
rtc_sdp_str_same(rtc_str_t a, rtc_str_t b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}


int
rtc_sdp_str_case(rtc_str_t s, const char *text)
{
    size_t  n;

    n = strlen(text);

    return s.len == n && strncasecmp((const char *) s.data, text, n) == 0;
}


unsigned
rtc_sdp_reverse(unsigned direction)
{
    return (direction & RTC_SDP_SENDONLY ? RTC_SDP_RECVONLY : 0)
           | (direction & RTC_SDP_RECVONLY ? RTC_SDP_SENDONLY : 0);
}


rtc_sdp_media_t *
rtc_sdp_find_mid(const rtc_sdp_t *sdp, rtc_str_t mid)
{
    size_t  i;

    if (mid.len == 0) {
        return NULL;
    }

    for (i = 0; i < sdp->nmedia; i++) {
        if (rtc_sdp_str_same(sdp->media[i].mid, mid)) {
            return &sdp->media[i];
        }
    }

    return NULL;
}


rtc_sdp_media_t *
rtc_sdp_transport(const rtc_sdp_t *sdp)
{
    size_t            i;
    rtc_sdp_media_t  *m, *first;

    first = NULL;

    for (i = 0; i < sdp->nmedia; i++) {
        m = &sdp->media[i];

        if (m->rejected) {
            continue;
        }

        if (m->bundled) {
            return m;
        }

        if (first == NULL) {
            first = m;
        }
    }

    return first;
}


int
rtc_sdp_cid(const rtc_sdp_media_t *m, rtc_str_t *cid)
{
    if (m->track.len != 0) {
        *cid = m->track;
        return RTC_OK;
    }

    if (m->stream.len != 0) {
        *cid = m->stream;
        return RTC_OK;
    }

    return RTC_DECLINED;
}


rtc_sdp_payload_t *
rtc_sdp_payload(const rtc_sdp_media_t *m, unsigned pt)
{
    size_t  i;

    for (i = 0; i < m->npayloads; i++) {
        if (m->payloads[i].pt == pt) {
            return &m->payloads[i];
        }
    }

    return NULL;
}


rtc_sdp_payload_t *
rtc_sdp_payload_codec(const rtc_sdp_media_t *m, rtc_codec_e codec)
{
    size_t  i;

    for (i = 0; i < m->npayloads; i++) {
        if (m->payloads[i].codec == codec) {
            return &m->payloads[i];
        }
    }

    return NULL;
}


rtc_sdp_payload_t *
rtc_sdp_payload_rtx(const rtc_sdp_media_t *m, unsigned pt)
{
    size_t              i;
    rtc_sdp_payload_t  *f;

    for (i = 0; i < m->npayloads; i++) {
        f = &m->payloads[i];

        if (f->codec == RTC_CODEC_RTX && f->apt == pt) {
            return f;
        }
    }

    return NULL;
}


unsigned
rtc_sdp_ext_id(const rtc_sdp_media_t *m, rtc_ext_e ext)
{
    size_t  i;

    for (i = 0; i < m->nexts; i++) {
        if (m->exts[i].ext == ext) {
            return m->exts[i].id;
        }
    }

    return 0;
}


static rtc_sdp_payload_t *
rtc_sdp_choose(const rtc_sdp_media_t *m, rtc_codec_e codec)
{
    size_t              i;
    rtc_sdp_payload_t  *f, *found;

    found = NULL;

    for (i = 0; i < m->npayloads; i++) {
        f = &m->payloads[i];

        if (codec == RTC_CODEC_NONE
            && f->codec != RTC_CODEC_NONE
            && f->codec != RTC_CODEC_RED
            && f->codec != RTC_CODEC_RTX)
        {
            codec = f->codec;
        }

        if (codec == RTC_CODEC_NONE || f->codec != codec) {
            continue;
        }

        if (codec != RTC_CODEC_H264 || f->packetization == 1) {
            return f;
        }

        if (found == NULL) {
            found = f;
        }
    }

    return found;
}


int
rtc_sdp_negotiated(const rtc_sdp_t *sdp, rtc_str_t mid, rtc_codec_e codec,
    rtc_sdp_negotiated_t *n)
{
    size_t              i;
    rtc_sdp_media_t    *m;
    rtc_sdp_payload_t  *f, *other;

    memset(n, 0, sizeof(rtc_sdp_negotiated_t));

    m = rtc_sdp_find_mid(sdp, mid);

    if (m == NULL || m->rejected) {
        return RTC_DECLINED;
    }

    f = rtc_sdp_choose(m, codec);

    if (f == NULL) {
        return RTC_DECLINED;
    }

    n->direction = m->direction;
    n->codec = f->codec;
    n->pt = f->pt;
    n->feedback = f->feedback;
    n->clock = f->clock;
    n->fmtp = f->fmtp;

    other = rtc_sdp_payload_rtx(m, f->pt);

    if (other != NULL) {
        n->rtx_pt = other->pt;
    }

    if (f->codec == RTC_CODEC_OPUS) {
        other = rtc_sdp_payload_codec(m, RTC_CODEC_RED);

        if (other != NULL && other->apt == f->pt) {
            n->red_pt = other->pt;
        }
    }

    for (i = 0; i < m->nexts; i++) {
        n->exts[m->exts[i].ext] = m->exts[i].id;
    }

    return RTC_OK;
}
