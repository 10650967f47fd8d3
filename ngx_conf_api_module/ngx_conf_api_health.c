
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"


static void ngx_conf_api_health_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_health_away(ngx_conf_api_req_t *req);


/* GET /healthz: whether this worker could do its work */

void
ngx_conf_api_health(ngx_conf_api_req_t *req)
{
    ngx_str_t  argv[] = { ngx_string("PING") };

    req->away = ngx_conf_api_health_away;

    ngx_conf_api_command(req, 1, argv, ngx_conf_api_health_next);
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
