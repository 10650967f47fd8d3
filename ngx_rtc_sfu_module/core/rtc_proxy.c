
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * haproxy.org/download/2.8/doc/proxy-protocol.txt, sections 2.1 and 2.2.
 */


#include <arpa/inet.h>

#include "rtc_bytes.h"
#include "rtc_proxy.h"


#define RTC_PROXY_LINE     107          /* the longest of version 1 */
#define RTC_PROXY_HEADER   16           /* of version 2 */

#define RTC_PROXY_LOCAL    0x20
#define RTC_PROXY_PROXY    0x21

#define RTC_PROXY_TCP4     0x11
#define RTC_PROXY_TCP6     0x21


static int rtc_proxy_begins(const uint8_t *p, size_t len, rtc_str_t with);
static int rtc_proxy_read_text(const uint8_t *p, size_t len,
    rtc_tuple_t *tuple, size_t *size);
static const uint8_t *rtc_proxy_read_word(const uint8_t *p,
    const uint8_t *end, rtc_str_t *word);
static int rtc_proxy_addr(rtc_addr_t *addr, rtc_str_t text);
static int rtc_proxy_port(rtc_addr_t *addr, rtc_str_t text);
static int rtc_proxy_read_binary(const uint8_t *p, size_t len,
    rtc_tuple_t *tuple, size_t *size);


static const rtc_str_t  rtc_proxy_text = rtc_string("PROXY ");
static const rtc_str_t  rtc_proxy_binary =
    rtc_string("\r\n\r\n\0\r\nQUIT\n");


int
rtc_proxy_read(const uint8_t *p, size_t len, rtc_tuple_t *tuple, size_t *size)
{
    int  rc;

    memset(tuple, 0, sizeof(rtc_tuple_t));

    rc = rtc_proxy_begins(p, len, rtc_proxy_text);

    if (rc == RTC_OK) {
        return rtc_proxy_read_text(p, len, tuple, size);
    }

    if (rc == RTC_DECLINED) {
        rc = rtc_proxy_begins(p, len, rtc_proxy_binary);
    }

    return rc == RTC_OK ? rtc_proxy_read_binary(p, len, tuple, size) : rc;
}


static int
rtc_proxy_begins(const uint8_t *p, size_t len, rtc_str_t with)
{
    if (len && memcmp(p, with.data, rtc_min(len, with.len)) != 0) {
        return RTC_DECLINED;
    }

    return len < with.len ? RTC_AGAIN : RTC_OK;
}


/* "PROXY TCP4 192.0.2.1 192.0.2.2 49152 443", a line */

static int
rtc_proxy_read_text(const uint8_t *p, size_t len, rtc_tuple_t *tuple,
    size_t *size)
{
    rtc_str_t       family, remote, local, remote_port, local_port;
    const uint8_t  *end;

    end = memchr(p, '\n', rtc_min(len, RTC_PROXY_LINE));

    if (end == NULL) {
        return len < RTC_PROXY_LINE ? RTC_AGAIN : RTC_ERROR;
    }

    if (end[-1] != '\r') {
        return RTC_ERROR;
    }

    *size = (size_t) (end + 1 - p);
    end--;

    p = rtc_proxy_read_word(p + rtc_proxy_text.len, end, &family);

    if (p && rtc_str_eq(family, "UNKNOWN")) {
        return RTC_OK;
    }

    p = rtc_proxy_read_word(p, end, &remote);
    p = rtc_proxy_read_word(p, end, &local);
    p = rtc_proxy_read_word(p, end, &remote_port);
    p = rtc_proxy_read_word(p, end, &local_port);

    if (p != end) {
        return RTC_ERROR;
    }

    if (rtc_str_eq(family, "TCP4")) {
        tuple->remote.family = AF_INET;

    } else if (rtc_str_eq(family, "TCP6")) {
        tuple->remote.family = AF_INET6;

    } else {
        return RTC_ERROR;
    }

    tuple->remote.proto = RTC_TCP;
    tuple->local = tuple->remote;

    return rtc_proxy_addr(&tuple->remote, remote) == RTC_OK
           && rtc_proxy_addr(&tuple->local, local) == RTC_OK
           && rtc_proxy_port(&tuple->remote, remote_port) == RTC_OK
           && rtc_proxy_port(&tuple->local, local_port) == RTC_OK
           ? RTC_OK : RTC_ERROR;
}


/* up to a space, which is skipped, or to the end */

static const uint8_t *
rtc_proxy_read_word(const uint8_t *p, const uint8_t *end, rtc_str_t *word)
{
    const uint8_t  *space;

    if (p == NULL || p == end) {
        return NULL;
    }

    space = memchr(p, ' ', (size_t) (end - p));

    word->data = p;
    word->len = (size_t) ((space ? space : end) - p);

    return space ? space + 1 : end;
}


static int
rtc_proxy_addr(rtc_addr_t *addr, rtc_str_t text)
{
    char  buf[INET6_ADDRSTRLEN];

    if (text.len >= sizeof(buf)) {
        return RTC_ERROR;
    }

    memcpy(buf, text.data, text.len);
    buf[text.len] = '\0';

    return inet_pton(addr->family, buf, addr->addr) == 1 ? RTC_OK : RTC_ERROR;
}


static int
rtc_proxy_port(rtc_addr_t *addr, rtc_str_t text)
{
    size_t    i;
    uint32_t  port;

    if (text.len == 0 || text.len > 5) {
        return RTC_ERROR;
    }

    port = 0;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return RTC_ERROR;
        }

        port = port * 10 + (uint32_t) (text.data[i] - '0');
    }

    if (port > 65535) {
        return RTC_ERROR;
    }

    addr->port = (uint16_t) port;

    return RTC_OK;
}


static int
rtc_proxy_read_binary(const uint8_t *p, size_t len, rtc_tuple_t *tuple,
    size_t *size)
{
    size_t          n;
    uint8_t         command, family;
    uint16_t        length;
    const uint8_t  *end, *remote, *local;

    end = p + len;

    p = rtc_skip_bytes(p, end, rtc_proxy_binary.len);
    p = rtc_read_u8(p, end, &command);
    p = rtc_read_u8(p, end, &family);
    p = rtc_read_u16(p, end, &length);

    if (p == NULL) {
        return RTC_AGAIN;
    }

    *size = (size_t) RTC_PROXY_HEADER + length;

    if ((command != RTC_PROXY_LOCAL && command != RTC_PROXY_PROXY)
        || *size > RTC_PROXY_MAX)
    {
        return RTC_ERROR;
    }

    if (len < *size) {
        return RTC_AGAIN;
    }

    if (command == RTC_PROXY_LOCAL
        || (family != RTC_PROXY_TCP4 && family != RTC_PROXY_TCP6))
    {
        return RTC_OK;
    }

    end = p + length;
    n = (family == RTC_PROXY_TCP4) ? 4 : 16;

    p = rtc_read_bytes(p, end, n, &remote);
    p = rtc_read_bytes(p, end, n, &local);
    p = rtc_read_u16(p, end, &tuple->remote.port);
    p = rtc_read_u16(p, end, &tuple->local.port);

    if (p == NULL) {
        return RTC_ERROR;
    }

    tuple->remote.family = (family == RTC_PROXY_TCP4) ? AF_INET : AF_INET6;
    tuple->remote.proto = RTC_TCP;
    memcpy(tuple->remote.addr, remote, n);

    tuple->local.family = tuple->remote.family;
    tuple->local.proto = RTC_TCP;
    memcpy(tuple->local.addr, local, n);

    return RTC_OK;
}
