
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"
#include "rtc_crypto.h"
#include "rtc_user.h"

#include <crypt.h>


#define NGX_CONF_API_PASSWORDS         64   /* that wait or are being hashed */
#define NGX_CONF_API_PASSWORD_TIMEOUT  10000
#define NGX_CONF_API_PASSWORD_SALT     16   /* bytes */

/* the costs of our hashes, for a user that does not exist: nothing matches */

#define NGX_CONF_API_NO_HASH                                                  \
    RTC_USER_HASH_COSTS "pdnQQ3ECEwNgvTaPz2fZk/"                              \
    "$viz2L6of.o62utqEQldjVEpFycEw7GsvNj3g9M0e4YB"


/* the thread writes made and match, and nothing else */

typedef struct {
    ngx_conf_api_main_conf_t    *main;
    ngx_conf_api_checked_pt      checked;       /* either of them */
    ngx_conf_api_hashed_pt       hashed;

    char                         password[CRYPT_MAX_PASSPHRASE_SIZE + 1];
    char                         hash[CRYPT_OUTPUT_SIZE];       /* or salt */
    struct crypt_data            data;
    ngx_str_t                    made;
    ngx_uint_t                   match;
} ngx_conf_api_password_t;


static ngx_conf_api_password_t *ngx_conf_api_password(ngx_conf_api_req_t *req,
    ngx_str_t *password);
static void ngx_conf_api_password_thread(void *data);
static void ngx_conf_api_password_done(ngx_conf_api_req_t *req, void *data);
static void ngx_conf_api_password_free(void *data);


static const ngx_conf_api_work_t  ngx_conf_api_password_work = {
    ngx_conf_api_password_thread,
    ngx_conf_api_password_done,
    ngx_conf_api_password_free
};


ngx_int_t
ngx_conf_api_check_password(ngx_conf_api_req_t *req, ngx_str_t *password,
    ngx_str_t *hash, ngx_conf_api_checked_pt checked)
{
    ngx_str_t                 none = ngx_string(NGX_CONF_API_NO_HASH);
    ngx_conf_api_password_t  *ctx;

    if (req->main->passwords >= NGX_CONF_API_PASSWORDS) {
        return NGX_BUSY;
    }

    if (hash->len == 0) {
        hash = &none;
    }

    if (hash->len >= sizeof(ctx->hash)) {
        return NGX_ERROR;
    }

    ctx = ngx_conf_api_password(req, password);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ctx->checked = checked;
    ngx_memcpy(ctx->hash, hash->data, hash->len);

    return ngx_conf_api_post_task(ctx, NGX_CONF_API_PASSWORD_TIMEOUT);
}


ngx_int_t
ngx_conf_api_hash_password(ngx_conf_api_req_t *req, ngx_str_t *password,
    ngx_conf_api_hashed_pt hashed)
{
    char                      salt[CRYPT_GENSALT_OUTPUT_SIZE];
    char                      random[NGX_CONF_API_PASSWORD_SALT];
    ngx_conf_api_password_t  *ctx;

    if (req->main->passwords >= NGX_CONF_API_PASSWORDS) {
        return NGX_BUSY;
    }

    if (rtc_random((uint8_t *) random, sizeof(random)) != RTC_OK
        || crypt_gensalt_rn(RTC_USER_HASH_PREFIX, 0, random, sizeof(random),
                            salt, sizeof(salt))
           == NULL)
    {
        return NGX_ERROR;
    }

    ctx = ngx_conf_api_password(req, password);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ctx->hashed = hashed;
    ngx_cpystrn((u_char *) ctx->hash, (u_char *) salt, sizeof(ctx->hash));

    return ngx_conf_api_post_task(ctx, NGX_CONF_API_PASSWORD_TIMEOUT);
}


static ngx_conf_api_password_t *
ngx_conf_api_password(ngx_conf_api_req_t *req, ngx_str_t *password)
{
    ngx_conf_api_password_t  *ctx;

    if (password->len >= sizeof(ctx->password)) {
        return NULL;
    }

    ctx = ngx_conf_api_create_task(req, sizeof(ngx_conf_api_password_t),
                                   &ngx_conf_api_password_work);
    if (ctx == NULL) {
        return NULL;
    }

    ctx->main = req->main;
    ctx->main->passwords++;

    ngx_memcpy(ctx->password, password->data, password->len);

    return ctx;
}


static void
ngx_conf_api_password_thread(void *data)
{
    char                     *hash;
    ngx_conf_api_password_t  *ctx = data;

    hash = crypt_r(ctx->password, ctx->hash, &ctx->data);

    if (hash == NULL || hash[0] == '*') {
        return;
    }

    ctx->made.data = (u_char *) hash;
    ctx->made.len = ngx_strlen(hash);

    ctx->match = ctx->made.len == ngx_strlen(ctx->hash)
                 && rtc_equal(hash, ctx->hash, ctx->made.len);
}


static void
ngx_conf_api_password_done(ngx_conf_api_req_t *req, void *data)
{
    ngx_conf_api_password_t  *ctx = data;

    if (ctx->checked) {
        ctx->checked(req, ctx->match);
        return;
    }

    if (ctx->made.len == 0) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ctx->hashed(req, &ctx->made);
}


static void
ngx_conf_api_password_free(void *data)
{
    ngx_conf_api_password_t  *ctx = data;

    ctx->main->passwords--;

    ngx_explicit_memzero(ctx, sizeof(ngx_conf_api_password_t));
}


void
ngx_conf_api_send_busy(ngx_conf_api_req_t *req, ngx_int_t rc)
{
    if (rc == NGX_BUSY) {
        ngx_conf_api_send_away(req);
        return;
    }

    ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
}
