
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Workers of a slot are a chain: each connects to the one before it and says
 * HELLO.  That one answers with its allocations, then with END, and passes on
 * whatever comes later; after BYE nobody asks it any more, and it may leave.
 * A socket of whole messages keeps their order: a datagram never overtakes the
 * allocation it belongs to.
 */


#include "ngx_rtc_turn.h"
#include "ngx_rtc_turn_backlog.h"
#include "ngx_rtc_turn_handover.h"
#include "ngx_rtc_turn_link.h"
#include "rtc_crypto.h"


#define NGX_RTC_TURN_HELLO     1
#define NGX_RTC_TURN_ALLOC     2        /* with the sockets of its relays */
#define NGX_RTC_TURN_DATAGRAM  3
#define NGX_RTC_TURN_END       4
#define NGX_RTC_TURN_BYE       5        /* the answer to END */

#define NGX_RTC_TURN_HOLD      2000     /* ms that END may be on its way */

#define NGX_RTC_TURN_LINK_ROUNDS  64    /* messages of an event */


typedef struct {
    uint32_t                   type;
    uint32_t                   size;    /* of an allocation */
    u_char                     key[RTC_TURN_NONCE_KEY];
} ngx_rtc_turn_hello_t;


/* packed: permissions and channels that were ever used stand behind it */

typedef struct {
    uint32_t                   type;
    uint32_t                   df[2];
    rtc_addr_t                 local[2];
    rtc_turn_alloc_t           alloc;
} ngx_rtc_turn_alloc_msg_t;

#define NGX_RTC_TURN_PACKED  (offsetof(ngx_rtc_turn_alloc_msg_t, alloc)       \
                              + offsetof(rtc_turn_alloc_t, perms))


typedef struct {
    uint32_t                   type;
    uint32_t                   tos;
    rtc_tuple_t                tuple;
} ngx_rtc_turn_datagram_t;


typedef union {
    uint32_t                   type;
    ngx_rtc_turn_hello_t       hello;
    ngx_rtc_turn_alloc_msg_t   alloc;
    ngx_rtc_turn_datagram_t    datagram;
    u_char                     data[sizeof(ngx_rtc_turn_datagram_t)
                                    + NGX_RTC_TURN_ROOM];
} ngx_rtc_turn_message_t;


struct ngx_rtc_turn_handover_s {
    ngx_rtc_turn_worker_t     *worker;

    ngx_connection_t          *listen;  /* for the worker after us */
    ngx_connection_t          *up;      /* the one before us */
    ngx_connection_t          *down;    /* the one after us */

    ngx_rtc_turn_backlog_t     upward;
    ngx_rtc_turn_backlog_t     downward;

    ngx_event_t                hold;    /* keeps us until BYE */
    ngx_rtc_ident_t            ident;

    size_t                     pos;     /* of what goes down */
    unsigned                   asking:1;    /* it has not sent END */
    unsigned                   giving:1;
    unsigned                   given:1; /* END is sent */

    ngx_rtc_turn_message_t     in;
};


static ngx_int_t ngx_rtc_turn_handover_listen(ngx_rtc_turn_handover_t *h);
static void ngx_rtc_turn_handover_connect(ngx_rtc_turn_handover_t *h,
    ngx_pid_t pid);
static ngx_connection_t *ngx_rtc_turn_handover_link(
    ngx_rtc_turn_handover_t *h, ngx_socket_t s, ngx_event_handler_pt handler);
static void ngx_rtc_turn_handover_accept(ngx_event_t *rev);
static void ngx_rtc_turn_handover_read(ngx_event_t *rev);
static ngx_int_t ngx_rtc_turn_handover_recv(ngx_rtc_turn_handover_t *h,
    ngx_connection_t *c);
static ngx_int_t ngx_rtc_turn_handover_message(ngx_rtc_turn_handover_t *h,
    ngx_connection_t *c, size_t len, int *fds, ngx_uint_t nfds);
static ngx_int_t ngx_rtc_turn_handover_hello(ngx_rtc_turn_handover_t *h,
    ngx_connection_t *c, size_t len);
static ngx_int_t ngx_rtc_turn_handover_unpack(ngx_rtc_turn_handover_t *h,
    size_t len);
static void ngx_rtc_turn_handover_import(ngx_rtc_turn_handover_t *h, int *fds,
    ngx_uint_t nfds);
static void ngx_rtc_turn_handover_datagram(ngx_rtc_turn_handover_t *h,
    ngx_connection_t *c, size_t len);
static void ngx_rtc_turn_handover_write(ngx_event_t *wev);
static void ngx_rtc_turn_handover_give(ngx_rtc_turn_handover_t *h);
static void ngx_rtc_turn_handover_say(ngx_connection_t *c, uint32_t type);
static void ngx_rtc_turn_handover_held(ngx_event_t *ev);
static ngx_int_t ngx_rtc_turn_handover_export(ngx_rtc_turn_handover_t *h,
    rtc_turn_alloc_t *a);
static void ngx_rtc_turn_handover_pass(ngx_rtc_turn_handover_t *h,
    ngx_connection_t *c, ngx_rtc_turn_packet_t *packet);
static void ngx_rtc_turn_handover_close(ngx_rtc_turn_handover_t *h,
    ngx_connection_t *c);


ngx_rtc_turn_handover_t *
ngx_rtc_turn_handover_create(ngx_rtc_turn_worker_t *w)
{
    ngx_pid_t                 former;
    ngx_rtc_turn_handover_t  *h;

    if (ngx_worker >= NGX_RTC_TURN_ZONE_SLOTS) {
        return NULL;
    }

    h = ngx_pcalloc(w->pool, sizeof(ngx_rtc_turn_handover_t));
    if (h == NULL) {
        return NULL;
    }

    h->worker = w;

    ngx_rtc_turn_backlog_init(&h->upward, w->log);
    ngx_rtc_turn_backlog_init(&h->downward, w->log);

    ngx_rtc_ident_init(&h->ident, h);

    h->hold.handler = ngx_rtc_turn_handover_held;
    h->hold.data = &h->ident;
    h->hold.log = w->log;

    if (ngx_rtc_turn_handover_listen(h) != NGX_OK) {
        return NULL;
    }

    former = ngx_rtc_turn_zone_claim(w->conf->zone);

    if (former) {
        ngx_rtc_turn_handover_connect(h, former);
    }

    return h;
}


static ngx_int_t
ngx_rtc_turn_handover_listen(ngx_rtc_turn_handover_t *h)
{
    ngx_socket_t  s;

    s = ngx_rtc_turn_link_listen(h->worker->conf->zone->shared->seed,
                                 NGX_RTC_TURN_LINK_NEXT);

    if (s == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_ERR, h->worker->log, ngx_socket_errno,
                      "turn: no socket for the next worker, a reload will "
                      "end allocations");
        return NGX_ERROR;
    }

    h->listen = ngx_rtc_turn_handover_link(h, s, ngx_rtc_turn_handover_accept);

    return h->listen ? NGX_OK : NGX_ERROR;
}


static void
ngx_rtc_turn_handover_connect(ngx_rtc_turn_handover_t *h, ngx_pid_t pid)
{
    ngx_socket_t          s;
    struct iovec          iov;
    ngx_rtc_turn_hello_t  hello;

    s = ngx_rtc_turn_link_connect(h->worker->conf->zone->shared->seed, pid,
                                  NGX_RTC_TURN_LINK_NEXT);

    /* it is dead, and its allocations with it */

    if (s == (ngx_socket_t) -1) {
        return;
    }

    h->up = ngx_rtc_turn_handover_link(h, s, ngx_rtc_turn_handover_read);
    if (h->up == NULL) {
        return;
    }

    ngx_memzero(&hello, sizeof(ngx_rtc_turn_hello_t));

    hello.type = NGX_RTC_TURN_HELLO;
    hello.size = sizeof(rtc_turn_alloc_t);
    ngx_memcpy(hello.key, h->worker->conf->zone->shared->nonce_key,
               RTC_TURN_NONCE_KEY);

    iov.iov_base = &hello;
    iov.iov_len = sizeof(ngx_rtc_turn_hello_t);

    if (ngx_rtc_turn_link_send(h->up, &iov, 1, NULL, 0) == NGX_OK) {
        h->asking = 1;
    }
}


/* the socket is closed if this fails */

static ngx_connection_t *
ngx_rtc_turn_handover_link(ngx_rtc_turn_handover_t *h, ngx_socket_t s,
    ngx_event_handler_pt handler)
{
    ngx_log_t         *log;
    ngx_connection_t  *c;

    log = h->worker->log;

    c = ngx_rtc_conn(s, SOCK_STREAM, h, log);
    if (c == NULL) {
        (void) ngx_close_socket(s);
        return NULL;
    }

    c->read->handler = handler;
    c->write->handler = ngx_rtc_turn_handover_write;

    if (ngx_add_event(c->read, NGX_READ_EVENT, 0) != NGX_OK) {
        ngx_close_connection(c);
        return NULL;
    }

    return c;
}


static void
ngx_rtc_turn_handover_accept(ngx_event_t *rev)
{
    ngx_socket_t              s;
    ngx_connection_t         *c;
    ngx_rtc_turn_handover_t  *h;

    c = rev->data;
    h = c->data;

    if (c->close) {
        ngx_rtc_turn_handover_close(h, c);
        return;
    }

    s = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK|SOCK_CLOEXEC);
    if (s == (ngx_socket_t) -1) {
        return;
    }

    if (h->down || !ngx_rtc_turn_link_is_worker(s)) {
        (void) ngx_close_socket(s);
        return;
    }

    h->down = ngx_rtc_turn_handover_link(h, s, ngx_rtc_turn_handover_read);
}


static void
ngx_rtc_turn_handover_read(ngx_event_t *rev)
{
    ngx_int_t                 rc;
    ngx_uint_t                n;
    ngx_connection_t         *c;
    ngx_rtc_turn_handover_t  *h;

    c = rev->data;
    h = c->data;

    rc = c->close ? NGX_DONE : NGX_OK;

    for (n = 0; n < NGX_RTC_TURN_LINK_ROUNDS && rc == NGX_OK; n++) {
        rc = ngx_rtc_turn_handover_recv(h, c);
    }

    if (rc == NGX_DONE) {
        ngx_rtc_turn_handover_close(h, c);
    }
}


/* NGX_OK: there may be more; NGX_DONE: the link has ended */

static ngx_int_t
ngx_rtc_turn_handover_recv(ngx_rtc_turn_handover_t *h, ngx_connection_t *c)
{
    int         fds[2];
    ssize_t     n;
    ngx_uint_t  nfds;

    n = ngx_rtc_turn_link_recv(c, &h->in, sizeof(ngx_rtc_turn_message_t),
                               fds, &nfds);

    if (n == NGX_AGAIN || n == NGX_DONE) {
        return n;
    }

    return ngx_rtc_turn_handover_message(h, c, (size_t) n, fds, nfds);
}


static ngx_int_t
ngx_rtc_turn_handover_message(ngx_rtc_turn_handover_t *h, ngx_connection_t *c,
    size_t len, int *fds, ngx_uint_t nfds)
{
    if (len < sizeof(uint32_t)) {
        return NGX_DONE;
    }

    switch (h->in.type) {

    case NGX_RTC_TURN_HELLO:
        return ngx_rtc_turn_handover_hello(h, c, len);

    case NGX_RTC_TURN_ALLOC:
        if (c != h->up || ngx_rtc_turn_handover_unpack(h, len) != NGX_OK) {
            return NGX_DONE;
        }

        ngx_rtc_turn_handover_import(h, fds, nfds);
        return NGX_OK;

    case NGX_RTC_TURN_DATAGRAM:
        if (len < sizeof(ngx_rtc_turn_datagram_t)
            || (c == h->down && !h->giving))
        {
            return NGX_DONE;
        }

        ngx_rtc_turn_handover_datagram(h, c, len);
        return NGX_OK;

    case NGX_RTC_TURN_END:
        if (c != h->up) {
            return NGX_DONE;
        }

        h->asking = 0;
        ngx_rtc_turn_handover_say(c, NGX_RTC_TURN_BYE);

        if (h->giving) {
            ngx_rtc_turn_handover_give(h);
        }

        return NGX_OK;

    default: /* NGX_RTC_TURN_BYE */
        if (c != h->down) {
            return NGX_DONE;
        }

        if (h->hold.timer_set) {
            ngx_del_timer(&h->hold);
        }

        return NGX_OK;
    }
}


static ngx_int_t
ngx_rtc_turn_handover_hello(ngx_rtc_turn_handover_t *h, ngx_connection_t *c,
    size_t len)
{
    if (c != h->down || len != sizeof(ngx_rtc_turn_hello_t)
        || h->in.hello.size != sizeof(rtc_turn_alloc_t)
        || !rtc_equal(h->in.hello.key,
                      h->worker->conf->zone->shared->nonce_key,
                      RTC_TURN_NONCE_KEY))
    {
        return NGX_DONE;
    }

    h->giving = 1;
    h->pos = 0;

    /* it may ask as long as it has not read END */

    ngx_add_timer(&h->hold, NGX_RTC_TURN_HOLD);

    ngx_rtc_turn_handover_give(h);

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_handover_unpack(ngx_rtc_turn_handover_t *h, size_t len)
{
    size_t             n;
    u_char            *p;
    rtc_turn_alloc_t  *a;

    if (len < NGX_RTC_TURN_PACKED) {
        return NGX_ERROR;
    }

    a = &h->in.alloc.alloc;

    if (a->nperms > RTC_TURN_PERMISSIONS || a->nchans > RTC_TURN_CHANNELS) {
        return NGX_ERROR;
    }

    n = a->nperms * sizeof(rtc_turn_permission_t);

    if (len != NGX_RTC_TURN_PACKED + n
               + a->nchans * sizeof(rtc_turn_channel_t))
    {
        return NGX_ERROR;
    }

    /* channels first: permissions are where they belong already */

    p = (u_char *) a->perms + n;

    ngx_memmove(a->chans, p, a->nchans * sizeof(rtc_turn_channel_t));
    ngx_memzero((u_char *) a->perms + n, sizeof(a->perms) - n);
    ngx_memzero(&a->chans[a->nchans],
                (RTC_TURN_CHANNELS - a->nchans) * sizeof(rtc_turn_channel_t));

    return NGX_OK;
}


static void
ngx_rtc_turn_handover_import(ngx_rtc_turn_handover_t *h, int *fds,
    ngx_uint_t nfds)
{
    ngx_uint_t                 i, n;
    rtc_turn_alloc_t          *a;
    ngx_rtc_turn_relay_t      *relay;
    ngx_rtc_turn_worker_t     *w;
    ngx_rtc_turn_alloc_msg_t  *m;

    w = h->worker;
    m = &h->in.alloc;
    a = &m->alloc;
    n = 0;

    for (i = 0; i < 2; i++) {

        if (a->relays[i].data == NULL) {
            continue;
        }

        relay = n < nfds ? ngx_rtc_turn_relay_create(w, fds[n], &m->local[i],
                                                     SOCK_DGRAM)
                         : NULL;
        n++;

        if (relay) {
            relay->sock.df = m->df[i] ? 1 : 0;
        }

        a->relays[i].data = relay;
    }

    a->via = ngx_rtc_turn_udp_listener(w, &a->tuple.local);

    if (a->via == NULL || a->relays[0].data == NULL
        || rtc_turn_server_import(w->server, a) == NULL)
    {
        for (i = 0; i < 2; i++) {
            if (a->relays[i].data) {
                ngx_rtc_turn_relay_destroy(a->relays[i].data);
            }
        }

        ngx_rtc_turn_zone_give(w->conf->zone, a->ticket);
        return;
    }

    ngx_rtc_turn_zone_move(w->conf->zone, a->ticket);
    ngx_rtc_turn_zone_count(w->conf->zone, NGX_RTC_TURN_HANDED_OVER, 1);

    if (h->giving) {

        /* reloads in quick succession: it only passes through */

        h->pos = 0;
        ngx_rtc_turn_handover_give(h);
    }
}


static void
ngx_rtc_turn_handover_datagram(ngx_rtc_turn_handover_t *h,
    ngx_connection_t *c, size_t len)
{
    u_char                    answer[RTC_TURN_ANSWER_MAX];
    ngx_connection_t         *to;
    ngx_rtc_turn_packet_t     packet;
    ngx_rtc_turn_listener_t  *ls;

    packet.tuple = h->in.datagram.tuple;
    packet.tos = (u_char) h->in.datagram.tos;
    packet.data = h->in.data + sizeof(ngx_rtc_turn_datagram_t);
    packet.len = len - sizeof(ngx_rtc_turn_datagram_t);

    if (h->giving
        && rtc_turn_server_find(h->worker->server, &packet.tuple) == NULL)
    {
        /* the one before us may still have it; then the one after us gets it */

        to = (c == h->down && h->asking) ? h->up : h->down;

        ngx_rtc_turn_handover_pass(h, to, &packet);
        return;
    }

    ls = ngx_rtc_turn_udp_listener(h->worker, &packet.tuple.local);

    if (ls) {
        ngx_rtc_turn_udp_input(ls, &packet, answer);
        ngx_rtc_turn_io_flush(h->worker->io);
    }
}


static void
ngx_rtc_turn_handover_write(ngx_event_t *wev)
{
    ngx_int_t                 rc;
    ngx_connection_t         *c;
    ngx_rtc_turn_handover_t  *h;

    c = wev->data;
    h = c->data;

    rc = ngx_rtc_turn_backlog_send(c == h->up ? &h->upward : &h->downward, c);

    if (rc == NGX_AGAIN) {
        return;
    }

    (void) ngx_del_event(wev, NGX_WRITE_EVENT, 0);

    if (rc == NGX_OK && c == h->down && h->giving) {
        ngx_rtc_turn_handover_give(h);
    }
}


static void
ngx_rtc_turn_handover_give(ngx_rtc_turn_handover_t *h)
{
    ngx_int_t          rc;
    rtc_turn_alloc_t  *a;

    if (h->down->write->active) {
        return;
    }

    while ((a = rtc_turn_server_next(h->worker->server, &h->pos)) != NULL) {

        if (a->stream) {
            continue;
        }

        rc = ngx_rtc_turn_handover_export(h, a);

        if (rc == NGX_OK) {
            continue;
        }

        h->pos--;

        if (rc == NGX_AGAIN && !h->down->write->active) {
            rc = ngx_add_event(h->down->write, NGX_WRITE_EVENT, 0);
        }

        if (rc == NGX_ERROR) {

            /* its read event closes it */

            h->giving = 0;
            (void) ngx_shutdown_socket(h->down->fd, SHUT_RDWR);
        }

        return;
    }

    /* what the one before us has yet to give passes through */

    if (h->asking || h->given) {
        return;
    }

    h->given = 1;

    ngx_rtc_turn_handover_say(h->down, NGX_RTC_TURN_END);
}


static void
ngx_rtc_turn_handover_say(ngx_connection_t *c, uint32_t type)
{
    struct iovec  iov;

    iov.iov_base = &type;
    iov.iov_len = sizeof(uint32_t);

    (void) ngx_rtc_turn_link_send(c, &iov, 1, NULL, 0);
}


static void
ngx_rtc_turn_handover_held(ngx_event_t *ev)
{
    ngx_rtc_turn_handover_t  *h;

    h = ngx_rtc_ident_data(ev);

    ngx_log_error(NGX_LOG_NOTICE, h->worker->log, 0,
                  "turn: the next worker did not take over in time");
}


static ngx_int_t
ngx_rtc_turn_handover_export(ngx_rtc_turn_handover_t *h, rtc_turn_alloc_t *a)
{
    int                        fds[2];
    ngx_int_t                  rc;
    ngx_uint_t                 i, n;
    struct iovec               iov[3];
    ngx_rtc_turn_relay_t      *relay;
    ngx_rtc_turn_alloc_msg_t   m;

    ngx_memzero(&m, NGX_RTC_TURN_PACKED);

    m.type = NGX_RTC_TURN_ALLOC;
    ngx_memcpy(&m.alloc, a, offsetof(rtc_turn_alloc_t, perms));
    n = 0;

    for (i = 0; i < 2; i++) {
        relay = a->relays[i].data;

        if (relay) {
            m.local[i] = relay->sock.local;
            m.df[i] = relay->sock.df;
            fds[n++] = relay->sock.fd;
        }
    }

    iov[0].iov_base = &m;
    iov[0].iov_len = NGX_RTC_TURN_PACKED;
    iov[1].iov_base = a->perms;
    iov[1].iov_len = a->nperms * sizeof(rtc_turn_permission_t);
    iov[2].iov_base = a->chans;
    iov[2].iov_len = a->nchans * sizeof(rtc_turn_channel_t);

    rc = ngx_rtc_turn_link_send(h->down, iov, 3, fds, n);

    if (rc != NGX_OK) {
        return rc;
    }

    for (i = 0; i < 2; i++) {
        if (a->relays[i].data) {
            ngx_rtc_turn_relay_destroy(a->relays[i].data);
        }
    }

    rtc_turn_server_forget(h->worker->server, a);

    return NGX_OK;
}


static void
ngx_rtc_turn_handover_pass(ngx_rtc_turn_handover_t *h, ngx_connection_t *c,
    ngx_rtc_turn_packet_t *packet)
{
    struct iovec             iov[2];
    ngx_rtc_turn_backlog_t  *backlog;
    ngx_rtc_turn_datagram_t  m;

    ngx_memzero(&m, sizeof(ngx_rtc_turn_datagram_t));

    m.type = NGX_RTC_TURN_DATAGRAM;
    m.tos = packet->tos;
    m.tuple = packet->tuple;

    iov[0].iov_base = &m;
    iov[0].iov_len = sizeof(ngx_rtc_turn_datagram_t);
    iov[1].iov_base = packet->data;
    iov[1].iov_len = packet->len;

    backlog = c == h->up ? &h->upward : &h->downward;

    if (!c->write->active) {

        if (ngx_rtc_turn_link_send(c, iov, 2, NULL, 0) != NGX_AGAIN) {
            return;
        }

        if (ngx_add_event(c->write, NGX_WRITE_EVENT, 0) != NGX_OK) {
            return;
        }
    }

    ngx_rtc_turn_backlog_add(backlog, iov, 2);
}


ngx_int_t
ngx_rtc_turn_handover_forward(ngx_rtc_turn_listener_t *ls,
    ngx_rtc_turn_packet_t *packet)
{
    ngx_connection_t         *c;
    ngx_rtc_turn_handover_t  *h;

    h = ls->worker->handover;

    c = h->asking ? h->up : h->giving ? h->down : NULL;

    if (c == NULL
        || rtc_turn_server_find(ls->worker->server, &packet->tuple))
    {
        return NGX_DECLINED;
    }

    ngx_rtc_turn_handover_pass(h, c, packet);

    return NGX_OK;
}


static void
ngx_rtc_turn_handover_close(ngx_rtc_turn_handover_t *h, ngx_connection_t *c)
{
    if (c == h->up) {
        h->up = NULL;
        h->asking = 0;
        ngx_rtc_turn_backlog_free(&h->upward);

        if (h->giving) {
            ngx_rtc_turn_handover_give(h);
        }

    } else if (c == h->down) {
        h->down = NULL;
        h->giving = 0;
        ngx_rtc_turn_backlog_free(&h->downward);

        if (h->hold.timer_set) {
            ngx_del_timer(&h->hold);
        }

    } else {
        h->listen = NULL;
    }

    ngx_close_connection(c);
}


void
ngx_rtc_turn_handover_exit(ngx_rtc_turn_handover_t *h)
{
    h->giving = 0;

    if (h->up) {
        ngx_rtc_turn_handover_close(h, h->up);
    }

    if (h->down) {
        ngx_rtc_turn_handover_close(h, h->down);
    }

    if (h->listen) {
        ngx_rtc_turn_handover_close(h, h->listen);
    }
}
