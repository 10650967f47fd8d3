
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What is atomic in Redis: the scripts are in lua/, keys and events are
 * described in rtc_keys.h.
 */


#include "ngx_conf_api.h"
#include "ngx_conf_api_lua.h"
#include "ngx_rtc_common_lua.h"


static const ngx_str_t  ngx_conf_api_scripts[ngx_conf_api_script_n] = {
    ngx_string(NGX_CONF_API_LUA_AUTH),
    ngx_string(NGX_CONF_API_LUA_LIMIT NGX_CONF_API_LUA_LOGIN),
    ngx_string(NGX_CONF_API_LUA_LIMIT NGX_CONF_API_LUA_ATTEMPT),
    ngx_string(NGX_CONF_API_LUA_TOKENS),
    ngx_string(NGX_CONF_API_LUA_ROOM NGX_CONF_API_LUA_CREATE),
    ngx_string(NGX_CONF_API_LUA_ROOM NGX_CONF_API_LUA_PUBLISH
               NGX_CONF_API_LUA_UPDATE),
    ngx_string(NGX_RTC_COMMON_LUA_RECORD NGX_CONF_API_LUA_ROOM
               NGX_CONF_API_LUA_PUBLISH NGX_CONF_API_LUA_REMOVE),
    ngx_string(NGX_CONF_API_LUA_ROOM NGX_CONF_API_LUA_GET),
    ngx_string(NGX_CONF_API_LUA_ROOM NGX_CONF_API_LUA_LIST),
    ngx_string(NGX_CONF_API_LUA_ROOM NGX_CONF_API_LUA_SEAT),
    ngx_string(NGX_CONF_API_LUA_CERTIFICATE),
    ngx_string(NGX_CONF_API_LUA_SETTINGS),
    ngx_string(NGX_CONF_API_LUA_CUSTOM),
    ngx_string(NGX_CONF_API_LUA_KEYS),
    ngx_string(NGX_CONF_API_LUA_WEBHOOKS),
    ngx_string(NGX_CONF_API_LUA_INFO),
    ngx_string(NGX_CONF_API_LUA_TEST),
    ngx_string(NGX_CONF_API_LUA_USER NGX_CONF_API_LUA_USER_LIST),
    ngx_string(NGX_CONF_API_LUA_USER NGX_CONF_API_LUA_USER_CREATE),
    ngx_string(NGX_CONF_API_LUA_USER NGX_CONF_API_LUA_USER_UPDATE),
    ngx_string(NGX_CONF_API_LUA_USER NGX_CONF_API_LUA_USER_REMOVE),
    ngx_string(NGX_CONF_API_LUA_USER NGX_CONF_API_LUA_USER_DUMP),
    ngx_string(NGX_CONF_API_LUA_ROOM NGX_CONF_API_LUA_STAGE),
    ngx_string(NGX_CONF_API_LUA_ROOM NGX_CONF_API_LUA_PUBLISH
               NGX_CONF_API_LUA_USER NGX_CONF_API_LUA_IMPORT),
    ngx_string(NGX_CONF_API_LUA_DRAIN)
};


void
ngx_conf_api_init_scripts(ngx_conf_api_main_conf_t *amcf)
{
    ngx_uint_t  i;

    for (i = 0; i < ngx_conf_api_script_n; i++) {
        ngx_rtc_redis_script_init(&amcf->scripts[i], &ngx_conf_api_scripts[i]);
    }
}
