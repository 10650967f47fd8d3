
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_data.h"
#include "ngx_rtc_sfu_rpc.h"
#include "ngx_rtc_sfu_signal.h"
#include "ngx_rtc_sfu_twirp_internal.h"
#include "rtc_event.h"


#define NGX_RTC_SFU_TWIRP_DATA  61440           /* bytes, with the topic */


static void ngx_rtc_sfu_twirp_ask(ngx_rtc_sfu_twirp_t *t, uint64_t valid,
    ngx_rtc_redis_handler_pt handler);
static void ngx_rtc_sfu_twirp_participants(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static Livekit__Member *ngx_rtc_sfu_twirp_found(ngx_rtc_sfu_twirp_t *t,
    ngx_int_t rc, const ngx_rtc_redis_reply_t *reply, ngx_str_t *wid);
static void ngx_rtc_sfu_twirp_participant(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_rtc_sfu_twirp_owner(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static ngx_msec_t ngx_rtc_sfu_twirp_patience(ngx_rtc_sfu_twirp_t *t);
static void ngx_rtc_sfu_twirp_to_workers(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_rtc_sfu_twirp_workers(ngx_rtc_sfu_twirp_t *t,
    const ngx_rtc_redis_reply_t *reply, ngx_array_t *wids);
static void ngx_rtc_sfu_twirp_order(ngx_rtc_sfu_twirp_t *t,
    const ngx_str_t *wids, ngx_uint_t n, const char *sid);
static void ngx_rtc_sfu_twirp_verdict(void *data,
    const ngx_rtc_sfu_verdict_t *verdict);
static void ngx_rtc_sfu_twirp_answered(ngx_rtc_sfu_twirp_t *t);
static void ngx_rtc_sfu_twirp_internal_error(ngx_rtc_sfu_twirp_t *t);


void
ngx_rtc_sfu_twirp_list_participants(ngx_rtc_sfu_twirp_t *t)
{
    ngx_str_null(&t->identity);

    ngx_rtc_sfu_twirp_ask(t, 0, ngx_rtc_sfu_twirp_participants);
}


void
ngx_rtc_sfu_twirp_get_participant(ngx_rtc_sfu_twirp_t *t)
{
    ngx_rtc_sfu_twirp_ask(t, 0, ngx_rtc_sfu_twirp_participant);
}


void
ngx_rtc_sfu_twirp_unimplemented(ngx_rtc_sfu_twirp_t *t)
{
    ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_UNIMPLEMENTED,
                           "there is no such method here");
}


static void
ngx_rtc_sfu_twirp_ask(ngx_rtc_sfu_twirp_t *t, uint64_t valid,
    ngx_rtc_redis_handler_pt handler)
{
    if (t->room.len > NGX_RTC_SFU_MAX_ROOM_ID) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_NOT_FOUND,
                               "requested room does not exist");
        return;
    }

    ngx_rtc_sfu_twirp_asked(t,
                            ngx_rtc_sfu_rooms_members(t->worker->registry,
                                                      &t->room, &t->identity,
                                                      valid, handler, t));
}


static void
ngx_rtc_sfu_twirp_participants(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_twirp_t *t = data;

    ngx_str_t                           wid;
    ngx_uint_t                          i, n;
    Livekit__Member                    *member;
    Livekit__ListParticipantsResponse   response =
                                   LIVEKIT__LIST_PARTICIPANTS_RESPONSE__INIT;

    /* nobody is in a room that is not there, as LiveKit's server has it */

    if (ngx_rtc_sfu_rooms_answer(t->worker->registry, rc, reply)
        == NGX_RTC_SFU_JOIN_NOT_FOUND)
    {
        t->call = NULL;
        ngx_rtc_sfu_twirp_answer(t, &response.base);
        return;
    }

    if (!ngx_rtc_sfu_twirp_told(t, rc, reply)) {
        return;
    }

    n = ngx_rtc_redis_reply_nelts(reply);

    response.participants = ngx_palloc(t->request->pool,
                                       n * sizeof(Livekit__ParticipantInfo *));
    if (response.participants == NULL) {
        ngx_rtc_sfu_twirp_internal_error(t);
        return;
    }

    for (i = 1; i < n; i++) {
        member = ngx_rtc_sfu_rooms_member(t->request->pool,
                                          ngx_rtc_redis_reply_elt(reply, i),
                                          &wid);
        if (member == NULL) {
            ngx_rtc_sfu_twirp_internal_error(t);
            return;
        }

        response.participants[response.n_participants++] = member->info;
    }

    ngx_rtc_sfu_twirp_answer(t, &response.base);
}


static void
ngx_rtc_sfu_twirp_participant(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_twirp_t *t = data;

    ngx_str_t         wid;
    Livekit__Member  *member;

    member = ngx_rtc_sfu_twirp_found(t, rc, reply, &wid);

    if (member) {
        ngx_rtc_sfu_twirp_answer(t, &member->info->base);
    }
}


/* NULL: it is not there, or Redis is away, which is answered */

static Livekit__Member *
ngx_rtc_sfu_twirp_found(ngx_rtc_sfu_twirp_t *t, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply, ngx_str_t *wid)
{
    Livekit__Member  *member;

    if (!ngx_rtc_sfu_twirp_told(t, rc, reply)) {
        return NULL;
    }

    if (ngx_rtc_redis_reply_nelts(reply) < 3 || t->identity.len == 0) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_NOT_FOUND,
                               "participant does not exist");
        return NULL;
    }

    member = ngx_rtc_sfu_rooms_member(t->request->pool,
                                      ngx_rtc_redis_reply_elt(reply, 2), wid);
    if (member == NULL) {
        ngx_rtc_sfu_twirp_internal_error(t);
    }

    return member;
}


/* what the worker of the participant has to do */

void
ngx_rtc_sfu_twirp_command(ngx_rtc_sfu_twirp_t *t)
{
    int64_t                            valid;
    Livekit__RoomParticipantIdentity  *request;

    if (t->identity.len == 0) {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_NOT_FOUND,
                               "participant does not exist");
        return;
    }

    valid = 0;

    if (t->method->command == NGX_RTC_SFU_COMMAND_REMOVE) {
        request = (Livekit__RoomParticipantIdentity *) t->message;
        valid = request->revoke_token_ts;
    }

    ngx_rtc_sfu_twirp_ask(t, valid > 0 ? (uint64_t) valid : 0,
                          ngx_rtc_sfu_twirp_owner);
}


static void
ngx_rtc_sfu_twirp_owner(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_twirp_t *t = data;

    ngx_str_t         wid;
    Livekit__Member  *member;

    member = ngx_rtc_sfu_twirp_found(t, rc, reply, &wid);

    if (member) {
        ngx_rtc_sfu_twirp_order(t, &wid, 1, member->info->sid);
    }
}


static ngx_msec_t
ngx_rtc_sfu_twirp_patience(ngx_rtc_sfu_twirp_t *t)
{
    return t->method->command == NGX_RTC_SFU_COMMAND_RPC
           ? ngx_rtc_sfu_rpc_patience((Livekit__PerformRpcRequest *)
                                      t->message)
           : NGX_RTC_SFU_COMMAND_TIMEOUT;
}


void
ngx_rtc_sfu_twirp_send_data(ngx_rtc_sfu_twirp_t *t)
{
    size_t                     len;
    Livekit__SendDataRequest  *request;

    request = (Livekit__SendDataRequest *) t->message;
    len = request->data.len;

    if (request->has_topic_case
        == LIVEKIT__SEND_DATA_REQUEST__HAS_TOPIC_TOPIC)
    {
        len += ngx_strlen(request->topic);
    }

    if (len > NGX_RTC_SFU_TWIRP_DATA
        || request->n_destination_identities > NGX_RTC_SFU_MAX_DESTINATIONS
        || request->n_destination_sids > NGX_RTC_SFU_MAX_DESTINATIONS
        || (ngx_uint_t) request->kind > NGX_RTC_SFU_LOSSY)
    {
        ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_INVALID_ARGUMENT,
                               "too much data, or too many destinations");
        return;
    }

    ngx_str_null(&t->identity);

    ngx_rtc_sfu_twirp_ask(t, 0, ngx_rtc_sfu_twirp_to_workers);
}


static void
ngx_rtc_sfu_twirp_to_workers(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_twirp_t *t = data;

    ngx_array_t                wids;
    Livekit__SendDataResponse  response = LIVEKIT__SEND_DATA_RESPONSE__INIT;

    if (!ngx_rtc_sfu_twirp_told(t, rc, reply)) {
        return;
    }

    if (ngx_rtc_sfu_twirp_workers(t, reply, &wids) != NGX_OK) {
        ngx_rtc_sfu_twirp_internal_error(t);
        return;
    }

    if (wids.nelts == 0) {
        ngx_rtc_sfu_twirp_answer(t, &response.base);
        return;
    }

    ngx_rtc_sfu_twirp_order(t, wids.elts, wids.nelts, "");
}


/* each of those that have members, once */

static ngx_int_t
ngx_rtc_sfu_twirp_workers(ngx_rtc_sfu_twirp_t *t,
    const ngx_rtc_redis_reply_t *reply, ngx_array_t *wids)
{
    ngx_str_t   value, wid, *known;
    rtc_str_t   w, payload;
    ngx_uint_t  i, j;

    if (ngx_array_init(wids, t->request->pool, 4, sizeof(ngx_str_t)) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 1; i < ngx_rtc_redis_reply_nelts(reply); i++) {

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, i),
                                       &value)
            != NGX_OK
            || rtc_event_parse_member(&w, &payload, value.data, value.len)
               != RTC_OK)
        {
            return NGX_ERROR;
        }

        wid.data = (u_char *) w.data;
        wid.len = w.len;
        known = wids->elts;

        for (j = 0; j < wids->nelts; j++) {
            if (ngx_rtc_sfu_str_eq(&known[j], &wid)) {
                break;
            }
        }

        if (j == wids->nelts) {
            known = ngx_array_push(wids);
            if (known == NULL) {
                return NGX_ERROR;
            }

            *known = wid;
        }
    }

    return NGX_OK;
}


static void
ngx_rtc_sfu_twirp_order(ngx_rtc_sfu_twirp_t *t, const ngx_str_t *wids,
    ngx_uint_t n, const char *sid)
{
    ngx_str_t              packed;
    ngx_uint_t             i;
    Conference__Command    command = CONFERENCE__COMMAND__INIT;
    ngx_rtc_sfu_errand_t  *errand;

    t->errands = ngx_array_create(t->request->pool, n,
                                  sizeof(ngx_rtc_sfu_errand_t));

    if (t->errands == NULL
        || ngx_rtc_sfu_signal_pack(t->request->pool, t->message, &packed)
           != NGX_OK)
    {
        ngx_rtc_sfu_twirp_internal_error(t);
        return;
    }

    errand = ngx_array_push_n(t->errands, n);
    ngx_memzero(errand, n * sizeof(ngx_rtc_sfu_errand_t));

    command.method = t->method->command;
    command.room.data = t->room.data;
    command.room.len = t->room.len;
    command.session.data = (uint8_t *) sid;
    command.session.len = ngx_strlen(sid);
    command.request.data = packed.data;
    command.request.len = packed.len;

    /* answers may come while we send: none of them is the last one then */

    t->left = n + 1;

    for (i = 0; i < n; i++) {
        errand[i].handler = ngx_rtc_sfu_twirp_verdict;
        errand[i].data = t;
    }

    for (i = 0; i < n; i++) {
        ngx_rtc_sfu_command_send(&errand[i], t->worker, &wids[i], &command,
                                 ngx_rtc_sfu_twirp_patience(t));
    }

    ngx_rtc_sfu_twirp_answered(t);
}


/* kept until all have answered: one that has not done it says how it ends */

static void
ngx_rtc_sfu_twirp_verdict(void *data, const ngx_rtc_sfu_verdict_t *verdict)
{
    ngx_rtc_sfu_twirp_t *t = data;

    if (t->verdict.code == NGX_RTC_SFU_VERDICT_OK) {
        t->verdict.code = verdict->code;
        t->verdict.text = verdict->text
                          ? ngx_rtc_sfu_signal_string(t->request->pool,
                                                  (u_char *) verdict->text,
                                                  ngx_strlen(verdict->text))
                          : NULL;
        t->verdict.response.len = verdict->response.len;
        t->verdict.response.data = (u_char *)
                        ngx_rtc_sfu_signal_string(t->request->pool,
                                                  verdict->response.data,
                                                  verdict->response.len);

        if (t->verdict.response.data == NULL) {
            t->verdict.code = NGX_RTC_SFU_VERDICT_INTERNAL;
            t->verdict.text = "the server failed";
        }
    }

    ngx_rtc_sfu_twirp_answered(t);
}


static void
ngx_rtc_sfu_twirp_answered(ngx_rtc_sfu_twirp_t *t)
{
    if (--t->left == 0) {
        ngx_rtc_sfu_twirp_end(t, &t->verdict);
    }
}


static void
ngx_rtc_sfu_twirp_internal_error(ngx_rtc_sfu_twirp_t *t)
{
    ngx_rtc_sfu_twirp_fail(t, NGX_RTC_SFU_VERDICT_INTERNAL,
                           "the server failed");
}
