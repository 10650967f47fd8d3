
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_id.h"
#include "ngx_rtc_sfu_pass.h"


/* a request that waits; it lives in its pool, and ends with it */

typedef struct {
    ngx_queue_t            queue;               /* in relay->passes */
    ngx_rtc_sfu_relay_t   *relay;               /* held; NULL: not any more */
    ngx_http_request_t    *request;
    uint32_t               id;

    ngx_rtc_ident_t        ident;
    ngx_event_t            timer;
} ngx_rtc_sfu_pass_t;


static ngx_rtc_sfu_pass_t *ngx_rtc_sfu_pass_create(ngx_http_request_t *r,
    ngx_rtc_sfu_worker_t *worker, const ngx_str_t *wid);
static ngx_int_t ngx_rtc_sfu_pass_send(ngx_rtc_sfu_pass_t *pass,
    const ngx_rtc_sfu_change_t *change);
static void ngx_rtc_sfu_pass_set(ProtobufCBinaryData *field,
    const ngx_str_t *value);
static ngx_str_t ngx_rtc_sfu_pass_get(const ProtobufCBinaryData *field);
static void ngx_rtc_sfu_pass_end(void *data);
static void ngx_rtc_sfu_pass_timeout(ngx_event_t *ev);
static void ngx_rtc_sfu_pass_finish(ngx_rtc_sfu_pass_t *pass,
    const ngx_rtc_sfu_outcome_t *outcome);
static char *ngx_rtc_sfu_pass_copy(ngx_pool_t *pool, const char *text);


ngx_int_t
ngx_rtc_sfu_pass(ngx_http_request_t *r, ngx_rtc_sfu_worker_t *worker,
    const ngx_rtc_sfu_change_t *change)
{
    ngx_int_t            rc;
    ngx_str_t            wid;
    const ngx_str_t     *own;
    ngx_rtc_sfu_pass_t  *pass;

    own = ngx_rtc_sfu_registry_wid(worker->registry);

    /* what is made up makes no link, and asks nobody */

    if (ngx_rtc_sfu_id_worker(&change->session, &wid) != NGX_OK
        || !ngx_rtc_sfu_zone_has(worker->conf->zone, &wid)
        || ngx_memcmp(wid.data, own->data, own->len) == 0)
    {
        return NGX_DECLINED;
    }

    if (worker->passes >= NGX_RTC_SFU_PASS_MAX) {
        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                    "The server is busy.");
    }

    pass = ngx_rtc_sfu_pass_create(r, worker, &wid);
    if (pass == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_rtc_sfu_pass_send(pass, change);

    if (rc != NGX_OK) {
        ngx_rtc_sfu_pass_end(pass);

        return ngx_rtc_sfu_wish_say(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                    "The session cannot be reached.");
    }

    /* its client may go meanwhile, which runs the cleanup */

    if (!r->discard_body) {
        r->read_event_handler = ngx_http_test_reading;
    }

    r->write_event_handler = ngx_http_request_empty_handler;
    r->main->count++;

    return NGX_DONE;
}


static ngx_rtc_sfu_pass_t *
ngx_rtc_sfu_pass_create(ngx_http_request_t *r, ngx_rtc_sfu_worker_t *worker,
    const ngx_str_t *wid)
{
    ngx_rtc_sfu_pass_t  *pass;
    ngx_http_cleanup_t  *cln;

    pass = ngx_pcalloc(r->pool, sizeof(ngx_rtc_sfu_pass_t));
    cln = ngx_http_cleanup_add(r, 0);

    if (pass == NULL || cln == NULL) {
        return NULL;
    }

    pass->relay = ngx_rtc_sfu_relay_hold(worker, wid);
    if (pass->relay == NULL) {
        return NULL;
    }

    pass->request = r;
    pass->id = ++worker->pass;
    ngx_rtc_ident_init(&pass->ident, pass);

    pass->timer.handler = ngx_rtc_sfu_pass_timeout;
    pass->timer.data = &pass->ident;
    pass->timer.log = worker->log;

    cln->handler = ngx_rtc_sfu_pass_end;
    cln->data = pass;

    ngx_queue_insert_tail(&pass->relay->passes, &pass->queue);
    ngx_add_timer(&pass->timer, NGX_RTC_SFU_PASS_TIMEOUT);
    worker->passes++;

    return pass;
}


static ngx_int_t
ngx_rtc_sfu_pass_send(ngx_rtc_sfu_pass_t *pass,
    const ngx_rtc_sfu_change_t *change)
{
    Conference__Request  message = CONFERENCE__REQUEST__INIT;

    message.id = pass->id;
    message.end = change->end;

    ngx_rtc_sfu_pass_set(&message.room, &change->room);
    ngx_rtc_sfu_pass_set(&message.session, &change->session);
    ngx_rtc_sfu_pass_set(&message.token, &change->token);
    ngx_rtc_sfu_pass_set(&message.match, &change->match);
    ngx_rtc_sfu_pass_set(&message.body, &change->body);

    return ngx_rtc_sfu_relay_send(pass->relay, NGX_RTC_SFU_LINK_REQUEST,
                                  &message.base);
}


static void
ngx_rtc_sfu_pass_set(ProtobufCBinaryData *field, const ngx_str_t *value)
{
    field->data = value->data;
    field->len = value->len;
}


static ngx_str_t
ngx_rtc_sfu_pass_get(const ProtobufCBinaryData *field)
{
    ngx_str_t  value;

    value.data = field->data;
    value.len = field->len;

    return value;
}


/* it is answered, or its client has gone */

static void
ngx_rtc_sfu_pass_end(void *data)
{
    ngx_rtc_sfu_pass_t  *pass = data;

    if (pass->relay == NULL) {
        return;
    }

    if (pass->timer.timer_set) {
        ngx_del_timer(&pass->timer);
    }

    ngx_queue_remove(&pass->queue);
    pass->relay->worker->passes--;

    ngx_rtc_sfu_relay_release(pass->relay);
    pass->relay = NULL;
}


static void
ngx_rtc_sfu_pass_timeout(ngx_event_t *ev)
{
    ngx_rtc_sfu_pass_t  *pass = ngx_rtc_ident_data(ev);

    ngx_rtc_sfu_outcome_t  outcome;

    ngx_log_error(NGX_LOG_WARN, pass->request->connection->log, 0,
                  "sfu: the session's worker does not answer");

    ngx_rtc_sfu_wish_outcome(&outcome, NGX_HTTP_SERVICE_UNAVAILABLE,
                             "The session cannot be reached.");
    ngx_rtc_sfu_pass_finish(pass, &outcome);
}


void
ngx_rtc_sfu_pass_fail(ngx_rtc_sfu_relay_t *relay, ngx_uint_t status)
{
    ngx_queue_t            *q;
    ngx_rtc_sfu_outcome_t   outcome;

    ngx_rtc_sfu_wish_outcome(&outcome, status,
                             status == NGX_HTTP_NOT_FOUND
                             ? "There is no such session."
                             : "The session cannot be reached.");

    while (!ngx_queue_empty(&relay->passes)) {
        q = ngx_queue_head(&relay->passes);
        ngx_rtc_sfu_pass_finish(ngx_queue_data(q, ngx_rtc_sfu_pass_t, queue),
                                &outcome);
    }
}


static void
ngx_rtc_sfu_pass_finish(ngx_rtc_sfu_pass_t *pass,
    const ngx_rtc_sfu_outcome_t *outcome)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = pass->request;
    c = r->connection;

    ngx_rtc_sfu_pass_end(pass);

    ngx_http_finalize_request(r, ngx_rtc_sfu_wish_tell(r, outcome));
    ngx_http_run_posted_requests(c);
}


void
ngx_rtc_sfu_pass_answer(ngx_rtc_sfu_relay_t *relay,
    const Conference__Answer *message)
{
    ngx_pool_t             *pool;
    ngx_queue_t            *q;
    ngx_rtc_sfu_pass_t     *pass;
    ngx_rtc_sfu_outcome_t   outcome;

    for (q = ngx_queue_head(&relay->passes);
         q != ngx_queue_sentinel(&relay->passes);
         q = ngx_queue_next(q))
    {
        pass = ngx_queue_data(q, ngx_rtc_sfu_pass_t, queue);

        if (pass->id == message->id) {
            goto found;
        }
    }

    /* too late, or its client has gone */

    return;

found:

    pool = pass->request->pool;

    outcome.status = message->status;
    outcome.type = ngx_rtc_sfu_pass_copy(pool, message->type);
    outcome.etag = ngx_rtc_sfu_pass_copy(pool, message->etag);
    outcome.text = ngx_rtc_sfu_pass_copy(pool, message->text);

    if (outcome.type == NULL || outcome.etag == NULL || outcome.text == NULL) {
        ngx_rtc_sfu_wish_outcome(&outcome, NGX_HTTP_INTERNAL_SERVER_ERROR,
                                 "The server failed.");
    }

    ngx_rtc_sfu_pass_finish(pass, &outcome);
}


static char *
ngx_rtc_sfu_pass_copy(ngx_pool_t *pool, const char *text)
{
    size_t   len;
    u_char  *copy;

    len = ngx_strlen(text) + 1;
    copy = ngx_pnalloc(pool, len);

    if (copy) {
        ngx_memcpy(copy, text, len);
    }

    return (char *) copy;
}


void
ngx_rtc_sfu_pass_request(ngx_rtc_sfu_relay_t *relay,
    const Conference__Request *message)
{
    ngx_pool_t             *pool;
    Conference__Answer      answer = CONFERENCE__ANSWER__INIT;
    ngx_rtc_sfu_change_t    change;
    ngx_rtc_sfu_outcome_t   outcome;

    pool = ngx_create_pool(1024, relay->worker->log);
    if (pool == NULL) {
        return;
    }

    change.end = message->end != 0;
    change.room = ngx_rtc_sfu_pass_get(&message->room);
    change.session = ngx_rtc_sfu_pass_get(&message->session);
    change.token = ngx_rtc_sfu_pass_get(&message->token);
    change.match = ngx_rtc_sfu_pass_get(&message->match);
    change.body = ngx_rtc_sfu_pass_get(&message->body);

    ngx_rtc_sfu_wish_change(relay->worker, pool, &change, &outcome);

    answer.id = message->id;
    answer.status = (uint32_t) outcome.status;
    answer.type = (char *) outcome.type;
    answer.etag = (char *) outcome.etag;
    answer.text = (char *) outcome.text;

    (void) ngx_rtc_sfu_relay_send(relay, NGX_RTC_SFU_LINK_ANSWER,
                                  &answer.base);

    ngx_destroy_pool(pool);
}
