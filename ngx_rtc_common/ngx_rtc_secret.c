
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_secret.h"


ngx_int_t
ngx_rtc_secret_read(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *text)
{
    ssize_t     n;
    ngx_file_t  file;

    if (ngx_conf_full_name(cf->cycle, name, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(&file, sizeof(ngx_file_t));

    file.name = *name;
    file.log = cf->log;
    file.fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (file.fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    n = NGX_ERROR;

    if (ngx_fd_info(file.fd, &file.info) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", name);
        goto done;
    }

    if (file.info.st_mode & (S_IRWXG|S_IRWXO)) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"%V\" can be read by others, its mode should be "
                           "0600", name);
    }

    if (ngx_file_size(&file.info) > NGX_RTC_SECRET_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\" is too large", name);
        goto done;
    }

    text->len = ngx_file_size(&file.info);
    text->data = ngx_pnalloc(cf->pool, text->len + 1);

    if (text->data == NULL) {
        goto done;
    }

    n = ngx_read_file(&file, text->data, text->len, 0);

    if (n >= 0) {
        text->len = n;
    }

done:

    (void) ngx_close_file(file.fd);

    return n == NGX_ERROR ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ngx_rtc_secret_read_line(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *secret)
{
    if (ngx_rtc_secret_read(cf, name, secret) != NGX_OK) {
        return NGX_ERROR;
    }

    while (secret->len
           && (secret->data[secret->len - 1] == LF
               || secret->data[secret->len - 1] == CR))
    {
        secret->len--;
    }

    if (secret->len < NGX_RTC_SECRET_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" has a secret of less than %d bytes", name,
                           NGX_RTC_SECRET_MIN);
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_rtc_secret_read_keys(ngx_conf_t *cf, ngx_str_t *name,
    rtc_jwt_keys_t *keys)
{
    ngx_str_t    text;
    const char  *reason;

    if (ngx_rtc_secret_read(cf, name, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    if (rtc_jwt_parse_keys(keys, text.data, text.len, &reason) != RTC_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\": %s", name, reason);
        return NGX_ERROR;
    }

    return NGX_OK;
}
