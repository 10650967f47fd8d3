
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A participant's signalling connection: a WebSocket of this worker, or one
 * that another worker accepted and passes on.  Both have the same handlers and
 * the same limits.
 */


#ifndef NGX_RTC_SFU_LINE_H_INCLUDED
#define NGX_RTC_SFU_LINE_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_sfu_ws.h"


typedef struct ngx_rtc_sfu_far_s  ngx_rtc_sfu_far_t;


/* one of the two is set, or none: there is no connection */

typedef struct {
    ngx_rtc_sfu_ws_t    *ws;
    ngx_rtc_sfu_far_t   *far;
} ngx_rtc_sfu_line_t;


#define ngx_rtc_sfu_line_is_open(line)                                       \
    ((line)->ws != NULL || (line)->far != NULL)


/* queues a binary message; one that finds no room ends the connection, later */

void ngx_rtc_sfu_line_send(ngx_rtc_sfu_line_t *line, const u_char *p,
    size_t len);

/*
 * Sends what is queued and closes; no handler is called any more.  Does
 * nothing if there is no connection.
 */

void ngx_rtc_sfu_line_close(ngx_rtc_sfu_line_t *line, ngx_uint_t code);


#endif /* NGX_RTC_SFU_LINE_H_INCLUDED */
