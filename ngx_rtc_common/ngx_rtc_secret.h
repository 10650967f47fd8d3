
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Files with secrets: read while the configuration is, by the master, before
 * privileges are dropped.  What was read lives in the configuration's pool.
 * Errors are logged, the content never is.
 */


#ifndef NGX_RTC_SECRET_H_INCLUDED
#define NGX_RTC_SECRET_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "rtc_jwt.h"


#define NGX_RTC_SECRET_MAX  65536       /* bytes of such a file */
#define NGX_RTC_SECRET_MIN  32          /* bytes of the installation's secret */


/* name becomes a full path; warns if the file can be read by others */

ngx_int_t ngx_rtc_secret_read(ngx_conf_t *cf, ngx_str_t *name,
    ngx_str_t *text);

/* the installation's secret: without the line's end, and not too short */

ngx_int_t ngx_rtc_secret_read_line(ngx_conf_t *cf, ngx_str_t *name,
    ngx_str_t *secret);

/* a file of keys, see rtc_jwt_parse_keys() */

ngx_int_t ngx_rtc_secret_read_keys(ngx_conf_t *cf, ngx_str_t *name,
    rtc_jwt_keys_t *keys);


#endif /* NGX_RTC_SECRET_H_INCLUDED */
