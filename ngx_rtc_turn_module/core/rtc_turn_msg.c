
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <sys/socket.h>
#include <stun/stunmessage.h>
#include "rtc_bytes.h"
#include "rtc_crypto.h"
#include "rtc_turn_msg.h"


#define RTC_TURN_FINGERPRINT_XOR  0x5354554e

#define rtc_turn_align(n)         (((n) + 3) & ~(size_t) 3)


static uint8_t *rtc_turn_msg_append(rtc_turn_msg_t *b, uint16_t type,
    size_t len);
static uint8_t *rtc_turn_write_addr(uint8_t *p, const rtc_addr_t *addr,
    const uint8_t *cookie);
static uint32_t rtc_turn_crc32(const uint8_t *p, size_t len, uint32_t crc);


void
rtc_turn_msg_init(rtc_turn_msg_t *b, uint8_t *data, size_t size, int class,
    uint16_t method, const uint8_t *tid)
{
    StunMessage  msg;

    memset(b, 0, sizeof(rtc_turn_msg_t));
    memset(&msg, 0, sizeof(StunMessage));

    b->data = data;
    b->size = size;

    msg.buffer = data;
    msg.buffer_len = size;

    if (!stun_message_init(&msg, class, method, tid)) {
        b->failed = 1;
        return;
    }

    b->len = RTC_STUN_HEADER;
}


static uint8_t *
rtc_turn_msg_append(rtc_turn_msg_t *b, uint16_t type, size_t len)
{
    uint8_t      *p;
    StunMessage   msg;

    if (b->failed) {
        return NULL;
    }

    memset(&msg, 0, sizeof(StunMessage));

    msg.buffer = b->data;

    /* libnice checks the room without the padding */
    msg.buffer_len = b->size - 4;

    p = stun_message_append(&msg, type, len);

    if (p == NULL) {
        b->failed = 1;
        return NULL;
    }

    /* libnice pads with blanks */

    memset(p + len, 0, rtc_turn_align(len) - len);

    b->len = (size_t) (p - b->data) + rtc_turn_align(len);

    return p;
}


void
rtc_turn_msg_bytes(rtc_turn_msg_t *b, uint16_t type, const void *data,
    size_t len)
{
    uint8_t  *p;

    p = rtc_turn_msg_append(b, type, len);

    if (p && len) {
        memcpy(p, data, len);
    }
}


void
rtc_turn_msg_u32(rtc_turn_msg_t *b, uint16_t type, uint32_t value)
{
    uint8_t  data[4];

    rtc_write_u32(data, value);
    rtc_turn_msg_bytes(b, type, data, 4);
}


void
rtc_turn_msg_addr(rtc_turn_msg_t *b, uint16_t type, const rtc_addr_t *addr)
{
    uint8_t  data[20], *p;

    p = rtc_turn_write_addr(data, addr, b->data + 4);

    rtc_turn_msg_bytes(b, type, data, (size_t) (p - data));
}


/* RFC 8489, 14.2: cookie and transaction id are one key */

static uint8_t *
rtc_turn_write_addr(uint8_t *p, const rtc_addr_t *addr, const uint8_t *cookie)
{
    size_t  i, n;

    n = addr->family == AF_INET6 ? 16 : 4;

    p = rtc_write_u8(p, 0);
    p = rtc_write_u8(p, n == 16 ? RTC_TURN_FAMILY_IPV6 : RTC_TURN_FAMILY_IPV4);
    p = rtc_write_u16(p, (uint16_t) (addr->port ^ RTC_STUN_MAGIC >> 16));

    for (i = 0; i < n; i++) {
        p = rtc_write_u8(p, addr->addr[i] ^ cookie[i]);
    }

    return p;
}


void
rtc_turn_msg_error(rtc_turn_msg_t *b, int code)
{
    rtc_turn_msg_u32(b, RTC_STUN_ERROR_CODE,
                     (uint32_t) (code / 100) << 8 | (uint32_t) (code % 100));
}


void
rtc_turn_msg_sign(rtc_turn_msg_t *b, const uint8_t *key, size_t key_len,
    int sha256)
{
    int       rc;
    size_t    len;
    uint8_t  *p, digest[RTC_SHA256_LEN];

    len = b->len;

    /* the length in the header counts this attribute already */

    p = rtc_turn_msg_append(b, sha256 ? RTC_STUN_INTEGRITY_SHA256
                                      : RTC_STUN_INTEGRITY,
                            sha256 ? RTC_SHA256_LEN : RTC_SHA1_LEN);
    if (p == NULL) {
        return;
    }

    if (sha256) {
        rc = rtc_hmac_sha256(digest, key, key_len, b->data, len);
        memcpy(p, digest, RTC_SHA256_LEN);

    } else {
        rc = rtc_hmac_sha1(digest, key, key_len, b->data, len);
        memcpy(p, digest, RTC_SHA1_LEN);
    }

    if (rc != RTC_OK) {
        b->failed = 1;
    }
}


void
rtc_turn_msg_fingerprint(rtc_turn_msg_t *b)
{
    size_t    len;
    uint8_t  *p;

    len = b->len;
    p = rtc_turn_msg_append(b, RTC_STUN_FINGERPRINT, 4);

    if (p) {
        rtc_write_u32(p, rtc_turn_crc32(b->data, len, 0)
                         ^ RTC_TURN_FINGERPRINT_XOR);
    }
}


int
rtc_turn_read_addr(const rtc_stun_msg_t *m, rtc_str_t value, rtc_addr_t *addr)
{
    size_t   i, n;
    uint8_t  family;

    if (value.len < 8) {
        return RTC_ERROR;
    }

    family = value.data[1];

    if (family == RTC_TURN_FAMILY_IPV4 && value.len == 8) {
        n = 4;

    } else if (family == RTC_TURN_FAMILY_IPV6 && value.len == 20) {
        n = 16;

    } else {
        return RTC_ERROR;
    }

    memset(addr, 0, sizeof(rtc_addr_t));

    addr->family = n == 16 ? AF_INET6 : AF_INET;
    addr->port = (uint16_t) (rtc_get_u16(value.data + 2)
                             ^ RTC_STUN_MAGIC >> 16);

    for (i = 0; i < n; i++) {
        addr->addr[i] = value.data[4 + i] ^ m->data[4 + i];
    }

    return RTC_OK;
}


int
rtc_turn_find_u32(const rtc_stun_msg_t *m, uint16_t type, uint32_t *value)
{
    rtc_str_t  s;

    if (rtc_stun_find(m, type, &s) != RTC_OK) {
        return RTC_DECLINED;
    }

    if (s.len != 4) {
        return RTC_ERROR;
    }

    *value = rtc_get_u32(s.data);

    return RTC_OK;
}


int
rtc_turn_verify(const rtc_stun_msg_t *m, const uint8_t *key, size_t key_len,
    int sha256)
{
    size_t          len, want;
    uint8_t         buf[RTC_TURN_REQUEST_MAX], digest[RTC_SHA256_LEN];
    const uint8_t  *attr;

    attr = sha256 ? m->integrity_sha256 : m->integrity;

    if (attr == NULL || m->len > RTC_TURN_REQUEST_MAX) {
        return RTC_ERROR;
    }

    len = (size_t) (attr - m->data);
    want = sha256 ? RTC_SHA256_LEN : RTC_SHA1_LEN;

    /* RFC 8489, 14.6: shorter ones are for usages that say so; TURN does not */

    if (rtc_get_u16(attr + 2) != want) {
        return RTC_ERROR;
    }

    /* the length covers the integrity attribute and nothing behind it */

    memcpy(buf, m->data, len);
    rtc_write_u16(buf + 2, (uint16_t) (len + 4 + want - RTC_STUN_HEADER));

    if ((sha256 ? rtc_hmac_sha256(digest, key, key_len, buf, len)
                : rtc_hmac_sha1(digest, key, key_len, buf, len)) != RTC_OK
        || !rtc_equal(digest, attr + 4, want))
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}


int
rtc_turn_verify_fingerprint(const rtc_stun_msg_t *m)
{
    uint32_t  crc;

    if (m->fingerprint == NULL) {
        return RTC_OK;
    }

    crc = rtc_turn_crc32(m->data, (size_t) (m->fingerprint - m->data), 0);

    if ((crc ^ RTC_TURN_FINGERPRINT_XOR) != rtc_get_u32(m->fingerprint + 4)) {
        return RTC_ERROR;
    }

    return RTC_OK;
}


/* CRC-32 of RFC 1952, half a byte at a time */

static uint32_t
rtc_turn_crc32(const uint8_t *p, size_t len, uint32_t crc)
{
    static const uint32_t  table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
        0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c
    };

    crc = ~crc;

    while (len--) {
        crc ^= *p++;
        crc = crc >> 4 ^ table[crc & 0xf];
        crc = crc >> 4 ^ table[crc & 0xf];
    }

    return ~crc;
}


uint8_t *
rtc_turn_data_indication(uint8_t *data, size_t len, const rtc_addr_t *peer,
    const uint8_t *tid, size_t *total)
{
    size_t    n, addr_len;
    uint8_t  *p, *start;

    addr_len = peer->family == AF_INET6 ? 20 : 8;
    n = RTC_STUN_HEADER + 4 + addr_len + 4;

    start = data - n;

    p = rtc_write_u16(start, 0x0017);
    p = rtc_write_u16(p, (uint16_t) (n - RTC_STUN_HEADER
                                     + rtc_turn_align(len)));
    p = rtc_write_u32(p, RTC_STUN_MAGIC);
    p = rtc_write_bytes(p, tid, 12);

    p = rtc_write_u16(p, RTC_TURN_A_XOR_PEER_ADDRESS);
    p = rtc_write_u16(p, (uint16_t) addr_len);
    p = rtc_turn_write_addr(p, peer, start + 4);

    p = rtc_write_u16(p, RTC_TURN_A_DATA);
    rtc_write_u16(p, (uint16_t) len);

    memset(data + len, 0, rtc_turn_align(len) - len);

    *total = n + rtc_turn_align(len);

    return start;
}
