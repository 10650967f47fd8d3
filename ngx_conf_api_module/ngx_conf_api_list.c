
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * getAll and getCount walk the index of rooms from the newest, some hundred
 * at a time: neither Redis nor the worker is kept from its other work.
 */


#include "ngx_conf_api_room.h"
#include "rtc_keys.h"


#define NGX_CONF_API_LIST_BATCH   250
#define NGX_CONF_API_LIST_BUF     65536
#define NGX_CONF_API_SEARCH_MAX   200


typedef struct {
    int64_t        skip;
    int64_t        limit;
    int64_t        count;               /* what matched */
    ngx_uint_t     extended;
    ngx_uint_t     counting;            /* getCount: no rooms are written */
    ngx_str_t      search;              /* in lower case */
    ngx_str_t      owner;               /* empty: anybody's rooms */

    u_char         cursor[NGX_INT64_LEN + 16];
    ngx_uint_t     cursor_len;
    int64_t        offset;              /* Redis skips that many */

    ngx_chain_t   *out;                 /* the answer so far */
    ngx_chain_t  **last;
    ngx_buf_t     *tail;
    off_t          len;
} ngx_conf_api_list_t;


static ngx_conf_api_list_t *ngx_conf_api_list(ngx_conf_api_req_t *req);
static ngx_uint_t ngx_conf_api_list_selects(ngx_conf_api_list_t *list);
static void ngx_conf_api_list_batch(ngx_conf_api_req_t *req);
static void ngx_conf_api_list_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_conf_api_list_rooms(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_conf_api_list_room(ngx_conf_api_req_t *req,
    const ngx_conf_api_room_t *room);
static ngx_int_t ngx_conf_api_list_write(ngx_conf_api_req_t *req,
    const char *text, size_t len);
static void ngx_conf_api_list_send(ngx_conf_api_req_t *req);
static void ngx_conf_api_count_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);


void
ngx_conf_api_get_all(ngx_conf_api_req_t *req)
{
    ngx_conf_api_list_t  *list;

    list = ngx_conf_api_list(req);
    if (list == NULL) {
        return;
    }

    list->limit = NGX_MAX_INT_T_VALUE;

    if (rtc_args_integer(&req->args, "skip", 0, NGX_MAX_INT32_VALUE,
                         &list->skip) == RTC_ERROR
        || rtc_args_integer(&req->args, "limit", 0, NGX_MAX_INT32_VALUE,
                            &list->limit) == RTC_ERROR
        || ngx_conf_api_room_extended_arg(req, &list->extended) != NGX_OK)
    {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    if (!ngx_conf_api_list_selects(list)) {
        list->offset = list->skip;
        list->skip = 0;
    }

    if (list->limit == 0) {
        ngx_conf_api_list_send(req);
        return;
    }

    ngx_conf_api_list_batch(req);
}


void
ngx_conf_api_get_count(ngx_conf_api_req_t *req)
{
    ngx_str_t             argv[] = {
        ngx_string("ZCARD"), ngx_string(RTC_KEY_ROOMS)
    };
    ngx_conf_api_list_t  *list;

    list = ngx_conf_api_list(req);
    if (list == NULL) {
        return;
    }

    if (!ngx_conf_api_list_selects(list)) {
        ngx_conf_api_command(req, 2, argv, ngx_conf_api_count_next);
        return;
    }

    list->counting = 1;
    list->limit = NGX_MAX_INT_T_VALUE;

    ngx_conf_api_list_batch(req);
}


static ngx_conf_api_list_t *
ngx_conf_api_list(ngx_conf_api_req_t *req)
{
    int                   rc;
    rtc_str_t             search;
    ngx_conf_api_list_t  *list;

    list = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_list_t));
    if (list == NULL) {
        goto failed;
    }

    req->data = list;
    list->last = &list->out;
    list->owner = ngx_conf_api_owner(req);
    list->cursor_len = ngx_sprintf(list->cursor, "+inf") - list->cursor;

    rc = rtc_args_string(&req->args, "search", 0, NGX_CONF_API_SEARCH_MAX,
                         &search);

    if (rc == RTC_ERROR) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return NULL;
    }

    if (rc == RTC_OK && search.len != 0) {
        list->search.len = search.len;
        list->search.data = ngx_pnalloc(req->request->pool, search.len);

        if (list->search.data == NULL) {
            goto failed;
        }

        ngx_strlow(list->search.data, (u_char *) search.data, search.len);
    }

    return list;

failed:

    ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);

    return NULL;
}


/* whether rooms of the index may be left out */

static ngx_uint_t
ngx_conf_api_list_selects(ngx_conf_api_list_t *list)
{
    return list->search.len != 0 || list->owner.len != 0;
}


static void
ngx_conf_api_list_batch(ngx_conf_api_req_t *req)
{
    u_char                skip[NGX_INT64_LEN], count[NGX_INT64_LEN];
    int64_t               n;
    ngx_str_t             argv[6];
    ngx_conf_api_list_t  *list;

    list = req->data;

    n = NGX_CONF_API_LIST_BATCH;

    if (!ngx_conf_api_list_selects(list)) {
        n = ngx_min(n, list->limit - list->count);
    }

    ngx_str_set(&argv[0], RTC_KEY_ROOMS);
    argv[1].data = list->cursor;
    argv[1].len = list->cursor_len;
    argv[2].data = skip;
    argv[2].len = ngx_sprintf(skip, "%L", list->offset) - skip;
    argv[3].data = count;
    argv[3].len = ngx_sprintf(count, "%L", n) - count;
    argv[4] = list->search;
    argv[5] = list->owner;

    ngx_conf_api_call(req, ngx_conf_api_script_list, 1, 6, argv,
                      ngx_conf_api_list_next);
}


/* where to go on, then id, fields and number present of each room */

static void
ngx_conf_api_list_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t             cursor;
    ngx_conf_api_list_t  *list;

    list = req->data;

    if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 0), &cursor)
        != NGX_OK
        || cursor.len > sizeof(list->cursor)
        || ngx_conf_api_list_rooms(req, reply) != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (cursor.len == 0 || list->count == list->limit) {
        ngx_conf_api_list_send(req);
        return;
    }

    ngx_memcpy(list->cursor, cursor.data, cursor.len);
    list->cursor_len = cursor.len;
    list->offset = 0;

    ngx_conf_api_progress(req, 0);
    ngx_conf_api_list_batch(req);
}


static ngx_int_t
ngx_conf_api_list_rooms(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_uint_t            i, n;
    ngx_conf_api_list_t  *list;
    ngx_conf_api_room_t   room;

    list = req->data;
    n = ngx_rtc_redis_reply_nelts(reply);

    for (i = 1; i + 2 < n && list->count < list->limit; i += 3) {

        if (list->skip > 0) {
            list->skip--;
            continue;
        }

        list->count++;

        if (list->counting) {
            continue;
        }

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, i),
                                       &room.id) != NGX_OK
            || ngx_conf_api_read_room(&room,
                                      ngx_rtc_redis_reply_elt(reply, i + 1),
                                      ngx_rtc_redis_reply_elt(reply, i + 2))
               != NGX_OK
            || ngx_conf_api_list_room(req, &room) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_conf_api_list_room(ngx_conf_api_req_t *req,
    const ngx_conf_api_room_t *room)
{
    char                 *text;
    json_t               *json;
    ngx_int_t             rc;
    ngx_conf_api_list_t  *list;

    list = req->data;

    json = ngx_conf_api_room_json(room,
                                  ngx_conf_api_room_mask(room,
                                                         list->extended));
    text = json_dumps(json, JSON_COMPACT|JSON_PRESERVE_ORDER);
    json_decref(json);

    if (text == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_conf_api_list_write(req, list->out == NULL ? "[" : ",", 1);

    if (rc == NGX_OK) {
        rc = ngx_conf_api_list_write(req, text, ngx_strlen(text));
    }

    free(text);

    return rc;
}


static ngx_int_t
ngx_conf_api_list_write(ngx_conf_api_req_t *req, const char *text, size_t len)
{
    ngx_buf_t            *b;
    ngx_chain_t          *cl;
    ngx_conf_api_list_t  *list;

    list = req->data;
    b = list->tail;

    if (b == NULL || (size_t) (b->end - b->last) < len) {

        b = ngx_create_temp_buf(req->request->pool,
                                ngx_max(len, NGX_CONF_API_LIST_BUF));
        cl = ngx_alloc_chain_link(req->request->pool);

        if (b == NULL || cl == NULL) {
            return NGX_ERROR;
        }

        cl->buf = b;
        cl->next = NULL;

        *list->last = cl;
        list->last = &cl->next;
        list->tail = b;
    }

    b->last = ngx_cpymem(b->last, text, len);
    list->len += len;

    return NGX_OK;
}


static void
ngx_conf_api_list_send(ngx_conf_api_req_t *req)
{
    ngx_conf_api_list_t  *list;

    list = req->data;

    if (list->counting) {
        ngx_conf_api_send_json(req, NGX_HTTP_OK,
                               json_pack("{s:I}", "count",
                                         (json_int_t) list->count));
        return;
    }

    if (ngx_conf_api_list_write(req, list->out == NULL ? "[]" : "]",
                                list->out == NULL ? 2 : 1)
        != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_send_chain(req, NGX_HTTP_OK, list->out, list->len);
}


static void
ngx_conf_api_count_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t  count;

    if (ngx_rtc_redis_reply_integer(reply, &count) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           json_pack("{s:I}", "count", (json_int_t) count));
}
