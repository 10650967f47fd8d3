
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_far.h"
#include "ngx_rtc_sfu_piece.h"
#include "ngx_rtc_sfu_worker.h"


struct ngx_rtc_sfu_far_s {
    ngx_rbtree_node_t                  node;    /* in relay->fars */
    ngx_rtc_sfu_relay_t               *relay;   /* held */

    const ngx_rtc_sfu_ws_handlers_t   *handlers;
    void                              *data;

    ngx_rtc_sfu_pieces_t               pieces;
    ngx_uint_t                         broken;  /* for closed(), or 0 */

    ngx_rtc_ident_t                    ident;
    ngx_event_t                        end;     /* posted: it is broken */
};


static ngx_rtc_sfu_far_t *ngx_rtc_sfu_far_find(ngx_rtc_sfu_relay_t *relay,
    uint32_t number);
static void ngx_rtc_sfu_far_break(ngx_rtc_sfu_far_t *far, ngx_uint_t code);
static void ngx_rtc_sfu_far_end_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_far_say_hangup(ngx_rtc_sfu_far_t *far,
    ngx_uint_t code);
static void ngx_rtc_sfu_far_lose(ngx_rtc_sfu_far_t *far, ngx_uint_t clean,
    ngx_uint_t code);
static void ngx_rtc_sfu_far_free(ngx_rtc_sfu_far_t *far);


ngx_rtc_sfu_far_t *
ngx_rtc_sfu_far_open(ngx_rtc_sfu_relay_t *relay, uint32_t number,
    const ngx_rtc_sfu_ws_handlers_t *handlers, void *data)
{
    ngx_rtc_sfu_far_t     *far;
    ngx_rtc_sfu_worker_t  *worker;

    worker = relay->worker;

    if (ngx_rtc_sfu_far_find(relay, number)) {
        return NULL;
    }

    far = ngx_calloc(sizeof(ngx_rtc_sfu_far_t), worker->log);
    if (far == NULL) {
        return NULL;
    }

    far->relay = ngx_rtc_sfu_relay_hold(worker,
                                        ngx_rtc_sfu_link_wid(relay->link));
    if (far->relay == NULL) {
        ngx_free(far);
        return NULL;
    }

    far->handlers = handlers;
    far->data = data;

    ngx_rtc_ident_init(&far->ident, far);

    far->end.handler = ngx_rtc_sfu_far_end_handler;
    far->end.data = &far->ident;
    far->end.log = worker->log;

    far->node.key = number;
    ngx_rbtree_insert(&relay->fars, &far->node);

    return far;
}


static ngx_rtc_sfu_far_t *
ngx_rtc_sfu_far_find(ngx_rtc_sfu_relay_t *relay, uint32_t number)
{
    return (ngx_rtc_sfu_far_t *) ngx_rtc_sfu_relay_find(&relay->fars, number);
}


void
ngx_rtc_sfu_far_send(ngx_rtc_sfu_far_t *far, const u_char *p, size_t len)
{
    ngx_int_t                 rc;
    ngx_rtc_sfu_ws_worker_t  *limits;

    if (far->broken) {
        return;
    }

    limits = &far->relay->worker->sockets;

    rc = ngx_rtc_sfu_piece_send(far->relay, NGX_RTC_SFU_LINK_DOWN,
                                (uint32_t) far->node.key, 0, p, len,
                                limits->max_queue);

    if (rc == NGX_DECLINED) {
        limits->overflows++;
        ngx_rtc_sfu_far_break(far, NGX_RTC_SFU_WS_POLICY);

    } else if (rc != NGX_OK) {
        ngx_rtc_sfu_far_break(far, NGX_RTC_SFU_WS_ERROR);
    }
}


/* closed() follows, from an event */

static void
ngx_rtc_sfu_far_break(ngx_rtc_sfu_far_t *far, ngx_uint_t code)
{
    far->broken = code;
    ngx_post_event(&far->end, &ngx_posted_events);
}


static void
ngx_rtc_sfu_far_end_handler(ngx_event_t *ev)
{
    ngx_rtc_sfu_far_t  *far = ngx_rtc_ident_data(ev);

    ngx_rtc_sfu_far_say_hangup(far, far->broken);
    ngx_rtc_sfu_far_lose(far, 0, far->broken);
}


void
ngx_rtc_sfu_far_close(ngx_rtc_sfu_far_t *far, ngx_uint_t code)
{
    ngx_rtc_sfu_far_say_hangup(far, code);
    ngx_rtc_sfu_far_free(far);
}


static void
ngx_rtc_sfu_far_say_hangup(ngx_rtc_sfu_far_t *far, ngx_uint_t code)
{
    Conference__Hangup  hangup = CONFERENCE__HANGUP__INIT;

    hangup.number = (uint32_t) far->node.key;
    hangup.code = (uint32_t) code;

    (void) ngx_rtc_sfu_relay_send(far->relay, NGX_RTC_SFU_LINK_HANGUP_DOWN,
                                  &hangup.base);
}


void
ngx_rtc_sfu_far_piece(ngx_rtc_sfu_relay_t *relay,
    const Conference__Piece *message)
{
    ngx_int_t              rc;
    ngx_str_t              whole;
    ngx_rtc_sfu_far_t     *far;
    ngx_rtc_sfu_pieces_t   pieces;

    far = ngx_rtc_sfu_far_find(relay, message->number);

    /* it may have been closed here meanwhile */

    if (far == NULL || far->broken) {
        return;
    }

    rc = ngx_rtc_sfu_piece_take(&far->pieces, message,
                                relay->worker->sockets.max_message,
                                relay->worker->log, &whole);

    if (rc == NGX_AGAIN) {
        return;
    }

    if (rc != NGX_OK) {
        ngx_rtc_sfu_far_break(far, NGX_RTC_SFU_WS_TOO_BIG);
        return;
    }

    /* the handler may close it */

    pieces = far->pieces;
    ngx_memzero(&far->pieces, sizeof(ngx_rtc_sfu_pieces_t));

    far->handlers->message(far->data, message->text, whole.data, whole.len);

    ngx_rtc_sfu_piece_free(&pieces);
}


void
ngx_rtc_sfu_far_hangup(ngx_rtc_sfu_relay_t *relay,
    const Conference__Hangup *message)
{
    ngx_rtc_sfu_far_t  *far;

    far = ngx_rtc_sfu_far_find(relay, message->number);

    if (far) {
        ngx_rtc_sfu_far_lose(far, message->clean, message->code);
    }
}


void
ngx_rtc_sfu_far_fail(ngx_rtc_sfu_relay_t *relay)
{
    while (relay->fars.root != relay->fars.sentinel) {
        ngx_rtc_sfu_far_lose((ngx_rtc_sfu_far_t *) relay->fars.root, 0,
                             NGX_RTC_SFU_WS_ABNORMAL);
    }
}


static void
ngx_rtc_sfu_far_lose(ngx_rtc_sfu_far_t *far, ngx_uint_t clean,
    ngx_uint_t code)
{
    void                             *data;
    const ngx_rtc_sfu_ws_handlers_t  *handlers;

    handlers = far->handlers;
    data = far->data;

    ngx_rtc_sfu_far_free(far);

    handlers->closed(data, clean, code);
}


static void
ngx_rtc_sfu_far_free(ngx_rtc_sfu_far_t *far)
{
    if (far->end.posted) {
        ngx_delete_posted_event(&far->end);
    }

    ngx_rtc_sfu_piece_free(&far->pieces);

    ngx_rbtree_delete(&far->relay->fars, &far->node);
    ngx_rtc_sfu_relay_release(far->relay);

    ngx_free(far);
}
