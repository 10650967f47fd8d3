
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_client.h"


static ngx_uint_t ngx_rtc_sfu_client_flag(ngx_http_request_t *r,
    const char *name, ngx_uint_t absent);
static ngx_int_t ngx_rtc_sfu_client_number(ngx_http_request_t *r,
    const char *name);
static uint32_t ngx_rtc_sfu_client_capabilities(const ngx_str_t *list);


ngx_int_t
ngx_rtc_sfu_client_token(ngx_http_request_t *r, ngx_str_t *token)
{
    ngx_str_t  *value, arg;

    if (r->headers_in.authorization) {
        value = &r->headers_in.authorization->value;

        if (value->len < sizeof("Bearer ")
            || ngx_strncasecmp(value->data, (u_char *) "Bearer ",
                               sizeof("Bearer ") - 1)
               != 0)
        {
            return NGX_DECLINED;
        }

        token->data = value->data + sizeof("Bearer ") - 1;
        token->len = value->len - (sizeof("Bearer ") - 1);

    } else if (ngx_rtc_sfu_client_arg(r, r->pool, "access_token", token)
               != NGX_OK)
    {
        return NGX_DECLINED;

    } else if (ngx_http_arg(r, (u_char *) "access_token",
                            sizeof("access_token") - 1, &arg)
               == NGX_OK)
    {
        /* the request line goes into every message of the error log */
        ngx_memset(arg.data, '-', arg.len);
    }

    return token->len && token->len <= RTC_JWT_MAX ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_rtc_sfu_client_read(ngx_http_request_t *r, ngx_pool_t *pool,
    ngx_rtc_sfu_client_t *client)
{
    ngx_str_t  capabilities;

    if (ngx_rtc_sfu_client_arg(r, pool, "sdk", &client->sdk) == NGX_ERROR
        || ngx_rtc_sfu_client_arg(r, pool, "browser", &client->browser)
           == NGX_ERROR
        || ngx_rtc_sfu_client_arg(r, pool, "sid", &client->sid) == NGX_ERROR
        || ngx_rtc_sfu_client_arg(r, pool, "capabilities", &capabilities)
           == NGX_ERROR)
    {
        return NGX_ERROR;
    }

    client->protocol = ngx_rtc_sfu_client_number(r, "protocol");
    client->client_protocol = ngx_rtc_sfu_client_number(r, "client_protocol");
    client->capabilities = ngx_rtc_sfu_client_capabilities(&capabilities);

    client->auto_subscribe = ngx_rtc_sfu_client_flag(r, "auto_subscribe", 1);
    client->auto_subscribe_data =
                 ngx_rtc_sfu_client_flag(r, "auto_subscribe_data_track", 0);
    client->adaptive_stream = ngx_rtc_sfu_client_flag(r, "adaptive_stream", 0);
    client->reconnect = ngx_rtc_sfu_client_flag(r, "reconnect", 0);

    client->safari = client->browser.len == sizeof("safari") - 1
                     && ngx_strncasecmp(client->browser.data,
                                        (u_char *) "safari",
                                        sizeof("safari") - 1)
                        == 0;

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_client_arg(ngx_http_request_t *r, ngx_pool_t *pool,
    const char *name, ngx_str_t *value)
{
    u_char     *src, *dst;
    ngx_str_t   raw;

    ngx_str_null(value);

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), &raw) != NGX_OK) {
        return NGX_DECLINED;
    }

    value->data = ngx_pnalloc(pool, raw.len + 1);
    if (value->data == NULL) {
        return NGX_ERROR;
    }

    src = raw.data;
    dst = value->data;

    ngx_unescape_uri(&dst, &src, raw.len, 0);

    value->len = dst - value->data;

    return NGX_OK;
}


static ngx_uint_t
ngx_rtc_sfu_client_flag(ngx_http_request_t *r, const char *name,
    ngx_uint_t absent)
{
    ngx_str_t  value;

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), &value) != NGX_OK) {
        return absent;
    }

    return (value.len == 1 && value.data[0] == '1')
           || (value.len == 4 && ngx_strncmp(value.data, "true", 4) == 0);
}


static ngx_int_t
ngx_rtc_sfu_client_number(ngx_http_request_t *r, const char *name)
{
    ngx_int_t  n;
    ngx_str_t  value;

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), &value) != NGX_OK) {
        return 0;
    }

    n = ngx_atoi(value.data, ngx_min(value.len, 6));

    return n == NGX_ERROR ? 0 : n;
}


/* names of ClientInfo.Capability, separated by commas */

static uint32_t
ngx_rtc_sfu_client_capabilities(const ngx_str_t *list)
{
    u_char                          *p, *last, *end;
    uint32_t                         bits;
    const ProtobufCEnumValue        *value;
    const ProtobufCEnumDescriptor   *names;
    char                             name[64];

    bits = 0;
    names = &livekit__client_info__capability__descriptor;

    p = list->data;
    last = p + list->len;

    while (p < last) {
        end = ngx_strlchr(p, last, ',');

        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) < sizeof(name)) {
            *ngx_cpymem(name, p, end - p) = '\0';

            value = protobuf_c_enum_descriptor_get_value_by_name(names, name);

            if (value && value->value > 0 && value->value < 32) {
                bits |= (uint32_t) 1 << value->value;
            }
        }

        p = end + 1;
    }

    return bits;
}
