
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The ICE servers that clients are told of, with time-limited credentials for
 * TURN.
 */


#ifndef _NGX_RTC_ICE_SERVERS_H_INCLUDED_
#define _NGX_RTC_ICE_SERVERS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* zeroed, but life: NGX_CONF_UNSET */

typedef struct {
    ngx_array_t            *urls;       /* of ngx_str_t, terminated */
    ngx_str_t               secret;     /* the first one of a file */
    time_t                  life;       /* s, of credentials */
} ngx_rtc_ice_servers_t;


/* setters for a ngx_rtc_ice_servers_t at the offset of a directive */

char *ngx_rtc_ice_servers_urls(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_rtc_ice_servers_secret(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* what is missing, or NULL; sets the default of life */
const char *ngx_rtc_ice_servers_init(ngx_rtc_ice_servers_t *servers);

/*
 * Credentials for an identity, terminated.  NGX_DECLINED: there are no
 * servers.
 */
ngx_int_t ngx_rtc_ice_servers_credentials(ngx_pool_t *pool,
    const ngx_rtc_ice_servers_t *servers, const u_char *identity, size_t len,
    ngx_str_t *user, ngx_str_t *password);


#endif /* _NGX_RTC_ICE_SERVERS_H_INCLUDED_ */
