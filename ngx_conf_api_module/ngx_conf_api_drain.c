
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A host that is going to be taken away: its workers let nobody in any more,
 * and move their members away in time.  They hear of it from Redis.
 */


#include "ngx_conf_api.h"
#include "ngx_rtc_host.h"
#include "rtc_keys.h"


#define NGX_CONF_API_DRAIN_MAX   86400          /* seconds */
#define NGX_CONF_API_DRAIN_OVER  30


typedef struct {
    u_char                     host[NGX_RTC_HOST_LEN];
    int64_t                    after;           /* -1: nobody is moved */
    int64_t                    over;
    int                        on;
} ngx_conf_api_drain_t;


static ngx_int_t ngx_conf_api_drain_args(ngx_conf_api_req_t *req,
    ngx_conf_api_drain_t *drain);
static ngx_int_t ngx_conf_api_drain_host(ngx_conf_api_req_t *req,
    u_char host[NGX_RTC_HOST_LEN]);
static void ngx_conf_api_drain_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);


void
ngx_conf_api_drain(ngx_conf_api_req_t *req)
{
    u_char                 key[sizeof(RTC_KEY_DRAIN_HOST) + NGX_RTC_HOST_LEN];
    u_char                 value[2 * NGX_INT64_LEN + 2];
    ngx_str_t              argv[4];
    ngx_conf_api_drain_t  *drain;

    drain = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_drain_t));

    if (drain == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (ngx_conf_api_drain_args(req, drain) != NGX_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    req->data = drain;

    ngx_str_set(&argv[0], RTC_KEY_DRAIN);
    argv[1].data = key;
    argv[1].len = ngx_sprintf(key, RTC_KEY_DRAIN_HOST "%*s",
                              (size_t) NGX_RTC_HOST_LEN, drain->host) - key;
    argv[2].data = value;
    argv[2].len = 0;

    if (drain->on && drain->after < 0) {
        argv[2].len = ngx_sprintf(value, "- %L", drain->over) - value;

    } else if (drain->on) {
        argv[2].len = ngx_sprintf(value, "%L %L", drain->after, drain->over)
                      - value;
    }

    ngx_conf_api_call(req, ngx_conf_api_script_drain, 2, 3, argv,
                      ngx_conf_api_drain_next);
}


static ngx_int_t
ngx_conf_api_drain_args(ngx_conf_api_req_t *req, ngx_conf_api_drain_t *drain)
{
    drain->on = 1;
    drain->after = -1;
    drain->over = NGX_CONF_API_DRAIN_OVER;

    if (rtc_args_bool(&req->args, "drain", &drain->on) == RTC_ERROR
        || rtc_args_integer(&req->args, "after", 0, NGX_CONF_API_DRAIN_MAX,
                            &drain->after)
           == RTC_ERROR
        || rtc_args_integer(&req->args, "over", 0, NGX_CONF_API_DRAIN_MAX,
                            &drain->over)
           == RTC_ERROR)
    {
        return NGX_ERROR;
    }

    return ngx_conf_api_drain_host(req, drain->host);
}


/* "node", or the host that was asked */

static ngx_int_t
ngx_conf_api_drain_host(ngx_conf_api_req_t *req,
    u_char host[NGX_RTC_HOST_LEN])
{
    size_t     i;
    ngx_int_t  rc;
    rtc_str_t  node;

    rc = rtc_args_string(&req->args, "node", NGX_RTC_HOST_LEN,
                         NGX_RTC_HOST_LEN, &node);
    if (rc == RTC_ERROR) {
        return NGX_ERROR;
    }

    if (rc == RTC_DECLINED) {
        return ngx_rtc_host(host)
               ? NGX_OK
               : rtc_args_refuse(&req->args, "This host has no id, give that "
                                 "of one in node.");
    }

    for (i = 0; i < NGX_RTC_HOST_LEN && i < node.len; i++) {

        if (!(node.data[i] >= '0' && node.data[i] <= '9')
            && !(node.data[i] >= 'a' && node.data[i] <= 'f'))
        {
            break;
        }

        host[i] = node.data[i];
    }

    return i == NGX_RTC_HOST_LEN && node.len == NGX_RTC_HOST_LEN
           ? NGX_OK
           : rtc_args_refuse(&req->args, "node is not the id of a host.");
}


static void
ngx_conf_api_drain_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_conf_api_drain_t  *drain;

    drain = req->data;

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           json_pack("{s:b, s:s%, s:b}", "success", 1,
                                     "node", drain->host,
                                     (size_t) NGX_RTC_HOST_LEN,
                                     "draining", drain->on));
}
