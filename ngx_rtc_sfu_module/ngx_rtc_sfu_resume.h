
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A client that lost its signalling comes back to its session.
 */


#ifndef NGX_RTC_SFU_RESUME_H_INCLUDED
#define NGX_RTC_SFU_RESUME_H_INCLUDED


#include "ngx_rtc_sfu_join_internal.h"


/*
 * Takes the join, whose client is authorized and names its session in
 * client.sid; returns what a content handler returns.
 */

ngx_int_t ngx_rtc_sfu_resume(ngx_rtc_sfu_join_t *join);


#endif /* NGX_RTC_SFU_RESUME_H_INCLUDED */
