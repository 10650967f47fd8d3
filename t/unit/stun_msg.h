
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * STUN messages for tests: written byte by byte, signed by OpenSSL, so that
 * hostile ones can be made and libnice is not its own judge.
 */


#ifndef STUN_MSG_H_INCLUDED
#define STUN_MSG_H_INCLUDED


#include <openssl/hmac.h>
#include "rtc_bytes.h"
#include "rtc_stun.h"


#define STUN_MSG_MAX  2048


typedef struct {
    uint8_t         data[STUN_MSG_MAX + RTC_STUN_SLACK];
    size_t          len;
} stun_msg_t;


static inline void
stun_msg_fix_length(stun_msg_t *m, size_t len)
{
    rtc_write_u16(m->data + 2, (uint16_t) (len - RTC_STUN_HEADER));
}


static inline void
stun_msg_init(stun_msg_t *m, uint16_t type)
{
    memset(m, 0, sizeof(stun_msg_t));

    rtc_write_u16(m->data, type);
    rtc_write_u32(m->data + 4, RTC_STUN_MAGIC);
    memcpy(m->data + 8, "transaction.", 12);

    m->len = RTC_STUN_HEADER;
}


static inline void
stun_msg_attr(stun_msg_t *m, uint16_t type, const void *value, size_t len)
{
    uint8_t  *p;

    if (m->len + 4 + len + 3 > STUN_MSG_MAX) {
        abort();
    }

    p = m->data + m->len;
    p = rtc_write_u16(p, type);
    p = rtc_write_u16(p, (uint16_t) len);

    if (len) {
        memcpy(p, value, len);
    }

    m->len += 4 + ((len + 3) & ~(size_t) 3);
    stun_msg_fix_length(m, m->len);
}


static inline void
stun_msg_attr32(stun_msg_t *m, uint16_t type, uint32_t value)
{
    uint8_t  buf[4];

    rtc_write_u32(buf, value);
    stun_msg_attr(m, type, buf, 4);
}


static inline void
stun_msg_sign(stun_msg_t *m, const char *key)
{
    uint8_t   hash[20];
    unsigned  n;

    stun_msg_fix_length(m, m->len + 24);

    HMAC(EVP_sha1(), key, (int) strlen(key), m->data, m->len, hash, &n);

    stun_msg_attr(m, RTC_STUN_INTEGRITY, hash, 20);
}


static inline uint32_t
stun_msg_crc32(const uint8_t *p, size_t len)
{
    int       i;
    uint32_t  crc;

    crc = 0xffffffff;

    while (len--) {
        crc ^= *p++;

        for (i = 0; i < 8; i++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }

    return ~crc;
}


static inline void
stun_msg_fingerprint(stun_msg_t *m)
{
    stun_msg_fix_length(m, m->len + 8);

    stun_msg_attr32(m, RTC_STUN_FINGERPRINT,
                    stun_msg_crc32(m->data, m->len) ^ 0x5354554e);
}


/* everything of a check (RFC 8445, 7.1) in front of the integrity */

static inline void
stun_msg_check(stun_msg_t *m, const char *username, int nominate)
{
    stun_msg_init(m, 0x0001);
    stun_msg_attr(m, RTC_STUN_USERNAME, username, strlen(username));
    stun_msg_attr(m, RTC_STUN_ICE_CONTROLLING, "tiebreak", 8);

    if (nominate) {
        stun_msg_attr(m, RTC_STUN_USE_CANDIDATE, NULL, 0);
    }

    stun_msg_attr32(m, RTC_STUN_PRIORITY, 0x6e0001ff);
}


static inline void
stun_msg_finish(stun_msg_t *m, const char *key)
{
    stun_msg_sign(m, key);
    stun_msg_fingerprint(m);
}


#endif /* STUN_MSG_H_INCLUDED */
