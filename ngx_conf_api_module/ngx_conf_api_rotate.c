
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A new pair of LiveKit key and secret, instead of all that were valid.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"


static void ngx_conf_api_rotate_key_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);


void
ngx_conf_api_rotate_api_key(ngx_conf_api_req_t *req)
{
    u_char                sealed[NGX_RTC_KEYS_SEALED];
    ngx_str_t             argv[5];
    ngx_rtc_keys_pair_t  *pair;

    pair = ngx_palloc(req->request->pool, sizeof(ngx_rtc_keys_pair_t));

    if (pair == NULL
        || ngx_rtc_keys_make(&req->main->settings.keys, pair, sealed,
                             &argv[4].len)
           != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    req->data = pair;

    ngx_str_set(&argv[0], RTC_KEY_SETTINGS);
    ngx_str_set(&argv[1], "livekit_key");
    argv[2].data = pair->name;
    argv[2].len = pair->name_len;
    ngx_str_set(&argv[3], "livekit_secret");
    argv[4].data = sealed;

    ngx_conf_api_call(req, ngx_conf_api_script_keys, 1, 5, argv,
                      ngx_conf_api_rotate_key_next);
}


/* the answer has what is stored now, which this worker takes at once */

static void
ngx_conf_api_rotate_key_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_keys_pair_t  *pair;

    pair = req->data;

    (void) ngx_rtc_keys_read(&req->main->settings.keys,
                             ngx_rtc_redis_reply_elt(reply, 0),
                             ngx_rtc_redis_reply_elt(reply, 1));

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           json_pack("{s:s%, s:s%}",
                                     "api_key", pair->name, pair->name_len,
                                     "api_secret", pair->secret,
                                     pair->secret_len));
}
