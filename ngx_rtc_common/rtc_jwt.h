
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * JSON Web Tokens (RFC 7519) of the two kinds that we issue and accept, both
 * HS256 and nothing else: API tokens of our users and LiveKit access tokens.
 * The only unit that knows libjwt.
 */


#ifndef RTC_JWT_H_INCLUDED
#define RTC_JWT_H_INCLUDED


#include "rtc_core.h"
#include "rtc_crypto.h"


#define RTC_JWT_MAX          32768      /* bytes of the longest token */
#define RTC_JWT_KEYS_FILE    32         /* keys of a key file */
#define RTC_JWT_KEYS_MAX     64
#define RTC_JWT_ATTRS_MAX    64
#define RTC_JWT_LEEWAY       60         /* seconds of clock difference */

#define RTC_JWT_IDENTITY_MAX 256        /* bytes */

#define RTC_JWT_API_ID       24         /* characters of a user's id */
#define RTC_JWT_API_LIFE     2592000    /* seconds an API token lives */


/* keys of the installation */

typedef struct {
    rtc_str_t            name;
    rtc_str_t            secret;
} rtc_jwt_key_t;

typedef struct {
    rtc_jwt_key_t        elts[RTC_JWT_KEYS_MAX];
    size_t               nelts;
} rtc_jwt_keys_t;


/*
 * LiveKit's key file: one "KEY: SECRET" a line.  Empty lines and lines that
 * begin with '#' mean nothing, quotes around either part are dropped.  The
 * keys point into text, which must live as long as they do.  A reason never
 * quotes the text.
 */

int rtc_jwt_parse_keys(rtc_jwt_keys_t *keys, const uint8_t *text, size_t len,
    const char **reason);


/* what a LiveKit access token grants */

/* bits of rtc_grant_t.sources: 1 << TrackSource of LiveKit */

#define RTC_SOURCE_UNKNOWN             0x01
#define RTC_SOURCE_CAMERA              0x02
#define RTC_SOURCE_MICROPHONE          0x04
#define RTC_SOURCE_SCREEN_SHARE        0x08
#define RTC_SOURCE_SCREEN_SHARE_AUDIO  0x10
#define RTC_SOURCE_ALL                 0x1f

typedef struct {
    rtc_str_t            name;
    rtc_str_t            value;
} rtc_grant_attr_t;

typedef struct {
    rtc_str_t            key;           /* name of the key that signed */
    rtc_str_t            identity;
    rtc_str_t            name;
    rtc_str_t            metadata;
    rtc_str_t            room;
    rtc_str_t            destination_room;

    rtc_grant_attr_t     attrs[RTC_JWT_ATTRS_MAX];
    size_t               nattrs;

    rtc_str_t            room_config;   /* roomConfig, a JSON object, or "" */

    uint64_t             exp;           /* Unix seconds */
    uint64_t             issued;        /* iat or nbf, 0: it does not say */
    uint32_t             kind;          /* ParticipantInfo.Kind of LiveKit */
    uint32_t             kind_details;  /* bits: 1 << KindDetail of it */
    uint32_t             sources;       /* RTC_SOURCE_*, none: no source */

    /* 1 or 0; absent members already have their defaults */

    uint8_t              room_join;
    uint8_t              can_publish;
    uint8_t              can_subscribe;
    uint8_t              can_publish_data;
    uint8_t              can_update_metadata;
    uint8_t              can_subscribe_metrics;
    uint8_t              can_manage_agent_session;
    uint8_t              hidden;
    uint8_t              recorder;
    uint8_t              agent;

    uint8_t              room_create;
    uint8_t              room_list;
    uint8_t              room_record;
    uint8_t              room_admin;
    uint8_t              ingress_admin;
} rtc_grant_t;


/*
 * Checks the signature by the key that the token's issuer names, exp (which
 * must be there) and nbf with RTC_JWT_LEEWAY, and reads the grant.  The
 * strings of the grant are valid UTF-8, terminated, and lie in mem, which
 * holds at least len bytes (of the token).  now is Unix time in seconds.
 * RTC_ERROR sets reason to a text for the client that contains no secret.
 * Whether the grant suffices (room_join, identity) is the caller's to judge.
 */

int rtc_jwt_verify_access(rtc_grant_t *grant, uint8_t *mem,
    const uint8_t *token, size_t len, const rtc_jwt_keys_t *keys, uint64_t now,
    const char **reason);

/*
 * Writes a token with the members of the grant, valid until grant->exp.
 * Answers its length, or RTC_ERROR if it does not fit in size bytes
 * (RTC_JWT_MAX is what verify accepts).  grant->key is not used.
 */

ssize_t rtc_jwt_sign_access(uint8_t *token, size_t size,
    const rtc_grant_t *grant, const rtc_jwt_key_t *key, uint64_t now);


/*
 * Signs a webhook (LiveKit's webhooks): iss, nbf, exp, and in sha256 the digest
 * of the body in base64.  Answers the length, or RTC_ERROR.
 */

#define RTC_JWT_WEBHOOK_TTL  300        /* s */
#define RTC_JWT_WEBHOOK_MAX  512        /* bytes of such a token */

ssize_t rtc_jwt_sign_webhook(uint8_t *token, size_t size,
    const uint8_t digest[RTC_SHA256_LEN], const rtc_jwt_key_t *key,
    uint64_t now);


/* API tokens: payload exactly {"id","iat","exp"} */

#define RTC_JWT_API_MAX      256        /* bytes of the longest API token */

typedef struct {
    uint8_t              id[RTC_JWT_API_ID];
    uint64_t             iat;
    uint64_t             exp;
} rtc_jwt_api_t;


/*
 * Reads an API token without trusting it, so that the key of its user can be
 * looked up: its form, and that now is before its end.
 */

int rtc_jwt_read_api(rtc_jwt_api_t *api, const uint8_t *token, size_t len,
    uint64_t now, const char **reason);

/* checks the signature of a token that was read */

int rtc_jwt_verify_api(const uint8_t *token, size_t len, const uint8_t *key,
    size_t key_len, const char **reason);

/* answers the length of the token, or RTC_ERROR */

ssize_t rtc_jwt_sign_api(uint8_t *token, size_t size,
    const uint8_t id[RTC_JWT_API_ID], const uint8_t *key, size_t key_len,
    uint64_t now);


#endif /* RTC_JWT_H_INCLUDED */
