
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * nginx variables of a signalling request, for access_log.  They have a value
 * as soon as it is known, and are empty in other requests.
 *
 *   $rtc_room          id of the room, of an accepted token
 *   $rtc_identity      of the token
 *   $rtc_participant   sid, of those who were let in
 *   $rtc_join_status   result of the join, as in rtc_sfu_joins_total
 */


#ifndef NGX_RTC_SFU_VARIABLES_H_INCLUDED
#define NGX_RTC_SFU_VARIABLES_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


typedef enum {
    NGX_RTC_SFU_VAR_ROOM = 0,
    NGX_RTC_SFU_VAR_IDENTITY,
    NGX_RTC_SFU_VAR_PARTICIPANT,
    NGX_RTC_SFU_VAR_JOIN_STATUS,
    NGX_RTC_SFU_VARIABLES
} ngx_rtc_sfu_variable_e;


/* in preconfiguration; indexes has room for NGX_RTC_SFU_VARIABLES */

ngx_int_t ngx_rtc_sfu_variables_add(ngx_conf_t *cf, ngx_int_t *indexes);

/* copies the value; without memory the variable stays empty */

void ngx_rtc_sfu_variable_set(ngx_http_request_t *r,
    ngx_rtc_sfu_variable_e variable, const ngx_str_t *value);


#endif /* NGX_RTC_SFU_VARIABLES_H_INCLUDED */
