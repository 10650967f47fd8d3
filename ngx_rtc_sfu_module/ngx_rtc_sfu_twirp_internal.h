
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the files of the server API share.
 *
 *   ngx_rtc_sfu_twirp.c         requests and answers
 *   ngx_rtc_sfu_twirp_method.c  which methods there are, and who may call them
 *   ngx_rtc_sfu_twirp_room.c    methods of rooms
 *   ngx_rtc_sfu_twirp_member.c  methods of participants
 */


#ifndef NGX_RTC_SFU_TWIRP_INTERNAL_H_INCLUDED
#define NGX_RTC_SFU_TWIRP_INTERNAL_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_sfu_command.h"
#include "ngx_rtc_sfu_rooms.h"
#include "ngx_rtc_sfu_worker.h"
#include "rtc_jwt.h"


#define NGX_RTC_SFU_TWIRP_MAX_BODY  1048576     /* bytes */


typedef struct ngx_rtc_sfu_twirp_s  ngx_rtc_sfu_twirp_t;

typedef void (*ngx_rtc_sfu_twirp_pt)(ngx_rtc_sfu_twirp_t *t);


typedef struct {
    const char                        *name;
    const ProtobufCMessageDescriptor  *request;
    const ProtobufCMessageDescriptor  *response;
    ngx_uint_t                         grant;
    ngx_rtc_sfu_twirp_pt               handler;
    ngx_rtc_sfu_command_e              command; /* of methods that are one */
} ngx_rtc_sfu_twirp_method_t;


/* one request; it lives in its pool, and what waits for it ends with it */

struct ngx_rtc_sfu_twirp_s {
    ngx_queue_t                        queue;   /* in worker->twirps */
    ngx_http_request_t                *request;
    ngx_rtc_sfu_worker_t              *worker;
    const ngx_rtc_sfu_twirp_method_t  *method;
    const rtc_grant_t                 *grant;   /* NULL: no token */
    ProtobufCMessage                  *message; /* of method->request */

    ngx_str_t                          room;
    ngx_str_t                          identity;

    ngx_rtc_redis_call_t              *call;    /* at most one */
    ngx_rtc_redis_hold_t               hold;    /* of the answer: */
    const ProtobufCMessage            *written;
    ngx_uint_t                         session; /* of the store, by which */
    ngx_array_t                       *errands; /* ngx_rtc_sfu_errand_t */
    ngx_uint_t                         left;    /* of these, no answer yet */
    ngx_rtc_sfu_verdict_t              verdict; /* of all of them, so far */

    ngx_array_t                       *found;   /* Livekit__Room * so far */
    ngx_uint_t                         names;   /* asked for so far */
    ngx_uint_t                         asked;   /* .. before the last call */

    unsigned                           json:1;
    unsigned                           inside:1;    /* its body handler */
};


/* each ends the request, which is gone then */

void ngx_rtc_sfu_twirp_answer(ngx_rtc_sfu_twirp_t *t,
    const ProtobufCMessage *response);
void ngx_rtc_sfu_twirp_fail(ngx_rtc_sfu_twirp_t *t, ngx_uint_t code,
    const char *text);

/* what a room's change is answered with, once no failover can lose that; the
   response lives as long as the request */

void ngx_rtc_sfu_twirp_acknowledge(ngx_rtc_sfu_twirp_t *t,
    const ProtobufCMessage *response);
void ngx_rtc_sfu_twirp_end(ngx_rtc_sfu_twirp_t *t,
    const ngx_rtc_sfu_verdict_t *verdict);

/* NULL: Redis is away, which is answered */

void ngx_rtc_sfu_twirp_asked(ngx_rtc_sfu_twirp_t *t,
    ngx_rtc_redis_call_t *call);

/*
 * For a handler of Redis: whether it has an answer to go on with; if not, the
 * request has ended.
 */

ngx_uint_t ngx_rtc_sfu_twirp_told(ngx_rtc_sfu_twirp_t *t, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);


/* ngx_rtc_sfu_twirp_method.c; NULL: there is no such method */

const ngx_rtc_sfu_twirp_method_t *ngx_rtc_sfu_twirp_method(
    const ngx_str_t *name);

/* whether the token grants the method, for some room */

ngx_uint_t ngx_rtc_sfu_twirp_may(const ngx_rtc_sfu_twirp_t *t);

/* the room and participant of the message; whether it grants it for them */

ngx_uint_t ngx_rtc_sfu_twirp_read(ngx_rtc_sfu_twirp_t *t);


/* ngx_rtc_sfu_twirp_room.c */

void ngx_rtc_sfu_twirp_create_room(ngx_rtc_sfu_twirp_t *t);
void ngx_rtc_sfu_twirp_list_rooms(ngx_rtc_sfu_twirp_t *t);
void ngx_rtc_sfu_twirp_delete_room(ngx_rtc_sfu_twirp_t *t);
void ngx_rtc_sfu_twirp_update_room_metadata(ngx_rtc_sfu_twirp_t *t);


/* ngx_rtc_sfu_twirp_member.c */

void ngx_rtc_sfu_twirp_list_participants(ngx_rtc_sfu_twirp_t *t);
void ngx_rtc_sfu_twirp_get_participant(ngx_rtc_sfu_twirp_t *t);
void ngx_rtc_sfu_twirp_command(ngx_rtc_sfu_twirp_t *t);
void ngx_rtc_sfu_twirp_send_data(ngx_rtc_sfu_twirp_t *t);
void ngx_rtc_sfu_twirp_unimplemented(ngx_rtc_sfu_twirp_t *t);


#endif /* NGX_RTC_SFU_TWIRP_INTERNAL_H_INCLUDED */
