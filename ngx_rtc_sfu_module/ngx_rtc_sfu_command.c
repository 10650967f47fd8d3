
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_act.h"
#include "ngx_rtc_sfu_command.h"
#include "ngx_rtc_sfu_worker.h"


static void ngx_rtc_sfu_command_run(ngx_rtc_sfu_worker_t *worker,
    const ngx_str_t *from, const Conference__Command *command);
static ngx_rtc_sfu_errand_t *ngx_rtc_sfu_command_find(
    ngx_rtc_sfu_worker_t *worker, ngx_rtc_sfu_relay_t *relay, uint32_t id);
static void ngx_rtc_sfu_command_finish(ngx_rtc_sfu_errand_t *errand,
    const ngx_rtc_sfu_verdict_t *verdict);
static void ngx_rtc_sfu_command_unavailable(ngx_rtc_sfu_errand_t *errand,
    const char *text);
static void ngx_rtc_sfu_command_timeout(ngx_event_t *ev);


void
ngx_rtc_sfu_command_send(ngx_rtc_sfu_errand_t *errand,
    ngx_rtc_sfu_worker_t *worker, const ngx_str_t *wid,
    Conference__Command *command, ngx_msec_t timeout)
{
    ngx_uint_t  own;

    own = ngx_rtc_sfu_str_eq(wid, ngx_rtc_sfu_registry_wid(worker->registry));

    errand->worker = worker;
    errand->relay = own ? NULL : ngx_rtc_sfu_relay_hold(worker, wid);
    errand->id = ++worker->errand;

    ngx_rtc_ident_init(&errand->ident, errand);

    errand->timer.handler = ngx_rtc_sfu_command_timeout;
    errand->timer.data = &errand->ident;
    errand->timer.log = worker->log;

    ngx_queue_insert_tail(&worker->errands, &errand->queue);
    worker->nerrands++;

    if (worker->nerrands > NGX_RTC_SFU_COMMAND_MAX) {
        ngx_rtc_sfu_command_unavailable(errand, "the server is busy");
        return;
    }

    command->id = errand->id;

    if (own) {
        ngx_add_timer(&errand->timer, timeout);
        ngx_rtc_sfu_command_run(worker, wid, command);
        return;
    }

    if (errand->relay == NULL
        || ngx_rtc_sfu_relay_send(errand->relay, NGX_RTC_SFU_LINK_COMMAND,
                                  &command->base)
           != NGX_OK)
    {
        ngx_rtc_sfu_command_unavailable(errand,
                                   "the participant's server is not there");
        return;
    }

    ngx_add_timer(&errand->timer, timeout);
}


void
ngx_rtc_sfu_command_cancel(ngx_rtc_sfu_errand_t *errand)
{
    ngx_rtc_sfu_relay_t  *relay;

    if (errand->worker == NULL) {
        return;
    }

    if (errand->timer.timer_set) {
        ngx_del_timer(&errand->timer);
    }

    ngx_queue_remove(&errand->queue);
    errand->worker->nerrands--;
    errand->worker = NULL;

    relay = errand->relay;
    errand->relay = NULL;

    if (relay) {
        ngx_rtc_sfu_relay_release(relay);
    }
}


static void
ngx_rtc_sfu_command_finish(ngx_rtc_sfu_errand_t *errand,
    const ngx_rtc_sfu_verdict_t *verdict)
{
    ngx_rtc_sfu_command_cancel(errand);

    errand->handler(errand->data, verdict);
}


static void
ngx_rtc_sfu_command_unavailable(ngx_rtc_sfu_errand_t *errand,
    const char *text)
{
    ngx_rtc_sfu_verdict_t  verdict;

    verdict.code = NGX_RTC_SFU_VERDICT_UNAVAILABLE;
    verdict.text = text;
    ngx_str_null(&verdict.response);

    ngx_rtc_sfu_command_finish(errand, &verdict);
}


static void
ngx_rtc_sfu_command_timeout(ngx_event_t *ev)
{
    ngx_rtc_sfu_errand_t  *errand = ngx_rtc_ident_data(ev);

    ngx_log_error(NGX_LOG_WARN, errand->worker->log, 0,
                  "sfu: a worker does not answer a command");

    ngx_rtc_sfu_command_unavailable(errand,
                                "the participant's server does not answer");
}


static void
ngx_rtc_sfu_command_run(ngx_rtc_sfu_worker_t *worker, const ngx_str_t *from,
    const Conference__Command *command)
{
    ngx_int_t              rc;
    ngx_pool_t            *pool;
    ngx_rtc_sfu_verdict_t  verdict;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, worker->log);
    if (pool == NULL) {
        return;
    }

    rc = ngx_rtc_sfu_act(worker, pool, from, command, &verdict);

    if (rc == NGX_OK) {
        ngx_rtc_sfu_command_answer(worker, from, command->id, &verdict);
    }

    ngx_destroy_pool(pool);
}


void
ngx_rtc_sfu_command_answer(ngx_rtc_sfu_worker_t *worker, const ngx_str_t *wid,
    uint32_t id, const ngx_rtc_sfu_verdict_t *verdict)
{
    ngx_rtc_sfu_relay_t   *relay;
    Conference__Outcome    outcome = CONFERENCE__OUTCOME__INIT;
    ngx_rtc_sfu_errand_t  *errand;

    if (ngx_rtc_sfu_str_eq(wid, ngx_rtc_sfu_registry_wid(worker->registry))) {

        errand = ngx_rtc_sfu_command_find(worker, NULL, id);

        if (errand) {
            ngx_rtc_sfu_command_finish(errand, verdict);
        }

        return;
    }

    relay = ngx_rtc_sfu_relay_hold(worker, wid);
    if (relay == NULL) {
        return;
    }

    outcome.id = id;
    outcome.code = (uint32_t) verdict->code;
    outcome.text = (char *) (verdict->text ? verdict->text : "");
    outcome.response.data = verdict->response.data;
    outcome.response.len = verdict->response.len;

    (void) ngx_rtc_sfu_relay_send(relay, NGX_RTC_SFU_LINK_OUTCOME,
                                  &outcome.base);

    ngx_rtc_sfu_relay_release(relay);
}


void
ngx_rtc_sfu_command_receive(ngx_rtc_sfu_relay_t *relay,
    const Conference__Command *command)
{
    ngx_rtc_sfu_command_run(relay->worker, ngx_rtc_sfu_link_wid(relay->link),
                            command);
}


void
ngx_rtc_sfu_command_outcome(ngx_rtc_sfu_relay_t *relay,
    const Conference__Outcome *outcome)
{
    ngx_rtc_sfu_errand_t   *errand;
    ngx_rtc_sfu_verdict_t   verdict;

    errand = ngx_rtc_sfu_command_find(relay->worker, relay, outcome->id);

    /* too late, or its client has gone */

    if (errand == NULL) {
        return;
    }

    verdict.code = outcome->code < NGX_RTC_SFU_VERDICTS
                   ? outcome->code : NGX_RTC_SFU_VERDICT_INTERNAL;
    verdict.text = outcome->text;
    verdict.response.data = outcome->response.data;
    verdict.response.len = outcome->response.len;

    ngx_rtc_sfu_command_finish(errand, &verdict);
}


void
ngx_rtc_sfu_command_fail(ngx_rtc_sfu_relay_t *relay)
{
    ngx_rtc_sfu_errand_t  *errand;

    for ( ;; ) {
        errand = ngx_rtc_sfu_command_find(relay->worker, relay, 0);

        if (errand == NULL) {
            return;
        }

        ngx_rtc_sfu_command_unavailable(errand,
                                   "the participant's server is not there");
    }
}


/* id 0: any */

static ngx_rtc_sfu_errand_t *
ngx_rtc_sfu_command_find(ngx_rtc_sfu_worker_t *worker,
    ngx_rtc_sfu_relay_t *relay, uint32_t id)
{
    ngx_queue_t           *q;
    ngx_rtc_sfu_errand_t  *errand;

    for (q = ngx_queue_head(&worker->errands);
         q != ngx_queue_sentinel(&worker->errands);
         q = ngx_queue_next(q))
    {
        errand = ngx_queue_data(q, ngx_rtc_sfu_errand_t, queue);

        if (errand->relay == relay && (id == 0 || errand->id == id)) {
            return errand;
        }
    }

    return NULL;
}
