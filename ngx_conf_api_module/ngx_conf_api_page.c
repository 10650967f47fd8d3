
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The address of a meeting: /conferences/ID and whatever other location has
 * conf_api_room_page.  The page itself is a file; here is decided which one.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"


static ngx_int_t ngx_conf_api_page_id(ngx_http_request_t *r, ngx_str_t *id);
static void ngx_conf_api_page_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_page_away(ngx_conf_api_req_t *req);
static void ngx_conf_api_page_send(ngx_conf_api_req_t *req, ngx_uint_t status,
    ngx_str_t *page);


ngx_int_t
ngx_conf_api_page_handler(ngx_http_request_t *r)
{
    u_char               key[NGX_CONF_API_KEY_LEN];
    ngx_int_t            rc;
    ngx_str_t            id, argv[2];
    ngx_conf_api_req_t  *req;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    req = ngx_conf_api_create_request(r);
    if (req == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    req->away = ngx_conf_api_page_away;

    r->main->count++;

    if (ngx_conf_api_page_id(r, &id) != NGX_OK) {
        ngx_conf_api_page_send(req, NGX_HTTP_NOT_FOUND,
                               &req->conf->page_missing);
        return NGX_DONE;
    }

    if (ngx_conf_api_wait(req) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return NGX_DONE;
    }

    ngx_str_set(&argv[0], "EXISTS");
    argv[1] = ngx_conf_api_room_key(key, id.data, id.len, "");

    ngx_conf_api_command(req, 2, argv, ngx_conf_api_page_next);

    return NGX_DONE;
}


/*
 * The last segment of the path, with or without a slash behind it, as it came:
 * a name may have slashes, too
 */

static ngx_int_t
ngx_conf_api_page_id(ngx_http_request_t *r, ngx_str_t *id)
{
    u_char  *p, *start, *last, *dst;

    start = r->unparsed_uri.data;
    last = start + r->unparsed_uri.len;

    p = ngx_strlchr(start, last, '?');

    if (p != NULL) {
        last = p;
    }

    if (last - start > 1 && last[-1] == '/') {
        last--;
    }

    for (p = last; p > start && p[-1] != '/'; p--) {
        /* void */
    }

    if (last - p > 3 * RTC_ARGS_ROOM) {
        return NGX_DECLINED;
    }

    id->data = ngx_pnalloc(r->pool, last - p + 1);
    if (id->data == NULL) {
        return NGX_DECLINED;
    }

    dst = id->data;
    ngx_unescape_uri(&dst, &p, last - p, 0);
    id->len = dst - id->data;

    return id->len != 0
           && id->len <= RTC_ARGS_ROOM
           && !ngx_conf_api_is_test_room(id->data, id->len)
           ? NGX_OK : NGX_DECLINED;
}


static void
ngx_conf_api_page_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t  exists;

    if (ngx_rtc_redis_reply_integer(reply, &exists) != NGX_OK) {
        ngx_conf_api_page_away(req);
        return;
    }

    if (!exists) {
        ngx_conf_api_page_send(req, NGX_HTTP_NOT_FOUND,
                               &req->conf->page_missing);
        return;
    }

    ngx_conf_api_page_send(req, NGX_HTTP_OK, &req->conf->page);
}


static void
ngx_conf_api_page_away(ngx_conf_api_req_t *req)
{
    ngx_str_t  retry = ngx_string("5");

    if (ngx_rtc_header_add(req->request, "Retry-After", &retry) != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_page_send(req, NGX_HTTP_SERVICE_UNAVAILABLE,
                           &req->conf->page_away);
}


/* without a page of its own an error has nginx's */

static void
ngx_conf_api_page_send(ngx_conf_api_req_t *req, ngx_uint_t status,
    ngx_str_t *page)
{
    ngx_http_request_t  *r;

    r = req->request;

    if (page->len == 0) {
        ngx_conf_api_finalize(req, status);
        return;
    }

    if (status != NGX_HTTP_OK) {
        r->err_status = status;
    }

    if (req->deadline.timer_set) {
        ngx_del_timer(&req->deadline);
    }

    r->read_event_handler = ngx_http_block_reading;

    (void) ngx_http_internal_redirect(r, page, &r->args);

    /* the redirect has taken a reference, ours ends here */

    ngx_http_finalize_request(r, NGX_DONE);
}
