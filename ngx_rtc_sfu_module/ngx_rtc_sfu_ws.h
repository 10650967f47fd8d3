
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A request taken over as a WebSocket (RFC 6455).
 */


#ifndef _NGX_RTC_SFU_WS_H_INCLUDED_
#define _NGX_RTC_SFU_WS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


#define NGX_RTC_SFU_WS_NORMAL       1000
#define NGX_RTC_SFU_WS_GOING_AWAY   1001
#define NGX_RTC_SFU_WS_PROTOCOL     1002
#define NGX_RTC_SFU_WS_UNSUPPORTED  1003
#define NGX_RTC_SFU_WS_ABNORMAL     1006    /* never on the wire */
#define NGX_RTC_SFU_WS_POLICY       1008
#define NGX_RTC_SFU_WS_TOO_BIG      1009
#define NGX_RTC_SFU_WS_ERROR        1011
#define NGX_RTC_SFU_WS_RESTART      1012
#define NGX_RTC_SFU_WS_TRY_LATER    1013


typedef struct ngx_rtc_sfu_ws_s  ngx_rtc_sfu_ws_t;


/*
 * Called from events of the connection, never from within a function of
 * this header.  Each of them may call ngx_rtc_sfu_ws_send() and _close().
 */

typedef struct {

    /* a whole message; p is valid during the call only */
    void  (*message)(void *data, ngx_uint_t text, u_char *p, size_t len);

    /*
     * The last call: the peer closed (clean), broke off, was too slow or
     * broke the protocol.  The ws is gone.  Not called after
     * ngx_rtc_sfu_ws_close().
     */
    void  (*closed)(void *data, ngx_uint_t clean, ngx_uint_t code);

    /*
     * The worker was told to quit.  now = 0: it goes on until its sessions
     * end; now = 1: worker_shutdown_timeout is over, say the last word:
     * after this call the ws is closed with 1001, unless the owner did.
     */
    void  (*going_away)(void *data, ngx_uint_t now);

} ngx_rtc_sfu_ws_handlers_t;


/* all WebSockets of the worker; hangs off the module's main conf */

typedef struct {
    ngx_queue_t     all;
    ngx_uint_t      n;

    size_t          max_message;        /* longer: closed with 1009 */
    size_t          max_queue;          /* more not sent: closed with 1008 */
    ngx_msec_t      send_timeout;       /* without any progress */
    ngx_msec_t      close_timeout;      /* for the closing handshake */

    ngx_uint_t      accepted;
    ngx_uint_t      overflows;
    ngx_uint_t      protocol_errors;
} ngx_rtc_sfu_ws_worker_t;


/* sets the list up and the limits to their defaults: 1 MiB, 4 MiB, 30 s, 2 s */
void ngx_rtc_sfu_ws_init(ngx_rtc_sfu_ws_worker_t *w);

/*
 * Answers 101 to a request whose handshake was checked, and takes it over,
 * together with the reference that the suspended handler had raised
 * (r->main->count++).  To be called outside of the request's own handler.
 * NULL: nothing was sent, the request is the caller's to finalize.  A
 * connection that breaks meanwhile is reported by closed(), later.
 */
ngx_rtc_sfu_ws_t *ngx_rtc_sfu_ws_accept(ngx_rtc_sfu_ws_worker_t *w,
    ngx_http_request_t *r, const ngx_rtc_sfu_ws_handlers_t *handlers,
    void *data);

/*
 * Queues a copy of the message; the queue is sent at the end of the loop
 * turn.  NGX_ERROR: no room or no memory, the ws is being closed and
 * closed() follows, later.
 */
ngx_int_t ngx_rtc_sfu_ws_send(ngx_rtc_sfu_ws_t *ws, ngx_uint_t text,
    const u_char *p, size_t len);

/*
 * The owner's last call: sends what is queued, then the closing handshake
 * within close_timeout.  No handler is called any more.
 */
void ngx_rtc_sfu_ws_close(ngx_rtc_sfu_ws_t *ws, ngx_uint_t code);

/* ends all connections at once; in exit_process; calls closed() */
void ngx_rtc_sfu_ws_close_all(ngx_rtc_sfu_ws_worker_t *w);


#endif /* _NGX_RTC_SFU_WS_H_INCLUDED_ */
