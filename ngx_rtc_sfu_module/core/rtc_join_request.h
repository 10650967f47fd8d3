
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The argument join_request of /rtc/v1: base64url, with or without padding,
 * of a WrappedJoinRequest, which holds a packed JoinRequest, as it is or
 * compressed by gzip (RFC 1952).
 */


#ifndef RTC_JOIN_REQUEST_H_INCLUDED
#define RTC_JOIN_REQUEST_H_INCLUDED


#include "rtc_core.h"


/*
 * Bytes of a JoinRequest: its largest part is an offer, which has 1 to 3 KB a
 * section.  Of as much as a request line holds gzip could make megabytes.
 */

#define RTC_JOIN_REQUEST_MAX  (256 * 1024)


typedef struct {
    const uint8_t              *data;   /* as it came */
    size_t                      len;
    size_t                      size;   /* of the JoinRequest, as the client
                                           says if it is compressed */
    unsigned                    gzip:1;
} rtc_join_request_t;


/*
 * dst holds as many bytes as the text, the result points into it.  RTC_ERROR,
 * with a sentence in *reason (a constant): malformed, compressed by something
 * else, or too large.
 */

int rtc_join_request_parse(rtc_join_request_t *request, uint8_t *dst,
    const uint8_t *text, size_t len, const char **reason);

/*
 * Writes request->size bytes of JoinRequest.  RTC_ERROR: what is compressed is
 * malformed, or is not of that size.
 */

int rtc_join_request_inflate(const rtc_join_request_t *request, uint8_t *dst);


#endif /* RTC_JOIN_REQUEST_H_INCLUDED */
