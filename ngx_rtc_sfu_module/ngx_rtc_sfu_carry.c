
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_carry.h"
#include "ngx_rtc_sfu_leave.h"
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_piece.h"
#include "ngx_rtc_sfu_resume.h"
#include "ngx_rtc_sfu_worker.h"


/* an ordinary timer: while it is set a worker that was told to quit stays */

#define NGX_RTC_SFU_CARRY_STAY  60000           /* ms */


struct ngx_rtc_sfu_carry_s {
    ngx_rbtree_node_t       node;               /* in relay->carries */
    ngx_rtc_sfu_relay_t    *relay;              /* held */

    ngx_rtc_sfu_join_t     *join;               /* NULL: it was accepted */
    ngx_rtc_sfu_ws_t       *ws;                 /* then */

    ngx_rtc_sfu_pieces_t    pieces;

    ngx_rtc_ident_t         ident;
    ngx_event_t             timer;
    unsigned                asked:1;            /* the other worker knows it */
};


static ngx_rtc_sfu_carry_t *ngx_rtc_sfu_carry_find(ngx_rtc_sfu_relay_t *relay,
    uint32_t number);
static ngx_int_t ngx_rtc_sfu_carry_ask(ngx_rtc_sfu_carry_t *carry);
static void ngx_rtc_sfu_carry_timer_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_carry_accept(ngx_rtc_sfu_carry_t *carry);
static void ngx_rtc_sfu_carry_message(void *data, ngx_uint_t text, u_char *p,
    size_t len);
static void ngx_rtc_sfu_carry_closed(void *data, ngx_uint_t clean,
    ngx_uint_t code);
static void ngx_rtc_sfu_carry_going_away(void *data, ngx_uint_t now);
static void ngx_rtc_sfu_carry_end(ngx_rtc_sfu_carry_t *carry,
    ngx_uint_t action, ngx_uint_t reason, ngx_uint_t code);
static void ngx_rtc_sfu_carry_say_hangup(ngx_rtc_sfu_carry_t *carry,
    ngx_uint_t clean, ngx_uint_t code);
static void ngx_rtc_sfu_carry_refuse(ngx_rtc_sfu_carry_t *carry);
static void ngx_rtc_sfu_carry_free(ngx_rtc_sfu_carry_t *carry);


static const ngx_rtc_sfu_ws_handlers_t  ngx_rtc_sfu_carry_handlers = {
    ngx_rtc_sfu_carry_message,
    ngx_rtc_sfu_carry_closed,
    ngx_rtc_sfu_carry_going_away
};


ngx_int_t
ngx_rtc_sfu_carry(ngx_rtc_sfu_join_t *join, const ngx_str_t *wid)
{
    ngx_rtc_sfu_carry_t   *carry;
    ngx_rtc_sfu_relay_t   *relay;
    ngx_rtc_sfu_worker_t  *worker;

    worker = join->worker;

    if (worker->carries >= NGX_RTC_SFU_CARRY_WAITING) {
        return NGX_DECLINED;
    }

    relay = ngx_rtc_sfu_relay_hold(worker, wid);
    if (relay == NULL) {
        return NGX_DECLINED;
    }

    if (ngx_rtc_sfu_link_is_dead(relay->link)) {
        ngx_rtc_sfu_relay_release(relay);
        return NGX_DECLINED;
    }

    carry = ngx_calloc(sizeof(ngx_rtc_sfu_carry_t), worker->log);
    if (carry == NULL) {
        ngx_rtc_sfu_relay_release(relay);
        return NGX_ERROR;
    }

    carry->relay = relay;
    carry->join = join;

    ngx_rtc_ident_init(&carry->ident, carry);

    carry->timer.handler = ngx_rtc_sfu_carry_timer_handler;
    carry->timer.data = &carry->ident;
    carry->timer.log = worker->log;

    carry->node.key = ++worker->carry;
    ngx_rbtree_insert(&relay->carries, &carry->node);

    join->carry = carry;
    worker->carries++;

    /* what waits for the link cannot be taken back: it waits here for it */

    if (ngx_rtc_sfu_link_is_up(relay->link)
        && ngx_rtc_sfu_carry_ask(carry) != NGX_OK)
    {
        ngx_rtc_sfu_carry_free(carry);
        return NGX_DECLINED;
    }

    ngx_add_timer(&carry->timer, NGX_RTC_SFU_CARRY_TIMEOUT);

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_carry_ask(ngx_rtc_sfu_carry_t *carry)
{
    ngx_str_t            request;
    ngx_rtc_sfu_join_t  *join;
    Conference__Resume   message = CONFERENCE__RESUME__INIT;

    join = carry->join;

    message.number = (uint32_t) carry->node.key;
    message.sid.data = join->client.sid.data;
    message.sid.len = join->client.sid.len;
    message.room.data = (uint8_t *) join->grant->room.data;
    message.room.len = join->grant->room.len;
    message.identity.data = (uint8_t *) join->grant->identity.data;
    message.identity.len = join->grant->identity.len;

    if (join->client.request) {
        if (ngx_rtc_sfu_signal_pack(join->pool, &join->client.request->base,
                                    &request)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        message.request.data = request.data;
        message.request.len = request.len;
    }

    if (ngx_rtc_sfu_relay_send(carry->relay, NGX_RTC_SFU_LINK_RESUME,
                               &message.base)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    carry->asked = 1;

    return NGX_OK;
}


void
ngx_rtc_sfu_carry_link_up(ngx_rtc_sfu_relay_t *relay)
{
    ngx_rbtree_node_t    *node, *next;
    ngx_rtc_sfu_carry_t  *carry;

    if (relay->carries.root == relay->carries.sentinel) {
        return;
    }

    for (node = ngx_rbtree_min(relay->carries.root, relay->carries.sentinel);
         node;
         node = next)
    {
        next = ngx_rbtree_next(&relay->carries, node);

        carry = (ngx_rtc_sfu_carry_t *) node;

        if (!carry->asked && ngx_rtc_sfu_carry_ask(carry) != NGX_OK) {
            ngx_rtc_sfu_carry_refuse(carry);
        }
    }
}


static ngx_rtc_sfu_carry_t *
ngx_rtc_sfu_carry_find(ngx_rtc_sfu_relay_t *relay, uint32_t number)
{
    return (ngx_rtc_sfu_carry_t *) ngx_rtc_sfu_relay_find(&relay->carries,
                                                          number);
}


static void
ngx_rtc_sfu_carry_timer_handler(ngx_event_t *ev)
{
    ngx_rtc_sfu_carry_t  *carry = ngx_rtc_ident_data(ev);

    if (carry->join == NULL) {
        ngx_add_timer(&carry->timer, NGX_RTC_SFU_CARRY_STAY);
        return;
    }

    ngx_log_error(NGX_LOG_WARN, carry->relay->worker->log, 0,
                  "sfu: %V does not answer a resume",
                  ngx_rtc_sfu_link_wid(carry->relay->link));

    ngx_rtc_sfu_carry_say_hangup(carry, 0, NGX_RTC_SFU_WS_ABNORMAL);
    ngx_rtc_sfu_carry_refuse(carry);
}


void
ngx_rtc_sfu_carry_cancel(ngx_rtc_sfu_carry_t *carry)
{
    ngx_rtc_sfu_carry_say_hangup(carry, 0, NGX_RTC_SFU_WS_ABNORMAL);
    ngx_rtc_sfu_carry_free(carry);
}


void
ngx_rtc_sfu_carry_resumed(ngx_rtc_sfu_relay_t *relay,
    const Conference__Resumed *message)
{
    ngx_rtc_sfu_carry_t  *carry;

    carry = ngx_rtc_sfu_carry_find(relay, message->number);

    /* too late, or its client has gone: then the other worker was told */

    if (carry == NULL || carry->join == NULL) {
        return;
    }

    if (message->accepted) {
        ngx_rtc_sfu_carry_accept(carry);

    } else {
        ngx_rtc_sfu_carry_refuse(carry);
    }
}


static void
ngx_rtc_sfu_carry_accept(ngx_rtc_sfu_carry_t *carry)
{
    ngx_str_t              nothing = ngx_null_string;
    ngx_rtc_sfu_ws_t      *ws;
    ngx_http_request_t    *r;
    ngx_rtc_sfu_join_t    *join;
    ngx_rtc_sfu_worker_t  *worker;

    worker = carry->relay->worker;
    join = carry->join;

    r = ngx_rtc_sfu_join_take(join);

    ngx_rtc_sfu_variable_set(r, NGX_RTC_SFU_VAR_PARTICIPANT,
                             &join->client.sid);

    carry->join = NULL;
    join->carry = NULL;
    worker->carries--;

    ngx_rtc_sfu_join_free(join);

    ws = ngx_rtc_sfu_ws_accept(&worker->sockets, r,
                               &ngx_rtc_sfu_carry_handlers, carry);
    if (ws == NULL) {
        ngx_rtc_sfu_metrics_join(worker->metrics, r,
                                 NGX_RTC_SFU_JOIN_IS_ERROR);

        ngx_rtc_sfu_carry_cancel(carry);
        ngx_rtc_sfu_join_finish(r, NGX_HTTP_INTERNAL_SERVER_ERROR, &nothing);
        return;
    }

    ngx_rtc_sfu_metrics_join(worker->metrics, r, NGX_RTC_SFU_JOIN_IS_CARRIED);

    carry->ws = ws;

    ngx_add_timer(&carry->timer, NGX_RTC_SFU_CARRY_STAY);
}


void
ngx_rtc_sfu_carry_piece(ngx_rtc_sfu_relay_t *relay,
    const Conference__Piece *message)
{
    ngx_int_t             rc;
    ngx_str_t             whole;
    ngx_rtc_sfu_carry_t  *carry;

    carry = ngx_rtc_sfu_carry_find(relay, message->number);

    if (carry == NULL || carry->ws == NULL) {
        return;
    }

    rc = ngx_rtc_sfu_piece_take(&carry->pieces, message,
                                relay->worker->sockets.max_queue,
                                relay->worker->log, &whole);

    if (rc == NGX_AGAIN) {
        return;
    }

    if (rc != NGX_OK) {
        ngx_rtc_sfu_carry_say_hangup(carry, 0, NGX_RTC_SFU_WS_TOO_BIG);
        ngx_rtc_sfu_carry_end(carry, LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                              LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH,
                              NGX_RTC_SFU_WS_TOO_BIG);
        return;
    }

    /* one that is too slow is closed, and closed() called */

    (void) ngx_rtc_sfu_ws_send(carry->ws, message->text, whole.data,
                               whole.len);

    ngx_rtc_sfu_piece_free(&carry->pieces);
}


void
ngx_rtc_sfu_carry_hangup(ngx_rtc_sfu_relay_t *relay,
    const Conference__Hangup *message)
{
    ngx_rtc_sfu_carry_t  *carry;

    carry = ngx_rtc_sfu_carry_find(relay, message->number);

    if (carry && carry->ws) {
        ngx_rtc_sfu_ws_close(carry->ws, message->code);
        ngx_rtc_sfu_carry_free(carry);
    }
}


void
ngx_rtc_sfu_carry_fail(ngx_rtc_sfu_relay_t *relay)
{
    ngx_rtc_sfu_carry_t  *carry;

    while (relay->carries.root != relay->carries.sentinel) {
        carry = (ngx_rtc_sfu_carry_t *) relay->carries.root;

        if (carry->join) {
            ngx_rtc_sfu_carry_refuse(carry);
            continue;
        }

        ngx_rtc_sfu_carry_end(carry, LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                              LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH,
                              NGX_RTC_SFU_WS_NORMAL);
    }
}


static void
ngx_rtc_sfu_carry_message(void *data, ngx_uint_t text, u_char *p, size_t len)
{
    ngx_rtc_sfu_carry_t  *carry = data;

    if (ngx_rtc_sfu_piece_send(carry->relay, NGX_RTC_SFU_LINK_UP,
                               (uint32_t) carry->node.key, text, p, len,
                               carry->relay->worker->sockets.max_queue)
        == NGX_OK)
    {
        return;
    }

    /* nothing may be missing in between: its client connects again */

    ngx_rtc_sfu_carry_say_hangup(carry, 0, NGX_RTC_SFU_WS_TRY_LATER);
    ngx_rtc_sfu_carry_end(carry, LIVEKIT__LEAVE_REQUEST__ACTION__RESUME,
                          LIVEKIT__DISCONNECT_REASON__UNKNOWN_REASON,
                          NGX_RTC_SFU_WS_TRY_LATER);
}


static void
ngx_rtc_sfu_carry_closed(void *data, ngx_uint_t clean, ngx_uint_t code)
{
    ngx_rtc_sfu_carry_t  *carry = data;

    ngx_rtc_sfu_carry_say_hangup(carry, clean, code);
    ngx_rtc_sfu_carry_free(carry);
}


/* the session stays where it is, and takes another connection */

static void
ngx_rtc_sfu_carry_going_away(void *data, ngx_uint_t now)
{
    ngx_rtc_sfu_carry_t  *carry = data;

    if (!now) {
        return;
    }

    ngx_rtc_sfu_carry_say_hangup(carry, 0, NGX_RTC_SFU_WS_GOING_AWAY);
    ngx_rtc_sfu_carry_end(carry, LIVEKIT__LEAVE_REQUEST__ACTION__RESUME,
                          LIVEKIT__DISCONNECT_REASON__MIGRATION,
                          NGX_RTC_SFU_WS_GOING_AWAY);
}


/* the client's connection ends, with a last word to it */

static void
ngx_rtc_sfu_carry_end(ngx_rtc_sfu_carry_t *carry, ngx_uint_t action,
    ngx_uint_t reason, ngx_uint_t code)
{
    size_t   len;
    u_char   buf[NGX_RTC_SFU_LEAVE_SIZE];

    len = ngx_rtc_sfu_leave_pack(buf, action, reason);

    (void) ngx_rtc_sfu_ws_send(carry->ws, 0, buf, len);
    ngx_rtc_sfu_ws_close(carry->ws, code);

    ngx_rtc_sfu_carry_free(carry);
}


static void
ngx_rtc_sfu_carry_say_hangup(ngx_rtc_sfu_carry_t *carry, ngx_uint_t clean,
    ngx_uint_t code)
{
    Conference__Hangup  hangup = CONFERENCE__HANGUP__INIT;

    if (!carry->asked) {
        return;
    }

    hangup.number = (uint32_t) carry->node.key;
    hangup.clean = clean != 0;
    hangup.code = (uint32_t) code;

    (void) ngx_rtc_sfu_relay_send(carry->relay, NGX_RTC_SFU_LINK_HANGUP_UP,
                                  &hangup.base);
}


static void
ngx_rtc_sfu_carry_refuse(ngx_rtc_sfu_carry_t *carry)
{
    ngx_rtc_sfu_join_t  *join;

    join = carry->join;

    ngx_rtc_sfu_carry_free(carry);
    ngx_rtc_sfu_resume_refuse(join);
}


static void
ngx_rtc_sfu_carry_free(ngx_rtc_sfu_carry_t *carry)
{
    if (carry->join) {
        carry->join->carry = NULL;
        carry->relay->worker->carries--;
    }

    if (carry->timer.timer_set) {
        ngx_del_timer(&carry->timer);
    }

    ngx_rtc_sfu_piece_free(&carry->pieces);

    ngx_rbtree_delete(&carry->relay->carries, &carry->node);
    ngx_rtc_sfu_relay_release(carry->relay);

    ngx_free(carry);
}
