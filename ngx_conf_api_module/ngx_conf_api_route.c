
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"


#define NGX_CONF_API_GET     NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_string("GET, HEAD")
#define NGX_CONF_API_POST    NGX_HTTP_POST, ngx_string("POST")
#define NGX_CONF_API_DELETE  NGX_HTTP_DELETE, ngx_string("DELETE")

#define NGX_CONF_API_ANY                                                      \
    NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST, ngx_string("GET, HEAD, POST")

/* who may call it */

#define NGX_CONF_API_USER    1, 0, 0, 0, 0  /* whoever has an API token */
#define NGX_CONF_API_ADMIN   1, 0, 1, 0, 0  /* administrators */
#define NGX_CONF_API_LARGE   1, 0, 1, 0, 1  /* as well, a body of megabytes */
#define NGX_CONF_API_PUBLIC  0, 0, 0, 0, 0  /* everybody */
#define NGX_CONF_API_CORS    0, 1, 0, 0, 0  /* everybody, from any page */
#define NGX_CONF_API_CACHE   0, 0, 0, 1, 0  /* everybody, for a minute */


/* that a worker holds at once */

#define NGX_CONF_API_BODIES  4


static ngx_int_t ngx_conf_api_options(ngx_conf_api_req_t *req);
static ngx_int_t ngx_conf_api_refuse(ngx_conf_api_req_t *req,
    ngx_uint_t status, const char *error);
static ngx_int_t ngx_conf_api_large(ngx_conf_api_req_t *req);
static void ngx_conf_api_large_authorized(ngx_conf_api_req_t *req);
static void ngx_conf_api_large_handler(ngx_http_request_t *r);
static void ngx_conf_api_body_handler(ngx_http_request_t *r);
static void ngx_conf_api_run(ngx_conf_api_req_t *req);
static ngx_int_t ngx_conf_api_parse(ngx_conf_api_req_t *req);
static ngx_int_t ngx_conf_api_body(ngx_http_request_t *r, ngx_str_t *body);


static const ngx_conf_api_route_t  ngx_conf_api_routes[] = {

    { ngx_string("/api/auth/login"), NGX_CONF_API_POST,
      ngx_conf_api_login, NGX_CONF_API_PUBLIC },

    { ngx_string("/api/auth/getToken"), NGX_CONF_API_POST,
      ngx_conf_api_get_token, NGX_CONF_API_USER },

    { ngx_string("/api/auth/logout"), NGX_CONF_API_POST,
      ngx_conf_api_logout, NGX_CONF_API_USER },

    { ngx_string("/api/auth/rotateToken"), NGX_CONF_API_POST,
      ngx_conf_api_rotate_token, NGX_CONF_API_USER },

    { ngx_string("/api/auth/getUser"), NGX_CONF_API_POST,
      ngx_conf_api_get_user, NGX_CONF_API_USER },

    { ngx_string("/api/auth/changePassword"), NGX_CONF_API_POST,
      ngx_conf_api_change_password, NGX_CONF_API_USER },

    { ngx_string("/api/users/getAll"), NGX_CONF_API_POST,
      ngx_conf_api_user_get_all, NGX_CONF_API_ADMIN },

    { ngx_string("/api/users/create"), NGX_CONF_API_POST,
      ngx_conf_api_user_create, NGX_CONF_API_ADMIN },

    { ngx_string("/api/users/update"), NGX_CONF_API_POST,
      ngx_conf_api_user_update, NGX_CONF_API_ADMIN },

    { ngx_string("/api/users/remove"), NGX_CONF_API_DELETE,
      ngx_conf_api_user_remove, NGX_CONF_API_ADMIN },

    { ngx_string("/api/conferences/create"), NGX_CONF_API_POST,
      ngx_conf_api_create, NGX_CONF_API_USER },

    { ngx_string("/api/conferences/update"), NGX_CONF_API_POST,
      ngx_conf_api_update, NGX_CONF_API_USER },

    { ngx_string("/api/conferences/remove"), NGX_CONF_API_DELETE,
      ngx_conf_api_remove, NGX_CONF_API_USER },

    { ngx_string("/api/conferences/getAll"), NGX_CONF_API_POST,
      ngx_conf_api_get_all, NGX_CONF_API_USER },

    { ngx_string("/api/conferences/getById"), NGX_CONF_API_POST,
      ngx_conf_api_get_by_id, NGX_CONF_API_USER },

    { ngx_string("/api/conferences/getCount"), NGX_CONF_API_POST,
      ngx_conf_api_get_count, NGX_CONF_API_USER },

    { ngx_string("/api/conferences/createToken"), NGX_CONF_API_POST,
      ngx_conf_api_create_token, NGX_CONF_API_CORS },

    { ngx_string("/api/application/getAppInfo"), NGX_CONF_API_POST,
      ngx_conf_api_get_app_info, NGX_CONF_API_ADMIN },

    { ngx_string("/api/application/updateHTTPConfig"), NGX_CONF_API_POST,
      ngx_conf_api_update_http_config, NGX_CONF_API_ADMIN },

    { ngx_string("/api/application/updateCustomSettings"), NGX_CONF_API_POST,
      ngx_conf_api_update_custom_settings, NGX_CONF_API_ADMIN },

    { ngx_string("/api/application/updateSSLCertificate"), NGX_CONF_API_POST,
      ngx_conf_api_update_ssl_certificate, NGX_CONF_API_ADMIN },

    { ngx_string("/api/application/getApiKeys"), NGX_CONF_API_POST,
      ngx_conf_api_get_api_keys, NGX_CONF_API_ADMIN },

    { ngx_string("/api/application/createApiKey"), NGX_CONF_API_POST,
      ngx_conf_api_create_api_key, NGX_CONF_API_ADMIN },

    { ngx_string("/api/application/rotateApiKey"), NGX_CONF_API_POST,
      ngx_conf_api_rotate_api_key, NGX_CONF_API_ADMIN },

    { ngx_string("/api/application/removeApiKey"), NGX_CONF_API_DELETE,
      ngx_conf_api_remove_api_key, NGX_CONF_API_ADMIN },

    { ngx_string("/api/application/updateWebhooks"), NGX_CONF_API_POST,
      ngx_conf_api_update_webhooks, NGX_CONF_API_ADMIN },

    { ngx_string("/api/application/checkDomains"), NGX_CONF_API_POST,
      ngx_conf_api_check_domains, NGX_CONF_API_ADMIN },

    { ngx_string("/api/application/getBranding"), NGX_CONF_API_ANY,
      ngx_conf_api_get_branding, NGX_CONF_API_CACHE },

    { ngx_string("/api/application/createTestToken"), NGX_CONF_API_POST,
      ngx_conf_api_create_test_token, NGX_CONF_API_PUBLIC },

    { ngx_string("/api/application/exportDb"), NGX_CONF_API_POST,
      ngx_conf_api_export, NGX_CONF_API_ADMIN },

    { ngx_string("/api/application/importDb"), NGX_CONF_API_POST,
      ngx_conf_api_import, NGX_CONF_API_LARGE },

    { ngx_string("/api/application/drain"), NGX_CONF_API_POST,
      ngx_conf_api_drain, NGX_CONF_API_ADMIN },

    { ngx_string("/healthz"), NGX_CONF_API_GET,
      ngx_conf_api_health, NGX_CONF_API_PUBLIC },
};


const ngx_conf_api_route_t *
ngx_conf_api_find_route(ngx_str_t path)
{
    ngx_uint_t                   i;
    const ngx_conf_api_route_t  *route;

    if (path.len > 1 && path.data[path.len - 1] == '/') {
        path.len--;
    }

    for (i = 0; i < sizeof(ngx_conf_api_routes) / sizeof(ngx_conf_api_route_t);
         i++)
    {
        route = &ngx_conf_api_routes[i];

        if (route->path.len == path.len
            && ngx_memcmp(route->path.data, path.data, path.len) == 0)
        {
            return route;
        }
    }

    return NULL;
}


ngx_int_t
ngx_conf_api_handler(ngx_http_request_t *r)
{
    ngx_int_t            rc;
    ngx_conf_api_req_t  *req;

    req = ngx_conf_api_create_request(r);
    if (req == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_set_ctx(r, req, ngx_conf_api_module);

    req->route = ngx_conf_api_find_route(r->uri);

    if (req->route == NULL) {
        return ngx_conf_api_refuse(req, NGX_HTTP_NOT_FOUND,
                                   "There is no such method.");
    }

    if (r->method == NGX_HTTP_OPTIONS) {
        return ngx_conf_api_options(req);
    }

    if (!(r->method & req->route->method)) {

        if (ngx_rtc_header_add(r, "Allow", &req->route->allow) != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_conf_api_refuse(req, NGX_HTTP_NOT_ALLOWED,
                                   "This HTTP method is not allowed here.");
    }

    if (req->route->large) {
        return ngx_conf_api_large(req);
    }

    rc = ngx_http_read_client_request_body(r, ngx_conf_api_body_handler);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


/* the question that a browser asks before a request across origins */

static ngx_int_t
ngx_conf_api_options(ngx_conf_api_req_t *req)
{
    ngx_int_t            rc;
    ngx_uint_t           i;
    ngx_http_request_t  *r;

    static ngx_str_t  cors[][2] = {
        { ngx_string("Access-Control-Allow-Origin"), ngx_string("*") },
        { ngx_string("Access-Control-Allow-Methods"), ngx_string("POST") },
        { ngx_string("Access-Control-Allow-Headers"),
          ngx_string("Content-Type") },
        { ngx_string("Access-Control-Max-Age"), ngx_string("86400") }
    };

    r = req->request;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_rtc_header_add(r, "Allow", &req->route->allow) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (i = 0; req->route->cors && i < sizeof(cors) / sizeof(cors[0]); i++) {

        if (ngx_rtc_header_add(r, (char *) cors[i][0].data, &cors[i][1])
            != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    r->headers_out.status = NGX_HTTP_NO_CONTENT;
    r->header_only = 1;

    return ngx_http_send_header(r);
}


/* before the body is read */

static ngx_int_t
ngx_conf_api_refuse(ngx_conf_api_req_t *req, ngx_uint_t status,
    const char *error)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = req->request;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    r->main->count++;

    ngx_conf_api_send_error(req, status, error);

    return NGX_DONE;
}


/* nobody gets memory for megabytes before the token is checked */

static ngx_int_t
ngx_conf_api_large(ngx_conf_api_req_t *req)
{
    req->request->main->count++;

    if (ngx_conf_api_wait(req) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return NGX_DONE;
    }

    ngx_conf_api_auth(req, ngx_conf_api_large_authorized);

    return NGX_DONE;
}


static void
ngx_conf_api_large_authorized(ngx_conf_api_req_t *req)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = req->request;

    /* while it comes, nginx's client_body_timeout counts */

    ngx_conf_api_stop_waiting(req);

    if (req->main->bodies == NGX_CONF_API_BODIES) {
        ngx_conf_api_send_later(req, "Others send documents. Try again.");
        return;
    }

    req->main->bodies++;
    req->large = 1;

    rc = ngx_http_read_client_request_body(r, ngx_conf_api_large_handler);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        ngx_conf_api_finalize(req, rc);
        return;
    }

    /* the reference of the wait for the token; the body has its own */

    ngx_http_finalize_request(r, NGX_DONE);
}


static void
ngx_conf_api_large_handler(ngx_http_request_t *r)
{
    ngx_conf_api_req_t  *req;

    req = ngx_http_get_module_ctx(r, ngx_conf_api_module);

    if (ngx_conf_api_wait(req) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    req->route->handler(req);
}


static void
ngx_conf_api_body_handler(ngx_http_request_t *r)
{
    ngx_conf_api_req_t  *req;

    req = ngx_http_get_module_ctx(r, ngx_conf_api_module);

    if (ngx_conf_api_wait(req) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    /* who may not call it does not learn what is wrong with the arguments */

    if (req->route->token) {
        ngx_conf_api_auth(req, ngx_conf_api_run);
        return;
    }

    ngx_conf_api_run(req);
}


static void
ngx_conf_api_run(ngx_conf_api_req_t *req)
{
    ngx_int_t  rc;

    rc = ngx_conf_api_parse(req);

    switch (rc) {

    case NGX_OK:
        req->route->handler(req);
        return;

    case NGX_HTTP_BAD_REQUEST:
        ngx_conf_api_send_error(req, rc, req->args.error);
        return;

    case NGX_HTTP_REQUEST_ENTITY_TOO_LARGE:
        ngx_conf_api_send_error(req, rc, "The body is too large.");
        return;

    default:
        ngx_conf_api_finalize(req, rc);
        return;
    }
}


static ngx_int_t
ngx_conf_api_parse(ngx_conf_api_req_t *req)
{
    ngx_int_t            rc;
    ngx_str_t            body;
    rtc_str_t            type;
    ngx_http_request_t  *r;

    r = req->request;

    rc = ngx_conf_api_body(r, &body);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_memzero(&type, sizeof(rtc_str_t));

    if (r->headers_in.content_type != NULL) {
        type.data = r->headers_in.content_type->value.data;
        type.len = r->headers_in.content_type->value.len;
    }

    if (rtc_args_parse_body(&req->args, type, body.data, body.len) != RTC_OK
        || rtc_args_parse_query(&req->args, r->args.data, r->args.len)
           != RTC_OK)
    {
        return NGX_HTTP_BAD_REQUEST;
    }

    return NGX_OK;
}


/*
 * What came with the headers and what came behind them may be two buffers; a
 * body above client_body_buffer_size is in a file, which nobody reads here
 */

static ngx_int_t
ngx_conf_api_body(ngx_http_request_t *r, ngx_str_t *body)
{
    off_t  len;

    ngx_str_null(body);

    len = ngx_conf_api_body_len(r);

    if (len < 0) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    if (len == 0) {
        return NGX_OK;
    }

    body->len = len;

    if (r->request_body->bufs->next == NULL) {
        body->data = r->request_body->bufs->buf->pos;
        return NGX_OK;
    }

    body->data = ngx_pnalloc(r->pool, body->len);
    if (body->data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_conf_api_copy_body(r, body->data);

    return NGX_OK;
}


off_t
ngx_conf_api_body_len(ngx_http_request_t *r)
{
    off_t         len;
    ngx_chain_t  *cl;

    if (r->request_body == NULL) {
        return 0;
    }

    if (r->request_body->temp_file != NULL) {
        return -1;
    }

    len = 0;

    for (cl = r->request_body->bufs; cl != NULL; cl = cl->next) {
        len += cl->buf->last - cl->buf->pos;
    }

    return len;
}


void
ngx_conf_api_copy_body(ngx_http_request_t *r, u_char *dst)
{
    size_t        n;
    ngx_chain_t  *cl;

    for (cl = r->request_body->bufs; cl != NULL; cl = cl->next) {
        n = cl->buf->last - cl->buf->pos;

        /* the end of a chunked body has no memory */

        if (n != 0) {
            dst = ngx_cpymem(dst, cl->buf->pos, n);
        }
    }
}


ngx_str_t
ngx_conf_api_header(ngx_http_request_t *r, const char *name)
{
    size_t            len;
    ngx_str_t         none = ngx_null_string;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    len = ngx_strlen(name);
    part = &r->headers_in.headers.part;
    header = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return none;
            }

            part = part->next;
            header = part->elts;
            i = 0;
        }

        if (header[i].key.len == len
            && ngx_strncasecmp(header[i].key.data, (u_char *) name, len) == 0)
        {
            return header[i].value;
        }
    }
}
