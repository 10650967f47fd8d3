
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Between ngx_rtc_sfu_webhook.c, which reads the stream,
 * ngx_rtc_sfu_webhook_entry.c, which reads an entry,
 * ngx_rtc_sfu_webhook_room.c, which keeps the order of each room, and
 * ngx_rtc_sfu_webhook_send.c, which posts events.
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

#define NGX_RTC_SFU_WEBHOOK_ENTRIES   4096      /* in memory */
#define NGX_RTC_SFU_WEBHOOK_BYTES     (8 * 1024 * 1024)
#define NGX_RTC_SFU_WEBHOOK_MANY      256       /* no more second attempts */
#define NGX_RTC_SFU_WEBHOOK_WAITING   512       /* for a URL, or all rooms' */
#define NGX_RTC_SFU_WEBHOOK_ROOM      64        /* for a room's own URL */

#define NGX_RTC_SFU_WEBHOOK_HOSTS     16        /* of rooms' own URLs */

#define NGX_RTC_SFU_WEBHOOK_KEY       64

/* to whom an event goes: a URL of the settings, or the room's own */

#define NGX_RTC_SFU_WEBHOOK_OWN       RTC_WEBHOOKS_URLS
#define NGX_RTC_SFU_WEBHOOK_TARGETS   (RTC_WEBHOOKS_URLS + 1)

#define NGX_RTC_SFU_WEBHOOK_TIMEOUT   8000      /* ms of a request */
#define NGX_RTC_SFU_WEBHOOK_ATTEMPTS  6
#define NGX_RTC_SFU_WEBHOOK_BACKOFF   1000      /* ms, doubles */


struct ngx_rtc_sfu_webhook_s {
    ngx_rtc_sfu_worker_t          *worker;
    ngx_log_t                     *log;
    ngx_rtc_sfu_fetch_t           *fetch;
    ngx_rtc_sfu_fetch_t           *fetch_own;   /* rooms, which may be slow */
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
    ngx_rbtree_t                   rooms;
    ngx_rbtree_node_t              sentinel;
    ngx_uint_t                     deleting;    /* of them, under way */
    ngx_uint_t                     waiting[NGX_RTC_SFU_WEBHOOK_TARGETS];
    size_t                         bytes;
    size_t                         last_len;    /* of the entry read last */
    u_char                         last[RTC_WEBHOOK_MAX_ID];

    unsigned                       owner:1;
    unsigned                       more:1;      /* it may have grown */
};


typedef struct {
    ngx_str_node_t                 sn;          /* its name */
    ngx_queue_t                    entries;     /* in their order */
    ngx_uint_t                     own;         /* that wait for its own URL */
} ngx_rtc_sfu_webhook_room_t;


typedef struct ngx_rtc_sfu_webhook_entry_s  ngx_rtc_sfu_webhook_entry_t;


/* an entry's events on their way to one target: no target waits for another */

typedef struct {
    ngx_rtc_sfu_webhook_entry_t   *entry;
    ngx_uint_t                     target;
    ngx_uint_t                     next;        /* body to deliver */
    ngx_uint_t                     attempts;    /* of that */
    ngx_rtc_sfu_fetch_call_t      *call;
    ngx_rtc_ident_t                ident;
    ngx_event_t                    timer;       /* the next attempt */

    unsigned                       started:1;
    unsigned                       done:1;
} ngx_rtc_sfu_webhook_lane_t;


/* one change; it is deleted in Redis once all of its events are through */

struct ngx_rtc_sfu_webhook_entry_s {
    ngx_queue_t                    queue;       /* in webhook->entries */
    ngx_queue_t                    siblings;    /* in room->entries */
    ngx_rtc_sfu_webhook_t         *webhook;
    ngx_rtc_sfu_webhook_room_t    *room;
    ngx_pool_t                    *pool;
    size_t                         size;

    rtc_webhook_e                  kind;
    ngx_str_t                      id;
    ngx_str_t                      name;        /* of the room */
    ngx_str_t                      sid;         /* likewise */
    ngx_str_t                      url;         /* the room's own, terminated */

    ngx_array_t                    bodies;      /* ngx_str_t */
    ngx_uint_t                     nlanes;
    ngx_uint_t                     left;        /* lanes not done */
    ngx_rtc_sfu_webhook_lane_t     lanes[NGX_RTC_SFU_WEBHOOK_TARGETS];

    ngx_rtc_ident_t                ident;
    ngx_event_t                    hold;        /* a room may begin again */
    ngx_rtc_redis_call_t          *deleting;
};


/*
 * Fills an entry that has its pool and id, and makes its bodies; departure is
 * how many seconds a room that has finished may begin again.
 */

ngx_int_t ngx_rtc_sfu_webhook_parse(ngx_rtc_sfu_webhook_entry_t *entry,
    const ngx_rtc_redis_reply_t *fields, ngx_uint_t *departure);


/*
 * ngx_rtc_sfu_webhook_room.c: an entry that is parsed, or has no bodies, takes
 * its place, and what may start of its room does
 */

ngx_int_t ngx_rtc_sfu_webhook_enter(ngx_rtc_sfu_webhook_entry_t *entry,
    ngx_uint_t departure);

/* the settings have changed: where each URL is now, or NOBODY */

void ngx_rtc_sfu_webhook_retarget(ngx_rtc_sfu_webhook_t *webhook,
    const ngx_uint_t to[RTC_WEBHOOKS_URLS]);

#define NGX_RTC_SFU_WEBHOOK_NOBODY  NGX_RTC_SFU_WEBHOOK_TARGETS

/* whether a worker that was told to quit has something to wait for */

ngx_uint_t ngx_rtc_sfu_webhook_is_busy(
    const ngx_rtc_sfu_webhook_entry_t *entry);

void ngx_rtc_sfu_webhook_delete(ngx_rtc_sfu_webhook_entry_t *entry);
void ngx_rtc_sfu_webhook_free(ngx_rtc_sfu_webhook_entry_t *entry);


/* ngx_rtc_sfu_webhook.c: there may be place for more */

void ngx_rtc_sfu_webhook_read(ngx_rtc_sfu_webhook_t *webhook);


/*
 * ngx_rtc_sfu_webhook_send.c: posts the bodies, one after the other.  When it
 * is over, ngx_rtc_sfu_webhook_done() is called, from an event.
 */

void ngx_rtc_sfu_webhook_start(ngx_rtc_sfu_webhook_lane_t *lane);
void ngx_rtc_sfu_webhook_done(ngx_rtc_sfu_webhook_lane_t *lane);

/* ends what is under way; done is not called */

void ngx_rtc_sfu_webhook_stop(ngx_rtc_sfu_webhook_lane_t *lane);


#endif /* NGX_RTC_SFU_WEBHOOK_INTERNAL_H_INCLUDED */
