
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A session description as text.
 */


#include <stdarg.h>
#include <stdio.h>

#include "rtc_sdp.h"


typedef struct {
    char           *buf;
    size_t          size;
    size_t          len;                /* of the whole text, written or not */
    unsigned        bad:1;
} rtc_sdp_writer_t;


static void rtc_sdp_write_session(rtc_sdp_writer_t *w, const rtc_sdp_t *sdp);
static void rtc_sdp_write_media(rtc_sdp_writer_t *w, const rtc_sdp_t *sdp,
    const rtc_sdp_media_t *m);
static void rtc_sdp_write_rejected(rtc_sdp_writer_t *w,
    const rtc_sdp_media_t *m);
static void rtc_sdp_write_ice(rtc_sdp_writer_t *w, const rtc_sdp_media_t *m);
static void rtc_sdp_write_payload(rtc_sdp_writer_t *w,
    const rtc_sdp_payload_t *f);
static void rtc_sdp_write_exts(rtc_sdp_writer_t *w, const rtc_sdp_media_t *m);
static void rtc_sdp_write_rids(rtc_sdp_writer_t *w, const rtc_sdp_media_t *m);
static void rtc_sdp_write_sources(rtc_sdp_writer_t *w,
    const rtc_sdp_media_t *m);
static void rtc_sdp_write_fingerprints(rtc_sdp_writer_t *w,
    const rtc_sdp_fingerprint_t *f, size_t n);


static void
rtc_sdp_put(rtc_sdp_writer_t *w, const void *data, size_t len)
{
    if (len != 0 && w->len <= w->size && len <= w->size - w->len) {
        memcpy(w->buf + w->len, data, len);
    }

    w->len += len;
}


/* a string of the model: no line of ours may end inside it */

static void
rtc_sdp_put_str(rtc_sdp_writer_t *w, rtc_str_t s)
{
    size_t  i;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] < ' ' || s.data[i] == 0x7f) {
            w->bad = 1;
            return;
        }
    }

    rtc_sdp_put(w, s.data, s.len);
}


/* only for numbers and text of our own: it is short */

static void __attribute__((format(printf, 2, 3)))
rtc_sdp_printf(rtc_sdp_writer_t *w, const char *fmt, ...)
{
    int      n;
    char     buf[256];
    va_list  args;

    va_start(args, fmt);
    n = vsnprintf(buf, sizeof(buf), fmt, args);
    va_end(args);

    if (n < 0 || (size_t) n >= sizeof(buf)) {
        w->bad = 1;
        return;
    }

    rtc_sdp_put(w, buf, n);
}


/* text, a string of the model, text */

static void
rtc_sdp_put_line(rtc_sdp_writer_t *w, const char *head, rtc_str_t s)
{
    rtc_sdp_put(w, head, strlen(head));
    rtc_sdp_put_str(w, s);
    rtc_sdp_put(w, "\r\n", 2);
}


ssize_t
rtc_sdp_write(const rtc_sdp_t *sdp, char *buf, size_t size)
{
    size_t            i;
    rtc_sdp_writer_t  w;

    memset(&w, 0, sizeof(rtc_sdp_writer_t));

    w.buf = buf;
    w.size = size;

    rtc_sdp_write_session(&w, sdp);

    for (i = 0; i < sdp->nmedia; i++) {
        rtc_sdp_write_media(&w, sdp, &sdp->media[i]);
    }

    return w.bad ? RTC_ERROR : (ssize_t) w.len;
}


static void
rtc_sdp_write_session(rtc_sdp_writer_t *w, const rtc_sdp_t *sdp)
{
    size_t                  i;
    unsigned                bundled;
    const rtc_sdp_media_t  *m;

    rtc_sdp_printf(w, "v=0\r\n"
                      "o=- %llu %llu IN IP4 127.0.0.1\r\n"
                      "s=-\r\n"
                      "t=0 0\r\n",
                   (unsigned long long) sdp->id,
                   (unsigned long long) sdp->version);

    if (sdp->ice_lite) {
        rtc_sdp_printf(w, "a=ice-lite\r\na=ice-options:ice2\r\n");
    }

    if (sdp->allow_mixed) {
        rtc_sdp_printf(w, "a=extmap-allow-mixed\r\n");
    }

    rtc_sdp_write_fingerprints(w, sdp->fingerprints, sdp->nfingerprints);

    bundled = 0;

    for (i = 0; i < sdp->nmedia; i++) {
        m = &sdp->media[i];

        if (m->bundled) {
            rtc_sdp_printf(w, bundled++ ? " " : "a=group:BUNDLE ");
            rtc_sdp_put_str(w, m->mid);
        }
    }

    if (bundled) {
        rtc_sdp_printf(w, "\r\n");
    }
}


static void
rtc_sdp_write_media(rtc_sdp_writer_t *w, const rtc_sdp_t *sdp,
    const rtc_sdp_media_t *m)
{
    size_t  i;

    static const char *const  setups[] = {
        NULL, "actpass", "active", "passive", "holdconn"
    };

    static const char *const  directions[] = {
        "inactive", "sendonly", "recvonly", "sendrecv"
    };

    if (m->rejected) {
        rtc_sdp_write_rejected(w, m);
        return;
    }

    rtc_sdp_printf(w, "m=");
    rtc_sdp_put_str(w, m->media);
    rtc_sdp_printf(w, " 9 ");
    rtc_sdp_put_str(w, m->proto);

    if (m->npayloads == 0) {
        rtc_sdp_put_line(w, " ", m->formats);

    } else {
        for (i = 0; i < m->npayloads; i++) {
            rtc_sdp_printf(w, " %u", m->payloads[i].pt);
        }

        rtc_sdp_printf(w, "\r\n");
    }

    rtc_sdp_printf(w, "c=IN IP4 0.0.0.0\r\n");

    if (setups[m->setup] != NULL) {
        rtc_sdp_printf(w, "a=setup:%s\r\n", setups[m->setup]);
    }

    rtc_sdp_put_line(w, "a=mid:", m->mid);

    if (m->fingerprints != sdp->fingerprints) {
        rtc_sdp_write_fingerprints(w, m->fingerprints, m->nfingerprints);
    }

    rtc_sdp_write_ice(w, m);

    if (m->kind == RTC_SDP_APPLICATION) {
        rtc_sdp_printf(w, "a=sctp-port:%u\r\na=max-message-size:%u\r\n",
                       m->sctp_port, m->max_message_size);
        return;
    }

    if (m->rtcp_mux) {
        rtc_sdp_printf(w, "a=rtcp-mux\r\n");
    }

    if (m->rtcp_rsize) {
        rtc_sdp_printf(w, "a=rtcp-rsize\r\n");
    }

    for (i = 0; i < m->npayloads; i++) {
        rtc_sdp_write_payload(w, &m->payloads[i]);
    }

    rtc_sdp_write_exts(w, m);
    rtc_sdp_write_rids(w, m);
    rtc_sdp_write_sources(w, m);

    rtc_sdp_printf(w, "a=%s\r\n", directions[m->direction & 3]);
}


/* the c= line is not needed (RFC 8866, 5.7), but Firefox insists on it */

static void
rtc_sdp_write_rejected(rtc_sdp_writer_t *w, const rtc_sdp_media_t *m)
{
    rtc_sdp_printf(w, "m=");
    rtc_sdp_put_str(w, m->media);
    rtc_sdp_printf(w, " 0 ");
    rtc_sdp_put_str(w, m->proto);
    rtc_sdp_put_line(w, " ", m->formats);
    rtc_sdp_printf(w, "c=IN IP4 0.0.0.0\r\n");

    if (m->mid.len != 0) {
        rtc_sdp_put_line(w, "a=mid:", m->mid);
    }

    rtc_sdp_printf(w, "a=inactive\r\n");
}


static void
rtc_sdp_write_ice(rtc_sdp_writer_t *w, const rtc_sdp_media_t *m)
{
    char    text[RTC_SDP_MAX_CANDIDATE];
    size_t  i;

    if (m->ufrag.len != 0) {
        rtc_sdp_put_line(w, "a=ice-ufrag:", m->ufrag);
        rtc_sdp_put_line(w, "a=ice-pwd:", m->pwd);
    }

    for (i = 0; i < m->ncandidates; i++) {
        rtc_sdp_write_candidate(&m->candidates[i], i + 1, text);
        rtc_sdp_printf(w, "a=%s\r\n", text);
    }

    if (m->ncandidates != 0) {
        rtc_sdp_printf(w, "a=end-of-candidates\r\n");
    }
}


void
rtc_sdp_write_candidate(const rtc_sdp_candidate_t *c, size_t n, char *text)
{
    unsigned  tcp;

    tcp = (c->proto == RTC_TCP);

    snprintf(text, RTC_SDP_MAX_CANDIDATE,
             "candidate:%zu 1 %s %u %.*s %u typ host%s", n,
             tcp ? "tcp" : "udp", c->priority, (int) c->address.len,
             (const char *) c->address.data, c->port,
             tcp ? " tcptype passive" : "");
}


static void
rtc_sdp_write_payload(rtc_sdp_writer_t *w, const rtc_sdp_payload_t *f)
{
    size_t  i;

    static const struct {
        unsigned     bit;
        const char  *text;
    } feedback[] = {
        { RTC_SDP_FB_REMB, "goog-remb" },
        { RTC_SDP_FB_TRANSPORT_CC, "transport-cc" },
        { RTC_SDP_FB_FIR, "ccm fir" },
        { RTC_SDP_FB_NACK, "nack" },
        { RTC_SDP_FB_PLI, "nack pli" }
    };

    if (f->name.len != 0) {
        rtc_sdp_printf(w, "a=rtpmap:%u ", f->pt);
        rtc_sdp_put_str(w, f->name);
        rtc_sdp_printf(w, "/%u", f->clock);

        if (f->channels > 1) {
            rtc_sdp_printf(w, "/%u", f->channels);
        }

        rtc_sdp_printf(w, "\r\n");
    }

    for (i = 0; i < rtc_nelts(feedback); i++) {
        if (f->feedback & feedback[i].bit) {
            rtc_sdp_printf(w, "a=rtcp-fb:%u %s\r\n", f->pt, feedback[i].text);
        }
    }

    if (f->fmtp.len != 0) {
        rtc_sdp_printf(w, "a=fmtp:%u ", f->pt);
        rtc_sdp_put_line(w, "", f->fmtp);
    }
}


static void
rtc_sdp_write_exts(rtc_sdp_writer_t *w, const rtc_sdp_media_t *m)
{
    size_t                i;
    const rtc_sdp_ext_t  *e;

    static const char *const  directions[] = {
        "/inactive", "/sendonly", "/recvonly", ""
    };

    for (i = 0; i < m->nexts; i++) {
        e = &m->exts[i];

        rtc_sdp_printf(w, "a=extmap:%u%s %s\r\n", e->id,
                       directions[e->direction & 3], rtc_ext_uri(e->ext));
    }
}


static void
rtc_sdp_write_rids(rtc_sdp_writer_t *w, const rtc_sdp_media_t *m)
{
    size_t                i;
    unsigned              direction, lists, n;
    const rtc_sdp_rid_t  *rid;

    static const char *const  names[] = { NULL, "send", "recv" };

    for (i = 0; i < m->nrids; i++) {
        rid = &m->rids[i];

        rtc_sdp_printf(w, "a=rid:");
        rtc_sdp_put_str(w, rid->id);
        rtc_sdp_printf(w, " %s\r\n", names[rid->direction]);
    }

    lists = 0;

    for (direction = RTC_SDP_SENDONLY; direction <= RTC_SDP_RECVONLY;
         direction++)
    {
        n = 0;

        for (i = 0; i < m->nrids; i++) {
            rid = &m->rids[i];

            if (!rid->simulcast || rid->direction != direction) {
                continue;
            }

            if (n++ != 0) {
                rtc_sdp_printf(w, ";");

            } else {
                rtc_sdp_printf(w, "%s%s ", lists++ ? " " : "a=simulcast:",
                               names[direction]);
            }

            rtc_sdp_put_str(w, rid->id);
        }
    }

    if (lists) {
        rtc_sdp_printf(w, "\r\n");
    }
}


static void
rtc_sdp_write_source(rtc_sdp_writer_t *w, const rtc_sdp_ssrc_t *s,
    uint32_t ssrc)
{
    if (s->cname.len != 0) {
        rtc_sdp_printf(w, "a=ssrc:%u ", ssrc);
        rtc_sdp_put_line(w, "cname:", s->cname);
    }

    if (s->stream.len != 0) {
        rtc_sdp_printf(w, "a=ssrc:%u msid:", ssrc);
        rtc_sdp_put_str(w, s->stream);
        rtc_sdp_put_line(w, s->track.len ? " " : "", s->track);
    }
}


static void
rtc_sdp_write_sources(rtc_sdp_writer_t *w, const rtc_sdp_media_t *m)
{
    size_t                 i;
    const rtc_sdp_ssrc_t  *s;

    for (i = 0; i < m->nssrcs; i++) {
        s = &m->ssrcs[i];

        if (s->rtx != 0) {
            rtc_sdp_printf(w, "a=ssrc-group:FID %u %u\r\n", s->ssrc, s->rtx);
        }

        rtc_sdp_write_source(w, s, s->ssrc);

        if (s->rtx != 0) {
            rtc_sdp_write_source(w, s, s->rtx);
        }
    }

    if (m->stream.len != 0) {
        rtc_sdp_printf(w, "a=msid:");
        rtc_sdp_put_str(w, m->stream);
        rtc_sdp_put_line(w, m->track.len ? " " : "", m->track);
    }
}


static void
rtc_sdp_write_fingerprints(rtc_sdp_writer_t *w, const rtc_sdp_fingerprint_t *f,
    size_t n)
{
    size_t  i, j;

    for (i = 0; i < n; i++) {
        rtc_sdp_printf(w, "a=fingerprint:sha-%u ", f[i].bits);

        for (j = 0; j < f[i].bits / 8; j++) {
            rtc_sdp_printf(w, j ? ":%02X" : "%02X", f[i].value[j]);
        }

        rtc_sdp_printf(w, "\r\n");
    }
}
