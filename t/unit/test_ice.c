
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * ICE-lite with a virtual clock.
 */


#include <sys/socket.h>
#include "rtc_ice.h"
#include "stun_msg.h"
#include "tap.h"


#define SECOND  1000000ull


static rtc_stun_t        *stun;
static rtc_ice_t          ice;
static rtc_ice_cred_t     first, second;
static rtc_ice_answer_t   answer;
static uint8_t            out[RTC_ICE_ANSWER];
static uint64_t           now;


static rtc_tuple_t
tuple(uint16_t port)
{
    rtc_tuple_t  t;

    memset(&t, 0, sizeof(rtc_tuple_t));

    t.remote.family = AF_INET;
    t.remote.port = port;
    memcpy(t.remote.addr, "\xc0\x00\x02\x01", 4);
    t.local.family = AF_INET;
    t.local.port = 7882;
    memcpy(t.local.addr, "\x7f\x00\x00\x01", 4);

    return t;
}


static int
input(const stun_msg_t *m, uint16_t port)
{
    rtc_tuple_t  t;

    t = tuple(port);

    memset(&answer, 0xff, sizeof(rtc_ice_answer_t));
    answer.out = out;
    answer.size = sizeof(out);

    return rtc_ice_input(&ice, stun, &t, m->data, m->len, now, &answer);
}


static int
check(const rtc_ice_cred_t *cred, const char *remote, int nominate,
    uint16_t port)
{
    char        name[128];
    stun_msg_t  m;

    snprintf(name, sizeof(name), "%s:%s", cred->ufrag, remote);

    stun_msg_check(&m, name, nominate);
    stun_msg_finish(&m, cred->pwd);

    return input(&m, port);
}


static void
start(void)
{
    uint8_t  random[RTC_ICE_RANDOM];
    size_t   i;

    for (i = 0; i < sizeof(random); i++) {
        random[i] = (uint8_t) (i * 7);
    }

    rtc_ice_credentials(&first, 7882, random);

    random[0]++;
    rtc_ice_credentials(&second, 7882, random);

    now = 1000 * SECOND;
    rtc_ice_init(&ice, &first);
}


static int
selected_port(void)
{
    const rtc_tuple_t  *t;

    t = rtc_ice_selected(&ice, now);

    return t ? t->remote.port : 0;
}


static int
error_code(void)
{
    rtc_str_t       v;
    rtc_stun_msg_t  m;

    if (rtc_stun_parse(&m, out, answer.len) != RTC_OK
        || m.class != RTC_STUN_ERROR
        || rtc_stun_find(&m, RTC_STUN_ERROR_CODE, &v) != RTC_OK
        || v.len != 4)
    {
        return 0;
    }

    return v.data[2] * 100 + v.data[3];
}


static void
test_credentials(void)
{
    rtc_str_t  s;

    start();

    is_int(strlen(first.ufrag), RTC_UFRAG_LEN, "ufrag");
    is_int(strlen(first.pwd), RTC_ICE_PWD, "pwd");
    ok(strcmp(first.ufrag, second.ufrag) != 0, "random");
    ok(strncmp(first.ufrag, "07882", 5) == 0, "with the port");

    s.data = (uint8_t *) first.ufrag;
    s.len = RTC_UFRAG_LEN;
    is_int(rtc_ufrag_port(s), 7882, "which is found again");

    s.len--;
    is_int(rtc_ufrag_port(s), 0, "not in another length");

    s.data = (const uint8_t *) "99999abcdefghijkl";
    s.len = RTC_UFRAG_LEN;
    is_int(rtc_ufrag_port(s), 0, "nor beyond 65535");

    s.data = (const uint8_t *) "abcdefghijklmnopq";
    is_int(rtc_ufrag_port(s), 0, "nor in letters");

    s.len = 3;
    is_int(rtc_ice_set_remote(&ice, s), RTC_ERROR, "remote ufrag of 3");
    s.data = (const uint8_t *) "ab:d";
    s.len = 4;
    is_int(rtc_ice_set_remote(&ice, s), RTC_ERROR, "remote ufrag with colon");
    s.data = (const uint8_t *) "ab\0d";
    is_int(rtc_ice_set_remote(&ice, s), RTC_ERROR, "remote ufrag with NUL");
}


static void
test_check(void)
{
    rtc_str_t  remote = rtc_string("remo");

    start();

    is_int(selected_port(), 0, "nothing selected");
    is_int(rtc_ice_deadline(&ice), 0, "no deadline");

    is_int(check(&first, "anything", 0, 1), RTC_OK, "a check before signals");
    is_int(answer.len, 64, "answered");
    ok(answer.added && answer.selected && !answer.removed && !answer.restarted,
       "the tuple is learned and serves");

    (void) rtc_ice_set_remote(&ice, remote);

    is_int(check(&first, "else", 1, 9), RTC_ERROR, "another remote ufrag");
    is_int(answer.len, 0, "is not answered");
    is_int(check(&first, "remo", 0, 2), RTC_OK, "a second pair");
    ok(answer.added && !answer.selected, "is not selected");
    is_int(check(&first, "remo", 1, 2), RTC_OK, "until it is nominated");
    ok(!answer.added && answer.selected, "then it is");
    is_int(selected_port(), 2, "port");
    is_int(check(&first, "remo", 1, 1), RTC_OK, "the other is nominated");
    is_int(selected_port(), 1, "the latest nomination wins");
    is_int(check(&first, "remo", 0, 2), RTC_OK, "a plain check");
    is_int(selected_port(), 1, "changes nothing");
    is_int(ice.valid, 5, "counted");
    is_int(ice.refused, 1, "refused ones as well");

    {
        rtc_tuple_t  t1 = tuple(1), t9 = tuple(9);

        ok(rtc_ice_known(&ice, &t1), "known tuple");
        ok(!rtc_ice_known(&ice, &t9), "unknown tuple");

        t1.local.port++;
        ok(!rtc_ice_known(&ice, &t1), "the local end belongs to it");
        t1.local.port--;

        is_int(rtc_ice_heard(&ice, &t9, now + 5000000), RTC_DECLINED,
               "what comes from an unknown one is no check");
        is_int(rtc_ice_heard(&ice, &t1, now + 1), RTC_DECLINED,
               "nor is what comes soon after a check");
        is_int(rtc_ice_heard(&ice, &t1, now + RTC_ICE_CONSENT_US),
               RTC_DECLINED, "nor what comes too late");
        is_int(rtc_ice_heard(&ice, &t1, now + 5000000), RTC_OK,
               "what comes meanwhile is");
        ok(rtc_ice_deadline(&ice) == now + 5000000 + RTC_ICE_CONSENT_US,
           "consent lasts from then on");

        is_int(rtc_ice_forget(&ice, &t9), RTC_DECLINED, "forget unknown");
        is_int(rtc_ice_forget(&ice, &t1), RTC_OK, "forget the selected");
        is_int(selected_port(), 0, "none is");
        is_int(check(&first, "remo", 0, 2), RTC_OK, "the next check");
        is_int(selected_port(), 2, "selects again");
    }
}


/* a peer with another address, which takes its time to nominate */

static void
test_silent(void)
{
    rtc_tuple_t  t1;

    start();
    t1 = tuple(1);

    (void) check(&first, "remo", 1, 1);

    now += RTC_ICE_SILENT_US;
    is_int(check(&first, "remo", 0, 2), RTC_OK, "a check beside silence");
    is_int(selected_port(), 1, "may be one of another pair");
    (void) rtc_ice_heard(&ice, &t1, now + 1);

    now += RTC_ICE_SILENT_US;
    (void) check(&first, "remo", 0, 2);
    is_int(selected_port(), 1, "the selected was heard since the first");

    now += 1000;
    is_int(check(&first, "remo", 0, 2), RTC_OK, "a second one in silence");
    ok(answer.selected, "the pair serves");
    is_int(selected_port(), 2, "port");

    is_int(check(&first, "remo", 1, 1), RTC_OK, "a nomination");
    is_int(selected_port(), 1, "decides");

    now += 100000;
    (void) check(&first, "remo", 0, 2);
    now += 100000;
    (void) check(&first, "remo", 0, 2);
    is_int(selected_port(), 1, "silence takes its time");
}


static void
test_refused(void)
{
    char        name[64];
    size_t      n;
    stun_msg_t  m;

    start();

    snprintf(name, sizeof(name), "%s:remo", first.ufrag);

    is_int(check(&second, "remo", 1, 1), RTC_ERROR, "unknown ufrag");
    is_int(answer.len, 0, "no answer");

    stun_msg_check(&m, name, 1);
    stun_msg_finish(&m, "wrong");
    is_int(input(&m, 1), RTC_ERROR, "bad integrity");
    is_int(answer.len, 0, "no answer");

    stun_msg_check(&m, name, 1);
    stun_msg_fingerprint(&m);
    is_int(input(&m, 1), RTC_ERROR, "no integrity");
    is_int(answer.len, 0, "no answer");

    stun_msg_check(&m, name, 1);
    stun_msg_finish(&m, first.pwd);
    m.data[m.len - 1]++;
    is_int(input(&m, 1), RTC_ERROR, "bad fingerprint");
    is_int(answer.len, 0, "no answer");

    stun_msg_check(&m, first.ufrag, 1);
    stun_msg_finish(&m, first.pwd);
    is_int(input(&m, 1), RTC_ERROR, "a username without colon");

    stun_msg_init(&m, 0x0001);
    stun_msg_attr(&m, RTC_STUN_USERNAME, name, strlen(name));
    stun_msg_finish(&m, first.pwd);
    is_int(input(&m, 1), RTC_ERROR, "no PRIORITY");

    stun_msg_check(&m, name, 1);
    rtc_write_u16(m.data, 0x0003);
    stun_msg_finish(&m, first.pwd);
    is_int(input(&m, 1), RTC_ERROR, "another method");

    is_int(ice.ntuples, 0, "nothing was learned");

    stun_msg_check(&m, name, 1);
    stun_msg_attr(&m, RTC_STUN_ICE_CONTROLLED, "tiebreak", 8);
    stun_msg_finish(&m, first.pwd);
    is_int(input(&m, 1), RTC_DECLINED, "role conflict");
    is_int(error_code(), 487, "487");

    stun_msg_check(&m, name, 1);
    for (n = 0; n < 20; n++) {
        stun_msg_attr(&m, (uint16_t) (0x7000 + n), NULL, 0);
    }
    stun_msg_finish(&m, first.pwd);
    is_int(input(&m, 1), RTC_DECLINED, "unknown attributes");
    is_int(error_code(), 420, "420");
    ok(answer.len <= m.len, "not longer than the request");

    stun_msg_check(&m, name, 1);
    stun_msg_attr(&m, 0xc070, "optional", 8);
    stun_msg_finish(&m, first.pwd);
    is_int(input(&m, 1), RTC_OK, "optional attributes do not matter");

    is_int(ice.ntuples, 1, "only this one was learned");
    is_int(ice.conflicts, 1, "conflicts");
    is_int(ice.unknown, 1, "unknown");
}


static void
test_amplification(void)
{
    char         name[64];
    rtc_tuple_t  t;
    stun_msg_t   m;

    start();

    /* the smallest check there is, over IPv6, whose answer is the longest */

    snprintf(name, sizeof(name), "%s:", first.ufrag);
    stun_msg_init(&m, 0x0001);
    stun_msg_attr(&m, RTC_STUN_USERNAME, name, strlen(name));
    stun_msg_attr32(&m, RTC_STUN_PRIORITY, 1);
    stun_msg_finish(&m, first.pwd);

    t = tuple(1);
    t.remote.family = AF_INET6;
    t.local.family = AF_INET6;

    memset(&answer, 0, sizeof(rtc_ice_answer_t));
    answer.out = out;
    answer.size = sizeof(out);

    is_int(rtc_ice_input(&ice, stun, &t, m.data, m.len, now, &answer), RTC_OK,
           "the smallest check");
    ok(answer.len > 0 && answer.len <= m.len, "is answered by no more bytes");
}


static void
test_tuples(void)
{
    int  i;

    start();

    for (i = 0; i < RTC_ICE_TUPLES; i++) {
        now += SECOND;
        (void) check(&first, "remo", i == 0, (uint16_t) (100 + i));
    }

    is_int(ice.ntuples, RTC_ICE_TUPLES, "all places taken");

    now += SECOND;
    (void) check(&first, "remo", 0, 200);

    ok(answer.added && answer.removed, "one more");
    is_int(answer.removed_tuple.remote.port, 101,
           "the oldest goes, but the selected one stays");
    is_int(selected_port(), 100, "selected");

    for (i = 0; i < 1000; i++) {
        now += 1000;
        (void) check(&first, "remo", i % 3 == 0, (uint16_t) (1000 + i));
    }

    is_int(ice.ntuples, RTC_ICE_TUPLES, "bounded");
    is_int(selected_port(), 1999, "the last nominated");
}


static void
test_consent(void)
{
    start();

    (void) check(&first, "remo", 1, 1);
    is_int(rtc_ice_deadline(&ice), now + RTC_ICE_CONSENT_US, "deadline");

    now += 29 * SECOND;
    is_int(selected_port(), 1, "29 s later");

    (void) check(&first, "remo", 1, 2);
    (void) check(&first, "remo", 1, 1);
    now += 29 * SECOND;
    is_int(selected_port(), 1, "a check renews it");

    (void) check(&first, "remo", 0, 2);
    now += SECOND;
    is_int(selected_port(), 0, "consent is the pair's, not the session's");

    (void) check(&first, "remo", 1, 2);
    is_int(selected_port(), 2, "and comes back");
}


static void
test_restart(void)
{
    rtc_str_t  remote = rtc_string("remo");

    start();

    (void) rtc_ice_set_remote(&ice, remote);
    (void) check(&first, "remo", 1, 1);

    rtc_ice_restart(&ice, &second);

    is_int(selected_port(), 1, "a restart keeps the pair");
    is_int(check(&first, "remo", 1, 1), RTC_OK, "the old password is valid");
    ok(!answer.restarted, "and stays so");
    is_int(check(&second, "news", 1, 2), RTC_OK, "the new one, too");
    ok(answer.restarted && strcmp(answer.old.ufrag, first.ufrag) == 0,
       "the old one is reported");
    is_int(selected_port(), 2, "the new pair");
    is_int(check(&first, "remo", 1, 1), RTC_ERROR, "the old one is over");
    is_int(check(&second, "news", 1, 2), RTC_OK, "the new one goes on");
    ok(!answer.restarted, "reported once");
}


int
main(void)
{
    stun = rtc_stun_init(malloc(rtc_stun_size()));

    test_credentials();
    test_check();
    test_silent();
    test_refused();
    test_amplification();
    test_tuples();
    test_consent();
    test_restart();

    free(stun);

    return done();
}
