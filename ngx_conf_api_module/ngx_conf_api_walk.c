
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A walk over the index of rooms from the newest, some hundred at a time:
 * neither Redis nor the worker is kept from its other work.
 */


#include "ngx_conf_api_room.h"
#include "rtc_keys.h"


#define NGX_CONF_API_WALK_BATCH  250


static void ngx_conf_api_walk_batch(ngx_conf_api_req_t *req);
static void ngx_conf_api_walk_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_conf_api_walk_rooms(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);


void
ngx_conf_api_walk(ngx_conf_api_req_t *req, ngx_conf_api_walk_t *walk)
{
    req->walk = walk;

    walk->cursor_len = ngx_sprintf(walk->cursor, "+inf") - walk->cursor;

    /* Redis skips what it does not have to look at */

    if (!ngx_conf_api_walk_selects(walk)) {
        walk->offset = walk->skip;
        walk->skip = 0;
    }

    if (walk->limit == 0) {
        walk->done(req);
        return;
    }

    ngx_conf_api_walk_batch(req);
}


ngx_uint_t
ngx_conf_api_walk_selects(const ngx_conf_api_walk_t *walk)
{
    return walk->search.len != 0 || walk->owner.len != 0;
}


static void
ngx_conf_api_walk_batch(ngx_conf_api_req_t *req)
{
    u_char                skip[NGX_INT64_LEN], count[NGX_INT64_LEN];
    int64_t               n;
    ngx_str_t             argv[7];
    ngx_conf_api_walk_t  *walk;

    walk = req->walk;

    n = NGX_CONF_API_WALK_BATCH;

    if (!ngx_conf_api_walk_selects(walk)) {
        n = ngx_min(n, walk->limit - walk->count);
    }

    ngx_str_set(&argv[0], RTC_KEY_ROOMS);
    argv[1].data = walk->cursor;
    argv[1].len = walk->cursor_len;
    argv[2].data = skip;
    argv[2].len = ngx_sprintf(skip, "%L", walk->offset) - skip;
    argv[3].data = count;
    argv[3].len = ngx_sprintf(count, "%L", n) - count;
    argv[4] = walk->search;
    argv[5] = walk->owner;
    argv[6].data = (u_char *) (walk->whole ? "1" : "0");
    argv[6].len = 1;

    ngx_conf_api_call(req, ngx_conf_api_script_list, 1, 7, argv,
                      ngx_conf_api_walk_next);
}


/* where to go on, then id, fields and number present of each room */

static void
ngx_conf_api_walk_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t             cursor;
    ngx_conf_api_walk_t  *walk;

    walk = req->walk;

    if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 0), &cursor)
        != NGX_OK
        || cursor.len > sizeof(walk->cursor)
        || ngx_conf_api_walk_rooms(req, reply) != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (cursor.len == 0 || walk->count == walk->limit) {
        walk->done(req);
        return;
    }

    ngx_memcpy(walk->cursor, cursor.data, cursor.len);
    walk->cursor_len = cursor.len;
    walk->offset = 0;

    ngx_conf_api_progress(req, 0);
    ngx_conf_api_walk_batch(req);
}


static ngx_int_t
ngx_conf_api_walk_rooms(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_uint_t            i, n;
    ngx_conf_api_walk_t  *walk;
    ngx_conf_api_room_t   room;

    walk = req->walk;
    n = ngx_rtc_redis_reply_nelts(reply);

    for (i = 1; i + 2 < n && walk->count < walk->limit; i += 3) {

        if (walk->skip > 0) {
            walk->skip--;
            continue;
        }

        walk->count++;

        if (walk->room == NULL) {
            continue;
        }

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, i),
                                       &room.id) != NGX_OK
            || ngx_conf_api_read_room(&room,
                                      ngx_rtc_redis_reply_elt(reply, i + 1),
                                      ngx_rtc_redis_reply_elt(reply, i + 2))
               != NGX_OK
            || walk->room(req, &room) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
