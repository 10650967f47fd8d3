
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A client that lost its signalling comes back to its session, by a connection
 * to any worker: the sid tells which one has the session.
 */


#ifndef NGX_RTC_SFU_RESUME_H_INCLUDED
#define NGX_RTC_SFU_RESUME_H_INCLUDED


#include "ngx_rtc_sfu_join_internal.h"
#include "ngx_rtc_sfu_relay.h"


/*
 * Takes the join, whose client is authorized and names its session in
 * client.sid; returns what a content handler returns.
 */

ngx_int_t ngx_rtc_sfu_resume(ngx_rtc_sfu_join_t *join);

/*
 * There is no such session: the client is told to join anew, or, if another
 * one has its identity by now, that it was replaced: it would throw that one
 * out.  Takes the join; from outside of its request's handler.
 */

void ngx_rtc_sfu_resume_refuse(ngx_rtc_sfu_join_t *join);

/* another worker has accepted a client of ours: a message of it */

void ngx_rtc_sfu_resume_far(ngx_rtc_sfu_relay_t *relay,
    const Conference__Resume *message);


#endif /* NGX_RTC_SFU_RESUME_H_INCLUDED */
