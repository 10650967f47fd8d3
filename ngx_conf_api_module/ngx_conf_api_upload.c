
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * updateSSLCertificate with SSL_TYPE_CUSTOM: a certificate of the operator's.
 * It is stored for all names of the installation that it covers, and workers
 * have it as soon as they hear of it.
 */


#include "ngx_conf_api.h"
#include "rtc_cert.h"
#include "rtc_keys.h"


#define NGX_CONF_API_ROOTS  "/etc/ssl/certs"
#define NGX_CONF_API_NAMES  5           /* four, and one of the request */


typedef struct {
    rtc_cert_t          cert;
    ngx_str_t           names[NGX_CONF_API_NAMES];  /* that it is stored for */
    ngx_uint_t          nnames;
    unsigned            one:1;          /* the request names a name */
} ngx_conf_api_upload_t;


static ngx_int_t ngx_conf_api_upload_read(ngx_conf_api_req_t *req,
    ngx_conf_api_upload_t *upload);
static ngx_int_t ngx_conf_api_upload_name(ngx_conf_api_req_t *req,
    ngx_conf_api_upload_t *upload);
static void ngx_conf_api_upload_cleanup(void *data);
static void ngx_conf_api_upload_names(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_conf_api_upload_add(ngx_conf_api_req_t *req,
    ngx_conf_api_upload_t *upload, ngx_str_t *name);
static void ngx_conf_api_upload_store(ngx_conf_api_req_t *req,
    ngx_conf_api_upload_t *upload);
static void ngx_conf_api_upload_stored(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);


void
ngx_conf_api_ssl_custom(ngx_conf_api_req_t *req)
{
    ngx_pool_cleanup_t     *cln;
    ngx_conf_api_upload_t  *upload;

    ngx_str_t  argv[] = {
        ngx_string("HMGET"), ngx_string(RTC_KEY_SETTINGS),
        ngx_string("domain_name"), ngx_string("streaming_domain_name"),
        ngx_string("webrtc_domain_name"), ngx_string("turn_domain_name")
    };

    cln = ngx_pool_cleanup_add(req->request->pool,
                               sizeof(ngx_conf_api_upload_t));
    if (cln == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    upload = cln->data;
    ngx_memzero(upload, sizeof(ngx_conf_api_upload_t));

    cln->handler = ngx_conf_api_upload_cleanup;

    req->data = upload;

    if (ngx_conf_api_upload_read(req, upload) != NGX_OK
        || ngx_conf_api_upload_name(req, upload) != NGX_OK)
    {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    ngx_conf_api_command(req, sizeof(argv) / sizeof(argv[0]), argv,
                         ngx_conf_api_upload_names);
}


static void
ngx_conf_api_upload_cleanup(void *data)
{
    ngx_conf_api_upload_t  *upload = data;

    rtc_cert_free(&upload->cert);
}


static ngx_int_t
ngx_conf_api_upload_read(ngx_conf_api_req_t *req,
    ngx_conf_api_upload_t *upload)
{
    int          rc;
    char         error[RTC_CERT_ERROR];
    rtc_str_t    chain, key;
    const char  *roots;

    rc = rtc_args_text(&req->args, "certificate", RTC_CERT_MAX, &chain);

    if (rc != RTC_OK) {
        return rc == RTC_DECLINED ? rtc_args_missing(&req->args, "certificate")
                                  : rc;
    }

    rc = rtc_args_text(&req->args, "private_key", RTC_CERT_MAX, &key);

    if (rc != RTC_OK) {
        return rc == RTC_DECLINED ? rtc_args_missing(&req->args, "private_key")
                                  : rc;
    }

    /* a host without roots cannot tell the end of a chain */

    roots = access(NGX_CONF_API_ROOTS, R_OK) == 0 ? NGX_CONF_API_ROOTS : NULL;

    rc = rtc_cert_read(&upload->cert, chain, key, roots, ngx_time(), error);

    if (rc != RTC_OK) {
        (void) ngx_cpystrn((u_char *) req->args.error, (u_char *) error,
                           sizeof(req->args.error));
    }

    return rc;
}


static ngx_int_t
ngx_conf_api_upload_name(ngx_conf_api_req_t *req,
    ngx_conf_api_upload_t *upload)
{
    rtc_str_t   s;
    ngx_str_t   field[2];
    ngx_uint_t  n;

    n = 0;

    if (ngx_conf_api_change_text(req, RTC_SETTING_DOMAIN, "ssl_domain_name",
                                 field, &n)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (n == 0 || field[1].len == 0) {
        return NGX_OK;
    }

    s.data = field[1].data;
    s.len = field[1].len;

    if (!rtc_cert_covers(&upload->cert, s)) {
        (void) ngx_snprintf((u_char *) req->args.error,
                            sizeof(req->args.error),
                            "certificate is not for %V.%Z", &field[1]);
        return NGX_ERROR;
    }

    upload->names[upload->nnames++] = field[1];
    upload->one = 1;

    return NGX_OK;
}


/* the names of the installation */

static void
ngx_conf_api_upload_names(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t               name;
    ngx_uint_t              i;
    ngx_conf_api_upload_t  *upload;

    upload = req->data;

    for (i = 0; i < ngx_rtc_redis_reply_nelts(reply); i++) {

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, i),
                                       &name) != NGX_OK
            || name.len == 0)
        {
            continue;
        }

        switch (ngx_conf_api_upload_add(req, upload, &name)) {

        case NGX_OK:
            break;

        case NGX_DECLINED:
            ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST,
                                    req->args.error);
            return;

        default:
            ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
            return;
        }
    }

    if (upload->nnames == 0) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST,
                                "ssl_domain_name is required as long as there "
                                "is no domain_name.");
        return;
    }

    ngx_conf_api_upload_store(req, upload);
}


static ngx_int_t
ngx_conf_api_upload_add(ngx_conf_api_req_t *req, ngx_conf_api_upload_t *upload,
    ngx_str_t *name)
{
    rtc_str_t   s;
    ngx_uint_t  i;
    ngx_str_t  *copy;

    for (i = 0; i < upload->nnames; i++) {
        if (upload->names[i].len == name->len
            && ngx_memcmp(upload->names[i].data, name->data, name->len) == 0)
        {
            return NGX_OK;
        }
    }

    s.data = name->data;
    s.len = name->len;

    if (!rtc_cert_covers(&upload->cert, s)) {

        if (upload->one) {
            return NGX_OK;
        }

        (void) ngx_snprintf((u_char *) req->args.error,
                            sizeof(req->args.error),
                            "certificate is not for %V; choose the one name "
                            "it is for (ssl_domain_name).%Z", name);
        return NGX_DECLINED;
    }

    copy = &upload->names[upload->nnames++];

    copy->len = name->len;
    copy->data = ngx_pstrdup(req->request->pool, name);

    return copy->data != NULL ? NGX_OK : NGX_ERROR;
}


static void
ngx_conf_api_upload_store(ngx_conf_api_req_t *req,
    ngx_conf_api_upload_t *upload)
{
    char       *record;
    u_char      job[NGX_CONF_API_ID_LEN], now[NGX_TIME_T_LEN];
    uint8_t     seal[RTC_SEAL_KEY];
    rtc_str_t   secret;
    ngx_str_t   argv[5 + 3 + NGX_CONF_API_NAMES];
    ngx_uint_t  i, n;

    secret.data = req->main->secret.data;
    secret.len = req->main->secret.len;

    if (rtc_seal_key(seal, secret) != RTC_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    record = rtc_cert_record(&upload->cert, "SSL_TYPE_CUSTOM", ngx_time(),
                             seal);

    ngx_explicit_memzero(seal, sizeof(seal));

    if (record == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_make_id(&req->main->ids, job);

    ngx_str_set(&argv[0], RTC_KEY_CERTS);
    ngx_str_set(&argv[1], RTC_KEY_SETTINGS);
    ngx_str_set(&argv[2], RTC_KEY_AGENT_ALIVE);
    ngx_str_set(&argv[3], RTC_KEY_AGENT_JOBS);
    ngx_str_set(&argv[4], RTC_KEY_AGENT_JOB "keep");
    argv[5].data = job;
    argv[5].len = sizeof(job);
    argv[6].data = now;
    argv[6].len = ngx_sprintf(now, "%T", ngx_time()) - now;
    argv[7].data = (u_char *) record;
    argv[7].len = ngx_strlen(record);

    n = 8;

    for (i = 0; i < upload->nnames; i++) {
        argv[n++] = upload->names[i];
    }

    ngx_conf_api_call(req, ngx_conf_api_script_certificate, 5, n, argv,
                      ngx_conf_api_upload_stored);

    free(record);
}


static void
ngx_conf_api_upload_stored(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    json_t                 *names;
    ngx_uint_t              i;
    ngx_conf_api_upload_t  *upload;

    upload = req->data;
    names = json_array();

    for (i = 0; i < upload->nnames; i++) {
        (void) json_array_append_new(names,
                      json_stringn((char *) upload->names[i].data,
                                   upload->names[i].len));
    }

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           json_pack("{s:b, s:o, s:I}", "success", 1, "names",
                                     names, "not_after",
                                     (json_int_t) upload->cert.not_after));
}
