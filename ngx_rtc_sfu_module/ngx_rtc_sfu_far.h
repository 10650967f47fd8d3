
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A signalling connection of a session of ours that another worker accepted;
 * ngx_rtc_sfu_carry.h is its other end.
 */


#ifndef NGX_RTC_SFU_FAR_H_INCLUDED
#define NGX_RTC_SFU_FAR_H_INCLUDED


#include "ngx_rtc_sfu_line.h"
#include "ngx_rtc_sfu_relay.h"


/*
 * The connection of this number there; its handlers are called as those of a
 * WebSocket, but for going_away(): it is not this worker that it belongs to.
 * NULL: no memory, or there is one of this number.
 */

ngx_rtc_sfu_far_t *ngx_rtc_sfu_far_open(ngx_rtc_sfu_relay_t *relay,
    uint32_t number, const ngx_rtc_sfu_ws_handlers_t *handlers, void *data);

void ngx_rtc_sfu_far_send(ngx_rtc_sfu_far_t *far, const u_char *p,
    size_t len);
void ngx_rtc_sfu_far_close(ngx_rtc_sfu_far_t *far, ngx_uint_t code);


/* messages of the other worker */

void ngx_rtc_sfu_far_piece(ngx_rtc_sfu_relay_t *relay,
    const Conference__Piece *message);
void ngx_rtc_sfu_far_hangup(ngx_rtc_sfu_relay_t *relay,
    const Conference__Hangup *message);

/* the link is lost, and with it all its connections; calls closed() */

void ngx_rtc_sfu_far_fail(ngx_rtc_sfu_relay_t *relay);


#endif /* NGX_RTC_SFU_FAR_H_INCLUDED */
