
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <zlib.h>

#include "cut.h"
#include "rtc_base64.h"
#include "rtc_join_request.h"
#include "tap.h"


#define INNER  "\x12\x02\x08\x01"               /* auto_subscribe */


static uint8_t      text[8192], decoded[8192];
static const char  *reason;


static size_t
pack_gzip(uint8_t *dst, size_t size, const void *src, size_t len)
{
    z_stream  z;

    memset(&z, 0, sizeof(z_stream));

    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);

    z.next_in = (Bytef *) src;
    z.avail_in = (uInt) len;
    z.next_out = dst;
    z.avail_out = (uInt) size;

    deflate(&z, Z_FINISH);
    deflateEnd(&z);

    return z.total_out;
}


/* WrappedJoinRequest around it; answers its length */

static size_t
wrap(uint8_t *dst, unsigned compression, const void *inner, size_t len)
{
    uint8_t  *p;

    p = dst;

    if (compression) {
        *p++ = 0x08;
        *p++ = (uint8_t) compression;
    }

    *p++ = 0x12;
    *p++ = (uint8_t) (len | 0x80);
    *p++ = (uint8_t) (len >> 7);

    memcpy(p, inner, len);

    return p + len - dst;
}


static int
parse(rtc_join_request_t *request, const uint8_t *packed, size_t len)
{
    size_t  n;

    n = rtc_base64url_encode(text, packed, len) - text;

    return rtc_join_request_parse(request, decoded, text, n, &reason);
}


static void
test_plain(void)
{
    size_t              len;
    uint8_t             packed[64], out[8];
    rtc_join_request_t  request;

    len = wrap(packed, 0, INNER, 4);

    is_int(parse(&request, packed, len), RTC_OK, "plain");
    is_int(request.gzip, 0, "not compressed");
    is_int(request.size, 4, "size");
    is_int(rtc_join_request_inflate(&request, out), RTC_OK, "copied");
    is_mem(out, INNER, 4, "the same bytes");

    /* the usual padding is allowed */

    len = rtc_base64url_encode(text, packed, len) - text;
    memcpy(text + len, "==", 2);

    is_int(rtc_join_request_parse(&request, decoded, text,
                                  len + (4 - len % 4) % 4, &reason),
           RTC_OK, "with padding");

    is_int(rtc_join_request_parse(&request, decoded, (uint8_t *) "a+b/", 4,
                                  &reason),
           RTC_ERROR, "the other alphabet");
    is_str(reason, "cannot base64 decode wrapped join request", "reason");

    is_int(rtc_join_request_parse(&request, decoded, text, 0, &reason),
           RTC_ERROR, "nothing");
    is_str(reason, "cannot unmarshal wrapped join request", "reason");
}


static void
test_gzip(void)
{
    size_t              n, len;
    uint8_t             packed[2048], zipped[1024], out[3000];
    char                inner[3000];
    rtc_join_request_t  request;

    memset(inner, 'x', sizeof(inner));

    n = pack_gzip(zipped, sizeof(zipped), inner, sizeof(inner));
    len = wrap(packed, 1, zipped, n);

    is_int(parse(&request, packed, len), RTC_OK, "gzip");
    is_int(request.gzip, 1, "compressed");
    is_int(request.size, sizeof(inner), "size");
    is_int(rtc_join_request_inflate(&request, out), RTC_OK, "inflated");
    is_mem(out, inner, sizeof(inner), "the same bytes");

    /* what it says about its size is not true */

    packed[len - 4]--;
    is_int(parse(&request, packed, len), RTC_OK, "gzip, smaller");
    is_int(rtc_join_request_inflate(&request, out), RTC_ERROR, "refused");

    packed[len - 4] += 2;
    is_int(parse(&request, packed, len), RTC_OK, "gzip, larger");
    is_int(rtc_join_request_inflate(&request, decoded + len), RTC_ERROR,
           "refused");

    packed[len - 1] = 1;
    is_int(parse(&request, packed, len), RTC_ERROR, "gzip, huge");
    is_str(reason, "join request too large", "reason");

    /* another member behind it */

    n = pack_gzip(zipped, sizeof(zipped), inner, sizeof(inner));
    memcpy(zipped + n, zipped, n);
    len = wrap(packed, 1, zipped, 2 * n);

    is_int(parse(&request, packed, len), RTC_OK, "gzip, twice");
    is_int(rtc_join_request_inflate(&request, out), RTC_ERROR, "refused");

    len = wrap(packed, 1, INNER, 4);
    is_int(parse(&request, packed, len), RTC_ERROR, "gzip, short");
    is_str(reason, "cannot decompress join request", "reason");
}


/* 4 MiB of zeros in 4 kB, once honest, once not */

static void
test_bomb(void)
{
    char               *zeros;
    size_t              n, len;
    uint8_t             packed[6000], zipped[5000], *out;
    rtc_join_request_t  request;

    zeros = calloc(1, 4 << 20);
    out = malloc(RTC_JOIN_REQUEST_MAX);

    n = pack_gzip(zipped, sizeof(zipped), zeros, 4 << 20);
    len = wrap(packed, 1, zipped, n);

    is_int(parse(&request, packed, len), RTC_ERROR, "a bomb");
    is_str(reason, "join request too large", "reason");

    memcpy(packed + len - 4, "\0\0\4\0", 4);
    is_int(parse(&request, packed, len), RTC_OK, "a bomb that lies");
    is_int(request.size, RTC_JOIN_REQUEST_MAX, "the most it may have");
    is_int(rtc_join_request_inflate(&request, out), RTC_ERROR, "refused");

    free(zeros);
    free(out);
}


static void
test_fields(void)
{
    rtc_join_request_t  request;

    static const struct {
        const char  *name;
        int          rc;
        size_t       len;
        const char  *packed;
    } cases[] = {
        { "unknown fields", RTC_OK, 23,
          "\x18\x96\x01\x21________\x2d____\x32\x01_\x12\x01Y" },
        { "the last one counts", RTC_OK, 6, "\x12\x01X\x12\x01Y" },
        { "compression after it", RTC_OK, 5, "\x12\x01Y\x08\x00" },
        { "unknown compression", RTC_ERROR, 5, "\x12\x01Y\x08\x02" },
        { "compression of another type", RTC_OK, 6, "\x0a\x01\x01\x12\x01Y" },
        { "field 0", RTC_ERROR, 5, "\x00\x00\x12\x01Y" },
        { "a group", RTC_ERROR, 4, "\x1b\x12\x01Y" },
        { "length beyond the end", RTC_ERROR, 3, "\x12\x02Y" },
        { "endless number", RTC_ERROR, 15,
          "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x12\x01Y" },
        { "length of 2^64 - 1", RTC_ERROR, 12,
          "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01Y" }
    };

    size_t  i;

    for (i = 0; i < rtc_nelts(cases); i++) {
        is_int(parse(&request, (const uint8_t *) cases[i].packed,
                     cases[i].len),
               cases[i].rc, cases[i].name);

        if (cases[i].rc == RTC_OK) {
            ok(request.len == 1 && request.data[0] == 'Y', "what it holds");
        }
    }
}


static void
cut_text(const uint8_t *p, size_t len)
{
    uint8_t             *dst, *out;
    rtc_join_request_t   request;

    dst = malloc(len ? len : 1);

    if (rtc_join_request_parse(&request, dst, p, len, &reason) == RTC_OK) {
        out = malloc(request.size ? request.size : 1);
        (void) rtc_join_request_inflate(&request, out);
        free(out);
    }

    free(dst);
}


/* cut short as text, and as gzip in a whole message */

static void
test_truncation(void)
{
    size_t              i, n, len;
    uint8_t             packed[256], zipped[128], out[64];
    rtc_join_request_t  request;

    n = pack_gzip(zipped, sizeof(zipped), INNER INNER INNER, 12);
    len = wrap(packed, 1, zipped, n);
    len = rtc_base64url_encode(text, packed, len) - text;

    cut_every_byte(cut_text, text, len);

    for (i = 0; i < n; i++) {
        len = wrap(packed, 1, zipped, i);

        /* the last four bytes are no longer a size */

        if (parse(&request, packed, len) == RTC_OK
            && request.size <= sizeof(out))
        {
            is_int(rtc_join_request_inflate(&request, out), RTC_ERROR,
                   "gzip cut short");
        }
    }
}


int
main(void)
{
    test_plain();
    test_gzip();
    test_bomb();
    test_fields();
    test_truncation();

    return done();
}
