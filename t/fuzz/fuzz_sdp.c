
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A description is parsed, written, answered, and checked as an answer; what
 * we write of it must be a description again.
 */


#include <stdlib.h>

#include "rtc_sdp_offer.h"


#define FUZZ_MAX_MEDIA  32


static const uint8_t  fuzz_fingerprint[32];

static const rtc_sdp_candidate_t  fuzz_candidates[] = {
    { RTC_UDP, 7882, 2130706431, rtc_string("203.0.113.7") }
};

static const rtc_sdp_local_t  fuzz_local = {
    .id = 1,
    .version = 1,
    .ufrag = rtc_string("XXXX"),
    .pwd = rtc_string("YYYYYYYYYYYYYYYYYYYYYYYY"),
    .fingerprint = fuzz_fingerprint,
    .candidates = fuzz_candidates,
    .ncandidates = 1,
    .twcc = 1
};


static rtc_sdp_t *
fuzz_parse(const void *text, size_t len, void **mem)
{
    size_t        size;
    const char   *reason;
    rtc_arena_t   a;

    size = rtc_sdp_parse_size(text, len);
    *mem = malloc(size);

    if (*mem == NULL) {
        abort();
    }

    rtc_arena_init(&a, *mem, size);
    reason = NULL;

    return rtc_sdp_parse(&a, text, len, FUZZ_MAX_MEDIA, &reason);
}


/* what we write must be parsed, in the same shape */

static void
fuzz_written(const rtc_sdp_t *sdp)
{
    char       *text;
    void       *mem;
    ssize_t     n;
    rtc_sdp_t  *again;

    n = rtc_sdp_write(sdp, NULL, 0);

    if (n <= 0) {
        return;
    }

    text = malloc(n);

    if (text == NULL || rtc_sdp_write(sdp, text, n) != n) {
        abort();
    }

    again = fuzz_parse(text, n, &mem);

    if (again == NULL || again->nmedia != sdp->nmedia) {
        abort();
    }

    free(mem);
    free(text);
}


static void
fuzz_decide(rtc_sdp_decision_t *d, uint8_t seed)
{
    d->direction = seed & 3;
    d->codec = (seed >> 2) % RTC_CODEC_MAX;
    d->only = seed >> 3 & 1;
    d->red = seed >> 4 & 1;
    d->nack = seed >> 5 & 1;
    d->dtx = seed >> 6 & 1;
    d->stereo = seed >> 7;
    d->refused = seed & seed >> 1;
    d->stream = (rtc_str_t) rtc_string("PA_a|TR_b");
    d->track = (rtc_str_t) rtc_string("TR_b");
    d->cname = (rtc_str_t) rtc_string("PA_a");
    d->ssrc = 1;
    d->rtx_ssrc = 2;
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    void                  *mem, *answer_mem;
    size_t                 i, size;
    rtc_str_t              cid;
    rtc_sdp_t             *sdp, *answer;
    const char            *reason;
    rtc_arena_t            a;
    rtc_sdp_decision_t     decisions[FUZZ_MAX_MEDIA];
    rtc_sdp_negotiated_t   n;

    sdp = fuzz_parse(data, len, &mem);

    if (sdp == NULL) {
        free(mem);
        return 0;
    }

    fuzz_written(sdp);

    memset(decisions, 0, sizeof(decisions));

    for (i = 0; i < sdp->nmedia; i++) {
        fuzz_decide(&decisions[i], data[len - 1 - i % len]);

        (void) rtc_sdp_cid(&sdp->media[i], &cid);
        (void) rtc_sdp_negotiated(sdp, sdp->media[i].mid, RTC_CODEC_NONE, &n);
    }

    size = rtc_sdp_answer_size(sdp);
    answer_mem = malloc(size);

    if (answer_mem == NULL) {
        abort();
    }

    rtc_arena_init(&a, answer_mem, size);

    answer = rtc_sdp_answer(&a, sdp, &fuzz_local, decisions, &reason);

    if (answer != NULL) {
        fuzz_written(answer);

        (void) rtc_sdp_check_answer(sdp, answer, &reason);

    } else if (strcmp(reason, "no memory") == 0) {
        abort();
    }

    free(answer_mem);
    free(mem);

    return 0;
}
