
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Any server of WHIP (RFC 9725) and WHEP: an offer is posted to a URL, the
 * answer comes back.
 */


#include <stdio.h>
#include <stdlib.h>

#include "bench_http.h"
#include "bench_peer.h"
#include "bench_sdp.h"


#define BENCH_WHIP_LINE  4096


typedef struct {
    bench_t        *bench;
    bench_http_t    http;
    bench_peer_t   *peer;
    bench_peer_t  **place;              /* in bench->publisher or viewer */
} bench_resource_t;


static int bench_whip_init(bench_t *b);
static int bench_whip_publish(bench_t *b, unsigned room);
static int bench_whip_view(bench_t *b, unsigned i);
static void bench_whip_tick(bench_t *b, uint64_t now_us);
static int bench_whip_post(bench_t *b, const char *url, bench_peer_t **place,
    int decrypt, const char *direction);
static void bench_whip_answer(void *data, int status, const char *body);


const bench_driver_t  bench_whip = {
    "whip",
    bench_whip_init,
    bench_whip_publish,
    bench_whip_view,
    bench_whip_tick
};


static int
bench_whip_init(bench_t *b)
{
    if (b->tokens) {
        b->ctx = fopen(b->tokens, "r");

        if (b->ctx == NULL) {
            bench_die("%s: %m", b->tokens);
        }
    }

    return b->view_url ? RTC_OK : RTC_ERROR;
}


static int
bench_whip_publish(bench_t *b, unsigned room)
{
    return bench_whip_post(b, b->url, &b->publisher[room], 1, "sendonly");
}


static int
bench_whip_view(bench_t *b, unsigned i)
{
    return bench_whip_post(b, b->view_url, &b->viewer[i], i == 0 || !b->count,
                           "recvonly");
}


static void
bench_whip_tick(bench_t *b, uint64_t now_us)
{
    (void) b;
    (void) now_us;
}


/* a line of the file is a token, or a URL and a token */

static int
bench_whip_post(bench_t *b, const char *text, bench_peer_t **place,
    int decrypt, const char *direction)
{
    char               line[BENCH_WHIP_LINE], sdp[BENCH_WHIP_LINE], *token;
    bench_url_t        url;
    bench_resource_t  *r;

    token = NULL;

    if (b->ctx) {
        if (fgets(line, sizeof(line), b->ctx) == NULL) {
            return RTC_ERROR;
        }

        line[strcspn(line, "\n")] = '\0';
        token = line;

        if (strchr(line, ' ')) {
            text = line;
            token = strchr(line, ' ');
            *token++ = '\0';
        }
    }

    r = calloc(1, sizeof(bench_resource_t));

    if (r == NULL || bench_url_parse(&url, text) != RTC_OK) {
        return RTC_ERROR;
    }

    r->bench = b;
    r->place = place;
    r->peer = bench_peer_create(b, decrypt);

    r->http.answer = bench_whip_answer;
    r->http.data = r;

    bench_sdp_offer(r->peer, direction, sdp, sizeof(sdp));
    bench_http_post(b, &r->http, &url, token, sdp);

    return RTC_OK;
}


static void
bench_whip_answer(void *data, int status, const char *body)
{
    bench_resource_t  *r = data;

    if (status != 201
        || bench_peer_set_remote(r->peer, body) != RTC_OK)
    {
        bench_die("the server answers %d: %s", status, body);
    }

    *r->place = r->peer;

    free(r);
}
