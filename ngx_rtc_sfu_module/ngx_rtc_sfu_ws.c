
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_ident.h"
#include "ngx_rtc_sfu_handshake.h"
#include "ngx_rtc_sfu_ws.h"
#include <wslay/wslay.h>


#define NGX_RTC_SFU_WS_BUFFER       16384       /* of one system call */
#define NGX_RTC_SFU_WS_MAX_READ     65536       /* bytes of one event */
#define NGX_RTC_SFU_WS_MAX_FRAMES   256         /* of one message */

#define ngx_rtc_sfu_ws_of(r)                                                 \
    ngx_http_get_module_ctx((ngx_http_request_t *) (r), ngx_rtc_sfu_module)


extern ngx_module_t  ngx_rtc_sfu_module;


struct ngx_rtc_sfu_ws_s {
    ngx_queue_t                        queue;
    ngx_rtc_sfu_ws_worker_t           *worker;
    ngx_http_request_t                *request;

    const ngx_rtc_sfu_ws_handlers_t   *handlers;    /* NULL: the owner left */
    void                              *data;

    wslay_event_context_ptr            wslay;

    size_t                             read;        /* of this event */
    ngx_uint_t                         frames;      /* of this message */
    u_char                            *out;         /* what wslay writes to */
    size_t                             out_len;
    u_char                            *rest;        /* the socket was full */
    size_t                             rest_pos;
    size_t                             rest_len;

    ngx_rtc_ident_t                    ident;
    ngx_event_t                        flush;       /* posted */
    ngx_event_t                        timer;       /* of the close */

    ngx_uint_t                         code;        /* for closed() */
    ngx_uint_t                         closing;     /* to be sent, or 0 */

    unsigned                           told:1;      /* that we go away */
    unsigned                           broken:1;    /* cannot go on */
    unsigned                           clean:1;     /* a close was received */
    unsigned                           held:1;      /* not read: rest is full */
};


static ngx_rtc_sfu_ws_t *ngx_rtc_sfu_ws_create(ngx_rtc_sfu_ws_worker_t *w,
    ngx_http_request_t *r);
static void ngx_rtc_sfu_ws_cleanup(void *data);
static void ngx_rtc_sfu_ws_read_handler(ngx_event_t *rev);
static void ngx_rtc_sfu_ws_write_handler(ngx_event_t *wev);
static void ngx_rtc_sfu_ws_flush_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_ws_timer_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_ws_going_away(ngx_rtc_sfu_ws_t *ws);
static void ngx_rtc_sfu_ws_receive(ngx_rtc_sfu_ws_t *ws);
static ngx_int_t ngx_rtc_sfu_ws_write(ngx_rtc_sfu_ws_t *ws);
static ngx_int_t ngx_rtc_sfu_ws_queue_close(ngx_rtc_sfu_ws_t *ws);
static ngx_int_t ngx_rtc_sfu_ws_write_some(ngx_rtc_sfu_ws_t *ws, u_char *p,
    size_t len);
static ngx_int_t ngx_rtc_sfu_ws_write_rest(ngx_rtc_sfu_ws_t *ws);
static void ngx_rtc_sfu_ws_run(ngx_rtc_sfu_ws_t *ws);
static void ngx_rtc_sfu_ws_break(ngx_rtc_sfu_ws_t *ws, ngx_uint_t code);
static void ngx_rtc_sfu_ws_finish(ngx_rtc_sfu_ws_t *ws);

static ssize_t ngx_rtc_sfu_ws_recv_callback(wslay_event_context_ptr ctx,
    uint8_t *buf, size_t len, int flags, void *data);
static ssize_t ngx_rtc_sfu_ws_send_callback(wslay_event_context_ptr ctx,
    const uint8_t *p, size_t len, int flags, void *data);
static void ngx_rtc_sfu_ws_frame_callback(wslay_event_context_ptr ctx,
    const struct wslay_event_on_frame_recv_start_arg *arg, void *data);
static void ngx_rtc_sfu_ws_message_callback(wslay_event_context_ptr ctx,
    const struct wslay_event_on_msg_recv_arg *arg, void *data);


static const struct wslay_event_callbacks  ngx_rtc_sfu_ws_callbacks = {
    ngx_rtc_sfu_ws_recv_callback,
    ngx_rtc_sfu_ws_send_callback,
    NULL,                                  /* a server does not mask */
    ngx_rtc_sfu_ws_frame_callback,
    NULL,
    NULL,
    ngx_rtc_sfu_ws_message_callback
};


void
ngx_rtc_sfu_ws_init(ngx_rtc_sfu_ws_worker_t *w)
{
    ngx_memzero(w, sizeof(ngx_rtc_sfu_ws_worker_t));
    ngx_queue_init(&w->all);

    w->max_message = 1024 * 1024;
    w->max_queue = 4 * 1024 * 1024;
    w->send_timeout = 30000;
    w->close_timeout = 2000;
}


ngx_rtc_sfu_ws_t *
ngx_rtc_sfu_ws_accept(ngx_rtc_sfu_ws_worker_t *w, ngx_http_request_t *r,
    const ngx_rtc_sfu_ws_handlers_t *handlers, void *data)
{
    ngx_connection_t  *c;
    ngx_rtc_sfu_ws_t  *ws;

    c = r->connection;

    ws = ngx_rtc_sfu_ws_create(w, r);
    if (ws == NULL) {
        return NULL;
    }

    if (ngx_rtc_sfu_handshake_answer(r) != NGX_OK) {
        return NULL;
    }

    ws->handlers = handlers;
    ws->data = data;

    w->n++;
    w->accepted++;
    ngx_queue_insert_tail(&w->all, &ws->queue);

    r->keepalive = 0;
    r->read_event_handler = ngx_http_block_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    c->read->handler = ngx_rtc_sfu_ws_read_handler;
    c->write->handler = ngx_rtc_sfu_ws_write_handler;

    /* told by its read handler when the worker is to quit */

    c->idle = 1;

    if (ngx_tcp_nodelay(c) != NGX_OK) {
        ngx_rtc_sfu_ws_break(ws, NGX_RTC_SFU_WS_ABNORMAL);
    }

    /* frames may have come behind the request */

    ngx_post_event(c->read, &ngx_posted_events);

    return ws;
}


static ngx_rtc_sfu_ws_t *
ngx_rtc_sfu_ws_create(ngx_rtc_sfu_ws_worker_t *w, ngx_http_request_t *r)
{
    ngx_rtc_sfu_ws_t    *ws;
    ngx_http_cleanup_t  *cln;

    ws = ngx_pcalloc(r->pool, sizeof(ngx_rtc_sfu_ws_t));
    cln = ngx_http_cleanup_add(r, 0);

    if (ws == NULL || cln == NULL) {
        return NULL;
    }

    if (wslay_event_context_server_init(&ws->wslay, &ngx_rtc_sfu_ws_callbacks,
                                        ws)
        != 0)
    {
        return NULL;
    }

    wslay_event_config_set_max_recv_msg_length(ws->wslay, w->max_message);

    ws->worker = w;
    ws->request = r;
    ngx_queue_init(&ws->queue);

    ngx_rtc_ident_init(&ws->ident, ws);

    ws->flush.handler = ngx_rtc_sfu_ws_flush_handler;
    ws->flush.data = &ws->ident;
    ws->flush.log = r->connection->log;

    ws->timer.handler = ngx_rtc_sfu_ws_timer_handler;
    ws->timer.data = &ws->ident;
    ws->timer.log = r->connection->log;

    cln->handler = ngx_rtc_sfu_ws_cleanup;
    cln->data = ws;

    ngx_http_set_ctx(r, ws, ngx_rtc_sfu_module);

    return ws;
}


/* runs once, however the request ends */

static void
ngx_rtc_sfu_ws_cleanup(void *data)
{
    ngx_rtc_sfu_ws_t  *ws = data;

    void                             *owner;
    const ngx_rtc_sfu_ws_handlers_t  *handlers;

    if (ws->flush.posted) {
        ngx_delete_posted_event(&ws->flush);
    }

    if (ws->timer.timer_set) {
        ngx_del_timer(&ws->timer);
    }

    if (!ngx_queue_empty(&ws->queue)) {
        ngx_queue_remove(&ws->queue);
        ngx_queue_init(&ws->queue);
        ws->worker->n--;
    }

    if (ws->rest) {
        ngx_free(ws->rest);
        ws->rest = NULL;
    }

    if (ws->wslay) {
        wslay_event_context_free(ws->wslay);
        ws->wslay = NULL;
    }

    handlers = ws->handlers;
    owner = ws->data;

    ws->handlers = NULL;

    if (handlers) {
        handlers->closed(owner, ws->clean,
                         ws->code ? ws->code : NGX_RTC_SFU_WS_ABNORMAL);
    }
}


ngx_int_t
ngx_rtc_sfu_ws_send(ngx_rtc_sfu_ws_t *ws, ngx_uint_t text, const u_char *p,
    size_t len)
{
    struct wslay_event_msg  message;

    if (ws->broken) {
        return NGX_ERROR;
    }

    if (wslay_event_get_queued_msg_length(ws->wslay) + len
        > ws->worker->max_queue)
    {
        ws->worker->overflows++;
        ngx_rtc_sfu_ws_break(ws, NGX_RTC_SFU_WS_POLICY);
        return NGX_ERROR;
    }

    message.opcode = text ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME;
    message.msg = p;
    message.msg_length = len;

    if (wslay_event_queue_msg(ws->wslay, &message) != 0) {
        ngx_rtc_sfu_ws_break(ws, NGX_RTC_SFU_WS_ERROR);
        return NGX_ERROR;
    }

    ngx_post_event(&ws->flush, &ngx_posted_events);

    return NGX_OK;
}


void
ngx_rtc_sfu_ws_close(ngx_rtc_sfu_ws_t *ws, ngx_uint_t code)
{
    ws->handlers = NULL;
    ws->closing = code;

    if (!ws->timer.timer_set) {
        ngx_add_timer(&ws->timer, ws->worker->close_timeout);
    }

    ngx_post_event(&ws->flush, &ngx_posted_events);
}


void
ngx_rtc_sfu_ws_close_all(ngx_rtc_sfu_ws_worker_t *w)
{
    ngx_queue_t       *q;
    ngx_rtc_sfu_ws_t  *ws;

    while (!ngx_queue_empty(&w->all)) {
        q = ngx_queue_head(&w->all);
        ws = ngx_queue_data(q, ngx_rtc_sfu_ws_t, queue);

        /* the last words, as far as the socket takes them */

        if (!ws->broken) {
            (void) ngx_rtc_sfu_ws_write(ws);
        }

        ngx_rtc_sfu_ws_finish(ws);
    }
}


/* closed() follows, from an event */

static void
ngx_rtc_sfu_ws_break(ngx_rtc_sfu_ws_t *ws, ngx_uint_t code)
{
    if (!ws->broken) {
        ws->broken = 1;
        ws->code = code;
    }

    ngx_post_event(&ws->flush, &ngx_posted_events);
}


static void
ngx_rtc_sfu_ws_finish(ngx_rtc_sfu_ws_t *ws)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ws->request;
    c = r->connection;

    ngx_rtc_sfu_ws_cleanup(ws);

    ngx_http_finalize_request(r, NGX_ERROR);
    ngx_http_run_posted_requests(c);
}


static void
ngx_rtc_sfu_ws_read_handler(ngx_event_t *rev)
{
    ngx_connection_t    *c;
    ngx_rtc_sfu_ws_t    *ws;

    c = rev->data;
    ws = ngx_rtc_sfu_ws_of(c->data);

    if (c->close) {
        ngx_rtc_sfu_ws_going_away(ws);
    }

    if (!ws->broken) {
        ngx_rtc_sfu_ws_receive(ws);
    }

    ngx_rtc_sfu_ws_run(ws);
}


static void
ngx_rtc_sfu_ws_write_handler(ngx_event_t *wev)
{
    ngx_connection_t  *c;
    ngx_rtc_sfu_ws_t  *ws;

    c = wev->data;
    ws = ngx_rtc_sfu_ws_of(c->data);

    if (wev->timedout) {
        ngx_rtc_sfu_ws_break(ws, NGX_RTC_SFU_WS_ABNORMAL);
    }

    ngx_rtc_sfu_ws_run(ws);
}


static void
ngx_rtc_sfu_ws_flush_handler(ngx_event_t *ev)
{
    ngx_rtc_sfu_ws_run(ngx_rtc_ident_data(ev));
}


static void
ngx_rtc_sfu_ws_timer_handler(ngx_event_t *ev)
{
    ngx_rtc_sfu_ws_finish(ngx_rtc_ident_data(ev));
}


/*
 * nginx closes connections that are idle when a worker is to quit, and all of
 * them, with c->error set, when worker_shutdown_timeout is over.
 */

static void
ngx_rtc_sfu_ws_going_away(ngx_rtc_sfu_ws_t *ws)
{
    ngx_uint_t         now;
    ngx_connection_t  *c;

    c = ws->request->connection;
    now = c->error;

    c->close = 0;
    c->error = 0;
    c->idle = 0;

    if (ws->handlers && (now || !ws->told)) {
        ws->told = 1;
        ws->handlers->going_away(ws->data, now);
    }

    if (now && ws->handlers) {
        ngx_rtc_sfu_ws_close(ws, NGX_RTC_SFU_WS_GOING_AWAY);
    }
}


static void
ngx_rtc_sfu_ws_receive(ngx_rtc_sfu_ws_t *ws)
{
    ngx_connection_t  *c;

    c = ws->request->connection;
    ws->read = 0;

    if (wslay_event_want_read(ws->wslay)
        && wslay_event_recv(ws->wslay) != 0)
    {
        ngx_rtc_sfu_ws_break(ws, NGX_RTC_SFU_WS_ABNORMAL);
        return;
    }

    if (wslay_event_get_close_received(ws->wslay)) {
        ws->clean = 1;
        ws->code = wslay_event_get_status_code_received(ws->wslay);

    } else if (!wslay_event_get_read_enabled(ws->wslay) && ws->handlers) {

        /* wslay has queued a close that tells what was wrong */

        ws->worker->protocol_errors++;
        ws->code = NGX_RTC_SFU_WS_PROTOCOL;
    }

    if (ws->read >= NGX_RTC_SFU_WS_MAX_READ) {
        ngx_post_event(c->read, &ngx_posted_next_events);
    }
}


/* writes what there is, and ends what is over */

static void
ngx_rtc_sfu_ws_run(ngx_rtc_sfu_ws_t *ws)
{
    ngx_connection_t  *c;

    c = ws->request->connection;

    if (ws->broken || ngx_rtc_sfu_ws_write(ws) == NGX_ERROR) {
        ngx_rtc_sfu_ws_finish(ws);
        return;
    }

    /* both have said that they close, or nothing can be read any more */

    if (!wslay_event_want_write(ws->wslay)
        && ws->rest == NULL
        && !wslay_event_want_read(ws->wslay))
    {
        ngx_rtc_sfu_ws_finish(ws);
        return;
    }

    if (ngx_handle_read_event(c->read, 0) != NGX_OK
        || ngx_handle_write_event(c->write, 0) != NGX_OK)
    {
        ngx_rtc_sfu_ws_finish(ws);
    }
}


/* NGX_OK: nothing is left, NGX_AGAIN: the socket is full, NGX_ERROR */

static ngx_int_t
ngx_rtc_sfu_ws_write(ngx_rtc_sfu_ws_t *ws)
{
    ngx_int_t          rc;
    ngx_event_t       *wev;
    u_char             buf[NGX_RTC_SFU_WS_BUFFER];

    wev = ws->request->connection->write;

    rc = ngx_rtc_sfu_ws_write_rest(ws);

    while (rc == NGX_OK) {

        if (!wslay_event_want_write(ws->wslay)
            && ngx_rtc_sfu_ws_queue_close(ws) != NGX_OK)
        {
            break;
        }

        ws->out = buf;
        ws->out_len = 0;

        if (wslay_event_send(ws->wslay) != 0) {
            return NGX_ERROR;
        }

        rc = ngx_rtc_sfu_ws_write_some(ws, buf, ws->out_len);
    }

    if (rc == NGX_AGAIN) {
        if (!wev->timer_set) {
            ngx_add_timer(wev, ws->worker->send_timeout);
        }

    } else if (wev->timer_set) {
        ngx_del_timer(wev);
    }

    return rc;
}


/* wslay would send the close before what is queued, and drop the rest */

static ngx_int_t
ngx_rtc_sfu_ws_queue_close(ngx_rtc_sfu_ws_t *ws)
{
    ngx_uint_t  code;

    code = ws->closing;

    if (code == 0) {
        return NGX_DECLINED;
    }

    ws->closing = 0;

    if (wslay_event_queue_close(ws->wslay, (uint16_t) code, NULL, 0) != 0) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_ws_write_some(ngx_rtc_sfu_ws_t *ws, u_char *p, size_t len)
{
    ssize_t            n;
    ngx_connection_t  *c;

    c = ws->request->connection;

    while (len) {
        n = c->send(c, p, len);

        if (n == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (n == NGX_AGAIN) {
            break;
        }

        p += n;
        len -= n;
    }

    if (len == 0) {
        return NGX_OK;
    }

    ws->rest = ngx_alloc(len, c->log);
    if (ws->rest == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(ws->rest, p, len);
    ws->rest_pos = 0;
    ws->rest_len = len;

    return NGX_AGAIN;
}


static ngx_int_t
ngx_rtc_sfu_ws_write_rest(ngx_rtc_sfu_ws_t *ws)
{
    ssize_t            n;
    ngx_connection_t  *c;

    if (ws->rest == NULL) {
        return NGX_OK;
    }

    c = ws->request->connection;

    while (ws->rest_pos < ws->rest_len) {
        n = c->send(c, ws->rest + ws->rest_pos, ws->rest_len - ws->rest_pos);

        if (n < 0) {
            return n;
        }

        ws->rest_pos += n;

        /* progress: the time for the rest begins again */

        if (c->write->timer_set) {
            ngx_del_timer(c->write);
        }
    }

    ngx_free(ws->rest);
    ws->rest = NULL;

    if (ws->held) {
        ws->held = 0;
        ngx_post_event(c->read, &ngx_posted_events);
    }

    return NGX_OK;
}


static ssize_t
ngx_rtc_sfu_ws_recv_callback(wslay_event_context_ptr ctx, uint8_t *buf,
    size_t len, int flags, void *data)
{
    ngx_rtc_sfu_ws_t  *ws = data;

    ssize_t            n;
    ngx_buf_t         *b;
    ngx_connection_t  *c;

    if (ws->broken || ws->read >= NGX_RTC_SFU_WS_MAX_READ) {
        wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }

    /* who does not read is not heard: wslay would queue a pong per ping */

    if (ws->rest) {
        ws->held = 1;
        wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }

    b = ws->request->header_in;

    if (b->pos < b->last) {
        n = ngx_min((size_t) (b->last - b->pos), len);

        ngx_memcpy(buf, b->pos, n);
        b->pos += n;

    } else {
        c = ws->request->connection;
        n = c->recv(c, buf, len);
    }

    if (n == NGX_AGAIN) {
        wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }

    if (n <= 0) {
        wslay_event_set_error(ctx, WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
    }

    ws->read += n;

    return n;
}


static ssize_t
ngx_rtc_sfu_ws_send_callback(wslay_event_context_ptr ctx, const uint8_t *p,
    size_t len, int flags, void *data)
{
    ngx_rtc_sfu_ws_t  *ws = data;

    len = ngx_min(len, NGX_RTC_SFU_WS_BUFFER - ws->out_len);

    if (len == 0) {
        wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }

    ngx_memcpy(ws->out + ws->out_len, p, len);
    ws->out_len += len;

    return len;
}


/* wslay keeps each frame of an unfinished message by itself */

static void
ngx_rtc_sfu_ws_frame_callback(wslay_event_context_ptr ctx,
    const struct wslay_event_on_frame_recv_start_arg *arg, void *data)
{
    ngx_rtc_sfu_ws_t  *ws = data;

    if (wslay_is_ctrl_frame(arg->opcode)) {
        return;
    }

    if (++ws->frames > NGX_RTC_SFU_WS_MAX_FRAMES) {
        ws->worker->protocol_errors++;
        ngx_rtc_sfu_ws_break(ws, NGX_RTC_SFU_WS_POLICY);
    }
}


static void
ngx_rtc_sfu_ws_message_callback(wslay_event_context_ptr ctx,
    const struct wslay_event_on_msg_recv_arg *arg, void *data)
{
    ngx_rtc_sfu_ws_t  *ws = data;

    if (wslay_is_ctrl_frame(arg->opcode)) {
        return;
    }

    ws->frames = 0;

    if (ws->handlers == NULL) {
        return;
    }

    ws->handlers->message(ws->data, arg->opcode == WSLAY_TEXT_FRAME,
                          (u_char *) arg->msg, arg->msg_length);
}
