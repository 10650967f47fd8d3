
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <zlib.h>

#include "rtc_base64.h"
#include "rtc_bytes.h"
#include "rtc_join_request.h"


#define RTC_JOIN_REQUEST_NONE       0           /* Compression */
#define RTC_JOIN_REQUEST_GZIP       1

#define RTC_JOIN_REQUEST_GZIP_MIN   18          /* header and trailer */
#define RTC_JOIN_REQUEST_WBITS      (15 + 16)   /* zlib: gzip, any window */


/* fields of WrappedJoinRequest */

#define RTC_WRAPPED_COMPRESSION     1
#define RTC_WRAPPED_JOIN_REQUEST    2

#define RTC_WIRE_VARINT             0
#define RTC_WIRE_64                 1
#define RTC_WIRE_BYTES              2
#define RTC_WIRE_32                 5


typedef struct {
    unsigned        number;
    unsigned        wire;
    uint64_t        value;              /* a number, or the length of data */
    const uint8_t  *data;
} rtc_join_request_field_t;


static const uint8_t *rtc_join_request_field(const uint8_t *p,
    const uint8_t *end, rtc_join_request_field_t *field);
static const uint8_t *rtc_join_request_varint(const uint8_t *p,
    const uint8_t *end, uint64_t *value);
static int rtc_join_request_size(rtc_join_request_t *request,
    const char **reason);


int
rtc_join_request_parse(rtc_join_request_t *request, uint8_t *dst,
    const uint8_t *text, size_t len, const char **reason)
{
    unsigned                   pad;
    uint64_t                   compression;
    const uint8_t             *p, *end;
    rtc_join_request_field_t   field;

    memset(request, 0, sizeof(rtc_join_request_t));

    for (pad = 0; pad < 2 && len && text[len - 1] == '='; pad++) {
        len--;
    }

    if (rtc_base64url_decode(dst, text, len) != RTC_OK) {
        *reason = "cannot base64 decode wrapped join request";
        return RTC_ERROR;
    }

    *reason = "cannot unmarshal wrapped join request";

    compression = RTC_JOIN_REQUEST_NONE;

    p = dst;
    end = dst + rtc_base64url_decoded_len(len);

    while (p < end) {
        p = rtc_join_request_field(p, end, &field);

        if (p == NULL) {
            return RTC_ERROR;
        }

        if (field.number == RTC_WRAPPED_COMPRESSION
            && field.wire == RTC_WIRE_VARINT)
        {
            compression = field.value;
        }

        if (field.number == RTC_WRAPPED_JOIN_REQUEST
            && field.wire == RTC_WIRE_BYTES)
        {
            request->data = field.data;
            request->len = (size_t) field.value;
        }
    }

    if (request->data == NULL || compression > RTC_JOIN_REQUEST_GZIP) {
        return RTC_ERROR;
    }

    request->gzip = compression;

    return rtc_join_request_size(request, reason);
}


/* RFC 1952, 2.3.1: the trailer ends with the size modulo 2^32 */

static int
rtc_join_request_size(rtc_join_request_t *request, const char **reason)
{
    const uint8_t  *p;

    request->size = request->len;

    if (request->gzip) {

        if (request->len < RTC_JOIN_REQUEST_GZIP_MIN) {
            *reason = "cannot decompress join request";
            return RTC_ERROR;
        }

        p = request->data + request->len - 4;

        request->size = (size_t) p[3] << 24 | (size_t) p[2] << 16
                        | (size_t) p[1] << 8 | p[0];
    }

    if (request->size > RTC_JOIN_REQUEST_MAX) {
        *reason = "join request too large";
        return RTC_ERROR;
    }

    return RTC_OK;
}


/* one field of a message; NULL: malformed, or a kind that is not used */

static const uint8_t *
rtc_join_request_field(const uint8_t *p, const uint8_t *end,
    rtc_join_request_field_t *field)
{
    uint64_t  tag;

    p = rtc_join_request_varint(p, end, &tag);

    if (p == NULL || tag > UINT32_MAX || tag >> 3 == 0) {
        return NULL;
    }

    field->number = (unsigned) (tag >> 3);
    field->wire = tag & 7;
    field->value = 0;
    field->data = NULL;

    switch (field->wire) {

    case RTC_WIRE_VARINT:
        return rtc_join_request_varint(p, end, &field->value);

    case RTC_WIRE_64:
        return rtc_skip_bytes(p, end, 8);

    case RTC_WIRE_32:
        return rtc_skip_bytes(p, end, 4);

    case RTC_WIRE_BYTES:
        p = rtc_join_request_varint(p, end, &field->value);

        if (p == NULL || field->value > (size_t) (end - p)) {
            return NULL;
        }

        return rtc_read_bytes(p, end, (size_t) field->value, &field->data);

    default:
        return NULL;
    }
}


static const uint8_t *
rtc_join_request_varint(const uint8_t *p, const uint8_t *end, uint64_t *value)
{
    uint8_t   byte;
    unsigned  shift;

    *value = 0;

    for (shift = 0; shift < 64; shift += 7) {
        p = rtc_read_u8(p, end, &byte);

        if (p == NULL) {
            return NULL;
        }

        *value |= (uint64_t) (byte & 0x7f) << shift;

        if (!(byte & 0x80)) {
            return p;
        }
    }

    return NULL;
}


int
rtc_join_request_inflate(const rtc_join_request_t *request, uint8_t *dst)
{
    int       rc;
    z_stream  z;

    if (!request->gzip) {
        if (request->size) {
            memcpy(dst, request->data, request->size);
        }

        return RTC_OK;
    }

    memset(&z, 0, sizeof(z_stream));

    if (inflateInit2(&z, RTC_JOIN_REQUEST_WBITS) != Z_OK) {
        return RTC_ERROR;
    }

    z.next_in = (Bytef *) request->data;
    z.avail_in = (uInt) request->len;
    z.next_out = dst;
    z.avail_out = (uInt) request->size;

    /* a second member is none of ours */

    rc = inflate(&z, Z_FINISH) == Z_STREAM_END
         && z.avail_in == 0 && z.avail_out == 0 ? RTC_OK : RTC_ERROR;

    inflateEnd(&z);

    return rc;
}
