
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The certificates of the installation in a worker's memory: those of Redis
 * (conf:certs), kept up to date by event, and one of a file that the master
 * has read, for names that Redis does not know and for as long as it is away.
 */


#ifndef NGX_RTC_CERTS_H_INCLUDED
#define NGX_RTC_CERTS_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_redis.h"


#define NGX_RTC_CERTS_MAX  64


typedef struct ngx_rtc_certs_s  ngx_rtc_certs_t;


typedef struct {
    ngx_str_t    name;                  /* host, in lower case */
    ngx_str_t    chain;                 /* PEM */
    ngx_str_t    key;                   /* PEM; chain and key may be one */
    time_t       not_after;
} ngx_rtc_cert_t;


typedef struct {
    ngx_str_t    secret;                /* the installation's */
    ngx_str_t    file;                  /* text, PEM of chain and key */

    void       (*changed)(void *data);  /* those of Redis; may be NULL */
} ngx_rtc_certs_conf_t;


/* as for ngx_rtc_watch_create() */

ngx_rtc_certs_t *ngx_rtc_certs_create(ngx_rtc_redis_t *redis, ngx_log_t *log,
    const ngx_rtc_certs_conf_t *conf, void *data);
void ngx_rtc_certs_destroy(ngx_rtc_certs_t *certs);

/*
 * The one for the host that a client asks for in a handshake, or NULL.  It is
 * good until the caller returns to the event loop.
 */

const ngx_rtc_cert_t *ngx_rtc_certs_find(ngx_rtc_certs_t *certs,
    ngx_connection_t *c);

/* those of Redis, n of them */

const ngx_rtc_cert_t *ngx_rtc_certs_all(ngx_rtc_certs_t *certs, ngx_uint_t *n);


#endif /* NGX_RTC_CERTS_H_INCLUDED */
