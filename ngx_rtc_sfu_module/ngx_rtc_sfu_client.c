
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_client.h"
#include "ngx_rtc_sfu_signal.h"
#include "rtc_base64.h"
#include "rtc_join_request.h"


static ngx_int_t ngx_rtc_sfu_client_attributes(ngx_http_request_t *r,
    ngx_pool_t *pool, ngx_rtc_sfu_client_t *client, const char **reason);
static ngx_int_t ngx_rtc_sfu_client_read_attributes(
    ngx_rtc_sfu_client_t *client, const ngx_str_t *text);
static ngx_uint_t ngx_rtc_sfu_client_flag(ngx_http_request_t *r,
    const char *name, ngx_uint_t absent);
static ngx_int_t ngx_rtc_sfu_client_number(ngx_http_request_t *r,
    const char *name);
static uint32_t ngx_rtc_sfu_client_capabilities(const ngx_str_t *list);
static ngx_uint_t ngx_rtc_sfu_client_is_safari(const ngx_str_t *browser);
static void ngx_rtc_sfu_client_mask(ngx_http_request_t *r, const char *name);
static ngx_int_t ngx_rtc_sfu_client_unpack(ngx_http_request_t *r,
    ngx_rtc_sfu_client_t *client, const char **reason);
static ngx_int_t ngx_rtc_sfu_client_set(ngx_pool_t *pool,
    ngx_rtc_sfu_client_t *client, const char **reason);
static ngx_int_t ngx_rtc_sfu_client_copy(ngx_pool_t *pool, const char *from,
    ngx_str_t *to);
static ngx_uint_t ngx_rtc_sfu_client_profile_fits(
    const Livekit__JoinRequest *request);


static const char  ngx_rtc_sfu_client_too_long[] =
    "metadata or attributes are too long";


ngx_int_t
ngx_rtc_sfu_client_token(ngx_http_request_t *r, ngx_str_t *token)
{
    ngx_str_t  *value;

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

    } else {
        ngx_rtc_sfu_client_mask(r, "access_token");
    }

    return token->len && token->len <= RTC_JWT_MAX ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_rtc_sfu_client_read(ngx_http_request_t *r, ngx_pool_t *pool,
    ngx_rtc_sfu_client_t *client, const char **reason)
{
    ngx_str_t  capabilities;

    if (ngx_rtc_sfu_client_arg(r, pool, "sdk", &client->sdk) == NGX_ERROR
        || ngx_rtc_sfu_client_arg(r, pool, "browser", &client->browser)
           == NGX_ERROR
        || ngx_rtc_sfu_client_arg(r, pool, "sid", &client->sid) == NGX_ERROR
        || ngx_rtc_sfu_client_arg(r, pool, "publish", &client->publish)
           == NGX_ERROR
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

    client->safari = ngx_rtc_sfu_client_is_safari(&client->browser);

    return ngx_rtc_sfu_client_attributes(r, pool, client, reason);
}


/* they become what the request of /rtc/v1 would have said */

static ngx_int_t
ngx_rtc_sfu_client_attributes(ngx_http_request_t *r, ngx_pool_t *pool,
    ngx_rtc_sfu_client_t *client, const char **reason)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    rc = ngx_rtc_sfu_client_arg(r, pool, "attributes", &text);

    if (rc == NGX_ERROR || text.len == 0) {
        return rc == NGX_ERROR ? NGX_ERROR : NGX_OK;
    }

    client->pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, pool->log);
    if (client->pool == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_rtc_sfu_client_read_attributes(client, &text);

    if (rc == NGX_DECLINED) {
        *reason = "cannot decode attributes";

    } else if (rc == NGX_OK
               && !ngx_rtc_sfu_client_profile_fits(client->request))
    {
        *reason = ngx_rtc_sfu_client_too_long;
        rc = NGX_DECLINED;
    }

    if (rc != NGX_OK) {
        ngx_rtc_sfu_client_free(client);
    }

    return rc;
}


static ngx_int_t
ngx_rtc_sfu_client_read_attributes(ngx_rtc_sfu_client_t *client,
    const ngx_str_t *text)
{
    size_t       len;
    json_t      *attributes, *request;
    u_char      *p;
    const char  *reason;

    len = text->len;

    while (len && text->data[len - 1] == '=') {
        len--;
    }

    p = ngx_pnalloc(client->pool, rtc_base64url_decoded_len(len) + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (rtc_base64url_decode(p, text->data, len) != RTC_OK) {
        return NGX_DECLINED;
    }

    len = rtc_base64url_decoded_len(len);

    attributes = json_loadb((char *) p, len, JSON_REJECT_DUPLICATES, NULL);
    request = json_pack("{s:o*}", "participant_attributes", attributes);

    if (request == NULL) {
        return NGX_ERROR;
    }

    if (attributes) {
        client->request = ngx_rtc_sfu_signal_read_json(client->pool,
                                            &livekit__join_request__descriptor,
                                            request, len, &reason);
    }

    json_decref(request);

    return client->request ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_rtc_sfu_client_read_request(ngx_http_request_t *r, ngx_pool_t *pool,
    ngx_rtc_sfu_client_t *client, const char **reason)
{
    ngx_int_t  rc;

    client->single = 1;

    client->pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, pool->log);
    if (client->pool == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_rtc_sfu_client_unpack(r, client, reason);

    if (rc == NGX_OK) {
        rc = ngx_rtc_sfu_client_set(pool, client, reason);
    }

    if (rc != NGX_OK) {
        ngx_rtc_sfu_client_free(client);
    }

    return rc;
}


void
ngx_rtc_sfu_client_free(ngx_rtc_sfu_client_t *client)
{
    client->request = NULL;

    if (client->pool) {
        ngx_destroy_pool(client->pool);
        client->pool = NULL;
    }
}


static ngx_int_t
ngx_rtc_sfu_client_unpack(ngx_http_request_t *r, ngx_rtc_sfu_client_t *client,
    const char **reason)
{
    u_char              *data, *packed;
    ngx_int_t            rc;
    ngx_str_t            text;
    rtc_join_request_t   wrapped;

    rc = ngx_rtc_sfu_client_arg(r, client->pool, "join_request", &text);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (text.len == 0) {
        *reason = "join_request is required";
        return NGX_DECLINED;
    }

    ngx_rtc_sfu_client_mask(r, "join_request");

    data = ngx_pnalloc(client->pool, text.len);
    if (data == NULL) {
        return NGX_ERROR;
    }

    if (rtc_join_request_parse(&wrapped, data, text.data, text.len, reason)
        != RTC_OK)
    {
        return NGX_DECLINED;
    }

    packed = ngx_pnalloc(client->pool, wrapped.size + 1);
    if (packed == NULL) {
        return NGX_ERROR;
    }

    if (rtc_join_request_inflate(&wrapped, packed) != RTC_OK) {
        *reason = "cannot decompress join request";
        return NGX_DECLINED;
    }

    client->request = ngx_rtc_sfu_signal_unpack_message(client->pool,
                                            &livekit__join_request__descriptor,
                                            packed, wrapped.size);

    /* what is large does not wait with the join */

    (void) ngx_pfree(client->pool, data);
    (void) ngx_pfree(client->pool, packed);

    if (client->request == NULL) {
        *reason = "cannot unmarshal join request";
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* here what is absent is off, auto_subscribe too */

static ngx_int_t
ngx_rtc_sfu_client_set(ngx_pool_t *pool, ngx_rtc_sfu_client_t *client,
    const char **reason)
{
    size_t                       i;
    const char                  *sdk;
    Livekit__ClientInfo         *info;
    Livekit__JoinRequest        *request;
    const ProtobufCEnumValue    *value;
    Livekit__ConnectionSettings *settings;

    request = client->request;
    info = request->client_info;
    settings = request->connection_settings;
    sdk = "";

    if (!ngx_rtc_sfu_client_profile_fits(request)) {
        *reason = ngx_rtc_sfu_client_too_long;
        return NGX_DECLINED;
    }

    client->reconnect = request->reconnect;

    if (settings) {
        client->auto_subscribe = settings->auto_subscribe;
        client->auto_subscribe_data = settings->auto_subscribe_data_track;
        client->adaptive_stream = settings->adaptive_stream;
    }

    if (info) {
        value = protobuf_c_enum_descriptor_get_value(
                           &livekit__client_info__sdk__descriptor, info->sdk);
        sdk = value ? value->name : "";

        client->protocol = info->protocol;
        client->client_protocol = info->client_protocol;

        for (i = 0; i < info->n_capabilities; i++) {
            if ((ngx_uint_t) info->capabilities[i] < 32) {
                client->capabilities |= (uint32_t) 1 << info->capabilities[i];
            }
        }

        /* CAP_UNUSED is none */

        client->capabilities &= ~(uint32_t) 1;
    }

    if (ngx_rtc_sfu_client_copy(pool, info ? info->browser : "",
                                &client->browser)
        != NGX_OK
        || ngx_rtc_sfu_client_copy(pool, sdk, &client->sdk) != NGX_OK
        || ngx_rtc_sfu_client_copy(pool, request->participant_sid,
                                   &client->sid)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_strlow(client->sdk.data, client->sdk.data, client->sdk.len);

    client->safari = ngx_rtc_sfu_client_is_safari(&client->browser);

    return NGX_OK;
}


/* the request goes before the session does */

static ngx_int_t
ngx_rtc_sfu_client_copy(ngx_pool_t *pool, const char *from, ngx_str_t *to)
{
    to->len = ngx_min(ngx_strlen(from), NGX_RTC_SFU_MAX_NAME);
    to->data = (u_char *) ngx_rtc_sfu_signal_string(pool, (u_char *) from,
                                                    to->len);

    return to->data ? NGX_OK : NGX_ERROR;
}


static ngx_uint_t
ngx_rtc_sfu_client_profile_fits(const Livekit__JoinRequest *request)
{
    size_t  i, len;

    len = 0;

    for (i = 0; i < request->n_participant_attributes; i++) {
        len += ngx_strlen(request->participant_attributes[i]->key)
               + ngx_strlen(request->participant_attributes[i]->value);
    }

    return len <= NGX_RTC_SFU_MAX_METADATA
           && request->n_participant_attributes <= RTC_JWT_ATTRS_MAX
           && ngx_strlen(request->metadata) <= NGX_RTC_SFU_MAX_METADATA;
}


static ngx_uint_t
ngx_rtc_sfu_client_is_safari(const ngx_str_t *browser)
{
    return browser->len == sizeof("safari") - 1
           && ngx_strncasecmp(browser->data, (u_char *) "safari",
                              sizeof("safari") - 1)
              == 0;
}


/* the request line goes into every message of the error log */

static void
ngx_rtc_sfu_client_mask(ngx_http_request_t *r, const char *name)
{
    ngx_str_t  arg;

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), &arg) == NGX_OK) {
        ngx_memset(arg.data, '-', arg.len);
    }
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
