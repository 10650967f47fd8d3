
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The ICE servers of a participant, in a JoinResponse and in headers.
 */


#ifndef NGX_RTC_SFU_ICE_H_INCLUDED
#define NGX_RTC_SFU_ICE_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_ice_servers.h"
#include "livekit.pb-c.h"


/*
 * The one entry of a JoinResponse; NULL: there are none, or no memory.  tls: of
 * those only that are reached by TLS.
 */
Livekit__ICEServer *ngx_rtc_sfu_ice_server(ngx_pool_t *pool,
    const ngx_rtc_ice_servers_t *servers, const ngx_str_t *identity,
    ngx_uint_t tls);

/* a Link header for each (RFC 9725, 4.6) */
ngx_int_t ngx_rtc_sfu_ice_links(ngx_http_request_t *r,
    const ngx_rtc_ice_servers_t *servers, const ngx_str_t *identity);


#endif /* NGX_RTC_SFU_ICE_H_INCLUDED */
