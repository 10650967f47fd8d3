
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Messages of signalling on a link, which takes shorter ones: in pieces there,
 * whole again here.
 */


#ifndef NGX_RTC_SFU_PIECE_H_INCLUDED
#define NGX_RTC_SFU_PIECE_H_INCLUDED


#include "ngx_rtc_sfu_relay.h"


/* what came of a message whose last piece is still to come */

typedef struct {
    u_char      *data;                          /* NULL: nothing */
    size_t       len;
} ngx_rtc_sfu_pieces_t;


/*
 * Sends a message, NGX_RTC_SFU_LINK_UP or _DOWN.  NGX_DECLINED: it
 * would wait with more than max bytes for this link, nothing is sent;
 * NGX_ERROR: the link fails.
 */

ngx_int_t ngx_rtc_sfu_piece_send(ngx_rtc_sfu_relay_t *relay, ngx_uint_t type,
    uint32_t number, ngx_uint_t text, const u_char *p, size_t len,
    size_t max);

/*
 * Takes a piece.  NGX_OK: the message is whole, and lives in the piece or in
 * pieces, until the latter are freed; NGX_AGAIN: more is to come; NGX_ERROR:
 * it would be longer than max, or no memory.
 */

ngx_int_t ngx_rtc_sfu_piece_take(ngx_rtc_sfu_pieces_t *pieces,
    const Conference__Piece *piece, size_t max, ngx_log_t *log,
    ngx_str_t *message);

void ngx_rtc_sfu_piece_free(ngx_rtc_sfu_pieces_t *pieces);


#endif /* NGX_RTC_SFU_PIECE_H_INCLUDED */
