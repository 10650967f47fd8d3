
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"
#include "rtc_crypto.h"

#include <crypt.h>


#define NGX_CONF_API_PASSWORDS         64   /* that wait or are being hashed */
#define NGX_CONF_API_PASSWORD_TIMEOUT  10000

/* the costs of our hashes, for a user that does not exist: nothing matches */

#define NGX_CONF_API_NO_HASH                                                  \
    "$y$j9T$pdnQQ3ECEwNgvTaPz2fZk/$viz2L6of.o62utqEQldjVEpFycEw7GsvNj3g9M0e4YB"


/*
 * It outlives the request when the client leaves: a thread cannot be stopped.
 * The thread writes match and nothing else.
 */

struct ngx_conf_api_password_s {
    ngx_conf_api_req_t        *req;             /* NULL: cancelled */
    ngx_conf_api_main_conf_t  *main;
    ngx_pool_t                *pool;
    void                     (*next)(ngx_conf_api_req_t *req,
                                     ngx_uint_t match);

    char                       password[CRYPT_MAX_PASSPHRASE_SIZE + 1];
    char                       hash[CRYPT_OUTPUT_SIZE];
    struct crypt_data          data;
    ngx_uint_t                 match;
};


static void ngx_conf_api_password_thread(void *data, ngx_log_t *log);
static void ngx_conf_api_password_done(ngx_event_t *ev);


ngx_int_t
ngx_conf_api_check_password(ngx_conf_api_req_t *req, ngx_str_t *password,
    ngx_str_t *hash, void (*next)(ngx_conf_api_req_t *req, ngx_uint_t match))
{
    ngx_str_t                  none = ngx_string(NGX_CONF_API_NO_HASH);
    ngx_pool_t                *pool;
    ngx_thread_task_t         *task;
    ngx_conf_api_password_t   *ctx;

    if (req->main->passwords >= NGX_CONF_API_PASSWORDS) {
        return NGX_BUSY;
    }

    if (hash->len == 0) {
        hash = &none;
    }

    if (password->len >= sizeof(ctx->password)
        || hash->len >= sizeof(ctx->hash))
    {
        return NGX_ERROR;
    }

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    task = ngx_thread_task_alloc(pool, sizeof(ngx_conf_api_password_t));
    if (task == NULL) {
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    ctx = task->ctx;

    ctx->req = req;
    ctx->main = req->main;
    ctx->pool = pool;
    ctx->next = next;

    ngx_memcpy(ctx->password, password->data, password->len);
    ngx_memcpy(ctx->hash, hash->data, hash->len);

    task->handler = ngx_conf_api_password_thread;
    task->event.handler = ngx_conf_api_password_done;
    task->event.data = ctx;
    task->event.log = ngx_cycle->log;

    if (ngx_thread_task_post(req->main->thread_pool, task) != NGX_OK) {
        ngx_explicit_memzero(ctx, sizeof(ngx_conf_api_password_t));
        ngx_destroy_pool(pool);
        return NGX_BUSY;
    }

    req->main->passwords++;
    req->password = ctx;

    ngx_conf_api_progress(req, NGX_CONF_API_PASSWORD_TIMEOUT);

    return NGX_OK;
}


void
ngx_conf_api_cancel_password(ngx_conf_api_password_t *password)
{
    password->req = NULL;
}


static void
ngx_conf_api_password_thread(void *data, ngx_log_t *log)
{
    char                     *hash;
    ngx_conf_api_password_t  *ctx = data;

    hash = crypt_r(ctx->password, ctx->hash, &ctx->data);

    ctx->match = hash != NULL && hash[0] != '*'
                 && ngx_strlen(hash) == ngx_strlen(ctx->hash)
                 && rtc_equal(hash, ctx->hash, ngx_strlen(hash));
}


static void
ngx_conf_api_password_done(ngx_event_t *ev)
{
    ngx_uint_t                match;
    ngx_pool_t               *pool;
    ngx_connection_t         *c;
    ngx_conf_api_req_t       *req;
    ngx_conf_api_password_t  *ctx = ev->data;

    void  (*next)(ngx_conf_api_req_t *req, ngx_uint_t match);

    req = ctx->req;
    next = ctx->next;
    match = ctx->match;
    pool = ctx->pool;

    ctx->main->passwords--;

    ngx_explicit_memzero(ctx, sizeof(ngx_conf_api_password_t));
    ngx_destroy_pool(pool);

    if (req == NULL) {
        return;
    }

    c = req->request->connection;
    req->password = NULL;

    ngx_conf_api_progress(req, 0);

    next(req, match);

    ngx_http_run_posted_requests(c);
}
