
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "tap.h"


int
main(void)
{
    uint8_t         buf[16], a;
    uint16_t        b;
    uint32_t        c, d;
    uint64_t        e;
    const uint8_t  *p, *end;
    size_t          n;

    p = rtc_write_u8(buf, 0x01);
    p = rtc_write_u16((uint8_t *) p, 0x0203);
    p = rtc_write_u24((uint8_t *) p, 0x040506);
    p = rtc_write_u32((uint8_t *) p, 0x0708090a);

    is_int(p - buf, 10, "ten bytes written");

    for (n = 0; n <= 10; n++) {
        end = buf + n;

        p = rtc_read_u8(buf, end, &a);
        p = rtc_read_u16(p, end, &b);
        p = rtc_read_u24(p, end, &c);
        p = rtc_read_u32(p, end, &d);

        ok((p != NULL) == (n == 10), "complete only with all bytes");
    }

    is_int(a, 0x01, "u8");
    is_int(b, 0x0203, "u16");
    is_int(c, 0x040506, "u24");
    is_int(d, 0x0708090a, "u32");

    rtc_write_u64(buf, 0x0102030405060708);
    p = rtc_read_u64(buf, buf + 8, &e);
    ok(p == buf + 8 && e == 0x0102030405060708, "u64");
    ok(rtc_read_u64(buf, buf + 7, &e) == NULL, "u64 cut");
    ok(rtc_skip_bytes(buf, buf + 4, 5) == NULL, "skip beyond the end");

    return done();
}
