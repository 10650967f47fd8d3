
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Messages that wait for room in a link, in order; bounded.
 */


#ifndef _NGX_RTC_TURN_BACKLOG_H_INCLUDED_
#define _NGX_RTC_TURN_BACKLOG_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


#define NGX_RTC_TURN_BACKLOG  2048      /* messages */


typedef struct {
    ngx_queue_t            queue;
    ngx_uint_t             n;
    ngx_log_t             *log;
} ngx_rtc_turn_backlog_t;


void ngx_rtc_turn_backlog_init(ngx_rtc_turn_backlog_t *backlog,
    ngx_log_t *log);

/* a copy; one too many is lost */
void ngx_rtc_turn_backlog_add(ngx_rtc_turn_backlog_t *backlog,
    const struct iovec *iov, ngx_uint_t niov);

/* NGX_OK: nothing is left; else as ngx_rtc_turn_link_send() */
ngx_int_t ngx_rtc_turn_backlog_send(ngx_rtc_turn_backlog_t *backlog,
    ngx_connection_t *c);

void ngx_rtc_turn_backlog_free(ngx_rtc_turn_backlog_t *backlog);


#endif /* _NGX_RTC_TURN_BACKLOG_H_INCLUDED_ */
