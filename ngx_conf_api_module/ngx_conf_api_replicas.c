
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Answers that wait until a failover of Redis cannot lose what the request
 * wrote.
 */


#include "ngx_conf_api.h"


struct ngx_conf_api_held_s {
    ngx_rtc_redis_hold_t   hold;
    ngx_uint_t             status;
    ngx_chain_t           *body;
    off_t                  len;
};


static void ngx_conf_api_replicas_handler(void *data, ngx_int_t rc);
static void ngx_conf_api_replicas_refuse(ngx_conf_api_req_t *req);


ngx_uint_t
ngx_conf_api_is_write(ngx_conf_api_script_e script)
{
    switch (script) {

    case ngx_conf_api_script_tokens:
    case ngx_conf_api_script_create:
    case ngx_conf_api_script_update:
    case ngx_conf_api_script_remove:
    case ngx_conf_api_script_settings:
    case ngx_conf_api_script_custom:
    case ngx_conf_api_script_keys:
    case ngx_conf_api_script_certificate:
    case ngx_conf_api_script_webhooks:
    case ngx_conf_api_script_user_create:
    case ngx_conf_api_script_user_update:
    case ngx_conf_api_script_user_remove:
    case ngx_conf_api_script_import:
    case ngx_conf_api_script_drain:
        return 1;

    default:
        return 0;
    }
}


ngx_int_t
ngx_conf_api_hold(ngx_conf_api_req_t *req, ngx_uint_t status,
    ngx_chain_t *body, off_t len)
{
    ngx_chain_t               *cl, **last;
    ngx_conf_api_held_t       *held;
    ngx_conf_api_main_conf_t  *amcf;

    amcf = req->main;

    if (!req->written || !ngx_rtc_redis_holds(amcf->redis)
        || status >= NGX_HTTP_BAD_REQUEST)
    {
        return NGX_DECLINED;
    }

    req->written = 0;

    if (req->session != ngx_rtc_redis_session(amcf->redis)) {
        ngx_conf_api_replicas_refuse(req);
        return NGX_OK;
    }

    held = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_held_t));
    if (held == NULL) {
        return NGX_ERROR;
    }

    held->hold.handler = ngx_conf_api_replicas_handler;
    held->hold.data = req;
    held->status = status;
    held->len = len;

    /* its links may lie on the caller's stack */

    for (last = &held->body; body; body = body->next) {

        cl = ngx_alloc_chain_link(req->request->pool);
        if (cl == NULL) {
            return NGX_ERROR;
        }

        cl->buf = body->buf;
        *last = cl;
        last = &cl->next;
    }

    *last = NULL;

    req->held = held;
    ngx_rtc_redis_hold(amcf->redis, &held->hold);

    return NGX_OK;
}


void
ngx_conf_api_unhold(ngx_conf_api_req_t *req)
{
    if (req->held) {
        ngx_rtc_redis_unhold(&req->held->hold);
        req->held = NULL;
    }
}


static void
ngx_conf_api_replicas_handler(void *data, ngx_int_t rc)
{
    ngx_connection_t     *c;
    ngx_conf_api_req_t   *req = data;
    ngx_conf_api_held_t  *held;

    c = req->request->connection;

    held = req->held;
    req->held = NULL;

    if (rc == NGX_OK) {
        ngx_conf_api_send_chain(req, held->status, held->body, held->len);

    } else if (rc == NGX_DECLINED) {
        ngx_conf_api_replicas_refuse(req);

    } else {
        req->away(req);
    }

    ngx_http_run_posted_requests(c);
}


static void
ngx_conf_api_replicas_refuse(ngx_conf_api_req_t *req)
{
    ngx_conf_api_send_later(req, "The change is not safe yet: not all "
                            "replicas of the database have it.");
}
