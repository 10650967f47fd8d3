
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_piece.h"


#define NGX_RTC_SFU_PIECE_SIZE  (NGX_RTC_SFU_LINK_MAX_MESSAGE / 2)


ngx_int_t
ngx_rtc_sfu_piece_send(ngx_rtc_sfu_relay_t *relay, ngx_uint_t type,
    uint32_t number, ngx_uint_t text, const u_char *p, size_t len,
    size_t max)
{
    ngx_int_t          rc;
    Conference__Piece  piece = CONFERENCE__PIECE__INIT;

    if (ngx_rtc_sfu_link_queued(relay->link) + len > max) {
        return NGX_DECLINED;
    }

    piece.number = number;

    do {
        piece.data.data = (uint8_t *) p;
        piece.data.len = ngx_min(len, NGX_RTC_SFU_PIECE_SIZE);

        p += piece.data.len;
        len -= piece.data.len;

        piece.more = (len != 0);
        piece.text = (len == 0 && text);

        rc = ngx_rtc_sfu_relay_send(relay, type, &piece.base);

    } while (rc == NGX_OK && len);

    return rc == NGX_OK ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_rtc_sfu_piece_take(ngx_rtc_sfu_pieces_t *pieces,
    const Conference__Piece *piece, size_t max, ngx_log_t *log,
    ngx_str_t *message)
{
    size_t   len;
    u_char  *data;

    len = pieces->len + piece->data.len;

    if (len > max) {
        return NGX_ERROR;
    }

    message->data = piece->data.data;
    message->len = piece->data.len;

    if (pieces->data == NULL && !piece->more) {
        return NGX_OK;
    }

    data = ngx_alloc(len + 1, log);
    if (data == NULL) {
        return NGX_ERROR;
    }

    if (pieces->len) {
        ngx_memcpy(data, pieces->data, pieces->len);
    }

    if (message->len) {
        ngx_memcpy(data + pieces->len, message->data, message->len);
    }

    ngx_rtc_sfu_piece_free(pieces);

    pieces->data = data;
    pieces->len = len;

    message->data = data;
    message->len = len;

    return piece->more ? NGX_AGAIN : NGX_OK;
}


void
ngx_rtc_sfu_piece_free(ngx_rtc_sfu_pieces_t *pieces)
{
    if (pieces->data) {
        ngx_free(pieces->data);
    }

    pieces->data = NULL;
    pieces->len = 0;
}
