
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"
#include "rtc_crypto.h"
#include "rtc_keys.h"


static ngx_str_t  ngx_conf_api_cookie = ngx_string("USER_STORE_TOKEN");


static ngx_int_t ngx_conf_api_find_token(ngx_conf_api_req_t *req);
static ngx_str_t ngx_conf_api_find_cookie(ngx_http_request_t *r);
static ngx_uint_t ngx_conf_api_same_origin(ngx_http_request_t *r);
static void ngx_conf_api_auth_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_conf_api_user_key(ngx_conf_api_main_conf_t *amcf,
    u_char key[RTC_SHA256_LEN], const u_char *user_id, int64_t generation);


/*
 * Calls next when the request carries a valid token, else answers 401, or 403
 * to a member where that is not enough.  The key of a token depends on the
 * generation of its user's tokens, so the user is looked up before the
 * signature can be checked.
 */

void
ngx_conf_api_auth(ngx_conf_api_req_t *req, ngx_conf_api_handler_pt next)
{
    u_char                user_key[NGX_CONF_API_KEY_LEN];
    u_char                revoked_key[NGX_CONF_API_KEY_LEN];
    ngx_str_t             argv[2];
    const char           *reason;
    ngx_conf_api_user_t  *user;

    user = &req->user;
    req->authorized = next;

    if (ngx_conf_api_find_token(req) != NGX_OK) {
        ngx_conf_api_send_unauthorized(req, "is required");
        return;
    }

    if (rtc_jwt_read_api(&user->claims, user->token.data, user->token.len,
                         ngx_time(), &reason)
        != RTC_OK)
    {
        ngx_conf_api_send_unauthorized(req, reason);
        return;
    }

    argv[0] = ngx_conf_api_key(user_key, RTC_KEY_USER, user->claims.id,
                               RTC_JWT_API_ID, "");

    if (ngx_conf_api_revoked_key(revoked_key, &user->token, &argv[1])
        != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_call(req, ngx_conf_api_script_auth, 2, 2, argv,
                      ngx_conf_api_auth_next);
}


static void
ngx_conf_api_auth_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    u_char                key[RTC_SHA256_LEN];
    ngx_str_t             role;
    const char           *reason;
    ngx_conf_api_user_t  *user;

    user = &req->user;

    if (ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(reply, 0),
                                    &user->generation) != NGX_OK
        || ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 1), &role)
           != NGX_OK)
    {
        ngx_conf_api_send_unauthorized(req, "is not valid");
        return;
    }

    if (ngx_conf_api_user_key(req->main, key, user->claims.id,
                              user->generation)
        != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (rtc_jwt_verify_api(user->token.data, user->token.len, key, sizeof(key),
                           &reason)
        != RTC_OK)
    {
        ngx_conf_api_send_unauthorized(req, reason);
        return;
    }

    user->admin = ngx_conf_api_is_admin(&role);

    if (req->route->admin && !user->admin) {
        ngx_conf_api_send_error(req, NGX_HTTP_FORBIDDEN,
                                "Only administrators may do this.");
        return;
    }

    req->authorized(req);
}


ngx_uint_t
ngx_conf_api_is_admin(const ngx_str_t *role)
{
    return role->len == 5 && ngx_memcmp(role->data, "admin", 5) == 0;
}


ngx_str_t
ngx_conf_api_owner(ngx_conf_api_req_t *req)
{
    ngx_str_t  id;

    id.data = req->user.claims.id;
    id.len = req->user.admin ? 0 : RTC_JWT_API_ID;

    return id;
}


static ngx_int_t
ngx_conf_api_find_token(ngx_conf_api_req_t *req)
{
    req->user.token = ngx_conf_api_header(req->request, "x-access-token");

    if (req->user.token.len != 0) {
        return NGX_OK;
    }

    if (!ngx_conf_api_same_origin(req->request)) {
        return NGX_DECLINED;
    }

    req->user.token = ngx_conf_api_find_cookie(req->request);
    req->user.cookie = 1;

    return req->user.token.len != 0 ? NGX_OK : NGX_DECLINED;
}


static ngx_str_t
ngx_conf_api_find_cookie(ngx_http_request_t *r)
{
    ngx_str_t  value = ngx_null_string;

#if (nginx_version >= 1023000)
    (void) ngx_http_parse_multi_header_lines(r, r->headers_in.cookie,
                                             &ngx_conf_api_cookie, &value);
#else
    (void) ngx_http_parse_multi_header_lines(&r->headers_in.cookies,
                                             &ngx_conf_api_cookie, &value);
#endif

    return value;
}


/*
 * A browser adds the cookie to whatever any page asks for.  SameSite keeps
 * other sites away, but not other ports and subdomains of ours: so a request
 * that a browser says is from elsewhere has no cookie.
 */

static ngx_uint_t
ngx_conf_api_same_origin(ngx_http_request_t *r)
{
    u_char     *p;
    ngx_str_t   site, origin, host;

    site = ngx_conf_api_header(r, "sec-fetch-site");

    if (site.len != 0
        && (site.len != 11 || ngx_strncmp(site.data, "same-origin", 11) != 0)
        && (site.len != 4 || ngx_strncmp(site.data, "none", 4) != 0))
    {
        return 0;
    }

    origin = ngx_conf_api_header(r, "origin");

    if (origin.len == 0) {
        return 1;
    }

    if (origin.len > 7 && ngx_strncmp(origin.data, "http://", 7) == 0) {
        p = origin.data + 7;

    } else if (origin.len > 8 && ngx_strncmp(origin.data, "https://", 8) == 0)
    {
        p = origin.data + 8;

    } else {
        return 0;
    }

    if (r->headers_in.host == NULL) {
        return 0;
    }

    host = r->headers_in.host->value;

    return (size_t) (origin.data + origin.len - p) == host.len
           && ngx_strncasecmp(p, host.data, host.len) == 0;
}


ngx_int_t
ngx_conf_api_make_token(ngx_conf_api_req_t *req, const u_char *user_id,
    int64_t generation, ngx_str_t *token)
{
    u_char   key[RTC_SHA256_LEN];
    ssize_t  n;

    token->data = ngx_pnalloc(req->request->pool, RTC_JWT_API_MAX);
    if (token->data == NULL) {
        return NGX_ERROR;
    }

    if (ngx_conf_api_user_key(req->main, key, user_id, generation) != NGX_OK) {
        return NGX_ERROR;
    }

    n = rtc_jwt_sign_api(token->data, RTC_JWT_API_MAX, user_id, key,
                         sizeof(key), ngx_time());
    if (n < 0) {
        return NGX_ERROR;
    }

    token->len = n;

    return NGX_OK;
}


/* another generation is another key: all tokens of the user become invalid */

static ngx_int_t
ngx_conf_api_user_key(ngx_conf_api_main_conf_t *amcf,
    u_char key[RTC_SHA256_LEN], const u_char *user_id, int64_t generation)
{
    u_char  *last, text[RTC_JWT_API_ID + 1 + NGX_INT64_LEN];

    last = ngx_snprintf(text, sizeof(text), "%*s:%L", (size_t) RTC_JWT_API_ID,
                        user_id, generation);

    return rtc_hmac_sha256(key, amcf->secret.data, amcf->secret.len, text,
                           last - text);
}


ngx_int_t
ngx_conf_api_revoked_key(u_char buf[NGX_CONF_API_KEY_LEN], ngx_str_t *token,
    ngx_str_t *key)
{
    u_char  digest[RTC_SHA256_LEN], hex[RTC_SHA256_LEN * 2];

    if (rtc_sha256(digest, token->data, token->len) != RTC_OK) {
        return NGX_ERROR;
    }

    (void) ngx_hex_dump(hex, digest, sizeof(digest));

    *key = ngx_conf_api_key(buf, RTC_KEY_REVOKED, hex, sizeof(hex), "");

    return NGX_OK;
}


ngx_int_t
ngx_conf_api_set_cookie(ngx_conf_api_req_t *req, ngx_str_t *token)
{
    ngx_str_t            value, none = ngx_null_string;
    ngx_uint_t           secure;
    ngx_http_request_t  *r;

    r = req->request;

    secure = req->conf->cookie_secure == NGX_CONF_API_COOKIE_ON;

#if (NGX_HTTP_SSL)
    if (req->conf->cookie_secure == NGX_CONF_API_COOKIE_AUTO
        && r->connection->ssl != NULL)
    {
        secure = 1;
    }
#endif

    value.data = ngx_pnalloc(r->pool, RTC_JWT_API_MAX + 128);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_snprintf(value.data, RTC_JWT_API_MAX + 128,
                             "%V=%V; Path=/; Max-Age=%d; HttpOnly; "
                             "SameSite=Strict%s",
                             &ngx_conf_api_cookie, token ? token : &none,
                             token ? RTC_JWT_API_LIFE : 0,
                             secure ? "; Secure" : "")
                - value.data;

    return ngx_rtc_header_add(r, "Set-Cookie", &value);
}


void
ngx_conf_api_send_unauthorized(ngx_conf_api_req_t *req, const char *reason)
{
    u_char  text[128];

    /* a cookie that is good for nothing does not stay */

    if (req->user.cookie && req->user.token.len != 0
        && ngx_conf_api_set_cookie(req, NULL) != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    (void) ngx_snprintf(text, sizeof(text),
                        "The API token (header x-access-token) %s.%Z", reason);

    ngx_conf_api_send_error(req, NGX_HTTP_UNAUTHORIZED, (char *) text);
}
