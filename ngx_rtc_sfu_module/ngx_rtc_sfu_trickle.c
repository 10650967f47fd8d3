
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <jansson.h>

#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_trickle.h"


static void ngx_rtc_sfu_trickle_send(ngx_rtc_sfu_pc_t *pc,
    const rtc_sdp_t *ours, const rtc_sdp_media_t *m, ngx_uint_t n);


void
ngx_rtc_sfu_trickle(ngx_rtc_sfu_pc_t *pc, const rtc_sdp_t *ours)
{
    ngx_uint_t        i;
    rtc_sdp_media_t  *m;

    m = rtc_sdp_transport(ours);

    if (m == NULL || pc->trickled || pc->participant->resource) {
        return;
    }

    pc->trickled = 1;

    for (i = 0; i < m->ncandidates; i++) {
        ngx_rtc_sfu_trickle_send(pc, ours, m, i);
    }
}


/* all three members have to be there: some SDKs abort without */

static void
ngx_rtc_sfu_trickle_send(ngx_rtc_sfu_pc_t *pc, const rtc_sdp_t *ours,
    const rtc_sdp_media_t *m, ngx_uint_t n)
{
    char                     *text, line[RTC_SDP_MAX_CANDIDATE];
    json_t                   *init;
    Livekit__TrickleRequest   trickle = LIVEKIT__TRICKLE_REQUEST__INIT;
    Livekit__SignalResponse   response = LIVEKIT__SIGNAL_RESPONSE__INIT;

    rtc_sdp_write_candidate(&m->candidates[n], n + 1, line);

    init = json_pack("{s:s, s:s%, s:i}",
                     "candidate", line,
                     "sdpMid", (const char *) m->mid.data, m->mid.len,
                     "sdpMLineIndex", (int) (m - ours->media));

    text = init ? json_dumps(init, JSON_COMPACT) : NULL;

    json_decref(init);

    if (text == NULL) {
        return;
    }

    trickle.candidateinit = text;
    trickle.target = pc->target;
    trickle.final = n + 1 == m->ncandidates;

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_TRICKLE;
    response.trickle = &trickle;

    ngx_rtc_sfu_participant_send(pc->participant, &response);

    free(text);
}
