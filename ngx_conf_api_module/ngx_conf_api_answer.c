
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"


#define NGX_CONF_API_TEXT_BUF  65536


static ngx_int_t ngx_conf_api_send(ngx_http_request_t *r,
    const ngx_conf_api_route_t *route, ngx_uint_t status, ngx_chain_t *body,
    off_t len);
static ngx_buf_t *ngx_conf_api_json_buf(ngx_pool_t *pool, json_t *json);
static ngx_str_t ngx_conf_api_original_path(ngx_http_request_t *r);
static const char *ngx_conf_api_error_text(ngx_uint_t status);


void
ngx_conf_api_send_json(ngx_conf_api_req_t *req, ngx_uint_t status,
    json_t *body)
{
    ngx_buf_t    *b;
    ngx_chain_t   out;

    b = ngx_conf_api_json_buf(req->request->pool, body);

    if (b == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    out.buf = b;
    out.next = NULL;

    ngx_conf_api_send_chain(req, status, &out, b->last - b->pos);
}


void
ngx_conf_api_send_error(ngx_conf_api_req_t *req, ngx_uint_t status,
    const char *error)
{
    ngx_conf_api_send_json(req, status,
                           json_pack("{s:b, s:s}", "success", 0,
                                     "error", error));
}


void
ngx_conf_api_send_success(ngx_conf_api_req_t *req)
{
    ngx_conf_api_send_json(req, NGX_HTTP_OK, json_pack("{s:b}", "success", 1));
}


void
ngx_conf_api_send_away(ngx_conf_api_req_t *req)
{
    ngx_conf_api_send_later(req, "The database does not answer. Try again.");
}


void
ngx_conf_api_send_later(ngx_conf_api_req_t *req, const char *error)
{
    ngx_str_t  retry = ngx_string("1");

    if (ngx_rtc_header_add(req->request, "Retry-After", &retry) != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_send_error(req, NGX_HTTP_SERVICE_UNAVAILABLE, error);
}


void
ngx_conf_api_send_chain(ngx_conf_api_req_t *req, ngx_uint_t status,
    ngx_chain_t *body, off_t len)
{
    ngx_int_t  rc;

    rc = ngx_conf_api_hold(req, status, body, len);

    if (rc == NGX_OK) {
        return;
    }

    rc = (rc == NGX_DECLINED) ? ngx_conf_api_send(req->request, req->route,
                                                  status, body, len)
                              : NGX_HTTP_INTERNAL_SERVER_ERROR;

    ngx_conf_api_finalize(req, rc);
}


static ngx_int_t
ngx_conf_api_send(ngx_http_request_t *r, const ngx_conf_api_route_t *route,
    ngx_uint_t status, ngx_chain_t *body, off_t len)
{
    ngx_int_t     rc;
    ngx_str_t     cache = ngx_string("no-store"), any = ngx_string("*");
    ngx_chain_t  *last;

    /* a body that nobody wants to read */

    if (ngx_http_discard_request_body(r) != NGX_OK) {
        r->keepalive = 0;
    }

    if (route != NULL && route->cache && status == NGX_HTTP_OK) {
        ngx_str_set(&cache, "public, max-age=60");
    }

    if (ngx_rtc_header_add(r, "Cache-Control", &cache) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (route != NULL && route->cors
        && ngx_rtc_header_add(r, "Access-Control-Allow-Origin", &any)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    r->headers_out.status = status;
    r->headers_out.content_length_n = len;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    for (last = body; last->next != NULL; last = last->next) {
        /* void */
    }

    last->buf->last_buf = (r == r->main) ? 1 : 0;
    last->buf->last_in_chain = 1;

    return ngx_http_output_filter(r, body);
}


/* takes over the JSON, NULL included */

static ngx_buf_t *
ngx_conf_api_json_buf(ngx_pool_t *pool, json_t *json)
{
    size_t      len;
    ngx_buf_t  *b;

    b = NULL;

    len = json_dumpb(json, NULL, 0, JSON_COMPACT|JSON_PRESERVE_ORDER);

    if (len != 0) {
        b = ngx_create_temp_buf(pool, len);
    }

    if (b != NULL) {
        (void) json_dumpb(json, (char *) b->pos, len,
                          JSON_COMPACT|JSON_PRESERVE_ORDER);
        b->last = b->pos + len;
    }

    json_decref(json);

    return b;
}


ngx_int_t
ngx_conf_api_write(ngx_conf_api_req_t *req, ngx_conf_api_text_t *text,
    const char *data, size_t len)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    b = text->tail;

    if (b == NULL || (size_t) (b->end - b->last) < len) {

        b = ngx_create_temp_buf(req->request->pool,
                                ngx_max(len, NGX_CONF_API_TEXT_BUF));
        cl = ngx_alloc_chain_link(req->request->pool);

        if (b == NULL || cl == NULL) {
            return NGX_ERROR;
        }

        cl->buf = b;
        cl->next = NULL;

        if (text->last == NULL) {
            text->last = &text->out;
        }

        *text->last = cl;
        text->last = &cl->next;
        text->tail = b;
    }

    b->last = ngx_cpymem(b->last, data, len);
    text->len += len;

    return NGX_OK;
}


ngx_int_t
ngx_conf_api_write_json(ngx_conf_api_req_t *req, ngx_conf_api_text_t *text,
    json_t *json)
{
    char       *data;
    ngx_int_t   rc;

    data = json_dumps(json, JSON_COMPACT|JSON_PRESERVE_ORDER|JSON_ENCODE_ANY);
    json_decref(json);

    if (data == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_conf_api_write(req, text, data, ngx_strlen(data));

    free(data);

    return rc;
}


/*
 * The target of error_page: what nginx itself refuses under /api/ gets our
 * form of an error, everything else nginx's page
 */

ngx_int_t
ngx_conf_api_error_handler(ngx_http_request_t *r)
{
    ngx_str_t    path, value;
    ngx_buf_t   *b;
    ngx_uint_t   status;
    ngx_chain_t  out;

    status = r->err_status;

    if (status == 0) {
        return NGX_HTTP_NOT_FOUND;
    }

    path = ngx_conf_api_original_path(r);

    if (path.len < 5 || ngx_strncmp(path.data, "/api/", 5) != 0) {
        return status;
    }

    if (status == NGX_HTTP_SERVICE_UNAVAILABLE
        || status == NGX_HTTP_TOO_MANY_REQUESTS)
    {
        ngx_str_set(&value, "1");

        if (ngx_rtc_header_add(r, "Retry-After", &value) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    b = ngx_conf_api_json_buf(r->pool,
                              json_pack("{s:b, s:s}", "success", 0, "error",
                                        ngx_conf_api_error_text(status)));
    if (b == NULL) {
        return NGX_ERROR;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_conf_api_send(r, ngx_conf_api_find_route(path), status, &out,
                             b->last - b->pos);
}


/* a request line that is too long has not been parsed: find the path in it */

static ngx_str_t
ngx_conf_api_original_path(ngx_http_request_t *r)
{
    u_char     *p, *last;
    ngx_str_t   path;

    path = r->unparsed_uri;

    if (path.len == 0) {
        path = r->request_line;
    }

    p = path.data;
    last = p + path.len;

    while (p < last && *p != '/') {
        p++;
    }

    path.data = p;

    while (p < last && *p != '?' && *p != ' ') {
        p++;
    }

    path.len = p - path.data;

    return path;
}


static const char *
ngx_conf_api_error_text(ngx_uint_t status)
{
    switch (status) {

    case NGX_HTTP_BAD_REQUEST:
        return "The request or one of its headers is malformed or too long.";

    case NGX_HTTP_FORBIDDEN:
        return "This is not allowed.";

    case NGX_HTTP_NOT_FOUND:
        return "There is no such method.";

    case NGX_HTTP_NOT_ALLOWED:
        return "This HTTP method is not allowed here.";

    case NGX_HTTP_REQUEST_TIME_OUT:
        return "The request took too long to arrive.";

    case NGX_HTTP_REQUEST_ENTITY_TOO_LARGE:
        return "The body is too large.";

    case NGX_HTTP_REQUEST_URI_TOO_LARGE:
        return "The address is too long.";

    case NGX_HTTP_TOO_MANY_REQUESTS:
        return "Too many requests. Try again in a second.";

    case NGX_HTTP_SERVICE_UNAVAILABLE:
        return "The server cannot answer now. Try again.";

    default:
        return status < NGX_HTTP_INTERNAL_SERVER_ERROR
               ? "The request cannot be served."
               : "The server failed. Try again.";
    }
}
