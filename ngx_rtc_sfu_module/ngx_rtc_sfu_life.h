
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * How long a session lasts: its timer, and what becomes of it when signalling
 * or media are lost, which are what participant.h says they report.
 *
 *   signalling is lost           the session waits for a resume as long as ICE
 *                                shows that the client is there, and 20 s more
 *   no ICE check for 30 s        the client is asked to resume, and has 15 s
 *   15 s after that, or after    it has to join anew
 *   a resume, still none
 */


#ifndef NGX_RTC_SFU_LIFE_H_INCLUDED
#define NGX_RTC_SFU_LIFE_H_INCLUDED


#include "ngx_rtc_sfu_participant.h"


/* the handler of p->timer */

void ngx_rtc_sfu_life_timer(ngx_event_t *ev);


#endif /* NGX_RTC_SFU_LIFE_H_INCLUDED */
