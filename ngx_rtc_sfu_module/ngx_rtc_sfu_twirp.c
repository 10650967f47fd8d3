
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_answer.h"
#include "ngx_rtc_sfu_client.h"
#include "ngx_rtc_sfu_early.h"
#include "ngx_rtc_sfu_signal.h"
#include "ngx_rtc_sfu_twirp.h"
#include "ngx_rtc_sfu_twirp_internal.h"
#include "rtc_pbjson.h"


static ngx_int_t ngx_rtc_sfu_twirp_options(ngx_http_request_t *r);
static ngx_int_t ngx_rtc_sfu_twirp_authorize(ngx_rtc_sfu_twirp_t *t);
static ngx_int_t ngx_rtc_sfu_twirp_refuse(ngx_http_request_t *r,
    const char *reason);
static ngx_int_t ngx_rtc_sfu_twirp_route(ngx_rtc_sfu_twirp_t *t);
static ngx_int_t ngx_rtc_sfu_twirp_type(ngx_rtc_sfu_twirp_t *t);
static void ngx_rtc_sfu_twirp_body_handler(ngx_http_request_t *r);
static ngx_int_t ngx_rtc_sfu_twirp_body(ngx_http_request_t *r,
    ngx_str_t *body);
static ngx_int_t ngx_rtc_sfu_twirp_parse(ngx_rtc_sfu_twirp_t *t,
    const ngx_str_t *body);
static void ngx_rtc_sfu_twirp_gone(void *data);
static void ngx_rtc_sfu_twirp_held(void *data, ngx_int_t rc);
static ngx_int_t ngx_rtc_sfu_twirp_send(ngx_rtc_sfu_twirp_t *t,
    const ProtobufCMessage *response);
static ngx_int_t ngx_rtc_sfu_twirp_send_json(ngx_http_request_t *r,
    ngx_uint_t status, json_t *json);
static ngx_int_t ngx_rtc_sfu_twirp_say(ngx_http_request_t *r, ngx_uint_t code,
    const char *text);
static void ngx_rtc_sfu_twirp_finish(ngx_rtc_sfu_twirp_t *t, ngx_int_t rc);


static const struct {
    const char  *name;
    ngx_uint_t   status;
} ngx_rtc_sfu_twirp_errors[NGX_RTC_SFU_VERDICTS] = {

    [NGX_RTC_SFU_VERDICT_INVALID_ARGUMENT] = { "invalid_argument", 400 },
    [NGX_RTC_SFU_VERDICT_UNAUTHENTICATED] = { "unauthenticated", 401 },
    [NGX_RTC_SFU_VERDICT_NOT_FOUND] = { "not_found", 404 },
    [NGX_RTC_SFU_VERDICT_FAILED_PRECONDITION] = { "failed_precondition",
                                                  412 },
    [NGX_RTC_SFU_VERDICT_RESOURCE_EXHAUSTED] = { "resource_exhausted", 429 },
    [NGX_RTC_SFU_VERDICT_INTERNAL] = { "internal", 500 },
    [NGX_RTC_SFU_VERDICT_UNIMPLEMENTED] = { "unimplemented", 501 },
    [NGX_RTC_SFU_VERDICT_UNAVAILABLE] = { "unavailable", 503 },
    [NGX_RTC_SFU_VERDICT_BAD_ROUTE] = { "bad_route", 404 },
    [NGX_RTC_SFU_VERDICT_MALFORMED] = { "malformed", 400 },
    [NGX_RTC_SFU_VERDICT_CANCELED] = { "canceled", 408 }
};


ngx_int_t
ngx_rtc_sfu_twirp_handler(ngx_http_request_t *r)
{
    ngx_int_t                 rc;
    ngx_rtc_sfu_twirp_t      *t;
    ngx_http_cleanup_t       *cln;
    ngx_rtc_sfu_main_conf_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_rtc_sfu_module);

    rc = ngx_rtc_sfu_early(r, smcf->worker);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    if (r->method == NGX_HTTP_OPTIONS) {
        return ngx_rtc_sfu_twirp_options(r);
    }

    t = ngx_pcalloc(r->pool, sizeof(ngx_rtc_sfu_twirp_t));
    cln = ngx_http_cleanup_add(r, 0);

    if (t == NULL || cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    t->request = r;
    t->worker = smcf->worker;

    ngx_queue_insert_tail(&t->worker->twirps, &t->queue);
    cln->handler = ngx_rtc_sfu_twirp_gone;
    cln->data = t;

    ngx_http_set_ctx(r, t, ngx_rtc_sfu_module);

    rc = ngx_rtc_sfu_twirp_authorize(t);

    if (rc == NGX_DECLINED) {
        rc = ngx_rtc_sfu_twirp_route(t);
    }

    if (rc == NGX_DECLINED) {
        rc = ngx_rtc_sfu_twirp_type(t);
    }

    if (rc != NGX_DECLINED) {
        return rc;
    }

    /* nobody else's body is worth reading */

    if (!ngx_rtc_sfu_twirp_may(t)) {
        return ngx_rtc_sfu_twirp_say(r, NGX_RTC_SFU_VERDICT_UNAUTHENTICATED,
                                     "permissions denied");
    }

    if (r->headers_in.content_length_n > NGX_RTC_SFU_TWIRP_MAX_BODY) {
        return ngx_rtc_sfu_twirp_say(r, NGX_RTC_SFU_VERDICT_RESOURCE_EXHAUSTED,
                                     "the request is too large");
    }

    r->request_body_in_single_buf = 1;

    rc = ngx_http_read_client_request_body(r, ngx_rtc_sfu_twirp_body_handler);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


static ngx_int_t
ngx_rtc_sfu_twirp_options(ngx_http_request_t *r)
{
    ngx_int_t   rc;
    ngx_str_t   none = ngx_null_string;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_rtc_sfu_answer_header(r, "Access-Control-Allow-Methods",
                                  "OPTIONS, HEAD, GET, POST, PATCH, DELETE")
        != NGX_OK
        || ngx_rtc_sfu_answer_header(r, "Access-Control-Allow-Headers",
                                     "Authorization, *")
           != NGX_OK
        || ngx_rtc_sfu_answer_header(r, "Access-Control-Max-Age", "86400")
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_rtc_sfu_answer(r, NGX_HTTP_NO_CONTENT, &none);
}


/*
 * Three looks at a request: NGX_DECLINED if it may go on, else what the
 * handler returns.  One without a token gets as far as its method.
 */

static ngx_int_t
ngx_rtc_sfu_twirp_authorize(ngx_rtc_sfu_twirp_t *t)
{
    u_char              *mem;
    ngx_str_t            token, arg;
    const char          *reason;
    rtc_grant_t         *grant;
    ngx_http_request_t  *r;

    r = t->request;

    if (r->headers_in.authorization == NULL
        && ngx_http_arg(r, (u_char *) "access_token",
                        sizeof("access_token") - 1, &arg)
           != NGX_OK)
    {
        return NGX_DECLINED;
    }

    if (ngx_rtc_sfu_client_token(r, &token) != NGX_OK) {
        return ngx_rtc_sfu_twirp_refuse(r, "invalid authorization token");
    }

    grant = ngx_pcalloc(r->pool, sizeof(rtc_grant_t));
    mem = ngx_pnalloc(r->pool, token.len + 1);

    if (grant == NULL || mem == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rtc_jwt_verify_access(grant, mem, token.data, token.len,
                              ngx_rtc_keys_get(&t->worker->keys), ngx_time(),
                              &reason)
        != RTC_OK)
    {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "sfu: refused a token of the server API, %s", reason);
        return ngx_rtc_sfu_twirp_refuse(r, reason);
    }

    t->grant = grant;

    return NGX_DECLINED;
}


static ngx_int_t
ngx_rtc_sfu_twirp_refuse(ngx_http_request_t *r, const char *reason)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    text.data = (u_char *) reason;
    text.len = ngx_strlen(reason);

    return ngx_rtc_sfu_answer(r, NGX_HTTP_UNAUTHORIZED, &text);
}


/* SERVICE/METHOD behind the name of the location */

static ngx_int_t
ngx_rtc_sfu_twirp_route(ngx_rtc_sfu_twirp_t *t)
{
    u_char                    *p, *last, *slash;
    ngx_str_t                  service, name;
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = t->request;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (r->method != NGX_HTTP_POST) {
        return ngx_rtc_sfu_twirp_say(r, NGX_RTC_SFU_VERDICT_BAD_ROUTE,
                                     "unsupported method, only POST is");
    }

    p = r->uri.data + ngx_min(clcf->name.len, r->uri.len);
    last = r->uri.data + r->uri.len;

    while (p < last && *p == '/') {
        p++;
    }

    slash = ngx_strlchr(p, last, '/');

    if (slash == NULL) {
        slash = last;
    }

    service.data = p;
    service.len = slash - p;

    name.data = slash < last ? slash + 1 : last;
    name.len = last - name.data;

    if (service.len != sizeof("livekit.RoomService") - 1
        || ngx_strncmp(service.data, "livekit.RoomService", service.len) != 0)
    {
        return ngx_rtc_sfu_twirp_say(r,
                        service.len > 8
                        && ngx_strncmp(service.data, "livekit.", 8) == 0
                        ? NGX_RTC_SFU_VERDICT_UNIMPLEMENTED
                        : NGX_RTC_SFU_VERDICT_BAD_ROUTE,
                        "there is no such service here");
    }

    t->method = ngx_rtc_sfu_twirp_method(&name);

    if (t->method == NULL) {
        return ngx_rtc_sfu_twirp_say(r, NGX_RTC_SFU_VERDICT_BAD_ROUTE,
                                     "there is no such method");
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_rtc_sfu_twirp_type(ngx_rtc_sfu_twirp_t *t)
{
    size_t               len;
    u_char              *p;
    ngx_str_t           *value;
    ngx_http_request_t  *r;

    r = t->request;
    value = r->headers_in.content_type ? &r->headers_in.content_type->value
                                       : NULL;

    if (value) {
        p = ngx_strlchr(value->data, value->data + value->len, ';');
        len = p ? (size_t) (p - value->data) : value->len;

        while (len && value->data[len - 1] == ' ') {
            len--;
        }

        if (len == sizeof("application/json") - 1
            && ngx_strncasecmp(value->data, (u_char *) "application/json",
                               len)
               == 0)
        {
            t->json = 1;
            return NGX_DECLINED;
        }

        if (len == sizeof("application/protobuf") - 1
            && ngx_strncasecmp(value->data, (u_char *) "application/protobuf",
                               len)
               == 0)
        {
            return NGX_DECLINED;
        }
    }

    return ngx_rtc_sfu_twirp_say(r, NGX_RTC_SFU_VERDICT_BAD_ROUTE,
                                 "unexpected Content-Type");
}


static void
ngx_rtc_sfu_twirp_body_handler(ngx_http_request_t *r)
{
    ngx_int_t             rc;
    ngx_str_t             body;
    ngx_rtc_sfu_twirp_t  *t;

    t = ngx_http_get_module_ctx(r, ngx_rtc_sfu_module);
    t->inside = 1;

    rc = ngx_rtc_sfu_twirp_body(r, &body);

    if (rc == NGX_OK) {
        rc = ngx_rtc_sfu_twirp_parse(t, &body);
    }

    if (rc == NGX_DECLINED) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_RESOURCE_EXHAUSTED,
                               "the request is too large");
        return;
    }

    if (rc != NGX_OK) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_MALFORMED,
                               "the request could not be decoded");
        return;
    }

    if (!ngx_rtc_sfu_twirp_read(t)) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_UNAUTHENTICATED,
                               "permissions denied");
        return;
    }

    /* the client's going is noticed, and ends what it waits for */

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    t->method->handler(t);
}


/* NGX_DECLINED: too large */

static ngx_int_t
ngx_rtc_sfu_twirp_body(ngx_http_request_t *r, ngx_str_t *body)
{
    u_char       *p;
    size_t        len;
    ngx_chain_t  *cl;

    ngx_str_set(body, "");

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_OK;
    }

    len = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {

        if (cl->buf->in_file) {
            return NGX_DECLINED;
        }

        len += cl->buf->last - cl->buf->pos;
    }

    if (len > NGX_RTC_SFU_TWIRP_MAX_BODY) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(r->pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body->data = p;
    body->len = len;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        if (cl->buf->last != cl->buf->pos) {
            p = ngx_cpymem(p, cl->buf->pos, cl->buf->last - cl->buf->pos);
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_twirp_parse(ngx_rtc_sfu_twirp_t *t, const ngx_str_t *body)
{
    json_t        *json;
    ngx_pool_t    *pool;
    const char    *reason;
    json_error_t   error;

    pool = t->request->pool;

    if (!t->json) {
        t->message = ngx_rtc_sfu_signal_unpack_message(pool,
                                                       t->method->request,
                                                       body->data, body->len);
        return t->message ? NGX_OK : NGX_ERROR;
    }

    json = json_loadb((char *) body->data, body->len, JSON_REJECT_DUPLICATES,
                      &error);
    if (json == NULL) {
        return NGX_ERROR;
    }

    t->message = ngx_rtc_sfu_signal_read_json(pool, t->method->request, json,
                                              body->len, &reason);
    json_decref(json);

    if (t->message == NULL) {
        ngx_log_error(NGX_LOG_INFO, t->request->connection->log, 0,
                      "sfu: malformed request of the server API, %s", reason);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* the request is finished, or its client has gone while we waited */

static void
ngx_rtc_sfu_twirp_gone(void *data)
{
    ngx_rtc_sfu_twirp_t  *t = data;

    ngx_uint_t             i;
    ngx_rtc_sfu_errand_t  *errand;

    if (t->call) {
        ngx_rtc_redis_cancel(t->call);
        t->call = NULL;
    }

    ngx_rtc_redis_unhold(&t->hold);

    if (t->errands) {
        errand = t->errands->elts;

        for (i = 0; i < t->errands->nelts; i++) {
            ngx_rtc_sfu_command_cancel(&errand[i]);
        }
    }

    ngx_queue_remove(&t->queue);
}


void
ngx_rtc_sfu_twirp_close_all(ngx_rtc_sfu_worker_t *worker)
{
    ngx_queue_t          *q;
    ngx_connection_t     *c;
    ngx_rtc_sfu_twirp_t  *t;

    while (!ngx_queue_empty(&worker->twirps)) {
        q = ngx_queue_head(&worker->twirps);
        t = ngx_queue_data(q, ngx_rtc_sfu_twirp_t, queue);
        c = t->request->connection;

        /* its cleanup takes it out */

        ngx_http_finalize_request(t->request, NGX_ERROR);
        ngx_http_run_posted_requests(c);
    }
}


void
ngx_rtc_sfu_twirp_asked(ngx_rtc_sfu_twirp_t *t, ngx_rtc_redis_call_t *call)
{
    t->call = call;

    if (call) {
        t->inside = 0;

    } else {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_UNAVAILABLE,
                               "the store of the rooms is away");
    }
}


ngx_uint_t
ngx_rtc_sfu_twirp_told(ngx_rtc_sfu_twirp_t *t, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    t->call = NULL;
    t->session = ngx_rtc_redis_session(t->worker->store);

    switch (ngx_rtc_sfu_rooms_answer(t->worker->registry, rc, reply)) {

    case NGX_OK:
        return 1;

    case NGX_RTC_SFU_JOIN_NOT_FOUND:
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_NOT_FOUND,
                               "requested room does not exist");
        return 0;

    case NGX_AGAIN:
        ngx_rtc_sfu_twirp_asked(t, NULL);
        return 0;

    default:
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_INTERNAL,
                               "the server failed");
        return 0;
    }
}


void
ngx_rtc_sfu_twirp_answer(ngx_rtc_sfu_twirp_t *t,
    const ProtobufCMessage *response)
{
    ngx_rtc_sfu_twirp_finish(t, ngx_rtc_sfu_twirp_send(t, response));
}


void
ngx_rtc_sfu_twirp_acknowledge(ngx_rtc_sfu_twirp_t *t,
    const ProtobufCMessage *response)
{
    if (!ngx_rtc_redis_holds(t->worker->store)) {
        ngx_rtc_sfu_twirp_answer(t, response);
        return;
    }

    if (t->session != ngx_rtc_redis_session(t->worker->store)) {
        ngx_rtc_sfu_twirp_held(t, NGX_DECLINED);
        return;
    }

    t->written = response;
    t->hold.handler = ngx_rtc_sfu_twirp_held;
    t->hold.data = t;

    ngx_rtc_redis_hold(t->worker->store, &t->hold);
}


static void
ngx_rtc_sfu_twirp_held(void *data, ngx_int_t rc)
{
    ngx_rtc_sfu_twirp_t *t = data;

    if (rc == NGX_OK) {
        ngx_rtc_sfu_twirp_answer(t, t->written);

    } else if (rc == NGX_DECLINED) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_UNAVAILABLE,
                               "the change is not safe yet, not all replicas "
                               "of the store have it");

    } else {
        ngx_rtc_sfu_twirp_asked(t, NULL);
    }
}


void
ngx_rtc_sfu_twirp_fail(ngx_rtc_sfu_twirp_t *t, ngx_uint_t code,
    const char *text)
{
    ngx_rtc_sfu_twirp_finish(t, ngx_rtc_sfu_twirp_say(t->request, code, text));
}


void
ngx_rtc_sfu_twirp_end(ngx_rtc_sfu_twirp_t *t,
    const ngx_rtc_sfu_verdict_t *verdict)
{
    ProtobufCMessage  *response;

    if (verdict->code != NGX_RTC_SFU_VERDICT_OK) {
        ngx_rtc_sfu_twirp_fail(t, verdict->code, verdict->text);
        return;
    }

    response = ngx_rtc_sfu_signal_unpack_message(t->request->pool,
                                                 t->method->response,
                                                 verdict->response.data,
                                                 verdict->response.len);
    if (response == NULL) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_INTERNAL,
                               "the server failed");
        return;
    }

    /* it may have revoked tokens */

    if (t->method->command == NGX_RTC_SFU_COMMAND_REMOVE) {
        ngx_rtc_sfu_twirp_acknowledge(t, response);
        return;
    }

    ngx_rtc_sfu_twirp_answer(t, response);
}


static ngx_int_t
ngx_rtc_sfu_twirp_send(ngx_rtc_sfu_twirp_t *t,
    const ProtobufCMessage *response)
{
    ngx_str_t            packed;
    ngx_http_request_t  *r;

    r = t->request;

    if (t->json) {
        return ngx_rtc_sfu_twirp_send_json(r, NGX_HTTP_OK,
                                    rtc_pbjson_write(response,
                                                     RTC_PBJSON_SNAKE
                                                     |RTC_PBJSON_ALL));
    }

    if (ngx_rtc_sfu_signal_pack(r->pool, response, &packed) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_str_set(&r->headers_out.content_type, "application/protobuf");

    return ngx_rtc_sfu_answer(r, NGX_HTTP_OK, &packed);
}


/* takes the JSON; SDKs compare the type as a whole, so there is no charset */

static ngx_int_t
ngx_rtc_sfu_twirp_send_json(ngx_http_request_t *r, ngx_uint_t status,
    json_t *json)
{
    char       *text;
    ngx_str_t   body;

    text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);

    if (text == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    body.len = ngx_strlen(text);
    body.data = ngx_pnalloc(r->pool, body.len);

    if (body.data) {
        ngx_memcpy(body.data, text, body.len);
    }

    free(text);

    if (body.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_str_set(&r->headers_out.content_type, "application/json");

    return ngx_rtc_sfu_answer(r, status, &body);
}


/* errors are JSON, whatever the request was */

static ngx_int_t
ngx_rtc_sfu_twirp_say(ngx_http_request_t *r, ngx_uint_t code,
    const char *text)
{
    ngx_int_t   rc;
    json_t     *json;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    json = json_pack("{s:s,s:s?}", "code", ngx_rtc_sfu_twirp_errors[code].name,
                     "msg", text);

    return ngx_rtc_sfu_twirp_send_json(r,
                                       ngx_rtc_sfu_twirp_errors[code].status,
                                       json);
}


/* it is inside its own event, or inside one of Redis or a link */

static void
ngx_rtc_sfu_twirp_finish(ngx_rtc_sfu_twirp_t *t, ngx_int_t rc)
{
    ngx_uint_t           inside;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = t->request;
    c = r->connection;
    inside = t->inside;

    ngx_http_finalize_request(r, rc);

    /* who has called the body handler goes on with the request */

    if (!inside) {
        ngx_http_run_posted_requests(c);
    }
}
