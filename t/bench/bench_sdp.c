
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_media.h"
#include "bench_sdp.h"


typedef struct {
    char   *last;
    char   *end;
} bench_sdp_out_t;


static void bench_sdp_print(bench_sdp_out_t *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void bench_sdp_transport(bench_sdp_out_t *out,
    const bench_peer_t *peer, const char *setup);
static void bench_sdp_head(bench_sdp_out_t *out);
static void bench_sdp_section(bench_sdp_out_t *out, const bench_peer_t *peer,
    unsigned section, int video, const char *direction);
static void bench_sdp_answer_line(bench_sdp_out_t *out, const char *line);
static int bench_sdp_begins(const char *line, const char *const *prefixes);


int
bench_sdp_value(const char *sdp, const char *prefix, char *value, size_t size)
{
    size_t       n;
    const char  *p;

    p = strstr(sdp, prefix);
    if (p == NULL) {
        return RTC_ERROR;
    }

    p += strlen(prefix);
    n = strcspn(p, "\r\n");

    if (n >= size) {
        return RTC_ERROR;
    }

    memcpy(value, p, n);
    value[n] = '\0';

    return RTC_OK;
}


int
bench_sdp_candidate(const char *sdp, struct sockaddr_in *sin)
{
    char         proto[8], addr[64];
    unsigned     port;
    const char  *p;

    for (p = strstr(sdp, "a=candidate:"); p; p = strstr(p + 1, "a=candidate:"))
    {
        if (sscanf(p, "a=candidate:%*s 1 %7s %*u %63s %u", proto, addr, &port)
            != 3
            || strcasecmp(proto, "udp") != 0)
        {
            continue;
        }

        memset(sin, 0, sizeof(struct sockaddr_in));
        sin->sin_family = AF_INET;
        sin->sin_port = htons((uint16_t) port);

        if (inet_pton(AF_INET, addr, &sin->sin_addr) == 1) {
            return RTC_OK;
        }
    }

    return RTC_ERROR;
}


uint8_t
bench_sdp_payload(const char *sdp, const char *codec)
{
    char         name[32];
    unsigned     pt;
    const char  *p;

    for (p = strstr(sdp, "a=rtpmap:"); p; p = strstr(p + 1, "a=rtpmap:")) {

        if (sscanf(p, "a=rtpmap:%u %31[^/]", &pt, name) == 2
            && strcasecmp(name, codec) == 0)
        {
            return (uint8_t) pt;
        }
    }

    return 0;
}


static void
bench_sdp_print(bench_sdp_out_t *out, const char *fmt, ...)
{
    int      n;
    va_list  args;

    va_start(args, fmt);
    n = vsnprintf(out->last, (size_t) (out->end - out->last), fmt, args);
    va_end(args);

    if (n < 0 || n >= out->end - out->last) {
        bench_die("a session description is too long");
    }

    out->last += n;
}


static void
bench_sdp_transport(bench_sdp_out_t *out, const bench_peer_t *peer,
    const char *setup)
{
    bench_sdp_print(out, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
                    "a=fingerprint:sha-256 %s\r\na=setup:%s\r\n"
                    "a=candidate:1 1 udp 2130706431 127.0.0.1 %u typ host\r\n"
                    "a=end-of-candidates\r\n",
                    peer->ufrag, peer->pwd, bench_peer_fingerprint(), setup,
                    peer->port);
}


static void
bench_sdp_head(bench_sdp_out_t *out)
{
    bench_sdp_print(out, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
                    "t=0 0\r\n");
}


static void
bench_sdp_section(bench_sdp_out_t *out, const bench_peer_t *peer,
    unsigned section, int video, const char *direction)
{
    int          pt;
    const char  *kind;

    kind = video ? "video" : "audio";
    pt = video ? BENCH_PT_VIDEO : BENCH_PT_AUDIO;

    bench_sdp_print(out, "m=%s 9 UDP/TLS/RTP/SAVPF %d\r\nc=IN IP4 0.0.0.0\r\n",
                    kind, pt);

    bench_sdp_transport(out, peer, "active");

    bench_sdp_print(out, "a=mid:%u\r\na=%s\r\na=rtcp-mux\r\n"
                    "a=extmap:%d urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
                    section, direction, BENCH_EXT_MID);

    if (video) {
        bench_sdp_print(out, "a=rtpmap:%d VP8/90000\r\n"
                        "a=rtcp-fb:%d nack\r\na=rtcp-fb:%d nack pli\r\n",
                        pt, pt, pt);
    } else {
        bench_sdp_print(out, "a=rtpmap:%d opus/48000/2\r\n"
                        "a=fmtp:%d minptime=10;useinbandfec=1\r\n", pt, pt);
    }

    if (strcmp(direction, "sendonly") != 0) {
        return;
    }

    bench_sdp_print(out, "a=msid:bench %s\r\na=ssrc:%u cname:bench\r\n"
                    "a=ssrc:%u msid:bench %s\r\n", kind,
                    BENCH_SSRC + section, BENCH_SSRC + section, kind);
}


void
bench_sdp_offer(const bench_peer_t *peer, const char *direction, char *text,
    size_t size)
{
    bench_sdp_out_t  out;

    out.last = text;
    out.end = text + size;

    bench_sdp_head(&out);
    bench_sdp_print(&out, "a=group:BUNDLE 0\r\n");
    bench_sdp_section(&out, peer, 0, peer->bench->video, direction);
}


void
bench_sdp_offer_both(const bench_peer_t *peer, char *text, size_t size)
{
    bench_sdp_out_t  out;

    out.last = text;
    out.end = text + size;

    bench_sdp_head(&out);
    bench_sdp_print(&out, "a=group:BUNDLE 0 1\r\n");
    bench_sdp_section(&out, peer, 0, 0, "sendonly");
    bench_sdp_section(&out, peer, 1, 1, "sendonly");
}


void
bench_sdp_answer(const bench_peer_t *peer, const char *offer, char *text,
    size_t size)
{
    int              sections;
    char             line[BENCH_LINE];
    const char      *p;
    bench_sdp_out_t  out;

    out.last = text;
    out.end = text + size;
    sections = 0;

    bench_sdp_head(&out);

    for (p = offer; *p; p += strspn(p, "\r\n")) {

        if (bench_sdp_value(p, "", line, sizeof(line)) != RTC_OK) {
            bench_die("an offer has a long line");
        }

        p += strlen(line);

        if (strncmp(line, "m=", 2) == 0 && sections++) {
            bench_sdp_transport(&out, peer, "active");
        }

        bench_sdp_answer_line(&out, line);
    }

    bench_sdp_transport(&out, peer, "active");
}


static void
bench_sdp_answer_line(bench_sdp_out_t *out, const char *line)
{
    static const char *const  directions[] = {
        "a=sendonly", "a=sendrecv", NULL
    };
    static const char *const  copied[] = {
        "m=", "c=", "a=group:BUNDLE", "a=mid:", "a=inactive", "a=rtcp-mux",
        "a=rtcp-rsize", "a=rtpmap:", "a=fmtp:", "a=rtcp-fb:", "a=extmap:",
        "a=sctp-port:", "a=max-message-size:", NULL
    };

    if (bench_sdp_begins(line, directions)) {
        bench_sdp_print(out, "a=recvonly\r\n");

    } else if (bench_sdp_begins(line, copied)
               && strstr(line, "transport-cc") == NULL
               && strstr(line, "transport-wide-cc") == NULL
               && strstr(line, "goog-remb") == NULL
               && strstr(line, "abs-send-time") == NULL)
    {
        bench_sdp_print(out, "%s\r\n", line);
    }
}


static int
bench_sdp_begins(const char *line, const char *const *prefixes)
{
    for ( /* void */ ; *prefixes; prefixes++) {
        if (strncmp(line, *prefixes, strlen(*prefixes)) == 0) {
            return 1;
        }
    }

    return 0;
}
