
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the token of a join says about itself, and about the room that it
 * brings into being: its roomConfig.
 */


#ifndef NGX_RTC_SFU_TICKET_H_INCLUDED
#define NGX_RTC_SFU_TICKET_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_sfu_registry.h"
#include "rtc_jwt.h"


/* NULL, or why not: a text for the client.  "create": rooms may be made */

const char *ngx_rtc_sfu_ticket_read(ngx_rtc_sfu_ticket_t *ticket,
    ngx_pool_t *pool, const rtc_grant_t *grant, ngx_uint_t create);


#endif /* NGX_RTC_SFU_TICKET_H_INCLUDED */
