
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"


static void ngx_conf_api_logout_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_renew_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_send_token(ngx_conf_api_req_t *req,
    ngx_str_t *token);


void
ngx_conf_api_get_token(ngx_conf_api_req_t *req)
{
    ngx_str_t  token;

    if (ngx_conf_api_make_token(req, req->user.claims.id,
                                req->user.generation, &token)
        != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_send_token(req, &token);
}


/* only the presented token is revoked, until it would have expired */

void
ngx_conf_api_logout(ngx_conf_api_req_t *req)
{
    u_char     key[NGX_CONF_API_KEY_LEN], life[NGX_INT64_LEN];
    ngx_str_t  argv[5] = {
        ngx_string("SET"), ngx_null_string, ngx_string("1"), ngx_string("EX"),
        ngx_null_string
    };

    if (ngx_conf_api_revoked_key(key, &req->user.token, &argv[1]) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    argv[4].data = life;
    argv[4].len = ngx_sprintf(life, "%L",
                              (int64_t) req->user.claims.exp - ngx_time() + 1)
                  - life;

    ngx_conf_api_command(req, 5, argv, ngx_conf_api_logout_next);
}


static void
ngx_conf_api_logout_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    if (ngx_conf_api_set_cookie(req, NULL) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_send_success(req);
}


void
ngx_conf_api_rotate_token(ngx_conf_api_req_t *req)
{
    ngx_str_t  none = ngx_null_string;

    ngx_conf_api_renew_token(req, &none);
}


void
ngx_conf_api_renew_token(ngx_conf_api_req_t *req, const ngx_str_t *hash)
{
    u_char     key[NGX_CONF_API_KEY_LEN], generation[NGX_INT64_LEN];
    ngx_str_t  argv[3];

    argv[0] = ngx_conf_api_key(key, RTC_KEY_USER, req->user.claims.id,
                               RTC_JWT_API_ID, "");
    argv[1].data = generation;
    argv[1].len = ngx_sprintf(generation, "%L", req->user.generation)
                  - generation;
    argv[2] = *hash;

    ngx_conf_api_call(req, ngx_conf_api_script_tokens, 1, 3, argv,
                      ngx_conf_api_renew_next);
}


static void
ngx_conf_api_renew_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t    generation;
    ngx_str_t  token;

    if (ngx_rtc_redis_reply_is_nil(reply)) {
        ngx_conf_api_send_unauthorized(req, "is no longer valid");
        return;
    }

    if (ngx_rtc_redis_reply_integer(reply, &generation) != NGX_OK
        || ngx_conf_api_make_token(req, req->user.claims.id, generation,
                                   &token) != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    /* the page that asked stays signed in */

    if (req->user.cookie && ngx_conf_api_set_cookie(req, &token) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_send_token(req, &token);
}


static void
ngx_conf_api_send_token(ngx_conf_api_req_t *req, ngx_str_t *token)
{
    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           json_pack("{s:s%}", "token", token->data,
                                     token->len));
}
