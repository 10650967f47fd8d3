
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_turn_backlog.h"
#include "ngx_rtc_turn_link.h"


typedef struct {
    ngx_queue_t            queue;
    size_t                 len;
    u_char                 data[1];
} ngx_rtc_turn_waiting_t;


static void ngx_rtc_turn_backlog_remove(ngx_rtc_turn_backlog_t *backlog,
    ngx_rtc_turn_waiting_t *m);


void
ngx_rtc_turn_backlog_init(ngx_rtc_turn_backlog_t *backlog, ngx_log_t *log)
{
    ngx_queue_init(&backlog->queue);

    backlog->n = 0;
    backlog->log = log;
}


void
ngx_rtc_turn_backlog_add(ngx_rtc_turn_backlog_t *backlog,
    const struct iovec *iov, ngx_uint_t niov)
{
    u_char                  *p;
    size_t                   len;
    ngx_uint_t               i;
    ngx_rtc_turn_waiting_t  *m;

    if (backlog->n == NGX_RTC_TURN_BACKLOG) {
        return;
    }

    len = 0;

    for (i = 0; i < niov; i++) {
        len += iov[i].iov_len;
    }

    m = ngx_alloc(sizeof(ngx_rtc_turn_waiting_t) + len, backlog->log);
    if (m == NULL) {
        return;
    }

    m->len = len;
    p = m->data;

    for (i = 0; i < niov; i++) {
        p = ngx_cpymem(p, iov[i].iov_base, iov[i].iov_len);
    }

    ngx_queue_insert_tail(&backlog->queue, &m->queue);
    backlog->n++;
}


ngx_int_t
ngx_rtc_turn_backlog_send(ngx_rtc_turn_backlog_t *backlog,
    ngx_connection_t *c)
{
    ngx_int_t                rc;
    ngx_queue_t             *q;
    struct iovec             iov;
    ngx_rtc_turn_waiting_t  *m;

    while (!ngx_queue_empty(&backlog->queue)) {
        q = ngx_queue_head(&backlog->queue);
        m = ngx_queue_data(q, ngx_rtc_turn_waiting_t, queue);

        iov.iov_base = m->data;
        iov.iov_len = m->len;

        rc = ngx_rtc_turn_link_send(c, &iov, 1, NULL, 0);

        if (rc != NGX_OK) {
            return rc;
        }

        ngx_rtc_turn_backlog_remove(backlog, m);
    }

    return NGX_OK;
}


static void
ngx_rtc_turn_backlog_remove(ngx_rtc_turn_backlog_t *backlog,
    ngx_rtc_turn_waiting_t *m)
{
    ngx_queue_remove(&m->queue);
    ngx_free(m);

    backlog->n--;
}


void
ngx_rtc_turn_backlog_free(ngx_rtc_turn_backlog_t *backlog)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&backlog->queue)) {
        q = ngx_queue_head(&backlog->queue);

        ngx_rtc_turn_backlog_remove(backlog,
                                    ngx_queue_data(q, ngx_rtc_turn_waiting_t,
                                                   queue));
    }
}
