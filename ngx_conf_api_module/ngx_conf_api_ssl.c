
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"


#define NGX_CONF_API_STAGING                                                  \
    "https://acme-staging-v02.api.letsencrypt.org/directory"


static void ngx_conf_api_ssl_acme(ngx_conf_api_req_t *req);
static ngx_int_t ngx_conf_api_ssl_acme_args(ngx_conf_api_req_t *req,
    ngx_str_t *fields, ngx_uint_t *n);


static const char *const  ngx_conf_api_ssl_types[] = {
    "SSL_TYPE_CUSTOM", "SSL_TYPE_LETSENCRYPT"
};


void
ngx_conf_api_update_ssl_certificate(ngx_conf_api_req_t *req)
{
    int     rc;
    size_t  type;

    rc = rtc_args_enum(&req->args, "ssl_type", ngx_conf_api_ssl_types, 2,
                       &type);

    if (rc == RTC_DECLINED) {
        rc = rtc_args_missing(&req->args, "ssl_type");
    }

    if (rc != RTC_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    if (type == 0) {
        ngx_conf_api_ssl_custom(req);
        return;
    }

    ngx_conf_api_ssl_acme(req);
}


/* the agent gets the certificate, by what the settings say */

static void
ngx_conf_api_ssl_acme(ngx_conf_api_req_t *req)
{
    ngx_str_t   fields[2 * NGX_CONF_API_CHANGES];
    ngx_uint_t  n;

    n = 0;

    if (ngx_conf_api_change_text(req, RTC_SETTING_SSL_TYPE, "ssl_type", fields,
                                 &n)
        != NGX_OK
        || ngx_conf_api_ssl_acme_args(req, fields, &n) != NGX_OK)
    {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    ngx_conf_api_change(req, "letsencrypt", n, fields);
}


static ngx_int_t
ngx_conf_api_ssl_acme_args(ngx_conf_api_req_t *req, ngx_str_t *fields,
    ngx_uint_t *n)
{
    int         rc, staging;
    ngx_uint_t  given;

    if (ngx_conf_api_change_text(req, RTC_SETTING_EMAIL, "email", fields, n)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    given = *n;

    if (ngx_conf_api_change_text(req, RTC_SETTING_ACME, "acme_server", fields,
                                 n)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = rtc_args_bool(&req->args, "staging", &staging);

    if (rc != RTC_OK) {
        return rc == RTC_DECLINED ? NGX_OK : NGX_ERROR;
    }

    if (*n != given) {
        (void) ngx_snprintf((u_char *) req->args.error,
                            sizeof(req->args.error),
                            "acme_server and staging exclude each other.%Z");
        return NGX_ERROR;
    }

    fields[*n].data = (u_char *) rtc_setting_name(RTC_SETTING_ACME);
    fields[*n].len = ngx_strlen(fields[*n].data);

    if (staging) {
        ngx_str_set(&fields[*n + 1], NGX_CONF_API_STAGING);

    } else {
        ngx_str_null(&fields[*n + 1]);
    }

    *n += 2;

    return NGX_OK;
}
