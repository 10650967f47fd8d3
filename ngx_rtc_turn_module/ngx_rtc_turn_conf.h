
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Directives that need more than a slot.
 */


#ifndef _NGX_RTC_TURN_CONF_H_INCLUDED_
#define _NGX_RTC_TURN_CONF_H_INCLUDED_


#include "ngx_rtc_turn.h"


char *ngx_rtc_turn_peer_allow(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_rtc_turn_sfu_address(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_rtc_turn_sfu_ports(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_rtc_turn_relay_address(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_rtc_turn_relay_ports(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_rtc_turn_client_deny(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

char *ngx_rtc_turn_init_main_conf(ngx_conf_t *cf, void *conf);
ngx_int_t ngx_rtc_turn_postconfiguration(ngx_conf_t *cf);


#endif /* _NGX_RTC_TURN_CONF_H_INCLUDED_ */
