
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_answer.h"
#include "ngx_rtc_sfu_early.h"
#include "ngx_rtc_sfu_refusal.h"


#define NGX_RTC_SFU_EARLY_WAIT  3000            /* ms */
#define NGX_RTC_SFU_EARLY_MAX   1024


typedef struct {
    ngx_queue_t                  queue;         /* in worker->early */
    ngx_http_request_t          *request;
    ngx_rtc_sfu_worker_t        *worker;
    ngx_http_cleanup_t          *cleanup;       /* of request */
    ngx_event_t                  timer;
} ngx_rtc_sfu_early_t;


static void ngx_rtc_sfu_early_gone(void *data);
static void ngx_rtc_sfu_early_timeout(ngx_event_t *ev);
static void ngx_rtc_sfu_early_end(ngx_rtc_sfu_early_t *early, ngx_int_t rc);
static ngx_int_t ngx_rtc_sfu_early_refuse(ngx_http_request_t *r);


ngx_int_t
ngx_rtc_sfu_early(ngx_http_request_t *r, ngx_rtc_sfu_worker_t *worker)
{
    ngx_http_cleanup_t   *cln;
    ngx_rtc_sfu_early_t  *early;

    if (worker && worker->keys.known) {
        return NGX_DECLINED;
    }

    if (worker == NULL || worker->early_count == NGX_RTC_SFU_EARLY_MAX) {
        return ngx_rtc_sfu_early_refuse(r);
    }

    early = ngx_pcalloc(r->pool, sizeof(ngx_rtc_sfu_early_t));
    cln = ngx_http_cleanup_add(r, 0);

    if (early == NULL || cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    early->request = r;
    early->worker = worker;
    early->cleanup = cln;

    early->timer.handler = ngx_rtc_sfu_early_timeout;
    early->timer.data = early;
    early->timer.log = r->connection->log;

    cln->handler = ngx_rtc_sfu_early_gone;
    cln->data = early;

    ngx_queue_insert_tail(&worker->early, &early->queue);
    worker->early_count++;

    ngx_add_timer(&early->timer, NGX_RTC_SFU_EARLY_WAIT);

    r->read_event_handler = ngx_http_block_reading;
    r->main->count++;

    return NGX_DONE;
}


void
ngx_rtc_sfu_early_run(ngx_rtc_sfu_worker_t *worker)
{
    ngx_queue_t          *q;
    ngx_rtc_sfu_early_t  *early;

    if (!worker->keys.known) {
        return;
    }

    while (!ngx_queue_empty(&worker->early)) {
        q = ngx_queue_head(&worker->early);
        early = ngx_queue_data(q, ngx_rtc_sfu_early_t, queue);

        ngx_rtc_sfu_early_end(early, NGX_OK);
    }
}


void
ngx_rtc_sfu_early_close_all(ngx_rtc_sfu_worker_t *worker)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&worker->early)) {
        q = ngx_queue_head(&worker->early);

        ngx_rtc_sfu_early_end(ngx_queue_data(q, ngx_rtc_sfu_early_t, queue),
                              NGX_ERROR);
    }
}


static void
ngx_rtc_sfu_early_gone(void *data)
{
    ngx_rtc_sfu_early_t  *early = data;

    ngx_queue_remove(&early->queue);
    early->worker->early_count--;

    if (early->timer.timer_set) {
        ngx_del_timer(&early->timer);
    }
}


static void
ngx_rtc_sfu_early_timeout(ngx_event_t *ev)
{
    ngx_rtc_sfu_early_end(ev->data, NGX_AGAIN);
}


/* NGX_OK: its content handler goes on with it, NGX_AGAIN: it waited in vain */

static void
ngx_rtc_sfu_early_end(ngx_rtc_sfu_early_t *early, ngx_int_t rc)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = early->request;
    c = r->connection;

    early->cleanup->handler = NULL;
    ngx_rtc_sfu_early_gone(early);

    if (rc == NGX_OK) {
        rc = r->content_handler(r);

    } else if (rc == NGX_AGAIN) {
        rc = ngx_rtc_sfu_early_refuse(r);
    }

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_rtc_sfu_early_refuse(ngx_http_request_t *r)
{
    ngx_int_t                     rc;
    const ngx_rtc_sfu_refusal_t  *refusal;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    refusal = ngx_rtc_sfu_refusal(NGX_AGAIN);

    return ngx_rtc_sfu_answer(r, refusal->status, &refusal->text);
}
