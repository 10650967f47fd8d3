
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "bench_http.h"
#include "rtc_bytes.h"


#define BENCH_HTTP_TIMEOUT  40          /* s; a long poll waits for 30 */

#define BENCH_HTTP_ANSWER   16384       /* to bench_http_post() */

#define BENCH_WS_BINARY     2
#define BENCH_WS_CLOSE      8
#define BENCH_WS_PING       9
#define BENCH_WS_PONG       10


static int bench_http_connect(const bench_url_t *url);
static void bench_http_write(int fd, const void *data, size_t len);
static size_t bench_http_head(int fd, char *buf, size_t size, size_t *len);
static void bench_http_read(void *data);
static void bench_http_nonblocking(int fd);
static void bench_ws_read(void *data);
static size_t bench_ws_head(bench_ws_t *ws);
static size_t bench_ws_frame(bench_ws_t *ws, uint8_t *p, size_t len);
static void bench_ws_write(bench_ws_t *ws, unsigned opcode, const uint8_t *p,
    size_t len);


int
bench_url_parse(bench_url_t *url, const char *text)
{
    memset(url, 0, sizeof(bench_url_t));
    url->port = 80;

    text = strstr(text, "://");

    if (text == NULL
        || sscanf(text, "://%63[^:/]:%u%447s", url->host, &url->port,
                  url->path)
           < 1)
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}


static int
bench_http_connect(const bench_url_t *url)
{
    int                 fd, on;
    struct timeval      tv;
    struct sockaddr_in  sin;

    memset(&sin, 0, sizeof(sin));
    sin.sin_family = AF_INET;
    sin.sin_port = htons((uint16_t) url->port);

    if (inet_pton(AF_INET, url->host, &sin.sin_addr) != 1) {
        bench_die("%s is no IPv4 address", url->host);
    }

    fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd == -1
        || connect(fd, (struct sockaddr *) &sin, sizeof(sin)) == -1)
    {
        bench_die("no connection to %s:%u: %m", url->host, url->port);
    }

    on = 1;
    tv.tv_sec = BENCH_HTTP_TIMEOUT;
    tv.tv_usec = 0;

    (void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(int));
    (void) setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
    (void) setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));

    return fd;
}


static void
bench_http_write(int fd, const void *data, size_t len)
{
    ssize_t         n;
    const uint8_t  *p;

    for (p = data; len; p += n, len -= (size_t) n) {
        n = send(fd, p, len, MSG_NOSIGNAL);

        if (n == -1) {
            bench_die("send() failed: %m");
        }
    }
}


/* reads until the head is there; answers its length */

static size_t
bench_http_head(int fd, char *buf, size_t size, size_t *len)
{
    char     *end;
    ssize_t   n;

    for (*len = 0; *len < size - 1; *len += (size_t) n) {
        n = recv(fd, buf + *len, size - 1 - *len, 0);

        if (n <= 0) {
            break;
        }

        buf[*len + (size_t) n] = '\0';
        end = strstr(buf, "\r\n\r\n");

        if (end) {
            *len += (size_t) n;
            return (size_t) (end + 4 - buf);
        }
    }

    bench_die("no answer over HTTP");
}


/* by HTTP/1.0, whose answers are not chunked and end with the connection */

int
bench_http_request(const bench_url_t *url, const char *path, const char *json,
    char *body, size_t size)
{
    int      fd, status;
    char     head[1024];
    size_t   n, len;
    ssize_t  rc;

    fd = bench_http_connect(url);
    n = json ? strlen(json) : 0;

    len = (size_t) snprintf(head, sizeof(head),
                            "%s %s%s HTTP/1.0\r\nHost: %s\r\n"
                            "Content-Type: application/json\r\n"
                            "Content-Length: %zu\r\n\r\n",
                            json ? "POST" : "GET", url->path, path, url->host,
                            n);

    bench_http_write(fd, head, rtc_min(len, sizeof(head) - 1));
    bench_http_write(fd, json, n);

    n = bench_http_head(fd, body, size, &len);

    while (len < size - 1
           && (rc = recv(fd, body + len, size - 1 - len, 0)) > 0)
    {
        len += (size_t) rc;
    }

    (void) close(fd);

    if (len == size - 1 || sscanf(body, "HTTP/%*s %d", &status) != 1) {
        bench_die("an answer over HTTP is none, or too long");
    }

    memmove(body, body + n, len - n);
    body[len - n] = '\0';

    return status;
}


void
bench_http_post(bench_t *b, bench_http_t *http, const bench_url_t *url,
    const char *token, const char *sdp)
{
    char  *request;

    http->source.fd = bench_http_connect(url);
    http->source.handler = bench_http_read;
    http->source.data = http;
    http->buf = malloc(BENCH_HTTP_ANSWER);
    http->len = 0;

    if (http->buf == NULL
        || asprintf(&request, "POST %s HTTP/1.0\r\nHost: %s\r\n"
                    "Content-Type: application/sdp\r\n%s%s%s"
                    "Content-Length: %zu\r\n\r\n%s", url->path, url->host,
                    token ? "Authorization: Bearer " : "", token ? token : "",
                    token ? "\r\n" : "", strlen(sdp), sdp)
           == -1)
    {
        bench_die("no memory for a request");
    }

    bench_http_write(http->source.fd, request, strlen(request));
    free(request);

    bench_http_nonblocking(http->source.fd);
    bench_watch(b, &http->source);
}


static void
bench_http_read(void *data)
{
    int            status;
    char          *body;
    ssize_t        n;
    bench_http_t  *http = data;

    n = recv(http->source.fd, http->buf + http->len,
             BENCH_HTTP_ANSWER - 1 - http->len, 0);

    if (n > 0) {
        http->len += (size_t) n;
        return;
    }

    if (n == -1 && errno == EAGAIN) {
        return;
    }

    /* the answer ends with the connection */

    (void) close(http->source.fd);

    http->buf[http->len] = '\0';
    body = strstr(http->buf, "\r\n\r\n");

    if (body == NULL || sscanf(http->buf, "HTTP/%*s %d", &status) != 1) {
        bench_die("an answer over HTTP is none");
    }

    http->answer(http->data, status, body + 4);

    free(http->buf);
}


static void
bench_http_nonblocking(int fd)
{
    (void) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}


void
bench_ws_connect(bench_t *b, bench_ws_t *ws, const bench_url_t *url,
    const char *path)
{
    char  *request;

    ws->source.fd = bench_http_connect(url);
    ws->source.handler = bench_ws_read;
    ws->source.data = ws;

    /* who accepts is on this machine, so its hash of the key does not matter */

    if (asprintf(&request, "GET %s%s HTTP/1.1\r\nHost: %s\r\n"
                 "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                 "Sec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: YmVuY2hiZW5jaGJlbmNoYg==\r\n\r\n",
                 url->path, path, url->host)
        == -1)
    {
        bench_die("no memory for a request");
    }

    bench_http_write(ws->source.fd, request, strlen(request));
    free(request);

    ws->size = 16384;
    ws->buf = malloc(ws->size);

    if (ws->buf == NULL) {
        bench_die("no memory for a WebSocket");
    }

    bench_http_nonblocking(ws->source.fd);
    bench_watch(b, &ws->source);
}


static void
bench_ws_read(void *data)
{
    size_t       used, n;
    ssize_t      rc;
    bench_ws_t  *ws = data;

    if (ws->len == ws->size) {
        ws->size *= 2;
        ws->buf = ws->size <= BENCH_HTTP_MAX ? realloc(ws->buf, ws->size)
                                             : NULL;
        if (ws->buf == NULL) {
            bench_die("a message is too long");
        }
    }

    rc = recv(ws->source.fd, ws->buf + ws->len, ws->size - ws->len, 0);

    if (rc == 0 || (rc == -1 && errno != EAGAIN)) {
        bench_die("the server has closed a WebSocket");
    }

    ws->len += rc > 0 ? (size_t) rc : 0;

    used = ws->upgraded ? 0 : bench_ws_head(ws);

    for ( /* void */ ;
         ws->upgraded
         && (n = bench_ws_frame(ws, ws->buf + used, ws->len - used)) > 0;
         used += n)
    {
        /* void */
    }

    ws->len -= used;
    memmove(ws->buf, ws->buf + used, ws->len);
}


/* bytes of the answer to the upgrade, messages may follow it at once, or 0 */

static size_t
bench_ws_head(bench_ws_t *ws)
{
    uint8_t  *end;

    end = memmem(ws->buf, ws->len, "\r\n\r\n", 4);

    if (end == NULL) {
        return 0;
    }

    if (memcmp(ws->buf, "HTTP/1.1 101 ", 13) != 0) {
        bench_die("no WebSocket: %.*s", (int) ws->len, (char *) ws->buf);
    }

    ws->upgraded = 1;

    return (size_t) (end + 4 - ws->buf);
}


/* bytes of a frame that is there as a whole, or 0 */

static size_t
bench_ws_frame(bench_ws_t *ws, uint8_t *p, size_t len)
{
    uint8_t         opcode, small;
    uint16_t        medium;
    uint64_t        large;
    const uint8_t  *q, *end, *payload;

    end = p + len;

    q = rtc_read_u8(p, end, &opcode);
    q = rtc_read_u8(q, end, &small);
    large = small & 0x7f;

    if (large == 126) {
        q = rtc_read_u16(q, end, &medium);
        large = medium;

    } else if (large == 127) {
        q = rtc_read_u64(q, end, &large);
    }

    q = rtc_read_bytes(q, end, large, &payload);

    if (q == NULL) {
        return 0;
    }

    switch (opcode & 0x0f) {

    case BENCH_WS_BINARY:
        ws->message(ws->data, payload, (size_t) large);
        break;

    case BENCH_WS_PING:
        bench_ws_write(ws, BENCH_WS_PONG, payload, (size_t) large);
        break;

    case BENCH_WS_CLOSE:
        bench_die("the server ends a WebSocket");
    }

    return (size_t) (q - p);
}


void
bench_ws_send(bench_ws_t *ws, const uint8_t *p, size_t len)
{
    bench_ws_write(ws, BENCH_WS_BINARY, p, len);
}


void
bench_ws_close(bench_ws_t *ws)
{
    (void) close(ws->source.fd);
    free(ws->buf);

    ws->buf = NULL;
    ws->len = 0;
    ws->upgraded = 0;
}


/* masked by zeros: who could be confused is on this machine */

static void
bench_ws_write(bench_ws_t *ws, unsigned opcode, const uint8_t *p, size_t len)
{
    uint8_t  head[14], *last;

    last = rtc_write_u8(head, (uint8_t) (0x80 | opcode));

    if (len < 126) {
        last = rtc_write_u8(last, (uint8_t) (0x80 | len));

    } else if (len <= 0xffff) {
        last = rtc_write_u8(last, 0x80 | 126);
        last = rtc_write_u16(last, (uint16_t) len);

    } else {
        bench_die("a message is too long");
    }

    last = rtc_write_u32(last, 0);

    bench_http_write(ws->source.fd, head, (size_t) (last - head));
    bench_http_write(ws->source.fd, p, len);
}
