
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_registry_internal.h"


#define NGX_RTC_SFU_PROTOCOL_KEEP  "60000"      /* ms */


static void ngx_rtc_sfu_registry_protocol_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);


void
ngx_rtc_sfu_registry_ask_protocol(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *id, const ngx_str_t *identity, ngx_uint_t protocol)
{
    u_char     *key, value[NGX_INT_T_LEN];
    ngx_str_t   args[5];

    /* one at a time: clients could have as many as there are calls */

    if (!reg->up || reg->wishing) {
        return;
    }

    key = ngx_alloc(sizeof(RTC_KEY_PROTOCOL) + NGX_SIZE_T_LEN + id->len
                    + identity->len + 2,
                    reg->log);
    if (key == NULL) {
        return;
    }

    ngx_str_set(&args[0], "SET");
    args[1].data = key;
    args[1].len = ngx_sprintf(key, RTC_KEY_PROTOCOL "%uz:%V:%V", id->len, id,
                              identity)
                  - key;
    args[2].data = value;
    args[2].len = ngx_sprintf(value, "%ui", protocol) - value;
    ngx_str_set(&args[3], "PX");
    ngx_str_set(&args[4], NGX_RTC_SFU_PROTOCOL_KEEP);

    reg->wishing = ngx_rtc_redis_command(reg->redis, 5, args,
                                     ngx_rtc_sfu_registry_protocol_handler,
                                     reg);
    ngx_free(key);
}


static void
ngx_rtc_sfu_registry_protocol_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_registry_t  *reg = data;

    reg->wishing = NULL;
}


ngx_uint_t
ngx_rtc_sfu_registry_protocol(const ngx_rtc_sfu_registry_member_t *member)
{
    return member->protocol;
}


ngx_uint_t
ngx_rtc_sfu_registry_read_protocol(const ngx_rtc_redis_reply_t *reply,
    ngx_uint_t n)
{
    int64_t  protocol;

    if (ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(reply, n),
                                    &protocol)
        != NGX_OK
        || protocol < 0)
    {
        return 0;
    }

    return (ngx_uint_t) protocol;
}
