
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * getAll and getCount.
 */


#include "ngx_conf_api_room.h"
#include "rtc_keys.h"


#define NGX_CONF_API_SEARCH_MAX  200


typedef struct {
    ngx_conf_api_walk_t    walk;
    ngx_conf_api_text_t    text;
    ngx_uint_t             extended;
} ngx_conf_api_list_t;


static ngx_conf_api_list_t *ngx_conf_api_list(ngx_conf_api_req_t *req);
static ngx_int_t ngx_conf_api_list_search(ngx_conf_api_req_t *req,
    ngx_str_t *search);
static ngx_int_t ngx_conf_api_list_room(ngx_conf_api_req_t *req,
    const ngx_conf_api_room_t *room);
static void ngx_conf_api_list_send(ngx_conf_api_req_t *req);
static void ngx_conf_api_count_send(ngx_conf_api_req_t *req);
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

    if (rtc_args_integer(&req->args, "skip", 0, NGX_MAX_INT32_VALUE,
                         &list->walk.skip) == RTC_ERROR
        || rtc_args_integer(&req->args, "limit", 0, NGX_MAX_INT32_VALUE,
                            &list->walk.limit) == RTC_ERROR
        || ngx_conf_api_room_extended_arg(req, &list->extended) != NGX_OK)
    {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    list->walk.room = ngx_conf_api_list_room;
    list->walk.done = ngx_conf_api_list_send;

    ngx_conf_api_walk(req, &list->walk);
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

    if (!ngx_conf_api_walk_selects(&list->walk)) {
        ngx_conf_api_command(req, 2, argv, ngx_conf_api_count_next);
        return;
    }

    list->walk.done = ngx_conf_api_count_send;

    ngx_conf_api_walk(req, &list->walk);
}


/* NULL: the request has been answered */

static ngx_conf_api_list_t *
ngx_conf_api_list(ngx_conf_api_req_t *req)
{
    ngx_conf_api_list_t  *list;

    list = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_list_t));

    if (list == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return NULL;
    }

    req->data = list;
    list->walk.owner = ngx_conf_api_owner(req);
    list->walk.limit = NGX_MAX_INT_T_VALUE;

    if (ngx_conf_api_list_search(req, &list->walk.search) != NGX_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return NULL;
    }

    return list;
}


static ngx_int_t
ngx_conf_api_list_search(ngx_conf_api_req_t *req, ngx_str_t *search)
{
    int        rc;
    rtc_str_t  text;

    rc = rtc_args_string(&req->args, "search", 0, NGX_CONF_API_SEARCH_MAX,
                         &text);

    if (rc != RTC_OK || text.len == 0) {
        return rc == RTC_ERROR ? NGX_ERROR : NGX_OK;
    }

    search->len = text.len;
    search->data = ngx_pnalloc(req->request->pool, text.len);

    if (search->data == NULL) {
        return NGX_ERROR;
    }

    ngx_strlow(search->data, (u_char *) text.data, text.len);

    return NGX_OK;
}


static ngx_int_t
ngx_conf_api_list_room(ngx_conf_api_req_t *req,
    const ngx_conf_api_room_t *room)
{
    ngx_uint_t            mask;
    ngx_conf_api_list_t  *list;

    list = req->data;
    mask = ngx_conf_api_room_mask(room, list->extended);

    if (ngx_conf_api_write(req, &list->text, list->text.len ? "," : "[", 1)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_conf_api_write_json(req, &list->text,
                                   ngx_conf_api_room_answer(req, room, mask,
                                                            list->extended));
}


static void
ngx_conf_api_list_send(ngx_conf_api_req_t *req)
{
    ngx_conf_api_list_t  *list;

    list = req->data;

    if ((list->text.len == 0
         && ngx_conf_api_write(req, &list->text, "[", 1) != NGX_OK)
        || ngx_conf_api_write(req, &list->text, "]", 1) != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_send_chain(req, NGX_HTTP_OK, list->text.out, list->text.len);
}


static void
ngx_conf_api_count_send(ngx_conf_api_req_t *req)
{
    ngx_conf_api_list_t  *list;

    list = req->data;

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           json_pack("{s:I}", "count",
                                     (json_int_t) list->walk.count));
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
