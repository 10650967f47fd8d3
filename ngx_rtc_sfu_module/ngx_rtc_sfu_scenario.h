
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * SimulateScenario: faults that a client asks for, to see how it copes.  They
 * are the client's own session's alone.
 */


#ifndef NGX_RTC_SFU_SCENARIO_H_INCLUDED
#define NGX_RTC_SFU_SCENARIO_H_INCLUDED


#include "ngx_rtc_sfu_participant.h"


void ngx_rtc_sfu_scenario(ngx_rtc_sfu_participant_t *p,
    const Livekit__SimulateScenario *scenario);

/*
 * In a resume, before (told = 0) and after the first messages.  True: that is
 * where the scenario ends the connection; it does so once.
 */

ngx_uint_t ngx_rtc_sfu_scenario_resume(ngx_rtc_sfu_participant_t *p,
    ngx_uint_t told);

/* ends a simulated speech when it is over; to be called now and then */

void ngx_rtc_sfu_scenario_watch(ngx_rtc_sfu_participant_t *p);


#endif /* NGX_RTC_SFU_SCENARIO_H_INCLUDED */
