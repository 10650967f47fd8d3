
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The first messages of a session: what a client hears of the room, of itself
 * and of the server.
 */


#ifndef NGX_RTC_SFU_WELCOME_H_INCLUDED
#define NGX_RTC_SFU_WELCOME_H_INCLUDED


#include "ngx_rtc_sfu_participant.h"


/* what we say of ourselves; the version tells clients what they may use */

#define NGX_RTC_SFU_SERVER_VERSION   "1.9.0"
#define NGX_RTC_SFU_PROTOCOL         17


/* JoinResponse, to a new session */

ngx_int_t ngx_rtc_sfu_welcome_join(ngx_rtc_sfu_participant_t *p);

/* ReconnectResponse, to a session that resumes */

ngx_int_t ngx_rtc_sfu_welcome_reconnect(ngx_rtc_sfu_participant_t *p);

/* .. then ParticipantUpdates of all who left lately, all who are there, and
 * the participant itself */

ngx_int_t ngx_rtc_sfu_welcome_everybody(ngx_rtc_sfu_participant_t *p);

/* .. and RoomUpdate */

ngx_int_t ngx_rtc_sfu_welcome_room(ngx_rtc_sfu_participant_t *p);


#endif /* NGX_RTC_SFU_WELCOME_H_INCLUDED */
