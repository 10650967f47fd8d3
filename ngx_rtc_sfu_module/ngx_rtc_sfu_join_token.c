
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


const char *
ngx_rtc_sfu_join_authorize(ngx_http_request_t *r, ngx_rtc_sfu_join_t *join,
    ngx_uint_t *status)
{
    u_char       *mem;
    ngx_str_t     text, token;
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

    text.data = (u_char *) grant->room.data;
    text.len = grant->room.len;
    ngx_rtc_sfu_variable_set(r, NGX_RTC_SFU_VAR_ROOM, &text);

    text.data = (u_char *) grant->identity.data;
    text.len = grant->identity.len;
    ngx_rtc_sfu_variable_set(r, NGX_RTC_SFU_VAR_IDENTITY, &text);

    return ngx_rtc_sfu_join_read_client(r, join, status);
}


static const char *
ngx_rtc_sfu_join_read_client(ngx_http_request_t *r, ngx_rtc_sfu_join_t *join,
    ngx_uint_t *status)
{
    ngx_int_t              rc;
    const char            *reason;
    Livekit__JoinRequest  *request;

    if (!join->client.single) {
        rc = ngx_rtc_sfu_client_read(r, join->pool, &join->client);

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

    return ngx_rtc_sfu_ticket_read(&join->ticket, join->pool, join->grant,
                                   join->worker->conf->auto_create);
}
