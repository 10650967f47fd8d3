
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_answer.h"
#include "ngx_rtc_sfu_client.h"
#include "ngx_rtc_sfu_wish.h"
#include "rtc_crypto.h"


#define NGX_RTC_SFU_WISH_RANDOM  24             /* bytes in a session's URL */

/* of a=ice-pwd (RFC 8839, 5.4) */

#define NGX_RTC_SFU_WISH_MIN_PWD  22
#define NGX_RTC_SFU_WISH_MAX_PWD  256


static ngx_rtc_sfu_participant_t *ngx_rtc_sfu_wish_lookup(
    ngx_rtc_sfu_wish_t *w);
static ngx_int_t ngx_rtc_sfu_wish_find(ngx_rtc_sfu_wish_t *w,
    ngx_rtc_sfu_participant_t **found);
static ngx_uint_t ngx_rtc_sfu_wish_matches(const ngx_str_t *match,
    const char *etag);
static ngx_int_t ngx_rtc_sfu_wish_restart(ngx_rtc_sfu_wish_t *w,
    ngx_rtc_sfu_participant_t *p);
static ngx_int_t ngx_rtc_sfu_wish_line(const ngx_str_t *text, const char *name,
    rtc_str_t *value);


/* its name is the participant's, which finds it, and what nobody guesses */

ngx_rtc_sfu_resource_t *
ngx_rtc_sfu_wish_resource(ngx_rtc_sfu_wish_t *w, ngx_rtc_sfu_participant_t *p)
{
    u_char                  *last, random[NGX_RTC_SFU_WISH_RANDOM];
    ngx_str_t                token;
    ngx_rtc_sfu_resource_t  *resource;

    resource = ngx_pcalloc(p->pool, sizeof(ngx_rtc_sfu_resource_t));

    if (resource == NULL
        || ngx_rtc_sfu_client_token(w->request, &token) != NGX_OK
        || rtc_random(random, sizeof(random)) != RTC_OK)
    {
        return NULL;
    }

    resource->id.len = p->sid.len + 1 + sizeof(random) * 2;
    resource->id.data = ngx_pnalloc(p->pool, resource->id.len);
    resource->token.len = token.len;
    resource->token.data = ngx_pstrdup(p->pool, &token);

    if (resource->id.data == NULL || resource->token.data == NULL) {
        return NULL;
    }

    last = ngx_cpymem(resource->id.data, p->sid.data, p->sid.len);
    *last++ = '.';
    ngx_hex_dump(last, random, sizeof(random));

    return resource;
}


static ngx_rtc_sfu_participant_t *
ngx_rtc_sfu_wish_lookup(ngx_rtc_sfu_wish_t *w)
{
    u_char                   *last, *end;
    ngx_str_t                 sid;
    ngx_rtc_sfu_room_t       *room;
    ngx_rtc_sfu_member_t     *member;
    ngx_rtc_sfu_resource_t   *resource;

    end = w->session.data + w->session.len;
    last = ngx_strlchr(w->session.data, end, '.');
    room = ngx_rtc_sfu_room_find(w->worker, &w->room);

    if (last == NULL || room == NULL) {
        return NULL;
    }

    sid.data = w->session.data;
    sid.len = last - w->session.data;

    member = ngx_rtc_sfu_room_member(room, &sid);

    if (member == NULL || member->participant == NULL) {
        return NULL;
    }

    resource = member->participant->resource;

    if (resource == NULL
        || resource->id.len != w->session.len
        || !rtc_equal(resource->id.data, w->session.data, w->session.len))
    {
        return NULL;
    }

    return member->participant;
}


/* NGX_OK, or what the handler returns: it was answered */

static ngx_int_t
ngx_rtc_sfu_wish_find(ngx_rtc_sfu_wish_t *w, ngx_rtc_sfu_participant_t **found)
{
    ngx_str_t                   token;
    ngx_rtc_sfu_participant_t  *p;

    if (ngx_rtc_sfu_client_token(w->request, &token) != NGX_OK) {
        return ngx_rtc_sfu_wish_say(w->request, NGX_HTTP_UNAUTHORIZED,
                                    "The request has no token.");
    }

    p = ngx_rtc_sfu_wish_lookup(w);

    if (p == NULL) {
        return ngx_rtc_sfu_wish_say(w->request, NGX_HTTP_NOT_FOUND,
                                    "There is no such session.");
    }

    if (p->resource->token.len != token.len
        || !rtc_equal(p->resource->token.data, token.data, token.len))
    {
        return ngx_rtc_sfu_wish_say(w->request, NGX_HTTP_UNAUTHORIZED,
                                    "The token is not the session's.");
    }

    *found = p;

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_wish_delete(ngx_rtc_sfu_wish_t *w)
{
    ngx_int_t                   rc;
    ngx_rtc_sfu_participant_t  *p;

    p = NULL;
    rc = ngx_rtc_sfu_wish_find(w, &p);

    if (p == NULL) {
        return rc;
    }

    ngx_rtc_sfu_participant_close(p, -1,
                                LIVEKIT__DISCONNECT_REASON__CLIENT_INITIATED);

    return ngx_rtc_sfu_wish_say(w->request, NGX_HTTP_OK, "");
}


/* candidates of a client mean nothing to ICE-lite */

ngx_int_t
ngx_rtc_sfu_wish_patch(ngx_rtc_sfu_wish_t *w)
{
    char                       *etag;
    ngx_int_t                   rc;
    ngx_str_t                  *match;
    ngx_http_request_t         *r;
    ngx_rtc_sfu_participant_t  *p;

    r = w->request;

    p = NULL;
    rc = ngx_rtc_sfu_wish_find(w, &p);

    if (p == NULL) {
        return rc;
    }

    if (r->headers_in.if_match == NULL) {
        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_WISH_PRECONDITION_REQUIRED,
                                    "The request needs If-Match.");
    }

    match = &r->headers_in.if_match->value;

    if ((match->len == 1 && match->data[0] == '*')
        || (match->len == 3 && ngx_strncmp(match->data, "\"*\"", 3) == 0))
    {
        return ngx_rtc_sfu_wish_restart(w, p);
    }

    etag = ngx_rtc_sfu_wish_etag(w, p);
    if (etag == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!ngx_rtc_sfu_wish_matches(match, etag)) {
        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_PRECONDITION_FAILED,
                                    "ICE was restarted since.");
    }

    return ngx_rtc_sfu_wish_say(r, NGX_HTTP_NO_CONTENT, "");
}


/* RFC 9110, 13.1.1: one of a list; by the strong comparison, W/ never fits */

static ngx_uint_t
ngx_rtc_sfu_wish_matches(const ngx_str_t *match, const char *etag)
{
    size_t   len;
    u_char  *p, *end, *last;

    len = ngx_strlen(etag);
    last = match->data + match->len;

    for (p = match->data; p < last; p = end + 1) {

        while (p < last && (*p == ' ' || *p == '\t')) {
            p++;
        }

        end = ngx_strlchr(p, last, ',');

        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) >= len
            && ngx_memcmp(p, etag, len) == 0
            && ((size_t) (end - p) == len || p[len] == ' '
                || p[len] == '\t'))
        {
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_rtc_sfu_wish_restart(ngx_rtc_sfu_wish_t *w, ngx_rtc_sfu_participant_t *p)
{
    char                *etag;
    u_char              *text;
    ngx_int_t            rc;
    rtc_str_t            ufrag, pwd;
    ngx_rtc_sfu_pc_t    *pc;
    ngx_http_request_t  *r;

    r = w->request;
    pc = ngx_rtc_sfu_participant_primary(p);

    rc = NGX_DECLINED;

    if (ngx_rtc_sfu_wish_line(&w->body, "a=ice-ufrag:", &ufrag) == NGX_OK
        && ngx_rtc_sfu_wish_line(&w->body, "a=ice-pwd:", &pwd) == NGX_OK
        && pwd.len >= NGX_RTC_SFU_WISH_MIN_PWD
        && pwd.len <= NGX_RTC_SFU_WISH_MAX_PWD)
    {
        rc = ngx_rtc_sfu_pc_restart(pc, ufrag);
    }

    if (rc == NGX_DECLINED) {
        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_BAD_REQUEST,
                                    "A restart needs ICE credentials.");
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    etag = ngx_rtc_sfu_wish_etag(w, p);

    text = ngx_pnalloc(r->pool, sizeof("a=ice-lite\r\na=ice-options:ice2\r\n"
                                       "a=ice-ufrag:\r\na=ice-pwd:\r\n")
                                + sizeof(rtc_ice_cred_t));

    if (etag == NULL
        || text == NULL
        || ngx_rtc_sfu_answer_header(r, "ETag", etag) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_sprintf(text, "a=ice-lite\r\na=ice-options:ice2\r\n"
                      "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n%Z",
                pc->cred.ufrag, pc->cred.pwd);

    ngx_str_set(&r->headers_out.content_type,
                "application/trickle-ice-sdpfrag");

    return ngx_rtc_sfu_wish_say(r, NGX_HTTP_OK, (char *) text);
}


/* the first line that begins so */

static ngx_int_t
ngx_rtc_sfu_wish_line(const ngx_str_t *text, const char *name,
    rtc_str_t *value)
{
    u_char  *p, *end, *last;
    size_t   len;

    len = ngx_strlen(name);
    last = text->data + text->len;

    for (p = text->data; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, '\n');
        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) < len || ngx_strncmp(p, name, len) != 0) {
            continue;
        }

        value->data = p + len;
        value->len = end - value->data;

        if (value->len && value->data[value->len - 1] == '\r') {
            value->len--;
        }

        return NGX_OK;
    }

    return NGX_DECLINED;
}


/* the ICE session is named by our fragment, which a restart changes */

char *
ngx_rtc_sfu_wish_etag(ngx_rtc_sfu_wish_t *w, ngx_rtc_sfu_participant_t *p)
{
    u_char            *etag;
    ngx_rtc_sfu_pc_t  *pc;

    pc = ngx_rtc_sfu_participant_primary(p);

    etag = ngx_pnalloc(w->request->pool, sizeof(pc->cred.ufrag) + 2);

    if (etag) {
        ngx_sprintf(etag, "\"%s\"%Z", pc->cred.ufrag);
    }

    return (char *) etag;
}
