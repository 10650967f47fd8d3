
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Sentinels.  Every connection to the primary begins with the question where
 * it is.  A connection of its own listens to a Sentinel's news: after a
 * failover on purpose the old primary goes on taking writes for seconds, and
 * loses them.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_redis_internal.h"


static void ngx_rtc_redis_sentinel_primary_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_rtc_redis_sentinel_set_primary(
    ngx_rtc_redis_conn_t *conn, const ngx_str_t *host, const ngx_str_t *port);
static void ngx_rtc_redis_sentinel_up(ngx_rtc_redis_conn_t *conn);
static void ngx_rtc_redis_sentinel_down(ngx_rtc_redis_conn_t *conn);
static void ngx_rtc_redis_sentinel_probe(ngx_rtc_redis_conn_t *conn);
static void ngx_rtc_redis_sentinel_news_handler(redisAsyncContext *ac,
    void *raw, void *data);
static ngx_str_t ngx_rtc_redis_sentinel_last_word(ngx_str_t *text);
static void ngx_rtc_redis_sentinel_move(ngx_rtc_redis_conn_t *conn,
    const ngx_str_t *host, const ngx_str_t *port);


ngx_int_t
ngx_rtc_redis_sentinel_ask(ngx_rtc_redis_conn_t *conn)
{
    ngx_str_t              args[3];
    ngx_str_t              nobody = ngx_null_string;
    ngx_rtc_redis_conf_t  *conf;

    conf = conn->redis->conf;

    if (ngx_rtc_redis_conn_auth(conn, &nobody, &conf->sentinel_password)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_str_set(&args[0], "SENTINEL");
    args[2] = conf->primary;

    if (conn->redis->replicas.used && !conn->redis->replicas.seeded) {
        ngx_str_set(&args[1], "replicas");

        if (ngx_rtc_redis_conn_command(conn, 3, args,
                                       ngx_rtc_redis_replicas_seed_handler,
                                       conn)
            == NULL)
        {
            return NGX_ERROR;
        }
    }

    ngx_str_set(&args[1], "get-master-addr-by-name");

    if (ngx_rtc_redis_conn_command(conn, 3, args,
                                   ngx_rtc_redis_sentinel_primary_handler,
                                   conn)
        == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_rtc_redis_sentinel_primary_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_redis_conn_t *conn = data;

    ngx_str_t  host, port;

    if (rc != NGX_OK) {
        ngx_rtc_redis_conn_refused(conn, "SENTINEL", reply);
        return;
    }

    if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 0), &host)
        != NGX_OK
        || ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 1), &port)
           != NGX_OK
        || ngx_rtc_redis_sentinel_set_primary(conn, &host, &port) != NGX_OK)
    {
        ngx_rtc_redis_conn_drop(conn, "Sentinel knows no primary's address");
        return;
    }

    /* not an outage: the state machine goes on with another connection */

    conn->state = NGX_RTC_REDIS_CLOSING;

    ngx_post_event(&conn->drop, &ngx_posted_events);
}


/* an address; a name would have to be resolved, which blocks */

static ngx_int_t
ngx_rtc_redis_sentinel_set_primary(ngx_rtc_redis_conn_t *conn,
    const ngx_str_t *host, const ngx_str_t *port)
{
    ngx_int_t             n;
    ngx_rtc_redis_addr_t  addr;

    n = ngx_atoi(port->data, port->len);

    if (n <= 0 || n > 65535 || host->len >= NGX_INET6_ADDRSTRLEN
        || (ngx_inet_addr(host->data, host->len) == INADDR_NONE
            && ngx_strlchr(host->data, host->data + host->len, ':') == NULL))
    {
        return NGX_DECLINED;
    }

    ngx_memzero(&addr, sizeof(ngx_rtc_redis_addr_t));
    ngx_memcpy(addr.host, host->data, host->len);
    addr.port = (in_port_t) n;

    if (conn == &conn->redis->commands
        && ngx_rtc_redis_replicas_move(conn->redis, &addr) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    conn->primary = addr;
    conn->primary_known = 1;

    return NGX_OK;
}


void
ngx_rtc_redis_sentinel_init(ngx_rtc_redis_t *redis)
{
    ngx_rtc_redis_conn_init(&redis->watch, redis, "sentinel");
    redis->watch.up = ngx_rtc_redis_sentinel_up;
    redis->watch.down = ngx_rtc_redis_sentinel_down;
    redis->watch.probe = ngx_rtc_redis_sentinel_probe;
    redis->watch.watch = 1;
}


ngx_int_t
ngx_rtc_redis_sentinel_greet(ngx_rtc_redis_conn_t *conn,
    ngx_rtc_redis_handler_pt handler)
{
    ngx_str_t  ping = ngx_string("PING");
    ngx_str_t  nobody = ngx_null_string;

    if (ngx_rtc_redis_conn_auth(conn, &nobody,
                                &conn->redis->conf->sentinel_password)
        != NGX_OK
        || ngx_rtc_redis_conn_command(conn, 1, &ping, handler, conn) == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_rtc_redis_sentinel_up(ngx_rtc_redis_conn_t *conn)
{
    ngx_rtc_redis_sentinel_probe(conn);
}


static void
ngx_rtc_redis_sentinel_down(ngx_rtc_redis_conn_t *conn)
{
    /* the connections to the primary do without news */
}


/* subscribing again is answered again */

static void
ngx_rtc_redis_sentinel_probe(ngx_rtc_redis_conn_t *conn)
{
    ngx_str_t  args[2];

    ngx_str_set(&args[0], "SUBSCRIBE");
    ngx_str_set(&args[1], "+switch-master");

    if (ngx_rtc_redis_send(conn, ngx_rtc_redis_sentinel_news_handler, conn, 2,
                           args)
        == NGX_OK)
    {
        ngx_rtc_redis_conn_expect(conn, NGX_RTC_REDIS_TIMEOUT);
        conn->deadline.cancelable = 1;
    }
}


/* "message", the channel, "NAME OLD-HOST OLD-PORT NEW-HOST NEW-PORT" */

static void
ngx_rtc_redis_sentinel_news_handler(redisAsyncContext *ac, void *raw,
    void *data)
{
    ngx_rtc_redis_conn_t *conn = data;

    ngx_str_t                     text, host, port, *name;
    const ngx_rtc_redis_reply_t  *reply;

    reply = raw;

    if (reply == NULL) {
        conn->state = NGX_RTC_REDIS_CLOSING;
        return;
    }

    ngx_rtc_redis_conn_expect(conn, 0);

    name = &conn->redis->conf->primary;

    if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 2), &text)
        != NGX_OK
        || text.len <= name->len || text.data[name->len] != ' '
        || ngx_strncmp(text.data, name->data, name->len) != 0)
    {
        return;
    }

    port = ngx_rtc_redis_sentinel_last_word(&text);
    host = ngx_rtc_redis_sentinel_last_word(&text);

    ngx_rtc_redis_sentinel_move(&conn->redis->commands, &host, &port);
    ngx_rtc_redis_sentinel_move(&conn->redis->pubsub, &host, &port);
}


/* cuts it off, with the space before it */

static ngx_str_t
ngx_rtc_redis_sentinel_last_word(ngx_str_t *text)
{
    ngx_str_t  word;

    word.len = 0;

    while (word.len < text->len
           && text->data[text->len - word.len - 1] != ' ')
    {
        word.len++;
    }

    text->len -= word.len;
    word.data = text->data + text->len;

    if (text->len) {
        text->len--;
    }

    return word;
}


/* not every Sentinel may know of the new primary yet: this one is tried */

static void
ngx_rtc_redis_sentinel_move(ngx_rtc_redis_conn_t *conn, const ngx_str_t *host,
    const ngx_str_t *port)
{
    if (conn->state == NGX_RTC_REDIS_CLOSED) {
        return;
    }

    (void) ngx_rtc_redis_sentinel_set_primary(conn, host, port);

    ngx_rtc_redis_conn_drop(conn, "the primary has changed");
}
