
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_host.h"
#include "rtc_crypto.h"


size_t
ngx_rtc_host(u_char host[NGX_RTC_HOST_LEN])
{
    u_char        *p, text[128], digest[RTC_SHA256_LEN];
    ssize_t        n;
    ngx_fd_t       fd;
    struct stat    st;

    fd = ngx_open_file("/proc/sys/kernel/random/boot_id", NGX_FILE_RDONLY,
                       NGX_FILE_OPEN, 0);
    if (fd == NGX_INVALID_FILE) {
        return 0;
    }

    n = read(fd, text, 64);

    (void) ngx_close_file(fd);

    if (n <= 0 || stat("/proc/self/ns/net", &st) == -1) {
        return 0;
    }

    p = ngx_slprintf(text + n, text + sizeof(text), "%uL %uL",
                     (uint64_t) st.st_dev, (uint64_t) st.st_ino);

    if (rtc_sha256(digest, text, (size_t) (p - text)) != RTC_OK) {
        return 0;
    }

    (void) ngx_hex_dump(host, digest, NGX_RTC_HOST_LEN / 2);

    return NGX_RTC_HOST_LEN;
}
