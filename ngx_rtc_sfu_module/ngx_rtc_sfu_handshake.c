
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_header.h"
#include "ngx_rtc_sfu_handshake.h"
#include <ngx_sha1.h>


#define NGX_RTC_SFU_WS_KEY_LEN      24          /* base64 of 16 bytes */

#define NGX_HTTP_UPGRADE_REQUIRED   426


static ngx_uint_t ngx_rtc_sfu_handshake_has_token(const ngx_str_t *value,
    const char *token);
static ngx_table_elt_t *ngx_rtc_sfu_handshake_header(ngx_http_request_t *r,
    const char *name);

ngx_int_t
ngx_rtc_sfu_handshake_check(ngx_http_request_t *r)
{
    ngx_str_t         version = ngx_string("13");
    ngx_table_elt_t  *h;

    if (r->headers_in.upgrade == NULL) {
        return NGX_HTTP_NOT_FOUND;
    }

    if (r->method != NGX_HTTP_GET) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    /* nginx reads this header, but does not keep it in headers_in */

    h = ngx_rtc_sfu_handshake_header(r, "connection");

    if (r != r->main
        || r->http_version != NGX_HTTP_VERSION_11
        || !ngx_rtc_sfu_handshake_has_token(&r->headers_in.upgrade->value,
                                     "websocket")
        || h == NULL
        || !ngx_rtc_sfu_handshake_has_token(&h->value, "upgrade"))
    {
        return NGX_HTTP_BAD_REQUEST;
    }

    h = ngx_rtc_sfu_handshake_header(r, "sec-websocket-version");

    if (h == NULL || !ngx_rtc_sfu_handshake_has_token(&h->value, "13")) {
        if (ngx_rtc_header_add(r, "Sec-WebSocket-Version",
                                             &version)
            != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return NGX_HTTP_UPGRADE_REQUIRED;
    }

    h = ngx_rtc_sfu_handshake_header(r, "sec-websocket-key");

    if (h == NULL || h->value.len != NGX_RTC_SFU_WS_KEY_LEN) {
        return NGX_HTTP_BAD_REQUEST;
    }

    return NGX_OK;
}


/* one of the words between commas, whatever their case */

static ngx_uint_t
ngx_rtc_sfu_handshake_has_token(const ngx_str_t *value, const char *token)
{
    size_t   len;
    u_char  *p, *start, *last;

    len = ngx_strlen(token);
    p = value->data;
    last = p + value->len;

    while (p < last) {

        while (p < last && (*p == ' ' || *p == '\t' || *p == ',')) {
            p++;
        }

        start = p;

        while (p < last && *p != ' ' && *p != '\t' && *p != ',') {
            p++;
        }

        if ((size_t) (p - start) == len
            && ngx_strncasecmp(start, (u_char *) token, len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static ngx_table_elt_t *
ngx_rtc_sfu_handshake_header(ngx_http_request_t *r, const char *name)
{
    size_t            len;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    len = ngx_strlen(name);

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == len
                && ngx_strncasecmp(h[i].key.data, (u_char *) name, len) == 0)
            {
                return &h[i];
            }
        }
    }

    return NULL;
}


ngx_int_t
ngx_rtc_sfu_handshake_answer(ngx_http_request_t *r)
{
    ngx_int_t         rc;
    ngx_str_t         accept, digest, protocol = ngx_string("websocket");
    ngx_sha1_t        sha1;
    ngx_table_elt_t  *key;
    u_char            hash[20];

    static const u_char  guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    key = ngx_rtc_sfu_handshake_header(r, "sec-websocket-key");
    if (key == NULL) {
        return NGX_ERROR;
    }

    /* RFC 6455, 4.2.2 */

    ngx_sha1_init(&sha1);
    ngx_sha1_update(&sha1, key->value.data, key->value.len);
    ngx_sha1_update(&sha1, guid, sizeof(guid) - 1);
    ngx_sha1_final(hash, &sha1);

    digest.data = hash;
    digest.len = sizeof(hash);

    accept.data = ngx_pnalloc(r->pool, ngx_base64_encoded_length(digest.len));
    if (accept.data == NULL) {
        return NGX_ERROR;
    }

    ngx_encode_base64(&accept, &digest);

    if (ngx_rtc_header_add(r, "Upgrade", &protocol) != NGX_OK
        || ngx_rtc_header_add(r, "Sec-WebSocket-Accept", &accept)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->headers_out.status = NGX_HTTP_SWITCHING_PROTOCOLS;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK) {
        return NGX_ERROR;
    }

    /* a small header would wait for more otherwise */

    return ngx_http_send_special(r, NGX_HTTP_FLUSH) == NGX_ERROR ? NGX_ERROR
                                                                 : NGX_OK;
}
