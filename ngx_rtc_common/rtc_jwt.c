
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <jwt.h>

#include "rtc_base64.h"
#include "rtc_jwt_internal.h"


#define RTC_JWT_HEADER     "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define RTC_JWT_INVALID    "invalid authorization token"

#define RTC_JWT_TIME_MAX   1e12         /* Unix seconds, year 33658 */


static int rtc_jwt_parse_key(rtc_jwt_key_t *key, const uint8_t *p,
    const uint8_t *last);
static rtc_str_t rtc_jwt_trim(const uint8_t *p, const uint8_t *last);

static ssize_t rtc_jwt_sign_claims(uint8_t *token, size_t size,
    json_t *claims, const rtc_jwt_key_t *key, uint64_t now, uint64_t exp);
static json_t *rtc_jwt_claims(const uint8_t *token, size_t len);
static int rtc_jwt_check(const uint8_t *token, size_t len, const uint8_t *key,
    size_t key_len);
static int rtc_jwt_check_times(json_t *claims, uint64_t now, uint64_t *exp,
    const char **reason);
static int rtc_jwt_read_time(json_t *claims, const char *name, uint64_t *time);
static const rtc_jwt_key_t *rtc_jwt_find_key(const rtc_jwt_keys_t *keys,
    json_t *claims);
static ssize_t rtc_jwt_encode(uint8_t *token, size_t size, const void *payload,
    size_t len, const uint8_t *key, size_t key_len);


int
rtc_jwt_parse_keys(rtc_jwt_keys_t *keys, const uint8_t *text, size_t len,
    const char **reason)
{
    int             rc;
    const uint8_t  *p, *eol, *last;
    rtc_jwt_key_t   key;

    keys->nelts = 0;
    last = text + len;

    for (p = text; p < last; p = eol + 1) {

        eol = memchr(p, '\n', last - p);
        if (eol == NULL) {
            eol = last;
        }

        rc = rtc_jwt_parse_key(&key, p, eol);

        if (rc == RTC_DECLINED) {
            continue;
        }

        if (rc == RTC_ERROR) {
            *reason = "a line is not of the form \"KEY: SECRET\"";
            return RTC_ERROR;
        }

        if (keys->nelts == RTC_JWT_KEYS_FILE) {
            *reason = "there are too many keys";
            return RTC_ERROR;
        }

        keys->elts[keys->nelts++] = key;
    }

    if (keys->nelts == 0) {
        *reason = "there is no key";
        return RTC_ERROR;
    }

    return RTC_OK;
}


/* RTC_DECLINED: the line means nothing */

static int
rtc_jwt_parse_key(rtc_jwt_key_t *key, const uint8_t *p, const uint8_t *last)
{
    rtc_str_t       line;
    const uint8_t  *colon;

    line = rtc_jwt_trim(p, last);

    if (line.len == 0 || line.data[0] == '#') {
        return RTC_DECLINED;
    }

    colon = memchr(line.data, ':', line.len);
    if (colon == NULL) {
        return RTC_ERROR;
    }

    key->name = rtc_jwt_trim(line.data, colon);
    key->secret = rtc_jwt_trim(colon + 1, line.data + line.len);

    return key->name.len && key->secret.len ? RTC_OK : RTC_ERROR;
}


/* without blanks, and then without a pair of quotes, around it */

static rtc_str_t
rtc_jwt_trim(const uint8_t *p, const uint8_t *last)
{
    rtc_str_t  s;

    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    while (p < last
           && (last[-1] == ' ' || last[-1] == '\t' || last[-1] == '\r'))
    {
        last--;
    }

    if (last - p >= 2 && (*p == '"' || *p == '\'') && last[-1] == *p) {
        p++;
        last--;
    }

    s.data = p;
    s.len = last - p;

    return s;
}


int
rtc_jwt_verify_access(rtc_grant_t *grant, uint8_t *mem, const uint8_t *token,
    size_t len, const rtc_jwt_keys_t *keys, uint64_t now, const char **reason)
{
    int                   rc;
    json_t               *claims;
    const rtc_jwt_key_t  *key;

    memset(grant, 0, sizeof(rtc_grant_t));

    claims = rtc_jwt_claims(token, len);
    if (claims == NULL) {
        *reason = RTC_JWT_INVALID;
        return RTC_ERROR;
    }

    rc = RTC_ERROR;

    key = rtc_jwt_find_key(keys, claims);
    if (key == NULL) {
        *reason = "invalid API key";
        goto done;
    }

    if (rtc_jwt_check(token, len, key->secret.data, key->secret.len)
        != RTC_OK)
    {
        *reason = RTC_JWT_INVALID ": the signature is wrong";
        goto done;
    }

    if (rtc_jwt_check_times(claims, now, &grant->exp, reason) != RTC_OK) {
        goto done;
    }

    if (rtc_jwt_read_time(claims, "iat", &grant->issued) != RTC_OK
        && rtc_jwt_read_time(claims, "nbf", &grant->issued) != RTC_OK)
    {
        grant->issued = 0;
    }

    /*
     * In the token each string had two quotes around it and was base64: with
     * their terminating zeros they are shorter than it
     */

    rc = rtc_jwt_read_grant(grant, claims, mem, len);

    if (rc == RTC_DECLINED) {
        *reason = "no permissions to access the room";
        rc = RTC_ERROR;

    } else if (rc == RTC_ERROR) {
        *reason = RTC_JWT_INVALID ": a claim has a wrong type or is too long";
    }

done:

    json_decref(claims);

    return rc;
}


int
rtc_jwt_read_api(rtc_jwt_api_t *api, const uint8_t *token, size_t len,
    uint64_t now, const char **reason)
{
    int          rc;
    json_t      *claims;
    const char  *id;
    size_t       n;

    *reason = "is malformed";

    if (len > RTC_JWT_API_MAX) {
        return RTC_ERROR;
    }

    claims = rtc_jwt_claims(token, len);
    if (claims == NULL) {
        return RTC_ERROR;
    }

    rc = RTC_ERROR;

    id = json_string_value(json_object_get(claims, "id"));
    n = json_string_length(json_object_get(claims, "id"));

    if (id == NULL
        || n != RTC_JWT_API_ID
        || strspn(id, "0123456789abcdef") != n
        || json_object_size(claims) != 3
        || rtc_jwt_read_time(claims, "iat", &api->iat) != RTC_OK
        || rtc_jwt_read_time(claims, "exp", &api->exp) != RTC_OK)
    {
        goto done;
    }

    memcpy(api->id, id, RTC_JWT_API_ID);

    if (now >= api->exp) {
        *reason = "is expired";
        goto done;
    }

    rc = RTC_OK;

done:

    json_decref(claims);

    return rc;
}


int
rtc_jwt_verify_api(const uint8_t *token, size_t len, const uint8_t *key,
    size_t key_len, const char **reason)
{
    if (rtc_jwt_check(token, len, key, key_len) != RTC_OK) {
        *reason = "is not valid";
        return RTC_ERROR;
    }

    return RTC_OK;
}


ssize_t
rtc_jwt_sign_api(uint8_t *token, size_t size, const uint8_t id[RTC_JWT_API_ID],
    const uint8_t *key, size_t key_len, uint64_t now)
{
    int   n;
    char  payload[128];

    n = snprintf(payload, sizeof(payload),
                 "{\"id\":\"%.*s\",\"iat\":%llu,\"exp\":%llu}",
                 RTC_JWT_API_ID, (const char *) id, (unsigned long long) now,
                 (unsigned long long) now + RTC_JWT_API_LIFE);

    if (n < 0 || (size_t) n >= sizeof(payload)) {
        return RTC_ERROR;
    }

    return rtc_jwt_encode(token, size, payload, n, key, key_len);
}


ssize_t
rtc_jwt_sign_access(uint8_t *token, size_t size, const rtc_grant_t *grant,
    const rtc_jwt_key_t *key, uint64_t now)
{
    return rtc_jwt_sign_claims(token, size, rtc_jwt_write_grant(grant), key,
                               now, grant->exp);
}


ssize_t
rtc_jwt_sign_webhook(uint8_t *token, size_t size,
    const uint8_t digest[RTC_SHA256_LEN], const rtc_jwt_key_t *key,
    uint64_t now)
{
    char  text[rtc_base64_encoded_len(RTC_SHA256_LEN) + 1];

    *rtc_base64_encode((uint8_t *) text, digest, RTC_SHA256_LEN) = '\0';

    return rtc_jwt_sign_claims(token, size, json_pack("{s:s}", "sha256", text),
                               key, now, now + RTC_JWT_WEBHOOK_TTL);
}


/* takes the claims, which may be NULL */

static ssize_t
rtc_jwt_sign_claims(uint8_t *token, size_t size, json_t *claims,
    const rtc_jwt_key_t *key, uint64_t now, uint64_t exp)
{
    char     *payload;
    ssize_t   n;

    if (claims == NULL
        || rtc_jwt_write_string(claims, "iss", key->name) != RTC_OK
        || json_object_set_new(claims, "nbf", json_integer(now)) != 0
        || json_object_set_new(claims, "iat", json_integer(now)) != 0
        || json_object_set_new(claims, "exp", json_integer(exp)) != 0)
    {
        json_decref(claims);
        return RTC_ERROR;
    }

    payload = json_dumps(claims, JSON_COMPACT);
    json_decref(claims);

    if (payload == NULL) {
        return RTC_ERROR;
    }

    n = rtc_jwt_encode(token, size, payload, strlen(payload),
                       key->secret.data, key->secret.len);
    free(payload);

    return n;
}


/*
 * The claims of a token whose signature nobody has looked at yet.  Only the
 * characters of base64url and two dots can be in a token.
 */

static json_t *
rtc_jwt_claims(const uint8_t *token, size_t len)
{
    size_t          n;
    uint8_t        *text;
    json_t         *claims;
    json_error_t    error;
    const uint8_t  *p, *dot, *last;

    if (len > RTC_JWT_MAX) {
        return NULL;
    }

    last = token + len;

    p = memchr(token, '.', len);
    if (p == NULL) {
        return NULL;
    }

    p++;

    dot = memchr(p, '.', last - p);
    if (dot == NULL) {
        return NULL;
    }

    n = dot - p;

    text = malloc(n + 1);
    if (text == NULL) {
        return NULL;
    }

    claims = NULL;

    if (rtc_base64url_decode(text, p, n) == RTC_OK) {
        claims = json_loadb((char *) text, rtc_base64url_decoded_len(n),
                            JSON_REJECT_DUPLICATES, &error);
    }

    free(text);

    if (claims != NULL && !json_is_object(claims)) {
        json_decref(claims);
        return NULL;
    }

    return claims;
}


/*
 * libjwt 1.10 takes a NULL key as "do not verify", an empty key as a key,
 * and whatever HMAC the header names; it wants a terminated token.
 */

static int
rtc_jwt_check(const uint8_t *token, size_t len, const uint8_t *key,
    size_t key_len)
{
    int     rc;
    char   *text;
    jwt_t  *jwt;

    if (key == NULL || key_len == 0 || key_len > INT_MAX
        || len > RTC_JWT_MAX || memchr(token, '\0', len) != NULL)
    {
        return RTC_ERROR;
    }

    text = malloc(len + 1);
    if (text == NULL) {
        return RTC_ERROR;
    }

    memcpy(text, token, len);
    text[len] = '\0';

    rc = RTC_ERROR;

    if (jwt_decode(&jwt, text, key, (int) key_len) == 0) {

        if (jwt_get_alg(jwt) == JWT_ALG_HS256) {
            rc = RTC_OK;
        }

        jwt_free(jwt);
    }

    free(text);

    return rc;
}


/* RFC 7519, sections 4.1.4 and 4.1.5; exp is required as LiveKit does */

static int
rtc_jwt_check_times(json_t *claims, uint64_t now, uint64_t *exp,
    const char **reason)
{
    int       rc;
    uint64_t  nbf;

    if (rtc_jwt_read_time(claims, "exp", exp) != RTC_OK) {
        *reason = RTC_JWT_INVALID ": exp is missing";
        return RTC_ERROR;
    }

    if (now >= *exp + RTC_JWT_LEEWAY) {
        *reason = RTC_JWT_INVALID ": the token is expired";
        return RTC_ERROR;
    }

    rc = rtc_jwt_read_time(claims, "nbf", &nbf);

    if (rc == RTC_ERROR || (rc == RTC_OK && now + RTC_JWT_LEEWAY < nbf)) {
        *reason = RTC_JWT_INVALID ": the token is not valid yet";
        return RTC_ERROR;
    }

    return RTC_OK;
}


static const rtc_jwt_key_t *
rtc_jwt_find_key(const rtc_jwt_keys_t *keys, json_t *claims)
{
    size_t       i;
    const char  *iss;

    iss = json_string_value(json_object_get(claims, "iss"));
    if (iss == NULL) {
        return NULL;
    }

    for (i = 0; i < keys->nelts; i++) {
        if (rtc_str_eq(keys->elts[i].name, iss)) {
            return &keys->elts[i];
        }
    }

    return NULL;
}


/* NumericDate (RFC 7519, section 2): seconds, a fraction is allowed */

static int
rtc_jwt_read_time(json_t *claims, const char *name, uint64_t *time)
{
    double   value;
    json_t  *item;

    item = json_object_get(claims, name);

    if (item == NULL || json_is_null(item)) {
        return RTC_DECLINED;
    }

    value = json_number_value(item);

    if (!json_is_number(item) || value < 0 || value > RTC_JWT_TIME_MAX) {
        return RTC_ERROR;
    }

    *time = (uint64_t) value;

    return RTC_OK;
}


/* libjwt would sort the members of the payload; ours stay in their order */

static ssize_t
rtc_jwt_encode(uint8_t *token, size_t size, const void *payload, size_t len,
    const uint8_t *key, size_t key_len)
{
    size_t    n;
    uint8_t  *p, digest[RTC_SHA256_LEN];

    n = rtc_base64url_encoded_len(sizeof(RTC_JWT_HEADER) - 1) + 1
        + rtc_base64url_encoded_len(len) + 1
        + rtc_base64url_encoded_len(RTC_SHA256_LEN);

    if (n > size || key_len == 0) {
        return RTC_ERROR;
    }

    p = rtc_base64url_encode(token, (const uint8_t *) RTC_JWT_HEADER,
                             sizeof(RTC_JWT_HEADER) - 1);
    *p++ = '.';
    p = rtc_base64url_encode(p, payload, len);

    if (rtc_hmac_sha256(digest, key, key_len, token, p - token) != RTC_OK) {
        return RTC_ERROR;
    }

    *p++ = '.';
    p = rtc_base64url_encode(p, digest, RTC_SHA256_LEN);

    return p - token;
}
