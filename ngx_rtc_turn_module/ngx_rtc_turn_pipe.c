
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_turn.h"
#include "ngx_rtc_turn_pipe.h"


#define NGX_RTC_TURN_PIPE_ROUNDS  8         /* reads of an event */
#define NGX_RTC_TURN_PIPE_PAUSE   50        /* ms until there is budget */
#define NGX_RTC_TURN_PIPE_HOLD    600000    /* ms, keeps an exiting worker */
#define NGX_RTC_TURN_PIPE_LINGER  30000     /* ms without a byte, half closed */


static void ngx_rtc_turn_pipe_handler(ngx_event_t *ev);
static ngx_int_t ngx_rtc_turn_pipe_hold(ngx_rtc_turn_pipe_t *pipe);
static ngx_int_t ngx_rtc_turn_pipe_run(ngx_rtc_turn_pipe_t *pipe);
static ngx_int_t ngx_rtc_turn_pipe_move(ngx_rtc_turn_pipe_t *pipe,
    ngx_rtc_turn_flow_t *flow, ngx_connection_t *from, ngx_connection_t *to);
static ngx_int_t ngx_rtc_turn_pipe_write(ngx_rtc_turn_flow_t *flow,
    ngx_connection_t *to);
static ngx_int_t ngx_rtc_turn_pipe_shut(ngx_rtc_turn_flow_t *flow,
    ngx_connection_t *to);
static ngx_int_t ngx_rtc_turn_pipe_read(ngx_rtc_turn_pipe_t *pipe,
    ngx_rtc_turn_flow_t *flow, ngx_connection_t *from);
static void ngx_rtc_turn_pipe_count(ngx_rtc_turn_pipe_t *pipe,
    ngx_rtc_turn_flow_t *flow, size_t len);
static ngx_int_t ngx_rtc_turn_pipe_watch(ngx_connection_t *c);
static void ngx_rtc_turn_pipe_set(ngx_rtc_turn_pipe_t *pipe,
    ngx_connection_t *c);


ngx_rtc_turn_pipe_t *
ngx_rtc_turn_pipe_create(ngx_rtc_turn_worker_t *w, ngx_connection_t *client,
    ngx_connection_t *other, const u_char *data, size_t len)
{
    size_t                size;
    ngx_rtc_turn_pipe_t  *pipe;

    size = ngx_max(len, NGX_RTC_TURN_PIPE_SIZE);

    pipe = ngx_alloc(sizeof(ngx_rtc_turn_pipe_t) + size
                     + NGX_RTC_TURN_PIPE_SIZE, w->log);
    if (pipe == NULL) {
        return NULL;
    }

    ngx_memzero(pipe, sizeof(ngx_rtc_turn_pipe_t));

    pipe->worker = w;
    pipe->client = client;
    pipe->client_data = client->data;
    pipe->other = other;

    pipe->up.start = (u_char *) (pipe + 1);
    pipe->up.pos = pipe->up.start;
    pipe->up.last = ngx_cpymem(pipe->up.start, data, len);
    pipe->up.end = pipe->up.start + size;

    pipe->down.start = pipe->up.end;
    pipe->down.pos = pipe->down.start;
    pipe->down.last = pipe->down.start;
    pipe->down.end = pipe->down.start + NGX_RTC_TURN_PIPE_SIZE;

    ngx_rtc_turn_pipe_set(pipe, client);
    ngx_rtc_turn_pipe_set(pipe, other);

    /* an ordinary timer: an exiting worker waits for the end */

    other->read->cancelable = 0;
    ngx_add_timer(other->read, NGX_RTC_TURN_PIPE_HOLD);

    ngx_post_event(client->read, &ngx_posted_events);

    return pipe;
}


static void
ngx_rtc_turn_pipe_set(ngx_rtc_turn_pipe_t *pipe, ngx_connection_t *c)
{
    c->data = pipe;
    c->read->handler = ngx_rtc_turn_pipe_handler;
    c->write->handler = ngx_rtc_turn_pipe_handler;

    if (c->read->timer_set) {
        ngx_del_timer(c->read);
    }

    if (c->write->timer_set) {
        ngx_del_timer(c->write);
    }
}


static void
ngx_rtc_turn_pipe_handler(ngx_event_t *ev)
{
    ngx_connection_t     *c;
    ngx_rtc_turn_pipe_t  *pipe;

    c = ev->data;
    pipe = c->data;

    if (c->close) {

        /* worker_shutdown_timeout */

        ngx_rtc_turn_pipe_end(pipe);
        return;
    }

    if (ev->timedout) {
        ev->timedout = 0;

        if (ev == pipe->other->read
            && ngx_rtc_turn_pipe_hold(pipe) != NGX_OK)
        {
            ngx_rtc_turn_pipe_end(pipe);
            return;
        }
    }

    if (ngx_rtc_turn_pipe_run(pipe) != NGX_OK) {
        ngx_rtc_turn_pipe_end(pipe);
    }
}


/* who has closed one direction and is silent in the other is gone */

static ngx_int_t
ngx_rtc_turn_pipe_hold(ngx_rtc_turn_pipe_t *pipe)
{
    if (!pipe->half) {
        ngx_add_timer(pipe->other->read, NGX_RTC_TURN_PIPE_HOLD);
        return NGX_OK;
    }

    if (pipe->seen == pipe->moved) {
        return NGX_DONE;
    }

    pipe->seen = pipe->moved;
    ngx_add_timer(pipe->other->read, NGX_RTC_TURN_PIPE_LINGER);

    return NGX_OK;
}


/* NGX_DONE, NGX_ERROR: it is over */

static ngx_int_t
ngx_rtc_turn_pipe_run(ngx_rtc_turn_pipe_t *pipe)
{
    ngx_int_t  rc;

    rc = ngx_rtc_turn_pipe_move(pipe, &pipe->up, pipe->client, pipe->other);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_rtc_turn_pipe_move(pipe, &pipe->down, pipe->other, pipe->client);
    if (rc != NGX_OK) {
        return rc;
    }

    if (pipe->up.shut && pipe->down.shut) {
        return NGX_DONE;
    }

    if (!pipe->half && (pipe->up.shut || pipe->down.shut)) {
        pipe->half = 1;
        pipe->seen = pipe->moved;
        ngx_rtc_turn_set_timer(pipe->other->read, NGX_RTC_TURN_PIPE_LINGER);
    }

    if (ngx_rtc_turn_pipe_watch(pipe->client) != NGX_OK
        || ngx_rtc_turn_pipe_watch(pipe->other) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_pipe_move(ngx_rtc_turn_pipe_t *pipe, ngx_rtc_turn_flow_t *flow,
    ngx_connection_t *from, ngx_connection_t *to)
{
    ngx_int_t   rc;
    ngx_uint_t  i;

    for (i = 0; i < NGX_RTC_TURN_PIPE_ROUNDS; i++) {

        rc = ngx_rtc_turn_pipe_write(flow, to);
        if (rc != NGX_OK) {
            return rc;
        }

        if (flow->eof) {
            return ngx_rtc_turn_pipe_shut(flow, to);
        }

        if (flow->last == flow->end || !from->read->ready) {
            return NGX_OK;
        }

        rc = ngx_rtc_turn_pipe_read(pipe, flow, from);

        if (rc != NGX_OK) {
            return rc == NGX_AGAIN ? NGX_OK : NGX_ERROR;
        }
    }

    /* others have their turn, too */

    ngx_post_event(from->read, &ngx_posted_next_events);

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_pipe_write(ngx_rtc_turn_flow_t *flow, ngx_connection_t *to)
{
    ssize_t  n;

    while (flow->pos < flow->last && to->write->ready) {

        n = to->send(to, flow->pos, flow->last - flow->pos);

        if (n == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (n == NGX_AGAIN) {
            break;
        }

        flow->pos += n;
    }

    if (flow->pos == flow->last) {
        flow->pos = flow->start;
        flow->last = flow->start;
    }

    return NGX_OK;
}


/*
 * RFC 6062, 5.5: one side is closed, so is the other.  Over TCP the other
 * direction may go on; TLS ends as a whole.
 */

static ngx_int_t
ngx_rtc_turn_pipe_shut(ngx_rtc_turn_flow_t *flow, ngx_connection_t *to)
{
    if (flow->shut || flow->pos < flow->last) {
        return NGX_OK;
    }

#if (NGX_STREAM_SSL)
    if (to->ssl) {
        return NGX_DONE;
    }
#endif

    if (ngx_shutdown_socket(to->fd, SHUT_WR) == -1) {
        return NGX_ERROR;
    }

    flow->shut = 1;

    return NGX_OK;
}


/* NGX_OK: there may be more */

static ngx_int_t
ngx_rtc_turn_pipe_read(ngx_rtc_turn_pipe_t *pipe, ngx_rtc_turn_flow_t *flow,
    ngx_connection_t *from)
{
    size_t   size;
    ssize_t  n;

    size = flow->end - flow->last;

    if (pipe->conn) {
        size = ngx_min(size, rtc_turn_server_room(pipe->worker->server,
                                                  pipe->conn,
                                                  ngx_current_msec));
    }

    if (size == 0) {

        /* the sender waits, nothing is dropped */

        if (!pipe->client->read->timer_set) {
            ngx_add_timer(pipe->client->read, NGX_RTC_TURN_PIPE_PAUSE);
        }

        return NGX_AGAIN;
    }

    n = from->recv(from, flow->last, size);

    if (n == NGX_AGAIN || n == NGX_ERROR) {
        return n;
    }

    if (n == 0) {
        flow->eof = 1;
        return NGX_OK;
    }

    flow->last += n;

    ngx_rtc_turn_pipe_count(pipe, flow, (size_t) n);

    return NGX_OK;
}


static void
ngx_rtc_turn_pipe_count(ngx_rtc_turn_pipe_t *pipe, ngx_rtc_turn_flow_t *flow,
    size_t len)
{
    pipe->moved += len;

    if (pipe->conn) {
        rtc_turn_server_moved(pipe->worker->server, pipe->conn,
                              flow == &pipe->up, len);
    }

    if (pipe->stream && flow == &pipe->up) {
        pipe->stream->session->received += len;
    }
}


static ngx_int_t
ngx_rtc_turn_pipe_watch(ngx_connection_t *c)
{
    if (ngx_handle_read_event(c->read, c->read->eof ? NGX_CLOSE_EVENT : 0)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_handle_write_event(c->write, 0);
}


void
ngx_rtc_turn_pipe_end(ngx_rtc_turn_pipe_t *pipe)
{
    if (pipe->conn) {
        rtc_turn_server_drop(pipe->worker->server, pipe->conn);
        return;
    }

    ngx_rtc_turn_pipe_destroy(pipe);
}


void
ngx_rtc_turn_pipe_destroy(ngx_rtc_turn_pipe_t *pipe)
{
    ngx_connection_t       *client;
    ngx_rtc_turn_stream_t  *st;

    client = pipe->client;
    st = pipe->stream;

    ngx_close_connection(pipe->other);

    client->data = pipe->client_data;

    ngx_free(pipe);

    if (st) {
        st->pipe = NULL;
        ngx_rtc_turn_stream_close(st, NGX_STREAM_OK);

    } else {
        ngx_close_connection(client);
    }
}
