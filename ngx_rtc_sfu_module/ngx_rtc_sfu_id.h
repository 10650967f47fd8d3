
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit's ids: a prefix that SDKs check, and random characters.
 */


#ifndef NGX_RTC_SFU_ID_H_INCLUDED
#define NGX_RTC_SFU_ID_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_RTC_SFU_ID_RANDOM  12


/*
 * "PA_", the id of the worker that owns the participant, random characters;
 * so whoever gets a message for a sid knows where to pass it.
 */

ngx_int_t ngx_rtc_sfu_id_participant(ngx_pool_t *pool, const ngx_str_t *wid,
    ngx_str_t *id);

/* the worker's id in one of these, or in what begins with one and a dot */

ngx_int_t ngx_rtc_sfu_id_worker(const ngx_str_t *id, ngx_str_t *wid);

/* any prefix and random characters, terminated */

ngx_int_t ngx_rtc_sfu_id(ngx_pool_t *pool, const char *prefix, ngx_str_t *id);


/* a random SSRC, never 0 */

uint32_t ngx_rtc_sfu_id_ssrc(void);


#endif /* NGX_RTC_SFU_ID_H_INCLUDED */
