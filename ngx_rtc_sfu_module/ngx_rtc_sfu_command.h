
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Commands of the server API to members of a room, carried out by the worker
 * in which they live; to another worker they go over the link.
 */


#ifndef NGX_RTC_SFU_COMMAND_H_INCLUDED
#define NGX_RTC_SFU_COMMAND_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_ident.h"
#include "ngx_rtc_sfu_relay.h"
#include "ngx_rtc_sfu_verdict.h"


#define NGX_RTC_SFU_COMMAND_TIMEOUT  2000       /* ms */
#define NGX_RTC_SFU_COMMAND_MAX      1024       /* at a time, of a worker */


/* workers tell each other these numbers, so they never change */

typedef enum {
    NGX_RTC_SFU_COMMAND_REMOVE = 1,
    NGX_RTC_SFU_COMMAND_MUTE,
    NGX_RTC_SFU_COMMAND_UPDATE,
    NGX_RTC_SFU_COMMAND_SUBSCRIBE,
    NGX_RTC_SFU_COMMAND_SEND_DATA,              /* to all of the room there */
    NGX_RTC_SFU_COMMAND_RPC,
    NGX_RTC_SFU_COMMANDS
} ngx_rtc_sfu_command_e;


/* the verdict lives until the handler returns */

typedef void (*ngx_rtc_sfu_errand_pt)(void *data,
    const ngx_rtc_sfu_verdict_t *verdict);


/* a command that is on its way; in memory of whoever sends it */

typedef struct {
    ngx_queue_t             queue;              /* in worker->errands */
    ngx_rtc_sfu_worker_t   *worker;             /* NULL: not on its way */
    ngx_rtc_sfu_relay_t    *relay;              /* held; NULL: to ourselves */
    uint32_t                id;
    ngx_rtc_sfu_errand_pt   handler;
    void                   *data;

    ngx_rtc_ident_t         ident;
    ngx_event_t             timer;
} ngx_rtc_sfu_errand_t;


/*
 * Sends a command, but for its id, to the worker; handler and data are set.
 * The handler is called exactly once, maybe before this returns, unless the
 * errand is cancelled; no answer in time is "unavailable".
 */

void ngx_rtc_sfu_command_send(ngx_rtc_sfu_errand_t *errand,
    ngx_rtc_sfu_worker_t *worker, const ngx_str_t *wid,
    Conference__Command *command, ngx_msec_t timeout);

void ngx_rtc_sfu_command_cancel(ngx_rtc_sfu_errand_t *errand);

/* of a command whose answer came later, to the worker that sent it */

void ngx_rtc_sfu_command_answer(ngx_rtc_sfu_worker_t *worker,
    const ngx_str_t *wid, uint32_t id, const ngx_rtc_sfu_verdict_t *verdict);


/* messages of the other worker */

void ngx_rtc_sfu_command_receive(ngx_rtc_sfu_relay_t *relay,
    const Conference__Command *command);
void ngx_rtc_sfu_command_outcome(ngx_rtc_sfu_relay_t *relay,
    const Conference__Outcome *outcome);

/* no answer will come over it */

void ngx_rtc_sfu_command_fail(ngx_rtc_sfu_relay_t *relay);


#endif /* NGX_RTC_SFU_COMMAND_H_INCLUDED */
