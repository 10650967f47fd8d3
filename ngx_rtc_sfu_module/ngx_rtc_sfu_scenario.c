
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_scenario.h"
#include "ngx_rtc_sfu_speaker.h"
#include "ngx_rtc_sfu_worker.h"


#define NGX_RTC_SFU_SCENARIO_LEVEL    0.9f      /* of a simulated speaker */
#define NGX_RTC_SFU_SCENARIO_SPEECH   60        /* s at most */

#define NGX_RTC_SFU_SCENARIO_CUT_UNTOLD                                       \
    LIVEKIT__SIMULATE_SCENARIO__SCENARIO_DISCONNECT_SIGNAL_ON_RESUME_NO_MESSAGES


void
ngx_rtc_sfu_scenario(ngx_rtc_sfu_participant_t *p,
    const Livekit__SimulateScenario *scenario)
{
    int32_t  seconds;

    switch (scenario->scenario_case) {

    case LIVEKIT__SIMULATE_SCENARIO__SCENARIO_SPEAKER_UPDATE:
        seconds = ngx_max(scenario->speaker_update, 0);
        seconds = ngx_min(seconds, NGX_RTC_SFU_SCENARIO_SPEECH);

        p->speaks_until = ngx_current_msec + (ngx_msec_t) seconds * 1000;
        p->speaks = 1;

        ngx_rtc_sfu_speaker_claim(p, 1, NGX_RTC_SFU_SCENARIO_LEVEL);
        break;

    /* as if the session's worker had died: nothing is said, and it is gone */

    case LIVEKIT__SIMULATE_SCENARIO__SCENARIO_NODE_FAILURE:
        ngx_rtc_sfu_participant_close(p, -1,
                                   LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH);
        break;

    case LIVEKIT__SIMULATE_SCENARIO__SCENARIO_MIGRATION:
        ngx_rtc_sfu_participant_hangup(p);
        break;

    case LIVEKIT__SIMULATE_SCENARIO__SCENARIO_SERVER_LEAVE:
        ngx_rtc_sfu_participant_close(p,
                                  LIVEKIT__LEAVE_REQUEST__ACTION__DISCONNECT,
                                  LIVEKIT__DISCONNECT_REASON__SERVER_SHUTDOWN);
        break;

    /* the client joins anew at once, without being told to */

    case LIVEKIT__SIMULATE_SCENARIO__SCENARIO_SWITCH_CANDIDATE_PROTOCOL:
        ngx_rtc_sfu_registry_ask_protocol(p->room->worker->registry,
                                          &p->room->node.str, &p->identity,
                                          scenario->switch_candidate_protocol);
        break;

    case LIVEKIT__SIMULATE_SCENARIO__SCENARIO_DISCONNECT_SIGNAL_ON_RESUME:
        p->cut = NGX_RTC_SFU_CUT_TOLD;
        break;

    case NGX_RTC_SFU_SCENARIO_CUT_UNTOLD:
        p->cut = NGX_RTC_SFU_CUT_UNTOLD;
        break;

    case LIVEKIT__SIMULATE_SCENARIO__SCENARIO_LEAVE_REQUEST_FULL_RECONNECT:
        ngx_rtc_sfu_participant_close(p,
                                  LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                  LIVEKIT__DISCONNECT_REASON__UNKNOWN_REASON);
        break;

    default:
        break;
    }
}


ngx_uint_t
ngx_rtc_sfu_scenario_resume(ngx_rtc_sfu_participant_t *p, ngx_uint_t told)
{
    if (p->cut != (told ? NGX_RTC_SFU_CUT_TOLD : NGX_RTC_SFU_CUT_UNTOLD)) {
        return 0;
    }

    p->cut = NGX_RTC_SFU_CUT_NOT;

    ngx_rtc_sfu_participant_hangup(p);

    return 1;
}


void
ngx_rtc_sfu_scenario_watch(ngx_rtc_sfu_participant_t *p)
{
    if (!p->speaks
        || (ngx_msec_int_t) (ngx_current_msec - p->speaks_until) < 0)
    {
        return;
    }

    p->speaks = 0;
    ngx_rtc_sfu_speaker_claim(p, 0, 0);
}
