
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * $turn_certificate and $turn_certificate_key: what a TLS handshake of stream
 * gets, by the name that the client asks for.
 */


#ifndef _NGX_RTC_TURN_CERTIFICATE_H_INCLUDED_
#define _NGX_RTC_TURN_CERTIFICATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_stream.h>
#include "ngx_rtc_certs.h"


typedef struct {
    ngx_rtc_redis_conf_t    *redis_conf;    /* turn_certificate_redis */
    ngx_rtc_certs_conf_t     certs_conf;    /* ..._secret_file, ..._file */

    ngx_rtc_redis_t         *redis;         /* of this process */
    ngx_rtc_certs_t         *certs;
} ngx_rtc_turn_certificate_t;


/* the slot of a directive with a file that the master reads */

char *ngx_rtc_turn_certificate_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_rtc_turn_certificate_secret_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

ngx_int_t ngx_rtc_turn_certificate_add_variables(ngx_conf_t *cf);
char *ngx_rtc_turn_certificate_init_conf(ngx_conf_t *cf,
    ngx_rtc_turn_certificate_t *certificate);

ngx_int_t ngx_rtc_turn_certificate_init(ngx_cycle_t *cycle,
    ngx_rtc_turn_certificate_t *certificate);
void ngx_rtc_turn_certificate_exit(ngx_rtc_turn_certificate_t *certificate);


#endif /* _NGX_RTC_TURN_CERTIFICATE_H_INCLUDED_ */
