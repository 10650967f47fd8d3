
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Sign-in, and what else asks for a password.  Failures of an address and of
 * an account are counted over a sliding minute.  They are looked at before the
 * password is hashed, to save the work, and again together with the result: so
 * of any number of simultaneous guesses no more than the limit learn whether
 * they were right.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"
#include "rtc_user.h"


#define NGX_CONF_API_NAME_MAX  200


static ngx_int_t ngx_conf_api_login_args(ngx_conf_api_req_t *req,
    ngx_str_t *name, ngx_str_t *password);
static void ngx_conf_api_login_done(ngx_conf_api_req_t *req);
static ngx_str_t ngx_conf_api_address_key(ngx_http_request_t *r, u_char *buf);
static void ngx_conf_api_attempt_user(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_attempt_checked(ngx_conf_api_req_t *req,
    ngx_uint_t match);
static void ngx_conf_api_attempt_counted(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_conf_api_copy(ngx_pool_t *pool, ngx_str_t *dst,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_send_throttled(ngx_conf_api_req_t *req,
    int64_t seconds);


void
ngx_conf_api_login(ngx_conf_api_req_t *req)
{
    ngx_conf_api_attempt_t  *login;

    login = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_attempt_t));
    if (login == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (ngx_conf_api_login_args(req, &login->name, &login->password)
        != NGX_OK)
    {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    login->status = NGX_HTTP_UNAUTHORIZED;
    login->wrong = "The user name or the password is wrong.";
    login->done = ngx_conf_api_login_done;

    ngx_conf_api_attempt(req, login);
}


static ngx_int_t
ngx_conf_api_login_args(ngx_conf_api_req_t *req, ngx_str_t *name,
    ngx_str_t *password)
{
    int        rc;
    rtc_str_t  s;

    rc = rtc_args_string(&req->args, "email", 1, NGX_CONF_API_NAME_MAX, &s);

    if (rc != RTC_OK) {
        return rc == RTC_DECLINED ? rtc_args_missing(&req->args, "email") : rc;
    }

    name->len = s.len;
    name->data = ngx_pnalloc(req->request->pool, s.len);
    if (name->data == NULL) {
        return NGX_ERROR;
    }

    ngx_strlow(name->data, (u_char *) s.data, s.len);

    return ngx_conf_api_password_arg(req, "password", password);
}


/* one that is to be checked; it lives as long as args */

ngx_int_t
ngx_conf_api_password_arg(ngx_conf_api_req_t *req, const char *name,
    ngx_str_t *password)
{
    int        rc;
    rtc_str_t  s;

    rc = rtc_args_string(&req->args, name, 1, RTC_USER_PASSWORD_MAX, &s);

    if (rc != RTC_OK) {
        return rc == RTC_DECLINED ? rtc_args_missing(&req->args, name) : rc;
    }

    if (s.len > RTC_USER_PASSWORD_MAX) {
        return rtc_args_too_long(&req->args, name);
    }

    password->data = (u_char *) s.data;
    password->len = s.len;

    return NGX_OK;
}


static void
ngx_conf_api_login_done(ngx_conf_api_req_t *req)
{
    ngx_str_t                token;
    ngx_conf_api_attempt_t  *login;

    login = req->data;

    if (ngx_conf_api_make_token(req, login->user_id.data, login->generation,
                                &token) != NGX_OK
        || ngx_conf_api_set_cookie(req, &token) != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           json_pack("{s:b, s:s%}", "success", 1, "token",
                                     token.data, token.len));
}


void
ngx_conf_api_attempt(ngx_conf_api_req_t *req, ngx_conf_api_attempt_t *attempt)
{
    u_char     *buf;
    ngx_str_t   argv[5];

    buf = ngx_pnalloc(req->request->pool, NGX_CONF_API_KEY_LEN);
    if (buf == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    req->data = attempt;
    attempt->address_key = ngx_conf_api_address_key(req->request, buf);

    ngx_str_set(&argv[0], RTC_KEY_USERS);
    argv[1] = attempt->address_key;
    argv[2] = attempt->name;
    ngx_str_set(&argv[3], RTC_KEY_LIMIT "account:");
    argv[4] = attempt->user_id;

    ngx_conf_api_call(req, ngx_conf_api_script_login, 2, 5, argv,
                      ngx_conf_api_attempt_user);
}


/* whoever has one IPv6 address has all of its /64 */

static ngx_str_t
ngx_conf_api_address_key(ngx_http_request_t *r, u_char *buf)
{
#if (NGX_HAVE_INET6)
    u_char                hex[16];
    struct sockaddr_in6  *sin6;

    if (r->connection->sockaddr->sa_family == AF_INET6) {

        sin6 = (struct sockaddr_in6 *) r->connection->sockaddr;

        if (!IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr)) {
            (void) ngx_hex_dump(hex, sin6->sin6_addr.s6_addr, 8);

            return ngx_conf_api_key(buf, RTC_KEY_LIMIT "address:", hex, 16,
                                    "");
        }
    }
#endif

    return ngx_conf_api_key(buf, RTC_KEY_LIMIT "address:",
                            r->connection->addr_text.data,
                            r->connection->addr_text.len, "");
}


/* seconds to wait, user id, hash, generation of tokens, key of the account */

static void
ngx_conf_api_attempt_user(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t                  seconds;
    ngx_int_t                rc;
    ngx_str_t                hash;
    ngx_pool_t              *pool;
    ngx_conf_api_attempt_t  *attempt;

    attempt = req->data;
    pool = req->request->pool;

    if (ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(reply, 0),
                                    &seconds) != NGX_OK
        || ngx_conf_api_copy(pool, &attempt->user_id,
                             ngx_rtc_redis_reply_elt(reply, 1)) != NGX_OK
        || ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 2), &hash)
           != NGX_OK
        || ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(reply, 3),
                                       &attempt->generation) != NGX_OK
        || ngx_conf_api_copy(pool, &attempt->account_key,
                             ngx_rtc_redis_reply_elt(reply, 4)) != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (seconds > 0) {
        ngx_conf_api_send_throttled(req, seconds);
        return;
    }

    rc = ngx_conf_api_check_password(req, &attempt->password, &hash,
                                     ngx_conf_api_attempt_checked);

    if (rc != NGX_OK) {
        ngx_conf_api_send_busy(req, rc);
    }
}


static void
ngx_conf_api_attempt_checked(ngx_conf_api_req_t *req, ngx_uint_t match)
{
    u_char                   name[NGX_CONF_API_ID_LEN];
    ngx_str_t                argv[4];
    ngx_conf_api_attempt_t  *attempt;

    attempt = req->data;
    attempt->match = match && ngx_conf_api_is_id(attempt->user_id.data,
                                                 attempt->user_id.len);

    ngx_conf_api_make_id(&req->main->ids, name);

    argv[0] = attempt->address_key;
    argv[1] = attempt->account_key;
    ngx_str_set(&argv[2], "0");
    argv[3].data = name;
    argv[3].len = sizeof(name);

    if (!attempt->match) {
        ngx_str_set(&argv[2], "1");
    }

    ngx_conf_api_call(req, ngx_conf_api_script_attempt, 2, 4, argv,
                      ngx_conf_api_attempt_counted);
}


static void
ngx_conf_api_attempt_counted(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t                  seconds;
    ngx_conf_api_attempt_t  *attempt;

    attempt = req->data;

    if (ngx_rtc_redis_reply_integer(reply, &seconds) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (seconds > 0) {
        ngx_conf_api_send_throttled(req, seconds);
        return;
    }

    if (!attempt->match) {
        ngx_conf_api_send_error(req, attempt->status, attempt->wrong);
        return;
    }

    attempt->done(req);
}


static ngx_int_t
ngx_conf_api_copy(ngx_pool_t *pool, ngx_str_t *dst,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t  src;

    if (ngx_rtc_redis_reply_string(reply, &src) != NGX_OK) {
        return NGX_ERROR;
    }

    dst->len = src.len;
    dst->data = ngx_pstrdup(pool, &src);

    return dst->data != NULL ? NGX_OK : NGX_ERROR;
}


static void
ngx_conf_api_send_throttled(ngx_conf_api_req_t *req, int64_t seconds)
{
    u_char      text[128];
    ngx_str_t   value;

    value.data = ngx_pnalloc(req->request->pool, NGX_INT64_LEN);
    if (value.data == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    value.len = ngx_sprintf(value.data, "%L", seconds) - value.data;

    if (ngx_rtc_header_add(req->request, "Retry-After", &value)
        != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    (void) ngx_sprintf(text, "Too many failed attempts. Try again in %L "
                             "seconds.%Z", seconds);

    ngx_conf_api_send_error(req, NGX_HTTP_TOO_MANY_REQUESTS, (char *) text);
}
