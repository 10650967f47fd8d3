
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Type-checked access to replies: another version or another tenant of the
 * server may answer anything.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_redis_internal.h"


#define ngx_rtc_redis_raw(reply)  ((const redisReply *) (const void *) (reply))


/* the server is there but cannot do it now */

static const char  *ngx_rtc_redis_away_codes[] = {
    "LOADING", "READONLY", "MASTERDOWN", "NOREPLICAS", "BUSY", "MISCONF",
    "OOM", "TRYAGAIN", "CLUSTERDOWN", NULL
};


ngx_int_t
ngx_rtc_redis_reply_string(const ngx_rtc_redis_reply_t *reply,
    ngx_str_t *value)
{
    const redisReply  *rr;

    rr = ngx_rtc_redis_raw(reply);

    if (rr == NULL
        || (rr->type != REDIS_REPLY_STRING && rr->type != REDIS_REPLY_STATUS
            && rr->type != REDIS_REPLY_ERROR))
    {
        return NGX_ERROR;
    }

    value->data = (u_char *) rr->str;
    value->len = rr->len;

    return NGX_OK;
}


ngx_int_t
ngx_rtc_redis_reply_integer(const ngx_rtc_redis_reply_t *reply,
    int64_t *value)
{
    off_t              n;
    u_char            *p;
    size_t             len;
    const redisReply  *rr;

    rr = ngx_rtc_redis_raw(reply);

    if (rr == NULL) {
        return NGX_ERROR;
    }

    if (rr->type == REDIS_REPLY_INTEGER) {
        *value = rr->integer;
        return NGX_OK;
    }

    if (rr->type != REDIS_REPLY_STRING || rr->len == 0) {
        return NGX_ERROR;
    }

    p = (u_char *) rr->str;
    len = rr->len;

    if (*p == '-') {
        p++;
        len--;
    }

    n = ngx_atoof(p, len);
    if (n == NGX_ERROR) {
        return NGX_ERROR;
    }

    *value = (*rr->str == '-') ? -n : n;

    return NGX_OK;
}


ngx_uint_t
ngx_rtc_redis_reply_is_nil(const ngx_rtc_redis_reply_t *reply)
{
    return reply != NULL
           && ngx_rtc_redis_raw(reply)->type == REDIS_REPLY_NIL;
}


ngx_uint_t
ngx_rtc_redis_reply_is_array(const ngx_rtc_redis_reply_t *reply)
{
    return reply != NULL
           && ngx_rtc_redis_raw(reply)->type == REDIS_REPLY_ARRAY;
}


ngx_uint_t
ngx_rtc_redis_reply_nelts(const ngx_rtc_redis_reply_t *reply)
{
    return ngx_rtc_redis_reply_is_array(reply)
           ? ngx_rtc_redis_raw(reply)->elements : 0;
}


const ngx_rtc_redis_reply_t *
ngx_rtc_redis_reply_elt(const ngx_rtc_redis_reply_t *reply, ngx_uint_t n)
{
    if (n >= ngx_rtc_redis_reply_nelts(reply)) {
        return NULL;
    }

    return (const ngx_rtc_redis_reply_t *) (const void *)
               ngx_rtc_redis_raw(reply)->element[n];
}


ngx_int_t
ngx_rtc_redis_reply_rc(const ngx_rtc_redis_reply_t *reply)
{
    const char  **code;

    if (reply == NULL) {
        return NGX_AGAIN;
    }

    if (ngx_rtc_redis_raw(reply)->type != REDIS_REPLY_ERROR) {
        return NGX_OK;
    }

    for (code = ngx_rtc_redis_away_codes; *code; code++) {
        if (ngx_rtc_redis_reply_is_error(reply, *code)) {
            return NGX_AGAIN;
        }
    }

    return NGX_ERROR;
}


ngx_uint_t
ngx_rtc_redis_reply_is_error(const ngx_rtc_redis_reply_t *reply,
    const char *code)
{
    size_t             n;
    const char        *p;
    const redisReply  *rr;

    rr = ngx_rtc_redis_raw(reply);

    if (rr == NULL || rr->type != REDIS_REPLY_ERROR) {
        return 0;
    }

    n = ngx_strlen(code);

    if (rr->len > n && ngx_strncmp(rr->str, code, n) == 0
        && rr->str[n] == ' ')
    {
        return 1;
    }

    /* before Redis 7 a script's error stands behind "-" in the text */

    p = ngx_strstr(rr->str, code);

    return p != NULL && p > rr->str && p[-1] == '-' && p[n] == ' ';
}


ngx_uint_t
ngx_rtc_redis_reply_is_primary(const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t  role;

    return ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, 0), &role)
           == NGX_OK
           && role.len == 6 && ngx_strncmp(role.data, "master", 6) == 0;
}
