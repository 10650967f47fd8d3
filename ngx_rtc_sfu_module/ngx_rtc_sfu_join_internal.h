
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A request for signalling that waits to be let in, for the units that do so:
 * ngx_rtc_sfu_join.c (the registry answers) and ngx_rtc_sfu_resume.c (the
 * session's worker does).
 */


#ifndef NGX_RTC_SFU_JOIN_INTERNAL_H_INCLUDED
#define NGX_RTC_SFU_JOIN_INTERNAL_H_INCLUDED


#include "ngx_rtc_sfu_join.h"
#include "ngx_rtc_sfu_participant.h"


typedef struct ngx_rtc_sfu_carry_s  ngx_rtc_sfu_carry_t;


/*
 * A request that waits for the registry.  If its client goes meanwhile, the
 * join ends with it, and is taken back.
 */

typedef struct {
    ngx_queue_t                  queue;         /* in worker->joins */
    ngx_http_request_t          *request;
    ngx_rtc_sfu_worker_t        *worker;

    ngx_pool_t                  *pool;          /* of the participant to be */
    rtc_grant_t                 *grant;
    ngx_rtc_sfu_client_t         client;
    ngx_rtc_sfu_ticket_t         ticket;

    ngx_rtc_sfu_room_t          *room;          /* held */
    ngx_rtc_sfu_participant_t   *participant;
    ngx_rtc_sfu_registry_lookup_t  *lookup;     /* pending */
    ngx_rtc_sfu_carry_t         *carry;         /* a resume that waits for
                                                   another worker */

    ngx_rtc_sfu_join_accept_pt   accept;        /* NULL: by WebSocket */
    void                        *data;
    unsigned                     view:1;        /* it only receives */

    ngx_rtc_ident_t              ident;
    ngx_event_t                  event;         /* posted */
    ngx_event_t                  timer;         /* a worker that exits waits */

    ngx_http_cleanup_t          *cleanup;       /* of request */
} ngx_rtc_sfu_join_t;


/*
 * Reads the token and the client's options into the join.  NULL, or why it is
 * refused: a text for the client, and the status to say it with.
 */

const char *ngx_rtc_sfu_join_authorize(ngx_http_request_t *r,
    ngx_rtc_sfu_join_t *join, ngx_uint_t *status);

/* what the token says: who wants to be where */

void ngx_rtc_sfu_join_names(const ngx_rtc_sfu_join_t *join, ngx_str_t *room,
    ngx_str_t *identity);

/* suspends the request; its client's going is noticed, and ends the join */

ngx_int_t ngx_rtc_sfu_join_wait(ngx_rtc_sfu_join_t *join);

/* takes the request back: from now on its end does not concern the join */

ngx_http_request_t *ngx_rtc_sfu_join_take(ngx_rtc_sfu_join_t *join);

void ngx_rtc_sfu_join_free(ngx_rtc_sfu_join_t *join);

/*
 * Ends a request that was suspended, from outside of its events.  One whose
 * connection broke over the 101 has its header already.
 */

void ngx_rtc_sfu_join_finish(ngx_http_request_t *r, ngx_uint_t status,
    const ngx_str_t *text);


#endif /* NGX_RTC_SFU_JOIN_INTERNAL_H_INCLUDED */
