
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A change of the settings that the agent has to act upon: stored, queued and
 * published in one step.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"


/* what the script answers */

typedef enum {
    ngx_conf_api_change_alone = 0,      /* stored; there is no agent */
    ngx_conf_api_change_done,
    ngx_conf_api_change_busy,
    ngx_conf_api_change_no_name
} ngx_conf_api_change_e;


static ngx_int_t ngx_conf_api_change_modes(ngx_conf_api_req_t *req,
    ngx_str_t *fields, ngx_uint_t *n);
static ngx_int_t ngx_conf_api_change_add(ngx_conf_api_req_t *req,
    rtc_setting_e setting, const char *name, rtc_str_t text, ngx_str_t *fields,
    ngx_uint_t *n);
static void ngx_conf_api_change_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_change_send_busy(ngx_conf_api_req_t *req);


void
ngx_conf_api_update_http_config(ngx_conf_api_req_t *req)
{
    ngx_str_t   fields[2 * NGX_CONF_API_CHANGES];
    ngx_uint_t  i, n;

    static const rtc_setting_e  names[] = {
        RTC_SETTING_DOMAIN, RTC_SETTING_CDN, RTC_SETTING_STREAMING,
        RTC_SETTING_WEBRTC, RTC_SETTING_TURN
    };

    n = 0;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (ngx_conf_api_change_text(req, names[i], rtc_setting_name(names[i]),
                                     fields, &n)
            != NGX_OK)
        {
            ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST,
                                    req->args.error);
            return;
        }
    }

    if (ngx_conf_api_change_modes(req, fields, &n) != NGX_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    ngx_conf_api_change(req, "http", n, fields);
}


void
ngx_conf_api_check_domains(ngx_conf_api_req_t *req)
{
    ngx_conf_api_change(req, "dns", 0, NULL);
}


ngx_int_t
ngx_conf_api_change_text(ngx_conf_api_req_t *req, rtc_setting_e setting,
    const char *name, ngx_str_t *fields, ngx_uint_t *n)
{
    int        rc;
    rtc_str_t  text;

    rc = rtc_args_string(&req->args, name, 0, RTC_SETTING_MAX, &text);

    if (rc != RTC_OK) {
        return rc == RTC_DECLINED ? NGX_OK : NGX_ERROR;
    }

    return ngx_conf_api_change_add(req, setting, name, text, fields, n);
}


static ngx_int_t
ngx_conf_api_change_modes(ngx_conf_api_req_t *req, ngx_str_t *fields,
    ngx_uint_t *n)
{
    size_t      len;
    u_char      buf[RTC_SETTING_MAX];
    json_t     *modes;
    rtc_str_t   text;

    modes = rtc_args_get(&req->args, "http_modes");

    if (modes == NULL) {
        return NGX_OK;
    }

    if (rtc_setting_modes_text(modes, buf, &len) != RTC_OK) {
        len = 1;
        buf[0] = '-';                   /* refused below */
    }

    text.data = buf;
    text.len = len;

    return ngx_conf_api_change_add(req, RTC_SETTING_MODES, "http_modes", text,
                                   fields, n);
}


static ngx_int_t
ngx_conf_api_change_add(ngx_conf_api_req_t *req, rtc_setting_e setting,
    const char *name, rtc_str_t text, ngx_str_t *fields, ngx_uint_t *n)
{
    size_t      len;
    u_char     *buf;
    ngx_str_t  *field;

    buf = ngx_pnalloc(req->request->pool, RTC_SETTING_MAX);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    if (rtc_setting_parse(setting, text, buf, &len) != RTC_OK) {
        (void) ngx_snprintf((u_char *) req->args.error,
                            sizeof(req->args.error), "%s must be %s.%Z",
                            name, rtc_setting_rule(setting));
        return NGX_ERROR;
    }

    field = &fields[*n];
    *n += 2;

    field[0].data = (u_char *) rtc_setting_name(setting);
    field[0].len = ngx_strlen(field[0].data);
    field[1].data = buf;
    field[1].len = len;

    return NGX_OK;
}


void
ngx_conf_api_change(ngx_conf_api_req_t *req, const char *kind, ngx_uint_t n,
    const ngx_str_t *fields)
{
    u_char     *id, key[NGX_CONF_API_KEY_LEN], time[NGX_TIME_T_LEN];
    ngx_str_t   argv[7 + 2 * NGX_CONF_API_CHANGES];

    id = ngx_pnalloc(req->request->pool, NGX_CONF_API_ID_LEN);
    if (id == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_make_id(&req->main->ids, id);
    req->data = id;

    ngx_str_set(&argv[0], RTC_KEY_SETTINGS);
    ngx_str_set(&argv[1], RTC_KEY_AGENT_ALIVE);
    ngx_str_set(&argv[2], RTC_KEY_AGENT_JOBS);
    argv[3] = ngx_conf_api_key(key, RTC_KEY_AGENT_JOB, (u_char *) kind,
                               ngx_strlen(kind), "");
    argv[4].data = (u_char *) kind;
    argv[4].len = ngx_strlen(kind);
    argv[5].data = id;
    argv[5].len = NGX_CONF_API_ID_LEN;
    argv[6].data = time;
    argv[6].len = ngx_sprintf(time, "%T", ngx_time()) - time;

    if (n) {
        ngx_memcpy(&argv[7], fields, n * sizeof(ngx_str_t));
    }

    ngx_conf_api_call(req, ngx_conf_api_script_settings, 4, 7 + n, argv,
                      ngx_conf_api_change_next);
}


static void
ngx_conf_api_change_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t  rc;

    if (ngx_rtc_redis_reply_integer(reply, &rc) != NGX_OK) {
        rc = -1;
    }

    switch (rc) {

    case ngx_conf_api_change_done:
        ngx_conf_api_send_json(req, NGX_HTTP_OK,
                               json_pack("{s:b, s:s%}", "success", 1, "job",
                                         req->data,
                                         (size_t) NGX_CONF_API_ID_LEN));
        return;

    case ngx_conf_api_change_alone:
        ngx_conf_api_send_json(req, NGX_HTTP_OK,
                               json_pack("{s:b, s:n, s:s}", "success", 1,
                                         "job", "message",
                                         "It is stored. No agent runs on "
                                         "this server that could act upon "
                                         "it."));
        return;

    case ngx_conf_api_change_busy:
        ngx_conf_api_change_send_busy(req);
        return;

    case ngx_conf_api_change_no_name:
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST,
                                "There is no domain name yet that a "
                                "certificate could be for.");
        return;

    default:
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }
}


static void
ngx_conf_api_change_send_busy(ngx_conf_api_req_t *req)
{
    ngx_str_t  retry = ngx_string("30");

    if (ngx_rtc_header_add(req->request, "Retry-After", &retry) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_send_error(req, NGX_HTTP_SERVICE_UNAVAILABLE,
                            "Too many jobs wait for the agent. Try again "
                            "later.");
}
