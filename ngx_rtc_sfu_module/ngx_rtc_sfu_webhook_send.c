
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_signer.h"
#include "ngx_rtc_sfu_webhook_internal.h"
#include "rtc_crypto.h"


#define NGX_RTC_SFU_WEBHOOK_AUTHORIZATION  "Authorization: "


/* one body on its way to one URL */

typedef struct {
    ngx_queue_t                    queue;       /* in entry->posts */
    ngx_rtc_sfu_webhook_entry_t   *entry;
    char                          *url;
    const ngx_str_t               *body;
    ngx_uint_t                     own;         /* the URL is the room's */
    ngx_uint_t                     attempts;
    ngx_rtc_sfu_fetch_call_t      *call;
    ngx_rtc_ident_t                ident;
    ngx_event_t                    timer;       /* the next attempt */
} ngx_rtc_sfu_webhook_post_t;


static void ngx_rtc_sfu_webhook_post(ngx_rtc_sfu_webhook_entry_t *entry,
    const u_char *url, const ngx_str_t *body, ngx_uint_t own);
static void ngx_rtc_sfu_webhook_attempt_event(ngx_event_t *ev);
static ngx_int_t ngx_rtc_sfu_webhook_attempt(ngx_rtc_sfu_webhook_post_t *post);
static void ngx_rtc_sfu_webhook_answer(void *data, ngx_uint_t status,
    const char *error);
static void ngx_rtc_sfu_webhook_again(ngx_rtc_sfu_webhook_post_t *post);
static void ngx_rtc_sfu_webhook_over(ngx_rtc_sfu_webhook_post_t *post);
static void ngx_rtc_sfu_webhook_post_free(ngx_rtc_sfu_webhook_post_t *post);


void
ngx_rtc_sfu_webhook_send(ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_str_t              *body;
    ngx_uint_t              i;
    ngx_rtc_sfu_webhook_t  *webhook;

    webhook = entry->webhook;
    body = entry->bodies.elts;

    while (entry->deliveries == 0) {

        if (entry->next == entry->bodies.nelts) {
            ngx_rtc_sfu_webhook_done(entry);
            return;
        }

        for (i = 0; i < webhook->nurls; i++) {
            ngx_rtc_sfu_webhook_post(entry, webhook->urls[i],
                                     &body[entry->next], 0);
        }

        if (entry->url.len) {
            ngx_rtc_sfu_webhook_post(entry, entry->url.data,
                                     &body[entry->next], 1);
        }

        entry->next++;
    }
}


void
ngx_rtc_sfu_webhook_stop(ngx_rtc_sfu_webhook_entry_t *entry)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&entry->posts)) {
        q = ngx_queue_head(&entry->posts);
        ngx_rtc_sfu_webhook_post_free(ngx_queue_data(q,
                                          ngx_rtc_sfu_webhook_post_t, queue));
    }
}


/* settings may change meanwhile: the URL is a copy */

static void
ngx_rtc_sfu_webhook_post(ngx_rtc_sfu_webhook_entry_t *entry,
    const u_char *url, const ngx_str_t *body, ngx_uint_t own)
{
    size_t                       len;
    ngx_rtc_sfu_webhook_post_t  *post;

    len = ngx_strlen(url) + 1;

    post = ngx_calloc(sizeof(ngx_rtc_sfu_webhook_post_t) + len,
                      entry->webhook->log);
    if (post == NULL) {
        ngx_rtc_sfu_metrics_webhook(entry->webhook->worker->metrics, 0);
        return;
    }

    post->entry = entry;
    post->body = body;
    post->own = own;
    post->url = (char *) (post + 1);
    ngx_memcpy(post->url, url, len);

    ngx_rtc_ident_init(&post->ident, post);
    post->timer.handler = ngx_rtc_sfu_webhook_attempt_event;
    post->timer.data = &post->ident;
    post->timer.log = entry->webhook->log;
    post->timer.cancelable = 1;

    ngx_queue_insert_tail(&entry->posts, &post->queue);
    entry->deliveries++;

    ngx_add_timer(&post->timer, 0);
}


static void
ngx_rtc_sfu_webhook_attempt_event(ngx_event_t *ev)
{
    ngx_rtc_sfu_webhook_post_t  *post = ngx_rtc_ident_data(ev);

    post->attempts++;

    if (ngx_rtc_sfu_webhook_attempt(post) != NGX_OK) {
        ngx_rtc_sfu_webhook_again(post);
    }
}


/* each attempt has a token of its own: it is good for five minutes */

static ngx_int_t
ngx_rtc_sfu_webhook_attempt(ngx_rtc_sfu_webhook_post_t *post)
{
    u_char                        *p;
    ssize_t                        n;
    rtc_str_t                      name;
    const char                    *headers[4];
    const rtc_jwt_key_t           *key;
    ngx_rtc_sfu_webhook_t         *webhook;
    ngx_rtc_sfu_fetch_request_t    request;
    u_char                         digest[RTC_SHA256_LEN];
    u_char                         header[
                                 sizeof(NGX_RTC_SFU_WEBHOOK_AUTHORIZATION)
                                 + RTC_JWT_WEBHOOK_MAX];

    webhook = post->entry->webhook;

    name.data = webhook->key;
    name.len = webhook->key_len;

    key = ngx_rtc_sfu_signer_key(webhook->worker, name);

    if (key == NULL
        || rtc_sha256(digest, post->body->data, post->body->len) != RTC_OK)
    {
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

    request.url = post->url;
    request.headers = headers;
    request.body = post->body;
    request.timeout = NGX_RTC_SFU_WEBHOOK_TIMEOUT;
    request.abroad = post->own && !webhook->worker->conf->webhook_local;

    post->call = ngx_rtc_sfu_fetch_post(webhook->fetch, &request,
                                        ngx_rtc_sfu_webhook_answer, post);

    return post->call ? NGX_OK : NGX_ERROR;
}


static void
ngx_rtc_sfu_webhook_answer(void *data, ngx_uint_t status, const char *error)
{
    ngx_rtc_sfu_webhook_post_t  *post = data;

    size_t      len;
    ngx_uint_t  level;

    post->call = NULL;

    if (status >= 200 && status < 300) {
        ngx_rtc_sfu_metrics_webhook(post->entry->webhook->worker->metrics, 1);
        ngx_rtc_sfu_webhook_over(post);
        return;
    }

    /* arguments may be secret */

    len = strcspn(post->url, "?#");

    level = post->attempts < NGX_RTC_SFU_WEBHOOK_ATTEMPTS ? NGX_LOG_INFO
                                                          : NGX_LOG_WARN;

    ngx_log_error(level, post->entry->webhook->log, 0,
                  "sfu: webhook %*s, attempt %ui: status %ui, %s", len,
                  post->url, post->attempts, status, error);

    ngx_rtc_sfu_webhook_again(post);
}


static void
ngx_rtc_sfu_webhook_again(ngx_rtc_sfu_webhook_post_t *post)
{
    if (post->attempts < NGX_RTC_SFU_WEBHOOK_ATTEMPTS
        && post->entry->webhook->nentries < NGX_RTC_SFU_WEBHOOK_MANY)
    {
        ngx_add_timer(&post->timer, NGX_RTC_SFU_WEBHOOK_BACKOFF
                                    << (post->attempts - 1));
        return;
    }

    ngx_rtc_sfu_metrics_webhook(post->entry->webhook->worker->metrics, 0);
    ngx_rtc_sfu_webhook_over(post);
}


static void
ngx_rtc_sfu_webhook_over(ngx_rtc_sfu_webhook_post_t *post)
{
    ngx_rtc_sfu_webhook_entry_t  *entry;

    entry = post->entry;

    ngx_rtc_sfu_webhook_post_free(post);
    ngx_rtc_sfu_webhook_send(entry);
}


static void
ngx_rtc_sfu_webhook_post_free(ngx_rtc_sfu_webhook_post_t *post)
{
    if (post->call) {
        ngx_rtc_sfu_fetch_cancel(post->call);
    }

    if (post->timer.timer_set) {
        ngx_del_timer(&post->timer);
    }

    post->entry->deliveries--;
    ngx_queue_remove(&post->queue);

    ngx_free(post);
}
