
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Keys of LiveKit access tokens as a worker has them.  The installation's own:
 * those of the key file, or the pair of conf:settings instead of all of these,
 * once there is one.  Beside them the ring of conf:settings, see rtc_ring.h.
 * Secrets in Redis are sealed with the installation's secret.
 */


#ifndef NGX_RTC_KEYS_H_INCLUDED
#define NGX_RTC_KEYS_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_redis.h"
#include "rtc_crypto.h"
#include "rtc_jwt.h"
#include "rtc_ring.h"


#define NGX_RTC_KEYS_NAME    RTC_RING_NAME      /* characters of a key */
#define NGX_RTC_KEYS_SECRET  RTC_RING_SECRET    /* and secret, at most */
#define NGX_RTC_KEYS_SEALED  RTC_RING_SEALED


/* a key and its secret; a copy that nobody else changes */

typedef struct {
    size_t                 name_len;
    size_t                 secret_len;
    u_char                 name[NGX_RTC_KEYS_NAME];
    u_char                 secret[rtc_seal_open_len(NGX_RTC_KEYS_SEALED)];
} ngx_rtc_keys_pair_t;


/* all that are valid; the first one signs, the first nown are our own */

typedef struct {
    rtc_jwt_keys_t         keys;
    size_t                 nown;
    size_t                 npairs;
    ngx_rtc_keys_pair_t    pairs[1 + RTC_RING_KEYS];    /* of Redis */
} ngx_rtc_keys_set_t;


/* what Redis answered; each may be nil */

typedef struct {
    const ngx_rtc_redis_reply_t  *name;         /* livekit_key */
    const ngx_rtc_redis_reply_t  *secret;       /* livekit_secret */
    const ngx_rtc_redis_reply_t  *ring;         /* livekit_keys */
} ngx_rtc_keys_reply_t;


typedef struct {
    const rtc_jwt_keys_t  *file;
    ngx_log_t             *log;
    u_char                 seal[RTC_SEAL_KEY];

    ngx_rtc_keys_set_t    *set;         /* one of these */
    ngx_rtc_keys_set_t     sets[2];

    u_char                 seen[3][RTC_SHA256_LEN];     /* read last */

    unsigned               known:1;     /* it was read */
} ngx_rtc_keys_t;


/* in init_process; zeroed before, file and log outlive it */

ngx_int_t ngx_rtc_keys_init(ngx_rtc_keys_t *keys, const rtc_jwt_keys_t *file,
    const ngx_str_t *secret, ngx_log_t *log);

/*
 * Takes what Redis answered.  NGX_DECLINED: all that was valid is so still;
 * NGX_OK: some key is not, or another one signs.
 */

ngx_int_t ngx_rtc_keys_read(ngx_rtc_keys_t *keys,
    const ngx_rtc_keys_reply_t *reply);

/*
 * What verifies, and whose first element signs, now: not to be kept beyond the
 * event that asks.  NULL: Redis has not said yet which keys are valid.
 */

const rtc_jwt_keys_t *ngx_rtc_keys_get(ngx_rtc_keys_t *keys);

/* one of these by its name; its index, or NGX_DECLINED */

ngx_int_t ngx_rtc_keys_find(const rtc_jwt_keys_t *keys, const u_char *name,
    size_t len);


/*
 * A random secret for the name of the pair, or for a new one if that is empty,
 * and the secret as it is stored
 */

ngx_int_t ngx_rtc_keys_make(ngx_rtc_keys_t *keys, ngx_rtc_keys_pair_t *pair,
    u_char sealed[NGX_RTC_KEYS_SEALED], size_t *len);

/* the pair of a reply.  NGX_DECLINED: there is none, NGX_ERROR: not ours */

ngx_int_t ngx_rtc_keys_open(ngx_rtc_keys_t *keys, ngx_rtc_keys_pair_t *pair,
    const ngx_rtc_redis_reply_t *name, const ngx_rtc_redis_reply_t *sealed);


#endif /* NGX_RTC_KEYS_H_INCLUDED */
