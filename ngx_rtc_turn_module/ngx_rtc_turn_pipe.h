
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A data connection of a TCP allocation (RFC 6062, 5.4 and 5.5): bytes of a
 * client's connection go to another one as they are, and back.  That is the
 * peer's, or one to the worker that has it.  Each direction has one buffer;
 * what does not fit stays in the socket, and the sender waits.
 */


#ifndef _NGX_RTC_TURN_PIPE_H_INCLUDED_
#define _NGX_RTC_TURN_PIPE_H_INCLUDED_


#include "ngx_rtc_turn.h"


#define NGX_RTC_TURN_PIPE_SIZE  16384   /* bytes of a buffer */


typedef struct {
    u_char                  *start;
    u_char                  *pos;
    u_char                  *last;
    u_char                  *end;

    unsigned                 eof:1;     /* nothing more comes */
    unsigned                 shut:1;    /* and the receiver knows it */
} ngx_rtc_turn_flow_t;


struct ngx_rtc_turn_pipe_s {
    ngx_rtc_turn_worker_t   *worker;

    ngx_connection_t        *client;
    void                    *client_data;   /* what its data was before */
    ngx_connection_t        *other;

    ngx_rtc_turn_stream_t   *stream;    /* NULL: another worker has it */
    rtc_turn_conn_t         *conn;      /* NULL: another worker has it */

    ngx_rtc_turn_flow_t      up;        /* to the other one */
    ngx_rtc_turn_flow_t      down;      /* to the client */

    uint64_t                 moved;     /* bytes */
    uint64_t                 seen;      /* of them, by the timer */

    unsigned                 half:1;    /* one direction has ended */
};


/*
 * Takes over both connections, with bytes of the client that are here already;
 * works from the next turn of the loop on.  NULL: nothing has happened.
 */
ngx_rtc_turn_pipe_t *ngx_rtc_turn_pipe_create(ngx_rtc_turn_worker_t *w,
    ngx_connection_t *client, ngx_connection_t *other, const u_char *data,
    size_t len);

/* closes both sides, without telling the server */
void ngx_rtc_turn_pipe_destroy(ngx_rtc_turn_pipe_t *pipe);

/* the end of a data connection, whoever has its allocation */
void ngx_rtc_turn_pipe_end(ngx_rtc_turn_pipe_t *pipe);


#endif /* _NGX_RTC_TURN_PIPE_H_INCLUDED_ */
