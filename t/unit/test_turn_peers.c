
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Advisories on other TURN servers: addresses of peers that were not refused.
 */


#include "turn_checks.h"


static rtc_addr_t
step(rtc_addr_t a, int by)
{
    int  i, n;

    n = a.family == AF_INET6 ? 16 : 4;

    for (i = n - 1; i >= 0; i--) {
        a.addr[i] = (uint8_t) (a.addr[i] + by);

        if (a.addr[i] != (by > 0 ? 0 : 0xff)) {
            break;
        }
    }

    return a;
}


/* the last address of a range */

static rtc_addr_t
last(rtc_addr_t a, int bits)
{
    int  i, n;

    n = a.family == AF_INET6 ? 128 : 32;

    for (i = bits; i < n; i++) {
        a.addr[i / 8] |= (uint8_t) (0x80 >> i % 8);
    }

    return a;
}


static int
permitted(rtc_addr_t a)
{
    return rtc_turn_policy_check(&turn_policy, &a) == RTC_OK;
}


/*
 * coturn 6c13608c compared words in the order of the host: an address just
 * outside of a range was inside, and one with a low last byte was outside.
 */

static void
test_borders(void)
{
    size_t      i, j;
    rtc_addr_t  first, end, a;

    static const struct {
        const char  *net;
        int          bits;
        int          before;        /* whether the one before is open */
        int          behind;
    } ranges[] = {
        { "::", 96, 0, 1 },
        { "::ffff:0:0", 96, 1, 1 },
        { "64:ff9b::", 96, 1, 1 },
        { "64:ff9b:1::", 48, 1, 1 },
        { "100::", 64, 1, 1 },
        { "2001::", 23, 1, 1 },
        { "2001:db8::", 32, 1, 1 },
        { "2002::", 16, 1, 1 },
        { "3fff::", 20, 1, 1 },
        { "fc00::", 7, 1, 1 },
        { "fe80::", 10, 1, 0 },
        { "fec0::", 10, 0, 0 },
        { "ff00::", 8, 0, 0 },
        { "10.0.0.0", 8, 1, 1 },
        { "100.64.0.0", 10, 1, 1 },
        { "127.0.0.0", 8, 1, 1 },
        { "169.254.0.0", 16, 1, 1 },
        { "172.16.0.0", 12, 1, 1 },
        { "192.168.0.0", 16, 1, 1 },
        { "198.18.0.0", 15, 1, 1 },
        { "224.0.0.0", 4, 1, 0 }
    };

    turn_start(4);

    for (i = 0; i < rtc_nelts(ranges); i++) {
        first = addr(ranges[i].net, 9);
        end = last(first, ranges[i].bits);

        ok(!permitted(first) && !permitted(end), ranges[i].net);
        ok(permitted(step(first, -1)) == ranges[i].before, "... not before");
        ok(permitted(step(end, 1)) == ranges[i].behind, "... not behind");

        /* any byte of the host part, alone and at its highest */

        for (j = (size_t) (ranges[i].bits + 7) / 8;
             j < (first.family == AF_INET6 ? 16 : 4);
             j++)
        {
            a = first;
            a.addr[j] = 0xff;

            if (permitted(a)) {
                break;
            }

            a = end;
            a.addr[j] = 0;

            if (permitted(a)) {
                break;
            }
        }

        is_int(j, first.family == AF_INET6 ? 16 : 4, "... all of it");
    }

    /* a network that the operator names */

    turn_policy.public = 0;
    a = addr("2a00:1:2::", 0);
    rtc_turn_net_set(&turn_policy.nets[turn_policy.nnets++], &a, 47);

    ok(permitted(addr("2a00:1:2::", 9))
       && permitted(addr("2a00:1:3:ffff:ffff:ffff:ffff:ffff", 9)),
       "6c13608c: 2a00:1:2::/47 named by the operator");
    ok(!permitted(addr("2a00:1:1:ffff:ffff:ffff:ffff:ffff", 9))
       && !permitted(addr("2a00:1:4::", 9)), "... and nothing beside it");
    ok(!permitted(addr("2:1:2a00::", 9)), "... byte by byte");

    turn_stop();
}


/* what must not be reached, by each of the ways */

static void
test_denied(void)
{
    size_t            i;
    rtc_addr_t        peer;
    rtc_turn_alloc_t  *a;

    static const char *const  denied[] = {
        "0.0.0.0", "0.0.0.1", "127.0.0.1", "127.255.255.254",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:0.0.0.0",
        "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "::ffff:0:127.0.0.1"
    };

    turn_start(4);

    for (i = 0; i < rtc_nelts(denied); i++) {
        peer = addr(denied[i], 9);

        turn_allocate_dual();

        is_int(turn_permit(peer), 403, "CVE-2020-26262, CVE-2026-27624: "
               "CreatePermission");
        is_int(turn_bind(0x4000, peer), 403, denied[i]);

        /* as if it had been permitted before the policy changed */

        a = turn_alloc();
        ok(rtc_turn_permission_set(a, &peer, 4, turn_now) != -1
           && turn_send(peer, "x") == RTC_TURN_NOTHING, "... Send");
        is_int(turn_refresh(0), 0, "it ends");
    }

    turn_stop();
}


int
main(void)
{
    test_borders();
    test_denied();

    return done();
}
