
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_turn.h"
#include "ngx_rtc_turn_bind.h"
#include "ngx_rtc_turn_link.h"
#include "ngx_rtc_turn_pipe.h"
#include "ngx_rtc_turn_tcp.h"


#define NGX_RTC_TURN_BIND_WAIT  5000    /* ms for a question or an answer */


/* the question; the answer is a code, 0: the connection is bound */

typedef struct {
    uint32_t                 id;
    u_char                   user[RTC_SHA256_LEN];
} ngx_rtc_turn_question_t;


struct ngx_rtc_turn_bind_s {
    ngx_queue_t              queue;
    ngx_rtc_turn_worker_t   *worker;
    ngx_connection_t        *connection;    /* to the other worker */

    ngx_rtc_turn_stream_t   *stream;    /* that waits; NULL: we are asked */
    rtc_turn_reply_t         reply;

    size_t                   len;       /* of what is for the peer */
    u_char                   data[1];
};


static void ngx_rtc_turn_bind_accept(ngx_event_t *rev);
static ngx_rtc_turn_bind_t *ngx_rtc_turn_bind_create(
    ngx_rtc_turn_worker_t *w, ngx_socket_t s, const u_char *data, size_t len);
static void ngx_rtc_turn_bind_handler(ngx_event_t *ev);
static void ngx_rtc_turn_bind_question(ngx_rtc_turn_bind_t *bind);
static void ngx_rtc_turn_bind_answered(ngx_rtc_turn_bind_t *bind);
static void ngx_rtc_turn_bind_failed(ngx_rtc_turn_bind_t *bind, int code);
static ngx_connection_t *ngx_rtc_turn_bind_free(ngx_rtc_turn_bind_t *bind);


ngx_uint_t
ngx_rtc_turn_bind_init(ngx_rtc_turn_worker_t *w)
{
    ngx_uint_t         node;
    ngx_socket_t       s;
    ngx_connection_t  *c;

    node = ngx_rtc_turn_zone_enter(w->conf->zone);

    if (node == 0) {
        ngx_log_error(NGX_LOG_ERR, w->log, 0,
                      "turn: too many workers for TCP allocations");
        return 0;
    }

    s = ngx_rtc_turn_link_listen(w->conf->zone->shared->seed,
                                 NGX_RTC_TURN_LINK_DATA);

    if (s == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_ERR, w->log, ngx_socket_errno,
                      "turn: no socket for data connections");
        goto failed;
    }

    c = ngx_rtc_turn_tcp_connection(w, s);
    if (c == NULL) {
        goto failed;
    }

    c->data = w;
    c->read->handler = ngx_rtc_turn_bind_accept;

    if (ngx_add_event(c->read, NGX_READ_EVENT, 0) != NGX_OK) {
        ngx_close_connection(c);
        goto failed;
    }

    w->data_listen = c;
    w->node = node;

    return node;

failed:

    ngx_rtc_turn_zone_leave(w->conf->zone, node);

    return 0;
}


void
ngx_rtc_turn_bind_exit(ngx_rtc_turn_worker_t *w)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&w->binds)) {
        q = ngx_queue_head(&w->binds);

        ngx_rtc_turn_bind_destroy(ngx_queue_data(q, ngx_rtc_turn_bind_t,
                                                 queue));
    }

    if (w->data_listen) {
        ngx_close_connection(w->data_listen);
        w->data_listen = NULL;
    }

    if (w->node) {
        ngx_rtc_turn_zone_leave(w->conf->zone, w->node);
        w->node = 0;
    }
}


static void
ngx_rtc_turn_bind_accept(ngx_event_t *rev)
{
    ngx_socket_t            s;
    ngx_connection_t       *c;
    ngx_rtc_turn_bind_t    *bind;
    ngx_rtc_turn_worker_t  *w;

    c = rev->data;
    w = c->data;

    if (c->close) {
        ngx_close_connection(c);
        w->data_listen = NULL;
        return;
    }

    if (ngx_rtc_turn_tcp_resume(rev) != NGX_OK) {
        return;
    }

    s = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK|SOCK_CLOEXEC);

    if (s == (ngx_socket_t) -1) {
        ngx_rtc_turn_tcp_refused(c, ngx_socket_errno);
        return;
    }

    if (!ngx_rtc_turn_link_is_worker(s) || !ngx_rtc_turn_tcp_has_room()) {
        (void) ngx_close_socket(s);
        return;
    }

    bind = ngx_rtc_turn_bind_create(w, s, (u_char *) "", 0);

    if (bind && ngx_handle_read_event(bind->connection->read, 0) != NGX_OK) {
        ngx_rtc_turn_bind_destroy(bind);
    }
}


/* the socket is closed if this fails */

static ngx_rtc_turn_bind_t *
ngx_rtc_turn_bind_create(ngx_rtc_turn_worker_t *w, ngx_socket_t s,
    const u_char *data, size_t len)
{
    ngx_connection_t     *c;
    ngx_rtc_turn_bind_t  *bind;

    c = ngx_rtc_turn_tcp_connection(w, s);
    if (c == NULL) {
        return NULL;
    }

    bind = ngx_alloc(sizeof(ngx_rtc_turn_bind_t) + len, w->log);
    if (bind == NULL) {
        ngx_close_connection(c);
        return NULL;
    }

    ngx_memzero(bind, sizeof(ngx_rtc_turn_bind_t));

    bind->worker = w;
    bind->connection = c;
    bind->len = len;
    ngx_memcpy(bind->data, data, len);

    c->data = bind;
    c->read->handler = ngx_rtc_turn_bind_handler;
    c->write->handler = ngx_rtc_turn_bind_handler;

    ngx_queue_insert_tail(&w->binds, &bind->queue);
    ngx_add_timer(c->read, NGX_RTC_TURN_BIND_WAIT);

    return bind;
}


ngx_int_t
ngx_rtc_turn_bind_ask(ngx_rtc_turn_stream_t *st, const rtc_turn_bind_t *wanted,
    const u_char *data, size_t len)
{
    ngx_pid_t                 pid;
    ngx_socket_t              s;
    ngx_connection_t         *c;
    ngx_rtc_turn_bind_t      *bind;
    ngx_rtc_turn_zone_t      *zone;
    ngx_rtc_turn_question_t   question;

    zone = st->worker->conf->zone;
    pid = ngx_rtc_turn_zone_node(zone, rtc_turn_conn_node(wanted->id));

    if (pid == 0 || !ngx_rtc_turn_tcp_has_room()) {
        return NGX_DECLINED;
    }

    s = ngx_rtc_turn_link_connect(zone->shared->seed, pid,
                                  NGX_RTC_TURN_LINK_DATA);
    if (s == (ngx_socket_t) -1) {
        return NGX_DECLINED;
    }

    bind = ngx_rtc_turn_bind_create(st->worker, s, data, len);
    if (bind == NULL) {
        return NGX_DECLINED;
    }

    c = bind->connection;

    ngx_memzero(&question, sizeof(ngx_rtc_turn_question_t));

    question.id = wanted->id;
    ngx_memcpy(question.user, wanted->user, RTC_SHA256_LEN);

    if (ngx_send(c, (u_char *) &question, sizeof(ngx_rtc_turn_question_t))
        != sizeof(ngx_rtc_turn_question_t)
        || ngx_handle_read_event(c->read, 0) != NGX_OK)
    {
        ngx_rtc_turn_bind_destroy(bind);
        return NGX_DECLINED;
    }

    bind->stream = st;
    bind->reply = wanted->reply;
    st->bind = bind;

    return NGX_OK;
}


static void
ngx_rtc_turn_bind_handler(ngx_event_t *ev)
{
    ngx_connection_t     *c;
    ngx_rtc_turn_bind_t  *bind;

    c = ev->data;
    bind = c->data;

    if (ev->write) {
        return;
    }

    if (c->close || ev->timedout) {
        ngx_rtc_turn_bind_failed(bind, 400);

    } else if (bind->stream) {
        ngx_rtc_turn_bind_answered(bind);

    } else {
        ngx_rtc_turn_bind_question(bind);
    }
}


static void
ngx_rtc_turn_bind_question(ngx_rtc_turn_bind_t *bind)
{
    int                       code;
    ssize_t                   n;
    uint16_t                  answer;
    rtc_turn_conn_t          *conn;
    ngx_connection_t         *c;
    ngx_rtc_turn_worker_t    *w;
    ngx_rtc_turn_question_t   question;

    w = bind->worker;
    c = bind->connection;

    /* it was sent as a whole, and fits into any buffer */

    n = ngx_recv(c, (u_char *) &question, sizeof(ngx_rtc_turn_question_t));

    if (n != (ssize_t) sizeof(ngx_rtc_turn_question_t)) {
        if (n != NGX_AGAIN) {
            ngx_rtc_turn_bind_destroy(bind);
        }

        return;
    }

    code = rtc_turn_server_bind(w->server, question.id, question.user,
                                ngx_current_msec, &conn);
    answer = (uint16_t) code;

    if (ngx_send(c, (u_char *) &answer, sizeof(uint16_t)) != sizeof(uint16_t)
        || code)
    {
        if (code == 0) {
            rtc_turn_server_drop(w->server, conn);
        }

        ngx_rtc_turn_bind_destroy(bind);
        return;
    }

    (void) ngx_rtc_turn_bind_free(bind);

    if (ngx_rtc_turn_tcp_bind(conn, c, NULL, (u_char *) "", 0) != NGX_OK) {
        rtc_turn_server_drop(w->server, conn);
        ngx_close_connection(c);
    }
}


static void
ngx_rtc_turn_bind_answered(ngx_rtc_turn_bind_t *bind)
{
    size_t                  len;
    ssize_t                 n;
    u_char                  out[RTC_TURN_ANSWER_MAX];
    uint16_t                code;
    ngx_connection_t       *c;
    ngx_rtc_turn_pipe_t    *pipe;
    ngx_rtc_turn_stream_t  *st;

    st = bind->stream;
    c = bind->connection;

    n = ngx_recv(c, (u_char *) &code, sizeof(uint16_t));

    if (n == NGX_AGAIN) {
        return;
    }

    if (n != sizeof(uint16_t) || code) {
        ngx_rtc_turn_bind_failed(bind, n == sizeof(uint16_t) ? code : 400);
        return;
    }

    len = rtc_turn_server_reply(st->worker->server, &bind->reply, 0, 0, out);

    if (ngx_rtc_turn_stream_finish(st, out, len) != NGX_OK) {
        ngx_rtc_turn_stream_close(st, NGX_STREAM_OK);
        return;
    }

    pipe = ngx_rtc_turn_pipe_create(st->worker, st->session->connection, c,
                                    bind->data, bind->len);
    if (pipe == NULL) {
        ngx_rtc_turn_stream_close(st, NGX_STREAM_INTERNAL_SERVER_ERROR);
        return;
    }

    pipe->stream = st;
    st->pipe = pipe;

    (void) ngx_rtc_turn_bind_free(bind);
}


static void
ngx_rtc_turn_bind_failed(ngx_rtc_turn_bind_t *bind, int code)
{
    size_t                  len, rest;
    u_char                  out[RTC_TURN_ANSWER_MAX];
    rtc_turn_reply_t        reply;
    ngx_rtc_turn_stream_t  *st;
    ngx_rtc_turn_worker_t  *w;

    w = bind->worker;
    st = bind->stream;
    rest = bind->len;
    reply = bind->reply;

    ngx_rtc_turn_bind_destroy(bind);

    if (st == NULL) {
        return;
    }

    len = rtc_turn_server_reply(w->server, &reply, code, 0, out);

    /* what was sent behind it is for a peer that there is not */

    if (rest) {
        (void) ngx_rtc_turn_stream_finish(st, out, len);
        ngx_rtc_turn_stream_close(st, NGX_STREAM_BAD_REQUEST);
        return;
    }

    ngx_rtc_turn_stream_resume(st, out, len);
}


/* the connection is the caller's */

static ngx_connection_t *
ngx_rtc_turn_bind_free(ngx_rtc_turn_bind_t *bind)
{
    ngx_connection_t  *c;

    c = bind->connection;

    if (bind->stream) {
        bind->stream->bind = NULL;
    }

    ngx_queue_remove(&bind->queue);
    ngx_free(bind);

    return c;
}


void
ngx_rtc_turn_bind_destroy(ngx_rtc_turn_bind_t *bind)
{
    ngx_close_connection(ngx_rtc_turn_bind_free(bind));
}
