
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdint.h>
#include <string.h>

#include <usrsctp.h>

#include "bench_sctp.h"
#include "rtc_bytes.h"
#include "rtc_dcep.h"


#define BENCH_SCTP_HEADER      12
#define BENCH_SCTP_TAG         0x62656e63
#define BENCH_SCTP_WINDOW      131072
#define BENCH_SCTP_STREAMS     1024

#define BENCH_SCTP_ROOM        64       /* of the longest answer to a chunk */

#define BENCH_SCTP_DATA        0
#define BENCH_SCTP_INIT        1
#define BENCH_SCTP_INIT_ACK    2
#define BENCH_SCTP_SACK        3
#define BENCH_SCTP_HEARTBEAT   4
#define BENCH_SCTP_COOKIE      10
#define BENCH_SCTP_COOKIE_ACK  11

#define BENCH_SCTP_PARAM       7        /* the cookie of INIT ACK */


static uint8_t *bench_sctp_chunk(bench_sctp_t *s, const uint8_t *p,
    size_t len, uint8_t *out);
static uint8_t *bench_sctp_init(bench_sctp_t *s, const uint8_t *p,
    uint8_t *out);
static uint8_t *bench_sctp_data(bench_sctp_t *s, const uint8_t *p, size_t len,
    uint8_t *out);
static uint8_t *bench_sctp_start_chunk(uint8_t *out, uint8_t type, size_t len);


size_t
bench_sctp_input(bench_sctp_t *s, const uint8_t *p, size_t len, uint8_t *out)
{
    size_t          n;
    uint8_t        *q;
    uint32_t        sum;
    const uint8_t  *end;

    if (len < BENCH_SCTP_HEADER) {
        return 0;
    }

    q = out + BENCH_SCTP_HEADER;
    end = p + len;

    memcpy(out, p + 2, 2);
    memcpy(out + 2, p, 2);

    for (p += BENCH_SCTP_HEADER; end - p >= 4; p += (n + 3) & ~(size_t) 3) {
        n = rtc_get_u16(p + 2);

        if (n < 4 || n > (size_t) (end - p)
            || q > out + BENCH_SCTP_PACKET - BENCH_SCTP_ROOM)
        {
            break;
        }

        q = bench_sctp_chunk(s, p, n, q);

        if (n + 3 >= (size_t) (end - p)) {
            break;
        }
    }

    len = (size_t) (q - out);

    if (len == BENCH_SCTP_HEADER) {
        return 0;
    }

    (void) rtc_write_u32(rtc_write_u32(out + 4, s->peer_tag), 0);

    sum = usrsctp_crc32c(out, len);
    memcpy(out + 8, &sum, 4);

    return len;
}


static uint8_t *
bench_sctp_chunk(bench_sctp_t *s, const uint8_t *p, size_t len, uint8_t *out)
{
    switch (p[0]) {

    case BENCH_SCTP_INIT:
        return len < 20 ? out : bench_sctp_init(s, p, out);

    case BENCH_SCTP_COOKIE:
        return bench_sctp_start_chunk(out, BENCH_SCTP_COOKIE_ACK, 4);

    case BENCH_SCTP_DATA:
        return len < 16 ? out : bench_sctp_data(s, p, len, out);

    default:
        return out;
    }
}


static uint8_t *
bench_sctp_init(bench_sctp_t *s, const uint8_t *p, uint8_t *out)
{
    s->peer_tag = rtc_get_u32(p + 4);
    s->cumulative = rtc_get_u32(p + 16) - 1;
    s->tsn = 1;

    out = bench_sctp_start_chunk(out, BENCH_SCTP_INIT_ACK, 28);
    out = rtc_write_u32(out, BENCH_SCTP_TAG);
    out = rtc_write_u32(out, BENCH_SCTP_WINDOW);
    out = rtc_write_u16(out, BENCH_SCTP_STREAMS);
    out = rtc_write_u16(out, BENCH_SCTP_STREAMS);
    out = rtc_write_u32(out, s->tsn);

    out = rtc_write_u16(out, BENCH_SCTP_PARAM);
    out = rtc_write_u16(out, 8);

    return rtc_write_u32(out, 0);
}


/* an OPEN is acknowledged (RFC 8832) */

static uint8_t *
bench_sctp_data(bench_sctp_t *s, const uint8_t *p, size_t len, uint8_t *out)
{
    if (rtc_get_u32(p + 4) == s->cumulative + 1) {
        s->cumulative++;

        if (rtc_get_u32(p + 12) == RTC_DCEP_PPID && len > 16
            && p[16] == 3)
        {
            out = bench_sctp_start_chunk(out, BENCH_SCTP_DATA, 17);
            out[-3] = 3;                        /* begin and end */
            out = rtc_write_u32(out, s->tsn++);
            memcpy(out, p + 8, 2);              /* the stream */
            out = rtc_write_u16(out + 2, 0);
            out = rtc_write_u32(out, RTC_DCEP_PPID);
            out = rtc_write_u32(out, 0x02000000);
        }
    }

    out = bench_sctp_start_chunk(out, BENCH_SCTP_SACK, 16);
    out = rtc_write_u32(out, s->cumulative);
    out = rtc_write_u32(out, BENCH_SCTP_WINDOW);

    return rtc_write_u32(out, 0);
}


static uint8_t *
bench_sctp_start_chunk(uint8_t *out, uint8_t type, size_t len)
{
    out = rtc_write_u8(out, type);
    out = rtc_write_u8(out, 0);

    return rtc_write_u16(out, (uint16_t) len);
}
