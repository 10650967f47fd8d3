
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The STUN codec: RFC 5769, and the messages that libnice mishandles, in
 * buffers without a byte to spare.
 */


#include <sys/socket.h>
#include "stun_msg.h"
#include "tap.h"


#define PASSWORD  "VOkJxbRl1RmTxUk/WvJxBt"


/* RFC 5769, 2.1 */

static const uint8_t  request[] =
    "\x00\x01\x00\x58\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86"
    "\xfa\x87\xdf\xae\x80\x22\x00\x10STUN test client"
    "\x00\x24\x00\x04\x6e\x00\x01\xff"
    "\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36"
    "\x00\x06\x00\x09\x65\x76\x74\x6a\x3a\x68\x36\x76\x59\x20\x20\x20"
    "\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5"
    "\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2"
    "\x80\x28\x00\x04\xe5\x7a\x3b\xcf";

#define REQUEST_LEN  (sizeof(request) - 1)


/* XOR-MAPPED-ADDRESS of RFC 5769, 2.2 and 2.3 */

static const uint8_t  mapped4[] =
    "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43";

static const uint8_t  mapped6[] =
    "\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79"
    "\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9";


static rtc_stun_t  *stun;


static rtc_str_t
str(const char *s)
{
    rtc_str_t  v;

    v.data = (const uint8_t *) s;
    v.len = strlen(s);

    return v;
}


/* parses and verifies a copy in memory of exactly this size */

static int
verify(const uint8_t *data, size_t len, const char *pwd)
{
    int              rc;
    uint8_t         *p;
    rtc_str_t        local;
    rtc_stun_msg_t   m;

    p = malloc(len ? len : 1);
    memcpy(p, data, len);

    (void) rtc_stun_username(p, len, &local);

    rc = rtc_stun_parse(&m, p, len);

    if (rc == RTC_OK) {
        rc = rtc_stun_verify(stun, &m, str(pwd));
    }

    free(p);

    return rc;
}


static void
test_vector(void)
{
    size_t           n;
    uint8_t          bad[REQUEST_LEN];
    rtc_str_t        v;
    rtc_stun_msg_t   m;

    is_int(rtc_stun_parse(&m, request, REQUEST_LEN), RTC_OK, "RFC 5769 2.1");
    is_int(m.class, RTC_STUN_REQUEST, "class");
    is_int(m.method, RTC_STUN_BINDING, "method");
    is_int(rtc_stun_find(&m, RTC_STUN_PRIORITY, &v), RTC_OK, "priority");
    is_int(rtc_get_u32(v.data), 0x6e0001ff, "its value");
    is_int(rtc_stun_find(&m, RTC_STUN_USE_CANDIDATE, &v), RTC_DECLINED,
           "not nominated");
    is_int(rtc_stun_find(&m, RTC_STUN_FINGERPRINT, &v), RTC_DECLINED,
           "nothing is found behind the integrity");
    is_int(rtc_stun_username(request, REQUEST_LEN, &v), RTC_OK, "username");
    ok(rtc_str_eq(v, "evtj"), "its local part");
    is_int(verify(request, REQUEST_LEN, PASSWORD), RTC_OK, "verified");
    is_int(verify(request, REQUEST_LEN, "other"), RTC_ERROR, "not by another");
    is_int(verify(request, REQUEST_LEN, ""), RTC_ERROR, "not by an empty one");

    for (n = 0; n < REQUEST_LEN; n++) {
        if (verify(request, n, PASSWORD) != RTC_ERROR) {
            break;
        }
    }

    is_int(n, REQUEST_LEN, "refused when cut at any byte");

    for (n = 0; n < REQUEST_LEN; n++) {
        memcpy(bad, request, REQUEST_LEN);
        bad[n] ^= 0x01;

        if (verify(bad, REQUEST_LEN, PASSWORD) != RTC_ERROR) {
            break;
        }
    }

    is_int(n, REQUEST_LEN, "refused with any bit flipped");
}


static void
test_answers(void)
{
    size_t           n;
    uint8_t          out[RTC_STUN_ANSWER], hash[20];
    unsigned         hlen;
    uint16_t         types[RTC_STUN_MAX_UNKNOWN + 1];
    rtc_str_t        v;
    rtc_addr_t       addr;
    rtc_stun_msg_t   m, a;

    (void) rtc_stun_parse(&m, request, REQUEST_LEN);

    memset(&addr, 0, sizeof(rtc_addr_t));
    addr.family = AF_INET;
    addr.port = 32853;
    memcpy(addr.addr, "\xc0\x00\x02\x01", 4);

    n = rtc_stun_success(stun, &m, &addr, str(PASSWORD), out, sizeof(out));

    is_int(n, 64, "a success of 64 bytes");
    is_mem(out + 20, mapped4, 12, "RFC 5769 2.2, mapped address");
    is_int(rtc_stun_parse(&a, out, n), RTC_OK, "it parses");
    is_int(a.class, RTC_STUN_SUCCESS, "class");
    is_mem(out + 4, request + 4, 16, "transaction id");
    ok(a.fingerprint != NULL, "fingerprint");
    is_int(rtc_get_u32(a.fingerprint + 4),
           stun_msg_crc32(out, n - 8) ^ 0x5354554e, "its value");

    rtc_write_u16(out + 2, (uint16_t) (n - 20 - 8));
    HMAC(EVP_sha1(), PASSWORD, sizeof(PASSWORD) - 1, out, n - 32, hash, &hlen);
    is_mem(a.integrity + 4, hash, 20, "integrity");

    addr.family = AF_INET6;
    memcpy(addr.addr, "\x20\x01\x0d\xb8\x12\x34\x56\x78"
                      "\x00\x11\x22\x33\x44\x55\x66\x77", 16);

    n = rtc_stun_success(stun, &m, &addr, str(PASSWORD), out, sizeof(out));

    is_int(n, 76, "76 bytes for IPv6");
    is_mem(out + 20, mapped6, 24, "RFC 5769 2.3, mapped address");

    n = rtc_stun_error(stun, &m, 487, NULL, 0, str(PASSWORD), out,
                       sizeof(out));

    is_int(n, 60, "an error without a phrase");
    is_int(rtc_stun_parse(&a, out, n), RTC_OK, "it parses");
    is_int(a.class, RTC_STUN_ERROR, "class");
    is_int(rtc_stun_find(&a, RTC_STUN_ERROR_CODE, &v), RTC_OK, "code");
    is_mem(v.data, "\x00\x00\x04\x57", 4, "487");

    types[0] = 0x7001;
    types[1] = 0x7002;
    types[2] = 0x7003;

    n = rtc_stun_error(stun, &m, 420, types, 3, str(PASSWORD), out,
                       sizeof(out));

    is_int(rtc_stun_parse(&a, out, n), RTC_OK, "420 parses");
    is_int(rtc_stun_find(&a, RTC_STUN_UNKNOWN_ATTRIBUTES, &v), RTC_OK,
           "it lists");
    is_int(v.len, 6, "three attributes");
    is_mem(v.data, "\x70\x01\x70\x02\x70\x03\x00\x00", 8, "padded by zero");

    n = rtc_stun_error(stun, &m, 420, types, RTC_STUN_MAX_UNKNOWN + 1,
                       str(PASSWORD), out, sizeof(out));

    ok(n > 0 && n <= RTC_STUN_ANSWER, "not more than the longest answer");
    is_int(rtc_stun_success(stun, &m, &addr, str(PASSWORD), out,
                            RTC_STUN_ANSWER - 1), 0, "no room");

    m.class = RTC_STUN_INDICATION;
    is_int(rtc_stun_success(stun, &m, &addr, str(PASSWORD), out, sizeof(out)),
           0, "no answer but to a request");
}


/* guard 2: libnice compares 20 bytes beyond a shorter attribute */

static void
test_integrity_length(void)
{
    size_t      n;
    uint8_t     zero[36];
    stun_msg_t  m;

    memset(zero, 0, sizeof(zero));

    for (n = 0; n <= 32; n++) {
        stun_msg_check(&m, "evtj:h6vY", 0);
        stun_msg_attr(&m, RTC_STUN_INTEGRITY, zero, n);

        if (verify(m.data, m.len, PASSWORD) != RTC_ERROR) {
            break;
        }

        stun_msg_fingerprint(&m);

        if (verify(m.data, m.len, PASSWORD) != RTC_ERROR) {
            break;
        }
    }

    is_int(n, 33, "MESSAGE-INTEGRITY of 0 to 32 bytes");

    for (n = 0; n <= 36; n++) {
        rtc_stun_msg_t  parsed;

        stun_msg_check(&m, "evtj:h6vY", 0);
        stun_msg_attr(&m, RTC_STUN_INTEGRITY_SHA256, zero, n);

        if ((rtc_stun_parse(&parsed, m.data, m.len) == RTC_OK)
            != (n >= 16 && n <= 32 && n % 4 == 0))
        {
            break;
        }
    }

    is_int(n, 37, "MESSAGE-INTEGRITY-SHA256 of 0 to 36 bytes");
}


/* guards 6 and 7: what stands behind an integrity attribute does not count */

static void
test_behind_integrity(void)
{
    uint8_t         sha256[32];
    rtc_str_t       v;
    stun_msg_t      m;
    rtc_stun_msg_t  parsed;

    memset(sha256, 0, sizeof(sha256));

    stun_msg_check(&m, "evtj:h6vY", 0);
    stun_msg_sign(&m, PASSWORD);
    stun_msg_attr(&m, RTC_STUN_USE_CANDIDATE, NULL, 0);
    stun_msg_fingerprint(&m);

    is_int(verify(m.data, m.len, PASSWORD), RTC_OK, "behind MI: verified");
    (void) rtc_stun_parse(&parsed, m.data, m.len);
    is_int(rtc_stun_find(&parsed, RTC_STUN_USE_CANDIDATE, &v), RTC_DECLINED,
           "and not found");

    stun_msg_check(&m, "evtj:h6vY", 0);
    stun_msg_sign(&m, PASSWORD);
    stun_msg_attr(&m, RTC_STUN_INTEGRITY_SHA256, sha256, 32);
    stun_msg_attr(&m, RTC_STUN_USE_CANDIDATE, NULL, 0);
    stun_msg_fingerprint(&m);

    (void) rtc_stun_parse(&parsed, m.data, m.len);
    ok(parsed.integrity_sha256 != NULL, "MI-SHA256 behind MI is seen");
    is_int(rtc_stun_find(&parsed, RTC_STUN_USE_CANDIDATE, &v), RTC_DECLINED,
           "what is behind both is not found");

    stun_msg_check(&m, "evtj:h6vY", 0);
    stun_msg_attr(&m, RTC_STUN_INTEGRITY_SHA256, sha256, 32);
    stun_msg_attr(&m, RTC_STUN_USE_CANDIDATE, NULL, 0);
    stun_msg_fingerprint(&m);

    (void) rtc_stun_parse(&parsed, m.data, m.len);
    is_int(rtc_stun_find(&parsed, RTC_STUN_USE_CANDIDATE, &v), RTC_DECLINED,
           "behind MI-SHA256 alone: not found");
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR, "nor verified");

    stun_msg_check(&m, "evtj:h6vY", 0);
    stun_msg_attr(&m, RTC_STUN_INTEGRITY_SHA256, sha256, 32);
    stun_msg_finish(&m, PASSWORD);
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR,
           "MI behind MI-SHA256");

    stun_msg_check(&m, "evtj:h6vY", 0);
    stun_msg_sign(&m, PASSWORD);
    stun_msg_finish(&m, PASSWORD);
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR, "two MI");
}


static void
test_hostile(void)
{
    char            name[601];
    size_t          n;
    uint16_t        types[RTC_STUN_MAX_UNKNOWN];
    rtc_str_t       v;
    stun_msg_t      m;
    rtc_stun_msg_t  parsed;

    static const uint16_t  known[] = { RTC_STUN_USERNAME, RTC_STUN_PRIORITY };

    stun_msg_check(&m, "evtj:h6vY", 1);
    stun_msg_sign(&m, PASSWORD);
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR, "no fingerprint");

    stun_msg_fingerprint(&m);
    is_int(verify(m.data, m.len, PASSWORD), RTC_OK, "with it");

    m.data[m.len - 1] ^= 0x80;
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR, "bad fingerprint");

    stun_msg_attr32(&m, 0x8022, 0);
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR,
           "an attribute behind the fingerprint");

    /* guard 12 */

    stun_msg_check(&m, "evtj:h6vY", 1);
    stun_msg_finish(&m, PASSWORD);
    is_int(verify(m.data, m.len + 4, PASSWORD), RTC_ERROR, "trailing bytes");
    is_int(verify(m.data, m.len + 1, PASSWORD), RTC_ERROR, "one of them");

    rtc_write_u16(m.data + 2, 0xffff);
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR, "length of 64K");

    stun_msg_check(&m, "evtj:h6vY", 1);
    rtc_write_u16(m.data + 22, 0xfffd);
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR,
           "an attribute longer than the message");

    stun_msg_check(&m, "evtj:h6vY", 1);
    stun_msg_finish(&m, PASSWORD);
    rtc_write_u32(m.data + 4, 0x2112a443);
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR, "another cookie");

    /* guard 10: libnice asserts the class */

    stun_msg_check(&m, "evtj:h6vY", 1);
    m.data[1] = 0x11;
    stun_msg_finish(&m, PASSWORD);
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR, "an indication");

    m.data[0] = 0x01;
    m.data[1] = 0x01;
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR, "a response");

    stun_msg_init(&m, 0x0001);
    stun_msg_finish(&m, PASSWORD);
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR, "no username");
    is_int(rtc_stun_username(m.data, m.len, &v), RTC_DECLINED, "none found");

    /* guard 1 concerns long-term credentials: a REALM must not matter */

    stun_msg_check(&m, "evtj:h6vY", 0);
    stun_msg_attr(&m, 0x0014, "\"\"\"\"", 4);
    stun_msg_attr(&m, 0x0014, NULL, 0);
    stun_msg_finish(&m, PASSWORD);
    is_int(verify(m.data, m.len, PASSWORD), RTC_OK, "REALM of quotes");

    for (n = 0; n <= 600; n++) {
        memset(name, 'a', n);
        name[n] = '\0';
        stun_msg_check(&m, name, 0);
        stun_msg_finish(&m, PASSWORD);

        if ((verify(m.data, m.len, PASSWORD) == RTC_OK) != (n <= 508)) {
            break;
        }
    }

    is_int(n, 601, "USERNAME of 0 to 600 bytes");

    stun_msg_check(&m, "evtj:h6vY", 0);
    for (n = 0; n < RTC_STUN_MAX_ATTRS; n++) {
        stun_msg_attr(&m, 0x8022, NULL, 0);
    }
    stun_msg_finish(&m, PASSWORD);
    is_int(verify(m.data, m.len, PASSWORD), RTC_ERROR, "too many attributes");

    /* guard 8: the table of what is known is the caller's */

    stun_msg_check(&m, "evtj:h6vY", 0);
    for (n = 0; n < RTC_STUN_MAX_UNKNOWN + 2; n++) {
        stun_msg_attr(&m, (uint16_t) (0x7000 + n), NULL, 0);
    }
    stun_msg_finish(&m, PASSWORD);

    is_int(verify(m.data, m.len, PASSWORD), RTC_OK, "unknown attributes");
    (void) rtc_stun_parse(&parsed, m.data, m.len);
    is_int(rtc_stun_unknown(&parsed, known, 2, types), RTC_STUN_MAX_UNKNOWN,
           "are counted up to a bound");
    is_int(types[1], 0x7001, "in their order");
}


int
main(void)
{
    stun = rtc_stun_init(malloc(rtc_stun_size()));

    test_vector();
    test_answers();
    test_integrity_length();
    test_behind_integrity();
    test_hostile();

    free(stun);

    return done();
}
