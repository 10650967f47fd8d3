
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Who wants to join, by the token and what the client says with it.
 */


#include "ngx_rtc_sfu_client.h"
#include "ngx_rtc_sfu_join_internal.h"
#include "ngx_rtc_sfu_ticket.h"
#include "ngx_rtc_sfu_worker.h"


static const char *ngx_rtc_sfu_join_read_client(ngx_http_request_t *r,
    ngx_rtc_sfu_join_t *join, ngx_uint_t *status);
static const char *ngx_rtc_sfu_join_publish(ngx_rtc_sfu_join_t *join,
    ngx_uint_t *status);
static ngx_uint_t ngx_rtc_sfu_join_is_publish(const rtc_grant_t *grant,
    const ngx_str_t *suffix);


const char *
ngx_rtc_sfu_join_authorize(ngx_http_request_t *r, ngx_rtc_sfu_join_t *join,
    ngx_uint_t *status)
{
    u_char       *mem;
    ngx_str_t     room, identity, token;
    const char   *reason;
    rtc_grant_t  *grant;

    *status = NGX_HTTP_UNAUTHORIZED;

    if (ngx_rtc_sfu_client_token(r, &token) != NGX_OK) {
        return "invalid authorization token";
    }

    grant = ngx_pcalloc(join->pool, sizeof(rtc_grant_t));
    mem = ngx_pnalloc(join->pool, token.len + 1);

    if (grant == NULL || mem == NULL) {
        return "out of memory";
    }

    if (rtc_jwt_verify_access(grant, mem, token.data, token.len,
                              ngx_rtc_keys_get(&join->worker->keys), ngx_time(),
                              &reason)
        != RTC_OK)
    {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "sfu: refused a token, %s", reason);
        return reason;
    }

    if (!grant->room_join || grant->room.len == 0) {
        return "no permissions to access the room";
    }

    if (grant->identity.len == 0) {
        return "identity cannot be empty";
    }

    join->grant = grant;

    ngx_rtc_sfu_join_names(join, &room, &identity);

    ngx_rtc_sfu_variable_set(r, NGX_RTC_SFU_VAR_ROOM, &room);
    ngx_rtc_sfu_variable_set(r, NGX_RTC_SFU_VAR_IDENTITY, &identity);

    return ngx_rtc_sfu_join_read_client(r, join, status);
}


void
ngx_rtc_sfu_join_names(const ngx_rtc_sfu_join_t *join, ngx_str_t *room,
    ngx_str_t *identity)
{
    room->data = (u_char *) join->grant->room.data;
    room->len = join->grant->room.len;

    identity->data = (u_char *) join->grant->identity.data;
    identity->len = join->grant->identity.len;
}


static const char *
ngx_rtc_sfu_join_read_client(ngx_http_request_t *r, ngx_rtc_sfu_join_t *join,
    ngx_uint_t *status)
{
    ngx_int_t              rc;
    const char            *reason;
    Livekit__JoinRequest  *request;

    if (!join->client.single) {
        rc = ngx_rtc_sfu_client_read(r, join->pool, &join->client, &reason);

    } else {
        rc = ngx_rtc_sfu_client_read_request(r, join->pool, &join->client,
                                             &reason);
    }

    if (rc == NGX_ERROR) {
        *status = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return "out of memory";
    }

    if (rc == NGX_DECLINED) {
        *status = NGX_HTTP_BAD_REQUEST;
        return reason;
    }

    request = join->client.request;

    if (request && !join->grant->can_update_metadata
        && (request->metadata[0] || request->n_participant_attributes))
    {
        return "permissions denied";
    }

    reason = ngx_rtc_sfu_ticket_read(&join->ticket, join->pool, join->grant,
                                     join->worker->conf->auto_create);

    if (reason == NULL && join->client.publish.len && join->accept == NULL) {
        reason = ngx_rtc_sfu_join_publish(join, status);
    }

    return reason;
}


/*
 * Somebody's second connection, from before connections were for both ways: a
 * participant of its own that receives nothing.
 */

static const char *
ngx_rtc_sfu_join_publish(ngx_rtc_sfu_join_t *join, ngx_uint_t *status)
{
    json_t       *text;
    ngx_str_t     identity, *suffix;
    rtc_grant_t  *grant;

    grant = join->grant;
    suffix = &join->client.publish;

    if (!grant->can_publish) {
        return "permissions denied";
    }

    join->ticket.first.data = (u_char *) grant->identity.data;
    join->ticket.first.len = grant->identity.len;

    /* a token that we have refreshed has the suffix */

    if (ngx_rtc_sfu_join_is_publish(grant, suffix)) {
        join->ticket.first.len -= 1 + suffix->len;
        return NULL;
    }

    identity.len = grant->identity.len + 1 + suffix->len;

    text = json_stringn((char *) suffix->data, suffix->len);

    if (text == NULL || identity.len > RTC_JWT_IDENTITY_MAX
        || ngx_strlchr(suffix->data, suffix->data + suffix->len, '\0'))
    {
        json_decref(text);
        *status = NGX_HTTP_BAD_REQUEST;
        return "cannot publish under such a name";
    }

    json_decref(text);

    identity.data = ngx_pnalloc(join->pool, identity.len + 1);
    if (identity.data == NULL) {
        *status = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return "out of memory";
    }

    (void) ngx_sprintf(identity.data, "%*s#%V%Z", grant->identity.len,
                       grant->identity.data, suffix);

    grant->identity.data = identity.data;
    grant->identity.len = identity.len;
    grant->can_subscribe = 0;

    ngx_rtc_sfu_variable_set(join->request, NGX_RTC_SFU_VAR_IDENTITY,
                             &identity);

    return NULL;
}


static ngx_uint_t
ngx_rtc_sfu_join_is_publish(const rtc_grant_t *grant, const ngx_str_t *suffix)
{
    const u_char  *p;

    if (grant->can_subscribe || grant->identity.len <= suffix->len) {
        return 0;
    }

    p = (const u_char *) grant->identity.data + grant->identity.len
        - suffix->len;

    return p[-1] == '#' && ngx_memcmp(p, suffix->data, suffix->len) == 0;
}
