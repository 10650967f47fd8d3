
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * How a method of the server API ends: as an answer, or as one of Twirp's
 * errors (https://twitchtv.github.io/twirp/docs/spec_v7.html).
 */


#ifndef NGX_RTC_SFU_VERDICT_H_INCLUDED
#define NGX_RTC_SFU_VERDICT_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>


/* workers tell each other these numbers, so they never change */

typedef enum {
    NGX_RTC_SFU_VERDICT_OK = 0,
    NGX_RTC_SFU_VERDICT_INVALID_ARGUMENT,
    NGX_RTC_SFU_VERDICT_UNAUTHENTICATED,
    NGX_RTC_SFU_VERDICT_NOT_FOUND,
    NGX_RTC_SFU_VERDICT_FAILED_PRECONDITION,
    NGX_RTC_SFU_VERDICT_RESOURCE_EXHAUSTED,
    NGX_RTC_SFU_VERDICT_INTERNAL,
    NGX_RTC_SFU_VERDICT_UNIMPLEMENTED,
    NGX_RTC_SFU_VERDICT_UNAVAILABLE,
    NGX_RTC_SFU_VERDICT_BAD_ROUTE,
    NGX_RTC_SFU_VERDICT_MALFORMED,
    NGX_RTC_SFU_VERDICT_CANCELED,
    NGX_RTC_SFU_VERDICTS
} ngx_rtc_sfu_verdict_e;


typedef struct {
    ngx_uint_t    code;
    const char   *text;                 /* of an error, terminated */
    ngx_str_t     response;             /* packed; empty is a message, too */
} ngx_rtc_sfu_verdict_t;


#endif /* NGX_RTC_SFU_VERDICT_H_INCLUDED */
