
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_client.h"
#include "ngx_rtc_sfu_whip_internal.h"
#include "rtc_crypto.h"


static ngx_int_t ngx_rtc_sfu_whip_find(ngx_http_request_t *r,
    ngx_rtc_sfu_whip_t *w, ngx_rtc_sfu_participant_t **found);
static ngx_int_t ngx_rtc_sfu_whip_restart(ngx_http_request_t *r,
    ngx_rtc_sfu_whip_t *w, ngx_rtc_sfu_participant_t *p);
static ngx_int_t ngx_rtc_sfu_whip_line(const ngx_str_t *text, const char *name,
    rtc_str_t *value);


/* NGX_OK, or what the handler returns: it was answered */

static ngx_int_t
ngx_rtc_sfu_whip_find(ngx_http_request_t *r, ngx_rtc_sfu_whip_t *w,
    ngx_rtc_sfu_participant_t **found)
{
    ngx_str_t                   token;
    ngx_queue_t                *q;
    ngx_rtc_sfu_room_t         *room;
    ngx_rtc_sfu_resource_t     *resource;
    ngx_rtc_sfu_participant_t  *p;

    if (ngx_rtc_sfu_client_token(r, &token) != NGX_OK) {
        return ngx_rtc_sfu_whip_say(r, NGX_HTTP_UNAUTHORIZED,
                                    "The request has no token.");
    }

    room = ngx_rtc_sfu_room_find(w->worker, &w->room);

    for (q = room ? ngx_queue_head(&room->participants) : NULL;
         q && q != ngx_queue_sentinel(&room->participants);
         q = ngx_queue_next(q))
    {
        p = ngx_queue_data(q, ngx_rtc_sfu_participant_t, queue);
        resource = p->resource;

        if (resource == NULL
            || resource->id.len != w->session.len
            || !rtc_equal(resource->id.data, w->session.data,
                          w->session.len))
        {
            continue;
        }

        if (resource->token.len != token.len
            || !rtc_equal(resource->token.data, token.data, token.len))
        {
            return ngx_rtc_sfu_whip_say(r, NGX_HTTP_UNAUTHORIZED,
                                        "The token is not the session's.");
        }

        *found = p;

        return NGX_OK;
    }

    return ngx_rtc_sfu_whip_say(r, NGX_HTTP_NOT_FOUND,
                                "There is no such session.");
}


ngx_int_t
ngx_rtc_sfu_whip_delete(ngx_http_request_t *r, ngx_rtc_sfu_whip_t *w)
{
    ngx_int_t                   rc;
    ngx_rtc_sfu_participant_t  *p;

    p = NULL;
    rc = ngx_rtc_sfu_whip_find(r, w, &p);

    if (p == NULL) {
        return rc;
    }

    ngx_rtc_sfu_participant_close(p, -1,
                                LIVEKIT__DISCONNECT_REASON__CLIENT_INITIATED);

    return ngx_rtc_sfu_whip_say(r, NGX_HTTP_OK, "");
}


/* candidates of a client mean nothing to ICE-lite */

ngx_int_t
ngx_rtc_sfu_whip_patch(ngx_http_request_t *r, ngx_rtc_sfu_whip_t *w)
{
    char                       *etag;
    ngx_int_t                   rc;
    ngx_str_t                  *match;
    ngx_rtc_sfu_participant_t  *p;

    p = NULL;
    rc = ngx_rtc_sfu_whip_find(r, w, &p);

    if (p == NULL) {
        return rc;
    }

    if (r->headers_in.if_match == NULL) {
        return ngx_rtc_sfu_whip_say(r, NGX_HTTP_WHIP_PRECONDITION_REQUIRED,
                                    "The request needs If-Match.");
    }

    match = &r->headers_in.if_match->value;

    if ((match->len == 1 && match->data[0] == '*')
        || (match->len == 3 && ngx_strncmp(match->data, "\"*\"", 3) == 0))
    {
        return ngx_rtc_sfu_whip_restart(r, w, p);
    }

    etag = ngx_rtc_sfu_whip_etag(r, p);
    if (etag == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (match->len != ngx_strlen(etag)
        || ngx_strncmp(match->data, etag, match->len) != 0)
    {
        return ngx_rtc_sfu_whip_say(r, NGX_HTTP_PRECONDITION_FAILED,
                                    "ICE was restarted since.");
    }

    return ngx_rtc_sfu_whip_say(r, NGX_HTTP_NO_CONTENT, "");
}


static ngx_int_t
ngx_rtc_sfu_whip_restart(ngx_http_request_t *r, ngx_rtc_sfu_whip_t *w,
    ngx_rtc_sfu_participant_t *p)
{
    char       *etag;
    u_char     *text;
    rtc_str_t   ufrag, pwd;
    rtc_sdp_t  *remote;

    if (ngx_rtc_sfu_whip_line(&w->body, "a=ice-ufrag:", &ufrag) != NGX_OK
        || ngx_rtc_sfu_whip_line(&w->body, "a=ice-pwd:", &pwd) != NGX_OK
        || ufrag.len < 4 || ufrag.len > 256 || pwd.len < 22 || pwd.len > 256)
    {
        return ngx_rtc_sfu_whip_say(r, NGX_HTTP_BAD_REQUEST,
                                    "A restart needs ICE credentials.");
    }

    remote = ngx_rtc_sfu_pc_parse(p->publisher, r->pool, p->publish.offer);

    if (remote == NULL
        || ngx_rtc_sfu_pc_restart(p->publisher, remote, ufrag) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    etag = ngx_rtc_sfu_whip_etag(r, p);

    text = ngx_pnalloc(r->pool, sizeof("a=ice-lite\r\na=ice-ufrag:\r\n"
                                       "a=ice-pwd:\r\n")
                                + sizeof(rtc_ice_cred_t));

    if (etag == NULL
        || text == NULL
        || ngx_rtc_sfu_answer_header(r, "ETag", etag) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_sprintf(text, "a=ice-lite\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n%Z",
                p->publisher->cred.ufrag, p->publisher->cred.pwd);

    ngx_str_set(&r->headers_out.content_type,
                "application/trickle-ice-sdpfrag");

    return ngx_rtc_sfu_whip_say(r, NGX_HTTP_OK, (char *) text);
}


/* the first line that begins so */

static ngx_int_t
ngx_rtc_sfu_whip_line(const ngx_str_t *text, const char *name,
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
ngx_rtc_sfu_whip_etag(ngx_http_request_t *r, ngx_rtc_sfu_participant_t *p)
{
    u_char  *etag;

    etag = ngx_pnalloc(r->pool, sizeof(p->publisher->cred.ufrag) + 2);

    if (etag) {
        ngx_sprintf(etag, "\"%s\"%Z", p->publisher->cred.ufrag);
    }

    return (char *) etag;
}
