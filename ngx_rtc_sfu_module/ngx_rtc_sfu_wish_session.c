
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_client.h"
#include "ngx_rtc_sfu_pass.h"
#include "ngx_rtc_sfu_wish.h"
#include "rtc_crypto.h"


#define NGX_RTC_SFU_WISH_RANDOM  24             /* bytes in a session's URL */

/* of a=ice-pwd (RFC 8839, 5.4) */

#define NGX_RTC_SFU_WISH_MIN_PWD  22
#define NGX_RTC_SFU_WISH_MAX_PWD  256


static ngx_rtc_sfu_participant_t *ngx_rtc_sfu_wish_lookup(
    ngx_rtc_sfu_worker_t *worker, const ngx_rtc_sfu_change_t *change);
static void ngx_rtc_sfu_wish_patch(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, const ngx_rtc_sfu_change_t *change,
    ngx_rtc_sfu_outcome_t *outcome);
static ngx_uint_t ngx_rtc_sfu_wish_matches(const ngx_str_t *match,
    const char *etag);
static void ngx_rtc_sfu_wish_restart(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, const ngx_str_t *body, ngx_rtc_sfu_outcome_t *outcome);
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


ngx_int_t
ngx_rtc_sfu_wish_session(ngx_rtc_sfu_wish_t *w)
{
    ngx_int_t               rc;
    ngx_http_request_t     *r;
    ngx_rtc_sfu_change_t    change;
    ngx_rtc_sfu_outcome_t   outcome;

    r = w->request;

    ngx_memzero(&change, sizeof(ngx_rtc_sfu_change_t));

    change.end = (r->method == NGX_HTTP_DELETE);
    change.room = w->room;
    change.session = w->session;
    change.body = w->body;

    if (ngx_rtc_sfu_client_token(r, &change.token) != NGX_OK) {
        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_UNAUTHORIZED,
                                    "The request has no token.");
    }

    if (r->headers_in.if_match) {
        change.match = r->headers_in.if_match->value;
    }

    rc = ngx_rtc_sfu_pass(r, w->worker, &change);
    if (rc != NGX_DECLINED) {
        return rc;
    }

    ngx_rtc_sfu_wish_change(w->worker, r->pool, &change, &outcome);

    return ngx_rtc_sfu_wish_tell(r, &outcome);
}


void
ngx_rtc_sfu_wish_change(ngx_rtc_sfu_worker_t *worker, ngx_pool_t *pool,
    const ngx_rtc_sfu_change_t *change, ngx_rtc_sfu_outcome_t *outcome)
{
    ngx_rtc_sfu_participant_t  *p;

    p = ngx_rtc_sfu_wish_lookup(worker, change);

    if (p == NULL) {
        ngx_rtc_sfu_wish_outcome(outcome, NGX_HTTP_NOT_FOUND,
                                 "There is no such session.");
        return;
    }

    if (p->resource->token.len != change->token.len
        || !rtc_equal(p->resource->token.data, change->token.data,
                      change->token.len))
    {
        ngx_rtc_sfu_wish_outcome(outcome, NGX_HTTP_UNAUTHORIZED,
                                 "The token is not the session's.");
        return;
    }

    if (change->end) {
        ngx_rtc_sfu_participant_close(p, -1,
                                LIVEKIT__DISCONNECT_REASON__CLIENT_INITIATED);
        ngx_rtc_sfu_wish_outcome(outcome, NGX_HTTP_OK, "");
        return;
    }

    ngx_rtc_sfu_wish_patch(p, pool, change, outcome);
}


static ngx_rtc_sfu_participant_t *
ngx_rtc_sfu_wish_lookup(ngx_rtc_sfu_worker_t *worker,
    const ngx_rtc_sfu_change_t *change)
{
    u_char                   *last, *end;
    ngx_str_t                 sid;
    ngx_rtc_sfu_room_t       *room;
    ngx_rtc_sfu_member_t     *member;
    ngx_rtc_sfu_resource_t   *resource;

    end = change->session.data + change->session.len;
    last = ngx_strlchr(change->session.data, end, '.');
    room = ngx_rtc_sfu_room_find(worker, &change->room);

    if (last == NULL || room == NULL) {
        return NULL;
    }

    sid.data = change->session.data;
    sid.len = last - change->session.data;

    member = ngx_rtc_sfu_room_member(room, &sid);

    if (member == NULL || member->participant == NULL) {
        return NULL;
    }

    resource = member->participant->resource;

    if (resource == NULL
        || resource->id.len != change->session.len
        || !rtc_equal(resource->id.data, change->session.data,
                      change->session.len))
    {
        return NULL;
    }

    return member->participant;
}


/* candidates of a client mean nothing to ICE-lite */

static void
ngx_rtc_sfu_wish_patch(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    const ngx_rtc_sfu_change_t *change, ngx_rtc_sfu_outcome_t *outcome)
{
    char             *etag;
    const ngx_str_t  *match;

    match = &change->match;

    if (match->len == 0) {
        ngx_rtc_sfu_wish_outcome(outcome, NGX_HTTP_WISH_PRECONDITION_REQUIRED,
                                 "The request needs If-Match.");
        return;
    }

    if ((match->len == 1 && match->data[0] == '*')
        || (match->len == 3 && ngx_strncmp(match->data, "\"*\"", 3) == 0))
    {
        ngx_rtc_sfu_wish_restart(p, pool, &change->body, outcome);
        return;
    }

    etag = ngx_rtc_sfu_wish_etag(pool, p);

    if (etag == NULL) {
        ngx_rtc_sfu_wish_outcome(outcome, NGX_HTTP_INTERNAL_SERVER_ERROR,
                                 "The server failed.");

    } else if (ngx_rtc_sfu_wish_matches(match, etag)) {
        ngx_rtc_sfu_wish_outcome(outcome, NGX_HTTP_NO_CONTENT, "");

    } else {
        ngx_rtc_sfu_wish_outcome(outcome, NGX_HTTP_PRECONDITION_FAILED,
                                 "ICE was restarted since.");
    }
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


static void
ngx_rtc_sfu_wish_restart(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    const ngx_str_t *body, ngx_rtc_sfu_outcome_t *outcome)
{
    char              *etag;
    u_char            *text;
    ngx_int_t          rc;
    rtc_str_t          ufrag, pwd;
    ngx_rtc_sfu_pc_t  *pc;

    pc = ngx_rtc_sfu_participant_primary(p);

    rc = NGX_DECLINED;

    if (ngx_rtc_sfu_wish_line(body, "a=ice-ufrag:", &ufrag) == NGX_OK
        && ngx_rtc_sfu_wish_line(body, "a=ice-pwd:", &pwd) == NGX_OK
        && pwd.len >= NGX_RTC_SFU_WISH_MIN_PWD
        && pwd.len <= NGX_RTC_SFU_WISH_MAX_PWD)
    {
        rc = ngx_rtc_sfu_pc_restart(pc, ufrag);
    }

    if (rc == NGX_DECLINED) {
        ngx_rtc_sfu_wish_outcome(outcome, NGX_HTTP_BAD_REQUEST,
                                 "A restart needs ICE credentials.");
        return;
    }

    etag = ngx_rtc_sfu_wish_etag(pool, p);

    text = ngx_pnalloc(pool, sizeof("a=ice-lite\r\na=ice-options:ice2\r\n"
                                    "a=ice-ufrag:\r\na=ice-pwd:\r\n")
                             + sizeof(rtc_ice_cred_t));

    if (rc != NGX_OK || etag == NULL || text == NULL) {
        ngx_rtc_sfu_wish_outcome(outcome, NGX_HTTP_INTERNAL_SERVER_ERROR,
                                 "The server failed.");
        return;
    }

    ngx_sprintf(text, "a=ice-lite\r\na=ice-options:ice2\r\n"
                      "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n%Z",
                pc->cred.ufrag, pc->cred.pwd);

    outcome->status = NGX_HTTP_OK;
    outcome->type = "application/trickle-ice-sdpfrag";
    outcome->etag = etag;
    outcome->text = (char *) text;
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
ngx_rtc_sfu_wish_etag(ngx_pool_t *pool, ngx_rtc_sfu_participant_t *p)
{
    u_char            *etag;
    ngx_rtc_sfu_pc_t  *pc;

    pc = ngx_rtc_sfu_participant_primary(p);

    etag = ngx_pnalloc(pool, sizeof(pc->cred.ufrag) + 2);

    if (etag) {
        ngx_sprintf(etag, "\"%s\"%Z", pc->cred.ufrag);
    }

    return (char *) etag;
}
