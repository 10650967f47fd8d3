
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * To whom is relayed, what counts against a budget and a quota.
 */


#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include "rtc_turn_budget.h"
#include "rtc_turn_policy.h"
#include "rtc_turn_quota.h"
#include "tap.h"


static rtc_turn_policy_t  policy;


static rtc_addr_t
addr(const char *text, uint16_t port)
{
    rtc_addr_t  a;

    memset(&a, 0, sizeof(rtc_addr_t));
    a.family = strchr(text, ':') ? AF_INET6 : AF_INET;
    a.port = port;

    if (inet_pton(a.family, text, a.addr) != 1) {
        abort();
    }

    return a;
}


static int
allowed(const char *text, uint16_t port)
{
    rtc_addr_t  a;

    a = addr(text, port);

    return rtc_turn_policy_check(&policy, &a) == RTC_OK;
}


static void
allow(const char *text, int bits)
{
    rtc_addr_t  a;

    a = addr(text, 0);
    rtc_turn_net_set(&policy.nets[policy.nnets++], &a, bits);
}


/* borders of ranges: the last one before, the first, the last, the next */

static void
test_special(void)
{
    size_t  i;

    static const char *const  denied[] = {
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255",
        "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
        "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.8",
        "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.0",
        "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1",
        "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "fc00::1",
        "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ffff::"
    };
    static const char *const  open[] = {
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255",
        "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
        "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "223.255.255.255", "8.8.8.8",
        "2001:200::1", "2001:4860:4860::8888", "2003::1", "2a00::1",
        "64:ff9a::1"
    };

    memset(&policy, 0, sizeof(policy));
    policy.public = 1;

    for (i = 0; i < rtc_nelts(denied); i++) {
        ok(!allowed(denied[i], 9), denied[i]);
    }

    for (i = 0; i < rtc_nelts(open); i++) {
        ok(allowed(open[i], 9), open[i]);
    }

    policy.public = 0;
    ok(!allowed("8.8.8.8", 9), "what is not named is denied");
}


static void
test_named(void)
{
    memset(&policy, 0, sizeof(policy));

    policy.own[policy.nown++] = addr("9.9.9.9", 0);
    policy.own[policy.nown++] = addr("10.1.2.3", 0);
    policy.listeners[policy.nlisteners++] = addr("0.0.0.0", 443);
    policy.listeners[policy.nlisteners++] = addr("9.9.9.9", 3478);

    allow("0.0.0.0", 0);
    ok(allowed("8.8.8.8", 9), "0.0.0.0/0 opens what is public");
    ok(!allowed("127.0.0.1", 9), "... not 127.0.0.1");
    ok(!allowed("10.9.9.9", 9), "... not 10.0.0.0/8");
    ok(!allowed("9.9.9.9", 9), "... not this host");

    allow("10.0.0.0", 8);
    ok(allowed("10.9.9.9", 9), "10.0.0.0/8 opens itself");
    ok(!allowed("10.1.2.3", 443), "... not a listener");
    ok(allowed("10.1.2.3", 444), "... but its other ports");
    ok(!allowed("11.0.0.1", 443) == 0, "others have port 443, too");

    allow("9.9.9.9", 32);
    ok(allowed("9.9.9.9", 9), "this host by its address");
    ok(!allowed("9.9.9.9", 3478), "... not its listener");

    allow("127.0.0.1", 32);
    ok(allowed("127.0.0.1", 9), "loopback by its address");
    ok(!allowed("127.0.0.1", 443), "... not its listener");
    ok(!allowed("::ffff:127.0.0.1", 9), "... nor in another form");
    ok(!allowed("127.0.0.2", 9), "... nor its neighbour");
}


static void
test_sfu(void)
{
    rtc_addr_t  a;

    memset(&policy, 0, sizeof(policy));

    policy.sfu = 1;
    policy.media_first = 7882;
    policy.media_last = 7945;
    policy.media[0].advertised = addr("203.0.113.5", 0);
    policy.media[0].local = addr("127.0.0.1", 0);
    policy.nmedia = 1;
    policy.listeners[policy.nlisteners++] = addr("0.0.0.0", 80);

    ok(allowed("203.0.113.5", 7882), "the SFU");
    ok(allowed("203.0.113.5", 7945), "... its last port");
    ok(allowed("203.0.113.5", 0), "... a permission for it");
    ok(!allowed("203.0.113.5", 7881), "no other port");
    ok(!allowed("203.0.113.5", 80), "no listener");
    ok(!allowed("127.0.0.1", 7882), "not by its local address");
    ok(!allowed("8.8.8.8", 7882), "nobody else");

    a = addr("203.0.113.5", 7882);
    rtc_turn_policy_to_local(&policy, &a);
    ok(a.addr[0] == 127, "it is reached at its local address");

    rtc_turn_policy_to_advertised(&policy, &a);
    ok(a.addr[0] == 203, "and answers from the advertised one");

    a = addr("127.0.0.1", 53);
    rtc_turn_policy_to_advertised(&policy, &a);
    ok(a.addr[0] == 127, "other ports are others");

    policy.public = 1;
    policy.relays[0] = addr("9.9.9.9", 0);
    policy.relay_first = 50000;
    policy.relay_last = 50010;
    policy.own[policy.nown++] = addr("9.9.9.9", 0);
    ok(allowed("9.9.9.9", 50001), "another relay of ours");
    ok(!allowed("9.9.9.9", 49999), "no other port of this host");
}


static void
test_budget(void)
{
    int                 i, n;
    rtc_addr_t          a, b;
    rtc_turn_budget_t  *budget;

    budget = calloc(1, sizeof(rtc_turn_budget_t));
    a = addr("8.8.8.8", 1);
    b = addr("8.8.8.8", 2);
    n = 0;

    for (i = 0; i < 1000; i++) {
        n += rtc_turn_budget_take(budget, i & 1 ? &a : &b, 7, 10, 5000)
             == RTC_OK;
    }

    is_int(n, 100, "ten seconds' worth at once, whatever the port");

    n = 0;

    for (i = 0; i < 10; i++) {
        n += rtc_turn_budget_take(budget, &a, 7, 10, 6000) == RTC_OK;
        n += rtc_turn_budget_take(budget, &a, 7, 10, 6000) == RTC_OK;
    }

    is_int(n, 10, "a second later ten more");

    b = addr("8.8.4.4", 1);
    is_int(rtc_turn_budget_take(budget, &b, 7, 10, 6000), RTC_OK,
           "others have their own");

    free(budget);
}


static int
lives(uint32_t owner)
{
    return owner != 2;
}


static void
test_quota(void)
{
    int                i, n;
    uint32_t           t[600];
    rtc_turn_quota_t  *q;

    q = calloc(1, sizeof(rtc_turn_quota_t));

    for (i = 0; i < 3; i++) {
        is_int(rtc_turn_quota_take(q, 5, 1, 3, 10, &t[i]), RTC_OK,
               "within the quota");
    }

    is_int(rtc_turn_quota_take(q, 5, 1, 3, 10, &t[3]), RTC_DECLINED,
           "one too many for the user");
    is_int(rtc_turn_quota_take(q, 6, 2, 3, 4, &t[3]), RTC_OK, "another one");
    is_int(rtc_turn_quota_take(q, 7, 2, 3, 4, &t[4]), RTC_DECLINED,
           "one too many for all");

    rtc_turn_quota_give(q, t[0]);
    rtc_turn_quota_give(q, t[0]);
    is_int(q->total, 3, "given back once");
    is_int(rtc_turn_quota_take(q, 5, 2, 3, 10, &t[0]), RTC_OK,
           "there is room again");

    rtc_turn_quota_reclaim(q, lives);
    is_int(q->total, 2, "what a dead process had is given back");

    rtc_turn_quota_move(q, t[1], 2);
    rtc_turn_quota_reclaim(q, lives);
    is_int(q->total, 1, "what has moved to it, too");

    rtc_turn_quota_give(q, t[2]);
    is_int(q->total, 0, "nothing is left");

    /* keys that collide come and go in any order */

    for (n = 0; n < 20; n++) {
        for (i = 0; i < 600; i++) {
            if (rtc_turn_quota_take(q, (uint64_t) (i % 200), 1, 3, 1000,
                                    &t[i]) != RTC_OK)
            {
                break;
            }
        }

        if (i != 600
            || rtc_turn_quota_take(q, 77, 1, 3, 1000, &t[0]) == RTC_OK)
        {
            break;
        }

        for (i = 0; i < 600; i++) {
            rtc_turn_quota_give(q, t[(i * 7 + n) % 600]);
        }
    }

    is_int(n, 20, "all quotas fill and empty again");
    is_int(q->total, 0, "none is lost");

    for (i = 0, n = 0; i < (int) RTC_TURN_QUOTA_CELLS; i++) {
        n += q->cells[i].count != 0;
    }

    is_int(n, 0, "all cells are free");

    free(q);
}


int
main(void)
{
    test_special();
    test_named();
    test_sfu();
    test_budget();
    test_quota();

    return done();
}
