
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Keys of LiveKit access tokens as a worker has them: those of the key file,
 * or the pair of conf:settings instead of all of these, once there is one.
 * The secret of the pair is sealed with the installation's secret.
 */


#ifndef NGX_RTC_KEYS_H_INCLUDED
#define NGX_RTC_KEYS_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_redis.h"
#include "rtc_jwt.h"
#include "rtc_seal.h"


#define NGX_RTC_KEYS_NAME    64         /* characters of a pair's key */
#define NGX_RTC_KEYS_SECRET  128        /* and secret, at most */
#define NGX_RTC_KEYS_SEALED  rtc_seal_text_len(NGX_RTC_KEYS_SECRET)


/* a key and its secret; a copy that nobody else changes */

typedef struct {
    size_t                 name_len;
    size_t                 secret_len;
    u_char                 name[NGX_RTC_KEYS_NAME];
    u_char                 secret[rtc_seal_open_len(NGX_RTC_KEYS_SEALED)];
} ngx_rtc_keys_pair_t;


typedef struct {
    const rtc_jwt_keys_t  *file;
    ngx_log_t             *log;
    u_char                 seal[RTC_SEAL_KEY];

    rtc_jwt_keys_t         set;         /* of the pair; no elements: none */
    ngx_rtc_keys_pair_t    pair;

    size_t                 seen_len;    /* what was read last */
    u_char                 seen[NGX_RTC_KEYS_NAME + 1 + NGX_RTC_KEYS_SEALED];

    unsigned               known:1;     /* it was read */
} ngx_rtc_keys_t;


/* in init_process; zeroed before, file and log outlive it */

ngx_int_t ngx_rtc_keys_init(ngx_rtc_keys_t *keys, const rtc_jwt_keys_t *file,
    const ngx_str_t *secret, ngx_log_t *log);

/*
 * Takes livekit_key and livekit_secret as Redis answered them.  NGX_DECLINED:
 * the same as before; NGX_OK: others, maybe.
 */

ngx_int_t ngx_rtc_keys_read(ngx_rtc_keys_t *keys,
    const ngx_rtc_redis_reply_t *name, const ngx_rtc_redis_reply_t *sealed);

/*
 * What verifies, and whose first element signs, now: not to be kept beyond the
 * event that asks.  NULL: Redis has not said yet which keys are valid.
 */

const rtc_jwt_keys_t *ngx_rtc_keys_get(ngx_rtc_keys_t *keys);


/* a new pair of random characters, and its secret as it is stored */

ngx_int_t ngx_rtc_keys_make(ngx_rtc_keys_t *keys, ngx_rtc_keys_pair_t *pair,
    u_char sealed[NGX_RTC_KEYS_SEALED], size_t *len);

/* the pair of a reply.  NGX_DECLINED: there is none, NGX_ERROR: not ours */

ngx_int_t ngx_rtc_keys_open(ngx_rtc_keys_t *keys, ngx_rtc_keys_pair_t *pair,
    const ngx_rtc_redis_reply_t *name, const ngx_rtc_redis_reply_t *sealed);


#endif /* NGX_RTC_KEYS_H_INCLUDED */
