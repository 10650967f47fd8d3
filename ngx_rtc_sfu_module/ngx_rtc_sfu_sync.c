
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_subscribe.h"
#include "ngx_rtc_sfu_sync.h"
#include "ngx_rtc_sfu_track.h"


static ngx_uint_t ngx_rtc_sfu_sync_fits(ngx_rtc_sfu_participant_t *p,
    const Livekit__SyncState *state);


void
ngx_rtc_sfu_sync(ngx_rtc_sfu_participant_t *p, const Livekit__SyncState *state)
{
    size_t  i, n;

    if (!ngx_rtc_sfu_sync_fits(p, state)) {
        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                   LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH);
        return;
    }

    n = ngx_min(state->n_track_sids_disabled, NGX_RTC_SFU_MAX_SIDS);

    for (i = 0; i < n; i++) {
        ngx_rtc_sfu_subscribe_disable(p, state->track_sids_disabled[i]);
    }

    if (state->subscription) {
        ngx_rtc_sfu_subscribe_update(p, state->subscription);
    }

    ngx_rtc_sfu_data_track_repeat(p, state);

    if (state->data_subscription) {
        ngx_rtc_sfu_data_sub_update(p, state->data_subscription);
    }
}


static ngx_uint_t
ngx_rtc_sfu_sync_fits(ngx_rtc_sfu_participant_t *p,
    const Livekit__SyncState *state)
{
    size_t              i;
    Livekit__TrackInfo *track;

    if (state->n_publish_tracks > NGX_RTC_SFU_MAX_SIDS) {
        return 0;
    }

    for (i = 0; i < state->n_publish_tracks; i++) {
        track = state->publish_tracks[i]->track;

        if (track && ngx_rtc_sfu_track_of(p, track->sid) == NULL) {
            ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                          "sfu: resumes with a track that is not known");
            return 0;
        }
    }

    return 1;
}
