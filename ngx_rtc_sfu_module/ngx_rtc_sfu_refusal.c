
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_refusal.h"
#include "rtc_core.h"


static const ngx_rtc_sfu_refusal_t  ngx_rtc_sfu_refusals[] = {

    { NGX_RTC_SFU_JOIN_NOT_FOUND, NGX_HTTP_NOT_FOUND,
      NGX_RTC_SFU_JOIN_IS_NOT_FOUND,
      ngx_string("requested room does not exist") },

    { NGX_RTC_SFU_JOIN_CLOSED, NGX_HTTP_FORBIDDEN,
      NGX_RTC_SFU_JOIN_IS_CLOSED,
      ngx_string("The room is closed.") },

    { NGX_RTC_SFU_JOIN_FULL, NGX_HTTP_FORBIDDEN,
      NGX_RTC_SFU_JOIN_IS_FULL,
      ngx_string("The room is full.") },

    { NGX_RTC_SFU_JOIN_TAKEN, NGX_HTTP_FORBIDDEN,
      NGX_RTC_SFU_JOIN_IS_TAKEN,
      ngx_string("The identity is in the room already.") },

    { NGX_RTC_SFU_JOIN_REVOKED, NGX_HTTP_UNAUTHORIZED,
      NGX_RTC_SFU_JOIN_IS_TOKEN,
      ngx_string("invalid authorization token: revoked") },

    { NGX_AGAIN, NGX_HTTP_SERVICE_UNAVAILABLE,
      NGX_RTC_SFU_JOIN_IS_UNAVAILABLE,
      ngx_string("The service cannot let you in right now.") },

    { NGX_ERROR, NGX_HTTP_INTERNAL_SERVER_ERROR,
      NGX_RTC_SFU_JOIN_IS_ERROR,
      ngx_string("The server failed.") }
};


const ngx_rtc_sfu_refusal_t *
ngx_rtc_sfu_refusal(ngx_int_t rc)
{
    ngx_uint_t  i;

    for (i = 0; i < rtc_nelts(ngx_rtc_sfu_refusals) - 1; i++) {
        if (ngx_rtc_sfu_refusals[i].rc == rc) {
            break;
        }
    }

    return &ngx_rtc_sfu_refusals[i];
}
