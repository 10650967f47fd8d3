
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Between ngx_rtc_sfu_webhook.c, which keeps the stream's order,
 * ngx_rtc_sfu_webhook_entry.c, which reads an entry, and
 * ngx_rtc_sfu_webhook_send.c, which posts its events.
 */


#ifndef NGX_RTC_SFU_WEBHOOK_INTERNAL_H_INCLUDED
#define NGX_RTC_SFU_WEBHOOK_INTERNAL_H_INCLUDED


#include "ngx_rtc_sfu_fetch.h"
#include "ngx_rtc_sfu_webhook.h"
#include "rtc_webhook.h"
#include "rtc_webhooks.h"


#define NGX_RTC_SFU_WEBHOOK_TICK      2000      /* ms */
#define NGX_RTC_SFU_WEBHOOK_LEASE     "6000"
#define NGX_RTC_SFU_WEBHOOK_READ      "64"      /* entries at a time */

#define NGX_RTC_SFU_WEBHOOK_ENTRIES   1024      /* in memory */
#define NGX_RTC_SFU_WEBHOOK_BYTES     (8 * 1024 * 1024)
#define NGX_RTC_SFU_WEBHOOK_MANY      256       /* no more second attempts */
#define NGX_RTC_SFU_WEBHOOK_ROOM      64        /* for a room's own URL */

#define NGX_RTC_SFU_WEBHOOK_KEY       64

#define NGX_RTC_SFU_WEBHOOK_TIMEOUT   8000      /* ms of a request */
#define NGX_RTC_SFU_WEBHOOK_ATTEMPTS  6
#define NGX_RTC_SFU_WEBHOOK_BACKOFF   1000      /* ms, doubles */


struct ngx_rtc_sfu_webhook_s {
    ngx_rtc_sfu_worker_t          *worker;
    ngx_log_t                     *log;
    ngx_rtc_sfu_fetch_t           *fetch;
    ngx_rtc_redis_script_t         lease;
    ngx_rtc_redis_script_t         forget;

    ngx_uint_t                     nurls;
    u_char                         urls[RTC_WEBHOOKS_URLS]
                                       [RTC_URL_MAX + 1];
    size_t                         key_len;
    u_char                         key[NGX_RTC_SFU_WEBHOOK_KEY];

    ngx_rtc_ident_t                ident;
    ngx_event_t                    tick;
    ngx_rtc_redis_call_t          *asking;      /* for the lease */
    ngx_rtc_redis_call_t          *reading;
    ngx_rtc_redis_sub_t           *sub;         /* while it is the owner */

    ngx_queue_t                    entries;     /* in their order */
    ngx_uint_t                     nentries;
    size_t                         bytes;
    size_t                         last_len;    /* of the entry read last */
    u_char                         last[RTC_WEBHOOK_MAX_ID];

    unsigned                       owner:1;
    unsigned                       more:1;      /* it may have grown */
};


/* one change; it is deleted in Redis once all of its events are through */

typedef struct {
    ngx_queue_t                    queue;
    ngx_rtc_sfu_webhook_t         *webhook;
    ngx_pool_t                    *pool;
    size_t                         size;

    rtc_webhook_e                  kind;
    ngx_str_t                      id;
    ngx_str_t                      room;
    ngx_str_t                      url;         /* the room's own, terminated */

    ngx_array_t                    bodies;      /* ngx_str_t */
    ngx_uint_t                     next;        /* body to deliver */
    ngx_uint_t                     deliveries;  /* of the last, under way */
    ngx_queue_t                    posts;

    ngx_rtc_ident_t                ident;
    ngx_event_t                    hold;        /* a room may begin again */
    ngx_rtc_redis_call_t          *deleting;

    unsigned                       started:1;
    unsigned                       done:1;
} ngx_rtc_sfu_webhook_entry_t;


/*
 * Fills an entry that has its pool and id, and makes its bodies; departure is
 * how many seconds a room that has finished may begin again.
 */

ngx_int_t ngx_rtc_sfu_webhook_parse(ngx_rtc_sfu_webhook_entry_t *entry,
    const ngx_rtc_redis_reply_t *fields, ngx_uint_t *departure);

/*
 * Posts the bodies of an entry, one after the other.  When it is over,
 * ngx_rtc_sfu_webhook_done() is called, from an event or from within.
 */

void ngx_rtc_sfu_webhook_send(ngx_rtc_sfu_webhook_entry_t *entry);

/* ends what is under way; done is not called */

void ngx_rtc_sfu_webhook_stop(ngx_rtc_sfu_webhook_entry_t *entry);

void ngx_rtc_sfu_webhook_done(ngx_rtc_sfu_webhook_entry_t *entry);


#endif /* NGX_RTC_SFU_WEBHOOK_INTERNAL_H_INCLUDED */
