
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api_id.h"
#include "rtc_bytes.h"
#include "rtc_crypto.h"


ngx_int_t
ngx_conf_api_init_ids(ngx_conf_api_ids_t *ids)
{
    u_char  start[3];

    if (rtc_random(ids->random, sizeof(ids->random)) != RTC_OK
        || rtc_random(start, sizeof(start)) != RTC_OK)
    {
        return NGX_ERROR;
    }

    ids->counter = rtc_get_u24(start);

    return NGX_OK;
}


void
ngx_conf_api_make_id(ngx_conf_api_ids_t *ids, u_char id[NGX_CONF_API_ID_LEN])
{
    u_char  *p, bin[NGX_CONF_API_ID_LEN / 2];

    ids->counter = (ids->counter + 1) & 0xffffff;

    p = rtc_write_u32(bin, (uint32_t) ngx_time());
    p = rtc_write_bytes(p, ids->random, sizeof(ids->random));
    (void) rtc_write_u24(p, ids->counter);

    (void) ngx_hex_dump(id, bin, sizeof(bin));
}


ngx_uint_t
ngx_conf_api_is_id(const u_char *data, size_t len)
{
    size_t  i;

    if (len != NGX_CONF_API_ID_LEN) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if ((data[i] < '0' || data[i] > '9')
            && (data[i] < 'a' || data[i] > 'f'))
        {
            return 0;
        }
    }

    return 1;
}
