
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's server API, RoomService over Twirp, in JSON and protobuf.  Every
 * worker answers every request: about rooms from Redis, about a participant
 * by the worker in which it lives.
 */


#ifndef NGX_RTC_SFU_TWIRP_H_INCLUDED
#define NGX_RTC_SFU_TWIRP_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_sfu_room.h"


/* the content handler of a location */

ngx_int_t ngx_rtc_sfu_twirp_handler(ngx_http_request_t *r);

/* in exit_process: ends all requests that wait */

void ngx_rtc_sfu_twirp_close_all(ngx_rtc_sfu_worker_t *worker);


#endif /* NGX_RTC_SFU_TWIRP_H_INCLUDED */
