
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Name, metadata and attributes of a participant: first what its token says,
 * then what it changes itself.
 */


#ifndef NGX_RTC_SFU_PROFILE_H_INCLUDED
#define NGX_RTC_SFU_PROFILE_H_INCLUDED


#include "ngx_rtc_sfu_participant.h"


ngx_int_t ngx_rtc_sfu_profile_init(ngx_rtc_sfu_participant_t *p);

/* what the request for signalling says of metadata and attributes */

ngx_int_t ngx_rtc_sfu_profile_join(ngx_rtc_sfu_participant_t *p);

/*
 * An empty name or metadata means unchanged, an attribute with an empty value
 * is removed.  NGX_DECLINED: beyond a limit, nothing is changed.
 */

ngx_int_t ngx_rtc_sfu_profile_update(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateParticipantMetadata *update);


#endif /* NGX_RTC_SFU_PROFILE_H_INCLUDED */
