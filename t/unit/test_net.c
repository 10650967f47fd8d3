
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Which addresses are public: the edges of each range.
 */


#include <arpa/inet.h>
#include <sys/socket.h>

#include "rtc_net.h"
#include "tap.h"


static int
is_public(const char *text)
{
    rtc_addr_t  addr = { 0 };

    addr.family = AF_INET;

    if (inet_pton(AF_INET, text, addr.addr) == 1) {
        return rtc_net_is_public(&addr);
    }

    addr.family = AF_INET6;

    return inet_pton(AF_INET6, text, addr.addr) == 1 ? rtc_net_is_public(&addr)
                                                     : -1;
}


int
main(void)
{
    size_t  i;

    static const char *const  yes[] = {
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255",
        "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
        "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
        "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "2003::1", "2a00::1", "2606:4700::1", "::ffff:1.1.1.1",
        "64:ff9b::8.8.8.8"
    };

    static const char *const  no[] = {
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255",
        "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
        "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.1",
        "192.0.2.1", "192.168.0.0", "192.168.255.255", "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fdff::1",
        "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::127.0.0.1",
        "::127.0.0.1", "4000::1"
    };

    for (i = 0; i < rtc_nelts(yes); i++) {
        is_int(is_public(yes[i]), 1, yes[i]);
    }

    for (i = 0; i < rtc_nelts(no); i++) {
        is_int(is_public(no[i]), 0, no[i]);
    }

    return done();
}
