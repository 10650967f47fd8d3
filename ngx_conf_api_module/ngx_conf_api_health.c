
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"
#include "ngx_rtc_host.h"
#include "rtc_keys.h"


static void ngx_conf_api_health_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_health_away(ngx_conf_api_req_t *req);


/* GET /healthz: whether this worker could do its work, and should get any */

void
ngx_conf_api_health(ngx_conf_api_req_t *req)
{
    u_char     *p, key[sizeof(RTC_KEY_DRAIN_HOST) + NGX_RTC_HOST_LEN];
    ngx_str_t   argv[2];

    req->away = ngx_conf_api_health_away;

    p = ngx_cpymem(key, RTC_KEY_DRAIN_HOST, sizeof(RTC_KEY_DRAIN_HOST) - 1);

    ngx_str_set(&argv[0], "GET");
    argv[1].data = key;
    argv[1].len = p + ngx_rtc_host(p) - key;

    ngx_conf_api_command(req, 2, argv, ngx_conf_api_health_next);
}


static void
ngx_conf_api_health_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    /* what else a worker reads from Redis before it works */

    if (!req->main->settings.keys.known) {
        ngx_conf_api_health_away(req);
        return;
    }

    if (!ngx_rtc_redis_reply_is_nil(reply)) {
        ngx_conf_api_send_json(req, NGX_HTTP_SERVICE_UNAVAILABLE,
                               json_pack("{s:b, s:s, s:s, s:s}", "success", 0,
                                         "error", "This host is being taken "
                                         "away.", "status", "draining",
                                         "redis", "ok"));
        return;
    }

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           json_pack("{s:s, s:s}", "status", "ok",
                                     "redis", "ok"));
}


static void
ngx_conf_api_health_away(ngx_conf_api_req_t *req)
{
    ngx_conf_api_send_json(req, NGX_HTTP_SERVICE_UNAVAILABLE,
                           json_pack("{s:b, s:s, s:s, s:s}", "success", 0,
                                     "error", "Redis does not answer.",
                                     "status", "unavailable",
                                     "redis", "missing"));
}
