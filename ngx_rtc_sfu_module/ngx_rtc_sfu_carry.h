
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A signalling connection that this worker accepts for a session of another
 * one, over the link between them: TLS and framing are done here, what the
 * messages mean there.  If the link fails the client is told to join anew.
 */


#ifndef NGX_RTC_SFU_CARRY_H_INCLUDED
#define NGX_RTC_SFU_CARRY_H_INCLUDED


#include "ngx_rtc_sfu_join_internal.h"
#include "ngx_rtc_sfu_relay.h"


#define NGX_RTC_SFU_CARRY_TIMEOUT  1000         /* ms that the owner has */
#define NGX_RTC_SFU_CARRY_WAITING  256          /* for it, of a worker */


/*
 * Asks the worker of this id for the session that the join is for.  Once it
 * has answered, the request becomes a WebSocket; or ngx_rtc_sfu_resume_refuse()
 * is called, from an event.  NGX_DECLINED: it is dead, or there is no place;
 * NGX_ERROR: no memory.
 */

ngx_int_t ngx_rtc_sfu_carry(ngx_rtc_sfu_join_t *join, const ngx_str_t *wid);

/* the join ends: its client has gone, or does not want to wait any more */

void ngx_rtc_sfu_carry_cancel(ngx_rtc_sfu_carry_t *carry);


/* messages of the other worker */

void ngx_rtc_sfu_carry_resumed(ngx_rtc_sfu_relay_t *relay,
    const Conference__Resumed *message);
void ngx_rtc_sfu_carry_piece(ngx_rtc_sfu_relay_t *relay,
    const Conference__Piece *message);
void ngx_rtc_sfu_carry_hangup(ngx_rtc_sfu_relay_t *relay,
    const Conference__Hangup *message);

/* the link is there: those that wait for it are asked for */

void ngx_rtc_sfu_carry_link_up(ngx_rtc_sfu_relay_t *relay);

/* the link is lost, or its worker dead */

void ngx_rtc_sfu_carry_fail(ngx_rtc_sfu_relay_t *relay);


#endif /* NGX_RTC_SFU_CARRY_H_INCLUDED */
