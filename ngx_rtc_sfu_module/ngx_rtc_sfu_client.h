
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a client says in its request for signalling.
 */


#ifndef NGX_RTC_SFU_CLIENT_H_INCLUDED
#define NGX_RTC_SFU_CLIENT_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_sfu_participant.h"


/*
 * The access token: "Authorization: Bearer TOKEN", else the argument
 * access_token, which is overwritten in the request line, so that no log
 * shows it.  NGX_DECLINED: there is none, or it is too long.
 */

ngx_int_t ngx_rtc_sfu_client_token(ngx_http_request_t *r, ngx_str_t *token);

/*
 * The arguments of /rtc: sdk, browser, protocol, client_protocol,
 * capabilities, auto_subscribe (default 1), auto_subscribe_data_track,
 * adaptive_stream, reconnect, sid, publish (of a connection that only sends,
 * beside another one: a suffix of its identity), attributes (a JSON object in
 * base64url; in client->request until ngx_rtc_sfu_client_free()).  Others are
 * for information only.  NGX_DECLINED: attributes cannot be used, and *reason
 * is a text for the client.
 */

ngx_int_t ngx_rtc_sfu_client_read(ngx_http_request_t *r, ngx_pool_t *pool,
    ngx_rtc_sfu_client_t *client, const char **reason);


/*
 * The same of /rtc/v1: the argument join_request, which is in client->request
 * until ngx_rtc_sfu_client_free().  NGX_DECLINED: it cannot be used, and
 * *reason is a text for the client.
 */

ngx_int_t ngx_rtc_sfu_client_read_request(ngx_http_request_t *r,
    ngx_pool_t *pool, ngx_rtc_sfu_client_t *client, const char **reason);
void ngx_rtc_sfu_client_free(ngx_rtc_sfu_client_t *client);

/*
 * One argument, decoded, in the pool.  NGX_DECLINED: it is not there, and
 * value is empty.
 */

ngx_int_t ngx_rtc_sfu_client_arg(ngx_http_request_t *r, ngx_pool_t *pool,
    const char *name, ngx_str_t *value);


#endif /* NGX_RTC_SFU_CLIENT_H_INCLUDED */
