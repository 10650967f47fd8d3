
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Answers that wait until replicas have what the request wrote, so that a
 * failover loses nothing that was acknowledged.  One wait covers all that was
 * written on its connection before: one is under way at a time, and whoever
 * comes meanwhile is covered by the next one.
 */


#include "ngx_conf_api.h"


/* others of the worker wait behind it; less than a command may take */

#define NGX_CONF_API_REPLICAS_TIMEOUT  500


struct ngx_conf_api_held_s {
    ngx_queue_t          queue;
    ngx_conf_api_req_t  *req;
    ngx_uint_t           status;
    ngx_chain_t         *body;
    off_t                len;
};


static void ngx_conf_api_replicas_ask(ngx_conf_api_main_conf_t *amcf);
static void ngx_conf_api_replicas_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_replicas_end(ngx_conf_api_main_conf_t *amcf,
    ngx_int_t rc);
static void ngx_conf_api_replicas_refuse(ngx_conf_api_req_t *req);


void
ngx_conf_api_replicas_init(ngx_conf_api_main_conf_t *amcf)
{
    ngx_queue_init(&amcf->held);
    ngx_queue_init(&amcf->covered);
}


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

    if (!req->written || amcf->replicas == 0 || status >= NGX_HTTP_BAD_REQUEST)
    {
        return NGX_DECLINED;
    }

    req->written = 0;

    if (req->session != ngx_rtc_redis_session(amcf->redis)) {
        ngx_conf_api_replicas_refuse(req);
        return NGX_OK;
    }

    held = ngx_palloc(req->request->pool, sizeof(ngx_conf_api_held_t));
    if (held == NULL) {
        return NGX_ERROR;
    }

    held->req = req;
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
    ngx_queue_insert_tail(&amcf->held, &held->queue);

    ngx_conf_api_replicas_ask(amcf);

    return NGX_OK;
}


void
ngx_conf_api_unhold(ngx_conf_api_req_t *req)
{
    if (req->held) {
        ngx_queue_remove(&req->held->queue);
        req->held = NULL;
    }
}


static void
ngx_conf_api_replicas_ask(ngx_conf_api_main_conf_t *amcf)
{
    if (amcf->waiting || ngx_queue_empty(&amcf->held)) {
        return;
    }

    ngx_queue_add(&amcf->covered, &amcf->held);
    ngx_queue_init(&amcf->held);

    amcf->waiting = ngx_rtc_redis_wait(amcf->redis, amcf->replicas,
                                       NGX_CONF_API_REPLICAS_TIMEOUT,
                                       ngx_conf_api_replicas_handler, amcf)
                    == NGX_OK;

    if (!amcf->waiting) {
        ngx_conf_api_replicas_end(amcf, NGX_AGAIN);
    }
}


static void
ngx_conf_api_replicas_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_conf_api_main_conf_t *amcf = data;

    amcf->waiting = 0;

    ngx_conf_api_replicas_end(amcf, rc);
    ngx_conf_api_replicas_ask(amcf);
}


static void
ngx_conf_api_replicas_end(ngx_conf_api_main_conf_t *amcf, ngx_int_t rc)
{
    ngx_queue_t          *q;
    ngx_connection_t     *c;
    ngx_conf_api_req_t   *req;
    ngx_conf_api_held_t  *held;

    while (!ngx_queue_empty(&amcf->covered)) {

        q = ngx_queue_head(&amcf->covered);
        held = ngx_queue_data(q, ngx_conf_api_held_t, queue);
        req = held->req;
        c = req->request->connection;

        ngx_conf_api_unhold(req);

        if (rc == NGX_OK) {
            ngx_conf_api_send_chain(req, held->status, held->body, held->len);

        } else if (rc == NGX_DECLINED) {
            ngx_conf_api_replicas_refuse(req);

        } else {
            req->away(req);
        }

        ngx_http_run_posted_requests(c);
    }
}


static void
ngx_conf_api_replicas_refuse(ngx_conf_api_req_t *req)
{
    ngx_conf_api_send_later(req, "The change is not safe yet: not all "
                            "replicas of the database have it.");
}
