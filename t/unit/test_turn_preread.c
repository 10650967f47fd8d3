
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What comes first on a port that is shared: STUN, ICE over TCP, the rest.
 */


#include "rtc_turn_preread.h"
#include "cut.h"
#include "stun_msg.h"
#include "tap.h"


#define UFRAG  "07885abcdefghijkl"


static int                 expected;
static size_t              enough;      /* bytes for an answer */
static rtc_turn_preread_t  pre;


/* a check in a frame; nothing but what is given */

static size_t
framed(uint8_t *frame, const stun_msg_t *m)
{
    rtc_write_u16(frame, (uint16_t) m->len);
    memcpy(frame + 2, m->data, m->len);

    return 2 + m->len;
}


static size_t
check(uint8_t *frame, const char *username)
{
    stun_msg_t  m;

    stun_msg_check(&m, username, 1);
    stun_msg_finish(&m, "password");

    return framed(frame, &m);
}


static int
preread(const void *p, size_t len)
{
    return rtc_turn_preread(p, len, &pre);
}


/* every beginning wants more until there is enough, then it is as expected */

static void
judge(const uint8_t *p, size_t len)
{
    int  rc;

    rc = rtc_turn_preread(p, len, &pre);

    if (rc != (len < enough ? RTC_AGAIN : expected)) {
        printf("# %zu bytes: %d\n", len, rc);
        expected = -100;
    }
}


static int
cut(const uint8_t *p, size_t len, size_t n, int rc)
{
    expected = rc;
    enough = n;

    cut_every_byte(judge, p, len);

    return expected == rc;
}


static void
test_stun(void)
{
    stun_msg_t  m;

    stun_msg_init(&m, 0x0003);
    stun_msg_attr32(&m, 0x0019, 17 << 24);

    ok(cut(m.data, m.len, 8, RTC_OK), "an Allocate request, by its cookie");
    is_int(pre.protocol, RTC_TURN_PREREAD_STUN, "it is STUN");
    is_int(pre.port, 0, "without a port");

    stun_msg_init(&m, 0x0001);
    stun_msg_attr(&m, RTC_STUN_USERNAME, UFRAG ":x", sizeof(UFRAG ":x") - 1);

    ok(cut(m.data, m.len, 8, RTC_OK), "a Binding request without a frame");
    is_int(pre.protocol, RTC_TURN_PREREAD_STUN, "is STUN, too");

    m.data[1] = 0x11;
    ok(cut(m.data, m.len, 2, RTC_DECLINED), "an indication is not");

    m.data[1] = 0x01;
    m.data[7] = 0x43;
    ok(cut(m.data, m.len, 8, RTC_DECLINED), "nor what has another cookie");
}


static void
test_ice(void)
{
    char        name[275];
    size_t      len;
    uint8_t     frame[STUN_MSG_MAX + 2];
    stun_msg_t  m;

    /* header, attribute header, value and padding of the USERNAME */

    len = check(frame, UFRAG ":abcd");
    ok(cut(frame, len, 2 + 20 + 4 + 24, RTC_OK), "a check, by its USERNAME");
    is_int(pre.protocol, RTC_TURN_PREREAD_ICE, "it is ICE");
    is_int(pre.port, 7885, "its port is that of the ufrag");

    len = check(frame, "abcd:" UFRAG);
    ok(cut(frame, len, 2 + 20 + 4 + 24, RTC_OK), "a ufrag of others");
    is_int(pre.port, 0, "has no port");

    /* more than a byte of the length */

    memset(name, 'x', sizeof(name));
    memcpy(name, UFRAG ":", sizeof(UFRAG));
    name[sizeof(name) - 1] = '\0';

    len = check(frame, name);
    ok(len > 256 + 2, "a long USERNAME");
    is_int(preread(frame, len), RTC_OK, ".. is read");
    is_int(pre.port, 7885, ".. and its port");

    stun_msg_init(&m, 0x0001);
    stun_msg_attr32(&m, RTC_STUN_PRIORITY, 1);
    stun_msg_attr(&m, 0x8022, name, sizeof(name));
    stun_msg_attr(&m, RTC_STUN_USERNAME, UFRAG ":x", sizeof(UFRAG ":x") - 1);
    len = framed(frame, &m);
    ok(cut(frame, len, len, RTC_OK), "a USERNAME behind others");
    is_int(pre.port, 7885, ".. is found");

    stun_msg_init(&m, 0x0001);
    stun_msg_attr32(&m, RTC_STUN_PRIORITY, 1);
    len = framed(frame, &m);
    ok(cut(frame, len, len, RTC_OK), "a check without USERNAME");
    is_int(pre.protocol, RTC_TURN_PREREAD_ICE, ".. is ICE");
    is_int(pre.port, 0, ".. without a port");

    /* what follows does not matter */

    frame[len] = 0xff;
    is_int(preread(frame, len + 1), RTC_OK, "what follows is not looked at");
    is_int(preread(frame, sizeof(frame)), RTC_OK, "however long it is");
}


static void
test_hostile(void)
{
    size_t      len;
    uint8_t     frame[STUN_MSG_MAX + 2];
    stun_msg_t  m;

    static const uint8_t  zeros[RTC_TURN_PREREAD_MAX];

    len = check(frame, UFRAG ":abcd");

    frame[0] = 0x05;
    ok(cut(frame, len, 10, RTC_DECLINED), "a frame longer than its message");

    len = check(frame, UFRAG ":abcd");
    frame[1] -= 4;
    ok(cut(frame, len, 10, RTC_DECLINED), "one that is shorter");

    len = check(frame, UFRAG ":abcd");
    frame[3] = 0x03;
    ok(cut(frame, len, 4, RTC_DECLINED), "another request in a frame");

    len = check(frame, UFRAG ":abcd");
    rtc_write_u16(frame + 2 + 20 + 2, 0xffff);
    ok(cut(frame, len, len, RTC_OK), "a USERNAME beyond the end");
    is_int(pre.port, 0, ".. is none");

    stun_msg_init(&m, 0x0001);
    stun_msg_attr(&m, RTC_STUN_USERNAME, zeros, 509);
    len = framed(frame, &m);
    ok(cut(frame, len, len, RTC_OK), "a USERNAME of 509 bytes");
    is_int(pre.port, 0, ".. is none");

    stun_msg_init(&m, 0x0001);
    stun_msg_attr(&m, RTC_STUN_USERNAME, zeros,
                  RTC_TURN_PREREAD_MAX - RTC_STUN_HEADER);
    len = framed(frame, &m);
    ok(cut(frame, len, 10, RTC_DECLINED), "a check of 1504 bytes");

    stun_msg_init(&m, 0x0001);
    stun_msg_attr(&m, RTC_STUN_USERNAME, "99999abcdefghijkl:", 18);
    len = framed(frame, &m);
    is_int(preread(frame, len), RTC_OK, "a port beyond 65535");
    is_int(pre.port, 0, ".. is none");
}


/* one byte tells */

static void
test_others(void)
{
    unsigned  i;
    uint8_t   byte;

    ok(cut((const uint8_t *) "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
           11, 1, RTC_DECLINED), "a ClientHello");
    is_int(preread("G", 1), RTC_DECLINED, "HTTP");
    is_int(preread("P", 1), RTC_DECLINED, "HTTP/2, PROXY");
    is_int(preread("\r", 1), RTC_DECLINED, "PROXY of version 2");
    is_int(preread("\x80", 1), RTC_DECLINED, "SSLv2");
    is_int(preread("\x40", 1), RTC_DECLINED, "ChannelData");

    for (i = 8; i < 256; i++) {
        byte = (uint8_t) i;

        if (preread(&byte, 1) != RTC_DECLINED) {
            break;
        }
    }

    is_int(i, 256, "nothing of ours begins with more than 7");
    is_int(preread(NULL, 0), RTC_AGAIN, "nothing may be anything");
}


int
main(void)
{
    test_stun();
    test_ice();
    test_hostile();
    test_others();

    return done();
}
