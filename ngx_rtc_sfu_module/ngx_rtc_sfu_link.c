
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The links of a worker.  What the owner asks for is noted here and done by
 * the link's posted event, which also frees it: so no handler runs inside a
 * call, and a link lives as long as the event that works with it.
 */


#include "ngx_rtc_addr.h"
#include "ngx_rtc_sfu_link_internal.h"


#if NGX_RTC_SFU_LINK_MAX_MESSAGE != RTC_LINK_MAX_BODY
#error a message is the body of a frame
#endif


static ngx_rtc_sfu_link_t *ngx_rtc_sfu_link_find(ngx_rtc_sfu_links_t *links,
    const u_char *wid);
static ngx_rtc_sfu_link_t *ngx_rtc_sfu_link_create(ngx_rtc_sfu_links_t *links,
    const u_char *wid);
static void ngx_rtc_sfu_link_free(ngx_rtc_sfu_link_t *link);
static void ngx_rtc_sfu_link_work_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_link_tell(ngx_rtc_sfu_link_t *link);
static void ngx_rtc_sfu_link_connect(ngx_rtc_sfu_link_t *link);
static void ngx_rtc_sfu_link_connect_far(ngx_rtc_sfu_link_t *link);
static void ngx_rtc_sfu_link_stop_trying(ngx_rtc_sfu_link_t *link);


ngx_rtc_sfu_links_t *
ngx_rtc_sfu_links_create(ngx_rtc_sfu_registry_t *reg, const ngx_str_t *secret,
    const ngx_rtc_sfu_link_conf_t *conf,
    const ngx_rtc_sfu_link_handlers_t *handlers, void *data, ngx_log_t *log)
{
    rtc_str_t             text;
    ngx_rtc_sfu_links_t  *links;

    links = ngx_calloc(sizeof(ngx_rtc_sfu_links_t), log);
    if (links == NULL) {
        return NULL;
    }

    links->registry = reg;
    links->log = log;
    links->wid = ngx_rtc_sfu_registry_wid(reg);
    links->conf = conf;
    links->handlers = handlers;
    links->data = data;

    ngx_queue_init(&links->conns);
    ngx_queue_init(&links->queue);
    ngx_rbtree_init(&links->ids, &links->sentinel,
                    ngx_str_rbtree_insert_value);

    links->host_len = ngx_rtc_host(links->host);

    if (links->host_len == 0) {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "sfu: this host has no id, the death of a worker is seen "
                      "late");
    }

    text.data = secret->data;
    text.len = secret->len;

    if (rtc_link_secret_init(&links->secret, text) != RTC_OK) {
        ngx_log_error(NGX_LOG_CRIT, log, 0, "sfu: no keys for links");
        ngx_free(links);
        return NULL;
    }

    if (ngx_rtc_sfu_link_listen(links) != NGX_OK) {
        ngx_free(links);
        return NULL;
    }

    if (conf->address.family) {

        if (ngx_rtc_sfu_link_tls_init(links) != NGX_OK) {
            ngx_rtc_sfu_link_unlisten(&links->near);
            ngx_free(links);
            return NULL;
        }

        ngx_rtc_sfu_link_tcp_listen(links);
    }

    return links;
}


void
ngx_rtc_sfu_links_destroy(ngx_rtc_sfu_links_t *links)
{
    ngx_queue_t              *q;
    ngx_rtc_sfu_link_t       *link;
    ngx_rtc_sfu_link_conn_t  *conn;

    ngx_rtc_sfu_link_unlisten(&links->near);
    ngx_rtc_sfu_link_tcp_close(links);

    while (!ngx_queue_empty(&links->conns)) {
        q = ngx_queue_head(&links->conns);
        conn = ngx_queue_data(q, ngx_rtc_sfu_link_conn_t, queue);
        ngx_rtc_sfu_link_conn_close(conn);
    }

    while (!ngx_queue_empty(&links->queue)) {
        q = ngx_queue_head(&links->queue);
        link = ngx_queue_data(q, ngx_rtc_sfu_link_t, queue);
        ngx_rtc_sfu_link_free(link);
    }

    ngx_rtc_sfu_link_tls_cleanup(links);

    ngx_explicit_memzero(&links->secret, sizeof(rtc_link_secret_t));
    ngx_free(links);
}


ngx_uint_t
ngx_rtc_sfu_links_port(const ngx_rtc_sfu_links_t *links)
{
    return links->port;
}


const ngx_rtc_sfu_link_stat_t *
ngx_rtc_sfu_links_stat(const ngx_rtc_sfu_links_t *links)
{
    return &links->stat;
}


ngx_rtc_sfu_link_t *
ngx_rtc_sfu_link_hold(ngx_rtc_sfu_links_t *links, const ngx_str_t *wid)
{
    ngx_rtc_sfu_link_t  *link;

    if (!rtc_link_is_wid(wid->data, wid->len)
        || ngx_memcmp(wid->data, links->wid->data, RTC_LINK_WID_LEN) == 0)
    {
        return NULL;
    }

    link = ngx_rtc_sfu_link_find(links, wid->data);

    if (link == NULL) {
        link = ngx_rtc_sfu_link_create(links, wid->data);

        if (link == NULL) {
            return NULL;
        }
    }

    link->holds++;
    ngx_rtc_sfu_link_post(link);

    return link;
}


void
ngx_rtc_sfu_link_release(ngx_rtc_sfu_link_t *link)
{
    link->holds--;
    ngx_rtc_sfu_link_post(link);
}


static ngx_rtc_sfu_link_t *
ngx_rtc_sfu_link_find(ngx_rtc_sfu_links_t *links, const u_char *wid)
{
    ngx_str_t  key;

    key.data = (u_char *) wid;
    key.len = RTC_LINK_WID_LEN;

    return (ngx_rtc_sfu_link_t *)
               ngx_str_rbtree_lookup(&links->ids, &key,
                                     ngx_crc32_long(key.data, key.len));
}


static ngx_rtc_sfu_link_t *
ngx_rtc_sfu_link_create(ngx_rtc_sfu_links_t *links, const u_char *wid)
{
    ngx_rtc_sfu_link_t  *link;

    link = ngx_calloc(sizeof(ngx_rtc_sfu_link_t), links->log);
    if (link == NULL) {
        return NULL;
    }

    link->links = links;
    ngx_memcpy(link->wid, wid, RTC_LINK_WID_LEN);
    ngx_queue_init(&link->chunks);

    ngx_rtc_ident_init(&link->ident, link);

    link->work.data = &link->ident;
    link->work.handler = ngx_rtc_sfu_link_work_handler;
    link->work.log = links->log;

    link->retry.data = &link->ident;
    link->retry.handler = ngx_rtc_sfu_link_work_handler;
    link->retry.log = links->log;
    link->retry.cancelable = 1;

    link->node.str.data = link->wid;
    link->node.str.len = RTC_LINK_WID_LEN;
    link->node.node.key = ngx_crc32_long(link->wid, RTC_LINK_WID_LEN);

    ngx_rbtree_insert(&links->ids, &link->node.node);
    ngx_queue_insert_tail(&links->queue, &link->queue);

    return link;
}


/* its connection has been closed */

static void
ngx_rtc_sfu_link_free(ngx_rtc_sfu_link_t *link)
{
    ngx_rtc_sfu_link_stop_trying(link);

    if (link->work.posted) {
        ngx_delete_posted_event(&link->work);
    }

    ngx_rtc_sfu_link_queue_drop(link);

    ngx_queue_remove(&link->queue);
    ngx_rbtree_delete(&link->links->ids, &link->node.node);

    ngx_free(link);
}


const ngx_str_t *
ngx_rtc_sfu_link_wid(const ngx_rtc_sfu_link_t *link)
{
    return &link->node.str;
}


ngx_uint_t
ngx_rtc_sfu_link_is_up(const ngx_rtc_sfu_link_t *link)
{
    return ngx_rtc_sfu_link_state_is_up(link);
}


ngx_uint_t
ngx_rtc_sfu_link_is_dead(const ngx_rtc_sfu_link_t *link)
{
    return link->dead;
}


void
ngx_rtc_sfu_link_set_data(ngx_rtc_sfu_link_t *link, void *data)
{
    link->data = data;
}


void *
ngx_rtc_sfu_link_data(const ngx_rtc_sfu_link_t *link)
{
    return link->data;
}


ngx_rtc_sfu_link_t *
ngx_rtc_sfu_link_next(ngx_rtc_sfu_links_t *links, ngx_rtc_sfu_link_t *link)
{
    ngx_queue_t  *q;

    q = ngx_queue_next(link ? &link->queue : &links->queue);

    return q == ngx_queue_sentinel(&links->queue)
           ? NULL : ngx_queue_data(q, ngx_rtc_sfu_link_t, queue);
}


ngx_int_t
ngx_rtc_sfu_link_send(ngx_rtc_sfu_link_t *link, ngx_uint_t type,
    const ngx_str_t *parts, ngx_uint_t n)
{
    size_t      len;
    ngx_uint_t  i;

    if (type == 0 || type > RTC_LINK_MAX_TYPE) {
        return NGX_ERROR;
    }

    len = 0;

    for (i = 0; i < n; i++) {

        if (parts[i].len > NGX_RTC_SFU_LINK_MAX_MESSAGE - len) {
            return NGX_ERROR;
        }

        len += parts[i].len;
    }

    if (link->dead
        || link->queued + RTC_LINK_HEADER_LEN + len
           > NGX_RTC_SFU_LINK_MAX_QUEUE)
    {
        link->links->stat.refused++;
        return NGX_DECLINED;
    }

    if (ngx_rtc_sfu_link_queue_add(link, (uint8_t) type, parts, n, len)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    link->links->stat.messages_out++;

    if (ngx_rtc_sfu_link_state_is_up(link)) {
        link->conn->last_use = ngx_current_msec;

        if (link->conn->connection->write->ready) {
            ngx_rtc_sfu_link_post(link);
        }
    }

    return NGX_OK;
}


size_t
ngx_rtc_sfu_link_queued(const ngx_rtc_sfu_link_t *link)
{
    return link->queued;
}


ngx_int_t
ngx_rtc_sfu_link_key(const ngx_rtc_sfu_link_t *link, const char *label,
    ngx_uint_t out, u_char *key, size_t len)
{
    ngx_uint_t  ours;

    if (!ngx_rtc_sfu_link_state_is_up(link)) {
        return NGX_ERROR;
    }

    ours = (link->choice.current == RTC_LINK_OURS);

    return rtc_link_key(&link->conn->handshake, label, ours == (out != 0),
                        key, len)
           == RTC_OK ? NGX_OK : NGX_ERROR;
}


void
ngx_rtc_sfu_link_post(ngx_rtc_sfu_link_t *link)
{
    ngx_post_event(&link->work, &ngx_posted_events);
}


static void
ngx_rtc_sfu_link_work_handler(ngx_event_t *ev)
{
    ngx_rtc_sfu_link_t  *link = ngx_rtc_ident_data(ev);

    ev->timedout = 0;

    if (ngx_rtc_sfu_link_state_is_up(link)) {
        ngx_rtc_sfu_link_tell(link);
        ngx_rtc_sfu_link_conn_flush(link->conn);

    } else if (link->holds && link->conn == NULL && link->asking == NULL
               && !link->retry.timer_set && !link->dead
               && !link->links->closing)
    {
        ngx_rtc_sfu_link_connect(link);
    }

    if (link->holds == 0 && link->conn == NULL) {
        ngx_rtc_sfu_link_free(link);
    }
}


/* whether we need the link, once it is news */

static void
ngx_rtc_sfu_link_tell(ngx_rtc_sfu_link_t *link)
{
    u_char      flags;
    ngx_str_t   body;
    ngx_uint_t  held;

    held = (link->holds != 0);

    if (link->conn->told == held
        || link->queued >= NGX_RTC_SFU_LINK_MAX_QUEUE)
    {
        return;
    }

    flags = held ? RTC_LINK_HELD : 0;
    body.data = &flags;
    body.len = 1;

    if (ngx_rtc_sfu_link_queue_add(link, RTC_LINK_PING, &body, 1, 1)
        == NGX_OK)
    {
        link->conn->told = held;
    }
}


static void
ngx_rtc_sfu_link_connect(ngx_rtc_sfu_link_t *link)
{
    ngx_int_t                 rc;
    ngx_socket_t              s;
    ngx_rtc_sfu_links_t      *links;
    ngx_rtc_sfu_link_conn_t  *conn;

    links = link->links;

    if (link->address.family) {
        ngx_rtc_sfu_link_connect_far(link);
        return;
    }

    rc = ngx_rtc_sfu_link_socket(links, link->wid, &s);

    if (rc == NGX_DECLINED) {
        ngx_rtc_sfu_link_refused(link);
        return;
    }

    conn = (rc == NGX_OK) ? ngx_rtc_sfu_link_conn_create(links, s) : NULL;

    if (conn == NULL) {
        ngx_rtc_sfu_link_retry(link);
        return;
    }

    ngx_rtc_sfu_link_tried(link, conn);

    if (ngx_rtc_sfu_link_conn_hello(conn, link) != NGX_OK) {
        ngx_rtc_sfu_link_conn_fail(conn);
    }
}


/* whether it still lives is asked again before each further attempt */

static void
ngx_rtc_sfu_link_connect_far(ngx_rtc_sfu_link_t *link)
{
    if (link->failures && !link->asked) {
        ngx_rtc_sfu_link_ask(link);

        if (link->asking) {
            return;
        }
    }

    link->asked = 0;

    if (ngx_rtc_sfu_link_tcp_connect(link) != NGX_OK) {
        ngx_rtc_sfu_link_retry(link);
    }
}


void
ngx_rtc_sfu_link_tried(ngx_rtc_sfu_link_t *link,
    ngx_rtc_sfu_link_conn_t *conn)
{
    conn->link = link;
    link->conn = conn;
    link->choice.current = RTC_LINK_OURS_TRIED;
    link->choice.attempt = ++link->links->attempts;
}


/* 10 ms and doubled up to 1 s, of which the half is left to chance */

void
ngx_rtc_sfu_link_retry(ngx_rtc_sfu_link_t *link)
{
    ngx_msec_t  delay;

    if (link->links->closing || link->retry.timer_set) {
        return;
    }

    delay = NGX_RTC_SFU_LINK_BACKOFF << ngx_min(link->failures, 10);
    delay = ngx_min(delay, NGX_RTC_SFU_LINK_MAX_BACKOFF);
    delay = delay / 2 + (ngx_msec_t) ngx_random() % (delay / 2 + 1);

    link->failures++;
    ngx_add_timer(&link->retry, delay);
}


ngx_int_t
ngx_rtc_sfu_link_take(ngx_rtc_sfu_link_conn_t *conn)
{
    ngx_rtc_sfu_link_t      *link;
    ngx_rtc_sfu_links_t     *links;
    const rtc_link_hello_t  *hello;

    links = conn->links;
    hello = &conn->handshake.hello;

    link = ngx_rtc_sfu_link_find(links, hello->from);

    if (link == NULL) {
        link = ngx_rtc_sfu_link_create(links, hello->from);
        if (link == NULL) {
            return NGX_ERROR;
        }
    }

    if (!rtc_link_takes(&link->choice, hello)) {
        return NGX_DECLINED;
    }

    if (ngx_rtc_sfu_link_conn_accept(conn, link->holds != 0) != NGX_OK) {
        ngx_rtc_sfu_link_post(link);
        return NGX_ERROR;
    }

    /* it has just proved that it lives */

    link->refusals = 0;

    if (link->conn) {
        ngx_rtc_sfu_link_conn_close(link->conn);
        ngx_rtc_sfu_link_lost(link, 0);
    }

    ngx_rtc_sfu_link_settled(conn);

    conn->link = link;
    link->conn = conn;
    link->choice.current = RTC_LINK_THEIRS;
    link->choice.seen = hello->attempt;

    ngx_rtc_sfu_link_up(link);

    return NGX_OK;
}


void
ngx_rtc_sfu_link_up(ngx_rtc_sfu_link_t *link)
{
    ngx_rtc_sfu_links_t  *links;

    links = link->links;

    ngx_rtc_sfu_link_stop_trying(link);

    link->failures = 0;
    link->refusals = 0;
    link->local = !link->conn->tcp;
    link->met = link->conn->tcp;
    link->dead = 0;

    links->stat.connects++;
    links->stat.up++;

    ngx_rtc_sfu_link_conn_up(link->conn);

    ngx_log_error(NGX_LOG_INFO, links->log, 0, "sfu: link is up, wid:%V",
                  &link->node.str);

    links->handlers->up(links->data, link);

    /* what has waited, and whether we hold it */

    ngx_rtc_sfu_link_post(link);
}


void
ngx_rtc_sfu_link_lost(ngx_rtc_sfu_link_t *link, ngx_uint_t idle)
{
    ngx_uint_t            up;
    ngx_rtc_sfu_links_t  *links;

    links = link->links;
    up = ngx_rtc_sfu_link_state_is_up(link);

    link->conn = NULL;
    link->choice.current = RTC_LINK_NONE;

    if (up) {
        links->stat.up--;
        links->stat.broken += !idle;

        ngx_rtc_sfu_link_queue_drop(link);

        ngx_log_error(NGX_LOG_INFO, links->log, 0, "sfu: link is down, wid:%V",
                      &link->node.str);

        links->handlers->down(links->data, link);
    }

    if (link->holds == 0) {
        ngx_rtc_sfu_link_post(link);

    } else if (ngx_rtc_sfu_link_refuses(link)) {
        ngx_rtc_sfu_link_die(link);

    } else {
        ngx_rtc_sfu_link_retry(link);
    }
}


ngx_int_t
ngx_rtc_sfu_link_local(const ngx_rtc_sfu_link_t *link, rtc_addr_t *addr)
{
    socklen_t       socklen;
    ngx_sockaddr_t  sa;

    if (!ngx_rtc_sfu_link_state_is_up(link) || !link->conn->tcp) {
        return NGX_DECLINED;
    }

    socklen = sizeof(ngx_sockaddr_t);

    if (getsockname(link->conn->connection->fd, &sa.sockaddr, &socklen) == -1
        || ngx_rtc_addr_set(addr, &sa.sockaddr, RTC_UDP) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    addr->port = 0;

    return NGX_OK;
}


static void
ngx_rtc_sfu_link_stop_trying(ngx_rtc_sfu_link_t *link)
{
    if (link->retry.timer_set) {
        ngx_del_timer(&link->retry);
    }

    if (link->asking) {
        ngx_rtc_redis_cancel(link->asking);
        link->asking = NULL;
    }
}
