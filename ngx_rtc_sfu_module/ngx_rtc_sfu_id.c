
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_id.h"
#include "rtc_crypto.h"


static ngx_int_t ngx_rtc_sfu_id_make(ngx_pool_t *pool, const ngx_str_t *prefix,
    const ngx_str_t *middle, ngx_str_t *id);


ngx_int_t
ngx_rtc_sfu_id_participant(ngx_pool_t *pool, const ngx_str_t *wid,
    ngx_str_t *id)
{
    ngx_str_t  prefix = ngx_string("PA_");

    return ngx_rtc_sfu_id_make(pool, &prefix, wid, id);
}


ngx_int_t
ngx_rtc_sfu_id_worker(const ngx_str_t *id, ngx_str_t *wid)
{
    size_t   len;
    u_char  *dot;

    dot = ngx_strlchr(id->data, id->data + id->len, '.');
    len = dot ? (size_t) (dot - id->data) : id->len;

    if (len <= sizeof("PA_") - 1 + NGX_RTC_SFU_ID_RANDOM
        || ngx_strncmp(id->data, "PA_", sizeof("PA_") - 1) != 0)
    {
        return NGX_DECLINED;
    }

    wid->data = id->data + sizeof("PA_") - 1;
    wid->len = len - (sizeof("PA_") - 1) - NGX_RTC_SFU_ID_RANDOM;

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_id(ngx_pool_t *pool, const char *prefix, ngx_str_t *id)
{
    ngx_str_t  text, none = ngx_null_string;

    text.data = (u_char *) prefix;
    text.len = ngx_strlen(prefix);

    return ngx_rtc_sfu_id_make(pool, &text, &none, id);
}


static ngx_int_t
ngx_rtc_sfu_id_make(ngx_pool_t *pool, const ngx_str_t *prefix,
    const ngx_str_t *middle, ngx_str_t *id)
{
    u_char      *p, random[NGX_RTC_SFU_ID_RANDOM];
    ngx_uint_t   i;

    /* without characters that look alike */

    static const char  letters[] =
        "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    if (rtc_random(random, sizeof(random)) != RTC_OK) {
        return NGX_ERROR;
    }

    id->len = prefix->len + middle->len + sizeof(random);

    id->data = ngx_pnalloc(pool, id->len + 1);
    if (id->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(id->data, "%V%V", prefix, middle);

    for (i = 0; i < sizeof(random); i++) {
        *p++ = letters[random[i] % (sizeof(letters) - 1)];
    }

    *p = '\0';

    return NGX_OK;
}


uint32_t
ngx_rtc_sfu_id_ssrc(void)
{
    uint32_t  ssrc;

    if (rtc_random(&ssrc, sizeof(ssrc)) != RTC_OK || ssrc == 0) {
        ssrc = (uint32_t) ngx_random() | 1;
    }

    return ssrc;
}
