
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A connection of a link: the handshake, then frames.
 */


#include "rtc_crypto.h"
#include "ngx_rtc_conn.h"
#include "ngx_rtc_sfu_link_internal.h"


static ngx_int_t ngx_rtc_sfu_link_conn_say(ngx_rtc_sfu_link_conn_t *conn,
    u_char *p, size_t len);
static void ngx_rtc_sfu_link_conn_read_handler(ngx_event_t *rev);
static ngx_int_t ngx_rtc_sfu_link_conn_read(ngx_rtc_sfu_link_conn_t *conn);
static ngx_int_t ngx_rtc_sfu_link_conn_step(ngx_rtc_sfu_link_conn_t *conn);
static ngx_int_t ngx_rtc_sfu_link_conn_proved(ngx_rtc_sfu_link_conn_t *conn);
static ngx_int_t ngx_rtc_sfu_link_conn_frames(ngx_rtc_sfu_link_conn_t *conn);
static ngx_int_t ngx_rtc_sfu_link_conn_rest(ngx_rtc_sfu_link_conn_t *conn);
static ngx_int_t ngx_rtc_sfu_link_conn_keep(ngx_rtc_sfu_link_conn_t *conn,
    const u_char *p, size_t len, size_t size);
static ngx_int_t ngx_rtc_sfu_link_conn_frame(ngx_rtc_sfu_link_conn_t *conn,
    const rtc_link_header_t *header, u_char *p);
static ssize_t ngx_rtc_sfu_link_conn_recv(ngx_rtc_sfu_link_conn_t *conn,
    u_char *p, size_t len);
static void ngx_rtc_sfu_link_conn_write_handler(ngx_event_t *wev);
static void ngx_rtc_sfu_link_conn_tick(ngx_rtc_sfu_link_conn_t *conn);


ngx_rtc_sfu_link_conn_t *
ngx_rtc_sfu_link_conn_create(ngx_rtc_sfu_links_t *links, ngx_socket_t s)
{
    ngx_connection_t         *c;
    ngx_rtc_sfu_link_conn_t  *conn;

    c = NULL;
    conn = ngx_calloc(sizeof(ngx_rtc_sfu_link_conn_t), links->log);

    /* with none left, ngx_rtc_conn() would log an alert */

    if (conn && ngx_cycle->free_connection_n) {
        c = ngx_rtc_conn(s, SOCK_STREAM, conn, links->log);
    }

    if (c == NULL) {
        ngx_rtc_conn_close_socket(s, links->log);
        ngx_free(conn);
        return NULL;
    }

    c->read->handler = ngx_rtc_sfu_link_conn_read_handler;
    c->read->cancelable = 1;
    c->write->handler = ngx_rtc_sfu_link_conn_write_handler;
    c->write->ready = 1;

    conn->links = links;
    conn->connection = c;

    ngx_queue_insert_tail(&links->conns, &conn->queue);
    ngx_add_timer(c->read, NGX_RTC_SFU_LINK_HANDSHAKE);

    return conn;
}


ngx_int_t
ngx_rtc_sfu_link_conn_hello(ngx_rtc_sfu_link_conn_t *conn,
    ngx_rtc_sfu_link_t *link)
{
    u_char                out[RTC_LINK_HELLO_LEN];
    rtc_link_hello_t      hello;
    ngx_rtc_sfu_links_t  *links;

    links = conn->links;

    ngx_memcpy(hello.from, links->wid->data, RTC_LINK_WID_LEN);
    ngx_memcpy(hello.to, link->wid, RTC_LINK_WID_LEN);
    hello.attempt = link->choice.attempt;
    hello.seen = link->choice.seen;

    if (rtc_random(hello.nonce, RTC_LINK_NONCE_LEN) != RTC_OK) {
        return NGX_ERROR;
    }

    rtc_link_connect(&conn->handshake, &links->secret, &hello, out);

    if (ngx_rtc_sfu_link_conn_say(conn, out, RTC_LINK_HELLO_LEN) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_handle_read_event(conn->connection->read, 0);
}


ngx_int_t
ngx_rtc_sfu_link_conn_expect(ngx_rtc_sfu_link_conn_t *conn)
{
    u_char  nonce[RTC_LINK_NONCE_LEN];

    if (rtc_random(nonce, RTC_LINK_NONCE_LEN) != RTC_OK) {
        return NGX_ERROR;
    }

    rtc_link_accept(&conn->handshake, &conn->links->secret,
                    conn->links->wid->data, nonce);

    return ngx_handle_read_event(conn->connection->read, 0);
}


void
ngx_rtc_sfu_link_conn_secured(ngx_rtc_sfu_link_conn_t *conn)
{
    ngx_int_t          rc;
    ngx_connection_t  *c;

    c = conn->connection;

    c->read->handler = ngx_rtc_sfu_link_conn_read_handler;
    c->write->handler = ngx_rtc_sfu_link_conn_write_handler;

    rc = conn->accepted ? ngx_rtc_sfu_link_conn_expect(conn)
                        : ngx_rtc_sfu_link_conn_hello(conn, conn->link);

    if (rc != NGX_OK) {
        ngx_rtc_sfu_link_conn_fail(conn);
        return;
    }

    /* TLS may have read what comes first already */

    ngx_post_event(c->read, &ngx_posted_events);
}


/* so little, so early: a socket that does not take it is broken */

static ngx_int_t
ngx_rtc_sfu_link_conn_say(ngx_rtc_sfu_link_conn_t *conn, u_char *p, size_t len)
{
    ngx_connection_t  *c;

    c = conn->connection;

    return c->send(c, p, len) == (ssize_t) len ? NGX_OK : NGX_ERROR;
}


static void
ngx_rtc_sfu_link_conn_read_handler(ngx_event_t *rev)
{
    ngx_int_t                 rc;
    ngx_uint_t                i;
    ngx_connection_t         *c;
    ngx_rtc_sfu_link_conn_t  *conn;

    c = rev->data;
    conn = c->data;

    if (c->close) {

        /* worker_shutdown_timeout */

        conn->links->closing = 1;
        ngx_rtc_sfu_link_conn_fail(conn);
        return;
    }

    if (rev->timedout) {
        rev->timedout = 0;
        ngx_rtc_sfu_link_conn_tick(conn);
        return;
    }

    rc = NGX_OK;

    for (i = 0; i < NGX_RTC_SFU_LINK_ROUNDS && rc == NGX_OK; i++) {
        rc = ngx_rtc_sfu_link_conn_read(conn);
    }

    if (rc == NGX_ERROR) {
        ngx_rtc_sfu_link_conn_fail(conn);
        return;
    }

    if (rc == NGX_OK) {
        ngx_post_event(rev, &ngx_posted_next_events);
        return;
    }

    if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        ngx_rtc_sfu_link_conn_fail(conn);
    }
}


/* NGX_OK: there may be more; NGX_ERROR: the connection is over */

static ngx_int_t
ngx_rtc_sfu_link_conn_read(ngx_rtc_sfu_link_conn_t *conn)
{
    if (conn->handshake.state != RTC_LINK_DONE) {
        return ngx_rtc_sfu_link_conn_step(conn);
    }

    return conn->part ? ngx_rtc_sfu_link_conn_rest(conn)
                      : ngx_rtc_sfu_link_conn_frames(conn);
}


/* no more is read than the step has */

static ngx_int_t
ngx_rtc_sfu_link_conn_step(ngx_rtc_sfu_link_conn_t *conn)
{
    size_t       want, len;
    u_char       out[RTC_LINK_MAX_STEP];
    ssize_t      n;
    ngx_int_t    rc;
    const char  *reason;

    want = rtc_link_want(&conn->handshake);

    n = ngx_rtc_sfu_link_conn_recv(conn, conn->step + conn->step_len,
                                   want - conn->step_len);
    if (n < 0) {
        return n;
    }

    conn->step_len += (size_t) n;

    if (conn->step_len < want) {
        return NGX_OK;
    }

    conn->step_len = 0;

    rc = rtc_link_input(&conn->handshake, conn->step, want, out, &len,
                        &reason);

    if (len && ngx_rtc_sfu_link_conn_say(conn, out, len) != NGX_OK) {
        return NGX_ERROR;
    }

    if (rc == RTC_ERROR || rc == RTC_DECLINED) {
        ngx_rtc_sfu_link_conn_violation(conn, reason);
        conn->refused = (rc == RTC_DECLINED);
        return NGX_ERROR;
    }

    return rc == RTC_OK ? ngx_rtc_sfu_link_conn_proved(conn) : NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_link_conn_proved(ngx_rtc_sfu_link_conn_t *conn)
{
    if (!conn->accepted) {

        /* its "accept" is still to come */

        return NGX_OK;
    }

    if (ngx_rtc_sfu_link_take(conn) != NGX_OK) {
        ngx_log_debug2(NGX_LOG_DEBUG_EVENT, conn->links->log, 0,
                       "sfu: link: one is enough, wid:%*s",
                       (size_t) RTC_LINK_WID_LEN, conn->handshake.hello.from);
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_rtc_sfu_link_conn_up(ngx_rtc_sfu_link_conn_t *conn)
{
    conn->last_in = ngx_current_msec;
    conn->last_use = ngx_current_msec;

    ngx_add_timer(conn->connection->read, NGX_RTC_SFU_LINK_TICK);
}


ngx_int_t
ngx_rtc_sfu_link_conn_accept(ngx_rtc_sfu_link_conn_t *conn, ngx_uint_t held)
{
    u_char  *p, out[RTC_LINK_HEADER_LEN + 1];

    p = rtc_link_write_header(out, RTC_LINK_ACCEPT, 1);
    *p = held ? RTC_LINK_HELD : 0;

    conn->told = held ? 1 : 0;

    return ngx_rtc_sfu_link_conn_say(conn, out, sizeof(out));
}


/* whole frames are handled where they are, what is left over is kept */

static ngx_int_t
ngx_rtc_sfu_link_conn_frames(ngx_rtc_sfu_link_conn_t *conn)
{
    u_char             *p, *last;
    size_t              size;
    ssize_t             n;
    ngx_int_t           rc;
    rtc_link_header_t   header;

    p = conn->links->in;

    n = ngx_rtc_sfu_link_conn_recv(conn, p, NGX_RTC_SFU_LINK_IN);
    if (n < 0) {
        return n;
    }

    last = p + n;

    while (p < last) {

        size = RTC_LINK_HEADER_LEN;
        rc = rtc_link_parse_header(&header, p, (size_t) (last - p));

        if (rc == RTC_ERROR) {
            ngx_rtc_sfu_link_conn_violation(conn, "it is no frame");
            return NGX_ERROR;
        }

        if (rc == RTC_OK) {
            size += header.len;
        }

        if (rc == RTC_AGAIN || (size_t) (last - p) < size) {
            return ngx_rtc_sfu_link_conn_keep(conn, p, (size_t) (last - p),
                                              size);
        }

        if (ngx_rtc_sfu_link_conn_frame(conn, &header,
                                        p + RTC_LINK_HEADER_LEN)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        p += size;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_link_conn_keep(ngx_rtc_sfu_link_conn_t *conn, const u_char *p,
    size_t len, size_t size)
{
    u_char  *part;

    part = ngx_alloc(size, conn->links->log);
    if (part == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(part, p, len);

    ngx_free(conn->part);

    conn->part = part;
    conn->part_len = len;
    conn->part_size = size;

    return NGX_OK;
}


/* the rest of one frame, of its header first, and no more */

static ngx_int_t
ngx_rtc_sfu_link_conn_rest(ngx_rtc_sfu_link_conn_t *conn)
{
    u_char             *part;
    size_t              size;
    ssize_t             n;
    ngx_int_t           rc;
    rtc_link_header_t   header;

    n = ngx_rtc_sfu_link_conn_recv(conn, conn->part + conn->part_len,
                                   conn->part_size - conn->part_len);
    if (n < 0) {
        return n;
    }

    conn->part_len += (size_t) n;

    if (conn->part_len < conn->part_size) {
        return NGX_OK;
    }

    if (rtc_link_parse_header(&header, conn->part, conn->part_len) != RTC_OK) {
        ngx_rtc_sfu_link_conn_violation(conn, "it is no frame");
        return NGX_ERROR;
    }

    size = RTC_LINK_HEADER_LEN + header.len;

    if (conn->part_len < size) {
        return ngx_rtc_sfu_link_conn_keep(conn, conn->part, conn->part_len,
                                          size);
    }

    part = conn->part;
    conn->part = NULL;

    rc = ngx_rtc_sfu_link_conn_frame(conn, &header,
                                     part + RTC_LINK_HEADER_LEN);
    ngx_free(part);

    return rc;
}


static ngx_int_t
ngx_rtc_sfu_link_conn_frame(ngx_rtc_sfu_link_conn_t *conn,
    const rtc_link_header_t *header, u_char *p)
{
    ngx_rtc_sfu_link_t   *link;
    ngx_rtc_sfu_links_t  *links;

    link = conn->link;
    links = conn->links;

    /* "accept" is the first frame at the end that has connected, only there */

    if ((header->type == RTC_LINK_ACCEPT)
        != (link->choice.current == RTC_LINK_OURS_TRIED))
    {
        ngx_rtc_sfu_link_conn_violation(conn, "it is no time for this frame");
        return NGX_ERROR;
    }

    switch (header->type) {

    case RTC_LINK_ACCEPT:
        conn->held = p[0] & RTC_LINK_HELD;
        link->choice.current = RTC_LINK_OURS;
        ngx_rtc_sfu_link_up(link);
        break;

    case RTC_LINK_PING:
        conn->held = p[0] & RTC_LINK_HELD;
        break;

    default:
        conn->last_use = ngx_current_msec;

        links->stat.messages_in++;
        links->stat.bytes_in += RTC_LINK_HEADER_LEN + header->len;

        links->handlers->message(links->data, link, header->type, p,
                                 header->len);
    }

    return NGX_OK;
}


/* more than 0, NGX_AGAIN, or NGX_ERROR */

static ssize_t
ngx_rtc_sfu_link_conn_recv(ngx_rtc_sfu_link_conn_t *conn, u_char *p,
    size_t len)
{
    ssize_t            n;
    ngx_connection_t  *c;

    c = conn->connection;

    n = c->recv(c, p, len);

    if (n > 0) {
        conn->last_in = ngx_current_msec;
        return n;
    }

    return n == NGX_AGAIN ? NGX_AGAIN : NGX_ERROR;
}


static void
ngx_rtc_sfu_link_conn_write_handler(ngx_event_t *wev)
{
    ngx_connection_t         *c;
    ngx_rtc_sfu_link_conn_t  *conn;

    c = wev->data;
    conn = c->data;

    if (conn->link && ngx_rtc_sfu_link_state_is_up(conn->link)) {
        ngx_rtc_sfu_link_conn_flush(conn);
    }
}


void
ngx_rtc_sfu_link_conn_flush(ngx_rtc_sfu_link_conn_t *conn)
{
    if (!conn->connection->write->ready) {
        return;
    }

    if (ngx_rtc_sfu_link_queue_send(conn->link) == NGX_ERROR
        || ngx_handle_write_event(conn->connection->write, 0) != NGX_OK)
    {
        ngx_rtc_sfu_link_conn_fail(conn);
    }
}


static void
ngx_rtc_sfu_link_conn_tick(ngx_rtc_sfu_link_conn_t *conn)
{
    ngx_msec_t            now, silence;
    ngx_rtc_sfu_link_t   *link;
    ngx_rtc_sfu_links_t  *links;

    link = conn->link;
    links = conn->links;
    now = ngx_current_msec;

    if (link == NULL || !ngx_rtc_sfu_link_state_is_up(link)) {
        ngx_rtc_sfu_link_conn_violation(conn, "it takes too long");
        ngx_rtc_sfu_link_conn_fail(conn);
        return;
    }

    silence = conn->tcp ? NGX_RTC_SFU_LINK_TCP_SILENCE
                        : NGX_RTC_SFU_LINK_SILENCE;

    if ((ngx_msec_int_t) (now - conn->last_in) >= (ngx_msec_int_t) silence) {
        ngx_log_error(NGX_LOG_INFO, links->log, 0,
                      "sfu: link is silent, wid:%V", &link->node.str);
        ngx_rtc_sfu_link_conn_fail(conn);
        return;
    }

    if (link->holds || conn->held) {
        conn->last_use = now;
    }

    if ((ngx_msec_int_t) (now - conn->last_use) >= NGX_RTC_SFU_LINK_IDLE) {
        ngx_rtc_sfu_link_conn_close(conn);
        ngx_rtc_sfu_link_lost(link, 1);
        return;
    }

    ngx_add_timer(conn->connection->read, NGX_RTC_SFU_LINK_TICK);

    if (!conn->sent && link->queued == 0) {

        /* a ping, even if there is no news in it */

        conn->told = !link->holds;
        ngx_post_event(&link->work, &ngx_posted_events);
    }

    conn->sent = 0;
}


/* at most one line in a second */

void
ngx_rtc_sfu_link_conn_violation(ngx_rtc_sfu_link_conn_t *conn,
    const char *reason)
{
    ngx_rtc_sfu_links_t  *links;

    links = conn->links;

    if (links->logged == ngx_time()) {
        return;
    }

    links->logged = ngx_time();

    if (conn->link) {
        ngx_log_error(NGX_LOG_INFO, links->log, 0,
                      "sfu: link closed: %s, wid:%V", reason,
                      &conn->link->node.str);
        return;
    }

    ngx_log_error(NGX_LOG_INFO, links->log, 0,
                  "sfu: connection of a link closed: %s", reason);
}


void
ngx_rtc_sfu_link_conn_fail(ngx_rtc_sfu_link_conn_t *conn)
{
    ngx_uint_t           idle;
    ngx_rtc_sfu_link_t  *link;

    link = conn->link;

    if (link == NULL || !ngx_rtc_sfu_link_state_is_up(link)) {
        conn->links->stat.failures++;
    }

    /* the other end may be the first to see that nobody needs it */

    idle = (link && link->holds == 0 && !conn->held);

    if (link && conn->tcp) {
        ngx_rtc_sfu_link_count_refusal(link, conn->refused);
    }

    ngx_rtc_sfu_link_conn_close(conn);

    if (link) {
        ngx_rtc_sfu_link_lost(link, idle);
    }
}


void
ngx_rtc_sfu_link_conn_close(ngx_rtc_sfu_link_conn_t *conn)
{
    ngx_pool_t  *pool;

    ngx_queue_remove(&conn->queue);

    pool = conn->connection->pool;

    ngx_rtc_sfu_link_tls_end(conn);
    ngx_close_connection(conn->connection);
    ngx_rtc_sfu_link_settled(conn);

    if (pool) {
        ngx_destroy_pool(pool);
    }

    ngx_free(conn->part);
    ngx_free(conn);
}
