
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The data of an event that belongs to no connection.  nginx's debug log reads
 * ngx_connection_t.fd through ev->data, so what is there has to look like one.
 */


#ifndef NGX_RTC_IDENT_H_INCLUDED
#define NGX_RTC_IDENT_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    void          *data;            /* these as in ngx_connection_t */
    ngx_event_t   *read;
    ngx_event_t   *write;
    ngx_socket_t   fd;              /* -1 */
} ngx_rtc_ident_t;


#define ngx_rtc_ident_data(ev)  (((ngx_rtc_ident_t *) (ev)->data)->data)


static ngx_inline void
ngx_rtc_ident_init(ngx_rtc_ident_t *ident, void *data)
{
    ident->data = data;
    ident->read = NULL;
    ident->write = NULL;
    ident->fd = (ngx_socket_t) -1;
}


#endif /* NGX_RTC_IDENT_H_INCLUDED */
