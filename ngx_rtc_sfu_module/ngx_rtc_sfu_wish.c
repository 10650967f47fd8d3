
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_answer.h"
#include "ngx_rtc_sfu_early.h"
#include "ngx_rtc_sfu_ice.h"
#include "ngx_rtc_sfu_join.h"
#include "ngx_rtc_sfu_wish.h"
#include "ngx_rtc_sfu_worker.h"


#define NGX_RTC_SFU_WISH_MAX_BODY  65536        /* bytes */
#define NGX_RTC_SFU_WISH_MAX_MEDIA 32           /* sections of an offer */


static ngx_int_t ngx_rtc_sfu_wish_path(ngx_http_request_t *r,
    ngx_rtc_sfu_wish_t *w);
static ngx_int_t ngx_rtc_sfu_wish_options(ngx_http_request_t *r);
static ngx_int_t ngx_rtc_sfu_wish_not_allowed(ngx_http_request_t *r,
    const char *methods);
static ngx_uint_t ngx_rtc_sfu_wish_is_type(ngx_http_request_t *r,
    const char *type);
static ngx_int_t ngx_rtc_sfu_wish_read(ngx_http_request_t *r);
static void ngx_rtc_sfu_wish_body_handler(ngx_http_request_t *r);
static ngx_int_t ngx_rtc_sfu_wish_body(ngx_http_request_t *r,
    ngx_rtc_sfu_wish_t *w);
static ngx_int_t ngx_rtc_sfu_wish_post(ngx_http_request_t *r,
    ngx_rtc_sfu_wish_t *w);
static ngx_int_t ngx_rtc_sfu_wish_parse(ngx_http_request_t *r,
    ngx_rtc_sfu_wish_t *w);
static ngx_int_t ngx_rtc_sfu_wish_accept(ngx_http_request_t *r,
    ngx_rtc_sfu_participant_t *p, void *data);
static ngx_int_t ngx_rtc_sfu_wish_created(ngx_rtc_sfu_wish_t *w,
    ngx_rtc_sfu_participant_t *p);


ngx_int_t
ngx_rtc_sfu_wish_handler(ngx_http_request_t *r,
    const ngx_rtc_sfu_wish_kind_t *kind)
{
    ngx_int_t                 rc;
    ngx_rtc_sfu_wish_t       *w;
    ngx_rtc_sfu_main_conf_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_rtc_sfu_module);

    rc = ngx_rtc_sfu_early(r, smcf->worker);
    if (rc != NGX_DECLINED) {
        return rc;
    }

    /* If-Match is of the session, not of a file */

    r->disable_not_modified = 1;

    w = ngx_pcalloc(r->pool, sizeof(ngx_rtc_sfu_wish_t));
    if (w == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    w->kind = kind;
    w->request = r;

    ngx_http_set_ctx(r, w, ngx_rtc_sfu_module);

    rc = ngx_rtc_sfu_wish_path(r, w);
    if (rc != NGX_OK) {
        return rc;
    }

    if (r->method == NGX_HTTP_POST && w->session.len == 0) {

        if (!ngx_rtc_sfu_wish_is_type(r, "application/sdp")) {
            return ngx_rtc_sfu_wish_say(r, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                        "An offer is application/sdp.");
        }

        return ngx_rtc_sfu_wish_read(r);
    }

    if (r->method == NGX_HTTP_PATCH && w->session.len) {

        if (!ngx_rtc_sfu_wish_is_type(r, "application/trickle-ice-sdpfrag")) {
            return ngx_rtc_sfu_wish_say(r, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                             "A change is application/trickle-ice-sdpfrag.");
        }

        return ngx_rtc_sfu_wish_read(r);
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (r->method == NGX_HTTP_DELETE && w->session.len) {
        return ngx_rtc_sfu_wish_session(w);
    }

    if (r->method == NGX_HTTP_OPTIONS) {
        return ngx_rtc_sfu_wish_options(r);
    }

    if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) {
        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_NO_CONTENT, "");
    }

    return ngx_rtc_sfu_wish_not_allowed(r, w->session.len
                                           ? "GET, HEAD, OPTIONS, PATCH, DELETE"
                                           : "GET, HEAD, OPTIONS, POST");
}


/*
 * NGX_OK, or a status: ROOM or ROOM/SESSION behind the name of the location, as
 * it came: a room's name may have slashes, too
 */

static ngx_int_t
ngx_rtc_sfu_wish_path(ngx_http_request_t *r, ngx_rtc_sfu_wish_t *w)
{
    u_char                    *p, *dst, *last, *slash;
    ngx_rtc_sfu_main_conf_t   *smcf;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    smcf = ngx_http_get_module_main_conf(r, ngx_rtc_sfu_module);

    w->worker = smcf->worker;

    w->path = r->unparsed_uri;
    p = ngx_strlchr(w->path.data, w->path.data + w->path.len, '?');

    if (p != NULL) {
        w->path.len = p - w->path.data;
    }

    p = w->path.data + ngx_min(clcf->name.len, w->path.len);
    last = w->path.data + w->path.len;

    slash = ngx_strlchr(p, last, '/');

    if (slash) {
        w->session.data = slash + 1;
        w->session.len = last - w->session.data;
        last = slash;
    }

    dst = ngx_pnalloc(r->pool, last - p + 1);
    if (dst == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    w->room.data = dst;
    ngx_unescape_uri(&dst, &p, last - p, 0);
    w->room.len = dst - w->room.data;

    if (w->room.len == 0
        || (slash && w->session.len == 0)
        || (slash && ngx_strlchr(w->session.data,
                                 w->session.data + w->session.len, '/')))
    {
        return NGX_HTTP_NOT_FOUND;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_wish_options(ngx_http_request_t *r)
{
    if (ngx_rtc_sfu_answer_header(r, "Accept-Post", "application/sdp")
        != NGX_OK
        || ngx_rtc_sfu_answer_header(r, "Access-Control-Allow-Methods",
                                     "OPTIONS, POST, PATCH, DELETE")
           != NGX_OK
        || ngx_rtc_sfu_answer_header(r, "Access-Control-Allow-Headers",
                                     "Authorization, Content-Type, If-Match")
           != NGX_OK
        || ngx_rtc_sfu_answer_header(r, "Access-Control-Max-Age", "86400")
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_rtc_sfu_wish_say(r, NGX_HTTP_OK, "");
}


static ngx_int_t
ngx_rtc_sfu_wish_not_allowed(ngx_http_request_t *r, const char *methods)
{
    if (ngx_rtc_sfu_answer_header(r, "Allow", methods) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_rtc_sfu_wish_say(r, NGX_HTTP_NOT_ALLOWED,
                                "The method is not for this address.");
}


static ngx_uint_t
ngx_rtc_sfu_wish_is_type(ngx_http_request_t *r, const char *type)
{
    size_t      len;
    ngx_str_t  *value;

    if (r->headers_in.content_type == NULL) {
        return 0;
    }

    value = &r->headers_in.content_type->value;
    len = ngx_strlen(type);

    return value->len >= len
           && ngx_strncasecmp(value->data, (u_char *) type, len) == 0
           && (value->len == len || value->data[len] == ';'
               || value->data[len] == ' ');
}


static ngx_int_t
ngx_rtc_sfu_wish_read(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    if (r->headers_in.content_length_n > NGX_RTC_SFU_WISH_MAX_BODY) {
        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                                    "The description is too long.");
    }

    r->request_body_in_single_buf = 1;

    rc = ngx_http_read_client_request_body(r, ngx_rtc_sfu_wish_body_handler);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


static void
ngx_rtc_sfu_wish_body_handler(ngx_http_request_t *r)
{
    ngx_int_t            rc;
    ngx_rtc_sfu_wish_t  *w;

    w = ngx_http_get_module_ctx(r, ngx_rtc_sfu_module);

    rc = ngx_rtc_sfu_wish_body(r, w);

    if (rc == NGX_OK) {
        rc = w->session.len ? ngx_rtc_sfu_wish_session(w)
                            : ngx_rtc_sfu_wish_post(r, w);

    } else if (rc == NGX_DECLINED) {
        rc = ngx_rtc_sfu_wish_say(r, NGX_HTTP_BAD_REQUEST,
                                  "The body is no description.");
    }

    ngx_http_finalize_request(r, rc);
}


/* NGX_DECLINED: it is empty, or holds a zero */

static ngx_int_t
ngx_rtc_sfu_wish_body(ngx_http_request_t *r, ngx_rtc_sfu_wish_t *w)
{
    u_char       *p;
    size_t        len;
    ngx_chain_t  *cl;

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_DECLINED;
    }

    len = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {

        if (cl->buf->in_file) {
            return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
        }

        len += cl->buf->last - cl->buf->pos;
    }

    if (len > NGX_RTC_SFU_WISH_MAX_BODY) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    p = ngx_pnalloc(r->pool, len + 1);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    w->body.data = p;
    w->body.len = len;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        p = ngx_cpymem(p, cl->buf->pos, cl->buf->last - cl->buf->pos);
    }

    *p = '\0';

    return len && ngx_strlen(w->body.data) == len ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_rtc_sfu_wish_post(ngx_http_request_t *r, ngx_rtc_sfu_wish_t *w)
{
    ngx_int_t    rc;
    const char  *reason;

    if (rtc_sdp_count_media(w->body.data, w->body.len)
        > NGX_RTC_SFU_WISH_MAX_MEDIA)
    {
        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_WISH_UNPROCESSABLE,
                                    "The offer has too many sections.");
    }

    rc = ngx_rtc_sfu_wish_parse(r, w);

    if (rc == NGX_DECLINED) {
        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_BAD_REQUEST,
                                    "The offer is malformed.");
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    reason = w->kind->check(w->offer);

    if (reason) {
        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_WISH_UNPROCESSABLE, reason);
    }

    return ngx_rtc_sfu_join_resource(r, w->worker, &w->room, w->kind->view,
                                     ngx_rtc_sfu_wish_accept, w);
}


static ngx_int_t
ngx_rtc_sfu_wish_parse(ngx_http_request_t *r, ngx_rtc_sfu_wish_t *w)
{
    void         *mem;
    size_t        size;
    const char   *reason;
    rtc_arena_t   arena;

    size = rtc_sdp_parse_size(w->body.data, w->body.len);

    mem = ngx_palloc(r->pool, size);
    if (mem == NULL) {
        return NGX_ERROR;
    }

    rtc_arena_init(&arena, mem, size);

    w->offer = rtc_sdp_parse(&arena, w->body.data, w->body.len,
                             NGX_RTC_SFU_WISH_MAX_MEDIA, &reason);

    if (w->offer == NULL) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "sfu: malformed description, %s", reason);
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_wish_accept(ngx_http_request_t *r, ngx_rtc_sfu_participant_t *p,
    void *data)
{
    ngx_rtc_sfu_wish_t  *w = data;

    char       *answer;
    ngx_int_t   rc;

    w->status = NGX_HTTP_INTERNAL_SERVER_ERROR;
    w->reason = "The server failed.";

    answer = NULL;
    rc = NGX_ERROR;

    p->resource = ngx_rtc_sfu_wish_resource(w, p);

    if (p->resource) {
        rc = w->kind->prepare ? w->kind->prepare(w, p) : NGX_OK;
    }

    ngx_rtc_sfu_participant_start(p, NULL);

    if (rc == NGX_OK && p->state != NGX_RTC_SFU_CLOSED) {
        answer = w->kind->answer(w, p);
    }

    if (answer && ngx_rtc_sfu_wish_created(w, p) == NGX_OK) {
        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_CREATED, answer);
    }

    ngx_rtc_sfu_participant_close(p, -1,
                                  LIVEKIT__DISCONNECT_REASON__JOIN_FAILURE);

    return ngx_rtc_sfu_wish_say(r, w->status, w->reason);
}


/* the header of an answer; the session's address is below the endpoint's */

static ngx_int_t
ngx_rtc_sfu_wish_created(ngx_rtc_sfu_wish_t *w, ngx_rtc_sfu_participant_t *p)
{
    char                *etag;
    u_char              *location;
    ngx_http_request_t  *r;

    r = w->request;

    location = ngx_pnalloc(r->pool, w->path.len + p->resource->id.len + 2);
    etag = ngx_rtc_sfu_wish_etag(r->pool, p);

    if (location == NULL || etag == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(location, "%V/%V%Z", &w->path, &p->resource->id);

    if (ngx_rtc_sfu_answer_header(r, "Location", (char *) location) != NGX_OK
        || ngx_rtc_sfu_answer_header(r, "ETag", etag) != NGX_OK
        || ngx_rtc_sfu_ice_links(r, &p->room->worker->conf->ice_servers,
                                 &p->identity)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_str_set(&r->headers_out.content_type, "application/sdp");

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_wish_say(ngx_http_request_t *r, ngx_uint_t status,
    const char *text)
{
    ngx_str_t  sentence;

    if (ngx_rtc_sfu_answer_header(r, "Access-Control-Expose-Headers",
                                  "Location, ETag, Link")
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    sentence.data = (u_char *) text;
    sentence.len = ngx_strlen(text);

    return ngx_rtc_sfu_answer(r, status, &sentence);
}


void
ngx_rtc_sfu_wish_outcome(ngx_rtc_sfu_outcome_t *outcome, ngx_uint_t status,
    const char *text)
{
    outcome->status = status;
    outcome->type = "";
    outcome->etag = "";
    outcome->text = text;
}


ngx_int_t
ngx_rtc_sfu_wish_tell(ngx_http_request_t *r,
    const ngx_rtc_sfu_outcome_t *outcome)
{
    if (outcome->etag[0]
        && ngx_rtc_sfu_answer_header(r, "ETag", outcome->etag) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (outcome->type[0]) {
        r->headers_out.content_type.data = (u_char *) outcome->type;
        r->headers_out.content_type.len = ngx_strlen(outcome->type);
    }

    return ngx_rtc_sfu_wish_say(r, outcome->status, outcome->text);
}
