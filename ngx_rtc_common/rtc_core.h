
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What every pure C unit shares: return codes, lengths with data, addresses.
 */


#ifndef RTC_CORE_H_INCLUDED
#define RTC_CORE_H_INCLUDED


#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>


/* equal to nginx's NGX_*, so that the glue passes them through */

#define RTC_OK         0
#define RTC_ERROR     -1
#define RTC_AGAIN     -2
#define RTC_DECLINED  -5


/* bytes of somebody else's memory; never terminated */

typedef struct {
    const uint8_t  *data;
    size_t          len;
} rtc_str_t;


#define rtc_string(s)  { (const uint8_t *) s, sizeof(s) - 1 }
#define rtc_nelts(a)   (sizeof(a) / sizeof((a)[0]))
#define rtc_min(a, b)  ((a) < (b) ? (a) : (b))
#define rtc_max(a, b)  ((a) > (b) ? (a) : (b))


static inline int
rtc_str_eq(rtc_str_t s, const char *text)
{
    size_t  n;

    n = strlen(text);

    return s.len == n && memcmp(s.data, text, n) == 0;
}


/*
 * A transport address.  Port in host order; addr holds 4 or 16 bytes in
 * network order, the rest is zero, so that addresses compare with memcmp().
 */

#define RTC_UDP  0
#define RTC_TCP  1

typedef struct {
    uint8_t         family;             /* AF_INET or AF_INET6 */
    uint8_t         proto;              /* RTC_UDP or RTC_TCP */
    uint16_t        port;
    uint8_t         addr[16];
} rtc_addr_t;


/* a path a packet came on: remote and local end (RFC 8445, candidate pair) */

typedef struct {
    rtc_addr_t      remote;
    rtc_addr_t      local;
} rtc_tuple_t;


static inline int
rtc_tuple_eq(const rtc_tuple_t *a, const rtc_tuple_t *b)
{
    return memcmp(a, b, sizeof(rtc_tuple_t)) == 0;
}


#endif /* RTC_CORE_H_INCLUDED */
