
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The bounded cursor of all wire parsers: each read answers the position
 * behind what it read, or NULL when the bytes end before (NULL in, NULL out:
 * a chain of reads needs one check at its end).  Network byte order.
 */


#ifndef RTC_BYTES_H_INCLUDED
#define RTC_BYTES_H_INCLUDED


#include "rtc_core.h"


static inline uint16_t
rtc_get_u16(const uint8_t *p)
{
    return (uint16_t) (p[0] << 8 | p[1]);
}


static inline uint32_t
rtc_get_u24(const uint8_t *p)
{
    return (uint32_t) p[0] << 16 | (uint32_t) p[1] << 8 | p[2];
}


static inline uint32_t
rtc_get_u32(const uint8_t *p)
{
    return (uint32_t) p[0] << 24 | rtc_get_u24(p + 1);
}


static inline uint64_t
rtc_get_u64(const uint8_t *p)
{
    return (uint64_t) rtc_get_u32(p) << 32 | rtc_get_u32(p + 4);
}


static inline const uint8_t *
rtc_read_u8(const uint8_t *p, const uint8_t *end, uint8_t *value)
{
    if (p == NULL || end - p < 1) {
        return NULL;
    }

    *value = *p;

    return p + 1;
}


static inline const uint8_t *
rtc_read_u16(const uint8_t *p, const uint8_t *end, uint16_t *value)
{
    if (p == NULL || end - p < 2) {
        return NULL;
    }

    *value = rtc_get_u16(p);

    return p + 2;
}


static inline const uint8_t *
rtc_read_u24(const uint8_t *p, const uint8_t *end, uint32_t *value)
{
    if (p == NULL || end - p < 3) {
        return NULL;
    }

    *value = rtc_get_u24(p);

    return p + 3;
}


static inline const uint8_t *
rtc_read_u32(const uint8_t *p, const uint8_t *end, uint32_t *value)
{
    if (p == NULL || end - p < 4) {
        return NULL;
    }

    *value = rtc_get_u32(p);

    return p + 4;
}


static inline const uint8_t *
rtc_read_u64(const uint8_t *p, const uint8_t *end, uint64_t *value)
{
    if (p == NULL || end - p < 8) {
        return NULL;
    }

    *value = rtc_get_u64(p);

    return p + 8;
}


/* points *data at len bytes of the input */

static inline const uint8_t *
rtc_read_bytes(const uint8_t *p, const uint8_t *end, size_t len,
    const uint8_t **data)
{
    if (p == NULL || (size_t) (end - p) < len) {
        return NULL;
    }

    *data = p;

    return p + len;
}


static inline const uint8_t *
rtc_skip_bytes(const uint8_t *p, const uint8_t *end, size_t len)
{
    if (p == NULL || (size_t) (end - p) < len) {
        return NULL;
    }

    return p + len;
}


/* writes; the caller has checked the room */

static inline uint8_t *
rtc_write_u8(uint8_t *p, uint8_t value)
{
    *p = value;

    return p + 1;
}


static inline uint8_t *
rtc_write_u16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t) (value >> 8);
    p[1] = (uint8_t) value;

    return p + 2;
}


static inline uint8_t *
rtc_write_u24(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t) (value >> 16);
    p[1] = (uint8_t) (value >> 8);
    p[2] = (uint8_t) value;

    return p + 3;
}


static inline uint8_t *
rtc_write_u32(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t) (value >> 24);

    return rtc_write_u24(p + 1, value & 0xffffff);
}


static inline uint8_t *
rtc_write_u64(uint8_t *p, uint64_t value)
{
    p = rtc_write_u32(p, (uint32_t) (value >> 32));

    return rtc_write_u32(p, (uint32_t) value);
}


static inline uint8_t *
rtc_write_bytes(uint8_t *p, const void *data, size_t len)
{
    memcpy(p, data, len);

    return p + len;
}


#endif /* RTC_BYTES_H_INCLUDED */
