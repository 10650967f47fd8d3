
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What an installation looks like, and who may embed its meetings.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"


#define NGX_CONF_API_CUSTOM_TRIES  4


typedef struct {
    ngx_str_t      text;                /* what is stored then */
    ngx_uint_t     tries;
} ngx_conf_api_custom_t;


static void ngx_conf_api_custom_try(ngx_conf_api_req_t *req,
    const ngx_str_t *expected);
static void ngx_conf_api_custom_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_conf_api_custom_render(ngx_conf_api_req_t *req,
    json_t *custom, ngx_str_t *text);
static void ngx_conf_api_custom_send(ngx_conf_api_req_t *req,
    const ngx_str_t *text);


void
ngx_conf_api_update_custom_settings(ngx_conf_api_req_t *req)
{
    req->data = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_custom_t));

    if (req->data == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (rtc_args_get(&req->args, "custom_settings") == NULL) {
        (void) rtc_args_missing(&req->args, "custom_settings");
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    ngx_conf_api_custom_try(req, &req->main->settings.custom);
}


/* the members that are given change what is expected to be there */

static void
ngx_conf_api_custom_try(ngx_conf_api_req_t *req, const ngx_str_t *expected)
{
    json_t                 *custom;
    ngx_int_t               rc;
    ngx_str_t               argv[3];
    rtc_str_t               text;
    ngx_conf_api_custom_t  *state;

    state = req->data;
    text.data = expected->data;
    text.len = expected->len;

    custom = rtc_settings_custom_parse(text);

    if (custom == NULL) {
        custom = rtc_settings_custom_default();
    }

    if (rtc_settings_custom_update(custom, rtc_args_get(&req->args,
                                                        "custom_settings"),
                                   req->args.error, sizeof(req->args.error))
        != RTC_OK)
    {
        json_decref(custom);
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    rc = ngx_conf_api_custom_render(req, custom, &state->text);
    json_decref(custom);

    if (rc != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_str_set(&argv[0], RTC_KEY_SETTINGS);
    argv[1] = *expected;
    argv[2] = state->text;

    ngx_conf_api_call(req, ngx_conf_api_script_custom, 1, 3, argv,
                      ngx_conf_api_custom_next);
}


static void
ngx_conf_api_custom_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t               there;
    ngx_conf_api_custom_t  *state;

    state = req->data;

    if (ngx_rtc_redis_reply_nelts(reply) == 0) {
        ngx_conf_api_custom_send(req, &state->text);
        return;
    }

    /* somebody was faster, or this worker has not heard of it yet */

    if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 0), &there)
        != NGX_OK
        || ++state->tries == NGX_CONF_API_CUSTOM_TRIES)
    {
        ngx_conf_api_send_away(req);
        return;
    }

    ngx_conf_api_custom_try(req, &there);
}


static ngx_int_t
ngx_conf_api_custom_render(ngx_conf_api_req_t *req, json_t *custom,
    ngx_str_t *text)
{
    size_t  len;

    len = json_dumpb(custom, NULL, 0, JSON_COMPACT);

    if (len == 0) {
        return NGX_ERROR;
    }

    text->data = ngx_pnalloc(req->request->pool, len);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = json_dumpb(custom, (char *) text->data, len, JSON_COMPACT);

    return NGX_OK;
}


static void
ngx_conf_api_custom_send(ngx_conf_api_req_t *req, const ngx_str_t *text)
{
    rtc_str_t  stored;

    stored.data = text->data;
    stored.len = text->len;

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           json_pack("{s:b, s:o}", "success", 1,
                                     "custom_settings",
                                     rtc_settings_custom_parse(stored)));
}


/* from the worker's memory: every page asks for it */

void
ngx_conf_api_get_branding(ngx_conf_api_req_t *req)
{
    ngx_buf_t                *b;
    ngx_chain_t               out;
    ngx_conf_api_settings_t  *settings;

    settings = &req->main->settings;

    b = ngx_create_temp_buf(req->request->pool, settings->branding.len);
    if (b == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    b->last = ngx_cpymem(b->last, settings->branding.data,
                         settings->branding.len);

    out.buf = b;
    out.next = NULL;

    ngx_conf_api_send_chain(req, NGX_HTTP_OK, &out, b->last - b->pos);
}
