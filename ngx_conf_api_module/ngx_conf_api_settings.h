
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The settings of the installation as a worker has them in its memory, with
 * defaults until Redis has answered.  Nothing of it is kept beyond the event
 * that reads it: a change replaces all of it.
 */


#ifndef NGX_CONF_API_SETTINGS_H_INCLUDED
#define NGX_CONF_API_SETTINGS_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>

#include "ngx_rtc_keys.h"
#include "ngx_rtc_redis.h"
#include "ngx_rtc_watch.h"
#include "rtc_settings.h"


typedef struct {
    ngx_log_t                 *log;
    ngx_rtc_watch_t           *watch;
    ngx_rtc_keys_t             keys;            /* of LiveKit access tokens */

    ngx_pool_t                *pool;            /* of what follows, or NULL */
    ngx_str_t                  texts[RTC_SETTINGS];  /* empty: not set */
    ngx_str_t                  custom;          /* as stored; may be damaged */
    ngx_str_t                  branding;        /* the answer of getBranding */
    ngx_str_t                  frame_ancestors; /* the value of CSP */
} ngx_conf_api_settings_t;


/* in init_process and exit_process, while there is a client of Redis */

ngx_int_t ngx_conf_api_settings_init(ngx_conf_api_settings_t *settings,
    ngx_rtc_redis_t *redis, const rtc_jwt_keys_t *keys,
    const ngx_str_t *secret, ngx_log_t *log);
void ngx_conf_api_settings_close(ngx_conf_api_settings_t *settings);

/* the value of a field in the reply of HGETALL, or NULL */

const ngx_rtc_redis_reply_t *ngx_conf_api_settings_field(
    const ngx_rtc_redis_reply_t *hash, const char *name);

/*
 * A text of that reply as rtc_setting_parse() leaves it, in buf; what is not
 * there or damaged is empty.
 */

ngx_str_t ngx_conf_api_settings_text(const ngx_rtc_redis_reply_t *hash,
    rtc_setting_e setting, u_char buf[RTC_SETTING_MAX]);


#endif /* NGX_CONF_API_SETTINGS_H_INCLUDED */
