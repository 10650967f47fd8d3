
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A small HTTP client, and the client side of WebSocket (RFC 6455), for
 * servers on this machine.
 */


#ifndef BENCH_HTTP_H_INCLUDED
#define BENCH_HTTP_H_INCLUDED


#include "bench.h"


#define BENCH_HTTP_MAX  262144          /* of an answer or message */


typedef struct {
    char        host[64];
    unsigned    port;
    char        path[448];
} bench_url_t;


/* a request whose answer goes to a handler, once; then it is free again */

typedef struct {
    bench_source_t   source;
    void           (*answer)(void *data, int status, const char *body);
    void            *data;

    char            *buf;
    size_t           len;
} bench_http_t;


/* a WebSocket whose messages go to a handler */

typedef struct {
    bench_source_t   source;
    void           (*message)(void *data, const uint8_t *p, size_t len);
    void            *data;

    uint8_t         *buf;
    size_t           len;
    size_t           size;
    unsigned         upgraded:1;
} bench_ws_t;


/* scheme://host[:port][/path], host is an IPv4 address */
int bench_url_parse(bench_url_t *url, const char *text);

/*
 * A request with a body, or a GET without (NULL), with a bounded wait.
 * Answers the status; what came is in body, terminated.
 */
int bench_http_request(const bench_url_t *url, const char *path,
    const char *json, char *body, size_t size);

/* a session description; token may be NULL */
void bench_http_post(bench_t *b, bench_http_t *http, const bench_url_t *url,
    const char *token, const char *sdp);

/* does not wait; what the server refuses ends the process */
void bench_ws_connect(bench_t *b, bench_ws_t *ws, const bench_url_t *url,
    const char *path);
void bench_ws_send(bench_ws_t *ws, const uint8_t *p, size_t len);

/* without a word; not from its own handler. It can connect again */
void bench_ws_close(bench_ws_t *ws);


#endif /* BENCH_HTTP_H_INCLUDED */
