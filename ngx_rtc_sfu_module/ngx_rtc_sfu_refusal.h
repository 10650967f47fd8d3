
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Why somebody is not let in: an answer to a request that joins.
 */


#ifndef NGX_RTC_SFU_REFUSAL_H_INCLUDED
#define NGX_RTC_SFU_REFUSAL_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_registry.h"


typedef struct {
    ngx_int_t                    rc;            /* of the registry */
    ngx_uint_t                   status;
    ngx_rtc_sfu_join_result_e    result;        /* as it is counted */
    ngx_str_t                    text;
} ngx_rtc_sfu_refusal_t;


/* never NULL: what is not known is a failure of the server */

const ngx_rtc_sfu_refusal_t *ngx_rtc_sfu_refusal(ngx_int_t rc);


#endif /* NGX_RTC_SFU_REFUSAL_H_INCLUDED */
