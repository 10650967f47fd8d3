
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Headers of the PROXY protocol: both versions, cut, malformed, absent.
 */


#include <arpa/inet.h>
#include "rtc_bytes.h"
#include "rtc_proxy.h"
#include "cut.h"
#include "tap.h"


#define SIGNATURE  "\r\n\r\n\0\r\nQUIT\n"
#define SIZE       (sizeof(SIGNATURE) - 1)

#define TCP4       "PROXY TCP4 192.0.2.1 198.51.100.2 49152 443\r\n"
#define TCP6       "PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n"

#define read_text(text)  proxy_read(text, sizeof(text) - 1)


static int          expected;
static size_t       enough, size;
static rtc_tuple_t  tuple;


static int
proxy_read(const void *p, size_t len)
{
    return rtc_proxy_read(p, len, &tuple, &size);
}


/* every beginning wants more until there is enough, then it is as expected */

static void
judge(const uint8_t *p, size_t len)
{
    if (proxy_read(p, len) != (len < enough ? RTC_AGAIN : expected)) {
        printf("# %zu bytes\n", len);
        expected = -100;
    }
}


static int
cut(const void *p, size_t len, size_t n, int rc)
{
    expected = rc;
    enough = n;

    cut_every_byte(judge, p, len);

    return expected == rc;
}


static const char *
text(const rtc_addr_t *addr)
{
    static char  buf[INET6_ADDRSTRLEN + 16];
    char         host[INET6_ADDRSTRLEN];

    if (addr->proto != RTC_TCP
        || inet_ntop(addr->family, addr->addr, host, sizeof(host)) == NULL)
    {
        return "";
    }

    snprintf(buf, sizeof(buf), "%s %u", host, addr->port);

    return buf;
}


static void
test_text(void)
{
    char  line[128];

    ok(cut(TCP4 "\0\x14", sizeof(TCP4) + 1, sizeof(TCP4) - 1, RTC_OK),
       "version 1, TCP4");
    is_int(size, sizeof(TCP4) - 1, "its size");
    is_str(text(&tuple.remote), "192.0.2.1 49152", "the client");
    is_str(text(&tuple.local), "198.51.100.2 443", "where it went");

    ok(cut(TCP6, sizeof(TCP6) - 1, sizeof(TCP6) - 1, RTC_OK),
       "version 1, TCP6");
    is_str(text(&tuple.remote), "2001:db8::1 1", "the client");
    is_str(text(&tuple.local), "2001:db8::2 65535", "where it went");

    is_int(read_text("PROXY UNKNOWN\r\n"), RTC_OK, "UNKNOWN");
    is_int(tuple.remote.family, 0, "tells no client");
    is_int(read_text("PROXY UNKNOWN ffff:f a b c\r\n"), RTC_OK,
           "UNKNOWN with something");

    memset(line, 'x', sizeof(line));
    memcpy(line, "PROXY UNKNOWN ", 14);
    ok(cut(line, sizeof(line), 107, RTC_ERROR), "a line without an end");

    line[106] = '\n';
    line[105] = '\r';
    is_int(proxy_read(line, sizeof(line)), RTC_OK, "the longest one");
    is_int(size, 107, "has 107 bytes");
}


static void
test_text_malformed(void)
{
    char    name[80];
    size_t  i;

    static const char  *lines[] = {
        "PROXY \r\n",
        "PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP4 192.0.2.1\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 000001 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 2001:db8::1 1 2\r\n",
        "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP6 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b 1 2\r\n"
    };

    for (i = 0; i < rtc_nelts(lines); i++) {
        snprintf(name, sizeof(name), "%.*s", (int) strcspn(lines[i], "\r\n"),
                 lines[i]);
        is_int(proxy_read(lines[i], strlen(lines[i])), RTC_ERROR, name);
    }
}


static size_t
binary(uint8_t *p, uint8_t command, uint8_t family, uint16_t len)
{
    memset(p, 0, 1024);
    memcpy(p, SIGNATURE, SIZE);

    p[SIZE] = command;
    p[SIZE + 1] = family;
    rtc_write_u16(p + SIZE + 2, len);

    return SIZE + 4 + len;
}


static void
test_binary(void)
{
    size_t   len;
    uint8_t  p[1024];

    len = binary(p, 0x21, 0x11, 12);
    memcpy(p + 16, "\xc0\x00\x02\x01\xc6\x33\x64\x02\xc0\x00\x01\xbb", 12);

    ok(cut(p, len + 2, len, RTC_OK), "version 2, TCP4");
    is_int(size, 28, "its size");
    is_str(text(&tuple.remote), "192.0.2.1 49152", "the client");
    is_str(text(&tuple.local), "198.51.100.2 443", "where it went");

    len = binary(p, 0x21, 0x21, 36 + 100);
    p[16] = 0x20;
    p[31] = 1;
    p[47] = 2;
    p[49] = 3;
    p[51] = 4;

    ok(cut(p, len, len, RTC_OK), "version 2, TCP6, more behind it");
    is_int(size, len, "its size");
    is_str(text(&tuple.remote), "2000::1 3", "the client");
    is_str(text(&tuple.local), "::2 4", "where it went");

    len = binary(p, 0x20, 0x11, 12);
    is_int(proxy_read(p, len), RTC_OK, "LOCAL");
    is_int(tuple.remote.family, 0, "tells no client");

    len = binary(p, 0x21, 0x31, 216);
    is_int(proxy_read(p, len), RTC_OK, "a unix socket");
    is_int(tuple.remote.family, 0, "is no address");

    len = binary(p, 0x21, 0x11, RTC_PROXY_MAX - 16);
    is_int(proxy_read(p, len), RTC_OK, "the longest one");

    (void) binary(p, 0x21, 0x11, RTC_PROXY_MAX - 15);
    ok(cut(p, 100, 16, RTC_ERROR), "a longer one");

    len = binary(p, 0x21, 0x11, 11);
    is_int(proxy_read(p, len), RTC_ERROR, "one without its addresses");
    len = binary(p, 0x21, 0x21, 35);
    is_int(proxy_read(p, len), RTC_ERROR, "likewise, TCP6");
    len = binary(p, 0x22, 0x11, 12);
    is_int(proxy_read(p, len), RTC_ERROR, "another command");
    len = binary(p, 0x11, 0x11, 12);
    is_int(proxy_read(p, len), RTC_ERROR, "another version");
}


static void
test_absent(void)
{
    is_int(read_text("\0\x6c\0\1"), RTC_DECLINED, "a frame");
    is_int(read_text("PROXX"), RTC_DECLINED, "another word");
    is_int(read_text("\r\n\r\nQUIT"), RTC_DECLINED, "another signature");
    is_int(read_text("\x16"), RTC_DECLINED, "TLS");
    is_int(proxy_read(NULL, 0), RTC_AGAIN, "nothing may be anything");
}


int
main(void)
{
    test_text();
    test_text_malformed();
    test_binary();
    test_absent();

    return done();
}
