
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_signer.h"
#include "ngx_rtc_sfu_webhook_internal.h"
#include "rtc_crypto.h"


#define NGX_RTC_SFU_WEBHOOK_AUTHORIZATION  "Authorization: "


static void ngx_rtc_sfu_webhook_next(ngx_rtc_sfu_webhook_lane_t *lane);
static void ngx_rtc_sfu_webhook_attempt_event(ngx_event_t *ev);
static const char *ngx_rtc_sfu_webhook_url(
    const ngx_rtc_sfu_webhook_lane_t *lane);
static ngx_int_t ngx_rtc_sfu_webhook_attempt(ngx_rtc_sfu_webhook_lane_t *lane);
static void ngx_rtc_sfu_webhook_answer(void *data, ngx_uint_t status,
    const char *error);
static void ngx_rtc_sfu_webhook_again(ngx_rtc_sfu_webhook_lane_t *lane);
static void ngx_rtc_sfu_webhook_over(ngx_rtc_sfu_webhook_lane_t *lane,
    ngx_uint_t delivered);


void
ngx_rtc_sfu_webhook_start(ngx_rtc_sfu_webhook_lane_t *lane)
{
    ngx_rtc_ident_init(&lane->ident, lane);

    lane->timer.handler = ngx_rtc_sfu_webhook_attempt_event;
    lane->timer.data = &lane->ident;
    lane->timer.log = lane->entry->webhook->log;
    lane->started = 1;

    ngx_rtc_sfu_webhook_next(lane);
}


void
ngx_rtc_sfu_webhook_stop(ngx_rtc_sfu_webhook_lane_t *lane)
{
    if (lane->call) {
        ngx_rtc_sfu_fetch_cancel(lane->call);
        lane->call = NULL;
    }

    if (lane->timer.timer_set) {
        ngx_del_timer(&lane->timer);
    }
}


/*
 * A worker that was told to quit goes on with an entry as long as nothing
 * fails.  What does is the next owner's.
 */

static void
ngx_rtc_sfu_webhook_next(ngx_rtc_sfu_webhook_lane_t *lane)
{
    lane->attempts = 0;
    lane->timer.cancelable = 0;

    ngx_add_timer(&lane->timer, 0);
}


static void
ngx_rtc_sfu_webhook_attempt_event(ngx_event_t *ev)
{
    ngx_rtc_sfu_webhook_lane_t  *lane = ngx_rtc_ident_data(ev);

    if (lane->attempts && ngx_exiting) {
        return;
    }

    lane->attempts++;

    if (ngx_rtc_sfu_webhook_attempt(lane) != NGX_OK) {
        ngx_rtc_sfu_webhook_again(lane);
    }
}


static const char *
ngx_rtc_sfu_webhook_url(const ngx_rtc_sfu_webhook_lane_t *lane)
{
    return (const char *) (lane->target == NGX_RTC_SFU_WEBHOOK_OWN
                           ? lane->entry->url.data
                           : lane->entry->webhook->urls[lane->target]);
}


/* each attempt has a token of its own: it is good for five minutes */

static ngx_int_t
ngx_rtc_sfu_webhook_attempt(ngx_rtc_sfu_webhook_lane_t *lane)
{
    u_char                        *p;
    ssize_t                        n;
    rtc_str_t                      name;
    ngx_str_t                     *body;
    ngx_uint_t                     own;
    const char                    *headers[4];
    const rtc_jwt_key_t           *key;
    ngx_rtc_sfu_webhook_t         *webhook;
    ngx_rtc_sfu_fetch_request_t    request;
    u_char                         digest[RTC_SHA256_LEN];
    u_char                         header[
                                 sizeof(NGX_RTC_SFU_WEBHOOK_AUTHORIZATION)
                                 + RTC_JWT_WEBHOOK_MAX];

    webhook = lane->entry->webhook;
    own = lane->target == NGX_RTC_SFU_WEBHOOK_OWN;
    body = (ngx_str_t *) lane->entry->bodies.elts + lane->next;

    name.data = webhook->key;
    name.len = webhook->key_len;

    key = ngx_rtc_sfu_signer_key(webhook->worker, name);

    if (key == NULL || rtc_sha256(digest, body->data, body->len) != RTC_OK) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(header, NGX_RTC_SFU_WEBHOOK_AUTHORIZATION,
                   sizeof(NGX_RTC_SFU_WEBHOOK_AUTHORIZATION) - 1);

    n = rtc_jwt_sign_webhook(p, RTC_JWT_WEBHOOK_MAX, digest, key,
                             (uint64_t) ngx_time());
    if (n < 0) {
        return NGX_ERROR;
    }

    p[n] = '\0';

    headers[0] = "Content-Type: application/webhook+json";
    headers[1] = "User-Agent: LiveKit";
    headers[2] = (char *) header;
    headers[3] = NULL;

    request.url = ngx_rtc_sfu_webhook_url(lane);
    request.headers = headers;
    request.body = body;
    request.timeout = NGX_RTC_SFU_WEBHOOK_TIMEOUT;
    request.abroad = own && !webhook->worker->conf->webhook_local;

    lane->call = ngx_rtc_sfu_fetch_post(own ? webhook->fetch_own
                                            : webhook->fetch,
                                        &request, ngx_rtc_sfu_webhook_answer,
                                        lane);

    return lane->call ? NGX_OK : NGX_ERROR;
}


static void
ngx_rtc_sfu_webhook_answer(void *data, ngx_uint_t status, const char *error)
{
    ngx_rtc_sfu_webhook_lane_t  *lane = data;

    size_t       len;
    ngx_uint_t   level;
    const char  *url;

    lane->call = NULL;

    if (status >= 200 && status < 300) {
        ngx_rtc_sfu_webhook_over(lane, 1);
        return;
    }

    /* arguments may be secret */

    url = ngx_rtc_sfu_webhook_url(lane);
    len = strcspn(url, "?#");

    level = lane->attempts < NGX_RTC_SFU_WEBHOOK_ATTEMPTS ? NGX_LOG_INFO
                                                          : NGX_LOG_WARN;

    ngx_log_error(level, lane->entry->webhook->log, 0,
                  "sfu: webhook %*s, attempt %ui: status %ui, %s", len,
                  url, lane->attempts, status, error);

    ngx_rtc_sfu_webhook_again(lane);
}


static void
ngx_rtc_sfu_webhook_again(ngx_rtc_sfu_webhook_lane_t *lane)
{
    if (ngx_exiting) {
        return;
    }

    if (lane->attempts < NGX_RTC_SFU_WEBHOOK_ATTEMPTS
        && lane->entry->webhook->waiting[lane->target]
           < NGX_RTC_SFU_WEBHOOK_MANY)
    {
        lane->timer.cancelable = 1;

        ngx_add_timer(&lane->timer, NGX_RTC_SFU_WEBHOOK_BACKOFF
                                    << (lane->attempts - 1));
        return;
    }

    ngx_rtc_sfu_webhook_over(lane, 0);
}


static void
ngx_rtc_sfu_webhook_over(ngx_rtc_sfu_webhook_lane_t *lane,
    ngx_uint_t delivered)
{
    ngx_rtc_sfu_metrics_webhook(lane->entry->webhook->worker->metrics,
                                delivered);

    if (++lane->next < lane->entry->bodies.nelts) {
        ngx_rtc_sfu_webhook_next(lane);
        return;
    }

    ngx_rtc_sfu_webhook_done(lane);
}
