
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What waits to be sent on a link.  Frames lie one behind the other in chunks,
 * so that a system call takes many of them.
 */


#include "ngx_rtc_sfu_link_internal.h"


typedef struct {
    ngx_queue_t   queue;
    u_char       *pos;              /* not sent yet */
    u_char       *last;
    u_char       *end;
    u_char        data[];
} ngx_rtc_sfu_link_chunk_t;


static u_char *ngx_rtc_sfu_link_queue_room(ngx_rtc_sfu_link_t *link,
    size_t len);


ngx_int_t
ngx_rtc_sfu_link_queue_add(ngx_rtc_sfu_link_t *link, uint8_t type,
    const ngx_str_t *parts, ngx_uint_t n, size_t len)
{
    u_char      *p;
    ngx_uint_t   i;

    p = ngx_rtc_sfu_link_queue_room(link, RTC_LINK_HEADER_LEN + len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    p = rtc_link_write_header(p, type, len);

    for (i = 0; i < n; i++) {
        p = ngx_cpymem(p, parts[i].data, parts[i].len);
    }

    return NGX_OK;
}


static u_char *
ngx_rtc_sfu_link_queue_room(ngx_rtc_sfu_link_t *link, size_t len)
{
    u_char                    *p;
    size_t                     size;
    ngx_queue_t               *q;
    ngx_rtc_sfu_link_chunk_t  *chunk;

    chunk = NULL;

    if (!ngx_queue_empty(&link->chunks)) {
        q = ngx_queue_last(&link->chunks);
        chunk = ngx_queue_data(q, ngx_rtc_sfu_link_chunk_t, queue);
    }

    if (chunk == NULL || (size_t) (chunk->end - chunk->last) < len) {

        size = ngx_max(len, NGX_RTC_SFU_LINK_CHUNK
                            - sizeof(ngx_rtc_sfu_link_chunk_t));

        chunk = ngx_alloc(sizeof(ngx_rtc_sfu_link_chunk_t) + size,
                          link->links->log);
        if (chunk == NULL) {
            return NULL;
        }

        chunk->pos = chunk->data;
        chunk->last = chunk->data;
        chunk->end = chunk->data + size;

        ngx_queue_insert_tail(&link->chunks, &chunk->queue);
    }

    p = chunk->last;
    chunk->last += len;
    link->queued += len;

    return p;
}


ngx_int_t
ngx_rtc_sfu_link_queue_send(ngx_rtc_sfu_link_t *link)
{
    ssize_t                    n;
    ngx_queue_t               *q;
    ngx_connection_t          *c;
    ngx_rtc_sfu_link_chunk_t  *chunk;

    c = link->conn->connection;

    while (!ngx_queue_empty(&link->chunks)) {

        q = ngx_queue_head(&link->chunks);
        chunk = ngx_queue_data(q, ngx_rtc_sfu_link_chunk_t, queue);

        n = c->send(c, chunk->pos, chunk->last - chunk->pos);

        if (n == NGX_ERROR || n == NGX_AGAIN) {
            return n;
        }

        chunk->pos += n;
        link->queued -= (size_t) n;
        link->conn->sent = 1;
        link->links->stat.bytes_out += (uint64_t) n;

        if (chunk->pos == chunk->last) {
            ngx_queue_remove(&chunk->queue);
            ngx_free(chunk);
        }
    }

    return NGX_OK;
}


void
ngx_rtc_sfu_link_queue_drop(ngx_rtc_sfu_link_t *link)
{
    ngx_queue_t               *q;
    ngx_rtc_sfu_link_chunk_t  *chunk;

    link->links->stat.dropped += link->queued;

    while (!ngx_queue_empty(&link->chunks)) {
        q = ngx_queue_head(&link->chunks);
        chunk = ngx_queue_data(q, ngx_rtc_sfu_link_chunk_t, queue);

        ngx_queue_remove(&chunk->queue);
        ngx_free(chunk);
    }

    link->queued = 0;
}
