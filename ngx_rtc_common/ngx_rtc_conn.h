
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A socket of ours as a connection of nginx.
 */


#ifndef NGX_RTC_CONN_H_INCLUDED
#define NGX_RTC_CONN_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


/*
 * The handlers of its events are left to the caller, and so is the socket if
 * the answer is NULL: there is no free connection, which has been logged.
 */
ngx_connection_t *ngx_rtc_conn(ngx_socket_t s, int type, void *data,
    ngx_log_t *log);

void ngx_rtc_conn_close_socket(ngx_socket_t s, ngx_log_t *log);


#endif /* NGX_RTC_CONN_H_INCLUDED */
