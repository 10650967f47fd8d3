
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A reload: the new worker of a slot has the same UDP listeners as the old
 * one, so it gets its UDP allocations, too, with their relay sockets.  Both
 * read the listener for a while; what belongs to the other one is passed on.
 */


#ifndef _NGX_RTC_TURN_HANDOVER_H_INCLUDED_
#define _NGX_RTC_TURN_HANDOVER_H_INCLUDED_


#include "ngx_rtc_turn.h"


/* NULL: there will be no hand-over, which is logged */
ngx_rtc_turn_handover_t *ngx_rtc_turn_handover_create(
    ngx_rtc_turn_worker_t *w);
void ngx_rtc_turn_handover_exit(ngx_rtc_turn_handover_t *h);

/* NGX_OK: the datagram is another worker's; NGX_DECLINED: it is ours */
ngx_int_t ngx_rtc_turn_handover_forward(ngx_rtc_turn_listener_t *ls,
    ngx_rtc_turn_packet_t *packet);


#endif /* _NGX_RTC_TURN_HANDOVER_H_INCLUDED_ */
