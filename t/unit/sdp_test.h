
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the tests of session descriptions share: the descriptions of real
 * clients under t/unit/sdp, and memory of exactly the size that was asked for,
 * so that the sanitizer sees each byte too far.
 */


#ifndef SDP_TEST_H_INCLUDED
#define SDP_TEST_H_INCLUDED


#include <stdio.h>
#include <stdlib.h>

#include "tap.h"
#include "rtc_sdp_offer.h"


#define SDP_PASSWORD  "0123456789abcdefghijklmn"
#define SDP_HEAD      "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define SDP_KEYS      "a=ice-ufrag:abcd\r\na=ice-pwd:" SDP_PASSWORD "\r\n"    \
                      "a=setup:actpass\r\n"                                   \
                      "a=fingerprint:sha-256 "                                \
                      "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:"      \
                      "10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n"

#define SDP_MAX_KEPT  256


static void   *sdp_kept[SDP_MAX_KEPT];
static size_t  sdp_nkept;

static const uint8_t  sdp_fingerprint[32] = { 0xab, 0xcd, 0xef };

static const rtc_sdp_candidate_t  sdp_candidates[] = {
    { RTC_UDP, 7882, 2130706431, rtc_string("203.0.113.7") },
    { RTC_TCP, 7882, 1671430143, rtc_string("203.0.113.7") }
};

static const rtc_sdp_local_t  sdp_local = {
    .id = 4611731400430051336,
    .version = 2,
    .ufrag = rtc_string("XXXX"),
    .pwd = rtc_string("YYYYYYYYYYYYYYYYYYYYYYYY"),
    .fingerprint = sdp_fingerprint,
    .candidates = sdp_candidates,
    .ncandidates = 2,
    .twcc = 1
};


/* memory until sdp_free(); the allocation ends where the bytes end */

static inline void *
sdp_keep(size_t size)
{
    void  *p;

    p = malloc(size);

    if (p == NULL || sdp_nkept == SDP_MAX_KEPT) {
        printf("Bail out! no memory\n");
        exit(1);
    }

    return sdp_kept[sdp_nkept++] = p;
}


static inline void
sdp_free(void)
{
    while (sdp_nkept != 0) {
        free(sdp_kept[--sdp_nkept]);
    }
}


static inline void
sdp_arena(rtc_arena_t *a, size_t size)
{
    rtc_arena_init(a, sdp_keep(size), size);
}


static inline rtc_str_t
sdp_str(const char *text)
{
    rtc_str_t  s;

    s.data = (const uint8_t *) text;
    s.len = strlen(text);

    return s;
}


static inline rtc_str_t
sdp_load(const char *name)
{
    char       path[128];
    FILE      *f;
    uint8_t   *data;
    rtc_str_t  s;

    snprintf(path, sizeof(path), "t/unit/sdp/%s.sdp", name);

    f = fopen(path, "rb");

    if (f == NULL) {
        printf("Bail out! no %s\n", path);
        exit(1);
    }

    data = sdp_keep(65536);
    s.data = data;
    s.len = fread(data, 1, 65536, f);
    fclose(f);

    return s;
}


static inline rtc_sdp_t *
sdp_parse(rtc_str_t text, const char **reason)
{
    uint8_t      *copy;
    rtc_arena_t   a;

    copy = sdp_keep(text.len ? text.len : 1);
    memcpy(copy, text.data, text.len);

    sdp_arena(&a, rtc_sdp_parse_size(copy, text.len));

    *reason = NULL;

    return rtc_sdp_parse(&a, copy, text.len, 64, reason);
}


static inline rtc_sdp_t *
sdp_parse_file(const char *name)
{
    rtc_sdp_t   *sdp;
    const char  *reason;

    sdp = sdp_parse(sdp_load(name), &reason);

    if (sdp == NULL) {
        printf("Bail out! %s: %s\n", name, reason);
        exit(1);
    }

    return sdp;
}


static inline rtc_sdp_t *
sdp_answer(const rtc_sdp_t *offer, const rtc_sdp_decision_t *decisions,
    const char **reason)
{
    rtc_arena_t  a;

    sdp_arena(&a, rtc_sdp_answer_size(offer));

    *reason = NULL;

    return rtc_sdp_answer(&a, offer, &sdp_local, decisions, reason);
}


/* as a string of C */

static inline char *
sdp_text(const rtc_sdp_t *sdp)
{
    char     *buf;
    ssize_t   n;

    n = rtc_sdp_write(sdp, NULL, 0);
    buf = sdp_keep(n + 1);

    if (rtc_sdp_write(sdp, buf, n) != n) {
        printf("Bail out! two lengths\n");
        exit(1);
    }

    buf[n] = '\0';

    return buf;
}


static inline int
sdp_is(rtc_str_t s, const char *text)
{
    if (rtc_str_eq(s, text)) {
        return 1;
    }

    printf("#   got '%.*s', expected '%s'\n", (int) s.len, (char *) s.data,
           text);
    return 0;
}


static inline int
sdp_same_text(const char *got, const char *want)
{
    if (strcmp(got, want) == 0) {
        return 1;
    }

    printf("#   got:\n%s", got);
    return 0;
}


#endif /* SDP_TEST_H_INCLUDED */
