
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * STUN messages (RFC 8489): the wrapper of libnice's codec.  Everything goes
 * through rtc_stun_parse() first, which refuses what libnice mishandles; no
 * other function takes raw bytes of the network, but rtc_stun_username().
 */


#ifndef RTC_STUN_H_INCLUDED
#define RTC_STUN_H_INCLUDED


#include "rtc_core.h"


#define RTC_STUN_HEADER              20
#define RTC_STUN_MAGIC               0x2112a442

/* libnice reads up to so many bytes behind a message; buffers have them */
#define RTC_STUN_SLACK               24

#define RTC_STUN_MAX_ATTRS           32
#define RTC_STUN_MAX_USERNAME        508
#define RTC_STUN_MAX_UNKNOWN         8

/* the longest answer rtc_stun_success() and rtc_stun_error() write */
#define RTC_STUN_ANSWER              96

#define RTC_STUN_BINDING             0x001

#define RTC_STUN_REQUEST             0
#define RTC_STUN_INDICATION          1
#define RTC_STUN_SUCCESS             2
#define RTC_STUN_ERROR               3

#define RTC_STUN_USERNAME            0x0006
#define RTC_STUN_INTEGRITY           0x0008
#define RTC_STUN_ERROR_CODE          0x0009
#define RTC_STUN_UNKNOWN_ATTRIBUTES  0x000a
#define RTC_STUN_INTEGRITY_SHA256    0x001c
#define RTC_STUN_XOR_MAPPED_ADDRESS  0x0020
#define RTC_STUN_PRIORITY            0x0024
#define RTC_STUN_USE_CANDIDATE       0x0025
#define RTC_STUN_FINGERPRINT         0x8028
#define RTC_STUN_ICE_CONTROLLED      0x8029
#define RTC_STUN_ICE_CONTROLLING     0x802a


/* the codec's state; one per worker, never per session */

typedef struct rtc_stun_s  rtc_stun_t;


/* a parsed message: points into the caller's bytes */

typedef struct {
    const uint8_t  *data;
    size_t          len;

    /* behind the last attribute that counts (RFC 8489, 14.5 and 14.6) */
    const uint8_t  *end;

    /* the attributes themselves, headers included, or NULL */
    const uint8_t  *integrity;
    const uint8_t  *integrity_sha256;
    const uint8_t  *fingerprint;

    uint16_t        method;
    uint8_t         class;
} rtc_stun_msg_t;


size_t rtc_stun_size(void);
rtc_stun_t *rtc_stun_init(void *mem);

/* whether the first byte and the cookie are those of STUN (RFC 7983) */
int rtc_stun_is(const uint8_t *p, size_t len);

/*
 * Takes exactly one message.  RTC_ERROR: malformed, or one of the forms
 * libnice must not see.
 */
int rtc_stun_parse(rtc_stun_msg_t *m, const uint8_t *p, size_t len);

/*
 * The part of USERNAME before the colon, for a lookup before any
 * cryptography; RTC_DECLINED if there is none.  Reads raw bytes.
 */
int rtc_stun_username(const uint8_t *p, size_t len, rtc_str_t *local);

/*
 * The attribute behind p, or the first one for NULL, of those in front of the
 * integrity attribute; answers where it ends, or NULL when there is none.
 */
const uint8_t *rtc_stun_next(const rtc_stun_msg_t *m, const uint8_t *p,
    uint16_t *type, rtc_str_t *value);

/* the first attribute of the type in front of the integrity attribute */
int rtc_stun_find(const rtc_stun_msg_t *m, uint16_t type, rtc_str_t *value);

/*
 * The types >= 0 and < 0x8000 that are not in known; answers their number,
 * at most RTC_STUN_MAX_UNKNOWN.
 */
size_t rtc_stun_unknown(const rtc_stun_msg_t *m, const uint16_t *known,
    size_t nknown, uint16_t *types);

/*
 * FINGERPRINT, USERNAME and MESSAGE-INTEGRITY by a short-term password
 * (RFC 8489, 9.1): all must be there and right, the message a request.
 */
int rtc_stun_verify(rtc_stun_t *s, const rtc_stun_msg_t *m, rtc_str_t pwd);

/*
 * Answers to a verified request, with MESSAGE-INTEGRITY and FINGERPRINT.
 * Return the length, or 0 if size is below RTC_STUN_ANSWER.  Types are
 * listed with error 420 only.
 */
size_t rtc_stun_success(rtc_stun_t *s, const rtc_stun_msg_t *m,
    const rtc_addr_t *mapped, rtc_str_t pwd, uint8_t *out, size_t size);
size_t rtc_stun_error(rtc_stun_t *s, const rtc_stun_msg_t *m, int code,
    const uint16_t *types, size_t ntypes, rtc_str_t pwd, uint8_t *out,
    size_t size);


#endif /* RTC_STUN_H_INCLUDED */
