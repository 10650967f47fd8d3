
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What no failover can lose: what is on every replica that may become the
 * primary.  WAIT alone counts replicas, whichever they are.  But the one that
 * Sentinel promotes leaves a primary that serves on, and the others, which stay
 * with it for a while, confirm what will be thrown away.  So a replica that was
 * seen and is missing counts as one that has nothing, until it is back, until
 * there is another primary, or for so long that Sentinel's news of another one
 * would have come.
 *
 * ROLE lists the replicas.  Behind a WAIT it is executed after it: a replica
 * that left before the WAIT ended is missing in it.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_redis_internal.h"


/*
 * ms.  Sentinel asks the promoted one every second, and tells the other
 * Sentinels at once, or within two seconds more.
 */

#define NGX_RTC_REDIS_GONE  10000


typedef struct {
    ngx_rtc_redis_t           *redis;
    ngx_uint_t                 asked;       /* replicas, by WAIT */
    int64_t                    acked;
    ngx_msec_t                 timeout;
    ngx_uint_t                 session;
    ngx_uint_t                 again;
    ngx_int_t                  rc;          /* of WAIT */
    ngx_rtc_redis_handler_pt   handler;
    void                      *data;
} ngx_rtc_redis_wait_t;


static ngx_int_t ngx_rtc_redis_replicas_ask(ngx_rtc_redis_wait_t *wait);
static void ngx_rtc_redis_replicas_wait_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_redis_replicas_role_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_rtc_redis_replicas_judge(ngx_rtc_redis_wait_t *wait,
    const ngx_rtc_redis_reply_t *role);
static void ngx_rtc_redis_replicas_add(ngx_rtc_redis_replicas_t *replicas,
    const ngx_str_t *host, const ngx_str_t *port, ngx_uint_t present);
static ngx_int_t ngx_rtc_redis_replicas_field(
    const ngx_rtc_redis_reply_t *fields, const char *name, ngx_str_t *value);


ngx_int_t
ngx_rtc_redis_wait(ngx_rtc_redis_t *redis, ngx_msec_t timeout,
    ngx_rtc_redis_handler_pt handler, void *data)
{
    ngx_rtc_redis_wait_t  *wait;

    wait = ngx_alloc(sizeof(ngx_rtc_redis_wait_t), redis->log);
    if (wait == NULL) {
        return NGX_DECLINED;
    }

    wait->redis = redis;
    wait->timeout = timeout;
    wait->session = redis->session;
    wait->again = 0;
    wait->handler = handler;
    wait->data = data;

    if (ngx_rtc_redis_replicas_ask(wait) != NGX_OK) {
        ngx_free(wait);
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_redis_replicas_ask(ngx_rtc_redis_wait_t *wait)
{
    u_char                 number[NGX_INT_T_LEN], ms[NGX_INT_T_LEN];
    ngx_str_t              argv[3];
    ngx_rtc_redis_call_t  *call;

    wait->asked = ngx_max(wait->redis->replicas.least,
                          wait->redis->replicas.present);

    ngx_str_set(&argv[0], "WAIT");
    argv[1].data = number;
    argv[1].len = ngx_sprintf(number, "%ui", wait->asked) - number;
    argv[2].data = ms;
    argv[2].len = ngx_sprintf(ms, "%M", wait->timeout) - ms;

    call = ngx_rtc_redis_command(wait->redis, 3, argv,
                                 ngx_rtc_redis_replicas_wait_handler, wait);
    if (call == NULL) {
        return NGX_DECLINED;
    }

    ngx_str_set(&argv[0], "ROLE");

    if (ngx_rtc_redis_command(wait->redis, 1, argv,
                              ngx_rtc_redis_replicas_role_handler, wait)
        == NULL)
    {
        ngx_rtc_redis_cancel(call);
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static void
ngx_rtc_redis_replicas_wait_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_redis_wait_t *wait = data;

    wait->rc = rc;

    if (rc == NGX_OK
        && ngx_rtc_redis_reply_integer(reply, &wait->acked) != NGX_OK)
    {
        wait->rc = NGX_ERROR;
    }
}


static void
ngx_rtc_redis_replicas_role_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_redis_wait_t *wait = data;

    /* between the news of another primary and the end of the connection */

    if (!ngx_rtc_redis_is_up(wait->redis)
        || wait->session != wait->redis->session)
    {
        rc = NGX_AGAIN;
    }

    if (rc == NGX_OK && wait->rc == NGX_OK) {
        rc = ngx_rtc_redis_replicas_judge(wait, reply);

        if (rc == NGX_DONE) {
            return;
        }

    } else if (rc == NGX_OK) {
        rc = wait->rc;
    }

    wait->handler(wait->data, rc, NULL);

    ngx_free(wait);
}


/* NGX_DONE: has to be asked once more, since a replica has come meanwhile */

static ngx_int_t
ngx_rtc_redis_replicas_judge(ngx_rtc_redis_wait_t *wait,
    const ngx_rtc_redis_reply_t *role)
{
    ngx_rtc_redis_replicas_t  *replicas;

    replicas = &wait->redis->replicas;

    if (ngx_rtc_redis_replicas_update(wait->redis, role) != NGX_OK) {
        return NGX_ERROR;
    }

    if (replicas->missing || wait->acked < (int64_t) wait->asked) {
        return NGX_DECLINED;
    }

    if (wait->acked >= (int64_t) replicas->present) {
        return NGX_OK;
    }

    if (wait->again) {
        return NGX_DECLINED;
    }

    wait->again = 1;

    return (ngx_rtc_redis_replicas_ask(wait) == NGX_OK) ? NGX_DONE : NGX_AGAIN;
}


/* "master", the offset, replicas: host, port, offset */

ngx_int_t
ngx_rtc_redis_replicas_update(ngx_rtc_redis_t *redis,
    const ngx_rtc_redis_reply_t *role)
{
    ngx_str_t                     host, port;
    ngx_uint_t                    i;
    ngx_rtc_redis_replica_t      *replica;
    ngx_rtc_redis_replicas_t     *replicas;
    const ngx_rtc_redis_reply_t  *list, *elt;

    if (!ngx_rtc_redis_reply_is_primary(role)) {
        return NGX_DECLINED;
    }

    replicas = &redis->replicas;
    list = ngx_rtc_redis_reply_elt(role, 2);

    for (i = 0; i < replicas->nelts; i++) {
        replicas->elts[i].present = 0;
    }

    replicas->present = ngx_rtc_redis_reply_nelts(list);
    replicas->missing = 0;

    for (i = 0; i < replicas->present; i++) {
        elt = ngx_rtc_redis_reply_elt(list, i);

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(elt, 0), &host)
            != NGX_OK
            || ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(elt, 1),
                                          &port)
               != NGX_OK)
        {
            return NGX_DECLINED;
        }

        ngx_rtc_redis_replicas_add(replicas, &host, &port, 1);
    }

    for (i = 0; i < replicas->nelts; /* void */) {
        replica = &replicas->elts[i];

        if (replica->present) {
            replica->seen = 1;

        } else if (replica->seen) {
            replica->seen = 0;
            replica->since = ngx_current_msec;
            replicas->missing++;

        } else if (ngx_current_msec - replica->since < NGX_RTC_REDIS_GONE) {
            replicas->missing++;

        } else {
            *replica = replicas->elts[--replicas->nelts];
            continue;
        }

        i++;
    }

    return NGX_OK;
}


/* those beyond the array have to confirm, and are not missed */

static void
ngx_rtc_redis_replicas_add(ngx_rtc_redis_replicas_t *replicas,
    const ngx_str_t *host, const ngx_str_t *port, ngx_uint_t present)
{
    u_char                    name[NGX_RTC_REDIS_REPLICA_LEN], *p;
    ngx_uint_t                i;
    ngx_rtc_redis_replica_t  *replica;

    ngx_memzero(name, sizeof(name));

    p = ngx_snprintf(name, sizeof(name) - 1, "%V %V", host, port);

    for (i = 0; i < replicas->nelts; i++) {
        replica = &replicas->elts[i];

        if (ngx_memcmp(replica->name, name, sizeof(name)) == 0) {
            replica->present |= present;
            return;
        }
    }

    if (replicas->nelts == NGX_RTC_REDIS_MAX_REPLICAS || p == name) {
        return;
    }

    replica = &replicas->elts[replicas->nelts++];

    ngx_memcpy(replica->name, name, sizeof(name));
    replica->present = present;
    replica->seen = 0;
    replica->since = ngx_current_msec;
}


/*
 * What a client that has seen nothing yet has missed: a Sentinel's list, each
 * replica a flat list of names and values.
 */

void
ngx_rtc_redis_replicas_seed_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_redis_conn_t *conn = data;

    ngx_str_t                     host, port, flags;
    ngx_uint_t                    i;
    ngx_rtc_redis_replicas_t     *replicas;
    const ngx_rtc_redis_reply_t  *elt;

    replicas = &conn->redis->replicas;

    if (rc != NGX_OK || replicas->seeded) {
        return;
    }

    replicas->seeded = 1;

    for (i = 0; i < ngx_rtc_redis_reply_nelts(reply); i++) {
        elt = ngx_rtc_redis_reply_elt(reply, i);

        if (ngx_rtc_redis_replicas_field(elt, "ip", &host) != NGX_OK
            || ngx_rtc_redis_replicas_field(elt, "port", &port) != NGX_OK
            || ngx_rtc_redis_replicas_field(elt, "flags", &flags) != NGX_OK)
        {
            continue;
        }

        if (ngx_strlcasestrn(flags.data, flags.data + flags.len,
                             (u_char *) "s_down", 6 - 1)
            == NULL)
        {
            ngx_rtc_redis_replicas_add(replicas, &host, &port, 0);
        }
    }

    replicas->present = replicas->nelts;
}


static ngx_int_t
ngx_rtc_redis_replicas_field(const ngx_rtc_redis_reply_t *fields,
    const char *name, ngx_str_t *value)
{
    size_t      len;
    ngx_str_t   word;
    ngx_uint_t  i;

    len = ngx_strlen(name);

    for (i = 0; i + 1 < ngx_rtc_redis_reply_nelts(fields); i += 2) {

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(fields, i),
                                       &word)
            == NGX_OK
            && word.len == len && ngx_strncmp(word.data, name, len) == 0)
        {
            return ngx_rtc_redis_reply_string(
                       ngx_rtc_redis_reply_elt(fields, i + 1), value);
        }
    }

    return NGX_DECLINED;
}


ngx_int_t
ngx_rtc_redis_replicas_move(ngx_rtc_redis_t *redis,
    const ngx_rtc_redis_addr_t *to)
{
    ngx_rtc_redis_replicas_t  *replicas;

    replicas = &redis->replicas;

    if (!replicas->used
        || (replicas->primary.port == to->port
            && ngx_strcmp(replicas->primary.host, to->host) == 0))
    {
        return NGX_OK;
    }

    /* a Sentinel that is behind the others: back there all would be news */

    if (replicas->former.port == to->port
        && ngx_strcmp(replicas->former.host, to->host) == 0
        && ngx_current_msec - replicas->left < NGX_RTC_REDIS_GONE)
    {
        return NGX_DECLINED;
    }

    if (replicas->primary.port) {
        replicas->former = replicas->primary;
        replicas->left = ngx_current_msec;
        replicas->nelts = 0;
        replicas->present = 0;
    }

    replicas->primary = *to;

    return NGX_OK;
}
